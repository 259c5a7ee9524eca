//! Datasets that are read once for many questions: a burst asks the same of every recipient's slice.
//!
//! A [`Memory`] first notes what is asked of each dataset; [`Engine::load`] then reads, in one scan per dataset, the
//! rows and columns that such questions need, and keeps them sorted by the member they are split by. Later questions
//! that it covers are planned exactly as before, restriction and filters included, over the rows of their own member
//! only. A question that it does not cover goes to the source, so an answer never depends on the memory.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::compute::{concat_batches, sort_to_indices, take_record_batch};
use chrono::NaiveDate;
use chrono_tz::Tz;

use super::EngineError;
use super::account::{Account, Open, Outcome, Served};
use super::answer::{Ask, Defined, Engine};
use super::execution::Bounds;
use super::places::Place;
use crate::access::{Restriction, Unrestricted};
use crate::definitions::model::{Dataset, DatasetId, FieldName, Source};
use crate::query::{Condition, DateRange, Literal, Needs, Planner, QueryError, SLICE, SemanticQuery};
use crate::sources::Input;

/// The most rows of a joined table that are kept.
const MOST_JOINED_ROWS: usize = 1_000_000;

/// A dataset, and the role of a source's own that it is asked as.
type RowsKey = (DatasetId, Option<String>);
type LatestKey = (RowsKey, Option<Restriction>, Tz);

/// What many questions share. Starts empty.
#[derive(Default)]
pub struct Memory {
    /// The dimensions that slices differ in, the most telling first.
    split: Vec<FieldName>,
    datasets: Mutex<HashMap<RowsKey, Known>>,
    latest: tokio::sync::Mutex<HashMap<LatestKey, Option<NaiveDate>>>,
    scans: AtomicU64,
    sliced: AtomicU64,
    asked: AtomicU64,
}

enum Known {
    /// What was asked so far.
    Noted(Box<Noted>),
    /// Its rows.
    Loaded(Arc<Loaded>),
    /// It is asked slice by slice, and why.
    Refused(String),
}

struct Noted {
    dataset: Dataset,
    source: Source,
    freshness: super::Freshness,
    account: Account,
    needs: Needs,
}

struct Loaded {
    base: Arc<Input>,
    needs: Needs,
    /// The dimension whose members have a part of their own.
    split: Option<FieldName>,
    rows: RecordBatch,
    parts: HashMap<String, Range<usize>>,
}

/// What a memory was good for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MemoryUse {
    /// Datasets that were read, each once.
    pub scans: u64,
    /// Questions that were answered from their slice.
    pub sliced: u64,
    /// Questions that went to the source: those before the load, and those that it does not cover; what the engine
    /// had answered before is none.
    pub asked: u64,
    /// Datasets that are asked slice by slice, with the reason.
    pub refused: Vec<(String, String)>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("split", &self.split)
            .field("used", &self.used())
            .finish_non_exhaustive()
    }
}

impl Memory {
    /// An empty one for slices that differ in the members of these dimensions.
    pub fn new(split: Vec<FieldName>) -> Self {
        Self { split, ..Self::default() }
    }

