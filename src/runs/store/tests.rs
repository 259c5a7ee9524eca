//! On SQLite in a temporary folder, and on Postgres when `JANGPYO_TEST_POSTGRES` holds an address.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::definitions::model::{FieldName, ReportId};
use crate::error::Kind;
use crate::store::tests::stores;
pub(crate) use crate::store::tests::{Temporary, sqlite};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-01-05T00:00:00Z")
}

/// A run of a report nobody else uses.
fn new_run() -> NewRun {
    let unique = uuid::Uuid::now_v7().simple().to_string();
    NewRun {
        report: ReportId::parse(&format!("r{unique}")).unwrap(),
        schedule: FieldName::parse("월요일").unwrap(),
        scheduled_at: now(),
        trigger: Trigger::Schedule,
        instance: format!("i{unique}"),
        definition_version: "abc123".into(),
        lease_until: now() + TimeDelta::seconds(15),
        waits_until: None,
    }
}

async fn claimed(store: &Store, new: &NewRun, repeat: Repeat) -> Run {
    match store.claim(new, repeat, now()).await.unwrap() {
        Claim::New(run) => run,
        other => panic!("expected a new run, there is {other:?}"),
    }
}

const FAILED: fn() -> Ending = || Ending::Failed { kind: Kind::Unavailable, message: "S3 is down".into() };

#[tokio::test]
async fn an_instant_is_claimed_once() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let first = claimed(&store, &new, Repeat::Never).await;
        assert_eq!((first.state, first.attempt), (RunState::Running, Some(1)));
        assert_eq!(first.schedule.as_str(), "월요일");
        let Claim::Existing(same) = store.claim(&new, Repeat::Never, now()).await.unwrap() else { panic!() };
        assert_eq!(same, first);
        let Claim::Existing(_) = store.claim(&new, Repeat::Everyone, now()).await.unwrap() else {
            panic!("a run under way is never doubled")
        };
        store.finish(first.id, &FAILED(), &["글리프".into()], now()).await.unwrap();
        let Claim::Existing(ended) = store.claim(&new, Repeat::Never, now()).await.unwrap() else { panic!() };
        assert_eq!(ended.state, RunState::Failed);
        assert_eq!(ended.error_kind.as_deref(), Some("unavailable"));
        assert_eq!(ended.warnings, ["글리프"]);
        assert_eq!(claimed(&store, &new, Repeat::Unsent).await.attempt, Some(2));
    }
}

#[tokio::test]
async fn of_many_claims_at_once_one_wins() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let claims = (0..16).map(|_| {
            let (store, new) = (store.clone(), new.clone());
            tokio::spawn(async move { store.claim(&new, Repeat::Never, now()).await.unwrap() })
        });
        let claims = futures::future::join_all(claims).await;
        let won = claims.into_iter().filter(|claim| matches!(claim, Ok(Claim::New(_)))).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn dry_runs_do_not_stand_in_the_way() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let dry = NewRun { trigger: Trigger::DryRun, ..new.clone() };
        claimed(&store, &dry, Repeat::Never).await;
        claimed(&store, &dry, Repeat::Never).await;
        assert_eq!(store.latest(&new.report, &new.schedule, new.scheduled_at).await.unwrap(), None);
        assert_eq!(claimed(&store, &new, Repeat::Never).await.attempt, Some(1));
    }
}

#[tokio::test]
async fn ended_runs_stay_as_they_ended() {
    for Temporary { store, folder: _folder } in stores().await {
        let run = claimed(&store, &new_run(), Repeat::Never).await;
        store.enter_stage(run.id, Stage::Render, now()).await.unwrap();
        store.finish(run.id, &Ending::Succeeded, &[], now()).await.unwrap();
        for error in [
            store.finish(run.id, &FAILED(), &[], now()).await.unwrap_err(),
            store.enter_stage(run.id, Stage::Deliver, now()).await.unwrap_err(),
            store.renew_lease(run.id, now()).await.unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Illegal { .. }), "{error}");
            assert!(error.to_string().contains("it is succeeded"), "{error}");
        }
        let missing = RunId::new(now());
        assert!(matches!(store.renew_lease(missing, now()).await, Err(StoreError::Missing { .. })));
        let run = store.run(run.id).await.unwrap().unwrap();
        assert_eq!((run.state, run.stage), (RunState::Succeeded, Some(Stage::Render)));
    }
}

fn planned(channel: Channel, recipient: &str) -> Planned {
    Planned {
        channel,
        recipient: recipient.into(),
        slice: String::new(),
        message_id: (channel == Channel::Email).then(|| "<1@x>".into()),
    }
}

