//! Bursts over the sample data: every copy shows what its own question shows, whoever else there is; from one scan.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jangpyo::access::Viewer;
use jangpyo::definitions::Catalog as Definitions;
use jangpyo::definitions::model::{FieldName, OneOrMany, ReportId};
use jangpyo::engine::{Freshness, Memory, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::Document;
use jangpyo::runs::evaluate::{Evaluator, Question};
use jangpyo::runs::store::{DeliveryState, Repeat, RunState};

use crate::support::mail::MailServer;
use crate::support::pdf::Pdf;
use crate::support::runner::{TestRunner, smtp};
use crate::support::workspace::TestWorkspace;

/// A report with most kinds of questions: comparison, top, totals, sparkline, pivot, drill, text, distinct counts.
const REPORT: &str = "
kind: report
title: {ko: 매장 주간 보고, en: Store weekly}
owner: sales_analytics
dataset: sales
time_zone: Asia/Seoul
parameters:
  period: {type: period, default: last_4_weeks, compare: previous_period, as_of: latest_data}
  store: {type: member, of: store, multiple: true}
panels:
  revenue: {kpi: revenue}
  orders: {kpi: orders}
  stores: {kpi: stores}
  trend: {chart: line, x: order_date, grain: day, y: revenue, by: category, top: 3}
  ranking: {chart: bar, x: category, y: revenue, top: 5, compare: true}
  words: {text: 'Revenue was {revenue}, {revenue.change} than before.'}
  sheet:
    pivot: {rows: [category, channel], columns: [order_date:week], values: [revenue, orders, margin], subtotals: [category], totals: both}
  days: {table: [order_date, store, revenue, orders, returned], totals: true, sort: [-revenue], limit: 20}
pages:
  - {paper: A4, rows: [[revenue, orders, stores], [words], [trend], [ranking]]}
  - {paper: A4, orientation: landscape, rows: [[sheet]]}
  - {paper: A4, rows: [[days]]}
schedules:
  monday:
    cron: '0 8 * * MON'
    BURST
    deliver: {email: {subject: '{title} {period}'}}
";

fn workspace(burst: &str) -> TestWorkspace {
    let workspace = TestWorkspace::sample();
    workspace.write("store-weekly.yaml", &REPORT.replace("BURST", burst));
    workspace
}

async fn document(
    evaluator: &Evaluator,
    store: &str,
    locale: Locale,
    memory: Option<&Arc<Memory>>,
) -> Document {
    let id = ReportId::parse("store-weekly").unwrap();
    let question = Question {
        viewer: Viewer::schedule(&id, "monday"),
        report: id,
        parameters: BTreeMap::from([("store".to_owned(), vec![store.to_owned()])]),
        locale: Some(locale),
        now: "2026-11-02T08:00:00+09:00".parse().unwrap(),
        freshness: Freshness::Recent,
        memory: memory.cloned(),
        purpose: Purpose::default(),
    };
    let prepared = Box::pin(evaluator.prepare(question)).await.unwrap();
    evaluator.document(&prepared).await
}

async fn stores(evaluator: &Evaluator) -> Vec<String> {
    let dataset = jangpyo::definitions::model::DatasetId::parse("staff").unwrap();
    let field = FieldName::parse("store").unwrap();
    let rows = evaluator.rows_of(&dataset, &[field], Viewer::operator()).await.unwrap();
    rows.into_iter().filter_map(|mut row| row.remove(0)).collect()
}

/// The proof that no slice holds another's rows: each copy from the one scan equals, in all its numbers, what a server
/// that has never heard of the others answers.
#[tokio::test(flavor = "multi_thread")]
async fn every_slice_of_one_scan_equals_its_own_question() {
    let workspace = workspace("burst: {dataset: staff, recipient: mail, bind: {store: store}}");
    let (one, alone) = (workspace.evaluator(), workspace.evaluator());
    let stores = stores(&one).await;
    assert!(stores.len() >= 10, "{stores:?}");
    let memory = Arc::new(Memory::new(vec![FieldName::parse("store").unwrap()]));
    let first = document(&one, &stores[0], Locale::Ko, Some(&memory)).await;
    assert_eq!(first.failures().count(), 0, "{:?}", first.failures().collect::<Vec<_>>());
    one.engine().load(&memory).await;
    let (before, reads) = (memory.used(), one.engine().meter().gets.load(Ordering::Relaxed));
    assert_eq!((before.scans, &before.refused[..]), (1, &[][..]), "{before:?}");
    let mut digests = BTreeSet::new();
    for store in &stores {
        let sliced = document(&one, store, Locale::Ko, Some(&memory)).await;
        let own = document(&alone, store, Locale::Ko, None).await;
        assert_eq!(sliced.provenance.digest, own.provenance.digest, "{store}");
        assert_eq!(sliced, own, "{store}");
        digests.insert(sliced.provenance.digest.clone());
    }
    assert!(digests.len() > stores.len() / 2, "stores have their own numbers");
    let used = memory.used();
    assert_eq!(used.asked, before.asked, "nothing was asked of the source again: {used:?}");
    assert!(used.sliced as usize >= stores.len() * 8, "{used:?}");
    assert_eq!(one.engine().meter().gets.load(Ordering::Relaxed), reads, "no file was read again");
    // Somebody who is not there, and members that look alike, get nothing of others.
    for nobody in ["강남", "강남 플래그십 ", "없는 매장", "%", "' OR 1=1 --"] {
        let sliced = document(&one, nobody, Locale::Ko, Some(&memory)).await;
        assert_eq!(sliced, document(&alone, nobody, Locale::Ko, None).await, "{nobody}");
    }
    // Another language may begin its weeks elsewhere; what the scan does not cover is asked, and right.
    let (english, own) = (
        document(&one, &stores[1], Locale::En, Some(&memory)).await,
        document(&alone, &stores[1], Locale::En, None).await,
    );
    assert_eq!(english, own);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_of_a_dataset_gets_their_own_stores_and_nobody_elses() {
    let server = MailServer::start(&[]);
    let burst = "burst: {dataset: staff, recipient: mail, bind: {store: store}}";
    let settings = smtp(&server, jangpyo::delivery::SmtpTls::None);
    let workspace = workspace(burst);
    // Who sends has to see both the numbers and the people.
    let sees = "inherits: [sales_analytics, finance, merchandising";
    workspace.replace("access.yaml", sees, &format!("{sees}, people"));
    workspace.replace("store-weekly.yaml", "owner: sales_analytics", "owner: executive");
    let runner = TestRunner::over(workspace, Some(settings), |_| {}).await;
    let run = runner.run("store-weekly", Repeat::Never).await;
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    let deliveries = runner.deliveries(&run).await;
    let mails = server.mails();
    assert_eq!(mails.len(), deliveries.len());
    assert!(deliveries.len() >= 5 && deliveries.iter().all(|one| one.state == DeliveryState::Sent));
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.header("Message-ID")[0].to_owned()).collect();
    assert_eq!(ids.len(), mails.len(), "every mail has an id of its own");
    let all: Vec<&str> = deliveries.iter().flat_map(|one| one.slice.split('+')).collect();
    for mail in &mails {
        let recipients = mail.recipients();
        let [recipient] = &recipients[..] else { panic!("{recipients:?}") };
        let own = deliveries.iter().find(|one| one.recipient == *recipient).unwrap();
        let mine: Vec<&str> = own.slice.split('+').collect();
        let attachments = mail.attachments();
        let name = attachments[0].name.clone().unwrap();
        assert!(name.contains(&own.slice), "{name} {}", own.slice);
        let sheet = Pdf::new(&attachments[0].bytes()).text();
        let html = mail.text_of("html");
        for store in &all {
            let is_mine = mine.contains(store);
            assert!(is_mine || !sheet.contains(store), "{recipient} sees {store}");
            assert!(is_mine || !html.contains(store), "{recipient} sees {store}");
        }
    }
    // Sending again reaches nobody twice.
    let again = runner.run("store-weekly", Repeat::Unsent).await;
    assert_eq!(again.state, RunState::Skipped, "{:?}", again.error);
    assert_eq!(server.mails().len(), mails.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_get_a_copy_keeps_nobody_else_and_never_sees_everything() {
    let server = MailServer::start(&["--refuse", "lee@example.com"]);
    // Nobody is at the second address, mail to the third is refused, and the fourth has no store.
    let burst = "burst: {run_as: executive, recipients: [\
                 {to: kim@example.com, bind: {store: 강남 플래그십}, locale: en, attach: [xlsx]},\
                 {to: [lee@example.com, park@example.com], bind: {store: 부산 서면}}]}";
    let changed = |definitions: &mut Definitions| {
        let id = ReportId::parse("store-weekly").unwrap();
        let report = Arc::make_mut(definitions.reports.get_mut(&id).unwrap());
        let burst = report.schedules.values_mut().next().unwrap().burst.as_mut().unwrap();
        let mut nowhere = burst.recipients[1].clone();
        // What no check lets into a file may come from data.
        nowhere.to = OneOrMany::Many(vec!["nobody at all".into()]);
        let mut everything = nowhere.clone();
        everything.to = OneOrMany::One("choi@example.com".into());
        everything.bind.values_mut().for_each(|values| *values = OneOrMany::One(String::new()));
        // Twice the same row, and the same store in another language: one mail, and a second copy.
        let (again, mut korean) = (burst.recipients[0].clone(), burst.recipients[0].clone());
        korean.locale = Some(Locale::Ko);
        // Twice nobody keeps nobody else.
        burst.recipients.extend([nowhere.clone(), nowhere, everything, again, korean]);
    };
    let settings = smtp(&server, jangpyo::delivery::SmtpTls::None);
    let runner = TestRunner::over(workspace(burst), Some(settings), changed).await;
    let run = runner.run("store-weekly", Repeat::Never).await;
    let deliveries = runner.deliveries(&run).await;
    let told = |to: &str| {
        let found = deliveries.iter().find(|one| one.recipient == to).unwrap();
        (found.state, found.error.clone().unwrap_or_default())
    };
    for to in ["kim@example.com", "park@example.com"] {
        assert_eq!(told(to), (DeliveryState::Sent, String::new()));
    }
    for (to, why) in [
        ("lee@example.com", "550"),
        ("nobody at all", "no mail can go there"),
        ("choi@example.com", "the copy would show everything"),
    ] {
        let (state, error) = told(to);
        assert!(state == DeliveryState::Failed && error.contains(why), "{to} {state} {error}");
    }
    assert_eq!(run.state, RunState::Failed);
    let error = run.error.clone().unwrap();
    assert!(error.contains("would show everything") && error.contains("was not reached"), "{error}");
    let all = server.mails();
    let is_kims = |mail: &&crate::support::mail::Mail| mail.recipients() == ["kim@example.com"];
    assert_eq!(all.iter().filter(is_kims).count(), 2, "in two languages");
    let kim = all.iter().filter(is_kims).find(|mail| mail.text_of("subject").starts_with("Store")).unwrap();
    assert!(kim.text_of("subject").starts_with("Store weekly"), "{}", kim.text_of("subject"));
    let names: Vec<_> = kim.attachments().into_iter().map(|part| part.name.unwrap()).collect();
    assert!(matches!(&names[..], [name] if name.ends_with(".xlsx")), "{names:?}");
    assert_eq!(all.len(), 3, "nobody else got anything");
}

/// Fourteen copies, and a mail server that refuses the ninth message of any two seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_goes_at_the_pace_of_the_mail_server_and_its_run_stays_alive() {
    const COPIES: u32 = 14;
    let server = MailServer::start(&["--at-most", "8/2"]);
    let one = |n| format!("{{to: kim{n}@example.com, bind: {{store: 강남 플래그십}}}}");
    let recipients: Vec<String> = (0..COPIES).map(one).collect();
    let workspace = TestWorkspace::sample();
    let report = PACED.replace("RECIPIENTS", &recipients.join(", "));
    workspace.write("paced.yaml", &report);
    let mut settings = smtp(&server, jangpyo::delivery::SmtpTls::None);
    settings.rate = "150/min".parse().unwrap();
    let runner = TestRunner::over(workspace, Some(settings), |_| {}).await;
    let begun = Instant::now();
    let store = &runner.runner.parts().store;
    let lease = runner.runner.parts().settings.lease;
    let mut leases = jangpyo::runs::Leases::default();
    let looking = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            let silent = leases.silent(store.leases().await.unwrap(), lease, Instant::now());
            assert_eq!(silent, [], "the lease of a run that waits for the mail server is renewed");
        }
    };
    let run = tokio::select! {
        run = runner.run("paced", Repeat::Never) => run,
        () = looking => unreachable!(),
    };
    let took = begun.elapsed();
    assert_eq!(run.state, RunState::Succeeded, "{:?}", run.error);
    assert!(took >= Duration::from_millis(400) * (COPIES - 1), "{took:?}");
    assert_eq!((server.count("too fast"), server.mails().len()), (0, COPIES as usize));
    let attempts: BTreeSet<i64> = runner.deliveries(&run).await.iter().map(|one| one.attempts).collect();
    assert_eq!(attempts, BTreeSet::from([1]));
}

const PACED: &str = "
kind: report
title: Paced
owner: sales_analytics
dataset: sales
time_zone: Asia/Seoul
parameters:
  period: {type: period, default: last_4_weeks, as_of: latest_data}
  store: {type: member, of: store, multiple: true}
panels:
  revenue: {kpi: revenue}
schedules:
  monday:
    cron: '0 8 * * MON'
    burst: {run_as: executive, recipients: [RECIPIENTS]}
    deliver: {email: {attach: []}}
";
