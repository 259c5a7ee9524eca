//! Answers questions: opens datasets, runs plans, keeps answers.
//!
//! Takes a [`crate::query::SemanticQuery`] with a restriction; gives a business table with its
//! usage. Identical questions in flight run once; answers are kept per data version; queries run on
//! threads of their own, within limits of time, memory and rows, and stop when nobody waits.

mod account;
mod answer;
mod batches;
mod comparison;
mod datasets;
mod error;
mod execution;
mod inspection;
mod memory;
mod places;
mod settings;
mod small_groups;

pub use crate::sources::AdbcDriver;
pub use account::{Account, Outcome, Overspent, Purpose, QueryLog, QueryRecord, Served};
pub use answer::{Answer, AnswerCounters, Ask, Defined, Engine, Usage};
pub use datasets::Freshness;
pub use error::EngineError;
pub use memory::{Memory, MemoryUse};
pub use settings::EngineSettings;
pub use small_groups::{GroupSizes, is_telling};
