//! From a business table to a drawing, on any plotters backend.
//!
//! Takes a [`Chart`]; draws it with [`draw()`]. Knows neither definitions nor files nor pages.

use crate::table::Table;

/// A chart: which kind, over which columns of which table.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// What it looks like.
    pub kind: Kind,
    /// The data, in the order they are drawn.
    pub table: Table,
    /// The column along the axis (donut: the slices; heatmap: the columns).
    pub x: usize,
    /// The measures drawn (combo: as bars).
    pub y: Vec<usize>,
    /// The column that splits into series (heatmap: the rows).
    pub by: Option<usize>,
    /// The measures drawn as lines on the right axis; only for [`Kind::Combo`].
    pub line: Vec<usize>,
    /// Draws the comparison columns too.
    pub compare: bool,
    /// Writes numbers on the marks: always, never, or where it helps.
    pub labels: Option<bool>,
}

/// What a chart looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
}

/// How series stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stacking {
    /// Side by side, or over one another.
    None,
    /// On top of each other.
    Stacked,
    /// As shares of 100 %.
    Percent,
}
