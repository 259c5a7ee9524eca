//! What stands around every request: its id, its time limit, its panics, its log line, and the
//! headers that keep a browser from doing more than these pages need.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use askama::Template;
use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use futures::FutureExt as _;
use serde_json::json;
use tracing::Instrument as _;

use super::address::Address;
use super::api;
use super::client::{Client, is_encrypted};
use super::error::{WebError, code_of};
use super::frame::{self, Frame, Place, Surroundings, page};
use super::login::Presence;
use super::state::WebState;
use super::visitor::{Theme, Visitor};
use crate::format::Locale;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything comes from this server; no script or style stands in a page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
];

/// That a page may stand inside of pages of one other site; goes with the response.
#[derive(Debug, Clone)]
pub(super) struct EmbeddedIn(pub(super) HeaderValue);

/// The id of a request, for what is recorded elsewhere than in the log.
#[derive(Debug, Clone)]
pub(super) struct RequestId(pub(super) String);

/// What an error's headers tell beside its page.
const KEPT: [HeaderName; 4] =
    [header::ALLOW, header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::SET_COOKIE];

const NOT_KEPT: HeaderValue = HeaderValue::from_static("private, no-store");
/// A year. Names below this one may have other servers.
const STAY_SECURE: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What is known of a request before it is handed on.
struct Asked {
    id: String,
    method: Method,
    path: String,
    route: String,
    visitor: Visitor,
    address: Address,
    wants_json: bool,
    /// Whether whoever has the address gets in.
    is_secret_address: bool,
    /// The site that a report was asked for to stand in, as its browser says.
    framed_by: Option<String>,
    /// Whether a browser may be told to come encrypted from now on.
    stays_secure: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let headers = request.headers();
        let client = Client::of(request);
        let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
        Self {
            id: given_id(headers)
                .filter(|_| client.through_proxy)
                .unwrap_or_else(|| uuid::Uuid::now_v7().to_string()),
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            route: route.to_owned(),
            visitor: Visitor::of(request.uri().query(), headers),
            address: Address::parse(request.uri().query()),
            wants_json: wants_json(headers) || api::is_api(request.uri().path()),
            // Not the links that set passwords: without a referrer browsers send their forms without an
            // origin too, and such forms are refused.
            is_secret_address: [SHARED, EMBEDDED].iter().any(|start| request.uri().path().starts_with(start)),
            framed_by: is_embedded(request.uri().path()).then(|| referring_site(headers)).flatten(),
            stays_secure: client.secure && !super::host::is_loopback(request),
        }
    }
}

/// How addresses of links begin, and those of reports inside of other sites.
const SHARED: &str = "/share/";
const EMBEDDED: &str = "/embed/";

fn is_embedded(path: &str) -> bool {
    path.starts_with(EMBEDDED)
}

/// The origin of the page that led here.
fn referring_site(headers: &HeaderMap) -> Option<String> {
    let referrer = url::Url::parse(headers.get(header::REFERER)?.to_str().ok()?).ok()?;
    Some(referrer.origin().ascii_serialization())
}

impl Asked {
    fn is_embedded(&self) -> bool {
        is_embedded(&self.path)
    }

    /// What stands around an error here: whoever came by a link has no other page to go to.
    fn surroundings(&self) -> Surroundings {
        if self.is_embedded() {
            Surroundings::Bare
        } else if self.path.starts_with(SHARED) {
            Surroundings::Alone
        } else {
            Surroundings::Site
        }
    }
}

/// Runs a request; whatever happens to it, something orderly is answered.
pub(super) async fn guard(State(state): State<WebState>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let _in_flight = state.metrics.begin();
    let asked = Asked::of(&request);
    request.extensions_mut().insert(RequestId(asked.id.clone()));
    let span =
        tracing::info_span!("request", id = asked.id, method = %asked.method, path = shown_path(&asked.path));
    let limit = state.settings.request_timeout;
    let mut response = async {
        let length = request.uri().to_string().len();
        let answer = if length > state.settings.url_limit_bytes {
            WebError::of(StatusCode::URI_TOO_LONG).into_response()
        } else {
            let run = AssertUnwindSafe(next.run(request)).catch_unwind();
            match tokio::time::timeout(limit, run).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(panic)) => WebError::bug(format!("panic: {}", panic_text(&*panic))).into_response(),
                Err(_) => WebError::of(StatusCode::GATEWAY_TIMEOUT)
                    .saying(format!(
                        "the answer took longer than {} seconds; narrow the period, or raise JANGPYO_QUERY_TIMEOUT_SECS",
                        limit.as_secs_f32()
                    ))
                    .into_response(),
            }
        };
        finish(&asked, answer)
    }
    .instrument(span.clone())
    .await;
    let embedded = response.extensions_mut().remove::<EmbeddedIn>().or_else(|| {
        // What is wrong with a token is told inside of the frame, if the site that it stands in says who it is: the
        // page tells nothing else, and a browser that refuses it would tell nothing at all.
        let site = asked.framed_by.as_ref()?;
        state
            .settings
            .embed_origins
            .iter()
            .find(|origin| *origin == site)
            .and_then(|site| policy_for(site))
            .map(EmbeddedIn)
    });
    add_headers(&asked, response.headers_mut());
    if let Some(EmbeddedIn(policy)) = embedded {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        response.headers_mut().remove(header::X_FRAME_OPTIONS);
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    state.metrics.count(&asked.method, &asked.route, status, took);
    span.in_scope(|| {
        let took_ms = took.as_millis() as u64;
        // A flood must not fill the log too; the metrics count it.
        if status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
            tracing::debug!(status, route = asked.route, took_ms, "answered");
        } else {
            tracing::info!(status, route = asked.route, took_ms, "answered");
        }
    });
    response
}

