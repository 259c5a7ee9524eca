//! Who is there.

use std::sync::Arc;

use crate::access::{Action, Person};
use crate::identity::{LoginMethod, Session};
use crate::ledger::audit::Method;

/// Who is there, as far as is known. In the extensions of every request behind
/// [`authenticate`](super::authenticate), and of its response.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::web) enum Presence {
    /// Nobody has asked yet.
    #[default]
    Unknown,
    /// There is no login.
    Demo,
    /// Nobody is logged in.
    Nobody,
    /// Somebody is.
    SignedIn(Arc<SignedIn>),
}

impl Presence {
    /// Who is logged in.
    pub(in crate::web) fn signed_in(&self) -> Option<&SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Some(signed_in),
            _ => None,
        }
    }
}

/// Somebody who is logged in.
#[derive(Clone, PartialEq)]
pub(in crate::web) struct SignedIn {
    /// Who.
    pub(in crate::web) person: Person,
    /// How they are known.
    pub(in crate::web) method: Method,
    /// How they logged in, also where a token speaks for them, if that is known.
    pub(in crate::web) login: Option<LoginMethod>,
    /// Whether they manage users and read the audit log.
    pub(in crate::web) administrator: bool,
    /// The session, if they have one.
    pub(in crate::web) session: Option<Session>,
    /// What the token allows; `None` for everything its owner may do.
    pub(in crate::web) scopes: Option<Vec<Action>>,
    /// The only reports that the token opens.
    pub(in crate::web) reports: Option<Vec<String>>,
    /// What their forms must carry; empty for programs, which send no forms.
    pub(in crate::web) csrf: String,
    /// The secret of the session, to end it or keep it.
    pub(super) secret: String,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("name", &self.person.name)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
