//! A table as CSV, for other programs: exact values, no thousands separators, no shortening.

use std::io::Write;

use super::document::Content;
use crate::format::Locale;
use crate::table::{Compared, Grid, Part, Table, Value, others};

/// Whether the file begins with a byte order mark. Excel takes a file without one for the code
/// page of the computer, and shows Korean and Chinese as gibberish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ByteOrderMark {
    /// For spreadsheets.
    #[default]
    Present,
    /// For programs.
    Absent,
}

/// The numbers of a panel; `None` if it has none to tell in a table.
pub fn of_content(content: &Content, locale: Locale, mark: ByteOrderMark) -> Option<Vec<u8>> {
    match content {
        Content::Table(grid) => Some(grid_csv(grid, locale, mark)),
        Content::Chart(chart) => Some(csv(&chart.table_with_events(), locale, mark)),
        Content::Kpi(_) | Content::Text(_) => None,
    }
}

/// Writes `table` after RFC 4180: UTF-8, commas, CRLF, a header with the columns' titles.
///
/// Numbers are written with all their digits and a decimal point, dates as `2026-01-05`,
/// timestamps as `2026-01-05T14:03:00`, no value as an empty cell. Comparisons are the values
/// themselves. Totals are left out: who adds up the column would count them twice. Text that a
/// spreadsheet would run as a formula gets a leading apostrophe.
pub fn csv(table: &Table, locale: Locale, mark: ByteOrderMark) -> Vec<u8> {
    let columns = table.columns.iter();
    let columns: Vec<Lane<'_>> =
        columns.map(|column| Lane::new(&column.name, &column.title, &column.cells)).collect();
    write(&columns, 0..table.len(), locale, mark)
}

/// As [`csv`], for a grid: one header line, row heads repeated in every row, without subtotals and
/// totals; amounts are not divided by the grid's unit.
pub fn grid_csv(grid: &Grid, locale: Locale, mark: ByteOrderMark) -> Vec<u8> {
    let heads = grid.head_cells(locale);
    let stub =
        grid.stub.iter().zip(&heads).map(|(column, cells)| Lane::new(&column.name, &column.title, cells));
    let mut columns: Vec<Lane<'_>> = stub.collect();
    for column in grid.columns.iter().filter(|column| column.part == Part::Body) {
        if let Some(Compared { name, title, cells }) = &column.compared {
            columns.push(Lane::new(name, title, cells));
        }
        columns.push(Lane::new(&column.name, &column.title, &column.cells));
    }
    let rows = (0..grid.len()).filter(|row| grid.rows.get(*row).is_some_and(|row| row.part == Part::Body));
    write(&columns, rows, locale, mark)
}

/// A column of the file.
struct Lane<'a> {
    name: &'a str,
    title: &'a str,
    cells: &'a [Value],
}

impl<'a> Lane<'a> {
    fn new(name: &'a str, title: &'a str, cells: &'a [Value]) -> Self {
        Self { name, title, cells }
    }
}

fn write(
    columns: &[Lane<'_>],
    rows: impl Iterator<Item = usize>,
    locale: Locale,
    mark: ByteOrderMark,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64 + rows.size_hint().0 * columns.len() * 12);
    if mark == ByteOrderMark::Present {
        bytes.extend_from_slice("\u{feff}".as_bytes());
    }
    for (index, column) in columns.iter().enumerate() {
        separate(&mut bytes, index);
        write_text(&mut bytes, &header(columns, index, column));
    }
    end_line(&mut bytes, columns);
    for row in rows {
        for (index, column) in columns.iter().enumerate() {
            separate(&mut bytes, index);
            write_value(&mut bytes, column.cells.get(row).unwrap_or(&Value::Null), locale);
        }
        end_line(&mut bytes, columns);
    }
    bytes
}

fn separate(bytes: &mut Vec<u8>, index: usize) {
    if index > 0 {
        bytes.push(b',');
    }
}