/// A path as it may stand in the server's log and in the audit log: links that set a password, show a report or end a mail are secrets.
pub(super) fn shown_path(path: &str) -> &str {
    const SECRET: [(&str, &str); 3] =
        [("/setup/", "/setup/***"), ("/share/", "/share/***"), ("/unsubscribe/", "/unsubscribe/***")];
    SECRET.into_iter().find(|(start, _)| path.starts_with(start)).map_or(path, |(_, shown)| shown)
}

/// The policy of a page that may stand inside of pages of `origin`.
pub(super) fn policy_for(origin: &str) -> Option<HeaderValue> {
    let ancestors = format!("frame-ancestors {origin}");
    HeaderValue::from_str(&CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", &ancestors)).ok()
}

/// Writes an error as the visitor wants it, and logs it once.
fn finish(asked: &Asked, mut response: Response) -> Response {
    let status = response.status();
    let bare = status.is_client_error() && response.headers().get(header::CONTENT_TYPE).is_none()
        // The layer that limits bodies has words of its own, in English.
        || status == StatusCode::PAYLOAD_TOO_LARGE;
    let error = match response.extensions_mut().remove::<WebError>() {
        Some(error) => error,
        // What the framework refuses by itself has a status and nothing else.
        None if bare => WebError::of(status),
        None => return response,
    };
    if let Some(cause) = &error.cause {
        tracing::error!(status = error.status.as_u16(), cause, "request failed");
    }
    let presence = response.extensions_mut().remove::<Presence>().unwrap_or_default();
    let visitor = asked.visitor.clone().known_as(presence);
    let mut written = error_response(asked, &visitor, &error)
        .unwrap_or_else(|_| (error.status, "the error page could not be written").into_response());
    for name in KEPT {
        if let Some(value) = response.headers_mut().remove(&name) {
            written.headers_mut().insert(name, value);
        }
    }
    written.headers_mut().insert(header::CACHE_CONTROL, NOT_KEPT);
    written
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    heading: &'static str,
    message: &'a str,
    request_id: &'a str,
    status: u16,
}

fn error_response(asked: &Asked, visitor: &Visitor, error: &WebError) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or(Locale::Ko);
    let words = super::words::Words::of(locale);
    let heading = words.status(error.status.as_u16());
    let message = error.message.as_deref().unwrap_or_default();
    let mut response = if asked.wants_json {
        let message = if message.is_empty() { heading } else { message };
        let (status, code) = (error.status.as_u16(), code_of(error.status));
        let body = json!({"error": {"status": status, "code": code, "message": message, "id": asked.id}});
        Json(body).into_response()
    } else {
        let address = asked.address.without("lang");
        page(&ErrorPage {
            frame: Frame::new(visitor, locale, Place::Elsewhere, heading, &asked.path, &address)
                .within(asked.surroundings()),
            heading,
            message,
            request_id: &asked.id,
            status: error.status.as_u16(),
        })?
    };
    *response.status_mut() = error.status;
    Ok(response)
}

/// Keeps a chosen language in a cookie; a chosen theme is kept and taken out of the address, so
/// that a shared link does not carry it.
pub(super) async fn remember_preferences(request: Request, next: Next) -> Response {
    if api::is_api(request.uri().path()) {
        return next.run(request).await;
    }
    let encrypted = is_encrypted(request.extensions());
    let address = Address::parse(request.uri().query());
    let readable = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(theme) = address.get("theme").and_then(Theme::parse).filter(|_| readable) {
        let clean = format!("{}{}", safe_path(request.uri().path()), address.without("theme").query());
        return ([(header::SET_COOKIE, cookie("theme", theme.name(), encrypted))], Redirect::to(&clean))
            .into_response();
    }
    let mut response = next.run(request).await;
    if let Some(locale) = address.get("lang").and_then(Locale::from_tag)
        && let Ok(value) = HeaderValue::from_str(&cookie("lang", locale.tag(), encrypted))
    {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// A redirect to `//host` would leave the site, and browsers read `\` as `/`.
fn safe_path(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['/', '\\']))
}

fn cookie(name: &str, value: &str, encrypted: bool) -> String {
    let end = if encrypted { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax{end}")
}

fn add_headers(asked: &Asked, headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if asked.is_secret_address {
        // Neither other sites nor search engines learn of it.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers
            .insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        // Pages are kept for going back only; files of numbers are not kept at all.
        let is_file = headers.contains_key(header::CONTENT_DISPOSITION);
        let kept = HeaderValue::from_static("private, no-cache");
        headers.insert(header::CACHE_CONTROL, if is_file { NOT_KEPT } else { kept });
    }
    let is_public = headers
        .get(header::CACHE_CONTROL)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("public"));
    if !is_public {
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept, accept-language, user-agent"));
    }
    if asked.stays_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STAY_SECURE);
    }
    if let Ok(value) = HeaderValue::from_str(&asked.id) {
        headers.insert(REQUEST_ID, value);
    }
}

/// The id a proxy in front gave, if it is one.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(&REQUEST_ID)?.to_str().ok()?;
    let valid = (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    valid.then(|| id.to_owned())
}

/// Whether JSON is asked for by name and a page is not.
fn wants_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("json") && !accept.contains("text/html"))
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}
