//! A grid as a worksheet: merged heads, frozen panes, real numbers, totals.

use rust_xlsxwriter::{ConditionalFormatDataBar, Worksheet};

use super::format::{Align, Formats, Look, date, number};
use super::widths::Widths;
use super::{About, WorkbookError, words};
use crate::format::{Locale, NumberStyle};
use crate::render::document::{Block, whole_address};
use crate::table::{Grid, Part, StubCell, Tint, Value, ValueKind};

const HEAD: Tint = Tint(0xf2, 0xf4, 0xf7);
const SUBTOTAL: Tint = Tint(0xf6, 0xf7, 0xf9);
const TOTAL: Tint = Tint(0xec, 0xef, 0xf3);
/// Rows whose texts decide the widths of columns; more would take longer than they are worth.
const MEASURED_ROWS: usize = 2_000;

/// Where the parts of the worksheet stand, in rows and columns from 0.
pub(super) struct Place {
    /// The first row of heads; title, period and unit stand above.
    head: u32,
    /// The first row of numbers.
    body: u32,
    /// All rows and columns.
    pub(super) rows: usize,
    pub(super) columns: usize,
}

/// Where the parts of the worksheet of `grid` stand.
pub(super) fn place(grid: &Grid) -> Place {
    let (head, depth) = (3, grid.head.len().max(1));
    let rows = head + depth + grid.len() + usize::from(grid.is_cut());
    Place {
        head: head as u32,
        body: (head + depth) as u32,
        rows,
        columns: grid.stub.len() + grid.columns.len(),
    }
}

/// Writes the whole worksheet from top to bottom, which a streamed one needs.
pub(super) fn write(
    sheet: &mut Worksheet,
    about: &About<'_>,
    block: &Block,
    grid: &Grid,
    formats: &mut Formats,
    is_streamed: bool,
) -> Result<(), WorkbookError> {
    let locale = about.locale;
    let place = place(grid);
    let mut writer = Writer {
        sheet,
        grid,
        formats,
        locale,
        place,
        widths: Widths::default(),
        is_streamed,
        base_url: about.base_url,
        links: 0,
    };
    writer.setup(about)?;
    writer.titles(about, block)?;
    writer.heads()?;
    let looks = writer.looks();
    for row in 0..grid.len() {
        writer.row(row, &looks)?;
    }
    writer.finish()
}

struct Writer<'w> {
    sheet: &'w mut Worksheet,
    grid: &'w Grid,
    formats: &'w mut Formats,
    locale: Locale,
    place: Place,
    widths: Widths,
    is_streamed: bool,
    base_url: Option<&'w str>,
    links: usize,
}

