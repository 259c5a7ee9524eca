//! Results on standard output.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use super::Failure;
use crate::error::Kind;

/// Writes `text` and a line end. A reader that has seen enough (`… | head`) is no failure.
pub(super) fn say(text: &str) -> Result<(), Failure> {
    write(format!("{text}\n").as_bytes())
}

/// Writes `value` as indented JSON.
pub(super) fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    say(&serde_json::to_string_pretty(value).map_err(|error| Failure::new(Kind::Bug, error))?)
}

/// Writes bytes as they are.
pub(super) fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Kind::BadRequest, format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}
