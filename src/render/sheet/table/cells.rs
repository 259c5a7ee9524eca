//! Which columns a sheet shows of a business table, and the text of their cells.

use crate::format::{Locale, NumberStyle, write_change};
use crate::render::canvas::Rgb;
use crate::render::sheet::style::{DOWN, INK, MUTED, UP};
use crate::render::sheet::words;
use crate::table::{Role, Table, Value};

/// A column as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// The cells of this column.
    Cells(usize),
    /// The relative change of a measure to its comparison column.
    Change {
        /// The measure's column.
        now: usize,
        /// The comparison's.
        before: usize,
    },
}

/// The text of a cell and its colour.
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) color: Rgb,
}

/// The columns to show: every column, but comparisons as changes.
pub(super) fn shown(table: &Table) -> Vec<Shown> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(index, column)| match (column.role, index.checked_sub(1)) {
            (Role::Previous, Some(now)) => Shown::Change { now, before: index },
            _ => Shown::Cells(index),
        })
        .collect()
}

impl Shown {
    pub(super) fn title(self, table: &Table, locale: Locale) -> String {
        match self {
            Self::Cells(index) => {
                table.columns.get(index).map(|column| column.title.clone()).unwrap_or_default()
            }
            Self::Change { .. } => words::change(locale).to_owned(),
        }
    }

    /// Numbers stand to the right.
    pub(super) fn stands_to_the_right(self, table: &Table) -> bool {
        match self {
            Self::Change { .. } => true,
            Self::Cells(index) => table.columns.get(index).is_some_and(|column| {
                column.role != Role::Dimension
                    || column
                        .cells
                        .iter()
                        .find(|cell| !cell.is_null())
                        .is_some_and(|cell| matches!(cell, Value::Int(_) | Value::Float(_) | Value::Decimal { .. }))
            }),
        }
    }

    /// Text may be broken and shortened; numbers and dates may not.
    pub(super) fn may_be_shortened(self, table: &Table) -> bool {
        match self {
            Self::Change { .. } => false,
            Self::Cells(index) => table
                .columns
                .get(index)
                .is_some_and(|column| column.cells.iter().any(|cell| matches!(cell, Value::Text(_)))),
        }
    }

    pub(super) fn cell(self, table: &Table, row: usize, locale: Locale) -> Cell {
        self.of(table, locale, |column| table.cell(row, column))
    }

    /// The cell of the totals row; nothing under dimensions.
    pub(super) fn total(self, table: &Table, totals: &[Value], locale: Locale) -> Option<Cell> {
        if let Self::Cells(index) = self
            && table.columns.get(index).is_none_or(|column| column.role == Role::Dimension)
        {
            return None;
        }
        Some(self.of(table, locale, |column| totals.get(column).unwrap_or(&Value::Null)))
    }

    fn of<'v>(self, table: &Table, locale: Locale, value: impl Fn(usize) -> &'v Value) -> Cell {
        match self {
            Self::Cells(index) => {
                let value = value(index);
                let column = table.columns.get(index);
                let text = column.map(|column| column.text(value, NumberStyle::Full, locale));
                let color = if value.is_null() { MUTED } else { INK };
                Cell { text: text.unwrap_or_default(), color }
            }
            Self::Change { now, before } => {
                let (new, old) = (value(now).as_f64(), value(before).as_f64());
                let negative = table.columns.get(now).map(|column| column.format.negative).unwrap_or_default();
                match (new, old) {
                    (Some(new), Some(old)) if old != 0.0 => {
                        let ratio = (new - old) / old.abs();
                        let color = match ratio {
                            ratio if ratio > 0.000_5 => UP,
                            ratio if ratio < -0.000_5 => DOWN,
                            _ => MUTED,
                        };
                        Cell { text: write_change(ratio, negative), color }
                    }
                    _ => Cell { text: crate::format::NO_NUMBER.to_owned(), color: MUTED },
                }
            }
        }
    }
}
