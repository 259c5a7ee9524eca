//! A value in JSON that reads back as what it was.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use crate::table::{Value, decimal_digits};

/// A value. Whole numbers and texts are what they are in JSON (`5`, `"5"`); what JSON has no form for, or readers of JSON
/// change in its last digit, has its kind as a name: `{"decimal": "1234.50"}`, `{"float": "0.1"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Raw {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Anything else.
    Named(Named),
}

/// What JSON has no form for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// An exact decimal, with all its digits.
    Decimal(String),
    /// A day, or the first day of a time bucket.
    Date(NaiveDate),
    /// A local date and time.
    Timestamp(NaiveDateTime),
    /// A floating-point number in the fewest digits that read back as the same; `NaN`, `inf` and `-inf` too.
    Float(String),
    /// The members that a "top N" left out, taken together.
    Others(bool),
}

impl Raw {
    /// The value as tables have it.
    pub fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text.as_str().into()),
            Self::Named(Named::Decimal(digits)) => decimal(digits).unwrap_or_default(),
            Self::Named(Named::Date(day)) => Value::Date(*day),
            Self::Named(Named::Timestamp(instant)) => Value::Timestamp(*instant),
            Self::Named(Named::Float(digits)) => digits.parse().map_or(Value::Null, Value::Float),
            Self::Named(Named::Others(_)) => Value::Others,
        }
    }
}

impl From<&Value> for Raw {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Others => Self::Named(Named::Others(true)),
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::Named(Named::Float(format!("{number:?}"))),
            Value::Decimal { unscaled, scale } => {
                Self::Named(Named::Decimal(decimal_digits(*unscaled, *scale)))
            }
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Date(day) => Self::Named(Named::Date(*day)),
            Value::Timestamp(instant) => Self::Named(Named::Timestamp(*instant)),
        }
    }
}

/// The decimal of these digits; one with trailing zeros for its scale may have lost them.
fn decimal(digits: &str) -> Option<Value> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let unscaled = format!("{whole}{fraction}").parse().ok();
    match (unscaled, i8::try_from(fraction.len())) {
        (Some(unscaled), Ok(scale)) => Some(Value::Decimal { unscaled, scale }),
        // Too many zeros behind a negative scale for a whole number of 128 bits.
        _ => digits.parse().ok().map(Value::Float),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_as_what_it_was() {
        let day: NaiveDate = "2026-11-28".parse().unwrap();
        for value in [
            Value::Null,
            Value::Others,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Float(5.0),
            Value::Float(0.1 + 0.2),
            Value::Float(-1.5e-300),
            Value::Float(f64::INFINITY),
            Value::Decimal { unscaled: -123_450, scale: 2 },
            Value::Decimal { unscaled: i128::MAX, scale: 38 },
            Value::Decimal { unscaled: -5, scale: 3 },
            Value::Text("5".into()),
            Value::Text("2026-11-28".into()),
            Value::Date(day),
            Value::Timestamp(day.and_hms_opt(14, 3, 0).unwrap()),
        ] {
            let raw = Raw::from(&value);
            let text = serde_json::to_string(&raw).unwrap();
            let read: Raw = serde_json::from_str(&text).unwrap();
            assert_eq!((&read, read.value()), (&raw, value), "{text}");
        }
        let none = serde_json::to_string(&Raw::from(&Value::Float(f64::NAN))).unwrap();
        assert_eq!(none, "{\"float\":\"NaN\"}");
        assert_eq!(serde_json::to_string(&Raw::Int(5)).unwrap(), "5");
        assert!(Raw::from(&Value::Float(f64::NAN)).value().as_f64().is_none());
    }
}
