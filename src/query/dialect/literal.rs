//! Values: numbers and dates as literals, texts through placeholders.
//!
//! Texts never stand in a statement. Until the whole is written, a mark stands for each; then the marks are numbered
//! in the order in which they stand.

use chrono::{DateTime, NaiveDate};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::{Dialect, no_equal, plain};
use crate::query::QueryError;

/// What stands around a text until it has its number. No name may hold them.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';

/// A typed literal.
pub(super) fn write(value: &ScalarValue, dialect: &dyn Dialect) -> Result<String, QueryError> {
    let data_type = value.data_type();
    if value.is_null() {
        // A NULL without a type takes that of its place.
        if data_type == DataType::Null {
            return Ok("NULL".into());
        }
        let name = dialect.type_name(plain(&data_type)).ok_or_else(|| unknown(&data_type, dialect))?;
        return Ok(format!("CAST(NULL AS {name})"));
    }
    if let Some(text) = value.try_as_str().flatten() {
        if text.contains([OPEN, CLOSE, '\0']) {
            return Err(QueryError::BadQuestion("a text holds a control character".into()));
        }
        return Ok(format!("{OPEN}{text}{CLOSE}"));
    }
    Ok(match value {
        ScalarValue::Boolean(Some(value)) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        ScalarValue::Int8(_)
        | ScalarValue::Int16(_)
        | ScalarValue::Int32(_)
        | ScalarValue::Int64(_)
        | ScalarValue::UInt8(_)
        | ScalarValue::UInt16(_)
        | ScalarValue::UInt32(_)
        | ScalarValue::UInt64(_) => signed(&value.to_string()),
        ScalarValue::Float32(Some(number)) => float(f64::from(*number), &data_type, dialect)?,
        ScalarValue::Float64(Some(number)) => float(*number, &data_type, dialect)?,
        ScalarValue::Decimal128(..) | ScalarValue::Decimal256(..) => {
            let digits = value.cast_to(&DataType::Utf8)?;
            signed(digits.try_as_str().flatten().unwrap_or_default())
        }
        ScalarValue::Date32(Some(days)) => {
            let day = NaiveDate::default().checked_add_signed(chrono::Duration::days(i64::from(*days)));
            let day = day.ok_or_else(|| unknown(&data_type, dialect))?;
            format!("DATE '{day}'")
        }
        ScalarValue::TimestampSecond(Some(at), zone) => time(*at, 1, zone.is_some(), dialect)?,
        ScalarValue::TimestampMillisecond(Some(at), zone) => time(*at, 1_000, zone.is_some(), dialect)?,
        ScalarValue::TimestampMicrosecond(Some(at), zone) => time(*at, 1_000_000, zone.is_some(), dialect)?,
        ScalarValue::TimestampNanosecond(Some(at), zone) => {
            time(*at, 1_000_000_000, zone.is_some(), dialect)?
        }
        ScalarValue::Dictionary(_, inner) => write(inner, dialect)?,
        _ => return Err(unknown(&data_type, dialect)),
    })
}

/// A negative number in parentheses, so that no two minus signs become a comment.
fn signed(digits: &str) -> String {
    if digits.starts_with('-') { format!("({digits})") } else { digits.to_owned() }
}

fn float(number: f64, data_type: &DataType, dialect: &dyn Dialect) -> Result<String, QueryError> {
    if !number.is_finite() {
        return Err(no_equal(format!("the number {number}"), dialect));
    }
    let name = dialect.type_name(data_type).ok_or_else(|| unknown(data_type, dialect))?;
    Ok(format!("CAST({} AS {name})", signed(&format!("{number:e}"))))
}

fn time(at: i64, per_second: i64, zoned: bool, dialect: &dyn Dialect) -> Result<String, QueryError> {
    let nanos = (at.rem_euclid(per_second) * (1_000_000_000 / per_second)) as u32;
    let instant = DateTime::from_timestamp(at.div_euclid(per_second), nanos);
    let instant = instant.ok_or_else(|| no_equal("a time so far away", dialect))?;
    let digits = instant.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    Ok(if zoned { dialect.instant(&digits) } else { dialect.local_time(&digits) })
}

fn unknown(data_type: &DataType, dialect: &dyn Dialect) -> QueryError {
    no_equal(format!("a value of type {data_type}"), dialect)
}

/// Puts placeholders where texts are marked; gives the texts in their order.
pub(super) fn number(marked: &str, dialect: &dyn Dialect) -> Result<(String, Vec<String>), QueryError> {
    let (mut text, mut texts) = (String::with_capacity(marked.len()), Vec::<String>::new());
    let mut rest = marked;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (value, after) = after
            .split_once(CLOSE)
            .ok_or_else(|| QueryError::BadQuestion("a name holds a control character".into()))?;
        let known = texts.iter().position(|known| known == value).filter(|_| dialect.numbered());
        let number = known.unwrap_or_else(|| {
            texts.push(value.to_owned());
            texts.len() - 1
        });
        text.push_str(before);
        text.push_str(&dialect.placeholder(number + 1));
        rest = after;
    }
    text.push_str(rest);
    Ok((text, texts))
}
