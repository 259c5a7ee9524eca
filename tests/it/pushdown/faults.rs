//! A database that is slow, closed, changed, or asked for what it must not do.

use std::time::{Duration, Instant};

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::engine::{EngineError, Served};
use jangpyo::error::Kind;
use jangpyo::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};
use jangpyo::table::Value;

use super::{AtDatabase, DATASET, TABLES};
use crate::support::dataset::{TestDataset, field};
use crate::support::postgres::Database;

fn count() -> SemanticQuery {
    SemanticQuery::of_everything(vec![field("rows")])
}

fn over(table: &str) -> String {
    format!(
        "owner: test\nsource: lake\ntable: {table}\ndimensions: {{it: {{}}}}\nmeasures: {{rows: {{sql: count(*)}}, most: {{sql: max(it)}}}}\n"
    )
}

async fn failure(dataset: &TestDataset, query: &SemanticQuery) -> (Kind, String) {
    let error: EngineError = dataset.answer(query).await.unwrap_err();
    (error.kind(), error.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_nobody_waits_for_ends_at_the_database_too() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    database.execute("CREATE VIEW l2.slow AS SELECT pg_sleep(60)::text AS it FROM l2.stores").await;
    let asleep = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name = 'jangpyo' \
                  AND datname = current_database()";
    let role = format!("reader_{}", uuid::Uuid::now_v7().simple());
    database
        .execute(&format!(
            "CREATE ROLE {role}; GRANT USAGE ON SCHEMA l2 TO {role}; GRANT SELECT ON l2.slow TO {role}"
        ))
        .await;
    // The only connection is the one that is busy, and the role may not cancel what the user runs.
    let source = format!("owner: test\n{}", database.as_source(&format!(", connections: 1, role: {role}")));
    let slow = TestDataset::new(&source, &over("l2.slow"), |settings| settings.secret = Database::password);
    let most = SemanticQuery::of_everything(vec![field("most")]);
    let waited = tokio::time::timeout(Duration::from_secs(2), slow.answer(&most)).await;
    assert!(waited.is_err(), "{waited:?}");
    let left = Instant::now();
    while database.number(asleep).await > 0 {
        assert!(left.elapsed() < Duration::from_secs(20), "it still runs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Whoever comes next is answered.
    let stores = AtDatabase::dataset(
        &database,
        &over("l2.stores").replace("it: {}", "it: {sql: name}").replace("max(it)", "max(name)"),
    );
    assert_eq!(stores.answer(&count()).await.unwrap().table.cell(0, 0), &Value::Int(6));
    // And one that takes longer than it may is stopped.
    let source = format!("owner: test\n{TABLES}\n{}", database.as_source(""));
    let hasty = TestDataset::new(&source, &over("l2.slow"), |settings| {
        settings.secret = Database::password;
        settings.query_timeout = Duration::from_secs(1);
    });
    let (kind, said) = failure(&hasty, &most).await;
    assert!(kind == Kind::OverLimit && said.contains("after 1 s"), "{said}");
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    database.remove().await;
}

#[tokio::test]
async fn nothing_can_be_written_through_a_dataset() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    database
        .execute(
            "CREATE FUNCTION l2.add() RETURNS text LANGUAGE sql AS $$ INSERT INTO l2.stores VALUES ('x', 'x', NULL) \
             RETURNING name $$; CREATE VIEW l2.adding AS SELECT l2.add() AS it",
        )
        .await;
    let dataset = AtDatabase::dataset(&database, &over("l2.adding"));
    let (kind, said) = failure(&dataset, &SemanticQuery::of_everything(vec![field("most")])).await;
    assert!(kind == Kind::BadDefinition && said.contains("only reading is allowed"), "{said}");
    assert_eq!(database.number("SELECT count(*) FROM l2.stores").await, 6);
    database.remove().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_with_whose_fault_it_is() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    let missing = AtDatabase::dataset(&database, &over("l2.Sales"));
    let (kind, said) = failure(&missing, &count()).await;
    assert!(
        kind == Kind::BadDefinition && said.contains("no table `l2.Sales`") && said.contains("in case"),
        "{said}"
    );

    let source = format!("owner: test\n{}", database.as_source(""));
    let no_secret = TestDataset::new(&source, &over("l2.stores"), |_| {});
    let (kind, said) = failure(&no_secret, &count()).await;
    assert!(kind == Kind::BadDefinition && said.contains("no secret `password`"), "{said}");

    let wrong =
        TestDataset::new(&source, &over("l2.stores"), |settings| settings.secret = |_| Ok("wrong".into()));
    let (_, said) = failure(&wrong, &count()).await;
    assert!(said.contains("does not let the user in") && !said.contains("wrong"), "{said}");

    let encrypted = source.replace("allow_unencrypted: true", "allow_unencrypted: false");
    let encrypted =
        TestDataset::new(&encrypted, &over("l2.stores"), |settings| settings.secret = Database::password);
    let (_, said) = failure(&encrypted, &count()).await;
    assert!(said.contains("encrypted") || said.to_lowercase().contains("tls"), "{said}");

    let closed = source.replace(&database.place(), "127.0.0.1:1");
    let closed =
        TestDataset::new(&closed, &over("l2.stores"), |settings| settings.secret = Database::password);
    let (kind, said) = failure(&closed, &count()).await;
    assert!(kind == Kind::Unavailable && said.contains("does not answer"), "{said}");
    database.remove().await;
}

#[tokio::test]
async fn a_check_names_every_field_that_the_database_has_no_equal_for() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    let definition = DATASET
        .replace("  weekday: {sql: \"date_part('dow', sold_on)\"}", "  weekday: {sql: initcap(store)}")
        + "freshness: {complete_through: \"max(to_timestamp(channel))\"}\n";
    let dataset = AtDatabase::dataset(&database, &definition);
    let restriction = Restriction::none(Unrestricted::Check);
    let problems = dataset.engine.check_fields(&dataset.ask(&restriction)).await.unwrap();
    let told: Vec<String> = problems.iter().map(|(path, error)| format!("{path} {error}")).collect();
    assert!(
        told.len() == 2 && told[0].contains("dimensions.weekday") && told[0].contains("initcap"),
        "{told:?}"
    );
    assert!(
        told[1].contains("freshness.complete_through") && told[1].contains("PostgreSQL has no equal"),
        "{told:?}"
    );
    database.remove().await;
}

#[tokio::test]
async fn a_role_asks_and_sees_what_the_role_may() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    let role = format!("reader_{}", uuid::Uuid::now_v7().simple());
    database
        .execute(&format!(
            "CREATE ROLE {role}; GRANT USAGE ON SCHEMA l2 TO {role}; GRANT SELECT ON l2.stores TO {role}"
        ))
        .await;
    let source =
        format!("owner: test\n{}", database.as_source(&format!(", role: {role}, search_path: [l2]")));
    let ask = |table: &str| {
        TestDataset::new(&source, &over(table), |settings| settings.secret = Database::password)
    };
    assert!(ask("stores").answer(&count()).await.is_ok());
    let (kind, said) = failure(&ask("sales"), &count()).await;
    assert!(kind == Kind::BadDefinition && said.contains("may not read"), "{said}");
    database.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
    database.remove().await;
}

