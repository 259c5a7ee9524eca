//! `/reports/{report}/share`: makes a link to the report as it is looked at.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;

use super::guest::may_pass_on;
use super::words::ShareWords;
use crate::definitions::model::ReportId;
use crate::error::Kind;
use crate::identity::{MOST_SHARE_DAYS, NewShare, USUAL_SHARE_DAYS};
use crate::ledger::audit::{AuditAction, Event};
use crate::web::address::Address;
use crate::web::backend::OpenReport;
use crate::web::dashboard::wish;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::login::{Fields, LoginWords, bind_forms, client_address, door, person, private, request_id};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::words;

#[derive(Template)]
#[template(path = "share.html")]
struct SharePage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    sw: &'static ShareWords,
    report: String,
    title: String,
    subtitle: String,
    /// The parameters as they are looked at.
    query: String,
    back_url: String,
    /// Names and titles of the parameters.
    controls: Vec<(String, String)>,
    name: &'a str,
    /// Names and titles of the functional roles that they hold.
    roles: Vec<(String, String)>,
    usual_days: u32,
    most_days: u32,
    /// The link that was just made; shown this once.
    made: Option<String>,
    message: Option<String>,
    csrf: &'a str,
}

/// What the page says besides the form.
#[derive(Default)]
struct Said {
    made: Option<String>,
    message: Option<String>,
}

/// The report as it is looked at, if they may pass it on.
async fn opened(
    state: &WebState,
    visitor: &Visitor,
    report: &str,
    address: &Address,
) -> Result<OpenReport, WebError> {
    let report = ReportId::parse(report).map_err(|_| WebError::no_page())?;
    let open = state.backend.open(wish(&report, visitor, address.parameters())).await?;
    if open.may_export {
        return Ok(open);
    }
    let w = ShareWords::of(visitor.locale.unwrap_or_default());
    Err(WebError::of(StatusCode::FORBIDDEN).saying(w.needs_export))
}

/// `/reports/{report}/share`
pub(super) async fn show_form(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(report): Path<String>,
    Entered(standing): Entered,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    // Parsed before it becomes part of a header.
    let id = ReportId::parse(&report).map_err(|_| WebError::no_page())?;
    let here = format!("/reports/{id}/share{}", address.query());
    if let Some(again) = bind_forms(door, person(&visitor)?, &headers, &here)? {
        return Ok(again);
    }
    let open = opened(&state, &visitor, &report, &address).await?;
    write(&visitor, &standing, &open, &address, Said::default())
}

fn write(
    visitor: &Visitor,
    standing: &crate::access::Standing,
    open: &OpenReport,
    address: &Address,
    said: Said,
) -> Result<Response, WebError> {
    let signed_in = person(visitor)?;
    let locale = visitor.locale.unwrap_or(open.locale);
    let sw = ShareWords::of(locale);
    let base = format!("/reports/{}", open.id);
    let view = address.view();
    let roles = standing.roles().into_iter().filter(|role| role.is_functional);
    let roles = roles.map(|role| {
        let title = role.title.as_ref().map_or(role.name.as_str(), |title| title.get(locale)).to_owned();
        (role.name.to_string(), title)
    });
    let failed = said.message.is_some();
    let mut response = page(&SharePage {
        frame: Frame::new(visitor, locale, Place::Reports, sw.title, format!("{base}/share"), address)
            .in_brand(open.brand.clone()),
        w: LoginWords::of(locale),
        sw,
        title: open.report.title.get(locale).to_owned(),
        report: open.id.to_string(),
        subtitle: open.subtitle.clone(),
        query: view.query(),
        back_url: format!("{base}{}", view.query()),
        controls: open.controls.iter().map(|control| (control.name.clone(), control.title.clone())).collect(),
        name: &signed_in.person.name,
        roles: roles.collect(),
        usual_days: USUAL_SHARE_DAYS,
        most_days: MOST_SHARE_DAYS,
        made: said.made,
        message: said.message,
        csrf: &signed_in.csrf,
    })?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    private(&mut response);
    Ok(response)
}

/// `POST /reports/{report}/share`
pub(super) async fn make_link(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(report): Path<String>,
    Entered(standing): Entered,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let address = Address::parse(fields.get("query").strip_prefix('?'));
    let open = opened(&state, &visitor, &report, &address).await?;
    let role = Some(fields.get("role")).filter(|role| !role.is_empty());
    if !may_pass_on(&standing, &open.id, role) {
        return Err(WebError::of(StatusCode::FORBIDDEN));
    }
    // Every parameter as it is now, also where it is a default: those may change with the definition.
    let parameters: BTreeMap<String, Vec<String>> =
        open.controls.iter().map(|control| (control.name.clone(), control.chosen.clone())).collect();
    let new = NewShare {
        maker: &signed_in.person,
        method: signed_in.login,
        role,
        report: open.id.as_str(),
        open: fields
            .all("open")
            .filter(|name| parameters.contains_key(*name))
            .map(str::to_owned)
            .collect::<BTreeSet<_>>(),
        parameters,
        files: fields.get("files") == "1",
        days: fields.get("days").trim().parse().unwrap_or_default(),
        most_uses: match fields.get("uses").trim() {
            "" => None,
            // What is no number is no use, which is refused with the reason.
            number => Some(number.parse().unwrap_or_default()),
        },
    };
    let (days, files) = (new.days, new.files);
    match door.identity.make_share(new, door.now()).await {
        Ok((secret, id)) => {
            let event = Event::new(AuditAction::LinkMade, door.now())
                .by(&signed_in.person.name, signed_in.method)
                .from(&client_address(&extensions).to_string(), &request_id(&extensions))
                .on("share", &id)
                .with("report", open.id.to_string())
                .with("role", role.unwrap_or_default())
                .with("days", days)
                .with("files", files);
            door.record(event).await?;
            let said = Said {
                made: Some(format!("{}/share/{secret}", door.own_address(&extensions))),
                ..Said::default()
            };
            write(&visitor, &standing, &open, &address, said)
        }
        Err(error) if error.kind() == Kind::BadRequest => {
            let w = LoginWords::of(visitor.locale.unwrap_or_default());
            let said = Said { message: Some(w.refused(&error)), ..Said::default() };
            write(&visitor, &standing, &open, &address, said)
        }
        Err(error) => Err(error.into()),
    }
}
