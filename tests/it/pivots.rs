//! Pivots through the engine, held cell by cell against a naive evaluation of the same rows: every kind
//! of measure, every level of subtotals and totals on both axes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use jangpyo::access::Viewer;
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::{Content, Document};
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};
use jangpyo::table::{Grid, Part, Value};

const SOURCE: &str = "kind: source\nowner: test\nurl: ./data\n";
const DATASET: &str = "
kind: dataset
owner: test
source: lake
table: rows.csv
time: day
dimensions:
  day: {type: date}
  country: {}
  store: {}
  channel: {}
measures:
  amount: {sql: sum(amount)}
  customers: {sql: count(distinct customer)}
  largest: {sql: max(amount)}
  middle: {sql: percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)}
metrics:
  per_customer: {sql: amount / customers}
";

/// One row of the data.
#[derive(Debug, Clone)]
struct Sale {
    day: String,
    country: &'static str,
    store: String,
    channel: &'static str,
    customer: u32,
    amount: i64,
}

/// Rows of two years, from a small generator of its own; some combinations have none.
fn sales() -> Vec<Sale> {
    let mut state = 12_345_u32;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    (0..900)
        .map(|_| {
            let country = ["KR", "HK", "US"][next(3) as usize];
            Sale {
                day: format!("{}-{:02}-{:02}", 2024 + next(2), 1 + next(12), 1 + next(28)),
                country,
                store: format!("{country}-{}", next(4)),
                channel: ["store", "online"][usize::from(next(5) == 0)],
                customer: next(60),
                amount: i64::from(next(2_000)) - 300,
            }
        })
        .filter(|sale| !(sale.country == "US" && sale.channel == "online"))
        .collect()
}

/// What each measure is over some rows.
fn naive(rows: &[&Sale]) -> BTreeMap<&'static str, Option<f64>> {
    let mut amounts: Vec<i64> = rows.iter().map(|sale| sale.amount).collect();
    amounts.sort_unstable();
    let some = |number: f64| (!rows.is_empty()).then_some(number);
    let sum: i64 = amounts.iter().sum();
    let customers = rows.iter().map(|sale| sale.customer).collect::<BTreeSet<_>>().len() as f64;
    let middle = match amounts.len() {
        0 => 0.0,
        count => (amounts[(count - 1) / 2] + amounts[count / 2]) as f64 / 2.0,
    };
    BTreeMap::from([
        ("amount", some(sum as f64)),
        ("customers", some(customers)),
        ("largest", amounts.last().map(|largest| *largest as f64)),
        ("middle", some(middle)),
        ("per_customer", some(sum as f64 / customers)),
    ])
}

async fn document(folder: &Path, sales: &[Sale], panels: &str, period: &str) -> Document {
    let mut rows = String::from("day,country,store,channel,customer,amount\n");
    for Sale { day, country, store, channel, customer, amount } in sales {
        writeln!(rows, "{day},{country},{store},{channel},{customer},{amount}").unwrap();
    }
    let report = format!(
        "kind: report\ntitle: Pivots\nowner: test\ndataset: data\nparameters:\n  period: {{type: period, default: {period}, compare: same_period_last_year}}\npanels:\n{panels}"
    );
    let files = [
        ("sources/lake.yaml", SOURCE),
        ("datasets/data.yaml", DATASET),
        ("pivots.yaml", &report),
        ("data/rows.csv", &rows),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = Workspace::load(folder, &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(!workspace.has_errors(), "{}", problems.join("\n"));
    let settings = EngineSettings { workspace: folder.to_owned(), threads: 2, ..EngineSettings::default() };
    let (_catalog, receiver) = tokio::sync::watch::channel(workspace.catalog().clone());
    let evaluator = Evaluator::new(std::sync::Arc::new(Engine::new(settings).unwrap()), receiver);
    let question = Question {
        report: ReportId::parse("pivots").unwrap(),
        parameters: BTreeMap::default(),
        locale: Some(Locale::En),
        now: "2026-01-15T08:00:00+09:00".parse().unwrap(),
        viewer: Viewer::operator(),
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::default(),
    };
    evaluator.document(&evaluator.prepare(question).await.unwrap()).await
}

fn grid<'d>(document: &'d Document, panel: &str) -> &'d Grid {
    let block = document.blocks().find(|block| block.id == panel).unwrap();
    match &block.content {
        Ok(Content::Table(grid)) => grid,
        Ok(_) => panic!("{panel} is no table"),
        Err(failure) => panic!("{panel}: {}", failure.cause),
    }
}

fn texts(values: &[Value]) -> Vec<Option<String>> {
    values.iter().map(|value| value.as_text().map(str::to_owned)).collect()
}

