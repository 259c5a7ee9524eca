//! A year by a clock that is set by hand: forwards from instant to instant, and sometimes back.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::*;
use crate::definitions::model::Report;
use crate::runs::execute::rig::document;

/// Zones that keep their clock and that change it, by an hour and by half an hour, in the north and the south.
const ZONES: [(&str, &str); 5] = [
    ("seoul", "Asia/Seoul"),
    ("hong_kong", "Asia/Hong_Kong"),
    ("new_york", "America/New_York"),
    ("sydney", "Australia/Sydney"),
    ("lord_howe", "Australia/Lord_Howe"),
];

/// On Sundays clocks change, at about this time.
fn a_report() -> Report {
    let schedule = |zone: &str, more: serde_json::Value| {
        let mut schedule = json!({
            "cron": "15,45 1,2 * * SUN", "time_zone": zone,
            "deliver": {"email": {"to": "kim@example.com", "attach": []}},
        });
        for (key, value) in more.as_object().unwrap() {
            schedule[key] = value.clone();
        }
        schedule
    };
    let mut schedules = serde_json::Map::new();
    for (name, zone) in ZONES {
        schedules.insert(name.into(), schedule(zone, json!({})));
    }
    let monday = json!({"cron": "0 8 * * MON", "calendar": "kr", "on_holiday": "next"});
    schedules.insert("monday".into(), schedule("Asia/Seoul", monday));
    let closing = json!({"cron": "30 7 * * *", "calendar": "kr", "business_day": [1, -1]});
    schedules.insert("closing".into(), schedule("Asia/Seoul", closing));
    let report = json!({
        "title": "Weekly sales", "owner": "sales", "panels": {"revenue": {"kpi": "revenue"}},
        "schedules": schedules,
    });
    serde_json::from_value(report).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_of_schedules_is_sent_once_each_whatever_the_clocks_do() {
    let hand = Hand::at("2026-01-01T00:00:00Z");
    let mailbox = MemoryMailbox::new(from());
    let clock = hand.clock();
    let answer = |question| -> Answered { Box::pin(async move { Ok(document(&question)) }) };
    let report = a_report();
    let rig = Rig::build(
        report.clone(),
        Box::new(answer),
        mailbox.clone(),
        Mailer::Memory(mailbox),
        move |parts| parts.clock = clock,
    )
    .await;
    let mut expected: BTreeMap<DateTime<Utc>, Vec<String>> = BTreeMap::new();
    let calendars: IndexMap<_, _> = rig.runner.parts().catalog.calendars();
    for (name, schedule) in &report.schedules {
        let rule = Rule::of(schedule, &report, &calendars).unwrap();
        let year = rule.after(hand.clock().now()).map(|instant| instant.to_utc());
        for instant in year.take_while(|instant| *instant < at("2027-01-01T00:00:00Z")) {
            expected.entry(instant).or_default().push(name.to_string());
        }
    }
    let running = start(&rig, 5_000);
    watching(&rig, report.schedules.len()).await;
    let mut count = 0;
    for (step, (instant, names)) in expected.iter().enumerate() {
        hand.set(&instant.to_rfc3339());
        count += names.len();
        sent(&rig, count, *instant).await;
        if step.is_multiple_of(13) {
            // Somebody sets the clock back over what was just sent.
            hand.set(&(*instant - TimeDelta::hours(30)).to_rfc3339());
            running.changed.send_modify(|version| *version += 1);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }
    running.end().await;
    assert_eq!(rig.mailbox.calls(), count);
    let mut seen: BTreeMap<DateTime<Utc>, Vec<String>> = BTreeMap::new();
    let mut filter = RunFilter::default();
    loop {
        let page = rig.store().runs(&filter, 500).await.unwrap();
        for run in &page.runs {
            assert_eq!(run.state, RunState::Succeeded, "{run:?}");
            seen.entry(run.scheduled_at).or_default().push(run.schedule.to_string());
        }
        filter.before = page.runs.last().map(|run| run.id);
        if !page.more {
            break;
        }
    }
    for names in seen.values_mut().chain(expected.values_mut()) {
        names.sort();
    }
    assert_eq!(seen, expected);
    println!("{count} runs of a year");
    assert!(count > 1_000, "{count}");
}

async fn sent(rig: &Rig, count: usize, instant: DateTime<Utc>) {
    for _ in 0..5_000 {
        if rig.mailbox.calls() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("at {instant} {} of {count} mails", rig.mailbox.calls());
}
