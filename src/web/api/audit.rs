//! `/audit`: what has happened. For administrators; the table says so.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::private;
use super::asked::{Asked, number, parsed};
use crate::ledger::audit::{AuditAction, AuditFilter, Outcome, Recorded};
use crate::web::error::WebError;
use crate::web::login::door;
use crate::web::state::WebState;

/// What may stand behind `?`; what is not said does not matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EventsAsked {
    /// Of this actor.
    actor: Option<String>,
    /// Of this action, such as `exported` or `login_refused`.
    action: Option<String>,
    /// Done to an object of this kind: `report`, `user`, `session`.
    object_kind: Option<String>,
    /// Done to the object with this id.
    object_id: Option<String>,
    /// That ended so: `done`, `refused` or `failed`.
    outcome: Option<String>,
    /// Not before this instant.
    from: Option<String>,
    /// Before this instant.
    to: Option<String>,
    /// With this text anywhere.
    text: Option<String>,
    /// Only older ones than this event: the last of the page before.
    before: Option<String>,
    /// How many, from 1 to 1000.
    limit: Option<String>,
}

/// A page of events.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Events {
    /// Newest first.
    events: Vec<EventOut>,
    /// What to give as `before` for the next page; `null` on the last.
    next_before: Option<i64>,
}

/// An event.
#[derive(Debug, Serialize, JsonSchema)]
struct EventOut {
    /// Its number in the chain.
    seq: i64,
    /// When.
    at: DateTime<Utc>,
    /// Who; empty for nobody.
    actor: String,
    /// How they were known.
    method: String,
    /// Where they came from.
    address: String,
    /// What was done.
    action: String,
    /// The kind of what it was done to.
    object_kind: String,
    /// Its id.
    object_id: String,
    /// `done`, `refused` or `failed`.
    outcome: String,
    /// The id of the request, which the server's log has too.
    request: String,
    /// What else is to be known.
    details: BTreeMap<String, serde_json::Value>,
    /// The hash that covers it and all events before.
    hash: String,
}

/// `GET /audit`
pub(super) async fn list(
    State(state): State<WebState>,
    asked: Result<Asked<EventsAsked>, WebError>,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let Asked(asked) = asked?;
    let instant = "an instant such as `2026-01-31T00:00:00Z`";
    let words = |all: Vec<&str>| format!("one of {}", all.join(", "));
    let actions = words(AuditAction::ALL.iter().map(|action| action.as_str()).collect());
    let outcomes = words(Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect());
    let filter = AuditFilter {
        actor: asked.actor.map(|actor| actor.to_lowercase()),
        action: parsed(asked.action.as_deref(), "action", &actions)?,
        object_kind: asked.object_kind,
        object_id: asked.object_id,
        outcome: parsed(asked.outcome.as_deref(), "outcome", &outcomes)?,
        from: parsed(asked.from.as_deref(), "from", instant)?,
        to: parsed(asked.to.as_deref(), "to", instant)?,
        text: asked.text,
        before: parsed(asked.before.as_deref(), "before", "the number of an event")?,
    };
    let limit = number(asked.limit.as_deref(), "limit", 100, 1000)?;
    let found = door.audit.search(&filter, limit).await;
    let found = found.map_err(|error| WebError::unavailable(error.to_string()))?;
    let next_before = found.events.last().filter(|_| found.more).map(|last| last.seq);
    private(
        StatusCode::OK,
        &Events { events: found.events.into_iter().map(EventOut::new).collect(), next_before },
    )
}

impl EventOut {
    fn new(recorded: Recorded) -> Self {
        let Recorded { seq, event, hash } = recorded;
        Self {
            seq,
            at: event.at,
            actor: event.actor,
            method: event.method.to_string(),
            address: event.address,
            action: event.action.to_string(),
            object_kind: event.object_kind,
            object_id: event.object_id,
            outcome: event.outcome.to_string(),
            request: event.request,
            details: event.details,
            hash,
        }
    }
}