fn assert_close(found: Option<f64>, expected: Option<f64>, what: &str) {
    let same = match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
        (found, expected) => found == expected,
    };
    assert!(same, "{what}: found {found:?}, expected {expected:?}");
}

#[tokio::test]
async fn every_total_of_every_kind_of_measure_is_what_a_naive_evaluation_gives() {
    let sales = sales();
    let folder = tempfile::tempdir().unwrap();
    let panel = "  sheet:
    pivot:
      rows: [country, store]
      columns: [day:year, channel]
      values: [amount, customers, largest, middle, per_customer]
      subtotals: both
      totals: both
";
    let document = document(folder.path(), &sales, panel, "all").await;
    let grid = grid(&document, "sheet");
    let stores = sales.iter().map(|sale| &sale.store).collect::<BTreeSet<_>>().len();
    assert_eq!(grid.body_rows(), stores);
    assert_eq!(grid.len(), stores + 3 + 1, "a subtotal per country and a total");
    // Two years of two channels and a subtotal each, and a total, with five measures in each.
    assert_eq!(grid.columns.len(), (2 * 3 + 1) * 5);
    let (countries, names) = (texts(&grid.stub[0].cells), texts(&grid.stub[1].cells));
    let mut checked = 0;
    for row in 0..grid.len() {
        for column in &grid.columns {
            // The name tells the members: `2024.online.amount`, `2024.Subtotal.amount`, `Total.amount`.
            let parts: Vec<&str> = column.name.split('.').collect();
            let (measure, members) = parts.split_last().unwrap();
            let year = members.first().filter(|_| column.part != Part::Total);
            let channel = members.get(1).filter(|_| column.part == Part::Body);
            let rows: Vec<&Sale> = sales
                .iter()
                .filter(|sale| countries[row].as_ref().is_none_or(|country| country == sale.country))
                .filter(|sale| names[row].as_ref().is_none_or(|store| *store == sale.store))
                .filter(|sale| year.is_none_or(|year| sale.day.starts_with(year)))
                .filter(|sale| channel.is_none_or(|channel| sale.channel == *channel))
                .collect();
            let what = format!("{:?} {:?} × {}", countries[row], names[row], column.name);
            assert_close(column.cells[row].as_f64(), naive(&rows)[measure], &what);
            checked += 1;
        }
    }
    assert_eq!(checked, grid.len() * 35);
    let total = grid.rows.last().unwrap();
    assert_eq!(total.part, Part::Total);
}

