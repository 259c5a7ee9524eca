//! Who may see what of a dataset.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{FieldName, RoleName};
use crate::definitions::condition::{Condition, ConditionError};

/// Who may see what of a dataset. Its rules hold for everybody, also for its owner and for
/// administrators, and before anything is added up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Security {
    /// Access roles that may view, explore and export it, besides those that `access.yaml` grants it to.
    pub access: Vec<RoleName>,
    /// The rows that a role sees: a condition over dimensions and attributes of the viewer such as
    /// `country = viewer.country`, or `all`. Whoever holds several of the roles sees the rows of each;
    /// whoever holds none does not see the dataset. Without rules, all rows are seen.
    pub rows: IndexMap<RoleName, RowRule>,
    /// How dimensions, measures and metrics are masked.
    pub columns: IndexMap<FieldName, ColumnRule>,
    /// Numbers over fewer rows than this are not shown.
    #[schemars(range(min = 2))]
    pub minimum_group: Option<u32>,
}

/// How a column is masked. Whoever holds several of its roles gets the mask that hides the least.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnRule {
    /// For everybody.
    pub mask: Mask,
    /// For those who hold a role, hiding less: often `clear`.
    #[serde(default)]
    pub roles: IndexMap<RoleName, Mask>,
}

/// What is shown instead of a value, from the mask that hides the least to the one that hides the most.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// The value itself.
    Clear,
    /// A number rounded to a multiple of this, such as 1000.
    Rounded(f64),
    /// The first and the last characters of a text, and stars between them.
    Partial(PartialMask),
    /// A code of sixteen characters that is the same for the same value, so that it still can be
    /// grouped by.
    Hash,
    /// No value, as if there were none.
    Empty,
    /// Panels that use it say that they are not open to the viewer; tables leave the column out.
    Hidden,
}

impl Mask {
    /// How much it hides, from 0 for nothing to 5 for everything.
    pub fn strength(self) -> u8 {
        match self {
            Self::Clear => 0,
            Self::Rounded(_) => 1,
            Self::Partial(_) => 2,
            Self::Hash => 3,
            Self::Empty => 4,
            Self::Hidden => 5,
        }
    }
}

/// How much of a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PartialMask {
    /// The characters shown at the start.
    pub first: u8,
    /// The characters shown at the end.
    pub last: u8,
}

/// The rows a role sees.
#[derive(Debug, Clone, PartialEq)]
pub enum RowRule {
    /// Every row.
    All,
    /// The rows that meet a condition.
    Where(Condition),
}

const ALL: &str = "all";

impl RowRule {
    /// Reads `all` or a condition.
    pub fn parse(text: &str) -> Result<Self, ConditionError> {
        if text.trim() == ALL { Ok(Self::All) } else { Condition::parse(text).map(Self::Where) }
    }

    /// As its author wrote it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::All => ALL,
            Self::Where(condition) => condition.as_str(),
        }
    }
}

impl Serialize for RowRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RowRule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for RowRule {
    fn schema_name() -> Cow<'static, str> {
        "RowRule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "row_rule" })
    }
}
