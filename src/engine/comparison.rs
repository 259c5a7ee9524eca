//! Puts the numbers of the comparison period beside those of the asked one.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::query::SemanticQuery;
use crate::table::{Column, Role, Table, Value};

/// For each row of `current` the row of `previous` that it is compared with, if there is one. Rows are matched by their
/// dimensions; the n-th time bucket of one period with the n-th of the other.
pub(super) fn matches(current: &Table, previous: &Table, query: &SemanticQuery) -> Vec<Option<usize>> {
    let dimensions = query.by.len();
    let shifts: Vec<Option<HashMap<NaiveDate, NaiveDate>>> = (0..dimensions)
        .map(|column| {
            let grain = query.by.get(column).and_then(|group| group.grain);
            grain.map(|_| bucket_shift(previous, column, query))
        })
        .collect();
    let key_of = |table: &Table, row: usize, shifted: bool| -> Vec<String> {
        (0..dimensions)
            .map(|column| {
                let cell = table.cell(row, column);
                let shift = shifts.get(column).and_then(Option::as_ref).filter(|_| shifted);
                let moved = shift.and_then(|shift| moved(cell, shift));
                format!("{:?}", moved.as_ref().unwrap_or(cell))
            })
            .collect()
    };
    let rows: HashMap<Vec<String>, usize> =
        (0..previous.len()).map(|row| (key_of(previous, row, true), row)).collect();
    (0..current.len()).map(|row| rows.get(&key_of(current, row, false)).copied()).collect()
}

/// Adds a `<measure>.previous` column behind every measure of `current`, with the rows that [`matches`] found. A row
/// that only the comparison period has is left out.
pub(super) fn join(current: Table, previous: &Table, matches: &[Option<usize>]) -> Table {
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

/// The bucket of the asked period that stands in the place of `cell`, which is one of the comparison
/// period; hours keep their time of day.
fn moved(cell: &Value, shift: &HashMap<NaiveDate, NaiveDate>) -> Option<Value> {
    let date = *shift.get(&cell.as_date()?)?;
    Some(match cell {
        Value::Timestamp(instant) => Value::Timestamp(date.and_time(instant.time())),
        _ => Value::Date(date),
    })
}

/// The bucket of the asked period for every bucket of the comparison period that `previous` has in
/// `column`.
fn bucket_shift(previous: &Table, column: usize, query: &SemanticQuery) -> HashMap<NaiveDate, NaiveDate> {
    let grain = query.by.get(column).and_then(|group| group.grain);
    let (Some(grain), Some(range), Some(compare)) = (grain, query.range, query.compare) else {
        return HashMap::new();
    };
    // A period may span thousands of years; the rows are few.
    let present: HashSet<NaiveDate> =
        (0..previous.len()).filter_map(|row| previous.cell(row, column).as_date()).collect();
    let pairs = compare.buckets(grain, query.week_start).zip(range.buckets(grain, query.week_start));
    pairs.filter(|(before, _)| present.contains(before)).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::definitions::model::FieldName;
    use crate::format::{Grain, NumberFormat};
    use crate::query::{DateRange, GroupBy};

    fn field(name: &str) -> FieldName {
        FieldName::parse(name).unwrap()
    }

    fn range(start: &str, end: &str) -> DateRange {
        DateRange { start: start.parse().unwrap(), end: end.parse().unwrap() }
    }

    fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
        let format = NumberFormat::default();
        Column { name: name.into(), title: name.into(), role, grain: None, format, cells }
    }

    fn table(columns: Vec<Column>) -> Table {
        let rows_before_limit = columns[0].cells.len();
        Table { columns, totals: None, rows_before_limit }
    }

    fn question(grain: Grain, range: DateRange, compare: DateRange) -> SemanticQuery {
        let by = [("time", Some(grain)), ("opened", None)];
        let by = by.map(|(name, grain)| GroupBy { field: field(name), grain }).to_vec();
        let everything = SemanticQuery::of_everything(vec![field("sales")]);
        SemanticQuery { by, range: Some(range), compare: Some(compare), time_zone: Tz::UTC, ..everything }
    }

    fn answer(time: Value, opened: &str, sales: i64) -> Table {
        table(vec![
            column("time", Role::Dimension, vec![time]),
            column("opened", Role::Dimension, vec![Value::Date(opened.parse().unwrap())]),
            column("sales", Role::Measure, vec![Value::Int(sales)]),
        ])
    }

    #[test]
    fn hours_are_compared_with_the_same_hour_of_the_day_before() {
        let hour = |day: &str| Value::Timestamp(format!("{day}T08:00:00").parse().unwrap());
        let query =
            question(Grain::Hour, range("2026-03-02", "2026-03-03"), range("2026-03-01", "2026-03-02"));
        let now = answer(hour("2026-03-02"), "2020-01-01", 7);
        let before = answer(hour("2026-03-01"), "2020-01-01", 5);
        let found = matches(&now, &before, &query);
        assert_eq!(join(now, &before, &found).cell(0, 3), &Value::Int(5));
    }

    #[test]
    fn a_date_that_is_no_time_bucket_is_not_moved() {
        let day = |day: &str| Value::Date(day.parse().unwrap());
        let query =
            question(Grain::Day, range("2026-03-02", "2026-03-03"), range("2026-03-01", "2026-03-02"));
        let now = answer(day("2026-03-02"), "2026-03-01", 7);
        let before = answer(day("2026-03-01"), "2026-03-01", 5);
        let found = matches(&now, &before, &query);
        assert_eq!(join(now, &before, &found).cell(0, 3), &Value::Int(5));
    }
}
