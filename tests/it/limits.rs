//! Limits that are reached say which setting raises them; files that change are noticed.

use std::time::Duration;

use jangpyo::access::{Restriction, Unrestricted};
use jangpyo::engine::{Ask, EngineError, EngineSettings, Freshness};
use jangpyo::error::Kind;
use jangpyo::query::{GroupBy, SemanticQuery};
use jangpyo::table::Value;

use crate::support::dataset::{TestDataset, field};

const DATASET: &str = "
owner: test
source: lake
table: rows/
dimensions: {id: {}}
measures: {rows: {sql: count(*)}, distinct: {sql: count(distinct text)}, ids: {sql: sum(id)}}
";

fn dataset(rows: usize, change: impl FnOnce(&mut EngineSettings)) -> (tempfile::TempDir, TestDataset) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("rows")).unwrap();
    std::fs::write(folder.path().join("rows/a.csv"), csv(rows)).unwrap();
    let workspace = folder.path().to_owned();
    let dataset = TestDataset::new("{owner: test, url: ./}", DATASET, |settings| {
        settings.workspace = workspace;
        change(settings);
    });
    (folder, dataset)
}

fn csv(rows: usize) -> String {
    let lines = (0..rows).map(|number| format!("{number},some text that takes room {number:0>200}\n"));
    "id,text\n".to_owned() + &lines.collect::<String>()
}

fn by_id() -> SemanticQuery {
    SemanticQuery {
        by: vec![GroupBy { field: field("id"), grain: None }],
        ..SemanticQuery::of_everything(vec![field("rows")])
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_names_the_setting() {
    let (_folder, dataset) = dataset(1_000, |settings| settings.max_rows = 999);
    let error = dataset.answer(&by_id()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::OverLimit);
    assert!(
        error.to_string().contains("more than 999 rows") && error.to_string().contains("JANGPYO_MAX_ROWS"),
        "{error}"
    );
}

#[tokio::test]
async fn a_query_that_needs_too_much_memory_names_the_setting_and_the_next_one_runs() {
    let (_folder, dataset) = dataset(40_000, |settings| settings.memory_bytes = 1 << 20);
    let greedy = SemanticQuery::of_everything(vec![field("distinct")]);
    let error = dataset.answer(&greedy).await.unwrap_err();
    assert_eq!(error.kind(), Kind::OverLimit, "{error}");
    assert!(error.to_string().contains("JANGPYO_QUERY_MEMORY_MB"), "{error}");
    let modest = SemanticQuery::of_everything(vec![field("rows")]);
    assert_eq!(dataset.answer(&modest).await.unwrap().table.cell(0, 0), &Value::Int(40_000));
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_stopped() {
    let (_folder, dataset) = dataset(60_000, |settings| settings.query_timeout = Duration::from_millis(1));
    let error = dataset.answer(&by_id()).await.unwrap_err();
    assert!(error.to_string().contains("JANGPYO_QUERY_TIMEOUT_SECS"), "{error}");
}

#[tokio::test]
async fn too_many_files_name_the_setting() {
    let (folder, dataset) = dataset(1, |settings| settings.max_files = 3);
    for name in ["b", "c", "d"] {
        std::fs::write(folder.path().join(format!("rows/{name}.csv")), csv(1)).unwrap();
    }
    let error = dataset.answer(&by_id()).await.unwrap_err();
    assert!(error.to_string().contains("JANGPYO_MAX_FILES"), "{error}");
}

/// Asks with a listing that is trusted for long, as people who look do.
async fn glance(dataset: &TestDataset, measure: &str) -> Result<Value, EngineError> {
    let restriction = Restriction::none(Unrestricted::Operator);
    let ask = Ask { freshness: Freshness::Recent, ..dataset.ask(&restriction) };
    let answer = dataset.engine.answer(&ask, &SemanticQuery::of_everything(vec![field(measure)])).await?;
    Ok(answer.table.cell(0, 0).clone())
}

#[tokio::test]
async fn files_that_are_replaced_or_vanish_under_a_trusted_listing_are_never_mixed() {
    let (folder, dataset) = dataset(10, |settings| settings.listing_lifetime = Duration::from_hours(1));
    assert_eq!(glance(&dataset, "rows").await.unwrap(), Value::Int(10));
    // Replaced: the next question notices, lists anew and answers from the new file.
    std::fs::write(folder.path().join("rows/a.csv"), csv(25)).unwrap();
    assert_eq!(glance(&dataset, "ids").await.unwrap(), Value::Int((0..25).sum()));
    std::fs::remove_file(folder.path().join("rows/a.csv")).unwrap();
    let error = glance(&dataset, "distinct").await.unwrap_err();
    assert!(error.to_string().contains("no data files"), "{error}");
    std::fs::write(folder.path().join("rows/b.csv"), csv(3)).unwrap();
    assert_eq!(glance(&dataset, "distinct").await.unwrap(), Value::Int(3));
}
