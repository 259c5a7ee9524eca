//! `/signals`: what other programs tell, such as the end of a load.

use axum::extract::State;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{kept, private};
use super::asked::Body;
use super::names::Named;
use super::schedules::now;
use crate::definitions::model::FieldName;
use crate::ledger::audit::AuditAction;
use crate::runs::store::Signal;
use crate::web::error::WebError;
use crate::web::login::{Gate, event_by};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// A signal to be sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignal {
    /// What it is about, as schedules name it: the day or the interval that was loaded.
    #[schemars(length(min = 1, max = 100))]
    key: String,
}

/// A signal.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SignalOut {
    /// Its name.
    name: String,
    /// What it is about.
    key: String,
    /// When it first came.
    received_at: DateTime<Utc>,
    /// Who sent it first.
    by: String,
}

/// The latest signals of a name.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Signals {
    /// The newest first.
    signals: Vec<SignalOut>,
}

/// `GET /signals/{signal}`
pub(super) async fn list(
    State(state): State<WebState>,
    Entered(standing): Entered,
    Named(name): Named<FieldName>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let found = state.backend.signals(standing, name).await?.ok_or_else(WebError::no_page)?;
    kept(&headers, &Signals { signals: found.into_iter().map(SignalOut::from).collect() })
}

/// `POST /signals/{signal}`
pub(super) async fn send(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(name): Named<FieldName>,
    extensions: Extensions,
    body: Result<Body<NewSignal>, WebError>,
) -> Result<Response, WebError> {
    // Absent is told before anything else is wrong.
    state.backend.signals(standing.clone(), name.clone()).await?.ok_or_else(WebError::no_page)?;
    let Body(NewSignal { key }) = body?;
    if !Signal::is_key(&key) {
        let message = format!("`key` is one line of 1 to {} characters", Signal::LONGEST_KEY);
        return Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(message));
    }
    let actor = standing.viewer().name().to_owned();
    let signal = Signal { name: name.to_string(), key, received_at: now(&state), actor };
    let received = state.backend.receive(standing, signal).await?;
    let (kept, is_new) = received.ok_or_else(WebError::no_page)?;
    if is_new && let (Gate::Login(door), Some(signed_in)) = (&state.gate, visitor.presence.signed_in()) {
        let event = event_by(door, AuditAction::SignalReceived, signed_in, &extensions);
        door.record(event.on("signal", &kept.name).with("key", kept.key.clone())).await?;
    }
    private(StatusCode::OK, &SignalOut::from(kept))
}

impl From<Signal> for SignalOut {
    fn from(signal: Signal) -> Self {
        let Signal { name, key, received_at, actor } = signal;
        Self { name, key, received_at, by: actor }
    }
}
