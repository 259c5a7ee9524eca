//! Sending again: another attempt for an instant, for those who did not get it.

use std::collections::HashMap;

use super::{Claimed, Order, RunError, Runner};
use crate::runs::store::{Delivery, DeliveryState, Reached, Repeat, Run, RunState, Trigger};

/// What is sent again of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resend {
    /// Only these deliveries, by their ids; everything that surely did not arrive if there are none.
    pub only: Vec<String>,
    /// Whether those in doubt are among them knowingly: whoever has got one gets it twice.
    pub in_doubt: bool,
}

impl Runner {
    /// Claims another attempt for the instant of `run`, for those whom none has reached for all that is known; whoever
    /// may have got it gets no second one. Answers with the latest attempt where there is nothing left to send.
    pub async fn claim_resend(&self, run: &Run) -> Result<Claimed, RunError> {
        let store = &self.parts.store;
        match store.latest(&run.report, &run.schedule, run.scheduled_at).await? {
            // One for a few of them may have succeeded, and left the others.
            Some(latest) if latest.can_be_resent() || store.has_unsent(run).await? => {
                let Run { report, schedule, scheduled_at, .. } = latest;
                let (trigger, repeat) = (Trigger::Manual, Repeat::Unsent);
                self.claim(&Order { report, schedule, scheduled_at, trigger, repeat }).await
            }
            latest => Ok(Claimed::Existing(Box::new(latest.unwrap_or_else(|| run.clone())))),
        }
    }

    /// Claims another attempt for what somebody has asked for on a page that may be old: of the deliveries that are
    /// named, those whose recipients are still without. Answers with the latest attempt where none is.
    ///
    /// # Errors
    /// Besides those of the store: a delivery is none of the run's, or is in doubt and that was not said.
    pub async fn claim_open(&self, run: &Run, resend: &Resend) -> Result<Claimed, RunError> {
        if resend.only.is_empty() {
            return self.claim_resend(run).await;
        }
        let store = &self.parts.store;
        let without = store.without(run.id).await?;
        let deliveries = store.deliveries(run.id).await?;
        let mut open = Vec::new();
        for delivery in chosen(run, &deliveries, &resend.only)? {
            if !without.contains(&delivery.id) {
                continue;
            }
            if delivery.state == DeliveryState::InDoubt && !resend.in_doubt {
                return Err(RunError::InDoubt { id: delivery.id.clone() });
            }
            open.push(delivery.id.clone());
        }
        let latest = store.latest(&run.report, &run.schedule, run.scheduled_at).await?;
        let latest = latest.unwrap_or_else(|| run.clone());
        if open.is_empty() || latest.state == RunState::Running {
            return Ok(Claimed::Existing(Box::new(latest)));
        }
        self.claim_chosen(run, &open).await
    }

    /// Claims another attempt for the instant of `run`, for some of its deliveries only, by their ids: also those that may
    /// have arrived, because somebody has made sure that they did not.
    ///
    /// # Errors
    /// Besides those of the store: a delivery is none of the run's.
    pub async fn claim_chosen(&self, run: &Run, ids: &[String]) -> Result<Claimed, RunError> {
        let deliveries = self.parts.store.deliveries(run.id).await?;
        let only = chosen(run, &deliveries, ids)?.into_iter().map(reached).collect();
        let Run { report, schedule, scheduled_at, .. } = run.clone();
        let (trigger, repeat) = (Trigger::Manual, Repeat::Unsent);
        Ok(match self.claim(&Order { report, schedule, scheduled_at, trigger, repeat }).await? {
            Claimed::Ticket(ticket) => Claimed::Ticket(Box::new(ticket.only(only))),
            other => other,
        })
    }
}

/// The deliveries with these ids, each once.
fn chosen<'a>(run: &Run, deliveries: &'a [Delivery], ids: &[String]) -> Result<Vec<&'a Delivery>, RunError> {
    let mut known: HashMap<&str, &Delivery> =
        deliveries.iter().map(|delivery| (delivery.id.as_str(), delivery)).collect();
    let mut found: HashMap<&str, &Delivery> = HashMap::new();
    for id in ids {
        match known.remove(id.as_str()) {
            Some(delivery) => _ = found.insert(delivery.id.as_str(), delivery),
            None if found.contains_key(id.as_str()) => {}
            None => return Err(RunError::NoDelivery { run: run.id.to_string(), id: id.clone() }),
        }
    }
    Ok(found.into_values().collect())
}

fn reached(delivery: &Delivery) -> Reached {
    (delivery.channel, delivery.recipient.clone(), delivery.slice.clone())
}
