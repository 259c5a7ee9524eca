//! Opened datasets, shared between questions while their files stay the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use datafusion::execution::memory_pool::FairSpillPool;
use tokio::sync::Mutex;

use super::answer::Ask;
use super::execution::Executor;
use super::{EngineError, EngineSettings};
use crate::access::{Restriction, Unrestricted};
use crate::definitions::model::{Dataset, DatasetId, Source, SourceId};
use crate::error::Kind;
use crate::query::Planner;
use crate::sources::{
    Bill, Input, InputOptions, Meter, RangeCache, Remote, SourceError, Warehouse, current_version,
    has_object, open_input, open_remote, open_source, open_warehouse, remote_size, remote_version,
};

/// How recent a listing of a dataset's files must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// As recent as the listing lifetime says: for people who look.
    Recent,
    /// Not listed before this moment: for reports that are sent. All panels of a report share the
    /// moment, so that the first lists and the others see the same files.
    Since(Instant),
    /// As it was last known, however long ago: nothing is asked for it.
    Known,
}

impl Freshness {
    /// Listed from now on.
    pub fn from_now_on() -> Self {
        Self::Since(Instant::now())
    }
}

/// Rows of a dataset in one source.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) id: &'a DatasetId,
    pub(super) dataset: &'a Dataset,
    pub(super) source_id: &'a SourceId,
    pub(super) source: &'a Source,
    pub(super) freshness: Freshness,
    /// Where it is, for datasets that lie in several regions.
    pub(super) region: Option<&'a str>,
    /// Whether what it answers leaves its region.
    pub(super) is_abroad: bool,
}

type Slot = Arc<Mutex<Known>>;

/// What is known of a dataset in one source.
#[derive(Default)]
struct Known {
    opened: Option<Opened>,
    /// When a region was last found down, and why.
    failed: Option<(Instant, Arc<EngineError>)>,
}

/// How long a region that did not answer is not asked again by people who look; they would wait for it one after the
/// other.
const REST: Duration = Duration::from_secs(15);

struct Opened {
    input: Arc<Input>,
    listed_at: Instant,
}

/// A source that computes, and the hash of its definition.
type Connected = (u64, Arc<dyn Warehouse>);

/// Opens datasets and keeps them open.
pub(super) struct Datasets {
    settings: EngineSettings,
    options: InputOptions,
    // One slot per dataset, source and definition: questions that arrive together wait for one opening.
    slots: Mutex<HashMap<(DatasetId, SourceId), (u64, Slot)>>,
    /// Nothing is run over them, so nothing is held against their rows.
    pub(super) is_estimating: bool,
    // Their connections are shared between datasets.
    warehouses: Mutex<HashMap<SourceId, Connected>>,
}

impl Datasets {
    pub(super) fn new(settings: EngineSettings) -> Self {
        let options = InputOptions {
            max_files: settings.max_files,
            partitions: settings.threads.max(1),
            memory: Arc::new(FairSpillPool::new(settings.memory_bytes)),
            range_cache: RangeCache::new(settings.range_cache_bytes, settings.whole_object_bytes),
        };
        let (slots, warehouses) = (Mutex::default(), Mutex::default());
        Self { settings, options, slots, is_estimating: false, warehouses }
    }

