//! Why a question has no answer.

use std::sync::Arc;
use std::time::Duration;

use datafusion::error::DataFusionError;

use crate::error::Kind;
use crate::query::QueryError;
use crate::sources::{SourceError, StatementError};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The dataset cannot be opened.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Another question opened the dataset at the same time, and failed.
    #[error("{0}")]
    Shared(Arc<EngineError>),
    /// The question cannot be planned.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// It took too long.
    #[error(
        "the query was stopped after {limit_secs} s; narrow the period, or raise JANGPYO_QUERY_TIMEOUT_SECS"
    )]
    Timeout {
        /// The limit in force.
        limit_secs: u64,
    },
    /// Other queries took all places for too long.
    #[error("the server was busy for {limit_secs} s; try again, or raise JANGPYO_CONCURRENT_QUERIES")]
    Busy {
        /// How long it waited.
        limit_secs: u64,
    },
    /// It needs more memory than there is.
    #[error(
        "the queries need more than {limit_mb} MB of memory; narrow the period, or raise JANGPYO_QUERY_MEMORY_MB"
    )]
    Memory {
        /// The limit in force.
        limit_mb: usize,
    },
    /// The role that would pay has spent its budget.
    #[error(
        "role `{role}` has spent its budget of {budget} for this month; answers that are there are still shown"
    )]
    Overspent {
        /// The functional role.
        role: String,
        /// Its budget.
        budget: String,
    },
    /// The answer is too long.
    #[error(
        "the answer has more than {limit} rows; group by less, filter, set a `limit`, or raise JANGPYO_MAX_ROWS"
    )]
    TooManyRows {
        /// The limit in force.
        limit: usize,
    },
    /// A joined table has several rows for one key, which would count rows twice.
    #[error(
        "relationship `{relationship}`: {columns} is not unique in the joined table, so numbers would be counted twice"
    )]
    Duplicates {
        /// The relationship.
        relationship: String,
        /// Its joined columns.
        columns: String,
    },
    /// A file was replaced while it was read.
    #[error("the data changed while they were read; try again")]
    Changed,
    /// The object store does not answer.
    #[error("the data cannot be reached: {0}")]
    Unreachable(String),
    /// One of the regions that the dataset lies in cannot be reached.
    #[error("region `{region}` of the dataset cannot be reached: {cause}")]
    RegionDown {
        /// The region, as its source calls it.
        region: String,
        /// Why.
        cause: Arc<EngineError>,
    },
    /// The source does not accept what it is asked.
    #[error("the source does not answer that: {0}")]
    Refused(String),
    /// The data cannot be read.
    #[error("the data cannot be read: {0}")]
    BadData(String),
    /// A defect of this program.
    #[error("the query failed inside the engine: {0}")]
    Bug(String),
}

impl EngineError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Source(error) => error.kind(),
            Self::Shared(error) => error.kind(),
            Self::Query(error) => error.kind(),
            Self::Timeout { .. }
            | Self::Memory { .. }
            | Self::TooManyRows { .. }
            | Self::Overspent { .. } => Kind::OverLimit,
            Self::Duplicates { .. } | Self::Refused(_) => Kind::BadDefinition,
            Self::Changed | Self::Busy { .. } | Self::Unreachable(_) | Self::RegionDown { .. } => {
                Kind::Unavailable
            }
            Self::BadData(_) => Kind::BadData,
            Self::Bug(_) => Kind::Bug,
        }
    }

    /// Whether the budget of whoever would pay is spent.
    pub fn is_overspent(&self) -> bool {
        match self {
            Self::Overspent { .. } => true,
            Self::Shared(error) | Self::RegionDown { cause: error, .. } => error.is_overspent(),
            _ => false,
        }
    }

    /// Sorts an error of the engine by whose fault it is.
    pub(super) fn from_execution(error: &DataFusionError, limit_mb: usize) -> Self {
        match root(error) {
            DataFusionError::ResourcesExhausted(_) => Self::Memory { limit_mb },
            DataFusionError::ObjectStore(cause) => Self::from_store(cause),
            DataFusionError::Internal(message) => Self::Bug(message.clone()),
            other => {
                store_cause(other).map_or_else(|| Self::BadData(other.strip_backtrace()), Self::from_store)
            }
        }
    }

    /// Sorts an error of a source that computes.
    pub(super) fn from_statement(error: StatementError, limit: Duration, rows: usize) -> Self {
        match error {
            StatementError::Unreachable(why) => Self::Unreachable(why),
            StatementError::Refused(why) => Self::Refused(why),
            StatementError::Timeout(_) => Self::Timeout { limit_secs: limit.as_secs() },
            StatementError::TooLarge => Self::TooManyRows { limit: rows },
            StatementError::BadAnswer(why) => Self::BadData(why),
        }
    }

    fn from_store(cause: &object_store::Error) -> Self {
        match cause {
            object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. } => Self::Changed,
            other => Self::Unreachable(other.to_string()),
        }
    }
}

fn root(error: &DataFusionError) -> &DataFusionError {
    match error {
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => root(inner),
        DataFusionError::Shared(inner) => root(inner),
        other => other,
    }
}

/// The object store's error below a reader's error, if there is one.
fn store_cause(error: &DataFusionError) -> Option<&object_store::Error> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(store) = cause.downcast_ref::<object_store::Error>() {
            return Some(store);
        }
        source = cause.source();
    }
    None
}
