//! What queries cost: every question is a line of the ledger, added up by who pays, and stopped where a budget is spent.

mod bill;
mod notices;
mod regions;

use std::collections::BTreeSet;
use std::path::Path;

use futures::future::join_all;
use serde_json::Value;

use crate::support::binary::Server;
use crate::support::site::{Browser, site_of};
use crate::support::snowflake::Snowflake;

const DATASET: &str = "kind: dataset
owner: data
source: disk
table: sales.csv
csv: {types: {day: date, store: text, amount: float}}
time: day
dimensions: {day: {}, store: {}}
measures: {amount: {sql: sum(amount)}, rows: {sql: count(*)}}
";

const REPORT: &str = "kind: report
title: {en: Daily sales, ko: 일일 매출}
owner: data
dataset: sales
locale: en
panels:
  total: {kpi: amount}
  rows: {kpi: rows}
  bars: {chart: bar, x: store, y: amount}
  sheet: {table: [store, amount]}
schedules:
  daily:
    cron: '0 8 * * *'
    deliver: {folder: {path: out, files: [pdf]}}
";

const ACCESS: &str = "kind: access
owner: data
functional_roles:
  data: {title: {en: Data, ko: 데이터}}
  finance: {title: {en: Finance, ko: 재무}, groups: [finance], access: [read]}
  sales: {groups: [sales], access: [read]}
  stores: {groups: [stores], access: [read]}
access_roles:
  read: {grants: [{actions: [view, explore, export], reports: [daily], datasets: [sales]}]}
";

/// Prices so high that a few requests cost something.
const COSTS: &str = "kind: costs
owner: data
currency: USD
prices: {disk: {per_1000_requests: 1000}}
budgets:
  finance: {month: 1000, warn: 50}
  stores: {month: 1, stop: true}
";

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("access.yaml", ACCESS),
        ("costs.yaml", COSTS),
        ("sources/disk.yaml", "kind: source\nowner: data\nurl: ./data\nregion: seoul\n"),
        ("datasets/sales.yaml", DATASET),
        ("daily.yaml", REPORT),
        ("data/sales.csv", "day,store,amount\n2026-01-05,Gangnam,100\n2026-01-06,Central,25.5\n"),
    ];
    write(folder.path(), &files);
    folder
}

async fn panel(browser: &mut Browser<'_>, panel: &str) -> (u16, String) {
    let page = browser.get(&format!("/reports/daily/panels/{panel}")).await;
    (page.status, page.text())
}

/// What the API says, once the ledger has as many lines as `enough` wants.
async fn told(browser: &mut Browser<'_>, path: &str, enough: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..100 {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let value = page.json();
        if enough(&value) {
            return value;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{path} is not complete: {}", browser.get(path).await.text());
}

fn row<'a>(costs: &'a Value, key: &str) -> &'a Value {
    let rows = costs["rows"].as_array().unwrap();
    rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no `{key}` in {costs}"))
}

