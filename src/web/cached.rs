//! Files that browsers may keep: for good under an address with their version, else until they ask again.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file of a version, which changes when its content does.
pub(super) struct CachedFile {
    pub(super) media_type: &'static str,
    pub(super) version: String,
    pub(super) content: Body,
}

impl CachedFile {
    /// The answer to who asked for version `asked` and has what `headers` say.
    pub(super) fn answer(self, asked: Option<&str>, headers: &HeaderMap) -> Response {
        let Self { media_type, version, content } = self;
        let etag = format!("\"{version}\"");
        let caching = if asked == Some(version.as_str()) {
            "public, max-age=31536000, immutable"
        } else {
            "public, max-age=0, must-revalidate"
        };
        let is_known = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|list| list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag));
        let head = [
            (header::CONTENT_TYPE, media_type.to_owned()),
            (header::ETAG, etag),
            (header::CACHE_CONTROL, caching.to_owned()),
        ];
        if is_known {
            (StatusCode::NOT_MODIFIED, head).into_response()
        } else {
            (head, content).into_response()
        }
    }
}