    /// The dataset, opened now or before.
    pub(super) async fn open(
        &self,
        executor: &Executor,
        spot: &Spot<'_>,
        meter: &Arc<Meter>,
    ) -> Result<Arc<Input>, EngineError> {
        let Spot { dataset, source, freshness, .. } = *spot;
        let slot = self.slot(spot).await;
        let mut slot = slot.lock().await;
        let lifetime = self.settings.listing_lifetime;
        let is_fresh = |opened: &&Opened| match freshness {
            Freshness::Recent => opened.listed_at.elapsed() < lifetime,
            Freshness::Since(moment) => opened.listed_at >= moment,
            Freshness::Known => true,
        };
        // What is known last of a region may be that it is down.
        let is_last = |at: &Instant| slot.opened.as_ref().is_none_or(|opened| opened.listed_at < *at);
        if freshness == Freshness::Known
            && let Some((_, error)) =
                slot.failed.as_ref().filter(|(at, _)| spot.region.is_some() && is_last(at))
        {
            return Err(EngineError::Shared(Arc::clone(error)));
        }
        if let Some(opened) = slot.opened.as_ref().filter(is_fresh) {
            return Ok(Arc::clone(&opened.input));
        }
        if freshness == Freshness::Known {
            return Err(EngineError::Bug(format!("nothing is known of dataset `{}` yet", spot.id)));
        }
        if let Some((at, error)) = slot.failed.as_ref().filter(|_| spot.region.is_some()) {
            let is_known = match freshness {
                // All panels of a report that is sent see the same regions.
                Freshness::Since(moment) => *at >= moment,
                Freshness::Recent | Freshness::Known => at.elapsed() < REST,
            };
            if is_known {
                return Err(EngineError::Shared(Arc::clone(error)));
            }
        }
        let listed_at = Instant::now();
        let known = slot.opened.as_ref().map(|opened| Arc::clone(&opened.input));
        let input = if source.computes() {
            self.at_its_source(spot, known.as_ref(), meter).await
        } else {
            self.in_files(spot, known.as_ref(), meter).await
        };
        let input = match input {
            Err(error) if spot.region.is_some() && is_down(&error) => {
                let error = Arc::new(error);
                slot.failed = Some((Instant::now(), Arc::clone(&error)));
                return Err(EngineError::Shared(error));
            }
            input => input?,
        };
        let input = match (input, spot.region) {
            (Some(input), Some(region)) => Some(input.in_region(region)?),
            (input, _) => input,
        };
        let Some(input) = input.map(Arc::new) else {
            // The same data: what is known of them stays known.
            return slot.opened.as_mut().map_or_else(
                || Err(EngineError::Bug("a dataset that was not opened has not changed".into())),
                |opened| {
                    opened.listed_at = listed_at;
                    Ok(Arc::clone(&opened.input))
                },
            );
        };
        if !self.is_estimating {
            refuse_duplicates(executor, dataset, &input, meter).await?;
        }
        slot.opened = Some(Opened { input: Arc::clone(&input), listed_at });
        Ok(input)
    }

    /// The dataset's files, opened; `None` if they are those of `known`.
    async fn in_files(
        &self,
        spot: &Spot<'_>,
        known: Option<&Arc<Input>>,
        meter: &Arc<Meter>,
    ) -> Result<Option<Input>, EngineError> {
        let (settings, Spot { dataset, source, .. }) = (&self.settings, *spot);
        let store = open_source(spot.source_id.as_str(), source, &settings.workspace, &settings.file_roots)?;
        if let Some(known) = known
            && known.version
                == self.in_time(current_version(dataset, source, &store, &self.options, meter)).await?
        {
            return Ok(None);
        }
        Ok(Some(self.in_time(open_input(dataset, source, &store, &self.options, meter)).await?))
    }

    /// The dataset's tables, described by their source; `None` if they are those of `known`.
    async fn at_its_source(
        &self,
        spot: &Spot<'_>,
        known: Option<&Arc<Input>>,
        meter: &Arc<Meter>,
    ) -> Result<Option<Input>, EngineError> {
        if let Some((known, Remote { warehouse, tables })) =
            known.and_then(|known| Some((known, known.remote.as_ref()?)))
            && known.version == self.in_time(remote_version(warehouse, tables, meter)).await?
        {
            return Ok(None);
        }
        let warehouse = self.warehouse(spot.source_id, spot.source).await?;
        let mut input =
            self.in_time(open_remote(spot.dataset, spot.source, warehouse, &self.options, meter)).await?;
        if let (true, Some(remote)) = (spot.is_abroad, &input.remote) {
            // Only for the books; a source that does not tell is asked all the same.
            match self.in_time(remote_size(remote, meter)).await {
                Ok(bytes) => input.bytes = bytes,
                Err(error) => {
                    tracing::debug!(source = %spot.source_id, %error, "the size of tables is not known");
                }
            }
        }
        Ok(Some(input))
    }