#[tokio::test]
async fn a_day_of_three_roles_and_a_schedule_is_added_up_by_who_pays() {
    let folder = workspace();
    let site = site_of(folder.path(), &[]);
    let mut administrator = site.newcomer("root@example.com", &["--administrator"]).await;
    let mut finance = site.newcomer("kim@example.com", &["--groups", "finance"]).await;
    let mut sales = site.newcomer("lee@example.com", &["--groups", "sales"]).await;
    let mut stores = site.newcomer("park@example.com", &["--groups", "stores"]).await;
    for name in ["total", "bars", "sheet"] {
        assert_eq!(panel(&mut finance, name).await.0, 200);
    }
    // The same again, and by somebody else: the answers are there.
    assert_eq!(panel(&mut finance, "total").await.0, 200);
    assert_eq!(panel(&mut sales, "total").await.0, 200);
    assert_eq!(panel(&mut sales, "rows").await.0, 200);
    assert_eq!(panel(&mut stores, "bars").await.0, 200);
    let run = site.command(&["run", "daily/daily", "--json"]);
    assert_eq!(run.code, Some(0), "{run:?}");

    let all = |costs: &Value| costs["total"]["queries"].as_u64() >= Some(17);
    let by_role = told(&mut administrator, "/api/v1/costs?by=role", all).await;
    assert_eq!(by_role["currency"], "USD");
    let counted = |key: &str| {
        let row = row(&by_role, key);
        (row["queries"].as_u64().unwrap(), row["asked"].as_u64().unwrap())
    };
    // A number asks for itself and for its line over time. The command is a process of its own, which asks for all four
    // panels anew; the owner of the report pays.
    assert_eq!((counted("finance"), counted("sales"), counted("data")), ((6, 4), (4, 2), (6, 6)));
    assert_eq!(counted("stores"), (1, 0), "somebody else had asked the same");
    assert_eq!(row(&by_role, "stores")["cost"], 0.0);
    let sum: f64 = by_role["rows"].as_array().unwrap().iter().map(|row| row["cost"].as_f64().unwrap()).sum();
    let requests = by_role["total"]["requests"].as_f64().unwrap();
    assert!(requests > 0.0 && (sum - requests).abs() < 1e-9, "a dollar for each request: {by_role}");

    let by_purpose = told(&mut administrator, "/api/v1/costs?by=purpose", all).await;
    assert_eq!(
        (
            row(&by_purpose, "interactive")["queries"].as_u64(),
            row(&by_purpose, "schedule")["queries"].as_u64()
        ),
        (Some(11), Some(6))
    );
    let regions = told(&mut administrator, "/api/v1/costs?by=region&role=finance", |_| true).await;
    assert_eq!(
        (regions["rows"].as_array().unwrap().len(), row(&regions, "seoul")["queries"].as_u64()),
        (1, Some(6))
    );
    let months = told(&mut administrator, "/api/v1/costs?by=month", |_| true).await;
    let (from, month) = (months["from"].as_str().unwrap(), months["month"].as_str().unwrap());
    let of = |day: &str| day.parse::<chrono::NaiveDate>().unwrap();
    assert_eq!(of(from).checked_add_months(chrono::Months::new(11)), Some(of(month)), "a year of months");
    assert_eq!(row(&months, &month[..7])["queries"], by_role["total"]["queries"]);
    let lines = told(&mut administrator, "/api/v1/queries?role=data", |_| true).await;
    let lines = lines["queries"].as_array().unwrap();
    let of_run = run.json()["run"]["id"].as_str().unwrap().to_owned();
    let panels: BTreeSet<&str> = lines.iter().map(|line| line["panel"].as_str().unwrap()).collect();
    assert_eq!(panels, BTreeSet::from(["bars", "rows", "sheet", "total"]));
    for line in lines {
        assert_eq!(
            (&line["run"], &line["schedule"], &line["viewer"]),
            (&of_run.as_str().into(), &"daily".into(), &"schedule:daily/daily".into())
        );
        assert_eq!(
            (&line["dataset"], &line["source"], &line["outcome"]),
            (&"sales".into(), &"disk".into(), &"answered".into())
        );
    }
    let page = administrator.get("/costs?lang=en").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Finance"), "{}", page.text());
    let page = administrator.get("/costs?lang=en&by=month").await.text();
    assert!(page.contains(&format!("month={}&#38;by=day", &month[..7])) && page.contains(" – "), "{page}");
    assert_eq!(finance.get("/costs").await.status, 403);
    assert_eq!(finance.get("/api/v1/queries").await.status, 403);
}

