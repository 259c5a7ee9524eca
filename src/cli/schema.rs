//! `jangpyo schema`

use std::process::ExitCode;

use super::Failure;
use super::arguments::SchemaArguments;
use crate::definitions::schema as schemas;
use crate::error::Kind;

pub(super) fn schema(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.output {
        schemas::write(folder).map_err(|cause| Failure::writing(folder, &cause))?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = serde_json::json!({
        "source": schemas::source(), "dataset": schemas::dataset(), "report": schemas::report(),
    });
    println!("{}", serde_json::to_string_pretty(&all).map_err(|error| Failure::new(Kind::Bug, error))?);
    Ok(ExitCode::SUCCESS)
}
