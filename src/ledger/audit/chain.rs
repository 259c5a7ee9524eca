//! How events hang together.

use sha2::{Digest as _, Sha256};

use super::Event;
use crate::store::{Cells, StoreError, to_text};

/// The hash before the first event.
pub(super) const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The number and hash of the last event: whoever notes it can tell later that nothing up to it was
/// changed or cut off.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Head {
    /// How many events there ever were.
    pub seq: i64,
    /// The hash of the last.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

/// A row as it stands in the store: checking must not depend on whether it can be understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    pub(super) seq: i64,
    /// at, actor, method, address, action, object kind and id, outcome, request, details.
    pub(super) columns: [String; 10],
    pub(super) hash: String,
}

/// The columns that are hashed besides the number, in order.
pub(super) const COLUMNS: [&str; 10] = [
    "at",
    "actor",
    "method",
    "address",
    "action",
    "object_kind",
    "object_id",
    "outcome",
    "request",
    "details",
];

impl Link {
    /// The event as number `seq`, after the event with the hash `previous`.
    pub(super) fn new(seq: i64, event: &Event, previous: &str) -> Self {
        let columns = [
            to_text(event.at),
            event.actor.clone(),
            event.method.as_str().to_owned(),
            event.address.clone(),
            event.action.as_str().to_owned(),
            event.object_kind.clone(),
            event.object_id.clone(),
            event.outcome.as_str().to_owned(),
            event.request.clone(),
            event.details_text(),
        ];
        let hash = hash(previous, seq, &columns);
        Self { seq, columns, hash }
    }

    pub(super) fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let mut columns: [String; 10] = Default::default();
        for (name, column) in COLUMNS.into_iter().zip(&mut columns) {
            *column = cells.text(name)?;
        }
        Ok(Self { seq: cells.number("seq")?, columns, hash: cells.text("hash")? })
    }

    /// Whether it follows the event with the hash `previous` unchanged.
    pub(super) fn follows(&self, previous: &str) -> bool {
        self.hash == hash(previous, self.seq, &self.columns)
    }
}

/// Lengths stand before texts, so that moving a letter from one column to the next changes the hash.
fn hash(previous: &str, seq: i64, columns: &[String; 10]) -> String {
    let mut digest = Sha256::new();
    let seq = seq.to_string();
    for text in [previous, seq.as_str()].into_iter().chain(columns.iter().map(String::as_str)) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    digest.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}
