//! What can be wrong with words that hold values.

/// What is wrong with words that hold values, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the text: {message}")]
pub struct NarrativeError {
    /// What is wrong.
    pub message: String,
    /// The next step for the author.
    pub help: String,
    /// The line of the text, from 1.
    pub line: usize,
}
