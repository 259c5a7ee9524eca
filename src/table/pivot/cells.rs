//! The number of each cell.

use std::collections::HashMap;

use super::answers::{At, Index};
use super::axis::Entry;
use super::shape::{Leaf, Names, Operand, Shape, Show};
use crate::format::{NumberFormat, NumberStyle};
use crate::table::{Change, Part, Value};

/// What cells are computed from.
pub(super) struct Cells<'a> {
    pub(super) shape: &'a Shape,
    pub(super) index: &'a Index,
    pub(super) rows: &'a [Entry],
    pub(super) columns: &'a [Entry],
    /// For every column entry, those before it in its group.
    pub(super) before: Vec<Vec<usize>>,
}

impl Cells<'_> {
    /// The cells of `leaf` in column entry `column`, one per row entry.
    pub(super) fn column(&self, leaf: &Leaf, column: usize) -> Vec<Value> {
        match &leaf.show {
            Show::Rank => self.ranks(leaf, column),
            Show::RunningTotal if self.shape.columns.is_empty() => self.running_rows(leaf, column),
            _ => self.rows.iter().map(|row| self.cell(leaf, row, column)).collect(),
        }
    }

    /// The points of the sparklines of `leaf` in column entry `column`, one list per row entry.
    pub(super) fn sparklines(&self, leaf: &Leaf, column: usize) -> Vec<Vec<Option<f64>>> {
        let (Show::Sparkline(buckets), Some(column)) = (&leaf.show, self.columns.get(column)) else {
            return Vec::new();
        };
        let points = |row: &Entry| {
            self.index.points(leaf.set, At { row: &row.path, column: &column.path }, &leaf.measure, buckets)
        };
        self.rows.iter().map(points).collect()
    }

    fn cell(&self, leaf: &Leaf, row: &Entry, column: usize) -> Value {
        let Some(entry) = self.columns.get(column) else { return Value::Null };
        let at = At { row: &row.path, column: &entry.path };
        let (set, measure) = (leaf.set, leaf.measure.as_str());
        let value = || self.index.value(set, at, measure);
        let share = |of: At<'_>| ratio(value(), self.index.value(set, of, measure));
        match &leaf.show {
            Show::Value => value().clone(),
            Show::Previous => self.index.previous(set, at, measure).clone(),
            Show::Difference => difference(value(), self.index.previous(set, at, measure)),
            Show::Change => size(self.index.change(set, at, measure)),
            Show::Ratio => ratio(value(), self.index.previous(set, at, measure)),
            Show::ShareOfTotal => share(At { row: &[], column: &[] }),
            Show::ShareOfRow => share(At { row: at.row, column: &[] }),
            Show::ShareOfColumn => share(At { row: &[], column: at.column }),
            Show::ShareOfGroup => {
                let parent = at.row.split_last().map_or(&[][..], |(_, parent)| parent);
                share(At { row: parent, column: at.column })
            }
            Show::RunningTotal => self.running_columns(leaf, row, column),
            Show::Step => self.neighbour(column).map_or(Value::Null, |before| {
                difference(value(), self.index.value(set, At { row: at.row, column: before }, measure))
            }),
            Show::StepChange => self.neighbour(column).map_or(Value::Null, |before| {
                let before = self.index.value(set, At { row: at.row, column: before }, measure);
                size(Change::between(value(), before, &leaf.format))
            }),
            Show::Sparkline(buckets) => {
                let points = self.index.points(set, at, measure, buckets);
                points.last().copied().flatten().map_or(Value::Null, Value::Float)
            }
            Show::Computed(formula) => {
                let names = |name: &str, tell: &mut dyn FnMut(Operand<'_>)| {
                    self.name(leaf, row, column, &Value::Null, name, tell);
                };
                let number = formula(&names as &Names<'_>).filter(|number| number.is_finite());
                number.map_or(Value::Null, Value::Float)
            }
            Show::Rank => Value::Null,
        }
    }

    /// Tells what `name` means in a cell that shows `shown`.
    pub(super) fn name(
        &self,
        leaf: &Leaf,
        row: &Entry,
        column: usize,
        shown: &Value,
        name: &str,
        tell: &mut dyn FnMut(Operand<'_>),
    ) {
        let Some(entry) = self.columns.get(column) else { return tell(Operand::Missing) };
        let at = At { row: &row.path, column: &entry.path };
        let number = |value: &Value| value.as_f64().map_or(Operand::Missing, Operand::Number);
        if name == "value" {
            return tell(number(shown));
        }
        if let Some(level) = self.shape.rows.iter().position(|level| level.name == name) {
            let members = self.index.axes.rows.get(level).zip(row.path.get(level));
            let Some((members, member)) = members else { return tell(Operand::Missing) };
            return match members.value(*member) {
                Value::Text(text) => tell(Operand::Text(text)),
                Value::Null => tell(Operand::Missing),
                value if value.as_f64().is_some() => tell(number(value)),
                value => {
                    let format = NumberFormat::default();
                    tell(Operand::Text(&value.text(&format, None, NumberStyle::Full, self.shape.locale)));
                }
            };
        }
        let (measure, derived) = match name.rsplit_once('.') {
            Some((measure, derived @ ("previous" | "difference" | "change"))) => (measure, derived),
            _ => (name, ""),
        };
        let previous = || self.index.previous(leaf.set, at, measure);
        let value = self.index.value(leaf.set, at, measure);
        tell(match derived {
            "previous" => number(previous()),
            "difference" => number(&difference(value, previous())),
            "change" => number(&size(self.index.change(leaf.set, at, measure))),
            _ => number(value),
        });
    }

    fn neighbour(&self, column: usize) -> Option<&[u32]> {
        let nearest = self.before.get(column)?.last()?;
        self.columns.get(*nearest).map(|entry| &*entry.path)
    }

    fn running_columns(&self, leaf: &Leaf, row: &Entry, column: usize) -> Value {
        let Some(entry) = self.columns.get(column).filter(|entry| entry.part != Part::Total) else {
            return Value::Null;
        };
        let mut sum = Value::Null;
        let before =
            self.before.get(column).into_iter().flatten().filter_map(|before| self.columns.get(*before));
        for entry in before.chain([entry]) {
            let at = At { row: &row.path, column: &entry.path };
            sum = added(&sum, self.index.value(leaf.set, at, &leaf.measure));
        }
        sum
    }

    /// Down the rows of each group; subtotals and totals have none.
    fn running_rows(&self, leaf: &Leaf, column: usize) -> Vec<Value> {
        let path = self.columns.get(column).map(|entry| &*entry.path).unwrap_or_default();
        let mut sum = Value::Null;
        let mut group: Option<&[u32]> = None;
        let mut cells = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let parent = row.path.split_last().map(|(_, parent)| parent);
            if row.part != Part::Body {
                cells.push(Value::Null);
                continue;
            }
            if group != parent {
                (sum, group) = (Value::Null, parent);
            }
            sum = added(&sum, self.index.value(leaf.set, At { row: &row.path, column: path }, &leaf.measure));
            cells.push(sum.clone());
        }
        cells
    }

    /// Positions among the rows with the same parent.
    fn ranks(&self, leaf: &Leaf, column: usize) -> Vec<Value> {
        let path = self.columns.get(column).map(|entry| &*entry.path).unwrap_or_default();
        let number = |row: &Entry| {
            self.index.value(leaf.set, At { row: &row.path, column: path }, &leaf.measure).as_f64()
        };
        let group = |row: &Entry| -> Option<(Box<[u32]>, usize)> {
            row.path.split_last().map(|(_, parent)| (parent.into(), row.path.len()))
        };
        let mut groups: HashMap<(Box<[u32]>, usize), Vec<f64>> = HashMap::new();
        let numbers: Vec<Option<f64>> = self.rows.iter().map(number).collect();
        for (row, number) in self.rows.iter().zip(&numbers) {
            if let (Some(group), Some(number)) = (group(row), number) {
                groups.entry(group).or_default().push(*number);
            }
        }
        for numbers in groups.values_mut() {
            numbers.sort_by(|a, b| b.total_cmp(a));
        }
        let rank = |(row, number): (&Entry, &Option<f64>)| {
            let larger = groups.get(&group(row)?)?;
            let number = (*number)?;
            Some(Value::Int(larger.partition_point(|other| *other > number) as i64 + 1))
        };
        self.rows.iter().zip(&numbers).map(|pair| rank(pair).unwrap_or_default()).collect()
    }
}

