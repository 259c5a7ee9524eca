//! PostgreSQL, read only.

use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Field, TimeUnit};
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use futures::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions, PgRow, PgSslMode, Postgres};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _};
use url::Url;

use super::{
    Limits, RemoteColumn, RemoteTable, SqlDialect, Statement, StatementError, TextColumns, Warehouse,
};
use crate::definitions::model::{PostgresOptions, Source};
use crate::sources::{Meter, SourceError};

/// How long a connection may take to come, or wait for one that is free.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection that nobody has used for so long is given back.
const IDLE: Duration = Duration::from_mins(5);

/// Rows are turned into columns so many at a time.
const ROWS_AT_A_TIME: usize = 8_192;

/// A PostgreSQL database.
#[derive(Debug)]
pub(super) struct PostgresWarehouse {
    id: String,
    pool: PgPool,
}

impl PostgresWarehouse {
    /// A database by its definition. Connects when it is first asked.
    pub(super) fn new(
        id: &str,
        source: &Source,
        secret: fn(&str) -> Result<String, String>,
        timeout: Duration,
    ) -> Result<Self, SourceError> {
        let bad = |problem: String| SourceError::BadSource { source_id: id.to_owned(), problem };
        let options = source.postgres.as_ref().ok_or_else(|| bad("`postgres` is missing".into()))?;
        let url = Url::parse(&source.url).map_err(|error| bad(error.to_string()))?;
        // Nothing of the environment: a definition that names another host must not be given what is there.
        let password = match &options.password_secret {
            Some(name) => secret(name.as_str()).map_err(bad)?,
            None => String::new(),
        };
        let encrypted = if options.allow_unencrypted { PgSslMode::Prefer } else { PgSslMode::VerifyFull };
        let connect = PgConnectOptions::new_without_pgpass()
            .host(url.host_str().unwrap_or_default())
            .port(url.port().unwrap_or(5432))
            .database(url.path().trim_matches('/'))
            .username(&options.user)
            .password(&password)
            .application_name("jangpyo")
            .ssl_mode(encrypted)
            .statement_cache_capacity(0)
            .disable_statement_logging();
        let session: Arc<str> = session(options, timeout).into();
        let pool = PgPoolOptions::new()
            .max_connections(options.connections.max(1))
            .acquire_timeout(PATIENCE)
            .idle_timeout(IDLE)
            .after_connect(move |connection, _| {
                let session = Arc::clone(&session);
                Box::pin(async move { connection.execute(AssertSqlSafe(&*session)).await.map(drop) })
            })
            .connect_lazy_with(connect);
        Ok(Self { id: id.to_owned(), pool })
    }

    fn failed(&self, table: &str, error: &sqlx::Error) -> SourceError {
        let problem = StatementError::from(error).to_string();
        let is_reached = matches!(error, sqlx::Error::Database(_)) && !is_passing(error);
        if is_reached {
            SourceError::BadDataset(format!("`{table}` in source `{}`: {problem}", self.id))
        } else {
            SourceError::Unreachable { source_id: self.id.clone(), problem }
        }
    }
}

/// What every connection begins with. Names are quoted; nothing else comes from a definition.
fn session(options: &PostgresOptions, timeout: Duration) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut session = format!(
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY; SET statement_timeout = {}; SET TIME ZONE 'UTC'; \
         SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'iso_8601'; SET extra_float_digits = 3; \
         SET standard_conforming_strings = on",
        timeout.as_millis()
    );
    if !options.search_path.is_empty() {
        let schemas: Vec<String> = options.search_path.iter().map(|schema| quoted(schema)).collect();
        session.push_str("; SET search_path = ");
        session.push_str(&schemas.join(", "));
    }
    if let Some(role) = &options.role {
        session.push_str("; SET ROLE ");
        session.push_str(&quoted(role));
    }
    session
}

/// The columns of a relation in their order; none if there is no such relation. A collation that is not deterministic
/// takes texts for the same that differ, in case for example.
const COLUMNS: &str =
    "SELECT a.attname::text, t.typname::text, a.atttypmod, NOT coalesce(c.collisdeterministic, true)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_collation c ON c.oid = a.attcollation
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

