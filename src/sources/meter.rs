//! What is asked of sources, counted.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

/// What was asked of sources: by one question, or since the start. What is counted for a question is counted for the
/// whole, too.
#[derive(Debug, Default)]
pub struct Meter {
    /// GET requests to object stores.
    pub gets: AtomicU64,
    /// LIST and HEAD requests to object stores.
    pub lists: AtomicU64,
    /// Statements to databases.
    pub statements: AtomicU64,
    /// Bytes that came from sources.
    pub moved: AtomicU64,
    /// Bytes of files that were read, from memory too. Databases do not tell.
    pub scanned: AtomicU64,
    /// Byte ranges answered from memory.
    pub range_hits: AtomicU64,
    /// How long queries ran, in microseconds.
    pub busy: AtomicU64,
    /// Rows that parts of a dataset gave.
    pub rows: AtomicU64,
    ids: Mutex<Vec<String>>,
    whole: Option<Arc<Self>>,
}

/// What a meter shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Measured {
    /// Requests to object stores and statements to databases.
    pub requests: u64,
    /// Bytes of files that were read.
    pub scanned: u64,
    /// Bytes that came from sources.
    pub moved: u64,
    /// How long queries ran.
    pub busy: Duration,
    /// Rows that a part of a dataset gave.
    pub rows: u64,
    /// What databases call the statements, where they name them.
    pub statement_ids: Vec<String>,
}

impl Meter {
    /// A meter for a part of what `whole` counts.
    pub fn part_of(whole: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { whole: Some(Arc::clone(whole)), ..Self::default() })
    }

    /// Adds to one of the counters.
    pub fn add(&self, counter: fn(&Self) -> &AtomicU64, amount: u64) {
        counter(self).fetch_add(amount, Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.add(counter, amount);
        }
    }

    /// Keeps what a database calls a statement.
    pub(super) fn name_statement(&self, id: &str) {
        if self.whole.is_some() {
            self.ids.lock().unwrap_or_else(PoisonError::into_inner).push(id.to_owned());
        }
    }

    /// What was counted so far.
    pub fn read(&self) -> Measured {
        let value = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Measured {
            requests: value(&self.gets) + value(&self.lists) + value(&self.statements),
            scanned: value(&self.scanned),
            moved: value(&self.moved),
            busy: Duration::from_micros(value(&self.busy)),
            rows: value(&self.rows),
            statement_ids: self.ids.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_part_counts_the_whole_counts_too() {
        let whole = Arc::new(Meter::default());
        let (one, other) = (Meter::part_of(&whole), Meter::part_of(&whole));
        one.add(|meter| &meter.gets, 2);
        one.add(|meter| &meter.moved, 100);
        other.add(|meter| &meter.statements, 1);
        other.name_statement("01b2");
        assert_eq!((one.read().requests, one.read().moved), (2, 100));
        assert_eq!(other.read().statement_ids, ["01b2"]);
        assert_eq!((whole.read().requests, whole.read().statement_ids.len()), (3, 0));
    }
}
