//! Puts rows, columns, cells and their looks together.

use std::collections::HashSet;

use super::answers::{Answers, At, Index};
use super::axis::{self, Entry};
use super::cells::Cells;
use super::columns::{self, Columns};
use super::rows::{self, Rows};
use super::shape::{Leaf, Names, Operand, OrderBy, Shape, Show};
use super::style::{Extent, lay};
use crate::table::{Grid, GridValue, Looks, Mark, Part, Unit, Value, ValueKind};

pub(super) fn grid(shape: &Shape, answers: &Answers) -> Grid {
    let index = Index::new(shape, answers);
    let (row_entries, rows_before_limit) = row_entries(shape, &index);
    let column_entries = column_entries(shape, &index);
    let Rows { stub, list: rows, of: rows_of } = if shape.values_on_rows {
        rows::of_measures(shape, &index.axes, &row_entries)
    } else {
        rows::of_members(shape, &index.axes, &row_entries)
    };
    let Columns { head, list: columns, of: columns_of } =
        columns::columns(shape, &index.axes, &column_entries);
    let mut values: Vec<GridValue> = shape.leaves.iter().map(grid_value).collect();
    let formats = values.iter_mut().filter(|value| value.kind == ValueKind::Number);
    let unit = shape.unit.and_then(|power| Unit::apply(power, formats.map(|value| &mut value.format)));
    let before = columns::columns_before(&column_entries);
    let cells = Cells { shape, index: &index, rows: &row_entries, columns: &column_entries, before };
    let mut grid = Grid {
        stub,
        columns,
        head,
        values,
        rows,
        rows_before_limit,
        merged: shape.merged,
        unit,
        paging: shape.paging,
    };
    fill(&mut grid, &cells, &rows_of, &columns_of);
    grid
}

/// Every cell, and its look.
fn fill(
    grid: &mut Grid,
    cells: &Cells<'_>,
    rows_of: &[(usize, Option<usize>)],
    columns_of: &[(usize, usize)],
) {
    let shape = cells.shape;
    if shape.values_on_rows {
        for (column, (entry, _)) in grid.columns.iter_mut().zip(columns_of) {
            let made: Vec<Made> = shape.leaves.iter().map(|leaf| Made::of(cells, leaf, *entry)).collect();
            let pick =
                |(row, leaf): &(usize, Option<usize>)| leaf.and_then(|leaf| Some((made.get(leaf)?, *row)));
            column.cells = rows_of
                .iter()
                .map(|place| {
                    pick(place).and_then(|(made, row)| made.cells.get(row).cloned()).unwrap_or_default()
                })
                .collect();
            column.sparklines = rows_of
                .iter()
                .map(|place| {
                    pick(place).and_then(|(made, row)| made.points.get(row).cloned()).unwrap_or_default()
                })
                .collect();
            if column.sparklines.iter().all(Vec::is_empty) {
                column.sparklines = Vec::new();
            }
        }
    } else {
        for (column, (entry, leaf)) in grid.columns.iter_mut().zip(columns_of) {
            let Some(leaf) = shape.leaves.get(*leaf) else { continue };
            let made = Made::of(cells, leaf, *entry);
            (column.cells, column.sparklines) = (made.cells, made.points);
        }
    }
    for (position, leaf) in shape.leaves.iter().enumerate() {
        let looks = leaf.style.looks(extent(grid, shape, position, rows_of, columns_of));
        if let Some(value) = grid.values.get_mut(position) {
            value.looks = looks;
        }
    }
    for (position, (entry, of)) in columns_of.iter().enumerate() {
        let Some(column) = grid.columns.get(position) else { continue };
        let marks: Vec<Option<Mark>> = rows_of
            .iter()
            .zip(&column.cells)
            .map(|((row, own), cell)| {
                let leaf = own.unwrap_or(*of);
                let looks = grid.values.get(leaf)?.looks;
                mark(cells, shape.leaves.get(leaf)?, *row, *entry, cell, &looks)
            })
            .collect();
        if marks.iter().any(Option::is_some)
            && let Some(column) = grid.columns.get_mut(position)
        {
            column.marks = marks;
        }
    }
}

struct Made {
    cells: Vec<Value>,
    points: Vec<Vec<Option<f64>>>,
}

impl Made {
    fn of(cells: &Cells<'_>, leaf: &Leaf, entry: usize) -> Self {
        Self { cells: cells.column(leaf, entry), points: cells.sparklines(leaf, entry) }
    }
}

/// The extent of a leaf's numbers over all cells of members, where its look needs it.
fn extent(
    grid: &Grid,
    shape: &Shape,
    leaf: usize,
    rows_of: &[(usize, Option<usize>)],
    columns_of: &[(usize, usize)],
) -> Option<Extent> {
    shape.leaves.get(leaf).filter(|leaf| leaf.style.needs_extent())?;
    let columns = grid.columns.iter().zip(columns_of);
    let columns = columns.filter(|(column, _)| column.part == Part::Body);
    let cells = columns.flat_map(|(column, (_, of))| {
        let rows = grid.rows.iter().zip(rows_of).zip(&column.cells);
        rows.filter(move |((row, (_, own)), _)| row.part == Part::Body && own.unwrap_or(*of) == leaf)
            .map(|(_, cell)| cell)
    });
    Extent::of(cells)
}

