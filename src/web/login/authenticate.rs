//! Stands before every handler: finds out who is there, and refuses who must not be.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method as HttpMethod, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::cookies::Cookie;
use super::door::{Door, Gate, client_address, peer_address, request_id};
use super::forgery::{self, Wanted};
use super::permit;
use super::presence::{Presence, SignedIn};
use super::recorded::{Caller, Refusable, Told};
use super::words::LoginWords;
use crate::access::{Action, Object};
use crate::identity::{LoginError, LoginMethod, ProxyWord, UserName};
use crate::ledger::audit::{AuditAction, Method, Outcome};
use crate::web::api;
use crate::web::error::WebError;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor, viewer_of};

/// Finds out who is there and refuses who must not be.
pub(in crate::web) async fn authenticate(
    State(state): State<WebState>,
    mut request: Request,
    next: Next,
) -> Response {
    let safe = matches!(*request.method(), HttpMethod::GET | HttpMethod::HEAD | HttpMethod::OPTIONS);
    let locale = Visitor::of(request.uri().query(), request.headers()).locale.unwrap_or_default();
    let w = LoginWords::of(locale);
    // Pages of links tell nobody where they are, and browsers then do not say either where their forms come from.
    let nameless = permit::proves_itself(request.uri().path());
    let foreign = || WebError::of(StatusCode::FORBIDDEN).saying(w.form_foreign).into_response();
    let is_foreign = !safe && forgery::is_foreign(&request, nameless);
    let Gate::Login(door) = &state.gate else {
        if is_foreign {
            return foreign();
        }
        request.extensions_mut().insert(Presence::Demo);
        let mut response = next.run(request).await;
        response.extensions_mut().insert(Presence::Demo);
        return response;
    };
    // Files that are nobody's, and probes, which must not wait for the store.
    if permit::is_nobodys(request.uri().path()) {
        return next.run(request).await;
    }
    let from =
        Caller { address: client_address(request.extensions()), request: request_id(request.extensions()) };
    let asked = Refusable::of(&request);
    if is_foreign {
        asked.refused(door, &from, None).await;
        return foreign();
    }
    let peer = peer_address(request.extensions());
    let headers = request.headers().clone();
    let presence = match find_out(door, &from, peer, &headers).await {
        Ok(presence) => administrators(&state, presence, &mut request).await,
        Err(error) => return error.into_response(),
    };
    let mut response = match let_through(door, &presence, w, request, safe).await {
        Ok(mut request) => {
            request.extensions_mut().insert(presence.clone());
            let told = Told::of(&request, &from, &presence);
            let response = next.run(request).await;
            if let Some(told) = told {
                told.record(door, response).await
            } else {
                if asked.is_refused(&response, &presence) {
                    asked.refused(door, &from, presence.signed_in()).await;
                }
                response
            }
        }
        Err(response) => {
            if response.status() == StatusCode::FORBIDDEN {
                asked.refused(door, &from, presence.signed_in()).await;
            }
            *response
        }
    };
    response.extensions_mut().insert(presence);
    response
}

/// Whoever the access file lets administer is an administrator, besides those who were made one. Tokens
/// are not: managing is for people. What was found out goes along with the request.
async fn administrators(state: &WebState, presence: Presence, request: &mut Request) -> Presence {
    let Presence::SignedIn(signed_in) = presence else { return presence };
    let standing = state.backend.standing(viewer_of(&signed_in)).await;
    let by_role = signed_in.method != Method::Token && standing.may(Action::Administer, Object::Server);
    request.extensions_mut().insert(Entered(standing));
    // What limits requests counts by person.
    request.extensions_mut().insert(signed_in.person.clone());
    let administrator = signed_in.administrator || by_role;
    Presence::SignedIn(Arc::new(SignedIn { administrator, ..SignedIn::clone(&signed_in) }))
}

