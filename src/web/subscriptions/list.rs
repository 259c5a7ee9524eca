//! `/subscriptions`: what is sent to whoever looks, and what they can do about it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};

use super::save::query_of;
use super::words::SubscriptionWords;
use super::{Leaver, MailEntry, Mailbox, SubscriptionEntry, WantsMail};
use crate::access::Standing;
use crate::definitions::model::{FieldName, ReportId};
use crate::format::Locale;
use crate::ledger::audit::AuditAction;
use crate::runs::store::{Pause, RunState, Subscription, address_of};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::login::{Fields, Gate, bind_forms, door, event_by, person, private};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::when::When;
use crate::web::words::{Words, fill};

const PATH: &str = "/subscriptions";

#[derive(Template)]
#[template(path = "subscriptions.html")]
struct SubscriptionsPage {
    frame: Frame,
    sw: &'static SubscriptionWords,
    done: Option<&'static str>,
    /// `None` where there is no login.
    csrf: Option<String>,
    address: Option<String>,
    own: Vec<Row>,
    others: Vec<Row>,
    mails_intro: String,
    mails: Vec<MailRow>,
}

struct Row {
    id: String,
    /// The title with where it leads; `None` for a report that is closed.
    report: Option<(String, String)>,
    who: String,
    when: String,
    zone: String,
    /// The class and the text of a badge.
    state: (&'static str, &'static str),
    is_paused: bool,
    next: Option<When>,
    /// The class, the text and the time of the latest run, and why nothing was sent.
    latest: Option<(&'static str, &'static str, When, String)>,
}

struct MailRow {
    report: String,
    schedule: String,
    title: String,
    latest: When,
    left: bool,
    may_leave: bool,
}

/// `GET /subscriptions`
pub(super) async fn show_mailbox(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let sw = SubscriptionWords::of(locale);
    let mut csrf = None;
    let mut found = Mailbox::default();
    if let Gate::Login(door) = &state.gate {
        let signed_in = person(&visitor)?;
        if let Some(again) = bind_forms(door, signed_in, &headers, PATH)? {
            return Ok(again);
        }
        csrf = Some(signed_in.csrf.clone());
        // Whom a proxy names has no login: looking here is what shows that they are still there.
        if signed_in.login.is_none() {
            state.backend.renew_subscriber(signed_in.person.clone()).await?;
        }
        found = state.backend.mailbox(standing).await?;
    }
    let mut response = page(&SubscriptionsPage {
        frame: Frame::new(&visitor, locale, Place::Elsewhere, sw.mine, PATH, &Address::default())
            .in_brand(state.backend.usual_brand()),
        done: address.get("done").and_then(|word| sw.done(word)),
        csrf,
        own: found.subscriptions.into_iter().map(|entry| Row::new(entry, sw, locale)).collect(),
        others: found.others.into_iter().map(|entry| Row::new(entry, sw, locale)).collect(),
        mails_intro: fill(sw.sent_to_me_intro, &[("n", found.address.as_deref().unwrap_or_default())]),
        mails: found.mails.iter().map(|entry| MailRow::new(entry, locale)).collect(),
        address: found.address,
        sw,
    })?;
    private(&mut response);
    Ok(response)
}

impl Row {
    fn new(entry: SubscriptionEntry, sw: &'static SubscriptionWords, locale: Locale) -> Self {
        let SubscriptionEntry { subscription, title, next, pause, latest } = entry;
        let Subscription { wish, .. } = &subscription;
        let words = Words::of(locale);
        let at = |instant| When::new(instant, &wish.time_zone);
        let is_paused = pause.is_some();
        Self {
            report: title.map(|title| {
                let path = format!("/reports/{}{}", subscription.report, query_of(&subscription));
                (title.get(locale).to_owned(), path)
            }),
            when: sw.rhythm(wish, locale),
            zone: wish.time_zone.clone(),
            state: if is_paused { ("interrupted", sw.paused) } else { ("succeeded", sw.active) },
            is_paused,
            next: next.map(at),
            latest: latest.map(|run| {
                let why = run.error.filter(|_| run.state == RunState::Skipped).unwrap_or_default();
                (run.state.as_str(), words.run_state(run.state), at(run.scheduled_at), why)
            }),
            id: subscription.id.to_string(),
            who: subscription.person.name,
        }
    }
}

