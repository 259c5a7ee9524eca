//! A chart as a worksheet: its numbers, one column per series, and Excel's own drawing of them where
//! Excel has such a chart.

mod drawn;
mod series;

use rust_xlsxwriter::{ChartType, Worksheet};

use super::format::{Align, Formats, Look, plain};
use super::grid::member;
use super::widths::Widths;
use super::{About, WorkbookError, paper};
use crate::charts::{Chart, Kind, Stacking};
use crate::format::{NumberFormat, NumberStyle};
use crate::render::document::Block;
use crate::table::{Role, Tint, Value};
use drawn::Drawing;
use series::Wide;

const HEAD_ROW: u32 = 3;
/// What the drawing takes beside the numbers, in the width of a digit.
const CHART_WIDTH: f64 = 112.0;

pub(super) fn write(
    sheet: &mut Worksheet,
    name: &str,
    about: &About<'_>,
    block: &Block,
    chart: &Chart,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let locale = about.locale;
    let large = Look { bold: true, size: 14, ..Look::default() };
    let small = Look { ink: Some(Tint(0x66, 0x70, 0x85)), size: 9, ..Look::default() };
    sheet.write_string_with_format(0, 0, &block.title, formats.of(&large))?;
    sheet.write_string_with_format(1, 0, about.subtitle, formats.of(&small))?;
    if let Some(note) = block.note.as_ref().filter(|_| !block.missing.is_empty()) {
        sheet.write_string_with_format(2, 0, note, formats.of(&small))?;
    }
    // Small multiples have no drawing of Excel's.
    let native = kind(&chart.kind).filter(|_| chart.facet.is_none());
    let wide = native.map(|native| (native, Wide::of(chart, native, locale)));
    let Some((native, wide)) = wide.filter(|(_, wide)| !wide.members.is_empty() && !wide.series.is_empty())
    else {
        return long(sheet, about, chart, formats);
    };
    let x = chart.table.columns.get(chart.x);
    let grain = x.and_then(|column| column.grain);
    let mut widths = Widths::default();
    head(sheet, 0, x.map_or("", |column| &column.title), formats, &mut widths)?;
    for (row, value) in wide.members.iter().enumerate() {
        let look = Look { bordered: true, ..Look::default() };
        member(sheet, (HEAD_ROW + 1 + row as u32, 0), value, grain, &look, formats, locale)?;
        widths.note(0, &value.text(&NumberFormat::default(), grain, NumberStyle::Full, locale), false);
    }
    for (index, series) in wide.series.iter().enumerate() {
        let column = index as u16 + 1;
        head(sheet, column, &series.title, formats, &mut widths)?;
        for (row, value) in series.cells.iter().enumerate() {
            number(sheet, (HEAD_ROW + 1 + row as u32, column), value, &series.format, formats)?;
            let text = value.text(&series.format, None, NumberStyle::Full, locale);
            widths.note(usize::from(column), &text, false);
        }
    }
    let sum = set_widths(sheet, &widths)?;
    paper::set_up(sheet, about, sum + CHART_WIDTH, Some((HEAD_ROW, HEAD_ROW)))?;
    sheet.set_freeze_panes(HEAD_ROW + 1, 1)?;
    let drawn = Drawing {
        sheet: name,
        title: &block.title,
        kind: native,
        chart,
        wide: &wide,
        locale,
        theme: about.theme,
    }
    .draw();
    sheet.insert_chart_with_offset(HEAD_ROW, wide.series.len() as u16 + 2, &drawn, 0, 0)?;
    Ok(())
}

/// Excel's type of chart; `None` where it has none, and the numbers stand alone.
fn kind(kind: &Kind) -> Option<ChartType> {
    Some(match kind {
        Kind::Line => ChartType::Line,
        Kind::Area(Stacking::Percent) => ChartType::AreaPercentStacked,
        Kind::Area(Stacking::Stacked) => ChartType::AreaStacked,
        Kind::Area(Stacking::None) => ChartType::Area,
        Kind::Bar { stacking: Stacking::None, horizontal: true } => ChartType::Bar,
        Kind::Bar { stacking: Stacking::Stacked, horizontal: true } => ChartType::BarStacked,
        Kind::Bar { stacking: Stacking::Percent, horizontal: true } => ChartType::BarPercentStacked,
        Kind::Bar { stacking: Stacking::None, .. } | Kind::Combo => ChartType::Column,
        Kind::Bar { stacking: Stacking::Stacked, .. } => ChartType::ColumnStacked,
        Kind::Bar { stacking: Stacking::Percent, .. } => ChartType::ColumnPercentStacked,
        Kind::Donut => ChartType::Doughnut,
        _ => return None,
    })
}

/// The rows of the chart's table as they are.
fn long(
    sheet: &mut Worksheet,
    about: &About<'_>,
    chart: &Chart,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let locale = about.locale;
    let mut widths = Widths::default();
    for (index, column) in chart.table.columns.iter().enumerate() {
        head(sheet, index as u16, &column.title, formats, &mut widths)?;
        for (row, value) in column.cells.iter().enumerate() {
            let at = (HEAD_ROW + 1 + row as u32, index as u16);
            widths.note(index, &column.text(value, NumberStyle::Full, locale), false);
            if column.role == Role::Dimension {
                let look = Look { bordered: true, ..Look::default() };
                member(sheet, at, value, column.grain, &look, formats, locale)?;
            } else {
                number(sheet, at, value, &column.format, formats)?;
            }
        }
    }
    let sum = set_widths(sheet, &widths)?;
    paper::set_up(sheet, about, sum, Some((HEAD_ROW, HEAD_ROW)))?;
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    Ok(())
}

fn head(
    sheet: &mut Worksheet,
    column: u16,
    text: &str,
    formats: &mut Formats,
    widths: &mut Widths,
) -> Result<(), WorkbookError> {
    let look = Look {
        bold: true,
        fill: Some(Tint(0xf5, 0xf7, 0xf9)),
        ink: Some(Tint(0x1c, 0x25, 0x33)),
        align: Align::Center,
        bordered: true,
        wraps: true,
        ..Look::default()
    };
    widths.note(usize::from(column), text, true);
    sheet.write_string_with_format(HEAD_ROW, column, text, formats.of(&look))?;
    Ok(())
}

fn number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    format: &NumberFormat,
    formats: &mut Formats,
) -> Result<(), WorkbookError> {
    let look = Look { number: plain(format, 0).0, bordered: true, ..Look::default() };
    match value.as_f64() {
        Some(number) => sheet.write_number_with_format(row, column, number, formats.of(&look))?,
        None => sheet.write_blank(row, column, formats.of(&look))?,
    };
    Ok(())
}

/// Sets the widths of all columns and gives their sum.
fn set_widths(sheet: &mut Worksheet, widths: &Widths) -> Result<f64, WorkbookError> {
    let mut sum = 0.0;
    for (column, width) in widths.in_digits().enumerate() {
        sheet.set_column_width(column as u16, width)?;
        sum += width;
    }
    Ok(sum)
}