    /// What it was good for so far.
    pub fn used(&self) -> MemoryUse {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let known = self.known();
        let refused = known.iter().filter_map(|(id, known)| match known {
            Known::Refused(why) => Some((id.0.to_string(), why.clone())),
            Known::Noted(_) | Known::Loaded(_) => None,
        });
        let mut refused: Vec<_> = refused.collect();
        drop(known);
        refused.sort();
        refused.dedup();
        MemoryUse { scans: read(&self.scans), sliced: read(&self.sliced), asked: read(&self.asked), refused }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<RowsKey, Known>> {
        // A panic elsewhere leaves whole entries.
        self.datasets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows that `query` is about, if they are here.
    pub(super) fn input(&self, ask: &Ask<'_>, query: &SemanticQuery) -> Option<Arc<Input>> {
        let loaded = match self.known().get(&rows_key(ask)) {
            Some(Known::Loaded(loaded)) => Arc::clone(loaded),
            _ => return None,
        };
        let input = loaded.covers(query).then(|| loaded.input(ask, query))?;
        match input {
            Ok(input) => {
                self.sliced.fetch_add(1, Ordering::Relaxed);
                Some(Arc::new(input))
            }
            Err(error) => {
                tracing::warn!(dataset = %ask.id, %error, "rows in memory cannot be used");
                None
            }
        }
    }

    /// Counts a question that went to the source.
    pub(super) fn count_asked(&self) {
        self.asked.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes what is not here.
    pub(super) fn note(&self, ask: &Ask<'_>, query: &SemanticQuery) {
        // Choices of members are the same for everybody, and kept as every answer is.
        if query.measures.is_empty() && query.range.is_none() {
            return;
        }
        let mut known = self.known();
        let entry = known.entry(rows_key(ask)).or_insert_with(|| {
            let needs = Needs { range: query.range, time_zone: query.time_zone, ..Needs::default() };
            let (dataset, source) = (ask.dataset.clone(), ask.source.clone());
            let account = ask.account.of_all();
            Known::Noted(Box::new(Noted { dataset, source, freshness: ask.freshness, account, needs }))
        });
        if let Known::Noted(noted) = entry {
            add(&mut noted.needs, query);
        }
    }
}

/// Whose rows they are: a source may show other rows to another role.
fn rows_key(ask: &Ask<'_>) -> RowsKey {
    let sources = std::iter::once(ask.source).chain(ask.others.iter().map(|(_, source)| *source));
    let role =
        ask.account.asked_as().filter(|role| sources.clone().any(|source| source.role_for(role).is_some()));
    (ask.id.clone(), role.map(str::to_owned))
}

/// Adds what a question needs.
fn add(needs: &mut Needs, query: &SemanticQuery) {
    needs.dimensions.extend(dimensions(query).cloned());
    needs.numbers.extend(numbers(query).cloned());
    let both = |a: DateRange, b: DateRange| DateRange { start: a.start.min(b.start), end: a.end.max(b.end) };
    let asked = query.range.map(|range| query.compare.map_or(range, |compare| both(range, compare)));
    needs.range = needs.range.zip(asked).map(|(known, asked)| both(known, asked));
}

fn dimensions(query: &SemanticQuery) -> impl Iterator<Item = &FieldName> {
    let grouped = query.by.iter().map(|group| &group.field);
    grouped
        .chain(query.filters.iter().map(|filter| &filter.field))
        .chain(query.top.iter().map(|top| &top.dimension))
}

fn numbers(query: &SemanticQuery) -> impl Iterator<Item = &FieldName> {
    query.measures.iter().chain(query.top.iter().map(|top| &top.measure))
}

impl Loaded {
    fn covers(&self, query: &SemanticQuery) -> bool {
        let within = |range: Option<DateRange>| match (self.needs.range, range) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(whole), Some(range)) => whole.start <= range.start && range.end <= whole.end,
        };
        (self.needs.range.is_none() || self.needs.time_zone == query.time_zone)
            && within(query.range)
            && (query.compare.is_none() || within(query.compare))
            && dimensions(query).all(|field| self.needs.dimensions.contains(field))
            && numbers(query).all(|field| self.needs.numbers.contains(field))
    }

    /// The rows of the members that `query` is filtered by, or all of them.
    fn input(&self, ask: &Ask<'_>, query: &SemanticQuery) -> Result<Input, EngineError> {
        let members = self.split.as_ref().and_then(|split| {
            // The members of a masked dimension are not those of the data.
            let open = ask.restriction.mask(split).is_none();
            let filter = query.filters.iter().find(|filter| filter.field == *split).filter(|_| open)?;
            match &filter.condition {
                Condition::OneOf(literals) => literals.iter().map(text).collect::<Option<Vec<&str>>>(),
                _ => None,
            }
        });
        let batches = match members {
            Some(members) => {
                let parts = members.into_iter().filter_map(|member| self.parts.get(member));
                parts.map(|part| self.rows.slice(part.start, part.len())).collect()
            }
            None => vec![self.rows.clone()],
        };
        Ok(self.base.over(self.rows.schema(), batches)?)
    }
}

fn text(literal: &Literal) -> Option<&str> {
    match literal {
        Literal::Text(text) => Some(text),
        Literal::Number(_) | Literal::Bool(_) | Literal::Null => None,
    }
}

impl Engine {
    /// Reads what was noted, once per dataset. A dataset that is too large is asked slice by slice from here on.
    pub async fn load(&self, memory: &Memory) {
        let noted: Vec<(RowsKey, Box<Noted>)> = {
            let mut known = memory.known();
            let keys: Vec<RowsKey> = known.keys().cloned().collect();
            let taken = keys.into_iter().filter_map(|key| match known.remove(&key)? {
                Known::Noted(noted) => Some((key, noted)),
                other => {
                    known.insert(key, other);
                    None
                }
            });
            taken.collect()
        };
        for (key, noted) in noted {
            let id = &key.0;
            let loaded = match Box::pin(self.load_one(memory, id, *noted)).await {
                Ok(loaded) => {
                    memory.scans.fetch_add(1, Ordering::Relaxed);
                    let (rows, parts) = (loaded.rows.num_rows(), loaded.parts.len());
                    tracing::info!(dataset = %id, rows, parts, "read once for all slices");
                    Known::Loaded(Arc::new(loaded))
                }
                Err(error) => {
                    tracing::warn!(dataset = %id, %error, "not kept in memory; it is asked slice by slice");
                    Known::Refused(error.to_string())
                }
            };
            memory.known().insert(key, loaded);
        }
    }

