use serde_json::json;

use super::*;
use crate::delivery::{MemoryMailbox, Outcome};
use crate::error::Kind;
use crate::runs::execute::rig::{Rig, broken, document, from, order, report, two_recipients};
use crate::runs::store::{Ending, NewRun, Repeat, RunFilter, Trigger};

/// A rig whose report is owned by a role with an address.
async fn rig(mailbox: &MemoryMailbox, fails: bool) -> Rig {
    let operations = Some("운영 <ops@corp.example>".parse().unwrap());
    let clone = mailbox.clone();
    Rig::build(
        report(&two_recipients(), &json!({})),
        Box::new(move |question| {
            Box::pin(async move { Ok(if fails { broken(&question) } else { document(&question) }) })
        }),
        mailbox.clone(),
        crate::delivery::Mailer::Memory(clone),
        move |parts| parts.settings.operations = operations,
    )
    .await
}

/// The text of the notice of the one run.
async fn text(rig: &Rig) -> String {
    let parts = rig.runner.parts();
    let run = rig.store().runs(&RunFilter::default(), 1).await.unwrap().runs.remove(0);
    let deliveries = rig.store().deliveries(run.id).await.unwrap();
    let report = parts.catalog.report(&run.report).unwrap().report;
    let (subject, said) = write(parts, &run, &report, &deliveries);
    assert!(subject.contains("monday 2026-01-05 08:00 KST"), "{subject}");
    let body = notice(&said).unwrap();
    assert!(body.html.contains(&said.headline) && !body.html.contains("{{"), "{}", body.html);
    body.text
}

#[tokio::test]
async fn owner_and_operations_are_told_once_what_failed_where_and_how_to_go_on() {
    let mailbox = MemoryMailbox::new(from());
    let rig = rig(&mailbox, true).await;
    rig.runner.run(&order(Trigger::Schedule, Repeat::Never)).await.unwrap();
    assert_eq!(mailbox.calls(), 0, "a panel failed");
    tell_failures(&rig.runner).await.unwrap();
    tell_failures(&rig.runner).await.unwrap();
    assert_eq!(mailbox.calls(), 1, "once");
    let (message, to) = mailbox.messages().remove(0);
    let to: Vec<String> = to.iter().map(ToString::to_string).collect();
    assert_eq!(to, ["sales-data@corp.example", "ops@corp.example"]);
    assert!(message.id.ends_with("-notice@corp.example>"), "{}", message.id);
    let text = text(&rig).await;
    for part in [
        "보고서를 보내지 못했습니다: 주간 매출 현황",
        "보낼 때: 2026-01-05 08:00 KST",
        "멈춘 단계: 조회",
        "`revenue`: the source does not answer (e42)",
        "jangpyo run weekly-sales/monday --at 2026-01-04T23:00:00Z",
        "https://reports.corp.example/bi/runs/",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("--again"), "nobody has it: {text}");
}

#[tokio::test]
async fn a_notice_names_who_has_it_and_who_has_not() {
    let mailbox = MemoryMailbox::new(from());
    let rig = rig(&mailbox, false).await;
    let script = [Outcome::Accepted("250".into()), Outcome::Refused("550 no such user".into())];
    let _ = mailbox.clone().answering(script);
    rig.runner.run(&order(Trigger::Schedule, Repeat::Never)).await.unwrap();
    tell_failures(&rig.runner).await.unwrap();
    assert_eq!(mailbox.messages().len(), 2, "the report, and the notice");
    let text = text(&rig).await;
    for part in
        ["일부에게만", "kim@example.com: 받음", "lee@example.com: 받지 못함 (550 no such user)", "--again"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn a_notice_that_is_refused_for_now_is_sent_later() {
    let mailbox = MemoryMailbox::new(from());
    let rig = rig(&mailbox, true).await;
    rig.runner.run(&order(Trigger::Schedule, Repeat::Never)).await.unwrap();
    let _ = mailbox.clone().answering(vec![Outcome::RefusedForNow("421 busy".into()); 2]);
    tell_failures(&rig.runner).await.unwrap();
    let now = rig.runner.parts().clock.now();
    assert!(rig.store().untold(10, now).await.unwrap().is_empty(), "not at once again");
    let later = rig.store().untold(10, now + LEASE + TimeDelta::seconds(1)).await.unwrap();
    assert_eq!(later.len(), 1);
}

#[tokio::test]
async fn runs_by_hand_and_runs_that_went_well_are_not_told_of() {
    let mailbox = MemoryMailbox::new(from());
    let rig = rig(&mailbox, true).await;
    rig.runner.run(&order(Trigger::Manual, Repeat::Never)).await.unwrap();
    tell_failures(&rig.runner).await.unwrap();
    assert_eq!(mailbox.calls(), 0, "whoever started it sees it");
    // One that died with its server is told of, though nobody was there to do it then.
    let now = rig.runner.parts().clock.now();
    let left = NewRun {
        report: crate::runs::execute::rig::report_id(),
        schedule: crate::runs::execute::rig::schedule_id(),
        scheduled_at: now,
        trigger: Trigger::CatchUp,
        instance: "other".into(),
        definition_version: "v0".into(),
        lease_until: now,
        waits_until: None,
    };
    let crate::runs::store::Claim::New(run) = rig.store().claim(&left, Repeat::Never, now).await.unwrap()
    else {
        panic!("it is new")
    };
    let ending = Ending::Failed { kind: Kind::Bug, message: "x".into() };
    rig.store().finish(run.id, &ending, &[], now).await.unwrap();
    tell_failures(&rig.runner).await.unwrap();
    assert_eq!(mailbox.calls(), 1);
}
