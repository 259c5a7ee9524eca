//! The steps of waterfalls and the stages of funnels.

use std::sync::Arc;

use crate::charts::Waterfall;
use crate::definitions::model::{ChartPanel, FieldName};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::runs::evaluate::words;
use crate::table::{Column, Role, Table, Value};

/// Which steps of a waterfall are levels. `rows` still hold the members as the data name them.
pub(super) fn of(panel: &ChartPanel, rows: &Table) -> Waterfall {
    let totals = panel.totals.as_slice();
    let is_total = |name: &str| totals.iter().any(|total| total == name);
    let totals = match &panel.x {
        None => {
            let measures = panel.y.as_slice().iter().enumerate();
            measures.filter(|(_, name)| is_total(name.as_str())).map(|(step, _)| step).collect()
        }
        Some(x) => {
            let cells = rows.index_of(x.as_str()).and_then(|index| rows.columns.get(index));
            let cells = cells.map_or(&[][..], |column| column.cells.as_slice()).iter().enumerate();
            cells.filter(|(_, cell)| is_total(&written(cell))).map(|(step, _)| step).collect()
        }
    };
    Waterfall { totals, closes: panel.total.unwrap_or(true) }
}

/// A member as an author writes it: text as it is, dates as `2026-01-31`, numbers by their digits.
fn written(cell: &Value) -> String {
    match cell {
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Timestamp(instant) => instant.date().to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        other => other.text(&NumberFormat::default(), None, NumberStyle::Full, Locale::En),
    }
}

/// One row per measure of `y` instead of one column: its title and its number, negative where it is
/// taken away. The numbers are written as those of the first measure.
pub(super) fn from_measures(panel: &ChartPanel, table: &Table, locale: Locale) -> Table {
    let columns: Vec<(&FieldName, &Column)> = panel
        .y
        .as_slice()
        .iter()
        .filter_map(|name| Some((name, table.columns.get(table.index_of(name.as_str())?)?)))
        .collect();
    let subtracted = |name: &FieldName| panel.subtract.as_slice().contains(name);
    let names = columns.iter().map(|(_, column)| Value::Text(Arc::from(column.title.as_str()))).collect();
    let numbers = columns
        .iter()
        .map(|(name, column)| {
            let number = column.cells.first().cloned().unwrap_or_default();
            if subtracted(name) { negated(number) } else { number }
        })
        .collect();
    let format = columns.first().map(|(_, column)| column.format.clone()).unwrap_or_default();
    let title = columns.first().map_or_else(String::new, |(_, column)| column.title.clone());
    let column = |name: &str, title: &str, role, format, cells| Column {
        name: name.to_owned(),
        title: title.to_owned(),
        role,
        grain: None,
        format,
        cells,
    };
    Table {
        columns: vec![
            column("measure", words::item(locale), Role::Dimension, NumberFormat::default(), names),
            column("value", &title, Role::Measure, format, numbers),
        ],
        totals: None,
        rows_before_limit: columns.len(),
    }
}

fn negated(value: Value) -> Value {
    match value {
        Value::Int(number) => number.checked_neg().map_or(Value::Float(-(number as f64)), Value::Int),
        Value::Float(number) => Value::Float(-number),
        Value::Decimal { unscaled, scale } => Value::Decimal { unscaled: unscaled.saturating_neg(), scale },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_is_negative_and_exact() {
        assert_eq!(negated(Value::Int(5)), Value::Int(-5));
        assert_eq!(
            negated(Value::Decimal { unscaled: 1_234, scale: 2 }),
            Value::Decimal { unscaled: -1_234, scale: 2 }
        );
        assert_eq!(negated(Value::Null), Value::Null);
    }
}
