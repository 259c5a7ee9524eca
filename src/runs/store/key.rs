//! Keys of requests that start runs: the same request sent again finds the run of the first.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Cells, Store, StoreError, to_text};
use crate::definitions::model::{FieldName, ReportId};

/// How long a key is remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

/// A request that starts a run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunKey {
    /// Whose key it is: those of others are other keys.
    pub actor: String,
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// What the caller called it.
    pub key: String,
    /// What was asked, to tell a repetition from another request under the same key.
    pub request: String,
    /// The instant its run stands for, if this is the first.
    pub scheduled_at: DateTime<Utc>,
}

impl Store {
    /// The instant and the request that a key was first used with: those of `key` itself where it is new. Of
    /// two callers at once both get the same.
    pub async fn keep_run_key(
        &self,
        key: &RunKey,
        now: DateTime<Utc>,
    ) -> Result<(DateTime<Utc>, String), StoreError> {
        let doing = "keeping the key of a request";
        sqlx::query("DELETE FROM run_keys WHERE created_at < $1")
            .bind(to_text(now - REMEMBERED))
            .execute(&self.pool)
            .await
            .map_err(StoreError::query(doing))?;
        sqlx::query(
            "INSERT INTO run_keys (actor, report, schedule, key, request, scheduled_at, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (actor, report, schedule, key) DO NOTHING",
        )
        .bind(key.actor.clone())
        .bind(key.report.to_string())
        .bind(key.schedule.to_string())
        .bind(key.key.clone())
        .bind(key.request.clone())
        .bind(to_text(key.scheduled_at))
        .bind(to_text(now))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query(doing))?;
        let row = sqlx::query(
            "SELECT request, scheduled_at FROM run_keys \
             WHERE actor = $1 AND report = $2 AND schedule = $3 AND key = $4",
        )
        .bind(key.actor.clone())
        .bind(key.report.to_string())
        .bind(key.schedule.to_string())
        .bind(key.key.clone())
        .fetch_one(&self.pool)
        .await
        .map_err(StoreError::query(doing))?;
        let cells = Cells(&row);
        Ok((cells.instant("scheduled_at")?, cells.text("request")?))
    }
}
