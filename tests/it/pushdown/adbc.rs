//! Large answers through Snowflake's own driver, against the connectors' protocol of fakesnow.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::engine::{Account, AdbcDriver, Ask, Freshness, Memory, Served};
use jangpyo::query::{Condition, Filter, GroupBy, Literal, SemanticQuery};
use serde_json::{Value, json};

use super::slices::{of_store, slices_are_as_if_asked_alone};
use super::{DATASET, same};
use crate::support::dataset::{Lines, TestDataset, field};
use crate::support::python;
use crate::support::snowflake::Snowflake;

/// The library, as it comes with the Python package.
fn library() -> PathBuf {
    let find = "import importlib.util; print(*importlib.util.find_spec('adbc_driver_snowflake').submodule_search_locations)";
    let found = Command::new(python::interpreter()).args(["-c", find]).output().unwrap();
    let folder = String::from_utf8(found.stdout).unwrap();
    Path::new(folder.trim()).join("libadbc_driver_snowflake.so")
}

fn over(source: &str, dataset: &str) -> TestDataset {
    let tables = "tables: {sales: SALES, stores: STORES}";
    TestDataset::new(&format!("owner: test\n{tables}\n{source}"), dataset, |settings| {
        settings.secret = Snowflake::secret;
        settings.adbc = Some(AdbcDriver::load(&library()).unwrap());
        settings.query_timeout = Duration::from_secs(20);
    })
}

async fn loaded() -> Snowflake {
    let snowflake = Snowflake::start();
    snowflake.execute(&crate::pushdown::snowflake_rows()).await;
    snowflake
}

/// What the driver did so far.
async fn driver(snowflake: &Snowflake) -> (Vec<Value>, Vec<Value>, u64) {
    let seen = snowflake.seen().await;
    let list = |name: &str| seen[name].as_array().unwrap().clone();
    (list("logins"), list("asked"), seen["counts"]["abort"].as_u64().unwrap_or_default())
}

/// Has a burst read its rows: what they are read for is noted, and then they are read.
async fn read(dataset: &TestDataset, query: &SemanticQuery, account: Account) -> Memory {
    let restriction = Restriction::none(Unrestricted::Operator);
    let memory = Memory::new(vec![field("store")]);
    let ask = Ask { memory: Some(&memory), account, ..dataset.ask(&restriction) };
    dataset.engine.answer(&ask, query).await.unwrap();
    dataset.engine.load(&memory).await;
    memory
}

fn refused(memory: &Memory) -> String {
    let used = memory.used();
    assert_eq!((used.scans, used.refused.len()), (0, 1), "{used:?}");
    format!("{:?}", used.refused)
}

#[tokio::test]
async fn a_burst_reads_through_the_driver_what_it_would_have_read_without() {
    let snowflake = loaded().await;
    let source = snowflake.as_source("");
    slices_are_as_if_asked_alone(over(&source, DATASET), crate::pushdown::in_snowflake(&snowflake)).await;
    let (logins, asked, _) = driver(&snowflake).await;
    // The rows, and the joined stores.
    assert_eq!((logins.len(), asked.len()), (2, 2), "{asked:?}");
    for login in &logins {
        let named = json!([login["role"], login["warehouse"], login["database"], login["schema"]]);
        assert_eq!(named, json!(["REPORTER", "REPORTS", "WAREHOUSE", "L2"]));
        let parameters = &login["parameters"];
        for (name, expected) in
            [("TIMEZONE", "UTC"), ("WEEK_START", "1"), ("STATEMENT_TIMEOUT_IN_SECONDS", "20")]
        {
            assert_eq!(parameters[name].to_string().trim_matches('"'), expected, "{parameters}");
        }
        assert!(parameters["QUERY_TAG"].as_str().unwrap().starts_with("jangpyo "), "{parameters}");
    }
    let seen = snowflake.seen().await;
    let others = seen["statements"].as_array().unwrap();
    assert!(others.iter().all(|body| body["statement"] != asked[0]["text"]), "it was asked twice");
}

