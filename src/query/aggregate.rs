//! Which measures a question needs, and how metrics follow from them.

use std::collections::HashMap;

use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::DFSchema;
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;

use super::QueryError;
use super::expression::{self, Place};
use crate::definitions::model::{Dataset, FieldName};

/// The measures to aggregate and the metrics to compute from them, each after those it refers to.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    pub measures: Vec<FieldName>,
    pub metrics: Vec<(FieldName, Expr)>,
}

impl Numbers {
    /// Collects what the asked `names` need.
    pub(super) fn collect(
        context: &SessionContext,
        dataset: &Dataset,
        names: &[FieldName],
    ) -> Result<Self, QueryError> {
        let fields = dataset.measures.keys().chain(dataset.metrics.keys());
        // Types do not matter for finding out what a metric refers to.
        let fields: Vec<Field> =
            fields.map(|name| Field::new(name.as_str(), DataType::Float64, true)).collect();
        let schema = DFSchema::from_unqualified_fields(fields.into(), HashMap::new())?;
        let mut numbers = Self::default();
        for name in names {
            numbers.add(context, dataset, &schema, name, &mut Vec::new())?;
        }
        Ok(numbers)
    }

    fn add(
        &mut self,
        context: &SessionContext,
        dataset: &Dataset,
        schema: &DFSchema,
        name: &FieldName,
        path: &mut Vec<String>,
    ) -> Result<(), QueryError> {
        if let Some(start) = path.iter().position(|visited| visited == name.as_str()) {
            let mut circle = path[start..].to_vec();
            circle.push(name.to_string());
            return Err(QueryError::CyclicMetric { path: circle });
        }
        if dataset.measures.contains_key(name) {
            if !self.measures.contains(name) {
                self.measures.push(name.clone());
            }
            return Ok(());
        }
        let Some(metric) = dataset.metrics.get(name) else {
            return Err(QueryError::UnknownField {
                what: "measure or metric",
                name: name.to_string(),
                valid: dataset
                    .measures
                    .keys()
                    .chain(dataset.metrics.keys())
                    .map(ToString::to_string)
                    .collect(),
            });
        };
        if self.metrics.iter().any(|(known, _)| known == name) {
            return Ok(());
        }
        let place = Place { what: "metric", name: name.as_str() };
        let parsed = expression::parse(context, schema, &metric.sql, place)?;
        if expression::has_aggregate(&parsed) {
            return Err(place.error("aggregates belong into a measure; a metric computes with measures"));
        }
        path.push(name.to_string());
        let mut refers: Vec<_> = parsed.column_refs().into_iter().map(|column| column.name.clone()).collect();
        refers.sort_unstable();
        for referred in refers {
            let referred = FieldName::parse(&referred).map_err(|error| place.error(error.to_string()))?;
            self.add(context, dataset, schema, &referred, path)?;
        }
        path.pop();
        self.metrics.push((name.clone(), expression::safe_division(parsed)?));
        Ok(())
    }
}
