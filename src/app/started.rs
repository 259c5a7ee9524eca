//! Runs that somebody has started by hand, and whose files are whose.

use chrono::{DateTime, SubsecRound as _, Utc};

use super::backend::{LiveBackend, failed};
use super::sight::Sight;
use crate::access::{Action, Object, Standing};
use crate::error::Kind;
use crate::runs::execute::{Claimed, Order, Resend, RunError, VersionedReport};
use crate::runs::store::{Repeat, Run, RunFilter, RunId, RunKey, Trigger};
use crate::web::{BackendError, RunOrder, StartedRun};

impl LiveBackend {
    /// Starts a run that somebody has ordered; `None` where its schedule is closed to them.
    pub(super) async fn start_ordered(
        &self,
        standing: Standing,
        order: RunOrder,
    ) -> Result<Option<StartedRun>, BackendError> {
        if !standing.may(Action::Schedule, Object::Report(&order.report)) {
            return Ok(None);
        }
        let parts = self.runner.parts();
        // A run of now is that of this millisecond, so that two that are meant as two are two.
        let now = parts.clock.now().trunc_subsecs(3);
        let key = RunKey {
            actor: standing.viewer().name().to_owned(),
            report: order.report.clone(),
            schedule: order.schedule.clone(),
            key: order.key,
            request: format!("{} {}", order.at.map(|at| at.to_rfc3339()).unwrap_or_default(), order.dry_run),
            scheduled_at: order.at.unwrap_or(now),
        };
        let has_schedule = |report: &VersionedReport| report.report.schedules.contains_key(&key.schedule);
        if !parts.catalog.report(&key.report).is_some_and(|report| has_schedule(&report)) {
            return Ok(None);
        }
        let kept = parts.store.keep_run_key(&key, now).await;
        let (scheduled_at, request) = kept.map_err(|error| failed(&error))?;
        if request != key.request {
            return Ok(Some(StartedRun::OtherRequest));
        }
        self.begin(&standing, order.dry_run, key, scheduled_at).await
    }

    /// Sends a run again to whom it has not reached; `None` where it is closed to them.
    pub(super) async fn resend_run(
        &self,
        standing: Standing,
        id: RunId,
        resend: &Resend,
    ) -> Result<Option<StartedRun>, BackendError> {
        let store = &self.runner.parts().store;
        let Some(run) = store.run(id).await.map_err(|error| failed(&error))? else { return Ok(None) };
        if !standing.may(Action::Schedule, Object::Report(&run.report)) {
            return Ok(None);
        }
        let claimed = self.runner.claim_open(&run, resend).await;
        self.perform(&standing, claimed)
    }

    /// Claims the run of an instant and has it performed; whoever asked does not wait for it.
    async fn begin(
        &self,
        standing: &Standing,
        dry_run: bool,
        key: RunKey,
        scheduled_at: DateTime<Utc>,
    ) -> Result<Option<StartedRun>, BackendError> {
        let trigger = if dry_run { Trigger::DryRun } else { Trigger::Manual };
        let store = &self.runner.parts().store;
        // Dry runs are not unique by instant in the store, so a repeated request looks first.
        if dry_run {
            let filter = RunFilter {
                report: Some(key.report.clone()),
                schedule: Some(key.schedule.clone()),
                ..RunFilter::default()
            };
            let latest = store.runs(&filter, 200).await.map_err(|error| failed(&error))?;
            let same = |run: &Run| run.trigger == trigger && run.scheduled_at == scheduled_at;
            if let Some(run) = latest.runs.into_iter().find(same) {
                return Ok(Some(StartedRun::Existing(Sight::of(standing).told(run))));
            }
        }
        let RunKey { report, schedule, .. } = key;
        let order = Order { report, schedule, scheduled_at, trigger, repeat: Repeat::Never };
        self.start(standing, &order).await
    }

    pub(super) async fn start(
        &self,
        standing: &Standing,
        order: &Order,
    ) -> Result<Option<StartedRun>, BackendError> {
        let claimed = self.runner.claim(order).await;
        self.perform(standing, claimed)
    }

    /// Has a run performed, if it was claimed; whoever asked does not wait for it.
    fn perform(
        &self,
        standing: &Standing,
        claimed: Result<Claimed, RunError>,
    ) -> Result<Option<StartedRun>, BackendError> {
        let claimed = match claimed {
            Ok(claimed) => claimed,
            // The definition changed in between.
            Err(error) if error.kind() == Kind::NotFound => return Ok(None),
            Err(error) => return Err(BackendError { kind: error.kind(), message: error.to_string() }),
        };
        let ticket = match claimed {
            Claimed::Existing(run) | Claimed::Waiting(run) => {
                return Ok(Some(StartedRun::Existing(Sight::of(standing).told(*run))));
            }
            Claimed::Ticket(ticket) => ticket,
        };
        let (run, runner) = (ticket.run().clone(), self.runner.clone());
        self.started.spawn(async move {
            let id = ticket.run().id;
            if let Err(error) = runner.perform(*ticket).await {
                tracing::error!(run = %id, %error, "a run that was started by hand was not recorded");
            }
        });
        Ok(Some(StartedRun::New(Sight::of(standing).told(run))))
    }

    /// Whether the files of a run show nothing that the viewer may not see: those who see the same of its
    /// data as the run did may have them.
    pub(super) fn may_take(&self, standing: &Standing, run: &Run) -> bool {
        if standing.viewer().is_operator() {
            return true;
        }
        let catalog = self.evaluator.catalog();
        let Some(report) = catalog.reports.get(&run.report) else { return false };
        let seen = standing.fingerprint(report);
        standing.may(Action::Export, Object::Report(&run.report))
            && seen.is_ok_and(|seen| run.seen.as_deref() == Some(seen.as_str()))
    }
}
