//! Questions and their answers.

use std::sync::Arc;
use std::time::Instant;

use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use chrono_tz::Tz;
use datafusion::common::ScalarValue;
use moka::future::Cache;

use super::comparison;
use super::datasets::{Datasets, Freshness, definition_hash};
use super::execution::Executor;
use super::{EngineError, EngineSettings};
use crate::access::Restriction;
use crate::definitions::FieldPath;
use crate::definitions::model::{Dataset, DatasetId, Source};
use crate::format::NumberFormat;
use crate::query::{DateRange, OTHERS_FLAG, Planner, QueryError, SemanticQuery};
use crate::sources::{Input, StoreCounters};
use crate::table::{Column, Role, Table, Value, cells};

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
    /// Whether the answer was there already.
    pub cached: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct AnswerKey {
    dataset: DatasetId,
    definition: u64,
    version: String,
    restriction: Restriction,
    query: SemanticQuery,
}

/// Answers questions about datasets. Shared by all doors.
pub struct Engine {
    executor: Executor,
    datasets: Datasets,
    answers: Cache<AnswerKey, (Arc<Table>, u64)>,
    counters: Arc<StoreCounters>,
}

impl Engine {
    /// Starts the engine's threads.
    pub fn new(settings: EngineSettings) -> std::io::Result<Self> {
        let counters = Arc::new(StoreCounters::default());
        let answers = Cache::builder()
            .max_capacity(settings.answer_cache_cells)
            .weigher(|_, (table, _): &(Arc<Table>, u64)| {
                u32::try_from(table.len() * table.columns.len() + 16).unwrap_or(u32::MAX)
            })
            .build();
        Ok(Self {
            executor: Executor::new(settings.clone())?,
            datasets: Datasets::new(settings, Arc::clone(&counters)),
            answers,
            counters,
        })
    }

    /// What was asked of object stores since the start.
    pub fn counters(&self) -> &StoreCounters {
        &self.counters
    }

    /// Answers `query`. If a file was replaced under a running query, it is asked once more.
    pub async fn answer(&self, ask: &Ask<'_>, query: &SemanticQuery) -> Result<Answer, EngineError> {
        match self.try_answer(ask, query).await {
            Err(error) if is_changed(&error) => {
                self.datasets.forget(ask.id).await;
                self.try_answer(ask, query).await
            }
            result => result,
        }
    }

    async fn try_answer(&self, ask: &Ask<'_>, query: &SemanticQuery) -> Result<Answer, EngineError> {
        let input = self.open(ask).await?;
        let key = AnswerKey {
            dataset: ask.id.clone(),
            definition: definition_hash(ask.dataset, ask.source),
            version: input.version.clone(),
            restriction: ask.restriction.clone(),
            query: query.clone(),
        };
        let data_version = input.version.clone();
        let entry = self
            .answers
            .entry(key)
            .or_try_insert_with(async {
                let started = Instant::now();
                let table = self.compute(ask, &input, query).await?;
                Ok::<_, EngineError>((Arc::new(table), started.elapsed().as_millis() as u64))
            })
            .await
            .map_err(EngineError::Shared)?;
        let cached = !entry.is_fresh();
        let (table, millis) = entry.into_value();
        let usage = Usage { millis: if cached { 0 } else { millis }, rows: table.len(), cached };
        tracing::debug!(dataset = %ask.id, millis = usage.millis, rows = usage.rows, cached, "answered");
        Ok(Answer { table, usage, data_version })
    }

    /// The last day the dataset has data for, in `zone`; `None` for an empty dataset.
    pub async fn latest_day(&self, ask: &Ask<'_>, zone: Tz) -> Result<Option<NaiveDate>, EngineError> {
        let input = self.open(ask).await?;
        let plan = Planner::new(ask.dataset, &input, ask.restriction)?.latest(zone)?;
        let batches = self.executor.collect(&input, plan).await?;
        let value = column_cells(&batches, 0)?.into_iter().next().unwrap_or_default();
        match value {
            Value::Null => Ok(None),
            value => Ok(Some(value.as_date().ok_or_else(|| QueryError::BadExpression {
                what: "freshness",
                name: "complete_through".into(),
                problem: "does not give a date or a timestamp".into(),
            })?)),
        }
    }

    /// Plans every field of the dataset against its data and reports the first problem of each.
    pub async fn check_fields(&self, ask: &Ask<'_>) -> Result<Vec<(FieldPath, QueryError)>, EngineError> {
        let input = self.open(ask).await?;
        let planner = Planner::new(ask.dataset, &input, ask.restriction)?;
        let mut problems = Vec::new();
        for name in ask.dataset.dimensions.keys() {
            if let Err(error) = planner.dimension_type(name) {
                problems.push((FieldPath::root().key("dimensions").key(name.as_str()), error));
            }
        }
        for (section, names) in [
            ("measures", ask.dataset.measures.keys().collect::<Vec<_>>()),
            ("metrics", ask.dataset.metrics.keys().collect()),
        ] {
            for name in names {
                if let Err(error) = planner.check_number(name) {
                    problems.push((FieldPath::root().key(section).key(name.as_str()), error));
                }
            }
        }
        if ask.dataset.time.is_some()
            && let Err(error) = planner.latest(chrono_tz::UTC)
        {
            let path = match ask.dataset.freshness {
                Some(_) => FieldPath::root().key("freshness").key("complete_through"),
                None => FieldPath::root().key("time"),
            };
            problems.push((path, error));
        }
        Ok(problems)
    }

