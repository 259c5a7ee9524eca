//! How runs ended, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::runs::store::Ending;

/// How the runs of this process ended, since its start.
#[derive(Debug, Default)]
pub struct RunCounters {
    /// Runs that did everything.
    pub succeeded: AtomicU64,
    /// Runs that an error or a stop ended.
    pub failed: AtomicU64,
}

impl RunCounters {
    pub(super) fn count(&self, ending: &Ending) {
        let counter = match ending {
            Ending::Succeeded => &self.succeeded,
            Ending::Failed { .. } | Ending::Interrupted { .. } => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
