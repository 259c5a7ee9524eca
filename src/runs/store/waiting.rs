//! Runs that wait for their data: rows that no process holds, so that a restart loses nothing and whichever
//! instance looks first begins them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Cells, NewRun, Run, RunId, RunState, Store, StoreError, to_text};
use crate::definitions::model::{FieldName, ReportId};

/// What a run waits for and does not find.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Missing {
    /// The data of a dataset do not go far enough.
    Dataset {
        /// The dataset.
        dataset: String,
        /// The day they must be complete through.
        wanted: NaiveDate,
        /// The day they are complete through; none for an empty dataset.
        found: Option<NaiveDate>,
    },
    /// A file, or any file of a folder, is not there.
    Object {
        /// The source.
        source: String,
        /// The path within it.
        path: String,
    },
    /// A signal has not come.
    Signal {
        /// Its name.
        name: String,
        /// Its key.
        key: String,
    },
    /// Another schedule has not succeeded on the same day.
    Schedule {
        /// The schedule, as `report/schedule`.
        schedule: String,
    },
    /// It cannot be told whether it is there.
    Unknown {
        /// What: a dataset, or a file with its source.
        what: String,
        /// Why not.
        cause: String,
    },
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dataset { dataset, wanted, found: Some(found) } => {
                write!(f, "dataset `{dataset}` is complete through {found}, not {wanted}")
            }
            Self::Dataset { dataset, wanted, found: None } => {
                write!(f, "dataset `{dataset}` is empty, and is to be complete through {wanted}")
            }
            Self::Object { source, path } if path.ends_with('/') => {
                write!(f, "there is no file in `{path}` of source `{source}`")
            }
            Self::Object { source, path } => write!(f, "there is no file `{path}` in source `{source}`"),
            Self::Signal { name, key } => write!(f, "signal `{name}` has not come with the key `{key}`"),
            Self::Schedule { schedule } => write!(f, "`{schedule}` has not succeeded on the same day"),
            Self::Unknown { what, cause } => write!(f, "{what} cannot be looked for: {cause}"),
        }
    }
}

impl Missing {
    /// All of them in one line, for logs and errors.
    pub fn line(missing: &[Self]) -> String {
        missing.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    pub(super) fn read(text: Option<String>) -> Result<Vec<Self>, StoreError> {
        let Some(text) = text else { return Ok(Vec::new()) };
        serde_json::from_str(&text).map_err(|_| StoreError::Unreadable { column: "waits_for", value: text })
    }
}

impl Store {
    /// The runs that wait and that nobody has looked at since `before`, oldest first.
    pub async fn waiting(&self, before: DateTime<Utc>) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM runs WHERE state = 'waiting' AND (looked_at IS NULL OR looked_at < $1) ORDER BY id",
        )
        .bind(to_text(before))
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("looking for runs that wait"))?;
        rows.iter().map(|row| Run::from_row(&Cells(row))).collect()
    }

    /// Takes it on to look whether a run can begin; answers whether nobody else has since `before`.
    pub async fn begin_look(
        &self,
        run: RunId,
        before: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE runs SET looked_at = $1 WHERE id = $2 AND state = 'waiting' \
             AND (looked_at IS NULL OR looked_at < $3)",
        )
        .bind(to_text(now))
        .bind(run.to_string())
        .bind(to_text(before))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("taking on to look at a run that waits"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Notes what a run still waits for.
    pub async fn note_missing(&self, run: RunId, missing: &[Missing]) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET waits_for = $1 WHERE id = $2")
            .bind(serde_json::to_string(missing).unwrap_or_default())
            .bind(run.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting what a run waits for"))?;
        Ok(())
    }

    /// Begins a run that waited, as `by` says; answers whether nobody else has begun or ended it.
    pub async fn begin_waiting(&self, run: RunId, by: &NewRun) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE runs SET state = 'running', instance = $1, definition_version = $2, lease_until = $3 \
             WHERE id = $4 AND state = 'waiting'",
        )
        .bind(by.instance.clone())
        .bind(by.definition_version.clone())
        .bind(to_text(by.lease_until))
        .bind(run.to_string())
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("beginning a run that waited"))?;
        Ok(done.rows_affected() == 1)
    }

    /// Has every waiting run looked at soon: something has come that it may wait for.
    pub async fn wake_waiting(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET looked_at = NULL WHERE state = 'waiting'")
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("waking runs that wait"))?;
        Ok(())
    }

    /// Whether the latest run of a schedule within these instants, the last excluded, has succeeded.
    pub async fn has_succeeded(
        &self,
        report: &ReportId,
        schedule: &FieldName,
        within: &std::ops::Range<DateTime<Utc>>,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT state FROM runs WHERE report = $1 AND schedule = $2 AND scheduled_at >= $3 \
             AND scheduled_at < $4 AND attempt IS NOT NULL ORDER BY scheduled_at DESC, attempt DESC LIMIT 1",
        )
        .bind(report.to_string())
        .bind(schedule.to_string())
        .bind(to_text(within.start))
        .bind(to_text(within.end))
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::query("reading the run of another schedule"))?;
        let state: Option<RunState> = row.map(|row| Cells(&row).parsed("state")).transpose()?;
        Ok(state == Some(RunState::Succeeded))
    }
}
