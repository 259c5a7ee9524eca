//! A chart.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Annotations, Drill, ErrorMeasures, FieldFilter, OneOrMany, ReferenceLine, ShadedRange, SortKey,
    TrendMethod,
};
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
    /// Notes below it, numbered ¹ ² ³ in their order; `[^1]` in its texts refers to the first.
    #[serde(default)]
    #[schemars(length(max = 20))]
    pub footnotes: Vec<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The dimension along the axis (donut: the slices; heatmap: the columns; bullet: the rows;
    /// funnel: the stages; treemap: the rectangles; slope: the two ends; calendar: the days). For
    /// `scatter` a measure or metric. For `histogram` a measure or metric whose values of the members
    /// of `detail` are counted, or a dimension of numbers. A gauge has none; waterfall and funnel may
    /// leave it out and show the measures of `y` one after another.
    pub x: Option<FieldName>,
    /// The time bucket, when `x` is a time dimension.
    pub grain: Option<Grain>,
    /// The measures or metrics drawn (combo: as bars). A histogram of a measure has none.
    #[serde(default)]
    pub y: OneOrMany<FieldName>,
    /// The measures or metrics drawn as lines on the right axis; only for `combo`.
    #[serde(default)]
    pub line: OneOrMany<FieldName>,
    /// The dimension that splits into series (heatmap: the rows; scatter: the colours; treemap: the
    /// groups of rectangles; slope: the lines).
    pub by: Option<FieldName>,
    /// The dimension whose members are single observations: the points of `scatter`, what a
    /// `histogram` counts, what a `box` summarises.
    pub detail: Option<FieldName>,
    /// The measure that the areas of the points of `scatter` are proportional to, which makes them
    /// bubbles.
    pub size: Option<FieldName>,
    /// Small multiples: one chart per member of this dimension, all on the same scale with one legend;
    /// for `line`, `area`, `bar` and `combo`.
    pub facet: Option<FieldName>,
    /// With `facet`: how many charts stand side by side. By default what suits the room.
    #[schemars(range(min = 1, max = 12))]
    pub columns: Option<u32>,
    /// `histogram`: at most this many ranges; their edges are round numbers. By default what suits the
    /// data (Freedman and Diaconis).
    #[schemars(range(min = 2, max = 100))]
    pub bins: Option<u32>,
    /// `waterfall`: the members of `x` (or, without `x`, the measures of `y`) whose number is a level
    /// from zero, such as a subtotal, and not a step from the one before.
    #[serde(default)]
    pub totals: OneOrMany<String>,
    /// `waterfall`: whether a last bar shows where all steps lead. On by default.
    pub total: Option<bool>,
    /// `waterfall` without `x`: the measures of `y` that are taken away, such as costs.
    #[serde(default)]
    pub subtract: OneOrMany<FieldName>,
    /// `bullet`, `gauge`: what the number is measured against, a number or a measure.
    pub target: Option<ChartTarget>,
    /// `bullet`, `gauge`: where the bands behind the number end, ascending: shares of the target
    /// (`0.9` for 90 %) where there is one, else numbers.
    #[serde(default)]
    #[schemars(length(max = 4))]
    pub bands: Vec<f64>,
    /// `gauge`: the number at the left end. By default zero, or a round one below everything shown.
    pub min: Option<f64>,
    /// `gauge`: the number at the right end. By default a round one above everything shown.
    pub max: Option<f64>,
    /// Reference lines on the value axis, such as a target or the average; for `line`, `area`, `bar`,
    /// `combo`, `pareto` and `scatter`.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub lines: Vec<ReferenceLine>,
    /// Shaded ranges of the left value axis, behind the marks; for the kinds that have `lines`.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub ranges: Vec<ShadedRange>,
    /// A trend line per series; for `line` and `bar` over time, and for `scatter` over all points.
    pub trend: Option<TrendMethod>,
    /// Error bars: a measure for ±, or `{low: …, high: …}`; for `line` and `bar` with one measure.
    pub error: Option<ErrorMeasures>,
    /// Events of another dataset on the axis; for `line`, `area`, upright `bar` and `combo`.
    pub annotations: Option<Annotations>,
    /// Where a click on a mark leads to: another report with the members of the mark.
    pub drill: Option<Drill>,
    /// How series stand together.
    #[serde(default)]
    pub stacking: Stacking,
    /// Bars from left to right, which suits long names.
    #[serde(default)]
    pub horizontal: bool,
    /// Only the largest N members of `x` by the first measure (with a time axis: of `by`; scatter: of
    /// `detail`).
    #[schemars(range(min = 1, max = 1000))]
    pub top: Option<u32>,
    /// With `top`: whether the rest is shown as one member "others". On by default.
    pub others: Option<bool>,
    /// Draws the comparison period too (line and grouped bar charts of one series). `waterfall`: leads
    /// from that period to this one, a step per member of `x`. `slope`: a line per member of `x` from
    /// that period to this one. `bullet`: the number of that period is the target.
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
    /// Steps that lead from one total to another.
    Waterfall,
    /// A point per member of `detail` at the numbers of two measures; bubbles with `size`.
    Scatter,
    /// How often numbers fall into ranges of equal width.
    Histogram,
    /// Box plot: median and quartiles of the members of `detail` at each member of `x`, whiskers to
    /// 1.5 interquartile ranges, outliers as points. Quartiles are interpolated as in Excel's
    /// QUARTILE.INC.
    Box,
    /// Bars from large to small with the cumulative share of the whole and the line of 80 %.
    Pareto,
    /// A bar per member against its `target`, over `bands`.
    Bullet,
    /// One number on a half circle, against its `target` and `bands`.
    Gauge,
    /// Stages with the conversion from the first and from the one before.
    Funnel,
    /// Rectangles whose areas are the numbers, in groups with `by`.
    Treemap,
    /// Lines from one moment or member to another, named at both ends.
    Slope,
    /// Calendar heatmap: a cell per day, a column per week.
    Calendar,
}

/// What a number is measured against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ChartTarget {
    /// The same number for all.
    Number(f64),
    /// A measure or metric, for every member its own.
    Measure(FieldName),
}

impl ChartKind {
    /// Its name in a report file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area => "area",
            Self::Bar => "bar",
            Self::Donut => "donut",
            Self::Combo => "combo",
            Self::Heatmap => "heatmap",
            Self::Waterfall => "waterfall",
            Self::Scatter => "scatter",
            Self::Histogram => "histogram",
            Self::Box => "box",
            Self::Pareto => "pareto",
            Self::Bullet => "bullet",
            Self::Gauge => "gauge",
            Self::Funnel => "funnel",
            Self::Treemap => "treemap",
            Self::Slope => "slope",
            Self::Calendar => "calendar",
        }
    }
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
