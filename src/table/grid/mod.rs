//! The grid: a table as it is laid out for people, with merged heads on both axes.
//!
//! Row heads ("the stub") stand to the left, numbers to the right under one or more rows of heads.
//! Subtotals and totals are rows and columns like others, marked as such; their numbers were queried
//! at their level. Screen, sheet, workbook and CSV are made from the same grid.

mod flat;
mod head;
mod looks;
mod mark;
mod plain;
mod stub;
mod text;
mod unit;

pub use head::{HeadCell, HeadNode, head_rows};
pub use looks::{Bars, Icons, Looks, Stops};
pub use mark::{Bar, Icon, Mark, Tint};
pub use stub::StubCell;
pub use unit::Unit;

use super::Value;
use crate::format::{Grain, NumberFormat};

/// A column of row heads: the members of one grouping.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct StubColumn {
    /// The field's name in the dataset.
    pub name: String,
    /// The title in the viewer's locale.
    pub title: String,
    /// The time bucket, for a time dimension.
    pub grain: Option<Grain>,
    /// The member of every row, also where it repeats the row above; `Null` where a subtotal or
    /// total stands for all members.
    pub cells: Vec<Value>,
    /// Where members lead to: empty, or one address per row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Option<String>>,
}

/// What the numbers of a column (or of a row, where measures stand in rows) are.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct GridValue {
    /// The measure's name, with what is shown of it: `revenue`, `revenue.share_of_total`.
    pub name: String,
    /// The title in the viewer's locale.
    pub title: String,
    /// How its numbers are written.
    pub format: NumberFormat,
    /// What kind of number it is.
    pub kind: ValueKind,
    /// Shown in bold with a rule above, as a result among its parts.
    pub emphasis: bool,
    /// How its cells look by their numbers. Without any, a document has the digest it had before
    /// there were these.
    #[serde(skip_serializing_if = "Looks::is_plain")]
    pub looks: Looks,
}

/// What kind of number stands in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum ValueKind {
    /// A number, or any other value of the table.
    #[default]
    Number,
    /// A relative change: 0.12 is +12 %.
    Change,
    /// A difference of percentages: 0.007 is +0.7 percentage points.
    Points,
    /// A position: 1 is the largest.
    Rank,
    /// The way the number went, drawn; the cell holds its last point.
    Sparkline,
}

/// What a row or column stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub enum Part {
    /// Members of all levels.
    #[default]
    Body,
    /// All members below those of the levels 0 to this one.
    Subtotal(usize),
    /// Everything.
    Total,
}

/// A column of numbers.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct GridColumn {
    /// A unique name: the members of its heads and the value's name.
    pub name: String,
    /// Its heads from top to bottom in one line, for formats with a single row of heads.
    pub title: String,
    /// Which of [`Grid::values`] stands in it; the first where measures stand in rows.
    pub value: usize,
    /// What it stands for.
    pub part: Part,
    /// The cells, one per row.
    pub cells: Vec<Value>,
    /// How cells look beyond their number; empty, or one per row.
    pub marks: Vec<Option<Mark>>,
    /// The points of sparklines; empty, or one list per row.
    pub sparklines: Vec<Vec<Option<f64>>>,
    /// For changes, the numbers they are from, which only files show.
    pub compared: Option<Compared>,
}

/// The numbers that changes are from.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Compared {
    /// The column's name: `revenue.previous`.
    pub name: String,
    /// The title in the viewer's locale.
    pub title: String,
    /// The cells, one per row.
    pub cells: Vec<Value>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct GridRow {
    /// What it stands for.
    pub part: Part,
    /// The outermost column of the stub in which a new group begins with this row; the number of
    /// stub columns if it begins none.
    pub opens: usize,
    /// From this column of the stub on, one text stands in place of members: "Subtotal".
    pub label: Option<Label>,
    /// Which of [`Grid::values`] stands in it, where measures stand in rows.
    pub value: Option<usize>,
    /// Where it leads to on screen: an address within the server.
    pub link: Option<String>,
}

