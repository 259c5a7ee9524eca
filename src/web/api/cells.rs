//! Rows as typed JSON.
//!
//! Decimals are strings of all their digits, and so are whole numbers that a program which reads numbers as
//! 64-bit floats would change. Dates are ISO 8601; NaN and infinities are no value.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::format::Grain;
use crate::table::{Column, Role, Table, Value, decimal_digits};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ColumnType {
    /// No row has a value.
    Unknown,
    /// Texts.
    Text,
    /// `true` and `false`.
    Boolean,
    /// Whole numbers; beyond ±(2^53 − 1) as strings of their digits.
    Integer,
    /// Floating-point numbers.
    Number,
    /// Exact decimals, as strings of their digits: `"1234.50"`.
    Decimal,
    /// Dates: `"2026-01-31"`; of a time bucket its first day.
    Date,
    /// Local dates with a time: `"2026-01-31T14:03:00"`.
    Timestamp,
}

/// What a column is in its question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ColumnRole {
    /// What rows are grouped by.
    Dimension,
    /// A number.
    Measure,
    /// The number of the comparison period.
    Previous,
}

/// A column.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub(super) struct ColumnOut {
    /// Its name, unique in its table.
    name: String,
    /// What people call it, in the language asked for.
    title: String,
    /// What its cells are.
    r#type: ColumnType,
    /// What it is in the question.
    role: ColumnRole,
    /// The time bucket of its dates.
    grain: Option<Grain>,
}

/// A cell: text, a number, true, false, nothing, or `{"others": true}` for the members that a "top N" left out.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Cell(Json);

impl JsonSchema for Cell {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "What stands in a row, as the type of its column says; null for no value, and \
                {\"others\": true} for the members that a \"top N\" left out, taken together.",
            "anyOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "object", "properties": {"others": {"const": true}}, "required": ["others"],
                 "additionalProperties": false},
            ]
        })
    }
}

/// Rows with their columns.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names are those of the JSON")]
pub(super) struct Rows {
    /// The columns.
    pub(super) columns: Vec<ColumnOut>,
    /// The rows: a cell for each column.
    pub(super) rows: Vec<Vec<Cell>>,
    /// The total over all rows, asked of the data and never added up: a cell for each column. `null` if it was
    /// not asked for.
    pub(super) totals: Option<Vec<Cell>>,
    /// How many rows there were before a limit cut them.
    pub(super) rows_before_limit: usize,
}

impl Rows {
    /// The rows of a table.
    pub(super) fn of(table: &Table) -> Self {
        Self {
            columns: table.columns.iter().map(ColumnOut::of).collect(),
            rows: (0..table.len())
                .map(|row| (0..table.columns.len()).map(|column| cell(table.cell(row, column))).collect())
                .collect(),
            totals: table.totals.as_ref().map(|totals| totals.iter().map(cell).collect()),
            rows_before_limit: table.rows_before_limit.max(table.len()),
        }
    }

    /// One row of numbers.
    pub(super) fn of_one(cells: Vec<(&str, &Value)>) -> Self {
        let columns = cells
            .iter()
            .map(|(name, value)| ColumnOut {
                name: (*name).to_owned(),
                title: String::new(),
                r#type: type_of(std::slice::from_ref(*value)),
                role: if *name == "previous" { ColumnRole::Previous } else { ColumnRole::Measure },
                grain: None,
            })
            .collect();
        let rows = vec![cells.into_iter().map(|(_, value)| cell(value)).collect()];
        Self { columns, rows, totals: None, rows_before_limit: 1 }
    }
}

impl ColumnOut {
    fn of(column: &Column) -> Self {
        Self {
            name: column.name.clone(),
            title: column.title.clone(),
            r#type: type_of(&column.cells),
            role: match column.role {
                Role::Dimension => ColumnRole::Dimension,
                Role::Measure => ColumnRole::Measure,
                Role::Previous => ColumnRole::Previous,
            },
            grain: column.grain,
        }
    }
}

fn type_of(cells: &[Value]) -> ColumnType {
    let told = cells.iter().find_map(|cell| match cell {
        Value::Null | Value::Others => None,
        Value::Bool(_) => Some(ColumnType::Boolean),
        Value::Int(_) => Some(ColumnType::Integer),
        Value::Float(_) => Some(ColumnType::Number),
        Value::Decimal { .. } => Some(ColumnType::Decimal),
        Value::Text(_) => Some(ColumnType::Text),
        Value::Date(_) => Some(ColumnType::Date),
        Value::Timestamp(_) => Some(ColumnType::Timestamp),
    });
    told.unwrap_or(ColumnType::Unknown)
}

/// The largest whole number that every reader of JSON keeps.
const EXACT: u64 = (1 << 53) - 1;

fn cell(value: &Value) -> Cell {
    Cell(match value {
        Value::Null => Json::Null,
        Value::Others => json!({"others": true}),
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) if number.unsigned_abs() <= EXACT => (*number).into(),
        Value::Int(number) => number.to_string().into(),
        // JSON has no NaN and no infinities: they become null.
        Value::Float(number) => (*number).into(),
        Value::Decimal { unscaled, scale } => decimal_digits(*unscaled, *scale).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Date(date) => date.to_string().into(),
        Value::Timestamp(instant) => instant.format("%Y-%m-%dT%H:%M:%S%.f").to_string().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reader_of_json_changes_a_number() {
        let told = |value: Value| serde_json::to_string(&cell(&value)).unwrap();
        assert_eq!(told(Value::Int(9_007_199_254_740_991)), "9007199254740991");
        assert_eq!(told(Value::Int(-9_007_199_254_740_992)), "\"-9007199254740992\"");
        assert_eq!(told(Value::Int(i64::MIN)), "\"-9223372036854775808\"");
        assert_eq!(told(Value::Decimal { unscaled: -123_450, scale: 2 }), "\"-1234.50\"");
        assert_eq!(told(Value::Decimal { unscaled: 10_i128.pow(37), scale: 0 }).len(), 40);
        assert_eq!(told(Value::Decimal { unscaled: -5, scale: 3 }), "\"-0.005\"");
        assert_eq!(told(Value::Decimal { unscaled: 12, scale: -2 }), "\"1200\"");
        assert_eq!(told(Value::Float(f64::NAN)), "null");
        assert_eq!(told(Value::Others), "{\"others\":true}");
    }
}
