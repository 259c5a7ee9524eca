//! A grid as a worksheet: merged heads, frozen panes, real numbers, totals.

mod cells;
mod heads;

use std::ops::Range;

use rust_xlsxwriter::Worksheet;

use super::format::{Formats, Look};
use super::link::Links;
use super::native::{self, Body};
use super::widths::Widths;
use super::{About, WorkbookError, paper, sparkline, words};
use crate::format::{Locale, NumberStyle};
use crate::render::canvas::Rgb;
use crate::render::document::Block;
use crate::render::sheet::style;
use crate::table::{Grid, Part, Tint};

pub(in crate::render::workbook) use cells::member;

/// The colours of sheets, so that those of a brand take their place.
const HEAD: Tint = tint(style::HEAD);
const HEAD_INK: Tint = tint(style::HEAD_INK);
const SUBTOTAL: Tint = Tint(0xf6, 0xf7, 0xf9);
const TOTAL: Tint = Tint(0xec, 0xef, 0xf3);
const MUTED: Tint = Tint(0x66, 0x70, 0x85);
/// Rows whose texts decide the widths of columns; more would take longer than they are worth.
const MEASURED_ROWS: usize = 2_000;
/// The first row of heads; title, period, unit and origin stand above.
const HEAD_ROW: u32 = 3;
/// What a sparkline needs to be read, in the width of a digit.
const SPARKLINE_WIDTH: f64 = 18.0;
/// What an icon of Excel takes beside the number.
const ICON_WIDTH: f64 = 3.0;

/// The rows of `grid` that each of its worksheets takes, where one has at most `most` rows.
pub(super) fn parts(grid: &Grid, most: usize) -> Vec<Range<usize>> {
    // The last row is for the note that says what was cut.
    let around = first_row(grid) as usize + 1;
    let step = most.saturating_sub(around).max(1);
    let parts: Vec<Range<usize>> =
        (0..grid.len()).step_by(step).map(|from| from..(from + step).min(grid.len())).collect();
    if parts.is_empty() { std::iter::once(0..0).collect() } else { parts }
}

/// Where the numbers of a part stand on its worksheet.
pub(super) fn body(grid: &Grid, rows: Range<usize>) -> Body {
    Body { rows, top: first_row(grid), left: grid.stub.len() as u16 }
}

/// How many columns a worksheet of it has.
pub(super) fn columns(grid: &Grid) -> usize {
    grid.stub.len() + grid.columns.len()
}

fn first_row(grid: &Grid) -> u32 {
    HEAD_ROW + grid.head.len().max(1) as u32
}

const fn tint(Rgb(red, green, blue): Rgb) -> Tint {
    Tint(red, green, blue)
}

/// What a worksheet shows.
pub(super) struct Sheet<'p> {
    pub(super) block: &'p Block,
    pub(super) grid: &'p Grid,
    pub(super) body: &'p Body,
    /// The worksheet with the numbers of the sparklines, if there are any.
    pub(super) points: Option<&'p str>,
    /// Written row by row, from top to bottom.
    pub(super) is_streamed: bool,
}

/// Writes the whole worksheet from top to bottom, which a streamed one needs.
pub(super) fn write(
    sheet: &mut Worksheet,
    about: &About<'_>,
    part: &Sheet<'_>,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let Sheet { grid, body, is_streamed, .. } = *part;
    let mut writer = Writer {
        sheet,
        grid,
        formats,
        locale: about.locale,
        body,
        widths: Widths::default(),
        is_streamed,
        base_url: about.base_url,
        links: Links::default(),
    };
    writer.setup(about)?;
    writer.titles(about, part.block)?;
    writer.heads()?;
    let looks = writer.looks();
    for row in body.rows.clone() {
        writer.row(row, &looks)?;
    }
    writer.finish()?;
    let divisors: Vec<f64> = looks.iter().map(|(_, divisor)| *divisor).collect();
    native::write(sheet, about.theme, grid, body, &divisors)?;
    if let Some(points) = part.points {
        sparkline::draw(sheet, about.theme, grid, body, points)?;
    }
    Ok(())
}

struct Writer<'w> {
    sheet: &'w mut Worksheet,
    grid: &'w Grid,
    formats: &'w mut Formats,
    locale: Locale,
    body: &'w Body,
    widths: Widths,
    is_streamed: bool,
    base_url: Option<&'w str>,
    links: Links,
}

