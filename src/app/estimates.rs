//! What a report is expected to cost before anybody asks it: its questions are planned and none is run.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Days, Months, NaiveDate, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::books::price;
use super::{Program, existing_store};
use crate::access::Viewer;
use crate::definitions::model::{Burst, Costs, FieldName, Report, ReportId, Schedule};
use crate::engine::{Account, Engine, Freshness, Outcome, Overspent, Purpose, QueryLog, QueryRecord, Served};
use crate::error::Kind;
use crate::ledger::queries::{CostFilter, QueryLedger, first_of_month};
use crate::runs::evaluate::{Evaluator, Question, QuestionError};
use crate::schedule::{Rule, RuleError};

/// How many days of the ledger tell how long questions take.
const MEASURED_DAYS: u64 = 30;

/// In a burst the first copy asks its questions, and then one scan reads what all others need.
const SCANS_OF_BURST: u64 = 2;

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
pub enum EstimateError {
    /// The engine does not start.
    #[error("the engine cannot be started: {0}")]
    Engine(#[from] std::io::Error),
    /// The report cannot be asked.
    #[error(transparent)]
    Question(#[from] QuestionError),
    /// The schedule has no times.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl EstimateError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Engine(_) => Kind::Bug,
            Self::Question(error) => error.kind(),
            Self::Rule(error) => error.kind(),
        }
    }
}

/// What is expected to be taken of sources.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// Questions that go to a source.
    pub queries: u64,
    /// Bytes that are read.
    pub scanned: u64,
    /// Bytes that come from sources.
    pub moved: u64,
    /// Requests and statements.
    pub requests: u64,
    /// The cost, in millionths of the currency.
    pub cost: i64,
}

impl Expected {
    fn and(self, other: Self) -> Self {
        Self {
            queries: self.queries + other.queries,
            scanned: self.scanned + other.scanned,
            moved: self.moved + other.moved,
            requests: self.requests + other.requests,
            cost: self.cost + other.cost,
        }
    }

    /// So many times the same.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self {
            queries: self.queries * times,
            scanned: self.scanned * times,
            moved: self.moved * times,
            requests: self.requests * times,
            cost: self.cost.saturating_mul(i64::try_from(times).unwrap_or(i64::MAX)),
        }
    }

    /// These together.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), Self::and)
    }
}

/// What a report is expected to cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportEstimate {
    /// One look at it by somebody who may see everything, by panel and source; without a panel stands what is asked
    /// for the report as a whole.
    pub panels: Vec<(String, String, Expected)>,
    /// Its schedules.
    pub schedules: Vec<ScheduleEstimate>,
    /// Panels that could not be planned, so that they are missing here.
    pub failed: Vec<String>,
}

impl ReportEstimate {
    /// One look at all of it.
    pub fn look(&self) -> Expected {
        Expected::sum(self.panels.iter().map(|(.., expected)| *expected))
    }
}

/// What a schedule is expected to cost in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleEstimate {
    /// Its name in the report.
    pub name: String,
    /// The functional role that pays.
    pub role: String,
    /// How often it fires in the month.
    pub fires: u64,
    /// How many copies each time; `None` where they cannot be counted.
    pub copies: Option<u64>,
    /// How many times the data are asked for all of these copies.
    pub scans: u64,
    /// What asking them once takes.
    pub once: Expected,
    /// Panels that could not be planned, so that they are missing here.
    pub failed: Vec<String>,
}

impl ScheduleEstimate {
    /// What is expected in the month.
    pub fn month(&self) -> Expected {
        self.once.times(self.fires * self.scans)
    }
}

/// Estimates reports of the current workspace.
pub struct Estimator<'a> {
    program: &'a Program,
    evaluator: Evaluator,
    taken: Arc<Taken>,
    costs: Option<Arc<Costs>>,
    /// How long a question takes, in seconds, by source; where the ledger knows.
    measured: HashMap<String, f64>,
}

/// What questions would take.
#[derive(Default)]
struct Taken(Mutex<Vec<QueryRecord>>);

impl QueryLog for Taken {
    fn admit(&self, _: &Account) -> Result<(), Overspent> {
        Ok(())
    }

    fn record(&self, record: QueryRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }
}

impl<'a> Estimator<'a> {
    /// An estimator that knows how long questions took lately, where there is a store that tells.
    ///
    /// # Errors
    /// The engine does not start.
    pub async fn new(program: &'a Program) -> Result<Self, EstimateError> {
        let taken = Arc::new(Taken::default());
        // An engine of its own, so that nothing that is made up here is kept.
        let engine = Engine::new(program.settings.engine.clone())?;
        let engine = engine.recorded_by(Arc::clone(&taken) as Arc<dyn QueryLog>).estimating();
        let evaluator = Evaluator::new(Arc::new(engine), program.workspace.catalog());
        let costs = program.workspace.current().catalog().costs.clone();
        let mut measured = HashMap::new();
        if let Ok(Some(store)) = existing_store(&program.settings).await {
            let today = Utc::now().date_naive();
            let from = today.checked_sub_days(Days::new(MEASURED_DAYS)).unwrap_or(today);
            let to = today.checked_add_days(Days::new(2)).unwrap_or(today);
            let filter = CostFilter::of_days(from, to, "");
            let seconds = QueryLedger::new(store.clone()).seconds_of_sources(&filter).await;
            store.close().await;
            measured = seconds.unwrap_or_default();
        }
        Ok(Self { program, evaluator, taken, costs, measured })
    }

