//! The instants of a schedule.

use std::sync::Arc;

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use indexmap::IndexMap;

use super::days::Days;
use super::occurrences::{Occurrence, Occurrences};
use crate::definitions::model::{Calendar, CalendarId, Report, Schedule};
use crate::error::Kind;

/// Why a schedule has no instants.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The five fields cannot be read.
    #[error(
        "cron `{cron}` cannot be read: {reason}; write minute, hour, day of month, month, day of week, such as `0 8 * * MON`"
    )]
    Cron {
        /// The text.
        cron: String,
        /// What is wrong.
        reason: String,
    },
    /// There is no such time zone.
    #[error("there is no time zone `{name}`; use an IANA name such as `Asia/Seoul`")]
    TimeZone {
        /// The name.
        name: String,
    },
    /// There is no such calendar.
    #[error("there is no calendar `{name}`; `jangpyo check` tells whether its file has problems")]
    Calendar {
        /// Its id.
        name: String,
    },
}

impl RuleError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        Kind::BadDefinition
    }
}

/// A cron expression in a time zone, and the days it is held to.
///
/// It is matched against local clock times. Each of them is one instant: a time that daylight saving
/// skips stands for the first instant after the gap, one that it repeats for its first occurrence.
/// So a schedule fires at every local time it names exactly once, whatever the clock does, and two
/// times that a gap makes one fire once. Times of days without business are kept, dropped, or moved to
/// the same time of a business day; there they fire once with the times that day has itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    cron: Cron,
    zone: Tz,
    days: Days,
}

impl Rule {
    /// Reads five cron fields and an IANA time zone.
    pub fn parse(cron: &str, zone: &str) -> Result<Self, RuleError> {
        let refuse = |reason: String| RuleError::Cron {
            cron: cron.chars().filter(|c| !c.is_control()).take(100).collect(),
            reason,
        };
        let fields = cron.split_whitespace().count();
        if fields != 5 {
            return Err(refuse(format!("it has {fields} fields instead of 5")));
        }
        let parsed = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(cron)
            .map_err(|error| refuse(error.to_string()))?;
        let zone: Tz = zone.parse().map_err(|_| RuleError::TimeZone { name: zone.to_owned() })?;
        Ok(Self { cron: parsed, zone, days: Days::default() })
    }

    /// The rule of a report's schedule, whose calendar is one of `calendars`.
    pub fn of(
        schedule: &Schedule,
        report: &Report,
        calendars: &IndexMap<CalendarId, Arc<Calendar>>,
    ) -> Result<Self, RuleError> {
        let zone = schedule.time_zone.as_deref().unwrap_or(&report.time_zone);
        let calendar = schedule
            .calendar
            .as_ref()
            .map(|id| calendars.get(id).cloned().ok_or_else(|| RuleError::Calendar { name: id.to_string() }));
        let days = Days::of(schedule, calendar.transpose()?);
        Ok(Self { days, ..Self::parse(&schedule.cron, zone)? })
    }

    /// The first instant after `from`; `None` when it never fires again (`0 0 30 2 *`).
    pub fn next_after(&self, from: DateTime<Utc>) -> Option<DateTime<Tz>> {
        self.after(from).next()
    }

    /// All instants after `from`, in order.
    pub fn after(&self, from: DateTime<Utc>) -> impl Iterator<Item = DateTime<Tz>> + '_ {
        Occurrences::sent(self, from).filter_map(|occurrence| occurrence.instant())
    }

    /// The same with the times that are not sent, and why others have moved.
    pub fn occurrences(&self, from: DateTime<Utc>) -> impl Iterator<Item = Occurrence> + '_ {
        Occurrences::all(self, from)
    }

    /// The calendar and the last day it covers, where `instant` is outside of that: holidays around it are not
    /// known.
    pub fn uncovered(&self, instant: DateTime<Utc>) -> Option<(&CalendarId, NaiveDate)> {
        let day = instant.with_timezone(&self.zone).date_naive();
        self.days.uncovered(day).map(|(id, calendar)| (id, calendar.through.0))
    }

    /// The time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    pub(super) fn days(&self) -> &Days {
        &self.days
    }

    /// The first day from `day` on that cron names.
    pub(super) fn day_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.cron.find_next_occurrence(&day.and_time(NaiveTime::MIN), true).ok().map(|time| time.date())
    }

    /// The local times of a day that cron names, in order.
    pub(super) fn times_on(&self, day: NaiveDate) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let first = self.cron.find_next_occurrence(&day.and_time(NaiveTime::MIN), true).ok();
        let next = |last: &NaiveDateTime| self.cron.find_next_occurrence(last, false).ok();
        std::iter::successors(first, next).take_while(move |time| time.date() == day)
    }

    /// The one instant a local time stands for; `None` beyond the calendar.
    pub(super) fn instant(&self, local: NaiveDateTime) -> Option<DateTime<Tz>> {
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(instant) => Some(instant),
            LocalResult::Ambiguous(first, _) => Some(first),
            LocalResult::None => GapInfo::new(&local, &self.zone)?.end,
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}{}", self.cron.as_str(), self.zone, self.days)
    }
}

#[cfg(test)]
mod tests;
