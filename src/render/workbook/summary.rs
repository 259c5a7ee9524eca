//! The first worksheet: what the report is about, its key numbers, its words, and what failed.

use rust_xlsxwriter::Worksheet;

use super::format::{Align, Formats, Look, plain};
use super::{About, WorkbookError, paper, words};
use crate::render::canvas::{FontSet, Weight};
use crate::render::document::{Block, Content, Document, Kpi};
use crate::table::{Change, Tint, Value};

/// The columns of the key numbers, which texts are as wide as.
const LAST_COLUMN: u16 = 3;
/// The width of those columns in em of the usual text, a little less than they have.
const TEXT_WIDTH_EM: f32 = 42.0;
/// In points.
const LINE_HEIGHT: f64 = 16.5;
/// The characters of a cell.
const LONGEST_TEXT: usize = 32_000;
const MUTED: Tint = Tint(0x66, 0x70, 0x85);

pub(super) fn write(
    sheet: &mut Worksheet,
    about: &About<'_>,
    document: &Document,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let locale = document.locale;
    sheet
        .set_column_width(0, 28)?
        .set_column_width(1, 22)?
        .set_column_width(2, 22)?
        .set_column_width(3, 12)?;
    paper::set_up(sheet, about, 0.0, None)?;
    let large = Look { bold: true, size: 16, ..Look::default() };
    let small = Look { ink: Some(MUTED), size: 9, ..Look::default() };
    sheet.write_string_with_format(0, 0, &document.title, formats.of(&large))?;
    sheet.write_string_with_format(1, 0, &document.subtitle, formats.of(&small))?;
    sheet.write_string_with_format(2, 0, &document.proof, formats.of(&small))?;
    let mut row = 4;
    let titled = |block: &Block| format!("{}{}", block.incomplete_mark(locale), block.title);
    let kpis: Vec<(String, &Kpi)> = document
        .blocks()
        .filter_map(|block| match &block.content {
            Ok(Content::Kpi(kpi)) => Some((titled(block), kpi)),
            _ => None,
        })
        .collect();
    if !kpis.is_empty() {
        let head = Look {
            bold: true,
            fill: Some(Tint(0xf2, 0xf4, 0xf7)),
            align: Align::Center,
            bordered: true,
            ..Look::default()
        };
        for (column, text) in words::key_numbers(locale).into_iter().enumerate() {
            sheet.write_string_with_format(row, column as u16, text, formats.of(&head))?;
        }
        row += 1;
        for (title, kpi) in kpis {
            key_number(sheet, row, &title, kpi, formats)?;
            row += 1;
        }
        row += 1;
    }
    for block in document.blocks() {
        let Ok(Content::Text(text)) = &block.content else { continue };
        let title = titled(block);
        if !title.trim().is_empty() {
            let look = Look { bold: true, ..Look::default() };
            sheet.write_string_with_format(row, 0, title, formats.of(&look))?;
            row += 1;
        }
        for line in text.lines().iter().filter(|line| !line.trim().is_empty()) {
            let line: String = line.chars().take(LONGEST_TEXT).collect();
            let look = Look { align: Align::Left, wraps: true, ..Look::default() };
            sheet.merge_range(row, 0, row, LAST_COLUMN, &line, formats.of(&look))?;
            // Excel does not fit the height of merged cells by itself.
            let width = FontSet::bundled().width(&line, 1.0, Weight::Regular);
            let lines = (width / TEXT_WIDTH_EM).ceil().max(1.0);
            sheet.set_row_height(row, f64::from(lines) * LINE_HEIGHT)?;
            row += 1;
        }
        row += 1;
    }
    for block in document.blocks() {
        if let Err(failure) = &block.content {
            let look = Look { ink: Some(Tint(0xc4, 0x32, 0x3a)), ..Look::default() };
            let text = format!("{} · {}: {}", block.title, words::not_shown(locale), failure.message);
            sheet.write_string_with_format(row, 0, text, formats.of(&look))?;
            row += 1;
        }
    }
    Ok(())
}

fn key_number(
    sheet: &mut Worksheet,
    row: u32,
    title: &str,
    kpi: &Kpi,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let plain_look = Look { bordered: true, ..Look::default() };
    sheet.write_string_with_format(row, 0, title, formats.of(&plain_look))?;
    let look = Look { number: plain(&kpi.format, 0).0, bordered: true, ..Look::default() };
    let values = [Some(&kpi.value), kpi.previous.as_ref()];
    for (column, value) in values.into_iter().enumerate() {
        let at = column as u16 + 1;
        match value.and_then(Value::as_f64) {
            Some(number) => sheet.write_number_with_format(row, at, number, formats.of(&look))?,
            None => sheet.write_blank(row, at, formats.of(&plain_look))?,
        };
    }
    match kpi.change() {
        Some(change) => {
            let (number, size) = match change {
                Change::Relative(size) => ("+0.0%;-0.0%;0.0%", size),
                Change::Points(size) => ("+0.0\"%p\";-0.0\"%p\";0.0\"%p\"", size * 100.0),
            };
            let look = Look { number: number.to_owned(), bordered: true, ..Look::default() };
            sheet.write_number_with_format(row, 3, size, formats.of(&look))?;
        }
        None => {
            sheet.write_blank(row, 3, formats.of(&plain_look))?;
        }
    }
    Ok(())
}
