//! What the audit log is told without anybody asking: definitions that changed, deliveries, and its own retention.

use std::process::Command;

use chrono::{TimeDelta, Utc};
use jangpyo::ledger::audit::{AuditAction, AuditLog, Event, Method};
use jangpyo::store::Store;

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::python::interpreter;
use crate::support::site::site_with;
use crate::support::workspace::TestWorkspace;

struct Audited {
    workspace: TestWorkspace,
    state: tempfile::TempDir,
}

impl Audited {
    fn new() -> Self {
        Self { workspace: TestWorkspace::sample(), state: tempfile::tempdir().unwrap() }
    }

    fn start(&self) -> Server {
        let variables = [("JANGPYO_LOGIN", "local"), ("JANGPYO_AUDIT_KEEP_DAYS", "30")];
        Server::start_with(&self.workspace.dir(), self.state.path(), &variables)
    }

    fn said(&self, arguments: &[&str]) -> Said {
        Said::of(jangpyo(&self.workspace.dir(), self.state.path()).args(arguments))
    }

    /// The lines of the log with this action.
    fn events(&self, action: &str) -> Vec<String> {
        let said = self.said(&["audit", "list", "-n", "1000", "--action", action]);
        assert_eq!(said.code, Some(0), "{said:?}");
        said.out.lines().map(str::to_owned).collect()
    }

