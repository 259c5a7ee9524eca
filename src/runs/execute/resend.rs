//! Sending again: another attempt for an instant, for those who did not get it.

use super::{Claimed, Order, RunError, Runner};
use crate::runs::store::{Repeat, Run, Trigger};

impl Runner {
    /// Claims another attempt for the instant of `run`, for those whom none has reached for all that is known; whoever
    /// may have got it gets no second one. Answers with the latest attempt where that has nothing left to send.
    pub async fn claim_resend(&self, run: &Run) -> Result<Claimed, RunError> {
        let store = &self.parts.store;
        match store.latest(&run.report, &run.schedule, run.scheduled_at).await? {
            Some(latest) if latest.can_be_resent() => {
                let Run { report, schedule, scheduled_at, .. } = latest;
                let (trigger, repeat) = (Trigger::Manual, Repeat::Unsent);
                self.claim(&Order { report, schedule, scheduled_at, trigger, repeat }).await
            }
            latest => Ok(Claimed::Existing(Box::new(latest.unwrap_or_else(|| run.clone())))),
        }
    }
}
