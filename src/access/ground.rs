//! What allows an action, before anybody puts it in words.

use std::fmt;

use super::Action;

/// What allows an action.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ground<'a> {
    /// They have the machine.
    Operator,
    /// There are no roles, and it is a schedule.
    NoRoles,
    /// A role that they hold.
    Role(&'a str, Why),
}

/// What makes a role allow an action.
#[derive(Debug, Clone, Copy)]
pub(super) enum Why {
    /// It owns the object.
    Owner,
    /// One of its grants.
    Grants(Action),
    /// The dataset lists it.
    Listed,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Owner => f.write_str("its owner"),
            Self::Grants(action) => write!(f, "grants {action}"),
            Self::Listed => f.write_str("listed by the dataset"),
        }
    }
}
