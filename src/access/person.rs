//! Somebody whose identity was proven.

use std::collections::{BTreeMap, BTreeSet};

/// Somebody whose identity was proven, with what the company's directory says about them. Made by
/// whoever proved it: a login, a trusted proxy, a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// What roles list under `users` and logs call them: a mail address or a login name, in lower
    /// case.
    pub name: String,
    /// The groups they are in, as the identity provider names them.
    pub groups: BTreeSet<String>,
    /// What else is said about them, by name: `country`, `cost_centre`. A claim may have several
    /// values.
    pub claims: BTreeMap<String, Vec<String>>,
}
