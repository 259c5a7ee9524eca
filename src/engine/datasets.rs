//! Opened datasets, shared between questions while their files stay the same.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

use datafusion::execution::memory_pool::FairSpillPool;
use tokio::sync::Mutex;

use super::execution::Executor;
use super::{EngineError, EngineSettings};
use crate::access::{Restriction, Unrestricted};
use crate::definitions::model::{Dataset, DatasetId, Source, SourceId};
use crate::query::Planner;
use crate::sources::{
    Input, InputOptions, RangeCache, SourceError, StoreCounters, current_version, has_object, open_input,
    open_source,
};

/// How recent a listing of a dataset's files must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// As recent as the listing lifetime says: for people who look.
    Recent,
    /// Not listed before this moment: for reports that are sent. All panels of a report share the
    /// moment, so that the first lists and the others see the same files.
    Since(Instant),
}

impl Freshness {
    /// Listed from now on.
    pub fn from_now_on() -> Self {
        Self::Since(Instant::now())
    }
}

type Slot = Arc<Mutex<Option<Opened>>>;

struct Opened {
    input: Arc<Input>,
    listed_at: Instant,
}

/// Opens datasets and keeps them open.
pub(super) struct Datasets {
    settings: EngineSettings,
    options: InputOptions,
    // One slot per dataset and definition: questions that arrive together wait for one opening.
    slots: Mutex<HashMap<DatasetId, (u64, Slot)>>,
}

impl Datasets {
    pub(super) fn new(settings: EngineSettings, counters: Arc<StoreCounters>) -> Self {
        let options = InputOptions {
            max_files: settings.max_files,
            partitions: settings.threads.max(1),
            memory: Arc::new(FairSpillPool::new(settings.memory_bytes)),
            range_cache: RangeCache::new(settings.range_cache_bytes, settings.whole_object_bytes),
            counters,
        };
        Self { settings, options, slots: Mutex::new(HashMap::new()) }
    }

    /// The dataset, opened now or before.
    pub(super) async fn open(
        &self,
        executor: &Executor,
        id: &DatasetId,
        dataset: &Dataset,
        source: &Source,
        freshness: Freshness,
    ) -> Result<Arc<Input>, EngineError> {
        let slot = self.slot(id, definition_hash(dataset, source)).await;
        let mut slot = slot.lock().await;
        let lifetime = self.settings.listing_lifetime;
        let is_fresh = |opened: &&Opened| match freshness {
            Freshness::Recent => opened.listed_at.elapsed() < lifetime,
            Freshness::Since(moment) => opened.listed_at >= moment,
        };
        if let Some(opened) = slot.as_ref().filter(is_fresh) {
            return Ok(Arc::clone(&opened.input));
        }
        let listed_at = Instant::now();
        let store = open_source(
            dataset.source.as_str(),
            source,
            &self.settings.workspace,
            &self.settings.file_roots,
        )?;
        if let Some(opened) = slot.as_mut() {
            // The same files: what is known of them stays known.
            let version = self.in_time(current_version(dataset, &store, &self.options)).await?;
            if version == opened.input.version {
                opened.listed_at = listed_at;
                return Ok(Arc::clone(&opened.input));
            }
        }
        let input = Arc::new(self.in_time(open_input(dataset, &store, &self.options)).await?);
        refuse_duplicates(executor, dataset, &input).await?;
        *slot = Some(Opened { input: Arc::clone(&input), listed_at });
        Ok(input)
    }

    /// Whether a file is there, if its store tells within the limit of a query.
    pub(super) async fn has_object(
        &self,
        id: &SourceId,
        source: &Source,
        path: &str,
    ) -> Result<bool, EngineError> {
        let settings = &self.settings;
        let store = open_source(id.as_str(), source, &settings.workspace, &settings.file_roots)?;
        self.in_time(has_object(&store, path)).await
    }

    /// Forgets the dataset's files, after one of them was found to have changed.
    pub(super) async fn forget(&self, id: &DatasetId) {
        self.slots.lock().await.remove(id);
    }

    /// What a store answers, if it does within the limit of a query.
    async fn in_time<T>(&self, work: impl Future<Output = Result<T, SourceError>>) -> Result<T, EngineError> {
        let limit = self.settings.query_timeout;
        let answered = tokio::time::timeout(limit, work).await;
        Ok(answered.map_err(|_| EngineError::Timeout { limit_secs: limit.as_secs() })??)
    }

    async fn slot(&self, id: &DatasetId, hash: u64) -> Slot {
        let mut slots = self.slots.lock().await;
        match slots.get(id) {
            Some((known, slot)) if *known == hash => Arc::clone(slot),
            _ => {
                let slot = Slot::default();
                slots.insert(id.clone(), (hash, Arc::clone(&slot)));
                slot
            }
        }
    }
}

/// A number that changes when the definitions do.
pub(super) fn definition_hash(dataset: &Dataset, source: &Source) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(&(dataset, source)).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

async fn refuse_duplicates(
    executor: &Executor,
    dataset: &Dataset,
    input: &Arc<Input>,
) -> Result<(), EngineError> {
    let everything = Restriction::none(Unrestricted::Check);
    let planner = Planner::new(dataset, input, &everything)?;
    for (name, relationship) in &dataset.relationships {
        let found = executor.collect(input, planner.duplicates(name)?).await?;
        if found.iter().any(|batch| batch.num_rows() > 0) {
            let columns = relationship.on.values().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(EngineError::Duplicates { relationship: name.to_string(), columns });
        }
    }
    Ok(())
}
