//! What a pivot is to look like.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::style::Style;
use crate::format::{Grain, Locale, NumberFormat};
use crate::table::{Paging, Value};

/// A dimension that groups rows or columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// The field's name in the dataset.
    pub name: String,
    /// Its title in the reader's language.
    pub title: String,
    /// The time bucket, for a time dimension.
    pub grain: Option<Grain>,
    /// Whether each of its members is followed (or led) by a subtotal; of no effect on the innermost
    /// level.
    pub subtotal: bool,
    /// What members are called in the reader's language, where that differs.
    pub labels: HashMap<String, String>,
}

impl Level {
    /// The member as it is shown.
    pub(super) fn shown(&self, member: &Value) -> Value {
        match member {
            Value::Text(text) => match self.labels.get(&**text) {
                Some(label) => Value::Text(Arc::from(label.as_str())),
                None => member.clone(),
            },
            _ => member.clone(),
        }
    }
}

/// Where subtotals and totals stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Below or right of what they are of.
    #[default]
    After,
    /// Above or left of it.
    Before,
}

/// Which grand totals there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// A row over all row members.
    pub row: bool,
    /// A column over all column members.
    pub column: bool,
}

/// What a name in a condition or computation stands for, in one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand<'v> {
    /// A number.
    Number(f64),
    /// The text of a member.
    Text(&'v str),
    /// No value, or no such name.
    Missing,
}

/// Gives the operand of a name: a measure (`revenue`), what is derived from it (`revenue.previous`,
/// `revenue.difference`, `revenue.change`), `value` for the shown number, or a row dimension.
pub type Names<'n> = dyn Fn(&str, &mut dyn FnMut(Operand<'_>)) + 'n;

/// A computation over the names of one cell; `None` where it has no value.
pub type Formula = Arc<dyn Fn(&Names<'_>) -> Option<f64> + Send + Sync>;

/// The address a row leads to, from the member of each row dimension by its name; no member for those a
/// subtotal or total stands for.
pub type Link = Arc<dyn Fn(&dyn Fn(&str) -> Option<Value>) -> Option<String> + Send + Sync>;

/// A condition over the names of one cell; `None` where it cannot be told.
pub type Test = Arc<dyn Fn(&Names<'_>) -> Option<bool> + Send + Sync>;

/// What is shown of a measure.
#[derive(Clone)]
pub enum Show {
    /// Itself.
    Value,
    /// Its value in the comparison period.
    Previous,
    /// Its difference to the comparison period.
    Difference,
    /// Its change from the comparison period: in proportion, or in points for percentages.
    Change,
    /// Its proportion to the comparison period: 1.12 for 12 % more.
    Ratio,
    /// Its share of the grand total.
    ShareOfTotal,
    /// Its share of the row's total.
    ShareOfRow,
    /// Its share of the column's total.
    ShareOfColumn,
    /// Its share of the subtotal of the group of rows it is in.
    ShareOfGroup,
    /// The sum from the first column of its group of columns (without columns: from the first row of
    /// its group of rows) to here. Only for measures that add up.
    RunningTotal,
    /// Its position among the rows of its group, 1 for the largest; equal numbers share one.
    Rank,
    /// Its difference to the column before, in the same group of columns.
    Step,
    /// Its change from the column before, in the same group of columns.
    StepChange,
    /// The way it went over these time buckets, whose answers have one more level of columns.
    Sparkline(Vec<NaiveDate>),
    /// A computation over the numbers of the cell.
    Computed(Formula),
}

/// One thing that is shown in every cell.
#[derive(Clone)]
pub struct Leaf {
    /// A unique name: `revenue`, `revenue.share_of_total`.
    pub name: String,
    /// Its title in the reader's language.
    pub title: String,
    /// The measure; the name of its column in the answers.
    pub measure: String,
    /// What is shown of it.
    pub show: Show,
    /// How the measure is written.
    pub format: NumberFormat,
    /// Which set of answers has it.
    pub set: usize,
    /// How its cells look.
    pub style: Style,
    /// A result among its parts: bold, with a rule above.
    pub emphasis: bool,
}

/// The heads of leaves: a leaf by its position, or a title that spans several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeafHead {
    /// The leaf at this position of [`Shape::leaves`].
    Leaf(usize),
    /// A title over several.
    Group(String, Vec<LeafHead>),
}

/// What members are ordered by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderBy {
    /// By themselves, on this level of the rows.
    Level(usize),
    /// By the value of this measure in the first set of answers, on every level of the rows.
    Measure(String),
}

