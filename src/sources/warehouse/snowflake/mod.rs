//! Snowflake, through its SQL API (version 2), and for large answers through its ADBC driver.

mod adbc;
mod api;
mod bill;
mod cells;
mod credentials;

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Field};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

pub use self::adbc::AdbcDriver;

use self::adbc::Account;
use self::api::{Api, Failure, Rows};
use self::credentials::Credentials;
use super::{
    Bill, Limits, RemoteColumn, RemoteTable, SqlDialect, Statement, StatementError, TextColumns, Warehouse,
};
use crate::definitions::model::{SnowflakeOptions, Source};
use crate::sources::{Meter, SourceError};

/// How many partitions of an answer are fetched at a time.
const PARTITIONS_AT_A_TIME: usize = 4;

/// A Snowflake account, seen through one user and role.
#[derive(Debug, Clone)]
pub(super) struct SnowflakeWarehouse {
    id: String,
    api: Arc<Api>,
    options: SnowflakeOptions,
    /// What stands before names of tables that are shorter.
    place: Vec<String>,
    timeout: Duration,
    statements: Arc<Semaphore>,
    /// Where large answers come another way.
    extracts: Option<Extracts>,
}

/// What it takes to log in through the driver.
#[derive(Debug, Clone)]
struct Extracts {
    driver: AdbcDriver,
    account: String,
    secret: fn(&str) -> Result<String, String>,
}

impl SnowflakeWarehouse {
    /// An account by its definition. Asks nothing yet.
    pub(super) fn new(
        id: &str,
        source: &Source,
        secret: fn(&str) -> Result<String, String>,
        timeout: Duration,
        adbc: Option<&AdbcDriver>,
    ) -> Result<Self, SourceError> {
        let bad = |problem: String| SourceError::BadSource { source_id: id.to_owned(), problem };
        let options = source.snowflake.clone().ok_or_else(|| bad("`snowflake` is missing".into()))?;
        let url = Url::parse(&source.url).map_err(|error| bad(error.to_string()))?;
        let account = url.host_str().unwrap_or_default().to_owned();
        let place = url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let credentials = Credentials::of(&account, &options, secret).map_err(bad)?;
        let api = Api::new(&account, &options, credentials).map_err(bad)?;
        // The driver cannot be told of a proxy.
        let driver = adbc.filter(|_| options.proxy.is_none());
        let extracts = driver.map(|driver| Extracts { driver: driver.clone(), account, secret });
        let statements = Arc::new(Semaphore::new(options.statements.max(1) as usize));
        Ok(Self { id: id.to_owned(), api: Arc::new(api), options, place, timeout, statements, extracts })
    }

    /// The whole name of a table.
    fn path(&self, table: &str) -> Vec<String> {
        let own: Vec<String> = table.split('.').map(str::to_owned).collect();
        let before = self.place.len().min(3_usize.saturating_sub(own.len()));
        self.place.iter().take(before).cloned().chain(own).collect()
    }

    /// What the account's histories know its statements by.
    fn tag(&self) -> String {
        format!("jangpyo {}", self.id)
    }

    /// What is posted. Everything that an answer depends on stands in it, so that no session has to be kept.
    fn body(&self, text: &str, texts: &[String]) -> Value {
        let bindings: serde_json::Map<String, Value> = texts
            .iter()
            .enumerate()
            .map(|(place, text)| ((place + 1).to_string(), json!({"type": "TEXT", "value": text})))
            .collect();
        let mut body = json!({
            "statement": text,
            "timeout": self.timeout.as_secs().max(1),
            "parameters": {
                "TIMEZONE": "UTC",
                "WEEK_START": "1",
                "BINARY_OUTPUT_FORMAT": "HEX",
                "QUERY_TAG": self.tag(),
            },
        });
        let given = [
            ("database", self.place.first()),
            ("schema", self.place.get(1)),
            ("role", self.options.role.as_ref()),
            ("warehouse", self.options.warehouse.as_ref()),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                body[name] = Value::String(value.clone());
            }
        }
        if !bindings.is_empty() {
            body["bindings"] = Value::Object(bindings);
        }
        body
    }

    async fn ask(&self, text: &str, texts: &[String], meter: &Meter) -> Result<(String, Rows), Failure> {
        meter.add(|meter| &meter.statements, 1);
        let _turn = self.turn().await?;
        self.api.run(&self.body(text, texts), self.timeout, meter).await
    }

    async fn turn(&self) -> Result<SemaphorePermit<'_>, Failure> {
        self.statements.acquire().await.map_err(|error| Failure::Unreachable(error.to_string()))
    }

    fn failed(&self, table: &str, failure: Failure) -> SourceError {
        match failure {
            Failure::Unreachable(problem) | Failure::Timeout(problem) => {
                SourceError::Unreachable { source_id: self.id.clone(), problem }
            }
            Failure::Refused(problem) | Failure::BadAnswer(problem) => {
                SourceError::BadDataset(format!("`{table}` in source `{}`: {problem}", self.id))
            }
        }
    }
}

