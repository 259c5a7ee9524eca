//! `jangpyo backfill`: makes the reports of past instants again, marked as restated.

use std::process::ExitCode;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::Args;
use tokio_util::sync::CancellationToken;

use super::arguments::{Place, ScheduleName, schedule_name};
use super::audit::operator;
use super::{Failure, failure, output, progress, run};
use crate::app::Program;
use crate::error::Kind;
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::Clock;
use crate::runs::execute::{Claimed, Order, Runner};
use crate::runs::store::{DeliveryState, Repeat, Run, RunState, StoreError, Trigger};
use crate::schedule::{Rule, Step, passed};

/// Of a program that a signal ends.
const INTERRUPTED: u8 = 130;

#[derive(Debug, Args)]
pub(super) struct BackfillArguments {
    /// The schedule: `REPORT/SCHEDULE`.
    #[arg(value_parser = schedule_name)]
    pub schedule: ScheduleName,
    /// The first day, in the schedule's time zone.
    #[arg(long, value_name = "DAY")]
    pub from: NaiveDate,
    /// The last day.
    #[arg(long, value_name = "DAY")]
    pub to: NaiveDate,
    /// Lists what would be done and does nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// At most this many, the oldest first.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Makes those once more that a backfill has made before.
    #[arg(long)]
    pub again: bool,
    /// Goes on with the next when one fails.
    #[arg(long)]
    pub keep_going: bool,
}

/// A past instant, its latest attempt, and what there is to do.
struct Instant {
    at: DateTime<Utc>,
    latest: Option<Run>,
    step: Step,
}

pub(super) async fn backfill(place: &Place, arguments: &BackfillArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    if arguments.to < arguments.from {
        return Err(Failure::usage("`--to` is before `--from`"));
    }
    let mut program = place.program_with_state()?;
    program.settings.runs.retry.attempts = run::ATTEMPTS;
    let rule = rule(&program, &arguments.schedule)?;
    let runner = program.runner(run::instance(), Clock::system()).await?;
    let done = perform(&runner, &rule, arguments).await;
    program.close_books().await?;
    runner.parts().store.close().await;
    done
}

fn rule(program: &Program, name: &ScheduleName) -> Result<Rule, Failure> {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let report = catalog
        .reports
        .get(&name.report)
        .ok_or_else(|| Failure::unknown(&format!("report `{}`", name.report), catalog.reports.keys()))?;
    let schedule = report.schedules.get(&name.schedule).ok_or_else(|| {
        let what = format!("schedule `{}` of report `{}`", name.schedule, name.report);
        Failure::unknown(&what, report.schedules.keys())
    })?;
    Rule::of(schedule, report, &catalog.calendars).map_err(|error| Failure::new(error.kind(), error))
}

async fn perform(runner: &Runner, rule: &Rule, arguments: &BackfillArguments) -> Result<ExitCode, Failure> {
    let all = instants(runner, rule, arguments).await?;
    let zone = rule.zone();
    let count = |wanted: fn(&Step) -> bool| all.iter().filter(|instant| wanted(&instant.step)).count();
    let (done, busy) = (count(|step| *step == Step::Done), count(|step| matches!(step, Step::Busy(_))));
    if arguments.dry_run {
        for instant in &all {
            output::say(&plan(instant, zone))?;
        }
    }
    let to_make: Vec<&Instant> = all.iter().filter(|instant| matches!(instant.step, Step::Make(_))).collect();
    let limit = arguments.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let now: Vec<&Instant> = to_make.iter().copied().take(limit).collect();
    if all.is_empty() {
        let (from, to) = (arguments.from, arguments.to);
        return Err(Failure::new(
            Kind::NotFound,
            format!("no instant from {from} to {to} has passed ({zone})"),
        ));
    }
    let mut ended = Ended::default();
    if !arguments.dry_run {
        ended = make(runner, &now, zone, arguments).await?;
    }
    let left = to_make.len() - ended.made;
    let word = if arguments.dry_run { "to make" } else { "left" };
    eprintln!("{} made again, {done} were before, {busy} under way, {left} {word}", ended.made);
    Ok(match ended {
        Ended { interrupted: true, .. } => ExitCode::from(INTERRUPTED),
        Ended { failed: 0, .. } => ExitCode::SUCCESS,
        _ => ExitCode::from(failure::FAILED),
    })
}

