//! Logging in and out at a provider of OpenID Connect. What is proven is decided in
//! [`identity::oidc`](crate::identity::oidc); here browsers are sent there and come back.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse, Redirect, Response};

use super::attempts;
use super::door::{Door, client_address, request_id};
use super::enter::{Proven, append, complete, door, private};
use super::next;
use super::words::LoginWords;
use crate::identity::oidc::{ATTEMPT_LIFETIME, Advice, Oidc, OidcError, Secret};
use crate::identity::{IdentityError, LoginError, LoginMethod};
use crate::ledger::audit::{AuditAction, Event, Outcome};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::words;

/// Where an attempt begins.
pub(super) const START: &str = "/login/oidc";

/// Where an attempt begins that leads on to `next`.
pub(super) fn start(next: &str) -> String {
    let mut address = Address::default();
    if next != "/" {
        address.push("next", next);
    }
    format!("{START}{}", address.query())
}

/// What the login page says about an attempt that failed, by the word in its address.
pub(super) fn advice(w: &LoginWords, word: &str) -> Option<&'static str> {
    Some(match word {
        "again" => w.oidc_again,
        "later" => w.oidc_later,
        "access" => w.oidc_access,
        "operations" => w.oidc_operations,
        "still-there" => w.oidc_still_there,
        _ => return None,
    })
}

fn word(advice: Advice) -> &'static str {
    match advice {
        Advice::TryAgain => "again",
        Advice::TryLater => "later",
        Advice::AskForAccess => "access",
        Advice::TellOperations => "operations",
    }
}

/// The login page with an advice. A person who stopped at the provider is no error.
fn back(advice: Advice, next: &str) -> Response {
    let mut address = Address::default().with("advice", word(advice));
    if next != "/" {
        address.push("next", next);
    }
    Redirect::to(&format!("/login{}", address.query())).into_response()
}

fn provider(door: &Door) -> Result<&Oidc, WebError> {
    door.oidc.as_ref().ok_or_else(WebError::no_page)
}

/// `/login/oidc`
pub(super) async fn begin(
    State(state): State<WebState>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let next = next::local(address.get("next"));
    let mut response = match provider(door)?.begin(next, door.now()).await {
        Ok(begun) => {
            let mut response = Redirect::to(begun.url.as_str()).into_response();
            let age = ATTEMPT_LIFETIME.num_seconds().unsigned_abs();
            for id in attempts::too_many(&headers, door.secure) {
                append(&mut response, attempts::forget(&id, door.secure));
            }
            append(&mut response, attempts::keep(&begun.id, &begun.cookie, age, door.secure));
            response
        }
        Err(error) => {
            tracing::warn!(cause = %error, "nobody can be sent to the provider");
            back(error.advice(), next)
        }
    };
    private(&mut response);
    Ok(response)
}

