//! The program killed in the middle of a burst, again and again: nothing is lost, and nothing comes twice.
//!
//! `JANGPYO_CRASH_KILLS` (15) and `JANGPYO_CRASH_RECIPIENTS` (120) make it larger, and the tests of two instances with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::Utc;
use jangpyo::runs::store::{DeliveryState, RunFilter, RunState, Store};

use crate::support::binary::{Said, jangpyo};
use crate::support::mail::MailServer;

/// What a variable says, or the size of the ordinary suite: fewer kills are seldom at the interesting moment, and more
/// take long.
fn size(variable: &str, ordinary: usize) -> usize {
    std::env::var(variable).map_or(ordinary, |text| text.parse().expect(variable))
}

pub(crate) fn recipients() -> usize {
    size("JANGPYO_CRASH_RECIPIENTS", 120)
}

fn kills() -> usize {
    size("JANGPYO_CRASH_KILLS", 15)
}

/// How many mails a process hands over at a time.
pub(crate) const AT_A_TIME: usize = 4;

const RUN: [&str; 4] = ["run", "small/monday", "--at", "2026-11-02T08:00:00+09:00"];

/// A small report for each of many recipients, without attachments.
pub(crate) fn write(workspace: &Path, recipients: usize) {
    let put = |name: &str, text: String| {
        let path = workspace.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sources/disk.yaml", "kind: source\nowner: sales\nurl: ./data\n".into());
    let rows = |of: fn(usize) -> String| (0..recipients).map(of).collect::<String>();
    put("data/sales.csv", format!("store,amount\n{}", rows(|n| format!("store {n:04},{}\n", 1_000 + n))));
    put("data/staff.csv", format!("mail,store\n{}", rows(|n| format!("m{n:04}@example.com,store {n:04}\n"))));
    put(
        "datasets/sales.yaml",
        "kind: dataset\nowner: sales\nsource: disk\ntable: sales.csv\ndimensions: {store: {}}\n\
         measures: {amount: {sql: sum(amount)}}\n"
            .into(),
    );
    put(
        "datasets/staff.yaml",
        "kind: dataset\nowner: sales\nsource: disk\ntable: staff.csv\ndimensions: {mail: {}, store: {}}\n"
            .into(),
    );
    put(
        "small.yaml",
        "kind: report\ntitle: Small\nowner: sales\ndataset: sales\nlocale: en\n\
         parameters: {store: {type: member, of: store}}\npanels: {amount: {kpi: amount}}\nschedules:\n  monday:\n    \
         cron: '0 8 * * MON'\n    burst: {dataset: staff, recipient: mail, bind: {store: store}}\n    \
         deliver: {email: {show: [amount], attach: []}}\n"
            .into(),
    );
}

/// What each recipient's deliveries came to, over all attempts.
pub(crate) async fn ended(store: &Store) -> BTreeMap<String, BTreeSet<String>> {
    let mut states: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let runs = store.runs(&RunFilter::default(), 500).await.unwrap();
    assert!(!runs.more, "more attempts than one page holds");
    for run in runs.runs {
        for delivery in store.deliveries(run.id).await.unwrap() {
            states.entry(delivery.recipient).or_default().insert(delivery.state.to_string());
        }
    }
    states
}

/// The Message-IDs of the mails that each recipient got.
pub(crate) fn accepted(server: &MailServer) -> BTreeMap<String, Vec<String>> {
    let mut accepted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in server.mails() {
        let id = mail.header("Message-ID")[0].to_owned();
        for recipient in mail.recipients() {
            accepted.entry(recipient.to_owned()).or_default().push(id.clone());
        }
    }
    accepted
}

/// Everybody got it once, or it is on record that they may not have.
pub(crate) fn assert_nobody_is_lost_or_doubled(
    accepted: &BTreeMap<String, Vec<String>>,
    states: &BTreeMap<String, BTreeSet<String>>,
) {
    let doubt = DeliveryState::InDoubt.to_string();
    for (recipient, states) in states {
        let got = accepted.get(recipient).map_or(0, Vec::len);
        let in_doubt = states.contains(&doubt);
        assert!(got <= 1, "{recipient} got it {got} times: {states:?}");
        assert!(got == 1 || in_doubt, "{recipient} got nothing, and nobody knows: {states:?}");
    }
    let ids: BTreeSet<&String> = accepted.values().flatten().collect();
    assert_eq!(ids.len(), accepted.len(), "every mail has an id of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_that_is_killed_again_and_again_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (workspace, state) = (folder.path().join("reports"), folder.path().join("state"));
    let (recipients, kills) = (recipients(), kills());
    write(&workspace, recipients);
    let server = MailServer::start(&[]);
    let port = server.port.to_string();
    let variables = |command: &mut Command| {
        command.env("JANGPYO_SMTP_HOST", "127.0.0.1").env("JANGPYO_SMTP_PORT", &port);
        command.env("JANGPYO_SMTP_TLS", "none").env("JANGPYO_MAIL_FROM", "reports@corp.example");
    };
    let command = |again: bool| {
        let mut command = jangpyo(&workspace, &state);
        variables(&mut command);
        command.args(RUN).args(again.then_some("--again"));
        command
    };
    let file = state.join("jangpyo.sqlite");
    let (mut interrupted, mut dice) = (0, 20_261_128_u64);
    for kill in 0..kills {
        let mut process = command(kill > 0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // At a moment somewhere within the next few mails.
        let wanted = server.count("accepted") + (dice >> 33) as usize % 5 + 1;
        while server.count("accepted") < wanted && process.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(Duration::from_millis((dice >> 40) % 60)).await;
        // On Unix this is SIGKILL: nothing of the process runs any more.
        let _ = process.kill();
        process.wait().unwrap();
        if file.is_file() {
            // As its instance does when it comes back.
            let store = Store::open_file(&file).await.unwrap();
            let instance = format!("cli-{}", process.id());
            interrupted += store.close_left_behind(&instance, Utc::now()).await.unwrap().len();
            store.close().await;
        }
    }
    let last = Said::of(&mut command(true));
    let store = Store::open_file(&file).await.unwrap();
    let runs = store.runs(&RunFilter::default(), 500).await.unwrap().runs;
    assert!(interrupted >= kills / 2, "it was killed in the middle: {interrupted}");
    assert!(
        matches!(runs[0].state, RunState::Succeeded | RunState::Skipped),
        "the last attempt ends well: {last:?}"
    );
    let (got, states) = (accepted(&server), ended(&store).await);
    assert_eq!(states.len(), recipients);
    assert_nobody_is_lost_or_doubled(&got, &states);
    let doubt = DeliveryState::InDoubt.to_string();
    let in_doubt = states.values().filter(|states| states.contains(&doubt)).count();
    println!(
        "{kills} kills, {interrupted} in the middle; {} of {recipients} got it once, {in_doubt} in doubt, none twice",
        got.len(),
    );
    assert!(in_doubt <= interrupted * (AT_A_TIME + 1), "only what was being handed over is: {in_doubt}");
    // Somebody asks the mail server, and sends to those who did not get it.
    for run in runs {
        let missing = store.deliveries(run.id).await.unwrap().into_iter().filter(|delivery| {
            delivery.state == DeliveryState::InDoubt && !got.contains_key(&delivery.recipient)
        });
        let missing: Vec<String> = missing.map(|delivery| delivery.id).collect();
        if !missing.is_empty() {
            let mut resend = jangpyo(&workspace, &state);
            variables(&mut resend);
            let run = run.id.to_string();
            let said = Said::of(resend.args(["deliveries", "resend", &run, "--only", &missing.join(",")]));
            assert_eq!(said.code, Some(0), "{said:?}");
        }
    }
    let got = accepted(&server);
    assert!(got.len() == recipients && got.values().all(|mails| mails.len() == 1), "everybody, and once");
    store.close().await;
}