impl Writer<'_> {
    fn stub(&self) -> usize {
        self.grid.stub.len()
    }

    fn setup(&mut self, about: &About<'_>) -> Result<(), WorkbookError> {
        let (head, body) = (self.place.head, self.place.body);
        if about.landscape {
            self.sheet.set_landscape();
        }
        self.sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
        self.sheet.set_repeat_rows(head, body.saturating_sub(1))?;
        self.sheet.set_freeze_panes(body, self.stub() as u16)?;
        self.sheet.set_footer("&L&8&F&R&8&P / &N");
        // Widths come before rows in a streamed worksheet, so the first rows are measured beforehand.
        for row in 0..self.grid.len().min(MEASURED_ROWS) {
            for column in 0..self.stub() {
                let text = self.grid.member_text(row, column, self.locale);
                self.widths.note(column, &text, false);
            }
            if let Some((from, text)) = self.grid.label_text(row, self.locale) {
                self.widths.note(from, &text, true);
            }
            for column in 0..self.grid.columns.len() {
                let text = self.grid.text(row, column, NumberStyle::Full, self.locale);
                self.widths.note(self.stub() + column, &text, self.grid.is_emphasised(row));
            }
        }
        for (column, stub) in self.grid.stub.iter().enumerate() {
            self.widths.note(column, &stub.title, true);
        }
        for cell in self.grid.head.iter().flatten().filter(|cell| cell.columns == 1) {
            self.widths.note(self.grid.stub.len() + cell.column, &cell.text, true);
        }
        for (column, width) in self.widths.in_digits().enumerate() {
            self.sheet.set_column_width(column as u16, width)?;
        }
        Ok(())
    }

    /// Title, period and unit in the rows above the heads.
    fn titles(&mut self, about: &About<'_>, block: &Block) -> Result<(), WorkbookError> {
        let title = if block.title.trim().is_empty() { about.title } else { &block.title };
        let large = Look { bold: true, size: 14, ..Look::default() };
        self.sheet.write_string_with_format(0, 0, title, self.formats.of(&large))?;
        let small = Look { ink: Some(Tint(0x66, 0x70, 0x85)), size: 9, ..Look::default() };
        let unit = self.grid.unit.as_ref().map(|unit| unit.note(self.locale)).unwrap_or_default();
        let parts = [about.subtitle, block.note.as_deref().unwrap_or_default(), &unit];
        let line =
            parts.iter().filter(|part| !part.trim().is_empty()).copied().collect::<Vec<_>>().join(" · ");
        self.sheet.write_string_with_format(1, 0, line, self.formats.of(&small))?;
        Ok(())
    }

    fn heads(&mut self) -> Result<(), WorkbookError> {
        let look = Look {
            bold: true,
            fill: Some(HEAD),
            align: Align::Center,
            bordered: true,
            wraps: true,
            ..Look::default()
        };
        let format = self.formats.of(&look).clone();
        let (head, last) = (self.place.head, self.place.body - 1);
        if self.is_streamed && self.grid.head.len() > 1 {
            // Rows are gone once the next one is begun, so nothing reaches down over several.
            for row in head..last {
                for column in 0..self.place.columns {
                    self.sheet.write_blank(row, column as u16, &format)?;
                }
            }
            for (column, stub) in self.grid.stub.iter().enumerate() {
                self.sheet.write_string_with_format(last, column as u16, &stub.title, &format)?;
            }
            for (column, own) in self.grid.columns.iter().enumerate() {
                let at = (self.stub() + column) as u16;
                self.sheet.write_string_with_format(last, at, &own.title, &format)?;
            }
            return Ok(());
        }
        for (column, stub) in self.grid.stub.iter().enumerate() {
            merge(self.sheet, (head, column as u16), (last, column as u16), &stub.title, &format)?;
        }
        let stub = self.stub();
        for (level, cells) in self.grid.head.iter().enumerate() {
            for cell in cells {
                let (top, left) = (head + level as u32, (stub + cell.column) as u16);
                let bottom = top + cell.rows.saturating_sub(1) as u32;
                let right = left + cell.columns.saturating_sub(1) as u16;
                merge(self.sheet, (top, left), (bottom.min(last), right), &cell.text, &format)?;
            }
        }
        Ok(())
    }

    /// Excel's format and divisor for every value of the grid.
    fn looks(&self) -> Vec<(String, f64)> {
        let unit = self.grid.unit.as_ref();
        let mut looks: Vec<(String, f64)> =
            self.grid.values.iter().map(|value| number(value, unit, self.locale)).collect();
        // Numbers with open decimals get those that their column needs.
        for (index, column) in self.grid.columns.iter().enumerate() {
            if let Some(decimals) = self.grid.common_decimals(index, self.locale)
                && let (Some(value), Some(look)) =
                    (self.grid.values.get(column.value), looks.get_mut(column.value))
            {
                let mut value = value.clone();
                value.format.decimals = Some(decimals);
                *look = number(&value, unit, self.locale);
            }
        }
        looks
    }

    fn row(&mut self, row: usize, looks: &[(String, f64)]) -> Result<(), WorkbookError> {
        let at = self.place.body + row as u32;
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

    fn row_heads(
        &mut self,
        row: usize,
        at: u32,
        bold: bool,
        fill: Option<Tint>,
    ) -> Result<(), WorkbookError> {
        if self.is_streamed || !self.grid.merged {
            for column in self.grid.members(row) {
                let cell = self.grid.stub.get(column).and_then(|stub| stub.cells.get(row));
                let grain = self.grid.stub.get(column).and_then(|stub| stub.grain);
                let look = Look { bold, fill, bordered: true, ..Look::default() };
                member(
                    self.sheet,
                    (at, column as u16),
                    cell.unwrap_or(&Value::Null),
                    grain,
                    &look,
                    self.formats,
                    self.locale,
                )?;
                let row_link = || self.grid.rows.get(row).filter(|_| column + 1 == self.stub())?.link.clone();
                let link = self.grid.member_link(row, column).or_else(row_link);
                if let (Some(Value::Text(text)), Some(link)) = (cell, link) {
                    let format = self.formats.of(&look).clone();
                    self.link((at, column as u16), text, Some(&link), &format)?;
                }
            }
            if let Some((from, text)) = self.grid.label_text(row, self.locale) {
                let look = Look { bold, fill, bordered: true, align: Align::Left, ..Look::default() };
                let format = self.formats.of(&look).clone();
                let last = self.stub().saturating_sub(1).max(from);
                merge(self.sheet, (at, from as u16), (at, last as u16), &text, &format)?;
            }
            return Ok(());
        }
        for StubCell { text, column, columns, rows, link } in
            self.grid.stub_cells(row, 0, self.grid.len(), self.locale)
        {
            let own_fill =
                if rows > 1 || columns == 1 && fill.is_some() && column < self.grid.members(row).end {
                    None
                } else {
                    fill
                };
            let look = Look {
                bold,
                fill: own_fill,
                bordered: true,
                align: Align::Left,
                wraps: true,
                ..Look::default()
            };
            let (right, bottom) = ((column + columns - 1) as u16, at + rows.saturating_sub(1) as u32);
            let format = self.formats.of(&look).clone();
            merge(self.sheet, (at, column as u16), (bottom, right), &text, &format)?;
            self.link((at, column as u16), &text, link.as_deref(), &format)?;
        }
        Ok(())
    }

    /// Makes a head lead to its address, as far as Excel takes any more.
    fn link(
        &mut self,
        (row, column): (u32, u16),
        text: &str,
        link: Option<&str>,
        format: &rust_xlsxwriter::Format,
    ) -> Result<(), WorkbookError> {
        /// What Excel reads: so many links in a worksheet, each so long.
        const MOST_LINKS: usize = 65_000;
        const LONGEST_LINK: usize = 2_000;
        let address =
            link.and_then(|link| whole_address(link, self.base_url)).filter(|address| is_kept(address));
        let Some(address) = address.filter(|address| address.len() <= LONGEST_LINK && !text.is_empty())
        else {
            return Ok(());
        };
        if self.links < MOST_LINKS {
            self.links += 1;
            self.sheet.write_url_with_options(row, column, address.as_str(), text, "", Some(format))?;
        }
        Ok(())
    }

    fn number(
        &mut self,
        row: usize,
        column: usize,
        at: u32,
        bold: bool,
        fill: Option<Tint>,
        looks: &[(String, f64)],
    ) -> Result<(), WorkbookError> {
        let left = (self.stub() + column) as u16;
        let value = self.grid.cell(row, column);
        let own = self.grid.rows.get(row).and_then(|row| row.value);
        let index =
            own.or_else(|| self.grid.columns.get(column).map(|column| column.value)).unwrap_or_default();
        let (number, divisor) =
            looks.get(index).map_or(("", 1.0), |(number, divisor)| (number.as_str(), *divisor));
        let mark = self.grid.mark(row, column).copied().unwrap_or_default();
        let emphasis = self.grid.values.get(index).is_some_and(|value| value.emphasis);
        let look = Look {
            number: number.to_owned(),
            bold: bold || mark.bold || emphasis,
            ink: mark.ink,
            fill: mark.fill.or(fill),
            bordered: true,
            ..Look::default()
        };
        match value {
            Value::Text(text) => {
                self.sheet.write_string_with_format(
                    at,
                    left,
                    &**text,
                    self.formats.of(&Look { number: String::new(), ..look }),
                )?;
            }
            Value::Bool(truth) => {
                self.sheet.write_boolean_with_format(at, left, *truth, self.formats.of(&look))?;
            }
            Value::Date(_) | Value::Timestamp(_) => {
                member(self.sheet, (at, left), value, None, &look, self.formats, self.locale)?;
            }
            _ => match value.as_f64() {
                Some(number) => {
                    self.sheet.write_number_with_format(
                        at,
                        left,
                        number / divisor,
                        self.formats.of(&look),
                    )?;
                }
                None => {
                    self.sheet.write_blank(at, left, self.formats.of(&look))?;
                }
            },
        }
        Ok(())
    }

    /// What is told about whole columns, and what stands below the last row.
    fn finish(&mut self) -> Result<(), WorkbookError> {
        let rows = self.grid.len();
        let last = self.place.body + rows.saturating_sub(1) as u32;
        if rows > 0 {
            for (column, own) in self.grid.columns.iter().enumerate() {
                let is_barred = own.marks.iter().flatten().any(|mark| mark.bar.is_some());
                let kind = self.grid.values.get(own.value).map(|value| value.kind).unwrap_or_default();
                if is_barred && kind == ValueKind::Number && own.part == Part::Body {
                    let bar = ConditionalFormatDataBar::new().set_fill_color("B5D1F3").set_solid_fill(true);
                    let left = (self.stub() + column) as u16;
                    self.sheet.add_conditional_format(self.place.body, left, last, left, &bar)?;
                }
            }
            let is_flat = !self.grid.merged && self.grid.head.len() <= 1 && self.place.columns > 0;
            if is_flat && self.grid.body_rows() > 1 {
                let last = self.place.body + self.grid.body_rows() as u32 - 1;
                self.sheet.autofilter(self.place.head, 0, last, (self.place.columns - 1) as u16)?;
            }
        }
        if self.grid.is_cut() {
            let text = words::first_of(self.grid.body_rows(), self.grid.rows_before_limit, self.locale);
            let look = Look { ink: Some(Tint(0x66, 0x70, 0x85)), size: 9, ..Look::default() };
            self.sheet.write_string_with_format(
                self.place.body + rows as u32,
                0,
                text,
                self.formats.of(&look),
            )?;
        }
        Ok(())
    }
}

