//! `jangpyo next`

use std::process::ExitCode;

use chrono::Utc;
use serde_json::json;

use super::arguments::{NextArguments, Place};
use super::{Failure, output};
use crate::definitions::model::DayOff;
use crate::error::Kind;
use crate::format::Locale;
use crate::schedule::{Occurrence, Outcome, Reason, Rule};

pub(super) fn next(place: &Place, arguments: &NextArguments) -> Result<ExitCode, Failure> {
    super::progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let name = &arguments.schedule;
    let catalog = workspace.catalog();
    let report = catalog
        .reports
        .get(&name.report)
        .ok_or_else(|| Failure::unknown(&format!("report `{}`", name.report), catalog.reports.keys()))?;
    let schedule = report.schedules.get(&name.schedule).ok_or_else(|| {
        let what = format!("schedule `{}` of report `{}`", name.schedule, name.report);
        Failure::unknown(&what, report.schedules.keys())
    })?;
    let rule =
        Rule::of(schedule, report, &catalog.calendars).map_err(|error| Failure::new(error.kind(), error))?;
    let from = arguments.from.unwrap_or_else(Utc::now);
    let wanted = |occurrence: &Occurrence| arguments.skipped || occurrence.instant().is_some();
    let occurrences: Vec<Occurrence> =
        rule.occurrences(from).filter(wanted).take(usize::from(arguments.count)).collect();
    if arguments.json {
        let rows: Vec<_> = occurrences
            .iter()
            .map(|occurrence| {
                json!({
                    "at": occurrence.instant().map(|at| at.to_rfc3339()),
                    "planned": occurrence.planned,
                    "reason": reason(occurrence),
                })
            })
            .collect();
        output::say_json(&rows)?;
    } else {
        for occurrence in &occurrences {
            output::say(&line(occurrence))?;
        }
    }
    let last = occurrences.iter().rev().find_map(Occurrence::instant);
    if let Some((calendar, through)) = last.and_then(|last| rule.uncovered(last.to_utc())) {
        eprintln!("calendar `{calendar}` knows holidays through {through} only; extend it");
    }
    if last.is_none() && !arguments.skipped {
        return Err(Failure::new(Kind::BadDefinition, format!("`{}` never fires again", schedule.cron)));
    }
    if !schedule.enabled {
        eprintln!("the schedule is switched off (`enabled: false`)");
    }
    Ok(ExitCode::SUCCESS)
}

fn line(occurrence: &Occurrence) -> String {
    let planned = occurrence.planned.format("%a %Y-%m-%d %H:%M:%S");
    match (&occurrence.outcome, reason(occurrence)) {
        (Outcome::Fires(at), _) => at.format("%a %Y-%m-%d %H:%M:%S %:z %Z").to_string(),
        (Outcome::Moved(at, _), why) => {
            let at = at.format("%a %Y-%m-%d %H:%M:%S %:z %Z");
            format!("{at}  instead of {planned}: {}", why.unwrap_or_default())
        }
        (Outcome::Dropped(_), why) => format!("{planned}  not sent: {}", why.unwrap_or_default()),
    }
}

/// Why it does not fire when cron says.
fn reason(occurrence: &Occurrence) -> Option<String> {
    let off = |off: &DayOff| match off {
        DayOff::Weekend => "weekend".to_owned(),
        DayOff::Holiday(name) => name.get(Locale::En).to_owned(),
    };
    match &occurrence.outcome {
        Outcome::Fires(_) => None,
        Outcome::Moved(_, day) | Outcome::Dropped(Reason::Off(day)) => Some(off(day)),
        Outcome::Dropped(Reason::Blackout(None)) => Some("blackout".to_owned()),
        Outcome::Dropped(Reason::Blackout(Some(why))) => Some(format!("blackout, {}", why.get(Locale::En))),
        Outcome::Dropped(Reason::NoBusinessDay) => Some("no business day near".to_owned()),
    }
}