fn by_mail(recipients: &[String]) -> Vec<Planned> {
    recipients.iter().map(|to| Planned { message_id: None, ..planned(Channel::Email, to) }).collect()
}

#[tokio::test]
async fn what_may_be_repeated_is_not_in_the_way_when_nobody_knows_whether_it_came() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let run = claimed(&store, &new, Repeat::Never).await;
        let all = Channel::ALL.iter().map(|channel| planned(*channel, "x")).collect::<Vec<_>>();
        let all = store.plan(run.id, &all, now()).await.unwrap();
        store.begin_sending(&all, now()).await.unwrap();
        store.close_left_behind(&new.instance, now()).await.unwrap();
        let again = claimed(&store, &new, Repeat::Unsent).await;
        let mut reached: Vec<Channel> =
            store.reached_before(&again).await.unwrap().into_iter().map(|(channel, ..)| channel).collect();
        reached.sort();
        assert_eq!(reached, [Channel::Email, Channel::Slack, Channel::Teams], "a chat would show it twice");
    }
}

#[tokio::test]
async fn no_run_ends_before_it_began_although_the_clock_was_set_back() {
    for Temporary { store, folder: _folder } in stores().await {
        let run = claimed(&store, &new_run(), Repeat::Never).await;
        let earlier = now() - TimeDelta::days(1);
        store.finish(run.id, &Ending::Succeeded, &[], earlier).await.unwrap();
        let ended = store.run(run.id).await.unwrap().unwrap();
        assert_eq!((ended.started_at, ended.finished_at), (now(), Some(now())));
    }
}

#[tokio::test]
async fn what_a_crash_leaves_is_closed_and_its_deliveries_told_apart() {
    for Temporary { store, folder: _folder } in stores().await {
        let (mine, others) = (new_run(), new_run());
        let run = claimed(&store, &mine, Repeat::Never).await;
        let alive = claimed(&store, &others, Repeat::Never).await;
        let recipients = ["a@x", "b@x", "c@x"].map(|to| planned(Channel::Email, to));
        let planned = store.plan(run.id, &recipients, now()).await.unwrap();
        store.begin_sending(&planned[..2], now()).await.unwrap();
        store.move_delivery(&planned[0].id, DeliveryState::Sent, Some("ok"), None, now()).await.unwrap();

        let closed = store.close_left_behind(&mine.instance, now()).await.unwrap();
        assert!(closed.contains(&run.id) && !closed.contains(&alive.id), "another instance's run goes on");
        let states: Vec<_> =
            store.deliveries(run.id).await.unwrap().into_iter().map(|d| (d.recipient, d.state)).collect();
        assert_eq!(
            states,
            [
                ("a@x".into(), DeliveryState::Sent),
                ("b@x".into(), DeliveryState::InDoubt),
                ("c@x".into(), DeliveryState::Unsent)
            ]
        );
        let again = claimed(&store, &mine, Repeat::Unsent).await;
        let mut reached = store.reached_before(&again).await.unwrap();
        reached.sort();
        assert_eq!(reached, ["a@x", "b@x"].map(|to| (Channel::Email, to.to_owned(), String::new())));

        let leases = || async { store.leases().await.unwrap() };
        let of = |leases: Vec<Lease>| leases.into_iter().find(|lease| lease.run == alive.id);
        assert_eq!(of(leases().await), Some(Lease { run: alive.id, until: Some(others.lease_until) }));
        store.renew_lease(alive.id, now()).await.unwrap();
        assert_eq!(of(leases().await), Some(Lease { run: alive.id, until: Some(now()) }));
        assert_eq!(
            store.close_dead(&[run.id, alive.id], now()).await.unwrap(),
            [alive.id],
            "the other is closed"
        );
        assert_eq!(of(leases().await), None);
    }
}

#[tokio::test]
async fn deliveries_move_only_forward() {
    for Temporary { store, folder: _folder } in stores().await {
        let run = claimed(&store, &new_run(), Repeat::Never).await;
        let recipients = [planned(Channel::Folder, "a")];
        let planned = store.plan(run.id, &recipients, now()).await.unwrap();
        let id = &planned[0].id;
        let error = store.move_delivery(id, DeliveryState::Sent, None, None, now()).await.unwrap_err();
        assert!(error.to_string().contains("cannot become sent: it is queued"), "{error}");
        store.begin_sending(&planned, now()).await.unwrap();
        assert!(store.begin_sending(&planned, now()).await.is_err(), "it is on its way already");
        store.move_delivery(id, DeliveryState::Queued, None, Some("451"), now()).await.unwrap();
        store.begin_sending(&planned, now()).await.unwrap();
        store.move_delivery(id, DeliveryState::InDoubt, None, Some("lost"), now()).await.unwrap();
        assert!(store.begin_sending(&planned, now()).await.is_err(), "in doubt is never sent again");
        let twice = store.plan(run.id, &recipients, now()).await;
        assert!(twice.is_err(), "one row per run, channel and recipient");
        let delivery = store.deliveries(run.id).await.unwrap().remove(0);
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::InDoubt, 2));
    }
}