    /// The source, opened now or before.
    async fn warehouse(&self, id: &SourceId, source: &Source) -> Result<Arc<dyn Warehouse>, EngineError> {
        let hash = hash_of(source);
        let mut warehouses = self.warehouses.lock().await;
        if let Some((known, warehouse)) = warehouses.get(id)
            && *known == hash
        {
            return Ok(Arc::clone(warehouse));
        }
        let settings = &self.settings;
        let (secret, timeout) = (settings.secret, settings.query_timeout);
        let warehouse = open_warehouse(id.as_str(), source, secret, timeout, settings.adbc.as_ref())?;
        warehouses.insert(id.clone(), (hash, Arc::clone(&warehouse)));
        Ok(warehouse)
    }

    /// The credits of statements, as the source tells them.
    pub(super) async fn bill(
        &self,
        id: &SourceId,
        source: &Source,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        meter: &Meter,
    ) -> Result<Bill, EngineError> {
        let no_bill = || {
            let problem = "it does not tell what statements cost; Snowflake does".to_owned();
            EngineError::from(SourceError::BadSource { source_id: id.to_string(), problem })
        };
        if !source.computes() {
            return Err(no_bill());
        }
        let warehouse = self.warehouse(id, source).await?;
        let told = warehouse.bill(from, to, meter);
        self.in_time(told).await?.ok_or_else(no_bill)
    }

    /// Whether a file is there, if its store tells within the limit of a query.
    pub(super) async fn has_object(
        &self,
        id: &SourceId,
        source: &Source,
        path: &str,
    ) -> Result<bool, EngineError> {
        let settings = &self.settings;
        if source.computes() {
            let problem = "it has tables, and no files that could be waited for".to_owned();
            return Err(SourceError::BadSource { source_id: id.to_string(), problem }.into());
        }
        let store = open_source(id.as_str(), source, &settings.workspace, &settings.file_roots)?;
        self.in_time(has_object(&store, path)).await
    }

    /// Forgets the dataset's files, after one of them was found to have changed.
    pub(super) async fn forget(&self, id: &DatasetId) {
        self.slots.lock().await.retain(|(known, _), _| known != id);
    }

    /// What a store answers, if it does within the limit of a query.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, SourceError>>) -> Result<T, EngineError> {
        let limit = self.settings.query_timeout;
        let answered = tokio::time::timeout(limit, work).await;
        Ok(answered.map_err(|_| EngineError::Timeout { limit_secs: limit.as_secs() })??)
    }

    async fn slot(&self, spot: &Spot<'_>) -> Slot {
        let hash = hash_of(&(spot.dataset, spot.source));
        let mut slots = self.slots.lock().await;
        let (known, slot) = slots.entry((spot.id.clone(), spot.source_id.clone())).or_default();
        if *known != hash {
            (*known, *slot) = (hash, Slot::default());
        }
        Arc::clone(slot)
    }
}

/// Whether a source cannot be opened now, and may be later.
pub(super) fn is_down(error: &EngineError) -> bool {
    match error {
        EngineError::Shared(inner) => is_down(inner),
        EngineError::Timeout { .. } => true,
        other => other.kind() == Kind::Unavailable,
    }
}

/// A number that changes when the definitions do.
pub(super) fn definition_hash(ask: &Ask<'_>) -> u64 {
    hash_of(&(ask.dataset, ask.source, &ask.others))
}

fn hash_of(definition: &impl serde::Serialize) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(definition).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

async fn refuse_duplicates(
    executor: &Executor,
    dataset: &Dataset,
    input: &Arc<Input>,
    meter: &Arc<Meter>,
) -> Result<(), EngineError> {
    let everything = Restriction::none(Unrestricted::Check);
    let planner = Planner::new(dataset, input, &everything)?;
    for (name, relationship) in &dataset.relationships {
        let found = executor.collect(input, planner.duplicates(name)?, meter).await?;
        if found.iter().any(|batch| batch.num_rows() > 0) {
            let columns = relationship.on.values().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(EngineError::Duplicates { relationship: name.to_string(), columns });
        }
    }
    Ok(())
}