/// One key of the order of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: OrderBy,
    /// From large to small.
    pub descending: bool,
}

/// What a pivot is to look like.
#[derive(Clone)]
pub struct Shape {
    /// The dimensions that group rows, outermost first.
    pub rows: Vec<Level>,
    /// The dimensions that group columns, outermost first.
    pub columns: Vec<Level>,
    /// What is shown, in order.
    pub leaves: Vec<Leaf>,
    /// The heads of what is shown.
    pub heads: Vec<LeafHead>,
    /// Whether what is shown stands in rows instead of columns.
    pub values_on_rows: bool,
    /// The grand totals.
    pub totals: Totals,
    /// Where subtotals and totals stand.
    pub place: Place,
    /// The order of rows; what it leaves open is ordered by the members themselves.
    pub order: Vec<Order>,
    /// Rows stand in the order of the answer, not grouped by it.
    pub flat: bool,
    /// At most this many rows of members.
    pub limit: Option<usize>,
    /// Whether row heads that repeat are merged.
    pub merged: bool,
    /// The power of ten that amounts are divided by, with a note that says so.
    pub unit: Option<u8>,
    /// Where rows lead to.
    pub link: Option<Link>,
    /// Where members of the rows lead to, by level; may be shorter than there are levels.
    pub stub_links: Vec<Option<Link>>,
    /// How it is spread over sheets.
    pub paging: Paging,
    /// The reader's language.
    pub locale: Locale,
}

impl Shape {
    /// The pairs of row depth and column depth that answers are needed for: 0 is the total, the number
    /// of levels the body.
    pub fn depths(&self) -> BTreeSet<(usize, usize)> {
        let (rows, columns) = (self.row_depths(), self.column_depths());
        let mut depths: BTreeSet<(usize, usize)> =
            rows.iter().flat_map(|row| columns.iter().map(|column| (*row, *column))).collect();
        // The members of each axis and their order come from the answers without the other axis.
        depths.extend([(self.rows.len(), 0), (0, self.columns.len())]);
        if self.order.iter().any(|order| matches!(order.by, OrderBy::Measure(_))) {
            depths.extend((1..=self.rows.len()).map(|row| (row, 0)));
        }
        for leaf in &self.leaves {
            match leaf.show {
                Show::ShareOfTotal => depths.extend([(0, 0)]),
                Show::ShareOfRow => depths.extend(rows.iter().map(|row| (*row, 0))),
                Show::ShareOfColumn => depths.extend(columns.iter().map(|column| (0, *column))),
                Show::ShareOfGroup => {
                    let parents = rows.iter().map(|row| row.saturating_sub(1));
                    depths.extend(parents.flat_map(|row| columns.iter().map(move |column| (row, *column))));
                }
                _ => {}
            }
        }
        depths
    }

    /// The depths of rows that are shown.
    pub(super) fn row_depths(&self) -> BTreeSet<usize> {
        depths(&self.rows, self.totals.row)
    }

    /// The depths of columns that are shown.
    pub(super) fn column_depths(&self) -> BTreeSet<usize> {
        depths(&self.columns, self.totals.column && !self.columns.is_empty())
    }
}

fn depths(levels: &[Level], total: bool) -> BTreeSet<usize> {
    let inner = levels.len().saturating_sub(1);
    let subtotals = levels.iter().take(inner).enumerate().filter(|(_, level)| level.subtotal);
    let mut depths: BTreeSet<usize> = subtotals.map(|(position, _)| position + 1).collect();
    depths.insert(levels.len());
    if total {
        depths.insert(0);
    }
    depths
}
