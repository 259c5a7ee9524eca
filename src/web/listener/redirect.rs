//! The listener without TLS: sends browsers to the encrypted one, and answers ACME challenges.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::RedirectSettings;
use crate::web::host::{asked_host, is_allowed, name_of};

const CHALLENGE: &str = "/.well-known/acme-challenge/";
/// A token and the digest of a key; anything longer is another file.
const CHALLENGE_BYTES: u64 = 1024;

struct Redirect {
    settings: RedirectSettings,
    hosts: Vec<String>,
    port: u16,
}

/// Answers every address; `port` is where TLS listens.
pub(super) fn router(settings: RedirectSettings, hosts: Vec<String>, port: u16) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(Redirect { settings, hosts, port }))
}

async fn answer(State(redirect): State<Arc<Redirect>>, request: Request) -> Response {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        // What was sent here was sent in the open already; being led on would hide that.
        let allow = [(header::ALLOW, "GET, HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allow, "use https\n").into_response();
    }
    if let Some(token) = path.strip_prefix(CHALLENGE) {
        let folder = redirect.settings.challenges.clone();
        let token = token.to_owned();
        let found = tokio::task::spawn_blocking(move || challenge(folder.as_deref()?, &token)).await;
        return match found {
            Ok(Some(text)) => ([(header::CONTENT_TYPE, "text/plain")], text).into_response(),
            _ => (StatusCode::NOT_FOUND, "there is no such challenge\n").into_response(),
        };
    }
    let Some(host) = asked_host(&request).map(|host| name_of(&host)) else {
        return (StatusCode::BAD_REQUEST, "the request names no host\n").into_response();
    };
    // A redirect to whatever host is named would lend this server's name to others.
    if !is_allowed(&host, &redirect.hosts) {
        return (StatusCode::MISDIRECTED_REQUEST, "this host name is not served here\n").into_response();
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // `*` and the like are no paths.
    let path = if path.starts_with('/') { path } else { "/" };
    let to = format!("https://{}{path}", redirect.authority(&host));
    let head = [(header::LOCATION, to), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::PERMANENT_REDIRECT, head).into_response()
}

impl Redirect {
    fn authority(&self, host: &str) -> String {
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        match &self.settings.authority {
            Some(authority) if name_of(authority) == name_of(&host) => authority.clone(),
            _ if self.port == 443 => host,
            _ => format!("{host}:{}", self.port),
        }
    }
}

/// The answer that an ACME client put into `folder` for `token`.
fn challenge(folder: &Path, token: &str) -> Option<Vec<u8>> {
    // Base64url and nothing else, so no path leads out.
    let valid = (1..=128).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !valid {
        return None;
    }
    let path = folder.join(token);
    // Nor does a link.
    if !std::fs::symlink_metadata(&path).ok()?.is_file() {
        return None;
    }
    let file = std::fs::File::open(&path).ok()?;
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    if length > CHALLENGE_BYTES {
        return None;
    }
    let mut text = Vec::new();
    file.take(CHALLENGE_BYTES).read_to_end(&mut text).ok()?;
    Some(text)
}
