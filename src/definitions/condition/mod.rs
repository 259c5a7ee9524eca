//! Conditions and computations over the named values of one row, in the expression language of SQL
//! that authors know from metrics: `revenue < target * 0.9 and revenue.change < 0`.
//!
//! Takes text; gives a [`Condition`] or a [`Computation`], or says what of it is not allowed. There are
//! numbers, texts in quotes, names, arithmetic, comparisons, `between`, `in`, `is null`, `and`, `or` and
//! `not`, and nothing else: no functions, no sub-queries, no `case`. Missing values follow SQL: what is
//! compared with one is unknown, and division by zero gives no value.

mod parse;
mod tree;

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use tree::{Arithmetic, Relation, Scalar, Test};

/// The longest expression, in characters.
pub const MAX_LENGTH: usize = 1_000;

/// What a name of an expression stands for in one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand<'a> {
    /// A number; NaN and infinities count as missing.
    Number(f64),
    /// A text; it is equal to other texts or not, and has no order.
    Text(&'a str),
    /// No value, SQL's NULL.
    Missing,
}

/// Why an expression is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {help}")]
pub struct ConditionError {
    /// What is wrong, with the part of the expression that is.
    pub message: String,
    /// The next step for the author.
    pub help: String,
}

/// Something that is true, false or unknown of a row: `margin is null or not (orders >= 10)`.
///
/// ```
/// use jangpyo::definitions::condition::{Condition, Operand};
///
/// let condition = Condition::parse("revenue < target * 0.9 and revenue.change < 0")?;
/// let row = |name: &str| match name {
///     "revenue" => Operand::Number(80.0),
///     "target" => Operand::Number(100.0),
///     "revenue.change" => Operand::Number(-0.2),
///     _ => Operand::Missing,
/// };
/// assert_eq!(condition.names(), ["revenue", "target", "revenue.change"]);
/// assert_eq!(condition.evaluate(&row), Some(true));
/// # Ok::<(), jangpyo::definitions::condition::ConditionError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
    names: Vec<String>,
    test: Test,
}

/// A number computed from others of its row: `revenue / target - 1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Computation {
    text: String,
    names: Vec<String>,
    scalar: Scalar,
}

impl Condition {
    /// Understands `text`, of at most [`MAX_LENGTH`] characters.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let (test, names) = parse::condition(text)?;
        Ok(Self { text: text.to_owned(), names, test })
    }

    /// The names it refers to, each once, in the order of their first use.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What was understood; its names stand by their position among [`Self::names`].
    pub fn test(&self) -> &Test {
        &self.test
    }

    /// Whether it holds, given what its names stand for; `None` when that is unknown because values
    /// are missing, or because a text meets a number.
    pub fn evaluate<'a>(&self, value_of: &dyn Fn(&str) -> Operand<'a>) -> Option<bool> {
        self.test.evaluate(&|position| self.names.get(position).map_or(Operand::Missing, |n| value_of(n)))
    }
}

impl Computation {
    /// Understands `text`, of at most [`MAX_LENGTH`] characters.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        let (scalar, names) = parse::computation(text)?;
        Ok(Self { text: text.to_owned(), names, scalar })
    }

    /// The names it refers to, each once, in the order of their first use.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number, given what its names stand for; `None` when a value is missing, a text is met, or
    /// the result is no finite number.
    pub fn evaluate<'a>(&self, value_of: &dyn Fn(&str) -> Operand<'a>) -> Option<f64> {
        let of = |position| self.names.get(position).map_or(Operand::Missing, |n: &String| value_of(n));
        match self.scalar.evaluate(&of) {
            Operand::Number(number) => Some(number),
            Operand::Text(_) | Operand::Missing => None,
        }
    }
}

/// Both are plain strings in files. The schema's `format` lets the structural check name what is wrong.
macro_rules! plain_string {
    ($type:ident, $format:literal) => {
        impl $type {
            /// As its author wrote it.
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.text)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": $format })
            }
        }
    };
}

plain_string!(Condition, "condition");
plain_string!(Computation, "computation");

#[cfg(test)]
mod tests;
