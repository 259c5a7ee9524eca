//! Questions and their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::NaiveDate;
use datafusion::common::ScalarValue;
use moka::future::Cache;

use super::account::{Account, NoLog, Open, Outcome, QueryLog, Served};
use super::batches::{business_table, column_cells, first_column};
use super::comparison;
use super::datasets::{Datasets, Freshness, definition_hash};
use super::execution::Executor;
use super::inspection::LatestKey;
use super::places::{Down, Places, Work};
use super::small_groups::{self, GroupSizes};
use super::{EngineError, EngineSettings, Memory};
use crate::access::Restriction;
use crate::definitions::Catalog;
use crate::definitions::model::{Dataset, DatasetId, MissingRegion, Source, SourceId};
use crate::query::{DateRange, SemanticQuery};
use crate::sources::Meter;
use crate::table::{Table, Value};

/// How many last days of datasets are kept.
const LAST_DAYS: u64 = 10_000;

/// A question to one dataset for one viewer.
#[derive(Clone)]
pub struct Ask<'a> {
    /// The dataset's id.
    pub id: &'a DatasetId,
    /// Its definition.
    pub dataset: &'a Dataset,
    /// The definition of its source.
    pub source: &'a Source,
    /// The other sources that hold rows of it, with their definitions.
    pub others: Vec<(&'a SourceId, &'a Source)>,
    /// What becomes of the answer while one of several regions cannot be reached.
    pub missing_region: MissingRegion,
    /// What the viewer may see of it.
    pub restriction: &'a Restriction,
    /// How recent the listing of its files must be.
    pub freshness: Freshness,
    /// What many such questions share.
    pub memory: Option<&'a Memory>,
    /// On whose account.
    pub account: Account,
}

/// A dataset of the catalogue with the sources it lies in.
#[derive(Clone)]
pub struct Defined<'a> {
    /// Its id.
    pub id: &'a DatasetId,
    /// Its definition.
    pub dataset: &'a Dataset,
    /// The definition of its source.
    pub source: &'a Source,
    /// The other sources that hold rows of it.
    pub others: Vec<(&'a SourceId, &'a Source)>,
}

impl<'a> Defined<'a> {
    /// `None` where a definition is missing.
    pub fn of(catalog: &'a Catalog, id: &DatasetId) -> Option<Self> {
        let (id, dataset) = catalog.datasets.get_key_value(id)?;
        let source = |id| catalog.sources.get_key_value(id).map(|(id, source)| (id, source.as_ref()));
        let others = dataset.also_in.iter().map(source).collect::<Option<_>>()?;
        Some(Self { id, dataset, source: source(&dataset.source)?.1, others })
    }
}

impl<'a> Ask<'a> {
    /// A question of people who look.
    pub fn new(defined: Defined<'a>, restriction: &'a Restriction, account: Account) -> Self {
        let Defined { id, dataset, source, others } = defined;
        Self {
            id,
            dataset,
            source,
            others,
            missing_region: MissingRegion::Fail,
            restriction,
            freshness: Freshness::Recent,
            memory: None,
            account,
        }
    }

    /// The same of a dataset of the catalogue; `None` where a definition is missing.
    pub fn of(
        catalog: &'a Catalog,
        id: &DatasetId,
        restriction: &'a Restriction,
        account: Account,
    ) -> Option<Self> {
        Some(Self::new(Defined::of(catalog, id)?, restriction, account))
    }

    /// Whether an answer may lack a region.
    fn may_lack(&self) -> bool {
        self.missing_region == MissingRegion::Mark
    }
}

/// A finished answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The rows. Titles are the fields' names; formats are the definition's.
    pub table: Arc<Table>,
    /// What it cost.
    pub usage: Usage,
    /// The version of the data it was computed from.
    pub data_version: String,
    /// The regions whose rows it lacks, because they could not be reached.
    pub missing: Vec<String>,
    /// How many rows each row is about, where small groups are not shown.
    pub sizes: Option<Arc<GroupSizes>>,
}

/// What an answer cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// How long the queries took, in milliseconds; 0 for an answer that was there.
    pub millis: u64,
    /// How many rows the answer has.
    pub rows: usize,
    /// Where the answer came from.
    pub served: Served,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct AnswerKey {
    dataset: DatasetId,
    definition: u64,
    version: String,
    restriction: Restriction,
    /// The role that the source was asked for: its own policies may tell roles apart.
    asked_for: Option<String>,
    query: SemanticQuery,
}

/// A kept answer.
#[derive(Debug, Clone)]
struct Kept {
    table: Arc<Table>,
    sizes: Option<Arc<GroupSizes>>,
    /// How long its queries took.
    millis: u64,
    missing: Arc<[String]>,
}

/// How questions were answered since the start.
#[derive(Debug, Default)]
pub struct AnswerCounters {
    /// By running queries.
    pub computed: AtomicU64,
    /// From memory.
    pub remembered: AtomicU64,
    /// Not at all.
    pub failed: AtomicU64,
}

