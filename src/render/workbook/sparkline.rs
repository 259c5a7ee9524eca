//! Sparklines as Excel's own. Their numbers need cells: those of a hidden worksheet, whose rows are
//! the rows of the worksheet that shows them.

use rust_xlsxwriter::{ChartEmptyCells, Sparkline, Worksheet};

use super::WorkbookError;
use super::format::in_theme;
use super::native::Body;
use crate::charts::Look;
use crate::render::document::Theme;
use crate::table::{Grid, Tint};

/// The points of a column on the hidden worksheet.
struct Lane {
    /// The column of the grid.
    column: usize,
    /// Where its points begin.
    left: u16,
    /// How many there are; at least two, which Excel needs for a range.
    points: u16,
}

fn lanes(grid: &Grid, body: &Body) -> Vec<Lane> {
    let mut left = 0;
    let mut lanes = Vec::new();
    for (column, own) in grid.columns.iter().enumerate() {
        let points = own.sparklines.get(body.rows.clone()).unwrap_or_default();
        let most = points.iter().map(Vec::len).max().unwrap_or_default();
        if most > 0 {
            let points = most.max(2) as u16;
            lanes.push(Lane { column, left, points });
            left += points;
        }
    }
    lanes
}

/// Whether any cell has one.
pub(super) fn has_any(grid: &Grid, body: &Body) -> bool {
    !lanes(grid, body).is_empty()
}

/// Draws the sparklines of a worksheet from the numbers of the worksheet `data`.
pub(super) fn draw(
    sheet: &mut Worksheet,
    theme: &Theme,
    grid: &Grid,
    body: &Body,
    data: &str,
) -> Result<(), WorkbookError> {
    let (red, green, blue) = Look::default().color(0);
    let line = in_theme(theme, Tint(red, green, blue));
    if body.rows.is_empty() {
        return Ok(());
    }
    let (top, bottom) = (body.top, body.row(body.rows.end - 1));
    for Lane { column, left, points } in lanes(grid, body) {
        let at = body.column(column);
        let sparkline = Sparkline::new()
            .set_range((data, top, left, bottom, left + points - 1))
            .set_sparkline_color(line)
            .show_last_point(true)
            .set_last_point_color(line)
            .set_line_weight(1.5)
            .show_empty_cells_as(ChartEmptyCells::Gaps)
            .show_hidden_data(true);
        if top == bottom {
            sheet.add_sparkline(top, at, &sparkline)?;
        } else {
            sheet.add_sparkline_group(top, at, bottom, at, &sparkline)?;
        }
    }
    Ok(())
}

/// Writes their numbers into the hidden worksheet, from top to bottom.
pub(super) fn write_points(sheet: &mut Worksheet, grid: &Grid, body: &Body) -> Result<(), WorkbookError> {
    sheet.set_hidden(true);
    let lanes = lanes(grid, body);
    for Lane { column, left, .. } in &lanes {
        if let Some(column) = grid.columns.get(*column) {
            sheet.write_string(0, *left, &column.title)?;
        }
    }
    for row in body.rows.clone() {
        for Lane { column, left, .. } in &lanes {
            for (position, point) in grid.sparkline(row, *column).iter().enumerate() {
                if let Some(number) = point.filter(|number| number.is_finite()) {
                    sheet.write_number(body.row(row), left + position as u16, number)?;
                }
            }
        }
    }
    Ok(())
}
