//! The times a schedule names, one after another, and what becomes of them.

use std::collections::VecDeque;

use chrono::{DateTime, Days as DayCount, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::Rule;
use super::days::{Placement, Reason};
use crate::definitions::model::DayOff;

/// Whatever fires at all does so within these days: 29 February, over a year that is none of leap, on a
/// day of the week.
const HORIZON: u64 = 365 * 41;

/// A local time that cron names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The time, in the schedule's zone.
    pub planned: NaiveDateTime,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a time that cron names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The schedule fires then.
    Fires(DateTime<Tz>),
    /// It fires on another day.
    Moved(DateTime<Tz>, DayOff),
    /// It does not fire.
    Dropped(Reason),
}

impl Occurrence {
    /// When it fires.
    pub fn instant(&self) -> Option<DateTime<Tz>> {
        match &self.outcome {
            Outcome::Fires(instant) | Outcome::Moved(instant, _) => Some(*instant),
            Outcome::Dropped(_) => None,
        }
    }
}

/// The occurrences after an instant, in the order they fire or would have.
pub(super) struct Occurrences<'a> {
    rule: &'a Rule,
    from: DateTime<Utc>,
    /// The next day whose times are looked at.
    day: Option<NaiveDate>,
    last_day: NaiveDate,
    /// The last instant given.
    last: DateTime<Utc>,
    /// Whether what is not sent is told too.
    all: bool,
    ready: VecDeque<Occurrence>,
}

impl<'a> Occurrences<'a> {
    /// Those that are sent.
    pub(super) fn sent(rule: &'a Rule, from: DateTime<Utc>) -> Self {
        Self::new(rule, from, false)
    }

    /// Those that are sent and those that are not.
    pub(super) fn all(rule: &'a Rule, from: DateTime<Utc>) -> Self {
        Self::new(rule, from, true)
    }

    fn new(rule: &'a Rule, from: DateTime<Utc>, all: bool) -> Self {
        let today = from.with_timezone(&rule.zone()).date_naive();
        // A gap of a whole day puts the times of yesterday on today.
        let first = today.pred_opt().unwrap_or(today);
        let last = today.checked_add_days(DayCount::new(HORIZON)).unwrap_or(NaiveDate::MAX);
        let (first, last_day) = rule.days().range(first, last);
        Self { rule, from, day: Some(first), last_day, last: from, all, ready: VecDeque::new() }
    }

    /// The next day with times, and where they go.
    fn next_day(&mut self) -> Option<(NaiveDate, Placement)> {
        let day = self.rule.day_from(self.day?).filter(|day| *day <= self.last_day);
        self.day = day;
        day.map(|day| (day, self.rule.days().place(day)))
    }

    /// Gathers all times that are sent on one day, and those between them that are not.
    fn gather(&mut self) -> bool {
        let mut target = None;
        let mut gathered: Vec<(NaiveDateTime, Occurrence)> = Vec::new();
        while let Some((day, placement)) = self.next_day() {
            match placement {
                Placement::Dropped(reason) if self.all => gathered.extend(self.dropped(day, &reason)),
                Placement::NotMeant | Placement::Dropped(_) => {}
                Placement::On(on, moved) => {
                    if *target.get_or_insert(on) != on {
                        break;
                    }
                    gathered.extend(self.on_day(day, on, moved.as_ref()));
                }
            }
            self.day = day.succ_opt();
            // Nothing that is sent follows for long: what was found so far need not wait for it.
            if target.is_none() && !gathered.is_empty() {
                break;
            }
        }
        // Of two at one instant, the one in its own place stands first.
        gathered.sort_by_key(|(at, occurrence)| (*at, matches!(occurrence.outcome, Outcome::Moved(..))));
        for (_, occurrence) in gathered {
            if let Some(instant) = occurrence.instant() {
                if instant.to_utc() <= self.last {
                    continue;
                }
                self.last = instant.to_utc();
            }
            self.ready.push_back(occurrence);
        }
        self.day.is_some()
    }

    fn dropped(&self, day: NaiveDate, reason: &Reason) -> Vec<(NaiveDateTime, Occurrence)> {
        let from = self.from.with_timezone(&self.rule.zone()).naive_local();
        let times = self.rule.times_on(day).filter(|planned| *planned > from);
        let dropped = |planned| Occurrence { planned, outcome: Outcome::Dropped(reason.clone()) };
        times.map(|planned| (planned, dropped(planned))).collect()
    }

    fn on_day(
        &self,
        day: NaiveDate,
        on: NaiveDate,
        moved: Option<&DayOff>,
    ) -> Vec<(NaiveDateTime, Occurrence)> {
        let today = self.from.with_timezone(&self.rule.zone()).date_naive();
        if on.succ_opt().is_some_and(|next| next < today) {
            return Vec::new();
        }
        let occurrence = |planned: NaiveDateTime| {
            let at = on.and_time(planned.time());
            let instant = self.rule.instant(at)?;
            let outcome = match moved {
                Some(off) => Outcome::Moved(instant, off.clone()),
                None => Outcome::Fires(instant),
            };
            Some((at, Occurrence { planned, outcome }))
        };
        self.rule.times_on(day).filter_map(occurrence).collect()
    }
}

impl Iterator for Occurrences<'_> {
    type Item = Occurrence;

    fn next(&mut self) -> Option<Occurrence> {
        loop {
            if let Some(occurrence) = self.ready.pop_front() {
                return Some(occurrence);
            }
            if !self.gather() && self.ready.is_empty() {
                return None;
            }
        }
    }
}
