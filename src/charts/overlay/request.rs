//! The overlays a chart asks for.

use crate::table::Value;

/// What is drawn over and behind the marks of a chart.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Overlays {
    /// Reference lines on the value axis.
    pub lines: Vec<ReferenceLine>,
    /// Shaded ranges of the left value axis, behind the marks.
    pub ranges: Vec<ShadedRange>,
    /// A line of least squares over the points of every series (scatter: over all points), from the
    /// first point to the last.
    pub trend: bool,
    /// How sure the numbers are.
    pub error: Option<ErrorBars>,
    /// What happened along the axis. A chart without events has the digest it had before there were any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Events>,
}

/// Things that happened along the axis of a chart.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Events {
    /// What they are called: the title of the column that a file has them in.
    pub title: String,
    /// In order of the axis.
    pub list: Vec<Event>,
    /// How many more there are than were asked for.
    pub left_out: usize,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Event {
    /// Its place: the start of a bucket of the axis, or one of its members as the table has them.
    pub at: Value,
    /// Its day, on an axis of time.
    pub day: Option<chrono::NaiveDate>,
    /// What happened.
    pub text: String,
}

/// A reference line.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ReferenceLine {
    /// Where it stands.
    pub at: Level,
    /// Its name; by default that of its statistic.
    pub label: Option<String>,
    /// Its colour.
    pub tone: Tone,
    /// How it is drawn.
    pub dash: Dash,
    /// Whether it is read on the right axis; only for combo charts.
    pub on_right: bool,
}

/// Where a reference line stands.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub enum Level {
    /// At a number of the axis (a share from 0 to 1 where the axis is in percent).
    Value(f64),
    /// At the mean of the drawn numbers; of stacks their heights count. The comparison period and
    /// what a "top N" left out count in no statistic.
    Average,
    /// At the number in the middle of them.
    Median,
    /// At the greatest of them.
    Max,
    /// At the least of them.
    Min,
}

/// A shaded range between two numbers of the axis.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct ShadedRange {
    /// Where it begins; at the end of the axis by default.
    pub from: Option<f64>,
    /// Where it ends; at the end of the axis by default.
    pub to: Option<f64>,
    /// Its name.
    pub label: Option<String>,
    /// Its colour.
    pub tone: Tone,
}

/// What an overlay wants to say by its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Tone {
    /// To be read first.
    Ink,
    /// To help.
    Muted,
    /// The colour of the first series.
    Accent,
    /// For the better.
    Good,
    /// For the worse.
    Bad,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Dash {
    /// In one piece.
    Solid,
    /// In dashes.
    Dashed,
    /// In dots.
    Dotted,
}

/// Columns that say how sure the first measure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum ErrorBars {
    /// The bars reach as far below and above the number as this column says; its sign does not matter.
    Around(usize),
    /// The bars reach from one column to another.
    Between {
        /// The lower end.
        low: usize,
        /// The upper end.
        high: usize,
    },
}

impl Overlays {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The columns of numbers they read.
    pub(in crate::charts) fn columns(&self) -> Vec<usize> {
        match self.error {
            Some(ErrorBars::Around(column)) => vec![column],
            Some(ErrorBars::Between { low, high }) => vec![low, high],
            None => Vec::new(),
        }
    }
}
