//! What a total tells of groups that are too small to be shown: what remains of it beyond the rows that are shown is a
//! group as well.

use arrow::record_batch::RecordBatch;

use super::EngineError;
use super::batches::column_cells;
use crate::query::ROWS_OF_GROUP;
use crate::table::{Role, Table, Value};

/// How many rows of the dataset each row of an answer is about, where small groups are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupSizes {
    /// Of the asked period, one for each row.
    pub now: Vec<u64>,
    /// Of the comparison period, one for each row; empty without one.
    pub before: Vec<u64>,
}

/// Whether so many rows that are not shown would tell of too few.
pub fn is_telling(hidden: u64, fewest: u32) -> bool {
    (1..u64::from(fewest)).contains(&hidden)
}

/// The sizes of the groups in an answer; empty where they were not asked for.
pub(super) fn sizes(batches: &[RecordBatch]) -> Result<Vec<u64>, EngineError> {
    let position = batches.first().and_then(|batch| batch.schema().index_of(ROWS_OF_GROUP).ok());
    let Some(position) = position else { return Ok(Vec::new()) };
    let size = |value: &Value| match value {
        Value::Int(rows) => u64::try_from(*rows).unwrap_or_default(),
        _ => 0,
    };
    Ok(column_cells(batches, position)?.iter().map(size).collect())
}

/// Takes the totals out of a table whose rows leave too few of the `whole` untold: the rows of both periods.
pub(super) fn hide_totals(table: &mut Table, sizes: &GroupSizes, whole: (u64, u64), fewest: u32) {
    let rest = |whole: u64, shown: &[u64]| whole.saturating_sub(shown.iter().sum());
    let now = is_telling(rest(whole.0, &sizes.now), fewest);
    let before = is_telling(rest(whole.1, &sizes.before), fewest);
    let Some(totals) = &mut table.totals else { return };
    for (column, total) in table.columns.iter().zip(totals) {
        let hidden = match column.role {
            Role::Dimension => false,
            Role::Measure => now,
            Role::Previous => before,
        };
        if hidden {
            *total = Value::Null;
        }
    }
}
