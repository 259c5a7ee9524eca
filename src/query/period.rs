//! Which dates a relative period means, and which it is compared with.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use super::{DateRange, bucket_of};
use crate::definitions::model::Compare;
use crate::definitions::period::{PeriodSpec, PeriodUnit};
use crate::format::Grain;

/// What relative periods count back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The day that `today` and "to date" mean.
    pub today: NaiveDate,
    /// The last day that counts as complete.
    pub complete_through: NaiveDate,
}

impl Anchor {
    /// The instant `now` as seen in `zone`: today is running, yesterday is complete.
    pub fn at(now: DateTime<Utc>, zone: Tz) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        Self { today, complete_through: today.pred_opt().unwrap_or(today) }
    }

    /// The last day the data have, never later than now: that day is complete.
    pub fn at_latest_data(latest: NaiveDate, now: DateTime<Utc>, zone: Tz) -> Self {
        let day = latest.min(now.with_timezone(&zone).date_naive());
        Self { today: day, complete_through: day }
    }
}

/// The days that `spec` means; `None` for `all`. `latest` is the last day of the data, for
/// `as_of_latest`.
pub fn resolve(
    spec: PeriodSpec,
    anchor: Anchor,
    latest: Option<NaiveDate>,
    week_start: Weekday,
) -> Option<DateRange> {
    let after = |day: NaiveDate| day.succ_opt().unwrap_or(day);
    let start_of = |day, unit| bucket_of(day, grain(unit), week_start);
    let unit_from = |start, unit| Some(DateRange { start, end: step(start, unit, 1) });
    match spec {
        PeriodSpec::This(unit) => unit_from(start_of(anchor.today, unit), unit),
        PeriodSpec::ToDate(unit) => {
            Some(DateRange { start: start_of(anchor.today, unit), end: after(anchor.today) })
        }
        PeriodSpec::LastComplete(unit) => {
            let end = start_of(after(anchor.complete_through), unit);
            Some(DateRange { start: step(end, unit, -1), end })
        }
        PeriodSpec::Last { count, unit } => {
            let end = start_of(after(anchor.complete_through), unit);
            Some(DateRange { start: step(end, unit, -i32::from(count)), end })
        }
        PeriodSpec::AsOfLatest => {
            let day = latest.unwrap_or(anchor.complete_through);
            Some(DateRange { start: day, end: after(day) })
        }
        PeriodSpec::All => None,
        PeriodSpec::Between { start, end } => Some(DateRange { start, end: after(end) }),
        PeriodSpec::Year(year) => unit_from(NaiveDate::from_ymd_opt(year, 1, 1)?, PeriodUnit::Year),
        PeriodSpec::Month { year, month } => {
            unit_from(NaiveDate::from_ymd_opt(year, month, 1)?, PeriodUnit::Month)
        }
        PeriodSpec::Quarter { year, quarter } => unit_from(
            NaiveDate::from_ymd_opt(year, quarter.saturating_sub(1) * 3 + 1, 1)?,
            PeriodUnit::Quarter,
        ),
        PeriodSpec::IsoWeek { year, week } => {
            unit_from(NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?, PeriodUnit::Week)
        }
    }
}

/// The days that `range`, resolved from `spec`, is compared with.
pub fn compared(spec: PeriodSpec, range: DateRange, compare: Compare) -> Option<DateRange> {
    match compare {
        Compare::None => None,
        Compare::PreviousPeriod => Some(previous(spec, range)),
        Compare::SamePeriodLastYear => Some(a_year_earlier(spec, range)),
    }
}

