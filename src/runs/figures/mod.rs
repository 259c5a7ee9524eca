//! The numbers of a document as they were evaluated, kept beside its files, so that two runs can be compared long
//! after their data have changed.
//!
//! [`Figures`] are taken from a document before it is drawn; [`compare_runs`] reads those of two runs and tells what
//! differs. Rows are matched by the members that they stand for, never by their position.

mod compare;
mod difference;
mod raw;
mod taken;
mod two_runs;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::format::{Locale, NumberFormat};
use crate::table::ValueKind;

pub use compare::{DocumentDifferences, First, PanelDifferences, ValueDifference, compare};
pub use raw::Raw;
pub use two_runs::{Bounds, Compared, Comparison, FiguresError, RunSide, Version, compare_runs};

/// The version of the form that is written.
const FORM: u32 = 1;

/// The numbers of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The version of this form.
    pub form: u32,
    /// The id of the report.
    pub report: String,
    /// Its title in the language of the document.
    pub title: String,
    /// The language.
    pub locale: Locale,
    /// The zone days are counted in.
    pub time_zone: Tz,
    /// What a copy of a burst is about; empty for the whole report.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The first and the last day, where the report has a period.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The period and the chosen members, as they stand on the sheet.
    pub subtitle: String,
    /// The parameters as they stand in an address; those left out took their default.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The instant it was evaluated at.
    pub evaluated_at: DateTime<Utc>,
    /// The definitions it was made from: a commit, or a digest of their text.
    pub definition: String,
    /// The version of the data of every dataset in it.
    pub data: BTreeMap<String, String>,
    /// The digest of the evaluated content, as in the proof of its files.
    pub digest: String,
    /// The panels in reading order.
    pub panels: Vec<PanelFigures>,
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PanelFigures {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The regions whose rows its numbers lack.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What it shows.
    pub shows: Shown,
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Numbers.
    Numbers(Numbers),
    /// Words, line by line.
    Words(Vec<String>),
    /// Why it shows nothing.
    Failed(String),
}

/// Numbers by the members they stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Numbers {
    /// What rows are told apart by.
    pub keys: Vec<KeyColumn>,
    /// How numbers are written and what kind of number they are.
    pub formats: Vec<Written>,
    /// The columns of numbers.
    pub columns: Vec<NumberColumn>,
    /// The rows, totals included.
    pub rows: Vec<Row>,
    /// How many rows of members there were before a limit cut them.
    pub rows_before_limit: usize,
}

/// What rows are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyColumn {
    /// The field.
    pub name: String,
    /// Its title.
    pub title: String,
}

/// How numbers are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The measure, with what is shown of it.
    pub name: String,
    /// The rule.
    pub format: NumberFormat,
    /// What kind of number it is.
    pub kind: ValueKind,
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberColumn {
    /// A name that no other column of the panel has.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Which of [`Numbers::formats`] its numbers have.
    pub format: usize,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// `total`, or `subtotal` with its level; absent for a row of members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The members that it stands for, one per key.
    pub key: Vec<Cell>,
    /// Which of [`Numbers::formats`] its numbers have, where measures stand in rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<usize>,
    /// The numbers, one per column.
    pub cells: Vec<Cell>,
}

/// A value, and how it is written for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell(pub Raw, pub String);