    async fn load_one(&self, memory: &Memory, id: &DatasetId, noted: Noted) -> Result<Loaded, EngineError> {
        if !noted.dataset.also_in.is_empty() {
            let why = "its rows lie in several regions, and only what they add up to leaves them";
            return Err(QueryError::BadQuestion(why.into()).into());
        }
        let Noted { dataset, source, freshness, account, mut needs } = noted;
        if dataset.security.is_some() {
            // Rules over rows and masks may read any of them.
            needs.dimensions.extend(dataset.dimensions.keys().cloned());
        }
        let restriction = Restriction::none(Unrestricted::Slices);
        let defined = Defined { id, dataset: &dataset, source: &source, others: Vec::new() };
        let ask = Ask { freshness, ..Ask::new(defined, &restriction, account) };
        let open = self.on_account(&ask);
        open.admit()?;
        let loaded = self.read_once(memory, &ask, needs, &open).await;
        match &loaded {
            Ok(loaded) => open.ended(Outcome::Answered, Served::Source, loaded.rows.num_rows()),
            Err(_) => open.ended(Outcome::Failed, Served::Source, 0),
        }
        loaded
    }

    async fn read_once(
        &self,
        memory: &Memory,
        ask: &Ask<'_>,
        needs: Needs,
        open: &Open,
    ) -> Result<Loaded, EngineError> {
        let (places, meter) = (self.open(ask, open, &[]).await?, &open.meter);
        let [Place { input: opened, .. }] = places.open.as_slice() else {
            return Err(EngineError::Bug("a dataset to be read that lies in several places".into()));
        };
        let split = memory.split.iter().find(|split| needs.dimensions.contains(*split)).cloned();
        let plan = Planner::new(ask.dataset, opened, ask.restriction)?.load(&needs, split.as_ref())?;
        let schema = plan.schema().as_arrow().clone();
        let batches = self.executor.collect_within(opened, plan, Bounds::OF_AN_EXTRACT, meter).await?;
        let schema = batches.first().map_or_else(|| Arc::new(schema), RecordBatch::schema);
        let rows = concat_batches(&schema, &batches).map_err(|error| bad(&error))?;
        drop(batches);
        let mut joined = HashMap::new();
        for (name, plan) in &opened.relationships {
            let bounds = Bounds { rows: MOST_JOINED_ROWS, ..Bounds::OF_AN_EXTRACT };
            let schema = Arc::new(plan.schema().as_arrow().clone());
            joined.insert(
                name.clone(),
                (schema, self.executor.collect_within(opened, plan.clone(), bounds, meter).await?),
            );
        }
        let base = Arc::new(opened.beside(joined)?);
        let (rows, parts) = parted(rows)?;
        Ok(Loaded { base, needs, split: split.filter(|_| !parts.is_empty()), rows, parts })
    }

    /// The last day of a dataset as the memory knows it, or as `find` finds it.
    pub(super) async fn remembered_latest(
        &self,
        memory: &Memory,
        ask: &Ask<'_>,
        zone: Tz,
    ) -> Result<Option<NaiveDate>, EngineError> {
        // What a dataset declares is the same for everybody.
        let restriction = ask.dataset.freshness.is_none().then(|| ask.restriction.clone());
        let key = (rows_key(ask), restriction, zone);
        let mut latest = memory.latest.lock().await;
        if let Some(known) = latest.get(&key) {
            return Ok(*known);
        }
        let found = Box::pin(self.latest_day(&Ask { memory: None, ..ask.clone() }, zone)).await?;
        latest.insert(key, found);
        Ok(found)
    }
}

/// The rows sorted by the member they are split by, without it, and where each member's stand. Rows without a member
/// are in no part.
fn parted(rows: RecordBatch) -> Result<(RecordBatch, HashMap<String, Range<usize>>), EngineError> {
    let Ok(position) = rows.schema().index_of(SLICE) else { return Ok((rows, HashMap::new())) };
    let order = sort_to_indices(rows.column(position), None, None).map_err(|error| bad(&error))?;
    let mut sorted = take_record_batch(&rows, &order).map_err(|error| bad(&error))?;
    let members = sorted.remove_column(position);
    let members = members
        .as_string_opt::<i32>()
        .ok_or_else(|| EngineError::Bug("the member of a slice is no text".into()))?;
    let mut parts: HashMap<String, Range<usize>> = HashMap::new();
    let mut row = 0;
    while row < members.len() {
        let start = row;
        let is_same = |row: usize| {
            members.is_null(row) == members.is_null(start) && members.value(row) == members.value(start)
        };
        while row < members.len() && is_same(row) {
            row += 1;
        }
        if !members.is_null(start) {
            parts.insert(members.value(start).to_owned(), start..row);
        }
    }
    Ok((sorted, parts))
}

fn bad(error: &arrow::error::ArrowError) -> EngineError {
    EngineError::Bug(error.to_string())
}