#[tokio::test]
async fn every_way_to_log_in_works_and_a_wrong_one_is_told() {
    let snowflake = loaded().await;
    let restriction = Restriction::none(Unrestricted::Operator);
    for options in ["token_secret: pat", "oauth_secret: oauth"] {
        let dataset = over(&snowflake.as_source_with(options), DATASET);
        let memory = read(&dataset, &of_store("강남점"), Account::default()).await;
        let ask = Ask { memory: Some(&memory), ..dataset.ask(&restriction) };
        let slice = dataset.engine.answer(&ask, &of_store("명동점")).await.unwrap();
        assert_eq!(slice.usage.served, Served::Slice, "{options}: {:?}", memory.used());
    }
    for (code, expected) in [
        (390_144, "does not know the key"),
        (390_189, "grant the role"),
        (390_201, "name a `warehouse`"),
        (390_422, "set to go wrong"),
    ] {
        let dataset = over(&snowflake.as_source(""), DATASET);
        snowflake.faults(json!([{"at": "login", "code": code.to_string(), "times": 9}])).await;
        let why = refused(&read(&dataset, &of_store("강남점"), Account::default()).await);
        assert!(why.contains(expected), "{why}");
    }
}

#[tokio::test]
async fn the_books_know_what_the_driver_asked_and_on_whose_account() {
    let snowflake = loaded().await;
    snowflake.know(&["FINANCE"], &["FINANCE_WH"]).await;
    let lines = Arc::new(Lines::default());
    let own = ", for_roles: {finance: {role: FINANCE, warehouse: FINANCE_WH}}";
    let dataset = over(&snowflake.as_source(own), DATASET).recorded_by(Arc::clone(&lines) as _);
    let account = Account { role: Some("finance".into()), ..Account::default() };
    let memory = read(&dataset, &of_store("강남점"), account).await;
    assert_eq!(memory.used().scans, 1);
    let (logins, ..) = driver(&snowflake).await;
    assert!(logins.iter().all(|login| login["role"] == "FINANCE" && login["warehouse"] == "FINANCE_WH"));
    let line = lines.taken().pop().unwrap();
    let measured = &line.measured;
    assert_eq!(measured.statement_ids.len(), 2, "{measured:?}");
    assert!(measured.statement_ids.iter().all(|id| id.len() == 36), "{measured:?}");
    let counts = &snowflake.seen().await["counts"];
    assert_eq!((counts["named"].as_u64(), counts["counted"].as_u64()), (Some(2), Some(2)));
    // The two, what each is called, how many rows each has, and what opened the dataset.
    let opening = snowflake.seen().await["statements"].as_array().unwrap().len() as u64;
    let of_burst = measured.requests;
    assert!((6..=6 + opening).contains(&of_burst), "{measured:?} beside {opening}");
    assert!(measured.moved > 50_000, "{measured:?}");
}

#[tokio::test]
async fn every_type_is_what_the_sql_api_makes_of_it() {
    let snowflake = Snowflake::start();
    let columns = [
        ("WHOLE", "NUMBER(38,0)", "9007199254740993"),
        ("WIDE", "NUMBER(37,0)", "1234567890123456789012345678901234567"),
        ("MONEY", "NUMBER(18,4)", "-12345678901234.5678"),
        ("SHARE", "FLOAT", "1.5e-3"),
        ("WORDS", "VARCHAR", "'강남 ''x'''"),
        ("FLAG", "BOOLEAN", "true"),
        ("DAY", "DATE", "'1969-12-31'"),
        ("AT_LOCAL", "TIMESTAMP_NTZ", "'2026-01-05 01:20:30.123456'"),
        ("AT_ZONE", "TIMESTAMP_TZ", "'2026-01-05 10:20:30.5+09:00'"),
        ("TIME_OF_DAY", "TIME", "'08:00:00.5'"),
        ("BYTES", "BINARY", "TO_BINARY('FF00', 'HEX')"),
    ];
    let declared: Vec<String> = columns.iter().map(|(name, kind, _)| format!("{name} {kind}")).collect();
    let values: Vec<&str> = columns.iter().map(|(.., value)| *value).collect();
    let nothing =
        columns.map(|(name, ..)| if name.starts_with("AT_") { "'2026-01-05 00:00:00'" } else { "NULL" });
    let insert = |values: &[&str]| format!("INSERT INTO ODD SELECT {}", values.join(", "));
    snowflake
        .execute(&[format!("CREATE TABLE ODD ({})", declared.join(", ")), insert(&values), insert(&nothing)])
        .await;
    let names: Vec<String> = columns.iter().map(|(name, ..)| name.to_lowercase()).collect();
    let dimensions: Vec<String> = names.iter().map(|name| format!("{name}: {{}}")).collect();
    let definition = format!(
        "owner: test\nsource: lake\ntable: ODD\ndimensions: {{{}}}\nmeasures: {{rows: {{sql: count(*)}}}}\n",
        dimensions.join(", ")
    );
    let dataset = over(&snowflake.as_source(""), &definition);
    let by = names.iter().map(|name| GroupBy { field: field(name), grain: None }).collect();
    let query = SemanticQuery { by, ..SemanticQuery::of_everything(vec![field("rows")]) };
    let expected = over(&snowflake.as_source(""), &definition).answer(&query).await.unwrap();
    let memory = Memory::new(Vec::new());
    let restriction = Restriction::none(Unrestricted::Operator);
    let ask = Ask { memory: Some(&memory), ..dataset.ask(&restriction) };
    // Another question about the same columns.
    let noted = SemanticQuery { by: query.by.iter().rev().cloned().collect(), ..query.clone() };
    dataset.engine.answer(&ask, &noted).await.unwrap();
    dataset.engine.load(&memory).await;
    let answer = dataset.engine.answer(&ask, &query).await.unwrap();
    assert_eq!((answer.usage.served, answer.table.len()), (Served::Slice, 2), "{:?}", memory.used());
    same(&expected.table, &answer.table).unwrap();
}

