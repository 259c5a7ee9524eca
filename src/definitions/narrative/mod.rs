//! Words with values from queries in them, and words that depend on values.
//!
//! Takes what an author writes (`매출은 {revenue} 으로 {if revenue.change < 0}줄었다{else}늘었다{end}`); gives
//! its parts, or says what is wrong and where. Knows nothing of Markdown, which is read after a choice
//! of words was made and before values are put in, nor of what the values are.

mod error;
mod parse;
mod reference;

use super::condition::Condition;
use crate::format::Particle;

pub use error::NarrativeError;
pub use reference::{Aspect, Reference, SETTING_NAMES};

/// The longest text, in characters.
pub const MAX_LENGTH: usize = 20_000;

/// Words with values and choices in them.
#[derive(Debug, Clone, PartialEq)]
pub struct Narrative {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Words(String),
    Value(Placeholder),
    Choice(Vec<Branch>),
}

/// A branch of a choice; `{else}` has no condition.
#[derive(Debug, Clone, PartialEq)]
struct Branch {
    condition: Option<Located<Condition>>,
    parts: Vec<Part>,
}

/// Something with its place in the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Located<T> {
    /// What it is.
    pub value: T,
    /// The line of the text it stands in, from 1.
    pub line: usize,
}

/// A value in the words: `{revenue.change}`, `{revenue|full:이/가}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder {
    /// What it stands for.
    pub name: String,
    /// How much of a number is written.
    pub length: Length,
    /// The Korean particle behind it.
    pub particle: Option<Particle>,
    /// The line of the text it stands in, from 1.
    pub line: usize,
}

/// How much of a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Length {
    /// As the format of its measure says.
    #[default]
    Usual,
    /// `|full`: every digit.
    Full,
    /// `|short`: in 만, 억, K, M.
    Short,
}

impl Narrative {
    /// Understands `text`, of at most [`MAX_LENGTH`] characters.
    pub fn parse(text: &str) -> Result<Self, NarrativeError> {
        parse::parse(text).map(|parts| Self { parts })
    }

    /// Words that hold nothing, whatever braces stand in them.
    pub fn plain(text: &str) -> Self {
        Self { parts: vec![Part::Words(text.to_owned())] }
    }

    /// Every value that may stand in the words, in order, whatever is chosen.
    pub fn placeholders(&self) -> Vec<&Placeholder> {
        let mut found = Vec::new();
        visit(&self.parts, &mut |part| {
            if let Part::Value(placeholder) = part {
                found.push(placeholder);
            }
        });
        found
    }

    /// Every condition, in order.
    pub fn conditions(&self) -> Vec<&Located<Condition>> {
        let mut found = Vec::new();
        visit(&self.parts, &mut |part| {
            if let Part::Choice(branches) = part {
                found.extend(branches.iter().filter_map(|branch| branch.condition.as_ref()));
            }
        });
        found
    }

    /// The words for as many choices as show every branch that is not within another one, and `mark`
    /// for each value: the texts whose addresses must be good, whatever is chosen later.
    pub fn every_branch(&self, mark: &mut dyn FnMut(&Placeholder) -> Option<char>) -> Vec<String> {
        let most = self.most_branches();
        (0..most)
            .map(|branch| {
                let mut words = String::new();
                choose_branch(&self.parts, branch, mark, &mut words);
                words
            })
            .collect()
    }

    fn most_branches(&self) -> usize {
        let mut most = 1;
        visit(&self.parts, &mut |part| {
            if let Part::Choice(branches) = part {
                most = most.max(branches.len());
            }
        });
        most
    }

    /// The words that were chosen, with `mark` for each value; a condition that is unknown does not
    /// hold.
    pub fn chosen(
        &self,
        holds: &dyn Fn(&Condition) -> Option<bool>,
        mark: &mut dyn FnMut(&Placeholder) -> Option<char>,
    ) -> String {
        let mut words = String::new();
        choose(&self.parts, holds, mark, &mut words);
        words
    }
}

fn visit<'a>(parts: &'a [Part], see: &mut dyn FnMut(&'a Part)) {
    for part in parts {
        see(part);
        if let Part::Choice(branches) = part {
            for branch in branches {
                visit(&branch.parts, see);
            }
        }
    }
}

/// Takes the branch of this number in every choice, or its last one.
fn choose_branch(
    parts: &[Part],
    branch: usize,
    mark: &mut dyn FnMut(&Placeholder) -> Option<char>,
    words: &mut String,
) {
    for part in parts {
        match part {
            Part::Words(text) => words.push_str(text),
            Part::Value(placeholder) => words.extend(mark(placeholder)),
            Part::Choice(branches) => {
                if let Some(chosen) = branches.get(branch).or(branches.last()) {
                    choose_branch(&chosen.parts, branch, mark, words);
                }
            }
        }
    }
}

fn choose(
    parts: &[Part],
    holds: &dyn Fn(&Condition) -> Option<bool>,
    mark: &mut dyn FnMut(&Placeholder) -> Option<char>,
    words: &mut String,
) {
    for part in parts {
        match part {
            Part::Words(text) => words.push_str(text),
            Part::Value(placeholder) => words.extend(mark(placeholder)),
            Part::Choice(branches) => {
                let chosen = branches.iter().find(|branch| match &branch.condition {
                    Some(condition) => holds(&condition.value) == Some(true),
                    None => true,
                });
                if let Some(branch) = chosen {
                    choose(&branch.parts, holds, mark, words);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
