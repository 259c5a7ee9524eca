//! On whose account questions are asked, and what becomes of them: told to whoever keeps the books.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::EngineError;
use super::answer::Ask;
use crate::definitions::model::{DatasetId, PanelId, ReportId, Source, SourceId};
use crate::sources::{Measured, Meter};

/// On whose account a question is asked, and what for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Who asks; empty for what is asked for several at once.
    pub viewer: String,
    /// The functional role that pays; `None` where there is none, as at the command line.
    pub role: Option<String>,
    /// The functional role whose rights count at the source, where that is another than the one that pays: what is sent
    /// to somebody is paid by the role that owns the report, and shows them what their own role may see.
    pub asks_as: Option<String>,
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
    /// The functional role whose rights count at the source.
    pub fn asked_as(&self) -> Option<&str> {
        self.asks_as.as_deref().or(self.role.as_deref())
    }

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
    /// For a part whose answer left its region: how many bytes its tables have, which copying them would have moved.
    pub whole: Option<u64>,
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
    /// What it asks of other regions.
    abroad: Vec<Abroad>,
}

/// A part of a question that is asked in another region.
struct Abroad {
    source: SourceId,
    region: Option<String>,
    meter: Arc<Meter>,
    bytes: AtomicU64,
}

impl Open {
    pub(super) fn new(log: &Arc<dyn QueryLog>, whole: &Arc<Meter>, ask: &Ask<'_>) -> Self {
        let region = |source: &Source| source.region.as_ref().map(ToString::to_string);
        let record = QueryRecord {
            account: ask.account.clone(),
            dataset: ask.id.clone(),
            source: ask.dataset.source.clone(),
            region: region(ask.source),
            rows: 0,
            measured: Measured::default(),
            whole: None,
            served: Served::Source,
            outcome: Outcome::Cancelled,
        };
        let abroad = ask.others.iter().map(|(id, source)| Abroad {
            source: (*id).clone(),
            region: region(source),
            meter: Meter::part_of(whole),
            bytes: AtomicU64::new(0),
        });
        Self {
            log: Arc::clone(log),
            record: Some(record),
            meter: Meter::part_of(whole),
            abroad: abroad.collect(),
        }
    }

    /// The meter of one of the dataset's sources, that of its own first.
    pub(super) fn meter_of(&self, position: usize) -> &Arc<Meter> {
        self.source(position).map_or(&self.meter, |abroad| &abroad.meter)
    }

    /// How many bytes one of its sources holds of the dataset.
    pub(super) fn holds(&self, position: usize, bytes: u64) {
        if let Some(abroad) = self.source(position) {
            abroad.bytes.store(bytes, Ordering::Relaxed);
        }
    }

    fn source(&self, position: usize) -> Option<&Abroad> {
        self.abroad.get(position.checked_sub(1)?)
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
            for abroad in &self.abroad {
                self.tell_abroad(abroad, &record, outcome);
            }
            self.log.record(QueryRecord { rows, measured, served, outcome, ..record });
        }
    }
}

impl Open {
    /// What was asked in another region has a line of its own, with the prices and the region of its source.
    fn tell_abroad(&self, abroad: &Abroad, home: &QueryRecord, outcome: Outcome) {
        let measured = abroad.meter.read();
        if measured.requests == 0 {
            return;
        }
        self.log.record(QueryRecord {
            source: abroad.source.clone(),
            region: abroad.region.clone(),
            rows: usize::try_from(measured.rows).unwrap_or(usize::MAX),
            whole: Some(abroad.bytes.load(Ordering::Relaxed)),
            measured,
            outcome,
            ..home.clone()
        });
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let asked = |meter: &Meter| meter.read().requests > 0;
        if asked(&self.meter) || self.abroad.iter().any(|abroad| asked(&abroad.meter)) {
            self.tell(Outcome::Cancelled, Served::Source, 0);
        }
    }
}
