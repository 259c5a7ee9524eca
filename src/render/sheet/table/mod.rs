//! A table on paper: measured once, cut into pieces by the flow, drawn piece by piece.

mod columns;
mod cut;
mod draw;
mod head;
mod lane;
mod mark;

use super::lines::Typesetter;
use super::note::{NOTE_LINE, note_lines};
use super::style::{CELL_LEAST_SIZE, CELL_SIZE};
use super::words;
use crate::format::Locale;
use crate::render::canvas::{FontSet, TableId};
use crate::render::document::Block;
use crate::table::Grid;
use columns::{Measured, fitted};
pub(super) use cut::Cut;
use head::Heads;
use lane::{Lane, Shown, weight};

/// The height of a block's title above the header row.
const TITLE_HEIGHT: f32 = 17.0;
/// The height of the note below the last row.
const NOTE_HEIGHT: f32 = 13.0;

/// A lane in its place.
#[derive(Debug, Clone, PartialEq)]
struct PlacedLane {
    lane: Lane,
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
    shown: Shown<'a>,
    width: f32,
    size: f32,
    lanes: Vec<PlacedLane>,
    heads: Heads,
    /// Position and number of the groups of columns the table was split into.
    group: (usize, usize),
    /// For every row, whether it takes two lines; empty if none does.
    two_lines: Vec<bool>,
    /// The lines below the last row.
    note: Vec<String>,
    id: TableId,
}

impl<'a> TableLayout<'a> {
    /// Measures the table for `width`: smaller type if it is too wide, and if that does not help,
    /// several layouts that repeat the row heads. `id` gives every layout its number.
    pub(super) fn measure(
        block: &'a Block,
        grid: &'a Grid,
        width: f32,
        texts: &Typesetter,
        locale: Locale,
        mut id: impl FnMut() -> TableId,
    ) -> Vec<Self> {
        // Every number of the grid is looked at for this, so it is done once for all groups.
        let shown = Shown::new(grid, locale);
        let measured = columns::measured(&shown, texts);
        let sizes = (CELL_SIZE, CELL_LEAST_SIZE);
        let (size, groups) = fitted(&measured, grid.stub.len(), width, sizes, grid.paging.wide);
        let count = groups.len();
        let layouts = groups.into_iter().enumerate().map(|(position, group)| {
            let shown = shown.clone();
            let lanes = place(&group, &measured, size);
            let mut layout = Self {
                block,
                width,
                size,
                heads: Heads::of(&shown, &lanes, size, texts),
                lanes,
                shown,
                group: (position, count),
                two_lines: Vec::new(),
                note: note_lines(&note(block, grid, locale).unwrap_or_default(), width, texts),
                id: id(),
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

    /// How many rows it has.
    pub(super) fn rows(&self) -> usize {
        self.grid().len()
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
            cut.rows.clone().map(|row| self.height_of_row(row)).sum()
        };
        self.head_height() + rows + if cut.last { self.tail_height() } else { 0.0 }
    }

    fn grid(&self) -> &'a Grid {
        self.shown.grid
    }

    fn head_height(&self) -> f32 {
        TITLE_HEIGHT + (0..self.heads.lines.len()).map(|row| self.height_of_head(row)).sum::<f32>()
    }

    fn height_of_head(&self, row: usize) -> f32 {
        let lines = self.heads.lines.get(row).copied().unwrap_or(1).max(1);
        self.line_height() * lines as f32 + 2.0 * self.padding()
    }

    fn tail_height(&self) -> f32 {
        let message = if self.grid().is_empty() { self.row_height(false) } else { 0.0 };
        message
            + if self.note.is_empty() { 0.0 } else { NOTE_HEIGHT + NOTE_LINE * (self.note.len() - 1) as f32 }
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

    fn height_of_row(&self, row: usize) -> f32 {
        self.row_height(self.is_two_lines(row))
    }

    fn is_two_lines(&self, row: usize) -> bool {
        self.two_lines.get(row).copied().unwrap_or(false)
    }

    fn measure_rows(&self, texts: &Typesetter) -> Vec<bool> {
        let wrapping = self.lanes.iter().filter(|lane| lane.wraps).filter_map(|lane| match lane.lane {
            Lane::Head(column) => Some((lane, column)),
            Lane::Number(_) => None,
        });
        let wrapping: Vec<(&PlacedLane, usize)> = wrapping.collect();
        if wrapping.is_empty() {
            return Vec::new();
        }
        let fonts = FontSet::in_use();
        let grid = self.grid();
        let needs_two = |row: usize, (lane, column): &(&PlacedLane, usize)| {
            // A merged head has the height of its rows, and heads that go on are not written again.
            let is_written = !grid.continues_above(row, *column) && !grid.continues_above(row + 1, *column);
            let text = self.shown.head_text(row, *column).filter(|(_, columns)| is_written && *columns == 1);
            text.is_some_and(|(text, _)| {
                let weight = weight(grid, row, lane.lane);
                fonts.width(&texts.clean(&text), self.size, weight) > lane.inner_width(self.size) + 0.01
            })
        };
        (0..grid.len()).map(|row| wrapping.iter().any(|lane| needs_two(row, lane))).collect()
    }
}

impl PlacedLane {
    fn inner_width(&self, size: f32) -> f32 {
        self.width - 2.0 * columns::gutter(size)
    }
}

fn place(group: &[(usize, f32)], measured: &[Measured], size: f32) -> Vec<PlacedLane> {
    let mut x = 0.0;
    let mut placed = Vec::with_capacity(group.len());
    for (position, width) in group {
        let Some(lane) = measured.get(*position) else { continue };
        let inner = width - 2.0 * columns::gutter(size);
        placed.push(PlacedLane {
            lane: lane.lane,
            x,
            width: *width,
            to_the_right: lane.to_the_right,
            wraps: lane.widest_em * size > inner + 0.01,
        });
        x += width;
    }
    placed
}

/// What stands below the last row: how many rows there were, and the panel's own note.
fn note(block: &Block, grid: &Grid, locale: Locale) -> Option<String> {
    let (shown, all) = (grid.body_rows(), grid.rows_before_limit);
    let cut = grid.is_cut().then(|| words::first_of(shown, all, locale));
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
