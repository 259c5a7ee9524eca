//! `/setup/{token}`: a link with which somebody sets a password once.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;

use super::door::{Door, client_address, request_id};
use super::enter::{Proven, complete, door, with_form_cookie};
use super::forgery::Fields;
use super::words::LoginWords;
use crate::error::Kind;
use crate::identity::{IdentityError, Link, LinkKind, LoginMethod};
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::words;

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    token: &'a str,
    /// Whose password it is; none for the first administrator, who chooses a name.
    user: Option<String>,
    name: &'a str,
    message: Option<String>,
    csrf: &'a str,
}

fn gone(visitor: &Visitor) -> WebError {
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    WebError::of(StatusCode::NOT_FOUND).saying(w.link_gone)
}

/// The door, where people log in with a password here; else there is nothing to set.
fn local_door(state: &WebState) -> Result<&Door, WebError> {
    door(state)?.local_only()
}

/// `/setup/{token}`
pub(super) async fn show_setup(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let door = local_door(&state)?;
    let link = door.identity.link(&token, door.now()).await?.ok_or_else(|| gone(&visitor))?;
    write_setup(&state, &visitor, &headers, &token, &link, "", None)
}

fn write_setup(
    state: &WebState,
    visitor: &Visitor,
    headers: &HeaderMap,
    token: &str,
    link: &Link,
    name: &str,
    message: Option<String>,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let w = LoginWords::of(locale);
    let path = format!("/setup/{token}");
    with_form_cookie(door(state)?, headers, |csrf| {
        page(&SetupPage {
            frame: Frame::new(visitor, locale, Place::Elsewhere, w.set_password, path, &Address::default())
                .in_brand(state.backend.usual_brand()),
            w,
            token,
            user: link.user.as_ref().map(ToString::to_string),
            name,
            message,
            csrf,
        })
    })
}

/// `POST /setup/{token}`
pub(super) async fn set_password(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(token): Path<String>,
    headers: HeaderMap,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = local_door(&state)?;
    let now = door.now();
    let link = door.identity.link(&token, now).await?.ok_or_else(|| gone(&visitor))?;
    let (name, password) = (fields.get("name"), fields.get("password"));
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let refused = if password == fields.get("again") {
        match door.identity.redeem(&token, name, password, now).await {
            Ok(redeemed) => {
                let event = |action| {
                    Event::new(action, now)
                        .by(redeemed.user.as_str(), Method::Link)
                        .from(&client_address(&extensions).to_string(), &request_id(&extensions))
                        .on("user", redeemed.user.as_str())
                        .with("link", redeemed.kind.as_str())
                };
                door.record(event(AuditAction::LinkUsed)).await?;
                if redeemed.kind == LinkKind::Setup {
                    door.record(event(AuditAction::UserCreated).with("administrator", true)).await?;
                }
                door.record(event(AuditAction::PasswordChanged)).await?;
                let user = door.identity.user(&redeemed.user).await?.ok_or_else(WebError::no_page)?;
                let proven = Proven { person: &user.person(), method: LoginMethod::Local, hint: None };
                return complete(door, &headers, &extensions, proven, "/").await;
            }
            Err(IdentityError::Link) => return Err(gone(&visitor)),
            Err(error) if error.kind() == Kind::BadRequest => w.refused(&error),
            Err(error) => return Err(error.into()),
        }
    } else {
        w.not_the_same.to_owned()
    };
    let mut response = write_setup(&state, &visitor, &headers, &token, &link, name, Some(refused))?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}
