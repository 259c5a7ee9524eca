//! The program killed at every single write of a run, before the database has it and after: nobody is lost, nobody gets
//! two, and no run stays open.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jangpyo::runs::store::{Channel, DeliveryState, RunFilter, RunState, Store};

use crate::support::binary::{Said, jangpyo};
use crate::support::mail::MailServer;
use crate::support::postgres::{Database, Moment, Proxy, Stop};

/// Two recipients, a folder and a file.
fn write(workspace: &Path) {
    let put = |name: &str, text: &str| {
        let path = workspace.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sources/disk.yaml", "kind: source\nowner: sales\nurl: ./data\n");
    put("data/sales.csv", "store,amount\nseoul,3\nbusan,4\n");
    put(
        "datasets/sales.yaml",
        "kind: dataset\nowner: sales\nsource: disk\ntable: sales.csv\ndimensions: {store: {}}\n\
         measures: {amount: {sql: sum(amount)}}\n",
    );
    put(
        "small.yaml",
        "kind: report\ntitle: Small\nowner: sales\ndataset: sales\nlocale: en\n\
         panels: {amount: {kpi: amount}, stores: {table: [store, amount]}}\nschedules:\n  monday:\n    \
         cron: '0 8 * * MON'\n    deliver:\n      \
         email: {to: [kim@example.com, lee@example.com], show: [amount], attach: [csv]}\n      \
         folder: {path: weekly, files: [csv]}\n",
    );
}

/// One line of runs with a mail server and a way to the database of its own.
struct Lane {
    workspace: PathBuf,
    state: tempfile::TempDir,
    database: Arc<Database>,
    proxy: Proxy,
    mail: MailServer,
    store: Store,
}

impl Lane {
    fn command(&self, at: DateTime<Utc>, port: Option<u16>) -> std::process::Command {
        let mut command = jangpyo(&self.workspace, self.state.path());
        command.args(["run", "small/monday", "--again", "--at", &at.to_rfc3339()]);
        command.env("JANGPYO_DATABASE", self.database.address(port));
        command.env("JANGPYO_SMTP_HOST", "127.0.0.1").env("JANGPYO_SMTP_PORT", self.mail.port.to_string());
        command.env("JANGPYO_SMTP_TLS", "none").env("JANGPYO_MAIL_FROM", "reports@corp.example");
        command
    }

    /// One run that is killed at a write, what its instance does when it comes back, and the run again.
    async fn kill_at(&self, stop: Stop, at: DateTime<Utc>) {
        let before = self.mail.mails().len();
        let told = self.proxy.arm(stop);
        let mut process = self
            .command(at, Some(self.proxy.port))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        tokio::task::block_in_place(|| {
            let reached = told.recv_timeout(Duration::from_mins(1));
            process.kill().unwrap();
            process.wait().unwrap();
            reached.unwrap_or_else(|error| panic!("{stop:?} was not reached: {error}"));
        });
        self.proxy.hang_up();
        self.proxy.restore();
        self.store.close_left_behind(&format!("cli-{}", process.id()), Utc::now()).await.unwrap();
        let again = tokio::task::block_in_place(|| Said::of(&mut self.command(at, None)));
        let runs = self.store.runs(&RunFilter::default(), 500).await.unwrap().runs;
        let runs: Vec<_> = runs.into_iter().filter(|run| run.scheduled_at == at).collect();
        assert!(
            matches!(runs[0].state, RunState::Succeeded | RunState::Skipped)
                && runs.iter().all(|run| run.state.is_final()),
            "{stop:?}: {again:?}"
        );
        let mut deliveries = Vec::new();
        for run in &runs {
            deliveries.extend(self.store.deliveries(run.id).await.unwrap());
        }
        let mails = self.mail.mails();
        for to in ["kim@example.com", "lee@example.com"] {
            let got = mails[before..].iter().filter(|mail| mail.recipients().contains(&to)).count();
            let own: Vec<_> = deliveries.iter().filter(|delivery| delivery.recipient == to).collect();
            let in_doubt = own.iter().any(|delivery| delivery.state == DeliveryState::InDoubt);
            assert!(got == 1 || (got == 0 && in_doubt), "{stop:?}: {to} got {got}: {own:#?}");
            assert!(own.iter().all(|delivery| delivery.state.is_final()), "{stop:?}: {own:#?}");
        }
        // The same files are written again where nobody knows whether they were.
        let written = deliveries.iter().filter(|delivery| delivery.state == DeliveryState::Sent);
        assert_eq!(written.filter(|delivery| delivery.channel == Channel::Folder).count(), 1, "{stop:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_killed_at_any_write_loses_nothing_and_doubles_nothing() {
    let Some(database) = Database::new().await.map(Arc::new) else { return };
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let store = Store::open(&database.address(None)).await.unwrap();
    let lane = || Lane {
        workspace: folder.path().to_owned(),
        state: tempfile::tempdir().unwrap(),
        database: Arc::clone(&database),
        proxy: Proxy::start(&database),
        mail: MailServer::start(&[]),
        store: store.clone(),
    };
    let monday: DateTime<Utc> = "2026-11-02T08:00:00+09:00".parse().unwrap();
    let first = lane();
    let whole = Said::of(&mut first.command(monday, Some(first.proxy.port)));
    assert_eq!(whole.code, Some(0), "{whole:?}");
    let writes = first.proxy.writes();
    assert!(writes >= 20, "the pipeline writes so often: {writes}");
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for lane in [first, lane()] {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            loop {
                let index = next.fetch_add(1, Ordering::SeqCst);
                if index >= writes * 2 {
                    return;
                }
                let moment = if index.is_multiple_of(2) { Moment::Before } else { Moment::After };
                let at = monday + TimeDelta::weeks(index as i64 + 1);
                lane.kill_at(Stop { text: "", number: index / 2 + 1, moment }, at).await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
    println!("killed before and after each of {writes} writes");
    store.close().await;
    Arc::into_inner(database).unwrap().remove().await;
}
