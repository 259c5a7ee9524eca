//! What kind of failure an error is: whose fault, and so what the doors do with it.
//!
//! Every module has its own error enum; each answers `kind()` with one of these. `web` maps kinds
//! to HTTP statuses once, `runs` maps them to retry or give up, `cli` to exit codes.

/// Whose fault a failure is, and what may be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The caller asked for something malformed: a bad parameter value, a bad period.
    BadRequest,
    /// The viewer may not see this.
    Forbidden,
    /// No such report, panel, run or object.
    NotFound,
    /// A definition file is wrong; its owner must change it.
    BadDefinition,
    /// A configured limit (time, memory, rows, size) was reached.
    OverLimit,
    /// A source, mail server or disk does not answer; trying again later may help.
    Unavailable,
    /// Data that cannot be read: corrupt, truncated, of another type than declared.
    BadData,
    /// A defect of this program.
    Bug,
}

impl Kind {
    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable | Self::OverLimit)
    }
}