fn size(change: Option<Change>) -> Value {
    change.map_or(Value::Null, |change| Value::Float(change.size()))
}

fn ratio(part: &Value, whole: &Value) -> Value {
    match (part.as_f64(), whole.as_f64()) {
        (Some(part), Some(whole)) if whole != 0.0 => Value::Float(part / whole),
        _ => Value::Null,
    }
}

/// `a − b`, exact where both are exact.
fn difference(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.checked_sub(*b).map_or(Value::Null, Value::Int),
        (Value::Decimal { unscaled: a, scale }, Value::Decimal { unscaled: b, scale: other })
            if scale == other =>
        {
            a.checked_sub(*b).map_or(Value::Null, |unscaled| Value::Decimal { unscaled, scale: *scale })
        }
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => Value::Float(a - b),
            _ => Value::Null,
        },
    }
}

/// `sum + next`, exact where both are exact; missing values count as nothing.
fn added(sum: &Value, next: &Value) -> Value {
    match (sum, next) {
        (sum, next) if next.as_f64().is_none() => sum.clone(),
        (Value::Null, next) => next.clone(),
        (Value::Int(a), Value::Int(b)) => a.checked_add(*b).map_or(Value::Null, Value::Int),
        (Value::Decimal { unscaled: a, scale }, Value::Decimal { unscaled: b, scale: other })
            if scale == other =>
        {
            a.checked_add(*b).map_or(Value::Null, |unscaled| Value::Decimal { unscaled, scale: *scale })
        }
        _ => match (sum.as_f64(), next.as_f64()) {
            (Some(a), Some(b)) => Value::Float(a + b),
            _ => Value::Null,
        },
    }
}
