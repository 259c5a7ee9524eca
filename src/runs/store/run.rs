//! Runs: reading them, moving them on, ending them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Cells, Missing, RunState, Stage, Store, StoreError, Trigger, to_text};
use crate::definitions::model::{FieldName, ReportId};
use crate::engine::MemoryUse;
use crate::error::Kind;

/// The id of a run: a UUID of version 7, so ids sort by the instant they were made at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct RunId(#[serde(serialize_with = "as_text")] uuid::Uuid);

fn as_text<S: serde::Serializer>(id: &uuid::Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

impl RunId {
    /// Its bits, most of which are random.
    pub fn bits(self) -> u128 {
        self.0.as_u128()
    }

    /// A new id for a run made at `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(super::new_uuid(now))
    }
}

impl std::fmt::Display for RunId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for RunId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        // Only the usual form with hyphens: other spellings would name the same folder twice.
        uuid::Uuid::parse_str(text).ok().filter(|id| id.to_string() == text).map(Self).ok_or_else(|| {
            StoreError::Missing {
                what: "run",
                id: text.chars().filter(|c| !c.is_control()).take(80).collect(),
            }
        })
    }
}

/// One execution of a report for one scheduled instant.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The report.
    pub report: ReportId,
    /// The schedule within the report.
    pub schedule: FieldName,
    /// The instant it stands for and is evaluated at.
    pub scheduled_at: DateTime<Utc>,
    /// 1 for the first, more for reruns of the same instant; none for dry runs.
    pub attempt: Option<i64>,
    /// What started it.
    pub trigger: Trigger,
    /// Where it stands.
    pub state: RunState,
    /// The part of the pipeline it is in, or ended in.
    pub stage: Option<Stage>,
    /// The server instance that performs it.
    pub instance: String,
    /// The version of the definitions it uses.
    pub definition_version: String,
    /// A digest of what it may see of its data; whoever may see the same may have its files.
    pub seen: Option<String>,
    /// The attempt that sent everybody anew and that this one carries on; none where that is the first of the instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<RunId>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Until when it waits for its data, or waited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<DateTime<Utc>>,
    /// What it still waits for, or waited for last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<Missing>,
    /// When recipients were told that it is late.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_told_at: Option<DateTime<Utc>>,
    /// How the questions of a burst were answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<MemoryUse>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The kind of error it ended with, as a word (see [`Kind`]).
    pub error_kind: Option<String>,
    /// Why it failed, in words for its owner.
    pub error: Option<String>,
    /// What was wrong without stopping it, such as glyphs no bundled font has.
    pub warnings: Vec<String>,
}

/// How a run ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// Everything was done.
    Succeeded,
    /// An error stopped it.
    Failed {
        /// Whose fault.
        kind: Kind,
        /// What, where, and the next step.
        message: String,
    },
    /// The server stopped.
    Interrupted {
        /// Why.
        message: String,
    },
    /// There was nothing to send.
    Skipped {
        /// Why.
        message: String,
    },
}

/// Which runs to list.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Only of this report.
    pub report: Option<ReportId>,
    /// Only of these reports.
    pub among: Option<Vec<ReportId>>,
    /// Only of this schedule.
    pub schedule: Option<FieldName>,
    /// Only in this state.
    pub state: Option<RunState>,
    /// Only runs made before this one: the last of the page before.
    pub before: Option<RunId>,
}

/// One page of runs, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<Run>,
    /// Whether there are older ones; ask with [`RunFilter::before`] set to the last of these.
    pub more: bool,
}

impl Run {
    /// Whether another attempt can send what this one did not; one that waits is sent without waiting.
    pub fn can_be_resent(&self) -> bool {
        self.attempt.is_some() && !matches!(self.state, RunState::Running | RunState::Succeeded)
    }

