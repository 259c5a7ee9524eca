//! What reports are expected to cost before anything is asked, held against what they then cost.

use std::path::Path;
use std::sync::Arc;

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::engine::{QueryLog, QueryRecord, Served};
use jangpyo::query::{GroupBy, SemanticQuery, Top};
use serde_json::{Value, json};

use crate::pushdown;
use crate::support::binary::{Said, jangpyo};
use crate::support::dataset::{Lines, TestDataset, field};
use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

const DATASET: &str = "kind: dataset
owner: data
source: disk
table: sales.parquet
time: sold_on
dimensions: {sold_on: {}, store: {}, channel: {}}
measures: {revenue: {sql: sum(amount)}, buyers: {sql: count(distinct buyer)}}
";

const REPORT: &str = "kind: report
title: Daily sales
owner: data
dataset: sales
time_zone: UTC
parameters: {period: {type: period, default: 2025}, store: {type: member, of: store}}
panels:
  total: {kpi: revenue}
  ranking: {chart: bar, x: store, y: revenue, top: 3}
  sheet: {pivot: {rows: [store], columns: [channel], values: [revenue, buyers], totals: true}}
schedules:
  daily: {cron: '0 8 * * *', deliver: {folder: {path: out, files: [pdf]}}}
  stores:
    cron: '0 9 1 * *'
    burst: {recipients: [{bind: {store: 강남점}}, {bind: {store: 명동점}}, {bind: {store: Causeway Bay}}]}
    deliver: {folder: {path: out, files: [pdf]}}
";

const ACCESS: &str = "kind: access
owner: data
functional_roles: {data: {access: [read]}}
access_roles: {read: {grants: [{actions: [view], folders: [/]}]}}
";

