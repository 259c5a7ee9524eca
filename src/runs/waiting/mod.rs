//! Looking whether runs that wait for their data can begin.
//!
//! Takes a run that waits; gives a ticket to perform it once everything is there, or at its deadline if its
//! schedule says so. What is missing is noted at every look.

#[cfg(test)]
mod tests;
pub mod words;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::execute::{Runner, Ticket, VersionedReport};
use super::store::{Ending, Missing, Pause, Run, StoreError};
use super::subscriptions::{self, Sending};
use crate::definitions::model::{AtDeadline, FieldName, ReportId, WaitFor};
use crate::error::Kind;
use crate::runs::evaluate::Awaited;

/// The runs that it is time to look at.
///
/// # Errors
/// The store cannot be read.
pub async fn to_look_at(runner: &Runner) -> Result<Vec<Run>, StoreError> {
    let parts = runner.parts();
    parts.store.waiting(parts.clock.now() - pause(runner)).await
}

fn pause(runner: &Runner) -> TimeDelta {
    TimeDelta::from_std(runner.parts().settings.look_every).unwrap_or(TimeDelta::seconds(30))
}

/// Looks at one run that waits: the ticket to perform it, if it is to begin and nobody else begins it.
///
/// # Errors
/// The store fails.
pub async fn look(runner: &Runner, run: &Run) -> Result<Option<Ticket>, StoreError> {
    let parts = runner.parts();
    let store = &parts.store;
    let now = parts.clock.now();
    if !store.begin_look(run.id, now - pause(runner), now).await? {
        return Ok(None);
    }
    let found = parts.catalog.report(&run.report);
    let sending = match &found {
        Some(found) => subscriptions::find(parts, &run.report, &found.report, &run.schedule).await?,
        None => None,
    };
    let (Some(found), Some(sending)) = (found, sending.filter(|sending| sending.schedule.enabled)) else {
        return skip(runner, run, "its schedule was taken away or switched off while it waited".into()).await;
    };
    let paused = store.pauses().await?.into_iter().find(|pause| is_of(pause, run) && pause.covers(now));
    if let Some(pause) = paused {
        return skip(runner, run, format!("{} paused the schedule while it waited", pause.by)).await;
    }
    let wait_for = sending.schedule.wait_for.clone();
    let Some(wait_for) = wait_for.filter(|_| sending.closed.is_none()) else {
        return runner.begin(run, found, sending, Vec::new()).await;
    };
    let missing = missing(runner, run, &found, &sending, &wait_for).await?;
    if missing.is_empty() {
        return runner.begin(run, found, sending, missing).await;
    }
    if missing != run.waits_for {
        store.note_missing(run.id, &missing).await?;
    }
    let now = parts.clock.now();
    if run.waits_until.is_some_and(|until| now < until) {
        tracing::debug!(run = %run.id, missing = Missing::line(&missing), "run waits");
        return Ok(None);
    }
    match wait_for.at_deadline {
        AtDeadline::SendMarked => runner.begin(run, found, sending, missing).await,
        AtDeadline::DoNotSend => {
            let message = format!(
                "nothing was sent, because at the deadline, {} after it was due, something was missing: {}",
                wait_for.at_most,
                Missing::line(&missing)
            );
            let message = format!("{message}; {}", super::execute::how_to_go_on(run));
            end(runner, run, &Ending::Failed { kind: Kind::Unavailable, message }).await
        }
    }
}

fn is_of(pause: &Pause, run: &Run) -> bool {
    pause.report == run.report && pause.schedule == run.schedule
}

async fn skip(runner: &Runner, run: &Run, message: String) -> Result<Option<Ticket>, StoreError> {
    end(runner, run, &Ending::Skipped { message }).await
}

async fn end(runner: &Runner, run: &Run, ending: &Ending) -> Result<Option<Ticket>, StoreError> {
    let parts = runner.parts();
    match parts.store.finish(run.id, ending, &[], parts.clock.now()).await {
        Ok(()) => {
            runner.counters().count(ending);
            tracing::warn!(run = %run.id, report = %run.report, ?ending, "run that waited ended");
            Ok(None)
        }
        // Somebody else has begun or ended it.
        Err(StoreError::Illegal { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Everything that is not there yet.
async fn missing(
    runner: &Runner,
    run: &Run,
    found: &VersionedReport,
    sending: &Sending,
    wait_for: &WaitFor,
) -> Result<Vec<Missing>, StoreError> {
    let parts = runner.parts();
    let schedule = &sending.schedule;
    let zone = schedule.time_zone.as_deref().unwrap_or(&found.report.time_zone);
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let day = run.scheduled_at.with_timezone(&zone).date_naive();
    let awaited = Awaited {
        report: found.report.clone(),
        parameters: sending.parameters.clone(),
        locale: schedule.locale.unwrap_or(found.report.locale),
        now: run.scheduled_at,
        day,
        viewer: sending.viewer.clone(),
        wait_for: wait_for.clone(),
    };
    // The keys are filled where the period is known.
    let (mut missing, signals) = parts.answers.missing(awaited).await;
    for (name, key) in signals {
        if parts.store.signal(&name, &key).await?.is_none() {
            missing.push(Missing::Signal { name, key });
        }
    }
    let within = start_of(day, zone)..start_of(day.succ_opt().unwrap_or(day), zone);
    for other in wait_for.schedules.as_slice() {
        let names = other
            .split_once('/')
            .and_then(|(report, name)| Some((ReportId::parse(report).ok()?, FieldName::parse(name).ok()?)));
        let succeeded = match &names {
            Some((report, name)) => parts.store.has_succeeded(report, name, &within).await?,
            None => false,
        };
        if !succeeded {
            missing.push(Missing::Schedule { schedule: other.clone() });
        }
    }
    Ok(missing)
}

/// The first instant of a day: where daylight saving skips midnight, the first after it.
fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=3)
        .find_map(|hour| (midnight + TimeDelta::hours(hour)).and_local_timezone(zone).earliest())
        .map_or_else(|| midnight.and_utc(), |instant| instant.to_utc())
}
