//! Subtotals that would tell what is not shown.
//!
//! Where groups of few rows are not shown, a subtotal less the parts that are shown would show them. So a subtotal whose
//! rest is about too few rows is not shown either; what is known of it then is the sum of its parts, which is what the
//! totals above it are held against.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::{GroupSizes, is_telling};
use crate::table::{Role, Table, Value};

/// The answer to one question of a grid.
pub(super) struct Part {
    pub(super) set: usize,
    /// How many levels of rows and of columns it is grouped by.
    pub(super) depths: (usize, usize),
    pub(super) table: Arc<Table>,
    pub(super) sizes: Option<Arc<GroupSizes>>,
}

/// Takes out of all parts what would tell of groups of fewer rows.
pub(super) fn hide(parts: &mut [Part], fewest: u32) {
    for (role, of) in [
        (Role::Measure, (|sizes| &sizes.now) as fn(&GroupSizes) -> &Vec<u64>),
        (Role::Previous, |sizes| &sizes.before),
    ] {
        let telling = telling(parts, of, fewest);
        for (part, rows) in parts.iter_mut().zip(telling) {
            if rows.contains(&true) {
                empty(Arc::make_mut(&mut part.table), role, &rows);
            }
        }
    }
}

fn empty(table: &mut Table, role: Role, rows: &[bool]) {
    for column in table.columns.iter_mut().filter(|column| column.role == role) {
        for (cell, _) in column.cells.iter_mut().zip(rows).filter(|(_, is_telling)| **is_telling) {
            *cell = Value::Null;
        }
    }
}

/// For every part the rows that tell too much, found from the finest to the coarsest.
fn telling(parts: &[Part], of: fn(&GroupSizes) -> &Vec<u64>, fewest: u32) -> Vec<Vec<bool>> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let fineness = |part: &Part| (part.depths.0 + part.depths.1, dimensions(&part.table));
    order.sort_by_key(|&position| std::cmp::Reverse(fineness(&parts[position])));
    let mut telling: Vec<Vec<bool>> = parts.iter().map(|part| vec![false; part.table.len()]).collect();
    // How many rows are known of each row: its own where it is shown, else those of its parts.
    let mut known: Vec<Vec<u64>> = vec![Vec::new(); parts.len()];
    for (place, &position) in order.iter().enumerate() {
        let part = &parts[position];
        let own = part.sizes.as_deref().map(of).filter(|sizes| !sizes.is_empty());
        let Some(own) = own else { continue };
        let mut most: Vec<u64> = vec![0; own.len()];
        for &other in order.iter().take(place) {
            let finer = &parts[other];
            let is_finer = finer.depths.0 >= part.depths.0 && finer.depths.1 >= part.depths.1;
            if !is_finer || known[other].is_empty() {
                continue;
            }
            let mut sums: HashMap<Vec<String>, u64> = HashMap::new();
            for (row, rows) in known[other].iter().enumerate() {
                *sums.entry(key(finer, row, part.depths)).or_default() += rows;
            }
            for (row, size) in own.iter().enumerate() {
                let shown = sums.get(&key(part, row, part.depths)).copied().unwrap_or_default();
                // Another period may hold more rows: then those that this one lacks are the rest.
                telling[position][row] |= is_telling(size.abs_diff(shown), fewest);
                most[row] = most[row].max(shown.min(*size));
            }
        }
        let kept = |row: usize| if telling[position][row] { most[row] } else { own[row] };
        known[position] = (0..own.len()).map(kept).collect();
    }
    telling
}

fn dimensions(table: &Table) -> usize {
    table.columns.iter().filter(|column| column.role == Role::Dimension).count()
}

/// The members of a row at coarser depths.
fn key(part: &Part, row: usize, (rows, columns): (usize, usize)) -> Vec<String> {
    let members = (0..rows).chain(part.depths.0..part.depths.0 + columns);
    members.map(|column| format!("{:?}", part.table.cell(row, column))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::NumberFormat;
    use crate::table::Column;

    /// A part with one measure: each row has its members, and as many rows as its number says.
    fn part(depths: (usize, usize), rows: &[(&[&str], i64)]) -> Part {
        let column = |name: String, role, cells| Column {
            title: name.clone(),
            name,
            role,
            grain: None,
            format: NumberFormat::default(),
            cells,
        };
        let mut columns: Vec<Column> = (0..depths.0 + depths.1)
            .map(|at| {
                let cells = rows.iter().map(|(members, _)| Value::Text(members[at].into())).collect();
                column(format!("d{at}"), Role::Dimension, cells)
            })
            .collect();
        let numbers = rows.iter().map(|(_, rows)| Value::Int(*rows)).collect();
        columns.push(column("rows".into(), Role::Measure, numbers));
        let table = Arc::new(Table { columns, totals: None, rows_before_limit: rows.len() });
        let now = rows.iter().map(|(_, rows)| u64::try_from(*rows).unwrap()).collect();
        Part { set: 0, depths, table, sizes: Some(Arc::new(GroupSizes { now, before: Vec::new() })) }
    }

    /// Which numbers are left, part by part.
    fn left(mut parts: Vec<Part>) -> Vec<Vec<Option<i64>>> {
        hide(&mut parts, 5);
        let number = |value: &Value| match value {
            Value::Int(number) => Some(*number),
            _ => None,
        };
        let numbers = |part: &Part| part.table.columns.last().unwrap().cells.iter().map(number).collect();
        parts.iter().map(numbers).collect()
    }

    #[test]
    fn a_total_that_leaves_one_small_group_is_not_shown_and_one_that_leaves_enough_is() {
        let teams: &[(&[&str], i64)] = &[(&["A"], 40), (&["C"], 20)];
        assert_eq!(
            left(vec![part((1, 0), teams), part((0, 0), &[(&[], 61)])]),
            [vec![Some(40), Some(20)], vec![None]]
        );
        // Two groups of three: what both have together is over enough rows.
        assert_eq!(left(vec![part((1, 0), teams), part((0, 0), &[(&[], 66)])])[1], [Some(66)]);
        assert_eq!(left(vec![part((1, 0), teams), part((0, 0), &[(&[], 60)])])[1], [Some(60)]);
    }

    #[test]
    fn a_subtotal_that_is_not_shown_is_not_told_by_the_totals_above_and_beside_it() {
        // Team P has a month of 2 rows that is not shown, team Q two months of together 10.
        let cells = part((1, 1), &[(&["P", "1"], 10), (&["P", "2"], 10), (&["Q", "1"], 10)]);
        let teams = part((1, 0), &[(&["P"], 22), (&["Q"], 20)]);
        let months = part((0, 1), &[(&["1"], 20), (&["2"], 10)]);
        let all = part((0, 0), &[(&[], 42)]);
        let found = left(vec![all, teams, months, cells]);
        assert_eq!(found[1], [None, Some(20)], "the team's month would be told");
        assert_eq!(found[0], [None], "and so it would by the whole, less Q, less the months of P");
        assert_eq!(found[2], [Some(20), Some(10)]);
        assert_eq!(found[3], [Some(10); 3]);
    }

    #[test]
    fn without_small_groups_nothing_is_hidden() {
        let found = left(vec![part((1, 0), &[(&["A"], 5), (&["B"], 5)]), part((0, 0), &[(&[], 10)])]);
        assert_eq!(found, [vec![Some(5), Some(5)], vec![Some(10)]]);
    }
}
