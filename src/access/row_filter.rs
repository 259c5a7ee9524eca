//! The row rules of the roles somebody holds, with their attributes filled in.
//!
//! A rule such as `country = viewer.country` becomes a test over dimensions and literals, so that a
//! query needs to know nothing of viewers, and two viewers with the same rights share an answer.
//! Unknown is not true: a viewer without the attribute sees no row, also below `not`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Attributes;
use crate::definitions::condition::{Arithmetic, Condition, Relation, Scalar, Test};
use crate::definitions::model::FieldName;

/// A test of one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum RowTest {
    /// The same for every row; `None` is unknown.
    Known(Option<bool>),
    /// Two values compared.
    Compare(RowValue, RowRelation, RowValue),
    /// A value is one of some.
    OneOf(RowValue, Vec<RowValue>),
    /// A value is missing.
    IsNull(RowValue),
    /// It does not hold.
    Not(Box<Self>),
    /// All of them hold.
    All(Vec<Self>),
    /// One of them holds.
    Any(Vec<Self>),
}

/// A value of a row, or one that is the same for every row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum RowValue {
    /// What the dimension holds, unmasked.
    Field(FieldName),
    /// A text, taken as a value of the dimension's type.
    Text(String),
    /// A number, as its digits.
    Number(String),
    /// No value.
    Missing,
    /// The negative of a number.
    Negative(Box<Self>),
    /// Two numbers put together.
    Arithmetic(Box<Self>, RowArithmetic, Box<Self>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum RowRelation {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// How two numbers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum RowArithmetic {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`; no value for zero.
    Divided,
}

impl RowTest {
    /// A role's rule for a viewer of whom `attributes` are known.
    pub(super) fn of(condition: &Condition, attributes: &Attributes) -> Self {
        Binding { names: condition.names(), attributes }.test(condition.test())
    }

    /// The rows of all `tests` together, always written in the same way.
    pub(super) fn any_of(tests: impl IntoIterator<Item = Self>) -> Self {
        let distinct: BTreeSet<Self> = tests.into_iter().filter(Self::may_hold).collect();
        if distinct.contains(&Self::Known(Some(true))) {
            return Self::Known(Some(true));
        }
        let mut tests: Vec<Self> = distinct.into_iter().collect();
        match (tests.len(), tests.pop()) {
            (_, None) => Self::Known(Some(false)),
            (1, Some(only)) => only,
            (_, Some(last)) => {
                tests.push(last);
                Self::Any(tests)
            }
        }
    }

    /// Whether a row could meet it, as far as can be told without one.
    pub(super) fn may_hold(&self) -> bool {
        match self {
            Self::Known(known) => *known == Some(true),
            Self::Compare(..) | Self::OneOf(..) | Self::IsNull(_) => true,
            Self::Not(inner) => inner.may_fail(),
            Self::All(tests) => tests.iter().all(Self::may_hold),
            Self::Any(tests) => tests.iter().any(Self::may_hold),
        }
    }

    fn may_fail(&self) -> bool {
        match self {
            Self::Known(known) => *known == Some(false),
            Self::Compare(..) | Self::OneOf(..) | Self::IsNull(_) => true,
            Self::Not(inner) => inner.may_hold(),
            Self::All(tests) => tests.iter().any(Self::may_fail),
            Self::Any(tests) => tests.iter().all(Self::may_fail),
        }
    }
}

/// The names of a condition, filled in.
struct Binding<'a> {
    names: &'a [String],
    attributes: &'a Attributes,
}

/// A side of a comparison: a value of the row, or the values of an attribute.
enum Side {
    One(RowValue),
    Several(Vec<String>),
}

impl Side {
    /// The single value of both kinds; several are none, since no order and no sum is that of several.
    fn single(self) -> RowValue {
        match self {
            Self::One(value) => value,
            Self::Several(mut values) => match (values.len(), values.pop()) {
                (1, Some(only)) => RowValue::Text(only),
                _ => RowValue::Missing,
            },
        }
    }
}

