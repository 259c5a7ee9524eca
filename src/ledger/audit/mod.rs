//! The audit log: who did what, when, from where, and whether it was allowed.
//!
//! Append-only and chained: each event's hash covers the hash before it, so that [`AuditLog::verify`]
//! finds an event that was changed, taken out, or put elsewhere. The head (number and hash of the last
//! event) can be noted outside the store; who can rewrite the whole store cannot rewrite the note.
//! The chain is of plain SHA-256, so that whoever holds an export can check it without a secret.

mod append;
mod chain;
mod event;
mod export;
mod known;
mod prune;
mod search;
mod verify;

pub use chain::Head;
pub use event::{AuditAction, Event, Method, Outcome};
pub use export::ExportFormat;
pub use known::{Change, Found};
pub use prune::Pruned;
pub use search::{AuditFilter, AuditPage, Recorded};
pub use verify::{Flaw, Verdict};

use crate::store::Store;

/// The audit log of a store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AuditLog {
    store: Store,
}

impl AuditLog {
    /// The log in `store`.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[cfg(test)]
mod tests;
