//! `jangpyo deliveries`: what was sent to whom, who is still without, and sending again.

use std::process::ExitCode;

use chrono::{NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand};

use super::arguments::Place;
use super::audit::operator;
use super::{Failure, output, progress, run};
use crate::app::Program;
use crate::definitions::model::{FieldName, ReportId};
use crate::error::Kind;
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::execute::Claimed;
use crate::runs::store::{
    Channel, DeliveryEntry, DeliveryFilter, DeliveryPage, DeliveryState, RunId, StoreError, WantedState,
};
use crate::runs::{Clock, days};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct DeliveriesArguments {
    #[command(subcommand)]
    pub command: Option<DeliveriesCommand>,
    #[command(flatten)]
    pub search: DeliverySearch,
}

#[derive(Debug, Subcommand)]
pub(super) enum DeliveriesCommand {
    /// Sends a run again to those who surely did not get it; what is in doubt stays as it is.
    Resend {
        /// The id of the run.
        #[arg(value_parser = run_id)]
        run: RunId,
        /// Only these deliveries of the run, by their ids, also those in doubt: somebody has made sure that they did not
        /// arrive.
        #[arg(long, value_name = "ID,…", value_delimiter = ',')]
        only: Vec<String>,
        /// Writes the result as JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct DeliverySearch {
    /// Of this report.
    #[arg(long)]
    pub report: Option<ReportId>,
    /// Of this schedule.
    #[arg(long, value_parser = name)]
    pub schedule: Option<FieldName>,
    /// With this anywhere in the address or path; letters' case does not count.
    #[arg(long, value_name = "PART")]
    pub recipient: Option<String>,
    /// On this way: `email`, `folder`, `slack`, `teams`, `webhook`, `object_store` or `sftp`.
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// In this state: `queued`, `sending`, `sent`, `failed`, `in_doubt`, `unsent`; or `undelivered`.
    #[arg(long = "in", value_name = "STATE")]
    pub in_state: Option<String>,
    /// Those who are still without: it failed, is in doubt or was not handed over, and no later attempt has taken its
    /// place. The same as `--in undelivered`.
    #[arg(long, conflicts_with = "in_state")]
    pub undelivered: bool,
    /// Of runs for an instant on this day or later, in the report's time zone, or in the one most reports have.
    #[arg(long, value_name = "DAY")]
    pub from: Option<NaiveDate>,
    /// Of runs for an instant on this day or earlier.
    #[arg(long, value_name = "DAY")]
    pub through: Option<NaiveDate>,
    /// Only older than this delivery.
    #[arg(long, value_name = "ID")]
    pub before: Option<String>,
    /// At most this many.
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    pub limit: u16,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

fn name(text: &str) -> Result<FieldName, String> {
    FieldName::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run_id(text: &str) -> Result<RunId, String> {
    text.parse().map_err(|_| "a run's id looks like 0199a6c0-0000-7000-8000-000000000000".to_owned())
}

pub(super) async fn deliveries(place: &Place, arguments: &DeliveriesArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let mut program = place.program_with_state()?;
    match &arguments.command {
        None => list(&program, &arguments.search).await,
        Some(DeliveriesCommand::Resend { run, only, json }) => {
            program.settings.runs.retry.attempts = run::ATTEMPTS;
            resend(&program, *run, only, *json).await
        }
    }
}

async fn list(program: &Program, search: &DeliverySearch) -> Result<ExitCode, Failure> {
    let zone = zone(program, search.report.as_ref());
    let days_in: Tz = zone.parse().unwrap_or(Tz::UTC);
    let filter = DeliveryFilter {
        copies: None,
        report: search.report.clone(),
        among: None,
        schedule: search.schedule.clone(),
        recipient: search.recipient.clone(),
        channel: known(search.channel.as_deref(), "channel", Channel::ALL.iter().map(|one| one.as_str()))?,
        state: if search.undelivered {
            Some(WantedState::Undelivered)
        } else {
            known(search.in_state.as_deref(), "state", WantedState::words())?
        },
        from: search.from.and_then(|day| days::begins(day, days_in)),
        until: search.through.and_then(|day| days::ends(day, days_in)),
        before: search.before.clone(),
    };
    let Some(store) = crate::app::existing_store(&program.settings).await? else {
        let missing =
            format!("there is no store in {} yet; nothing was sent", program.settings.state.display());
        return Err(Failure::new(Kind::NotFound, missing));
    };
    let found = store.search_deliveries(&filter, usize::from(search.limit)).await;
    store.close().await;
    let DeliveryPage { deliveries, more } = found?;
    if search.json {
        output::say_json(&serde_json::json!({
            "deliveries": deliveries, "time_zone": zone, "more": more,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for entry in &deliveries {
        output::say(&line(entry, program))?;
    }
    if deliveries.is_empty() {
        let all = if search.undelivered { "nobody is without" } else { "no delivery fits" };
        eprintln!("{all}");
    }
    if search.from.is_some() || search.through.is_some() {
        eprintln!("days are those of {zone}");
    }
    if let Some(last) = deliveries.last().filter(|_| more) {
        eprintln!("older ones: --before {}", last.delivery.id);
    }
    Ok(ExitCode::SUCCESS)
}

/// A word that must be one of those that are known.
fn known<T: std::str::FromStr>(
    word: Option<&str>,
    what: &str,
    valid: impl Iterator<Item = &'static str>,
) -> Result<Option<T>, Failure> {
    let Some(word) = word else { return Ok(None) };
    word.parse().map(Some).map_err(|_| Failure::unknown(&format!("{what} `{word}`"), valid))
}

fn zone(program: &Program, report: Option<&ReportId>) -> String {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let report = report.and_then(|id| catalog.reports.get(id));
    report.map_or_else(|| catalog.usual_zone(), |report| report.time_zone.as_str()).to_owned()
}

/// One delivery for people.
fn line(entry: &DeliveryEntry, program: &Program) -> String {
    let DeliveryEntry { delivery, report, schedule, scheduled_at, .. } = entry;
    let zone: Tz = zone(program, Some(report)).parse().unwrap_or(Tz::UTC);
    let at = scheduled_at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z");
    let about = if delivery.slice.is_empty() { String::new() } else { format!(" ({})", delivery.slice) };
    let said = delivery.error.as_deref().or(delivery.answer.as_deref()).unwrap_or("-");
    let line = format!(
        "{:<8}  {} {}{about}  {report}/{schedule} for {at}  run {}  tried {}  {said}",
        delivery.state.as_str(),
        delivery.channel,
        delivery.recipient,
        delivery.run,
        delivery.attempts,
    );
    if delivery.state == DeliveryState::InDoubt {
        let id = delivery.message_id.as_deref().unwrap_or("unknown");
        return format!(
            "{line}\n          it may have arrived, so it is not sent again by itself; its Message-ID is {id}; once it is \
             sure that it did not: jangpyo deliveries resend {} --only {}",
            delivery.run, delivery.id
        );
    }
    line
}

async fn resend(program: &Program, id: RunId, only: &[String], json: bool) -> Result<ExitCode, Failure> {
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let runner = program.runner(run::instance(), Clock::system()).await?;
    let store = &runner.parts().store;
    let found = store.run(id).await.map_err(failed)?;
    let found = found.ok_or_else(|| Failure::new(Kind::NotFound, format!("there is no run {id}")))?;
    let instant = found.scheduled_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let spinner =
        progress::spinner(format!("sending {}/{} of {instant} again", found.report, found.schedule));
    let claimed = if only.is_empty() {
        runner.claim_resend(&found).await
    } else {
        runner.claim_chosen(&found, only).await
    };
    let claimed = claimed.map_err(|error| Failure::new(error.kind(), error))?;
    let (run, is_new) = match claimed {
        Claimed::Ticket(ticket) => {
            let event = Event::new(AuditAction::ScheduleChanged, Utc::now())
                .by(&operator(), Method::Operator)
                .on("schedule", &format!("{}/{}", found.report, found.schedule))
                .with("run", ticket.run().id.to_string())
                .with("started", "resend");
            runner.parts().audit.append(&[event]).await.map_err(failed)?;
            (runner.perform(*ticket).await.map_err(failed)?, true)
        }
        Claimed::Existing(run) | Claimed::Waiting(run) => (*run, false),
    };
    program.close_books().await?;
    spinner.finish_and_clear();
    let first = (!is_new).then(|| {
        format!("the latest attempt for {instant} is {}, so there is nothing to send again", run.state)
    });
    run::tell(&runner, run, is_new, first, json).await
}
