//! The answers a pivot is made from, found by the path of members that a cell stands for.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::members::Axes;
use super::shape::{Shape, Show};
use crate::table::{Change, Column, Role, Table, Value};

/// Tables by row depth and column depth. Each begins with the members of the outermost rows and
/// columns of its depths, in this order; measures follow, each with its comparison, if any.
#[derive(Debug, Clone, Default)]
pub struct Set {
    /// The answers.
    pub tables: BTreeMap<(usize, usize), Arc<Table>>,
}

/// All answers. Sets differ in the period they are about or compared with.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// The sets, as [`super::Leaf::set`] counts them.
    pub sets: Vec<Set>,
}

/// One answer with its rows by path.
struct Found {
    table: Arc<Table>,
    rows: HashMap<Box<[u32]>, usize>,
}

/// All answers with their rows by path.
pub(super) struct Index {
    pub(super) axes: Axes,
    sets: Vec<BTreeMap<(usize, usize), Found>>,
    /// For sets with one more level of columns, the number of every bucket.
    points: Vec<Points>,
}

/// The rows of each path by the bucket they are about.
type Points = HashMap<Box<[u32]>, Vec<(NaiveDate, usize)>>;

/// A cell's place: the members of its rows and columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'p> {
    pub(super) row: &'p [u32],
    pub(super) column: &'p [u32],
}

impl Index {
    pub(super) fn new(shape: &Shape, answers: &Answers) -> Self {
        let mut axes = Axes::new(shape.rows.len(), shape.columns.len());
        let drawn: Vec<usize> = shape
            .leaves
            .iter()
            .filter(|leaf| matches!(leaf.show, Show::Sparkline(_)))
            .map(|leaf| leaf.set)
            .collect();
        let mut sets = Vec::with_capacity(answers.sets.len());
        let mut points = Vec::with_capacity(answers.sets.len());
        for (position, set) in answers.sets.iter().enumerate() {
            let mut found = BTreeMap::new();
            let mut buckets = HashMap::new();
            for (&(rows, columns), table) in &set.tables {
                let is_drawn = drawn.contains(&position);
                let mut by_path = HashMap::with_capacity(table.len());
                for row in 0..table.len() {
                    let path = path(&mut axes, table, row, rows, columns);
                    if is_drawn {
                        if let Some(day) = table.cell(row, rows + columns).as_date() {
                            // A set with time buckets is asked at every depth; the depths keep apart.
                            let key = keyed(rows, &path);
                            buckets.entry(key).or_insert_with(Vec::new).push((day, row));
                        }
                    } else {
                        by_path.insert(path, row);
                    }
                }
                found.insert((rows, columns), Found { table: Arc::clone(table), rows: by_path });
            }
            sets.push(found);
            points.push(buckets);
        }
        Self { axes, sets, points }
    }

    /// The paths of rows (`by_rows`) or columns that any set has at full depth, in the order of the
    /// answers, each once.
    pub(super) fn paths(&self, depths: (usize, usize)) -> Vec<Box<[u32]>> {
        let mut seen = HashSet::new();
        let mut paths: Vec<Box<[u32]>> = Vec::new();
        for found in self.sets.iter().filter_map(|set| set.get(&depths)) {
            let mut own: Vec<(&Box<[u32]>, usize)> =
                found.rows.iter().map(|(path, row)| (path, *row)).collect();
            own.sort_unstable_by_key(|(_, row)| *row);
            for (path, _) in own {
                if seen.insert(path.clone()) {
                    paths.push(path.clone());
                }
            }
        }
        paths
    }

    /// The value of column `name` at a place; no value where the answers have none.
    pub(super) fn value(&self, set: usize, at: At<'_>, name: &str) -> &Value {
        let found = self.sets.get(set).and_then(|set| set.get(&(at.row.len(), at.column.len())));
        let Some(found) = found else { return &Value::Null };
        let path: Box<[u32]> = [at.row, at.column].concat().into();
        let row = found.rows.get(&path);
        let column = found.table.index_of(name);
        match (row, column) {
            (Some(row), Some(column)) => found.table.cell(*row, column),
            _ => &Value::Null,
        }
    }

    /// The value of the comparison period.
    pub(super) fn previous(&self, set: usize, at: At<'_>, measure: &str) -> &Value {
        self.value(set, at, &format!("{measure}.previous"))
    }

    /// The change from the comparison period.
    pub(super) fn change(&self, set: usize, at: At<'_>, measure: &str) -> Option<Change> {
        let format = &self.column(set, measure)?.format;
        Change::between(self.value(set, at, measure), self.previous(set, at, measure), format)
    }

    /// The column of a measure in whichever answer of the set has it.
    pub(super) fn column(&self, set: usize, measure: &str) -> Option<&Column> {
        let tables = self.sets.get(set)?.values().map(|found| &found.table);
        tables.into_iter().find_map(|table| {
            table.columns.iter().find(|column| column.name == measure && column.role == Role::Measure)
        })
    }

    /// The points of a sparkline, one per bucket.
    pub(super) fn points(
        &self,
        set: usize,
        at: At<'_>,
        measure: &str,
        buckets: &[NaiveDate],
    ) -> Vec<Option<f64>> {
        let depths = (at.row.len(), at.column.len());
        let found = self.sets.get(set).and_then(|set| set.get(&depths));
        let path: Box<[u32]> = [at.row, at.column].concat().into();
        let rows = self.points.get(set).and_then(|points| points.get(&keyed(at.row.len(), &path)));
        let (Some(found), Some(rows)) = (found, rows) else { return Vec::new() };
        let Some(column) = found.table.index_of(measure) else { return Vec::new() };
        let known: HashMap<NaiveDate, usize> = rows.iter().copied().collect();
        let point = |day: &NaiveDate| found.table.cell(*known.get(day)?, column).as_f64();
        buckets.iter().map(point).collect()
    }
}

/// A path with the number of its row members before it, so that paths of several depths can stand
/// in one map.
fn keyed(rows: usize, path: &[u32]) -> Box<[u32]> {
    std::iter::once(rows as u32).chain(path.iter().copied()).collect()
}

fn path(axes: &mut Axes, table: &Table, row: usize, rows: usize, columns: usize) -> Box<[u32]> {
    let levels = axes.rows.iter_mut().take(rows).chain(axes.columns.iter_mut().take(columns));
    levels.enumerate().map(|(position, members)| members.number(table.cell(row, position))).collect()
}
