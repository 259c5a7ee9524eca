//! The cells of `jsonv2`: every value is a text, and what the text means follows from the column's type.

use arrow::datatypes::{DataType, TimeUnit};
use chrono::{DateTime, Duration, NaiveDate};

use super::api::ColumnType;
use crate::sources::StatementError;

/// The type of a column here; `None` for those that are read as text.
pub(super) fn type_of(column: &ColumnType) -> Option<DataType> {
    Some(match column.kind.as_str() {
        "fixed" => match (column.precision.unwrap_or(38), column.scale.unwrap_or(0)) {
            // What people write as INT is a number of 38 digits there. One that is longer than a whole number here can
            // be is an error where it is read, never another number.
            (38 | 1..=18, 0) => DataType::Int64,
            (precision @ 1..=38, scale @ 0..=38) => {
                DataType::Decimal128(u8::try_from(precision).ok()?, i8::try_from(scale).ok()?)
            }
            _ => return None,
        },
        "real" => DataType::Float64,
        "text" => DataType::Utf8,
        "boolean" => DataType::Boolean,
        "date" => DataType::Date32,
        "timestamp_ntz" => DataType::Timestamp(TimeUnit::Microsecond, None),
        "timestamp_ltz" | "timestamp_tz" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        _ => return None,
    })
}

/// A cell as the text that other sources give too. `zoned` says whether an instant is wanted.
pub(super) fn text(cell: &str, column: &ColumnType, zoned: bool) -> Result<String, StatementError> {
    let bad =
        || StatementError::BadAnswer(format!("column `{}`: `{cell}` is no {}", column.name, column.kind));
    Ok(match column.kind.as_str() {
        "date" => {
            let days: i64 = cell.parse().map_err(|_| bad())?;
            let day = NaiveDate::default().checked_add_signed(Duration::try_days(days).ok_or_else(bad)?);
            day.ok_or_else(bad)?.to_string()
        }
        "timestamp_ntz" | "timestamp_ltz" | "timestamp_tz" => {
            // That of a zone has the minutes of its offset behind it, plus 1440; the moment itself counts from UTC.
            let seconds = cell.split(' ').next().unwrap_or_default();
            let moment = moment(seconds).ok_or_else(bad)?;
            let written = moment.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
            if zoned { format!("{written}+00") } else { written }
        }
        "time" => {
            let moment = moment(cell).ok_or_else(bad)?;
            moment.format("%H:%M:%S%.6f").to_string()
        }
        _ => cell.to_owned(),
    })
}

/// A whole number without the digits that its type has behind the point; what is no whole number stays what it is.
pub(super) fn without_zeros(number: String) -> String {
    match number.split_once('.') {
        Some((whole, part)) if part.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => number,
    }
}

/// The moment that `-123.456000000` seconds are from the beginning of 1970.
fn moment(seconds: &str) -> Option<DateTime<chrono::Utc>> {
    let (is_negative, digits) = match seconds.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, seconds),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let whole: i64 = whole.parse().ok()?;
    let micros: i64 = format!("{part:0<6}").get(..6)?.parse().ok()?;
    let all = whole.checked_mul(1_000_000)?.checked_add(micros)?;
    DateTime::from_timestamp_micros(if is_negative { -all } else { all })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: &str, precision: Option<i64>, scale: Option<i64>) -> ColumnType {
        ColumnType { name: "c".into(), kind: kind.into(), precision, scale, collation: None }
    }

    #[test]
    fn cells_are_read_by_the_type_of_their_column() {
        let read = |kind: &str, cell: &str, zoned| text(cell, &column(kind, None, None), zoned).unwrap();
        assert_eq!(read("date", "20458", false), "2026-01-05");
        assert_eq!(read("date", "-1", false), "1969-12-31");
        assert_eq!(read("timestamp_ntz", "1767576030.500000000", false), "2026-01-05 01:20:30.500000");
        assert_eq!(read("timestamp_ntz", "-0.250000000", false), "1969-12-31 23:59:59.750000");
        // An offset of nine hours is 1980; the moment is the same.
        assert_eq!(read("timestamp_tz", "1767576030.500000000 1980", true), "2026-01-05 01:20:30.500000+00");
        assert_eq!(read("time", "28800.000000000", false), "08:00:00.000000");
        assert_eq!(read("fixed", "12345678901234567890123456789012345678", false).len(), 38);
        assert_eq!(read("variant", "{\"a\": 1}", false), "{\"a\": 1}");
        for (kind, cell) in [("date", "x"), ("timestamp_tz", ""), ("time", "1.x")] {
            assert!(text(cell, &column(kind, None, None), true).is_err(), "{kind} {cell}");
        }
    }

    #[test]
    fn numbers_have_the_type_that_holds_their_digits() {
        let of = |precision, scale| type_of(&column("fixed", Some(precision), Some(scale)));
        assert_eq!(of(38, 0), Some(DataType::Int64));
        assert_eq!(of(10, 0), Some(DataType::Int64));
        assert_eq!(of(25, 0), Some(DataType::Decimal128(25, 0)));
        assert_eq!(of(18, 2), Some(DataType::Decimal128(18, 2)));
        assert_eq!(of(38, 37), Some(DataType::Decimal128(38, 37)));
        assert_eq!(type_of(&column("variant", None, None)), None);
        assert_eq!(type_of(&column("time", None, None)), None);
    }
}