#[tokio::test]
async fn runs_are_listed_newest_first_page_by_page() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        for minute in 0..7 {
            let instant = now() + TimeDelta::minutes(minute);
            let new = NewRun { scheduled_at: instant, ..new.clone() };
            let Claim::New(run) = store.claim(&new, Repeat::Never, instant).await.unwrap() else { panic!() };
            if minute % 2 == 0 {
                store.finish(run.id, &Ending::Succeeded, &[], instant).await.unwrap();
            }
        }
        let mut filter = RunFilter { report: Some(new.report.clone()), ..RunFilter::default() };
        let mut minutes = Vec::new();
        loop {
            let page = store.runs(&filter, 3).await.unwrap();
            minutes.extend(page.runs.iter().map(|run| (run.scheduled_at - now()).num_minutes()));
            filter.before = page.runs.last().map(|run| run.id);
            if !page.more {
                break;
            }
        }
        assert_eq!(minutes, [6, 5, 4, 3, 2, 1, 0]);
        filter.before = None;
        filter.state = Some(RunState::Running);
        filter.schedule = Some(new.schedule.clone());
        assert_eq!(store.runs(&filter, 100).await.unwrap().runs.len(), 3);
        filter.schedule = Some(FieldName::parse("other").unwrap());
        assert!(store.runs(&filter, 100).await.unwrap().runs.is_empty());
    }
}

#[tokio::test]
async fn how_far_a_schedule_was_looked_at_never_moves_back_under_one_rule() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let considered = |rule: &str, until: &str| Considered {
            report: new.report.clone(),
            schedule: new.schedule.clone(),
            rule: rule.into(),
            until: at(until),
        };
        let read = || async {
            let all = store.considered().await.unwrap();
            all.into_iter().find(|c| c.report == new.report).unwrap()
        };
        store.set_considered(&considered("0 8 * * *", "2026-01-05T08:00:00Z")).await.unwrap();
        store.set_considered(&considered("0 8 * * *", "2026-01-04T08:00:00Z")).await.unwrap();
        assert_eq!(read().await.until, at("2026-01-05T08:00:00Z"));
        store.set_considered(&considered("0 7 * * *", "2026-01-04T08:00:00Z")).await.unwrap();
        assert_eq!(read().await, considered("0 7 * * *", "2026-01-04T08:00:00Z"));
    }
}

#[tokio::test]
async fn skipped_instants_are_recorded_once_and_can_be_run_later() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        assert!(store.skip(&new, "the server was down", now()).await.unwrap());
        assert!(!store.skip(&new, "the server was down", now()).await.unwrap());
        let run = store.latest(&new.report, &new.schedule, new.scheduled_at).await.unwrap().unwrap();
        assert_eq!((run.state, run.error.as_deref()), (RunState::Skipped, Some("the server was down")));
        assert_eq!(claimed(&store, &new, Repeat::Unsent).await.attempt, Some(2));
    }
}

#[tokio::test]
async fn a_store_survives_being_closed() {
    let Temporary { store, folder } = sqlite().await;
    let run = claimed(&store, &new_run(), Repeat::Never).await;
    store.close().await;
    let again = Store::open_file(&folder.path().join("상태 #1?.db")).await.unwrap();
    assert_eq!(again.run(run.id).await.unwrap().unwrap(), run);
}

#[test]
fn ids_from_addresses_are_read_in_one_spelling_only() {
    let id = RunId::new(now());
    assert_eq!(id.to_string().parse::<RunId>().unwrap(), id);
    for other in
        [id.to_string().to_uppercase(), id.to_string().replace('-', ""), "../x".into(), String::new()]
    {
        assert!(matches!(other.parse::<RunId>(), Err(StoreError::Missing { .. })), "{other}");
    }
}