#[tokio::test]
async fn an_answer_is_kept_until_the_table_changes() {
    let Some(AtDatabase { database, dataset }) = AtDatabase::new().await else { return };
    let first = dataset.answer(&count()).await.unwrap();
    let again = dataset.answer(&count()).await.unwrap();
    assert_eq!([first.usage.served, again.usage.served], [Served::Source, Served::Kept]);
    assert!(first.data_version == again.data_version);
    database.execute("INSERT INTO l2.sales (sold_on, buyer) VALUES ('2026-01-01', 1)").await;
    // The database tells of it a moment later.
    let begun = Instant::now();
    let changed = loop {
        let answer = dataset.answer(&count()).await.unwrap();
        if answer.data_version != first.data_version {
            break answer;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "the change is not seen");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(changed.table.cell(0, 0), &Value::Int(3_001));
    database.remove().await;
}

#[tokio::test]
async fn types_that_answers_do_not_have_are_read_as_text() {
    let Some(AtDatabase { database, .. }) = AtDatabase::new().await else { return };
    database
        .execute(
            "CREATE TYPE l2.mood AS ENUM ('good', 'bad'); \
             CREATE TABLE l2.odd (it uuid, mood l2.mood, facts jsonb, tags text[], free numeric, wide numeric(60,3)); \
             INSERT INTO l2.odd VALUES \
             ('01890a5d-ac96-774b-bcce-b302099a8057', 'good', '{\"a\": 1}', '{x,y}', 1.23456789, 1e40), \
             (NULL, 'bad', NULL, NULL, NULL, NULL)",
        )
        .await;
    let definition = "owner: test\nsource: lake\ntable: l2.odd\ndimensions: {it: {}, mood: {}, facts: {}, tags: {}, wide: {}}\n\
                      measures: {rows: {sql: count(*)}, free: {sql: sum(free)}}\n";
    let dataset = AtDatabase::dataset(&database, definition);
    let by = ["it", "mood", "facts", "tags", "wide"].map(|name| GroupBy { field: field(name), grain: None });
    let uuid = Literal::Text("01890a5d-ac96-774b-bcce-b302099a8057".into());
    let filters = vec![Filter { field: field("it"), condition: Condition::OneOf(vec![uuid]) }];
    let query = SemanticQuery {
        by: by.to_vec(),
        filters,
        ..SemanticQuery::of_everything(vec![field("rows"), field("free")])
    };
    let answer = dataset.answer(&query).await.unwrap();
    let texts: Vec<String> = (0..5).map(|column| format!("{:?}", answer.table.cell(0, column))).collect();
    assert!(answer.table.len() == 1 && texts[1].contains("good") && texts[3].contains("{x,y}"), "{texts:?}");
    assert!(texts[2].contains("\\\"a\\\": 1") && texts[4].contains("10000000000"), "{texts:?}");
    let free = Value::Decimal { unscaled: 12_345_678_900, scale: 10 };
    assert_eq!(answer.table.cell(0, 6), &free);
    database.remove().await;
}

#[tokio::test]
async fn sql_of_a_dataset_is_the_same_over_files_and_at_a_database() {
    let Some(remote) = AtDatabase::new().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let definition = DATASET.replace("table: sales\n", "sql: |\n  select s.*, t.opened as since\n  from s join t on s.store = t.name\n  \
         where s.channel <> 'Tel' and s.sold_on >= date '2025-01-01'\ntables: {s: {path: sales}, t: {path: stores}}\n");
    let local = super::over_files_of(folder.path(), &definition);
    let there = AtDatabase::dataset(&remote.database, &definition);
    for (name, query) in super::questions() {
        let (one, other) = (local.answer(&query).await.unwrap(), there.answer(&query).await);
        let other = other.unwrap_or_else(|error| panic!("{name}: {error}"));
        super::same(&one.table, &other.table).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    remote.database.remove().await;
}
