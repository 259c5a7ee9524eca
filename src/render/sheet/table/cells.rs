//! Which columns a sheet shows of a business table, and the text of their cells.

use std::cmp::Ordering;

use crate::format::{Locale, NO_NUMBER, NumberFormat, NumberStyle};
use crate::render::canvas::Rgb;
use crate::render::sheet::style::{DOWN, INK, MUTED, UP};
use crate::render::sheet::words;
use crate::table::{Change, Column, Role, Table, Value};

/// What `NumberFormat` takes.
const MOST_DECIMALS: usize = 10;

/// A column as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    kind: Kind,
    /// How numbers are written: with the same decimals in every row.
    format: NumberFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
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
pub(super) fn shown(table: &Table, locale: Locale) -> Vec<Shown> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(index, column)| match (column.role, index.checked_sub(1)) {
            (Role::Previous, Some(now)) => {
                Shown { kind: Kind::Change { now, before: index }, format: column.format.clone() }
            }
            _ => Shown { kind: Kind::Cells(index), format: aligned(column, locale) },
        })
        .collect()
}

/// The column's format with the decimals of the cell that needs most, so that points stand below
/// each other.
fn aligned(column: &Column, locale: Locale) -> NumberFormat {
    let mut format = column.format.clone();
    if format.decimals.is_none() {
        let numbers = column.cells.iter().filter(|cell| cell.as_f64().is_some());
        let decimals = numbers.map(|cell| decimals(&column.text(cell, NumberStyle::Full, locale))).max();
        format.decimals =
            decimals.filter(|decimals| (1..=MOST_DECIMALS).contains(decimals)).map(|most| most as u8);
    }
    format
}

/// How many digits stand behind the point of a written number.
fn decimals(number: &str) -> usize {
    let Some((_, fraction)) = number.rsplit_once('.') else { return 0 };
    fraction.chars().take_while(char::is_ascii_digit).count()
}

impl Shown {
    pub(super) fn title(&self, table: &Table, locale: Locale) -> String {
        match self.kind {
            Kind::Cells(index) => {
                table.columns.get(index).map(|column| column.title.clone()).unwrap_or_default()
            }
            Kind::Change { .. } => words::change(locale).to_owned(),
        }
    }

    /// Numbers stand to the right.
    pub(super) fn stands_to_the_right(&self, table: &Table) -> bool {
        match self.kind {
            Kind::Change { .. } => true,
            Kind::Cells(index) => table.columns.get(index).is_some_and(|column| {
                let first = column.cells.iter().find(|cell| !cell.is_null());
                column.role != Role::Dimension || first.is_some_and(|cell| cell.number().is_some())
            }),
        }
    }

    /// Text may be broken and shortened; numbers and dates may not.
    pub(super) fn may_be_shortened(&self, table: &Table) -> bool {
        match self.kind {
            Kind::Change { .. } => false,
            Kind::Cells(index) => table
                .columns
                .get(index)
                .is_some_and(|column| column.cells.iter().any(|cell| matches!(cell, Value::Text(_)))),
        }
    }

    pub(super) fn cell(&self, table: &Table, row: usize, locale: Locale) -> Cell {
        self.of(table, locale, |column| table.cell(row, column))
    }

    /// The cell of the totals row; nothing under dimensions.
    pub(super) fn total(&self, table: &Table, totals: &[Value], locale: Locale) -> Option<Cell> {
        if let Kind::Cells(index) = self.kind
            && table.columns.get(index).is_none_or(|column| column.role == Role::Dimension)
        {
            return None;
        }
        Some(self.of(table, locale, |column| totals.get(column).unwrap_or(&Value::Null)))
    }

    fn of<'v>(&self, table: &Table, locale: Locale, value: impl Fn(usize) -> &'v Value) -> Cell {
        match self.kind {
            Kind::Cells(index) => {
                let value = value(index);
                let grain = table.columns.get(index).and_then(|column| column.grain);
                let text = value.text(&self.format, grain, NumberStyle::Full, locale);
                Cell { text, color: if value.is_null() { MUTED } else { INK } }
            }
            Kind::Change { now, before } => {
                let change = Change::between(value(now), value(before), &self.format);
                let color = match change.map(Change::direction) {
                    Some(Ordering::Greater) => UP,
                    Some(Ordering::Less) => DOWN,
                    _ => MUTED,
                };
                let text = change.map(|change| change.text(self.format.negative, locale));
                Cell { text: text.unwrap_or_else(|| NO_NUMBER.to_owned()), color }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sheet::sample::column;

    #[test]
    fn points_stand_below_each_other_in_a_column() {
        let cells = vec![
            Value::Decimal { unscaled: 12_500, scale: 3 },
            Value::Int(7),
            Value::Float(0.25),
            Value::Null,
        ];
        let table = Table {
            columns: vec![column("price", "Price", Role::Measure, cells)],
            totals: Some(vec![Value::Int(20)]),
            rows_before_limit: 4,
        };
        let shown = shown(&table, Locale::En);
        let texts: Vec<String> = (0..4).map(|row| shown[0].cell(&table, row, Locale::En).text).collect();
        assert_eq!(texts, ["12.50", "7.00", "0.25", "–"]);
        let total = shown[0].total(&table, table.totals.as_deref().unwrap(), Locale::En).unwrap();
        assert_eq!(total.text, "20.00");
    }

    #[test]
    fn a_comparison_is_shown_as_a_change_in_the_colour_of_its_direction() {
        let number = |numbers: [i64; 3]| numbers.map(Value::Int).to_vec();
        let table = Table {
            columns: vec![
                column("revenue", "Revenue", Role::Measure, number([120, 90, 5])),
                column("revenue.previous", "Revenue", Role::Previous, number([100, 100, 0])),
            ],
            totals: None,
            rows_before_limit: 3,
        };
        let shown = shown(&table, Locale::En);
        let changes: Vec<_> = (0..3).map(|row| shown[1].cell(&table, row, Locale::En)).collect();
        let found: Vec<_> = changes.iter().map(|cell| (cell.text.as_str(), cell.color)).collect();
        assert_eq!(found, [("+20.0%", UP), ("−10.0%", DOWN), ("–", MUTED)]);
    }
}
