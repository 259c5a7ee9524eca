//! Arrow columns as cells.

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{
    DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime};

use super::Value;

/// The cells of an Arrow column. Types without a cell of their own (lists, binary, intervals) become
/// their text.
pub fn cells(array: &ArrayRef) -> Result<Vec<Value>, ArrowError> {
    macro_rules! each {
        ($type:ty, $value:expr) => {{
            let cell: fn(_) -> Value = $value;
            array.as_primitive::<$type>().iter().map(|value| value.map_or(Value::Null, cell)).collect()
        }};
    }
    macro_rules! decimals {
        ($type:ty, $scale:expr) => {{
            let scale = *$scale;
            let cell = |unscaled| Value::Decimal { unscaled: i128::from(unscaled), scale };
            array.as_primitive::<$type>().iter().map(|value| value.map_or(Value::Null, cell)).collect()
        }};
    }
    Ok(match array.data_type() {
        DataType::Null => vec![Value::Null; array.len()],
        DataType::Boolean => {
            array.as_boolean().iter().map(|value| value.map_or(Value::Null, Value::Bool)).collect()
        }
        DataType::Int8 => each!(Int8Type, |number| Value::Int(i64::from(number))),
        DataType::Int16 => each!(Int16Type, |number| Value::Int(i64::from(number))),
        DataType::Int32 => each!(Int32Type, |number| Value::Int(i64::from(number))),
        DataType::Int64 => each!(Int64Type, Value::Int),
        DataType::UInt8 => each!(UInt8Type, |number| Value::Int(i64::from(number))),
        DataType::UInt16 => each!(UInt16Type, |number| Value::Int(i64::from(number))),
        DataType::UInt32 => each!(UInt32Type, |number| Value::Int(i64::from(number))),
        DataType::UInt64 => each!(UInt64Type, |number| i64::try_from(number)
            .map_or(Value::Decimal { unscaled: i128::from(number), scale: 0 }, Value::Int)),
        DataType::Float16 => return cells(&arrow::compute::cast(array, &DataType::Float32)?),
        DataType::Float32 => each!(Float32Type, |number| Value::Float(f64::from(number))),
        DataType::Float64 => each!(Float64Type, Value::Float),
        DataType::Decimal32(_, scale) => decimals!(Decimal32Type, scale),
        DataType::Decimal64(_, scale) => decimals!(Decimal64Type, scale),
        DataType::Decimal128(_, scale) => decimals!(Decimal128Type, scale),
        DataType::Decimal256(_, scale) => wide_decimals(array, *scale),
        DataType::Date32 => each!(Date32Type, |days: i32| date(i64::from(days))),
        DataType::Date64 => each!(Date64Type, |millis: i64| date(millis.div_euclid(86_400_000))),
        DataType::Timestamp(unit, zone) => timestamps(array, *unit, zone.as_deref()),
        DataType::Utf8 => array.as_string::<i32>().iter().map(text).collect(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().map(text).collect(),
        DataType::Utf8View => array.as_string_view().iter().map(text).collect(),
        DataType::Dictionary(_, values) => return cells(&arrow::compute::cast(array, values)?),
        _ => {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(array.as_ref(), &options)?;
            let cell = |row| {
                if array.is_null(row) { Value::Null } else { text(Some(&formatter.value(row).to_string())) }
            };
            (0..array.len()).map(cell).collect()
        }
    })
}

fn text(value: Option<&str>) -> Value {
    value.map_or(Value::Null, |value| Value::Text(Arc::from(value)))
}

fn date(days: i64) -> Value {
    let epoch = NaiveDate::default();
    Duration::try_days(days).and_then(|days| epoch.checked_add_signed(days)).map_or(Value::Null, Value::Date)
}

fn wide_decimals(array: &ArrayRef, scale: i8) -> Vec<Value> {
    let cell = |value: arrow::datatypes::i256| match value.to_i128() {
        Some(unscaled) => Value::Decimal { unscaled, scale },
        // More than 38 digits: no exact cell for it, and its nearest float is better than nothing.
        None => value
            .to_string()
            .parse::<f64>()
            .map_or(Value::Null, |number| Value::Float(number / 10f64.powi(i32::from(scale)))),
    };
    array.as_primitive::<Decimal256Type>().iter().map(|value| value.map_or(Value::Null, cell)).collect()
}

fn timestamps(array: &ArrayRef, unit: TimeUnit, zone: Option<&str>) -> Vec<Value> {
    // A zone is a name or an offset such as `+09:00`; Arrow knows both.
    let zone: Option<Tz> = zone.and_then(|name| name.parse().ok());
    let local = |instant: Option<NaiveDateTime>| {
        let Some(instant) = instant else { return Value::Null };
        Value::Timestamp(zone.map_or(instant, |zone| instant.and_utc().with_timezone(&zone).naive_local()))
    };
    macro_rules! each {
        ($type:ty, $read:expr) => {{
            let read: fn(i64) -> Option<DateTime<chrono::Utc>> = $read;
            array
                .as_primitive::<$type>()
                .iter()
                .map(|value| local(value.and_then(read).map(|instant| instant.naive_utc())))
                .collect()
        }};
    }
    match unit {
        TimeUnit::Second => each!(TimestampSecondType, |value| DateTime::from_timestamp(value, 0)),
        TimeUnit::Millisecond => each!(TimestampMillisecondType, DateTime::from_timestamp_millis),
        TimeUnit::Microsecond => each!(TimestampMicrosecondType, DateTime::from_timestamp_micros),
        TimeUnit::Nanosecond => {
            each!(TimestampNanosecondType, |value| Some(DateTime::from_timestamp_nanos(value)))
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Date32Array, Decimal128Array, Float64Array, StringViewArray};

    use super::*;

    #[test]
    fn every_digit_of_a_38_digit_decimal_is_kept() {
        let digits = 12_345_678_901_234_567_890_123_456_789_012_345_678_i128;
        let array = Decimal128Array::from(vec![Some(digits), None]).with_precision_and_scale(38, 4).unwrap();
        let array: ArrayRef = Arc::new(array);
        assert_eq!(cells(&array).unwrap(), [Value::Decimal { unscaled: digits, scale: 4 }, Value::Null]);
    }

    #[test]
    fn the_years_1_and_9999_are_dates() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let number = |text| i32::try_from((day(text) - NaiveDate::default()).num_days()).unwrap();
        let array: ArrayRef = Arc::new(Date32Array::from(vec![number("0001-01-01"), number("9999-12-31")]));
        assert_eq!(cells(&array).unwrap(), [Value::Date(day("0001-01-01")), Value::Date(day("9999-12-31"))]);
    }

    #[test]
    fn not_a_number_and_missing_text_are_no_numbers() {
        let array: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, f64::INFINITY]));
        assert!(cells(&array).unwrap().iter().all(|cell| cell.as_f64().is_none()));
        let array: ArrayRef = Arc::new(StringViewArray::from(vec![None, Some("서울")]));
        assert_eq!(cells(&array).unwrap(), [Value::Null, Value::Text("서울".into())]);
    }
}