#[async_trait]
impl Warehouse for SnowflakeWarehouse {
    fn dialect(&self) -> SqlDialect {
        SqlDialect::Snowflake
    }

    fn of_role(&self, role: &str) -> Option<Arc<dyn Warehouse>> {
        let asked = self.options.for_roles.get(role)?;
        let mut other = self.clone();
        let given = |own: &Option<String>, usual: &mut Option<String>| {
            if own.is_some() {
                usual.clone_from(own);
            }
        };
        given(&asked.role, &mut other.options.role);
        given(&asked.warehouse, &mut other.options.warehouse);
        Some(Arc::new(other))
    }

    /// The types of an answer without rows are those of the columns, and cost no warehouse time.
    async fn describe(&self, table: &str, meter: &Meter) -> Result<RemoteTable, SourceError> {
        let path = self.path(table);
        let text = format!("SELECT * FROM {} LIMIT 0", quoted(&path));
        let (_, rows) = self.ask(&text, &[], meter).await.map_err(|failure| self.failed(table, failure))?;
        let names: Vec<&str> = rows.types.iter().map(|column| column.name.as_str()).collect();
        let (mut columns, mut fields) = (Vec::new(), Vec::new());
        for column in &rows.types {
            let data_type = cells::type_of(column);
            let as_text = data_type.is_none();
            fields.push(Field::new(
                known_as(&column.name, &names),
                data_type.unwrap_or(DataType::Utf8),
                true,
            ));
            let is_collated = column.collation.as_deref().is_some_and(|collation| !collation.is_empty());
            columns.push(RemoteColumn { name: column.name.clone(), as_text, is_collated });
        }
        Ok(RemoteTable::new(path, columns, fields))
    }

