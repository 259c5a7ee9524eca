//! A table.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FieldFilter, OneOrMany, SortKey};
use crate::definitions::model::{DatasetId, FieldName};
use crate::format::{Grain, LocalizedText};

/// A table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TablePanel {
    /// The columns: dimensions and measures or metrics, in this order.
    pub table: Vec<FieldName>,
    /// What stands above it.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
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
}
