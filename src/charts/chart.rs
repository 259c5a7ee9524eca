//! What is to be drawn, and how.

use super::overlay::Overlays;
use super::palette::Look;
use crate::format::Locale;
use crate::table::Table;

/// A chart: which kind, over which columns of which table.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Chart {
    /// What it looks like.
    pub kind: Kind,
    /// The data, in the order they are drawn.
    pub table: Table,
    /// The column along the axis (donut: the slices; heatmap: the columns; scatter and histogram: a
    /// column of numbers; bullet: the rows; funnel: the stages; treemap: the rectangles). A gauge has
    /// no axis and ignores it.
    pub x: usize,
    /// The measures drawn (combo: as bars). A histogram without one counts rows.
    pub y: Vec<usize>,
    /// The column that splits into series (heatmap: the rows; box: the observations; treemap: the
    /// groups of rectangles; scatter: the colours).
    pub by: Option<usize>,
    /// The measures drawn as lines on the right axis; only for [`Kind::Combo`].
    pub line: Vec<usize>,
    /// Small multiples: one chart per member of a column, all on the same scale.
    pub facet: Option<Facet>,
    /// Draws the comparison columns too.
    pub compare: bool,
    /// Writes numbers on the marks: always, never, or where it helps.
    pub labels: Option<bool>,
    /// Reference lines, ranges, trends and error bars.
    pub overlays: Overlays,
    /// The colours and patterns of its series.
    pub look: Look,
    /// Where a click on the mark of a row leads to, an address within the server: one per row of the
    /// table, or none at all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Option<String>>,
}

/// One small chart per member of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Facet {
    /// The column.
    pub column: usize,
    /// How many charts stand side by side; as many as suit the surface by default.
    pub across: Option<usize>,
}

/// What a chart looks like.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub enum Kind {
    /// Lines over an ordered axis.
    Line,
    /// Filled lines.
    Area(Stacking),
    /// Bars.
    Bar {
        /// How series stand together.
        stacking: Stacking,
        /// From left to right.
        horizontal: bool,
    },
    /// Shares of a whole.
    Donut,
    /// Bars on the left axis, lines on the right.
    Combo,
    /// A grid of coloured cells.
    Heatmap,
    /// Steps from one total to another.
    Waterfall(Waterfall),
    /// A point per row at the numbers of `x` and `y`.
    Scatter {
        /// The column that names the points.
        detail: Option<usize>,
        /// The measure that the areas of the points are proportional to.
        size: Option<usize>,
    },
    /// How often numbers fall into ranges of equal width.
    Histogram {
        /// At most this many ranges; by default what suits the numbers. Edges are round either way.
        bins: Option<usize>,
    },
    /// Median, quartiles, whiskers and outliers of the observations of `by` at each `x`.
    Box,
    /// Bars from large to small with the cumulative share.
    Pareto,
    /// A bar per member against its target.
    Bullet(Goal),
    /// One number on a half circle.
    Gauge {
        /// What it is measured against.
        goal: Goal,
        /// The number at the left end; zero, or lower if the number is, by default.
        low: Option<f64>,
        /// The number at the right end; a round one behind everything shown by default.
        high: Option<f64>,
    },
    /// Stages that fewer and fewer pass.
    Funnel,
    /// Rectangles whose areas are the numbers.
    Treemap,
    /// A line per member from one moment, or member, to another.
    Slope,
    /// A cell per day, a column per week.
    Calendar,
}

/// Which steps of a waterfall are levels.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Waterfall {
    /// The rows whose number is a level from zero, not a step from the one before, ascending.
    pub totals: Vec<usize>,
    /// Whether a last bar shows where all steps lead.
    pub closes: bool,
}

/// What a number is measured against.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Goal {
    /// The target.
    pub target: Option<Target>,
    /// Where the bands behind the number end, ascending: shares of the target (0.9 for 90 %) where
    /// there is one, else numbers.
    pub bands: Vec<f64>,
}

/// A target.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub enum Target {
    /// The same for all.
    Value(f64),
    /// In a column, for every row its own.
    Column(usize),
}

/// How series stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub enum Stacking {
    /// Side by side, or over one another.
    None,
    /// On top of each other.
    Stacked,
    /// As shares of 100 %.
    Percent,
}

/// How a chart is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The language of numbers, dates and words.
    pub locale: Locale,
    /// The size of everyday text in points.
    pub font_size: f64,
    /// How many pixels of the plotters backend make a point.
    pub pixels_per_point: f64,
}

impl Kind {
    /// Its name in a report file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area(_) => "area",
            Self::Bar { .. } => "bar",
            Self::Donut => "donut",
            Self::Combo => "combo",
            Self::Heatmap => "heatmap",
            Self::Waterfall(_) => "waterfall",
            Self::Scatter { .. } => "scatter",
            Self::Histogram { .. } => "histogram",
            Self::Box => "box",
            Self::Pareto => "pareto",
            Self::Bullet(_) => "bullet",
            Self::Gauge { .. } => "gauge",
            Self::Funnel => "funnel",
            Self::Treemap => "treemap",
            Self::Slope => "slope",
            Self::Calendar => "calendar",
        }
    }

    /// Whether it can stand as small multiples.
    pub fn takes_facets(&self) -> bool {
        matches!(self, Self::Line | Self::Area(_) | Self::Bar { .. } | Self::Combo)
    }

    /// Whether it has a value axis that reference lines and ranges can stand on.
    pub fn takes_lines(&self) -> bool {
        matches!(
            self,
            Self::Line | Self::Area(_) | Self::Bar { .. } | Self::Combo | Self::Pareto | Self::Scatter { .. }
        )
    }

    /// Whether its points can have a trend line.
    pub fn takes_trend(&self) -> bool {
        matches!(
            self,
            Self::Line | Self::Bar { stacking: Stacking::None, horizontal: false } | Self::Scatter { .. }
        )
    }

    /// Whether its numbers can have error bars.
    pub fn takes_error_bars(&self) -> bool {
        matches!(self, Self::Line | Self::Bar { stacking: Stacking::None, .. })
    }

    /// Whether it has an axis below that events can stand on.
    pub fn takes_events(&self) -> bool {
        matches!(self, Self::Line | Self::Area(_) | Self::Bar { horizontal: false, .. } | Self::Combo)
    }

    /// The columns of numbers that only this kind reads.
    pub(super) fn own_numbers(&self) -> Vec<usize> {
        let target = |goal: &Goal| match goal.target {
            Some(Target::Column(index)) => vec![index],
            Some(Target::Value(_)) | None => Vec::new(),
        };
        match self {
            Self::Scatter { size, .. } => size.iter().copied().collect(),
            Self::Bullet(goal) | Self::Gauge { goal, .. } => target(goal),
            _ => Vec::new(),
        }
    }
}
