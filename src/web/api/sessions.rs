//! `/sessions`: where the caller is logged in. For people; the table says so.

use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::private;
use super::names::Named;
use crate::identity::Session;
use crate::ledger::audit::AuditAction;
use crate::web::error::WebError;
use crate::web::login::{door, event_by, person};
use crate::web::names::RecordId;
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

/// Sessions.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Sessions {
    /// Newest first.
    sessions: Vec<SessionOut>,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
struct SessionOut {
    /// Its id.
    id: String,
    /// Whether it is the one that asks.
    own: bool,
    /// How they logged in: `local` or `oidc`.
    method: String,
    /// From where.
    address: String,
    /// What the browser called itself.
    agent: String,
    /// When they logged in.
    created_at: DateTime<Utc>,
    /// When something was last asked for, to the minute.
    seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    expires_at: DateTime<Utc>,
}

/// `GET /sessions`
pub(super) async fn list(State(state): State<WebState>, visitor: Visitor) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let own = signed_in.session.as_ref().map(|session| session.id.as_str());
    let sessions = door.identity.sessions_of(&signed_in.person.name, door.now()).await?;
    let sessions = sessions.into_iter().map(|session| SessionOut::new(session, own)).collect();
    private(StatusCode::OK, &Sessions { sessions })
}

/// `DELETE /sessions/{session}`
pub(super) async fn end(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(RecordId(id)): Named<RecordId>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    if !door.identity.revoke_session(&signed_in.person.name, &id).await? {
        return Err(WebError::no_page());
    }
    let event = event_by(door, AuditAction::SessionRevoked, signed_in, &extensions);
    door.record(event.on("session", &id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl SessionOut {
    fn new(session: Session, own: Option<&str>) -> Self {
        Self {
            own: own == Some(session.id.as_str()),
            id: session.id,
            method: session.method.to_string(),
            address: session.address,
            agent: session.agent,
            created_at: session.created_at,
            seen_at: session.seen_at,
            expires_at: session.expires_at,
        }
    }
}
