//! A dataset opened for queries: an immutable snapshot of its files as logical plans.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::Column;
use datafusion::common::tree_node::TreeNode as _;
use datafusion::datasource::provider_as_source;
use datafusion::execution::memory_pool::MemoryPool;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry as _};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::prelude::{SessionConfig, SessionContext};
use indexmap::IndexMap;
use object_store::ObjectStore;
use sha2::{Digest, Sha256};
use url::Url;

use super::file_set::FileSet;
use super::file_table::FileTable;
use super::pinned_store::PinnedStore;
use super::{Meter, OpenedSource, RangeCache, Remote, SourceError, select_only};
use crate::definitions::model::{Dataset, Source};

/// An opened dataset. What it reads does not change: a new version is a new input.
pub struct Input {
    /// Reaches the snapshot's files and nothing else.
    pub context: SessionContext,
    /// The rows of the dataset; its columns are qualified by [`ROWS`].
    pub rows: LogicalPlan,
    /// The joined tables, by the name of their relationship; columns are qualified by it.
    pub relationships: HashMap<String, LogicalPlan>,
    /// A digest of the files' names, sizes and ETags.
    pub version: String,
    /// How many files it consists of.
    pub files: usize,
    /// How many bytes they have.
    pub bytes: u64,
    /// Who answers, where the data stay at their source.
    pub remote: Option<Remote>,
    /// The functional role on whose account the source is asked in a way of its own.
    pub asked_for: Option<String>,
    /// The region that stands in its column [`REGION_COLUMN`], where it has one.
    pub(super) region: Option<String>,
    /// The files, where there are some.
    pub(super) store: Option<Arc<PinnedStore>>,
}

impl Input {
    /// Tables that stay at their source.
    pub(crate) fn remaining(
        context: SessionContext,
        rows: LogicalPlan,
        relationships: HashMap<String, LogicalPlan>,
        version: String,
        remote: Option<Remote>,
    ) -> Self {
        Self {
            context,
            rows,
            relationships,
            version,
            files: 0,
            bytes: 0,
            remote,
            asked_for: None,
            region: None,
            store: None,
        }
    }

    /// The same as it is asked on the account of a functional role; `None` where that makes no difference.
    pub fn of_role(&self, role: &str) -> Option<Self> {
        let Remote { warehouse, tables } = self.remote.as_ref()?;
        let warehouse = warehouse.of_role(role)?;
        Some(Self {
            context: self.context.clone(),
            rows: self.rows.clone(),
            relationships: self.relationships.clone(),
            version: self.version.clone(),
            remote: Some(Remote { warehouse, tables: tables.clone() }),
            asked_for: Some(role.to_owned()),
            region: self.region.clone(),
            store: None,
            ..*self
        })
    }

    /// The same with a column that says which region its rows are from, [`REGION_COLUMN`].
    ///
    /// # Errors
    /// Its table has a column of that name.
    pub fn in_region(&self, region: &str) -> Result<Self, SourceError> {
        let taken = || {
            let problem = format!(
                "a column is called `{REGION_COLUMN}`, which says of datasets in several regions where a row is from"
            );
            SourceError::BadDataset(problem)
        };
        let mut columns: Vec<Expr> = Vec::new();
        for (qualifier, field) in self.rows.schema().iter() {
            if field.name() != REGION_COLUMN {
                columns.push(Expr::Column(Column::new(qualifier.cloned(), field.name())));
            } else if self.region.is_none() {
                return Err(taken());
            }
        }
        columns.push(lit(region).alias(REGION_COLUMN));
        let rows = LogicalPlanBuilder::from(self.rows.clone())
            .project(columns)
            .and_then(|rows| rows.alias(ROWS))
            .and_then(LogicalPlanBuilder::build)
            .map_err(|cause| unusable(&cause))?;
        Ok(Self {
            context: self.context.clone(),
            rows,
            relationships: self.relationships.clone(),
            version: self.version.clone(),
            remote: self.remote.clone(),
            asked_for: self.asked_for.clone(),
            region: Some(region.to_owned()),
            store: self.store.clone(),
            ..*self
        })
    }

    /// Whether a plan over it has no row to look at, whatever there is: it asks for other regions' rows.
    pub fn reads_nothing(&self, plan: &LogicalPlan) -> Result<bool, SourceError> {
        let plan = self.context.state().optimize(plan).map_err(|cause| unusable(&cause))?;
        let scans = plan.exists(|node| Ok(matches!(node, LogicalPlan::TableScan(_))));
        Ok(!scans.map_err(|cause| unusable(&cause))?)
    }