/// What has happened to a table and its partitions. A view has no such counts, so it counts as changed by now.
const CHANGES: &str = "SELECT CASE WHEN c.relkind IN ('r', 'p', 'm') THEN
  (SELECT string_agg(concat_ws(':', p.oid, p.relfilenode, pg_stat_get_tuples_inserted(p.oid),
     pg_stat_get_tuples_updated(p.oid), pg_stat_get_tuples_deleted(p.oid)), ',' ORDER BY p.oid)
   FROM pg_catalog.pg_class p
   WHERE p.oid = c.oid OR p.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE c.relkind = 'p'))
  ELSE c.oid::text || '@' || extract(epoch FROM clock_timestamp())::text END
FROM pg_catalog.pg_class c WHERE c.oid = to_regclass($1)";

/// What a table and its partitions take, without indexes.
const SIZE: &str = "SELECT coalesce(sum(pg_table_size(p.relid)), 0)::bigint FROM (
  SELECT to_regclass($1)::oid AS relid UNION SELECT relid FROM pg_partition_tree(to_regclass($1))) p";

#[async_trait]
impl Warehouse for PostgresWarehouse {
    fn dialect(&self) -> SqlDialect {
        SqlDialect::Postgres
    }

    async fn describe(&self, table: &str, meter: &Meter) -> Result<RemoteTable, SourceError> {
        let path: Vec<String> = table.split('.').map(str::to_owned).collect();
        meter.add(|meter| &meter.statements, 1);
        let rows = sqlx::query(COLUMNS)
            .bind(regclass(&path))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| self.failed(table, &error))?;
        if rows.is_empty() {
            let problem = format!(
                "there is no table `{table}` in source `{}`, or its user may not see it; names are exact, also in case",
                self.id
            );
            return Err(SourceError::BadDataset(problem));
        }
        let (mut columns, mut fields) = (Vec::new(), Vec::new());
        for row in &rows {
            let (name, type_name, modifier, is_collated) =
                column(row).map_err(|error| self.failed(table, &error))?;
            let (data_type, as_text) = match type_of(&type_name, modifier) {
                Some(data_type) => (data_type, false),
                None => (DataType::Utf8, true),
            };
            fields.push(Field::new(&name, data_type, true));
            columns.push(RemoteColumn { name, as_text, is_collated });
        }
        Ok(RemoteTable::new(path, columns, fields))
    }

    async fn version(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<String, SourceError> {
        let mut version = String::new();
        for table in tables {
            let name = table.path.join(".");
            meter.add(|meter| &meter.statements, 1);
            let found: Option<(Option<String>,)> = sqlx::query_as(CHANGES)
                .bind(regclass(&table.path))
                .fetch_optional(&self.pool)
                .await
                .map_err(|error| self.failed(&name, &error))?;
            version.push_str(&found.and_then(|(text,)| text).unwrap_or_default());
            version.push(';');
        }
        Ok(version)
    }

    async fn size(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<u64, SourceError> {
        let mut bytes = 0;
        for table in tables {
            let name = table.path.join(".");
            meter.add(|meter| &meter.statements, 1);
            let (size,): (i64,) = sqlx::query_as(SIZE)
                .bind(regclass(&table.path))
                .fetch_one(&self.pool)
                .await
                .map_err(|error| self.failed(&name, &error))?;
            bytes += u64::try_from(size).unwrap_or_default();
        }
        Ok(bytes)
    }

    /// By what it expects: how many rows, and how wide they are.
    async fn estimate(&self, statement: &Statement, meter: &Meter) -> Result<(), StatementError> {
        let mut asked = sqlx::query_as(AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) {}", statement.text)));
        for text in &statement.texts {
            asked = asked.bind(text);
        }
        let (plan,): (serde_json::Value,) =
            asked.fetch_one(&self.pool).await.map_err(|error| StatementError::from(&error))?;
        let expected =
            |what: &str| plan.pointer(&format!("/0/Plan/{what}")).and_then(serde_json::Value::as_f64);
        let bytes = expected("Plan Rows").zip(expected("Plan Width")).map(|(rows, width)| rows * width);
        meter.add(|meter| &meter.statements, 1);
        meter.add(|meter| &meter.moved, bytes.unwrap_or_default().max(0.0) as u64);
        Ok(())
    }

    async fn run(
        &self,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError> {
        let connection = self.pool.acquire().await.map_err(|error| StatementError::from(&error))?;
        let mut running = Running { connection: Some(connection), pool: self.pool.clone(), process: 0 };
        let Some(connection) = running.connection.as_mut() else { return Ok(Vec::new()) };
        let process: Result<(i32,), _> =
            sqlx::query_as("SELECT pg_backend_pid()").fetch_one(&mut **connection).await;
        running.process = process.map_err(|error| StatementError::from(&error))?.0;
        let answered = read(&mut running, statement, limits, meter).await;
        // What was not read to its end has to be stopped.
        if !matches!(answered, Err(StatementError::TooLarge)) {
            running.process = 0;
        }
        answered
    }
}

async fn read(
    running: &mut Running,
    statement: &Statement,
    limits: Limits,
    meter: &Meter,
) -> Result<Vec<RecordBatch>, StatementError> {
    meter.add(|meter| &meter.statements, 1);
    let Some(connection) = running.connection.as_mut() else { return Ok(Vec::new()) };
    let mut query = sqlx::query(AssertSqlSafe(statement.text.as_str())).persistent(false);
    for text in &statement.texts {
        query = query.bind(text.as_str());
    }
    let mut stream = query.fetch(&mut **connection);
    let columns = statement.schema.fields().len();
    let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
    let mut texts = TextColumns::new(Arc::clone(&statement.schema));
    let mut cells: Vec<Option<String>> = Vec::with_capacity(columns);
    while let Some(row) = stream.try_next().await.map_err(|error| StatementError::from(&error))? {
        rows += 1;
        if rows > limits.rows {
            return Err(StatementError::TooLarge);
        }
        cells.clear();
        for column in 0..columns {
            let cell: Result<Option<String>, _> = row.try_get_unchecked(column);
            cells.push(cell.map_err(|error| StatementError::BadAnswer(error.to_string()))?);
        }
        let came: usize = cells.iter().flatten().map(String::len).sum();
        meter.add(|meter| &meter.moved, came as u64);
        texts.push(cells.iter().map(Option::as_deref))?;
        if texts.rows() == ROWS_AT_A_TIME {
            let full = std::mem::replace(&mut texts, TextColumns::new(Arc::clone(&statement.schema)));
            let batch = full.finish()?;
            bytes += batch.get_array_memory_size();
            if bytes > limits.bytes {
                return Err(StatementError::TooLarge);
            }
            batches.push(batch);
        }
    }
    if texts.rows() > 0 || batches.is_empty() {
        batches.push(texts.finish()?);
    }
    Ok(batches)
}

/// A statement at work. Dropped before its end, it is cancelled at the server, and its connection closed.
struct Running {
    connection: Option<PoolConnection<Postgres>>,
    pool: PgPool,
    /// The server's process; 0 when there is nothing to cancel.
    process: i32,
}

impl Drop for Running {
    fn drop(&mut self) {
        let (process, pool) = (self.process, self.pool.clone());
        let (Some(connection), true) = (self.connection.take(), process != 0) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // Nobody else may be given the connection before the statement has ended.
        let mut connection = connection;
        connection.close_on_drop();
        runtime.spawn(async move {
            // A connection of its own: all others may be taken, and they may ask as a role that cannot cancel.
            let cancelling = async {
                let mut other = PgConnection::connect_with(&pool.connect_options()).await?;
                sqlx::query("SELECT pg_cancel_backend($1)").bind(process).execute(&mut other).await?;
                other.close().await
            };
            let cancelled = cancelling.await;
            if let Err(error) = cancelled {
                tracing::warn!(%error, "a query of which nobody waits for the answer could not be stopped");
            }
            drop(connection);
        });
    }
}

/// A name for `to_regclass`, which reads quotes as SQL does.
fn regclass(path: &[String]) -> String {
    let parts: Vec<String> = path.iter().map(|part| format!("\"{}\"", part.replace('"', "\"\""))).collect();
    parts.join(".")
}

fn column(row: &PgRow) -> Result<(String, String, i32, bool), sqlx::Error> {
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
}

/// The type of a column here; `None` for those that are read as text.
fn type_of(name: &str, modifier: i32) -> Option<DataType> {
    Some(match name {
        "bool" => DataType::Boolean,
        "int2" => DataType::Int16,
        "int4" => DataType::Int32,
        "int8" => DataType::Int64,
        "float4" => DataType::Float32,
        "float8" => DataType::Float64,
        "numeric" => decimal(modifier)?,
        "text" | "varchar" | "bpchar" => DataType::Utf8,
        "date" => DataType::Date32,
        "timestamp" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "timestamptz" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => return None,
    })
}

/// The modifier of a numeric type holds its digits and those behind the point; without one a number may have any.
fn decimal(modifier: i32) -> Option<DataType> {
    let Some(packed) = modifier.checked_sub(4).filter(|packed| *packed >= 0) else {
        return Some(DataType::Decimal128(38, 10));
    };
    let precision = u8::try_from((packed >> 16) & 0xffff).ok().filter(|digits| (1..=38).contains(digits))?;
    // Eleven bits with a sign, since version 15.
    let scale = ((packed & 0x7ff) ^ 1024) - 1024;
    let scale = i8::try_from(scale).ok().filter(|scale| *scale >= 0 && scale.unsigned_abs() <= precision)?;
    Some(DataType::Decimal128(precision, scale))
}

/// Whether the same may work later.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| {
            // Connections, resources, and whoever runs the server.
            ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
        }),
        sqlx::Error::Configuration(_) => false,
        _ => true,
    }
}

