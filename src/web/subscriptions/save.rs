//! The form of a subscription: a new one as the report is looked at, or one that is known.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::SubscriptionWords;
use super::form::{Draft, FILES, NTH, ZONES};
use super::words::WEEK;
use crate::access::Standing;
use crate::definitions::model::{CalendarId, FieldName, ReportId};
use crate::format::{Locale, weekday_name};
use crate::identity::LoginMethod;
use crate::ledger::audit::AuditAction;
use crate::runs::store::{Subscription, address_of};
use crate::web::address::Address;
use crate::web::backend::{OpenReport, Wish as Question};
use crate::web::dashboard::wish;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::login::{Fields, SignedIn, bind_forms, door, event_by, person, private};
use crate::web::schedules::ScheduleWords;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

#[derive(Template)]
#[template(path = "subscribe.html")]
struct SubscribePage<'a> {
    frame: Frame,
    sw: &'static SubscriptionWords,
    heading: &'static str,
    title: String,
    /// What is chosen, in words.
    shows: String,
    /// Where the form goes.
    action: String,
    /// The parameters as they are looked at.
    query: String,
    back: (String, &'static str),
    address: Option<String>,
    draft: Draft,
    /// Word, name and whether it is chosen.
    weekdays: Vec<(String, &'static str, bool)>,
    month_days: std::ops::RangeInclusive<u8>,
    nth: Vec<(String, String)>,
    zones: Vec<&'static str>,
    calendars: Vec<(String, String)>,
    locales: Vec<(&'static str, &'static str)>,
    /// Word, name and whether it is chosen; none where nothing may be taken away.
    files: Vec<(&'static str, &'static str, bool)>,
    fixed_days: bool,
    message: Option<String>,
    /// Whether nothing can be sent to them, whatever they choose.
    is_closed: bool,
    csrf: &'a str,
}

/// What the form is about.
struct About<'a> {
    open: &'a OpenReport,
    /// The subscription that is changed.
    known: Option<&'a Subscription>,
    query: String,
}

/// `GET /reports/{report}/subscribe`
pub(super) async fn show_new(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(report): Path<String>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    // Parsed before it becomes part of a header.
    let id = ReportId::parse(&report).map_err(|_| WebError::no_page())?;
    let here = format!("/reports/{id}/subscribe{}", address.query());
    if let Some(again) = bind_forms(door, person(&visitor)?, &headers, &here)? {
        return Ok(again);
    }
    let open = state.backend.open(wish(&id, &visitor, address.parameters())).await?;
    let locale = visitor.locale.unwrap_or(open.locale);
    let draft = Draft::usual(&open.report, locale, open.may_export);
    let about = About { query: address.view().query(), open: &open, known: None };
    write(&state, &visitor, &about, draft, None)
}

/// `GET /subscriptions/{subscription}`
pub(super) async fn show_known(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let known = own(&state, &standing, signed_in, &id).await?;
    if let Some(again) = bind_forms(door, signed_in, &headers, &format!("/subscriptions/{}", known.id))? {
        return Ok(again);
    }
    let open = opened(&state, &visitor, &known).await?;
    let draft = Draft::of(&known.wish);
    write(&state, &visitor, &About { query: query_of(&known), open: &open, known: Some(&known) }, draft, None)
}

/// One's own subscription that has not ended.
async fn own(
    state: &WebState,
    standing: &Standing,
    signed_in: &SignedIn,
    id: &str,
) -> Result<Subscription, WebError> {
    let id = FieldName::parse(id).map_err(|_| WebError::no_page())?;
    let found = state.backend.subscription(standing.clone(), id).await?;
    found.filter(|found| found.person.name == signed_in.person.name).ok_or_else(WebError::no_page)
}

async fn opened(state: &WebState, visitor: &Visitor, known: &Subscription) -> Result<OpenReport, WebError> {
    let question = Question {
        report: known.report.clone(),
        parameters: known.wish.parameters.clone(),
        locale: visitor.locale,
        viewer: visitor.viewer.clone(),
    };
    Ok(state.backend.open(question).await?)
}

