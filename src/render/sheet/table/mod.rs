//! A table on paper: measured once, cut into pieces by the flow, drawn piece by piece.

mod cells;
mod columns;
mod draw;

use std::ops::Range;

use super::lines::{Style, Typesetter, evenly_broken};
use super::style::{CELL_LEAST_SIZE, CELL_SIZE, INK};
use super::words;
use crate::format::Locale;
use crate::render::canvas::{FontSet, Weight};
use crate::render::document::Block;
use crate::table::Table;
use cells::Shown;
use columns::{Measured, fitted};

/// The height of a block's title above the header row.
const TITLE_HEIGHT: f32 = 17.0;
/// The height of the note below the last row.
const NOTE_HEIGHT: f32 = 13.0;
/// Rows that must follow a header, and that must stand above the totals.
const ROWS_TOGETHER: usize = 2;

/// A column in its place.
#[derive(Debug, Clone, PartialEq)]
struct PlacedColumn {
    shown: Shown,
    title: Vec<String>,
    /// From the left edge of the table.
    x: f32,
    width: f32,
    to_the_right: bool,
    /// Some cell needs a second line.
    wraps: bool,
}

/// A table, or the part of its columns that fits side by side, measured for one width.
pub(super) struct TableLayout<'a> {
    block: &'a Block,
    table: &'a Table,
    locale: Locale,
    width: f32,
    size: f32,
    columns: Vec<PlacedColumn>,
    /// Position and number of the column groups the table was split into.
    group: (usize, usize),
    /// For every row, whether it takes two lines; empty if none does.
    two_lines: Vec<bool>,
    note: Option<String>,
}

/// A stretch of rows that fits on a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// The rows.
    pub(super) rows: Range<usize>,
    /// Whether totals and note follow.
    pub(super) last: bool,
}

impl<'a> TableLayout<'a> {
    /// Measures the table for `width`: smaller type if it is too wide, and if that does not help,
    /// several layouts that repeat the first column.
    pub(super) fn measure(
        block: &'a Block,
        table: &'a Table,
        width: f32,
        texts: &Typesetter,
        locale: Locale,
    ) -> Vec<Self> {
        let shown = cells::shown(table, locale);
        let measured: Vec<Measured> =
            shown.into_iter().map(|shown| Measured::of(shown, table, texts, locale)).collect();
        let (size, groups) = fitted(&measured, width, (CELL_SIZE, CELL_LEAST_SIZE));
        let count = groups.len();
        let layouts = groups.into_iter().enumerate().map(|(position, group)| {
            let mut layout = Self {
                block,
                table,
                locale,
                width,
                size,
                columns: place(&group, &measured, size, texts),
                group: (position, count),
                two_lines: Vec::new(),
                note: note(block, table, locale),
            };
            layout.two_lines = layout.measure_rows(texts);
            layout
        });
        layouts.collect()
    }

    /// Whether the table keeps its full type size.
    pub(super) fn is_comfortable(&self) -> bool {
        self.size >= CELL_SIZE - 1.0 && self.group.1 == 1
    }

    /// The title of its block.
    pub(super) fn title(&self) -> &str {
        &self.block.title
    }

    /// The height of the piece `cut`.
    pub(super) fn height(&self, cut: &Cut) -> f32 {
        let rows: f32 = if self.two_lines.is_empty() {
            self.row_height(false) * cut.rows.len() as f32
        } else {
            cut.rows.clone().map(|row| self.row_height(self.is_two_lines(row))).sum()
        };
        self.head_height() + rows + if cut.last { self.tail_height() } else { 0.0 }
    }

    /// The whole table as one piece.
    pub(super) fn whole(&self) -> Cut {
        Cut { rows: 0..self.table.len(), last: true }
    }

