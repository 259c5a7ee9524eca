//! Schedules for the pages and the API: what their files say, what comes next, and what became of the last.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::access::{Action, Object, Standing};
use crate::definitions::model::{FieldName, Report, ReportId, Schedule};
use crate::runs::store::{Pause, Run, Store, StoreError};
use crate::schedule::{Occurrence, Outcome, Reason, Rule};
use crate::web::{ScheduleEntry, Upcoming, Why};

type Name = (ReportId, FieldName);

/// Whether there is such a schedule, and it is open to whoever asks.
pub(super) fn is_open(standing: &Standing, report: &ReportId, schedule: &FieldName) -> bool {
    let found = standing.catalog().reports.get(report);
    found.is_some_and(|found| found.schedules.contains_key(schedule))
        && standing.may(Action::Schedule, Object::Report(report))
}

/// The schedules that are open to them, or the one called `only`, each with its next `upcoming` times.
pub(super) async fn entries(
    store: &Store,
    standing: &Standing,
    only: Option<Name>,
    upcoming: usize,
    now: DateTime<Utc>,
) -> Result<Vec<ScheduleEntry>, StoreError> {
    let named = |pause: Pause| ((pause.report.clone(), pause.schedule.clone()), pause);
    let mut pauses: HashMap<Name, Pause> = store.pauses().await?.into_iter().map(named).collect();
    let named = |run: Run| ((run.report.clone(), run.schedule.clone()), run);
    let mut latest: HashMap<Name, Run> = store.latest_of_each().await?.into_iter().map(named).collect();
    let mut entries = Vec::new();
    for (report, definition) in &standing.catalog().reports {
        for (schedule, said) in &definition.schedules {
            let name = (report.clone(), schedule.clone());
            let wanted = only.as_ref().is_none_or(|only| *only == name);
            if wanted && is_open(standing, report, schedule) {
                let found = (pauses.remove(&name), latest.remove(&name));
                let mut entry = entry(standing, name, (definition, said), found, upcoming, now);
                if only.is_some() {
                    entry.leavers = store.leavers(report, schedule).await?;
                }
                entries.push(entry);
            }
        }
    }
    Ok(entries)
}

fn entry(
    standing: &Standing,
    (report, name): Name,
    (definition, schedule): (&Arc<Report>, &Schedule),
    (pause, latest): (Option<Pause>, Option<Run>),
    count: usize,
    now: DateTime<Utc>,
) -> ScheduleEntry {
    let zone = schedule.time_zone.clone().unwrap_or_else(|| definition.time_zone.clone());
    let rule = Rule::of(schedule, definition, &standing.catalog().calendars).ok();
    let rule = rule.filter(|_| schedule.enabled);
    let upcoming: Vec<Upcoming> = rule
        .iter()
        .flat_map(|rule| rule.occurrences(now))
        .take(count)
        .map(|occurrence| told(occurrence, pause.as_ref()))
        .collect();
    let last = upcoming.iter().rev().find_map(|upcoming| upcoming.at);
    let uncovered = rule.as_ref().zip(last).and_then(|(rule, last)| rule.uncovered(last));
    ScheduleEntry {
        uncovered: uncovered.map(|(id, through)| (id.to_string(), through)),
        report,
        definition: Arc::clone(definition),
        name,
        schedule: schedule.clone(),
        zone,
        upcoming,
        pause: pause.filter(|pause| pause.covers(now)),
        leavers: Vec::new(),
        latest,
    }
}

fn told(occurrence: Occurrence, pause: Option<&Pause>) -> Upcoming {
    let at = occurrence.instant().map(|at| at.to_utc());
    let why = match occurrence.outcome {
        Outcome::Fires(_) => None,
        Outcome::Moved(_, off) | Outcome::Dropped(Reason::Off(off)) => Some(Why::Off(off)),
        Outcome::Dropped(Reason::Blackout(reason)) => Some(Why::Blackout(reason)),
        Outcome::Dropped(Reason::NoBusinessDay) => Some(Why::NoBusinessDay),
    };
    match at.zip(pause) {
        Some((at, pause)) if pause.covers(at) => {
            Upcoming { planned: occurrence.planned, at: None, why: Some(Why::Paused) }
        }
        _ => Upcoming { planned: occurrence.planned, at, why },
    }
}
