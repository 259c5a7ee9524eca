//! How runs ended, for the metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::runs::store::Ending;

/// How the runs of this process ended, since its start.
#[derive(Debug, Default)]
pub struct RunCounters {
    /// Runs that did everything there was to do.
    pub succeeded: AtomicU64,
    /// Runs that an error or a stop ended.
    pub failed: AtomicU64,
}

impl RunCounters {
    pub(in crate::runs) fn count(&self, ending: &Ending) {
        let counter = match ending {
            Ending::Succeeded | Ending::Skipped { .. } => &self.succeeded,
            Ending::Failed { .. } | Ending::Interrupted { .. } => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
