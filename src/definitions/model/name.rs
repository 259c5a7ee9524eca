//! Names that were checked once, where they came in.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a valid {what}: {rule}")]
pub struct NameError {
    /// What the name was to be: "report id", "field name", …
    pub what: &'static str,
    /// The name as it came, cut to 80 characters and without control characters.
    pub name: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

const ID_RULE: &str =
    "use lower-case letters a-z, digits, `-` and `_`, starting with a letter or digit, at most 64";
const FIELD_RULE: &str =
    "use letters, digits, `_`, and `.` between a relationship and its column, at most 128";

fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn is_id(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

fn is_field(name: &str) -> bool {
    name.chars().count() <= 128
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && !name.ends_with('.')
        && !name.contains("..")
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.')
}

macro_rules! name_type {
    ($(#[$doc:meta])* $type:ident, $what:literal, $check:ident, $rule:ident, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $type(String);

        impl $type {
            /// Checks `name` against the rule for this kind of name.
            pub fn parse(name: &str) -> Result<Self, NameError> {
                if $check(name) {
                    Ok(Self(name.to_owned()))
                } else {
                    Err(NameError { what: $what, name: printable(name), rule: $rule })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = NameError;
            fn from_str(name: &str) -> Result<Self, NameError> {
                Self::parse(name)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Self::parse(&name).map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

name_type!(
    /// The id of a source: the name of its file without `.yaml`.
    SourceId, "source id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a dataset: the name of its file without `.yaml`.
    DatasetId, "dataset id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a report: the name of its file without `.yaml`.
    ReportId, "report id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// What a region of the world is called, such as `seoul` or `us-east-1`.
    RegionName, "region name", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a theme: the name of its file without `.yaml`.
    ThemeId, "theme id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a calendar: the name of its file without `.yaml`.
    CalendarId, "calendar id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a destination: the name of its file without `.yaml`.
    DestinationId, "destination id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The name of a secret, which is kept outside of the definitions.
    SecretName, "name of a secret", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The name of a functional role or an access role.
    RoleName, "role name", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The id of a panel within its report.
    PanelId, "panel id", is_id, ID_RULE, "^[a-z0-9][a-z0-9_-]{0,63}$"
);
name_type!(
    /// The name of a dimension, measure, metric or parameter: `net_amount`, `store.region`, `매출`.
    FieldName, "field name", is_field, FIELD_RULE, "^[\\p{L}_][\\p{L}\\p{N}_.]{0,127}$"
);
