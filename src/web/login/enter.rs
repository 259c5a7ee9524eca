//! Coming in and going out.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::cookies::Cookie;
use super::door::{Door, Gate, WayElsewhere, client_address, request_id};
use super::forgery::{Fields, form_token};
use super::next;
use super::words::LoginWords;
use crate::access::Person;
use crate::identity::{Attempt, IdentityError, LoginError, LoginMethod, NewSession};
use crate::ledger::audit::{AuditAction, Event, Method, Outcome};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::words::{self, fill};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    local: bool,
    /// Titles of other ways with where they begin.
    elsewhere: Vec<(&'a str, String)>,
    next: &'a str,
    name: &'a str,
    message: Option<String>,
    csrf: &'a str,
}

/// The door, where there is one; without a login its pages do not exist.
pub(in crate::web) fn door(state: &WebState) -> Result<&Arc<Door>, WebError> {
    match &state.gate {
        Gate::Login(door) => Ok(door),
        Gate::Demo => Err(WebError::no_page()),
    }
}

/// A page with a form for nobody in particular: its token is bound to a cookie, which is set with it.
pub(super) fn with_form_cookie(
    door: &Door,
    headers: &HeaderMap,
    write: impl FnOnce(&str) -> Result<Response, WebError>,
) -> Result<Response, WebError> {
    let known = Cookie::Form.read(headers, door.secure);
    let cookie = match &known {
        Some(cookie) => cookie.clone(),
        None => crate::identity::ServerKey::nonce()?,
    };
    let mut response = write(&form_token(door, &cookie, ""))?;
    if known.is_none() {
        append(&mut response, Cookie::Form.set(Some((&cookie, 24 * 3600)), door.secure));
    }
    private(&mut response);
    Ok(response)
}

/// Nobody keeps a copy: neither the browser nor who stands between.
pub(super) fn private(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

fn append(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// `/login`
pub(super) async fn show_login(
    State(state): State<WebState>,
    visitor: Visitor,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let next = next::local(address.get("next"));
    if visitor.presence.signed_in().is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    write_login(&state, &visitor, &headers, next, "", None)
}

fn write_login(
    state: &WebState,
    visitor: &Visitor,
    headers: &HeaderMap,
    next: &str,
    name: &str,
    message: Option<String>,
) -> Result<Response, WebError> {
    let door = door(state)?;
    let locale = visitor.locale.unwrap_or_default();
    let w = LoginWords::of(locale);
    let mut address = Address::default();
    if next != "/" {
        address.push("next", next);
    }
    with_form_cookie(door, headers, |csrf| {
        page(&LoginPage {
            frame: Frame::new(visitor, locale, Place::Elsewhere, w.log_in, "/login", &address)
                .in_brand(state.backend.usual_brand()),
            w,
            local: door.local,
            elsewhere: door.elsewhere.iter().map(|way| starting(way, next)).collect(),
            next,
            name,
            message,
            csrf,
        })
    })
}

/// A way to log in elsewhere, and its address with where to go on to.
fn starting<'a>(way: &'a WayElsewhere, next: &str) -> (&'a str, String) {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    (&way.title, format!("{}?next={next}", way.start))
}

/// `POST /login`
pub(super) async fn log_in(
    State(state): State<WebState>,
    visitor: Visitor,
    headers: HeaderMap,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    if !door.local {
        return Err(WebError::no_page());
    }
    let (now, address) = (door.now(), client_address(&extensions));
    let (name, next) = (fields.get("name"), next::local(Some(fields.get("next"))));
    let device = Cookie::Device.read(&headers, door.secure);
    let attempt = Attempt { name, password: fields.get("password"), address, device: device.as_deref() };
    let event = |action| {
        Event::new(action, now)
            .from(&address.to_string(), &request_id(&extensions))
            .on("user", &name.trim().to_lowercase())
            .with("way", LoginMethod::Local.as_str())
    };
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let (status, message) = match door.identity.log_in(attempt, now).await {
        Ok(user) => {
            return complete(door, &headers, &extensions, &user.person(), LoginMethod::Local, next).await;
        }
        Err(LoginError::Wrong { reason }) => {
            let event = event(AuditAction::LoginRefused).ended(Outcome::Refused).with("reason", reason);
            door.record(event).await?;
            (StatusCode::UNAUTHORIZED, w.wrong.to_owned())
        }
        Err(LoginError::Wait { secs }) => {
            if door.seldom.is_due("wait", address, now) {
                door.record(event(AuditAction::LoginDelayed).ended(Outcome::Refused).with("secs", secs))
                    .await?;
            }
            (StatusCode::TOO_MANY_REQUESTS, fill(w.wait, &[("n", &secs.to_string())]))
        }
        Err(LoginError::Identity(IdentityError::Busy)) => {
            (StatusCode::SERVICE_UNAVAILABLE, w.busy.to_owned())
        }
        Err(LoginError::Identity(error)) => return Err(error.into()),
    };
    let mut response = write_login(&state, &visitor, &headers, next, name, Some(message))?;
    *response.status_mut() = status;
    Ok(response)
}

/// Begins a session for somebody whose identity was proven, and leads on. Whatever session the
/// browser had ends: a secret that was planted there is worth nothing afterwards.
pub(super) async fn complete(
    door: &Door,
    headers: &HeaderMap,
    extensions: &Extensions,
    person: &Person,
    method: LoginMethod,
    next: &str,
) -> Result<Response, WebError> {
    let (now, address) = (door.now(), client_address(extensions).to_string());
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let before = Cookie::Session.read(headers, door.secure);
    let event = Event::new(AuditAction::LoggedIn, now)
        .by(&person.name, Method::Session)
        .from(&address, &request_id(extensions))
        .on("user", &person.name)
        .with("way", method.as_str());
    door.record(event).await?;
    let new = NewSession { person, method, address: &address, agent, replaces: before.as_deref() };
    let secret = door.identity.begin_session(new, now).await?;
    let mut response = Redirect::to(next).into_response();
    let age = door.identity.settings().session_longest.as_secs();
    append(&mut response, Cookie::Session.set(Some((secret.as_str(), age)), door.secure));
    let device = door.identity.device_cookie(&person.name.parse()?, now)?;
    append(&mut response, Cookie::Device.set(Some((&device, 180 * 24 * 3600)), door.secure));
    append(&mut response, Cookie::Form.set(None, door.secure));
    private(&mut response);
    Ok(response)
}

/// `POST /logout`
pub(super) async fn log_out(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    if let Some(signed_in) = visitor.presence.signed_in() {
        door.identity.end_session(&signed_in.secret).await?;
        let event = Event::new(AuditAction::LoggedOut, door.now())
            .by(&signed_in.person.name, signed_in.method)
            .from(&client_address(&extensions).to_string(), &request_id(&extensions))
            .on("user", &signed_in.person.name);
        door.record(event).await?;
    }
    let mut response = Redirect::to("/login").into_response();
    append(&mut response, Cookie::Session.set(None, door.secure));
    private(&mut response);
    // What the browser kept of pages goes too.
    let clear = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(response)
}