/// Answers questions about datasets. Shared by all doors.
pub struct Engine {
    pub(super) executor: Executor,
    pub(super) datasets: Datasets,
    answers: Cache<AnswerKey, Kept>,
    pub(super) latest: Cache<LatestKey, Option<NaiveDate>>,
    meter: Arc<Meter>,
    log: Arc<dyn QueryLog>,
    answered: AnswerCounters,
    pub(super) estimates: bool,
}

impl Engine {
    /// Starts the engine's threads.
    pub fn new(settings: EngineSettings) -> std::io::Result<Self> {
        let answers = Cache::builder()
            .max_capacity(settings.answer_cache_cells)
            .weigher(|_, Kept { table, .. }: &Kept| {
                u32::try_from(table.len() * table.columns.len() + 16).unwrap_or(u32::MAX)
            })
            .build();
        Ok(Self {
            executor: Executor::new(settings.clone())?,
            datasets: Datasets::new(settings),
            answers,
            latest: Cache::new(LAST_DAYS),
            meter: Arc::default(),
            log: Arc::new(NoLog),
            answered: AnswerCounters::default(),
            estimates: false,
        })
    }

    /// The same with books of what is asked.
    #[must_use]
    pub fn recorded_by(self, log: Arc<dyn QueryLog>) -> Self {
        Self { log, ..self }
    }

    /// The same where questions are not answered: what each would take of its source is counted and told the books, and
    /// every answer is empty. How far data go and what is known of people is asked all the same.
    #[must_use]
    pub fn estimating(mut self) -> Self {
        self.estimates = true;
        self.datasets.is_estimating = true;
        self
    }

    /// Forgets its answers; what is open stays open.
    pub fn forget_answers(&self) {
        self.answers.invalidate_all();
        self.latest.invalidate_all();
    }

    /// What was asked of sources since the start.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// How questions were answered since the start.
    pub fn answered(&self) -> &AnswerCounters {
        &self.answered
    }

