//! What schedules wait for: a bucket's files, a dataset that grows, a signal at the command line and by the API.

use chrono::NaiveDate;
use jangpyo::access::Viewer;
use jangpyo::definitions::model::{ReportId, WaitFor};
use jangpyo::format::Locale;
use jangpyo::runs::evaluate::{Awaited, Evaluator};
use jangpyo::runs::store::Missing;
use serde_json::{Value, json};

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::s3::{Fault, S3Server};
use crate::support::workspace::{TestWorkspace, committed};

/// A report about last month over a dataset in `server`, whose last day is the last that it has rows of.
fn workspace(server: &S3Server) -> TestWorkspace {
    let workspace = TestWorkspace::sample();
    workspace.write(
        "sources/bucket.yaml",
        &format!(
            "kind: source\n{}",
            server.source_block().replace("owner: test\n", "owner: data_platform\n")
        ),
    );
    workspace.write(
        "datasets/loads.yaml",
        "kind: dataset\nowner: data_platform\nsource: bucket\ntable: l2/loads.csv\ncsv: {types: {day: date}}\ntime: day\n\
         dimensions: {day: {}}\nmeasures: {amount: {sql: sum(amount)}}\n",
    );
    workspace.write(
        "loads.yaml",
        "kind: report\ntitle: Loads\nowner: data_platform\ndataset: loads\ntime_zone: Asia/Seoul\n\
         parameters: {period: {type: period, default: last_complete_month}}\npanels: {total: {kpi: amount}}\n",
    );
    workspace
}

/// What is missing for a report of 3 December 2026, about November.
async fn missing(evaluator: &Evaluator, wait_for: Value) -> (Vec<Missing>, Vec<(String, String)>) {
    let mut wait_for = wait_for;
    wait_for["at_most"] = json!("1h");
    let wait_for: WaitFor = serde_json::from_value(wait_for).unwrap();
    let id = ReportId::parse("loads").unwrap();
    let awaited = Awaited {
        report: std::sync::Arc::clone(&evaluator.catalog().reports[&id]),
        parameters: std::collections::BTreeMap::new(),
        locale: Locale::Ko,
        now: "2026-12-03T08:00:00+09:00".parse().unwrap(),
        day: day("2026-12-03"),
        viewer: Viewer::schedule(&id, "daily"),
        wait_for,
    };
    evaluator.missing(awaited).await
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_complete_once_its_files_go_far_enough() {
    let server = S3Server::start().await;
    server.put("l2/loads.csv", "day,amount\n2026-11-28,1\n2026-11-29,2\n").await;
    let workspace = workspace(&server);
    let evaluator = workspace.evaluator();
    let wait = || json!({"datasets": {"loads": "period_end"}});
    let behind = |found: &str| {
        let (wanted, found) = (day("2026-11-30"), Some(day(found)));
        vec![Missing::Dataset { dataset: "loads".into(), wanted, found }]
    };
    assert_eq!(missing(&evaluator, wait()).await.0, behind("2026-11-29"));
    // The file is read again although it was listed a moment ago.
    server.put("l2/loads.csv", "day,amount\n2026-11-28,1\n2026-11-30,2\n").await;
    assert_eq!(missing(&evaluator, wait()).await.0, []);
    for (word, found) in [("period_start", true), ("previous_day", false), ("scheduled_day", false)] {
        let missing = missing(&evaluator, json!({"datasets": {"loads": word}})).await.0;
        assert_eq!(missing.is_empty(), found, "{word} {missing:?}");
    }
    server.traffic.inject(50, Fault::Status(404));
    let unknown = missing(&evaluator, wait()).await.0;
    assert!(
        matches!(&unknown[..], [Missing::Unknown { what, .. }] if what == "dataset `loads`"),
        "{unknown:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_and_partitions_are_found_once_they_are_there() {
    let server = S3Server::start().await;
    server.put("l2/loads.csv", "day,amount\n2026-11-28,1\n").await;
    let workspace = workspace(&server);
    let evaluator = workspace.evaluator();
    let wait = || {
        json!({
            "objects": [
                {"source": "bucket", "path": "l2/sales/{previous_day}/_SUCCESS"},
                {"source": "bucket", "path": "l2/sales/day={period_end}/"},
            ],
            "signals": {"sales_loaded": "{period_start}..{period_end}"},
        })
    };
    let object = |path: &str| Missing::Object { source: "bucket".into(), path: path.into() };
    let (marker, partition) = ("l2/sales/2026-12-02/_SUCCESS", "l2/sales/day=2026-11-30/");
    let (missing_now, signals) = missing(&evaluator, wait()).await;
    assert_eq!(missing_now, [object(marker), object(partition)]);
    assert_eq!(signals, [("sales_loaded".to_owned(), "2026-11-01..2026-11-30".to_owned())]);
    // Another day's marker, and a partition that holds nothing but a marker, are not what is waited for.
    server.put("l2/sales/2026-12-01/_SUCCESS", "").await;
    server.put("l2/sales/day=2026-11-30/_SUCCESS", "x").await;
    assert_eq!(missing(&evaluator, wait()).await.0, [object(marker), object(partition)]);
    server.put("l2/sales/2026-12-02/_SUCCESS", "").await;
    server.put("l2/sales/day=2026-11-30/part-0.csv", "amount\n1\n").await;
    assert_eq!(missing(&evaluator, wait()).await.0, []);
}

#[test]
fn a_signal_is_told_at_the_command_line_once() {
    let state = tempfile::tempdir().unwrap();
    let say = |arguments: &[&str]| Said::of(jangpyo(&committed(), state.path()).args(arguments));
    let first = say(&["signal", "sales_loaded", "2026-11-30"]);
    assert_eq!((first.code, first.out.trim()), (Some(0), "sales_loaded 2026-11-30 has come"), "{first:?}");
    let again = say(&["signal", "sales_loaded", "2026-11-30"]);
    assert!(again.code == Some(0) && again.out.contains("had come already"), "{again:?}");
    for wrong in
        [["signal", "sales_loadde", "x"], ["signal", "sales_loaded", ""], ["signal", "sales_loaded", "a\nb"]]
    {
        let refused = say(&wrong);
        assert_ne!(refused.code, Some(0), "{wrong:?}");
    }
    assert!(
        say(&["signal", "sales_loadde", "x"]).err.contains("sales_loaded"),
        "the nearest name is offered"
    );
    assert_eq!(say(&["audit", "list"]).out.matches("signal_received").count(), 1);
}

#[tokio::test]
async fn a_signal_comes_by_the_api_and_the_same_key_again_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&committed(), state.path());
    let url = |name: &str| format!("{}/api/v1/signals/{name}", server.url);
    let send = async |name: &str, body: Value| {
        let sent = server.client.post(url(name)).json(&body).send().await.unwrap();
        (sent.status().as_u16(), sent.json::<Value>().await.unwrap())
    };
    let (status, first) = send("sales_loaded", json!({"key": "2026-11-30"})).await;
    assert_eq!((status, &first["key"]), (200, &json!("2026-11-30")), "{first}");
    assert_eq!(send("sales_loaded", json!({"key": "2026-11-30"})).await, (200, first));
    let listed = server.client.get(url("sales_loaded")).send().await.unwrap();
    assert_eq!(listed.json::<Value>().await.unwrap()["signals"].as_array().unwrap().len(), 1);
    assert_eq!(send("sales_loaded", json!({"key": " "})).await.0, 422);
    assert_eq!(send("nobody_waits", json!({"key": "x"})).await.0, 404);
}
