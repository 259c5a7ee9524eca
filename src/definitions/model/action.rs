//! What can be done with an object: the words of grants and scopes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What can be done with an object. One action does not imply another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Open a report, or see a dataset through reports.
    View,
    /// Ask own questions of a dataset.
    Explore,
    /// Take numbers and files away: PDF, XLSX, CSV, pictures.
    Export,
    /// See the runs of a report, their files, and start one.
    Schedule,
    /// Change a definition, and see what is wrong in its file.
    Edit,
    /// Make a change of a definition valid for everybody.
    Publish,
    /// Manage users, sessions, tokens and links, and read the audit log. Opens no data.
    Administer,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::View,
        Self::Explore,
        Self::Export,
        Self::Schedule,
        Self::Edit,
        Self::Publish,
        Self::Administer,
    ];

    /// The word in files, logs and scopes of tokens.
    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Explore => "explore",
            Self::Export => "export",
            Self::Schedule => "schedule",
            Self::Edit => "edit",
            Self::Publish => "publish",
            Self::Administer => "administer",
        }
    }

    /// Reads the word.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
