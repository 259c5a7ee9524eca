//! `/tokens`: the caller's own. For people; the table says so.

use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::private;
use super::asked::Body;
use super::names::Named;
use crate::access::Action;
use crate::definitions::model::ReportId;
use crate::error::Kind;
use crate::identity::{IdentityError, NewToken, Token};
use crate::ledger::audit::AuditAction;
use crate::web::error::WebError;
use crate::web::login::{door, event_by, offered_scopes, person};
use crate::web::names::RecordId;
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

/// Tokens.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Tokens {
    /// Newest first, also those that have ended.
    tokens: Vec<TokenOut>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
struct TokenOut {
    /// Its id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// What can be done with it.
    scopes: Vec<Action>,
    /// The only reports it opens; `null` for all.
    reports: Option<Vec<String>>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends.
    expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    revoked_at: Option<DateTime<Utc>>,
}

/// A token to be made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTokenBody {
    /// What it is called.
    #[schemars(length(min = 1, max = 80))]
    name: String,
    /// What can be done with it, as far as its owner may.
    #[schemars(length(min = 1))]
    scopes: Vec<Action>,
    /// The only reports it opens; all by default.
    reports: Option<Vec<ReportId>>,
    /// How long it lasts.
    #[schemars(range(min = 1, max = 366))]
    days: u32,
}

/// A token that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MadeToken {
    /// Its id.
    id: String,
    /// The token itself, shown this once; send it as `Authorization: Bearer …`.
    token: String,
}

/// What is wrong with what was sent, in words (422); the rest as it is.
pub(super) fn refused(error: IdentityError) -> WebError {
    match error.kind() {
        Kind::BadRequest | Kind::Forbidden => {
            WebError::of(StatusCode::UNPROCESSABLE_ENTITY).saying(error.to_string())
        }
        _ => error.into(),
    }
}

/// `GET /tokens`
pub(super) async fn list(State(state): State<WebState>, visitor: Visitor) -> Result<Response, WebError> {
    let door = door(&state)?;
    let tokens = door.identity.tokens_of(&person(&visitor)?.person.name).await?;
    private(StatusCode::OK, &Tokens { tokens: tokens.into_iter().map(TokenOut::new).collect() })
}

/// `POST /tokens`
pub(super) async fn make(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
    body: Result<Body<NewTokenBody>, WebError>,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let Body(body) = body?;
    let offered = offered_scopes(signed_in);
    if let Some(scope) = body.scopes.iter().find(|scope| !offered.contains(scope)) {
        return Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY)
            .saying(format!("the scope `{scope}` is for tokens of administrators")));
    }
    let reports = body.reports.map(|ids| ids.iter().map(ToString::to_string).collect());
    let scopes = body.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
    let new = NewToken {
        name: &body.name,
        owner: &signed_in.person,
        method: signed_in.login,
        scopes: body.scopes,
        reports,
        days: body.days,
    };
    let (text, id) = door.identity.make_token(new, door.now()).await.map_err(refused)?;
    let event = event_by(door, AuditAction::TokenMade, signed_in, &extensions)
        .on("token", &id)
        .with("scopes", scopes)
        .with("days", body.days);
    door.record(event).await?;
    private(StatusCode::CREATED, &MadeToken { id, token: text.as_str().to_owned() })
}

/// `DELETE /tokens/{token}`
pub(super) async fn revoke(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(RecordId(id)): Named<RecordId>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    if !door.identity.revoke_token(&signed_in.person.name, &id, door.now()).await? {
        return Err(WebError::no_page());
    }
    let event = event_by(door, AuditAction::TokenRevoked, signed_in, &extensions);
    door.record(event.on("token", &id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl TokenOut {
    fn new(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            reports: token.reports,
            created_at: token.created_at,
            expires_at: token.expires_at,
            used_at: token.used_at,
            revoked_at: token.revoked_at,
        }
    }
}
