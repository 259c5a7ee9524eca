//! `/share/{link}`: one report, for whoever has the link.

use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method as HttpMethod, StatusCode, Uri, header};
use axum::response::Response;
use chrono::TimeDelta;

use super::guest::{Passed, visitor};
use super::words::ShareWords;
use crate::definitions::model::ReportId;
use crate::identity::Share;
use crate::ledger::audit::{AuditAction, Event, Method, Outcome};
use crate::web::address::Address;
use crate::web::client::is_encrypted;
use crate::web::error::WebError;
use crate::web::login::{Door, client_address, door, private, request_id};
use crate::web::names::{PanelFormat, PanelPath, ReportPath};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::way::Way;
use crate::web::{dashboard, panel};

/// How long a browser that used a link goes on without using it once more: its panels and files, and
/// other choices on the same page.
const VISIT: TimeDelta = TimeDelta::hours(1);

/// The cookie of a visit. It goes along with addresses below the link only.
const COOKIE: &str = "jangpyo-visit";

/// A request with a link.
struct Asked<'a> {
    secret: &'a str,
    method: &'a HttpMethod,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

/// A link that was found to be good, and a use of it counted.
struct Entered {
    share: Share,
    report: ReportId,
    visitor: Visitor,
    way: Way,
    /// The cookie of a visit that has just begun.
    cookie: Option<HeaderValue>,
}

impl Asked<'_> {
    fn event(&self, door: &Door, action: AuditAction) -> Event {
        Event::new(action, door.now())
            .from(&client_address(self.extensions).to_string(), &request_id(self.extensions))
    }

    /// The page that tells nothing: not even whether there ever was such a link.
    fn gone(&self) -> WebError {
        let locale = Visitor::of(self.uri.query(), self.headers).locale.unwrap_or_default();
        WebError::of(StatusCode::NOT_FOUND).saying(ShareWords::of(locale).gone)
    }

    async fn enter(&self, state: &WebState, door: &Door) -> Result<Entered, WebError> {
        let now = door.now();
        let Some(share) = door.identity.share(self.secret, now).await? else {
            if door.seldom.is_due("share", &client_address(self.extensions), now) {
                let event = self.event(door, AuditAction::LinkUsed).ended(Outcome::Refused);
                door.record(event.on("share", "").with("reason", "no such link, or it has ended")).await?;
            }
            return Err(self.gone());
        };
        let refused = |reason: &str| {
            told(self.event(door, AuditAction::LinkUsed), &share)
                .ended(Outcome::Refused)
                .with("reason", reason)
        };
        let report = ReportId::parse(&share.report).map_err(|_| self.gone())?;
        let passed = Passed {
            name: name_of(&share),
            maker: &share.person,
            role: share.role.as_deref(),
            report: &report,
            files: share.files,
        };
        let Some(viewer) = passed.viewer(state).await else {
            door.record(refused("its maker may not pass the report on")).await?;
            return Err(self.gone());
        };
        let known = self.visit().is_some_and(|visit| door.identity.is_share_visit(&share.id, visit, now));
        let mut cookie = None;
        // Asking for heads shows nothing, and is what previews of chats do.
        if !known && *self.method != HttpMethod::HEAD {
            let Some(uses) = door.identity.use_share(&share.id, now).await? else {
                door.record(refused("used up")).await?;
                return Err(self.gone());
            };
            let event = self.event(door, AuditAction::LinkUsed);
            door.record(told(event, &share).with("uses", uses)).await?;
            let until = (now + VISIT).min(share.expires_at);
            let (value, age) = (door.identity.share_visit(&share.id, until), (until - now).num_seconds());
            let encrypted = door.secure || is_encrypted(self.extensions);
            let (secure, secret) = (if encrypted { "; Secure" } else { "" }, self.secret);
            cookie = HeaderValue::from_str(&format!(
                "{COOKIE}={value}; Path=/share/{secret}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
            ))
            .ok();
        }
        let way = Way::shared(self.secret, share.parameters.clone(), share.open.clone());
        let visitor = visitor(self.uri, self.headers, viewer);
        Ok(Entered { share, report, visitor, way, cookie })
    }

    fn visit(&self) -> Option<&str> {
        let lines = self.headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
    }
}

fn name_of(share: &Share) -> String {
    format!("link:{}", share.id)
}

fn told(event: Event, share: &Share) -> Event {
    event
        .by(&name_of(share), Method::Link)
        .on("report", &share.report)
        .with("maker", share.person.name.clone())
}

impl Entered {
    /// Records files that were taken away, and finishes the answer.
    async fn finish(
        self,
        asked: &Asked<'_>,
        door: &Door,
        file: Option<String>,
        answer: Result<Response, WebError>,
    ) -> Result<Response, WebError> {
        if let Some(file) = file {
            let outcome = match &answer {
                Ok(_) => Outcome::Done,
                Err(error) if error.status == StatusCode::FORBIDDEN => Outcome::Refused,
                Err(_) => Outcome::Failed,
            };
            let event = told(asked.event(door, AuditAction::Exported), &self.share).with("file", file);
            door.record(event.ended(outcome)).await?;
        }
        let mut response = answer?;
        private(&mut response);
        if let Some(cookie) = self.cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }
}

/// `/share/{link}`, `/share/{link}.pdf` and `/share/{link}.xlsx`
pub(super) async fn show_report(
    State(state): State<WebState>,
    Path(link): Path<String>,
    address: Address,
    method: HttpMethod,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let (secret, ending) = link.rsplit_once('.').unwrap_or((&link, ""));
    let asked = Asked { secret, method: &method, uri: &uri, headers: &headers, extensions: &extensions };
    // What is no file costs no use.
    if !ReportPath::is_ending(ending) {
        return Err(asked.gone());
    }
    let entered = asked.enter(&state, door).await?;
    let path = ReportPath::of_ending(entered.report.clone(), ending).ok_or_else(WebError::no_page)?;
    let file = (!ending.is_empty()).then(|| ending.to_owned());
    let answer = dashboard::show(&state, &entered.visitor, &entered.way, &path, &address).await;
    entered.finish(&asked, door, file, answer).await
}

/// `/share/{link}/panels/{panel}`, also with the ending of a file.
pub(super) async fn show_panel(
    State(state): State<WebState>,
    Path((secret, segment)): Path<(String, String)>,
    address: Address,
    method: HttpMethod,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let asked =
        Asked { secret: &secret, method: &method, uri: &uri, headers: &headers, extensions: &extensions };
    // What is no panel costs no use, whatever the report is.
    if PanelPath::parse("any", &segment).is_none() {
        return Err(asked.gone());
    }
    let entered = asked.enter(&state, door).await?;
    let path = PanelPath::parse(entered.report.as_str(), &segment).ok_or_else(WebError::no_page)?;
    let file = (path.format != PanelFormat::Page).then(|| segment.clone());
    let answer = panel::show(&state, &entered.visitor, &entered.way, &path, &address, &headers).await;
    entered.finish(&asked, door, file, answer).await
}
