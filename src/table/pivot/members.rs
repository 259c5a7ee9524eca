//! Members of dimensions as small numbers, so that paths of them are cheap to compare.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use crate::table::Value;

/// A member as a key: equal where the values are, NaN equal to itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Null,
    Others,
    Bool(bool),
    Int(i64),
    Bits(u64),
    Decimal(i128, i8),
    Text(Arc<str>),
    Date(NaiveDate),
    Timestamp(NaiveDateTime),
}

impl From<&Value> for Key {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Others => Self::Others,
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::Bits(number.to_bits()),
            Value::Decimal { unscaled, scale } => Self::Decimal(*unscaled, *scale),
            Value::Text(text) => Self::Text(Arc::clone(text)),
            Value::Date(date) => Self::Date(*date),
            Value::Timestamp(instant) => Self::Timestamp(*instant),
        }
    }
}

/// The members of one level, by number.
#[derive(Debug, Default)]
pub(super) struct Members {
    numbers: HashMap<Key, u32>,
    values: Vec<Value>,
}

impl Members {
    /// The number of `value`, a new one if it has none yet.
    pub(super) fn number(&mut self, value: &Value) -> u32 {
        let next = self.values.len() as u32;
        let number = *self.numbers.entry(Key::from(value)).or_insert(next);
        if number == next {
            self.values.push(value.clone());
        }
        number
    }

    /// The member called `number`; no value for one that does not exist.
    pub(super) fn value(&self, number: u32) -> &Value {
        self.values.get(number as usize).unwrap_or(&Value::Null)
    }
}

/// The members of all levels of both axes.
#[derive(Debug, Default)]
pub(super) struct Axes {
    pub(super) rows: Vec<Members>,
    pub(super) columns: Vec<Members>,
}

impl Axes {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        let empty = |levels| std::iter::repeat_with(Members::default).take(levels).collect();
        Self { rows: empty(rows), columns: empty(columns) }
    }
}