/// Who is there. A token counts before a proxy's word, and that before a session.
async fn find_out(
    door: &Door,
    from: &Caller,
    peer: IpAddr,
    headers: &HeaderMap,
) -> Result<Presence, WebError> {
    let now = door.now();
    // Other schemes are the business of a proxy in front, which may pass them on.
    if let Some(token) = headers.get(header::AUTHORIZATION).and_then(bearer) {
        return by_token(door, from, token).await;
    }
    if let Some(proxy) = &door.identity.settings().proxy {
        let values = |name: &str| -> Vec<String> {
            let values = headers.get_all(name).into_iter();
            values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
        };
        // Who is connected, not whom a header names: headers are what is in question.
        match proxy.word(peer, values) {
            ProxyWord::Person(person) => {
                let name: UserName = person.name.parse()?;
                let user = match door.identity.outsider(&name).await {
                    Ok(user) => user,
                    Err(LoginError::Identity(error)) => return Err(error.into()),
                    Err(refused) => {
                        if door.seldom.is_due("proxied", &peer, now) {
                            let event = from.event(door, AuditAction::LoginRefused).ended(Outcome::Refused);
                            let event = event.on("user", name.as_str()).with("way", Method::Proxy.as_str());
                            door.record(event.with("reason", refused.reason())).await?;
                        }
                        return Ok(Presence::Nobody);
                    }
                };
                door.identity.note_proxied(&person, now).await?;
                let cookie = Cookie::Form.read(headers, door.secure).unwrap_or_default();
                let csrf = match cookie.as_str() {
                    "" => String::new(),
                    cookie => forgery::form_token(door, cookie, &person.name),
                };
                return Ok(Presence::SignedIn(Arc::new(SignedIn {
                    person,
                    method: Method::Proxy,
                    login: Some(LoginMethod::Proxy),
                    administrator: user.is_some_and(|user| user.administrator),
                    session: None,
                    scopes: None,
                    reports: None,
                    csrf,
                    secret: String::new(),
                })));
            }
            ProxyWord::Untrusted | ProxyWord::Unreadable if door.seldom.is_due("proxy", &peer, now) => {
                tracing::warn!(%peer, "the header of the login proxy is ignored");
                let event = from.event(door, AuditAction::ProxyIgnored).ended(Outcome::Refused);
                door.record(event).await?;
            }
            ProxyWord::Silent | ProxyWord::Untrusted | ProxyWord::Unreadable => {}
        }
    }
    let Some(secret) = Cookie::Session.read(headers, door.secure) else { return Ok(Presence::Nobody) };
    let Some(session) = door.identity.session(&secret, now).await? else { return Ok(Presence::Nobody) };
    Ok(Presence::SignedIn(Arc::new(SignedIn {
        person: session.person.clone(),
        method: Method::Session,
        login: Some(session.method),
        administrator: session.administrator,
        csrf: forgery::session_token(door, &secret),
        session: Some(session),
        scopes: None,
        reports: None,
        secret,
    })))
}

/// What stands behind `Bearer`.
fn bearer(given: &HeaderValue) -> Option<&str> {
    let (scheme, text) = given.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| text.trim())
}

async fn by_token(door: &Door, from: &Caller, text: &str) -> Result<Presence, WebError> {
    let now = door.now();
    let Some(token) = door.identity.token(text, now).await? else {
        if door.seldom.is_due("token", &from.address, now) {
            let event = from
                .event(door, AuditAction::LoginRefused)
                .by("", Method::Token)
                .ended(Outcome::Refused)
                .with("reason", "no valid token");
            door.record(event).await?;
        }
        return Ok(Presence::Nobody);
    };
    Ok(Presence::SignedIn(Arc::new(SignedIn {
        person: token.person,
        method: Method::Token,
        login: token.method,
        // A token opens no management, whatever its owner may do.
        administrator: false,
        session: None,
        scopes: Some(token.scopes),
        reports: token.reports,
        csrf: String::new(),
        secret: String::new(),
    })))
}

/// The request, if it may go on; else the answer.
async fn let_through(
    door: &Door,
    presence: &Presence,
    w: &'static LoginWords,
    request: Request,
    safe: bool,
) -> Result<Request, Box<Response>> {
    let refuse = |error: WebError| Box::new(error.into_response());
    let path = request.uri().path();
    let open = permit::is_open(path);
    let Some(signed_in) = presence.signed_in() else {
        if !open {
            return Err(Box::new(ask_to_log_in(&request)));
        }
        if safe || permit::proves_itself(path) {
            return Ok(request);
        }
        let cookie = Cookie::Form.read(request.headers(), door.secure);
        return forgery::check_token(door, Wanted::Cookie(cookie), w, request).await.map_err(refuse);
    };
    let forbidden = || WebError::of(StatusCode::FORBIDDEN);
    if permit::is_for_administrators(request.method(), path) && !signed_in.administrator {
        return Err(refuse(forbidden()));
    }
    if !permit::token_allows(signed_in, permit::deed(request.method(), path)) {
        return Err(refuse(forbidden().saying(w.scope_denied)));
    }
    if safe || permit::proves_itself(path) || signed_in.method == Method::Token {
        return Ok(request);
    }
    // The form of the login page was made before there was a session.
    let wanted = if open {
        Wanted::Cookie(Cookie::Form.read(request.headers(), door.secure))
    } else {
        Wanted::Person(signed_in)
    };
    forgery::check_token(door, wanted, w, request).await.map_err(refuse)
}

/// Pages lead to the login; programs and parts of pages are told.
fn ask_to_log_in(request: &Request) -> Response {
    let is_page = request.method() == HttpMethod::GET && !api::is_api(request.uri().path());
    if is_page && wants_page(request.headers()) {
        let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let next: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
        let address = if wanted == "/" { "/login".to_owned() } else { format!("/login?next={next}") };
        return Redirect::to(&address).into_response();
    }
    let mut response = WebError::of(StatusCode::UNAUTHORIZED).into_response();
    let challenge = HeaderValue::from_static("Bearer realm=\"jangpyo\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// Whether it is a person who looks at what comes back, and no script or program.
fn wants_page(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-dest") {
        Some(destination) => matches!(destination, "document" | "iframe" | "frame"),
        None => {
            !headers.contains_key(header::AUTHORIZATION)
                && text("accept")
                    .is_none_or(|accept| accept.contains("text/html") || !accept.contains("json"))
        }
    }
}
