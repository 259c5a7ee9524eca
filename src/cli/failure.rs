//! Why a command failed, and the exit code that says so.

use std::fmt;

use crate::app::ProgramError;
use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::error::Kind;
use crate::runs::evaluate::QuestionError;

/// What was asked for is wrong: a definition, a parameter, a name; or a run failed.
pub(super) const FAILED: u8 = 1;
/// The command line is wrong; `clap` uses the same.
pub(super) const USAGE: u8 = 2;
/// A source, mail server or store does not answer, or a limit was reached: later may help.
pub(super) const UNAVAILABLE: u8 = 3;
/// A defect of this program.
pub(super) const BUG: u8 = 70;

/// Why a command failed.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    message: String,
    usage: bool,
}

impl Failure {
    pub(super) fn new(kind: Kind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string(), usage: false }
    }

    /// An argument that cannot be used.
    pub(super) fn usage(message: impl fmt::Display) -> Self {
        Self { kind: Kind::BadRequest, message: message.to_string(), usage: true }
    }

    /// A name that nothing has, with those that something has.
    pub(super) fn unknown(what: &str, valid: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        let valid: Vec<String> = valid.into_iter().map(|name| name.to_string()).collect();
        Self::new(Kind::NotFound, format!("there is no {what}; valid are: {}", valid.join(", ")))
    }

    /// A file that cannot be written.
    pub(super) fn writing(path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self::new(Kind::BadRequest, format!("cannot write {}: {cause}", path.display()))
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self.kind {
            _ if self.usage => USAGE,
            Kind::Unavailable | Kind::OverLimit => UNAVAILABLE,
            Kind::Bug => BUG,
            _ => FAILED,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<ProgramError> for Failure {
    fn from(error: ProgramError) -> Self {
        Self::new(error.kind(), error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error)
    }
}

impl From<QuestionError> for Failure {
    fn from(error: QuestionError) -> Self {
        Self::new(error.kind(), error)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::new(error.kind(), error)
    }
}
