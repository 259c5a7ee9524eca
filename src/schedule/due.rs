//! Which schedules have come due since the last look.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use super::Rule;
use crate::definitions::model::{CatchUp, FieldName, ReportId};
use crate::runs::batches;
use crate::runs::store::Pause;

/// How many missed instants are named one by one; of more, only the number is told.
const MISSED_NAMED: usize = 50;

/// How many are run where all are to be.
const CAUGHT_UP: usize = 50;

/// Who restarts a server does not mean to leave out the report of that minute.
const STILL_ON_TIME: TimeDelta = TimeDelta::minutes(5);

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
    /// What happens to several of them at once.
    pub catch_up: CatchUp,
    /// Whether somebody paused it.
    pub pause: Option<Pause>,
    /// Times that fall into the same so many minutes come due together, at their end; 0 for none.
    pub batch_minutes: u32,
}

/// A schedule that has come due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// The instants to run, oldest first.
    pub instants: Vec<DateTime<Utc>>,
    /// Those that are not run because the schedule is paused.
    pub paused: Vec<DateTime<Utc>>,
    /// The newest of those that have passed and are not run, oldest first.
    pub missed: Vec<DateTime<Utc>>,
    /// How many are not run in all, those in `missed` included.
    pub missed_count: usize,
}

/// The schedules with an instant after their last look and not after `now`. What of several such instants
/// is run, each schedule says: by default the latest, so that after a downtime everybody gets one report, of
/// the newest numbers.
pub fn due(schedules: &[Watched], now: DateTime<Utc>) -> Vec<Due> {
    schedules.iter().filter_map(|watched| watched.due(now)).collect()
}

impl Watched {
    /// Up to when its times have come due: now, or the end of the last batch.
    pub fn come(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        batches::begin_of(now, self.batch_minutes)
    }

    /// When its next time after `now` comes due.
    pub fn next_due(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.rule.next_after(self.come(now))?.to_utc();
        Some(batches::due_at(next, self.batch_minutes))
    }

