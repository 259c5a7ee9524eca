//! Questions and their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::LogicalPlan;
use moka::future::Cache;

use super::account::{Account, NoLog, Open, Outcome, QueryLog, Served};
use super::batches::{business_table, column_cells, first_column};
use super::comparison;
use super::datasets::{Datasets, Freshness, definition_hash};
use super::execution::Executor;
use super::inspection::LatestKey;
use super::{EngineError, EngineSettings, Memory};
use crate::access::Restriction;
use crate::definitions::model::{Dataset, DatasetId, Source};
use crate::query::{DateRange, Planner, SemanticQuery};
use crate::sources::{Input, Meter};
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
    /// What the viewer may see of it.
    pub restriction: &'a Restriction,
    /// How recent the listing of its files must be.
    pub freshness: Freshness,
    /// What many such questions share.
    pub memory: Option<&'a Memory>,
    /// On whose account.
    pub account: Account,
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
    answers: Cache<AnswerKey, (Arc<Table>, u64)>,
    pub(super) latest: Cache<LatestKey, Option<NaiveDate>>,
    meter: Arc<Meter>,
    log: Arc<dyn QueryLog>,
    answered: AnswerCounters,
}

impl Engine {
    /// Starts the engine's threads.
    pub fn new(settings: EngineSettings) -> std::io::Result<Self> {
        let answers = Cache::builder()
            .max_capacity(settings.answer_cache_cells)
            .weigher(|_, (table, _): &(Arc<Table>, u64)| {
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
        })
    }

    /// The same with books of what is asked.
    #[must_use]
    pub fn recorded_by(self, log: Arc<dyn QueryLog>) -> Self {
        Self { log, ..self }
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
        let result = match Box::pin(self.try_answer(ask, query, &open)).await {
            Err(error) if is_changed(&error) => {
                self.datasets.forget(ask.id).await;
                Box::pin(self.try_answer(ask, query, &open)).await
            }
            result => result,
        };
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

    async fn try_answer(
        &self,
        ask: &Ask<'_>,
        query: &SemanticQuery,
        open: &Open,
    ) -> Result<Answer, EngineError> {
        let remembered = ask.memory.and_then(|memory| memory.input(ask, query));
        let from_memory = remembered.is_some();
        let input = if let Some(input) = remembered {
            input
        } else {
            if let Some(memory) = ask.memory {
                memory.note(ask, query);
            }
            self.open(ask, &open.meter).await?
        };
        let key = AnswerKey {
            dataset: ask.id.clone(),
            definition: definition_hash(ask.dataset, ask.source),
            version: input.version.clone(),
            restriction: ask.restriction.clone(),
            asked_for: input.asked_for.clone(),
            query: query.clone(),
        };
        let data_version = input.version.clone();
        // Before waiting for somebody else's answer: their role's budget is not this one's.
        if !from_memory && !self.answers.contains_key(&key) {
            open.admit()?;
        }
        let entry = self
            .answers
            .entry(key)
            .or_try_insert_with(async {
                let started = Instant::now();
                let work = Work::new(ask, &input, &open.meter)?;
                let table = self.compute(&work, query).await?;
                Ok::<_, EngineError>((Arc::new(table), started.elapsed().as_millis() as u64))
            })
            .await
            .map_err(EngineError::Shared)?;
        let cached = !entry.is_fresh();
        if let Some(memory) = ask.memory.filter(|_| !cached && !from_memory) {
            memory.count_asked();
        }
        let (table, millis) = entry.into_value();
        let served = match (cached, from_memory) {
            (true, _) => Served::Kept,
            (false, true) => Served::Slice,
            (false, false) => Served::Source,
        };
        let usage = Usage { millis: if cached { 0 } else { millis }, rows: table.len(), served };
        tracing::debug!(dataset = %ask.id, millis = usage.millis, rows = usage.rows, ?served, "answered");
        Ok(Answer { table, usage, data_version })
    }

    pub(super) async fn open(&self, ask: &Ask<'_>, meter: &Arc<Meter>) -> Result<Arc<Input>, EngineError> {
        let input = self.datasets.open(&self.executor, ask, meter).await?;
        let of_role = ask.account.role.as_deref().and_then(|role| input.of_role(role));
        Ok(of_role.map_or(input, Arc::new))
    }

    /// A question that begins, in the books.
    pub(super) fn on_account(&self, ask: &Ask<'_>) -> Open {
        Open::new(&self.log, &self.meter, ask)
    }

    async fn compute(&self, work: &Work<'_>, query: &SemanticQuery) -> Result<Table, EngineError> {
        let kept = match &query.top {
            Some(top) => Some(first_column(&self.rows(work, work.planner.ranking(query, top)?).await?)?),
            None => None,
        };
        let current = self.period(work, query, kept.as_deref(), query.range).await?;
        let Some(compare) = query.compare else { return Ok(current) };
        let unlimited = SemanticQuery { limit: None, sort: Vec::new(), ..query.clone() };
        let previous = self.period(work, &unlimited, kept.as_deref(), Some(compare)).await?;
        Ok(comparison::join(current, &previous, query))
    }

    async fn rows(&self, work: &Work<'_>, plan: LogicalPlan) -> Result<Vec<RecordBatch>, EngineError> {
        self.executor.collect(work.input, plan, work.meter).await
    }

    async fn period(
        &self,
        work: &Work<'_>,
        query: &SemanticQuery,
        kept: Option<&[ScalarValue]>,
        range: Option<DateRange>,
    ) -> Result<Table, EngineError> {
        let query = SemanticQuery { range, ..query.clone() };
        let planner = &work.planner;
        let batches = self.rows(work, planner.rows(&query, kept)?).await?;
        let mut table = business_table(work.dataset, &query, &batches)?;
        if query.limit.is_some_and(|limit| table.len() >= limit) {
            let counted = self.rows(work, planner.row_count(&query, kept)?).await?;
            if let Some(Value::Int(rows)) = column_cells(&counted, 0)?.first() {
                table.rows_before_limit = usize::try_from(*rows).unwrap_or(table.len());
            }
        }
        if query.totals && !query.measures.is_empty() {
            let batches = self.rows(work, planner.totals(&query)?).await?;
            let mut totals = vec![Value::Null; query.by.len()];
            for column in 0..query.measures.len() {
                totals.push(column_cells(&batches, column)?.into_iter().next().unwrap_or_default());
            }
            table.totals = Some(totals);
        }
        Ok(table)
    }
}

/// What the queries of one question have in common.
struct Work<'a> {
    dataset: &'a Dataset,
    input: &'a Arc<Input>,
    planner: Planner<'a>,
    meter: &'a Arc<Meter>,
}

impl<'a> Work<'a> {
    fn new(ask: &Ask<'a>, input: &'a Arc<Input>, meter: &'a Arc<Meter>) -> Result<Self, EngineError> {
        let planner = Planner::new(ask.dataset, input, ask.restriction)?;
        Ok(Self { dataset: ask.dataset, input, planner, meter })
    }
}

pub(super) fn is_changed(error: &EngineError) -> bool {
    match error {
        EngineError::Changed => true,
        EngineError::Shared(inner) => is_changed(inner),
        _ => false,
    }
}
