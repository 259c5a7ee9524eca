//! Coming in and going out.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};

use super::cookies::Cookie;
use super::door::{Door, Gate, client_address, request_id};
use super::forgery::{Fields, form_token};
use super::words::LoginWords;
use super::{next, oidc};
use crate::access::Person;
use crate::identity::oidc::Secret;
use crate::identity::{Attempt, IdentityError, LoginError, LoginMethod, NewSession, UserName};
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
    /// The title of another way with where it begins.
    elsewhere: Option<(&'a str, String)>,
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
pub(in crate::web) fn private(response: &mut Response) {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

pub(super) fn append(response: &mut Response, cookie: Option<HeaderValue>) {
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
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let message = address.get("advice").and_then(|advice| oidc::advice(w, advice));
    write_login(&state, &visitor, &headers, next, "", message.map(str::to_owned))
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
            elsewhere: door.oidc.as_ref().map(|oidc| (oidc.title(), oidc::start(next))),
            next,
            name,
            message,
            csrf,
        })
    })
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
    let event = |action, user: &str| {
        Event::new(action, now)
            .from(&address.to_string(), &request_id(&extensions))
            .on("user", user)
            .with("way", LoginMethod::Local.as_str())
    };
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let (status, message) = match door.identity.log_in(attempt, now).await {
        Ok(user) => {
            let proven = Proven { person: &user.person(), method: LoginMethod::Local, hint: None };
            return complete(door, &headers, &extensions, proven, next).await;
        }
        Err(LoginError::Wrong { reason }) => {
            let user = recorded_name(door, name).await?;
            let event =
                event(AuditAction::LoginRefused, &user).ended(Outcome::Refused).with("reason", reason);
            door.record(event).await?;
            (StatusCode::UNAUTHORIZED, w.wrong.to_owned())
        }
        Err(LoginError::Wait { secs }) => {
            if door.seldom.is_due("wait", &address, now) {
                let user = recorded_name(door, name).await?;
                let event = event(AuditAction::LoginDelayed, &user).ended(Outcome::Refused);
                door.record(event.with("secs", secs)).await?;
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

/// What stands in the audit log of a name that somebody typed: nothing but the name of a user. People type passwords
/// there by mistake.
async fn recorded_name(door: &Door, typed: &str) -> Result<String, WebError> {
    let Ok(name) = UserName::parse(typed) else { return Ok(UNKNOWN.into()) };
    let is_known = door.identity.user(&name).await?.is_some();
    Ok(if is_known { name.to_string() } else { UNKNOWN.into() })
}

/// Stands for a name that is no user's.
const UNKNOWN: &str = "unknown";

/// Somebody who proved who they are.
#[derive(Clone, Copy)]
pub(super) struct Proven<'a> {
    pub(super) person: &'a Person,
    pub(super) method: LoginMethod,
    /// What the provider wants to see when they log out there too.
    pub(super) hint: Option<&'a Secret>,
}

/// Begins a session for somebody whose identity was proven, and leads on. Whatever session the
/// browser had ends: a secret that was planted there is worth nothing afterwards.
pub(super) async fn complete(
    door: &Door,
    headers: &HeaderMap,
    extensions: &Extensions,
    Proven { person, method, hint }: Proven<'_>,
    next: &str,
) -> Result<Response, WebError> {
    // Read before anything is done: who cannot be named does not come in.
    let name: UserName = person.name.parse()?;
    let (now, address) = (door.now(), client_address(extensions).to_string());
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let before = Cookie::Session.read(headers, door.secure);
    let event = Event::new(AuditAction::LoggedIn, now)
        .by(&person.name, Method::Session)
        .from(&address, &request_id(extensions))
        .on("user", &person.name)
        .with("way", method.as_str());
    door.record(event).await?;
    let new = NewSession { person, method, address: &address, agent, replaces: before.as_deref(), hint };
    let secret = door.identity.begin_session(new, now).await?;
    let mut response = Redirect::to(next).into_response();
    let age = door.identity.settings().session_longest.as_secs();
    append(&mut response, Cookie::Session.set(Some((secret.as_str(), age)), door.secure));
    remember(&mut response, door, &name, now)?;
    append(&mut response, Cookie::Form.set(None, door.secure));
    private(&mut response);
    Ok(response)
}

/// Lets the browser be known as one in which `name` has logged in.
pub(super) fn remember(
    response: &mut Response,
    door: &Door,
    name: &UserName,
    now: DateTime<Utc>,
) -> Result<(), WebError> {
    let device = door.identity.device_cookie(name, now)?;
    append(response, Cookie::Device.set(Some((&device, 180 * 24 * 3600)), door.secure));
    Ok(())
}

/// `POST /logout`
pub(super) async fn log_out(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let mut elsewhere = None;
    if let Some(signed_in) = visitor.presence.signed_in() {
        elsewhere = door.identity.end_session(&signed_in.secret).await?;
        let event = Event::new(AuditAction::LoggedOut, door.now())
            .by(&signed_in.person.name, signed_in.method)
            .from(&client_address(&extensions).to_string(), &request_id(&extensions))
            .on("user", &signed_in.person.name);
        door.record(event).await?;
    }
    let mut response = match (elsewhere, &door.oidc) {
        (Some(hint), Some(provider)) => oidc::log_out_there(&state, &visitor, door, provider, &hint).await?,
        _ => Redirect::to("/login").into_response(),
    };
    append(&mut response, Cookie::Session.set(None, door.secure));
    private(&mut response);
    // What the browser kept of pages goes too.
    let clear = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert("clear-site-data", clear);
    Ok(response)
}
