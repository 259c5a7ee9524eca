//! Conversions between types, which sources do each in their own way.

use datafusion::arrow::datatypes::DataType;

use super::expression::is_time;
use super::{Dialect, Operand, is_text, no_equal, plain};
use crate::query::QueryError;

/// A value converted into another type, as the engine converts it.
pub(super) fn write(value: &Operand, to: &DataType, dialect: &dyn Dialect) -> Result<String, QueryError> {
    let (from, to) = (plain(&value.data_type), plain(to));
    let is_same = from == to
        || is_text(from) && is_text(to)
        // Units are of no account to a source, which keeps microseconds or finer.
        || matches!((from, to), (DataType::Timestamp(_, from), DataType::Timestamp(_, to)) if from.is_some() == to.is_some());
    if is_same {
        return Ok(value.sql.clone());
    }
    if let Some(sql) = dialect.cast(value, to) {
        return Ok(sql);
    }
    let name = dialect.type_name(to);
    let plainly = name.map(|name| format!("CAST({} AS {name})", value.sql));
    let is_number = |data_type: &DataType| data_type.is_numeric();
    let is_whole = |data_type: &DataType| data_type.is_integer();
    let written = match (from, to) {
        (DataType::Null, _) => plainly,
        // The engine cuts off what follows the point; sources round.
        (from, to) if !is_whole(from) && is_number(from) && is_whole(to) => {
            dialect.type_name(to).map(|name| format!("CAST(TRUNC({}) AS {name})", value.sql))
        }
        (from, to) if is_number(from) && is_number(to) => plainly,
        (from, to) if is_text(from) && (is_number(to) || *to == DataType::Date32) => plainly,
        (from, to) if is_whole(from) && is_text(to) => plainly,
        (DataType::Date32, to) if is_text(to) => plainly,
        (DataType::Decimal128(..), to) if is_text(to) => plainly,
        (DataType::Date32, to) if is_time(to) => plainly,
        (DataType::Timestamp(_, None), DataType::Date32) => plainly,
        _ => None,
    };
    written.ok_or_else(|| no_equal(format!("the conversion from {from} into {to}"), dialect))
}
