//! On SQLite, and on Postgres when there is one. The log of a database is one, so a Postgres test
//! looks only at what does not depend on others.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::store::Store;
use crate::store::tests::{Temporary, sqlite};

fn now() -> DateTime<Utc> {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

fn viewed(n: i64) -> Event {
    Event::new(AuditAction::Viewed, now() + TimeDelta::minutes(n))
        .by(&format!("kim{n}@example.com"), Method::Session)
        .from("192.0.2.7", "request-1")
        .on("report", "weekly-sales")
        .with("period", "last_week")
}

async fn log_of(n: i64) -> (Temporary, AuditLog) {
    let temporary = sqlite().await;
    let log = AuditLog::new(temporary.store.clone());
    for n in 1..=n {
        log.append(&[viewed(n)]).await.unwrap();
    }
    (temporary, log)
}

/// What somebody with the database's password could do.
async fn tamper(store: &Store, statement: &'static str) {
    for trigger in [
        "audit_events_stay",
        "audit_events_are_kept",
        "audit_events_are_not_replaced",
        "audit_head_goes_forward",
    ] {
        let drop = format!("DROP TRIGGER IF EXISTS {trigger}");
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&store.pool).await.unwrap();
    }
    sqlx::query(statement).execute(&store.pool).await.unwrap();
}

async fn flaw(log: &AuditLog) -> Option<Flaw> {
    log.verify(None).await.unwrap().flaw
}

