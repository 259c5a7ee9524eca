//! How dates and periods are written, by grain and locale.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The width of a time bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// One hour of local time; only for timestamps.
    Hour,
    /// A calendar day.
    Day,
    /// Seven days from the locale's first day of the week (Monday: ISO 8601 weeks).
    Week,
    /// A calendar month.
    Month,
    /// January–March, April–June, …
    Quarter,
    /// A calendar year.
    Year,
}

/// How much of a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// Complete: 2026-01-05, 2026년 1월, 2026 Q1 — table cells and tooltips.
    Full,
    /// Short, for axis labels: 1/5, 1월, Q1.
    Axis,
}
