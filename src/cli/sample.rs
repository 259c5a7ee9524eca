//! `jangpyo sample`

use std::process::ExitCode;

use super::arguments::{Place, SampleArguments};
use super::{Failure, output};
use crate::error::Kind;

pub(super) fn sample(place: &Place, arguments: &SampleArguments) -> Result<ExitCode, Failure> {
    let folder = arguments.output.clone().unwrap_or_else(|| place.workspace.join("data"));
    let written = crate::sample::write(&folder, arguments.seed)
        .map_err(|error| Failure::new(Kind::BadRequest, error))?;
    for path in written {
        let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
        output::say(&format!("{} ({bytes} bytes)", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
