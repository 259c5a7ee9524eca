//! What can be set.

use std::time::Duration;

use super::{LoginMethod, ProxySettings};

/// What can be set about identity.
#[derive(Debug, Clone)]
pub struct IdentitySettings {
    /// A session ends when nothing was asked for this long.
    pub session_idle: Duration,
    /// A session ends this long after the login, whatever happens.
    pub session_longest: Duration,
    /// How many passwords are hashed at a time; each takes 19 MiB.
    pub hashing_places: usize,
    /// The ways that people log in. What came of others does not count.
    pub ways: Vec<LoginMethod>,
    /// How many days tokens and links count after the last login of whoever made them, if it was at a provider or a
    /// proxy: groups that are taken away there are only known by the next login.
    pub provider_trust_days: u32,
    /// The proxy that may name people, if there is one.
    pub proxy: Option<ProxySettings>,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        Self {
            session_idle: Duration::from_hours(8),
            session_longest: Duration::from_hours(7 * 24),
            hashing_places: 4,
            ways: LoginMethod::ALL.to_vec(),
            provider_trust_days: 30,
            proxy: None,
        }
    }
}