impl Writer<'_> {
    /// How many columns the row heads have.
    fn stub(&self) -> usize {
        self.grid.stub.len()
    }

    fn setup(&mut self, about: &About<'_>) -> Result<(), WorkbookError> {
        // Widths come before rows in a streamed worksheet, so the first rows are measured beforehand.
        for row in self.body.rows.clone().take(MEASURED_ROWS) {
            for column in 0..self.stub() {
                let text = self.grid.member_text(row, column, self.locale);
                self.widths.note(column, &text, false);
            }
            if let Some((from, text)) = self.grid.label_text(row, self.locale) {
                self.widths.note(from, &text, true);
            }
            for column in 0..self.grid.columns.len() {
                let text = self.grid.text(row, column, NumberStyle::Full, self.locale);
                let is_bold = self.grid.is_emphasised(row);
                self.widths.note(self.stub() + column, &text, is_bold);
                if self.grid.mark(row, column).is_some_and(|mark| mark.icon.is_some()) {
                    self.widths.beside(self.stub() + column, ICON_WIDTH);
                }
            }
        }
        for (column, stub) in self.grid.stub.iter().enumerate() {
            self.widths.note(column, &stub.title, true);
        }
        for cell in self.grid.head.iter().flatten().filter(|cell| cell.columns == 1) {
            self.widths.note(self.grid.stub.len() + cell.column, &cell.text, true);
        }
        for (column, own) in self.grid.columns.iter().enumerate() {
            if own.sparklines.iter().any(|points| !points.is_empty()) {
                self.widths.at_least(self.stub() + column, SPARKLINE_WIDTH);
            }
        }
        let mut sum = 0.0;
        for (column, width) in self.widths.in_digits().enumerate() {
            self.sheet.set_column_width(column as u16, width)?;
            sum += width;
        }
        let (head, body) = (HEAD_ROW, self.body.top);
        paper::set_up(self.sheet, about, sum, Some((head, body.saturating_sub(1))))?;
        self.sheet.set_freeze_panes(body, self.stub() as u16)?;
        Ok(())
    }

    /// Title, period and unit in the rows above the heads.
    fn titles(&mut self, about: &About<'_>, block: &Block) -> Result<(), WorkbookError> {
        let title = if block.title.trim().is_empty() { about.title } else { &block.title };
        let large = Look { bold: true, size: 14, ..Look::default() };
        self.sheet.write_string_with_format(0, 0, title, self.formats.of(&large))?;
        let small = Look { ink: Some(MUTED), size: 9, ..Look::default() };
        let unit = self.grid.unit.as_ref().map(|unit| unit.note(self.locale)).unwrap_or_default();
        let parts = [about.subtitle, block.note.as_deref().unwrap_or_default(), &unit];
        let line =
            parts.iter().filter(|part| !part.trim().is_empty()).copied().collect::<Vec<_>>().join(" · ");
        self.sheet.write_string_with_format(1, 0, line, self.formats.of(&small))?;
        if about.panel.is_some() {
            self.sheet.write_string_with_format(2, 0, about.proof, self.formats.of(&small))?;
        }
        Ok(())
    }

    fn row(&mut self, row: usize, looks: &[(String, f64)]) -> Result<(), WorkbookError> {
        let at = self.body.row(row);
        let part = self.grid.rows.get(row).map(|row| row.part).unwrap_or_default();
        let bold = self.grid.is_emphasised(row);
        let fill = match part {
            Part::Body => None,
            Part::Subtotal(_) => Some(SUBTOTAL),
            Part::Total => Some(TOTAL),
        };
        self.row_heads(row, at, bold, fill)?;
        for column in 0..self.grid.columns.len() {
            self.number(row, column, at, bold, fill, looks)?;
        }
        Ok(())
    }

    /// What is told about whole columns, and what stands below the last row.
    fn finish(&mut self) -> Result<(), WorkbookError> {
        let rows = self.body.rows.clone();
        let is_member = |row: &usize| self.grid.rows.get(*row).is_some_and(|row| row.part == Part::Body);
        let columns = columns(self.grid);
        let is_flat = !self.grid.merged && self.grid.head.len() <= 1 && columns > 0;
        let last = rows.clone().filter(is_member).max();
        if let Some(last) = last.filter(|last| is_flat && *last > rows.start) {
            self.sheet.autofilter(HEAD_ROW, 0, self.body.row(last), (columns - 1) as u16)?;
        }
        if self.grid.is_cut() && rows.end == self.grid.len() {
            let text = words::first_of(self.grid.body_rows(), self.grid.rows_before_limit, self.locale);
            let look = Look { ink: Some(MUTED), size: 9, ..Look::default() };
            let at = self.body.top + rows.len() as u32;
            self.sheet.write_string_with_format(at, 0, text, self.formats.of(&look))?;
        }
        Ok(())
    }
}