#[tokio::test]
async fn derived_values_follow_from_queried_ones() {
    let sales = sales();
    let folder = tempfile::tempdir().unwrap();
    let panel = "  sheet:
    pivot:
      rows: [country, store]
      columns: [day:quarter]
      values:
        - amount
        - {of: amount, show: share_of_total}
        - {of: customers, show: share_of_column}
        - {of: amount, show: share_of_row}
        - {of: amount, show: share_of_group}
        - {of: amount, show: running_total}
        - {of: amount, show: rank}
        - {of: amount, show: step}
        - {of: amount, show: previous}
        - {of: per_customer, show: change}
        - {expression: amount - amount.previous, title: More}
      subtotals: rows
      totals: both
";
    let document = document(folder.path(), &sales, panel, "2025").await;
    let grid = grid(&document, "sheet");
    let (countries, names) = (texts(&grid.stub[0].cells), texts(&grid.stub[1].cells));
    let quarter = |sale: &Sale| (sale.day[5..7].parse::<u32>().unwrap() - 1) / 3;
    let select = |year: &str, country: Option<&String>, store: Option<&String>, at: Option<u32>| {
        let rows: Vec<&Sale> = sales
            .iter()
            .filter(|sale| sale.day.starts_with(year))
            .filter(|sale| country.is_none_or(|country| country == sale.country))
            .filter(|sale| store.is_none_or(|store| *store == sale.store))
            .filter(|sale| at.is_none_or(|at| quarter(sale) == at))
            .collect();
        naive(&rows)
    };
    let values = grid.values.len();
    let ratio = |a: Option<f64>, b: Option<f64>| a.zip(b).filter(|(_, b)| *b != 0.0).map(|(a, b)| a / b);
    for row in 0..grid.len() {
        let (country, store) = (countries[row].as_ref(), names[row].as_ref());
        for (group, columns) in grid.columns.chunks(values).enumerate() {
            let at = (group < 4).then_some(group as u32);
            let now = select("2025", country, store, at);
            let before = select("2024", country, store, at);
            let all = select("2025", None, None, None);
            let found: Vec<Option<f64>> = columns.iter().map(|column| column.cells[row].as_f64()).collect();
            let what = |name: &str| format!("{name} of {country:?} {store:?} in {at:?}");
            assert_close(found[0], now["amount"], &what("amount"));
            assert_close(found[1], ratio(now["amount"], all["amount"]), &what("share of total"));
            let column = select("2025", None, None, at);
            assert_close(found[2], ratio(now["customers"], column["customers"]), &what("share of column"));
            let own = select("2025", country, store, None);
            assert_close(found[3], ratio(now["amount"], own["amount"]), &what("share of row"));
            let parent = match (country, store) {
                (Some(_), Some(_)) => select("2025", country, None, at),
                _ => select("2025", None, None, at),
            };
            assert_close(found[4], ratio(now["amount"], parent["amount"]), &what("share of group"));
            let running = at.map(|at| {
                (0..=at).filter_map(|at| select("2025", country, store, Some(at))["amount"]).sum::<f64>()
            });
            assert_close(found[5].or(running.filter(|sum| *sum == 0.0)), running, &what("running total"));
            if let Some(at) = at.filter(|at| *at > 0) {
                let step = now["amount"].zip(select("2025", country, store, Some(at - 1))["amount"]);
                assert_close(found[7], step.map(|(now, before)| now - before), &what("step"));
            } else {
                assert_eq!(found[7], None, "{}", what("the first column has no step"));
            }
            assert_close(found[8], before["amount"], &what("previous"));
            let change = now["per_customer"].zip(before["per_customer"]).filter(|(_, before)| *before != 0.0);
            let change = change.map(|(now, before)| (now - before) / before.abs());
            assert_close(found[9], change, &what("change of a ratio"));
            let more = now["amount"].zip(before["amount"]).map(|(now, before)| now - before);
            assert_close(found[10], more, &what("computation"));
        }
    }
    // Ranks: within each country, the store with the largest amount is first.
    for column in grid.columns.iter().filter(|column| column.name.ends_with("amount.rank")) {
        for country in ["KR", "HK", "US"] {
            let own = |row: &usize| countries[*row].as_deref() == Some(country) && names[*row].is_some();
            let ranks: Vec<i64> = (0..grid.len())
                .filter(own)
                .filter_map(|row| column.cells[row].as_f64())
                .map(|rank| rank as i64)
                .collect();
            assert_eq!(ranks.iter().min(), Some(&1), "{} {country}", column.name);
            assert!(ranks.iter().all(|rank| *rank <= ranks.len() as i64), "{ranks:?}");
        }
    }
}

#[tokio::test]
async fn groups_are_sorted_by_their_own_totals_and_cut_rows_are_told() {
    let sales = sales();
    let folder = tempfile::tempdir().unwrap();
    let panels = "  sorted:
    pivot: {rows: [country, store], values: [amount], sort: [-amount], subtotals: rows, totals: true}
  cut:
    pivot: {rows: [country, store], values: [amount], subtotals: rows, totals: true, limit: 5}
  lines:
    pivot: {values_on: rows, rows: [country], columns: [channel], values: [amount, {group: People, values: [customers, per_customer]}], totals: both}
";
    let document = document(folder.path(), &sales, panels, "all").await;
    let sorted = grid(&document, "sorted");
    let subtotals: Vec<f64> = (0..sorted.len())
        .filter(|row| matches!(sorted.rows[*row].part, Part::Subtotal(0)))
        .map(|row| sorted.columns[0].cells[row].as_f64().unwrap())
        .collect();
    assert_eq!(subtotals.len(), 3);
    assert!(subtotals.is_sorted_by(|a, b| a >= b), "{subtotals:?}");
    for group in sorted.rows.split(|row| matches!(row.part, Part::Subtotal(_))) {
        assert!(group.len() <= 4);
    }
    let cut = grid(&document, "cut");
    assert!(cut.is_cut());
    assert_eq!((cut.body_rows(), cut.rows_before_limit), (5, 12));
    let total = cut.columns[0].cells.last().unwrap().as_f64();
    let all: Vec<&Sale> = sales.iter().collect();
    assert_close(total, naive(&all)["amount"], "the total is over all rows, not the shown ones");
    let lines = grid(&document, "lines");
    assert_eq!(lines.columns.len(), 3);
    assert_eq!(lines.len(), 3 * 4, "three measures for three countries and the total");
    let last = lines.len() - 1;
    assert_eq!(lines.label_text(last, Locale::En).unwrap().1, "per_customer");
    assert_eq!(lines.member_text(last, 0, Locale::En), "Total");
    assert_eq!(lines.member_text(last, 1, Locale::En), "People");
    assert_close(lines.cell(last, 2).as_f64(), naive(&all)["per_customer"], "the last cell");
}