/// `/login/oidc/callback`
pub(super) async fn finish(
    State(state): State<WebState>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let now = door.now();
    let query = query.unwrap_or_default();
    let id = Oidc::attempt_of(&query);
    let cookie = id.as_deref().and_then(|id| attempts::read(&headers, id, door.secure));
    let finished = provider(door)?.finish(&query, cookie.as_deref(), now).await;
    let mut response = match finished {
        Ok(signed_in) => {
            let next = next::local(Some(&signed_in.next));
            match door.identity.admit(&signed_in.person, now).await {
                Ok(()) => {
                    let proven = Proven {
                        person: &signed_in.person,
                        method: LoginMethod::Oidc,
                        hint: Some(&signed_in.id_token_hint),
                    };
                    state.backend.renew_subscriber(signed_in.person.clone()).await?;
                    complete(door, &headers, &extensions, proven, next).await?
                }
                Err(LoginError::Wrong { reason }) => {
                    let event = refusal(door, &extensions, reason).on("user", &signed_in.person.name);
                    door.record(event).await?;
                    back(Advice::AskForAccess, next)
                }
                Err(error) => {
                    let name = shown_name(&signed_in.person.name);
                    let reason = match error {
                        LoginError::Identity(IdentityError::Name { .. }) => "the name cannot be used here",
                        _ => "not possible here",
                    };
                    door.record(refusal(door, &extensions, reason).on("user", &name)).await?;
                    tracing::error!(cause = %error, name, "the provider proved somebody who cannot come in");
                    back(Advice::TellOperations, next)
                }
            }
        }
        Err(error) => {
            let advice = error.advice();
            if advice == Advice::TellOperations {
                tracing::error!(cause = %error, "a login at the provider is refused");
            } else {
                tracing::info!(cause = %error, "a login at the provider is not finished");
            }
            // Anybody can call this address with anything.
            if door.seldom.is_due("oidc", &client_address(&extensions), now) {
                door.record(refusal(door, &extensions, told(&error))).await?;
            }
            // Where they wanted to go is not lost, if it is their attempt that failed.
            let wanted = cookie.and_then(|cookie| provider(door).ok()?.next_of(&cookie, now));
            back(advice, next::local(wanted.as_deref()))
        }
    };
    if let Some(id) = id {
        append(&mut response, attempts::forget(&id, door.secure));
    }
    private(&mut response);
    Ok(response)
}

fn refusal(door: &Door, extensions: &Extensions, reason: &str) -> Event {
    Event::new(AuditAction::LoginRefused, door.now())
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .ended(Outcome::Refused)
        .with("way", LoginMethod::Oidc.as_str())
        .with("reason", reason)
}

/// How much of a name that cannot be one is kept, in characters.
const SHOWN_OF_A_NAME: usize = 64;

/// A name that the provider says, as it may stand in the audit log: it may hold anything, and be long.
fn shown_name(name: &str) -> String {
    let harmless = |c: char| if c.is_alphanumeric() || "@._-+ ".contains(c) { c } else { '?' };
    name.chars().take(SHOWN_OF_A_NAME).map(harmless).collect()
}

/// The kind of a failure for the audit log; the whole cause is in the log of the server.
fn told(error: &OidcError) -> &'static str {
    match error {
        OidcError::NoAttempt | OidcError::BadAttempt(_) | OidcError::Mismatch(_) => {
            "answers no attempt of this browser"
        }
        OidcError::Refused { .. } => "refused by the provider",
        OidcError::BadCode(_) => "the provider does not take the code",
        OidcError::BadToken(_) | OidcError::BadClaims(_) => "the token proves nothing",
        OidcError::Unavailable(_) | OidcError::BadProvider(_) => "the provider does not answer as it should",
        OidcError::Broken(_) => "not possible here",
    }
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOutPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    title: &'a str,
    url: &'a str,
}

/// The page that leads on to the provider, where they log out too. A page and no redirect: browsers
/// follow redirects of forms only to this server, as the policy of the pages says.
pub(super) async fn log_out_there(
    state: &WebState,
    visitor: &Visitor,
    door: &Door,
    provider: &Oidc,
    hint: &Secret,
) -> Result<Response, WebError> {
    let url = match provider.logout_url(hint, door.now()).await {
        Ok(Some(url)) => url,
        Ok(None) => return Ok(Redirect::to("/login").into_response()),
        Err(error) => {
            tracing::warn!(cause = %error, "nobody can be logged out at the provider");
            return Ok(Redirect::to("/login?advice=still-there").into_response());
        }
    };
    let locale = visitor.locale.unwrap_or_default();
    let w = LoginWords::of(locale);
    let nobody = visitor.clone().known_as(super::Presence::Nobody);
    page(&LoggedOutPage {
        frame: Frame::new(&nobody, locale, Place::Elsewhere, w.log_out, "/login", &Address::default())
            .in_brand(state.backend.usual_brand()),
        w,
        title: provider.title(),
        url: url.as_str(),
    })
}