async fn instants(
    runner: &Runner,
    rule: &Rule,
    arguments: &BackfillArguments,
) -> Result<Vec<Instant>, Failure> {
    let ScheduleName { report, schedule } = &arguments.schedule;
    let mut found = Vec::new();
    for at in passed(rule, arguments.from, arguments.to, Utc::now()) {
        let latest = runner.parts().store.latest(report, schedule, at).await?;
        let step = Step::of(latest.as_ref(), arguments.again);
        found.push(Instant { at, latest, step });
    }
    Ok(found)
}

/// What came of them.
#[derive(Default)]
struct Ended {
    made: usize,
    failed: usize,
    interrupted: bool,
}

/// Makes them one by one, until somebody stops it.
async fn make(
    runner: &Runner,
    instants: &[&Instant],
    zone: Tz,
    arguments: &BackfillArguments,
) -> Result<Ended, Failure> {
    let stop = CancellationToken::new();
    let listens = tokio::spawn(stop_on_signal(stop.clone()));
    let mut ended = Ended::default();
    for (position, instant) in instants.iter().enumerate() {
        if stop.is_cancelled() {
            ended.interrupted = true;
            break;
        }
        let at = instant.at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z");
        let spinner = progress::spinner(format!("{}/{} {at}", position + 1, instants.len()));
        let made = one(runner, instant, arguments).await;
        spinner.finish_and_clear();
        let (line, succeeded) = made?;
        output::say(&format!("{at}  {line}"))?;
        if succeeded {
            ended.made += 1;
            continue;
        }
        ended.failed += 1;
        if !arguments.keep_going {
            eprintln!(
                "stopped at the first that failed; the same command goes on from there, --keep-going passes over it"
            );
            break;
        }
    }
    listens.abort();
    Ok(ended)
}

/// Makes the report of an instant again; what came of it, and whether all went well.
async fn one(
    runner: &Runner,
    instant: &Instant,
    arguments: &BackfillArguments,
) -> Result<(String, bool), Failure> {
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let ScheduleName { report, schedule } = &arguments.schedule;
    let Step::Make(repeat) = instant.step else { return Ok((String::new(), true)) };
    let order = Order {
        report: report.clone(),
        schedule: schedule.clone(),
        scheduled_at: instant.at,
        trigger: Trigger::Backfill,
        repeat,
    };
    let claimed = runner.claim(&order).await.map_err(|error| Failure::new(error.kind(), error))?;
    let ticket = match claimed {
        Claimed::Ticket(ticket) => ticket,
        Claimed::Existing(run) | Claimed::Waiting(run) => {
            return Ok((format!("its run {} is {}, so it was left alone", run.id, run.state), true));
        }
    };
    let event = Event::new(AuditAction::ScheduleChanged, Utc::now())
        .by(&operator(), Method::Operator)
        .on("schedule", &format!("{report}/{schedule}"))
        .with("run", ticket.run().id.to_string())
        .with("started", order.trigger.as_str());
    runner.parts().audit.append(&[event]).await.map_err(failed)?;
    let run = runner.perform(*ticket).await.map_err(failed)?;
    let deliveries = runner.parts().store.deliveries(run.id).await.map_err(failed)?;
    let sent = deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Sent).count();
    let why = run.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let line = format!("{}, {sent} of {} sent, run {}{why}", run.state, deliveries.len(), run.id);
    Ok((line, matches!(run.state, RunState::Succeeded | RunState::Skipped)))
}

/// What would be done for an instant.
fn plan(instant: &Instant, zone: Tz) -> String {
    let at = instant.at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z");
    let before = match &instant.latest {
        Some(run) => format!("attempt {} {}", run.attempt.unwrap_or_default(), run.state),
        None => "no run".to_owned(),
    };
    let step = match instant.step {
        Step::Make(Repeat::Unsent) => "would be sent to those who did not get it yet",
        Step::Make(_) => "would be made again",
        Step::Done => "was made again before; --again does it once more",
        Step::Busy(_) => "would be left alone",
    };
    format!("{at}  {step} ({before})")
}

/// The first Ctrl-C lets the run under way end, the second ends the program.
async fn stop_on_signal(stop: CancellationToken) {
    if tokio::signal::ctrl_c().await.is_ok() {
        eprintln!("the run under way is finished first; Ctrl-C once more ends at once");
        stop.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(INTERRUPTED.into());
        }
    }
}
