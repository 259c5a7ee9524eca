//! One report on S3, in Snowflake and in PostgreSQL: only `source` of its dataset differs, and no number does.

use std::path::Path;

use super::rows::{self, Dealt};
use crate::support::binary::{Said, jangpyo};
use crate::support::postgres::Database;
use crate::support::s3::S3Server;
use crate::support::snowflake::Snowflake;

const REPORT: &str = "kind: report
title: {ko: 일일 매출}
owner: test
dataset: sales
time_zone: Asia/Seoul
parameters: {period: {type: period, default: 2025, compare: same_period_last_year}}
panels:
  total: {kpi: revenue}
  trend: {chart: line, x: sold_on, grain: month, y: revenue, by: channel}
  ranking: {chart: bar, x: store, y: revenue, top: 3}
  sheet:
    pivot: {rows: [area, store], columns: [channel], values: [revenue, buyers, average], subtotals: rows, totals: true}
  list: {table: [sold_on, store, revenue, rows], sort: [-revenue], limit: 20}
";

/// A workspace whose three sources have the same tables.
async fn workspace(s3: &S3Server, snowflake: &Snowflake, database: &Database) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = tempfile::tempdir().unwrap();
    rows::as_files(files.path(), Dealt::All);
    s3.put_folder(files.path()).await;
    snowflake.execute(&rows::for_snowflake(Dealt::All)).await;
    database.execute(&rows::as_statements(Dealt::All)).await;
    let lake =
        s3.source().replacen('{', "{tables: {sales: sales.parquet, stores: stores.csv}, kind: source, ", 1);
    let snow = format!(
        "kind: source\nowner: test\ntables: {{sales: SALES, stores: STORES}}\n{}",
        snowflake.as_source_with("token_secret: pat, role: REPORTER, warehouse: REPORTS")
    );
    let postgres = format!(
        "kind: source\nowner: test\ntables: {{sales: l2.sales, stores: l2.stores}}\n{}",
        database.as_source("")
    );
    for (name, text) in [("lake", &lake), ("snow", &snow), ("postgres", &postgres)]
        .map(|(name, text)| (format!("sources/{name}.yaml"), text))
    {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    std::fs::write(folder.path().join("daily.yaml"), REPORT).unwrap();
    std::fs::create_dir(folder.path().join("datasets")).unwrap();
    folder
}

/// Quotients are numbers in base 2, whose last digit is that of who divided.
fn to_twelve_digits(csv: &str) -> String {
    let cell = |cell: &str| match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') => format!("{number:.11e}"),
        _ => cell.to_owned(),
    };
    let line = |line: &str| line.split(',').map(cell).collect::<Vec<_>>().join(",");
    csv.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// What the report shows when its dataset is in `source`: a file of each panel, and the words of its PDF.
fn shown(folder: &Path, source: &str) -> Vec<(String, String)> {
    let dataset = super::DATASET.replace("source: lake", &format!("source: {source}"));
    std::fs::write(folder.join("datasets/sales.yaml"), format!("kind: dataset\n{dataset}")).unwrap();
    let state = tempfile::tempdir().unwrap();
    let password = Database::password("").unwrap();
    let secrets = [("JANGPYO_SECRET_PAT", "pat"), ("JANGPYO_SECRET_PASSWORD", &*password)];
    let made = |file: &str, more: &[&str]| {
        let path = state.path().join(file);
        let arguments =
            ["render", "daily", "--now", "2026-02-01T08:00:00+09:00", "-o", path.to_str().unwrap()];
        let said =
            Said::of(jangpyo(folder, state.path()).envs(secrets.iter().copied()).args(arguments).args(more));
        assert_eq!(said.code, Some(0), "{source}: {said:?}");
        path
    };
    let mut all = Vec::new();
    for panel in ["trend", "ranking", "sheet", "list"] {
        let file = made(&format!("{panel}.csv"), &["--panel", panel]);
        all.push((panel.to_owned(), to_twelve_digits(&std::fs::read_to_string(file).unwrap())));
    }
    let pdf = made("daily.pdf", &[]);
    let words = std::process::Command::new("pdftotext").arg("-layout").arg(&pdf).arg("-").output().unwrap();
    let words = String::from_utf8(words.stdout).unwrap();
    // The version of the data is that of the source; all else is of the report.
    let words: Vec<&str> =
        words.lines().filter(|line| !line.contains("sha256") && !line.contains("데이터")).collect();
    // How far apart words stand is what the reader makes of it.
    let words = words.into_iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    all.push(("the PDF".into(), words.collect::<Vec<_>>().join("\n")));
    all
}

#[tokio::test]
async fn a_report_shows_the_same_on_s3_in_snowflake_and_in_postgres() {
    let Some(database) = Database::new().await else { return };
    let (s3, snowflake) = (S3Server::start().await, Snowflake::start());
    let folder = workspace(&s3, &snowflake, &database).await;
    let path = folder.path().to_owned();
    let [on_s3, in_snowflake, in_postgres] =
        tokio::task::spawn_blocking(move || ["lake", "snow", "postgres"].map(|source| shown(&path, source)))
            .await
            .unwrap();
    for (panel, text) in &on_s3 {
        assert!(text.lines().count() > 3 && text.contains(|c: char| c.is_ascii_digit()), "{panel}: {text}");
    }
    for (other, name) in [(in_snowflake, "Snowflake"), (in_postgres, "PostgreSQL")] {
        for ((panel, expected), (_, found)) in on_s3.iter().zip(&other) {
            assert_eq!(expected, found, "{panel} in {name}");
        }
    }
    database.remove().await;
}
