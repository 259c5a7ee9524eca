use chrono::{Datelike, TimeDelta, Timelike};
use proptest::prelude::*;

use super::*;

fn next(cron: &str, zone: &str, from: &str, n: usize) -> Vec<String> {
    let from: DateTime<Utc> = from.parse().unwrap();
    let rule = Rule::parse(cron, zone).unwrap();
    rule.after(from).take(n).map(|instant| instant.to_rfc3339()).collect()
}

#[test]
fn a_zone_without_daylight_saving_fires_at_the_same_hour() {
    assert_eq!(
        next("0 8 * * MON", "Asia/Seoul", "2026-01-01T00:00:00Z", 2),
        ["2026-01-05T08:00:00+09:00", "2026-01-12T08:00:00+09:00"]
    );
    // Exactly at an instant, the next one is asked for.
    assert_eq!(next("0 8 * * MON", "Asia/Seoul", "2026-01-04T23:00:00Z", 1), ["2026-01-12T08:00:00+09:00"]);
    assert_eq!(
        next("0 8 * * MON", "Asia/Seoul", "2026-01-04T22:59:59.999Z", 1),
        ["2026-01-05T08:00:00+09:00"]
    );
}

#[test]
fn a_skipped_time_fires_right_after_the_gap() {
    // New York: 2026-03-08 02:00 → 03:00.
    assert_eq!(
        next("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2),
        ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]
    );
    // London: 2026-03-29 01:00 → 02:00.
    assert_eq!(
        next("0 1 * * *", "Europe/London", "2026-03-28T12:00:00Z", 2),
        ["2026-03-29T02:00:00+01:00", "2026-03-30T01:00:00+01:00"]
    );
    // Korea had a summer time in 1988: 1988-05-08 02:00 → 03:00.
    assert_eq!(
        next("15 2 * * *", "Asia/Seoul", "1988-05-07T12:00:00Z", 2),
        ["1988-05-08T03:00:00+10:00", "1988-05-09T02:15:00+10:00"]
    );
    // Samoa left out a whole day: 2011-12-30.
    assert_eq!(
        next("0 8 * * *", "Pacific/Apia", "2011-12-29T12:00:00Z", 3),
        ["2011-12-29T08:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T08:00:00+14:00"]
    );
}

#[test]
fn several_times_within_a_gap_fire_once() {
    assert_eq!(
        next("*/20 2,3 * * *", "America/New_York", "2026-03-08T06:00:00Z", 4),
        [
            "2026-03-08T03:00:00-04:00",
            "2026-03-08T03:20:00-04:00",
            "2026-03-08T03:40:00-04:00",
            "2026-03-09T02:00:00-04:00"
        ]
    );
}

#[test]
fn a_repeated_time_fires_once() {
    // New York: 2026-11-01 02:00 → 01:00.
    assert_eq!(
        next("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2),
        ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]
    );
    assert_eq!(
        next("0,30 1 * * *", "America/New_York", "2026-11-01T04:00:00Z", 3),
        ["2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-02T01:00:00-05:00"]
    );
    // Asked in the second pass of the hour, the first pass is over.
    assert_eq!(
        next("30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z", 1),
        ["2026-11-02T01:30:00-05:00"]
    );
    // London: 2026-10-25 02:00 → 01:00.
    assert_eq!(
        next("15 1 * * *", "Europe/London", "2026-10-24T12:00:00Z", 2),
        ["2026-10-25T01:15:00+01:00", "2026-10-26T01:15:00+00:00"]
    );
    assert_eq!(
        next("30 2 * * *", "Asia/Seoul", "1988-10-08T12:00:00Z", 2),
        ["1988-10-09T02:30:00+10:00", "1988-10-10T02:30:00+09:00"]
    );
}

#[test]
fn a_schedule_that_never_fires_ends_soon() {
    let started = std::time::Instant::now();
    assert_eq!(next("0 0 30 2 *", "Asia/Seoul", "2026-01-01T00:00:00Z", 1), Vec::<String>::new());
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(next("0 0 29 2 *", "Asia/Seoul", "2026-01-01T00:00:00Z", 1), ["2028-02-29T00:00:00+09:00"]);
}

