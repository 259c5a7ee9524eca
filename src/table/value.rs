//! One cell.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

/// A cell of a business table.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// Stands for the members that a "top N" left out, taken together.
    Others,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number; may be NaN or infinite.
    Float(f64),
    /// An exact decimal of up to 38 digits: `unscaled / 10^scale`.
    Decimal {
        /// All digits as a whole number.
        unscaled: i128,
        /// How many of them stand behind the point; negative for trailing zeros.
        scale: i8,
    },
    /// Text.
    Text(Arc<str>),
    /// A calendar date, or the first day of a time bucket.
    Date(NaiveDate),
    /// A local date and time of the report's time zone.
    Timestamp(NaiveDateTime),
}

/// All digits of a decimal, with a point where the scale says.
pub fn decimal_digits(unscaled: i128, scale: i8) -> String {
    let Ok(behind) = usize::try_from(scale) else {
        return format!("{unscaled}{}", "0".repeat(usize::from(scale.unsigned_abs())));
    };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = behind + 1);
    let (whole, fraction) = digits.split_at(digits.len() - behind);
    let (sign, point) = (if unscaled < 0 { "-" } else { "" }, if behind > 0 { "." } else { "" });
    format!("{sign}{whole}{point}{fraction}")
}

impl Value {
    /// The number in this cell; `None` for anything else and for NaN and infinities.
    pub fn as_f64(&self) -> Option<f64> {
        let number = match self {
            Self::Int(number) => *number as f64,
            Self::Float(number) => *number,
            Self::Decimal { unscaled, scale } => *unscaled as f64 / 10f64.powi(i32::from(*scale)),
            _ => return None,
        };
        number.is_finite().then_some(number)
    }

    /// The text in this cell, for text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The date in this cell, for dates and timestamps.
    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Self::Date(date) => Some(*date),
            Self::Timestamp(instant) => Some(instant.date()),
            _ => None,
        }
    }

    /// The natural order of members: numbers by size, dates by time, text by its characters; "others"
    /// after all members, and no value last.
    pub fn order(&self, other: &Self) -> Ordering {
        let rank = |value: &Self| match value {
            Self::Bool(_) => 0,
            Self::Int(_) | Self::Float(_) | Self::Decimal { .. } => 1,
            Self::Date(_) | Self::Timestamp(_) => 2,
            Self::Text(_) => 3,
            Self::Others => 4,
            Self::Null => 5,
        };
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b),
            (Self::Date(a), Self::Timestamp(b)) => a.cmp(&b.date()).then(Ordering::Less),
            (Self::Timestamp(a), Self::Date(b)) => a.date().cmp(b).then(Ordering::Greater),
            _ if rank(self) == 1 && rank(other) == 1 => {
                let number = |value: &Self| value.as_f64().unwrap_or(f64::INFINITY);
                number(self).total_cmp(&number(other))
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
