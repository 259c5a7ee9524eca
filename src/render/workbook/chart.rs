//! A chart as a worksheet: its numbers, one column per series, and Excel's own drawing of them where
//! Excel has such a chart.

use rust_xlsxwriter::{Chart as ExcelChart, ChartType, Worksheet};

use super::format::{Align, Formats, Look, plain};
use super::grid::member;
use super::widths::Widths;
use super::{About, WorkbookError};
use crate::charts::{Chart, Kind, Stacking};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::render::document::Block;
use crate::table::{Column, Role, Tint, Value};

const HEAD_ROW: u32 = 3;

/// A column of the worksheet.
struct Series {
    title: String,
    format: NumberFormat,
    /// One per row of the worksheet.
    cells: Vec<Value>,
    /// Drawn as a line on the right axis.
    is_line: bool,
}

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
    // Small multiples have no drawing of Excel's.
    let native = kind(&chart.kind).filter(|_| chart.facet.is_none());
    let (members, series) = match native {
        Some(_) => wide(chart, locale),
        None => (Vec::new(), Vec::new()),
    };
    let Some(native) = native.filter(|_| !members.is_empty() && !series.is_empty()) else {
        return long(sheet, chart, formats, locale);
    };
    let x = chart.table.columns.get(chart.x);
    let mut widths = Widths::default();
    head(sheet, 0, x.map_or("", |column| &column.title), formats, &mut widths)?;
    for (row, value) in members.iter().enumerate() {
        let grain = x.and_then(|column| column.grain);
        let look = Look { bordered: true, ..Look::default() };
        member(sheet, (HEAD_ROW + 1 + row as u32, 0), value, grain, &look, formats, locale)?;
        widths.note(0, &value.text(&NumberFormat::default(), grain, NumberStyle::Full, locale), false);
    }
    for (index, series) in series.iter().enumerate() {
        let column = index as u16 + 1;
        head(sheet, column, &series.title, formats, &mut widths)?;
        for (row, value) in series.cells.iter().enumerate() {
            number(sheet, (HEAD_ROW + 1 + row as u32, column), value, &series.format, formats)?;
            widths.note(
                usize::from(column),
                &value.text(&series.format, None, NumberStyle::Full, locale),
                false,
            );
        }
    }
    set_widths(sheet, &widths)?;
    let drawn = drawn(name, &block.title, native, members.len() as u32, &series);
    sheet.insert_chart_with_offset(HEAD_ROW, series.len() as u16 + 2, &drawn, 0, 0)?;
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

/// The members along the axis, and a column per measure, or per member that splits it.
fn wide(chart: &Chart, locale: Locale) -> (Vec<Value>, Vec<Series>) {
    let table = &chart.table;
    let mut members: Vec<Value> = Vec::new();
    let rows: Vec<usize> = (0..table.len())
        .map(|row| {
            let value = table.cell(row, chart.x);
            members.iter().position(|member| member == value).unwrap_or_else(|| {
                members.push(value.clone());
                members.len() - 1
            })
        })
        .collect();
    let mut series: Vec<Series> = Vec::new();
    let measures = chart.y.iter().map(|y| (*y, false)).chain(chart.line.iter().map(|y| (*y, true)));
    for (measure, is_line) in measures {
        let Some(column) = table.columns.get(measure) else { continue };
        let own = |title: String, column: &Column| Series {
            title,
            format: column.format.clone(),
            cells: vec![Value::Null; members.len()],
            is_line,
        };
        let mut splits: Vec<(&Value, usize)> = Vec::new();
        for (row, at) in rows.iter().enumerate() {
            let index = match chart.by.filter(|_| !is_line) {
                None => splits.first().map(|(_, index)| *index),
                Some(by) => {
                    splits.iter().find(|(member, _)| *member == table.cell(row, by)).map(|(_, index)| *index)
                }
            };
            let index = index.unwrap_or_else(|| {
                let by = chart.by.filter(|_| !is_line);
                let member = by.map_or(&Value::Null, |by| table.cell(row, by));
                let title = match by.and_then(|by| table.columns.get(by)) {
                    Some(by) => member.text(&NumberFormat::default(), by.grain, NumberStyle::Full, locale),
                    None => column.title.clone(),
                };
                series.push(own(title, column));
                splits.push((member, series.len() - 1));
                series.len() - 1
            });
            if let Some(cell) = series.get_mut(index).and_then(|series| series.cells.get_mut(*at)) {
                *cell = table.cell(row, measure).clone();
            }
        }
        let previous =
            table.columns.get(measure + 1).filter(|next| next.role == Role::Previous && chart.by.is_none());
        if let Some(previous) = previous {
            let mut compared = own(previous.title.clone(), previous);
            for (row, at) in rows.iter().enumerate() {
                if let Some(cell) = compared.cells.get_mut(*at) {
                    *cell = table.cell(row, measure + 1).clone();
                }
            }
            series.push(compared);
        }
    }
    (members, series)
}

fn drawn(sheet: &str, title: &str, kind: ChartType, rows: u32, series: &[Series]) -> ExcelChart {
    let mut chart = ExcelChart::new(kind);
    let mut lines = ExcelChart::new(ChartType::Line);
    let (first, last) = (HEAD_ROW + 1, HEAD_ROW + rows);
    for (index, own) in series.iter().enumerate() {
        let column = index as u16 + 1;
        let target = if own.is_line { &mut lines } else { &mut chart };
        target
            .add_series()
            .set_name((sheet, HEAD_ROW, column))
            .set_categories((sheet, first, 0, last, 0))
            .set_values((sheet, first, column, last, column))
            .set_secondary_axis(own.is_line);
    }
    if series.iter().any(|series| series.is_line) {
        chart.combine(&lines);
    }
    chart.title().set_name(title);
    if series.len() == 1 && kind != ChartType::Doughnut {
        chart.legend().set_hidden();
    }
    if matches!(kind, ChartType::Bar | ChartType::BarStacked | ChartType::BarPercentStacked) {
        // Excel begins at the bottom; the first member belongs to the top.
        chart.x_axis().set_reverse();
    }
    chart.set_width(720).set_height(400);
    chart
}

/// The rows of the chart's table as they are.
fn long(
    sheet: &mut Worksheet,
    chart: &Chart,
    formats: &mut Formats,
    locale: Locale,
) -> Result<(), WorkbookError> {
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
    set_widths(sheet, &widths)
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
        fill: Some(Tint(0xf2, 0xf4, 0xf7)),
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

fn set_widths(sheet: &mut Worksheet, widths: &Widths) -> Result<(), WorkbookError> {
    for (column, width) in widths.in_digits().enumerate() {
        sheet.set_column_width(column as u16, width)?;
    }
    Ok(())
}
