//! `jangpyo run`

use std::process::ExitCode;

use chrono::{SubsecRound, Utc};

use super::arguments::{Place, RunArguments};
use super::{Failure, failure, progress};
use crate::error::Kind;
use crate::runs::Clock;
use crate::runs::execute::Order;
use crate::runs::store::{Repeat, RunState, Trigger};

pub(super) async fn run(place: &Place, arguments: &RunArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let reports = &workspace.catalog().reports;
    if !reports.contains_key(&arguments.schedule.report) {
        return Err(Failure::unknown(&format!("report `{}`", arguments.schedule.report), reports.keys()));
    }
    // A name of its own: a server that shares the store must not take this run for one it left behind.
    let instance = format!("cli-{}", std::process::id());
    let runner = program.runner(instance, Clock::system()).await?;
    let order = Order {
        report: arguments.schedule.report.clone(),
        schedule: arguments.schedule.schedule.clone(),
        scheduled_at: arguments.at.unwrap_or_else(|| Utc::now().trunc_subsecs(0)),
        trigger: if arguments.dry_run { Trigger::DryRun } else { Trigger::Manual },
        repeat: if arguments.again { Repeat::Unsent } else { Repeat::Never },
    };
    let spinner = progress::spinner(format!("running {}/{}", order.report, order.schedule));
    let run = runner.run(&order).await.map_err(|error| Failure::new(error.kind(), error))?;
    let store = &runner.parts().store;
    let failed = |error: crate::runs::store::StoreError| Failure::new(error.kind(), error);
    let artefacts = store.artefacts(run.id).await.map_err(failed)?;
    let deliveries = store.deliveries(run.id).await.map_err(failed)?;
    spinner.finish_and_clear();
    if arguments.json {
        let result = serde_json::json!({ "run": run, "deliveries": deliveries, "artefacts": artefacts });
        println!(
            "{}",
            serde_json::to_string_pretty(&result).map_err(|error| Failure::new(Kind::Bug, error))?
        );
    } else {
        println!(
            "run {} of {}/{} for {}: {:?}",
            run.id, run.report, run.schedule, run.scheduled_at, run.state
        );
        for artefact in &artefacts {
            if let Ok(path) = runner.parts().shelf.path_of(artefact) {
                println!("  file {} ({} bytes)", path.display(), artefact.bytes);
            }
        }
        for delivery in &deliveries {
            println!("  {:?} to {}: {:?}", delivery.channel, delivery.recipient, delivery.state);
        }
        for warning in &run.warnings {
            println!("  warning: {warning}");
        }
        if let Some(error) = &run.error {
            println!("  error: {error}");
        }
    }
    store.close().await;
    let succeeded = matches!(run.state, RunState::Succeeded);
    Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::from(failure::FAILED) })
}
