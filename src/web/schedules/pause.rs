//! Pausing a schedule and resuming it, by forms.

use axum::extract::{Path, State};
use axum::http::Extensions;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::show::{Refused, find, names, write};
use super::{ScheduleWords, path_of};
use crate::definitions::model::{FieldName, ReportId};
use crate::ledger::audit::{AuditAction, Event};
use crate::runs::store::Pause;
use crate::web::error::WebError;
use crate::web::login::{Door, Fields, SignedIn, door, event_by, person};
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};

/// What became of resuming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// It was paused, and is no more.
    Done,
    /// It was not paused.
    WasRunning,
}

/// `POST /reports/{report}/schedules/{schedule}/pause`
pub(super) async fn pause_schedule(
    State(state): State<WebState>,
    visitor: Visitor,
    Path((report, schedule)): Path<(String, String)>,
    Entered(standing): Entered,
    extensions: Extensions,
    fields: Fields,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let names = names(&report, &schedule)?;
    let entry = find(&state, standing.clone(), &names).await?;
    let sw = ScheduleWords::of(visitor.locale.unwrap_or_default());
    let (reason, day) = (fields.get("reason").trim(), fields.get("until").trim());
    let until = (!day.is_empty()).then(|| first_instant(day, &entry.zone));
    let refuse = |message| {
        let refused = Refused { message: Some(message), reason: reason.to_owned(), until: day.to_owned() };
        write(&state, &visitor, &entry, refused)
    };
    if !Pause::is_reason(reason) {
        return refuse(sw.long_reason);
    }
    let until = match until {
        None => None,
        Some(Some(until)) if until > door.now() => Some(until),
        Some(_) => return refuse(sw.past_day),
    };
    let (report, schedule) = names;
    let pause = Pause {
        report,
        schedule,
        by: signed_in.person.name.clone(),
        reason: reason.to_owned(),
        since: door.now(),
        until,
    };
    let event = event(door, signed_in, &extensions, &pause.report, &pause.schedule);
    door.record(paused(event, &pause)).await?;
    let back = path_of(&pause.report, &pause.schedule);
    state.backend.pause(standing, pause).await?.ok_or_else(WebError::no_page)?;
    Ok(Redirect::to(&back).into_response())
}

/// `POST /reports/{report}/schedules/{schedule}/resume`
pub(super) async fn resume_schedule(
    State(state): State<WebState>,
    visitor: Visitor,
    Path((report, schedule)): Path<(String, String)>,
    Entered(standing): Entered,
    extensions: Extensions,
) -> Result<Response, WebError> {
    let door = door(&state)?;
    let signed_in = person(&visitor)?;
    let names = names(&report, &schedule)?;
    let (report, schedule) = names.clone();
    if state.backend.resume(standing, names).await?.ok_or_else(WebError::no_page)? == Resumed::Done {
        let event = event(door, signed_in, &extensions, &report, &schedule).with("change", "resumed");
        door.record(event).await?;
    }
    Ok(Redirect::to(&path_of(&report, &schedule)).into_response())
}

fn event(
    door: &Door,
    signed_in: &SignedIn,
    extensions: &Extensions,
    report: &ReportId,
    schedule: &FieldName,
) -> Event {
    event_by(door, AuditAction::ScheduleChanged, signed_in, extensions)
        .on("schedule", &format!("{report}/{schedule}"))
}

/// `event` with what the pause is.
pub(in crate::web) fn paused(event: Event, pause: &Pause) -> Event {
    pause.details().into_iter().fold(event, |event, (name, value)| event.with(name, value))
}

/// The first instant of a day in a zone: a clock that skips midnight begins the day later.
fn first_instant(day: &str, zone: &str) -> Option<DateTime<Utc>> {
    let zone: Tz = zone.parse().ok()?;
    let midnight = day.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN);
    (0..4)
        .filter_map(|quarters| midnight.checked_add_signed(chrono::TimeDelta::minutes(30 * quarters)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|at| at.to_utc())
}
