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
    let all = schemas::all().into_iter().map(|(name, schema)| (name.to_owned(), schema));
    output::say_json(&serde_json::Value::Object(all.collect()))?;
    Ok(ExitCode::SUCCESS)
}