    /// Waits for an event; gives all with its action.
    async fn until(&self, action: &str) -> Vec<String> {
        for _ in 0..100 {
            let events = self.events(action);
            if !events.is_empty() {
                return events;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("no {action}");
    }

    fn intact(&self) {
        let verified = self.said(&["audit", "verify"]);
        assert!(verified.out.contains("the log is what was written"), "{verified:?}");
    }
}

/// A server that has looked at its workspace, stopped again.
async fn looked(audited: &Audited) {
    let server = audited.start();
    tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
}

#[tokio::test]
async fn what_changes_while_the_server_runs_is_told_with_what_was_gained_and_lost() {
    let audited = Audited::new();
    looked(&audited).await;
    let _server = audited.start();
    assert!(audited.events("definition_changed").is_empty(), "nothing has changed yet");
    let (file, old, new) =
        ("access.yaml", "    access: [events_read]\n", "    access: [events_read, accounts_read]\n");
    audited.workspace.replace(file, old, new);
    let roles = audited.until("roles_changed").await;
    assert_eq!(roles.len(), 1, "{roles:?}");
    for part in ["roles/all", "(files)", "gained=", "role marketing: dataset accounts explore", "lost=0"] {
        assert!(roles[0].contains(part), "{part}: {roles:?}");
    }
    let definitions = audited.until("definition_changed").await;
    assert!(definitions.len() == 1 && definitions[0].contains("definition/access.yaml"), "{definitions:?}");
    audited.workspace.replace("weekly-sales.yaml", "cron: \"0 8 * * MON\"", "cron: \"0 9 * * MON\"");
    let schedules = audited.until("schedule_changed").await;
    assert_eq!(schedules.len(), 1, "{schedules:?}");
    for part in ["schedule/weekly-sales/monday", "change=\"changed\"", "keys=\"cron\""] {
        assert!(schedules[0].contains(part), "{part}: {schedules:?}");
    }
    assert_eq!(audited.events("roles_changed").len(), 1, "a schedule is no right");
    audited.intact();
}

#[tokio::test]
async fn what_changed_while_nothing_ran_is_told_once_with_both_versions() {
    let audited = Audited::new();
    looked(&audited).await;
    audited.workspace.replace(
        "access.yaml",
        "    access: [events_read]\n",
        "    access: [events_read, accounts_read]\n",
    );
    audited.workspace.write("gallery.yaml", "kind: report\n");
    let server = audited.start();
    let roles = audited.until("roles_changed").await;
    assert!(
        roles.len() == 1 && roles[0].contains("since=\"") && roles[0].contains("version=\""),
        "{roles:?}"
    );
    let definitions = audited.events("definition_changed");
    assert_eq!(definitions.len(), 2, "{definitions:?}");
    let broken = |line: &String| line.contains("gallery.yaml") && line.contains("valid=false");
    assert!(definitions.iter().any(broken), "{definitions:?}");
    tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
    looked(&audited).await;
    assert_eq!(audited.events("roles_changed").len(), 1, "not again at the next start");
}

#[test]
fn a_run_tells_who_started_it_and_who_got_what() {
    let audited = Audited::new();
    let ran = audited.said(&["run", "weekly-sales/monday", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = ran.json();
    let started = audited.events("schedule_changed");
    assert!(
        started.len() == 1 && started[0].contains("started=\"manual\"") && started[0].contains("(operator)"),
        "{started:?}"
    );
    let delivered = audited.events("delivered");
    let deliveries = ran["deliveries"].as_array().unwrap();
    assert!(!deliveries.is_empty());
    assert_eq!(delivered.len(), deliveries.len(), "{delivered:?}");
    for delivery in deliveries {
        let recipient = format!("recipient={}", delivery["recipient"]);
        let line = delivered
            .iter()
            .find(|line| line.contains(&recipient))
            .unwrap_or_else(|| panic!("{delivery}: {delivered:?}"));
        assert!(
            line.contains("report/weekly-sales") && line.contains("weekly-sales/monday (schedule)"),
            "{line}"
        );
        assert!(line.contains("done") && line.contains(ran["run"]["id"].as_str().unwrap()), "{line}");
    }
    audited.intact();
}

#[tokio::test]
async fn the_server_removes_what_is_older_than_it_is_to_keep() {
    let audited = Audited::new();
    let store = Store::open_file(&audited.state.path().join("jangpyo.sqlite")).await.unwrap();
    let log = AuditLog::new(store.clone());
    for (days, actor) in [(40, "ancient"), (31, "old"), (29, "young")] {
        let event = Event::new(AuditAction::Viewed, Utc::now() - TimeDelta::days(days));
        log.append(&[event.by(actor, Method::Session)]).await.unwrap();
    }
    store.close().await;
    let _server = audited.start();
    let pruned = audited.until("audit_pruned").await;
    assert!(pruned[0].contains("retention (schedule)") && pruned[0].contains("removed=2"), "{pruned:?}");
    let left = audited.events("viewed");
    assert!(left.len() == 1 && left[0].contains("young"), "{left:?}");
    audited.intact();
}

#[test]
fn keeping_events_for_no_day_is_refused() {
    let audited = Audited::new();
    let mut command = jangpyo(&audited.workspace.dir(), audited.state.path());
    let said =
        Said::of(command.args(["serve", "--listen", "127.0.0.1:0"]).env("JANGPYO_AUDIT_KEEP_DAYS", "0"));
    assert!(said.code == Some(2) && said.err.contains("JANGPYO_AUDIT_KEEP_DAYS"), "{said:?}");
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_given_out() {
    let site = site_with(&[]);
    let mut boss = site.newcomer("yuna", &["--groups", "hanbit-executives"]).await;
    let paths = ["/reports/weekly-sales", "/reports/weekly-sales/panels/trend.csv"];
    for path in paths {
        assert_eq!(boss.get(path).await.status, 200, "{path}");
    }
    let broken = Command::new(interpreter())
        .args(["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('ALTER TABLE audit_head RENAME TO gone')"])
        .arg(site.state.path().join("jangpyo.sqlite"))
        .status()
        .unwrap();
    assert!(broken.success());
    for path in paths {
        let page = boss.get(path).await;
        assert_eq!(page.status, 503, "{path}");
        assert!(!page.text().contains("id=\"subtitle\"") && !page.text().contains(",KR,"), "{}", page.text());
    }
}

#[tokio::test]
async fn however_numbers_are_asked_for_it_is_recorded() {
    let site = site_with(&[]);
    let mut boss = site.newcomer("yuna", &["--groups", "hanbit-executives"]).await;
    let viewed = || site.audit().lines().filter(|line| line.contains("viewed")).map(str::to_owned).collect();
    let panel = "/reports/weekly-sales/panels/trend";
    for path in [panel, panel, "/reports/weekly-sales/panels/revenue"] {
        assert_eq!(boss.get(path).await.status, 200, "{path}");
    }
    let lines: Vec<String> = viewed();
    assert!(lines.len() == 1 && lines[0].contains("weekly-sales/panels/trend"), "{lines:?}");
    // Other parameters are another look, and a page counts for its parts.
    assert_eq!(boss.get("/reports/weekly-sales?country=HK").await.status, 200);
    assert_eq!(boss.get(&format!("{panel}?country=HK")).await.status, 200);
    let lines: Vec<String> = viewed();
    assert!(lines.len() == 2 && lines.iter().any(|line| line.contains("country=HK")), "{lines:?}");
    // There is one way to write an address.
    for written in ["/reports/weekly-sales/panels/trend%2Ecsv", "/reports/weekly%2dsales%2epdf?lang=en"] {
        assert_eq!(boss.get(written).await.status, 404, "{written}");
    }
}

#[tokio::test]
async fn what_is_refused_is_recorded_whoever_asked() {
    let site = site_with(&[]);
    let mut boss = site.newcomer("yuna", &["--groups", "hanbit-executives"]).await;
    assert_eq!(boss.post("/account/password", &[("csrf", "another")]).await.status, 403);
    assert_eq!(boss.get("/runs/0199a3c0-0000-7000-8000-000000000000").await.status, 404);
    assert_eq!(boss.get("/users").await.status, 403);
    boss.headers = vec![("origin", "https://evil.example".to_owned())];
    assert_eq!(boss.post("/logout", &[]).await.status, 403);
    let mut stranger = site.browser();
    for _ in 0..3 {
        assert_eq!(stranger.post("/login", &[("csrf", "none"), ("name", "yuna")]).await.status, 403);
    }
    let audit = site.audit();
    let refused: Vec<&str> = audit.lines().filter(|line| line.contains("refused")).collect();
    for part in ["page//account/password", "page//runs/0199a3c0", "page//users", "page//logout"] {
        assert_eq!(refused.iter().filter(|line| line.contains(part)).count(), 1, "{part}: {refused:?}");
    }
    // Whoever has proven nothing cannot fill the log: of one address one refusal in ten minutes is enough.
    assert_eq!(refused.len(), 4, "{refused:?}");
}
