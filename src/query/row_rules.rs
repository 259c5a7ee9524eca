//! Row rules as engine expressions.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::functions::core::expr_fn::nullif;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, cast, lit};

use super::{Literal, QueryError, filter};
use crate::access::{RowArithmetic, RowRelation, RowTest, RowValue};
use crate::definitions::model::FieldName;

/// Gives a dimension as it is in the data, with its type.
pub(super) type Dimensions<'a> = &'a dyn Fn(&FieldName) -> Result<(Expr, DataType), QueryError>;

/// The expression that is true for rows that may be seen. A value that is none of the dimension's type
/// is unknown, so that a wrong attribute hides rows and never fails a query.
pub(super) fn expression(test: &RowTest, dimensions: Dimensions<'_>) -> Result<Expr, QueryError> {
    Ok(match test {
        RowTest::Known(known) => lit(ScalarValue::Boolean(*known)),
        RowTest::Compare(left, relation, right) => compare(left, *relation, right, dimensions)?,
        RowTest::OneOf(value, choices) => {
            let mut any = lit(false);
            for choice in choices {
                any = any.or(compare(value, RowRelation::Equal, choice, dimensions)?);
            }
            any
        }
        RowTest::IsNull(value) => operand(value, dimensions)?.0.is_null(),
        RowTest::Not(inner) => Expr::Not(Box::new(expression(inner, dimensions)?)),
        RowTest::All(tests) => joined(tests, true, dimensions)?,
        RowTest::Any(tests) => joined(tests, false, dimensions)?,
    })
}

fn joined(tests: &[RowTest], all: bool, dimensions: Dimensions<'_>) -> Result<Expr, QueryError> {
    let mut whole: Option<Expr> = None;
    for test in tests {
        let next = expression(test, dimensions)?;
        whole = Some(match whole {
            None => next,
            Some(before) if all => before.and(next),
            Some(before) => before.or(next),
        });
    }
    Ok(whole.unwrap_or_else(|| lit(all)))
}

fn compare(
    left: &RowValue,
    relation: RowRelation,
    right: &RowValue,
    dimensions: Dimensions<'_>,
) -> Result<Expr, QueryError> {
    let operator = match relation {
        RowRelation::Equal => Operator::Eq,
        RowRelation::NotEqual => Operator::NotEq,
        RowRelation::Less => Operator::Lt,
        RowRelation::LessOrEqual => Operator::LtEq,
        RowRelation::Greater => Operator::Gt,
        RowRelation::GreaterOrEqual => Operator::GtEq,
    };
    let left = Typed::of(left, dimensions)?;
    let right = Typed::of(right, dimensions)?;
    let (left, right) = match (left, right) {
        (Typed::Fixed(left), Typed::Fixed(right)) => {
            let is_number = left.is_number() || right.is_number();
            let common = if is_number { DataType::Float64 } else { DataType::Utf8 };
            (left.as_type(&common)?, right.as_type(&common)?)
        }
        (Typed::Fixed(left), Typed::OfRow(right, data_type)) => (left.as_type(&data_type)?, right),
        (Typed::OfRow(left, data_type), Typed::Fixed(right)) => (left, right.as_type(&data_type)?),
        (Typed::OfRow(left, _), Typed::OfRow(right, _)) => (left, right),
    };
    Ok(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))))
}

/// A value that stands in the rule, or one of the row.
enum Typed<'a> {
    Fixed(Fixed<'a>),
    OfRow(Expr, DataType),
}

enum Fixed<'a> {
    Text(&'a str),
    Number(&'a str),
    Missing,
}

impl<'a> Typed<'a> {
    fn of(value: &'a RowValue, dimensions: Dimensions<'_>) -> Result<Self, QueryError> {
        Ok(match value {
            RowValue::Text(text) => Self::Fixed(Fixed::Text(text)),
            RowValue::Number(number) => Self::Fixed(Fixed::Number(number)),
            RowValue::Missing => Self::Fixed(Fixed::Missing),
            RowValue::Field(_) | RowValue::Negative(_) | RowValue::Arithmetic(..) => {
                let (expression, data_type) = operand(value, dimensions)?;
                Self::OfRow(expression, data_type)
            }
        })
    }
}

impl Fixed<'_> {
    fn is_number(&self) -> bool {
        matches!(self, Self::Number(_))
    }

    fn as_type(&self, data_type: &DataType) -> Result<Expr, QueryError> {
        let literal = match self {
            Self::Text(text) => Literal::Text((*text).to_owned()),
            Self::Number(number) => Literal::Number((*number).to_owned()),
            Self::Missing => Literal::Null,
        };
        let value = filter::typed("viewer", data_type, &literal)
            .or_else(|_| filter::typed("viewer", data_type, &Literal::Null))?;
        Ok(Expr::Literal(value, None))
    }
}

/// A value as an expression of its own.
fn operand(value: &RowValue, dimensions: Dimensions<'_>) -> Result<(Expr, DataType), QueryError> {
    Ok(match value {
        RowValue::Field(field) => dimensions(field)?,
        RowValue::Text(text) => (lit(text.clone()), DataType::Utf8),
        RowValue::Number(_) => (Fixed::of_number(value).as_type(&DataType::Float64)?, DataType::Float64),
        RowValue::Missing => (lit(ScalarValue::Float64(None)), DataType::Float64),
        RowValue::Negative(inner) => {
            let inner = cast(operand(inner, dimensions)?.0, DataType::Float64);
            (Expr::Negative(Box::new(inner)), DataType::Float64)
        }
        RowValue::Arithmetic(left, operator, right) => {
            let operator = match operator {
                RowArithmetic::Plus => Operator::Plus,
                RowArithmetic::Minus => Operator::Minus,
                RowArithmetic::Times => Operator::Multiply,
                RowArithmetic::Divided => Operator::Divide,
            };
            let left = Box::new(cast(operand(left, dimensions)?.0, DataType::Float64));
            let right = cast(operand(right, dimensions)?.0, DataType::Float64);
            // What a dimension divides by itself stays as it is shown.
            let right = if operator == Operator::Divide { nullif(right, lit(0.0_f64)) } else { right };
            (Expr::BinaryExpr(BinaryExpr::new(left, operator, Box::new(right))), DataType::Float64)
        }
    })
}

impl<'a> Fixed<'a> {
    fn of_number(value: &'a RowValue) -> Self {
        match value {
            RowValue::Number(number) => Self::Number(number),
            _ => Self::Missing,
        }
    }
}
