//! From a business table to a drawing, on any plotters backend.
//!
//! Takes a [`Chart`]; draws it with [`draw()`] and answers the areas that have more to tell. Knows
//! neither definitions nor files nor pages. A chart that cannot show its table is a [`ChartError`];
//! a table without numbers is drawn as a quiet line of text.

mod area;
mod axis;
mod bar;
mod calendar;
mod combo;
mod description;
mod donut;
mod heatmap;
mod hotspot;
mod labels;
mod legend;
mod line;
mod pen;
mod plot;
mod series;
mod sparkline;
mod theme;
mod ticks;
mod time;
mod words;

pub use description::description;
pub use hotspot::{Detail, Hotspot};
pub use pen::Area;
pub use sparkline::sparkline;
pub use theme::{HEAT_STEPS, Role, SERIES_COLORS, Swatch};

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use crate::format::{Locale, NumberStyle};
use crate::table::{Table, Value};
use pen::Pen;

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

/// Why a chart cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The chart names a column the table does not have.
    #[error("the chart uses column {index}, but the table has only {columns}")]
    NoColumn {
        /// The position asked for.
        index: usize,
        /// How many there are.
        columns: usize,
    },
    /// There is nothing to draw.
    #[error("a {kind} chart needs at least one measure; give it one under `y`")]
    NoMeasure {
        /// The kind of chart.
        kind: &'static str,
    },
    /// A column that must be numbers holds something else.
    #[error("column `{column}` holds `{found}`, which is not a number; `y` and `line` take measures")]
    NotANumber {
        /// The column.
        column: String,
        /// The first cell that is not a number, cut to 40 characters.
        found: String,
    },
    /// The kind of chart has no room for what it was given.
    #[error("a {kind} chart cannot draw this: {reason}")]
    WrongShape {
        /// The kind of chart.
        kind: &'static str,
        /// What to change.
        reason: &'static str,
    },
    /// More marks than a page can carry.
    #[error(
        "{categories} categories by {series} series are more than the {most} marks a chart can show; \
         set `top`, a coarser `grain` or a filter"
    )]
    TooManyMarks {
        /// Places along the axis.
        categories: usize,
        /// Series at each.
        series: usize,
        /// The limit.
        most: usize,
    },
    /// The plotters backend failed.
    #[error("the drawing backend failed: {0}")]
    Drawing(String),
}

impl ChartError {
    /// Whose fault it is.
    pub fn kind(&self) -> crate::error::Kind {
        match self {
            Self::Drawing(_) => crate::error::Kind::Bug,
            Self::TooManyMarks { .. } => crate::error::Kind::OverLimit,
            _ => crate::error::Kind::BadDefinition,
        }
    }

    fn drawing(error: impl std::fmt::Display) -> Self {
        Self::Drawing(error.to_string())
    }
}

impl Kind {
    /// Its name in a report file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Area(_) => "area",
            Self::Bar { .. } => "bar",
            Self::Donut => "donut",
            Self::Combo => "combo",
            Self::Heatmap => "heatmap",
        }
    }
}

impl Chart {
    /// Whether a chart of this kind can draw this table, empty or not.
    pub fn check(&self) -> Result<(), ChartError> {
        let columns = self.table.columns.len();
        let used = [self.x]
            .into_iter()
            .chain(self.by)
            .chain(self.y.iter().copied())
            .chain(self.line.iter().copied());
        if let Some(index) = used.into_iter().find(|index| *index >= columns) {
            return Err(ChartError::NoColumn { index, columns });
        }
        let kind = self.kind.name();
        if self.y.is_empty() {
            return Err(ChartError::NoMeasure { kind });
        }
        let wrong = |reason| Err(ChartError::WrongShape { kind, reason });
        match self.kind {
            Kind::Combo if self.line.is_empty() => {
                return wrong("it has no lines; name their measures under `line`, or use `bar`");
            }
            Kind::Combo if self.by.is_some() => return wrong("it takes no `by`; use a stacked bar chart"),
            Kind::Donut if self.by.is_some() => {
                return wrong("it takes no `by`; its slices are the members of `x`");
            }
            Kind::Donut if self.y.len() > 1 => {
                return wrong("it shows one measure; use a bar chart for several");
            }
            Kind::Heatmap if self.by.is_some() && self.y.len() > 1 => {
                return wrong("its cells show one measure; leave out `by` to have one row per measure");
            }
            _ if self.kind != Kind::Combo && !self.line.is_empty() => {
                return wrong("only `combo` takes `line`");
            }
            _ => {}
        }
        for index in self.y.iter().chain(&self.line) {
            let Some(column) = self.table.columns.get(*index) else { continue };
            let odd = |value: &&Value| !value.is_null() && value.number().is_none();
            if let Some(value) = column.cells.iter().find(odd) {
                let text = column.text(value, NumberStyle::Full, Locale::En);
                let found = labels::clean(&text).chars().take(40).collect();
                return Err(ChartError::NotANumber { column: column.name.clone(), found });
            }
        }
        Ok(())
    }
}

/// Draws `chart` over the whole of `area` and gives the areas that have more to tell, in points from
/// its top left corner. Text is measured by the backend's `estimate_text_size`.
pub fn draw<DB: DrawingBackend>(
    chart: &Chart,
    area: &DrawingArea<DB, Shift>,
    style: &Style,
) -> Result<Vec<Hotspot>, ChartError> {
    chart.check()?;
    let pen = Pen::new(area, style);
    let surface = pen.surface();
    if surface.width() < 40.0 || surface.height() < 30.0 {
        return Ok(Vec::new());
    }
    let data = series::Data::of(chart, style.locale)?;
    if !data.has_numbers() {
        let (x, y) = surface.center();
        pen.text(words::no_data(style.locale), (x, y), pen::Align::Center, pen.font())?;
        return Ok(Vec::new());
    }
    match chart.kind {
        Kind::Line => line::draw(&pen, &data, chart),
        Kind::Area(stacking) => area::draw(&pen, &data, stacking),
        Kind::Bar { stacking, horizontal: false } => bar::draw_upright(&pen, &data, stacking, chart.labels),
        Kind::Bar { stacking, horizontal: true } => bar::draw_lying(&pen, &data, stacking, chart.labels),
        Kind::Donut => donut::draw(&pen, &data, chart),
        Kind::Combo => combo::draw(&pen, &data),
        Kind::Heatmap => heatmap::draw(&pen, &data, chart.labels),
    }
}

#[cfg(test)]
pub(crate) mod samples;
