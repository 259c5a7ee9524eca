//! One KPI, chart, table or text.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DatasetId, FieldName};
use crate::format::{Grain, LocalizedText};

/// One value, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// All of them.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// One KPI, chart, table or text; which one is told by its key `kpi`, `chart`, `table` or `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Panel {
    /// One number with its change and a sparkline.
    Kpi(KpiPanel),
    /// A chart.
    Chart(Box<ChartPanel>),
    /// A table.
    Table(TablePanel),
    /// Words.
    Text(TextPanel),
}

/// One number with its change and a sparkline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KpiPanel {
    /// The measure or metric.
    pub kpi: FieldName,
    /// What stands above it; by default the measure's title.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The time bucket of the sparkline; by default one that gives 7 to 60 points.
    pub sparkline: Option<Grain>,
}

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

/// Words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPanel {
    /// The words; an empty line starts a new paragraph.
    pub text: LocalizedText,
    /// What stands above them.
    pub title: Option<LocalizedText>,
}

/// A field to sort by; a leading `-` means from large to small: `-revenue`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The field.
    pub field: FieldName,
    /// From large to small.
    pub descending: bool,
}

impl std::str::FromStr for SortKey {
    type Err = super::NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        Ok(Self { field: FieldName::parse(name)?, descending })
    }
}

impl<'de> Deserialize<'de> for SortKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for SortKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", if self.descending { "-" } else { "" }, self.field))
    }
}

impl JsonSchema for SortKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SortKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^-?[\\p{L}_][\\p{L}\\p{N}_.]{0,127}$",
            "description": "A field to sort by; a leading `-` means from large to small."
        })
    }
}

/// The condition on one field: a value, a list of values, or operators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum FieldFilter {
    /// The value of a parameter; no filter while that is empty.
    Parameter {
        /// The parameter's name.
        parameter: FieldName,
    },
    /// Equal to this.
    Is(FilterValue),
    /// One of these.
    OneOf(Vec<FilterValue>),
    /// Operators; all must hold.
    Operators(Box<FilterOperators>),
}

/// Operators on a field; all that are given must hold. A value may be `{parameter: name}`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterOperators {
    /// Not equal to any of these.
    pub not: Option<OneOrMany<FilterValue>>,
    /// Greater than.
    pub gt: Option<FilterValue>,
    /// Greater than or equal to.
    pub gte: Option<FilterValue>,
    /// Less than.
    pub lt: Option<FilterValue>,
    /// Less than or equal to.
    pub lte: Option<FilterValue>,
    /// Text that contains this, whatever its case.
    pub contains: Option<FilterValue>,
    /// Text that starts with this.
    pub starts_with: Option<FilterValue>,
    /// `true`: only rows without a value; `false`: only rows with one.
    pub is_null: Option<bool>,
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum FilterValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, or a date as `2026-01-31`.
    Text(String),
    /// The value of a parameter.
    Parameter {
        /// The parameter's name.
        parameter: FieldName,
    },
}

impl Panel {
    /// The title the author gave.
    pub fn title(&self) -> Option<&LocalizedText> {
        match self {
            Self::Kpi(panel) => panel.title.as_ref(),
            Self::Chart(panel) => panel.title.as_ref(),
            Self::Table(panel) => panel.title.as_ref(),
            Self::Text(panel) => panel.title.as_ref(),
        }
    }

    /// The note the author gave.
    pub fn note(&self) -> Option<&LocalizedText> {
        match self {
            Self::Kpi(panel) => panel.note.as_ref(),
            Self::Chart(panel) => panel.note.as_ref(),
            Self::Table(panel) => panel.note.as_ref(),
            Self::Text(_) => None,
        }
    }

    /// The dataset the author named for this panel.
    pub fn dataset(&self) -> Option<&DatasetId> {
        match self {
            Self::Kpi(panel) => panel.dataset.as_ref(),
            Self::Chart(panel) => panel.dataset.as_ref(),
            Self::Table(panel) => panel.dataset.as_ref(),
            Self::Text(_) => None,
        }
    }

    /// The filters the author wrote on this panel, by field; none for text.
    pub fn filters(&self) -> Option<&IndexMap<FieldName, FieldFilter>> {
        match self {
            Self::Kpi(panel) => Some(&panel.filters),
            Self::Chart(panel) => Some(&panel.filters),
            Self::Table(panel) => Some(&panel.filters),
            Self::Text(_) => None,
        }
    }
}
