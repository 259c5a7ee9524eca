//! Datasets whose tables stay at their source.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use datafusion::catalog::TableProvider;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use sha2::{Digest as _, Sha256};

use super::postgres::PostgresWarehouse;
use super::snowflake::SnowflakeWarehouse;
use super::{AdbcDriver, RemoteTable, Warehouse};
use crate::definitions::model::{Dataset, Source};
use crate::sources::input::{ROWS, hex, scan};
use crate::sources::{Input, InputOptions, Meter, SourceError, select_only};

/// The tables of a dataset, and who answers questions about them.
#[derive(Debug, Clone)]
pub struct Remote {
    /// Who answers.
    pub warehouse: Arc<dyn Warehouse>,
    /// Every table that is read.
    pub tables: Vec<Arc<RemoteTable>>,
}

/// Opens a source that computes. Connects when it is first asked.
///
/// # Errors
/// Its definition is wrong, or one of its secrets is missing.
pub fn open_warehouse(
    id: &str,
    source: &Source,
    secret: fn(&str) -> Result<String, String>,
    timeout: Duration,
    adbc: Option<&AdbcDriver>,
) -> Result<Arc<dyn Warehouse>, SourceError> {
    if source.url.starts_with("snowflake://") {
        return Ok(Arc::new(SnowflakeWarehouse::new(id, source, secret, timeout, adbc)?));
    }
    Ok(Arc::new(PostgresWarehouse::new(id, source, secret, timeout)?))
}

/// Asks for the columns of the dataset's tables, and plans its rows over them.
pub async fn open_remote(
    dataset: &Dataset,
    source: &Source,
    warehouse: Arc<dyn Warehouse>,
    options: &InputOptions,
    meter: &Meter,
) -> Result<Input, SourceError> {
    let config = SessionConfig::new().with_information_schema(false);
    let mut config = config.with_target_partitions(1);
    // Names in definitions are exact: `sum(OrderAmount)` means the column of that spelling.
    config.options_mut().sql_parser.enable_ident_normalization = false;
    // What is put together here counts as what is computed here.
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(Arc::clone(&options.memory)).build_arc();
    let context = SessionContext::new_with_config_rt(config, runtime.map_err(|cause| unusable(&cause))?);
    let mut tables = Vec::new();
    let mut described = async |name: &str| {
        let table = Arc::new(warehouse.describe(source.table(name), meter).await?);
        tables.push(Arc::clone(&table));
        Ok::<_, SourceError>(table as Arc<dyn TableProvider>)
    };
    let rows = match (&dataset.table, &dataset.sql) {
        (Some(table), _) => scan(ROWS, &described(table).await?)?,
        (None, Some(sql)) => {
            for (name, table) in &dataset.tables {
                let provider = described(&table.path).await?;
                context.register_table(name.as_str(), provider).map_err(|cause| unusable(&cause))?;
            }
            let plan = select_only::plan(&context, sql).await?;
            LogicalPlanBuilder::from(plan)
                .alias(ROWS)
                .and_then(LogicalPlanBuilder::build)
                .map_err(|cause| unusable(&cause))?
        }
        (None, None) => return Err(SourceError::BadDataset("a dataset needs `table` or `sql`".into())),
    };
    let mut relationships = HashMap::new();
    for (name, relationship) in &dataset.relationships {
        let provider = described(&relationship.table).await?;
        relationships.insert(name.to_string(), scan(name.as_str(), &provider)?);
    }
    let version = remote_version(&warehouse, &tables, meter).await?;
    Ok(Input::remaining(context, rows, relationships, version, Some(Remote { warehouse, tables })))
}

/// The version of the tables as they are now.
pub async fn remote_version(
    warehouse: &Arc<dyn Warehouse>,
    tables: &[Arc<RemoteTable>],
    meter: &Meter,
) -> Result<String, SourceError> {
    let mut digest = Sha256::new();
    for table in tables {
        digest.update(format!("{:?} {:?} {:?}\n", table.path, table.columns, table.fields()));
    }
    digest.update(warehouse.version(tables, meter).await?);
    Ok(hex(&digest.finalize()))
}

/// How many bytes the tables have at their source, as far as it tells.
pub async fn remote_size(remote: &Remote, meter: &Meter) -> Result<u64, SourceError> {
    remote.warehouse.size(&remote.tables, meter).await
}

fn unusable(cause: &datafusion::error::DataFusionError) -> SourceError {
    SourceError::BadDataset(cause.to_string())
}