/// A text in place of members.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Label {
    /// The first column of the stub that it covers; it covers all that follow.
    pub from: usize,
    /// What it says.
    pub text: LabelText,
}

/// What a label says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub enum LabelText {
    /// "Subtotal" in the reader's language.
    Subtotal,
    /// "Total" in the reader's language.
    Total,
    /// This, already in the reader's language.
    Text(String),
}

/// What happens to a grid that is wider than the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub enum Wide {
    /// Its columns go on over further sheets, behind repeated row heads.
    #[default]
    Split,
    /// It is drawn smaller, down to half size; then it is split as well.
    Shrink,
}

/// How a grid is spread over sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Paging {
    /// If it is too wide.
    pub wide: Wide,
    /// Every group of this stub column begins a new sheet.
    pub break_before: Option<usize>,
    /// Groups of the outermost stub column are not torn where they fit on one sheet.
    pub keep_groups: bool,
}

/// A table with heads on both axes.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Grid {
    /// The row heads, outermost first.
    pub stub: Vec<StubColumn>,
    /// The numbers.
    pub columns: Vec<GridColumn>,
    /// The heads of the numbers, from top to bottom. Every row covers all columns, counting cells
    /// that reach down from above.
    pub head: Vec<Vec<HeadCell>>,
    /// What stands in the columns (or rows).
    pub values: Vec<GridValue>,
    /// The rows.
    pub rows: Vec<GridRow>,
    /// How many body rows there were before a limit cut them.
    pub rows_before_limit: usize,
    /// Whether a row head that repeats the one above is merged with it.
    pub merged: bool,
    /// The unit that amounts are divided by.
    pub unit: Option<Unit>,
    /// How it is spread over sheets.
    pub paging: Paging,
}

impl Grid {
    /// The number of rows, totals included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no member has a row; totals may still stand.
    pub fn is_empty(&self) -> bool {
        self.body_rows() == 0
    }

    /// The number of rows that stand for members.
    pub fn body_rows(&self) -> usize {
        self.rows.iter().filter(|row| row.part == Part::Body).count()
    }

    /// How many of the body rows are missing.
    pub fn is_cut(&self) -> bool {
        self.rows_before_limit > self.body_rows()
    }

    /// What the number at `row` and `column` is.
    pub fn value_at(&self, row: usize, column: usize) -> Option<&GridValue> {
        let own = self.rows.get(row).and_then(|row| row.value);
        self.values.get(own.or_else(|| self.columns.get(column).map(|column| column.value))?)
    }

    /// The cell at `row` of column `column`; `Null` outside the grid.
    pub fn cell(&self, row: usize, column: usize) -> &Value {
        self.columns.get(column).and_then(|column| column.cells.get(row)).unwrap_or(&Value::Null)
    }

    /// How the cell looks beyond its number.
    pub fn mark(&self, row: usize, column: usize) -> Option<&Mark> {
        self.columns.get(column)?.marks.get(row)?.as_ref()
    }

    /// Whether the cell is that of members in both directions, not a subtotal or total.
    pub fn is_member(&self, row: usize, column: usize) -> bool {
        self.rows.get(row).is_some_and(|row| row.part == Part::Body)
            && self.columns.get(column).is_some_and(|column| column.part == Part::Body)
    }

    /// The points of the sparkline in a cell; empty for none.
    pub fn sparkline(&self, row: usize, column: usize) -> &[Option<f64>] {
        self.columns.get(column).and_then(|column| column.sparklines.get(row)).map_or(&[], Vec::as_slice)
    }

    /// Whether a row stands out: totals, subtotals, and results among their parts.
    pub fn is_emphasised(&self, row: usize) -> bool {
        self.rows.get(row).is_some_and(|row| {
            let result =
                row.value.and_then(|value| self.values.get(value)).is_some_and(|value| value.emphasis);
            row.part != Part::Body || result
        })
    }
}
