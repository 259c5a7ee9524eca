//! Who somebody is: passwords, sessions, API tokens, the words of a trusted proxy.
//!
//! Takes credentials and an instant; gives a [`Person`](crate::access::Person). Of everything secret
//! the store gets only a hash. What a person may see is not decided here.

mod change;
mod device;
mod embed;
mod error;
mod key;
mod link;
mod login;
mod name;
pub mod oidc;
mod password;
mod proven;
mod proxy;
mod revoke;
mod secret;
mod session;
mod settings;
mod share;
mod snapshot;
mod throttle;
mod token;
mod user;

pub use change::{ChangedUser, UserChange, claim_lines};
pub use embed::{Embed, LONGEST_EMBED};
pub use error::IdentityError;
pub use key::ServerKey;
pub use link::{Link, LinkKind, Redeemed};
pub use login::{Attempt, LoginError};
pub use name::UserName;
pub use proven::LastProof;
pub use proxy::{ProxySettings, ProxyWord};
pub use session::{LoginMethod, NewSession, Session, SessionSecret};
pub use settings::IdentitySettings;
pub use share::{MOST_SHARE_DAYS, NewShare, Share, USUAL_SHARE_DAYS};
pub use token::{NewToken, Token, TokenText};
pub use user::{NewUser, User};

use std::sync::Arc;

use crate::store::Store;

/// Everything that knows who somebody is. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    store: Store,
    key: ServerKey,
    settings: Arc<IdentitySettings>,
    passwords: password::Hasher,
    throttle: Arc<throttle::Throttle>,
    said: Arc<proven::Said>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Identity {
    /// Identity over a store, with the server's key.
    pub fn new(store: Store, key: ServerKey, settings: IdentitySettings) -> Self {
        Self {
            store,
            key,
            passwords: password::Hasher::new(settings.hashing_places),
            settings: Arc::new(settings),
            throttle: Arc::default(),
            said: Arc::default(),
        }
    }

    /// The server's key.
    pub fn key(&self) -> &ServerKey {
        &self.key
    }

    /// Whether people may log in that way now. Of what was made before ways were kept it is not known, and so not
    /// refused for it.
    fn is_open(&self, method: Option<LoginMethod>) -> bool {
        method.is_none_or(|method| self.settings.ways.contains(&method))
    }

    /// How long sessions last, and whom proxies may name.
    pub fn settings(&self) -> &IdentitySettings {
        &self.settings
    }
}

#[cfg(test)]
mod tests;
