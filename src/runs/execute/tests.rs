use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde_json::json;

use super::rig::{Rig, broken, document, from, order, report, scheduled_at, two_recipients};
use super::*;
use crate::definitions::model::{FieldName, Report};
use crate::delivery::{MailRate, MemoryMailbox, Outcome, Smtp, SmtpSettings, SmtpTls};
use crate::runs::store::{DeliveryState, Repeat, RunState};

fn weekly() -> Report {
    report(&two_recipients(), &json!({}))
}

async fn states(rig: &Rig, run: &Run) -> Vec<DeliveryState> {
    rig.store().deliveries(run.id).await.unwrap().into_iter().map(|delivery| delivery.state).collect()
}

#[tokio::test]
async fn a_run_evaluates_at_its_instant_keeps_the_sheet_and_mails_it() {
    let rig = Rig::new(weekly()).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!(
        (run.state, run.stage, run.error.as_deref()),
        (RunState::Succeeded, Some(Stage::Deliver), None)
    );
    assert_eq!(run.definition_version, "v1");
    let question = rig.questions().remove(0);
    assert_eq!(question.now, scheduled_at(), "the scheduled instant, not the current one");
    assert_eq!(question.parameters["period"], ["last_complete_week"]);

    let artefact = rig.store().artefacts(run.id).await.unwrap().remove(0);
    assert_eq!(artefact.file_name, "주간 매출 현황 2026-01-05.pdf");
    let bytes = rig.runner.parts().shelf.read(&artefact).unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.len() as i64 == artefact.bytes);

    let (message, to) = rig.mailbox.messages().remove(0);
    assert_eq!(to.len(), 2);
    assert_eq!(message.id, format!("<{}@corp.example>", run.id));
    assert_eq!(states(&rig, &run).await, [DeliveryState::Sent; 2]);
    let text = String::from_utf8(message.bytes).unwrap();
    assert!(text.contains("application/pdf"), "{text}");
}

#[tokio::test]
async fn the_same_instant_is_run_once_whoever_asks() {
    let rig = Rig::new(weekly()).await;
    let runs = futures::future::join_all((0..4).map(|_| {
        let runner = rig.runner.clone();
        async move { runner.run(&order(Trigger::Schedule, Repeat::Never)).await.unwrap() }
    }))
    .await;
    assert!(runs.iter().all(|run| run.id == runs[0].id));
    assert_eq!(rig.mailbox.calls(), 1);
    let again = rig.run(Trigger::Manual, Repeat::Unsent).await;
    assert_eq!((again.state, again.attempt), (RunState::Succeeded, Some(2)));
    assert_eq!(rig.mailbox.calls(), 1, "everybody has it");
    let told = again.warnings.join("; ");
    assert!(told.contains("2 recipients") && told.contains("nothing was asked again"), "{told}");
    rig.run(Trigger::Manual, Repeat::Everyone).await;
    assert_eq!(rig.mailbox.calls(), 2, "asked for again");
}

#[tokio::test]
async fn every_attempt_for_an_instant_sends_under_one_message_id() {
    let script = [Outcome::Accepted("250".into()), Outcome::Refused("550 no such user".into())];
    let mailbox = MemoryMailbox::new(from()).answering(script);
    let rig = Rig::mailing(weekly(), mailbox).await;
    assert_eq!(rig.run(Trigger::Schedule, Repeat::Never).await.state, RunState::Failed);
    assert_eq!(rig.run(Trigger::Manual, Repeat::Unsent).await.state, RunState::Succeeded);
    let sent = rig.mailbox.messages();
    let to: Vec<String> = sent.iter().flat_map(|(_, to)| to.iter().map(ToString::to_string)).collect();
    assert_eq!(to, ["kim@example.com", "lee@example.com"]);
    assert_eq!(sent[0].0.id, sent[1].0.id, "whoever has it although nobody knew does not see two");
}

#[tokio::test]
async fn recipients_that_are_not_allowed_any_more_get_nothing() {
    let answer = |question| -> futures::future::BoxFuture<'static, _> {
        Box::pin(async move { Ok(document(&question)) })
    };
    let mailbox = MemoryMailbox::new(from());
    let mailer = Mailer::Memory(mailbox.clone());
    let rig = Rig::build(weekly(), Box::new(answer), mailbox, mailer, |parts| {
        parts.settings.policy.allowed_recipient_domains = Some(vec!["corp.example".into()]);
    })
    .await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.stage), (RunState::Failed, Some(Stage::Deliver)));
    assert!(run.error.unwrap().contains("mail to `example.com` is not allowed"));
    assert_eq!(rig.mailbox.calls(), 0);
}