    /// What runs its plans so that `meter` counts what they ask of the source.
    pub fn metered(&self, meter: &Arc<Meter>) -> Result<SessionContext, SourceError> {
        let Some(store) = &self.store else { return Ok(self.context.clone()) };
        let url = store_url()?;
        let stores = DefaultObjectStoreRegistry::new();
        stores.register_store(&url, Arc::new(store.metered(meter)));
        let runtime = RuntimeEnv {
            object_store_registry: Arc::new(stores),
            ..self.context.runtime_env().as_ref().clone()
        };
        let state = SessionStateBuilder::new_from_existing(self.context.state());
        Ok(SessionContext::new_with_state(state.with_runtime_env(Arc::new(runtime)).build()))
    }

    /// The same dataset with its joined tables in memory. Questions to it are small, so each uses one thread.
    pub fn beside(
        &self,
        joined: HashMap<String, (SchemaRef, Vec<RecordBatch>)>,
    ) -> Result<Self, SourceError> {
        let config = self.context.copied_config().with_target_partitions(1);
        let context = SessionContext::new_with_config_rt(config, self.context.runtime_env());
        let relationships = joined
            .into_iter()
            .map(|(name, (schema, batches))| Ok((name.clone(), scan(&name, &in_memory(schema, batches)?)?)))
            .collect::<Result<_, SourceError>>()?;
        Ok(Self {
            context,
            relationships,
            rows: self.rows.clone(),
            version: self.version.clone(),
            remote: None,
            asked_for: self.asked_for.clone(),
            region: self.region.clone(),
            store: None,
            ..*self
        })
    }

    /// The same over rows in memory.
    pub fn over(&self, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Self, SourceError> {
        Ok(Self {
            context: self.context.clone(),
            rows: scan(ROWS, &in_memory(schema, batches)?)?,
            relationships: self.relationships.clone(),
            version: self.version.clone(),
            remote: None,
            asked_for: self.asked_for.clone(),
            region: self.region.clone(),
            store: None,
            ..*self
        })
    }
}

fn in_memory(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Arc<dyn TableProvider>, SourceError> {
    let table = MemTable::try_new(schema, vec![batches]).map_err(|cause| unusable(&cause))?;
    Ok(Arc::new(table))
}

/// Limits and shared parts for opening datasets.
#[derive(Clone)]
pub struct InputOptions {
    /// The most files a path may stand for.
    pub max_files: usize,
    /// How many threads one query uses.
    pub partitions: usize,
    /// Bounds the memory of all queries together.
    pub memory: Arc<dyn MemoryPool>,
    /// Keeps byte ranges of remote files.
    pub range_cache: RangeCache,
}

/// The version of the dataset's files as they are listed now. Costs a LIST (or HEAD) per table.
pub async fn current_version(
    dataset: &Dataset,
    definition: &Source,
    source: &OpenedSource,
    options: &InputOptions,
    meter: &Meter,
) -> Result<String, SourceError> {
    let tables = list_tables(dataset, definition, source, options, meter).await?;
    Ok(version_of(tables.values().map(|(files, _)| files)))
}

/// Lists the dataset's files and opens them. Costs a LIST (or HEAD) per table and the reading of
/// schemas.
pub async fn open_input(
    dataset: &Dataset,
    definition: &Source,
    source: &OpenedSource,
    options: &InputOptions,
    meter: &Arc<Meter>,
) -> Result<Input, SourceError> {
    let tables = list_tables(dataset, definition, source, options, meter).await?;
    let sets: Vec<&FileSet> = tables.values().map(|(files, _)| files).collect();
    let store_url = store_url()?;
    let store = Arc::new(PinnedStore::new(
        Arc::clone(&source.store),
        FileSet::shared(&sets),
        source.id.clone(),
        source.remote.then(|| options.range_cache.clone()),
        Arc::clone(meter),
    ));
    let context = session(&store, &store_url, options)?;
    let mut providers = IndexMap::new();
    for (name, (files, table)) in &tables {
        let provider = guarded(&files.path, table.provider(&context, &store_url, files)).await?;
        providers.insert(name.clone(), provider);
    }

    let mut relationships = HashMap::new();
    for name in dataset.relationships.keys() {
        if let Some(provider) = providers.get(name.as_str()) {
            relationships.insert(name.to_string(), scan(name.as_str(), provider)?);
        }
    }
    let rows = match (&dataset.sql, providers.get(ROWS)) {
        (Some(sql), _) => {
            for name in dataset.tables.keys() {
                if let Some(provider) = providers.get(name.as_str()) {
                    context
                        .register_table(name.as_str(), Arc::clone(provider))
                        .map_err(|cause| unusable(&cause))?;
                }
            }
            let plan = select_only::plan(&context, sql).await?;
            LogicalPlanBuilder::from(plan)
                .alias(ROWS)
                .and_then(LogicalPlanBuilder::build)
                .map_err(|cause| unusable(&cause))?
        }
        (None, Some(provider)) => scan(ROWS, provider)?,
        (None, None) => return Err(SourceError::BadDataset("a dataset needs `table` or `sql`".into())),
    };
    Ok(Input {
        context,
        rows,
        relationships,
        version: version_of(sets.iter().copied()),
        files: sets.iter().map(|set| set.files.len()).sum(),
        bytes: sets.iter().map(|set| set.bytes()).sum(),
        remote: None,
        asked_for: None,
        region: None,
        store: Some(store),
    })
}

/// The qualifier of the dataset's own columns in the plans of an [`Input`].
pub const ROWS: &str = "__rows";

/// The column of datasets that lie in several regions which says where a row is from.
pub const REGION_COLUMN: &str = "source_region";

const STORE_URL: &str = "source://files";

fn store_url() -> Result<Url, SourceError> {
    Url::parse(STORE_URL).map_err(|error| SourceError::BadDataset(error.to_string()))
}

type Tables<'a> = IndexMap<String, (FileSet, FileTable<'a>)>;

async fn list_tables<'a>(
    dataset: &'a Dataset,
    definition: &Source,
    source: &OpenedSource,
    options: &InputOptions,
    meter: &Meter,
) -> Result<Tables<'a>, SourceError> {
    let mut tables = Tables::new();
    if let Some(path) = &dataset.table {
        let files = FileSet::list(source, definition.table(path), options.max_files).await?;
        let table =
            FileTable { format: dataset.format, csv: dataset.csv.as_ref(), partitions: &dataset.partitions };
        tables.insert(ROWS.to_owned(), (files, table));
    }
    for (name, table) in &dataset.tables {
        let files = FileSet::list(source, definition.table(&table.path), options.max_files).await?;
        let table =
            FileTable { format: table.format, csv: table.csv.as_ref(), partitions: &table.partitions };
        tables.insert(name.to_string(), (files, table));
    }
    for (name, relationship) in &dataset.relationships {
        let files = FileSet::list(source, definition.table(&relationship.table), options.max_files).await?;
        let table = FileTable {
            format: relationship.format,
            csv: relationship.csv.as_ref(),
            partitions: &NO_PARTITIONS,
        };
        tables.insert(name.to_string(), (files, table));
    }
    meter.add(|meter| &meter.lists, tables.len() as u64);
    Ok(tables)
}