    async fn open(&self, ask: &Ask<'_>) -> Result<Arc<Input>, EngineError> {
        self.datasets.open(&self.executor, ask.id, ask.dataset, ask.source, ask.freshness).await
    }

    async fn compute(
        &self,
        ask: &Ask<'_>,
        input: &Arc<Input>,
        query: &SemanticQuery,
    ) -> Result<Table, EngineError> {
        let planner = Planner::new(ask.dataset, input, ask.restriction)?;
        let kept = match &query.top {
            Some(top) => {
                Some(first_column(&self.executor.collect(input, planner.ranking(query, top)?).await?)?)
            }
            None => None,
        };
        let current = self.period(ask, input, &planner, query, kept.as_deref(), query.range).await?;
        let Some(compare) = query.compare else { return Ok(current) };
        let unlimited = SemanticQuery { limit: None, sort: Vec::new(), ..query.clone() };
        let previous = self.period(ask, input, &planner, &unlimited, kept.as_deref(), Some(compare)).await?;
        Ok(comparison::join(current, &previous, query))
    }

    async fn period(
        &self,
        ask: &Ask<'_>,
        input: &Arc<Input>,
        planner: &Planner<'_>,
        query: &SemanticQuery,
        kept: Option<&[ScalarValue]>,
        range: Option<DateRange>,
    ) -> Result<Table, EngineError> {
        let query = SemanticQuery { range, ..query.clone() };
        let batches = self.executor.collect(input, planner.rows(&query, kept)?).await?;
        let mut table = business_table(ask.dataset, &query, &batches)?;
        if query.limit.is_some_and(|limit| table.len() >= limit) {
            let counted = self.executor.collect(input, planner.row_count(&query, kept)?).await?;
            if let Some(Value::Int(rows)) = column_cells(&counted, 0)?.first() {
                table.rows_before_limit = usize::try_from(*rows).unwrap_or(table.len());
            }
        }
        if query.totals && !query.measures.is_empty() {
            let batches = self.executor.collect(input, planner.totals(&query)?).await?;
            let mut totals = vec![Value::Null; query.by.len()];
            for column in 0..query.measures.len() {
                totals.push(column_cells(&batches, column)?.into_iter().next().unwrap_or_default());
            }
            table.totals = Some(totals);
        }
        Ok(table)
    }
}

fn is_changed(error: &EngineError) -> bool {
    match error {
        EngineError::Changed => true,
        EngineError::Shared(inner) => is_changed(inner),
        _ => false,
    }
}

fn business_table(
    dataset: &Dataset,
    query: &SemanticQuery,
    batches: &[RecordBatch],
) -> Result<Table, EngineError> {
    let flags = match batches.first().and_then(|batch| batch.schema().index_of(OTHERS_FLAG).ok()) {
        Some(position) => column_cells(batches, position)?,
        None => Vec::new(),
    };
    let dimensions = query.by.len();
    let mut columns = Vec::new();
    for (position, group) in query.by.iter().enumerate() {
        let mut cells = column_cells(batches, position)?;
        if query.top.as_ref().is_some_and(|top| top.dimension == group.field) {
            for (cell, flag) in cells.iter_mut().zip(&flags) {
                if *flag == Value::Bool(true) {
                    *cell = Value::Others;
                }
            }
        }
        let (name, format) = (group.field.to_string(), NumberFormat::default());
        columns.push(Column {
            title: name.clone(),
            name,
            role: Role::Dimension,
            grain: group.grain,
            format,
            cells,
        });
    }
    let first_measure = dimensions + usize::from(!flags.is_empty());
    for (position, field) in query.measures.iter().enumerate() {
        let cells = column_cells(batches, first_measure + position)?;
        let format = dataset
            .measures
            .get(field)
            .map(|measure| &measure.format)
            .or_else(|| dataset.metrics.get(field).map(|metric| &metric.format))
            .cloned()
            .unwrap_or_default();
        let name = field.to_string();
        columns.push(Column { title: name.clone(), name, role: Role::Measure, grain: None, format, cells });
    }
    let rows_before_limit = columns.first().map_or(0, |column| column.cells.len());
    Ok(Table { columns, totals: None, rows_before_limit })
}

fn column_cells(batches: &[RecordBatch], position: usize) -> Result<Vec<Value>, EngineError> {
    let mut all = Vec::new();
    for batch in batches {
        if position < batch.num_columns() {
            all.extend(
                cells(batch.column(position)).map_err(|error| EngineError::BadData(error.to_string()))?,
            );
        }
    }
    Ok(all)
}

fn first_column(batches: &[RecordBatch]) -> Result<Vec<ScalarValue>, EngineError> {
    let mut values = Vec::new();
    for batch in batches.iter().filter(|batch| batch.num_columns() > 0) {
        for row in 0..batch.num_rows() {
            let value = ScalarValue::try_from_array(batch.column(0), row);
            values.push(value.map_err(|error| EngineError::BadData(error.to_string()))?);
        }
    }
    Ok(values)
}
