//! The order of rows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::definitions::model::{FieldName, NameError};

/// A field to sort by; a leading `-` means from large to small: `-revenue`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The field.
    pub field: FieldName,
    /// From large to small.
    pub descending: bool,
}

impl std::str::FromStr for SortKey {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        Ok(Self { field: FieldName::parse(name)?, descending })
    }
}

impl<'de> Deserialize<'de> for SortKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for SortKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", if self.descending { "-" } else { "" }, self.field))
    }
}

impl JsonSchema for SortKey {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SortKey".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^-?[\\p{L}_][\\p{L}\\p{N}_.]{0,127}$",
            "description": "A field to sort by; a leading `-` means from large to small."
        })
    }
}
