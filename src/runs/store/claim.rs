//! Claiming a scheduled instant: whoever inserts the row performs the run.

use chrono::{DateTime, Utc};

use super::{Cells, Run, RunId, RunState, Store, StoreError, Trigger, to_text};
use crate::definitions::model::{FieldName, ReportId};

/// A run that is to be made.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The report.
    pub report: ReportId,
    /// The schedule within the report.
    pub schedule: FieldName,
    /// The instant it stands for; kept to the millisecond.
    pub scheduled_at: DateTime<Utc>,
    /// What starts it.
    pub trigger: Trigger,
    /// The server instance that will perform it.
    pub instance: String,
    /// The version of the definitions it uses.
    pub definition_version: String,
    /// Until when it counts as alive without a further sign.
    pub lease_until: DateTime<Utc>,
    /// Until when it waits for its data; none for one that begins at once.
    pub waits_until: Option<DateTime<Utc>>,
}

/// What to do when the instant has had its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeat {
    /// Answer with the run there is.
    #[default]
    Never,
    /// Run again, and send to those whom no earlier attempt has reached for all we know.
    Unsent,
    /// Run again, and send to everybody again.
    Everyone,
}

/// Whether the caller is the one to perform the run.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// It is: the row is new, or waited for its data and does not any more.
    New(Run),
    /// Nobody is yet: the row is new and waits for its data.
    Waiting(Run),
    /// It is not: this is the latest run of the instant.
    Existing(Run),
}

/// Whose mail an attempt carries on.
#[derive(Clone, Copy)]
enum Origin {
    /// That of the first attempt.
    First,
    /// Nobody's: it sends everybody anew.
    Own,
    /// That of this one.
    Of(RunId),
}

/// How a row begins.
#[derive(Clone, Copy)]
enum Begun<'a> {
    /// It is performed.
    Running,
    /// It waits until then.
    Waiting(DateTime<Utc>),
    /// It is not, and why.
    Skipped(&'a str),
}

impl Store {
    /// Inserts the run of an instant, unless it has one and `repeat` does not ask for another. A
    /// run under way is never doubled.
    pub async fn claim(&self, new: &NewRun, repeat: Repeat, now: DateTime<Utc>) -> Result<Claim, StoreError> {
        if new.trigger == Trigger::DryRun {
            return self
                .insert(new, None, Begun::Running, Origin::First, now)
                .await?
                .map(Claim::New)
                .ok_or(lost_row());
        }
        let begun = new.waits_until.map_or(Begun::Running, Begun::Waiting);
        let anew = new.trigger == Trigger::Backfill && repeat == Repeat::Everyone;
        let origin = if anew { Origin::Own } else { Origin::First };
        if let Some(run) = self.insert(new, Some(1), begun, origin, now).await? {
            return Ok(if run.state == RunState::Waiting { Claim::Waiting(run) } else { Claim::New(run) });
        }
        // Two callers may ask for a rerun at once: the one that loses the row looks again, and then
        // finds the other's run under way.
        for _ in 0..10 {
            let latest =
                self.latest(&new.report, &new.schedule, new.scheduled_at).await?.ok_or_else(lost_row)?;
            // Whoever sends it now does not want it to wait.
            let waits = latest.state == RunState::Waiting && repeat != Repeat::Never;
            if waits && self.begin_waiting(latest.id, new).await? {
                return self.run(latest.id).await?.map(Claim::New).ok_or_else(lost_row);
            }
            if repeat == Repeat::Never || !latest.state.is_final() {
                return Ok(Claim::Existing(latest));
            }
            let attempt = latest.attempt.unwrap_or_default() + 1;
            let origin = if anew { Origin::Own } else { latest.origin.map_or(Origin::First, Origin::Of) };
            if let Some(run) = self.insert(new, Some(attempt), Begun::Running, origin, now).await? {
                return Ok(Claim::New(run));
            }
        }
        Err(lost_row())
    }

