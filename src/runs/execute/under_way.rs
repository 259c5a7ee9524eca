//! The runs that this process performs just now.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::runs::store::RunId;

/// The runs that this process performs just now. Whatever a clock that was set says of their leases, they are
/// alive.
#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashSet<RunId>>>);

/// A run that is under way until this is dropped.
pub(super) struct Here {
    all: UnderWay,
    id: RunId,
}

impl UnderWay {
    pub(super) fn enter(&self, id: RunId) -> Here {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        Here { all: self.clone(), id }
    }

    pub(super) fn all(&self) -> HashSet<RunId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}
