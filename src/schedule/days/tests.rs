use serde_json::{Value, json};

use super::super::{Outcome, Rule};
use super::*;
use crate::definitions::model::Report;

/// A rule over the calendar of the sample workspace.
fn rule(schedule: &Value) -> Rule {
    let report: Report = serde_json::from_value(json!({
        "title": "t", "owner": "o", "time_zone": "Asia/Seoul", "panels": {}, "schedules": {"s": schedule},
    }))
    .unwrap();
    let korea = json!({
        "title": "Korea", "owner": "o", "from": "2026-01-01", "through": "2026-12-31",
        "holidays": {
            "2026-02-16": "설날 전날", "2026-02-17": "설날", "2026-02-18": "설날 다음날",
            "2026-03-02": "대체공휴일", "2026-05-01": "노동절", "2026-05-05": "어린이날",
        },
        "business_days": {"2026-02-21": "보충 근무"},
    });
    let calendars = [(CalendarId::parse("kr").unwrap(), Arc::new(serde_json::from_value(korea).unwrap()))];
    Rule::of(report.schedules.values().next().unwrap(), &report, &calendars.into()).unwrap()
}

fn schedule(more: &Value) -> Value {
    let mut schedule = json!({"cron": "0 8 * * *", "deliver": {"folder": {"path": "x"}}});
    for (key, value) in more.as_object().unwrap() {
        schedule[key] = value.clone();
    }
    schedule
}

fn days(more: &Value, from: &str, n: usize) -> Vec<String> {
    let rule = rule(&schedule(more));
    rule.after(from.parse().unwrap()).take(n).map(|at| at.format("%m-%d %H:%M").to_string()).collect()
}

#[test]
fn a_monday_off_moves_to_the_business_day_after_or_before_or_is_left_out() {
    let monday = |rule: &str| json!({"cron": "0 8 * * MON", "calendar": "kr", "on_holiday": rule});
    let from = "2026-02-09T09:00:00+09:00";
    // 16 February begins the new year's holidays; Saturday the 21st is worked.
    assert_eq!(days(&monday("next"), from, 3), ["02-19 08:00", "02-23 08:00", "03-03 08:00"]);
    assert_eq!(days(&monday("previous"), from, 3), ["02-13 08:00", "02-23 08:00", "02-27 08:00"]);
    assert_eq!(days(&monday("skip"), from, 3), ["02-23 08:00", "03-09 08:00", "03-16 08:00"]);
    assert_eq!(days(&monday("run"), from, 3), ["02-16 08:00", "02-23 08:00", "03-02 08:00"]);
}

#[test]
fn what_moves_onto_a_day_with_its_own_time_is_sent_once() {
    let daily = json!({"cron": "0 8,20 * * *", "calendar": "kr", "on_holiday": "next"});
    assert_eq!(
        days(&daily, "2026-02-27T21:00:00+09:00", 4),
        ["03-03 08:00", "03-03 20:00", "03-04 08:00", "03-04 20:00"]
    );
    let daily = json!({"cron": "0 8 * * *", "calendar": "kr", "on_holiday": "previous"});
    assert_eq!(days(&daily, "2026-02-26T09:00:00+09:00", 2), ["02-27 08:00", "03-03 08:00"]);
    // Asked between the day before and the holiday: it was sent already.
    assert_eq!(days(&daily, "2026-02-27T08:00:00+09:00", 1), ["03-03 08:00"]);
    // Asked on a holiday: what was to be sent on it is still to come.
    let monday = json!({"cron": "0 8 * * MON", "calendar": "kr", "on_holiday": "next"});
    assert_eq!(days(&monday, "2026-03-02T12:00:00+09:00", 1), ["03-03 08:00"]);
}

