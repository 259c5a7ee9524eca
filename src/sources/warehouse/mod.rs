//! Sources that compute: a statement goes there, and only its answer comes back.

mod answer;
mod open;
mod postgres;
mod snowflake;
mod table;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{Meter, SourceError};

pub(super) use answer::TextColumns;
pub use open::{Remote, open_remote, open_warehouse, remote_size, remote_version};
pub use snowflake::AdbcDriver;
pub use table::{RemoteColumn, RemoteTable};

/// How a source writes SQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SqlDialect {
    /// PostgreSQL 12 and later.
    Postgres,
    /// Snowflake.
    Snowflake,
}

/// One query in the words of a source, with the shape its answer must have.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// The text; the same for the same question, byte by byte.
    pub text: String,
    /// The texts that its placeholders stand for, in order.
    pub texts: Vec<String>,
    /// The columns of the answer. The source's own types are turned into these, so an answer has the types it would
    /// have over files.
    pub schema: SchemaRef,
}

/// How much of an answer is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most rows.
    pub rows: usize,
    /// The most bytes in memory.
    pub bytes: usize,
}

/// What a source says that statements cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Bill {
    /// The credits of statements, by what the source calls them.
    pub credits: HashMap<String, f64>,
    /// Up to when it has told; what began later is not known yet.
    pub until: DateTime<Utc>,
}

/// Why a statement has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The source cannot be reached, or has no room now.
    #[error("{0}")]
    Unreachable(String),
    /// The source does not accept the statement or whoever asks.
    #[error("{0}")]
    Refused(String),
    /// The source stopped at its own limit of time.
    #[error("the source stopped the query at its limit of time: {0}")]
    Timeout(String),
    /// The answer has more rows, or more bytes, than are taken.
    #[error("the answer has too many rows")]
    TooLarge,
    /// The answer is not what was asked for.
    #[error("{0}")]
    BadAnswer(String),
}

/// A source that answers statements. Reads only. Meters are told every statement and every byte that came.
#[async_trait]
pub trait Warehouse: fmt::Debug + Send + Sync {
    /// How it writes SQL.
    fn dialect(&self) -> SqlDialect;

    /// The same where statements on the account of a functional role are asked in another way; `None` where they are not.
    fn of_role(&self, role: &str) -> Option<Arc<dyn Warehouse>> {
        let _ = role;
        None
    }

    /// The columns of a table, as definitions name it.
    async fn describe(&self, table: &str, meter: &Meter) -> Result<RemoteTable, SourceError>;

    /// A text that changes when one of these tables does.
    async fn version(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<String, SourceError>;

    /// How many bytes these tables have at the source, as far as it tells.
    async fn size(&self, tables: &[Arc<RemoteTable>], meter: &Meter) -> Result<u64, SourceError>;

    /// The credits of the statements that were asked in a time, by what the source calls them; `None` where it has none.
    async fn bill(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        meter: &Meter,
    ) -> Result<Option<Bill>, SourceError> {
        let _ = (from, to, meter);
        Ok(None)
    }

    /// Counts on `meter` what a statement would take, as far as the source tells without running it.
    async fn estimate(&self, statement: &Statement, meter: &Meter) -> Result<(), StatementError>;

    /// The answer. Whoever stops waiting stops the statement at the source too.
    async fn run(
        &self,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError>;

    /// The same for rows that are worked on here and may be millions, which a source may give in a quicker way.
    async fn extract(
        &self,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError> {
        self.run(statement, limits, meter).await
    }
}
