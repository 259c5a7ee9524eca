//! A question to a dataset whose rows lie in several places: taken apart where it aggregates, and put together again.
//!
//! Takes the plan that answers the question over one place; gives the part of it that each place can answer for itself
//! and, over the rows of all those answers, the plan of the whole. What stands above the aggregate (small groups left
//! out, metrics, order, limits) happens once, over the whole. What parts do not tell, such as a median, is an error.
//!
//! Sums, counts, least and greatest are those of the parts; an average travels as a sum and a count. Distinct values
//! travel themselves: a part is grouped by them too, so that the whole counts each once.

mod sketch;
#[cfg(test)]
mod tests;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::functions::core::expr_fn::{coalesce, nullif};
use datafusion::functions_aggregate::expr_fn::{count, max, min, sum};
use datafusion::logical_expr::expr::{AggregateFunction, AggregateFunctionParams};
use datafusion::logical_expr::{
    Aggregate, Expr, ExprSchemable as _, LogicalPlan, LogicalPlanBuilder, cast, lit, when,
};
use datafusion::prelude::SessionContext;

use super::expression::null_of;
use super::plan::plain;
use super::{QueryError, typed};
use crate::sources::ROWS;

/// A question taken apart.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What one place is asked.
    pub part: LogicalPlan,
    /// The whole question over that place, with its types made explicit.
    whole: LogicalPlan,
    merge: Merge,
}

/// How answers of places become the aggregate of the whole.
#[derive(Debug, Clone, Default)]
struct Merge {
    /// The columns of groups.
    groups: Vec<Expr>,
    /// What is aggregated again.
    aggregates: Vec<Expr>,
    /// The columns of the aggregate, from those two.
    columns: Vec<Expr>,
}

impl Parts {
    /// Takes `plan` apart, which a [`super::Planner`] has made.
    ///
    /// # Errors
    /// It aggregates something that parts do not tell.
    pub fn of(plan: LogicalPlan, context: &SessionContext) -> Result<Self, QueryError> {
        let whole = typed(plan, context)?;
        let aggregate = lowest_aggregate(&whole)
            .ok_or_else(|| QueryError::BadQuestion("the question adds nothing up".into()))?;
        let mut taken = Taken::default();
        for (position, (group, (_, field))) in
            aggregate.group_expr.iter().zip(aggregate.schema.iter()).enumerate()
        {
            let name = format!("group_{position}");
            taken.groups.push(group.clone().unalias().alias(&name));
            taken.merge.groups.push(rows_column(&name).alias(&name));
            taken.merge.columns.push(named(&name).alias(field.name()));
        }
        let fields = aggregate.schema.iter().skip(aggregate.group_expr.len());
        for (position, (one, (_, field))) in aggregate.aggr_expr.iter().zip(fields).enumerate() {
            taken.position = position;
            let column = taken.aggregate(one.clone().unalias(), aggregate)?;
            taken.merge.columns.push(cast(column, field.data_type().clone()).alias(field.name()));
        }
        let Taken { groups, partial, merge, .. } = taken;
        let part = LogicalPlanBuilder::from(aggregate.input.as_ref().clone()).aggregate(groups, partial)?;
        let part = part.build()?;
        Ok(Self { part, whole, merge })
    }

    /// Whether the part of another place, planned for the same question, has the same kinds of columns, so that nothing is
    /// lost when they are put together.
    ///
    /// # Errors
    /// They differ, and which types they have.
    pub fn fits(&self, other: &Self) -> Result<(), QueryError> {
        let columns = self.part.schema().fields().iter().zip(other.part.schema().fields());
        for (here, there) in columns {
            if !is_same_kind(here.data_type(), there.data_type()) {
                return Err(QueryError::BadQuestion(format!(
                    "{} in one source is {} in another; make them one type, with a view or a cast in `sql`",
                    here.data_type(),
                    there.data_type()
                )));
            }
        }
        Ok(())
    }

    /// The whole over the rows of all parts, which are those of `rows`.
    ///
    /// # Errors
    /// The rows are not those of parts.
    pub fn merged(&self, rows: LogicalPlan) -> Result<LogicalPlan, QueryError> {
        let Merge { groups, aggregates, columns } = self.merge.clone();
        let merged = LogicalPlanBuilder::from(rows).aggregate(groups, aggregates)?.project(columns)?;
        over(&self.whole, merged.build()?)
    }
}

/// Whether values of one type are values of the other, but for how many digits or bytes they take.
pub(super) fn is_same_kind(one: &DataType, other: &DataType) -> bool {
    use DataType::{Decimal128, Decimal256, Timestamp};

    match (plain(one), plain(other)) {
        (Timestamp(_, one), Timestamp(_, other)) => one.is_some() == other.is_some(),
        (Decimal128(_, one) | Decimal256(_, one), Decimal128(_, other) | Decimal256(_, other)) => {
            one == other
        }
        (one, other) => {
            one == other
                || (one.is_string() && other.is_string())
                || (one.is_integer() && other.is_integer())
                || (one.is_floating() && other.is_floating())
        }
    }
}

/// The aggregate nearest to the rows of the dataset; those within the dataset's own `sql` stand behind its name.
fn lowest_aggregate(plan: &LogicalPlan) -> Option<&Aggregate> {
    match plan {
        LogicalPlan::Aggregate(aggregate) => lowest_aggregate(&aggregate.input).or(Some(aggregate)),
        LogicalPlan::Projection(_)
        | LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_) => lowest_aggregate(plan.inputs().first()?),
        _ => None,
    }
}

