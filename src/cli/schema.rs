//! `jangpyo schema`

use std::process::ExitCode;

use super::arguments::SchemaArguments;
use super::{Failure, output};
use crate::app::openapi;
use crate::definitions::schema as schemas;

/// The file of the API's description, beside the schemas.
const OPENAPI: &str = "openapi";

pub(super) fn schema(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    if let Some(folder) = &arguments.output {
        schemas::write(folder).map_err(|cause| Failure::writing(folder, &cause))?;
        let file = folder.join(format!("{OPENAPI}.json"));
        std::fs::write(&file, format!("{:#}\n", openapi()))
            .map_err(|cause| Failure::writing(&file, &cause))?;
        return Ok(ExitCode::SUCCESS);
    }
    let all = schemas::all().into_iter().map(|(name, schema)| (name.to_owned(), schema));
    let all = all.chain([(OPENAPI.to_owned(), openapi())]);
    output::say_json(&serde_json::Value::Object(all.collect()))?;
    Ok(ExitCode::SUCCESS)
}
