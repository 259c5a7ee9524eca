//! `jangpyo schema`

use std::process::ExitCode;

use super::arguments::SchemaArguments;
use super::{Failure, output};
use crate::definitions::schema as schemas;

pub(super) fn schema(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.output {
        schemas::write(folder).map_err(|cause| Failure::writing(folder, &cause))?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = serde_json::json!({
        "source": schemas::source(), "dataset": schemas::dataset(), "report": schemas::report(),
    });
    output::say_json(&all)?;
    Ok(ExitCode::SUCCESS)
}
