//! Sending again: another attempt for an instant, for those who did not get it.

use super::{Claimed, Order, RunError, Runner};
use crate::runs::store::{Reached, Repeat, Run, Trigger};

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

    /// Claims another attempt for the instant of `run`, for some of its deliveries only, by their ids: also those that may
    /// have arrived, because somebody has made sure that they did not.
    ///
    /// # Errors
    /// Besides those of the store: a delivery is none of the run's.
    pub async fn claim_chosen(&self, run: &Run, ids: &[String]) -> Result<Claimed, RunError> {
        let deliveries = self.parts.store.deliveries(run.id).await?;
        let chosen = ids.iter().map(|id| {
            let found = deliveries.iter().find(|delivery| delivery.id == *id);
            found
                .map(|delivery| (delivery.channel, delivery.recipient.clone(), delivery.slice.clone()))
                .ok_or_else(|| RunError::NoDelivery { run: run.id.to_string(), id: id.clone() })
        });
        let only: Vec<Reached> = chosen.collect::<Result<_, _>>()?;
        let Run { report, schedule, scheduled_at, .. } = run.clone();
        let (trigger, repeat) = (Trigger::Manual, Repeat::Unsent);
        Ok(match self.claim(&Order { report, schedule, scheduled_at, trigger, repeat }).await? {
            Claimed::Ticket(ticket) => Claimed::Ticket(Box::new(ticket.only(only))),
            other => other,
        })
    }
}
