//! Schedules that somebody has paused: state, not definition, so that it needs no commit and holds at once.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Cells, Store, StoreError, to_text};
use crate::definitions::model::{FieldName, ReportId};

/// A schedule that somebody has paused.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Pause {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// Who paused it.
    pub by: String,
    /// Why; may be empty.
    pub reason: String,
    /// From when on; kept to the millisecond.
    pub since: DateTime<Utc>,
    /// Until when, exclusive; `None` until somebody resumes it.
    pub until: Option<DateTime<Utc>>,
}

impl Pause {
    /// The longest reason, in characters.
    pub const LONGEST_REASON: usize = 200;

    /// Whether a text can be a reason: one line that is not too long.
    pub fn is_reason(text: &str) -> bool {
        text.chars().count() <= Self::LONGEST_REASON && !text.chars().any(char::is_control)
    }

    /// What the audit log is told of it, by name.
    pub fn details(&self) -> Vec<(&'static str, String)> {
        let until = self.until.map(|until| ("until", until.to_rfc3339_opts(SecondsFormat::Secs, true)));
        [("change", "paused".to_owned()), ("reason", self.reason.clone())].into_iter().chain(until).collect()
    }

    /// Whether an instant falls into it.
    pub fn covers(&self, instant: DateTime<Utc>) -> bool {
        instant >= self.since && self.until.is_none_or(|until| instant < until)
    }

    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            report: cells.parsed("report")?,
            schedule: cells.parsed("schedule")?,
            by: cells.text("paused_by")?,
            reason: cells.text("reason")?,
            since: cells.instant("since")?,
            until: cells.instant_or_none("ends_at")?,
        })
    }
}

impl Store {
    /// Every pause, also those that are over.
    pub async fn pauses(&self) -> Result<Vec<Pause>, StoreError> {
        let rows = sqlx::query("SELECT * FROM schedule_pauses ORDER BY report, schedule")
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("reading which schedules are paused"))?;
        rows.iter().map(|row| Pause::from_row(&Cells(row))).collect()
    }

    /// Pauses a schedule; another pause of it gives way to this one.
    pub async fn pause(&self, pause: &Pause) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO schedule_pauses (report, schedule, paused_by, reason, since, ends_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (report, schedule) DO UPDATE SET \
             paused_by = excluded.paused_by, reason = excluded.reason, since = excluded.since, \
             ends_at = excluded.ends_at",
        )
        .bind(pause.report.to_string())
        .bind(pause.schedule.to_string())
        .bind(pause.by.clone())
        .bind(pause.reason.clone())
        .bind(to_text(pause.since))
        .bind(pause.until.map(to_text))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("pausing a schedule"))?;
        Ok(())
    }

    /// Ends the pause of a schedule at `now`; answers whether there was one.
    pub async fn resume(
        &self,
        report: &ReportId,
        schedule: &FieldName,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        // It ends instead of going: what came while it held is still known to have been paused.
        let done = sqlx::query(
            "UPDATE schedule_pauses SET ends_at = $1 \
             WHERE report = $2 AND schedule = $3 AND (ends_at IS NULL OR ends_at > $1)",
        )
        .bind(to_text(now))
        .bind(report.to_string())
        .bind(schedule.to_string())
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("resuming a schedule"))?;
        Ok(done.rows_affected() == 1)
    }
}
