//! What of requests is recorded: reports that were opened, files that were taken away, and what was refused.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{Method as HttpMethod, StatusCode};
use axum::response::{IntoResponse, Response};

use super::door::Door;
use super::permit;
use super::presence::{Presence, SignedIn};
use crate::access::Action;
use crate::ledger::audit::{AuditAction, Event, Outcome};
use crate::web::api;
use crate::web::guard::shown_path;

/// Where a request comes from, for what is recorded.
pub(super) struct Caller {
    pub(super) address: IpAddr,
    pub(super) request: String,
}

impl Caller {
    pub(super) fn event(&self, door: &Door, action: AuditAction) -> Event {
        Event::new(action, door.now()).from(&self.address.to_string(), &self.request)
    }
}

/// Records what is decided anyway; where that fails, the log has it.
async fn record(door: &Door, event: Event) {
    let action = event.action;
    if let Err(error) = door.record(event).await {
        tracing::error!(cause = error.cause, %action, "an event was not recorded");
    }
}

/// What a request is for, should it be refused.
pub(super) struct Refusable {
    method: HttpMethod,
    path: String,
}

impl Refusable {
    pub(super) fn of(request: &Request) -> Self {
        Self { method: request.method().clone(), path: request.uri().path().to_owned() }
    }

    /// Whether an answer refuses: by saying so, or by saying that what is closed is not there.
    pub(super) fn is_refused(&self, response: &Response, presence: &Presence) -> bool {
        let hides = || presence.signed_in().is_some() && permit::deed(&self.method, &self.path).is_some();
        match response.status() {
            StatusCode::FORBIDDEN => true,
            StatusCode::NOT_FOUND => hides(),
            _ => false,
        }
    }

    /// Records the refusal: of people each one, of strangers one in a while.
    pub(super) async fn refused(&self, door: &Door, from: &Caller, by: Option<&SignedIn>) {
        let event = from.event(door, AuditAction::Refused).ended(Outcome::Refused);
        let event = match by {
            Some(by) => event.by(&by.person.name, by.method),
            None if door.seldom.is_due("refused", &from.address, door.now()) => event,
            None => return,
        };
        record(door, event.on("page", shown_path(&self.path)).with("method", self.method.as_str())).await;
    }
}

/// What of a request is recorded once its outcome is known: reports that were opened and files that
/// were taken away. Parts of a page that was recorded are not told again.
pub(super) struct Told {
    event: Event,
    /// What a part of a page belongs to, if it is one: who looks at which report with which parameters.
    part_of: Option<String>,
}

impl Told {
    pub(super) fn of(request: &Request, from: &Caller, presence: &Presence) -> Option<Self> {
        let (method, path) = (request.method(), request.uri().path());
        let signed_in = presence.signed_in()?;
        let deed = permit::deed(method, path)?;
        let action = match deed.action {
            _ if api::is_api(path) => api::called(method, path)?.told()?,
            _ if *method != HttpMethod::GET => return None,
            Action::Export => AuditAction::Exported,
            Action::View if deed.object.0 == "report" => AuditAction::Viewed,
            _ => return None,
        };
        let is_view = action == AuditAction::Viewed && !api::is_api(path);
        let part_of = is_view.then(|| {
            let query = request.uri().query().unwrap_or_default();
            [signed_in.person.name.as_str(), deed.report.unwrap_or_default(), query].join("\n")
        });
        let event = Event::new(action, chrono::DateTime::UNIX_EPOCH)
            .by(&signed_in.person.name, signed_in.method)
            .from(&from.address.to_string(), &from.request)
            .on(deed.object.0, deed.object.1);
        let event = match request.uri().query() {
            Some(query) => event.with("query", query),
            None => event,
        };
        Some(Self { event, part_of })
    }

    /// `response`, once it is recorded: what cannot be recorded is not given out.
    pub(super) async fn record(self, door: &Door, response: Response) -> Response {
        let outcome = match response.status() {
            // A report that is closed looks absent; here it is told that it was asked for in vain.
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND => Outcome::Refused,
            status if status.is_success() || status == StatusCode::NOT_MODIFIED => Outcome::Done,
            _ => Outcome::Failed,
        };
        let now = door.now();
        let is_part = self.event.object_id.contains('/');
        let is_due = self.part_of.is_none_or(|whole| door.seldom.is_due("view", &whole, now));
        if is_part && !is_due && outcome == Outcome::Done {
            return response;
        }
        match door.record(Event { at: now, ..self.event.ended(outcome) }).await {
            Ok(()) => response,
            Err(error) => error.into_response(),
        }
    }
}
