//! Periods written as dates: days, ranges, and parts of a year.

use chrono::{Datelike, NaiveDate};

use super::{PeriodError, PeriodSpec, printable};

/// Everything that starts with a digit: a date, a range, or a year with a part of it.
pub(super) fn read(text: &str) -> Result<PeriodSpec, PeriodError> {
    let none = || PeriodError::NoSuchDate { text: printable(text) };
    if let Some((start, end)) = text.split_once("..") {
        let start = date(start.trim()).ok_or_else(none)?;
        let end = date(end.trim()).ok_or_else(none)?;
        return if start <= end {
            Ok(PeriodSpec::Between { start, end })
        } else {
            Err(PeriodError::Inverted { start, end })
        };
    }
    if let Some(day) = date(text) {
        return Ok(PeriodSpec::Between { start: day, end: day });
    }
    let (year, part) = text.split_once('-').map_or((text, None), |(year, part)| (year, Some(part)));
    let year = digits(year, 4).filter(|year| *year >= 1).ok_or_else(none)?.cast_signed();
    let Some(part) = part else { return Ok(PeriodSpec::Year(year)) };
    let spec = if let Some(quarter) = part.strip_prefix('Q') {
        digits(quarter, 1)
            .filter(|q| (1..=4).contains(q))
            .map(|quarter| PeriodSpec::Quarter { year, quarter })
    } else if let Some(week) = part.strip_prefix('W') {
        digits(week, 2)
            .filter(|week| NaiveDate::from_isoywd_opt(year, *week, chrono::Weekday::Mon).is_some())
            .map(|week| PeriodSpec::IsoWeek { year, week })
    } else {
        digits(part, 2).filter(|m| (1..=12).contains(m)).map(|month| PeriodSpec::Month { year, month })
    };
    spec.ok_or_else(none)
}

fn date(text: &str) -> Option<NaiveDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    NaiveDate::from_ymd_opt(digits(year, 4)?.cast_signed(), digits(month, 2)?, digits(day, 2)?)
        .filter(|date| date.year() >= 1)
}

/// Exactly `count` ASCII digits; chrono's own parser would take `2026-1-5` and `+2026` too.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}
