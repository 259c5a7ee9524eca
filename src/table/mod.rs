//! The business table: what a query answers, free of engine types.
//!
//! Takes Arrow batches (`from_arrow`), gives typed columns with titles, roles and formats that
//! charts, tables, mails and exports read. Refuses nothing: NULL, NaN and infinities are kept and
//! written as "–" by those who show them.

mod change;
mod from_arrow;
mod grid;
pub mod pivot;
mod text;
mod value;

pub use change::Change;
pub use from_arrow::cells;
pub use grid::{
    Bar, Bars, Compared, Grid, GridColumn, GridRow, GridValue, HeadCell, HeadNode, Icon, Icons, Label,
    LabelText, Looks, Mark, Paging, Part, Stops, StubCell, StubColumn, Tint, Unit, ValueKind, Wide,
    head_rows,
};
pub use text::{others, subtotal, total};
pub use value::{Value, decimal_digits};

use crate::format::{Grain, NumberFormat};

/// What a column is in the question that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Role {
    /// A grouping column.
    Dimension,
    /// An aggregated number of the asked period.
    Measure,
    /// The same measure over the comparison period; its column directly follows the measure's.
    Previous,
}

/// One column: what it is called, what it means, how it is written, and its cells.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Column {
    /// The field's name in the dataset, or `<name>.previous` for a comparison.
    pub name: String,
    /// The title in the viewer's locale.
    pub title: String,
    /// What the column is in the question.
    pub role: Role,
    /// The time bucket, for a time dimension.
    pub grain: Option<Grain>,
    /// How its numbers are written.
    pub format: NumberFormat,
    /// The cells, one per row.
    pub cells: Vec<Value>,
}

/// A finished answer. All columns have the same number of cells.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Table {
    /// Dimensions first, then measures (each followed by its comparison, if any).
    pub columns: Vec<Column>,
    /// The grand total over all rows of the question, computed by the engine and never by adding
    /// up cells: one value per column, `Null` under dimensions. Absent if not asked for.
    pub totals: Option<Vec<Value>>,
    /// How many rows there were before a limit cut them; equal to the number of rows otherwise.
    pub rows_before_limit: usize,
}

impl Table {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The position of the column called `name`.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The cell at `row` of column `column`; `Null` outside the table.
    pub fn cell(&self, row: usize, column: usize) -> &Value {
        self.columns.get(column).and_then(|column| column.cells.get(row)).unwrap_or(&Value::Null)
    }
}
