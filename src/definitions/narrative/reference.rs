//! What a name in braces refers to.

/// The names that are no numbers: where the text stands rather than what it tells.
pub const SETTING_NAMES: [&str; 5] = ["title", "period", "previous_period", "now", "owner"];

/// A number of the panel's dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The measure or metric.
    pub measure: &'a str,
    /// What of it.
    pub aspect: Aspect,
}

/// What of a measure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// Its number in the period.
    Value,
    /// `.previous`: its number in the comparison period.
    Previous,
    /// `.difference`: the first less the second.
    Difference,
    /// `.change`: the difference in proportion to the comparison period; for percentages the
    /// difference itself.
    Change,
}

impl Aspect {
    /// Every aspect that needs a comparison period, with its word.
    pub const COMPARED: [(Self, &'static str); 3] =
        [(Self::Previous, "previous"), (Self::Difference, "difference"), (Self::Change, "change")];
}

impl<'a> Reference<'a> {
    /// What `name` refers to, given which names are measures or metrics; `None` for no number.
    pub fn of(name: &'a str, is_number: impl Fn(&str) -> bool) -> Option<Self> {
        if is_number(name) {
            return Some(Self { measure: name, aspect: Aspect::Value });
        }
        let (measure, word) = name.rsplit_once('.')?;
        let (aspect, _) = Aspect::COMPARED.into_iter().find(|(_, known)| *known == word)?;
        is_number(measure).then_some(Self { measure, aspect })
    }
}
