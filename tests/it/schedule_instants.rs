//! A year of schedules in zones whose clocks change, and the calendars of the sample: compared with libraries that
//! share nothing with the product.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use indexmap::IndexMap;
use jangpyo::definitions::model::{Calendar, CalendarId, Report};
use jangpyo::schedule::Rule;
use serde_json::{Value, json};

use crate::support::python;
use crate::support::workspace::TestWorkspace;

/// Seoul keeps its clock, the others change it: by an hour, by half an hour, in the north and in the south.
const PLACES: [(&str, &str); 5] = [
    ("Asia/Seoul", "KR"),
    ("Asia/Hong_Kong", "HK"),
    ("America/New_York", "US"),
    ("Australia/Sydney", "HK"),
    ("Australia/Lord_Howe", "KR"),
];

/// Around the hours that are skipped and repeated, on days that move, and at the ends of months.
const CRONS: [&str; 8] = [
    "0 8 * * MON",
    "30 2 * * *",
    "*/15 1-3 * * *",
    "15 1,2 * * SUN",
    "0 0 1 * *",
    "45 23 L * *",
    "0 9,18 * * FRI,SAT",
    "5 2 29 2 *",
];

fn answer(arguments: &[&str], asked: &Value) -> Value {
    let mut script = Command::new(python::interpreter())
        .arg(python::script("schedule_instants.py"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    script.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = script.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn calendars() -> IndexMap<CalendarId, Arc<Calendar>> {
    TestWorkspace::sample().load().catalog().calendars.clone()
}

#[test]
fn the_samples_holidays_are_those_an_independent_library_knows() {
    let known = answer(&["holidays"], &Value::Null);
    let calendars = calendars();
    assert_eq!(calendars.len(), known.as_object().unwrap().len());
    for (id, calendar) in calendars {
        let ours: Vec<String> = calendar.holidays.keys().map(ToString::to_string).collect();
        assert_eq!(json!(ours), known[id.as_str()], "{id}");
        assert!(ours.len() > 40, "{id}");
    }
}

#[test]
fn a_year_of_schedules_fires_as_independent_libraries_say() {
    let mut schedules = Vec::new();
    for (zone, country) in PLACES {
        for cron in CRONS {
            schedules.push(json!({"cron": cron, "zone": zone}));
            for rule in ["skip", "next", "previous"] {
                schedules.push(json!({"cron": cron, "zone": zone, "country": country, "on_holiday": rule}));
            }
        }
        for days in [json!([1]), json!([-1]), json!([3, 15, -15])] {
            for cron in ["30 2 * * *", "0 7 * 1,4,7,10 *"] {
                schedules.push(json!({"cron": cron, "zone": zone, "country": country, "business_day": days}));
            }
        }
    }
    let expected = answer(&[], &json!(schedules));
    let calendars = calendars();
    let mut compared = 0;
    for (schedule, expected) in schedules.iter().zip(expected.as_array().unwrap()) {
        let ours = instants(schedule, &calendars);
        let theirs: Vec<&str> = expected.as_array().unwrap().iter().map(|at| at.as_str().unwrap()).collect();
        assert_eq!(ours, theirs, "{schedule}");
        compared += ours.len();
    }
    println!("{} schedules, {compared} instants of a year", schedules.len());
    assert!(compared > 50_000, "{compared}");
}

fn instants(schedule: &Value, calendars: &IndexMap<CalendarId, Arc<Calendar>>) -> Vec<String> {
    let mut ours = json!({"cron": schedule["cron"], "deliver": {"folder": {"path": "x"}}});
    if let Some(country) = schedule["country"].as_str() {
        ours["calendar"] = json!(country.to_lowercase());
    }
    for key in ["on_holiday", "business_day"] {
        if !schedule[key].is_null() {
            ours[key] = schedule[key].clone();
        }
    }
    let report: Report = serde_json::from_value(json!({
        "title": "t", "owner": "o", "time_zone": schedule["zone"], "panels": {}, "schedules": {"s": ours},
    }))
    .unwrap();
    let rule = Rule::of(&report.schedules["s"], &report, calendars).unwrap();
    rule.after("2025-12-31T23:59:59Z".parse().unwrap())
        .map(|at| at.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string())
        .take_while(|at| at.starts_with("2026"))
        .collect()
}
