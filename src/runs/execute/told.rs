//! What the audit log is told: who got the files of a run, and who did not.

use std::borrow::Borrow;

use super::Parts;
use crate::ledger::audit::{AuditAction, Event, Method, Outcome};
use crate::runs::store::{Delivery, DeliveryState, Run};

/// Tells how deliveries of a run ended. They are recorded in the store already, so a log that cannot be written
/// stops nothing: what was sent cannot be taken back.
pub(super) async fn tell<D: Borrow<Delivery>>(parts: &Parts, run: &Run, ended: &[(D, DeliveryState)]) {
    if ended.is_empty() {
        return;
    }
    let now = parts.clock.now();
    let events: Vec<Event> = ended
        .iter()
        .map(|(delivery, state)| {
            let delivery: &Delivery = delivery.borrow();
            Event::new(AuditAction::Delivered, now)
                .by(&format!("{}/{}", run.report, run.schedule), Method::Schedule)
                .on("report", run.report.as_str())
                .ended(if *state == DeliveryState::Sent { Outcome::Done } else { Outcome::Failed })
                .with("state", state.as_str())
                .with("run", run.id.to_string())
                .with("trigger", run.trigger.as_str())
                .with("channel", delivery.channel.as_str())
                .with("recipient", delivery.recipient.clone())
        })
        .collect();
    if let Err(error) = parts.audit.append(&events).await {
        tracing::error!(run = %run.id, %error, deliveries = events.len(), "deliveries were not told to the audit log");
    }
}