    /// The piece from row `start` on that fits into `room`; `None` if it should rather begin on the
    /// next sheet. On a `fresh` sheet there is always a piece, with at least one row.
    pub(super) fn cut(&self, start: usize, room: f32, fresh: bool) -> Option<Cut> {
        let count = self.table.len();
        let whole_rest = Cut { rows: start..count, last: true };
        let mut left = room - self.head_height();
        let mut end = start;
        while end < count {
            left -= self.row_height(self.is_two_lines(end));
            if left < 0.0 {
                break;
            }
            end += 1;
        }
        if end == count && (left >= self.tail_height() || (fresh && count == start)) {
            return Some(whole_rest);
        }
        if end == count {
            // All rows fit, but not what follows them: some rows go with the totals.
            end = end.saturating_sub(ROWS_TOGETHER).max(start);
        } else if count - end < ROWS_TOGETHER && end > start + ROWS_TOGETHER {
            end -= ROWS_TOGETHER - (count - end);
        }
        if end - start >= ROWS_TOGETHER {
            return Some(Cut { rows: start..end, last: false });
        }
        fresh.then(|| Cut { rows: start..(start + 1).max(end).min(count), last: false })
    }

    fn head_height(&self) -> f32 {
        let lines = self.columns.iter().map(|column| column.title.len()).max().unwrap_or(1).max(1);
        TITLE_HEIGHT + self.line_height() * lines as f32 + 2.0 * self.padding()
    }

    fn tail_height(&self) -> f32 {
        let totals = if self.table.totals.is_some() { self.row_height(false) } else { 0.0 };
        let message = if self.table.is_empty() { self.row_height(false) } else { 0.0 };
        totals + message + if self.note.is_some() { NOTE_HEIGHT } else { 0.0 }
    }

    fn line_height(&self) -> f32 {
        self.size * 1.3
    }

    fn padding(&self) -> f32 {
        self.size * 0.4
    }

    fn row_height(&self, two_lines: bool) -> f32 {
        self.line_height() * if two_lines { 2.0 } else { 1.0 } + 2.0 * self.padding()
    }

    fn is_two_lines(&self, row: usize) -> bool {
        self.two_lines.get(row).copied().unwrap_or(false)
    }

    fn measure_rows(&self, texts: &Typesetter) -> Vec<bool> {
        let wrapping: Vec<&PlacedColumn> = self.columns.iter().filter(|column| column.wraps).collect();
        if wrapping.is_empty() {
            return Vec::new();
        }
        let fonts = FontSet::bundled();
        let needs_two = |row: usize, column: &PlacedColumn| {
            let cell = column.shown.cell(self.table, row, self.locale);
            let text = texts.clean(&cell.text);
            fonts.width(&text, self.size, Weight::Regular) > column.inner_width(self.size) + 0.01
        };
        (0..self.table.len()).map(|row| wrapping.iter().any(|column| needs_two(row, column))).collect()
    }
}

impl PlacedColumn {
    fn inner_width(&self, size: f32) -> f32 {
        self.width - 2.0 * columns::gutter(size)
    }
}

fn place(group: &[(usize, f32)], measured: &[Measured], size: f32, texts: &Typesetter) -> Vec<PlacedColumn> {
    let style = Style::bold(size, INK);
    let mut x = 0.0;
    let mut placed = Vec::with_capacity(group.len());
    for (position, width) in group {
        let Some(column) = measured.get(*position) else { continue };
        let inner = width - 2.0 * columns::gutter(size);
        placed.push(PlacedColumn {
            shown: column.shown.clone(),
            title: evenly_broken(&texts.clean(&column.title), style, inner, columns::TITLE_LINES),
            x,
            width: *width,
            to_the_right: column.to_the_right,
            wraps: column.widest_em * size > inner + 0.01,
        });
        x += width;
    }
    placed
}

/// What stands below the last row: how many rows there were, and the panel's own note.
fn note(block: &Block, table: &Table, locale: Locale) -> Option<String> {
    let all = table.rows_before_limit;
    let cut = (all > table.len()).then(|| words::first_of(table.len(), all, locale));
    let own = block.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
    match (cut, own) {
        (Some(cut), Some(own)) if own.contains(&words::count(all, locale)) => {
            drop(cut);
            Some(own.to_owned())
        }
        (Some(cut), Some(own)) => Some(format!("{cut} · {own}")),
        (cut, own) => cut.or(own.map(str::to_owned)),
    }
}