#[tokio::test]
async fn a_failed_panel_stops_everything_and_tells_how_to_go_on() {
    let rig = Rig::answering(weekly(), |question| Box::pin(async move { Ok(broken(&question)) })).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.stage), (RunState::Failed, Some(Stage::Evaluate)));
    let error = run.error.unwrap();
    for part in
        ["`revenue`", "does not answer", "e42", "jangpyo run weekly-sales/monday --at 2026-01-04T23:00:00Z"]
    {
        assert!(error.contains(part), "{part} is missing in {error}");
    }
    assert_eq!(rig.mailbox.calls(), 0);
    assert!(rig.store().artefacts(run.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn with_mark_a_failed_panel_is_sent_marked() {
    let report = report(&two_recipients(), &json!({"on_panel_error": "mark"}));
    let rig = Rig::answering(report, |question| Box::pin(async move { Ok(broken(&question)) })).await;
    assert_eq!(rig.run(Trigger::Schedule, Repeat::Never).await.state, RunState::Succeeded);
    assert_eq!(rig.mailbox.calls(), 1);
}

/// The document with a chart that no renderer can draw: it uses a column its table does not have.
fn undrawable(question: &Question) -> Document {
    use crate::charts::{Chart, Kind};
    use crate::render::document::Content;

    let mut document = document(question);
    let (kind, table) = (Kind::Line, crate::table::Table::default());
    let chart = Chart {
        links: Vec::new(),
        kind,
        table,
        x: 0,
        y: vec![1],
        by: None,
        line: vec![],
        facet: None,
        compare: false,
        labels: None,
        overlays: crate::charts::Overlays::default(),
        look: crate::charts::Look::default(),
    };
    document.pages[0].rows[0][0].content = Ok(Content::Chart(Box::new(chart)));
    document
}

#[tokio::test]
async fn a_chart_that_cannot_be_drawn_counts_as_a_failed_panel() {
    for (policy, state, mails) in [("stop", RunState::Failed, 0), ("mark", RunState::Succeeded, 1)] {
        let report = report(&two_recipients(), &json!({"on_panel_error": policy}));
        let rig = Rig::answering(report, |question| Box::pin(async move { Ok(undrawable(&question)) })).await;
        let run = rig.run(Trigger::Schedule, Repeat::Never).await;
        assert_eq!((run.state, rig.mailbox.calls()), (state, mails), "{policy}: {:?}", run.error);
        let told = run.error.unwrap_or_else(|| run.warnings.join(" "));
        assert!(told.contains("`revenue` could not be drawn"), "{told}");
    }
}

#[tokio::test]
async fn a_panic_ends_the_run_and_not_the_server() {
    let rig = Rig::answering(weekly(), |_| Box::pin(async { panic!("corrupt footer") })).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.error_kind.as_deref()), (RunState::Failed, Some("bug")));
    assert!(run.error.unwrap().contains("corrupt footer"));
}

#[tokio::test]
async fn a_refusal_for_now_is_tried_again_and_only_for_those_refused() {
    let busy = || Outcome::RefusedForNow("451 busy".into());
    let ok = || Outcome::Accepted("ok".into());
    let mailbox = MemoryMailbox::new(from()).answering([busy(), ok(), busy(), ok()]);
    let rig = Rig::mailing(weekly(), mailbox).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded);
    let deliveries = rig.store().deliveries(run.id).await.unwrap();
    assert_eq!(
        deliveries.iter().map(|d| (d.attempts, d.state)).collect::<Vec<_>>(),
        [(3, DeliveryState::Sent), (1, DeliveryState::Sent)]
    );
    let ids: Vec<_> = rig.mailbox.messages().into_iter().map(|(message, _)| message.bytes).collect();
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "every attempt sends the same bytes");
}

#[tokio::test]
async fn attempts_are_bounded_and_refusals_for_good_are_final() {
    let busy = || Outcome::RefusedForNow("451 busy".into());
    let mailbox = MemoryMailbox::new(from()).answering([
        busy(),
        Outcome::Refused("550 <lee@example.com> no such user".into()),
        busy(),
        busy(),
    ]);
    let rig = Rig::mailing(weekly(), mailbox).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.stage), (RunState::Failed, Some(Stage::Deliver)));
    assert_eq!(rig.mailbox.calls(), 3);
    assert_eq!(states(&rig, &run).await, [DeliveryState::Failed; 2]);
    let error = run.error.unwrap();
    assert!(error.contains("451 busy") && error.contains("550 <l…@example.com> no such user"), "{error}");
    assert!(!error.contains("kim@"), "logs show no whole address: {error}");
}

