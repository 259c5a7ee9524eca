//! The row that says "this instant is mine".

use chrono::{DateTime, TimeDelta, Utc};

use super::restate::MadeAgain;
use super::{Claimed, Order, RunError, Runner, Ticket, VersionedReport};
use crate::definitions::model::{FieldName, Schedule};
use crate::runs::batches::due_at;
use crate::runs::store::{Claim, Missing, NewRun, Repeat, Run, StoreError, Trigger};
use crate::runs::subscriptions::{self, Sending};

impl Runner {
    /// Makes the row of a run, unless its instant has one.
    pub async fn claim(&self, order: &Order) -> Result<Claimed, RunError> {
        let parts = &self.parts;
        let found = parts
            .catalog
            .report(&order.report)
            .ok_or_else(|| RunError::NoReport { report: order.report.to_string() })?;
        let sending = subscriptions::find(parts, &order.report, &found.report, &order.schedule).await?;
        let sending = sending.ok_or_else(|| {
            let names: Vec<&str> = found.report.schedules.keys().map(FieldName::as_str).collect();
            RunError::NoSchedule {
                report: order.report.to_string(),
                schedule: order.schedule.to_string(),
                valid: if names.is_empty() { "none".into() } else { names.join(", ") },
            }
        })?;
        let now = parts.clock.now();
        let new = self.new_run(order, &found.version, &sending.schedule, now);
        Ok(match parts.store.claim(&new, order.repeat, now).await? {
            Claim::New(run) => {
                let ticket = self.ticket(run, found, sending, Vec::new()).await?;
                Claimed::Ticket(Box::new(Ticket { repeat: order.repeat, ..ticket }))
            }
            Claim::Waiting(run) => Claimed::Waiting(Box::new(run)),
            Claim::Existing(run) => Claimed::Existing(Box::new(run)),
        })
    }

    /// Begins a run that waited, although `missing` is not there; `None` if somebody else has begun or ended it.
    pub async fn begin(
        &self,
        run: &Run,
        found: VersionedReport,
        sending: Sending,
        missing: Vec<Missing>,
    ) -> Result<Option<Ticket>, StoreError> {
        let store = &self.parts.store;
        let order = Order {
            report: run.report.clone(),
            schedule: run.schedule.clone(),
            scheduled_at: run.scheduled_at,
            trigger: run.trigger,
            repeat: Repeat::Never,
        };
        let new = self.new_run(&order, &found.version, &sending.schedule, self.parts.clock.now());
        if !store.begin_waiting(run.id, &new).await? {
            return Ok(None);
        }
        let Some(run) = store.run(run.id).await? else { return Ok(None) };
        Ok(Some(self.ticket(run, found, sending, missing).await?))
    }

    async fn ticket(
        &self,
        run: Run,
        found: VersionedReport,
        sending: Sending,
        missing: Vec<Missing>,
    ) -> Result<Ticket, StoreError> {
        Ok(Ticket {
            first: self.parts.store.origin_of(&run).await?,
            made_again: MadeAgain::of(&self.parts, &run).await?,
            run,
            report: found.report,
            schedule: sending.schedule,
            viewer: sending.viewer,
            parameters: sending.parameters,
            closed: sending.closed,
            repeat: Repeat::Never,
            only: Vec::new(),
            fresh: false,
            missing,
        })
    }

    fn new_run(&self, order: &Order, version: &str, schedule: &Schedule, now: DateTime<Utc>) -> NewRun {
        // Who starts a run by hand has looked.
        let by_itself = matches!(order.trigger, Trigger::Schedule | Trigger::CatchUp);
        let waits = schedule.wait_for.as_ref().filter(|_| by_itself);
        NewRun {
            report: order.report.clone(),
            schedule: order.schedule.clone(),
            scheduled_at: order.scheduled_at,
            trigger: order.trigger,
            instance: self.parts.settings.instance.clone(),
            definition_version: version.to_owned(),
            lease_until: self.lease_from(now),
            // A run that begins with others waits from then on.
            waits_until: waits.map(|waits| {
                let begins = self
                    .parts
                    .catalog
                    .report(&order.report)
                    .map_or(0, |found| self.parts.catalog.batch_minutes(&found.report));
                due_at(order.scheduled_at, begins) + TimeDelta::minutes(waits.at_most.minutes().into())
            }),
        }
    }
}
