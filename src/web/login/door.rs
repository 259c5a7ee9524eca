//! What guards the server: nothing in the demo, else identity and the audit log.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use chrono::{DateTime, TimeDelta, Utc};

use crate::identity::Identity;
use crate::identity::oidc::Oidc;
use crate::ledger::audit::{AuditLog, Event};
use crate::runs::Clock;
use crate::web::client::Client;
use crate::web::error::WebError;
use crate::web::guard::RequestId;

/// What guards the server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub enum Gate {
    /// Nothing: everybody is the local viewer.
    #[default]
    Demo,
    /// A login.
    Login(Arc<Door>),
}

/// A login.
#[derive(Debug)]
pub struct Door {
    /// Who somebody is.
    pub identity: Identity,
    /// What is recorded.
    pub audit: AuditLog,
    /// What time it is.
    pub clock: Clock,
    /// Whether people log in with a password of this server.
    pub local: bool,
    /// The provider of OpenID Connect that people log in at, if there is one.
    pub oidc: Option<Oidc>,
    /// Whether browsers reach the server by HTTPS: cookies then never travel without.
    pub secure: bool,
    /// The address that links in messages begin with; the one of the request where it is not known.
    pub base_url: Option<String>,
    /// What was recorded a moment ago and is not again.
    pub seldom: Seldom,
}

impl Door {
    /// The instant now.
    pub(in crate::web) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// What links begin with, without a slash at the end: the address that was configured, else the one that the
    /// request came to.
    pub(in crate::web) fn own_address(&self, extensions: &Extensions) -> String {
        if let Some(base) = &self.base_url {
            return base.trim_end_matches('/').to_owned();
        }
        let client = extensions.get::<Client>().cloned().unwrap_or_default();
        let scheme = if self.secure || client.secure { "https" } else { "http" };
        format!("{scheme}://{}", client.host.as_deref().unwrap_or("localhost"))
    }

    /// Itself, if people log in with a password here; else what is for them does not exist.
    pub(super) fn local_only(&self) -> Result<&Self, WebError> {
        if self.local { Ok(self) } else { Err(WebError::no_page()) }
    }

    /// Whether people can come in who proved elsewhere who they are.
    pub(super) fn is_entered_elsewhere(&self) -> bool {
        self.oidc.is_some() || self.identity.settings().proxy.is_some()
    }

    /// Records what happened; what cannot be recorded must not happen.
    pub(in crate::web) async fn record(&self, event: Event) -> Result<(), WebError> {
        match self.audit.append(&[event]).await {
            Ok(_) => Ok(()),
            Err(error) => Err(WebError::unavailable(error.to_string())),
        }
    }
}

/// Lets something be recorded once in ten minutes for each address or whatever else it is about, so that strangers
/// cannot fill the log.
#[derive(Debug, Default)]
pub struct Seldom(Mutex<HashMap<(&'static str, String), DateTime<Utc>>>);

impl Seldom {
    /// Whether it is time to record `what` again for this one.
    pub(in crate::web) fn is_due(
        &self,
        what: &'static str,
        whose: &impl ToString,
        now: DateTime<Utc>,
    ) -> bool {
        const MOST: usize = 10_000;
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (what, whose.to_string());
        if seen.get(&key).is_some_and(|last| now - *last < TimeDelta::minutes(10)) {
            return false;
        }
        if seen.len() >= MOST {
            seen.clear();
        }
        seen.insert(key, now);
        true
    }
}

/// Where a request comes from: the browser, as far as trusted proxies tell.
pub(in crate::web) fn client_address(extensions: &Extensions) -> IpAddr {
    extensions.get::<Client>().map_or_else(|| peer_address(extensions), |client| client.address)
}

/// Who is connected, whatever headers say.
pub(super) fn peer_address(extensions: &Extensions) -> IpAddr {
    extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}

/// The id of a request, which the log has too.
pub(in crate::web) fn request_id(extensions: &Extensions) -> String {
    extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}
