//! From a plan to one statement in the words of a source.
//!
//! Takes the logical plans that the planner makes over tables that stay where they are; gives a [`Statement`]. What
//! a plan means does not depend on where it runs, so every function, operator and conversion is mapped by hand, and
//! what has no equal there is an error: nothing is passed through. The same plan gives the same bytes.

mod block;
mod cast;
mod expression;
mod function;
mod literal;
mod postgres;
mod snowflake;
#[cfg(test)]
mod tests;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::SessionContext;

use super::plan::plain;
use super::{QueryError, typed};
use crate::sources::{SqlDialect, Statement};

/// Writes a plan for a source. Its types are made explicit first, so that the source has nothing to guess.
pub fn statement(
    plan: LogicalPlan,
    context: &SessionContext,
    dialect: SqlDialect,
) -> Result<Statement, QueryError> {
    let plan = typed(plan, context)?;
    let dialect: &dyn Dialect = match dialect {
        SqlDialect::Postgres => &postgres::Postgres,
        SqlDialect::Snowflake => &snowflake::Snowflake,
    };
    let text = block::write(&plan, dialect)?;
    let (text, texts) = literal::number(&text, dialect)?;
    Ok(Statement { text, texts, schema: plan.schema().inner().clone() })
}

/// An expression in the words of a source, with its type.
#[derive(Debug, Clone)]
struct Operand {
    sql: String,
    data_type: DataType,
    /// Its value, where it is a literal.
    value: Option<ScalarValue>,
}

impl Operand {
    /// The whole number that it is, where it is one.
    fn whole(&self) -> Option<i64> {
        match self.value.as_ref()? {
            ScalarValue::Int64(value) => *value,
            ScalarValue::Int32(value) => value.map(i64::from),
            _ => None,
        }
    }

    /// The text that it is, where it is one.
    fn text(&self) -> Option<&str> {
        self.value.as_ref()?.try_as_str().flatten()
    }

    fn is_text(&self) -> bool {
        is_text(&self.data_type)
    }
}

/// A span of time: months first, then days, then the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    months: i32,
    days: i32,
    nanos: i64,
}

impl Span {
    fn of(value: &ScalarValue) -> Option<Self> {
        Some(match value {
            ScalarValue::IntervalMonthDayNano(Some(span)) => {
                Self { months: span.months, days: span.days, nanos: span.nanoseconds }
            }
            ScalarValue::IntervalYearMonth(Some(months)) => Self { months: *months, days: 0, nanos: 0 },
            ScalarValue::IntervalDayTime(Some(span)) => {
                Self { months: 0, days: span.days, nanos: i64::from(span.milliseconds) * 1_000_000 }
            }
            _ => return None,
        })
    }

    fn negative(self) -> Self {
        Self {
            months: self.months.saturating_neg(),
            days: self.days.saturating_neg(),
            nanos: self.nanos.saturating_neg(),
        }
    }
}

/// How a source writes what plans are made of. `None` means that it has no equal.
trait Dialect {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// The most bytes that a name may have.
    fn longest_name(&self) -> usize;

    /// The type that holds all values of a type.
    fn type_name(&self, data_type: &DataType) -> Option<String>;

    /// The placeholder of the text number `number`, counted from 1.
    fn placeholder(&self, number: usize) -> String;

    /// Whether a placeholder may stand for the text of an earlier one.
    fn numbered(&self) -> bool;

    /// A local time, as a literal.
    fn local_time(&self, digits: &str) -> String;

    /// An instant, whose digits are in UTC, as a literal.
    fn instant(&self, digits: &str) -> String;

    /// A call of a function that not all sources call by the same name or that differs there.
    fn function(&self, name: &str, arguments: &[Operand]) -> Option<String>;

    /// An aggregate that not all sources call by the same name or that differs there.
    fn aggregate(&self, name: &str, arguments: &[Operand], returns: &DataType) -> Option<String>;

    /// A value converted into another type.
    fn cast(&self, value: &Operand, to: &DataType) -> Option<String>;

    /// Whole numbers divided without a rest.
    fn whole_division(&self, left: &str, right: &str) -> String;

    /// A day or a local time, so much later; it stays what it is.
    fn moved(&self, time: &Operand, span: Span) -> String;

    /// A text compared and sorted by its bytes.
    fn by_bytes(&self, sql: &str) -> String;

    /// A text column that compares in a way of its own, as a text that only equal bytes equal.
    fn told_apart(&self, sql: &str) -> String;

    /// The first 16 hexadecimal digits of the HMAC with SHA-256 of a text; the keys of the inner and of the outer hash
    /// are texts of hexadecimal digits.
    fn keyed_code(&self, text: &str, inner: &str, outer: &str) -> String;

    /// Whether aggregates have a `FILTER`.
    fn has_filter(&self) -> bool;

    /// A column of the answer, as it travels.
    fn answered(&self, column: &Operand) -> Option<String>;
}

/// A quoted name; both sources double the quotes in it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        other => other.is_string(),
    }
}

/// What is told of something that a source cannot be asked.
fn no_equal(what: impl Into<String>, dialect: &dyn Dialect) -> QueryError {
    QueryError::NoEqual { what: what.into(), dialect: dialect.name() }
}