    /// Answers `query`. If a file was replaced under a running query, it is asked once more.
    pub async fn answer(&self, ask: &Ask<'_>, query: &SemanticQuery) -> Result<Answer, EngineError> {
        let open = self.on_account(ask);
        let query = &query.canonical();
        let result = self.persist(ask, |without| self.try_answer(ask, query, &open, without)).await;
        match &result {
            Ok(answer) => open.ended(Outcome::Answered, answer.usage.served, answer.usage.rows),
            Err(_) => open.ended(Outcome::Failed, Served::Source, 0),
        }
        let counter = match &result {
            Ok(answer) if answer.usage.served == Served::Kept => &self.answered.remembered,
            Ok(_) => &self.answered.computed,
            Err(_) => &self.answered.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        result
    }

    /// Asks once more where files were replaced meanwhile, and without the regions that were found down, where the
    /// question can do without.
    pub(super) async fn persist<T, F>(
        &self,
        ask: &Ask<'_>,
        attempt: impl Fn(Vec<Down>) -> F,
    ) -> Result<T, EngineError>
    where
        F: Future<Output = Result<T, EngineError>>,
    {
        let mut without = Vec::new();
        let mut changed = false;
        loop {
            match Box::pin(attempt(without.clone())).await {
                Err(error) if is_changed(&error) && !changed => {
                    changed = true;
                    self.datasets.forget(ask.id).await;
                }
                Err(error) => {
                    let Some(down) = region_down(&error).filter(|down| !without.contains(down)) else {
                        return Err(error);
                    };
                    if !ask.may_lack() {
                        return Err(error);
                    }
                    without.push(down);
                }
                result => return result,
            }
        }
    }

    async fn try_answer(
        &self,
        ask: &Ask<'_>,
        query: &SemanticQuery,
        open: &Open,
        without: Vec<Down>,
    ) -> Result<Answer, EngineError> {
        let remembered = ask.memory.and_then(|memory| memory.input(ask, query));
        let from_memory = remembered.is_some();
        let places = if let Some(input) = remembered {
            Places::in_memory(ask, input, &open.meter)
        } else {
            if let Some(memory) = ask.memory {
                memory.note(ask, query);
            }
            self.open(ask, open, &without).await?
        };
        let key = AnswerKey {
            dataset: ask.id.clone(),
            definition: definition_hash(ask),
            version: places.version.clone(),
            restriction: ask.restriction.clone(),
            asked_for: places.asked_for.clone(),
            query: query.clone(),
        };
        let data_version = places.version.clone();
        // Before waiting for somebody else's answer: their role's budget is not this one's.
        if !from_memory && !self.answers.contains_key(&key) {
            open.admit()?;
        }
        let entry = self
            .answers
            .entry(key)
            .or_try_insert_with(async {
                let started = Instant::now();
                let work = Work::new(ask, &places, self)?;
                let (table, sizes) = compute(&work, query).await?;
                Ok::<_, EngineError>(Kept {
                    table: Arc::new(table),
                    sizes: work.fewest().map(|_| Arc::new(sizes)),
                    millis: started.elapsed().as_millis() as u64,
                    missing: work.missing().into(),
                })
            })
            .await
            .map_err(EngineError::Shared)?;
        let cached = !entry.is_fresh();
        if let Some(memory) = ask.memory.filter(|_| !cached && !from_memory) {
            memory.count_asked();
        }
        let Kept { table, sizes, millis, missing } = entry.into_value();
        let served = match (cached, from_memory) {
            (true, _) => Served::Kept,
            (false, true) => Served::Slice,
            (false, false) => Served::Source,
        };
        let usage = Usage { millis: if cached { 0 } else { millis }, rows: table.len(), served };
        tracing::debug!(dataset = %ask.id, millis = usage.millis, rows = usage.rows, ?served, "answered");
        Ok(Answer { table, usage, data_version, missing: missing.to_vec(), sizes })
    }

    /// A question that begins, in the books.
    pub(super) fn on_account(&self, ask: &Ask<'_>) -> Open {
        Open::new(&self.log, &self.meter, ask)
    }
}

async fn compute(work: &Work<'_>, query: &SemanticQuery) -> Result<(Table, GroupSizes), EngineError> {
    let mut kept = match &query.top {
        Some(top) => Some(first_column(&work.rows(|planner| planner.ranking(query, top)).await?)?),
        None => None,
    };
    if work.estimates {
        // Members that nobody knows are no filter.
        kept = None;
    }
    let current = period(work, query, kept.as_deref(), query.range).await?;
    let Some(compare) = query.compare else { return Ok(told(work, current, None)) };
    let unlimited = SemanticQuery { limit: None, sort: Vec::new(), ..query.clone() };
    let previous = period(work, &unlimited, kept.as_deref(), Some(compare)).await?;
    Ok(told(work, current, Some((previous, query))))
}

/// The answer for one period.
struct Period {
    table: Table,
    /// How many rows each row is about; empty unless small groups are not shown.
    sizes: Vec<u64>,
    /// How many rows the totals are about.
    whole: u64,
}

/// What may be told of both periods.
fn told(work: &Work<'_>, current: Period, previous: Option<(Period, &SemanticQuery)>) -> (Table, GroupSizes) {
    let (mut table, mut sizes) = (current.table, GroupSizes { now: current.sizes, before: Vec::new() });
    let mut whole = (current.whole, 0);
    if let Some((previous, query)) = previous {
        let matches = comparison::matches(&table, &previous.table, query);
        table = comparison::join(table, &previous.table, &matches);
        let size =
            |row: &Option<usize>| row.and_then(|row| previous.sizes.get(row)).copied().unwrap_or_default();
        sizes.before = matches.iter().map(size).collect();
        whole.1 = previous.whole;
    }
    if let Some(fewest) = work.fewest() {
        small_groups::hide_totals(&mut table, &sizes, whole, fewest);
    }
    (table, sizes)
}

async fn period(
    work: &Work<'_>,
    query: &SemanticQuery,
    kept: Option<&[ScalarValue]>,
    range: Option<DateRange>,
) -> Result<Period, EngineError> {
    let query = SemanticQuery { range, ..query.clone() };
    let batches = work.rows(|planner| planner.rows(&query, kept)).await?;
    let mut table = business_table(work.dataset, &query, &batches)?;
    let sizes = small_groups::sizes(&batches)?;
    let mut whole = 0;
    if query.limit.is_some_and(|limit| work.estimates || table.len() >= limit) {
        let counted = work.rows(|planner| planner.row_count(&query, kept)).await?;
        if let Some(Value::Int(rows)) = column_cells(&counted, 0)?.first() {
            table.rows_before_limit = usize::try_from(*rows).unwrap_or(table.len());
        }
    }
    if query.totals && !query.measures.is_empty() {
        let batches = work.rows(|planner| planner.totals(&query)).await?;
        let mut totals = vec![Value::Null; query.by.len()];
        for column in 0..query.measures.len() {
            totals.push(column_cells(&batches, column)?.into_iter().next().unwrap_or_default());
        }
        table.totals = Some(totals);
        whole = small_groups::sizes(&batches)?.first().copied().unwrap_or_default();
    }
    Ok(Period { table, sizes, whole })
}

pub(super) fn is_changed(error: &EngineError) -> bool {
    match error {
        EngineError::Changed => true,
        EngineError::Shared(inner) => is_changed(inner),
        _ => false,
    }
}

/// The region that could not be reached.
fn region_down(error: &EngineError) -> Option<Down> {
    match error {
        EngineError::RegionDown { region, cause } => {
            Some(Down { region: region.clone(), cause: Arc::clone(cause) })
        }
        EngineError::Shared(inner) => region_down(inner),
        _ => None,
    }
}