#[tokio::test]
async fn what_is_in_doubt_is_sent_again_only_when_everyone_is_meant() {
    let mailbox = MemoryMailbox::new(from()).answering([Outcome::InDoubt("connection lost".into())]);
    let rig = Rig::mailing(weekly(), mailbox).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!(run.state, RunState::Failed);
    assert_eq!(states(&rig, &run).await, [DeliveryState::InDoubt, DeliveryState::Sent]);
    assert_eq!(rig.run(Trigger::Manual, Repeat::Unsent).await.state, RunState::Succeeded);
    assert_eq!(rig.mailbox.calls(), 1);
    rig.run(Trigger::Manual, Repeat::Everyone).await;
    assert_eq!(rig.mailbox.messages().last().unwrap().1.len(), 2);
}

#[tokio::test]
async fn what_was_made_with_other_rights_is_not_sent_again() {
    let refused = || Outcome::Refused("550 no such user".into());
    let mailbox = MemoryMailbox::new(from()).answering([refused(), refused(), refused(), refused()]);
    let rig = Rig::mailing(weekly(), mailbox).await;
    let first = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((first.state, rig.questions().len()), (RunState::Failed, 1));
    let again = rig.run(Trigger::Manual, Repeat::Unsent).await;
    assert_eq!((again.state, rig.questions().len()), (RunState::Failed, 1), "{:?}", again.warnings);
    *rig.asked.seen.lock().unwrap() = "less".into();
    let less = rig.run(Trigger::Manual, Repeat::Unsent).await;
    assert_eq!((less.state, rig.questions().len()), (RunState::Succeeded, 2), "{:?}", less.warnings);
    assert_eq!(less.seen.as_deref(), Some("less"));
}

#[tokio::test]
async fn an_unwritable_shelf_fails_the_run_before_anything_is_sent() {
    let rig = Rig::new(weekly()).await;
    std::fs::write(rig.home.folder.path().join("artefacts"), "a file in the way").unwrap();
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.stage), (RunState::Failed, Some(Stage::Store)));
    assert!(run.error.unwrap().contains("free disk space"));
    assert_eq!(rig.mailbox.calls(), 0);
}

#[tokio::test]
async fn a_dry_run_makes_the_files_and_sends_nothing() {
    let rig = Rig::new(weekly()).await;
    let dry = rig.run(Trigger::DryRun, Repeat::Never).await;
    assert_eq!((dry.state, dry.attempt), (RunState::Succeeded, None));
    let kinds: Vec<String> =
        rig.store().artefacts(dry.id).await.unwrap().into_iter().map(|artefact| artefact.kind).collect();
    assert_eq!(kinds, ["pdf", "figures"]);
    assert!(states(&rig, &dry).await.is_empty());
    assert_eq!(rig.mailbox.calls(), 0);
    assert_eq!(rig.run(Trigger::Schedule, Repeat::Never).await.attempt, Some(1));
}

#[tokio::test]
async fn a_folder_delivery_lands_below_its_folder_and_a_bad_path_is_told() {
    let rig = Rig::new(report(&json!({"folder": {"path": "finance/weekly"}}), &json!({}))).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    let file = rig.home.folder.path().join("folder/finance/weekly/주간 매출 현황 2026-01-05.pdf");
    assert!(std::fs::read(file).unwrap().starts_with(b"%PDF"));
    let rig = Rig::new(report(&json!({"folder": {"path": "../up"}}), &json!({}))).await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!((run.state, run.error_kind.as_deref()), (RunState::Failed, Some("bad_definition")));
}

#[tokio::test]
async fn glyphs_that_no_font_has_are_a_warning() {
    let rig = Rig::answering(weekly(), |question| {
        Box::pin(async move {
            let mut document = document(&question);
            document.title.push('𓀀');
            Ok(document)
        })
    })
    .await;
    let run = rig.run(Trigger::Schedule, Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded);
    assert!(run.warnings[0].contains("U+13000"), "{:?}", run.warnings);
}

#[tokio::test]
async fn unknown_names_list_the_valid_ones() {
    let rig = Rig::new(weekly()).await;
    let mut unknown = order(Trigger::Manual, Repeat::Never);
    unknown.schedule = FieldName::parse("tuesday").unwrap();
    let error = rig.runner.run(&unknown).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.to_string().contains("`tuesday`; it has monday"), "{error}");
}