fn workspace(budget: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let costs = format!(
        "kind: costs\nowner: data\ncurrency: USD\nprices: {{disk: {{per_gb_moved: 1000}}}}\n\
         budgets: {{data: {{month: {budget}}}}}\n"
    );
    let files = [
        ("sources/disk.yaml", "kind: source\nowner: data\nurl: ./data\n"),
        ("datasets/sales.yaml", DATASET),
        ("daily.yaml", REPORT),
        ("access.yaml", ACCESS),
        ("costs.yaml", &costs),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::create_dir(folder.path().join("data")).unwrap();
    pushdown::rows_as_files(&folder.path().join("data"));
    folder
}

fn said(folder: &Path, state: &Path, arguments: &[&str]) -> Said {
    Said::of(jangpyo(folder, state).args(arguments))
}

#[test]
fn an_estimate_is_near_what_a_run_then_takes_and_asks_nothing() {
    let (folder, state) = (workspace("1000"), tempfile::tempdir().unwrap());
    let plan = said(folder.path(), state.path(), &["plan", "daily", "--month", "2026-02", "--json"]);
    assert_eq!(plan.code, Some(0), "{plan:?}");
    let plan = plan.json();
    let schedule = |name: &str| {
        let schedules = plan["schedules"].as_array().unwrap();
        schedules.iter().find(|one| one["schedule"] == name).unwrap().clone()
    };
    let daily = schedule("daily");
    assert_eq!((&daily["times"], &daily["copies"], &daily["role"]), (&json!(28), &json!(1), &json!("data")));
    let number = |value: &Value, what: &str| value[what].as_f64().unwrap();
    let of_month = number(&daily["once"], "cost") * 28.0;
    assert!((number(&daily["month"], "cost") - of_month).abs() < 1e-9, "{daily}");
    // Three copies are made from one question and one scan.
    let stores = schedule("stores");
    assert_eq!((&stores["times"], &stores["copies"]), (&json!(1), &json!(3)));
    let queries = |value: &Value| value["queries"].as_u64().unwrap();
    assert_eq!(queries(&stores["month"]), 2 * queries(&stores["once"]), "{stores}");

    let run = said(folder.path(), state.path(), &["run", "daily/daily", "--dry-run"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let costs = said(folder.path(), state.path(), &["costs", "--by", "schedule", "--json"]).json();
    let taken =
        costs["rows"].as_array().unwrap().iter().find(|row| row["key"] == "daily/daily").unwrap().clone();
    assert_eq!(taken["queries"], daily["once"]["queries"], "the same questions: {taken} {daily}");
    for what in ["bytes_scanned", "cost"] {
        let (expected, found) = (number(&daily["once"], what), number(&taken, what));
        println!("{what}: {expected} expected, {found} found");
        assert!(
            expected > 0.8 * found && expected < 1.25 * found,
            "{what}: {expected} expected, {found} found"
        );
    }
}

#[test]
fn a_check_fails_where_schedules_go_over_a_budget() {
    let state = tempfile::tempdir().unwrap();
    let enough = workspace("1000");
    let check = said(enough.path(), state.path(), &["check", "--budget"]);
    assert_eq!(check.code, Some(0), "{check:?}");
    let tight = workspace("0.01");
    assert_eq!(said(tight.path(), state.path(), &["check"]).code, Some(0), "only where it is asked for");
    let check = said(tight.path(), state.path(), &["check", "--budget"]);
    assert_eq!(check.code, Some(1), "{check:?}");
    assert!(
        check.out.contains("error[over_budget]: the schedules of role `data` are expected to cost"),
        "{check:?}"
    );
    assert!(check.out.contains("costs.yaml:5:25") && check.out.contains("daily/daily"), "{}", check.out);
    let both = said(tight.path(), state.path(), &["check", "--budget", "--offline"]);
    assert_eq!(both.code, Some(2), "an estimate needs the data");
    let unknown = said(tight.path(), state.path(), &["plan", "dialy"]);
    assert!(unknown.code != Some(0) && unknown.err.contains("daily"), "{unknown:?}");
}

/// What a ranking by store is expected to take.
async fn expected(dataset: TestDataset) -> QueryRecord {
    let lines = Arc::<Lines>::default();
    let dataset = dataset.recorded_by(Arc::clone(&lines) as Arc<dyn QueryLog>).estimating();
    let query = SemanticQuery {
        by: vec![GroupBy { field: field("store"), grain: None }],
        top: Some(Top { dimension: field("store"), measure: field("revenue"), count: 2, others: false }),
        ..SemanticQuery::of_everything(vec![field("revenue")])
    };
    let restriction = Restriction::none(Unrestricted::Operator);
    let answer = dataset.engine.answer(&dataset.ask(&restriction), &query).await.unwrap();
    assert!(answer.table.is_empty(), "nothing was asked");
    let mut lines = lines.taken();
    assert_eq!(lines.len(), 1);
    lines.remove(0)
}

#[tokio::test]
async fn databases_are_asked_what_they_expect_and_nothing_else() {
    let Some(database) = Database::new().await else { return };
    let dataset = pushdown::in_postgres(&database).await;
    let record = expected(dataset).await;
    assert_eq!(record.served, Served::Source);
    // Two rankings of eight stores at most: some hundred bytes.
    assert!((1..100_000).contains(&record.measured.moved), "{record:?}");
    database.remove().await;

    let snowflake = Snowflake::start();
    snowflake.execute(&pushdown::snowflake_rows()).await;
    let told =
        json!({"GlobalStats": {"partitionsTotal": 4, "partitionsAssigned": 2, "bytesAssigned": 1_048_576}});
    let column = json!({"name": "content", "type": "text", "length": 16_777_216});
    snowflake.answers(json!({"EXPLAIN USING JSON": [[[told.to_string()]], [column]]})).await;
    let record = expected(pushdown::in_snowflake(&snowflake)).await;
    assert_eq!(record.measured.scanned, 2 * 1_048_576, "the ranking, and its rows");
    let seen = snowflake.seen().await;
    let ran = seen["statements"].as_array().unwrap().iter().filter(|body| {
        let text = body["statement"].as_str().unwrap();
        text.contains("GROUP BY") && text.contains("SALES") && !text.starts_with("EXPLAIN USING JSON SELECT")
    });
    assert_eq!(ran.count(), 0, "{seen}");
}
