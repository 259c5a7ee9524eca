//! Two servers on one database, and schedules that fire every minute: each instant has one run and everybody one mail,
//! although one of the servers is killed in the middle.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use jangpyo::definitions::model::{FieldName, ReportId};
use jangpyo::runs::store::{Considered, Delivery, DeliveryState, Run, RunFilter, RunState, Store};
use jangpyo::schedule::Rule;

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::mail::MailServer;
use crate::support::postgres::Database;
use crate::support::workspace::small;

const SCHEDULES: usize = 5;
const RECIPIENTS: usize = 4;
/// How many minutes nobody has looked.
const MISSED: i64 = 4;

fn schedule(number: usize) -> String {
    format!(
        "s{number}:\n    cron: '* * * * *'\n    time_zone: Asia/Seoul\n    catch_up: all\n    \
         burst: {{dataset: staff, recipient: mail, bind: {{store: store}}}}\n    \
         deliver: {{email: {{show: [amount], attach: []}}}}\n"
    )
}

/// What became of everything: the runs of each instant, the oldest attempt first, and the deliveries of each.
async fn all(store: &Store) -> BTreeMap<(String, DateTime<Utc>), Vec<(Run, Vec<Delivery>)>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let runs = store.runs(&RunFilter::default(), 500).await.unwrap();
    assert!(!runs.more);
    for run in runs.runs.into_iter().rev() {
        let deliveries = store.deliveries(run.id).await.unwrap();
        all.entry((run.schedule.to_string(), run.scheduled_at)).or_default().push((run, deliveries));
    }
    all
}

