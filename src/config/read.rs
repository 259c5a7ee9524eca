//! Reads variables and collects what is wrong with them.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// Every problem with the settings.
#[derive(Debug, thiserror::Error)]
#[error("the settings have problems:\n{}", problems.join("\n"))]
pub struct ConfigError {
    /// One line per problem, each naming its variable.
    pub problems: Vec<String>,
}

/// Where variables come from: the environment, or a table in tests.
pub struct Variables<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Variables<'a> {
    /// Variables by name.
    pub fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    /// The text of a variable, or of the file that `NAME_FILE` names; `None` when unset or empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        if let Some(value) = (self.lookup)(name).filter(|value| !value.is_empty()) {
            return Some(value);
        }
        let file = (self.lookup)(&format!("{name}_FILE")).filter(|file| !file.is_empty())?;
        match std::fs::read_to_string(&file) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) => {
                self.problems.push(format!("  {name}_FILE: cannot read {file}: {error}"));
                None
            }
        }
    }

    /// A parsed variable, or `default`.
    pub(super) fn parsed<T: FromStr>(&mut self, name: &str, default: T, expected: &str) -> T
    where
        T::Err: Display,
    {
        let Some(text) = self.text(name) else { return default };
        text.trim().parse().unwrap_or_else(|error| {
            self.problem(name, format!("`{text}` is not {expected}: {error}"));
            default
        })
    }

    /// A whole number of seconds, or `default`.
    pub(super) fn seconds(&mut self, name: &str, default: Duration) -> Duration {
        Duration::from_secs(self.parsed(name, default.as_secs(), "a whole number of seconds"))
    }

    /// A list separated by commas; `None` when unset.
    pub(super) fn list(&mut self, name: &str) -> Option<Vec<String>> {
        let text = self.text(name)?;
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        Some(entries.map(str::to_owned).collect())
    }

    /// A path; `None` when unset.
    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        (self.lookup)(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    /// Paths separated like those of `PATH`.
    pub(super) fn paths(&mut self, name: &str) -> Vec<PathBuf> {
        self.text(name).map(|text| std::env::split_paths(&text).collect()).unwrap_or_default()
    }

    /// Notes a problem with a variable.
    pub(super) fn problem(&mut self, name: &str, problem: impl Display) {
        self.problems.push(format!("  {name}: {problem}"));
    }

    /// Everything that was wrong.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.problems.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.problems }) }
    }
}