impl Binding<'_> {
    fn test(&self, test: &Test) -> RowTest {
        match test {
            Test::Known(known) => RowTest::Known(Some(*known)),
            Test::Compare(left, relation, right) => self.compare(left, *relation, right),
            Test::Between(value, low, high) => RowTest::All(vec![
                self.compare(value, Relation::GreaterOrEqual, low),
                self.compare(value, Relation::LessOrEqual, high),
            ]),
            Test::OneOf(value, choices) => {
                let any = choices.iter().map(|choice| self.compare(value, Relation::Equal, choice));
                RowTest::Any(any.collect())
            }
            Test::IsNull(value) => match self.side(value) {
                Side::One(value) if is_fixed(&value) => RowTest::Known(Some(value == RowValue::Missing)),
                Side::One(value) => RowTest::IsNull(value),
                Side::Several(values) => RowTest::Known(Some(values.is_empty())),
            },
            Test::Not(inner) => RowTest::Not(Box::new(self.test(inner))),
            Test::And(left, right) => RowTest::All(vec![self.test(left), self.test(right)]),
            Test::Or(left, right) => RowTest::Any(vec![self.test(left), self.test(right)]),
        }
    }

    fn compare(&self, left: &Scalar, relation: Relation, right: &Scalar) -> RowTest {
        match (self.side(left), relation, self.side(right)) {
            // Equal to an attribute of several values is equal to one of them; unequal, to none.
            (Side::Several(values), Relation::Equal | Relation::NotEqual, Side::One(value))
            | (Side::One(value), Relation::Equal | Relation::NotEqual, Side::Several(values)) => {
                let is_one = match &value {
                    RowValue::Missing => RowTest::Known(None),
                    _ if values.is_empty() => RowTest::Known(None),
                    RowValue::Text(text) => RowTest::Known(Some(values.contains(text))),
                    RowValue::Number(number) => {
                        let same = |value: &String| value.trim().parse::<f64>().ok() == number.parse().ok();
                        RowTest::Known(Some(values.iter().any(same)))
                    }
                    _ => RowTest::OneOf(value, values.into_iter().map(RowValue::Text).collect()),
                };
                if relation == Relation::Equal { is_one } else { RowTest::Not(Box::new(is_one)) }
            }
            (Side::Several(left), Relation::Equal | Relation::NotEqual, Side::Several(right)) => {
                let known = !left.is_empty() && !right.is_empty();
                let met = left.iter().any(|value| right.contains(value));
                RowTest::Known(known.then_some(met == (relation == Relation::Equal)))
            }
            (left, relation, right) => {
                let (left, right) = (left.single(), right.single());
                if left == RowValue::Missing || right == RowValue::Missing {
                    return RowTest::Known(None);
                }
                RowTest::Compare(left, row_relation(relation), right)
            }
        }
    }

    fn side(&self, scalar: &Scalar) -> Side {
        match scalar {
            Scalar::Number(number) => Side::One(RowValue::Number(number.to_string())),
            Scalar::Text(text) => Side::One(RowValue::Text(text.clone())),
            Scalar::Name(position) => {
                let name = self.names.get(*position).map(String::as_str).unwrap_or_default();
                match name.strip_prefix("viewer.") {
                    Some(attribute) => {
                        let values = self.attributes.get(attribute);
                        Side::Several(values.into_iter().flatten().cloned().collect())
                    }
                    // The check refuses names that cannot be a field's.
                    None => Side::One(FieldName::parse(name).map_or(RowValue::Missing, RowValue::Field)),
                }
            }
            Scalar::Negative(inner) => Side::One(match self.number(inner) {
                RowValue::Missing => RowValue::Missing,
                value => RowValue::Negative(Box::new(value)),
            }),
            Scalar::Arithmetic(left, operator, right) => {
                let (left, right) = (self.number(left), self.number(right));
                if left == RowValue::Missing || right == RowValue::Missing {
                    return Side::One(RowValue::Missing);
                }
                let operator = match operator {
                    Arithmetic::Plus => RowArithmetic::Plus,
                    Arithmetic::Minus => RowArithmetic::Minus,
                    Arithmetic::Times => RowArithmetic::Times,
                    Arithmetic::Divided => RowArithmetic::Divided,
                };
                Side::One(RowValue::Arithmetic(Box::new(left), operator, Box::new(right)))
            }
        }
    }

    /// A value to compute with; the text of an attribute counts if it is a number.
    fn number(&self, scalar: &Scalar) -> RowValue {
        match self.side(scalar).single() {
            RowValue::Text(text) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => RowValue::Number(number.to_string()),
                _ => RowValue::Missing,
            },
            value => value,
        }
    }
}

fn row_relation(relation: Relation) -> RowRelation {
    match relation {
        Relation::Equal => RowRelation::Equal,
        Relation::NotEqual => RowRelation::NotEqual,
        Relation::Less => RowRelation::Less,
        Relation::LessOrEqual => RowRelation::LessOrEqual,
        Relation::Greater => RowRelation::Greater,
        Relation::GreaterOrEqual => RowRelation::GreaterOrEqual,
    }
}

/// Whether the value is the same for every row.
fn is_fixed(value: &RowValue) -> bool {
    match value {
        RowValue::Field(_) => false,
        RowValue::Text(_) | RowValue::Number(_) | RowValue::Missing => true,
        RowValue::Negative(inner) => is_fixed(inner),
        RowValue::Arithmetic(left, _, right) => is_fixed(left) && is_fixed(right),
    }
}