    /// Records that an instant was passed over; nothing happens if it has a run. Answers whether
    /// the record is new.
    pub async fn skip(&self, new: &NewRun, reason: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        Ok(self.insert(new, Some(1), Begun::Skipped(reason), Origin::First, now).await?.is_some())
    }

    /// The latest attempt for an instant; dry runs do not count.
    pub async fn latest(
        &self,
        report: &ReportId,
        schedule: &FieldName,
        scheduled_at: DateTime<Utc>,
    ) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM runs WHERE report = $1 AND schedule = $2 AND scheduled_at = $3 \
             AND attempt IS NOT NULL ORDER BY attempt DESC LIMIT 1",
        )
        .bind(report.to_string())
        .bind(schedule.to_string())
        .bind(to_text(scheduled_at))
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::query("reading the run of an instant"))?;
        row.map(|row| Run::from_row(&Cells(&row))).transpose()
    }

    /// The attempt whose mail `run` carries on: the one that sent everybody anew, or the first for the instant; itself
    /// for dry runs.
    pub async fn origin_of(&self, run: &Run) -> Result<RunId, StoreError> {
        if let Some(origin) = run.origin {
            return Ok(origin);
        }
        let row = sqlx::query(
            "SELECT id FROM runs WHERE report = $1 AND schedule = $2 AND scheduled_at = $3 AND attempt = 1",
        )
        .bind(run.report.to_string())
        .bind(run.schedule.to_string())
        .bind(to_text(run.scheduled_at))
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::query("reading the first run of an instant"))?;
        let first = row.filter(|_| run.attempt.is_some());
        first.map_or(Ok(run.id), |row| Cells(&row).parsed("id"))
    }

    /// The latest run of every schedule; dry runs do not count.
    pub async fn latest_of_each(&self) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM runs WHERE id IN \
             (SELECT MAX(id) FROM runs WHERE attempt IS NOT NULL GROUP BY report, schedule)",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading the latest runs"))?;
        rows.iter().map(|row| Run::from_row(&Cells(row))).collect()
    }

    /// The inserted run, or `None` when the attempt exists.
    async fn insert(
        &self,
        new: &NewRun,
        attempt: Option<i64>,
        begun: Begun<'_>,
        origin: Origin,
        now: DateTime<Utc>,
    ) -> Result<Option<Run>, StoreError> {
        let id = RunId::new(now);
        let origin = match origin {
            Origin::First => None,
            Origin::Own => Some(id.to_string()),
            Origin::Of(run) => Some(run.to_string()),
        };
        let (state, skipped, waits_until) = match begun {
            Begun::Running => (RunState::Running, None, None),
            Begun::Waiting(until) => (RunState::Waiting, None, Some(until)),
            Begun::Skipped(reason) => (RunState::Skipped, Some(reason), None),
        };
        let done = sqlx::query(
            "INSERT INTO runs (id, report, schedule, scheduled_at, attempt, trigger_kind, state, instance, \
             lease_until, definition_version, started_at, warnings, error, finished_at, waits_until, origin) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '[]', $12, $13, $14, $15) \
             ON CONFLICT (report, schedule, scheduled_at, attempt) DO NOTHING",
        )
        .bind(id.to_string())
        .bind(new.report.to_string())
        .bind(new.schedule.to_string())
        .bind(to_text(new.scheduled_at))
        .bind(attempt)
        .bind(new.trigger.as_str())
        .bind(state.as_str())
        .bind(new.instance.clone())
        .bind((state == RunState::Running).then(|| to_text(new.lease_until)))
        .bind(new.definition_version.clone())
        .bind(to_text(now))
        .bind(skipped.map(str::to_owned))
        .bind(skipped.map(|_| to_text(now)))
        .bind(waits_until.map(to_text))
        .bind(origin)
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("claiming a run"))?;
        if done.rows_affected() == 0 { Ok(None) } else { self.run(id).await }
    }
}

fn lost_row() -> StoreError {
    StoreError::Query { doing: "claiming a run", source: sqlx::Error::RowNotFound }
}
