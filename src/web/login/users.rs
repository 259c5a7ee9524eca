//! `/users`: who may log in. For administrators; `permit.rs` says so.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use super::account::bind_forms;
use super::door::{Door, client_address, request_id};
use super::enter::{door, private};
use super::forgery::Fields;
use super::presence::SignedIn;
use super::words::LoginWords;
use crate::error::Kind;
use crate::identity::{IdentityError, NewUser, User, UserChange, UserName};
use crate::ledger::audit::{AuditAction, Event};
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;
use crate::web::when::When;
use crate::web::words;

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage<'a> {
    frame: Frame,
    w: &'static LoginWords,
    users: Vec<UserView>,
    /// A link that was just made, with whose it is; shown this once.
    made: Option<(String, String)>,
    message: Option<String>,
    done: Option<&'static str>,
    csrf: &'a str,
}

struct UserView {
    name: String,
    administrator: bool,
    groups: String,
    last_login: Option<When>,
    disabled: bool,
    own: bool,
}

impl UserView {
    fn new(user: User, own: &str, zone: &str) -> Self {
        Self {
            own: user.name.as_str() == own,
            name: user.name.to_string(),
            administrator: user.administrator,
            groups: user.groups.into_iter().collect::<Vec<_>>().join(", "),
            last_login: user.last_login_at.map(|at| When::new(at, zone)),
            disabled: user.disabled_at.is_some(),
        }
    }
}

/// Whoever manages users.
pub(in crate::web) fn administrator(visitor: &Visitor) -> Result<&SignedIn, WebError> {
    let signed_in = visitor.presence.signed_in().filter(|signed_in| signed_in.administrator);
    signed_in.ok_or_else(|| WebError::of(StatusCode::FORBIDDEN))
}

/// What the page says besides what is there.
#[derive(Default)]
struct Said {
    made: Option<(String, String)>,
    message: Option<String>,
    done: Option<&'static str>,
}

/// `/users`
pub(super) async fn list_users(
    State(state): State<WebState>,
    visitor: Visitor,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(again) = bind_forms(door(&state)?, administrator(&visitor)?, &headers, "/users")? {
        return Ok(again);
    }
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    let done = (address.get("done") == Some("changed")).then_some(w.user_changed);
    write_users(&state, &visitor, Said { done, ..Said::default() }).await
}

async fn write_users(state: &WebState, visitor: &Visitor, said: Said) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = administrator(visitor)?;
    let locale = visitor.locale.unwrap_or_default();
    let w = LoginWords::of(locale);
    let failed = said.message.is_some();
    let (users, zone) = (door.identity.users().await?, state.backend.usual_zone());
    let view = |user| UserView::new(user, &signed_in.person.name, &zone);
    let mut response = page(&UsersPage {
        frame: Frame::new(visitor, locale, Place::Elsewhere, w.users, "/users", &Address::default())
            .in_brand(state.backend.usual_brand()),
        w,
        users: users.into_iter().map(view).collect(),
        made: said.made,
        message: said.message,
        done: said.done,
        csrf: &signed_in.csrf,
    })?;
    if failed {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    private(&mut response);
    Ok(response)
}

/// The page with a link that was just made.
async fn with_link(
    state: &WebState,
    visitor: &Visitor,
    name: &UserName,
    link: String,
) -> Result<Response, WebError> {
    write_users(state, visitor, Said { made: Some((name.to_string(), link)), ..Said::default() }).await
}

/// Names of groups as people write them into one field.
fn groups(text: &str) -> BTreeSet<String> {
    text.split(',').map(str::trim).filter(|group| !group.is_empty()).map(str::to_owned).collect()
}

fn event(door: &Door, action: AuditAction, by: &SignedIn, extensions: &Extensions, user: &UserName) -> Event {
    Event::new(action, door.now())
        .by(&by.person.name, by.method)
        .from(&client_address(extensions).to_string(), &request_id(extensions))
        .on("user", user.as_str())
}

/// A link that sets a password, as an address that can be sent.
pub(in crate::web) async fn link(
    door: &Door,
    extensions: &Extensions,
    user: &UserName,
) -> Result<String, IdentityError> {
    let secret = door.identity.password_link(user, door.now()).await?;
    Ok(format!("{}/setup/{secret}", door.own_address(extensions)))
}