/// The parameters of a subscription as they stand in addresses.
pub(super) fn query_of(known: &Subscription) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    for (name, values) in &known.wish.parameters {
        for value in values {
            text.append_pair(name, value);
        }
    }
    let text = text.finish();
    if text.is_empty() { text } else { format!("?{text}") }
}

fn write(
    state: &WebState,
    visitor: &Visitor,
    about: &About<'_>,
    draft: Draft,
    message: Option<String>,
) -> Result<Response, WebError> {
    let signed_in = person(visitor)?;
    let open = about.open;
    let locale = visitor.locale.unwrap_or(open.locale);
    let (sw, words) = (SubscriptionWords::of(locale), ScheduleWords::of(locale));
    let base = format!("/reports/{}", open.id);
    let (action, heading, back) = match about.known {
        None => (format!("{base}/subscribe"), sw.subscribe, (format!("{base}{}", about.query), sw.back)),
        Some(known) => {
            (format!("/subscriptions/{}", known.id), sw.change, ("/subscriptions".into(), sw.to_list))
        }
    };
    let mut zones: Vec<&'static str> = ZONES.to_vec();
    let address = address_of(&signed_in.person);
    let failed = message.is_some();
    let closed = closed(state, open, address.as_deref(), sw);
    let is_closed = closed.is_some();
    zones.retain(|zone| *zone != draft.zone);
    let fixed_days = open.controls.iter().any(|control| {
        let is_period = matches!(control.parameter, crate::definitions::model::Parameter::Period { .. });
        is_period && control.chosen.iter().any(|chosen| chosen.starts_with(|c: char| c.is_ascii_digit()))
    });
    let mut response = page(&SubscribePage {
        frame: Frame::new(visitor, locale, Place::Reports, heading, action.as_str(), &Address::default())
            .in_brand(open.brand.clone()),
        sw,
        heading,
        title: open.report.title.get(locale).to_owned(),
        shows: shown(open),
        action,
        query: about.query.clone(),
        back,
        address,
        weekdays: WEEK
            .into_iter()
            .map(|day| {
                let word = day.to_string();
                let chosen = draft.weekdays.contains(&word);
                (word, weekday_name(day, locale), chosen)
            })
            .collect(),
        month_days: 1..=crate::runs::subscriptions::Rhythm::LAST_MONTHLY,
        nth: NTH.into_iter().map(|day| (day.to_string(), words.business_day(day))).collect(),
        zones,
        calendars: state
            .backend
            .calendars()
            .into_iter()
            .map(|(id, title)| (id.to_string(), title.get(locale).to_owned()))
            .collect(),
        locales: Locale::ALL.into_iter().map(|locale| (locale.tag(), locale.own_name())).collect(),
        files: FILES
            .into_iter()
            .filter(|_| open.may_export)
            .map(|file| {
                let chosen = draft.attach.iter().any(|word| word == file.word());
                (file.word(), name_of(file), chosen)
            })
            .collect(),
        fixed_days,
        draft,
        message: closed.or(message),
        is_closed,
        csrf: &signed_in.csrf,
    })?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    private(&mut response);
    Ok(response)
}

/// What is chosen: a moving period by its name and not by its days, which are others every time.
fn shown(open: &OpenReport) -> String {
    let chosen = open.controls.iter().filter(|control| !control.chosen.is_empty()).map(|control| {
        let label = |value: &String| {
            let known = control.choices.iter().find(|(choice, _)| choice == value);
            known.map_or(value.as_str(), |(_, label)| label.as_str()).to_owned()
        };
        let labels: Vec<String> = control.chosen.iter().map(label).collect();
        format!("{}: {}", control.title, labels.join(", "))
    });
    let chosen: Vec<String> = chosen.collect();
    if chosen.is_empty() { open.subtitle.clone() } else { chosen.join(" · ") }
}

