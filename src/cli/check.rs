//! `jangpyo check`

use std::process::ExitCode;

use chrono::Utc;

use super::arguments::{CheckArguments, Place, ReportFormat};
use super::{Failure, failure, output, progress};
use crate::app::{Program, check_against_data, check_budgets};
use crate::definitions::{Diagnostic, Severity};

pub(super) async fn check(place: &Place, arguments: &CheckArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let workspace = arguments.dir.clone().unwrap_or_else(|| place.workspace.clone());
    let place = Place { workspace, state: place.state.clone() };
    let program: Program = place.program()?;
    let current = program.workspace.current();
    let mut diagnostics = current.diagnostics().to_vec();
    if !arguments.offline {
        let spinner = progress::spinner("planning measures against the data");
        diagnostics.extend(check_against_data(&program).await);
        spinner.finish_and_clear();
    }
    if arguments.budget {
        let spinner = progress::spinner("planning what schedules would ask");
        diagnostics.extend(Box::pin(check_budgets(&program, Utc::now())).await);
        spinner.finish_and_clear();
    }
    diagnostics.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    let files = current.files().count();
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match arguments.format {
        ReportFormat::Text => say_text(&diagnostics, files, errors, warnings)?,
        ReportFormat::Json => {
            let report = serde_json::json!({
                "files": files, "errors": errors, "warnings": warnings, "diagnostics": diagnostics,
            });
            output::say_json(&report)?;
        }
    }
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(failure::FAILED) })
}

fn say_text(diagnostics: &[Diagnostic], files: usize, errors: usize, warnings: usize) -> Result<(), Failure> {
    for diagnostic in diagnostics {
        output::say(&format!("{diagnostic}\n"))?;
    }
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let (files, errors, warnings) =
        (plural(files, "file"), plural(errors, "error"), plural(warnings, "warning"));
    output::say(&format!("{files}: {errors}, {warnings}"))
}