#[test]
fn bad_rules_say_what_is_wrong() {
    for (cron, zone, word) in [
        ("0 8 * * MON *", "Asia/Seoul", "6 fields"),
        ("@daily", "Asia/Seoul", "1 fields"),
        ("", "Asia/Seoul", "0 fields"),
        ("61 8 * * *", "Asia/Seoul", "61 8 * * *"),
        ("0 8 * * MOO", "Asia/Seoul", "MOO"),
        ("0 8 * * MON", "Asia/Soul", "Asia/Soul"),
    ] {
        let error = Rule::parse(cron, zone).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}

/// Local times in days around transitions, from every minute that the fields name.
fn expected(
    minutes: &[u32],
    hours: &[u32],
    rule: &Rule,
    from: DateTime<Utc>,
    days: i64,
) -> Vec<DateTime<Utc>> {
    let mut instants: Vec<DateTime<Utc>> = Vec::new();
    let first = from.with_timezone(&rule.zone()).date_naive();
    for day in -1..=days + 1 {
        for hour in hours {
            for minute in minutes {
                let local = (first + TimeDelta::days(day)).and_hms_opt(*hour, *minute, 0).unwrap();
                // Walks minute by minute to the first local time that exists.
                let mut exists = local;
                let instant = loop {
                    match rule.zone().from_local_datetime(&exists).earliest() {
                        Some(instant) => break instant,
                        None => exists += TimeDelta::minutes(1),
                    }
                };
                instants.push(instant.to_utc());
            }
        }
    }
    instants.sort();
    instants.dedup();
    instants.retain(|instant| *instant > from && *instant <= from + TimeDelta::days(days));
    instants
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn instants_rise_and_are_those_a_naive_search_finds(
        minutes in prop::collection::btree_set(0u32..60, 1..4),
        hours in prop::collection::btree_set(0u32..24, 1..4),
        zone in prop::sample::select(vec!["America/New_York", "Europe/London", "Asia/Seoul", "Australia/Lord_Howe"]),
        offset in 0i64..(4 * 24 * 60 * 60),
        autumn in any::<bool>(),
    ) {
        let list = |set: &std::collections::BTreeSet<u32>| set.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let rule = Rule::parse(&format!("{} {} * * *", list(&minutes), list(&hours)), zone).unwrap();
        // The days before the clocks change: New York on 8 March, London and Lord Howe around it.
        let start = match (zone, autumn) {
            ("America/New_York", false) => "2026-03-05T00:00:00Z",
            ("America/New_York", true) => "2026-10-29T00:00:00Z",
            ("Europe/London", false) => "2026-03-26T00:00:00Z",
            ("Europe/London", true) => "2026-10-22T00:00:00Z",
            ("Asia/Seoul", false) => "1988-05-05T00:00:00Z",
            ("Asia/Seoul", true) => "1988-10-06T00:00:00Z",
            (_, false) => "2026-04-02T00:00:00Z",
            (_, true) => "2026-10-01T00:00:00Z",
        };
        let from = start.parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(offset);
        let (minutes, hours): (Vec<u32>, Vec<u32>) = (minutes.into_iter().collect(), hours.into_iter().collect());
        let until = from + TimeDelta::days(5);
        let found: Vec<_> = rule.after(from).map(|i| i.to_utc()).take_while(|i| *i <= until).collect();
        prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(found, expected(&minutes, &hours, &rule, from, 5));
    }

    #[test]
    fn weekly_instants_fall_on_their_weekday_at_their_time(day in 0u32..7, hour in 4u32..24, from in 0i64..4_000_000_000) {
        let rule = Rule::parse(&format!("7 {hour} * * {day}"), "America/New_York").unwrap();
        let from = DateTime::from_timestamp(from, 0).unwrap();
        for instant in rule.after(from).take(3) {
            prop_assert_eq!(instant.weekday().num_days_from_sunday(), day);
            prop_assert_eq!((instant.hour(), instant.minute(), instant.second()), (hour, 7, 0));
        }
    }
}