static NO_PARTITIONS: LazyLock<IndexMap<String, String>> = LazyLock::new(IndexMap::new);

fn version_of<'a>(sets: impl Iterator<Item = &'a FileSet>) -> String {
    let mut digest = Sha256::new();
    sets.for_each(|set| set.add_to_digest(&mut digest));
    hex(&digest.finalize())
}

fn session(
    store: &Arc<PinnedStore>,
    store_url: &Url,
    options: &InputOptions,
) -> Result<SessionContext, SourceError> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::clone(&options.memory))
        .build_arc()
        .map_err(|cause| unusable(&cause))?;
    runtime.register_object_store(store_url, Arc::clone(store) as Arc<dyn ObjectStore>);
    // Names in definitions are exact: `sum(OrderAmount)` means the column of that spelling.
    let mut config = SessionConfig::new()
        .with_target_partitions(options.partitions)
        .with_collect_statistics(true)
        .with_information_schema(false);
    config.options_mut().sql_parser.enable_ident_normalization = false;
    config.options_mut().execution.listing_table_ignore_subdirectory = false;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

pub(super) fn scan(name: &str, provider: &Arc<dyn TableProvider>) -> Result<LogicalPlan, SourceError> {
    LogicalPlanBuilder::scan(
        datafusion::common::TableReference::bare(name),
        provider_as_source(Arc::clone(provider)),
        None,
    )
    .and_then(LogicalPlanBuilder::build)
    .map_err(|cause| unusable(&cause))
}

fn unusable(cause: &datafusion::error::DataFusionError) -> SourceError {
    SourceError::BadDataset(cause.to_string())
}

/// Runs a reader in a task of its own: corrupt files can make readers panic.
async fn guarded<T>(
    path: &str,
    work: impl Future<Output = Result<T, SourceError>>,
) -> Result<T, SourceError> {
    use futures::FutureExt;

    std::panic::AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
        let cause = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("the reader gave up");
        Err(SourceError::Corrupt { path: path.to_owned(), cause: cause.to_owned() })
    })
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
