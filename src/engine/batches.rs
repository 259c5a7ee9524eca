//! From the engine's record batches to the business table.

use arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;

use super::EngineError;
use crate::definitions::model::Dataset;
use crate::format::NumberFormat;
use crate::query::{OTHERS_FLAG, SemanticQuery};
use crate::table::{Column, Role, Table, Value, cells};

pub(super) fn business_table(
    dataset: &Dataset,
    query: &SemanticQuery,
    batches: &[RecordBatch],
) -> Result<Table, EngineError> {
    let flags = match batches.first().and_then(|batch| batch.schema().index_of(OTHERS_FLAG).ok()) {
        Some(position) => column_cells(batches, position)?,
        None => Vec::new(),
    };
    let dimensions = query.by.len();
    let mut columns = Vec::new();
    for (position, group) in query.by.iter().enumerate() {
        let mut cells = column_cells(batches, position)?;
        if query.top.as_ref().is_some_and(|top| top.dimension == group.field) {
            for (cell, flag) in cells.iter_mut().zip(&flags) {
                if *flag == Value::Bool(true) {
                    *cell = Value::Others;
                }
            }
        }
        let (name, format) = (query.group_name(position), NumberFormat::default());
        columns.push(Column {
            title: name.clone(),
            name,
            role: Role::Dimension,
            grain: group.grain,
            format,
            cells,
        });
    }
    let first_measure = dimensions + usize::from(!flags.is_empty());
    for (position, field) in query.measures.iter().enumerate() {
        let cells = column_cells(batches, first_measure + position)?;
        let format = dataset
            .measures
            .get(field)
            .map(|measure| &measure.format)
            .or_else(|| dataset.metrics.get(field).map(|metric| &metric.format))
            .cloned()
            .unwrap_or_default();
        let name = field.to_string();
        columns.push(Column { title: name.clone(), name, role: Role::Measure, grain: None, format, cells });
    }
    let rows_before_limit = columns.first().map_or(0, |column| column.cells.len());
    Ok(Table { columns, totals: None, rows_before_limit })
}

pub(super) fn column_cells(batches: &[RecordBatch], position: usize) -> Result<Vec<Value>, EngineError> {
    let mut all = Vec::new();
    for batch in batches {
        if position < batch.num_columns() {
            all.extend(
                cells(batch.column(position)).map_err(|error| EngineError::BadData(error.to_string()))?,
            );
        }
    }
    Ok(all)
}

pub(super) fn first_column(batches: &[RecordBatch]) -> Result<Vec<ScalarValue>, EngineError> {
    let mut values = Vec::new();
    for batch in batches.iter().filter(|batch| batch.num_columns() > 0) {
        for row in 0..batch.num_rows() {
            let value = ScalarValue::try_from_array(batch.column(0), row);
            values.push(value.map_err(|error| EngineError::BadData(error.to_string()))?);
        }
    }
    Ok(values)
}
