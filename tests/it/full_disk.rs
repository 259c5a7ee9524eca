//! A disk that fills up while runs are under way: nothing is sent that is not kept, the words say which file, and when
//! there is room again the rest is sent.
//!
//! The disk is a small one in memory, mounted in a namespace of its own, which needs no rights where the system lets
//! users have namespaces.

use std::path::PathBuf;
use std::process::Command;

use chrono::Utc;
use jangpyo::runs::store::{DeliveryState, RunFilter, RunState, Store};
use serde_json::Value;

use crate::crashes::{accepted, assert_nobody_is_lost_or_doubled, ended, write};
use crate::support::binary::{Said, jangpyo};
use crate::support::mail::MailServer;

const RECIPIENTS: usize = 60;

struct Site {
    folder: tempfile::TempDir,
    mail: MailServer,
}

impl Site {
    fn new(attach: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("reports"), RECIPIENTS);
        let report = folder.path().join("reports/small.yaml");
        let text = std::fs::read_to_string(&report).unwrap();
        let text = text
            .replace("{amount: {kpi: amount}}", "{amount: {kpi: amount}, stores: {table: [store, amount]}}")
            .replace("attach: []", attach);
        // The same for one recipient, about everybody.
        let whole = text.lines().filter(|line| !line.contains("burst:")).collect::<Vec<_>>().join("\n");
        let whole = whole.replace("{email: {", "{email: {to: kim@example.com, ");
        std::fs::write(&report, text).unwrap();
        std::fs::write(folder.path().join("reports/whole.yaml"), whole).unwrap();
        Self { folder, mail: MailServer::start(&[]) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn with_mail(&self, command: &mut Command) {
        command.env("JANGPYO_SMTP_HOST", "127.0.0.1").env("JANGPYO_SMTP_PORT", self.mail.port.to_string());
        command.env("JANGPYO_SMTP_TLS", "none").env("JANGPYO_MAIL_FROM", "reports@corp.example");
    }

    /// Runs a script where mounts are its own; `run REPORT NAME` performs one and keeps what it says as NAME.
    fn script(&self, script: &str) {
        let mut command = jangpyo(&self.path("reports"), &self.path("state"));
        let program = command.get_program().to_owned();
        let mut shell = Command::new("unshare");
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        self.with_mail(&mut shell);
        let begin = "set -u; run() { \"$PROGRAM\" run $1/monday --again --json --at 2026-11-02T08:00:00+09:00 \
                     >\"$OUT/$2.json\" 2>\"$OUT/$2.err\"; }; ";
        shell.args(["--map-root-user", "--mount", "sh", "-c", &format!("{begin}{script}")]);
        shell.env("PROGRAM", program).env("STATE", self.path("state")).env("OUT", self.folder.path());
        command = shell;
        std::fs::create_dir_all(self.path("state/artefacts")).unwrap();
        let said = Said::of(&mut command);
        assert_eq!(said.code, Some(0), "{said:?}");
    }

    fn said(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.path(&format!("{name}.json"))).unwrap();
        let error = || std::fs::read_to_string(self.path(&format!("{name}.err"))).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{name}: {text:?} {}", error()))
    }
}

/// A folder for files that holds 16 KiB, and later enough.
const SMALL: &str = "mount -t tmpfs -o size=16k tmpfs \"$STATE/artefacts\" || exit 9; ";
const MORE: &str = "mount -o remount,size=16m \"$STATE/artefacts\" || exit 8; ";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_file_does_not_fit_sends_nothing_and_names_the_file() {
    let site = Site::new("attach: [xlsx, pdf]");
    site.script(&format!("{SMALL} run whole full; {MORE} run whole again"));
    let (full, again) = (site.said("full"), site.said("again"));
    let error = full["run"]["error"].as_str().unwrap();
    assert_eq!(
        (&full["run"]["state"], &full["run"]["stage"]),
        (&"failed".into(), &"store".into()),
        "{error}"
    );
    assert!(error.contains("state/artefacts/") && error.contains("cannot be written"), "{error}");
    assert!(error.contains("No space left") && error.contains("free disk space"), "{error}");
    assert_eq!(full["deliveries"].as_array().unwrap().len(), 0);
    assert_eq!(again["run"]["state"], "succeeded", "{again}");
    assert_eq!(accepted(&site.mail).into_values().map(|mails| mails.len()).collect::<Vec<_>>(), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_whose_files_do_not_fit_sends_only_what_is_kept() {
    let site = Site::new("attach: [csv]");
    site.script(&format!(
        "{SMALL} run small full; cp -r \"$STATE/artefacts\" \"$OUT/kept\"; {MORE} run small again"
    ));
    let (full, again) = (site.said("full"), site.said("again"));
    let error = full["run"]["error"].as_str().unwrap();
    assert_eq!(full["run"]["state"], "failed", "{error}");
    assert!(error.contains("state/artefacts/") && error.contains("No space left"), "{error}");
    let kept = full["artefacts"].as_array().unwrap().len();
    let begun = |delivery: &&Value| delivery["attempts"].as_u64().unwrap() > 0;
    let sent = full["deliveries"].as_array().unwrap().iter().filter(begun).count();
    assert!(sent <= kept && kept < RECIPIENTS / 2, "{sent} sent, {kept} kept");
    assert_eq!(again["run"]["state"], "succeeded", "{again}");
    let store = Store::open_file(&site.path("state/jangpyo.sqlite")).await.unwrap();
    assert_nobody_is_lost_or_doubled(&accepted(&site.mail), &ended(&store).await);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_grow_stops_the_burst_and_is_whole_afterwards() {
    let site = Site::new("attach: []");
    // The store on a disk of its own with room for a part of what the burst writes; then all of it elsewhere.
    site.script(
        "mount -t tmpfs -o size=6m tmpfs \"$STATE\" || exit 9; run whole first; \
         dd if=/dev/zero of=\"$STATE/filler\" bs=4k 2>/dev/null; truncate -s -1200K \"$STATE/filler\"; \
         run small full; rm \"$STATE/filler\"; cp -r \"$STATE\" \"$OUT/copy\"",
    );
    assert_eq!(site.said("first")["run"]["state"], "succeeded");
    let before = accepted(&site.mail).len();
    let words = std::fs::read_to_string(site.path("full.err")).unwrap()
        + &std::fs::read_to_string(site.path("full.json")).unwrap();
    assert!(words.contains("full") && words.contains("state store"), "{words}");
    let store = Store::open_file(&site.path("copy/jangpyo.sqlite")).await.unwrap();
    for run in store.runs(&RunFilter::default(), 500).await.unwrap().runs {
        if run.state == RunState::Running {
            store.close_left_behind(&run.instance, Utc::now()).await.unwrap();
        }
    }
    let mut command = jangpyo(&site.path("reports"), &site.path("copy"));
    site.with_mail(&mut command);
    command.args(["run", "small/monday", "--again", "--json", "--at", "2026-11-02T08:00:00+09:00"]);
    let again = Said::of(&mut command);
    assert_eq!(again.json()["run"]["state"], "succeeded", "{again:?}");
    let (accepted, states) = (accepted(&site.mail), ended(&store).await);
    assert_nobody_is_lost_or_doubled(&accepted, &states);
    let doubt = DeliveryState::InDoubt.to_string();
    let in_doubt = states.values().filter(|states| states.contains(&doubt)).count();
    println!(
        "{before} accepted before the disk was full, {in_doubt} in doubt, {} in the end",
        accepted.len()
    );
    assert!(before > 1 && before < RECIPIENTS, "it was full in the middle: {before}");
    store.close().await;
}
