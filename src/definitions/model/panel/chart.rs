//! A chart.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FieldFilter, OneOrMany, SortKey};
use crate::definitions::model::{DatasetId, FieldName};
use crate::format::{Grain, LocalizedText};

/// A chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartPanel {
    /// The type of chart.
    pub chart: ChartKind,
    /// What stands above it.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The dimension along the axis (donut: the slices; heatmap: the columns).
    pub x: FieldName,
    /// The time bucket, when `x` is a time dimension.
    pub grain: Option<Grain>,
    /// The measures or metrics drawn (combo: as bars).
    pub y: OneOrMany<FieldName>,
    /// The measures or metrics drawn as lines on the right axis; only for `combo`.
    #[serde(default)]
    pub line: OneOrMany<FieldName>,
    /// The dimension that splits into series (heatmap: the rows).
    pub by: Option<FieldName>,
    /// How series stand together.
    #[serde(default)]
    pub stacking: Stacking,
    /// Bars from left to right, which suits long names.
    #[serde(default)]
    pub horizontal: bool,
    /// Only the largest N members of `x` by the first measure (with a time axis: of `by`).
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
    /// With `top`: whether the rest is shown as one member "others". On by default.
    pub others: Option<bool>,
    /// Draws the comparison period too (line and grouped bar charts of one series).
    #[serde(default)]
    pub compare: bool,
    /// Writes the numbers on the marks where there is room.
    pub labels: Option<bool>,
    /// The order of members; by default by time, or by the first measure from large to small.
    #[serde(default)]
    pub sort: OneOrMany<SortKey>,
}

/// The type of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Lines over an ordered axis.
    Line,
    /// Filled lines; `stacking` as wanted.
    Area,
    /// Bars: grouped, stacked or 100 %, upright or horizontal.
    Bar,
    /// Shares of a whole.
    Donut,
    /// Bars on the left axis, lines on the right.
    Combo,
    /// A grid of coloured cells.
    Heatmap,
}

/// How series stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Side by side (bars) or over one another (areas).
    #[default]
    None,
    /// On top of each other.
    Stacked,
    /// As shares of 100 %.
    Percent,
}