#[tokio::test]
async fn deliveries_are_found_only_among_reports_that_are_open_and_page_by_page() {
    for Temporary { store, folder: _folder } in stores().await {
        let (mine, others) = (new_run(), new_run());
        let (run, other) =
            (claimed(&store, &mine, Repeat::Never).await, claimed(&store, &others, Repeat::Never).await);
        let recipients = ["Kim@x", "l_e@x", "lee@x"].map(String::from);
        for run in [&run, &other] {
            store.plan(run.id, &by_mail(&recipients), now()).await.unwrap();
            store.finish(run.id, &FAILED(), &[], now()).await.unwrap();
        }
        let among = Some(vec![mine.report.clone()]);
        let filter = DeliveryFilter { among: among.clone(), ..DeliveryFilter::default() };
        let found = store.search_deliveries(&filter, 2).await.unwrap();
        assert_eq!((found.deliveries.len(), found.more), (2, true));
        let before = found.deliveries.last().map(|last| last.delivery.id.clone());
        let rest = store.search_deliveries(&DeliveryFilter { before, ..filter.clone() }, 2).await.unwrap();
        assert_eq!((rest.deliveries.len(), rest.more), (1, false));
        assert!(found.deliveries.iter().chain(&rest.deliveries).all(|entry| entry.delivery.run == run.id));
        let with = async |part: &str| {
            let filter = DeliveryFilter { recipient: Some(part.into()), ..filter.clone() };
            let found = store.search_deliveries(&filter, 9).await.unwrap().deliveries;
            found.into_iter().map(|entry| entry.delivery.recipient).collect::<Vec<_>>()
        };
        assert_eq!(
            (with("kIM").await, with("L_E").await),
            (vec!["Kim@x".to_owned()], vec!["l_e@x".to_owned()])
        );
        assert!(with("%").await.is_empty() && with("\\").await.is_empty());
        assert_eq!(store.count_undelivered(&filter).await.unwrap(), 3);
        let none = DeliveryFilter { among: Some(Vec::new()), ..DeliveryFilter::default() };
        assert_eq!(store.count_undelivered(&none).await.unwrap(), 0);
        let closed = DeliveryFilter { report: Some(others.report.clone()), ..filter.clone() };
        assert!(store.search_deliveries(&closed, 9).await.unwrap().deliveries.is_empty());
    }
}

#[tokio::test]
async fn who_is_without_is_told_once_by_the_latest_attempt_that_was_to_reach_them() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let without = async || {
            let filter = DeliveryFilter {
                report: Some(new.report.clone()),
                state: Some(WantedState::Undelivered),
                ..DeliveryFilter::default()
            };
            let found = store.search_deliveries(&filter, 99).await.unwrap().deliveries;
            found
                .into_iter()
                .map(|entry| (entry.delivery.recipient, entry.attempt, entry.resendable))
                .collect::<Vec<_>>()
        };
        let first = claimed(&store, &new, Repeat::Never).await;
        let [a, b, c] = ["a@x", "b@x", "c@x"].map(String::from);
        let all = [a.clone(), b.clone(), c.clone()];
        let planned = store.plan(first.id, &by_mail(&all), now()).await.unwrap();
        assert_eq!(without().await, [], "what waits may still come");
        store.begin_sending(&planned[..1], now()).await.unwrap();
        store.finish(first.id, &FAILED(), &[], now()).await.unwrap();
        let mut found = without().await;
        found.sort();
        assert_eq!(
            found,
            [(a.clone(), Some(1), false), (b.clone(), Some(1), true), (c.clone(), Some(1), true)]
        );
        let second = claimed(&store, &new, Repeat::Unsent).await;
        let rest = [b.clone(), c.clone()];
        let planned = store.plan(second.id, &by_mail(&rest), now()).await.unwrap();
        store.begin_sending(&planned[..1], now()).await.unwrap();
        store.move_delivery(&planned[0].id, DeliveryState::Sent, Some("250"), None, now()).await.unwrap();
        store.finish(second.id, &FAILED(), &[], now()).await.unwrap();
        let mut found = without().await;
        found.sort();
        assert_eq!(found, [(a.clone(), Some(1), false), (c.clone(), Some(2), true)]);
        // Whom a run that ended well did not send a copy, it had its reasons for.
        let third = claimed(&store, &new, Repeat::Unsent).await;
        let planned = store.plan(third.id, &by_mail(&[c]), now()).await.unwrap();
        store
            .move_delivery(&planned[0].id, DeliveryState::Unsent, None, Some("no rows"), now())
            .await
            .unwrap();
        store.finish(third.id, &Ending::Succeeded, &[], now()).await.unwrap();
        assert_eq!(without().await, [(a, Some(1), false)]);
        assert!(!store.has_unsent(&first).await.unwrap(), "what is in doubt does not count");
    }
}

