//! Why a chart cannot be drawn.

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
    #[error(
        "column `{column}` holds `{found}`, which is not a number; `y` and `line`, and what is drawn along \
         an axis of numbers, take measures"
    )]
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

    pub(super) fn drawing(error: impl std::fmt::Display) -> Self {
        Self::Drawing(error.to_string())
    }
}
