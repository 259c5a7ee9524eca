//! A table.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AmountUnit, Drill, FieldFilter, GridPrint, OneOrMany, ShownValue, SortKey};
use crate::definitions::model::{DatasetId, FieldName};
use crate::format::{Grain, LocalizedText, NegativeStyle};

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TablePanel {
    /// The columns: dimensions, then measures, metrics and what is derived from them.
    pub table: Vec<ShownValue>,
    /// What stands above it.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Notes below it, numbered ¹ ² ³ in their order; `[^1]` in its texts refers to the first.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub footnotes: Vec<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The time bucket of a time dimension among the columns.
    pub grain: Option<Grain>,
    /// A line with the grand total.
    #[serde(default)]
    pub totals: bool,
    /// Shows the change against the comparison period behind each number.
    #[serde(default)]
    pub compare: bool,
    /// The order of rows; by default by the dimensions.
    #[serde(default)]
    pub sort: OneOrMany<SortKey>,
    /// At most this many rows; what is cut is said below the table.
    #[schemars(range(min = 1))]
    pub limit: Option<u32>,
    /// A line with the subtotal of every member of these dimensions, which are the leading ones.
    #[serde(default)]
    pub subtotals: OneOrMany<FieldName>,
    /// Merges a row head that repeats the one above; by default with subtotals.
    pub merge: Option<bool>,
    /// The unit that amounts are divided by, with a note "(단위: 백만원)" that says so.
    pub unit: Option<AmountUnit>,
    /// How negative numbers look; by default as each measure says.
    pub negative: Option<NegativeStyle>,
    /// Negative numbers are red besides.
    #[serde(default)]
    pub red_negatives: bool,
    /// Where a click on a row leads to.
    pub drill: Option<Drill>,
    /// How it is spread over sheets.
    #[serde(default)]
    pub print: GridPrint,
}
