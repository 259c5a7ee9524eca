//! A business table as the rows and cells of an HTML table.

use super::words::{Words, fill};
use crate::format::{Locale, NegativeStyle, NumberStyle, write_change};
use crate::table::{Column, Role, Table, Value};

/// A table ready to be written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct TableView {
    /// The heads of its columns.
    pub(super) heads: Vec<Head>,
    /// Its rows.
    pub(super) rows: Vec<Vec<Cell>>,
    /// The grand total, if there is one.
    pub(super) totals: Option<Vec<Cell>>,
    /// How many rows there were before any cut.
    pub(super) of: usize,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Head {
    /// Its text.
    pub(super) text: String,
    /// Whether numbers stand below it.
    pub(super) number: bool,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// Its text.
    pub(super) text: String,
    /// The class that says how it looks.
    pub(super) class: &'static str,
}

/// A column of the page: one of the table's, or the change from its comparison.
enum Shown<'a> {
    Plain(usize, &'a Column),
    Change { now: usize, before: usize },
}

impl TableView {
    /// The first `limit` rows of `table`. A comparison column becomes the change against it.
    pub(super) fn new(table: &Table, locale: Locale, change: &str, limit: usize) -> Self {
        let shown: Vec<Shown<'_>> = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| match column.role {
                Role::Previous if index > 0 => Shown::Change { now: index - 1, before: index },
                _ => Shown::Plain(index, column),
            })
            .collect();
        let heads = shown.iter().map(|column| column.head(change)).collect();
        let rows = (0..table.len().min(limit))
            .map(|row| {
                shown.iter().map(|column| column.cell(|index| table.cell(row, index), locale)).collect()
            })
            .collect();
        let totals = table.totals.as_ref().map(|totals| {
            let value = |index: usize| totals.get(index).unwrap_or(&Value::Null);
            shown.iter().map(|column| column.total(value, locale)).collect()
        });
        Self { heads, rows, totals, of: table.rows_before_limit.max(table.len()) }
    }

    /// Whether rows are missing.
    pub(super) fn is_cut(&self) -> bool {
        self.rows.len() < self.of
    }

    /// What stands below a table with missing rows.
    pub(super) fn cut_text(&self, words: &Words) -> String {
        let (shown, of) = (self.rows.len().to_string(), self.of.to_string());
        fill(words.first_rows, &[("n", &shown), ("of", &of)])
    }
}

impl Shown<'_> {
    fn head(&self, change: &str) -> Head {
        match self {
            Self::Plain(_, column) => Head { text: column.title.clone(), number: is_number(column) },
            Self::Change { .. } => Head { text: change.to_owned(), number: true },
        }
    }

    fn cell<'v>(&self, value: impl Fn(usize) -> &'v Value, locale: Locale) -> Cell {
        match self {
            Self::Plain(index, column) => {
                let value = value(*index);
                let text = column.text(value, NumberStyle::Full, locale);
                let negative = is_number(column) && value.as_f64().is_some_and(|number| number < 0.0);
                let class = match (is_number(column), negative) {
                    (true, true) => "number negative",
                    (true, false) => "number",
                    (false, _) => "",
                };
                Cell { text, class }
            }
            Self::Change { now, before } => change_cell(value(*now), value(*before)),
        }
    }

    fn total<'v>(&self, value: impl Fn(usize) -> &'v Value, locale: Locale) -> Cell {
        match self {
            Self::Plain(_, column) if !is_number(column) => Cell { text: String::new(), class: "" },
            _ => self.cell(value, locale),
        }
    }
}

/// Rising numbers are not always good news and a table does not know, so changes have arrows but no
/// colours of good and bad.
fn change_cell(now: &Value, before: &Value) -> Cell {
    let change = now.as_f64().zip(before.as_f64()).filter(|(_, before)| *before != 0.0);
    match change.map(|(now, before)| (now - before) / before.abs()) {
        Some(ratio) => {
            let class = if ratio.abs() < 0.000_5 {
                "number change"
            } else if ratio > 0.0 {
                "number change up"
            } else {
                "number change down"
            };
            Cell { text: write_change(ratio, NegativeStyle::Minus), class }
        }
        None => Cell { text: "–".to_owned(), class: "number change" },
    }
}

fn is_number(column: &Column) -> bool {
    column.role != Role::Dimension
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::NumberFormat;

    fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
        let title = name.to_owned();
        Column { name: title.clone(), title, role, grain: None, format: NumberFormat::default(), cells }
    }

    #[test]
    fn a_comparison_becomes_a_change_and_rows_beyond_the_limit_are_told() {
        let table = Table {
            columns: vec![
                column("store", Role::Dimension, vec![Value::Text("A".into()), Value::Text("B".into())]),
                column("revenue", Role::Measure, vec![Value::Int(110), Value::Int(5)]),
                column("revenue.previous", Role::Previous, vec![Value::Int(100), Value::Int(0)]),
            ],
            totals: Some(vec![Value::Null, Value::Int(115), Value::Int(100)]),
            rows_before_limit: 9,
        };
        let view = TableView::new(&table, Locale::En, "Change", 1);
        assert_eq!(
            view.heads.iter().map(|head| head.text.as_str()).collect::<Vec<_>>(),
            ["store", "revenue", "Change"]
        );
        assert_eq!(view.rows.len(), 1);
        assert_eq!(view.rows[0][2], Cell { text: "+10.0%".into(), class: "number change up" });
        assert_eq!(view.totals.as_ref().unwrap()[0].text, "");
        assert_eq!(view.totals.as_ref().unwrap()[2].text, "+15.0%");
        assert!(view.is_cut() && view.of == 9);
        assert_eq!(TableView::new(&table, Locale::En, "Change", 9).rows[1][2].text, "–");
    }
}