    pub(super) fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let warnings = cells.text("warnings")?;
        Ok(Self {
            id: cells.parsed("id")?,
            report: cells.parsed("report")?,
            schedule: cells.parsed("schedule")?,
            scheduled_at: cells.instant("scheduled_at")?,
            attempt: cells.number_or_none("attempt")?,
            trigger: cells.parsed("trigger_kind")?,
            state: cells.parsed("state")?,
            stage: cells.parsed_or_none("stage")?,
            instance: cells.text("instance")?,
            definition_version: cells.text("definition_version")?,
            seen: cells.text_or_none("seen")?,
            origin: cells.parsed_or_none("origin")?,
            started_at: cells.instant("started_at")?,
            waits_until: cells.instant_or_none("waits_until")?,
            waits_for: Missing::read(cells.text_or_none("waits_for")?)?,
            delay_told_at: cells.instant_or_none("delay_told_at")?,
            burst: match cells.text_or_none("burst")? {
                Some(text) => Some(
                    serde_json::from_str(&text)
                        .map_err(|_| StoreError::Unreadable { column: "burst", value: text.clone() })?,
                ),
                None => None,
            },
            finished_at: cells.instant_or_none("finished_at")?,
            error_kind: cells.text_or_none("error_kind")?,
            error: cells.text_or_none("error")?,
            warnings: serde_json::from_str(&warnings)
                .map_err(|_| StoreError::Unreadable { column: "warnings", value: warnings.clone() })?,
        })
    }
}

