//! `jangpyo schedules`: lists, pauses and resumes them.

use std::process::ExitCode;

use chrono::{DateTime, SecondsFormat, SubsecRound as _, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{Place, ScheduleName, schedule_name};
use super::audit::operator;
use super::{Failure, output, progress};
use crate::app::{Accounts, Program, accounts};
use crate::definitions::model::Schedule;
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::store::{Pause, StoreError};
use crate::schedule::Rule;

#[derive(Debug, Args)]
pub(super) struct SchedulesArguments {
    #[command(subcommand)]
    pub command: SchedulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum SchedulesCommand {
    /// Lists every schedule, when it fires next, and whether it is paused.
    List {
        /// Writes JSON.
        #[arg(long)]
        json: bool,
    },
    /// Pauses a schedule: what comes meanwhile is skipped, recorded as such, and not made up for.
    Pause {
        /// The schedule: `REPORT/SCHEDULE`.
        #[arg(value_parser = schedule_name)]
        schedule: ScheduleName,
        /// Why, for whoever looks at it.
        #[arg(long, default_value = "", value_parser = reason)]
        reason: String,
        /// The instant it resumes at by itself.
        #[arg(long, value_name = "INSTANT")]
        until: Option<DateTime<Utc>>,
    },
    /// Resumes a schedule.
    Resume {
        /// The schedule: `REPORT/SCHEDULE`.
        #[arg(value_parser = schedule_name)]
        schedule: ScheduleName,
    },
}

fn reason(text: &str) -> Result<String, String> {
    if !Pause::is_reason(text) {
        return Err(format!("a reason is one line of at most {} characters", Pause::LONGEST_REASON));
    }
    Ok(text.trim().to_owned())
}

pub(super) async fn schedules(place: &Place, arguments: &SchedulesArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program_with_state()?;
    let accounts = accounts(&program.settings).await?;
    let done = perform(&program, &accounts, &arguments.command).await;
    accounts.store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn perform(program: &Program, accounts: &Accounts, command: &SchedulesCommand) -> Result<(), Failure> {
    let Accounts { store, audit, .. } = accounts;
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let now = Utc::now().trunc_subsecs(3);
    match command {
        SchedulesCommand::List { json } => {
            let pauses = store.pauses().await.map_err(failed)?;
            list(program, &pauses, now, *json)
        }
        SchedulesCommand::Pause { schedule, reason, until } => {
            known(program, schedule)?;
            if until.is_some_and(|until| until <= now) {
                return Err(Failure::new(crate::error::Kind::BadRequest, "`--until` has passed already"));
            }
            let pause = Pause {
                report: schedule.report.clone(),
                schedule: schedule.schedule.clone(),
                by: operator(),
                reason: reason.clone(),
                since: now,
                until: *until,
            };
            let event = changed(schedule, now);
            let event =
                pause.details().into_iter().fold(event, |event, (name, value)| event.with(name, value));
            audit.append(&[event]).await.map_err(failed)?;
            store.pause(&pause).await.map_err(failed)?;
            output::say(&format!("{}/{} is paused", schedule.report, schedule.schedule))?;
            Ok(())
        }
        SchedulesCommand::Resume { schedule } => {
            known(program, schedule)?;
            let resumed = store.resume(&schedule.report, &schedule.schedule, now).await.map_err(failed)?;
            if resumed {
                let event = changed(schedule, now).with("change", "resumed");
                audit.append(&[event]).await.map_err(failed)?;
            }
            let word = if resumed { "is resumed" } else { "was not paused" };
            output::say(&format!("{}/{} {word}", schedule.report, schedule.schedule))?;
            Ok(())
        }
    }
}

fn changed(schedule: &ScheduleName, now: DateTime<Utc>) -> Event {
    Event::new(AuditAction::ScheduleChanged, now)
        .by(&operator(), Method::Operator)
        .on("schedule", &format!("{}/{}", schedule.report, schedule.schedule))
}

fn known<'a>(program: &Program, name: &'a ScheduleName) -> Result<&'a ScheduleName, Failure> {
    let workspace = program.workspace.current();
    let reports = &workspace.catalog().reports;
    let report = reports
        .get(&name.report)
        .ok_or_else(|| Failure::unknown(&format!("report `{}`", name.report), reports.keys()))?;
    if report.schedules.contains_key(&name.schedule) {
        return Ok(name);
    }
    let what = format!("schedule `{}` of report `{}`", name.schedule, name.report);
    Err(Failure::unknown(&what, report.schedules.keys()))
}

fn list(program: &Program, pauses: &[Pause], now: DateTime<Utc>, as_json: bool) -> Result<(), Failure> {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let mut rows = Vec::new();
    for (id, report) in &catalog.reports {
        for (name, schedule) in &report.schedules {
            let pause = pauses.iter().find(|pause| pause.report == *id && pause.schedule == *name);
            let pause = pause.filter(|pause| pause.covers(now));
            let rule = Rule::of(schedule, report, &catalog.calendars).ok();
            let next = rule.filter(|_| schedule.enabled).and_then(|rule| {
                let open = |instant: &DateTime<chrono_tz::Tz>| {
                    pause.is_none_or(|pause| !pause.covers(instant.to_utc()))
                };
                // A pause without an end has no next.
                rule.after(now).take(1000).find(open)
            });
            rows.push((format!("{id}/{name}"), schedule, next, pause));
        }
    }
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, schedule, next, pause)| {
                json!({
                    "schedule": name, "cron": schedule.cron, "state": state(schedule, *pause),
                    "next": next.map(|next| next.to_rfc3339()), "pause": pause,
                })
            })
            .collect();
        output::say_json(&rows)?;
        return Ok(());
    }
    let width = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
    for (name, schedule, next, pause) in rows {
        let next =
            next.map_or_else(|| "–".to_owned(), |next| next.format("%a %Y-%m-%d %H:%M %Z").to_string());
        let why = pause.map_or_else(String::new, |pause| {
            let until = pause.until.map_or_else(String::new, |until| format!(" until {}", exact(until)));
            let reason = if pause.reason.is_empty() { String::new() } else { format!(": {}", pause.reason) };
            format!("  by {} since {}{until}{reason}", pause.by, exact(pause.since))
        });
        output::say(&format!("{name:width$}  {:6}  {next}{why}", state(schedule, pause)))?;
    }
    Ok(())
}

fn state(schedule: &Schedule, pause: Option<&Pause>) -> &'static str {
    match (schedule.enabled, pause) {
        (false, _) => "off",
        (true, Some(_)) => "paused",
        (true, None) => "on",
    }
}

fn exact(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}
