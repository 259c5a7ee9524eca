//! A calendar that ends: of days beyond it only weekends are known, and whoever looks after it is told in time.

use chrono::{Datelike, TimeDelta};
use chrono_tz::Tz;

use super::{Parts, Ticket};

/// For how many days before its end a run warns of it.
const WARNED_BEFORE: i64 = 30;

/// What is wrong with what the calendar of the schedule knows of the day of the run.
pub(super) fn warning(parts: &Parts, ticket: &Ticket) -> Option<String> {
    let id = ticket.schedule.calendar.as_ref()?;
    let calendars = parts.catalog.calendars();
    let calendar = calendars.get(id)?;
    let zone = ticket.schedule.time_zone.as_deref().unwrap_or(&ticket.report.time_zone);
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let day = ticket.run.scheduled_at.with_timezone(&zone).date_naive();
    let (from, through) = (calendar.from.0, calendar.through.0);
    if day > through {
        Some(format!(
            "the calendar `{id}` ends on {through}, so only the weekends are known of {day}; add the holidays of {}",
            day.year()
        ))
    } else if day < from {
        Some(format!("the calendar `{id}` begins on {from}, so only the weekends are known of {day}"))
    } else if through - day < TimeDelta::days(WARNED_BEFORE) {
        let next = through.succ_opt().unwrap_or(through).year();
        Some(format!("the calendar `{id}` ends on {through}; add the holidays of {next}"))
    } else {
        None
    }
}