#[tokio::test]
async fn rows_that_did_not_come_are_noticed_and_asked_of_the_sql_api() {
    let snowflake = loaded().await;
    let dataset = over(&snowflake.as_source(""), DATASET);
    snowflake.faults(json!([{"at": "count", "more": 1}])).await;
    let memory = read(&dataset, &of_store("강남점"), Account::default()).await;
    assert_eq!((memory.used().scans, memory.used().refused.len()), (1, 0), "{:?}", memory.used());
    let seen = snowflake.seen().await;
    let text = &seen["asked"][0]["text"];
    let again = seen["statements"].as_array().unwrap().iter().filter(|body| body["statement"] == *text);
    assert_eq!(again.count(), 1, "through the SQL API");
}

#[tokio::test]
async fn texts_travel_beside_the_statement() {
    let snowflake = loaded().await;
    let dataset = over(&snowflake.as_source(""), DATASET);
    // What copies are split by is worked out there.
    let of = |store: &str| {
        let condition = Condition::OneOf(vec![Literal::Text(store.into())]);
        let filters = vec![Filter { field: field("known_store"), condition }];
        SemanticQuery { filters, ..of_store("") }
    };
    let restriction = Restriction::none(Unrestricted::Operator);
    let memory = Memory::new(vec![field("known_store")]);
    let ask = Ask { memory: Some(&memory), ..dataset.ask(&restriction) };
    dataset.engine.answer(&ask, &of("강남점")).await.unwrap();
    dataset.engine.load(&memory).await;
    assert_eq!(memory.used().scans, 1, "{:?}", memory.used());
    let other = of("없음");
    let answer = dataset.engine.answer(&ask, &other).await.unwrap();
    let expected = crate::pushdown::in_snowflake(&snowflake).answer(&other).await.unwrap();
    assert_eq!(answer.usage.served, Served::Slice);
    same(&expected.table, &answer.table).unwrap();
    let (_, asked, _) = driver(&snowflake).await;
    let bound = asked.iter().map(|one| one["bindings"].to_string()).collect::<String>();
    assert!(bound.contains("없음"), "{asked:?}");
    assert!(asked.iter().all(|one| !one["text"].as_str().unwrap().contains("없음")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_extract_that_nobody_waits_for_is_stopped_and_one_that_breaks_is_told() {
    let snowflake = loaded().await;
    let dataset = over(&snowflake.as_source(""), DATASET);
    let restriction = Restriction::none(Unrestricted::Operator);
    let memory = Memory::new(vec![field("store")]);
    let freshness = Freshness::from_now_on();
    let ask = Ask { memory: Some(&memory), freshness, ..dataset.ask(&restriction) };
    dataset.engine.answer(&ask, &of_store("강남점")).await.unwrap();
    snowflake.faults(json!([{"at": "run-connector", "seconds": 15}])).await;
    let waited = tokio::time::timeout(Duration::from_secs(3), dataset.engine.load(&memory)).await;
    assert!(waited.is_err(), "it did not run");
    let left = Instant::now();
    while driver(&snowflake).await.2 == 0 {
        assert!(left.elapsed() < Duration::from_secs(8), "it was not stopped");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let memory = Memory::new(vec![field("store")]);
    let ask = Ask { memory: Some(&memory), freshness, ..dataset.ask(&restriction) };
    dataset.engine.answer(&ask, &of_store("강남점")).await.unwrap();
    // It goes when all that is known of it is known.
    snowflake.execute(&["ALTER TABLE STORES RENAME TO STORES_2".into()]).await;
    dataset.engine.load(&memory).await;
    let why = refused(&memory);
    assert!(why.contains("names are exact"), "{why}");
}
