//! Understood expressions, and what they are for given values.

use super::Operand;

/// What the name at a position stands for.
pub(super) type Values<'v, 'a> = &'v dyn Fn(usize) -> Operand<'a>;

/// An expression with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A number that stands there.
    Number(f64),
    /// A text that stands there.
    Text(String),
    /// What a name stands for, by its position among the names of the expression.
    Name(usize),
    /// The negative of a number.
    Negative(Box<Self>),
    /// Two numbers put together.
    Arithmetic(Box<Self>, Arithmetic, Box<Self>),
}

/// How two numbers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Arithmetic {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divided,
}

/// An expression that is true, false or unknown.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `true` or `false` as it stands there.
    Known(bool),
    /// Two values compared.
    Compare(Scalar, Relation, Scalar),
    /// A value, the lowest and the highest it may be.
    Between(Scalar, Scalar, Scalar),
    /// A value is one of some.
    OneOf(Scalar, Vec<Scalar>),
    /// A value is missing.
    IsNull(Scalar),
    /// It does not hold.
    Not(Box<Self>),
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One of them holds.
    Or(Box<Self>, Box<Self>),
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
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

impl Relation {
    /// Whether only numbers have it.
    pub(super) fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

fn number(value: f64) -> Operand<'static> {
    if value.is_finite() { Operand::Number(value) } else { Operand::Missing }
}

impl Scalar {
    pub(super) fn evaluate<'a>(&'a self, values: Values<'_, 'a>) -> Operand<'a> {
        match self {
            Self::Number(value) => number(*value),
            Self::Text(text) => Operand::Text(text),
            Self::Name(position) => match values(*position) {
                Operand::Number(value) => number(value),
                other => other,
            },
            Self::Negative(inner) => match inner.evaluate(values) {
                Operand::Number(value) => number(-value),
                _ => Operand::Missing,
            },
            Self::Arithmetic(left, operator, right) => {
                let (Operand::Number(left), Operand::Number(right)) =
                    (left.evaluate(values), right.evaluate(values))
                else {
                    return Operand::Missing;
                };
                number(match operator {
                    Arithmetic::Plus => left + right,
                    Arithmetic::Minus => left - right,
                    Arithmetic::Times => left * right,
                    // Not finite for zero, so no value, as in metrics.
                    Arithmetic::Divided => left / right,
                })
            }
        }
    }
}

impl Test {
    /// Every value in it, whole and in parts.
    pub fn scalars(&self) -> Vec<&Scalar> {
        let mut found = Vec::new();
        let mut tests = vec![self];
        while let Some(test) = tests.pop() {
            match test {
                Self::Known(_) => {}
                Self::Compare(left, _, right) => found.extend([left, right]),
                Self::Between(value, low, high) => found.extend([value, low, high]),
                Self::OneOf(value, choices) => {
                    found.push(value);
                    found.extend(choices);
                }
                Self::IsNull(value) => found.push(value),
                Self::Not(inner) => tests.push(inner),
                Self::And(left, right) | Self::Or(left, right) => tests.extend([&**left, &**right]),
            }
        }
        let mut at = 0;
        while let Some(scalar) = found.get(at).copied() {
            match scalar {
                Scalar::Negative(inner) => found.push(inner),
                Scalar::Arithmetic(left, _, right) => found.extend([&**left, &**right]),
                Scalar::Number(_) | Scalar::Text(_) | Scalar::Name(_) => {}
            }
            at += 1;
        }
        found
    }

    pub(super) fn evaluate<'a>(&'a self, values: Values<'_, 'a>) -> Option<bool> {
        match self {
            Self::Known(known) => Some(*known),
            Self::Compare(left, relation, right) => {
                holds(left.evaluate(values), *relation, right.evaluate(values))
            }
            Self::Between(value, low, high) => {
                let value = value.evaluate(values);
                and(
                    holds(value, Relation::GreaterOrEqual, low.evaluate(values)),
                    holds(value, Relation::LessOrEqual, high.evaluate(values)),
                )
            }
            Self::OneOf(value, choices) => {
                let value = value.evaluate(values);
                let one = |choice: &'a Scalar| holds(value, Relation::Equal, choice.evaluate(values));
                choices.iter().map(one).fold(Some(false), or)
            }
            Self::IsNull(value) => Some(value.evaluate(values) == Operand::Missing),
            Self::Not(inner) => inner.evaluate(values).map(|known| !known),
            Self::And(left, right) => and(left.evaluate(values), right.evaluate(values)),
            Self::Or(left, right) => or(left.evaluate(values), right.evaluate(values)),
        }
    }
}

fn holds(left: Operand<'_>, relation: Relation, right: Operand<'_>) -> Option<bool> {
    let order = match (left, right) {
        (Operand::Number(left), Operand::Number(right)) => left.partial_cmp(&right)?,
        (Operand::Text(left), Operand::Text(right)) if !relation.is_order() => left.cmp(right),
        _ => return None,
    };
    Some(match relation {
        Relation::Equal => order.is_eq(),
        Relation::NotEqual => order.is_ne(),
        Relation::Less => order.is_lt(),
        Relation::LessOrEqual => order.is_le(),
        Relation::Greater => order.is_gt(),
        Relation::GreaterOrEqual => order.is_ge(),
    })
}

fn and(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}
