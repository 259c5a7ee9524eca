//! Answers as JSON.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::web::error::WebError;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What the caller may keep, and ask for again by its ETag.
pub(super) fn kept<T: Serialize>(asked: &HeaderMap, value: &T) -> Result<Response, WebError> {
    let body = written(value)?;
    let etag = format!("\"{:.32}\"", format!("{:x}", Sha256::digest(&body)));
    let is_known = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|list| list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
    let head = [(header::ETAG, etag)];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    Ok((head, [(header::CONTENT_TYPE, JSON)], body).into_response())
}

/// What nobody keeps: secrets, and what is about people.
pub(super) fn private<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, WebError> {
    let head = [(header::CONTENT_TYPE, JSON), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((status, head, written(value)?).into_response())
}

fn written<T: Serialize>(value: &T) -> Result<Vec<u8>, WebError> {
    serde_json::to_vec(value).map_err(|error| WebError::bug(format!("JSON: {error}")))
}
