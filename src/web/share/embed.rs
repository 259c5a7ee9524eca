//! A report inside of a page of another site.
//!
//! A program of that site asks for a token with an API token of scope `export`, and puts
//! `/embed/{report}?token=…` into a frame. Cookies are not needed inside, and browsers show it only
//! inside of pages of the token's site.

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode, Uri};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::guest::{Passed, may_pass_on, visitor};
use super::words::ShareWords;
use crate::access::Standing;
use crate::definitions::model::ReportId;
use crate::identity::{Embed, LONGEST_EMBED};
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::web::address::Address;
use crate::web::dashboard;
use crate::web::error::WebError;
use crate::web::guard::{EmbeddedIn, policy_for};
use crate::web::login::{Door, SignedIn, client_address, door, private, request_id};
use crate::web::names::{PanelFormat, PanelPath, ReportPath};
use crate::web::panel;
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::way::Way;

/// A token that is asked for.
#[derive(Debug, Clone)]
pub(in crate::web) struct EmbedWish {
    /// The report.
    pub report: ReportId,
    /// Values of its parameters by name, which the page cannot change; those without take their defaults.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The functional role whose rights it has; by default those of who asks.
    pub role: Option<String>,
    /// The site whose pages show it: `https://intranet.example.com`.
    pub origin: String,
    /// How many seconds it lasts, at most 3600.
    pub seconds: Option<u32>,
}

/// Makes a token and tells when it ends, for whoever may export the report: pages of other sites can read what they
/// show.
pub(in crate::web) async fn embed_token(
    state: &WebState,
    door: &Door,
    standing: &Standing,
    signed_in: &SignedIn,
    wish: EmbedWish,
    extensions: &Extensions,
) -> Result<(String, DateTime<Utc>), WebError> {
    let refused = |message: String| WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(message);
    let report = wish.report;
    if !state.settings.embed_origins.contains(&wish.origin) {
        return Err(refused(format!("`{}` is not among JANGPYO_EMBED_ORIGINS", short(&wish.origin))));
    }
    if !may_pass_on(standing, &report, wish.role.as_deref()) {
        return Err(WebError::no_page());
    }
    // Parameters that the report does not take are told now, and not inside of the other site.
    let asked = crate::web::backend::Wish {
        report: report.clone(),
        parameters: wish.parameters.clone(),
        locale: None,
        viewer: standing.viewer().clone(),
    };
    let open = state.backend.open(asked).await?;
    let parameters = open.controls.iter().map(|control| (control.name.clone(), control.chosen.clone()));
    let now = door.now();
    let lasts = wish.seconds.map_or(LONGEST_EMBED, |seconds| TimeDelta::seconds(seconds.into()));
    let mut embed = Embed {
        id: String::new(),
        maker: signed_in.person.clone(),
        method: signed_in.login,
        role: wish.role,
        report: report.to_string(),
        parameters: parameters.collect(),
        origin: wish.origin,
        expires_at: now + lasts,
    };
    let token = door.identity.embed_token(&mut embed, now)?;
    let event = Event::new(AuditAction::LinkMade, now)
        .by(&signed_in.person.name, signed_in.method)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .on("embed", &embed.id)
        .with("report", embed.report)
        .with("origin", embed.origin)
        .with("role", embed.role.unwrap_or_default())
        .with("seconds", lasts.num_seconds());
    door.record(event).await?;
    Ok((token, embed.expires_at))
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}

/// The token in an address.
#[derive(Debug, Deserialize)]
pub(super) struct Carried {
    #[serde(default)]
    token: String,
}

/// A token that was found to be good.
struct Shown {
    embed: Embed,
    visitor: Visitor,
    way: Way,
}

async fn enter(
    state: &WebState,
    door: &Door,
    report: &ReportId,
    token: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Shown, WebError> {
    let locale = Visitor::of(uri.query(), headers).locale.unwrap_or_default();
    let gone = || WebError::of(StatusCode::FORBIDDEN).saying(ShareWords::of(locale).embed_gone);
    let embed = door.identity.embed(token, door.now()).await?.ok_or_else(gone)?;
    // A site that was taken from the list shows nothing any more.
    if embed.report != report.as_str() || !state.settings.embed_origins.contains(&embed.origin) {
        return Err(gone());
    }
    let name = format!("embed:{}", embed.id);
    let passed = Passed { name, maker: &embed.maker, role: embed.role.as_deref(), report, files: false };
    let viewer = passed.viewer(state).await.ok_or_else(gone)?;
    let way = Way::embedded(report, embed.parameters.clone(), token);
    Ok(Shown { visitor: visitor(uri, headers, viewer), way, embed })
}

/// Lets pages of the token's site, and only those, show the answer.
fn framed(mut response: Response, origin: &str) -> Response {
    if let Some(policy) = policy_for(origin) {
        response.extensions_mut().insert(EmbeddedIn(policy));
    }
    private(&mut response);
    response
}

/// `/embed/{report}`
pub(super) async fn show_report(
    State(state): State<WebState>,
    Path(report): Path<String>,
    Query(carried): Query<Carried>,
    address: Address,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    // Files are not for other sites: an ending is part of no name of a report.
    let report = ReportId::parse(&report).map_err(|_| WebError::no_page())?;
    let shown = enter(&state, door, &report, &carried.token, &uri, &headers).await?;
    let path = ReportPath::Dashboard(report);
    let response = dashboard::show(&state, &shown.visitor, &shown.way, &path, &address).await?;
    door.record(used(&shown, door, &extensions)).await?;
    door.seldom.is_due("embed", &shown.embed.id, door.now());
    Ok(framed(response, &shown.embed.origin))
}

fn used(shown: &Shown, door: &Door, extensions: &Extensions) -> Event {
    Event::new(AuditAction::LinkUsed, door.now())
        .by(&format!("embed:{}", shown.embed.id), Method::Link)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .on("report", &shown.embed.report)
        .with("maker", shown.embed.maker.name.clone())
        .with("origin", shown.embed.origin.clone())
}

/// `/embed/{report}/panels/{panel}`
pub(super) async fn show_panel(
    State(state): State<WebState>,
    Path((report, segment)): Path<(String, String)>,
    Query(carried): Query<Carried>,
    address: Address,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let path = PanelPath::parse(&report, &segment).ok_or_else(WebError::no_page)?;
    if path.format != PanelFormat::Page {
        return Err(WebError::no_page());
    }
    let shown = enter(&state, door, &path.report, &carried.token, &uri, &headers).await?;
    let response = panel::show(&state, &shown.visitor, &shown.way, &path, &address, &headers).await?;
    // The report's own page was recorded; who asks for parts without it is, too.
    if door.seldom.is_due("embed", &shown.embed.id, door.now()) {
        door.record(used(&shown, door, &extensions)).await?;
    }
    Ok(framed(response, &shown.embed.origin))
}
