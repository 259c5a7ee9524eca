//! Authors' SQL expressions, parsed against real columns and checked before they are used.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::error::DataFusionError;
use datafusion::functions::core::expr_fn::nullif;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable as _, Operator, Volatility, cast, lit};
use datafusion::prelude::SessionContext;

use super::QueryError;

/// Where an expression stands in a dataset, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub what: &'static str,
    pub name: &'a str,
}

impl Place<'_> {
    pub(super) fn error(self, problem: impl Into<String>) -> QueryError {
        QueryError::BadExpression { what: self.what, name: self.name.to_owned(), problem: problem.into() }
    }
}

/// Parses `sql` over the columns of `schema`. Sub-queries, window functions and functions whose
/// result changes by itself (`now()`, `random()`) are refused: an answer must depend on nothing but
/// the data and the question.
pub(super) fn parse(
    context: &SessionContext,
    schema: &DFSchema,
    sql: &str,
    place: Place<'_>,
) -> Result<Expr, QueryError> {
    let expression = context.parse_sql_expr(sql, schema).map_err(|cause| place.error(explain(&cause)))?;
    let mut problem = None;
    let _ = expression.apply(|part| {
        problem = match part {
            Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) => Some("sub-queries are not allowed"),
            Expr::WindowFunction(_) => Some("window functions are not allowed"),
            Expr::ScalarFunction(call) if call.func.signature().volatility != Volatility::Immutable => {
                Some("functions that change by themselves are not allowed; use a period parameter for dates relative to now")
            }
            _ => None,
        };
        Ok(if problem.is_some() { TreeNodeRecursion::Stop } else { TreeNodeRecursion::Continue })
    });
    problem.map_or(Ok(expression), |problem| Err(place.error(problem)))
}

/// DataFusion's complaint without its internal prefixes.
fn explain(cause: &DataFusionError) -> String {
    let text = cause.strip_backtrace();
    let text = text.trim_start_matches("Schema error: ").trim_start_matches("Error during planning: ");
    text.trim_start_matches("SQL error: ").to_owned()
}

/// A column by its exact name.
pub(super) fn exact_column(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}

/// Whether an aggregate stands anywhere in `expression`.
pub(super) fn has_aggregate(expression: &Expr) -> bool {
    expression.exists(|part| Ok(matches!(part, Expr::AggregateFunction(_)))).unwrap_or(false)
}

/// Takes the aggregates out of `expression`: each becomes a column of `aggregates`, where equal ones
/// are shared, and the rest is computed from those columns afterwards.
pub(super) fn extract_aggregates(
    expression: Expr,
    aggregates: &mut Vec<Expr>,
    place: Place<'_>,
) -> Result<Expr, QueryError> {
    let outer = expression
        .transform_down(|part| match part {
            Expr::AggregateFunction(_) => {
                let position = aggregates.iter().position(|known| *known == part).unwrap_or_else(|| {
                    aggregates.push(part.clone());
                    aggregates.len() - 1
                });
                let column = exact_column(&aggregate_name(position));
                Ok(Transformed::new(column, true, TreeNodeRecursion::Jump))
            }
            part => Ok(Transformed::no(part)),
        })
        .data()?;
    if let Some(column) = outer.column_refs().iter().find(|column| !column.name.starts_with(AGGREGATE_PREFIX))
    {
        return Err(place.error(format!(
            "`{}` stands outside of an aggregate; write sum({}) or the like",
            column.name, column.name
        )));
    }
    safe_division(outer)
}

const AGGREGATE_PREFIX: &str = "__aggregate_";

/// The column of the aggregate at `position`.
pub(super) fn aggregate_name(position: usize) -> String {
    format!("{AGGREGATE_PREFIX}{position}")
}

/// Divides as people do: `7 / 2` is 3.5, and by zero there is no value.
pub(super) fn safe_division(expression: Expr) -> Result<Expr, QueryError> {
    let safe = expression.transform_up(|part| match part {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Divide, right }) => {
            let right = nullif(cast(*right, DataType::Float64), lit(0.0_f64));
            let left = Box::new(cast(*left, DataType::Float64));
            Ok(Transformed::yes(Expr::BinaryExpr(BinaryExpr {
                left,
                op: Operator::Divide,
                right: Box::new(right),
            })))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: op @ Operator::Modulo, right }) => {
            let right = Box::new(nullif(*right, lit(0_i64)));
            Ok(Transformed::yes(Expr::BinaryExpr(BinaryExpr { left, op, right })))
        }
        part => Ok(Transformed::no(part)),
    });
    Ok(safe.data()?)
}

/// What divides the numbers of a row: whole ones by whole ones to a whole number, others as they are, and by zero to no
/// value. Sources that compute differ in all of this, and one row with a zero would be an error or endless. What divides
/// aggregates stays; [`safe_division`] is for that.
pub(super) fn dividing_rows(expression: Expr, schema: &DFSchema) -> Result<Expr, QueryError> {
    let divided = expression.transform_up(|part| {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = part else { return Ok(Transformed::no(part)) };
        let again = |left, right| Expr::BinaryExpr(BinaryExpr { left, op, right });
        let (over, under) = (left.get_type(schema)?, right.get_type(schema)?);
        let is_of_rows = left.any_column_refs() || right.any_column_refs();
        let divides =
            matches!(op, Operator::Divide | Operator::Modulo) && over.is_numeric() && under.is_numeric();
        if !divides || !is_of_rows || has_aggregate(&left) || has_aggregate(&right) {
            return Ok(Transformed::no(again(left, right)));
        }
        let is_whole = over.is_integer() && under.is_integer();
        let as_is = is_whole || op == Operator::Modulo;
        // Plain numbers of authors stay plain, and are seldom zero.
        let is_safe = is_other_than_zero(&right);
        let (left, right, under) = if as_is {
            (*left, *right, under)
        } else {
            (cast(*left, DataType::Float64), cast(*right, DataType::Float64), DataType::Float64)
        };
        let zero = lit(ScalarValue::new_zero(&under)?);
        let right = if is_safe { right } else { nullif(right, zero) };
        Ok(Transformed::yes(again(Box::new(left), Box::new(right))))
    });
    Ok(divided.data()?)
}

/// Whether a number stands there that is not zero.
fn is_other_than_zero(expression: &Expr) -> bool {
    let Expr::Literal(value, _) = expression else { return false };
    matches!(value.cast_to(&DataType::Float64), Ok(ScalarValue::Float64(Some(number))) if number != 0.0)
}

/// A typed NULL.
pub(super) fn null_of(data_type: &DataType) -> Result<Expr, QueryError> {
    Ok(Expr::Literal(ScalarValue::try_from(data_type)?, None))
}