fn mark(
    cells: &Cells<'_>,
    leaf: &Leaf,
    row: usize,
    column: usize,
    cell: &Value,
    looks: &Looks,
) -> Option<Mark> {
    if leaf.style.is_plain() {
        return None;
    }
    let entry = cells.rows.get(row)?;
    let is_member =
        entry.part == Part::Body && cells.columns.get(column).is_some_and(|column| column.part == Part::Body);
    let mut mark = cell.as_f64().map(|number| looks.mark(number, is_member)).unwrap_or_default();
    for rule in &leaf.style.rules {
        let names = |name: &str, tell: &mut dyn FnMut(Operand<'_>)| {
            cells.name(leaf, entry, column, cell, name, tell);
        };
        if (rule.when)(&names as &Names<'_>) == Some(true) {
            lay(&mut mark, &rule.mark);
        }
    }
    (!mark.is_plain()).then_some(mark)
}

/// What stands in the cells of a leaf.
fn grid_value(leaf: &Leaf) -> GridValue {
    let is_percent = leaf.format.percent;
    let share = || crate::format::NumberFormat {
        percent: true,
        decimals: Some(1),
        negative: leaf.format.negative,
        red_negatives: leaf.format.red_negatives,
        ..Default::default()
    };
    let (kind, format) = match leaf.show {
        Show::Difference | Show::Step | Show::Change | Show::StepChange if is_percent => {
            (ValueKind::Points, leaf.format.clone())
        }
        Show::Change | Show::StepChange => (ValueKind::Change, leaf.format.clone()),
        Show::Ratio | Show::ShareOfTotal | Show::ShareOfRow | Show::ShareOfColumn | Show::ShareOfGroup => {
            (ValueKind::Number, share())
        }
        Show::Value
        | Show::Previous
        | Show::RunningTotal
        | Show::Computed(_)
        | Show::Difference
        | Show::Step => (ValueKind::Number, leaf.format.clone()),
        Show::Rank => (ValueKind::Rank, crate::format::NumberFormat::default()),
        Show::Sparkline(_) => (ValueKind::Sparkline, leaf.format.clone()),
    };
    let (name, title) = (leaf.name.clone(), leaf.title.clone());
    GridValue { name, title, format, kind, emphasis: leaf.emphasis, looks: Looks::default() }
}

/// The rows in their order, cut at the limit, and how many there were.
fn row_entries(shape: &Shape, index: &Index) -> (Vec<Entry>, usize) {
    let paths = index.paths((shape.rows.len(), 0));
    let total = shape.totals.row && !shape.rows.is_empty();
    if shape.flat && shape.order.is_empty() {
        let kept = &paths[..shape.limit.unwrap_or(paths.len()).min(paths.len())];
        return (axis::as_they_are(kept, total, shape.place), paths.len());
    }
    let compare = |path: &[u32], a: u32, b: u32| {
        for order in &shape.order {
            let ordering = match &order.by {
                OrderBy::Level(level) if *level == path.len() => axis::natural(&index.axes.rows, path, a, b),
                OrderBy::Level(_) => continue,
                OrderBy::Measure(measure) => {
                    let value = |member: u32| {
                        let row = [path, &[member]].concat();
                        index.value(0, At { row: &row, column: &[] }, measure).as_f64()
                    };
                    match (value(a), value(b)) {
                        (Some(a), Some(b)) => a.total_cmp(&b),
                        // Missing numbers come last, whichever way the others are ordered.
                        (Some(_), None) => return std::cmp::Ordering::Less,
                        (None, Some(_)) => return std::cmp::Ordering::Greater,
                        (None, None) => std::cmp::Ordering::Equal,
                    }
                }
            };
            let ordering = if order.descending { ordering.reverse() } else { ordering };
            if ordering.is_ne() {
                return ordering;
            }
        }
        axis::natural(&index.axes.rows, path, a, b)
    };
    let mut entries = axis::entries(&paths, &shape.rows, total, shape.place, &compare);
    let count = if shape.rows.is_empty() { entries.len() } else { paths.len() };
    if let Some(limit) = shape.limit {
        cut(&mut entries, limit);
    }
    (entries, count)
}

/// Keeps the first `limit` entries of members, and the subtotals of groups that still have some.
fn cut(entries: &mut Vec<Entry>, limit: usize) {
    let mut left = limit;
    let mut kept_groups: HashSet<Box<[u32]>> = HashSet::new();
    let mut is_kept = Vec::with_capacity(entries.len());
    for entry in entries.iter() {
        let keep = entry.part != Part::Body || left > 0;
        if entry.part == Part::Body && keep {
            left -= 1;
            for depth in 1..entry.path.len() {
                kept_groups.insert(entry.path.get(..depth).unwrap_or_default().into());
            }
        }
        is_kept.push(keep);
    }
    let mut keep = is_kept.into_iter();
    entries.retain(|entry| {
        let keep = keep.next().unwrap_or(true);
        keep && (!matches!(entry.part, Part::Subtotal(_)) || kept_groups.contains(&entry.path))
    });
}

fn column_entries(shape: &Shape, index: &Index) -> Vec<Entry> {
    let paths = if shape.columns.is_empty() { Vec::new() } else { index.paths((0, shape.columns.len())) };
    let compare = |path: &[u32], a: u32, b: u32| axis::natural(&index.axes.columns, path, a, b);
    axis::entries(&paths, &shape.columns, shape.totals.column, shape.place, &compare)
}
