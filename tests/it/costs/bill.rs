//! What the account tells of its costs, in the place of estimates.

use serde_json::Value;

use super::{AT_SNOWFLAKE, TABLES, write};
use crate::support::binary::{Said, Server, jangpyo};
use crate::support::snowflake::Snowflake;

/// A day of Snowflake's own books: what each statement cost, and what its warehouse used in all.
fn account_usage(statements: &[&str], at: &str) -> Vec<String> {
    let mut sql = vec![
        "CREATE TABLE QUERY_ATTRIBUTION_HISTORY (QUERY_ID VARCHAR, WAREHOUSE_NAME VARCHAR, START_TIME TIMESTAMP_NTZ, \
         QUERY_TAG VARCHAR, CREDITS_ATTRIBUTED_COMPUTE DOUBLE)"
            .to_owned(),
        "CREATE TABLE WAREHOUSE_METERING_HISTORY (WAREHOUSE_NAME VARCHAR, START_TIME TIMESTAMP_NTZ, \
         CREDITS_USED_COMPUTE DOUBLE, CREDITS_ATTRIBUTED_COMPUTE_QUERIES DOUBLE)"
            .to_owned(),
    ];
    let line = |id: &str, tag: &str, credits: f64| {
        format!(
            "INSERT INTO QUERY_ATTRIBUTION_HISTORY VALUES ('{id}', 'REPORTS', '{at}', '{tag}', {credits})"
        )
    };
    sql.extend(statements.iter().map(|id| line(id, "jangpyo snow", 0.01)));
    sql.push(line("somebody", "dbt", 0.5));
    // Two thirds of the hour ran idle.
    let hour = format!("{}:00:00", &at[..13]);
    sql.push(format!("INSERT INTO WAREHOUSE_METERING_HISTORY VALUES ('REPORTS', '{hour}', 1.8, 0.6)"));
    sql
}

#[tokio::test]
async fn what_the_account_tells_takes_the_place_of_estimates() {
    let snowflake = Snowflake::start();
    snowflake.execute(&crate::pushdown::snowflake_rows()).await;
    let folder = tempfile::tempdir().unwrap();
    let options = "token_secret: pat, role: REPORTER, warehouse: REPORTS, usage: WAREHOUSE.L2";
    let source = format!("kind: source\nowner: data\n{TABLES}{}", snowflake.as_source_with(options));
    let dataset = format!("kind: dataset\n{}", include_str!("../pushdown/sales.yaml"));
    let files =
        |prices: &str| format!("kind: costs\nowner: data\ncurrency: USD\nprices: {{snow: {{{prices}}}}}\n");
    write(
        folder.path(),
        &[
            ("sources/snow.yaml", &source),
            ("datasets/sales.yaml", &dataset.replace("source: lake", "source: snow")),
            ("daily.yaml", AT_SNOWFLAKE),
            ("costs.yaml", &files("per_hour: 3600")),
        ],
    );
    let state = tempfile::tempdir().unwrap();
    let pat = [("JANGPYO_SECRET_PAT", "pat")];
    let command =
        |arguments: &[&str]| Said::of(jangpyo(folder.path(), state.path()).envs(pat).args(arguments));
    let server = Server::start_with(folder.path(), state.path(), &pat);
    assert_eq!(server.get("/reports/daily/panels/sheet").await.status, 200);
    let lines = async || {
        let mut lines = Vec::new();
        for _ in 0..100 {
            lines = server.get("/api/v1/queries").await.json()["queries"].as_array().unwrap().clone();
            if lines.iter().any(|line| line["panel"] == "sheet") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        lines.into_iter().filter(|line| line["panel"] == "sheet").collect::<Vec<_>>()
    };
    let before = lines().await;
    let [line] = before.as_slice() else { panic!("{before:?}") };
    assert_eq!(line["billed"], false);
    let statements: Vec<&str> =
        line["statements"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(!statements.is_empty(), "{line}");
    let now = chrono::Utc::now();
    let until = (now + chrono::TimeDelta::hours(1)).to_rfc3339();
    let import = ["costs", "import", "snow", "--until", &until, "--json"];
    let said = command(&import);
    assert!(said.code == Some(1) && said.err.contains("per_credit"), "{said:?}");
    std::fs::write(
        folder.path().join("costs.yaml"),
        files("per_hour: 3600, per_credit: 3, per_1000_requests: 1000"),
    )
    .unwrap();
    let said = command(&import);
    assert!(said.code == Some(1) && said.err.contains("USAGE_VIEWER"), "no history yet: {said:?}");
    let at = (now + chrono::TimeDelta::seconds(1)).format("%Y-%m-%d %H:%M:%S").to_string();
    snowflake.execute(&account_usage(&statements, &at)).await;
    let said = command(&import);
    assert_eq!(said.code, Some(0), "{said:?}");
    let imported = said.json();
    let count = statements.len() as f64;
    assert_eq!(imported["statements"].as_f64(), Some(count), "{imported}");
    let number = |value: &Value| value.as_f64().unwrap();
    assert!((number(&imported["credits"]) - count * 0.03).abs() < 1e-9, "with what ran idle: {imported}");
    let after = lines().await;
    let [line] = after.as_slice() else { panic!("{after:?}") };
    let expected = count * 0.03 * 3.0 + number(&line["requests"]);
    assert!(
        (number(&line["cost"]) - expected).abs() < 1e-6,
        "computing by credits, requests by their price: {line}"
    );
    assert_eq!(line["billed"], true);
    // Once more changes nothing.
    assert_eq!(command(&import).json()["billed"], imported["billed"]);
}
