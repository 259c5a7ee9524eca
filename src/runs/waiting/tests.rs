use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::*;
use crate::definitions::model::Report;
use crate::delivery::{Mailer, MemoryMailbox};
use crate::render::document::Content;
use crate::render::provenance::Marks;
use crate::runs::Clock;
use crate::runs::execute::rig::{self, Rig, document, from, order, report, two_recipients};
use crate::runs::execute::{Claimed, Order};
use crate::runs::store::{DeliveryState, Repeat, RunState, Signal, Trigger};

fn waiting_for(wait_for: &Json, more: &Json) -> Report {
    let mut keys = json!({"wait_for": wait_for});
    keys["wait_for"]["at_most"] = json!("2h");
    for (key, value) in more.as_object().unwrap() {
        keys[key] = value.clone();
    }
    report(&two_recipients(), &keys)
}

fn at(time: &str) -> Clock {
    Clock::fixed(format!("2026-01-05T{time}:00+09:00").parse().unwrap())
}

/// A rig whose clock stands at `time` and whose runs may be looked at as often as one likes.
async fn rig_at(report: Report, time: &str) -> Rig {
    let mailbox = MemoryMailbox::new(from());
    let clock = at(time);
    let answer = |question: crate::runs::evaluate::Question| -> futures::future::BoxFuture<'static, _> {
        Box::pin(async move { Ok(document(&question)) })
    };
    Rig::build(report, Box::new(answer), mailbox.clone(), Mailer::Memory(mailbox), |parts| {
        parts.clock = clock;
        parts.settings.look_every = Duration::ZERO;
    })
    .await
}

async fn claim(rig: &Rig) -> Run {
    match rig.runner.claim(&order(Trigger::Schedule, Repeat::Never)).await.unwrap() {
        Claimed::Waiting(run) => *run,
        other => panic!("it does not wait: {other:?}"),
    }
}

fn late() -> Missing {
    let day = |text: &str| text.parse().unwrap();
    Missing::Dataset { dataset: "sales".into(), wanted: day("2026-01-04"), found: Some(day("2026-01-02")) }
}

/// What a run that waits came to.
async fn looked(rig: &Rig, run: &Run) -> Run {
    // The clock stands still, and a look of the same moment counts.
    rig.store().wake_waiting().await.unwrap();
    let run = rig.store().run(run.id).await.unwrap().unwrap();
    match look(&rig.runner, &run).await.unwrap() {
        Some(ticket) => rig.runner.perform(ticket).await.unwrap(),
        None => rig.store().run(run.id).await.unwrap().unwrap(),
    }
}

#[tokio::test]
async fn a_run_waits_until_its_data_are_there_and_is_sent_then() {
    let rig = rig_at(waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({})), "08:00").await;
    *rig.asked.missing.lock().unwrap() = vec![late()];
    let run = claim(&rig).await;
    assert_eq!(run.waits_until, Some("2026-01-05T10:00:00+09:00".parse().unwrap()));
    let waits = looked(&rig, &run).await;
    assert_eq!((waits.state, &waits.waits_for[..]), (RunState::Waiting, &[late()][..]));
    assert!(rig.mailbox.calls() == 0);
    // Nobody's restart and no lease that ran out closes it: no process holds it.
    let parts = rig.runner.parts();
    let much_later = parts.clock.now() + TimeDelta::days(1);
    assert!(parts.store.close_left_behind(&parts.settings.instance, much_later).await.unwrap().is_empty());

    rig.asked.missing.lock().unwrap().clear();
    let sent = looked(&rig, &run).await;
    assert_eq!((sent.id, sent.state), (run.id, RunState::Succeeded));
    assert_eq!(rig.mailbox.calls(), 1);
    assert!(sent.warnings.is_empty(), "nothing is missing any more");
    assert_eq!(rig.questions()[0].now, rig::scheduled_at(), "it is about its own instant");
}

#[tokio::test]
async fn at_the_deadline_nothing_is_sent_and_the_owner_is_to_be_told() {
    let report = waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({}));
    let rig = rig_at(report, "10:00").await;
    *rig.asked.missing.lock().unwrap() = vec![late()];
    let run = claim(&rig).await;
    let failed = looked(&rig, &run).await;
    assert_eq!(failed.state, RunState::Failed);
    let error = failed.error.unwrap();
    assert!(error.contains("dataset `sales` is complete through 2026-01-02, not 2026-01-04"), "{error}");
    assert!(
        error.contains("2h after it was due") && error.contains("jangpyo run weekly-sales/monday"),
        "{error}"
    );
    assert!(rig.mailbox.calls() == 0);
    let untold = rig.store().untold(10, rig.runner.parts().clock.now()).await.unwrap();
    assert_eq!(untold.iter().map(|run| run.id).collect::<Vec<_>>(), [run.id]);
}