#[tokio::test]
async fn a_run_that_somebody_closed_stops() {
    let mailbox = MemoryMailbox::new(from());
    let answer = Box::new(|_| Box::pin(std::future::pending()) as futures::future::BoxFuture<'static, _>);
    let rig = Rig::build(weekly(), answer, mailbox.clone(), Mailer::Memory(mailbox), |parts| {
        parts.settings.lease = Duration::from_millis(30);
    })
    .await;
    let Claimed::Ticket(ticket) = rig.runner.claim(&order(Trigger::Schedule, Repeat::Never)).await.unwrap()
    else {
        panic!()
    };
    let id = ticket.run().id;
    let performing = rig.runner.perform(*ticket);
    let closing = async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let ending = Ending::Interrupted { message: "closed by hand".into() };
        rig.store().finish(id, &ending, &[], rig.runner.parts().clock.now()).await.unwrap();
    };
    let (ended, ()) = tokio::join!(performing, closing);
    assert!(matches!(ended, Err(StoreError::Illegal { .. })), "{ended:?}");
}

#[tokio::test]
async fn a_crash_while_the_server_has_the_message_leaves_it_in_doubt() {
    // A mail server that takes the connection and never says a word.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = Smtp::new(SmtpSettings {
        host: "127.0.0.1".into(),
        port: listener.local_addr().unwrap().port(),
        tls: SmtpTls::None,
        credentials: None,
        from: from(),
        timeout: Duration::from_mins(1),
        ca_file: None,
        connections: std::num::NonZeroUsize::MIN,
        rate: MailRate::UNLIMITED,
    });
    let answer = Box::new(|question| {
        Box::pin(async move { Ok(document(&question)) }) as futures::future::BoxFuture<'static, _>
    });
    let rig = Rig::build(weekly(), answer, MemoryMailbox::new(from()), Mailer::Smtp(smtp), |_| {}).await;
    let order = order(Trigger::Schedule, Repeat::Never);
    tokio::select! {
        _ = rig.runner.run(&order) => panic!("it cannot end"),
        () = async {
            let connection = listener.accept().await.unwrap();
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(connection);
        } => {}
    }
    let clock = &rig.runner.parts().clock;
    let closed = rig.store().close_left_behind("local", clock.now()).await.unwrap();
    assert_eq!(closed.len(), 1);
    let run = rig.store().run(closed[0]).await.unwrap().unwrap();
    assert_eq!((run.state, run.stage), (RunState::Interrupted, Some(Stage::Deliver)));
    assert_eq!(states(&rig, &run).await, [DeliveryState::InDoubt; 2]);
}

/// Polls a future so many times and then gives up: a crash at a point of its own.
struct CrashAfter<F> {
    polls: usize,
    inner: Pin<Box<F>>,
}

impl<F: Future> Future for CrashAfter<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_and_sends_nothing_twice() {
    // How many polls a stage takes depends on the machine, so one sweep may step over a stage.
    let mut stages = std::collections::BTreeSet::new();
    for _ in 0..6 {
        crash_everywhere(&mut stages).await;
        if stages.len() == 5 {
            return;
        }
    }
    panic!("no crash fell into some stage: {stages:?}");
}

/// Crashes one run after one poll, the next after two, until one ends before its crash; checks what
/// each leaves behind.
async fn crash_everywhere(stages: &mut std::collections::BTreeSet<Option<Stage>>) {
    for polls in 1.. {
        // An answer that takes a few polls, as real ones do; else no crash falls into its stage.
        let rig = Rig::answering(weekly(), |question| {
            Box::pin(async move {
                for _ in 0..4 {
                    tokio::task::yield_now().await;
                }
                Ok(document(&question))
            })
        })
        .await;
        let order = order(Trigger::Schedule, Repeat::Never);
        let crashed = CrashAfter { polls, inner: Box::pin(rig.runner.run(&order)) }.await;
        if crashed.is_some() {
            break;
        }
        let clock = &rig.runner.parts().clock;
        for id in rig.store().close_left_behind("local", clock.now()).await.unwrap() {
            let run = rig.store().run(id).await.unwrap().unwrap();
            assert_eq!(run.state, RunState::Interrupted);
            stages.insert(run.stage);
            assert!(states(&rig, &run).await.iter().all(|state| state.is_final()), "after {polls} polls");
        }
        let again = rig.run(Trigger::Manual, Repeat::Unsent).await;
        assert!(again.state.is_final());
        // Everybody got it once, or it is told that they may have got it.
        let mut reached = rig.store().reached_before(&again).await.unwrap();
        reached.extend(
            rig.store()
                .deliveries(again.id)
                .await
                .unwrap()
                .into_iter()
                .filter(|delivery| delivery.state.may_have_arrived())
                .map(|delivery| (delivery.channel, delivery.recipient, delivery.slice)),
        );
        reached.sort();
        reached.dedup();
        assert_eq!(reached.len(), 2, "after {polls} polls");
        for address in ["kim@example.com", "lee@example.com"] {
            let copies = rig
                .mailbox
                .messages()
                .iter()
                .flat_map(|(_, to)| to)
                .filter(|to| to.as_str() == address)
                .count();
            assert!(copies <= 1, "{address} got {copies} copies after {polls} polls");
        }
    }
}

