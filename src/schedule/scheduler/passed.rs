//! What has passed without a run, on record.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Scheduler, exact};
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
            Some(instant) if now - *instant < TimeDelta::minutes(i64::from(watched.batch_minutes) + 1) => {
                format!(
                    "in the same batch of {} minutes as {}, which was run",
                    watched.batch_minutes,
                    exact(*instant)
                )
            }
            Some(instant) => format!("passed while the server was down; {} was run instead", exact(*instant)),
            None => {
                "passed while the server was down; its schedule is not caught up (`catch_up: skip`)".into()
            }
        };
        self.skip(come, &come.missed, Trigger::CatchUp, &reason, now).await?;
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
