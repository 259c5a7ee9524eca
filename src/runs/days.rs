//! Days of a time zone as instants.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// The first instant of `day` in `zone`; `None` beyond the calendar.
pub fn begins(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Some days begin at one o'clock, because the clocks go forward at midnight.
    let first = |at| zone.from_local_datetime(&at).earliest();
    let begins = first(midnight).or_else(|| first(midnight + TimeDelta::hours(1)))?;
    Some(begins.to_utc())
}

/// The first instant after `day` in `zone`; `None` beyond the calendar.
pub fn ends(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    begins(day.checked_add_days(Days::new(1))?, zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_the_zone_says_so() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let first = |zone| begins(day("2026-11-27"), zone).unwrap().to_rfc3339();
        assert_eq!(first(Tz::Asia__Seoul), "2026-11-26T15:00:00+00:00");
        assert_eq!(first(Tz::UTC), "2026-11-27T00:00:00+00:00");
        // Clocks go forward at midnight there.
        let skipped = begins(day("2026-09-06"), Tz::America__Santiago).unwrap();
        assert_eq!(skipped.to_rfc3339(), "2026-09-06T04:00:00+00:00");
        assert_eq!(ends(day("2026-09-05"), Tz::America__Santiago), Some(skipped));
        assert_eq!(ends(NaiveDate::MAX, Tz::UTC), None);
    }
}