fn name_of(file: crate::definitions::model::Attachment) -> &'static str {
    use crate::definitions::model::Attachment;
    match file {
        Attachment::Pdf => "PDF",
        Attachment::Csv => "CSV",
        Attachment::Xlsx => "Excel",
        Attachment::Png => "PNG",
    }
}

/// Why nothing can be sent to whoever asks.
fn closed(
    state: &WebState,
    open: &OpenReport,
    address: Option<&str>,
    sw: &'static SubscriptionWords,
) -> Option<String> {
    if !open.report.subscriptions.allowed {
        return Some(sw.not_allowed.to_owned());
    }
    let Some(address) = address else { return Some(sw.no_address.to_owned()) };
    let domain = address.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    let allowed = state.settings.policy.allows_domain(domain);
    (!allowed).then(|| crate::web::words::fill(sw.closed_domain, &[("n", domain)]))
}

/// `POST /reports/{report}/subscribe`
pub(super) async fn make(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(report): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    door(&state)?;
    let report = ReportId::parse(&report).map_err(|_| WebError::no_page())?;
    let address = Address::parse(fields.get("query").strip_prefix('?'));
    let open = state.backend.open(wish(&report, &visitor, address.parameters())).await?;
    // Every parameter as it is now, also where it is a default: those may change with the definition.
    let parameters: BTreeMap<String, Vec<String>> =
        open.controls.iter().map(|control| (control.name.clone(), control.chosen.clone())).collect();
    let about = About { query: address.view().query(), open: &open, known: None };
    keep(&state, &visitor, &standing, &extensions, &about, (&fields, parameters)).await
}

/// `POST /subscriptions/{subscription}`
pub(super) async fn change(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    door(&state)?;
    let known = own(&state, &standing, person(&visitor)?, &id).await?;
    let open = opened(&state, &visitor, &known).await?;
    let parameters = known.wish.parameters.clone();
    let about = About { query: query_of(&known), open: &open, known: Some(&known) };
    keep(&state, &visitor, &standing, &extensions, &about, (&fields, parameters)).await
}

async fn keep(
    state: &WebState,
    visitor: &Visitor,
    standing: &Standing,
    extensions: &Extensions,
    about: &About<'_>,
    (fields, parameters): (&Fields, BTreeMap<String, Vec<String>>),
) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = person(visitor)?;
    let draft = Draft::read(fields);
    let sw = SubscriptionWords::of(visitor.locale.unwrap_or(about.open.locale));
    let calendars: Vec<CalendarId> = state.backend.calendars().into_iter().map(|(id, _)| id).collect();
    if let Some(why) = closed(state, about.open, address_of(&signed_in.person).as_deref(), sw) {
        return write(state, visitor, about, draft, Some(why));
    }
    let wanted = match draft.wish(parameters, &calendars, sw) {
        Ok(wanted) => wanted,
        Err(why) => return write(state, visitor, about, draft, Some(why.to_owned())),
    };
    let now = door.now();
    let is_local = signed_in.login == Some(LoginMethod::Local);
    let made = Subscription::new(about.open.id.clone(), signed_in.person.clone(), is_local, wanted, now);
    let mut kept =
        made.map_err(|error| WebError::of(StatusCode::INTERNAL_SERVER_ERROR).saying(error.to_string()))?;
    if let Some(known) = about.known {
        kept = Subscription { id: known.id.clone(), created_at: known.created_at, ..kept };
    }
    let (change, done) = if about.known.is_some() { ("changed", "changed") } else { ("subscribed", "made") };
    let event = event_by(door, AuditAction::ScheduleChanged, signed_in, extensions)
        .on("subscription", kept.id.as_str())
        .with("change", change)
        .with("report", kept.report.to_string());
    if state.backend.keep_subscription(standing.clone(), kept).await?.is_none() {
        return Err(WebError::of(StatusCode::FORBIDDEN));
    }
    door.record(event).await?;
    Ok(Redirect::to(&format!("/subscriptions?done={done}")).into_response())
}
