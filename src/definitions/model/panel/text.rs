//! Words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::format::LocalizedText;

/// Words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextPanel {
    /// The words; an empty line starts a new paragraph.
    pub text: LocalizedText,
    /// What stands above them.
    pub title: Option<LocalizedText>,
}
