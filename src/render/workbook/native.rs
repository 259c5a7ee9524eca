//! Bars, colours and icons as Excel's own conditional formats, so that they follow who edits the
//! numbers. Their limits are the numbers that the sheet uses, and they lie on the cells that the
//! sheet marks: no totals where those have none, no cell that a rule of its own has painted.

use std::collections::HashMap;
use std::ops::Range;

use rust_xlsxwriter::utility::cell_range;
use rust_xlsxwriter::{
    ConditionalFormat2ColorScale, ConditionalFormat3ColorScale, ConditionalFormatCustomIcon,
    ConditionalFormatDataBar, ConditionalFormatIconSet, ConditionalFormatIconType, ConditionalFormatType,
    Worksheet,
};

use super::WorkbookError;
use super::format::{color, in_theme};
use crate::render::document::Theme;
use crate::table::{Bars, Grid, GridValue, Icon, Icons, Stops, Tint};

const BAR: Tint = Tint(0xb5, 0xd1, 0xf3);
const NEGATIVE_BAR: Tint = Tint(0xf3, 0xb0, 0xad);
const AXIS: Tint = Tint(0x66, 0x70, 0x85);
/// The ranges of one conditional format; Excel reads more, but slowly.
const MOST_RANGES: usize = 200;

/// Where the numbers of a grid stand on a worksheet.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// The rows of the grid.
    pub(super) rows: Range<usize>,
    /// Where the first of them stands.
    pub(super) top: u32,
    /// Where the first column of numbers stands.
    pub(super) left: u16,
}

impl Body {
    pub(super) fn row(&self, row: usize) -> u32 {
        self.top + row.saturating_sub(self.rows.start) as u32
    }

    pub(super) fn column(&self, column: usize) -> u16 {
        self.left + column as u16
    }
}

/// Writes the conditional formats of every value; `divisors` say what its numbers were divided by.
pub(super) fn write(
    sheet: &mut Worksheet,
    theme: &Theme,
    grid: &Grid,
    body: &Body,
    divisors: &[f64],
) -> Result<(), WorkbookError> {
    let marked: Vec<usize> = (0..grid.columns.len()).filter(|column| has_marks(grid, *column)).collect();
    if marked.is_empty() {
        return Ok(());
    }
    for (index, value) in grid.values.iter().enumerate() {
        let divisor = divisors.get(index).copied().unwrap_or(1.0);
        let is_own = |row: usize, column: usize| {
            let own = grid.rows.get(row).and_then(|row| row.value);
            own.or_else(|| grid.columns.get(column).map(|column| column.value)) == Some(index)
        };
        let ranges = |wanted: &dyn Fn(usize, usize) -> bool| {
            let mut ranges = Ranges::default();
            for column in &marked {
                for row in body.rows.clone().filter(|row| is_own(*row, *column) && wanted(*row, *column)) {
                    ranges.push(body.row(row), body.column(*column));
                }
            }
            ranges.texts()
        };
        if let Some(bars) = value.looks.bars.filter(|bars| bars.high > bars.low) {
            let cells = ranges(&|row, column| grid.mark(row, column).is_some_and(|mark| mark.bar.is_some()));
            put_bars(sheet, theme, bars, divisor, &cells)?;
        }
        if let Some(scale) = value.looks.scale {
            put_scale(sheet, scale, divisor, &ranges(&|row, column| is_scaled(grid, row, column)))?;
        }
        let follows = |row, column| icon_by_number(grid, value, row, column);
        if let Some(icons) = value.looks.icons {
            put_icons(sheet, icons, divisor, &ranges(&|row, column| follows(row, column)))?;
        }
        for icon in [Icon::Up, Icon::Level, Icon::Down, Icon::Good, Icon::Fair, Icon::Poor] {
            let has = |row, column| grid.mark(row, column).is_some_and(|mark| mark.icon == Some(icon));
            let alone = Icons { icons: [icon; 3], middle_from: 0.0, high_from: 0.0 };
            let cells = ranges(&|row, column| has(row, column) && !follows(row, column));
            put_icons(sheet, alone, 1.0, &cells)?;
        }
    }
    Ok(())
}

/// Whether Excel colours the cell, so that it needs no fill of its own.
pub(super) fn is_scaled(grid: &Grid, row: usize, column: usize) -> bool {
    let scaled = || {
        let scale = grid.value_at(row, column)?.looks.scale.filter(|scale| scale.has_width())?;
        let number = grid.cell(row, column).as_f64()?;
        Some(grid.mark(row, column)?.fill? == scale.tint(number))
    };
    grid.is_member(row, column) && scaled() == Some(true)
}

fn has_marks(grid: &Grid, column: usize) -> bool {
    grid.columns.get(column).is_some_and(|column| column.marks.iter().any(Option::is_some))
}

/// Whether the icon of a cell is the one of its number, not that of a rule.
fn icon_by_number(grid: &Grid, value: &GridValue, row: usize, column: usize) -> bool {
    let (Some(icons), Some(mark)) = (value.looks.icons, grid.mark(row, column)) else { return false };
    let own = grid.cell(row, column).as_f64().map(|number| icons.of(number));
    own.is_some() && mark.icon == own
}

