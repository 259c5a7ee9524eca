//! Totals where small groups are not shown: whoever takes what is shown off a total must not be left with one of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jangpyo::definitions::model::PanelId;
use jangpyo::render::document::Content;
use jangpyo::runs::evaluate::Evaluator;
use jangpyo::table::Value;

use super::{ACCESS, evaluator, person, question};

/// Groups of fewer rows are not shown.
const FEWEST: usize = 5;

/// Country, store, and its rows in the shop and online. Korea has one store that is too small, America two that are
/// enough together.
const STORES: [(&str, &str, usize, usize); 9] = [
    ("HK", "hk-a", 8, 6),
    ("HK", "hk-b", 9, 7),
    ("KR", "kr-a", 11, 5),
    ("KR", "kr-b", 7, 12),
    ("KR", "kr-small", 1, 1),
    ("US", "us-a", 16, 17),
    ("US", "us-b", 18, 20),
    ("US", "us-small", 3, 0),
    ("US", "us-tiny", 0, 4),
];

const DATASET: &str = "kind: dataset
owner: everybody
source: lake
table: rows.csv
dimensions: {country: {}, store: {}, channel: {}}
measures: {sales: {sql: count(*)}, amount: {sql: sum(amount)}}
security: {rows: {korea_rows: all}, minimum_group: 5}
";

const REPORT: &str = "kind: report
title: Totals
owner: everybody
dataset: data
locale: en
panels:
  nested: {pivot: {rows: [country, store], values: [sales, amount], subtotals: rows, totals: true}}
  crossed: {pivot: {rows: [store], columns: [channel], values: [sales], totals: both}}
  plain: {table: [store, sales], totals: true}
  whole: {table: [country, sales], totals: true}
";

fn workspace() -> (tempfile::TempDir, Evaluator) {
    let mut rows = String::from("country,store,channel,amount\n");
    let mut amount = 1_000;
    for (country, store, shop, online) in STORES {
        for (channel, count) in [("shop", shop), ("online", online)] {
            for _ in 0..count {
                amount += 37;
                writeln!(rows, "{country},{store},{channel},{amount}").unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("sources/lake.yaml", "kind: source\nowner: everybody\nurl: ./data\n"),
        ("data/rows.csv", &rows),
        ("access.yaml", ACCESS),
        ("datasets/data.yaml", DATASET),
        ("hunt-0.yaml", REPORT),
    ] {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let evaluator = evaluator(folder.path());
    (folder, evaluator)
}

/// The rows of a panel as somebody sees them, each as its members and numbers.
async fn lines(evaluator: &Evaluator, panel: &str) -> Vec<Vec<String>> {
    let asked = question("hunt-0", person(&["korea"], &[]), BTreeMap::new());
    let prepared = evaluator.prepare(asked).await.unwrap();
    let block = Box::pin(evaluator.panel(&prepared, &PanelId::parse(panel).unwrap())).await.unwrap();
    let Ok(Content::Table(grid)) = &block.content else { panic!("{:?}", block.content) };
    let all = serde_json::to_string(grid).unwrap();
    assert!(!all.contains("small") && !all.contains("tiny"), "{all}");
    let text = |value: &Value| match value {
        Value::Int(number) => number.to_string(),
        other => other.as_text().unwrap_or_default().to_owned(),
    };
    let columns: Vec<&[Value]> = grid
        .stub
        .iter()
        .map(|column| column.cells.as_slice())
        .chain(grid.columns.iter().map(|column| column.cells.as_slice()))
        .collect();
    (0..grid.len()).map(|row| columns.iter().map(|cells| text(&cells[row])).collect()).collect()
}

/// All numbers of counts that stand anywhere in a panel.
fn counts(lines: &[Vec<String>]) -> Vec<usize> {
    lines.iter().flatten().filter_map(|cell| cell.parse().ok()).filter(|count| *count < 1_000).collect()
}

fn rows_of(keeps: impl Fn(&str, &str) -> bool) -> usize {
    STORES
        .iter()
        .filter(|(country, store, ..)| keeps(country, store))
        .map(|(_, _, shop, online)| shop + online)
        .sum()
}

#[tokio::test]
async fn no_total_less_what_is_shown_is_one_small_group() {
    let (_folder, evaluator) = workspace();
    let (everything, korea) = (rows_of(|_, _| true), rows_of(|country, _| country == "KR"));
    let america = rows_of(|country, _| country == "US");

    let nested = lines(&evaluator, "nested").await;
    let shown = counts(&nested);
    for (_, store, shop, online) in STORES.iter().filter(|store| store.2 + store.3 >= FEWEST) {
        assert!(shown.contains(&(shop + online)), "{store} is large enough: {nested:?}");
    }
    assert!(
        shown.contains(&rows_of(|country, _| country == "HK")),
        "a total of what is shown tells nothing: {nested:?}"
    );
    assert!(shown.contains(&america), "what remains of America is enough: {nested:?}");
    assert!(!shown.contains(&korea), "the rest of Korea is one store: {nested:?}");
    assert!(!shown.contains(&everything), "less all other totals it is Korea: {nested:?}");
    // The sums of money go with the counts.
    let of_korea = nested.iter().filter(|line| line.first().is_some_and(|cell| cell == "KR"));
    let numbers = of_korea.map(|line| line.iter().filter(|cell| cell.parse::<f64>().is_ok()).count());
    assert_eq!(numbers.sum::<usize>(), 4, "two stores with two numbers each: {nested:?}");

    // By channel the two stores of America are alone in theirs.
    let crossed = lines(&evaluator, "crossed").await;
    let shown = counts(&crossed);
    for (channel, all) in [("shop", STORES.map(|store| store.2)), ("online", STORES.map(|store| store.3))] {
        let rest: usize = all.iter().filter(|count| **count < FEWEST).sum();
        assert_eq!((1..FEWEST).contains(&rest), channel == "shop", "the example is what it is meant to be");
        assert_eq!(shown.contains(&all.iter().sum()), channel == "online", "{channel}: {crossed:?}");
    }

    assert!(!counts(&crossed).contains(&everything), "less the one it is the other: {crossed:?}");

    // Of all stores the rest is nine rows, of all countries none.
    let plain = counts(&lines(&evaluator, "plain").await);
    assert!(plain.contains(&everything), "{plain:?}");
    let whole = counts(&lines(&evaluator, "whole").await);
    assert!(whole.contains(&everything) && whole.contains(&korea), "{whole:?}");
}
