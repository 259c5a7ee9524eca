//! What has passed without a run, on record.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Scheduler, exact};
use crate::runs::batches::due_at;
use crate::runs::store::{NewRun, StoreError, Trigger};
use crate::schedule::{Due, Watched};

impl Scheduler {
    /// Records what has passed and is not run.
    pub(super) async fn record_passed(
        &self,
        come: &Due,
        watched: &Watched,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (report, schedule) = (&come.report, &come.schedule);
        if come.missed_count > 0 {
            tracing::warn!(%report, %schedule, missed = come.missed_count, "instants passed without a run");
        }
        let reason = match come.instants.last() {
            Some(instant) => format!("passed while the server was down; {} was run instead", exact(*instant)),
            None => {
                "passed while the server was down; its schedule is not caught up (`catch_up: skip`)".into()
            }
        };
        // Of a schedule that is finer than its batches, the others of a batch are no downtime.
        let batch = watched.batch_minutes;
        let run = come.instants.last().map(|instant| due_at(*instant, batch));
        let (together, missed): (Vec<_>, Vec<_>) =
            come.missed.iter().partition(|missed| batch > 0 && Some(due_at(**missed, batch)) == run);
        let reason_of_batch = format!("in the same batch of {batch} minutes as the run after it");
        self.skip(come, &together, Trigger::Schedule, &reason_of_batch, now).await?;
        self.skip(come, &missed, Trigger::CatchUp, &reason, now).await?;
        if let Some(pause) = &watched.pause {
            let why = if pause.reason.is_empty() { String::new() } else { format!(": {}", pause.reason) };
            let reason = format!("{} paused the schedule on {}{why}", pause.by, exact(pause.since));
            self.skip(come, &come.paused, Trigger::Schedule, &reason, now).await?;
        }
        Ok(())
    }

    async fn skip(
        &self,
        come: &Due,
        instants: &[DateTime<Utc>],
        trigger: Trigger,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let parts = self.runner.parts();
        for (instant, before) in instants.iter().zip((1..=instants.len()).rev()) {
            // Each in a millisecond of its own: runs are listed by when they were recorded.
            let now = now - TimeDelta::milliseconds(i64::try_from(before).unwrap_or_default());
            let skipped = NewRun {
                report: come.report.clone(),
                schedule: come.schedule.clone(),
                scheduled_at: *instant,
                trigger,
                instance: parts.settings.instance.clone(),
                definition_version: String::new(),
                lease_until: now,
                waits_until: None,
            };
            parts.store.skip(&skipped, reason, now).await?;
        }
        Ok(())
    }
}