#[tokio::test]
async fn an_untouched_log_verifies_and_its_head_can_be_noted() {
    let (_temporary, log) = log_of(5).await;
    let verdict = log.verify(None).await.unwrap();
    assert_eq!((verdict.checked, verdict.removed, verdict.flaw), (5, 0, None));
    let noted = verdict.head.to_string();
    log.append(&[viewed(6), viewed(7)]).await.unwrap();
    assert_eq!(log.verify(Some(&noted)).await.unwrap().flaw, None);
    assert_eq!(log.verify(Some(&verdict.head.hash.to_uppercase())).await.unwrap().flaw, None);
    let other = "0".repeat(63) + "1";
    assert_eq!(log.verify(Some(&other)).await.unwrap().flaw, Some(Flaw::Noted { noted: other.clone() }));
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_events() {
    let (temporary, _log) = log_of(2).await;
    for statement in [
        "UPDATE audit_events SET actor = 'x' WHERE seq = 1",
        "DELETE FROM audit_events WHERE seq = 2",
        "INSERT OR REPLACE INTO audit_events SELECT seq, at, 'x', method, address, action, object_kind, object_id, \
         outcome, request, details, hash FROM audit_events WHERE seq = 1",
        "UPDATE audit_head SET seq = 1",
        "DELETE FROM audit_head",
    ] {
        let error = sqlx::query(statement).execute(&temporary.store.pool).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
}

#[tokio::test]
async fn every_changed_column_is_found_at_its_event() {
    for statement in [
        "UPDATE audit_events SET at = '2026-01-05T00:02:00.001Z' WHERE seq = 2",
        "UPDATE audit_events SET actor = 'lee' WHERE seq = 2",
        "UPDATE audit_events SET method = 'token' WHERE seq = 2",
        "UPDATE audit_events SET address = '' WHERE seq = 2",
        "UPDATE audit_events SET action = 'not a word' WHERE seq = 2",
        "UPDATE audit_events SET object_kind = 'reports' WHERE seq = 2",
        "UPDATE audit_events SET object_id = 'other' WHERE seq = 2",
        "UPDATE audit_events SET outcome = 'refused' WHERE seq = 2",
        "UPDATE audit_events SET request = 'request-2' WHERE seq = 2",
        "UPDATE audit_events SET details = '{}' WHERE seq = 2",
        "UPDATE audit_events SET hash = (SELECT hash FROM audit_events WHERE seq = 1) WHERE seq = 2",
        // A letter that moves from one column into the next.
        "UPDATE audit_events SET object_kind = 'repor', object_id = 'tweekly-sales' WHERE seq = 2",
    ] {
        let (temporary, log) = log_of(4).await;
        tamper(&temporary.store, statement).await;
        assert_eq!(flaw(&log).await, Some(Flaw::Changed { seq: 2 }), "{statement}");
    }
}

#[tokio::test]
async fn missing_swapped_and_cut_off_events_are_found() {
    for (statement, expected) in [
        ("DELETE FROM audit_events WHERE seq = 3", Flaw::Missing { from: 3, to: 3 }),
        ("DELETE FROM audit_events WHERE seq <= 2", Flaw::Missing { from: 1, to: 2 }),
        ("DELETE FROM audit_events WHERE seq >= 4", Flaw::Cut { last: 3, head: 5 }),
        ("UPDATE audit_events SET seq = seq - 1 WHERE seq > 3", Flaw::Changed { seq: 3 }),
        ("UPDATE audit_head SET hash = 'x'", Flaw::Head { seq: 5 }),
        (
            "INSERT INTO audit_events SELECT seq + 1, at, 'forged', method, address, action, object_kind, object_id, \
             outcome, request, details, hash FROM audit_events WHERE seq = 5",
            Flaw::Beyond { seq: 6, head: 5 },
        ),
    ] {
        let (temporary, log) = log_of(5).await;
        if statement.contains("seq - 1") {
            tamper(&temporary.store, "DELETE FROM audit_events WHERE seq = 3").await;
        }
        tamper(&temporary.store, statement).await;
        assert_eq!(flaw(&log).await, Some(expected), "{statement}");
    }
    let (temporary, log) = log_of(5).await;
    for statement in [
        "UPDATE audit_events SET seq = 99 WHERE seq = 2",
        "UPDATE audit_events SET seq = 2 WHERE seq = 3",
        "UPDATE audit_events SET seq = 3 WHERE seq = 99",
    ] {
        tamper(&temporary.store, statement).await;
    }
    assert_eq!(flaw(&log).await, Some(Flaw::Changed { seq: 2 }), "two were swapped");
}

#[tokio::test]
async fn a_tail_cut_off_together_with_the_head_is_found_by_the_noted_head() {
    let (temporary, log) = log_of(5).await;
    let noted = log.head().await.unwrap().to_string();
    tamper(&temporary.store, "DELETE FROM audit_events WHERE seq > 3").await;
    tamper(
        &temporary.store,
        "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_events WHERE seq = 3)",
    )
    .await;
    assert_eq!(flaw(&log).await, None, "nothing inside the store can tell");
    assert!(matches!(log.verify(Some(&noted)).await.unwrap().flaw, Some(Flaw::Noted { .. })));
}

/// The head as it was when this event was the last.
async fn log_head(store: &Store, seq: i64) -> String {
    let row = sqlx::query("SELECT seq, hash FROM audit_events WHERE seq = $1")
        .bind(seq)
        .fetch_one(&store.pool)
        .await
        .unwrap();
    let cells = crate::store::Cells(&row);
    Head { seq: cells.number("seq").unwrap(), hash: cells.text("hash").unwrap() }.to_string()
}

#[tokio::test]
async fn retention_removes_the_beginning_and_the_rest_verifies() {
    let (temporary, log) = log_of(6).await;
    let noted = log.head().await.unwrap().to_string();
    let older = log_head(&temporary.store, 2).await;
    let pruned =
        log.prune(now() + TimeDelta::minutes(4), ("root", Method::Operator), now()).await.unwrap().unwrap();
    assert_eq!((pruned.removed, pruned.through), (3, 3));
    let verdict = log.verify(Some(&noted)).await.unwrap();
    assert_eq!((verdict.checked, verdict.removed, verdict.flaw), (4, 3, None));
    let pruned = Flaw::Pruned { noted: older.clone(), removed: 3 };
    assert_eq!(log.verify(Some(&older)).await.unwrap().flaw, Some(pruned), "nobody can tell");
    let forged = older.replacen("2:", "4:", 1);
    assert_eq!(log.verify(Some(&forged)).await.unwrap().flaw, Some(Flaw::Noted { noted: forged.clone() }));
    assert_eq!(log.prune(now(), ("root", Method::Operator), now()).await.unwrap(), None);
    // Once more, with the first pruning's own event among what goes: it is older than the limit.
    let again =
        log.prune(now() + TimeDelta::minutes(60), ("root", Method::Operator), now()).await.unwrap().unwrap();
    assert_eq!((again.removed, again.through), (4, 7));
    assert_eq!(log.verify(None).await.unwrap().flaw, None);
    let error = sqlx::query("DELETE FROM audit_anchors").execute(&temporary.store.pool).await.unwrap_err();
    assert!(error.to_string().contains("append-only"), "{error}");
}

#[tokio::test]
async fn an_anchor_made_by_hand_does_not_pass() {
    let (temporary, log) = log_of(5).await;
    sqlx::query("INSERT INTO audit_anchors SELECT seq, hash, 3, at FROM audit_events WHERE seq = 3")
        .execute(&temporary.store.pool)
        .await
        .unwrap();
    sqlx::query("DELETE FROM audit_events WHERE seq <= 3").execute(&temporary.store.pool).await.unwrap();
    assert_eq!(flaw(&log).await, Some(Flaw::Anchor { seq: 3 }));
}

#[tokio::test]
async fn events_are_found_by_what_is_known_of_them() {
    let (_temporary, log) = log_of(5).await;
    let refused = Event::new(AuditAction::LoginRefused, now())
        .by("=cmd|'/c'!A1", Method::Anonymous)
        .on("user", "park")
        .ended(Outcome::Refused)
        .with("reason", "50%_off");
    log.append(&[refused]).await.unwrap();
    let all = AuditFilter::default();
    let count = async |filter: AuditFilter| log.search(&filter, 100).await.unwrap().events.len();
    assert_eq!(count(all.clone()).await, 6);
    assert_eq!(count(AuditFilter { actor: Some("kim3@example.com".into()), ..all.clone() }).await, 1);
    assert_eq!(count(AuditFilter { action: Some(AuditAction::Viewed), ..all.clone() }).await, 5);
    assert_eq!(count(AuditFilter { object_id: Some("park".into()), ..all.clone() }).await, 1);
    assert_eq!(count(AuditFilter { object_kind: Some("report".into()), ..all.clone() }).await, 5);
    assert_eq!(count(AuditFilter { outcome: Some(Outcome::Refused), ..all.clone() }).await, 1);
    assert_eq!(count(AuditFilter { text: Some("50%_".into()), ..all.clone() }).await, 1);
    assert_eq!(count(AuditFilter { text: Some("LAST_WEEK".into()), ..all.clone() }).await, 5);
    assert_eq!(count(AuditFilter { text: Some("%".into()), ..all.clone() }).await, 1);
    let (from, to) = (Some(now() + TimeDelta::minutes(2)), Some(now() + TimeDelta::minutes(4)));
    assert_eq!(count(AuditFilter { from, to, ..all.clone() }).await, 2);

    let page = log.search(&all, 4).await.unwrap();
    assert_eq!((page.events[0].seq, page.events.len(), page.more), (6, 4, true));
    let next = AuditFilter { before: Some(page.events[3].seq), ..all };
    let page = log.search(&next, 4).await.unwrap();
    assert_eq!((page.events[0].seq, page.events.len(), page.more), (2, 2, false));
}

#[tokio::test]
async fn exports_cannot_become_formulas() {
    let (_temporary, log) = log_of(0).await;
    let event = Event::new(AuditAction::LoginRefused, now()).by("=1+1,\"x\"", Method::Anonymous);
    log.append(&[event]).await.unwrap();
    let page = log.search(&AuditFilter::default(), 1).await.unwrap();
    let line = ExportFormat::Csv.line(&page.events[0]);
    assert!(line.contains(r#","'=1+1,""x""","#), "{line}");
    let line: serde_json::Value = serde_json::from_str(&ExportFormat::Ndjson.line(&page.events[0])).unwrap();
    assert_eq!(line["actor"], "=1+1,\"x\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_once_keep_one_chain() {
    let (_temporary, log) = log_of(0).await;
    let begun = std::time::Instant::now();
    let writers = (0..8).map(|_| {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0..200 {
                log.append(&[viewed(n)]).await.unwrap();
            }
        })
    });
    for ended in futures::future::join_all(writers).await {
        ended.unwrap();
    }
    eprintln!("one append, with eight writers: {:?}", begun.elapsed() / 1600);
    let verdict = log.verify(None).await.unwrap();
    assert_eq!((verdict.checked, verdict.flaw), (1600, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_on_one_postgres_keep_one_chain() {
    let Ok(address) = std::env::var("JANGPYO_TEST_POSTGRES") else { return };
    let mut logs = Vec::new();
    for _ in 0..2 {
        logs.push(AuditLog::new(Store::open(&address).await.unwrap()));
    }
    let before = logs[0].head().await.unwrap().seq;
    let begun = std::time::Instant::now();
    let writers = logs.iter().flat_map(|log| (0..4).map(move |_| log.clone())).map(|log| {
        tokio::spawn(async move {
            for n in 0..50 {
                log.append(&[viewed(n)]).await.unwrap();
            }
        })
    });
    for ended in futures::future::join_all(writers).await {
        ended.unwrap();
    }
    eprintln!("one append on Postgres, with eight writers: {:?}", begun.elapsed() / 400);
    let verdict = logs[1].verify(None).await.unwrap();
    assert_eq!(verdict.flaw, None);
    assert!(verdict.head.seq >= before + 400, "{before} {:?}", verdict.head);
    for statement in [
        "UPDATE audit_events SET actor = 'x'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "UPDATE audit_head SET seq = 0",
        "DELETE FROM audit_head",
    ] {
        let error = sqlx::query(statement).execute(&logs[0].store.pool).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{statement}: {error}");
    }
}

fn things(all: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    all.iter().map(|(id, content)| ((*id).to_owned(), (*content).to_owned())).collect()
}

/// Looks, and answers with the changes that were told.
async fn look(log: &AuditLog, version: &str, all: &[(&str, &str)]) -> Vec<String> {
    look_at(log, "definition", version, all).await
}

async fn look_at(log: &AuditLog, kind: &str, version: &str, all: &[(&str, &str)]) -> Vec<String> {
    let (told, things) = (std::sync::Mutex::new(Vec::new()), things(all));
    let found = Found { kind, things: &things, version };
    let event = |change: &Change<'_>| {
        told.lock().unwrap().push(format!("{} {} since {:?}", change.id, change.word(), change.since));
        Event::new(AuditAction::DefinitionChanged, now()).on("definition", change.id)
    };
    let count = log.note_changes(found, event).await.unwrap();
    let told = told.into_inner().unwrap();
    assert_eq!(count, told.len());
    told
}

#[tokio::test]
async fn a_change_is_told_once_whoever_looks_and_also_after_a_restart() {
    let (temporary, log) = log_of(0).await;
    assert!(look(&log, "v1", &[("a", "1"), ("b", "1")]).await.is_empty(), "the first look only remembers");
    assert!(look(&log, "v2", &[("a", "1"), ("b", "1")]).await.is_empty());
    let later = [("a", "2"), ("c", "1")];
    let other = AuditLog::new(temporary.store.clone());
    let (one, two) = tokio::join!(look(&log, "v3", &later), look(&other, "v3", &later));
    let expected = ["a changed since \"v1\"", "c added since \"\"", "b removed since \"v1\""];
    assert_eq!([one, two].concat(), expected, "both looked at once");
    assert_eq!(look(&other, "v4", &[]).await.len(), 2, "nothing is left");
    assert_eq!(look(&other, "v5", &[("a", "2")]).await, ["a added since \"\""], "after nothing is not first");
    assert_eq!(log.verify(None).await.unwrap().checked, 6);
}

#[tokio::test]
async fn a_kind_that_began_with_nothing_tells_the_first_thing() {
    let (_temporary, log) = log_of(0).await;
    assert!(look(&log, "v1", &[]).await.is_empty());
    assert_eq!(look(&log, "v2", &[("a", "1")]).await, ["a added since \"\""]);
}

#[tokio::test]
async fn two_instances_on_one_postgres_tell_a_change_once() {
    let Ok(address) = std::env::var("JANGPYO_TEST_POSTGRES") else { return };
    let one = AuditLog::new(Store::open(&address).await.unwrap());
    let two = AuditLog::new(Store::open(&address).await.unwrap());
    // The database outlives the test.
    let kind = format!("test {}", crate::store::new_uuid(Utc::now()));
    for round in 0..10 {
        let content = round.to_string();
        let now = [("a", content.as_str())];
        let (first, second) =
            tokio::join!(look_at(&one, &kind, &content, &now), look_at(&two, &kind, &content, &now));
        assert_eq!(first.len() + second.len(), usize::from(round > 0), "round {round}");
    }
    assert_eq!(one.verify(None).await.unwrap().flaw, None);
}
