//! `/account`: one's own password, sessions and API tokens.

mod views;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::cookies::Cookie;
use super::door::{Door, client_address, request_id};
use super::enter::{door, private, remember};
use super::forgery::Fields;
use super::names::Names;
use super::presence::SignedIn;
use super::words::LoginWords;
use crate::access::{Action, Standing};
use crate::error::Kind;
use crate::identity::{Attempt, LoginError, LoginMethod, NewToken, UserName};
use crate::ledger::audit::{AuditAction, Event, Method, Outcome};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::share::{ShareView, ShareWords};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::words::fill;
use views::{RoleView, ScopeView, SessionView, TokenView};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    name: &'a str,
    groups: String,
    /// Whether there is a password here to change.
    has_password: bool,
    sessions: Vec<SessionView>,
    roles: Vec<RoleView>,
    /// Attributes with their values.
    attributes: Vec<(String, String)>,
    shares: Vec<ShareView>,
    sw: &'static ShareWords,
    tokens: Vec<TokenView>,
    scopes: Vec<ScopeView>,
    /// A token that was just made, shown this once.
    made: Option<String>,
    message: Option<String>,
    done: Option<&'static str>,
    csrf: &'a str,
}

/// Whoever is here as a person: a program with a token has no account page.
pub(in crate::web) fn person(visitor: &Visitor) -> Result<&SignedIn, WebError> {
    let signed_in = visitor.presence.signed_in().filter(|signed_in| signed_in.method != Method::Token);
    signed_in.ok_or_else(|| WebError::of(StatusCode::FORBIDDEN))
}

/// A person whom a proxy names has no session to bind forms to: the cookie of forms stands for it. Where
/// it is missing, the page is asked for again with it.
pub(in crate::web) fn bind_forms(
    door: &Door,
    signed_in: &SignedIn,
    headers: &HeaderMap,
    here: &str,
) -> Result<Option<Response>, WebError> {
    if !signed_in.csrf.is_empty() || Cookie::Form.read(headers, door.secure).is_some() {
        return Ok(None);
    }
    let cookie = crate::identity::ServerKey::nonce()?;
    let mut response = Redirect::to(here).into_response();
    if let Some(cookie) = Cookie::Form.set(Some((&cookie, 24 * 3600)), door.secure) {
        response.headers_mut().append(axum::http::header::SET_COOKIE, cookie);
    }
    Ok(Some(response))
}

/// What the page says besides what is there.
#[derive(Default)]
struct Said {
    made: Option<String>,
    message: Option<String>,
    done: Option<&'static str>,
}

/// `/account`
pub(super) async fn show_account(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let done = match address.get("done") {
        Some("password") => Some(w.password_changed),
        Some("revoked") => Some(w.revoked),
        _ => None,
    };
    if let Some(again) = bind_forms(door(&state)?, person(&visitor)?, &headers, "/account")? {
        return Ok(again);
    }
    write_account(&state, &visitor, &standing, Said { done, ..Said::default() }).await
}

async fn write_account(
    state: &WebState,
    visitor: &Visitor,
    standing: &Standing,
    said: Said,
) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = person(visitor)?;
    let (now, locale) = (door.now(), visitor.locale.unwrap_or_default());
    let (w, names) = (LoginWords::of(locale), Names::of(locale));
    let zone = state.backend.usual_zone();
    let name = signed_in.person.name.as_str();
    let own = signed_in.session.as_ref().map(|session| session.id.as_str());
    let local = signed_in.session.as_ref().is_some_and(|session| session.method == LoginMethod::Local);
    let groups: Vec<&str> = signed_in.person.groups.iter().map(String::as_str).collect();
    let mut response = page(&AccountPage {
        frame: Frame::new(visitor, locale, Place::Elsewhere, w.account, "/account", &Address::default())
            .in_brand(state.backend.usual_brand()),
        w,
        name,
        groups: groups.join(", "),
        has_password: local,
        sessions: door
            .identity
            .sessions_of(name, now)
            .await?
            .into_iter()
            .map(|session| SessionView::new(session, own, &zone))
            .collect(),
        roles: RoleView::all(standing, locale, w),
        attributes: standing
            .attributes()
            .iter()
            .map(|(name, values)| (name.clone(), values.iter().cloned().collect::<Vec<_>>().join(", ")))
            .collect(),
        shares: ShareView::all(state, door.identity.shares_of(name).await?, now, locale),
        sw: ShareWords::of(locale),
        tokens: door
            .identity
            .tokens_of(name)
            .await?
            .into_iter()
            .map(|token| TokenView::new(token, now, names, &zone))
            .collect(),
        scopes: offered_scopes(signed_in).into_iter().map(|scope| ScopeView::new(scope, names)).collect(),
        made: said.made,
        message: said.message,
        done: said.done,
        csrf: &signed_in.csrf,
    })?;
    private(&mut response);
    Ok(response)
}

