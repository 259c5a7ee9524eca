//! Which failed runs their owners still have to be told of, and which late ones their recipients.

use chrono::{DateTime, Utc};

use super::{Cells, Run, RunId, Store, StoreError, to_text};
use crate::definitions::model::{ReportId, Schedule};

impl Store {
    /// At most `limit` runs of schedules that failed and that nobody was told of, oldest first.
    pub async fn untold(&self, limit: usize, now: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM runs WHERE state IN ('failed', 'interrupted') AND told_at IS NULL \
             AND trigger_kind IN ('schedule', 'catch_up') \
             AND (telling_until IS NULL OR telling_until < $1) ORDER BY id LIMIT $2",
        )
        .bind(to_text(now))
        .bind(limit as i64)
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("looking for failed runs nobody was told of"))?;
        rows.iter().map(|row| Run::from_row(&Cells(row))).collect()
    }

    /// Takes it on to tell of a run until `until`; answers whether nobody else did.
    pub async fn begin_telling(
        &self,
        run: RunId,
        until: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE runs SET telling_until = $1 WHERE id = $2 AND told_at IS NULL \
             AND (telling_until IS NULL OR telling_until < $3)",
        )
        .bind(to_text(until))
        .bind(run.to_string())
        .bind(to_text(now))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("taking on to tell of a failed run"))?;
        Ok(done.rows_affected() == 1)
    }

    /// When it was told last, after `since`, that a subscription to a report failed.
    pub async fn told_of_subscriptions(
        &self,
        report: &ReportId,
        since: DateTime<Utc>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(
            "SELECT told_at FROM runs WHERE report = $1 AND schedule LIKE $2 AND told_at >= $3 \
             ORDER BY told_at DESC LIMIT 1",
        )
        .bind(report.to_string())
        .bind(format!("{}%", Schedule::SUBSCRIPTION))
        .bind(to_text(since))
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::query("looking whether failed subscriptions were told of"))?;
        row.map(|row| Cells(&row).instant("told_at")).transpose()
    }

    /// Notes that whoever is to know of a run was told.
    pub async fn note_told(&self, run: RunId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET told_at = $1 WHERE id = $2")
            .bind(to_text(now))
            .bind(run.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting that a failed run was told of"))?;
        Ok(())
    }

    /// The first attempts of schedules for instants from `since` through `until` that nobody was told of being late, and
    /// whose instant has had no run that ended well.
    pub async fn late(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.* FROM runs r WHERE r.attempt = 1 AND r.delay_told_at IS NULL \
             AND r.trigger_kind IN ('schedule', 'catch_up') AND r.scheduled_at >= $1 AND r.scheduled_at <= $2 \
             AND NOT EXISTS (SELECT 1 FROM runs n WHERE n.report = r.report AND n.schedule = r.schedule \
               AND n.scheduled_at = r.scheduled_at AND n.state IN ('succeeded', 'skipped')) ORDER BY r.id",
        )
        .bind(to_text(since))
        .bind(to_text(until))
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("looking for runs that are late"))?;
        rows.iter().map(|row| Run::from_row(&Cells(row))).collect()
    }

    /// Notes that recipients are told at `now` that a run is late; answers whether nobody else did.
    pub async fn begin_telling_delay(&self, run: RunId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE runs SET delay_told_at = $1 WHERE id = $2 AND delay_told_at IS NULL")
            .bind(to_text(now))
            .bind(run.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting that recipients are told of a delay"))?;
        Ok(done.rows_affected() == 1)
    }
}
