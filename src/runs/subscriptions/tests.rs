use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde_json::json;

use super::*;
use crate::access::{Action, Person};
use crate::definitions::model::Attachment;
use crate::format::Locale;
use crate::runs::execute::Order;
use crate::runs::execute::rig::{Rig, broken, report, report_id, scheduled_at, two_recipients};
use crate::runs::notices::tell_failures;
use crate::runs::store::{Repeat, Run, RunState, Subscription, Trigger};

fn now() -> DateTime<Utc> {
    scheduled_at() - TimeDelta::hours(1)
}

fn wish() -> Wish {
    Wish {
        rhythm: Rhythm::Daily,
        at: NaiveTime::from_hms_opt(8, 0, 0).unwrap(),
        time_zone: "Asia/Seoul".into(),
        calendar: None,
        parameters: BTreeMap::from([("country".into(), vec!["KR".into(), "HK".into()])]),
        locale: Locale::En,
        attach: vec![Attachment::Pdf],
    }
}

fn kim() -> Person {
    Person { name: "kim@example.com".into(), groups: ["sales".into()].into(), ..Person::default() }
}

async fn rig() -> Rig {
    Rig::new(report(&two_recipients(), &json!({}))).await
}

async fn subscribed(rig: &Rig, person: Person, known_at: DateTime<Utc>) -> Subscription {
    let made = Subscription::new(report_id(), person, false, wish(), known_at).unwrap();
    rig.store().keep_subscription(&made).await.unwrap();
    made
}

async fn run(rig: &Rig, of: &Subscription) -> Run {
    let order = Order {
        report: report_id(),
        schedule: of.id.clone(),
        scheduled_at: scheduled_at(),
        trigger: Trigger::Schedule,
        repeat: Repeat::Never,
    };
    rig.runner.run(&order).await.unwrap()
}

#[tokio::test]
async fn it_is_asked_with_the_rights_of_whoever_wanted_it_and_sent_to_nobody_else() {
    let rig = rig().await;
    let made = subscribed(&rig, kim(), now()).await;
    assert_eq!(run(&rig, &made).await.state, RunState::Succeeded);
    let asked = rig.questions().remove(0);
    assert_eq!(asked.viewer.as_person(), Some(&kim()));
    assert_eq!(asked.parameters["country"], ["KR", "HK"]);
    assert_eq!(asked.locale, Some(Locale::En));
    let (message, to) = rig.mailbox.messages().remove(0);
    assert_eq!(to.iter().map(ToString::to_string).collect::<Vec<_>>(), ["kim@example.com"]);
    let text = String::from_utf8(message.bytes).unwrap();
    assert!(!text.contains("leave.invalid") && text.contains("https://reports.corp.example/bi/"), "{text}");
}

#[tokio::test]
async fn whoever_may_no_longer_see_the_report_gets_nothing_and_it_is_said_why() {
    let rig = rig().await;
    let made = subscribed(&rig, kim(), now()).await;
    *rig.asked.open.lock().unwrap() = vec![Action::View];
    let ended = run(&rig, &made).await;
    assert_eq!(ended.state, RunState::Skipped);
    assert!(ended.error.unwrap().contains("may not take files"), "files need more than seeing");
    let other = subscribed(&rig, Person { name: "lee@example.com".into(), ..kim() }, now()).await;
    rig.asked.open.lock().unwrap().clear();
    assert!(run(&rig, &other).await.error.unwrap().contains("may not see the report any more"));
    assert_eq!((rig.mailbox.calls(), rig.questions().len()), (0, 0), "nothing was asked either");
}

#[tokio::test]
async fn groups_of_a_login_elsewhere_are_not_believed_for_ever() {
    let rig = rig().await;
    let made = subscribed(&rig, kim(), scheduled_at() - TimeDelta::days(91)).await;
    assert!(run(&rig, &made).await.error.unwrap().contains("have not logged in for 90 days"));
    let again = Person { groups: ["sales".into(), "hk".into()].into(), ..kim() };
    rig.store().renew_subscriber(&again, now()).await.unwrap();
    let definition = report(&two_recipients(), &json!({}));
    let found = find(rig.runner.parts(), &report_id(), &definition, &made.id).await.unwrap().unwrap();
    assert_eq!((found.closed, found.viewer.as_person()), (None, Some(&again)));
}

#[tokio::test]
async fn a_local_user_who_is_gone_gets_nothing() {
    let rig = rig().await;
    let mut made = Subscription::new(report_id(), kim(), true, wish(), now()).unwrap();
    made.is_local = true;
    rig.store().keep_subscription(&made).await.unwrap();
    assert!(run(&rig, &made).await.error.unwrap().contains("no such user"));
}

#[tokio::test]
async fn the_loop_watches_what_has_not_ended_where_the_report_allows_it() {
    let rig = rig().await;
    let made = subscribed(&rig, kim(), now()).await;
    let names = async |rig: &Rig| {
        let all = all(rig.runner.parts()).await.unwrap();
        all.into_iter().map(|planned| planned.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&rig).await, ["monday".to_owned(), made.id.to_string()]);
    let mut closed = report(&two_recipients(), &json!({}));
    closed.subscriptions.allowed = false;
    *rig.catalog.0.lock().unwrap() = closed.into();
    assert_eq!(names(&rig).await, ["monday"]);
    *rig.catalog.0.lock().unwrap() = report(&two_recipients(), &json!({})).into();
    assert!(rig.store().end_subscription(&made.id, "kim@example.com", now()).await.unwrap());
    assert!(!rig.store().end_subscription(&made.id, "lee@example.com", now()).await.unwrap(), "once");
    assert_eq!(names(&rig).await, ["monday"]);
    // What has ended cannot be changed back to life.
    rig.store().keep_subscription(&made).await.unwrap();
    assert_eq!(names(&rig).await, ["monday"]);
}

#[tokio::test]
async fn the_owner_is_told_of_the_first_subscription_that_fails_and_not_of_every_one() {
    let rig = Rig::answering(report(&two_recipients(), &json!({})), |question| {
        Box::pin(async move { Ok(broken(&question)) })
    })
    .await;
    for name in ["kim@example.com", "lee@example.com", "park@example.com"] {
        let made = subscribed(&rig, Person { name: name.into(), ..kim() }, now()).await;
        assert_eq!(run(&rig, &made).await.state, RunState::Failed);
    }
    tell_failures(&rig.runner).await.unwrap();
    tell_failures(&rig.runner).await.unwrap();
    assert_eq!(rig.mailbox.calls(), 1);
    let (message, _) = rig.mailbox.messages().remove(0);
    assert!(message.id.ends_with("-notice@corp.example>"), "{}", message.id);
}