async fn until(what: &str, at_most: Duration, holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < at_most, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_their_schedules_and_one_closes_what_the_other_leaves() {
    let Some(database) = Database::new().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let workspace = folder.path().join("reports");
    let never = "enabled: false\n    deliver: {email: {to: kim@example.com}}\n";
    let more: Vec<String> = (0..SCHEDULES).map(|number| format!("  {}", schedule(number))).collect();
    let more = more.concat();
    small(&workspace, RECIPIENTS, &format!("{never}{more}"));
    let mail = MailServer::start(&["--fault", "end:late=0.3"]);
    let store = Store::open(&database.address(None)).await.unwrap();
    let begun = Utc::now();
    for number in 0..SCHEDULES {
        let considered = Considered {
            report: ReportId::parse("small").unwrap(),
            schedule: FieldName::parse(&format!("s{number}")).unwrap(),
            rule: Rule::parse("* * * * *", "Asia/Seoul").unwrap().to_string(),
            until: begun - TimeDelta::minutes(MISSED),
        };
        store.set_considered(&considered).await.unwrap();
    }
    let port = mail.port.to_string();
    let address = database.address(None);
    let variables = |instance| {
        [
            ("JANGPYO_DATABASE", &address[..]),
            ("JANGPYO_INSTANCE", instance),
            ("JANGPYO_SMTP_HOST", "127.0.0.1"),
            ("JANGPYO_SMTP_PORT", &port),
            ("JANGPYO_SMTP_TLS", "none"),
            ("JANGPYO_MAIL_FROM", "reports@corp.example"),
        ]
    };
    let (one, two) = std::thread::scope(|scope| {
        let start = |name: &'static str| {
            let (state, workspace, variables) = (folder.path().join(name), &workspace, variables(name));
            scope.spawn(move || Server::start_with(workspace, &state, &variables))
        };
        let (one, two) = (start("one"), start("two"));
        (one.join().unwrap(), two.join().unwrap())
    });
    let mut servers = BTreeMap::from([("one", one), ("two", two)]);
    until("the first mails", Duration::from_mins(1), async || mail.count("accepted") >= 12).await;
    // The one that has most to do dies.
    let running =
        store.runs(&RunFilter { state: Some(RunState::Running), ..RunFilter::default() }, 500).await;
    let running: Vec<String> = running.unwrap().runs.into_iter().map(|run| run.instance).collect();
    let of = |name: &str| running.iter().filter(|instance| *instance == name).count();
    let victim = if of("one") >= of("two") { "one" } else { "two" };
    assert!(of(victim) > 0, "there is work to be lost");
    println!("under way when `{victim}` was killed: {} of one, {} of two", of("one"), of("two"));
    let killed_at = Utc::now();
    drop(servers.remove(victim));
    let survivor = if victim == "one" { "two" } else { "one" };
    until("the end of what was left", Duration::from_secs(75), async || {
        let all = all(&store).await;
        let mut runs = all.values().flatten().map(|(run, _)| run);
        // Its own schedules go on meanwhile.
        let next = runs.clone().any(|run| {
            run.scheduled_at > killed_at && run.instance == survivor && run.state == RunState::Succeeded
        });
        next && runs.all(|run| run.state.is_final())
    })
    .await;
    assert!(servers.remove(survivor).unwrap().terminate().0 == Some(0), "the other stops in order");

    let left = all(&store).await;
    let mut states: BTreeMap<(String, String), usize> = BTreeMap::new();
    for runs in left.values() {
        let [(run, _)] = &runs[..] else { panic!("{runs:?}") };
        assert!(matches!(run.state, RunState::Succeeded | RunState::Interrupted), "{run:?}");
        assert!(run.state == RunState::Succeeded || run.instance == victim, "{run:?}");
        *states.entry((run.instance.clone(), run.state.to_string())).or_default() += 1;
    }
    println!("runs: {states:?}");
    for number in 0..SCHEDULES {
        let schedule = format!("s{number}");
        let instants: Vec<_> = left.keys().filter(|(name, _)| *name == schedule).map(|(_, at)| *at).collect();
        assert!(instants.len() as i64 > MISSED, "{schedule}: {instants:?}");
        assert!(instants[0] > begun - TimeDelta::minutes(MISSED), "{instants:?}");
        let gaps: BTreeSet<_> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(gaps, BTreeSet::from([TimeDelta::minutes(1)]), "none is left out");
    }
    // What the dead one left is sent again by hand.
    for ((schedule, at), runs) in &left {
        if runs[0].0.state == RunState::Interrupted {
            let mut command = jangpyo(&workspace, &folder.path().join("state"));
            command.envs(variables("hand"));
            command.args([
                "run",
                &format!("small/{schedule}"),
                "--again",
                "--json",
                "--at",
                &at.to_rfc3339(),
            ]);
            let again = tokio::task::block_in_place(|| Said::of(&mut command));
            assert_eq!(again.code, Some(0), "{again:?}");
        }
    }
    let mut accepted: BTreeMap<(String, String), usize> = BTreeMap::new();
    for mail in mail.mails() {
        for to in mail.recipients() {
            *accepted.entry((mail.header("Message-ID")[0].to_owned(), to.to_owned())).or_default() += 1;
        }
    }
    let (mut in_doubt, mut wanted) = (0, 0);
    for ((schedule, at), runs) in all(&store).await {
        let mut ended: BTreeMap<(String, String), BTreeSet<DeliveryState>> = BTreeMap::new();
        for delivery in runs.iter().flat_map(|(_, deliveries)| deliveries) {
            let id = delivery.message_id.clone().unwrap();
            ended.entry((id, delivery.recipient.clone())).or_default().insert(delivery.state);
        }
        assert_eq!(ended.len(), RECIPIENTS, "{schedule} {at}: {ended:?}");
        for (who, states) in &ended {
            let got = accepted.remove(who).unwrap_or_default();
            let doubtful = states.contains(&DeliveryState::InDoubt);
            in_doubt += usize::from(doubtful);
            assert!(got == 1 || (got == 0 && doubtful), "{schedule} {at} {who:?} got {got}: {states:?}");
        }
        wanted += ended.len();
    }
    assert!(accepted.is_empty(), "nobody got what is on no record: {accepted:?}");
    println!("{wanted} mails of {} instants, {in_doubt} in doubt", left.len());
    store.close().await;
    database.remove().await;
}
