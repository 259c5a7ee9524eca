//! What a set of questions reads of a dataset, as one plan.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast};

use super::aggregate::Numbers;
use super::expression::Place;
use super::plan::{Planner, Qualifiers as _};
use super::{DateRange, QueryError};
use crate::definitions::model::FieldName;
use crate::sources::ROWS;

/// The column of a load that holds the member by which it is split, as text.
pub const SLICE: &str = "__slice";

/// What questions read of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Needs {
    /// Dimensions they group and filter by.
    pub dimensions: BTreeSet<FieldName>,
    /// Measures and metrics.
    pub numbers: BTreeSet<FieldName>,
    /// The days they are about; all of them for `None`.
    pub range: Option<DateRange>,
    /// The zone days are counted in.
    pub time_zone: Tz,
}

impl Planner<'_> {
    /// The dataset's own rows that `needs` is about, with the columns it needs and no others; and, where `split` is
    /// a dimension of text, its member in [`SLICE`]. The restriction of the planner is not applied:
    /// whoever reads the load applies their own.
    pub fn load(&self, needs: &Needs, split: Option<&FieldName>) -> Result<LogicalPlan, QueryError> {
        let mut expressions = Vec::new();
        for field in &needs.dimensions {
            expressions.push(self.raw_dimension(field)?.expression);
        }
        let numbers: Vec<FieldName> = needs.numbers.iter().cloned().collect();
        for name in &Numbers::collect(&self.input.context, self.dataset, &numbers)?.measures {
            let sql = self.dataset.measures.get(name).map_or("", |measure| measure.sql.as_str());
            expressions.push(self.parse(sql, Place { what: "measure", name: name.as_str() })?);
        }
        let split = match split {
            Some(split) => Some(self.raw_dimension(split)?).filter(|dimension| is_text(&dimension.data_type)),
            None => None,
        };
        // Joined columns are joined again by each question; here they only tell the member. Joins keep the rows as
        // they are: a joined table has one row for each key.
        let joined =
            split.iter().flat_map(|dimension| dimension.expression.column_refs_qualifiers()).collect();
        let mut plan = LogicalPlanBuilder::from(self.joined(&joined)?);
        if let Some(range) = needs.range {
            let time = self.time_dimension()?;
            expressions.push(time.expression.clone());
            if is_own(&time.expression) {
                plan =
                    plan.filter(time.expression.clone().gt_eq(time.start_of(range.start, needs.time_zone)))?;
                plan = plan.filter(time.expression.clone().lt(time.start_of(range.end, needs.time_zone)))?;
            }
        }
        let own = |column: &Column| column.relation.as_ref().is_some_and(|relation| relation.table() == ROWS);
        let mut names: BTreeSet<String> = expressions
            .iter()
            .flat_map(Expr::column_refs)
            .filter(|column| own(column))
            .map(|column| column.name.clone())
            .collect();
        names.extend(self.dataset.relationships.values().flat_map(|joined| joined.on.keys().cloned()));
        if names.is_empty() {
            // Rows that are only counted still have to be there.
            names.extend(self.input.rows.schema().fields().first().map(|field| field.name().clone()));
        }
        let mut columns: Vec<Expr> =
            names.into_iter().map(|name| Expr::Column(Column::new(Some(ROWS), name))).collect();
        columns.extend(split.map(|dimension| cast(dimension.expression, DataType::Utf8).alias(SLICE)));
        Ok(plan.project(columns)?.build()?)
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => values.is_string(),
        other => other.is_string(),
    }
}

/// Whether an expression reads nothing but the dataset's own columns.
fn is_own(expression: &Expr) -> bool {
    expression
        .column_refs()
        .iter()
        .all(|column| column.relation.as_ref().is_some_and(|relation| relation.table() == ROWS))
}