    fn due(&self, now: DateTime<Utc>) -> Option<Due> {
        let come = self.come(now);
        let mut recent: VecDeque<DateTime<Utc>> = VecDeque::new();
        let mut count = 0;
        for instant in self.rule.after(self.until).map(|instant| instant.to_utc()) {
            if instant > come {
                break;
            }
            count += 1;
            recent.push_back(instant);
            if recent.len() > MISSED_NAMED + 1 {
                recent.pop_front();
            }
        }
        let pause = self.pause.as_ref();
        let (paused, mut recent): (VecDeque<_>, VecDeque<_>) =
            recent.into_iter().partition(|instant| pause.is_some_and(|pause| pause.covers(*instant)));
        let latest = *recent.back().or(paused.back())?;
        let instants = match self.catch_up {
            _ if recent.is_empty() => Vec::new(),
            CatchUp::All => recent.split_off(recent.len().saturating_sub(CAUGHT_UP)).into(),
            CatchUp::Skip if now - batches::due_at(latest, self.batch_minutes) > STILL_ON_TIME => Vec::new(),
            CatchUp::Skip | CatchUp::Latest => recent.pop_back().into_iter().collect(),
        };
        Some(Due {
            report: self.report.clone(),
            schedule: self.schedule.clone(),
            missed_count: count - instants.len() - paused.len(),
            paused: paused.into(),
            missed: recent.into(),
            instants,
        })
    }
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
            catch_up: CatchUp::Latest,
            pause: None,
            batch_minutes: 0,
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
        assert_eq!((come[0].instants.as_slice(), come[0].missed_count), (&[now][..], 0));
        assert!(due(&[Watched { until: now, ..before }], at("2026-01-05T23:00:00+09:00")).is_empty());
    }

    #[test]
    fn after_a_downtime_the_latest_instant_is_run_and_the_others_are_named() {
        let come = due(&[watched("0 8 * * *", "2026-01-05T09:00:00+09:00")], at("2026-01-09T12:00:00+09:00"));
        assert_eq!(come.len(), 1);
        assert_eq!(come[0].instants, [at("2026-01-09T08:00:00+09:00")]);
        let missed: Vec<_> = [6, 7, 8].map(|day| at(&format!("2026-01-0{day}T08:00:00+09:00"))).into();
        assert_eq!((come[0].missed.clone(), come[0].missed_count), (missed, 3));
    }

    #[test]
    fn all_or_none_are_caught_up_where_the_schedule_says_so() {
        let days = |days: &[u32]| -> Vec<_> {
            days.iter().map(|day| at(&format!("2026-01-0{day}T08:00:00+09:00"))).collect()
        };
        let before = watched("0 8 * * *", "2026-01-05T09:00:00+09:00");
        let now = at("2026-01-09T12:00:00+09:00");
        let all = due(&[Watched { catch_up: CatchUp::All, ..before.clone() }], now);
        assert_eq!((&all[0].instants, all[0].missed_count), (&days(&[6, 7, 8, 9]), 0));
        let skip = Watched { catch_up: CatchUp::Skip, ..before };
        let none = due(std::slice::from_ref(&skip), now);
        assert_eq!((&none[0].instants, &none[0].missed), (&vec![], &days(&[6, 7, 8, 9])));
        // A restart in the very minute is no downtime.
        let soon = due(&[skip], at("2026-01-09T08:04:00+09:00"));
        assert_eq!((&soon[0].instants, &soon[0].missed), (&days(&[9]), &days(&[6, 7, 8])));
        let busy = watched("* * * * *", "2026-01-01T00:00:00Z");
        let busy = due(&[Watched { catch_up: CatchUp::All, ..busy }], at("2026-01-08T00:00:00Z"));
        assert_eq!((busy[0].instants.len(), busy[0].missed_count), (CAUGHT_UP, 7 * 24 * 60 - CAUGHT_UP));
        assert_eq!(busy[0].instants.last(), Some(&at("2026-01-08T00:00:00Z")));
    }

    #[test]
    fn what_falls_into_a_pause_is_not_run_and_not_caught_up() {
        let before = watched("0 8 * * *", "2026-01-05T09:00:00+09:00");
        let pause = Pause {
            report: before.report.clone(),
            schedule: before.schedule.clone(),
            by: "kim".into(),
            reason: String::new(),
            since: at("2026-01-06T12:00:00+09:00"),
            until: Some(at("2026-01-09T08:00:00+09:00")),
        };
        let day = |day: u32| at(&format!("2026-01-{day:02}T08:00:00+09:00"));
        let paused = Watched { pause: Some(pause), catch_up: CatchUp::All, ..before };
        let come = due(std::slice::from_ref(&paused), at("2026-01-08T12:00:00+09:00"));
        assert_eq!((&come[0].instants, &come[0].paused), (&vec![day(6)], &vec![day(7), day(8)]));
        // Its end belongs to the time after it.
        let come = due(&[Watched { until: day(7), ..paused.clone() }], at("2026-01-09T08:00:00+09:00"));
        assert_eq!((&come[0].instants, &come[0].paused), (&vec![day(9)], &vec![day(8)]));
        let come = due(&[Watched { until: day(7), ..paused }], at("2026-01-08T08:00:00+09:00"));
        assert_eq!((come[0].instants.len(), come[0].missed_count, &come[0].paused), (0, 0, &vec![day(8)]));
    }

    #[test]
    fn a_long_downtime_of_a_busy_schedule_is_bounded() {
        let come = due(&[watched("* * * * *", "2026-01-01T00:00:00Z")], at("2026-01-08T00:00:00Z"));
        assert_eq!(come[0].missed.len(), MISSED_NAMED);
        assert_eq!(come[0].missed_count, 7 * 24 * 60 - 1);
        assert_eq!(come[0].missed.last(), Some(&at("2026-01-07T23:59:00Z")));
    }

    #[test]
    fn times_of_one_batch_come_due_together_at_its_end() {
        let batched = |cron: &str| Watched { batch_minutes: 10, ..watched(cron, "2026-01-04T23:00:00Z") };
        let first = batched("3 8 * * *");
        let other = batched("7 8 * * *");
        let schedules = [first.clone(), other];
        for early in ["2026-01-04T23:03:00Z", "2026-01-04T23:09:59.999Z"] {
            assert_eq!(due(&schedules, at(early)), [], "{early}");
        }
        assert_eq!(first.next_due(at("2026-01-04T23:01:00Z")), Some(at("2026-01-04T23:10:00Z")));
        let came = due(&schedules, at("2026-01-04T23:10:00Z"));
        let instants: Vec<_> = came.iter().flat_map(|due| due.instants.clone()).collect();
        assert_eq!(
            instants,
            [at("2026-01-04T23:03:00Z"), at("2026-01-04T23:07:00Z")],
            "about their own times"
        );
        // A time at the end of a batch waits for nothing.
        let even = batched("10 8 * * *");
        assert_eq!(even.next_due(at("2026-01-04T23:01:00Z")), Some(at("2026-01-04T23:10:00Z")));
        assert_eq!(due(&[even], at("2026-01-04T23:10:00Z")).len(), 1);
    }
}