fn previous(spec: PeriodSpec, range: DateRange) -> DateRange {
    // "To date" is compared with the same days of the unit before: 1–10 November, 1–10 October.
    if let PeriodSpec::ToDate(unit) = spec {
        let start = step(range.start, unit, -1);
        let last = step(range.last_day(), unit, -1);
        return DateRange { start, end: last.succ_opt().unwrap_or(last).min(range.start) };
    }
    // Days and weeks are compared with as many of them, even where they happen to fill a month.
    let whole: &[_] = if counts_days(spec) {
        &[]
    } else {
        &[(PeriodUnit::Year, 12), (PeriodUnit::Quarter, 3), (PeriodUnit::Month, 1)]
    };
    for &(unit, months) in whole {
        let aligned = |day| bucket_of(day, grain(unit), Weekday::Mon) == day;
        if aligned(range.start) && aligned(range.end) && range.start < range.end {
            let span = months_between(range.start, range.end);
            return DateRange {
                start: step(range.start, PeriodUnit::Month, -(span / months * months)),
                end: range.start,
            };
        }
    }
    let length = Days::new(range.days().unsigned_abs());
    DateRange { start: range.start.checked_sub_days(length).unwrap_or(range.start), end: range.start }
}

fn a_year_earlier(spec: PeriodSpec, range: DateRange) -> DateRange {
    if counts_weeks(spec) {
        // The ISO week of the week's Thursday-like middle; week 53 falls back to week 52.
        let middle = range.start.checked_add_days(Days::new(3)).unwrap_or(range.start).iso_week();
        let monday = |year, week| NaiveDate::from_isoywd_opt(year, week, Weekday::Mon);
        let here = monday(middle.year(), middle.week());
        let there = monday(middle.year() - 1, middle.week()).or_else(|| monday(middle.year() - 1, 52));
        if let (Some(here), Some(there)) = (here, there) {
            return DateRange { start: range.start + (there - here), end: range.end + (there - here) };
        }
    }
    let start = step(range.start, PeriodUnit::Year, -1);
    // Whole months stay whole: February 2025 is compared with all 29 days of February 2024.
    if !counts_days(spec)
        && !matches!(spec, PeriodSpec::ToDate(_))
        && range.start.day() == 1
        && range.end.day() == 1
    {
        return DateRange { start, end: step(range.end, PeriodUnit::Year, -1) };
    }
    let last = step(range.last_day(), PeriodUnit::Year, -1);
    DateRange { start, end: last.succ_opt().unwrap_or(last) }
}

/// Whether the period is so many days or weeks, wherever in a month they lie.
fn counts_days(spec: PeriodSpec) -> bool {
    counts_weeks(spec) || matches!(spec, PeriodSpec::Last { unit: PeriodUnit::Day, .. })
}

fn counts_weeks(spec: PeriodSpec) -> bool {
    matches!(
        spec,
        PeriodSpec::This(PeriodUnit::Week)
            | PeriodSpec::LastComplete(PeriodUnit::Week)
            | PeriodSpec::ToDate(PeriodUnit::Week)
            | PeriodSpec::Last { unit: PeriodUnit::Week, .. }
            | PeriodSpec::IsoWeek { .. }
    )
}

fn months_between(start: NaiveDate, end: NaiveDate) -> i32 {
    (end.year() - start.year()) * 12 + end.month0() as i32 - start.month0() as i32
}

fn grain(unit: PeriodUnit) -> Grain {
    match unit {
        PeriodUnit::Day => Grain::Day,
        PeriodUnit::Week => Grain::Week,
        PeriodUnit::Month => Grain::Month,
        PeriodUnit::Quarter => Grain::Quarter,
        PeriodUnit::Year => Grain::Year,
    }
}

