//! Schedules and their days: calendars, business days of the month, days without, the first and the last.

use super::Findings;
use super::known::Known;
use crate::definitions::model::{HolidayRule, Schedule};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// Every month has so many business days, with the longest holidays of any country.
const EVERY_MONTH_HAS: i8 = 15;

pub(super) fn check(schedule: &Schedule, path: &FieldPath, known: &Known<'_>, findings: &mut Findings<'_>) {
    if let Some(calendar) = &schedule.calendar
        && !known.calendars.contains(&calendar.as_str())
    {
        let message = format!("there is no calendar `{calendar}`");
        let help = names::offer(calendar.as_str(), "calendars", known.calendars.iter().copied());
        findings.error(&path.key("calendar"), "unknown_calendar", message, help);
    }
    combination(schedule, path, known, findings);
    of_month(schedule, path, findings);
    for (path, blackout) in super::items(&path.key("blackout"), schedule.blackout.as_slice()) {
        let (from, through) = blackout.days();
        if through < from {
            let help = format!("write a day from {from} on");
            findings.error(&path.key("through"), "out_of_range", "these days end before they begin", help);
        }
    }
    if let (Some(starts), Some(ends)) = (schedule.starts, schedule.ends)
        && ends < starts
    {
        let help = format!("write a day from {starts} on");
        findings.error(&path.key("ends"), "out_of_range", "the schedule ends before it starts", help);
    }
}

/// What needs a calendar has one, and a calendar that is named is needed.
fn combination(schedule: &Schedule, path: &FieldPath, known: &Known<'_>, findings: &mut Findings<'_>) {
    let of_month = !schedule.business_day.is_empty();
    let moves = schedule.on_holiday.is_some_and(|rule| rule != HolidayRule::Run);
    let needs = if of_month { Some("business_day") } else { moves.then_some("on_holiday") };
    match (&schedule.calendar, needs) {
        (None, Some(key)) => {
            let help = names::offer("", "calendars", known.calendars.iter().copied());
            let message = format!("`{key}` needs to know which days are business days");
            findings.error(&path.key(key), "missing_key", message, format!("add `calendar:`; {help}"));
        }
        (Some(_), None) if schedule.on_holiday.is_none() => {
            let help =
                "add `on_holiday: skip`, `next` or `previous`, or `business_day: 1`; or remove it".to_owned();
            findings.error(&path.key("calendar"), "no_effect", "the calendar changes nothing", help);
        }
        _ => {}
    }
    if of_month && schedule.on_holiday.is_some() {
        let help = "remove `on_holiday`: a business day is never a holiday".to_owned();
        let message = "`business_day` and `on_holiday` cannot stand together";
        findings.error(&path.key("on_holiday"), "no_effect", message, help);
    }
}

fn of_month(schedule: &Schedule, path: &FieldPath, findings: &mut Findings<'_>) {
    let wanted = schedule.business_day.as_slice();
    for (path, day) in super::items(&path.key("business_day"), wanted) {
        if *day == 0 || !(-EVERY_MONTH_HAS..=EVERY_MONTH_HAS).contains(day) {
            let message = "this is not a business day that every month has";
            let help = format!(
                "count 1 to {EVERY_MONTH_HAS} from the first, or -1 to -{EVERY_MONTH_HAS} from the last"
            );
            findings.error(&path, "out_of_range", message, help);
        }
    }
    let fields: Vec<&str> = schedule.cron.split_whitespace().collect();
    if let ([_, _, day, _, weekday], false) = (fields.as_slice(), wanted.is_empty())
        && !(matches!(*day, "*" | "?") && matches!(*weekday, "*" | "?"))
    {
        let help = "write `*` for both, such as `0 8 * * *`".to_owned();
        let message = "`business_day` says the day, so day of month and day of week must be `*`";
        findings.error(&path.key("cron"), "bad_cron", message, help);
    }
}