/// `POST /users`: adds somebody, and shows the link for the first password.
pub(super) async fn add_user(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = administrator(&visitor)?;
    let added = async {
        let name = UserName::parse(fields.get("name"))?;
        let new = NewUser {
            name: name.clone(),
            administrator: fields.get("administrator") == "1",
            groups: groups(fields.get("groups")),
            claims: BTreeMap::new(),
        };
        door.identity.add_user(&new, door.now()).await?;
        Ok((new, link(door, &extensions, &name).await?))
    };
    match added.await {
        Ok((new, link)) => {
            let made = event(door, AuditAction::UserCreated, signed_in, &extensions, &new.name)
                .with("administrator", new.administrator)
                .with("groups", new.groups.into_iter().collect::<Vec<_>>().join(", "));
            door.record(made).await?;
            door.record(event(door, AuditAction::LinkMade, signed_in, &extensions, &new.name)).await?;
            with_link(&state, &visitor, &new.name, link).await
        }
        Err(error) => refused(&state, &visitor, error).await,
    }
}

async fn say(state: &WebState, visitor: &Visitor, message: String) -> Result<Response, WebError> {
    write_users(state, visitor, Said { message: Some(message), ..Said::default() }).await
}

async fn refused(state: &WebState, visitor: &Visitor, error: IdentityError) -> Result<Response, WebError> {
    let w = LoginWords::of(visitor.locale.unwrap_or_default());
    match error.kind() {
        Kind::BadRequest | Kind::Forbidden => say(state, visitor, w.refused(&error)).await,
        _ => Err(error.into()),
    }
}

/// `POST /users/{user}/{disable|enable|reset|sessions}`
pub(super) async fn change_user(
    State(state): State<WebState>,
    visitor: Visitor,
    Path((user, deed)): Path<(String, String)>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = administrator(&visitor)?;
    let name = UserName::parse(&user).map_err(|_| WebError::no_page())?;
    let (done, action) = match deed.as_str() {
        "disable" => (door.identity.disable(&name, door.now()).await, AuditAction::UserDisabled),
        "enable" => (door.identity.enable(&name).await, AuditAction::UserEnabled),
        "sessions" => (door.identity.revoke_sessions(&name).await.map(|_| ()), AuditAction::SessionRevoked),
        "reset" => {
            return match link(door, &extensions, &name).await {
                Ok(link) => {
                    door.record(event(door, AuditAction::LinkMade, signed_in, &extensions, &name)).await?;
                    with_link(&state, &visitor, &name, link).await
                }
                Err(error) => refused(&state, &visitor, error).await,
            };
        }
        _ => return Err(WebError::no_page()),
    };
    match done {
        Ok(()) => {
            door.record(event(door, action, signed_in, &extensions, &name)).await?;
            Ok(Redirect::to("/users").into_response())
        }
        Err(error) => refused(&state, &visitor, error).await,
    }
}

/// `POST /users/{user}/rights`: their groups, and whether they are an administrator.
pub(super) async fn change_rights(
    State(state): State<WebState>,
    visitor: Visitor,
    Path(user): Path<String>,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = administrator(&visitor)?;
    let name = UserName::parse(&user).map_err(|_| WebError::no_page())?;
    let change = UserChange {
        groups: Some(groups(fields.get("groups"))),
        administrator: Some(fields.get("administrator") == "1"),
    };
    let gives_up = gives_up(door, signed_in, &name, &change).await?;
    if gives_up && fields.get("confirm") != "1" {
        let w = LoginWords::of(visitor.locale.unwrap_or_default());
        return say(&state, &visitor, w.confirm_own.to_owned()).await;
    }
    match change_recorded(door, signed_in, &extensions, &name, &change).await? {
        // Whoever has just stopped being an administrator may have no list of users to come back to.
        Ok(_) if gives_up => Ok(Redirect::to("/").into_response()),
        Ok(_) => Ok(Redirect::to("/users?done=changed").into_response()),
        Err(error) => refused(&state, &visitor, error).await,
    }
}

/// Whether somebody would take from themselves that they are an administrator.
pub(in crate::web) async fn gives_up(
    door: &Door,
    signed_in: &SignedIn,
    name: &UserName,
    change: &UserChange,
) -> Result<bool, WebError> {
    if name.as_str() != signed_in.person.name || change.administrator != Some(false) {
        return Ok(false);
    }
    Ok(door.identity.user(name).await?.is_some_and(|user| user.administrator))
}

/// Changes a user and records what differs; the inner error is about what was asked.
pub(in crate::web) async fn change_recorded(
    door: &Door,
    by: &SignedIn,
    extensions: &Extensions,
    name: &UserName,
    change: &UserChange,
) -> Result<Result<User, IdentityError>, WebError> {
    let changed = match door.identity.change_user(name, change).await {
        Ok(changed) => changed,
        Err(error) => return Ok(Err(error)),
    };
    let details = changed.details();
    if !details.is_empty() {
        let event = event(door, AuditAction::UserChanged, by, extensions, name);
        let told = details.into_iter().fold(event, |event, (name, value)| event.with(name, value));
        door.record(told).await?;
    }
    Ok(Ok(changed.after))
}
