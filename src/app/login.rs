//! The login of the server.

use std::path::Path;
use std::sync::Arc;

use super::ProgramError;
use super::program::{existing_store, make_state, open_store};
use crate::access::MaskKey;
use crate::config::{LoginWay, Settings};
use crate::identity::oidc::Oidc;
use crate::identity::{Identity, ServerKey, User, UserName};
use crate::ledger::audit::{AuditAction, AuditLog, Event, Method};
use crate::runs::Clock;
use crate::store::Store;
use crate::web::{Door, Gate};

/// What manages who may log in.
pub struct Accounts {
    /// Who somebody is.
    pub identity: Identity,
    /// What is recorded.
    pub audit: AuditLog,
    /// Where both are kept; to be closed.
    pub store: Store,
}

/// Opens the store for managing users at the command line.
///
/// # Errors
/// The state folder, the store or the key cannot be read.
pub async fn accounts(settings: &Settings) -> Result<Accounts, ProgramError> {
    make_state(settings)?;
    let store = open_store(settings).await?;
    Ok(Accounts { identity: identity(settings, store.clone())?, audit: AuditLog::new(store.clone()), store })
}

/// What the store knows of the user of this name; `None` without a store, or without such a user.
///
/// # Errors
/// The store does not answer.
pub async fn stored_user(settings: &Settings, name: &str) -> Result<Option<User>, ProgramError> {
    let Ok(name) = name.parse::<UserName>() else { return Ok(None) };
    let Some(store) = existing_store(settings).await? else { return Ok(None) };
    // Nothing is signed or opened: whoever looks needs no key, and makes none.
    let key = ServerKey::from_text(&ServerKey::nonce()?)?;
    let found = Identity::new(store.clone(), key, settings.login.identity.clone()).user(&name).await;
    store.close().await;
    Ok(found?)
}

pub(super) fn identity(settings: &Settings, store: Store) -> Result<Identity, ProgramError> {
    Ok(Identity::new(store, server_key(settings)?, settings.login.identity.clone()))
}

pub(super) fn server_key(settings: &Settings) -> Result<ServerKey, ProgramError> {
    Ok(match &settings.login.secret {
        Some(secret) => ServerKey::from_text(&secret.0)?,
        None => ServerKey::in_file(&Path::new(&settings.state).join("secret.key"))?,
    })
}

/// The key that codes of masked values are made with. Without a state folder, and so without anything
/// that they could be compared with, it is a new one.
pub(super) fn mask_key(settings: &Settings) -> Result<MaskKey, ProgramError> {
    if settings.login.secret.is_none() && !settings.state.is_dir() {
        return Ok(MaskKey::random());
    }
    Ok(MaskKey::new(server_key(settings)?.derived("codes of masked values")))
}

/// The provider that people log in at, where it is one of the ways.
fn oidc(settings: &Settings, key: &ServerKey) -> Result<Option<Oidc>, ProgramError> {
    let wanted = settings.login.ways.contains(&LoginWay::Oidc);
    let settings = settings.oidc.clone().filter(|_| wanted);
    settings.map(|settings| Oidc::new(settings, key)).transpose().map_err(ProgramError::Provider)
}

/// What guards the server, and the path of the link for the first administrator where there is none.
pub(super) async fn gate(
    settings: &Settings,
    store: &Store,
    clock: &Clock,
) -> Result<(Gate, Option<String>), ProgramError> {
    if settings.login.is_demo() {
        return Ok((Gate::Demo, None));
    }
    let identity = identity(settings, store.clone())?;
    let audit = AuditLog::new(store.clone());
    let local = settings.login.ways.contains(&LoginWay::Local);
    let now = clock.now();
    let first = if local { identity.first_link(now).await? } else { None };
    if first.is_some() {
        let event = Event::new(AuditAction::LinkMade, now).by("", Method::Operator).with("link", "setup");
        audit.append(&[event]).await?;
    }
    // Whoever keeps logs elsewhere has the head there.
    tracing::info!(head = %audit.head().await?, "the audit log begins behind this head");
    let base_url = settings.runs.base_url.as_ref();
    let secure = settings.web.listener.tls.is_some() || base_url.is_some_and(|url| url.scheme() == "https");
    if !secure && base_url.is_none() && !settings.web.trusted_proxies.is_empty() {
        tracing::warn!(
            "a proxy is trusted, and nothing says that browsers come over HTTPS, so cookies go over HTTP too: \
             set JANGPYO_BASE_URL=https://…"
        );
    }
    let oidc = oidc(settings, identity.key())?;
    let door = Door {
        identity,
        audit,
        clock: clock.clone(),
        local,
        oidc,
        secure,
        base_url: base_url.map(ToString::to_string),
        seldom: crate::web::Seldom::default(),
    };
    Ok((Gate::Login(Arc::new(door)), first.map(|secret| format!("setup/{secret}"))))
}
