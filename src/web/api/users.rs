//! `/users`: who may log in with a password. For administrators; the table says so.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::{Extensions, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::private;
use super::asked::Body;
use super::names::{Named, Parsed};
use super::tokens::refused;
use crate::identity::{NewUser, User, UserChange, UserName};
use crate::ledger::audit::AuditAction;
use crate::web::error::WebError;
use crate::web::login::{administrator, change_recorded, door, event_by, gives_up, password_link};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

/// Users.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Users {
    /// By name.
    users: Vec<UserOut>,
}

/// A user.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct UserOut {
    /// Their name.
    name: String,
    /// Whether they manage users and read the audit log.
    administrator: bool,
    /// Whether they have set a password.
    has_password: bool,
    /// The groups they are in when they log in here.
    groups: BTreeSet<String>,
    /// What else is said about them, by name.
    claims: BTreeMap<String, Vec<String>>,
    /// When they were added.
    created_at: DateTime<Utc>,
    /// When they last logged in here.
    last_login_at: Option<DateTime<Utc>>,
    /// Since when they are shut out.
    disabled_at: Option<DateTime<Utc>>,
}

/// A user to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUserBody {
    /// A mail address, or 1 to 128 lower-case letters, digits, `.`, `_`, `-`.
    #[schemars(length(min = 1, max = 254))]
    name: String,
    /// Whether they manage users and read the audit log. Opens no data.
    #[serde(default)]
    administrator: bool,
    /// Their groups; one that is named twice counts once.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    groups: BTreeSet<String>,
    /// What else is said about them, by name.
    #[serde(default)]
    claims: BTreeMap<String, Vec<String>>,
}

/// What is to be changed of a user; what is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChangeBody {
    /// Their groups, all of them; one that is named twice counts once.
    #[schemars(with = "Option<Vec<String>>")]
    groups: Option<BTreeSet<String>>,
    /// Whether they manage users and read the audit log. The last administrator stays one.
    administrator: Option<bool>,
    /// Must be true where the caller stops being an administrator.
    #[serde(default)]
    confirm: bool,
}

/// A user who was added.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct AddedUser {
    /// The user.
    user: UserOut,
    /// Where they set their password, once; a secret.
    password_link: String,
}

/// `GET /users`
pub(super) async fn list(State(state): State<WebState>, visitor: Visitor) -> Result<Response, WebError> {
    let door = door(&state)?;
    administrator(&visitor)?;
    let users = door.identity.users().await?.into_iter().map(UserOut::new).collect();
    private(StatusCode::OK, &Users { users })
}

/// `POST /users`
pub(super) async fn add(
    State(state): State<WebState>,
    visitor: Visitor,
    extensions: Extensions,
    body: Result<Body<NewUserBody>, WebError>,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = administrator(&visitor)?;
    let Body(body) = body?;
    let name = UserName::parse(&body.name).map_err(refused)?;
    let NewUserBody { administrator, groups, claims, .. } = body;
    let new = NewUser { name: name.clone(), administrator, groups, claims };
    door.identity.add_user(&new, door.now()).await.map_err(refused)?;
    let link = password_link(door, &extensions, &name).await.map_err(refused)?;
    let event = |action| event_by(door, action, signed_in, &extensions).on("user", name.as_str());
    let created = event(AuditAction::UserCreated)
        .with("administrator", new.administrator)
        .with("groups", new.groups.iter().cloned().collect::<Vec<_>>().join(", "));
    door.record(created).await?;
    door.record(event(AuditAction::LinkMade)).await?;
    let user = door.identity.user(&name).await?.ok_or_else(WebError::no_page)?;
    private(StatusCode::CREATED, &AddedUser { user: UserOut::new(user), password_link: link })
}

/// `POST /users/{user}`
pub(super) async fn change_rights(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(Parsed(name)): Named<Parsed<UserName>>,
    extensions: Extensions,
    body: Result<Body<UserChangeBody>, WebError>,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = administrator(&visitor)?;
    let Body(UserChangeBody { groups, administrator, confirm }) = body?;
    let change = UserChange { groups, administrator };
    if !confirm && gives_up(door, signed_in, &name, &change).await? {
        return Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY)
            .saying("you would stop being an administrator; send `confirm` too"));
    }
    let user = change_recorded(door, signed_in, &extensions, &name, &change).await?.map_err(refused)?;
    private(StatusCode::OK, &UserOut::new(user))
}

/// `POST /users/{user}/disable`
pub(super) async fn disable(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(Parsed(name)): Named<Parsed<UserName>>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    change(&state, &visitor, &name, &extensions, AuditAction::UserDisabled).await
}

/// `POST /users/{user}/enable`
pub(super) async fn enable(
    State(state): State<WebState>,
    visitor: Visitor,
    Named(Parsed(name)): Named<Parsed<UserName>>,
    extensions: Extensions,
) -> Result<Response, WebError> {
    change(&state, &visitor, &name, &extensions, AuditAction::UserEnabled).await
}

async fn change(
    state: &WebState,
    visitor: &Visitor,
    name: &UserName,
    extensions: &Extensions,
    action: AuditAction,
) -> Result<Response, WebError> {
    let door = door(state)?;
    let signed_in = administrator(visitor)?;
    if door.identity.user(name).await?.is_none() {
        return Err(WebError::no_page());
    }
    let done = match action {
        AuditAction::UserDisabled => door.identity.disable(name, door.now()).await,
        _ => door.identity.enable(name).await,
    };
    done.map_err(refused)?;
    door.record(event_by(door, action, signed_in, extensions).on("user", name.as_str())).await?;
    let user = door.identity.user(name).await?.ok_or_else(WebError::no_page)?;
    private(StatusCode::OK, &UserOut::new(user))
}

impl UserOut {
    fn new(user: User) -> Self {
        Self {
            name: user.name.to_string(),
            administrator: user.administrator,
            has_password: user.has_password,
            groups: user.groups,
            claims: user.claims,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
            disabled_at: user.disabled_at,
        }
    }
}
