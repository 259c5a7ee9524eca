//! `POST /reports/{report}/embed-tokens`: a token for a report inside of another site's page.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::private;
use super::asked::Body;
use super::names::Named;
use crate::definitions::model::ReportId;
use crate::web::error::WebError;
use crate::web::login::door;
use crate::web::share::{EmbedWish, embed_token};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// What a frame is to show, and where.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmbedTokenBody {
    /// Values of the report's parameters by name, which the page cannot change; those without take their defaults.
    #[serde(default)]
    parameters: BTreeMap<String, Vec<String>>,
    /// The functional role whose rights it has; by default those of the caller.
    role: Option<String>,
    /// The site whose pages show it, such as `https://intranet.example.com`: one of `JANGPYO_EMBED_ORIGINS`.
    origin: String,
    /// How many seconds it lasts; an hour by default.
    #[schemars(range(min = 1, max = 3600))]
    seconds: Option<u32>,
}

/// A token that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct EmbedTokenOut {
    /// The token.
    token: String,
    /// The address for the frame, on this server.
    path: String,
    /// When it ends.
    expires_at: DateTime<Utc>,
}

/// `POST /reports/{report}/embed-tokens`
pub(super) async fn make(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    Named(report): Named<ReportId>,
    extensions: Extensions,
    body: Result<Body<EmbedTokenBody>, WebError>,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = visitor.presence.signed_in().ok_or_else(|| WebError::of(StatusCode::UNAUTHORIZED))?;
    // A report that is closed looks absent, whatever else is wrong.
    if !standing.may(crate::access::Action::Export, crate::access::Object::Report(&report)) {
        return Err(WebError::no_page());
    }
    let Body(EmbedTokenBody { parameters, role, origin, seconds }) = body?;
    let wish = EmbedWish { report: report.clone(), parameters, role, origin, seconds };
    let (token, expires_at) = embed_token(&state, door, &standing, signed_in, wish, &extensions).await?;
    let path = format!("/embed/{report}?token={token}");
    private(StatusCode::CREATED, &EmbedTokenOut { token, path, expires_at })
}