#[tokio::test]
async fn an_attempt_for_one_of_them_leaves_the_others_to_be_sent_again() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let entries = async || {
            let filter = DeliveryFilter { report: Some(new.report.clone()), ..DeliveryFilter::default() };
            let found = store.search_deliveries(&filter, 99).await.unwrap().deliveries;
            let mut told: Vec<_> = found
                .into_iter()
                .map(|one| (one.delivery.recipient, one.attempt, one.open, one.resendable))
                .collect();
            told.sort();
            told
        };
        let first = claimed(&store, &new, Repeat::Never).await;
        let [a, b] = ["a@x", "b@x"].map(String::from);
        let planned = store.plan(first.id, &by_mail(&[a.clone(), b.clone()]), now()).await.unwrap();
        store.finish(first.id, &FAILED(), &[], now()).await.unwrap();
        let ids = |chosen: &[&Delivery]| chosen.iter().map(|one| one.id.clone()).collect::<HashSet<_>>();
        assert_eq!(store.without(first.id).await.unwrap(), ids(&[&planned[0], &planned[1]]));
        let second = claimed(&store, &new, Repeat::Unsent).await;
        let sent = store.plan(second.id, &by_mail(std::slice::from_ref(&a)), now()).await.unwrap();
        let b_waits = (b.clone(), Some(1), false, false);
        assert!(entries().await.contains(&b_waits), "somebody is sending just now");
        store.begin_sending(&sent, now()).await.unwrap();
        store.move_delivery(&sent[0].id, DeliveryState::Sent, Some("250"), None, now()).await.unwrap();
        store.finish(second.id, &Ending::Succeeded, &[], now()).await.unwrap();
        assert_eq!(
            entries().await,
            [(a.clone(), Some(1), false, false), (a, Some(2), false, false), (b, Some(1), true, true)]
        );
        assert_eq!(store.without(first.id).await.unwrap(), ids(&[&planned[1]]));
        assert!(store.has_unsent(&second).await.unwrap());
    }
}

#[tokio::test]
async fn a_backfill_sends_everybody_anew_and_its_attempts_carry_it_on() {
    for Temporary { store, folder: _folder } in stores().await {
        let new = new_run();
        let reach = async |run: &Run| {
            let to = ["a@x".to_owned()];
            let planned = store.plan(run.id, &by_mail(&to), now()).await.unwrap();
            store.begin_sending(&planned, now()).await.unwrap();
            store.move_delivery(&planned[0].id, DeliveryState::Sent, None, None, now()).await.unwrap();
        };
        let first = claimed(&store, &new, Repeat::Never).await;
        assert_eq!((first.origin, store.first_sent_before(&first).await.unwrap()), (None, None));
        reach(&first).await;
        store.finish(first.id, &FAILED(), &[], now()).await.unwrap();
        let backfill = NewRun { trigger: Trigger::Backfill, ..new.clone() };
        let anew = claimed(&store, &backfill, Repeat::Everyone).await;
        assert_eq!((anew.origin, store.origin_of(&anew).await.unwrap()), (Some(anew.id), anew.id));
        assert_eq!(store.first_sent_before(&anew).await.unwrap(), Some(now()));
        assert!(store.reached_before(&anew).await.unwrap().is_empty(), "the original does not count");
        store.finish(anew.id, &FAILED(), &[], now()).await.unwrap();
        let by_hand =
            claimed(&store, &NewRun { trigger: Trigger::Manual, ..new.clone() }, Repeat::Unsent).await;
        assert_eq!(by_hand.origin, Some(anew.id));
        assert!(store.reached_before(&by_hand).await.unwrap().is_empty());
        reach(&by_hand).await;
        store.finish(by_hand.id, &FAILED(), &[], now()).await.unwrap();
        let carried_on = claimed(&store, &backfill, Repeat::Unsent).await;
        assert_eq!(carried_on.origin, Some(anew.id));
        assert_eq!(store.reached_before(&carried_on).await.unwrap().len(), 1);
        store.finish(carried_on.id, &FAILED(), &[], now()).await.unwrap();
        let once_more = claimed(&store, &backfill, Repeat::Everyone).await;
        assert_eq!(once_more.origin, Some(once_more.id));
        let other = NewRun { scheduled_at: now() + TimeDelta::days(7), ..backfill };
        let alone = claimed(&store, &other, Repeat::Everyone).await;
        assert_eq!((alone.origin, store.first_sent_before(&alone).await.unwrap()), (Some(alone.id), None));
    }
}