fn end_line(bytes: &mut Vec<u8>, columns: &[Lane<'_>]) {
    // A line with one empty cell would read as no line at all.
    if columns.len() == 1 && (bytes.ends_with(b"\n") || bytes.ends_with("\u{feff}".as_bytes())) {
        bytes.extend_from_slice(b"\"\"");
    }
    bytes.extend_from_slice(b"\r\n");
}

/// The column's title; with its name where another column is called the same.
fn header(columns: &[Lane<'_>], index: usize, column: &Lane<'_>) -> String {
    let is_taken = |(other, taken): (usize, &Lane<'_>)| other != index && taken.title == column.title;
    if column.title.is_empty() {
        column.name.to_owned()
    } else if columns.iter().enumerate().any(is_taken) {
        format!("{} ({})", column.title, column.name)
    } else {
        column.title.to_owned()
    }
}

fn write_value(bytes: &mut Vec<u8>, value: &Value, locale: Locale) {
    // Writing to memory does not fail.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Others => {
            write_text(bytes, others(locale));
            Ok(())
        }
        Value::Bool(truth) => write!(bytes, "{truth}"),
        Value::Int(number) => write!(bytes, "{number}"),
        Value::Float(number) if number.is_nan() => write!(bytes, "NaN"),
        Value::Float(number) if number.is_infinite() => {
            write!(bytes, "{}Infinity", if *number < 0.0 { "-" } else { "" })
        }
        Value::Float(number) => write!(bytes, "{number}"),
        Value::Decimal { unscaled, scale } => {
            write_decimal(bytes, *unscaled, *scale);
            Ok(())
        }
        Value::Text(text) => {
            write_text(bytes, text);
            Ok(())
        }
        Value::Date(date) => write!(bytes, "{}", date.format("%Y-%m-%d")),
        Value::Timestamp(instant) => write!(bytes, "{}", instant.format("%Y-%m-%dT%H:%M:%S%.f")),
    };
}

/// All digits of `unscaled / 10^scale`, trailing zeros of the scale included.
fn write_decimal(bytes: &mut Vec<u8>, unscaled: i128, scale: i8) {
    let mut digits = unscaled.unsigned_abs().to_string();
    let behind = usize::try_from(scale).unwrap_or(0);
    if scale < 0 && unscaled != 0 {
        digits.push_str(&"0".repeat(usize::from(scale.unsigned_abs())));
    }
    let digits = format!("{digits:0>width$}", width = behind + 1);
    let (whole, fraction) = digits.split_at(digits.len() - behind);
    if unscaled < 0 {
        bytes.push(b'-');
    }
    bytes.extend_from_slice(whole.as_bytes());
    if behind > 0 {
        bytes.push(b'.');
        bytes.extend_from_slice(fraction.as_bytes());
    }
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    const RUNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let guard = if text.starts_with(RUNS) { "'" } else { "" };
    if text.contains([',', '"', '\r', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        bytes.push(b'"');
        bytes.extend_from_slice(guard.as_bytes());
        bytes.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        bytes.push(b'"');
    } else {
        bytes.extend_from_slice(guard.as_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, AsArray};
    use arrow::csv::ReaderBuilder;
    use arrow::datatypes::{DataType, Field, Schema};
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::render::sheet::sample::{column, text};
    use crate::table::{Column, Role};

    fn table(columns: Vec<Column>) -> Table {
        let rows_before_limit = columns[0].cells.len();
        Table { columns, totals: Some(vec![Value::Int(999)]), rows_before_limit }
    }

    fn lines(cells: Vec<Value>) -> Vec<String> {
        let table = table(vec![
            column("name", "Name", Role::Dimension, cells),
            column("n", "N", Role::Measure, vec![]),
        ]);
        let bytes = csv(&table, Locale::Ko, ByteOrderMark::Absent);
        String::from_utf8(bytes)
            .unwrap()
            .lines()
            .skip(1)
            .map(|line| line.trim_end_matches(',').to_owned())
            .collect()
    }

    #[test]
    fn values_are_exact_and_dates_are_iso() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        let cells = vec![
            Value::Int(-1_234_567),
            Value::Float(0.1),
            Value::Decimal { unscaled: -5, scale: 3 },
            Value::Decimal { unscaled: 12_300, scale: 2 },
            Value::Decimal { unscaled: 12, scale: -3 },
            Value::Decimal { unscaled: i128::MIN, scale: 38 },
            Value::Date(day),
            Value::Timestamp(day.and_hms_milli_opt(14, 3, 0, 250).unwrap()),
            Value::Bool(true),
            Value::Float(f64::NEG_INFINITY),
            Value::Null,
        ];
        assert_eq!(
            lines(cells),
            [
                "-1234567",
                "0.1",
                "-0.005",
                "123.00",
                "12000",
                "-1.70141183460469231731687303715884105728",
                "2026-01-05",
                "2026-01-05T14:03:00.250",
                "true",
                "-Infinity",
                "",
            ]
        );
    }

    #[test]
    fn text_that_would_run_as_a_formula_is_disarmed_and_numbers_are_not_touched() {
        let cells = ["=1+1", "+82", "-3", "@A1", "\tx", "＝1"].map(text).to_vec();
        assert_eq!(lines(cells), ["'=1+1", "'+82", "'-3", "'@A1", "'\tx", "'＝1"]);
        assert_eq!(lines(vec![Value::Int(-3)]), ["-3"]);
    }

    #[test]
    fn columns_called_the_same_are_told_apart_and_the_mark_comes_first() {
        let columns = vec![
            column("revenue", "매출", Role::Measure, vec![Value::Int(1)]),
            column("revenue.previous", "매출", Role::Previous, vec![Value::Int(2)]),
        ];
        let bytes = csv(&table(columns), Locale::Ko, ByteOrderMark::Present);
        let expected = "\u{feff}매출 (revenue),매출 (revenue.previous)\r\n1,2\r\n";
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
    }

    proptest! {
        #[test]
        fn an_independent_reader_finds_the_same_text(cells in prop::collection::vec("[a-z가-힣銷 ,;\"'\r\n]{0,12}", 1..20)) {
            let values: Vec<Value> = cells.iter().map(|cell| text(cell)).collect();
            let table = table(vec![column("name", "Name", Role::Dimension, values)]);
            let bytes = csv(&table, Locale::Ko, ByteOrderMark::Absent);
            let schema = Arc::new(Schema::new(vec![Field::new("Name", DataType::Utf8, true)]));
            let reader = ReaderBuilder::new(schema).with_header(true).build(bytes.as_slice()).unwrap();
            let mut found = Vec::new();
            for batch in reader {
                let batch = batch.unwrap();
                let names = batch.column(0).as_string::<i32>();
                found.extend((0..names.len()).map(|row| if names.is_null(row) { String::new() } else { names.value(row).to_owned() }));
            }
            let guarded: Vec<String> = cells
                .iter()
                .map(|cell| if cell.starts_with('\r') { format!("'{cell}") } else { cell.clone() })
                .collect();
            prop_assert_eq!(found, guarded);
        }
    }
}
