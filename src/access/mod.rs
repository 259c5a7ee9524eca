//! Who looks, and which rows and columns they may see.
//!
//! Takes a viewer; gives the [`Restriction`] that every query carries as an argument, so that a
//! query without one cannot be written by omission.

mod action;
mod person;

pub use action::Action;
pub use person::Person;

/// The person or schedule a question is answered for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// How logs, runs and the ledger call them.
    pub name: String,
}

impl Viewer {
    /// The one viewer of a server without login, which listens on loopback only.
    pub fn local() -> Self {
        Self { name: "local".into() }
    }
}

/// What a viewer may see of a dataset. Part of every plan and every cache key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Restriction(RestrictionKind);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum RestrictionKind {
    Everything,
}

impl Restriction {
    /// The restriction of `viewer` on a dataset that declares no `security`. Datasets that do are
    /// refused by `check` until roles can be enforced, so nothing is shown that should be hidden.
    pub fn for_open_dataset(_viewer: &Viewer) -> Self {
        Self(RestrictionKind::Everything)
    }

    /// Whether nothing is hidden. A planner that knows no other restriction must refuse all others.
    pub fn is_everything(&self) -> bool {
        match self.0 {
            RestrictionKind::Everything => true,
        }
    }
}