#[tokio::test]
async fn csv_files_begin_with_the_mark_that_the_schedule_chose() {
    for (chosen, has_mark) in [(json!({}), true), (json!({"bom": false}), false)] {
        let deliver = json!({"folder": {"path": "sales", "files": ["csv"]}, "csv": chosen});
        let rig = Rig::answering(report(&deliver, &json!({})), |question| {
            let mut document = document(&question);
            let grid = crate::table::Grid::of_table(crate::table::Table::default(), "");
            for block in document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten()) {
                block.content = Ok(crate::render::document::Content::Table(Box::new(grid.clone())));
            }
            Box::pin(async move { Ok(document) })
        })
        .await;
        let run = rig.run(Trigger::Schedule, Repeat::Never).await;
        assert_eq!((run.state, run.error.as_deref()), (RunState::Succeeded, None));
        let artefact = rig.store().artefacts(run.id).await.unwrap().remove(0);
        let bytes = rig.runner.parts().shelf.read(&artefact).unwrap();
        assert_eq!(bytes.starts_with("\u{feff}".as_bytes()), has_mark, "{chosen}: {bytes:?}");
    }
}

#[tokio::test]
async fn every_word_that_a_path_may_hold_is_filled() {
    use crate::definitions::model::DestinationDelivery;

    let words: Vec<String> =
        DestinationDelivery::PATH_WORDS.iter().map(|word| format!("{word}={{{word}}}")).collect();
    let rig = Rig::new(report(&json!({"folder": {"path": words.join("/")}}), &json!({}))).await;
    let run = rig.run(Trigger::Manual, Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    let path =
        "report=weekly-sales/schedule=monday/about=all/year=2026/month=01/day=05/hour=08/minute=00/locale=ko";
    let folder = rig.home.folder.path().join("folder").join(path);
    assert!(folder.join("주간 매출 현황 2026-01-05.pdf").is_file(), "{}", folder.display());
}

#[tokio::test]
async fn a_run_warns_of_a_calendar_that_ends() {
    let more = json!({"calendar": "kr", "on_holiday": "next"});
    let rig = Rig::new(report(&two_recipients(), &more)).await;
    for (at, expected) in [
        ("2026-12-01T08:00:00+09:00", None),
        ("2026-12-02T08:00:00+09:00", Some("ends on 2026-12-31; add the holidays of 2027")),
        // Still the last day of the year in Seoul, and the first of the next.
        ("2026-12-31T14:59:00Z", Some("ends on 2026-12-31; add the holidays of 2027")),
        ("2026-12-31T15:00:00Z", Some("only the weekends are known of 2027-01-01; add the holidays of 2027")),
        ("2025-12-31T08:00:00+09:00", Some("begins on 2026-01-01")),
    ] {
        let order = Order { scheduled_at: at.parse().unwrap(), ..order(Trigger::Schedule, Repeat::Never) };
        let run = rig.runner.run(&order).await.unwrap();
        assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
        let warnings = run.warnings.join("; ");
        match expected {
            Some(expected) => assert!(warnings.contains(expected), "{at}: {warnings}"),
            None => assert_eq!(warnings, "", "{at}"),
        }
    }
    let rig = Rig::new(weekly()).await;
    let order = Order {
        scheduled_at: "2030-01-01T00:00:00Z".parse().unwrap(),
        ..order(Trigger::Schedule, Repeat::Never)
    };
    assert!(rig.runner.run(&order).await.unwrap().warnings.is_empty(), "a schedule without a calendar");
}
