//! A grid as a business table again: row heads and numbers side by side, for programs.

use super::{Compared, Grid, Part};
use crate::format::{Locale, NumberFormat};
use crate::table::{Column, Role, Table, Value};

impl Grid {
    /// The cells of the row heads; where measures stand in rows, their names stand in the place of members.
    pub fn head_cells(&self, locale: Locale) -> Vec<Vec<Value>> {
        let mut heads: Vec<Vec<Value>> = self.stub.iter().map(|column| column.cells.clone()).collect();
        for row in 0..self.len() {
            if let Some((from, text)) = self.label_text(row, locale)
                && let Some(cell) = heads.get_mut(from).and_then(|cells| cells.get_mut(row))
            {
                *cell = Value::Text(text.into());
            }
        }
        heads
    }

    /// Members in both directions, without subtotals; the grand total is the table's. Row heads repeat in every
    /// row, amounts are not divided by the unit, and changes stand behind the numbers they are from.
    pub fn flat(&self, locale: Locale) -> Table {
        let body: Vec<usize> = (0..self.len()).filter(|row| self.part(*row) == Part::Body).collect();
        let total = (0..self.len()).find(|row| self.part(*row) == Part::Total);
        let pick = |cells: &[Value]| -> Vec<Value> {
            body.iter().map(|row| cells.get(*row).cloned().unwrap_or_default()).collect()
        };
        let (mut columns, mut totals) = (Vec::new(), Vec::new());
        for (stub, cells) in self.stub.iter().zip(self.head_cells(locale)) {
            totals.push(Value::Null);
            columns.push(Column {
                name: stub.name.clone(),
                title: stub.title.clone(),
                role: Role::Dimension,
                grain: stub.grain,
                format: NumberFormat::default(),
                cells: pick(&cells),
            });
        }
        let mut add = |name: &str, title: &str, role, format: &NumberFormat, cells: &[Value]| {
            totals.push(total.and_then(|row| cells.get(row)).cloned().unwrap_or_default());
            columns.push(Column {
                name: name.to_owned(),
                title: title.to_owned(),
                role,
                grain: None,
                format: format.clone(),
                cells: pick(cells),
            });
        };
        for column in self.columns.iter().filter(|column| column.part == Part::Body) {
            let format = self.values.get(column.value).map(|value| value.format.clone()).unwrap_or_default();
            if let Some(Compared { name, title, cells }) = &column.compared {
                add(name, title, Role::Previous, &format, cells);
            }
            add(&column.name, &column.title, Role::Measure, &format, &column.cells);
        }
        let rows_before_limit = self.rows_before_limit.max(body.len());
        Table { columns, totals: total.map(|_| totals), rows_before_limit }
    }

    fn part(&self, row: usize) -> Part {
        self.rows.get(row).map(|row| row.part).unwrap_or_default()
    }
}
