//! On which day the times of a day are sent.

use std::sync::Arc;

use chrono::{Datelike, Days as DayCount, NaiveDate};

use crate::definitions::model::{Blackout, Calendar, CalendarId, DayOff, HolidayRule, Schedule};
use crate::format::LocalizedText;

/// How far a business day is looked for. No country rests longer.
pub(super) const FARTHEST: u64 = 60;

/// What a schedule says of days, besides cron.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Days {
    calendar: Option<(CalendarId, Arc<Calendar>)>,
    on_holiday: Option<HolidayRule>,
    /// Business days of the month: 1 is the first, -1 the last.
    of_month: Vec<i8>,
    blackout: Vec<Blackout>,
    starts: Option<NaiveDate>,
    ends: Option<NaiveDate>,
}

/// Why a time that cron names is not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its day has no business.
    Off(DayOff),
    /// Nothing is sent on its day, or on the one it would move to.
    Blackout(Option<LocalizedText>),
    /// There is no business day near it.
    NoBusinessDay,
}

/// What becomes of the times of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placement {
    /// They are sent on that day: their own, or another for the reason given.
    On(NaiveDate, Option<DayOff>),
    /// They are not sent.
    Dropped(Reason),
    /// The schedule does not mean this day: it is another business day of the month, or before its start.
    NotMeant,
}

impl Days {
    /// What `schedule` says, with the calendar it names.
    pub(super) fn of(schedule: &Schedule, calendar: Option<Arc<Calendar>>) -> Self {
        Self {
            calendar: schedule.calendar.clone().zip(calendar),
            on_holiday: schedule.on_holiday,
            of_month: schedule.business_day.as_slice().to_vec(),
            blackout: schedule.blackout.as_slice().to_vec(),
            starts: schedule.starts.map(|day| day.0),
            ends: schedule.ends.map(|day| day.0),
        }
    }

    /// The first and last day whose times can be sent between `first` and `last`.
    pub(super) fn range(&self, first: NaiveDate, last: NaiveDate) -> (NaiveDate, NaiveDate) {
        let back = if self.on_holiday == Some(HolidayRule::Next) { FARTHEST } else { 0 };
        let first = first.checked_sub_days(DayCount::new(back)).unwrap_or(first);
        let far = |day: Option<NaiveDate>, shift: fn(NaiveDate, DayCount) -> Option<NaiveDate>| {
            day.and_then(|day| shift(day, DayCount::new(FARTHEST)))
        };
        let starts = far(self.starts, NaiveDate::checked_sub_days);
        let ends = far(self.ends, NaiveDate::checked_add_days);
        (starts.map_or(first, |starts| starts.max(first)), ends.map_or(last, |ends| ends.min(last)))
    }

    /// Where the times of `day` go.
    pub(super) fn place(&self, day: NaiveDate) -> Placement {
        if !self.of_month.is_empty() && !self.is_wanted_of_month(day) {
            return Placement::NotMeant;
        }
        let off = self.day_off(day);
        let on = match (off.is_some(), self.on_holiday) {
            (false, _) | (true, None | Some(HolidayRule::Run)) => return self.unless_black(day, None),
            (true, Some(HolidayRule::Skip)) => None,
            (true, Some(HolidayRule::Next)) => Some(self.near(day, NaiveDate::succ_opt)),
            (true, Some(HolidayRule::Previous)) => Some(self.near(day, NaiveDate::pred_opt)),
        };
        match (on, off) {
            (Some(Some(on)), off) => self.unless_black(on, off),
            (None, Some(off)) if self.is_open(day) => Placement::Dropped(Reason::Off(off)),
            (Some(None), _) if self.is_open(day) => Placement::Dropped(Reason::NoBusinessDay),
            _ => Placement::NotMeant,
        }
    }

    /// The calendar, where `day` lies outside of what it covers.
    pub(super) fn uncovered(&self, day: NaiveDate) -> Option<(&CalendarId, &Calendar)> {
        let (id, calendar) = self.calendar.as_ref()?;
        (!calendar.covers(day)).then_some((id, calendar.as_ref()))
    }

    fn unless_black(&self, day: NaiveDate, moved: Option<DayOff>) -> Placement {
        if !self.is_open(day) {
            return Placement::NotMeant;
        }
        let black = self.blackout.iter().find(|blackout| {
            let (from, through) = blackout.days();
            (from.0..=through.0).contains(&day)
        });
        match black {
            Some(Blackout::Range(range)) => Placement::Dropped(Reason::Blackout(range.reason.clone())),
            Some(Blackout::Day(_)) => Placement::Dropped(Reason::Blackout(None)),
            None => Placement::On(day, moved),
        }
    }

    /// Whether the schedule has started and not ended.
    fn is_open(&self, day: NaiveDate) -> bool {
        self.starts.is_none_or(|starts| day >= starts) && self.ends.is_none_or(|ends| day <= ends)
    }

    fn day_off(&self, day: NaiveDate) -> Option<DayOff> {
        self.calendar.as_ref().and_then(|(_, calendar)| calendar.day_off(day))
    }

    fn near(&self, day: NaiveDate, step: fn(&NaiveDate) -> Option<NaiveDate>) -> Option<NaiveDate> {
        std::iter::successors(step(&day), step)
            .take(FARTHEST as usize)
            .find(|day| self.day_off(*day).is_none())
    }

    fn is_wanted_of_month(&self, day: NaiveDate) -> bool {
        if self.day_off(day).is_some() {
            return false;
        }
        let same_month = |other: &NaiveDate| other.month() == day.month();
        let count = |step: fn(&NaiveDate) -> Option<NaiveDate>| {
            let days = std::iter::successors(Some(day), step).take_while(same_month);
            days.filter(|day| self.day_off(*day).is_none()).count()
        };
        let (from_first, from_last) = (count(NaiveDate::pred_opt), count(NaiveDate::succ_opt));
        self.of_month.iter().any(|wanted| {
            let position = usize::from(wanted.unsigned_abs());
            position == if *wanted > 0 { from_first } else { from_last }
        })
    }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((id, _)) = &self.calendar {
            write!(f, " calendar {id}")?;
        }
        if let Some(rule) = self.on_holiday {
            write!(f, " on_holiday {rule:?}")?;
        }
        if !self.of_month.is_empty() {
            write!(f, " business_day {:?}", self.of_month)?;
        }
        for (from, through) in self.blackout.iter().map(Blackout::days) {
            write!(f, " blackout {from}/{through}")?;
        }
        for (word, day) in [("starts", self.starts), ("ends", self.ends)] {
            if let Some(day) = day {
                write!(f, " {word} {day}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
