//! Data that are not as they should be, all the way to the page, the sheet and the file.

use std::fmt::Write as _;
use std::path::Path;

use chrono::Utc;
use jangpyo::access::Viewer;
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::{Content, Document};
use jangpyo::render::{csv, html, pdf};
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};

use crate::support::pdf::Pdf;

const DATASET: &str = "
kind: dataset
owner: test
source: lake
table: rows.csv
csv: {types: {day: date, name: text, amount: float, exact: 'decimal(38,4)'}, null_values: ['NA']}
time: day
dimensions: {day: {}, name: {}}
measures:
  amount: {sql: sum(amount), format: {currency: KRW, compact: true}}
  exact: {sql: max(exact)}
  rows: {sql: count(*)}
metrics: {ratio: {sql: amount / (rows - rows), format: {percent: true}}}
";

const REPORT: &str = r#"
kind: report
title: "<script>alert('제목')</script> & 관리자"
owner: test
dataset: data
parameters: {period: {type: period, default: all, compare: previous_period}}
panels:
  kpi: {kpi: amount}
  ratio: {kpi: ratio}
  line: {chart: line, x: day, grain: month, y: amount}
  bars: {chart: bar, x: name, y: amount}
  ranking: {chart: bar, horizontal: true, x: name, y: amount, top: 5}
  donut: {chart: donut, x: name, y: amount}
  area: {chart: area, stacking: percent, x: day, grain: year, y: rows, by: name}
  grid: {chart: heatmap, x: day, grain: year, y: amount, by: name}
  combo: {chart: combo, x: name, y: rows, line: amount}
  sheet: {table: [day, name, amount, exact, rows, ratio], totals: true, sort: [day, name]}
"#;

async fn document(rows: &str) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sources/lake.yaml", "kind: source\nowner: test\nurl: ./data\n");
    put("datasets/data.yaml", DATASET);
    put("hostile.yaml", REPORT);
    put("data/rows.csv", rows);
    evaluate(folder.path()).await
}

async fn evaluate(folder: &Path) -> Document {
    let workspace = Workspace::load(folder, &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(!workspace.has_errors(), "{}", problems.join("\n"));
    let settings = EngineSettings { workspace: folder.to_owned(), threads: 2, ..EngineSettings::default() };
    let (_catalog, receiver) = tokio::sync::watch::channel(workspace.catalog().clone());
    let evaluator = Evaluator::new(std::sync::Arc::new(Engine::new(settings).unwrap()), receiver);
    let question = Question {
        report: ReportId::parse("hostile").unwrap(),
        parameters: std::collections::BTreeMap::default(),
        locale: Some(Locale::Ko),
        now: Utc::now(),
        viewer: Viewer::operator(),
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::default(),
    };
    evaluator.document(&evaluator.prepare(question).await.unwrap()).await
}

/// Everything that can be made of a document is made and is well-formed.
fn make_everything(document: &Document) -> (Pdf, String) {
    let failed: Vec<_> =
        document.failures().map(|(block, failure)| format!("{}: {}", block.id, failure.cause)).collect();
    assert!(failed.is_empty(), "{failed:?}");
    let page = html::page(document).unwrap();
    assert!(!page.contains("<script"), "a label became markup");
    for block in document.blocks() {
        if let Ok(Content::Table(table)) = &block.content {
            csv::grid_csv(table, Locale::Ko, csv::ByteOrderMark::Present);
        }
    }
    let made = pdf::pdf(document).unwrap();
    assert!(
        made.undrawn.is_empty(),
        "{:?}",
        made.undrawn.iter().map(|undrawn| &undrawn.problem).collect::<Vec<_>>()
    );
    let pdf = Pdf::new(&made.bytes);
    pdf.assert_sound();
    (pdf, page)
}

#[tokio::test]
async fn nothing_but_a_header() {
    let (pdf, _) = make_everything(&document("day,name,amount,exact\n").await);
    assert!(pdf.text().contains("데이터가 없습니다") || pdf.text().contains("없습니다"), "{}", pdf.text());
}

#[tokio::test]
async fn columns_without_a_single_value() {
    make_everything(&document("day,name,amount,exact\n2026-01-01,NA,NA,NA\n2026-02-01,NA,NA,NA\n").await);
}

#[tokio::test]
async fn labels_that_are_markup_long_and_from_every_script() {
    let long = "가나다".repeat(3_400);
    let names = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(2)>",
        "=HYPERLINK(\"\"http://example.com\"\")",
        "שלום עולם",
        "مرحبا \u{202e}بالعالم",
        "😀👨‍👩‍👧‍👦🇰🇷",
        "a\u{0}b\u{7}c",
        "&amp; &lt; ' \"\" ]]>",
        "尖沙咀店 · 乜嘢係㗎",
        &long,
    ];
    let mut rows = "day,name,amount,exact\n".to_owned();
    for (number, name) in names.iter().enumerate() {
        writeln!(rows, "2026-{:02}-05,\"{name}\",{},1", number % 12 + 1, number * 10).unwrap();
    }
    let document = document(&rows).await;
    let (pdf, page) = make_everything(&document);
    assert!(page.contains("&lt;script"), "the label is shown as text");
    assert!(pdf.text().contains("尖沙咀店"), "{}", pdf.text());
    let made = pdf::pdf(&document).unwrap();
    assert!(
        made.missing_glyphs.contains(&'ש') && !made.missing_glyphs.contains(&'😀'),
        "{:?}",
        made.missing_glyphs
    );
}

#[tokio::test]
async fn numbers_beyond_the_ordinary() {
    let rows = "day,name,amount,exact\n\
        0001-01-01,nan,NaN,1\n9999-12-31,inf,inf,12345678901234567890123456789012.3456\n\
        2026-01-01,minus,-inf,-1\n2026-01-02,tiny,1e-300,0\n2026-01-03,huge,1e300,0\n2026-01-04,zero,0,0\n\
        2026-01-05,negative,-12345.678,0\n";
    let (pdf, _) = make_everything(&document(rows).await);
    let text = pdf.text();
    assert!(text.contains("12,345,678,901,234,567,890,123,456,789,012.3456"), "all digits: {text}");
    assert!(text.contains("9999"), "the year 9999: {text}");
}

#[tokio::test]
async fn ten_thousand_members_on_every_chart() {
    let mut rows = "day,name,amount,exact\n".to_owned();
    for number in 0..10_000 {
        writeln!(rows, "2026-{:02}-{:02},상품 {number:05},{number},1", number % 12 + 1, number % 28 + 1)
            .unwrap();
    }
    let document = document(&rows).await;
    // A chart may refuse what nobody could read, if it says so; the others are drawn.
    let refused: Vec<_> =
        document.failures().map(|(block, failure)| (block.id.clone(), failure.cause.clone())).collect();
    assert!(refused.is_empty(), "{refused:?}");
    let made = pdf::pdf(&document).unwrap();
    for undrawn in &made.undrawn {
        assert!(undrawn.problem.contains("marks") || undrawn.problem.contains("표시"), "{}", undrawn.problem);
    }
    let pdf = Pdf::new(&made.bytes);
    pdf.assert_sound();
    let text = pdf.text();
    assert!(text.contains("상품 09999") && text.contains("상품 00000"), "no row is cut");
    assert!(made.pages > 100, "{} pages", made.pages);
}
