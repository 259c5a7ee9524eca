//! `jangpyo next`

use std::process::ExitCode;

use chrono::Utc;

use super::arguments::{NextArguments, Place};
use super::{Failure, output};
use crate::error::Kind;
use crate::schedule::Rule;

pub(super) fn next(place: &Place, arguments: &NextArguments) -> Result<ExitCode, Failure> {
    super::progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let name = &arguments.schedule;
    let reports = &workspace.catalog().reports;
    let report = reports
        .get(&name.report)
        .ok_or_else(|| Failure::unknown(&format!("report `{}`", name.report), reports.keys()))?;
    let schedule = report.schedules.get(&name.schedule).ok_or_else(|| {
        let what = format!("schedule `{}` of report `{}`", name.schedule, name.report);
        Failure::unknown(&what, report.schedules.keys())
    })?;
    let rule = Rule::of(schedule, report, &workspace.catalog().calendars)
        .map_err(|error| Failure::new(error.kind(), error))?;
    let from = arguments.from.unwrap_or_else(Utc::now);
    let times: Vec<_> = rule.after(from).take(usize::from(arguments.count)).collect();
    if arguments.json {
        let times: Vec<_> = times.iter().map(chrono::DateTime::to_rfc3339).collect();
        output::say_json(&times)?;
    } else {
        for time in &times {
            output::say(&time.format("%a %Y-%m-%d %H:%M:%S %:z %Z").to_string())?;
        }
    }
    if times.is_empty() {
        return Err(Failure::new(Kind::BadDefinition, format!("`{}` never fires again", schedule.cron)));
    }
    if !schedule.enabled {
        eprintln!("the schedule is switched off (`enabled: false`)");
    }
    Ok(ExitCode::SUCCESS)
}
