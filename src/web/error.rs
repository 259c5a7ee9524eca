//! What a request gets when it cannot be answered.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::backend::BackendError;
use crate::error::Kind;
use crate::identity::IdentityError;
use crate::runs::evaluate::QuestionError;

/// Why a request cannot be answered. [`guard`](super::guard) logs it once and writes it as a page
/// or as JSON, in the visitor's language.
#[derive(Debug, Clone)]
pub(super) struct WebError {
    /// The status of the response.
    pub(super) status: StatusCode,
    /// What the visitor is told besides the status's own words; never the cause of a bug.
    pub(super) message: Option<String>,
    /// What only the log is told.
    pub(super) cause: Option<String>,
}

impl WebError {
    /// An error of this status, in the status's own words.
    pub(super) fn of(status: StatusCode) -> Self {
        Self { status, message: None, cause: None }
    }

    /// There is no such page.
    pub(super) fn no_page() -> Self {
        Self::of(StatusCode::NOT_FOUND)
    }

    /// A defect of this program; `cause` is for the log.
    pub(super) fn bug(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..Self::of(StatusCode::INTERNAL_SERVER_ERROR) }
    }

    /// What this needs does not answer; `cause` is for the log.
    pub(super) fn unavailable(cause: impl Into<String>) -> Self {
        Self { cause: Some(cause.into()), ..Self::of(StatusCode::SERVICE_UNAVAILABLE) }
    }

    /// The same with a message for the visitor.
    pub(super) fn saying(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }

    fn of_kind(kind: Kind, message: String) -> Self {
        let status = status_of(kind);
        if status == StatusCode::INTERNAL_SERVER_ERROR || status == StatusCode::SERVICE_UNAVAILABLE {
            Self { cause: Some(message), ..Self::of(status) }
        } else {
            Self::of(status).saying(message)
        }
    }
}

/// What statuses are called in JSON.
pub(super) const CODES: [(u16, &str); 18] = [
    (400, "bad_request"),
    (401, "unauthenticated"),
    (403, "forbidden"),
    (404, "not_found"),
    (405, "method_not_allowed"),
    (408, "too_slow"),
    (410, "gone"),
    (413, "too_large"),
    (414, "address_too_long"),
    (415, "unsupported_media_type"),
    (421, "unknown_host"),
    (422, "unprocessable"),
    (429, "over_limit"),
    (431, "head_too_large"),
    (500, "internal"),
    (503, "unavailable"),
    (504, "timeout"),
    (0, "other"),
];

/// What a status is called in JSON.
pub(super) fn code_of(status: StatusCode) -> &'static str {
    CODES.iter().find(|(known, _)| *known == status.as_u16()).map_or("other", |(_, code)| code)
}

/// The status for a kind of failure.
pub(super) fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::BadRequest => StatusCode::BAD_REQUEST,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::BadDefinition | Kind::BadData => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::OverLimit => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Bug => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<QuestionError> for WebError {
    fn from(error: QuestionError) -> Self {
        Self::of_kind(error.kind(), error.to_string())
    }
}

impl From<BackendError> for WebError {
    fn from(error: BackendError) -> Self {
        Self::of_kind(error.kind, error.message)
    }
}

impl From<IdentityError> for WebError {
    fn from(error: IdentityError) -> Self {
        Self::of_kind(error.kind(), error.to_string())
    }
}

impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::bug(format!("template: {error}"))
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers every address that is not in the map.
pub(super) async fn no_such_page() -> WebError {
    WebError::no_page()
}

/// Answers methods an address does not know.
pub(super) async fn method_not_allowed() -> WebError {
    WebError::of(StatusCode::METHOD_NOT_ALLOWED)
}
