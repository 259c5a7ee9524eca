//! Where a table is cut into pieces for sheets.

use std::ops::Range;

use super::TableLayout;
use crate::table::Part;

/// Rows that must follow a header, and that must stand above the totals.
const ROWS_TOGETHER: usize = 2;

/// A stretch of rows that fits on a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render::sheet) struct Cut {
    /// The rows.
    pub(in crate::render::sheet) rows: Range<usize>,
    /// Whether the note follows.
    pub(in crate::render::sheet) last: bool,
}

impl TableLayout<'_> {
    /// The whole table as one piece.
    pub(in crate::render::sheet) fn whole(&self) -> Cut {
        Cut { rows: 0..self.grid().len(), last: true }
    }

    /// Whether the author asked for a new sheet somewhere in it.
    pub(in crate::render::sheet) fn has_breaks(&self) -> bool {
        (1..self.grid().len()).any(|row| self.must_break(row))
    }

    /// The piece from row `start` on that fits into `room`; `None` if it should rather begin on the
    /// next sheet, which has room for `full`. On a `fresh` sheet there is always a piece, with at least
    /// one row.
    pub(in crate::render::sheet) fn cut(
        &self,
        start: usize,
        room: f32,
        full: f32,
        fresh: bool,
    ) -> Option<Cut> {
        let count = self.grid().len();
        let mut left = room - self.head_height();
        let mut end = start;
        let mut forced = false;
        while end < count {
            if end > start && self.must_break(end) {
                forced = true;
                break;
            }
            left -= self.height_of_row(end);
            if left < 0.0 {
                break;
            }
            end += 1;
        }
        if end == count && (left >= self.tail_height() || (fresh && count == start)) {
            return Some(Cut { rows: start..count, last: true });
        }
        if forced {
            return Some(Cut { rows: start..end, last: false });
        }
        let together = ROWS_TOGETHER + self.totals_at_end();
        if end == count {
            // All rows fit, but not what follows them: some rows go with it.
            end = end.saturating_sub(together).max(start);
        } else if count - end < together && end > start + together {
            end -= together - (count - end);
        }
        end = self.better_break(start, end, full);
        if end - start >= ROWS_TOGETHER {
            return Some(Cut { rows: start..end, last: false });
        }
        fresh.then(|| Cut { rows: start..(start + 1).max(end).min(count), last: false })
    }

    /// How many totals stand below the last member.
    fn totals_at_end(&self) -> usize {
        self.grid().rows.iter().rev().take_while(|row| row.part == Part::Total).count()
    }

    /// The last place up to `end` where a piece that begins at `start` may end well.
    fn better_break(&self, start: usize, end: usize, full: f32) -> usize {
        let grid = self.grid();
        if grid.paging.keep_groups && grid.stub.len() > 1 {
            let is_start = |row: &usize| grid.rows.get(*row).is_some_and(|row| row.opens == 0);
            let group = (start + 1..=end).rev().find(is_start).unwrap_or(start);
            let next = (group + 1..grid.len()).find(is_start).unwrap_or(grid.len());
            let height: f32 = (group..next).map(|row| self.height_of_row(row)).sum();
            if group > start && self.head_height() + height <= full {
                return group;
            }
        }
        let good = |row: &usize| self.may_break(*row);
        (start + ROWS_TOGETHER..=end).rev().find(good).unwrap_or(end)
    }

    /// Whether a piece may end before `row` without tearing what belongs together.
    fn may_break(&self, row: usize) -> bool {
        let grid = self.grid();
        let (Some(own), Some(above)) = (grid.rows.get(row), grid.rows.get(row.saturating_sub(1))) else {
            return true;
        };
        // A subtotal or total below its members stays with the last of them.
        let follows = match own.part {
            Part::Body => false,
            Part::Subtotal(level) => own.opens > level,
            Part::Total => row > 0,
        };
        // One above its members stays with the first of them.
        let leads = match above.part {
            Part::Body => false,
            Part::Subtotal(level) => above.opens <= level,
            Part::Total => row == 1,
        };
        // The first member of a group is not left alone with the group's head.
        let inner = grid.stub.len().saturating_sub(1);
        let lonely = grid.merged
            && row > 0
            && above.part == Part::Body
            && above.opens < inner
            && own.opens > above.opens;
        !follows && !leads && !lonely
    }

    /// Whether the author wants a new sheet before `row`.
    fn must_break(&self, row: usize) -> bool {
        let grid = self.grid();
        let Some(level) = grid.paging.break_before else { return false };
        grid.rows.get(row).is_some_and(|row| row.opens <= level && row.part != Part::Total)
    }
}
