//! Ranges of days and the buckets they fall into.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::format::Grain;

/// Days from `start` up to but not including `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// The first day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

impl DateRange {
    /// The last day; before `start` when the range is empty.
    pub fn last_day(&self) -> NaiveDate {
        self.end.pred_opt().unwrap_or(self.end)
    }

    /// How many days.
    pub fn days(&self) -> i64 {
        (self.end - self.start).num_days()
    }

    /// The first days of the buckets the range touches, in order.
    pub fn buckets(&self, grain: Grain, week_start: Weekday) -> Buckets {
        let next = (self.start < self.end).then(|| bucket_of(self.start, grain, week_start));
        Buckets { next, end: self.end, grain }
    }
}

/// The first days of successive buckets.
#[derive(Debug, Clone)]
pub struct Buckets {
    next: Option<NaiveDate>,
    end: NaiveDate,
    grain: Grain,
}

impl Iterator for Buckets {
    type Item = NaiveDate;

    fn next(&mut self) -> Option<NaiveDate> {
        let bucket = self.next.filter(|bucket| *bucket < self.end)?;
        self.next = match self.grain {
            Grain::Hour | Grain::Day => bucket.checked_add_days(Days::new(1)),
            Grain::Week => bucket.checked_add_days(Days::new(7)),
            Grain::Month => bucket.checked_add_months(Months::new(1)),
            Grain::Quarter => bucket.checked_add_months(Months::new(3)),
            Grain::Year => bucket.checked_add_months(Months::new(12)),
        };
        Some(bucket)
    }
}

/// The first day of the bucket that `day` falls into.
pub fn bucket_of(day: NaiveDate, grain: Grain, week_start: Weekday) -> NaiveDate {
    let first_of = |month| NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
    match grain {
        Grain::Hour | Grain::Day => day,
        Grain::Week => {
            let back = (7 + day.weekday().num_days_from_monday() - week_start.num_days_from_monday()) % 7;
            day.checked_sub_days(Days::new(u64::from(back))).unwrap_or(day)
        }
        Grain::Month => first_of(day.month()),
        Grain::Quarter => first_of((day.month0() / 3) * 3 + 1),
        Grain::Year => first_of(1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_starts_on_monday_or_sunday_by_locale() {
        let wednesday = day("2026-11-25");
        assert_eq!(bucket_of(wednesday, Grain::Week, Weekday::Mon), day("2026-11-23"));
        assert_eq!(bucket_of(wednesday, Grain::Week, Weekday::Sun), day("2026-11-22"));
        assert_eq!(bucket_of(day("2026-11-22"), Grain::Week, Weekday::Mon), day("2026-11-16"));
    }

    proptest! {
        #[test]
        fn buckets_cover_every_day_of_a_range_once(
            start in 0i32..3_652_058,
            length in 1u64..900,
            grain in prop::sample::select(vec![Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year]),
            sunday in any::<bool>(),
        ) {
            let week_start = if sunday { Weekday::Sun } else { Weekday::Mon };
            let start = NaiveDate::from_num_days_from_ce_opt(start + 1).unwrap();
            let range = DateRange { start, end: start + Days::new(length) };
            let buckets: Vec<_> = range.buckets(grain, week_start).collect();
            prop_assert!(buckets.windows(2).all(|pair| pair[0] < pair[1]));
            let mut expected: Vec<_> =
                range.start.iter_days().take(length as usize).map(|day| bucket_of(day, grain, week_start)).collect();
            expected.dedup();
            prop_assert_eq!(buckets, expected);
        }
    }
}