    /// One statement for all of them, which tells of tables and of views and costs no warehouse time.
    async fn version(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<String, SourceError> {
        // The function wants constants, so the names are literals. They come from the definition, and Snowflake knows them.
        let asked: Vec<String> = tables
            .iter()
            .map(|table| format!("SYSTEM$LAST_CHANGE_COMMIT_TIME({})", literal(&quoted(&table.path))))
            .collect();
        let names: Vec<String> = tables.iter().map(|table| table.path.join(".")).collect();
        let answered = self.ask(&format!("SELECT {}", asked.join(", ")), &[], meter).await;
        let (_, rows) = answered.map_err(|failure| self.failed(&names.join("`, `"), failure))?;
        let changed = rows.data.first().map(Vec::as_slice).unwrap_or_default();
        Ok(changed.iter().map(|one| one.as_deref().unwrap_or_default()).collect::<Vec<_>>().join(";"))
    }

    /// What the information schema says; views have no size.
    async fn size(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<u64, SourceError> {
        let mut bytes = 0;
        for table in tables {
            let [database, schema, name] = table.path.as_slice() else { continue };
            let text = format!(
                "SELECT SUM(\"BYTES\") FROM {}.\"INFORMATION_SCHEMA\".\"TABLES\" WHERE \"TABLE_SCHEMA\" = {} AND \"TABLE_NAME\" = {}",
                quoted(std::slice::from_ref(database)),
                literal(schema),
                literal(name),
            );
            let asked = self.ask(&text, &[], meter).await;
            let (_, rows) = asked.map_err(|failure| self.failed(&table.path.join("."), failure))?;
            let size = rows.data.first().and_then(|row| row.first()?.as_deref()?.parse::<u64>().ok());
            bytes += size.unwrap_or_default();
        }
        Ok(bytes)
    }

    async fn bill(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        meter: &Meter,
    ) -> Result<Option<Bill>, SourceError> {
        self.bill(from, to, meter).await.map(Some)
    }

    /// By the bytes of the micro-partitions that it would look at. Costs no warehouse time.
    async fn estimate(&self, statement: &Statement, meter: &Meter) -> Result<(), StatementError> {
        let text = format!("EXPLAIN USING JSON {}", statement.text);
        let (_, rows) = self.ask(&text, &statement.texts, &Meter::default()).await?;
        let told = rows.data.first().and_then(|row| row.first()?.as_deref());
        let told: Value = told.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        let bytes = told.pointer("/GlobalStats/bytesAssigned").and_then(Value::as_u64);
        meter.add(|meter| &meter.statements, 1);
        meter.add(|meter| &meter.scanned, bytes.unwrap_or_default());
        Ok(())
    }

    async fn run(
        &self,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError> {
        let (handle, first) = self.ask(&statement.text, &statement.texts, meter).await?;
        let rows: usize = first.partitions.iter().sum();
        if rows > limits.rows {
            return Err(StatementError::TooLarge);
        }
        let types = Arc::new(first.types);
        if types.len() != statement.schema.fields().len() {
            return Err(StatementError::BadAnswer("the answer has other columns than were asked for".into()));
        }
        let mut batches = vec![batch(statement, &types, &first.data)?];
        let mut bytes = batches.iter().map(RecordBatch::get_array_memory_size).sum::<usize>();
        let later = (1..first.partitions.len()).map(|place| self.api.partition(&handle, place, meter));
        let mut later = futures::stream::iter(later).buffered(PARTITIONS_AT_A_TIME);
        while let Some(data) = later.try_next().await? {
            let batch = batch(statement, &types, &data)?;
            bytes += batch.get_array_memory_size();
            if bytes > limits.bytes {
                return Err(StatementError::TooLarge);
            }
            batches.push(batch);
        }
        let answered: usize = batches.iter().map(RecordBatch::num_rows).sum();
        if answered != rows {
            return Err(StatementError::BadAnswer(format!("{rows} rows were announced and {answered} came")));
        }
        Ok(batches)
    }

    /// Through the driver where there is one, in a session of its own.
    async fn extract(
        &self,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError> {
        let Some(Extracts { driver, account, secret }) = &self.extracts else {
            return self.run(statement, limits, meter).await;
        };
        // Each time, so that a secret that is changed counts.
        let account = Account::of(account, &self.options, *secret, self.timeout);
        let account = account.map_err(StatementError::Refused)?.asking([
            ("adbc.snowflake.sql.db", self.place.first().cloned()),
            ("adbc.snowflake.sql.schema", self.place.get(1).cloned()),
            ("adbc.snowflake.sql.role", self.options.role.clone()),
            ("adbc.snowflake.sql.warehouse", self.options.warehouse.clone()),
            ("QUERY_TAG", Some(self.tag())),
        ]);
        meter.add(|meter| &meter.statements, 1);
        let turn = self.turn().await?;
        match driver.extract(&account, statement, limits, meter).await {
            // The driver fetches from other hosts, which may be closed to this server.
            Err(StatementError::Unreachable(why)) => {
                tracing::warn!(source = self.id, why, "an extract goes on through the SQL API");
                drop(turn);
                self.run(statement, limits, meter).await
            }
            answered => answered,
        }
    }
}

fn batch(
    statement: &Statement,
    types: &[api::ColumnType],
    data: &[Vec<Option<String>>],
) -> Result<RecordBatch, StatementError> {
    let mut columns = TextColumns::new(Arc::clone(&statement.schema));
    let mut cells = Vec::with_capacity(types.len());
    for row in data {
        cells.clear();
        for ((cell, column), field) in row.iter().zip(types).zip(statement.schema.fields()) {
            let zoned = matches!(field.data_type(), DataType::Timestamp(_, Some(_)));
            let text = cell.as_deref().map(|cell| cells::text(cell, column, zoned)).transpose()?;
            let is_whole = field.data_type().is_integer();
            cells.push(if is_whole { text.map(cells::without_zeros) } else { text });
        }
        columns.push(cells.iter().map(Option::as_deref))?;
    }
    columns.finish()
}

/// Where an account answers, with a port where one is named.
fn host_of(account: &str, options: &SnowflakeOptions) -> String {
    options.host.clone().unwrap_or_else(|| format!("{account}.snowflakecomputing.com"))
}

/// The account's own name: of a locator with its region, what stands before the first point.
fn name_of(account: &str) -> &str {
    account.split('.').next().unwrap_or_default()
}

/// The exact name of a table.
fn quoted(path: &[String]) -> String {
    let parts: Vec<String> = path.iter().map(|part| format!("\"{}\"", part.replace('"', "\"\""))).collect();
    parts.join(".")
}

/// A text as a literal; a backslash begins an escape there.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What definitions call a column. Snowflake keeps names that were written without quotes in capital letters, so such a
/// name is known in small ones, unless another column has that name.
fn known_as(name: &str, all: &[&str]) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let small = name.to_ascii_lowercase();
    if plain && !all.contains(&small.as_str()) { small } else { name.to_owned() }
}

impl From<Failure> for StatementError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable(why) => Self::Unreachable(why),
            Failure::Refused(why) => Self::Refused(why),
            Failure::Timeout(why) => Self::Timeout(why),
            Failure::BadAnswer(why) => Self::BadAnswer(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_written_without_quotes_are_known_in_small_letters() {
        assert_eq!(known_as("NET_AMOUNT", &["NET_AMOUNT"]), "net_amount");
        assert_eq!(known_as("NetAmount", &["NetAmount"]), "NetAmount");
        assert_eq!(known_as("AMOUNT", &["AMOUNT", "amount"]), "AMOUNT");
        assert_eq!(known_as("금액", &["금액"]), "금액");
        assert_eq!(known_as("2026", &["2026"]), "2026");
    }
}
