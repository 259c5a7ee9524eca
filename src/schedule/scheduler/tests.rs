use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use serde_json::json;

use super::*;
use crate::delivery::{Mailer, MemoryMailbox};
use crate::render::document::Document;
use crate::runs::Clock;
use crate::runs::evaluate::{Question, QuestionError};
use crate::runs::execute::rig::{Rig, document, from, report, report_id, schedule_id, two_recipients};
use crate::runs::store::{NewRun, Run, RunFilter, RunState};

/// A clock that the test sets.
#[derive(Clone)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn at(text: &str) -> Self {
        let hand = Self(Arc::default());
        hand.set(text);
        hand
    }

    fn set(&self, text: &str) {
        self.0.store(at(text).timestamp_millis(), Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let hand = self.clone();
        Clock::new(move || DateTime::from_timestamp_millis(hand.0.load(Ordering::SeqCst)).unwrap())
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

type Answered = BoxFuture<'static, Result<Document, QuestionError>>;

async fn rig_with(
    hand: &Hand,
    more: &serde_json::Value,
    answer: impl Fn(Question) -> Answered + Send + Sync + 'static,
) -> Rig {
    let mailbox = MemoryMailbox::new(from());
    let clock = hand.clock();
    Rig::build(
        report(&two_recipients(), more),
        Box::new(answer),
        mailbox.clone(),
        Mailer::Memory(mailbox),
        move |parts| parts.clock = clock,
    )
    .await
}

async fn rig(hand: &Hand, more: &serde_json::Value) -> Rig {
    rig_with(hand, more, |question| Box::pin(async move { Ok(document(&question)) })).await
}

/// Waits until the loop has looked at so many schedules: they count from the clock as it stands then.
async fn watching(rig: &Rig, count: usize) {
    for _ in 0..2_000 {
        let known = rig.runner.parts().store.considered().await.unwrap();
        if known.iter().filter(|known| !known.rule.is_empty()).count() == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the loop does not watch {count} schedules");
}

/// Waits until the loop has looked at the one schedule and its rule (empty: switched off) is as said.
async fn noticed(rig: &Rig, rule: impl Fn(&str) -> bool) {
    for _ in 0..2_000 {
        let known = rig.runner.parts().store.considered().await.unwrap();
        if known.first().is_some_and(|known| rule(&known.rule)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the loop did not notice");
}

/// A running loop.
struct Loop {
    stop: CancellationToken,
    changed: watch::Sender<u64>,
    task: tokio::task::JoinHandle<()>,
}

fn start(rig: &Rig, grace_millis: u64) -> Loop {
    let settings = SchedulerSettings {
        longest_sleep: Duration::from_millis(10),
        grace: Duration::from_millis(grace_millis),
        retention: Retention::default(),
    };
    let stop = CancellationToken::new();
    let (changed, receiver) = watch::channel(0);
    let (scheduler, stopped) = (Scheduler::new(rig.runner.clone(), settings), stop.clone());
    let task = tokio::spawn(async move {
        scheduler.close_left_behind().await;
        scheduler.run(receiver, stopped).await;
    });
    Loop { stop, changed, task }
}

impl Loop {
    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

async fn runs(rig: &Rig) -> Vec<Run> {
    rig.store().runs(&RunFilter::default(), 100).await.unwrap().runs
}

/// Waits until the store holds what the test expects.
async fn until(rig: &Rig, what: &str, holds: impl Fn(&[Run]) -> bool) -> Vec<Run> {
    for _ in 0..3_000 {
        let runs = runs(rig).await;
        if holds(&runs) {
            return runs;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited in vain for {what}: {:?}", runs(rig).await);
}

fn ended(count: usize) -> impl Fn(&[Run]) -> bool {
    move |runs| runs.iter().filter(|run| run.state == RunState::Succeeded).count() == count
}

#[tokio::test]
async fn a_schedule_fires_when_its_instant_comes_and_once() {
    let hand = Hand::at("2026-01-05T07:59:59+09:00");
    let rig = rig(&hand, &json!({})).await;
    let running = start(&rig, 1000);
    watching(&rig, 1).await;
    assert!(runs(&rig).await.is_empty(), "nothing is due");
    hand.set("2026-01-05T08:00:00+09:00");
    let found = until(&rig, "the run", ended(1)).await;
    assert_eq!((found[0].scheduled_at, found[0].trigger), (hand.clock().now(), Trigger::Schedule));
    hand.set("2026-01-05T08:10:00+09:00");
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert_eq!(runs(&rig).await.len(), 1);
    running.end().await;
    assert_eq!(rig.mailbox.calls(), 1);
}

#[tokio::test]
async fn a_batched_schedule_fires_at_the_end_of_its_batch_also_over_a_restart() {
    let hand = Hand::at("2026-01-05T07:59:00+09:00");
    let rig = rig(&hand, &json!({"cron": "3 8 * * MON"})).await;
    rig.catalog.1.store(10, Ordering::SeqCst);
    let first = start(&rig, 1000);
    watching(&rig, 1).await;
    hand.set("2026-01-05T08:04:00+09:00");
    tokio::time::sleep(Duration::from_millis(60)).await;
    first.end().await;
    assert!(runs(&rig).await.is_empty(), "its batch has not ended");
    hand.set("2026-01-05T08:09:59+09:00");
    let second = start(&rig, 1000);
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(runs(&rig).await.is_empty(), "its batch has not ended");
    hand.set("2026-01-05T08:10:00+09:00");
    let found = until(&rig, "the run", ended(1)).await;
    assert_eq!(
        (found[0].scheduled_at, found[0].trigger),
        (at("2026-01-05T08:03:00+09:00"), Trigger::Schedule),
        "on time, and about its own time"
    );
    hand.set("2026-01-05T08:30:00+09:00");
    tokio::time::sleep(Duration::from_millis(60)).await;
    second.end().await;
    assert_eq!((runs(&rig).await.len(), rig.mailbox.calls()), (1, 1));
}

#[tokio::test]
async fn what_passed_in_a_batch_and_what_passed_in_a_downtime_are_told_apart() {
    let hand = Hand::at("2026-01-05T07:59:00+09:00");
    let rig = rig(&hand, &json!({"cron": "1,4 8 * * MON"})).await;
    rig.catalog.1.store(10, Ordering::SeqCst);
    let first = start(&rig, 1000);
    watching(&rig, 1).await;
    first.end().await;
    hand.set("2026-01-12T08:10:20+09:00");
    let second = start(&rig, 1000);
    until(&rig, "the run", ended(1)).await;
    second.end().await;
    let mut found = runs(&rig).await;
    found.sort_by_key(|run| run.scheduled_at);
    let told: Vec<_> = found
        .iter()
        .map(|run| {
            (run.scheduled_at, run.state, run.error.clone().unwrap_or_default().contains("same batch"))
        })
        .collect();
    assert_eq!(
        told,
        [
            (at("2026-01-05T08:01:00+09:00"), RunState::Skipped, false),
            (at("2026-01-05T08:04:00+09:00"), RunState::Skipped, false),
            (at("2026-01-12T08:01:00+09:00"), RunState::Skipped, true),
            (at("2026-01-12T08:04:00+09:00"), RunState::Succeeded, false),
        ]
    );
}

#[tokio::test]
async fn after_a_downtime_the_latest_instant_is_caught_up_once() {
    let hand = Hand::at("2026-01-01T12:00:00+09:00");
    let rig = rig(&hand, &json!({})).await;
    let first = start(&rig, 1000);
    watching(&rig, 1).await;
    first.end().await;
    // Down over three Mondays.
    hand.set("2026-01-20T09:00:00+09:00");
    let second = start(&rig, 1000);
    until(&rig, "the caught up run", ended(1)).await;
    second.end().await;
    let third = start(&rig, 1000);
    tokio::time::sleep(Duration::from_millis(50)).await;
    third.end().await;
    let mut found = runs(&rig).await;
    found.sort_by_key(|run| run.scheduled_at);
    let seen: Vec<_> = found.iter().map(|run| (run.scheduled_at, run.state, run.trigger)).collect();
    assert_eq!(
        seen,
        [
            (at("2026-01-05T08:00:00+09:00"), RunState::Skipped, Trigger::CatchUp),
            (at("2026-01-12T08:00:00+09:00"), RunState::Skipped, Trigger::CatchUp),
            (at("2026-01-19T08:00:00+09:00"), RunState::Succeeded, Trigger::CatchUp),
        ]
    );
    assert_eq!(rig.mailbox.calls(), 1);
}

#[tokio::test]
async fn a_new_rule_does_not_reach_into_the_past() {
    let hand = Hand::at("2026-01-05T07:00:00+09:00");
    let rig = rig(&hand, &json!({"enabled": false})).await;
    let running = start(&rig, 1000);
    hand.set("2026-01-05T09:00:00+09:00");
    // Switched on an hour after it would have fired.
    *rig.catalog.0.lock().unwrap() = Arc::new(report(&two_recipients(), &json!({})));
    running.changed.send_modify(|version| *version += 1);
    noticed(&rig, |rule| !rule.is_empty()).await;
    assert!(runs(&rig).await.is_empty());
    hand.set("2026-01-12T08:00:00+09:00");
    until(&rig, "the next Monday", ended(1)).await;
    // Switched off, and on again after a month: what passed meanwhile is not sent.
    let off = json!({"enabled": false});
    *rig.catalog.0.lock().unwrap() = Arc::new(report(&two_recipients(), &off));
    noticed(&rig, str::is_empty).await;
    hand.set("2026-02-12T08:00:00+09:00");
    // A look that began by the old clock ends by it.
    tokio::time::sleep(Duration::from_millis(100)).await;
    *rig.catalog.0.lock().unwrap() = Arc::new(report(&two_recipients(), &json!({})));
    noticed(&rig, |rule| !rule.is_empty()).await;
    running.end().await;
    assert_eq!(runs(&rig).await.len(), 1);
}

#[tokio::test]
async fn a_stop_lets_a_run_finish_within_the_grace_period() {
    let hand = Hand::at("2026-01-05T07:59:59+09:00");
    let rig = rig_with(&hand, &json!({}), |question| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Ok(document(&question))
        })
    })
    .await;
    let running = start(&rig, 20_000);
    watching(&rig, 1).await;
    hand.set("2026-01-05T08:00:00+09:00");
    until(&rig, "a run under way", |runs| runs.iter().any(|run| run.state == RunState::Running)).await;
    running.end().await;
    assert_eq!(runs(&rig).await[0].state, RunState::Succeeded);
}

#[tokio::test]
async fn a_run_that_outlasts_the_grace_period_is_marked_as_interrupted() {
    let hand = Hand::at("2026-01-05T07:59:59+09:00");
    let rig = rig_with(&hand, &json!({}), |_| Box::pin(std::future::pending())).await;
    let running = start(&rig, 50);
    watching(&rig, 1).await;
    hand.set("2026-01-05T08:00:00+09:00");
    until(&rig, "a run under way", |runs| runs.iter().any(|run| run.state == RunState::Running)).await;
    running.end().await;
    let run = runs(&rig).await.remove(0);
    assert_eq!(run.state, RunState::Interrupted);
    assert!(run.error.unwrap().contains("grace period"));
}

#[tokio::test]
async fn what_an_earlier_life_left_is_closed_at_the_start_and_not_run_again_by_itself() {
    let hand = Hand::at("2026-01-05T08:00:30+09:00");
    let rig = rig(&hand, &json!({})).await;
    let now = hand.clock().now();
    let left = NewRun {
        report: report_id(),
        schedule: schedule_id(),
        scheduled_at: at("2026-01-05T08:00:00+09:00"),
        trigger: Trigger::Schedule,
        instance: "local".into(),
        definition_version: "v0".into(),
        lease_until: now + TimeDelta::seconds(30),
        waits_until: None,
    };
    rig.store().claim(&left, Repeat::Never, now).await.unwrap();
    // It died before it could note that the instant was dealt with.
    let known = Considered {
        report: report_id(),
        schedule: schedule_id(),
        rule: Rule::parse("0 8 * * MON", "Asia/Seoul").unwrap().to_string(),
        until: at("2026-01-05T07:00:00+09:00"),
    };
    rig.store().set_considered(&known).await.unwrap();
    let running = start(&rig, 1000);
    until(&rig, "the closed run", |runs| runs.iter().all(|run| run.state == RunState::Interrupted)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.end().await;
    assert_eq!(runs(&rig).await.len(), 1);
    // Its owner is told; the report itself goes to nobody.
    let sent = rig.mailbox.messages();
    assert!(sent.iter().all(|(message, _)| message.id.contains("-notice@")), "{sent:?}");
}

#[tokio::test]
async fn only_so_many_runs_are_performed_at_a_time() {
    let hand = Hand::at("2026-01-05T07:59:59+09:00");
    let busy = Arc::new(Mutex::new((0, 0)));
    let seen = busy.clone();
    let rig = rig_with(&hand, &json!({}), move |question| {
        let busy = busy.clone();
        Box::pin(async move {
            {
                let mut busy = busy.lock().unwrap();
                busy.0 += 1;
                busy.1 = busy.1.max(busy.0);
            }
            // Until two are under way at once, however slow the machine; then long enough for a third.
            for _ in 0..2_000 {
                if busy.lock().unwrap().1 >= 2 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
            busy.lock().unwrap().0 -= 1;
            Ok(document(&question))
        })
    })
    .await;
    let mut template = report(&two_recipients(), &json!({}));
    let schedule = template.schedules.values().next().unwrap().clone();
    for number in 0..6 {
        template.schedules.insert(FieldName::parse(&format!("s{number}")).unwrap(), schedule.clone());
    }
    *rig.catalog.0.lock().unwrap() = Arc::new(template);
    let running = start(&rig, 5000);
    watching(&rig, 7).await;
    hand.set("2026-01-05T08:00:00+09:00");
    until(&rig, "seven runs", ended(7)).await;
    running.end().await;
    assert_eq!(seen.lock().unwrap().1, 2, "the limit of the settings, and it was used");
}

#[tokio::test]
async fn two_instances_on_one_store_send_once() {
    let hand = Hand::at("2026-01-05T07:59:59+09:00");
    let one = rig(&hand, &json!({})).await;
    let mailbox = one.mailbox.clone();
    let (store, clock) = (one.store().clone(), hand.clock());
    let two = Rig::build(
        report(&two_recipients(), &json!({})),
        Box::new(|question| Box::pin(async move { Ok(document(&question)) }) as Answered),
        mailbox.clone(),
        Mailer::Memory(mailbox),
        move |parts| {
            parts.store = store;
            parts.clock = clock;
            parts.settings.instance = "second".into();
        },
    )
    .await;
    let loops = [start(&one, 1000), start(&two, 1000)];
    watching(&one, 1).await;
    for monday in ["05", "12", "19", "26"] {
        hand.set(&format!("2026-01-{monday}T08:00:00+09:00"));
        let count = one.mailbox.calls() + 1;
        until(&one, "the run", ended(count)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    for running in loops {
        running.end().await;
    }
    assert_eq!(one.mailbox.calls(), 4);
    assert_eq!(runs(&one).await.len(), 4);
}

#[tokio::test]
async fn what_comes_while_it_is_paused_is_recorded_as_skipped_and_not_sent() {
    let hand = Hand::at("2026-01-04T12:00:00+09:00");
    let rig = rig(&hand, &json!({})).await;
    let running = start(&rig, 1000);
    watching(&rig, 1).await;
    let pause = Pause {
        report: report_id(),
        schedule: schedule_id(),
        by: "kim".into(),
        reason: "재고 실사".into(),
        since: hand.clock().now(),
        until: None,
    };
    rig.store().pause(&pause).await.unwrap();
    hand.set("2026-01-05T08:00:10+09:00");
    let skipped = |runs: &[Run]| runs.iter().any(|run| run.state == RunState::Skipped);
    let found = until(&rig, "the skipped run", skipped).await;
    let why = found[0].error.clone().unwrap();
    assert!(why.contains("kim paused the schedule") && why.contains("재고 실사"), "{why}");
    assert!(rig.store().resume(&report_id(), &schedule_id(), hand.clock().now()).await.unwrap());
    assert!(!rig.store().resume(&report_id(), &schedule_id(), hand.clock().now()).await.unwrap());
    hand.set("2026-01-12T08:00:00+09:00");
    until(&rig, "the run after it", ended(1)).await;
    running.end().await;
    assert_eq!((runs(&rig).await.len(), rig.mailbox.calls()), (2, 1), "nothing is made up for");
}

mod year;