/// `count` units later; a day that the month does not have becomes its last day.
fn step(day: NaiveDate, unit: PeriodUnit, count: i32) -> NaiveDate {
    let size = count.unsigned_abs();
    let days = |per_unit: u64| {
        let days = Days::new(u64::from(size) * per_unit);
        if count < 0 { day.checked_sub_days(days) } else { day.checked_add_days(days) }
    };
    let months = |per_unit: u32| {
        let months = Months::new(size * per_unit);
        if count < 0 { day.checked_sub_months(months) } else { day.checked_add_months(months) }
    };
    match unit {
        PeriodUnit::Day => days(1),
        PeriodUnit::Week => days(7),
        PeriodUnit::Month => months(1),
        PeriodUnit::Quarter => months(3),
        PeriodUnit::Year => months(12),
    }
    .unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn range(spec: &str, now: &str, zone: Tz) -> String {
        let anchor = Anchor::at(now.parse().unwrap(), zone);
        let range =
            resolve(PeriodSpec::parse(spec).unwrap(), anchor, Some(day("2026-11-20")), Weekday::Mon).unwrap();
        format!("{}..{}", range.start, range.last_day())
    }

    fn against(spec: &str, now: &str, compare: Compare) -> String {
        let spec = PeriodSpec::parse(spec).unwrap();
        let anchor = Anchor::at(now.parse().unwrap(), chrono_tz::Asia::Seoul);
        let range = resolve(spec, anchor, None, Weekday::Mon).unwrap();
        let range = compared(spec, range, compare).unwrap();
        format!("{}..{}", range.start, range.last_day())
    }

    #[test]
    fn periods_are_counted_in_the_zone_of_the_report() {
        // Monday 08:00 in Seoul is still Sunday in New York.
        let now = "2026-11-22T23:00:00Z";
        assert_eq!(range("today", now, chrono_tz::Asia::Seoul), "2026-11-23..2026-11-23");
        assert_eq!(range("today", now, chrono_tz::America::New_York), "2026-11-22..2026-11-22");
        assert_eq!(range("last_complete_week", now, chrono_tz::Asia::Seoul), "2026-11-16..2026-11-22");
        assert_eq!(range("last_complete_week", now, chrono_tz::America::New_York), "2026-11-09..2026-11-15");
        assert_eq!(range("month_to_date", now, chrono_tz::Asia::Seoul), "2026-11-01..2026-11-23");
        assert_eq!(range("last_12_months", now, chrono_tz::Asia::Seoul), "2025-11-01..2026-10-31");
        assert_eq!(range("last_30_days", now, chrono_tz::Asia::Seoul), "2026-10-24..2026-11-22");
        assert_eq!(range("as_of_latest", now, chrono_tz::Asia::Seoul), "2026-11-20..2026-11-20");
        assert_eq!(range("2026-W53", now, chrono_tz::Asia::Seoul), "2026-12-28..2027-01-03");
    }

    #[test]
    fn a_day_that_daylight_saving_cuts_short_is_still_one_day() {
        let new_york = chrono_tz::America::New_York;
        assert_eq!(range("yesterday", "2026-03-09T04:30:00Z", new_york), "2026-03-08..2026-03-08");
        assert_eq!(range("yesterday", "2026-11-02T05:30:00Z", new_york), "2026-11-01..2026-11-01");
    }

    #[test]
    fn whole_months_are_compared_with_months_and_part_months_with_the_same_days() {
        let now = "2026-03-15T00:00:00Z";
        assert_eq!(against("last_complete_month", now, Compare::PreviousPeriod), "2026-01-01..2026-01-31");
        assert_eq!(against("month_to_date", now, Compare::PreviousPeriod), "2026-02-01..2026-02-15");
        assert_eq!(
            against("month_to_date", "2026-03-31T00:00:00Z", Compare::PreviousPeriod),
            "2026-02-01..2026-02-28"
        );
        assert_eq!(against("last_7_days", now, Compare::PreviousPeriod), "2026-03-01..2026-03-07");
        assert_eq!(against("last_3_months", now, Compare::PreviousPeriod), "2025-09-01..2025-11-30");
        assert_eq!(
            against("last_complete_month", now, Compare::SamePeriodLastYear),
            "2025-02-01..2025-02-28"
        );
        assert_eq!(against("2024-02-29", now, Compare::SamePeriodLastYear), "2023-02-28..2023-02-28");
    }

    #[test]
    fn days_that_happen_to_fill_a_month_are_compared_with_as_many_days() {
        // 30 days through 30 April; 4 weeks that are February 2027.
        let now = "2026-05-01T00:00:00Z";
        assert_eq!(against("last_30_days", now, Compare::PreviousPeriod), "2026-03-02..2026-03-31");
        let now = "2027-03-01T00:00:00Z";
        assert_eq!(against("last_4_weeks", now, Compare::PreviousPeriod), "2027-01-04..2027-01-31");
    }

    #[test]
    fn a_whole_february_is_compared_with_a_whole_february_and_its_part_with_the_same_days() {
        let year_ago = |spec, now| against(spec, now, Compare::SamePeriodLastYear);
        let now = "2025-03-10T00:00:00Z";
        assert_eq!(year_ago("last_complete_month", now), "2024-02-01..2024-02-29");
        assert_eq!(year_ago("2025-02-01..2025-02-28", now), "2024-02-01..2024-02-29");
        assert_eq!(year_ago("2025-02-28", now), "2024-02-28..2024-02-28");
        assert_eq!(year_ago("month_to_date", "2025-02-28T00:00:00Z"), "2024-02-01..2024-02-28");
    }

    #[test]
    fn a_week_is_compared_with_the_same_iso_week_of_last_year() {
        assert_eq!(
            against("2026-W10", "2026-03-15T00:00:00Z", Compare::SamePeriodLastYear),
            "2025-03-03..2025-03-09"
        );
        assert_eq!(
            against("2026-W53", "2027-03-15T00:00:00Z", Compare::SamePeriodLastYear),
            "2025-12-22..2025-12-28"
        );
    }

    #[test]
    fn the_latest_day_of_the_data_counts_as_complete_and_is_never_after_now() {
        let now = "2026-11-22T23:00:00Z".parse().unwrap();
        let seoul = chrono_tz::Asia::Seoul;
        let spec = PeriodSpec::parse("last_complete_month").unwrap();
        let anchor = Anchor::at_latest_data(day("2026-10-31"), now, seoul);
        assert_eq!(resolve(spec, anchor, None, Weekday::Mon).unwrap().start, day("2026-10-01"));
        assert_eq!(Anchor::at_latest_data(day("2027-01-05"), now, seoul).today, day("2026-11-23"));
    }

    proptest! {
        #[test]
        fn every_relative_period_is_a_proper_range_that_ends_by_its_rule(
            seconds in 0i64..4_000_000_000,
            zone in prop::sample::select(vec![
                chrono_tz::Asia::Seoul, chrono_tz::Asia::Hong_Kong, chrono_tz::America::New_York,
                chrono_tz::America::Sao_Paulo, chrono_tz::Pacific::Apia, chrono_tz::Europe::London,
            ]),
            name in prop::sample::select(PeriodSpec::NAMES.to_vec()),
            sunday in any::<bool>(),
            compare in prop::sample::select(vec![Compare::PreviousPeriod, Compare::SamePeriodLastYear]),
        ) {
            let week_start = if sunday { Weekday::Sun } else { Weekday::Mon };
            let anchor = Anchor::at(DateTime::from_timestamp(seconds, 0).unwrap(), zone);
            let spec = PeriodSpec::parse(name).unwrap();
            if let Some(range) = resolve(spec, anchor, None, week_start) {
                prop_assert!(range.start < range.end, "{name}: {range:?}");
                if matches!(spec, PeriodSpec::LastComplete(_) | PeriodSpec::Last { .. }) {
                    prop_assert!(range.last_day() <= anchor.complete_through);
                }
                let other = compared(spec, range, compare).unwrap();
                prop_assert!(other.start < other.end && other.start < range.start, "{name}: {range:?} {other:?}");
                prop_assert!(compare == Compare::SamePeriodLastYear || other.end <= range.start);
            }
        }
    }
}
