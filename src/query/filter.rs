//! Conditions as engine expressions with typed literals.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::string::expr_fn::{contains, lower, starts_with};
use datafusion::logical_expr::{Expr, cast, lit};

use super::{Comparison, Condition, Literal, QueryError};

/// The expression that holds for rows whose `dimension` (of type `data_type`) meets `condition`.
pub(super) fn expression(
    field: &str,
    dimension: Expr,
    data_type: &DataType,
    condition: &Condition,
) -> Result<Expr, QueryError> {
    let scalar = |literal: &Literal| typed(field, data_type, literal);
    let text = |value: &str| lit(ScalarValue::Utf8(Some(value.to_owned())));
    Ok(match condition {
        Condition::OneOf(literals) => one_of(dimension, literals, scalar)?,
        // A missing value compares as unknown, which would drop the row; it is none of the values.
        Condition::NoneOf(literals) => {
            let has_null = literals.contains(&Literal::Null);
            let excluded = one_of(dimension.clone(), literals, scalar)?;
            let kept = Expr::IsNotTrue(Box::new(excluded));
            if has_null { kept.and(dimension.is_not_null()) } else { kept }
        }
        Condition::Compare(comparison, literal) => {
            let value = Expr::Literal(scalar(literal)?, None);
            match comparison {
                Comparison::Greater => dimension.gt(value),
                Comparison::GreaterOrEqual => dimension.gt_eq(value),
                Comparison::Less => dimension.lt(value),
                Comparison::LessOrEqual => dimension.lt_eq(value),
            }
        }
        Condition::Contains(value) => {
            contains(lower(cast(dimension, DataType::Utf8)), text(&value.to_lowercase()))
        }
        Condition::StartsWith(value) => starts_with(cast(dimension, DataType::Utf8), text(value)),
        Condition::IsNull(true) => dimension.is_null(),
        Condition::IsNull(false) => dimension.is_not_null(),
    })
}

fn one_of(
    dimension: Expr,
    literals: &[Literal],
    scalar: impl Fn(&Literal) -> Result<ScalarValue, QueryError>,
) -> Result<Expr, QueryError> {
    let values = literals
        .iter()
        .filter(|literal| **literal != Literal::Null)
        .map(|literal| Ok(Expr::Literal(scalar(literal)?, None)))
        .collect::<Result<Vec<_>, QueryError>>()?;
    let missing = literals.contains(&Literal::Null).then(|| dimension.clone().is_null());
    Ok(match (values.is_empty(), missing) {
        (true, None) => lit(false),
        (true, Some(missing)) => missing,
        (false, None) => dimension.in_list(values, false),
        (false, Some(missing)) => dimension.in_list(values, false).or(missing),
    })
}

/// The literal as a value of the dimension's type.
pub(super) fn typed(field: &str, data_type: &DataType, literal: &Literal) -> Result<ScalarValue, QueryError> {
    let target = match data_type {
        DataType::Dictionary(_, values) => values.as_ref(),
        other => other,
    };
    let digits = match literal {
        Literal::Null => return Ok(ScalarValue::try_from(target)?),
        Literal::Bool(value) => value.to_string(),
        Literal::Text(text) | Literal::Number(text) => text.clone(),
    };
    let bad = || QueryError::BadValue {
        field: field.to_owned(),
        value: shortened(&digits),
        expected: in_words(target),
    };
    if matches!(target, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) {
        return Ok(ScalarValue::Utf8(Some(digits)));
    }
    // `2026-01-31` parses as a date only when nothing follows; let a date stand for its midnight.
    ScalarValue::try_from_string(digits.clone(), target).map_err(|_| bad())
}

fn in_words(data_type: &DataType) -> String {
    match data_type {
        DataType::Date32 | DataType::Date64 => "dates such as 2026-01-31".into(),
        DataType::Timestamp(..) => "times such as 2026-01-31T08:00:00".into(),
        DataType::Boolean => "true or false".into(),
        other if other.is_integer() => "whole numbers".into(),
        other if other.is_numeric() => "numbers".into(),
        other => other.to_string(),
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
