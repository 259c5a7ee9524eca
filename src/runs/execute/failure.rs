//! Why a run ends early.

use crate::error::Kind;
use crate::runs::store::{Stage, StoreError};

/// Why a run ends early: at which stage, whose fault, and what its owner reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StageFailure {
    /// The part of the pipeline.
    pub stage: Stage,
    /// Whose fault.
    pub kind: Kind,
    /// What, where, and the next step.
    pub message: String,
}

impl StageFailure {
    pub(super) fn new(stage: Stage, kind: Kind, message: impl Into<String>) -> Self {
        Self { stage, kind, message: message.into() }
    }

    /// A store that fails fails the stage.
    pub(super) fn store(stage: Stage) -> impl Fn(StoreError) -> Self {
        move |error| Self::new(stage, error.kind(), error.to_string())
    }
}

/// Why a run cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is no such report.
    #[error("there is no valid report `{report}`; `jangpyo check` tells whether its file has problems")]
    NoReport {
        /// Its id.
        report: String,
    },
    /// The report has no such schedule.
    #[error("report `{report}` has no schedule `{schedule}`; it has {valid}")]
    NoSchedule {
        /// The report.
        report: String,
        /// The schedule asked for.
        schedule: String,
        /// Those it has.
        valid: String,
    },
    /// A run has no such delivery.
    #[error("run {run} has no delivery `{id}`; `jangpyo deliveries --json` tells their ids")]
    NoDelivery {
        /// The run.
        run: String,
        /// The id asked for.
        id: String,
    },
    /// A delivery may have arrived.
    #[error(
        "delivery `{id}` may have arrived, and whoever got it would get it twice; ask them or the mail server first, and \
         say `in_doubt` to send it all the same"
    )]
    InDoubt {
        /// Its id.
        id: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RunError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoReport { .. } | Self::NoSchedule { .. } | Self::NoDelivery { .. } => Kind::NotFound,
            Self::InDoubt { .. } => Kind::BadRequest,
            Self::Store(error) => error.kind(),
        }
    }
}
