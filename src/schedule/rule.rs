//! The instants of a schedule.

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};

use crate::definitions::model::{Report, Schedule};
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
}

impl RuleError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        Kind::BadDefinition
    }
}

/// A cron expression in a time zone.
///
/// It is matched against local clock times. Each of them is one instant: a time that daylight saving
/// skips stands for the first instant after the gap, one that it repeats for its first occurrence.
/// So a schedule fires at every local time it names exactly once, whatever the clock does, and two
/// times that a gap makes one fire once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    cron: Cron,
    zone: Tz,
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
        Ok(Self { cron: parsed, zone })
    }

    /// The rule of a report's schedule.
    pub fn of(schedule: &Schedule, report: &Report) -> Result<Self, RuleError> {
        Self::parse(&schedule.cron, schedule.time_zone.as_deref().unwrap_or(&report.time_zone))
    }

    /// The first instant after `from`; `None` when it never fires again (`0 0 30 2 *`).
    pub fn next_after(&self, from: DateTime<Utc>) -> Option<DateTime<Tz>> {
        let mut local = from.with_timezone(&self.zone).naive_local();
        loop {
            local = self.cron.find_next_occurrence(&local, false).ok()?;
            // In the second pass of a repeated hour, local times lead back to the first.
            if let Some(instant) = self.instant(local)
                && instant.to_utc() > from
            {
                return Some(instant);
            }
        }
    }

    /// All instants after `from`, in order.
    pub fn after(&self, from: DateTime<Utc>) -> impl Iterator<Item = DateTime<Tz>> + '_ {
        std::iter::successors(self.next_after(from), |last| self.next_after(last.to_utc()))
    }

    /// The time zone.
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The one instant a local time stands for; `None` beyond the calendar.
    fn instant(&self, local: NaiveDateTime) -> Option<DateTime<Tz>> {
        match self.zone.from_local_datetime(&local) {
            LocalResult::Single(instant) => Some(instant),
            LocalResult::Ambiguous(first, _) => Some(first),
            LocalResult::None => GapInfo::new(&local, &self.zone)?.end,
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.cron.as_str(), self.zone)
    }
}

#[cfg(test)]
mod tests;
