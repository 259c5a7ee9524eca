//! The loop: wakes when something comes due, claims it, has it performed, and ends in order.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Due, Rule, Watched, due};
use crate::definitions::model::{FieldName, ReportId};
use crate::runs::Leases;
use crate::runs::batches::due_at;
use crate::runs::delays::tell_delays;
use crate::runs::execute::{Claimed, Order, RunError, Runner, Ticket};
use crate::runs::notices::tell_failures;
use crate::runs::retention::{Retention, sweep};
use crate::runs::store::{Considered, Ending, Pause, Repeat, RunId, StoreError, Trigger};
use crate::runs::subscriptions::{self, Planned};
use crate::runs::waiting::{look, to_look_at};

mod passed;

/// How the loop behaves.
#[derive(Debug, Clone, Copy)]
pub struct SchedulerSettings {
    /// The longest sleep: how soon a clock that was set, or a run whose instance died, is noticed.
    pub longest_sleep: Duration,
    /// How long running runs may go on after the stop signal.
    pub grace: Duration,
    /// What is kept of files; swept once an hour.
    pub retention: Retention,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self {
            longest_sleep: Duration::from_secs(15),
            grace: Duration::from_secs(30),
            retention: Retention::default(),
        }
    }
}

/// A run that comes later than this counts as caught up.
const LATE: TimeDelta = TimeDelta::minutes(1);
const SWEEP_EVERY: TimeDelta = TimeDelta::hours(1);

/// The loop that performs schedules.
pub struct Scheduler {
    runner: Runner,
    settings: SchedulerSettings,
    tasks: JoinSet<RunId>,
    /// Runs under way, to be marked if they do not end in time.
    running: HashSet<RunId>,
    swept_at: Option<DateTime<Utc>>,
    /// The telling of failed runs that is under way.
    telling: Option<JoinHandle<()>>,
    /// What was seen of the runs of all instances.
    leases: Leases,
}

impl Scheduler {
    /// A loop that has runs performed by `runner`.
    pub fn new(runner: Runner, settings: SchedulerSettings) -> Self {
        Self {
            runner,
            settings,
            tasks: JoinSet::new(),
            running: HashSet::new(),
            swept_at: None,
            telling: None,
            leases: Leases::default(),
        }
    }