impl Store {
    /// One run.
    pub async fn run(&self, id: RunId) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query("SELECT * FROM runs WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading a run"))?;
        row.map(|row| Run::from_row(&Cells(&row))).transpose()
    }

    /// At most `limit` (1 to 500) runs, newest first.
    pub async fn runs(&self, filter: &RunFilter, limit: usize) -> Result<RunPage, StoreError> {
        let limit = limit.clamp(1, 500);
        // Reports are names of one alphabet, so a list of them in commas can be searched.
        let among = filter
            .among
            .as_ref()
            .map(|reports| reports.iter().fold(String::from(","), |list, report| format!("{list}{report},")));
        let rows = sqlx::query(
            "SELECT * FROM runs \
             WHERE (CAST($1 AS TEXT) IS NULL OR report = $1) \
               AND (CAST($2 AS TEXT) IS NULL OR schedule = $2) \
               AND (CAST($3 AS TEXT) IS NULL OR state = $3) \
               AND (CAST($4 AS TEXT) IS NULL OR id < $4) \
               AND (CAST($6 AS TEXT) IS NULL OR CAST($6 AS TEXT) LIKE '%,' || replace(report, '_', '\\_') || ',%' ESCAPE '\\') \
             ORDER BY id DESC LIMIT $5",
        )
        .bind(filter.report.as_ref().map(ToString::to_string))
        .bind(filter.schedule.as_ref().map(ToString::to_string))
        .bind(filter.state.map(|state| state.as_str().to_owned()))
        .bind(filter.before.map(|id| id.to_string()))
        .bind(limit as i64 + 1)
        .bind(among)
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("listing runs"))?;
        let more = rows.len() > limit;
        let runs = rows.iter().take(limit).map(|row| Run::from_row(&Cells(row))).collect::<Result<_, _>>()?;
        Ok(RunPage { runs, more })
    }

    /// Notes what a run may see of its data.
    pub async fn note_seen(&self, id: RunId, seen: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET seen = $1 WHERE id = $2")
            .bind(seen.to_owned())
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting what a run may see"))?;
        Ok(())
    }

    /// Notes how a burst was answered.
    pub async fn note_burst(&self, id: RunId, used: &impl serde::Serialize) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET burst = $1 WHERE id = $2")
            .bind(serde_json::to_string(used).unwrap_or_default())
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting how a burst was answered"))?;
        Ok(())
    }

    /// Notes digests of what panels of a run show, by panel.
    pub async fn note_shown(&self, id: RunId, shown: &BTreeMap<String, String>) -> Result<(), StoreError> {
        sqlx::query("UPDATE runs SET shown = $1 WHERE id = $2")
            .bind(serde_json::to_string(shown).unwrap_or_default())
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting what a run shows"))?;
        Ok(())
    }

    /// What panels showed in the last run of the same schedule that was sent before `run`.
    pub async fn shown_before(&self, run: &Run) -> Result<Option<BTreeMap<String, String>>, StoreError> {
        let row = sqlx::query(
            "SELECT shown FROM runs WHERE report = $1 AND schedule = $2 AND scheduled_at < $3 \
             AND state = 'succeeded' AND attempt IS NOT NULL AND shown IS NOT NULL \
             ORDER BY scheduled_at DESC, attempt DESC LIMIT 1",
        )
        .bind(run.report.to_string())
        .bind(run.schedule.to_string())
        .bind(to_text(run.scheduled_at))
        .fetch_optional(&self.pool)
        .await
        .map_err(StoreError::query("reading what the run before showed"))?;
        let Some(row) = row else { return Ok(None) };
        let text = Cells(&row).text("shown")?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| StoreError::Unreadable { column: "shown", value: text })
    }

    /// Notes that a run has reached `stage`, and extends its lease.
    pub async fn enter_stage(
        &self,
        id: RunId,
        stage: Stage,
        lease_until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let done =
            sqlx::query("UPDATE runs SET stage = $1, lease_until = $2 WHERE id = $3 AND state = 'running'")
                .bind(stage.as_str())
                .bind(to_text(lease_until))
                .bind(id.to_string())
                .execute(&self.pool)
                .await
                .map_err(StoreError::query("noting the stage of a run"))?;
        if done.rows_affected() == 1 { Ok(()) } else { self.run_refusal(id, "running").await }
    }

    /// Ends a run. Deliveries that were never handed over become `unsent`; those under way
    /// `in_doubt`. None ends before it began, although the clock was set back.
    pub async fn finish(
        &self,
        id: RunId,
        ending: &Ending,
        warnings: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (state, kind, message) = match ending {
            Ending::Succeeded => (RunState::Succeeded, None, None),
            Ending::Failed { kind, message } => (RunState::Failed, Some(word(*kind)), Some(message.clone())),
            Ending::Interrupted { message } => (RunState::Interrupted, None, Some(message.clone())),
            Ending::Skipped { message } => (RunState::Skipped, None, Some(message.clone())),
        };
        let doing = "ending a run";
        let mut transaction = self.pool.begin().await.map_err(StoreError::query(doing))?;
        let done = sqlx::query(
            "UPDATE runs SET state = $1, error_kind = $2, error = $3, warnings = $4, \
             finished_at = CASE WHEN started_at > $5 THEN started_at ELSE $5 END, \
             lease_until = NULL WHERE id = $6 AND state IN ('running', $7)",
        )
        .bind(state.as_str())
        .bind(kind)
        .bind(message)
        .bind(serde_json::Value::from(warnings.to_vec()).to_string())
        .bind(to_text(now))
        .bind(id.to_string())
        .bind(if RunState::Waiting.may_become(state) { "waiting" } else { "running" })
        .execute(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        if done.rows_affected() != 1 {
            drop(transaction);
            return self.run_refusal(id, state.as_str()).await;
        }
        super::delivery::close_open(&mut transaction, id, now).await?;
        transaction.commit().await.map_err(StoreError::query(doing))
    }

    /// Why an update of a run found no row.
    pub(super) async fn run_refusal(&self, id: RunId, next: &'static str) -> Result<(), StoreError> {
        match self.run(id).await? {
            Some(run) => {
                Err(StoreError::Illegal { what: "run", id: id.to_string(), now: run.state.to_string(), next })
            }
            None => Err(StoreError::Missing { what: "run", id: id.to_string() }),
        }
    }
}

/// The word of a kind, the same as in JSON.
fn word(kind: Kind) -> String {
    serde_json::to_value(kind).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
