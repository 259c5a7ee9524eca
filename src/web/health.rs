//! For load balancers and monitoring.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::error::WebError;
use super::state::WebState;
use super::visitor::{Entered, Visitor};
use crate::access::{Action, Object};

/// The process answers.
pub(super) async fn show_health() -> Json<serde_json::Value> {
    Json(json!({"status": "ok"}))
}

/// Every part it needs answers too.
pub(super) async fn show_readiness(State(state): State<WebState>) -> Response {
    let checks = state.backend.ready().await;
    let ready = checks.iter().all(|check| check.ready);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({"ready": ready, "checks": checks}))).into_response()
}

/// What is counted, for Prometheus, which brings a token of an administrator.
pub(super) async fn show_metrics(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
) -> Result<Response, WebError> {
    // People may be made administrators without a role; tokens have only what roles and scopes give.
    let administers = visitor.presence.signed_in().is_some_and(|signed_in| signed_in.administrator);
    if !administers && !standing.may(Action::Administer, Object::Server) {
        return Err(WebError::of(StatusCode::FORBIDDEN));
    }
    let text = state.metrics.encode().map_err(|error| WebError::bug(format!("metrics: {error}")))?;
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media_type)], text).into_response())
}
