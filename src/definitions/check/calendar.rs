//! Calendars: do their days lie within the time they cover?

use chrono::Datelike as _;
use indexmap::IndexMap;

use super::{Findings, text};
use crate::definitions::model::{Calendar, CalendarDay};
use crate::definitions::path::FieldPath;
use crate::format::LocalizedText;

/// Holidays are made by law year by year; nobody knows those of so many.
const MOST_YEARS: i32 = 50;

pub(super) fn check(calendar: &Calendar, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(Some(&calendar.title), &root.key("title"), findings);
    text::owner(&calendar.owner, findings);
    let (from, through) = (calendar.from, calendar.through);
    if through < from {
        let help = format!("write a day from {from} on");
        findings.error(&root.key("through"), "out_of_range", "the calendar ends before it begins", help);
        return;
    }
    if through.0.year() - from.0.year() >= MOST_YEARS {
        let message = format!("the calendar covers more than {MOST_YEARS} years");
        let help = "cover the years whose holidays are known".to_owned();
        findings.error(&root.key("through"), "out_of_range", message, help);
    }
    weekend(calendar, &root.key("weekend"), findings);
    days(calendar, &calendar.holidays, &root.key("holidays"), findings);
    days(calendar, &calendar.business_days, &root.key("business_days"), findings);
    let plain = Calendar { business_days: IndexMap::new(), ..calendar.clone() };
    for day in calendar.business_days.keys().filter(|day| plain.day_off(day.0).is_none()) {
        let path = root.key("business_days").key(day.to_string());
        let help = "leave it out: it is neither on a weekend nor a holiday".to_owned();
        findings.warning_at_key(&path, "no_effect", format!("{day} is a business day anyway"), help);
    }
}

fn weekend(calendar: &Calendar, path: &FieldPath, findings: &mut Findings<'_>) {
    let mut seen = Vec::new();
    for (path, day) in super::items(path, &calendar.weekend) {
        if seen.contains(day) {
            let help = "name each day once".to_owned();
            findings.error(&path, "duplicate_name", "this day of the week stands there twice", help);
        }
        seen.push(*day);
    }
    if seen.len() >= 7 {
        let help = "name the days of the week without business, such as `[saturday, sunday]`".to_owned();
        findings.error(path, "out_of_range", "there would be no business day at all", help);
    }
}

fn days(
    calendar: &Calendar,
    days: &IndexMap<CalendarDay, LocalizedText>,
    path: &FieldPath,
    findings: &mut Findings<'_>,
) {
    for (day, name) in days {
        let path = path.key(day.to_string());
        text::title(Some(name), &path, findings);
        if !calendar.covers(day.0) {
            let message = format!("{day} lies outside of the time the calendar covers");
            let help = format!(
                "it covers {} through {}; extend `from` or `through`",
                calendar.from, calendar.through
            );
            findings.error_at_key(&path, "out_of_range", message, help);
        }
    }
}