#[tokio::test]
async fn at_the_deadline_it_is_sent_with_a_mark_where_the_schedule_says_so() {
    let wait_for = json!({"datasets": {"sales": "period_end"}, "at_deadline": "send_marked"});
    let rig = rig_at(waiting_for(&wait_for, &json!({})), "10:00").await;
    *rig.asked.missing.lock().unwrap() = vec![late()];
    let run = claim(&rig).await;
    let sent = looked(&rig, &run).await;
    assert_eq!(sent.state, RunState::Succeeded, "{:?}", sent.error);
    assert!(sent.warnings.iter().any(|warning| warning.contains("not 2026-01-04")), "{:?}", sent.warnings);
    assert_eq!(rig.mailbox.calls(), 1);
}

#[test]
fn the_mark_stands_on_the_first_sheet_and_changes_the_digest() {
    let question = crate::runs::evaluate::Question {
        report: rig::report_id(),
        parameters: std::collections::BTreeMap::new(),
        locale: None,
        now: rig::scheduled_at(),
        viewer: crate::access::Viewer::schedule(&rig::report_id(), "monday"),
        freshness: crate::engine::Freshness::Recent,
        memory: None,
        purpose: crate::engine::Purpose::Interactive,
    };
    let plain = document(&question).sealed(crate::render::document::Provenance::default());
    assert_eq!(plain.clone().marked(Marks::default()), plain);
    let marked = plain.clone().marked(Marks { missing: vec!["매출 없음".into()], restated: None });
    assert_ne!(marked.provenance.digest, plain.provenance.digest);
    let first = marked.blocks().next().unwrap();
    let Ok(Content::Text(text)) = &first.content else { panic!("{first:?}") };
    assert_eq!(text.lines(), ["매출 없음"]);
    let read = crate::render::document::Provenance::from_json(&marked.provenance.to_json()).unwrap();
    assert_eq!(plain.marked(read.marks()), marked, "what the proof says makes it again");
}

#[tokio::test]
async fn a_signal_is_received_once_and_lets_its_run_begin() {
    let wait_for = json!({"signals": {"sales_loaded": "2026-01-04"}});
    let rig = rig_at(waiting_for(&wait_for, &json!({})), "08:00").await;
    let run = claim(&rig).await;
    let waits = looked(&rig, &run).await;
    let wanted = Missing::Signal { name: "sales_loaded".into(), key: "2026-01-04".into() };
    assert_eq!((waits.state, waits.waits_for), (RunState::Waiting, vec![wanted]));

    let signal = |key: &str, actor: &str| Signal {
        name: "sales_loaded".into(),
        key: key.into(),
        received_at: rig.runner.parts().clock.now(),
        actor: actor.into(),
    };
    assert!(rig.store().receive(&signal("2026-01-03", "airflow")).await.unwrap().1);
    assert_eq!(looked(&rig, &run).await.state, RunState::Waiting, "another day's load");
    assert!(rig.store().receive(&signal("2026-01-04", "airflow")).await.unwrap().1);
    let (kept, is_new) = rig.store().receive(&signal("2026-01-04", "somebody else")).await.unwrap();
    assert_eq!((kept.actor.as_str(), is_new), ("airflow", false));
    assert_eq!(looked(&rig, &run).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn another_schedule_counts_when_its_latest_run_of_the_day_has_succeeded() {
    let wait_for = json!({"schedules": ["weekly-sales/monday"]});
    let rig = rig_at(waiting_for(&wait_for, &json!({})), "08:00").await;
    // The run of the evening before is of another day.
    let early =
        |time: &str| Order { scheduled_at: time.parse().unwrap(), ..order(Trigger::Manual, Repeat::Never) };
    rig.runner.run(&early("2026-01-04T23:59:00+09:00")).await.unwrap();
    let run = claim(&rig).await;
    assert_eq!(looked(&rig, &run).await.state, RunState::Waiting);
    rig.runner.run(&early("2026-01-05T08:00:01+09:00")).await.unwrap();
    assert_eq!(looked(&rig, &run).await.state, RunState::Succeeded);
}

#[tokio::test]
async fn whoever_starts_a_run_by_hand_does_not_wait_and_can_send_one_that_does() {
    let rig = rig_at(waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({})), "08:00").await;
    *rig.asked.missing.lock().unwrap() = vec![late()];
    let run = claim(&rig).await;
    let found = rig.run(Trigger::Manual, Repeat::Never).await;
    assert_eq!((found.id, found.state), (run.id, RunState::Waiting), "asking again begins nothing");
    let sent = rig.run(Trigger::Manual, Repeat::Unsent).await;
    assert_eq!((sent.id, sent.state), (run.id, RunState::Succeeded));
    assert!(look(&rig.runner, &run).await.unwrap().is_none(), "it waits no longer");
    assert_eq!(rig.mailbox.calls(), 1);
}

#[tokio::test]
async fn a_schedule_that_is_paused_or_gone_ends_the_wait() {
    for gone in [false, true] {
        let rig =
            rig_at(waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({})), "08:00").await;
        let run = claim(&rig).await;
        if gone {
            let off = waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({"enabled": false}));
            *rig.catalog.0.lock().unwrap() = Arc::new(off);
        } else {
            let pause = Pause {
                report: run.report.clone(),
                schedule: run.schedule.clone(),
                by: "kim".into(),
                reason: String::new(),
                since: rig.runner.parts().clock.now(),
                until: None,
            };
            rig.store().pause(&pause).await.unwrap();
        }
        let ended = looked(&rig, &run).await;
        assert_eq!(ended.state, RunState::Skipped);
        let why = ended.error.unwrap();
        assert!(why.contains(if gone { "switched off" } else { "kim paused" }), "{why}");
        assert!(rig.mailbox.calls() == 0);
    }
}

