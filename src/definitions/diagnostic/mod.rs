//! What is wrong in a definition file, where, and what to do about it.

mod render;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::path::FieldPath;
use super::yaml::{Node, Place};

/// One problem of one file, with everything an author needs to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the kind of problem: `unknown_key`, `bad_cron`, …
    pub code: Cow<'static, str>,
    /// The file, relative to the workspace, with `/` between folders.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant, at least 1.
    pub width: usize,
    /// Where in the definition: `panels.trend.y[1]`; empty for the file as a whole.
    pub path: String,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The line itself, cut to 2,000 characters.
    pub source_line: String,
    /// The next step: the nearest valid name, the list of valid ones.
    pub help: Option<String>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The definition cannot be used.
    Error,
    /// The definition works, though probably not as meant.
    Warning,
}

/// How many problems of one file are shown; more help nobody.
pub(crate) const SHOWN_LIMIT: usize = 100;

/// A problem before it knows its file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    pub(crate) place: Place,
    pub(crate) path: FieldPath,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Problem {
    /// An error at a place.
    pub(crate) fn at(place: Place, code: &'static str, message: impl Into<String>) -> Self {
        let path = FieldPath::root();
        Self { severity: Severity::Error, code, place, path, message: message.into(), help: None }
    }

    /// An error about the value at `path` of a tree.
    pub(crate) fn at_path(
        tree: &Node,
        path: &FieldPath,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { path: path.clone(), ..Self::at(tree.locate(path), code, message) }
    }

    /// At another place of the file.
    #[must_use]
    pub(crate) fn place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// With the next step for the author.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// As a warning instead of an error.
    #[must_use]
    pub(crate) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// The complete diagnostic, with the line from the file's `text`.
    pub(crate) fn in_file(self, file: &str, text: &str) -> Diagnostic {
        let source_line = line_of(text, self.place.line);
        Diagnostic {
            severity: self.severity,
            code: Cow::Borrowed(self.code),
            file: file.to_owned(),
            line: self.place.line,
            column: self.place.column,
            width: self.place.width,
            path: self.path.to_string(),
            message: self.message,
            source_line,
            help: self.help,
        }
    }
}

/// Line `number`, from 1, by the line breaks of YAML; empty past the end.
fn line_of(text: &str, number: usize) -> String {
    let mut rest = text;
    for _ in 1..number {
        let Some(end) = rest.find(['\n', '\r']) else { return String::new() };
        let width = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[end + width..];
    }
    rest.split(['\n', '\r']).next().unwrap_or_default().chars().take(2000).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_whatever_the_line_breaks() {
        assert_eq!(line_of("a\r\nb\rc\nd", 3), "c");
        assert_eq!(line_of("a\r\nb\rc\nd", 4), "d");
        assert_eq!(line_of("a", 9), "");
    }
}