#[tokio::test]
async fn a_role_that_has_spent_its_budget_sees_what_is_there_and_asks_nothing_more() {
    let folder = workspace();
    let site = site_of(folder.path(), &[("JANGPYO_LISTING_LIFETIME_SECS", "0")]);
    let mut administrator = site.newcomer("root@example.com", &["--administrator"]).await;
    let mut stores = site.newcomer("park@example.com", &["--groups", "stores"]).await;
    let mut sales = site.newcomer("lee@example.com", &["--groups", "sales"]).await;
    assert_eq!(panel(&mut stores, "bars").await.0, 200);
    let of_stores = "/api/v1/costs?by=role&role=stores";
    let requests = |costs: &Value| costs["total"]["requests"].as_u64().unwrap();
    let before = requests(&told(&mut administrator, of_stores, |costs| requests(costs) > 0).await);
    // What is known of the data is not trusted for any time, and is not looked at again either.
    let (_, refused) = panel(&mut stores, "sheet").await;
    // Whose budget it is and how much is not for everybody to know.
    assert!(is_spent(&refused) && !refused.contains("USD") && !refused.contains("`stores`"), "{refused}");
    let (_, there) = panel(&mut stores, "bars").await;
    assert!(!is_spent(&there) && there.contains("Gangnam"), "{there}");
    // Others may ask, and what they have asked is there for everybody who may see it.
    let (_, other) = panel(&mut sales, "sheet").await;
    assert!(other.contains("Central"), "{other}");
    let (_, there) = panel(&mut stores, "sheet").await;
    assert!(there.contains("Central"), "{there}");
    // The ledger writes within a second.
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    let after = requests(&told(&mut administrator, of_stores, |_| true).await);
    assert_eq!(after, before, "nothing was asked for who has spent the budget");

    // A new budget holds as soon as its file does; a broken file changes nothing.
    std::fs::write(folder.path().join("costs.yaml"), COSTS.replace("month: 1,", "month: 1000,")).unwrap();
    for _ in 0..100 {
        let (_, text) = panel(&mut stores, "rows").await;
        if !is_spent(&text) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the new budget did not come into force");
}

/// Whether a page says that the budget is spent.
fn is_spent(text: &str) -> bool {
    ["budget for questions is spent", "조회 예산을 모두 썼습니다"].iter().any(|words| text.contains(words))
}

const TABLES: &str = "tables: {sales: SALES, stores: STORES}\n";

const AT_SNOWFLAKE: &str = "kind: report
title: Sales
owner: data
dataset: sales
panels:
  rows: {kpi: rows}
  revenue: {kpi: revenue}
  bars: {chart: bar, x: store, y: revenue}
  sheet: {table: [store, revenue, rows]}
";

async fn opened_by(viewers: usize, snowflake: &Snowflake) -> (u64, Value) {
    let folder = tempfile::tempdir().unwrap();
    let source = format!(
        "kind: source\nowner: data\n{TABLES}{}",
        snowflake.as_source_with("token_secret: pat, role: REPORTER")
    );
    let dataset = format!("kind: dataset\n{}", include_str!("../pushdown/sales.yaml"));
    let dataset = dataset.replace("source: lake", "source: snow");
    let costs = "kind: costs\nowner: data\ncurrency: USD\nprices: {snow: {per_hour: 3600}}\n";
    write(
        folder.path(),
        &[
            ("sources/snow.yaml", &source),
            ("datasets/sales.yaml", &dataset),
            ("daily.yaml", AT_SNOWFLAKE),
            ("costs.yaml", costs),
        ],
    );
    let state = tempfile::tempdir().unwrap();
    let before = statements(snowflake).await;
    let server = Server::start_with(folder.path(), state.path(), &[("JANGPYO_SECRET_PAT", "pat")]);
    let panels = ["rows", "revenue", "bars", "sheet"];
    let paths = (0..viewers).flat_map(|_| panels.map(|panel| format!("/reports/daily/panels/{panel}")));
    let paths: Vec<String> = paths.collect();
    let pages = join_all(paths.iter().map(|path| server.get(path))).await;
    let failed: Vec<_> =
        pages.iter().filter(|page| page.status != 200 || page.text().contains("error")).collect();
    assert!(failed.is_empty(), "{} of {}: {}", failed.len(), pages.len(), failed[0].text());
    // All lines are there once there are no more of them a second later.
    let mut lines = 0;
    let costs = loop {
        let costs = server.get("/api/v1/costs?by=panel").await.json();
        let now = costs["total"]["queries"].as_u64().unwrap();
        if now > 0 && now == lines {
            break costs;
        }
        lines = now;
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    };
    let seen = snowflake.seen().await;
    let asked = &seen["statements"].as_array().unwrap()[before as usize..];
    let texts: BTreeSet<&str> = asked.iter().map(|body| body["statement"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), asked.len(), "each statement once: {texts:#?}");
    println!("{viewers} viewers of {} panels: {} statements, each once", panels.len(), asked.len());
    (asked.len() as u64, costs)
}

async fn statements(snowflake: &Snowflake) -> u64 {
    snowflake.seen().await["statements"].as_array().unwrap().len() as u64
}

#[tokio::test]
async fn a_hundred_who_open_the_same_dashboard_at_once_ask_the_source_as_much_as_one() {
    let snowflake = Snowflake::start();
    snowflake.execute(&crate::pushdown::snowflake_rows()).await;
    let (of_one, alone) = opened_by(1, &snowflake).await;
    let (of_all, costs) = opened_by(100, &snowflake).await;
    assert_eq!(of_all, of_one, "statements of a hundred, and of one");
    let number = |costs: &Value, what: &str| costs["total"][what].as_u64().unwrap();
    assert_eq!(number(&costs, "asked"), number(&alone, "asked"), "questions that went to the source");
    assert_eq!(number(&costs, "queries"), 100 * number(&alone, "queries"), "everybody's question is a line");
    assert_eq!(number(&costs, "requests"), of_all, "the ledger counts every statement");
    assert!(costs["total"]["cost"].as_f64() > Some(0.0) && number(&costs, "bytes_moved") > 0, "{costs}");
    assert_eq!(costs["rows"].as_array().unwrap().len(), 4, "{costs}");
    for row in costs["rows"].as_array().unwrap() {
        assert_eq!(row["queries"].as_u64().unwrap(), 100 * row["asked"].as_u64().unwrap(), "{row}");
    }
}