/// A member as a real date or number where it is one, else as text.
pub(super) fn member(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    grain: Option<crate::format::Grain>,
    look: &Look,
    formats: &mut Formats,
    locale: Locale,
) -> Result<(), WorkbookError> {
    let text = || value.text(&crate::format::NumberFormat::default(), grain, NumberStyle::Full, locale);
    // Excel's calendar begins in 1900 and ends in 9999.
    let is_in_calendar = |date: &chrono::NaiveDate| (1900..=9999).contains(&chrono::Datelike::year(date));
    match (value, date(grain, locale)) {
        (Value::Date(day), Some(number)) if is_in_calendar(day) => {
            let look = Look { number: number.to_owned(), align: Align::Left, ..look.clone() };
            sheet.write_datetime_with_format(row, column, *day, formats.of(&look))?;
        }
        (Value::Timestamp(instant), _) if is_in_calendar(&instant.date()) => {
            let look = Look { number: "yyyy-mm-dd hh:mm:ss".to_owned(), align: Align::Left, ..look.clone() };
            sheet.write_datetime_with_format(row, column, *instant, formats.of(&look))?;
        }
        (Value::Null, _) => {
            sheet.write_blank(row, column, formats.of(look))?;
        }
        _ => match value.as_f64() {
            Some(number) => {
                sheet.write_number_with_format(row, column, number, formats.of(look))?;
            }
            None => {
                sheet.write_string_with_format(row, column, text(), formats.of(look))?;
            }
        },
    }
    Ok(())
}

/// Writes text into a range of cells, merged if there are several.
fn merge(
    sheet: &mut Worksheet,
    (top, left): (u32, u16),
    (bottom, right): (u32, u16),
    text: &str,
    format: &rust_xlsxwriter::Format,
) -> Result<(), WorkbookError> {
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, text, format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, text, format)?;
    }
    Ok(())
}

/// Whether the writer hands an address to Excel as it is. It tells encoded ones by `%20` and a few others, and
/// encodes the `%` of those that have none of them once more; no link is better than a wrong one.
fn is_kept(address: &str) -> bool {
    !address.contains('%') || address.contains("%20")
}
