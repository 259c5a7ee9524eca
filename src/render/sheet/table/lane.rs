//! The columns of a grid as a sheet has them: row heads first, then numbers.

use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::render::canvas::Rgb;
use crate::render::canvas::{FontSet, Weight};
use crate::render::sheet::lines::Typesetter;
use crate::render::sheet::style::{BAD, DOWN, INK, MUTED, UP};
use crate::table::{Grid, GridValue, ValueKind};

/// A column of row heads or of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// The stub's column at this position.
    Head(usize),
    /// The grid's column at this position.
    Number(usize),
}

/// A sparkline takes this many em.
const SPARKLINE_EM: f32 = 7.0;
/// An icon before a number takes this many em.
pub(super) const ICON_EM: f32 = 1.1;

/// A grid in the language of its sheet, with the formats that let points stand below each other.
#[derive(Clone)]
pub(super) struct Shown<'a> {
    pub(super) grid: &'a Grid,
    pub(super) locale: Locale,
    /// For every column of numbers, the decimals that all its numbers get.
    decimals: Vec<Option<u8>>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(grid: &'a Grid, locale: Locale) -> Self {
        let decimals = (0..grid.columns.len()).map(|column| grid.common_decimals(column, locale)).collect();
        Self { grid, locale, decimals }
    }

    /// All lanes from left to right.
    pub(super) fn lanes(&self) -> impl Iterator<Item = Lane> + use<> {
        (0..self.grid.stub.len()).map(Lane::Head).chain((0..self.grid.columns.len()).map(Lane::Number))
    }

    /// The text of a number's cell.
    pub(super) fn number(&self, row: usize, column: usize) -> String {
        let cell = self.grid.cell(row, column);
        let Some(value) = self.grid.value_at(row, column) else { return String::new() };
        match self.decimals.get(column).copied().flatten() {
            Some(decimals) if value.kind == ValueKind::Number && cell.as_f64().is_some() => {
                let format = NumberFormat { decimals: Some(decimals), ..value.format.clone() };
                cell.text(&format, None, NumberStyle::Full, self.locale)
            }
            _ => value.text(cell, NumberStyle::Full, self.locale),
        }
    }

    /// The colour of a number.
    pub(super) fn ink(&self, row: usize, column: usize) -> Rgb {
        let cell = self.grid.cell(row, column);
        if let Some(ink) = self.grid.mark(row, column).and_then(|mark| mark.ink) {
            return Rgb(ink.0, ink.1, ink.2);
        }
        let Some(value) = self.grid.value_at(row, column) else { return INK };
        let Some(number) = cell.as_f64() else { return if cell.is_null() { MUTED } else { INK } };
        match value.kind {
            ValueKind::Change | ValueKind::Points => match (number * 1_000.0).round() {
                size if size > 0.0 => UP,
                size if size < 0.0 => DOWN,
                _ => MUTED,
            },
            _ if value.format.red_negatives && number < 0.0 => BAD,
            _ => INK,
        }
    }

    /// Whether the lane's text stands to the right.
    pub(super) fn is_right(&self, lane: Lane) -> bool {
        match lane {
            Lane::Number(column) => !self.grid.columns.get(column).is_some_and(|column| {
                column.cells.iter().find(|cell| !cell.is_null()).is_some_and(|cell| cell.as_text().is_some())
            }),
            Lane::Head(column) => self.grid.stub.get(column).is_some_and(|stub| {
                !self.grid.merged
                    && stub
                        .cells
                        .iter()
                        .find(|cell| !cell.is_null())
                        .is_some_and(|cell| cell.number().is_some())
            }),
        }
    }

    /// Text may be broken and shortened; numbers and dates may not.
    pub(super) fn may_break(&self, lane: Lane) -> bool {
        match lane {
            Lane::Number(_) => false,
            Lane::Head(column) => {
                self.grid
                    .stub
                    .get(column)
                    .is_some_and(|stub| stub.cells.iter().any(|cell| cell.as_text().is_some()))
                    || self
                        .grid
                        .rows
                        .iter()
                        .any(|row| row.label.as_ref().is_some_and(|label| label.from == column))
            }
        }
    }

    /// The width of the widest cell in em.
    pub(super) fn widest_em(&self, lane: Lane, texts: &Typesetter) -> f32 {
        let fonts = FontSet::in_use();
        let mut widest = 0.0f32;
        for row in 0..self.grid.len() {
            let weight = weight(self.grid, row, lane);
            let width = match lane {
                Lane::Head(column) => {
                    if row > 0 && self.grid.continues_above(row, column) {
                        continue;
                    }
                    let Some((text, columns)) = self.head_text(row, column) else { continue };
                    // A label that covers several columns finds its room there.
                    if columns > 1 { 0.0 } else { fonts.width(&texts.clean(&text), 1.0, weight) }
                }
                Lane::Number(column) => {
                    if self.grid.value_at(row, column).is_some_and(|value| value.kind == ValueKind::Sparkline)
                    {
                        SPARKLINE_EM
                    } else {
                        let icon = self.grid.mark(row, column).is_some_and(|mark| mark.icon.is_some());
                        let text = self.number(row, column);
                        fonts.width(&texts.clean(&text), 1.0, weight) + if icon { ICON_EM } else { 0.0 }
                    }
                }
            };
            widest = widest.max(width);
        }
        widest
    }

    /// The text of the row head in `column`, and how many columns of the stub it covers; `None` where
    /// another one covers it.
    pub(super) fn head_text(&self, row: usize, column: usize) -> Option<(String, usize)> {
        match self.grid.label_text(row, self.locale) {
            Some((from, text)) if from == column => Some((text, self.grid.stub.len() - from)),
            Some((from, _)) if from < column => None,
            _ => Some((self.grid.member_text(row, column, self.locale), 1)),
        }
    }

    /// What stands above the lane.
    pub(super) fn title(&self, lane: Lane) -> &str {
        match lane {
            Lane::Head(column) => self.grid.stub.get(column).map_or("", |stub| &stub.title),
            Lane::Number(column) => {
                let cells = self.grid.head.iter().flatten();
                // Of heads above each other, the lowest is the lane's own.
                let own = cells.rev().find(|cell| cell.column == column && cell.columns == 1);
                own.map_or("", |cell| &cell.text)
            }
        }
    }
}

/// How heavy the text of a cell is.
pub(super) fn weight(grid: &Grid, row: usize, lane: Lane) -> Weight {
    let marked = matches!(lane, Lane::Number(column) if grid.mark(row, column).is_some_and(|mark| mark.bold));
    let value = match lane {
        Lane::Number(column) => grid.value_at(row, column).is_some_and(|value: &GridValue| value.emphasis),
        Lane::Head(_) => false,
    };
    if marked || value || grid.is_emphasised(row) { Weight::Bold } else { Weight::Regular }
}
