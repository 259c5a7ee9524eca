//! Rows in several regions: who asks which, what crosses, and what is marked where one is down.

use calamine::Reader as _;
use serde_json::Value;

use super::{REPORT, panel, row, told, workspace, write};
use crate::support::binary::{Said, jangpyo};
use crate::support::served::files_below;
use crate::support::site::site_of;

const IN_REGIONS: &str = "kind: dataset
owner: data
source: disk
also_in: [hongkong, usa]
table: sales.csv
csv: {types: {day: date, store: text, amount: float}}
time: day
dimensions: {day: {}, store: {}, region: {sql: source_region}}
measures: {amount: {sql: sum(amount)}, rows: {sql: count(*)}}
security:
  access: [read]
  rows:
    finance: all
    data: all
    sales: region = 'hongkong'
    stores: region <> 'usa'
";

/// Files here and in Hong Kong, and a database in the USA where nobody listens.
fn in_regions(report: &str) -> tempfile::TempDir {
    let folder = workspace();
    let usa = "kind: source\nowner: data\nurl: 'postgres://127.0.0.1:1/sales'\nregion: usa\n\
               postgres: {user: reader, allow_unencrypted: true}\ntables: {sales.csv: sales}\n";
    let rows = "2026-01-06,Central,3.5\n".repeat(500);
    let files = [
        ("datasets/sales.yaml", IN_REGIONS),
        ("sources/hongkong.yaml", "kind: source\nowner: data\nurl: ./hk\nregion: hongkong\n"),
        ("sources/usa.yaml", usa),
        ("hk/sales.csv", &format!("day,store,amount\n{rows}")),
        ("daily.yaml", report),
        ("costs.yaml", "kind: costs\nowner: data\ncurrency: USD\nprices: {hongkong: {per_gb_moved: 0.1}}\n"),
    ];
    write(folder.path(), &files);
    folder
}

#[tokio::test]
async fn people_ask_the_regions_they_may_see_and_a_missing_one_is_marked_where_the_report_says_so() {
    let marked = REPORT.replace("locale: en\n", "locale: en\nmissing_region: mark\n");
    for (report, is_marked) in [(REPORT, false), (&*marked, true)] {
        let folder = in_regions(report);
        let site = site_of(folder.path(), &[]);
        let mut administrator = site.newcomer("root@example.com", &["--administrator"]).await;
        let of = async |group: &str, name: &str| {
            let person = format!("{group}@example.com");
            panel(&mut site.newcomer(&person, &["--groups", group]).await, name).await
        };
        let (_, sales) = of("sales", "rows").await;
        assert!(sales.contains("500") && !sales.contains("Incomplete"), "{sales}");
        let (_, stores) = of("stores", "rows").await;
        assert!(stores.contains("502") && !stores.contains("Incomplete"), "{stores}");
        let (_, finance) = of("finance", "rows").await;
        let says = "Incomplete: without usa, which could not be reached.";
        assert_eq!((finance.contains(says), finance.contains("502")), (is_marked, is_marked), "{finance}");
        assert!(is_marked || finance.contains("cannot be reached"), "{finance}");
        // A file of numbers has no room for a note, so its name tells.
        let mut browser = site.newcomer("lee@example.com", &["--groups", "finance"]).await;
        let file = browser.get("/reports/daily/panels/sheet.csv").await;
        assert_eq!(file.status, if is_marked { 200 } else { 422 }, "{}", file.text());
        if is_marked {
            let named = file.header("content-disposition");
            assert!(named.contains("incomplete%2C%20without%20usa"), "{named}");
        }

        let lines = |costs: &Value| costs["rows"].as_array().is_some_and(|rows| rows.len() >= 2);
        let by_region = told(&mut administrator, "/api/v1/costs?by=region&role=sales", lines).await;
        let hongkong = row(&by_region, "hongkong");
        let crossed = hongkong["bytes_across_regions"].as_u64().unwrap();
        assert!(crossed > 0, "{by_region}");
        assert_eq!(row(&by_region, "seoul")["bytes_across_regions"], 0, "home");
        let size = std::fs::metadata(folder.path().join("hk/sales.csv")).unwrap().len();
        assert_eq!(hongkong["bytes_if_copied_daily"], size, "once a day, however often it is asked");
    }
}

#[test]
fn files_that_are_sent_without_a_region_are_named_so() {
    let report = REPORT
        .replace("locale: en\n", "locale: en\nmissing_region: mark\n")
        .replace("files: [pdf]", "files: [pdf, csv, xlsx]");
    let folder = in_regions(&report);
    let state = tempfile::tempdir().unwrap();
    let said = Said::of(jangpyo(folder.path(), state.path()).args(["run", "daily/daily"]));
    assert_eq!(said.code, Some(0), "{said:?}");
    let files = files_below(state.path());
    let csv: Vec<&String> = files.iter().filter(|file| file.ends_with(".csv")).collect();
    assert!(csv.len() >= 2, "{files:?}");
    for file in csv {
        assert!(file.contains("(incomplete, without usa)"), "{file}");
    }
    let workbook = files.iter().find(|file| file.ends_with(".xlsx")).unwrap();
    let mut workbook = calamine::open_workbook_auto(state.path().join(workbook)).unwrap();
    for (name, sheet) in workbook.worksheets() {
        let cells: Vec<String> = sheet.rows().flatten().map(ToString::to_string).collect();
        let marked = cells.iter().filter(|cell| cell.to_lowercase().contains("without usa")).count();
        // The first sheet has two key numbers; every other is of one panel.
        let numbers = if cells.iter().any(|cell| cell.ends_with(") rows")) { 2 } else { 1 };
        assert!(marked >= numbers, "{name}: {cells:?}");
    }
}
