//! On whose account questions are asked, and what becomes of them: told to whoever keeps the books.

use std::fmt;
use std::sync::Arc;

use super::EngineError;
use super::answer::Ask;
use crate::definitions::model::{DatasetId, PanelId, ReportId, SourceId};
use crate::sources::{Measured, Meter};

/// On whose account a question is asked, and what for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Who asks; empty for what is asked for several at once.
    pub viewer: String,
    /// The functional role that pays; `None` where there is none, as at the command line.
    pub role: Option<String>,
    /// What for.
    pub purpose: Purpose,
    /// The report it belongs to, if any.
    pub report: Option<ReportId>,
    /// The panel of the report, if it is for one.
    pub panel: Option<PanelId>,
}

/// What a question is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody waits for the answer.
    #[default]
    Interactive,
    /// A schedule.
    Schedule {
        /// Its name in the report, where one is known.
        schedule: Option<String>,
        /// The id of the run, once there is one.
        run: Option<String>,
    },
    /// What is known of a person, to know what they may see. Asked with every request, so only what goes to the source
    /// is taken down.
    Attributes,
    /// Definitions are held against the data.
    Check,
}

impl Account {
    /// The same for everybody whom a run is for.
    #[must_use]
    pub(super) fn of_all(&self) -> Self {
        Self { viewer: String::new(), panel: None, ..self.clone() }
    }
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer.
    Answered,
    /// With an error.
    Failed,
    /// Nobody waited for the answer any more.
    Cancelled,
}

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// The source was asked.
    Source,
    /// It was there, or somebody else was asking the same.
    Kept,
    /// Rows in memory that were read once for many questions.
    Slice,
}

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRecord {
    /// On whose account.
    pub account: Account,
    /// The dataset.
    pub dataset: DatasetId,
    /// Its source.
    pub source: SourceId,
    /// Where the source's data lie.
    pub region: Option<String>,
    /// How many rows the answer has.
    pub rows: usize,
    /// What was asked of the source.
    pub measured: Measured,
    /// Where the answer came from.
    pub served: Served,
    /// How it ended.
    pub outcome: Outcome,
}

/// The role has spent what it may spend in this month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overspent {
    /// The functional role.
    pub role: String,
    /// Its budget with the currency, as it is written: `300 USD`.
    pub budget: String,
}

/// Keeps the books of queries.
pub trait QueryLog: Send + Sync {
    /// Whether a source may be asked on this account.
    ///
    /// # Errors
    /// Its role has spent its budget.
    fn admit(&self, account: &Account) -> Result<(), Overspent>;

    /// Takes down what became of a question. Must not wait.
    fn record(&self, record: QueryRecord);
}

/// Where no books are kept.
pub(super) struct NoLog;

impl QueryLog for NoLog {
    fn admit(&self, _: &Account) -> Result<(), Overspent> {
        Ok(())
    }

    fn record(&self, _: QueryRecord) {}
}

/// A question that is being answered. Dropped before it has ended, it was cancelled, and is taken down as such where the
/// source was asked.
pub(super) struct Open {
    log: Arc<dyn QueryLog>,
    record: Option<QueryRecord>,
    /// Counts what it asks of the source.
    pub(super) meter: Arc<Meter>,
}

impl Open {
    pub(super) fn new(log: &Arc<dyn QueryLog>, whole: &Arc<Meter>, ask: &Ask<'_>) -> Self {
        let record = QueryRecord {
            account: ask.account.clone(),
            dataset: ask.id.clone(),
            source: ask.dataset.source.clone(),
            region: ask.source.region.as_ref().map(ToString::to_string),
            rows: 0,
            measured: Measured::default(),
            served: Served::Source,
            outcome: Outcome::Cancelled,
        };
        Self { log: Arc::clone(log), record: Some(record), meter: Meter::part_of(whole) }
    }

    /// Whether the source may be asked.
    pub(super) fn admit(&self) -> Result<(), EngineError> {
        let Some(record) = &self.record else { return Ok(()) };
        self.log
            .admit(&record.account)
            .map_err(|Overspent { role, budget }| EngineError::Overspent { role, budget })
    }

    /// It ended.
    pub(super) fn ended(mut self, outcome: Outcome, served: Served, rows: usize) {
        self.tell(outcome, served, rows);
    }

    fn tell(&mut self, outcome: Outcome, served: Served, rows: usize) {
        if let Some(record) = self.record.take() {
            if served == Served::Kept && record.account.purpose == Purpose::Attributes {
                return;
            }
            let measured = self.meter.read();
            self.log.record(QueryRecord { rows, measured, served, outcome, ..record });
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.meter.read().requests > 0 {
            self.tell(Outcome::Cancelled, Served::Source, 0);
        }
    }
}

impl fmt::Debug for NoLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoLog")
    }
}