impl From<&sqlx::Error> for StatementError {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(cause) => {
                let code = cause.code().unwrap_or_default().into_owned();
                let said = cause.message().to_owned();
                match code.as_str() {
                    "57014" => Self::Timeout(said),
                    "28P01" | "28000" => {
                        Self::Refused(format!("the database does not let the user in: {said}"))
                    }
                    "42501" => Self::Refused(format!("the user may not read it: {said}")),
                    "25006" => Self::Refused(format!("only reading is allowed: {said}")),
                    _ if is_passing(error) => Self::Unreachable(said),
                    _ => Self::Refused(format!("{said} ({code})")),
                }
            }
            sqlx::Error::PoolTimedOut => Self::Unreachable(format!(
                "no connection came free or was made within {} s",
                PATIENCE.as_secs()
            )),
            sqlx::Error::Tls(cause) => Self::Refused(format!(
                "no encrypted connection: {cause}; where it may go without, write `allow_unencrypted: true`"
            )),
            other => Self::Unreachable(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_of_a_numeric_type_stand_in_its_modifier() {
        let of = |precision: i32, scale: i32| decimal(((precision << 16) | (scale & 0x7ff)) + 4);
        assert_eq!(of(12, 2), Some(DataType::Decimal128(12, 2)));
        assert_eq!(of(38, 0), Some(DataType::Decimal128(38, 0)));
        assert_eq!(of(50, 2), None, "more digits than an answer can have are read as text");
        assert_eq!(of(5, -2), None);
        assert_eq!(decimal(-1), Some(DataType::Decimal128(38, 10)));
    }

    #[test]
    fn names_from_definitions_are_quoted() {
        let options = PostgresOptions {
            user: "u".into(),
            password_secret: None,
            search_path: vec!["l2\"; DROP".into(), "public".into()],
            role: Some("read er".into()),
            connections: 1,
            allow_unencrypted: false,
        };
        let session = session(&options, Duration::from_secs(1));
        assert!(
            session.contains("search_path = \"l2\"\"; DROP\", \"public\"; SET ROLE \"read er\""),
            "{session}"
        );
        assert!(session.starts_with("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"));
    }
}
