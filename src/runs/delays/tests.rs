use serde_json::{Value as Json, json};

use super::*;
use crate::delivery::{Mailer, MemoryMailbox};
use crate::runs::Clock;
use crate::runs::execute::rig::{Rig, broken, document, from, order, report, report_id, schedule_id};
use crate::runs::store::Repeat;

fn at(time: &str) -> Clock {
    Clock::fixed(format!("2026-01-05T{time}:00+09:00").parse().unwrap())
}

/// A rig whose clock stands at `time`; its report fails to be made unless it is `whole`.
async fn rig(time: &str, whole: bool, more: &Json) -> Rig {
    let mailbox = MemoryMailbox::new(from());
    let clone = mailbox.clone();
    let deliver =
        json!({"email": {"to": ["김지우 <kim@example.com>", "lee@example.com"], "bcc": "park@example.com"}});
    let clock = at(time);
    Rig::build(
        report(&deliver, more),
        Box::new(move |question| {
            Box::pin(async move { Ok(if whole { document(&question) } else { broken(&question) }) })
        }),
        mailbox,
        Mailer::Memory(clone),
        |parts| parts.clock = clock,
    )
    .await
}

fn told(rig: &Rig) -> Vec<String> {
    rig.mailbox.messages().iter().flat_map(|(_, to)| to.iter().map(ToString::to_string)).collect()
}

#[tokio::test]
async fn each_recipient_is_told_once_and_alone_when_a_report_that_failed_is_late() {
    let rig = rig("08:31", false, &json!({"tell_delay": "30m"})).await;
    rig.run(Trigger::Schedule, Repeat::Never).await;
    rig.store()
        .set_unsubscribed((&report_id(), &schedule_id()), "Lee@Example.com", true, at("08:00").now())
        .await
        .unwrap();
    tell_delays(&rig.runner).await.unwrap();
    tell_delays(&rig.runner).await.unwrap();
    assert_eq!(told(&rig), ["kim@example.com", "park@example.com"], "one has left");
    let text = String::from_utf8(rig.mailbox.messages()[0].0.bytes.clone()).unwrap();
    assert!(!text.contains("park@") && !text.contains("e42"), "neither others nor causes: {text}");
    let run = rig.store().runs(&crate::runs::store::RunFilter::default(), 1).await.unwrap().runs.remove(0);
    assert_eq!(run.delay_told_at, Some(at("08:31").now()));
}

#[tokio::test]
async fn nobody_is_told_before_the_time_nor_where_nothing_is_said_nor_of_what_arrived() {
    for (time, whole, more) in [("08:29", false, json!({"tell_delay": "30m"})), ("12:00", false, json!({}))] {
        let rig = rig(time, whole, &more).await;
        rig.run(Trigger::Schedule, Repeat::Never).await;
        tell_delays(&rig.runner).await.unwrap();
        assert_eq!(told(&rig), [""; 0], "{time}");
    }
    let rig = rig("09:00", true, &json!({"tell_delay": "30m"})).await;
    rig.run(Trigger::Schedule, Repeat::Never).await;
    tell_delays(&rig.runner).await.unwrap();
    assert_eq!(rig.mailbox.calls(), 1, "the report itself");
}

#[tokio::test]
async fn of_a_report_that_waits_it_is_told_that_its_data_are_not_ready() {
    let waits = json!({
        "tell_delay": "1h", "locale": "en",
        "wait_for": {"signals": {"loaded": "{scheduled_day}"}, "at_most": "4h"},
    });
    let rig = rig("09:00", true, &waits).await;
    rig.runner.claim(&order(Trigger::Schedule, Repeat::Never)).await.unwrap();
    tell_delays(&rig.runner).await.unwrap();
    assert_eq!(told(&rig).len(), 3);
    let run = rig.store().waiting(at("10:00").now()).await.unwrap().remove(0);
    let found = rig.runner.parts().catalog.report(&run.report).unwrap();
    let sending = subscriptions::find(rig.runner.parts(), &run.report, &found.report, &run.schedule).await;
    let (subject, said) = write(&run, &found.report, &sending.unwrap().unwrap());
    assert_eq!(subject, "A report is late: Weekly sales · 2026-01-05 08:00 KST");
    assert_eq!(said.cause.1, Words::of(crate::format::Locale::En).waits);
    let body = notice(&said).unwrap();
    assert!(!body.text.contains("jangpyo run") && !body.html.contains("monospace"), "{}", body.text);
}