/// What a token may be made for. Users and the audit log are for people, whatever a token says; one that
/// may administer reads the metrics.
pub(in crate::web) fn offered_scopes(signed_in: &SignedIn) -> Vec<Action> {
    let offered = |action: &Action| *action != Action::Administer || signed_in.administrator;
    Action::ALL.into_iter().filter(offered).collect()
}

/// Something that somebody who is logged in did.
pub(in crate::web) fn event(
    door: &Door,
    action: AuditAction,
    signed_in: &SignedIn,
    extensions: &Extensions,
) -> Event {
    Event::new(action, door.now())
        .by(&signed_in.person.name, signed_in.method)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
}

async fn refused(
    state: &WebState,
    visitor: &Visitor,
    standing: &Standing,
    message: String,
) -> Result<Response, WebError> {
    let said = Said { message: Some(message), ..Said::default() };
    let mut response = write_account(state, visitor, standing, said).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// `POST /account/password`
pub(super) async fn change_password(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    headers: HeaderMap,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    if signed_in.session.is_none() {
        return Err(WebError::of(StatusCode::FORBIDDEN));
    }
    let new_password = fields.get("password");
    if new_password != fields.get("again") {
        return refused(&state, &visitor, &standing, w.not_the_same.to_owned()).await;
    }
    let device = Cookie::Device.read(&headers, door.secure);
    let attempt = Attempt {
        name: &signed_in.person.name,
        password: fields.get("old"),
        address: client_address(&extensions),
        device: device.as_deref(),
    };
    let (ends_made, now) = (fields.get("made") == "1", door.now());
    let secret = &signed_in.secret;
    let changed = door.identity.change_password(attempt, new_password, secret, ends_made, now).await;
    let event =
        event(door, AuditAction::PasswordChanged, signed_in, &extensions).on("user", &signed_in.person.name);
    match changed {
        Ok(()) => {
            door.record(event.with("ends_made", ends_made)).await?;
            let mut response = Redirect::to("/account?done=password").into_response();
            let name: UserName = signed_in.person.name.parse()?;
            remember(&mut response, door, &name, now)?;
            Ok(response)
        }
        Err(LoginError::Wrong { .. }) => {
            door.record(event.ended(Outcome::Refused)).await?;
            refused(&state, &visitor, &standing, w.old_wrong.to_owned()).await
        }
        Err(LoginError::Wait { secs }) => {
            refused(&state, &visitor, &standing, fill(w.wait, &[("n", &secs.to_string())])).await
        }
        Err(LoginError::Identity(error)) if error.kind() == Kind::BadRequest => {
            refused(&state, &visitor, &standing, w.refused(&error)).await
        }
        Err(LoginError::Identity(error)) => Err(error.into()),
    }
}

/// `POST /account/sessions/{session}/revoke`
pub(super) async fn revoke_session(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    if !door.identity.revoke_session(&signed_in.person.name, &id).await? {
        return Err(WebError::no_page());
    }
    door.record(event(door, AuditAction::SessionRevoked, signed_in, &extensions).on("session", &id)).await?;
    Ok(Redirect::to("/account?done=revoked").into_response())
}

/// `POST /account/tokens`
pub(super) async fn make_token(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let reports: Vec<String> = fields
        .get("reports")
        .split([',', ' '])
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    let new = NewToken {
        name: fields.get("name"),
        owner: &signed_in.person,
        method: signed_in.login,
        scopes: fields
            .all("scope")
            .filter_map(Action::parse)
            .filter(|scope| offered_scopes(signed_in).contains(scope))
            .collect(),
        reports: (!reports.is_empty()).then_some(reports),
        days: fields.get("days").parse().unwrap_or_default(),
    };
    let scopes = new.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
    let days = new.days;
    match door.identity.make_token(new, door.now()).await {
        Ok((text, id)) => {
            let event = event(door, AuditAction::TokenMade, signed_in, &extensions)
                .on("token", &id)
                .with("scopes", scopes)
                .with("days", days);
            door.record(event).await?;
            let said = Said { made: Some(text.as_str().to_owned()), ..Said::default() };
            write_account(&state, &visitor, &standing, said).await
        }
        Err(error) if error.kind() == Kind::BadRequest => {
            refused(&state, &visitor, &standing, w.refused(&error)).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /account/tokens/{token}/revoke`
pub(super) async fn revoke_token(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(id): Path<String>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    if !door.identity.revoke_token(&signed_in.person.name, &id, door.now()).await? {
        return Err(WebError::no_page());
    }
    door.record(event(door, AuditAction::TokenRevoked, signed_in, &extensions).on("token", &id)).await?;
    Ok(Redirect::to("/account?done=revoked").into_response())
}
