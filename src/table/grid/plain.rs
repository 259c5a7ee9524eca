//! A business table as a grid: one row of heads, no groups.

use super::{
    Compared, Grid, GridColumn, GridRow, GridValue, HeadNode, Label, LabelText, Part, StubColumn, ValueKind,
    head_rows,
};
use crate::table::{Change, Column, Role, Table, Value};

impl Grid {
    /// The grid of `table`: dimensions are row heads, a comparison is shown as the change against it
    /// under the head `change`, totals are the last row.
    pub fn of_table(table: Table, change: &str) -> Self {
        let rows = table.len();
        let rows_before_limit = table.rows_before_limit.max(rows);
        let totals = table.totals;
        let total = |position: usize| totals.as_ref().and_then(|totals| totals.get(position)).cloned();
        let mut grid = Self { rows_before_limit, ..Self::default() };
        let mut now: Option<(usize, Column)> = None;
        let mut columns = table.columns.into_iter().enumerate().peekable();
        while let Some((position, mut column)) = columns.next() {
            match (column.role, &now) {
                (Role::Dimension, _) => {
                    column.cells.extend(totals.as_ref().map(|_| Value::Null));
                    let Column { name, title, grain, cells, .. } = column;
                    grid.stub.push(StubColumn { name, title, grain, cells, links: Vec::new() });
                }
                (Role::Previous, Some((before, measure))) => {
                    let pairs = measure.cells.iter().zip(&column.cells);
                    let mut cells: Vec<Value> =
                        pairs.map(|(now, before)| change_cell(now, before, &column)).collect();
                    if let (Some(now), Some(before)) = (total(*before), total(position)) {
                        cells.push(change_cell(&now, &before, &column));
                    }
                    let kind = if column.format.percent { ValueKind::Points } else { ValueKind::Change };
                    let name = format!("{}.change", measure.name);
                    column.cells.extend(total(position));
                    let Column { name: compared, title, format, cells: before, .. } = column;
                    grid.push(name, change.to_owned(), format, kind, cells);
                    if let Some(pushed) = grid.columns.last_mut() {
                        pushed.compared = Some(Compared { name: compared, title, cells: before });
                    }
                }
                _ => {
                    let is_compared = columns.peek().is_some_and(|(_, next)| next.role == Role::Previous);
                    now = is_compared.then(|| (position, column.clone()));
                    column.cells.extend(total(position));
                    grid.push(column.name, column.title, column.format, ValueKind::Number, column.cells);
                }
            }
        }
        let heads: Vec<HeadNode> =
            grid.columns.iter().map(|column| HeadNode::Column(column.title.clone())).collect();
        grid.head = head_rows(&heads);
        let opens = grid.stub.len();
        grid.rows = vec![GridRow { opens: 0, ..GridRow::default() }; rows];
        if totals.is_some() {
            let label = (opens > 0).then_some(Label { from: 0, text: LabelText::Total });
            grid.rows.push(GridRow { part: Part::Total, opens: 0, label, ..GridRow::default() });
        }
        grid
    }

    fn push(
        &mut self,
        name: String,
        title: String,
        format: crate::format::NumberFormat,
        kind: ValueKind,
        cells: Vec<Value>,
    ) {
        let value = self.values.len();
        self.values.push(GridValue {
            name: name.clone(),
            title: title.clone(),
            format,
            kind,
            emphasis: false,
            looks: crate::table::Looks::default(),
        });
        self.columns.push(GridColumn { name, title, value, cells, ..GridColumn::default() });
    }
}

fn change_cell(now: &Value, before: &Value, column: &Column) -> Value {
    let change = Change::between(now, before, &column.format);
    change.map_or(Value::Null, |change| Value::Float(change.size()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Locale, NumberFormat, NumberStyle};

    fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
        let title = name.to_owned();
        Column { name: title.clone(), title, role, grain: None, format: NumberFormat::default(), cells }
    }

    #[test]
    fn comparisons_become_changes_and_totals_the_last_row() {
        let table = Table {
            columns: vec![
                column("store", Role::Dimension, vec![Value::Text("A".into()), Value::Text("B".into())]),
                column("revenue", Role::Measure, vec![Value::Int(110), Value::Int(5)]),
                column("revenue.previous", Role::Previous, vec![Value::Int(100), Value::Int(0)]),
            ],
            totals: Some(vec![Value::Null, Value::Int(115), Value::Int(100)]),
            rows_before_limit: 9,
        };
        let grid = Grid::of_table(table, "Change");
        assert_eq!(
            grid.head[0].iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(),
            ["revenue", "Change"]
        );
        let text = |row, column| grid.text(row, column, NumberStyle::Full, Locale::En);
        assert_eq!([text(0, 1), text(1, 1), text(2, 1)], ["+10.0%", "–", "+15.0%"]);
        assert_eq!(text(2, 0), "115");
        assert_eq!(grid.label_text(2, Locale::En), Some((0, "Total".into())));
        assert!(grid.is_cut() && grid.body_rows() == 2);
    }

    #[test]
    fn percentages_change_by_points() {
        let percent = NumberFormat { percent: true, ..NumberFormat::default() };
        let with = |name: &str, role, number| Column {
            format: percent.clone(),
            ..column(name, role, vec![Value::Float(number)])
        };
        let columns = vec![with("rate", Role::Measure, 0.552), with("rate.previous", Role::Previous, 0.545)];
        let grid = Grid::of_table(Table { columns, totals: None, rows_before_limit: 1 }, "증감");
        assert_eq!(grid.text(0, 1, NumberStyle::Full, Locale::Ko), "+0.7%p");
    }
}