#[test]
fn business_days_of_the_month_count_from_both_ends() {
    let wanted = |days: Value| json!({"calendar": "kr", "business_day": days});
    let from = "2026-01-31T00:00:00+09:00";
    assert_eq!(
        days(&wanted(json!(1)), from, 4),
        ["02-02 08:00", "03-03 08:00", "04-01 08:00", "05-04 08:00"]
    );
    assert_eq!(days(&wanted(json!(-1)), from, 3), ["02-27 08:00", "03-31 08:00", "04-30 08:00"]);
    // 21 February, a Saturday, counts: it is worked.
    assert_eq!(days(&wanted(json!([14, 15])), from, 2), ["02-23 08:00", "02-24 08:00"]);
    let quarters = json!({"cron": "30 7 * 1,4,7,10 *", "calendar": "kr", "business_day": 2});
    assert_eq!(days(&quarters, from, 2), ["04-02 07:30", "07-02 07:30"]);
}

#[test]
fn nothing_is_sent_on_days_of_blackout_and_outside_of_start_and_end() {
    let black = json!({"blackout": ["2026-03-03", {"from": "2026-03-05", "through": "2026-03-08"}]});
    let from = "2026-03-01T12:00:00+09:00";
    assert_eq!(days(&black, from, 4), ["03-02 08:00", "03-04 08:00", "03-09 08:00", "03-10 08:00"]);
    let bounded = json!({"starts": "2026-03-04", "ends": "2026-03-05"});
    assert_eq!(days(&bounded, from, 9), ["03-04 08:00", "03-05 08:00"]);
    // What would move beyond the end is not sent.
    let moved = json!({"cron": "0 8 * * MON", "calendar": "kr", "on_holiday": "next", "ends": "2026-03-02"});
    assert_eq!(days(&moved, from, 9), Vec::<String>::new());
    // Nor onto a day of blackout.
    let moved = json!({
        "cron": "0 8 * * MON", "calendar": "kr", "on_holiday": "next", "blackout": "2026-03-03"
    });
    assert_eq!(days(&moved, from, 1), ["03-09 08:00"]);
}

#[test]
fn a_schedule_that_is_over_or_black_for_good_ends_soon() {
    let begun = std::time::Instant::now();
    assert!(days(&json!({"ends": "2025-12-31"}), "2026-01-01T00:00:00Z", 1).is_empty());
    let black = json!({"cron": "* * * * *", "blackout": {"from": "2026-01-01", "through": "2099-12-31"}});
    assert!(days(&black, "2026-01-01T00:00:00Z", 1).is_empty());
    assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn the_preview_tells_what_moves_and_what_is_left_out() {
    let rule = rule(&schedule(&json!({
        "cron": "0 8 * * MON", "calendar": "kr", "on_holiday": "next",
        "blackout": {"from": "2026-03-09", "through": "2026-03-09", "reason": "재고 실사"},
    })));
    let from = "2026-02-23T09:00:00+09:00".parse().unwrap();
    let told: Vec<(String, String)> = rule
        .occurrences(from)
        .take(3)
        .map(|occurrence| {
            let outcome = match &occurrence.outcome {
                Outcome::Fires(at) => format!("fires {}", at.format("%m-%d")),
                Outcome::Moved(at, off) => format!("moved to {} because {off:?}", at.format("%m-%d")),
                Outcome::Dropped(reason) => format!("dropped {reason:?}"),
            };
            (occurrence.planned.format("%m-%d").to_string(), outcome)
        })
        .collect();
    assert_eq!(told[0].0, "03-02");
    assert!(told[0].1.starts_with("moved to 03-03 because Holiday(One(\"대체공휴일\"))"), "{}", told[0].1);
    assert_eq!(told[1].0, "03-09");
    assert!(told[1].1.contains("dropped Blackout(Some(One(\"재고 실사\")))"), "{}", told[1].1);
    assert_eq!(told[2], ("03-16".into(), "fires 03-16".into()));
}

#[test]
fn a_calendar_that_ends_is_told() {
    let rule = rule(&schedule(&json!({"calendar": "kr", "on_holiday": "skip"})));
    assert!(rule.uncovered("2026-12-31T08:00:00+09:00".parse().unwrap()).is_none());
    let (id, through) = rule.uncovered("2027-01-01T08:00:00+09:00".parse().unwrap()).unwrap();
    assert_eq!((id.as_str(), through.to_string().as_str()), ("kr", "2026-12-31"));
}
