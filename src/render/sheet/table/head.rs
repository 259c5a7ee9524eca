//! The heads of a table: in one row or merged over several.

use super::PlacedLane;
use super::columns::{TITLE_LINES, gutter};
use super::lane::{Lane, Shown};
use crate::render::sheet::lines::{Style, Typesetter, evenly_broken};
use crate::render::sheet::style::INK;
use crate::table::HeadCell;

/// A head in its place, counted from the table's corner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedHead {
    pub(super) lines: Vec<String>,
    /// Its lanes, as positions among those of the layout.
    pub(super) first: usize,
    pub(super) lanes: usize,
    /// Its rows.
    pub(super) row: usize,
    pub(super) rows: usize,
    pub(super) x: f32,
    pub(super) width: f32,
    /// Where its text stands: over numbers to the right, over several lanes in the middle.
    pub(super) place: HeadPlace,
}

/// Where the text of a head stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeadPlace {
    Left,
    Right,
    Middle,
}

/// All heads of a layout, and how many lines each row of heads takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Heads {
    pub(super) cells: Vec<PlacedHead>,
    pub(super) lines: Vec<usize>,
}

impl Heads {
    pub(super) fn of(shown: &Shown<'_>, lanes: &[PlacedLane], size: f32, texts: &Typesetter) -> Self {
        let depth = shown.grid.head.len().max(1);
        let style = Style::bold(size, INK);
        let broken = |text: &str, width: f32| {
            let text = texts.clean(text);
            if text.trim().is_empty() {
                return Vec::new();
            }
            evenly_broken(&text, style, (width - 2.0 * gutter(size)).max(1.0), TITLE_LINES)
        };
        let mut cells = Vec::new();
        for (first, lane) in lanes.iter().enumerate() {
            if let Lane::Head(_) = lane.lane {
                let place = if lane.to_the_right { HeadPlace::Right } else { HeadPlace::Left };
                let lines = broken(shown.title(lane.lane), lane.width);
                let (x, width) = (lane.x, lane.width);
                cells.push(PlacedHead { lines, first, lanes: 1, row: 0, rows: depth, x, width, place });
            }
        }
        for (row, heads) in shown.grid.head.iter().enumerate() {
            cells.extend(heads.iter().filter_map(|head| {
                let own = |lane: &PlacedLane| is_below(lane.lane, head);
                let first = lanes.iter().position(own)?;
                let members: Vec<&PlacedLane> = lanes.iter().filter(|lane| own(lane)).collect();
                let width = members.iter().map(|lane| lane.width).sum();
                let x = members.first()?.x;
                let place = match members.as_slice() {
                    [only] if head.columns == 1 && !only.to_the_right => HeadPlace::Left,
                    // Under merged heads, titles stand in the middle as those do.
                    [_] if head.columns == 1 && depth == 1 => HeadPlace::Right,
                    _ => HeadPlace::Middle,
                };
                let lines = broken(&head.text, width);
                Some(PlacedHead { lines, first, lanes: members.len(), row, rows: head.rows, x, width, place })
            }));
        }
        let mut lines = vec![1; depth];
        for cell in cells.iter().filter(|cell| cell.rows == 1) {
            if let Some(row) = lines.get_mut(cell.row) {
                *row = (*row).max(cell.lines.len());
            }
        }
        for cell in cells.iter().filter(|cell| cell.rows > 1) {
            let room: usize = lines.iter().skip(cell.row).take(cell.rows).sum();
            if let Some(last) = lines.get_mut((cell.row + cell.rows).saturating_sub(1)) {
                *last += cell.lines.len().saturating_sub(room);
            }
        }
        Self { cells, lines }
    }
}

fn is_below(lane: Lane, head: &HeadCell) -> bool {
    matches!(lane, Lane::Number(column) if (head.column..head.column + head.columns).contains(&column))
}