fn put_bars(
    sheet: &mut Worksheet,
    theme: &Theme,
    bars: Bars,
    divisor: f64,
    cells: &[String],
) -> Result<(), WorkbookError> {
    let bar = ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, bars.low / divisor)
        .set_maximum(ConditionalFormatType::Number, bars.high / divisor)
        .set_fill_color(in_theme(theme, BAR))
        .set_negative_fill_color(in_theme(theme, NEGATIVE_BAR))
        .set_axis_color(in_theme(theme, AXIS))
        .set_border_off(true)
        .set_solid_fill(true);
    for cells in cells {
        sheet.add_conditional_format(0, 0, 0, 0, &bar.clone().set_multi_range(cells))?;
    }
    Ok(())
}

fn put_scale(
    sheet: &mut Worksheet,
    scale: Stops,
    divisor: f64,
    cells: &[String],
) -> Result<(), WorkbookError> {
    let number = ConditionalFormatType::Number;
    let (low, high) = (scale.low, scale.high);
    for cells in cells {
        if let Some(middle) = scale.middle {
            let scale = ConditionalFormat3ColorScale::new()
                .set_minimum(number, low.0 / divisor)
                .set_midpoint(number, middle.0 / divisor)
                .set_maximum(number, high.0 / divisor)
                .set_minimum_color(color(low.1))
                .set_midpoint_color(color(middle.1))
                .set_maximum_color(color(high.1))
                .set_multi_range(cells);
            sheet.add_conditional_format(0, 0, 0, 0, &scale)?;
        } else {
            let scale = ConditionalFormat2ColorScale::new()
                .set_minimum(number, low.0 / divisor)
                .set_maximum(number, high.0 / divisor)
                .set_minimum_color(color(low.1))
                .set_maximum_color(color(high.1))
                .set_multi_range(cells);
            sheet.add_conditional_format(0, 0, 0, 0, &scale)?;
        }
    }
    Ok(())
}

fn put_icons(
    sheet: &mut Worksheet,
    icons: Icons,
    divisor: f64,
    cells: &[String],
) -> Result<(), WorkbookError> {
    let [low, middle, high] = icons.icons.map(|icon| {
        let (set, position) = excel_icon(icon);
        ConditionalFormatCustomIcon::new().set_icon_type(set, position)
    });
    let number = ConditionalFormatType::Number;
    let icons = ConditionalFormatIconSet::new()
        .set_icon_type(ConditionalFormatIconType::ThreeTriangles)
        .set_icons(&[
            low,
            middle.set_rule(number, icons.middle_from / divisor),
            high.set_rule(number, icons.high_from / divisor),
        ]);
    for cells in cells {
        sheet.add_conditional_format(0, 0, 0, 0, &icons.clone().set_multi_range(cells))?;
    }
    Ok(())
}

/// The icon of the same shape, which says the same without colour.
fn excel_icon(icon: Icon) -> (ConditionalFormatIconType, u8) {
    use ConditionalFormatIconType::{FiveQuadrants, ThreeTriangles};
    match icon {
        Icon::Down => (ThreeTriangles, 0),
        Icon::Level => (ThreeTriangles, 1),
        Icon::Up => (ThreeTriangles, 2),
        Icon::Poor => (FiveQuadrants, 0),
        Icon::Fair => (FiveQuadrants, 2),
        Icon::Good => (FiveQuadrants, 4),
    }
}

/// Cells as few rectangles, pushed column by column from top to bottom.
#[derive(Debug, Default)]
struct Ranges {
    /// First row, last row, first column, last column.
    done: Vec<(u32, u32, u16, u16)>,
    /// The stretch of the current column: first row, last row, column.
    open: Option<(u32, u32, u16)>,
    /// The rectangles that end with a column, by their rows and that column.
    ending: HashMap<(u32, u32, u16), usize>,
}

impl Ranges {
    fn push(&mut self, row: u32, column: u16) {
        match &mut self.open {
            Some((_, last, own)) if *own == column && *last + 1 == row => *last = row,
            _ => {
                self.close();
                self.open = Some((row, row, column));
            }
        }
    }

    fn close(&mut self) {
        let Some((first, last, column)) = self.open.take() else { return };
        let before = column.checked_sub(1).and_then(|before| self.ending.remove(&(first, last, before)));
        let index = before.unwrap_or_else(|| {
            self.done.push((first, last, column, column));
            self.done.len() - 1
        });
        if let Some(rectangle) = self.done.get_mut(index) {
            rectangle.3 = column;
        }
        self.ending.insert((first, last, column), index);
    }

    /// The rectangles as Excel writes them, in lists of bearable length.
    fn texts(mut self) -> Vec<String> {
        self.close();
        let text = |&(first, last, left, right): &(u32, u32, u16, u16)| cell_range(first, left, last, right);
        self.done
            .chunks(MOST_RANGES)
            .map(|chunk| chunk.iter().map(text).collect::<Vec<_>>().join(" "))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_become_few_rectangles() {
        let mut ranges = Ranges::default();
        for column in [1, 2, 4] {
            for row in [3, 4, 5, 8] {
                ranges.push(row, column);
            }
        }
        assert_eq!(ranges.texts(), ["B4:C6 B9:C9 E4:E6 E9"]);
        assert!(Ranges::default().texts().is_empty());
    }

    #[test]
    fn long_lists_are_divided() {
        let mut ranges = Ranges::default();
        for row in 0..=MOST_RANGES as u32 {
            ranges.push(row * 2, 0);
        }
        let texts = ranges.texts();
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[1], format!("A{}", MOST_RANGES * 2 + 1));
    }
}