impl MailRow {
    fn new(entry: &MailEntry, locale: Locale) -> Self {
        Self {
            report: entry.report.to_string(),
            schedule: entry.schedule.to_string(),
            title: entry.title.get(locale).to_owned(),
            latest: When::new(entry.latest, &entry.zone),
            left: entry.left,
            may_leave: entry.may_leave,
        }
    }
}

fn back(done: &str) -> Response {
    Redirect::to(&format!("{PATH}?done={done}")).into_response()
}

/// Records a change of a subscription, which must be there.
async fn change(
    state: &WebState,
    visitor: &Visitor,
    standing: &Standing,
    extensions: &Extensions,
    (id, change): (&str, &str),
) -> Result<Subscription, WebError> {
    let door = door(state)?;
    let signed_in = person(visitor)?;
    let id = FieldName::parse(id).map_err(|_| WebError::no_page())?;
    let found = state.backend.subscription(standing.clone(), id).await?.ok_or_else(WebError::no_page)?;
    let event = event_by(door, AuditAction::ScheduleChanged, signed_in, extensions)
        .on("subscription", found.id.as_str())
        .with("change", change)
        .with("report", found.report.to_string())
        .with("subscriber", found.person.name.clone());
    door.record(event).await?;
    Ok(found)
}

/// `POST /subscriptions/{subscription}/end`
pub(super) async fn end(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let found = change(&state, &visitor, &standing, &extensions, (&id, "ended")).await?;
    state.backend.end_subscription(standing, found.id).await?.ok_or_else(WebError::no_page)?;
    Ok(back("ended"))
}

/// `POST /subscriptions/{subscription}/pause`
pub(super) async fn pause(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let found = change(&state, &visitor, &standing, &extensions, (&id, "paused")).await?;
    let pause = Pause {
        report: found.report,
        schedule: found.id.clone(),
        by: person(&visitor)?.person.name.clone(),
        reason: String::new(),
        since: door(&state)?.now(),
        until: None,
    };
    let done = state.backend.pause_subscription(standing, found.id, Some(pause)).await?;
    done.ok_or_else(WebError::no_page)?;
    Ok(back("paused"))
}

/// `POST /subscriptions/{subscription}/resume`
pub(super) async fn resume(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let found = change(&state, &visitor, &standing, &extensions, (&id, "resumed")).await?;
    state.backend.pause_subscription(standing, found.id, None).await?.ok_or_else(WebError::no_page)?;
    Ok(back("resumed"))
}

/// `POST /subscriptions/{subscription}/send`
pub(super) async fn send_now(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let found = change(&state, &visitor, &standing, &extensions, (&id, "sent now")).await?;
    state.backend.send_subscription(standing, found.id).await?.ok_or_else(WebError::no_page)?;
    Ok(back("sent"))
}

/// `POST /subscriptions/mails/leave`
pub(super) async fn leave(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    turn(&state, &visitor, &extensions, &fields, WantsMail::NoMore).await
}

/// `POST /subscriptions/mails/return`
pub(super) async fn come_back(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    turn(&state, &visitor, &extensions, &fields, WantsMail::Again).await
}

/// Takes one's own address out of the mail of a schedule, or back in.
async fn turn(
    state: &WebState,
    visitor: &Visitor,
    extensions: &Extensions,
    fields: &Fields,
    wants: WantsMail,
) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = person(visitor)?;
    let report = ReportId::parse(fields.get("report")).map_err(|_| WebError::no_page())?;
    let schedule = FieldName::parse(fields.get("schedule")).map_err(|_| WebError::no_page())?;
    let address = address_of(&signed_in.person).ok_or_else(WebError::no_page)?;
    // Only of what was sent to them: whether there are other schedules is not for them to find out.
    let standing = state.backend.standing(visitor.viewer.clone()).await;
    let mails = state.backend.mailbox(standing).await?.mails;
    if !mails.iter().any(|mail| mail.report == report && mail.schedule == schedule) {
        return Err(WebError::no_page());
    }
    let leaver = Leaver::Address(address, report.clone(), schedule.clone());
    let (_, changed) = state.backend.leave(leaver, wants).await?.ok_or_else(WebError::no_page)?;
    let (change, done) = match wants {
        WantsMail::NoMore => ("unsubscribed", "left"),
        WantsMail::Again => ("subscribed again", "returned"),
    };
    if changed {
        let event = event_by(door, AuditAction::ScheduleChanged, signed_in, extensions)
            .on("schedule", &format!("{report}/{schedule}"))
            .with("change", change);
        door.record(event).await?;
    }
    Ok(back(done))
}
