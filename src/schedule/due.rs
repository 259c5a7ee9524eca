//! Which schedules have come due since the last look.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::Rule;
use crate::definitions::model::{FieldName, ReportId};

/// How many missed instants are named one by one; of more, only the number is told.
const MISSED_NAMED: usize = 50;

/// A schedule, and how far it was looked at.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// When it fires.
    pub rule: Rule,
    /// Instants up to this one, inclusive, are dealt with.
    pub until: DateTime<Utc>,
}

/// A schedule that has come due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// The latest instant that has come: the one to run.
    pub instant: DateTime<Utc>,
    /// The newest of the instants before it that have passed without a run, oldest first.
    pub missed: Vec<DateTime<Utc>>,
    /// How many have passed in all, those in `missed` included.
    pub missed_count: usize,
}

/// The schedules with an instant after their last look and not after `now`. Of several such instants
/// the latest is to be run: after a downtime everybody gets one report, of the newest numbers.
pub fn due(schedules: &[Watched], now: DateTime<Utc>) -> Vec<Due> {
    schedules
        .iter()
        .filter_map(|watched| {
            let mut recent: VecDeque<DateTime<Utc>> = VecDeque::new();
            let mut count = 0;
            for instant in watched.rule.after(watched.until).map(|instant| instant.to_utc()) {
                if instant > now {
                    break;
                }
                count += 1;
                recent.push_back(instant);
                if recent.len() > MISSED_NAMED + 1 {
                    recent.pop_front();
                }
            }
            let instant = recent.pop_back()?;
            Some(Due {
                report: watched.report.clone(),
                schedule: watched.schedule.clone(),
                instant,
                missed: recent.into(),
                missed_count: count - 1,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(cron: &str, until: &str) -> Watched {
        Watched {
            report: ReportId::parse("weekly").unwrap(),
            schedule: FieldName::parse("monday").unwrap(),
            rule: Rule::parse(cron, "Asia/Seoul").unwrap(),
            until: at(until),
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_schedule_is_due_from_its_very_instant_on_and_only_once() {
        let before = watched("0 8 * * *", "2026-01-05T00:00:00+09:00");
        assert!(due(std::slice::from_ref(&before), at("2026-01-05T07:59:59+09:00")).is_empty());
        let now = at("2026-01-05T08:00:00+09:00");
        let come = due(std::slice::from_ref(&before), now);
        assert_eq!((come[0].instant, come[0].missed_count), (now, 0));
        assert!(due(&[Watched { until: now, ..before }], at("2026-01-05T23:00:00+09:00")).is_empty());
    }

    #[test]
    fn after_a_downtime_the_latest_instant_is_run_and_the_others_are_named() {
        let come = due(&[watched("0 8 * * *", "2026-01-05T09:00:00+09:00")], at("2026-01-09T12:00:00+09:00"));
        assert_eq!(come.len(), 1);
        assert_eq!(come[0].instant, at("2026-01-09T08:00:00+09:00"));
        let missed: Vec<_> = [6, 7, 8].map(|day| at(&format!("2026-01-0{day}T08:00:00+09:00"))).into();
        assert_eq!((come[0].missed.clone(), come[0].missed_count), (missed, 3));
    }

    #[test]
    fn a_long_downtime_of_a_busy_schedule_is_bounded() {
        let come = due(&[watched("* * * * *", "2026-01-01T00:00:00Z")], at("2026-01-08T00:00:00Z"));
        assert_eq!(come[0].missed.len(), MISSED_NAMED);
        assert_eq!(come[0].missed_count, 7 * 24 * 60 - 1);
        assert_eq!(come[0].missed.last(), Some(&at("2026-01-07T23:59:00Z")));
    }
}
