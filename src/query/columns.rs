//! Which columns a name in an author's expression means.
//!
//! An unqualified name means a column of the dataset, `relationship.column` one of a joined table,
//! even where both tables have a column of that name.

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Column, DFSchema, TableReference};
use datafusion::logical_expr::Expr;

use super::QueryError;
use super::expression::{self, Place};
use crate::definitions::model::Dataset;
use crate::sources::{Input, ROWS};

/// The columns of a dataset and its joined tables.
pub(super) struct Columns {
    /// All columns as the joined plan has them.
    pub joined: DFSchema,
    /// What names are looked up in, one after the other: DataFusion refuses a schema in which an
    /// unqualified and a qualified column have the same name, so each has one of the two.
    lookups: Vec<DFSchema>,
}

impl Columns {
    pub(super) fn of(dataset: &Dataset, input: &Input) -> Result<Self, QueryError> {
        let mut joined = input.rows.schema().as_ref().clone();
        for name in dataset.relationships.keys() {
            if let Some(relationship) = input.relationships.get(name.as_str()) {
                joined = joined.join(relationship.schema())?;
            }
        }
        let own =
            |qualifier: Option<&TableReference>| qualifier.is_some_and(|qualifier| qualifier.table() == ROWS);
        let has = |is_own: bool, name: &str| {
            joined.iter().any(|(qualifier, field)| own(qualifier) == is_own && field.name() == name)
        };
        let lookup = |own_first: bool| {
            let fields = joined
                .iter()
                .filter(|(qualifier, field)| own(*qualifier) == own_first || !has(own_first, field.name()));
            let fields = fields.map(|(qualifier, field)| {
                (qualifier.filter(|qualifier| qualifier.table() != ROWS).cloned(), field.clone())
            });
            DFSchema::new_with_metadata(fields.collect(), std::collections::HashMap::new())
        };
        let lookups = vec![lookup(true)?, lookup(false)?];
        Ok(Self { joined, lookups })
    }

    /// Parses `sql` over these columns.
    pub(super) fn parse(&self, input: &Input, sql: &str, place: Place<'_>) -> Result<Expr, QueryError> {
        let mut first_error = None;
        for lookup in &self.lookups {
            match expression::parse(&input.context, lookup, sql, place) {
                Ok(parsed) => return expression::dividing_rows(qualified(parsed)?, &self.joined),
                Err(error) => _ = first_error.get_or_insert(error),
            }
        }
        Err(first_error.unwrap_or_else(|| place.error("has no columns to look names up in")))
    }

    /// The dataset's own column of this exact name.
    pub(super) fn own(&self, name: &str) -> Result<Expr, QueryError> {
        let column = Column::new(Some(ROWS), name);
        if self.joined.has_column(&column) {
            return Ok(Expr::Column(column));
        }
        let valid = self.joined.iter().filter(|(qualifier, _)| qualifier.is_some_and(|q| q.table() == ROWS));
        let valid = valid.map(|(_, field)| field.name().clone()).collect();
        Err(QueryError::NoColumn { name: name.to_owned(), valid })
    }
}

fn qualified(expression: Expr) -> Result<Expr, QueryError> {
    let expression = expression.transform(|part| match part {
        Expr::Column(Column { relation: None, name, .. }) => {
            Ok(Transformed::yes(Expr::Column(Column::new(Some(ROWS), name))))
        }
        part => Ok(Transformed::no(part)),
    });
    Ok(expression.data()?)
}
