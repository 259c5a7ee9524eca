//! `jangpyo run`

use std::process::ExitCode;

use chrono::{SecondsFormat, SubsecRound, Utc};

use super::arguments::{Place, RunArguments};
use super::audit::operator;
use super::{Failure, failure, output, progress};
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::Clock;
use crate::runs::execute::{Claimed, Order, Runner};
use crate::runs::store::{Repeat, Run, RunState, StoreError, Trigger};

/// How often mail is tried that is refused for now; a server that performs a schedule is more patient.
pub(super) const ATTEMPTS: u32 = 3;

/// A name of its own: a server that shares the store must not take a run of this process for one it left behind.
pub(super) fn instance() -> String {
    format!("cli-{}", std::process::id())
}

pub(super) async fn run(place: &Place, arguments: &RunArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let mut program = place.program_with_state()?;
    // Somebody waits for it.
    program.settings.runs.retry.attempts = ATTEMPTS;
    let workspace = program.workspace.current();
    let reports = &workspace.catalog().reports;
    if !reports.contains_key(&arguments.schedule.report) {
        return Err(Failure::unknown(&format!("report `{}`", arguments.schedule.report), reports.keys()));
    }
    let runner = program.runner(instance(), Clock::system()).await?;
    let order = Order {
        report: arguments.schedule.report.clone(),
        schedule: arguments.schedule.schedule.clone(),
        scheduled_at: arguments.at.unwrap_or_else(|| Utc::now().trunc_subsecs(0)),
        trigger: if arguments.dry_run { Trigger::DryRun } else { Trigger::Manual },
        repeat: if arguments.repeat.again { Repeat::Unsent } else { Repeat::Never },
    };
    let spinner = progress::spinner(format!("running {}/{}", order.report, order.schedule));
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let claimed = runner.claim(&order).await.map_err(|error| Failure::new(error.kind(), error))?;
    let (run, is_new) = match claimed {
        Claimed::Ticket(ticket) => {
            let event = Event::new(AuditAction::ScheduleChanged, Utc::now())
                .by(&operator(), Method::Operator)
                .on("schedule", &format!("{}/{}", order.report, order.schedule))
                .with("run", ticket.run().id.to_string())
                .with("started", order.trigger.as_str());
            runner.parts().audit.append(&[event]).await.map_err(failed)?;
            let ticket = if arguments.repeat.fresh { ticket.fresh() } else { *ticket };
            (runner.perform(ticket).await.map_err(failed)?, true)
        }
        Claimed::Existing(run) | Claimed::Waiting(run) => (*run, false),
    };
    program.close_books().await?;
    spinner.finish_and_clear();
    let first = (!is_new).then(|| {
        let instant = run.scheduled_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        if run.state == RunState::Waiting {
            format!("the run of {instant} waits for its data; --again sends it now")
        } else {
            format!("{instant} had its run, so nothing was done; --again sends to those who did not get it")
        }
    });
    tell(&runner, run, is_new, first, arguments.json).await
}

/// Tells what became of a run, after a `first` line where there is something to say before.
pub(super) async fn tell(
    runner: &Runner,
    run: Run,
    is_new: bool,
    first: Option<String>,
    json: bool,
) -> Result<ExitCode, Failure> {
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let store = &runner.parts().store;
    let artefacts = store.artefacts(run.id).await.map_err(failed)?;
    let deliveries = store.deliveries(run.id).await.map_err(failed)?;
    if json {
        output::say_json(&serde_json::json!({
            "performed": is_new, "run": run, "deliveries": deliveries, "artefacts": artefacts,
        }))?;
    } else {
        let mut lines: Vec<String> = first.into_iter().collect();
        let instant = run.scheduled_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        lines.push(format!("run {} of {}/{} for {instant}: {}", run.id, run.report, run.schedule, run.state));
        for artefact in artefacts.iter().filter(|artefact| artefact.is_for_readers()) {
            if let Ok(path) = runner.parts().shelf.path_of(artefact) {
                lines.push(format!("  file {} ({} bytes)", path.display(), artefact.bytes));
            }
        }
        for delivery in &deliveries {
            lines.push(format!("  {} to {}: {}", delivery.channel, delivery.recipient, delivery.state));
        }
        for warning in &run.warnings {
            lines.push(format!("  warning: {warning}"));
        }
        if run.state == RunState::Waiting {
            lines.extend(run.waits_for.iter().map(|missing| format!("  missing: {missing}")));
        }
        lines.extend(run.error.iter().map(|error| format!("  error: {error}")));
        output::say(&lines.join("\n"))?;
    }
    store.close().await;
    // Having nothing to send, or having to wait, is no failure.
    let succeeded = matches!(run.state, RunState::Succeeded | RunState::Waiting)
        || (is_new && run.state == RunState::Skipped);
    Ok(if succeeded { ExitCode::SUCCESS } else { ExitCode::from(failure::FAILED) })
}