#[tokio::test]
async fn of_two_that_look_at_once_one_begins() {
    let rig = rig_at(waiting_for(&json!({"datasets": {"sales": "period_end"}}), &json!({})), "08:00").await;
    let run = claim(&rig).await;
    let looks = (0..8).map(|_| look(&rig.runner, &run));
    let tickets: Vec<_> =
        futures::future::join_all(looks).await.into_iter().filter_map(|ticket| ticket.unwrap()).collect();
    assert_eq!(tickets.len(), 1);
}

async fn sent_if(send_if: Json, time: &str) -> (Rig, Run) {
    let rig = rig_at(report(&two_recipients(), &json!({"send_if": send_if})), time).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    (rig, run)
}

#[tokio::test]
async fn a_number_within_its_threshold_sends_nothing_and_one_beyond_it_does() {
    // The panel shows 12,345.
    for (threshold, sends) in [
        (json!({"above": 12_344}), true),
        (json!({"above": 12_345}), false),
        (json!({"below": 12_346}), true),
        (json!({"above": 20_000, "below": 12_345}), false),
    ] {
        let (rig, run) = sent_if(json!({"crossed": {"revenue": threshold}}), "08:00").await;
        let expected = if sends { RunState::Succeeded } else { RunState::Skipped };
        assert_eq!(run.state, expected, "{threshold} {:?}", run.error);
        assert_eq!(rig.mailbox.calls(), usize::from(sends), "{threshold}");
        if !sends {
            assert_eq!(run.error.as_deref(), Some("not sent, because `revenue` is within its threshold"));
            // Whoever sends it all the same means it.
            assert_eq!(rig.run(Trigger::Manual, Repeat::Unsent).await.state, RunState::Succeeded);
        }
    }
}

#[tokio::test]
async fn what_shows_the_same_as_before_is_not_sent_again() {
    let (rig, first) = sent_if(json!({"changed": "revenue"}), "08:00").await;
    assert_eq!(first.state, RunState::Succeeded, "there is no run before");
    let next = Order {
        scheduled_at: "2026-01-12T08:00:00+09:00".parse().unwrap(),
        ..order(Trigger::Schedule, Repeat::Never)
    };
    let second = rig.runner.run(&next).await.unwrap();
    assert_eq!(second.state, RunState::Skipped);
    assert_eq!(
        second.error.as_deref(),
        Some("not sent, because `revenue` shows the same as in the run before")
    );
    assert_eq!(rig.mailbox.calls(), 1);
    let deliveries = rig.store().deliveries(second.id).await.unwrap();
    assert!(deliveries.iter().all(|delivery| delivery.state != DeliveryState::Sent));
}