    /// What a look at a report and its schedules take in the month that `day` is in.
    ///
    /// # Errors
    /// The report cannot be asked at all; a panel that cannot is told apart.
    pub async fn report(
        &self,
        id: &ReportId,
        report: &Report,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<ReportEstimate, EstimateError> {
        let look = Question {
            report: id.clone(),
            parameters: BTreeMap::new(),
            locale: None,
            now,
            viewer: Viewer::operator(),
            freshness: Freshness::from_now_on(),
            memory: None,
            purpose: Purpose::Interactive,
        };
        let taken = self.ask(look).await?;
        let mut panels: BTreeMap<(String, String), Expected> = BTreeMap::new();
        for record in &taken {
            let panel = record.account.panel.as_ref().map(ToString::to_string).unwrap_or_default();
            let sum = panels.entry((panel, record.source.to_string())).or_default();
            *sum = sum.and(self.expected(record));
        }
        let failed = failures(&taken);
        let mut schedules = Vec::new();
        for (name, schedule) in report.schedules.iter().filter(|(_, schedule)| schedule.enabled) {
            schedules.push(self.schedule(id, report, name, schedule, (day, now)).await?);
        }
        let panels = panels.into_iter().map(|((panel, source), expected)| (panel, source, expected));
        Ok(ReportEstimate { panels: panels.collect(), schedules, failed })
    }

    async fn schedule(
        &self,
        id: &ReportId,
        report: &Report,
        name: &FieldName,
        schedule: &Schedule,
        (day, now): (NaiveDate, DateTime<Utc>),
    ) -> Result<ScheduleEstimate, EstimateError> {
        let workspace = self.program.workspace.current();
        let rule = Rule::of(schedule, report, &workspace.catalog().calendars)?;
        let (from, to) = self.month_of(day);
        // A time on the first instant belongs to the month.
        let begin = from - Duration::from_secs(1);
        let fires = rule.after(begin).take_while(|at| *at < to).count() as u64;
        let viewer = Viewer::schedule(id, name.as_str());
        let question = Question {
            report: id.clone(),
            parameters: schedule.question_parameters(),
            locale: schedule.locale,
            now: rule.next_after(now).map_or(now, |at| at.to_utc()),
            viewer: viewer.clone(),
            freshness: Freshness::from_now_on(),
            memory: None,
            purpose: Purpose::Schedule { schedule: Some(name.to_string()), run: None },
        };
        let taken = self.ask(question).await?;
        let once = Expected::sum(taken.iter().map(|record| self.expected(record)));
        let copies = match &schedule.burst {
            None => Some(1),
            Some(burst) => self.copies(burst, viewer).await,
        };
        // Rows of several regions are not read at once.
        let apart = taken.iter().any(|record| {
            workspace
                .catalog()
                .datasets
                .get(&record.dataset)
                .is_some_and(|dataset| !dataset.also_in.is_empty())
        });
        let several = copies.unwrap_or(SCANS_OF_BURST);
        let scans = if apart { several } else { several.min(SCANS_OF_BURST) };
        let failed = failures(&taken);
        let (name, role) = (name.to_string(), report.owner.clone());
        Ok(ScheduleEstimate { name, role, fires, copies, scans, once, failed })
    }

    /// How many copies a burst has. Its dataset is asked for that; it is a list of people.
    async fn copies(&self, burst: &Burst, viewer: Viewer) -> Option<u64> {
        let Some(dataset) = &burst.dataset else { return Some(burst.recipients.len() as u64) };
        let fields: Vec<FieldName> = burst.recipient.iter().chain(burst.bind.values()).cloned().collect();
        match self.program.evaluator.rows_of(dataset, &fields, viewer).await {
            Ok(rows) => Some(rows.into_iter().collect::<HashSet<_>>().len() as u64),
            Err(error) => {
                tracing::warn!(%dataset, %error, "the recipients cannot be counted");
                None
            }
        }
    }

    /// Plans everything that a question about a report asks.
    async fn ask(&self, question: Question) -> Result<Vec<QueryRecord>, EstimateError> {
        // As after new data: nothing is there yet.
        self.evaluator.engine().forget_answers();
        let prepared = self.evaluator.prepare(question).await?;
        self.evaluator.document(&prepared).await;
        let mut records = self.taken.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::take(&mut *records))
    }

    /// What a question would take, with its price.
    fn expected(&self, record: &QueryRecord) -> Expected {
        if record.served != Served::Source || record.outcome == Outcome::Failed {
            return Expected::default();
        }
        let mut measured = record.measured.clone();
        let source = &record.source;
        let prices = self.costs.as_ref().and_then(|costs| costs.prices.get(source));
        let seconds = self.measured.get(source.as_str()).copied();
        let seconds = seconds.or(prices.map(|prices| prices.typical_seconds)).unwrap_or_default();
        measured.busy = Duration::try_from_secs_f64(seconds).unwrap_or_default();
        Expected {
            queries: 1,
            scanned: measured.scanned,
            moved: measured.moved,
            requests: measured.requests,
            cost: prices.map_or(0, |prices| price(prices, &measured)),
        }
    }

    /// The first instant of the month of `day`, and of the one after it, where months of costs begin.
    fn month_of(&self, day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
        let zone =
            self.costs.as_ref().and_then(|costs| costs.time_zone.parse::<Tz>().ok()).unwrap_or(Tz::UTC);
        let first = first_of_month(day);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        let instant = |day: NaiveDate| {
            let midnight = day.and_time(chrono::NaiveTime::MIN);
            zone.from_local_datetime(&midnight)
                .earliest()
                .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
        };
        (instant(first), instant(next))
    }
}

/// The panels whose questions cannot be planned; an empty name stands for the report as a whole.
fn failures(taken: &[QueryRecord]) -> Vec<String> {
    let failed = taken.iter().filter(|record| record.outcome == Outcome::Failed);
    let panels =
        failed.map(|record| record.account.panel.as_ref().map_or_else(String::new, ToString::to_string));
    panels.collect::<BTreeSet<_>>().into_iter().collect()
}