/// The plan with its lowest aggregate replaced.
fn over(plan: &LogicalPlan, merged: LogicalPlan) -> Result<LogicalPlan, QueryError> {
    let below = plan.inputs().first().copied();
    match below {
        Some(below) if lowest_aggregate(below).is_some() => {
            Ok(plan.with_new_exprs(plan.expressions(), vec![over(below, merged)?])?)
        }
        _ => Ok(merged),
    }
}

#[derive(Default)]
struct Taken {
    /// What a part is grouped by.
    groups: Vec<Expr>,
    /// What a part aggregates.
    partial: Vec<Expr>,
    merge: Merge,
    /// The number of the aggregate that is being taken apart.
    position: usize,
    /// Whether one of them is a sketch.
    has_sketch: bool,
}

impl Taken {
    /// Takes one aggregate apart; gives what it is over the merged columns.
    fn aggregate(&mut self, one: Expr, of: &Aggregate) -> Result<Expr, QueryError> {
        let Expr::AggregateFunction(call) = one else {
            return Err(QueryError::BadQuestion(format!("`{one}` is not an aggregate")));
        };
        let name = call.func.name().to_owned();
        let not_told = || QueryError::NotFromParts { aggregate: name.clone() };
        let [argument] = call.params.args.as_slice() else { return Err(not_told()) };
        let argument = argument.clone();
        let changes_nothing = matches!(name.as_str(), "min" | "max");
        if call.params.distinct && !changes_nothing {
            return match name.as_str() {
                "count" | "sum" | "avg" => self.distinct(call, argument, of),
                _ => Err(not_told()),
            };
        }
        match name.as_str() {
            // Texts as they are, so that each source sorts them as the dialect says.
            "min" => Ok(self.again(call, min)),
            "max" => Ok(self.again(call, max)),
            "sum" => Ok(self.again(call, sum)),
            "count" => Ok(coalesce(vec![self.again(call, sum), lit(0_i64)])),
            "avg" => self.mean(&call, &argument, of),
            "approx_distinct" => self.sketch(&call, argument, of),
            _ => Err(not_told()),
        }
    }

    /// A partial aggregate, and what it is aggregated by again.
    fn again(&mut self, call: AggregateFunction, merge: fn(Expr) -> Expr) -> Expr {
        let (part, whole) = (self.name("part"), self.name("whole"));
        self.partial.push(Expr::AggregateFunction(call).alias(&part));
        self.merge.aggregates.push(merge(rows_column(&part)).alias(&whole));
        named(&whole)
    }

    /// Sum by count, as exact as the average over all rows: decimals stay decimals.
    fn mean(
        &mut self,
        call: &AggregateFunction,
        argument: &Expr,
        of: &Aggregate,
    ) -> Result<Expr, QueryError> {
        let is_decimal = matches!(
            argument.get_type(of.input.schema())?,
            DataType::Decimal32(..)
                | DataType::Decimal64(..)
                | DataType::Decimal128(..)
                | DataType::Decimal256(..)
        );
        let with = |function: &AggregateFunction, other: Expr| {
            let Expr::AggregateFunction(other) = other else { return function.clone() };
            let args = other.params.args.clone();
            AggregateFunction {
                func: other.func,
                params: AggregateFunctionParams { args, ..function.params.clone() },
            }
        };
        let total = self.again(with(call, sum(argument.clone())), sum);
        // The count has columns of its own.
        let rows = {
            let (part, whole) = (self.name("part_rows"), self.name("whole_rows"));
            self.partial.push(Expr::AggregateFunction(with(call, count(argument.clone()))).alias(&part));
            self.merge.aggregates.push(sum(rows_column(&part)).alias(&whole));
            named(&whole)
        };
        if is_decimal {
            return Ok(total / nullif(cast(rows, DataType::Decimal128(20, 0)), zero_rows()));
        }
        Ok(total / nullif(cast(rows, DataType::Float64), lit(0.0_f64)))
    }

    /// The values themselves travel, once for each group and part.
    fn distinct(
        &mut self,
        call: AggregateFunction,
        argument: Expr,
        of: &Aggregate,
    ) -> Result<Expr, QueryError> {
        let (value, whole) = (self.name("value"), self.name("whole"));
        let argument = filtered(&call, argument, of)?;
        self.groups.push(argument.alias(&value));
        let params = AggregateFunctionParams { args: vec![rows_column(&value)], filter: None, ..call.params };
        let again = Expr::AggregateFunction(AggregateFunction { func: call.func, params });
        self.merge.aggregates.push(again.alias(&whole));
        Ok(named(&whole))
    }

    fn name(&self, what: &str) -> String {
        format!("{what}_{}", self.position)
    }
}

/// What an aggregate is of, and nothing for the rows that its filter leaves out.
fn filtered(call: &AggregateFunction, argument: Expr, of: &Aggregate) -> Result<Expr, QueryError> {
    let Some(filter) = &call.params.filter else { return Ok(argument) };
    let nothing = null_of(&argument.get_type(of.input.schema())?)?;
    Ok(when(filter.as_ref().clone(), argument).otherwise(nothing)?)
}

fn zero_rows() -> Expr {
    Expr::Literal(datafusion::common::ScalarValue::Decimal128(Some(0), 20, 0), None)
}

/// A column of the rows of parts.
fn rows_column(name: &str) -> Expr {
    Expr::Column(Column::new(Some(ROWS), name))
}

/// A column of the merged aggregate.
fn named(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}
