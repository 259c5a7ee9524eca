//! Restrictions in words, for whoever explains and compares them: as an author would write them.

use std::fmt;

use super::restriction::{ColumnMask, Restriction};
use super::row_filter::{RowArithmetic, RowRelation, RowTest, RowValue};

impl fmt::Display for RowTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, tests: &[Self], word: &str| {
            for (index, test) in tests.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                let compound = matches!(test, Self::All(_) | Self::Any(_));
                if compound { write!(f, "({test})")? } else { write!(f, "{test}")? }
            }
            Ok(())
        };
        match self {
            Self::Known(Some(true)) => f.write_str("all"),
            Self::Known(Some(false)) => f.write_str("none"),
            Self::Known(None) => f.write_str("unknown"),
            Self::Compare(left, relation, right) => write!(f, "{left} {relation} {right}"),
            Self::OneOf(value, choices) => match choices.as_slice() {
                [only] => write!(f, "{value} = {only}"),
                choices => {
                    let choices: Vec<String> = choices.iter().map(ToString::to_string).collect();
                    write!(f, "{value} in ({})", choices.join(", "))
                }
            },
            Self::IsNull(value) => write!(f, "{value} is null"),
            Self::Not(inner) => write!(f, "not ({inner})"),
            Self::All(tests) => list(f, tests, "and"),
            Self::Any(tests) => list(f, tests, "or"),
        }
    }
}

impl fmt::Display for RowValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(f),
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Number(number) => f.write_str(number),
            Self::Missing => f.write_str("null"),
            Self::Negative(inner) => write!(f, "-{inner}"),
            Self::Arithmetic(left, operator, right) => {
                let operator = match operator {
                    RowArithmetic::Plus => '+',
                    RowArithmetic::Minus => '-',
                    RowArithmetic::Times => '*',
                    RowArithmetic::Divided => '/',
                };
                write!(f, "({left} {operator} {right})")
            }
        }
    }
}

impl fmt::Display for RowRelation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        })
    }
}

impl fmt::Display for ColumnMask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rounded(step) => write!(f, "rounded to {}", step.value()),
            Self::Partial { first, last } => write!(f, "first {first} and last {last} characters"),
            Self::Hash(_) => f.write_str("hash"),
            Self::Empty => f.write_str("empty"),
            Self::Hidden => f.write_str("hidden"),
        }
    }
}

impl Restriction {
    /// What is left of the dataset, line by line: `rows: country = 'KR'`, `cost: hidden`.
    pub fn told(&self) -> Vec<String> {
        let mut lines = vec![format!("rows: {}", self.rows)];
        lines.extend(self.columns.iter().map(|(field, mask)| format!("{field}: {mask}")));
        lines.extend(
            self.minimum_group.map(|fewest| format!("groups of fewer than {fewest} rows: not shown")),
        );
        lines
    }
}
