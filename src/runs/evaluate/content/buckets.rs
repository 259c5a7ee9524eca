//! Time buckets without data.

use crate::query::SemanticQuery;
use crate::table::{Role, Table, Value};

/// Adds an empty row for every bucket of the period that has no data, so that a line shows the gap
/// instead of jumping over it. The first column must be the bucketed one, rows in its order.
pub(super) fn with_every_bucket(table: &Table, query: &SemanticQuery) -> Table {
    const MOST: usize = 5_000;
    let grain = query.by.first().and_then(|group| group.grain);
    let (Some(grain), Some(range)) = (grain, query.range) else { return table.clone() };
    if grain == crate::format::Grain::Hour || table.is_empty() {
        return table.clone();
    }
    let present: std::collections::HashSet<_> =
        (0..table.len()).filter_map(|row| table.cell(row, 0).as_date()).collect();
    let missing: Vec<_> = range
        .buckets(grain, query.week_start)
        .take(MOST)
        .filter(|bucket| !present.contains(bucket))
        .collect();
    let mut order: Vec<(Option<chrono::NaiveDate>, Option<usize>)> =
        (0..table.len()).map(|row| (table.cell(row, 0).as_date(), Some(row))).collect();
    order.extend(missing.into_iter().map(|bucket| (Some(bucket), None)));
    order.sort_by_key(|(bucket, row)| (bucket.is_none(), *bucket, row.unwrap_or(0)));
    let mut filled = table.clone();
    for (position, column) in filled.columns.iter_mut().enumerate() {
        column.cells = order
            .iter()
            .map(|(bucket, row)| match (row, position) {
                (Some(row), _) => table.cell(*row, position).clone(),
                (None, 0) => bucket.map_or(Value::Null, Value::Date),
                // A filled row joins the first series; it has no number to show there either.
                (None, _) if column.role == Role::Dimension => table.cell(0, position).clone(),
                (None, _) => Value::Null,
            })
            .collect();
    }
    filled.rows_before_limit = table.rows_before_limit;
    filled
}
