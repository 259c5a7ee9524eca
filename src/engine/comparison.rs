//! Puts the numbers of the comparison period beside those of the asked one.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::query::SemanticQuery;
use crate::table::{Column, Role, Table, Value};

/// Adds a `<measure>.previous` column behind every measure of `current`. Rows are matched by their
/// dimensions; the n-th time bucket of one period with the n-th of the other. A row that only the
/// comparison period has is left out.
pub(super) fn join(current: Table, previous: &Table, query: &SemanticQuery) -> Table {
    let dimensions = query.by.len();
    let shift = bucket_shift(query);
    let key_of = |table: &Table, row: usize, shifted: bool| -> Vec<String> {
        (0..dimensions)
            .map(|column| {
                let cell = table.cell(row, column);
                let moved =
                    shifted.then(|| cell.as_date().and_then(|date| shift.get(&date).copied())).flatten();
                match (moved, cell) {
                    (Some(day), Value::Timestamp(hour)) => {
                        format!("{:?}", Value::Timestamp(day.and_time(hour.time())))
                    }
                    (Some(day), _) => format!("{:?}", Value::Date(day)),
                    (None, cell) => format!("{cell:?}"),
                }
            })
            .collect()
    };
    let rows: HashMap<Vec<String>, usize> =
        (0..previous.len()).map(|row| (key_of(previous, row, true), row)).collect();
    let matches: Vec<Option<usize>> =
        (0..current.len()).map(|row| rows.get(&key_of(&current, row, false)).copied()).collect();

    let mut columns = Vec::with_capacity(current.columns.len() * 2);
    let mut totals = current.totals.as_ref().map(|_| Vec::new());
    for (position, column) in current.columns.into_iter().enumerate() {
        let is_measure = column.role == Role::Measure;
        if let (Some(totals), Some(known)) = (&mut totals, &current.totals) {
            totals.push(known.get(position).cloned().unwrap_or_default());
            if is_measure {
                let before = previous.totals.as_ref().and_then(|totals| totals.get(position));
                totals.push(before.cloned().unwrap_or_default());
            }
        }
        let compared = is_measure.then(|| Column {
            name: format!("{}.previous", column.name),
            role: Role::Previous,
            cells: matches
                .iter()
                .map(|row| row.map_or(Value::Null, |row| previous.cell(row, position).clone()))
                .collect(),
            ..column.clone()
        });
        columns.push(column);
        columns.extend(compared);
    }
    Table { columns, totals, rows_before_limit: current.rows_before_limit }
}

/// The bucket of the asked period for every bucket of the comparison period.
fn bucket_shift(query: &SemanticQuery) -> HashMap<NaiveDate, NaiveDate> {
    let grain = query.by.iter().find_map(|group| group.grain);
    let (Some(grain), Some(range), Some(compare)) = (grain, query.range, query.compare) else {
        return HashMap::new();
    };
    compare.buckets(grain, query.week_start).zip(range.buckets(grain, query.week_start)).collect()
}