    /// Runs until `stop`. `changed` tells that the catalog has changed. At the end lets runs finish within the
    /// grace period and marks the others as interrupted.
    pub async fn run(mut self, mut changed: watch::Receiver<u64>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.look().await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "schedules cannot be looked at; trying again");
                    Duration::from_secs(5).min(self.settings.longest_sleep)
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
                Ok(()) = changed.changed() => {}
                Some(ended) = self.tasks.join_next() => self.forget(&ended),
            }
        }
        self.end().await;
    }

    /// Closes what an earlier life of this instance left half-done; to be called before anything can start a run in
    /// this one.
    pub async fn close_left_behind(&self) {
        let parts = self.runner.parts();
        match parts.store.close_left_behind(&parts.settings.instance, parts.clock.now()).await {
            Ok(closed) => {
                for run in closed {
                    tracing::warn!(%run, "run found half-done and closed as interrupted");
                }
            }
            Err(error) => tracing::error!(%error, "half-done runs could not be closed"),
        }
    }

    /// One look: claims what is due, starts it, and answers how long to sleep.
    async fn look(&mut self) -> Result<Duration, StoreError> {
        let now = self.runner.parts().clock.now();
        self.close_dead(now).await?;
        let watched = self.watched(now).await?;
        for come in due(&watched, now) {
            if let Some(schedule) =
                watched.iter().find(|w| w.report == come.report && w.schedule == come.schedule)
            {
                self.record_passed(&come, schedule, now).await?;
                self.start(&come, now, schedule).await?;
                // Only after the claim: a crash before it finds the instant still due. Nor are times dealt with whose
                // batch has not ended.
                let until = schedule.come(now);
                self.runner.parts().store.set_considered(&considered(schedule, until)).await?;
            }
        }
        self.look_at_waiting().await?;
        self.tell_failures();
        self.sweep(now).await?;
        let next = watched.iter().filter_map(|watched| watched.next_due(now)).min();
        let until = next.and_then(|next| (next - self.runner.parts().clock.now()).to_std().ok());
        // Never quite zero: a clock that stands still must not make the loop spin.
        Ok(until
            .unwrap_or(self.settings.longest_sleep)
            .clamp(Duration::from_millis(5), self.settings.longest_sleep))
    }

    /// Closes runs of instances that give no sign of life any more.
    async fn close_dead(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let parts = self.runner.parts();
        let leases = parts.store.leases().await?;
        let mut dead = self.leases.silent(leases, parts.settings.lease, Instant::now());
        let alive = &self.running | &self.runner.under_way();
        dead.retain(|run| !alive.contains(run));
        for run in parts.store.close_dead(&dead, now).await? {
            tracing::warn!(%run, "run of an instance that died closed as interrupted");
        }
        Ok(())
    }

    /// Every enabled schedule and subscription with how far it was looked at. One that is new, or whose rule has
    /// changed, begins now: nothing of the past is caught up by a rule that did not hold then.
    async fn watched(&self, now: DateTime<Utc>) -> Result<Vec<Watched>, StoreError> {
        let parts = self.runner.parts();
        let mut known: HashMap<(ReportId, FieldName), Considered> = parts
            .store
            .considered()
            .await?
            .into_iter()
            .map(|known| ((known.report.clone(), known.schedule.clone()), known))
            .collect();
        let mut pauses: HashMap<(ReportId, FieldName), Pause> = parts
            .store
            .pauses()
            .await?
            .into_iter()
            .map(|pause| ((pause.report.clone(), pause.schedule.clone()), pause))
            .collect();
        let mut watched = Vec::new();
        let calendars = parts.catalog.calendars();
        for Planned { report, definition, name, schedule } in subscriptions::all(parts).await? {
            let rule = match Rule::of(&schedule, &definition, &calendars) {
                Ok(rule) => rule,
                Err(error) => {
                    tracing::error!(%report, schedule = %name, %error, "schedule cannot be used");
                    continue;
                }
            };
            let key = (report.clone(), name.clone());
            let before = known.remove(&key);
            let same = before.as_ref().filter(|before| before.rule == rule.to_string());
            let schedule = Watched {
                report,
                schedule: name,
                until: same.map_or(now, |before| before.until.min(now)),
                catch_up: schedule.catch_up,
                pause: pauses.remove(&key),
                batch_minutes: parts.catalog.batch_minutes(&definition),
                rule,
            };
            if same.is_none() {
                parts.store.set_considered(&considered(&schedule, now)).await?;
            }
            watched.push(schedule);
        }
        // What is left was switched off or taken away: when it comes back, it begins anew.
        for gone in known.into_values().filter(|gone| !gone.rule.is_empty()) {
            parts.store.set_considered(&Considered { rule: String::new(), until: now, ..gone }).await?;
        }
        Ok(watched)
    }

    /// Claims the runs, and has them performed.
    async fn start(&mut self, come: &Due, now: DateTime<Utc>, schedule: &Watched) -> Result<(), StoreError> {
        for instant in &come.instants {
            let order = Order {
                report: come.report.clone(),
                schedule: come.schedule.clone(),
                scheduled_at: *instant,
                trigger: if now - due_at(*instant, schedule.batch_minutes) > LATE {
                    Trigger::CatchUp
                } else {
                    Trigger::Schedule
                },
                repeat: Repeat::Never,
            };
            match self.runner.claim(&order).await {
                Ok(Claimed::Ticket(ticket)) => self.spawn(*ticket),
                // It is looked at with all that wait.
                Ok(Claimed::Waiting(run)) => {
                    tracing::info!(run = %run.id, report = %run.report, "run waits for its data");
                }
                // Another instance was faster, or this one before it was restarted.
                Ok(Claimed::Existing(_)) => {}
                Err(RunError::Store(error)) => return Err(error),
                // The definitions changed between two looks: there is nothing left to run.
                Err(error) => tracing::warn!(report = %come.report, %error, "due schedule is gone"),
            }
        }
        Ok(())
    }

    fn spawn(&mut self, ticket: Ticket) {
        let (runner, id) = (self.runner.clone(), ticket.run().id);
        self.running.insert(id);
        self.tasks.spawn(async move {
            if let Err(error) = runner.perform(ticket).await {
                tracing::error!(run = %id, %error, "the end of a run could not be recorded");
            }
            id
        });
    }

    /// Looks beside the loop at every run that waits, and has those that can begin performed.
    async fn look_at_waiting(&mut self) -> Result<(), StoreError> {
        for run in to_look_at(&self.runner).await? {
            let (runner, id) = (self.runner.clone(), run.id);
            if !self.running.insert(id) {
                continue;
            }
            self.tasks.spawn(async move {
                match look(&runner, &run).await {
                    Ok(Some(ticket)) => {
                        if let Err(error) = runner.perform(ticket).await {
                            tracing::error!(run = %id, %error, "the end of a run could not be recorded");
                        }
                    }
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(run = %id, %error, "a run that waits could not be looked at");
                    }
                }
                id
            });
        }
        Ok(())
    }

    fn forget(&mut self, ended: &Result<RunId, tokio::task::JoinError>) {
        if let Ok(id) = ended {
            self.running.remove(id);
        }
    }

    /// Tells of failed and late runs beside the loop: a slow mail server must not keep schedules waiting.
    fn tell_failures(&mut self) {
        if self.telling.as_ref().is_some_and(|telling| !telling.is_finished()) {
            return;
        }
        let runner = self.runner.clone();
        self.telling = Some(tokio::spawn(async move {
            if let Err(error) = tell_failures(&runner).await {
                tracing::error!(%error, "failed runs could not be looked for");
            }
            if let Err(error) = tell_delays(&runner).await {
                tracing::error!(%error, "late runs could not be looked for");
            }
        }));
    }

    async fn sweep(&mut self, now: DateTime<Utc>) -> Result<(), StoreError> {
        if self.swept_at.is_some_and(|last| now - last < SWEEP_EVERY) {
            return Ok(());
        }
        self.swept_at = Some(now);
        let parts = self.runner.parts();
        let swept = sweep(&parts.store, &parts.shelf, self.settings.retention, now).await?;
        if swept.files + swept.strays > 0 {
            tracing::info!(
                files = swept.files,
                bytes = swept.bytes,
                strays = swept.strays,
                "old files removed"
            );
        }
        Ok(())
    }

    /// Waits for runs under way, then gives up on the rest and says so in the store. What could not be told
    /// of failures any more is told after the next start.
    async fn end(mut self) {
        let telling = self.telling.take();
        let finished = async {
            if let Some(telling) = telling {
                let _ = telling.await;
            }
            while let Some(ended) = self.tasks.join_next().await {
                if let Ok(id) = ended {
                    self.running.remove(&id);
                }
            }
        };
        if tokio::time::timeout(self.settings.grace, finished).await.is_ok() {
            return;
        }
        self.tasks.shutdown().await;
        let parts = self.runner.parts();
        let ending = Ending::Interrupted {
            message:
                "the server was stopped and the run did not end within the grace period; run it again to \
                      send what was not sent"
                    .into(),
        };
        for id in self.running {
            match parts.store.finish(id, &ending, &[], parts.clock.now()).await {
                Ok(()) => tracing::warn!(run = %id, "run interrupted by the stop"),
                // It ended just now.
                Err(StoreError::Illegal { .. }) => {}
                Err(error) => tracing::error!(run = %id, %error, "an interrupted run could not be marked"),
            }
        }
    }
}

fn exact(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn considered(watched: &Watched, until: DateTime<Utc>) -> Considered {
    Considered {
        report: watched.report.clone(),
        schedule: watched.schedule.clone(),
        rule: watched.rule.to_string(),
        until,
    }
}

#[cfg(test)]
mod tests;
