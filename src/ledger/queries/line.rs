//! What is kept of one question.

use chrono::{DateTime, NaiveDate, Utc};

use crate::store::stored_enum;

stored_enum! {
    /// What a question was asked for.
    Purpose in "purpose of a query" {
        /// Somebody waited for the answer.
        Interactive = "interactive",
        /// A schedule.
        Schedule = "schedule",
        /// What is known of a person was looked up, to know what they may see.
        Attributes = "attributes",
        /// Definitions were held against the data.
        Check = "check",
    }
}

stored_enum! {
    /// Where an answer came from.
    ServedFrom in "where an answer came from" {
        /// The source was asked.
        Source = "source",
        /// It was there, or somebody else was asking the same.
        Kept = "kept",
        /// Rows in memory that were read once for many questions.
        Slice = "slice",
    }
}

stored_enum! {
    /// How a question ended.
    Ended in "how a query ended" {
        /// With an answer.
        Answered = "answered",
        /// With an error.
        Failed = "failed",
        /// Nobody waited for the answer any more.
        Cancelled = "cancelled",
    }
}

/// One question. What is absent is empty or 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryLine {
    /// When it had ended; kept to the millisecond.
    pub at: DateTime<Utc>,
    /// The day of that instant, in the zone in which months of costs begin.
    pub day: NaiveDate,
    /// Who asked.
    pub viewer: String,
    /// The functional role that pays.
    pub role: String,
    /// What for.
    pub purpose: Purpose,
    /// The report.
    pub report: String,
    /// The panel of the report.
    pub panel: String,
    /// The schedule of the report.
    pub schedule: String,
    /// The id of the run.
    pub run: String,
    /// The dataset.
    pub dataset: String,
    /// Its source.
    pub source: String,
    /// Where the source's data lie.
    pub region: String,
    /// Where the answer came from.
    pub served: ServedFrom,
    /// How it ended.
    pub outcome: Ended,
    /// The rows of the answer.
    pub rows: u64,
    /// Bytes of files that were read, from memory too. Databases do not tell.
    pub scanned: u64,
    /// Bytes that came from the source.
    pub moved: u64,
    /// For a part of a question that was asked in another region: how many bytes the tables there have, which copying them
    /// would have moved; 0 where that is not known. `None` for what stayed in its region.
    pub whole: Option<u64>,
    /// Requests to an object store, or statements to a database.
    pub requests: u64,
    /// How long queries ran, in microseconds.
    pub busy_micros: u64,
    /// What the database calls its statements.
    pub statements: Vec<String>,
    /// What it cost, in millionths of the currency.
    pub cost: i64,
    /// Whether that is what the source has told, and no estimate.
    pub billed: bool,
    /// The currency's code; empty where no costs are defined.
    pub currency: String,
}
