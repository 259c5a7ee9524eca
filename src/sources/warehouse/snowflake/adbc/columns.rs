//! From the driver's columns to those that were asked for.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, RecordBatch, RecordBatchOptions, StringArray, StringBuilder,
};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, SchemaRef, TimeUnit, TimestampMicrosecondType};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::sources::StatementError;
use crate::sources::warehouse::answer::{nullable, typed};
use crate::sources::warehouse::snowflake::cells::without_zeros;

/// The rows with each column of the type that was asked for, as it would be through the SQL API. What does not fit is an
/// error.
pub(super) fn fitted(batch: &RecordBatch, wanted: &SchemaRef) -> Result<RecordBatch, StatementError> {
    let bad = |why: String| StatementError::BadAnswer(why);
    if batch.num_columns() != wanted.fields().len() {
        return Err(bad("the answer has other columns than were asked for".into()));
    }
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (column, field) in batch.columns().iter().zip(wanted.fields()) {
        let column = of_type(column, field.data_type())
            .map_err(|why| bad(format!("column `{}` of the answer: {why}", field.name())))?;
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(nullable(wanted), columns, &options)
        .map_err(|error| bad(error.to_string()))
}

fn of_type(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, String> {
    let exactly = CastOptions { safe: false, format_options: FormatOptions::default() };
    match (column.data_type(), wanted) {
        (has, wanted) if has == wanted => Ok(Arc::clone(column)),
        // A moment is the same whatever zone it is shown in; those without one are in UTC, as the session is.
        (DataType::Timestamp(TimeUnit::Microsecond, _), DataType::Timestamp(unit, zone)) => {
            let moments = column.as_primitive::<TimestampMicrosecondType>().clone();
            let moments: ArrayRef = Arc::new(moments.with_timezone_opt(zone.clone()));
            if *unit == TimeUnit::Microsecond {
                return Ok(moments);
            }
            cast_with_options(&moments, wanted, &exactly).map_err(|error| error.to_string())
        }
        // The driver was asked for microseconds, and statements for nine digits: another unit is one that it got wrong.
        (DataType::Timestamp(unit, _), _) if *unit != TimeUnit::Microsecond => {
            Err(format!("a time in {unit:?}s"))
        }
        (DataType::Decimal128(_, 0), wanted) if wanted.is_integer() => {
            cast_with_options(column, wanted, &exactly).map_err(|error| error.to_string())
        }
        (DataType::Decimal128(_, has), DataType::Decimal128(_, wants)) if has <= wants => {
            cast_with_options(column, wanted, &exactly).map_err(|error| error.to_string())
        }
        _ => {
            let texts: ArrayRef = Arc::new(as_texts(column, wanted)?);
            typed(&texts, wanted)
        }
    }
}

/// The texts that the SQL API has for the same values.
fn as_texts(column: &ArrayRef, wanted: &DataType) -> Result<StringArray, String> {
    let options = FormatOptions::default()
        .with_time_format(Some("%H:%M:%S%.6f"))
        .with_timestamp_format(Some("%Y-%m-%d %H:%M:%S%.6f"))
        .with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S%.6f"));
    let format = ArrayFormatter::try_new(column.as_ref(), &options).map_err(|error| error.to_string())?;
    let is_binary = matches!(column.data_type(), DataType::Binary | DataType::LargeBinary);
    let mut texts = StringBuilder::with_capacity(column.len(), column.len() * 8);
    for row in 0..column.len() {
        if column.is_null(row) {
            texts.append_null();
            continue;
        }
        let text = format.value(row).try_to_string().map_err(|error| error.to_string())?;
        let text = if wanted.is_integer() { without_zeros(text) } else { text };
        texts.append_value(if is_binary { text.to_uppercase() } else { text });
    }
    Ok(texts.finish())
}

#[cfg(test)]
mod tests {
    use arrow::array::{
        BinaryArray, Decimal128Array, Float64Array, Int64Array, Time64NanosecondArray,
        TimestampMicrosecondArray, TimestampSecondArray,
    };
    use arrow::datatypes::{Field, Schema};

    use super::*;

    fn read(column: ArrayRef, wanted: DataType) -> Result<ArrayRef, StatementError> {
        let has = Schema::new(vec![Field::new("x", column.data_type().clone(), true)]);
        let batch = RecordBatch::try_new(Arc::new(has), vec![column]).unwrap();
        let wanted = Arc::new(Schema::new(vec![Field::new("x", wanted, false)]));
        Ok(Arc::clone(fitted(&batch, &wanted)?.column(0)))
    }

    fn decimals(values: &[Option<i128>], scale: i8) -> ArrayRef {
        let values = Decimal128Array::from(values.to_vec());
        Arc::new(values.with_precision_and_scale(38, scale).unwrap())
    }

    #[test]
    fn columns_get_the_types_that_were_asked_for() {
        let whole = read(decimals(&[Some(-7), None], 0), DataType::Int64).unwrap();
        assert_eq!(whole.as_ref(), &Int64Array::from(vec![Some(-7), None]) as &dyn arrow::array::Array);
        let whole = read(decimals(&[Some(-700)], 2), DataType::Int64).unwrap();
        assert_eq!(whole.as_ref(), &Int64Array::from(vec![-7]) as &dyn arrow::array::Array);
        let wide = read(decimals(&[Some(150)], 2), DataType::Decimal128(38, 10)).unwrap();
        assert_eq!(wide.as_primitive::<arrow::datatypes::Decimal128Type>().value(0), 15_000_000_000);
        let real = read(decimals(&[Some(11)], 1), DataType::Float64).unwrap();
        assert_eq!(real.as_ref(), &Float64Array::from(vec![1.1]) as &dyn arrow::array::Array);
        let zone = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let seoul = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("Asia/Seoul");
        let moment = read(Arc::new(seoul), zone.clone()).unwrap();
        assert_eq!(moment.data_type(), &zone);
        assert_eq!(moment.as_primitive::<TimestampMicrosecondType>().value(0), 1_500_000);
    }

    #[test]
    fn what_is_read_as_text_has_the_text_of_the_sql_api() {
        let text = |column: ArrayRef| {
            let column = read(column, DataType::Utf8).unwrap();
            column.as_string::<i32>().value(0).to_owned()
        };
        assert_eq!(text(Arc::new(BinaryArray::from(vec![&b"\xab\x01"[..]]))), "AB01");
        assert_eq!(text(Arc::new(Time64NanosecondArray::from(vec![28_800_500_000_000]))), "08:00:00.500000");
        assert_eq!(text(decimals(&[Some(150)], 2)), "1.50");
        assert_eq!(
            text(Arc::new(TimestampMicrosecondArray::from(vec![1_500_000]))),
            "1970-01-01 00:00:01.500000"
        );
    }

    #[test]
    fn what_does_not_fit_is_an_error_and_not_missing() {
        for (column, wanted) in [
            (decimals(&[Some(150)], 2), DataType::Int64),
            (decimals(&[Some(i128::MAX / 10)], 0), DataType::Int64),
            (Arc::new(StringArray::from(vec!["a"])) as ArrayRef, DataType::Date32),
            (Arc::new(TimestampSecondArray::from(vec![1])), DataType::Timestamp(TimeUnit::Microsecond, None)),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![i64::MAX / 10])),
                DataType::Timestamp(TimeUnit::Nanosecond, None),
            ),
        ] {
            let error = read(column, wanted).unwrap_err();
            assert!(error.to_string().contains("column `x`"), "{error}");
        }
        let two = Arc::new(Schema::new(vec![
            Field::new("x", DataType::Int64, true),
            Field::new("y", DataType::Int64, true),
        ]));
        let one = RecordBatch::new_empty(Arc::new(Schema::new(vec![Field::new("x", DataType::Int64, true)])));
        assert!(fitted(&one, &two).is_err());
    }
}
