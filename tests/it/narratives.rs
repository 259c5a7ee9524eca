//! Words with values in them, from the file to the sheet.

use chrono::{TimeZone as _, Utc};
use jangpyo::access::Viewer;
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::{Content, Document};
use jangpyo::render::pdf;
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};

use crate::support::pdf::Pdf;

const DATASET: &str = "
kind: dataset
owner: test
source: lake
table: rows.csv
csv: {types: {day: date, name: text, amount: int}}
time: day
dimensions: {day: {}, name: {}}
measures:
  amount: {sql: sum(amount), format: {currency: KRW, compact: true}}
  rows: {sql: count(*)}
metrics: {share: {sql: rows / amount, format: {percent: true}}}
";

const REPORT: &str = r"
kind: report
title: 월간 **현황**
owner: 영업팀
dataset: data
parameters: {period: {type: period, default: 2026-02, compare: previous_period}}
panels:
  whole:
    text: |
      {title} {period} ← {previous_period}

      매출은 **{amount:이/가}** 아니라 {amount|full:으로/로} 전월 {amount.previous} 대비 {amount.difference}({amount.change})
      {if amount < amount.previous * 0.9 and rows > 1}

      - 감소 {rows:은/는}
      {else}

      - 증가
      {end}

      {if share is null}없음{else}{share}{end} {{그대로}}
  one: {text: '{rows}건 {amount.change}', filters: {name: 나}, note: 나만}
  none: {text: '{amount:은/는} {amount.change} {if amount > 0}있음{else}없음{end}', filters: {name: 아무도}}
  words: {text: '값 없이 {owner}'}
print:
  approval: {stages: [담당, 팀장], corner: bottom_right, names: [김영희]}
  cover: {organisation: 장표상사}
  prepared: {by: '{owner}', as_of: '{period}'}
  footnotes: [반품을 뺀 금액]
  watermark: 대외비
  footer: {left: '{title}', center: '{page}/{pages}', right: '{section_page}/{section_pages}'}
";

async fn document() -> Document {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sources/lake.yaml", "kind: source\nowner: test\nurl: ./data\n");
    put("datasets/data.yaml", DATASET);
    put("words.yaml", REPORT);
    put(
        "data/rows.csv",
        "day,name,amount\n2026-01-05,가,30000\n2026-01-06,나,1000\n2026-02-05,가,12000\n2026-02-06,나,345\n",
    );
    let workspace = Workspace::load(folder.path(), &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let settings =
        EngineSettings { workspace: folder.path().to_owned(), threads: 2, ..EngineSettings::default() };
    let (_catalog, receiver) = tokio::sync::watch::channel(workspace.catalog().clone());
    let evaluator = Evaluator::new(std::sync::Arc::new(Engine::new(settings).unwrap()), receiver);
    let question = Question {
        report: ReportId::parse("words").unwrap(),
        parameters: std::collections::BTreeMap::default(),
        locale: Some(Locale::Ko),
        now: Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap(),
        viewer: Viewer::operator(),
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::default(),
    };
    evaluator.document(&evaluator.prepare(question).await.unwrap()).await
}

fn lines(document: &Document, id: &str) -> Vec<String> {
    let block = document.blocks().find(|block| block.id == id).unwrap();
    match &block.content {
        Ok(Content::Text(text)) => text.lines(),
        other => panic!("{id}: {other:?}"),
    }
}

#[tokio::test]
async fn values_particles_and_choices_reach_the_words_and_the_sheet() {
    let document = document().await;
    assert_eq!(
        lines(&document, "whole"),
        [
            "월간 **현황** 2026-02-01 – 2026-02-28 ← 2026-01-01 – 2026-01-31",
            "매출은 ₩1.23만이 아니라 ₩12,345으로 전월 ₩3.1만 대비 −₩1.87만(−60.2%)",
            "• 감소 2는",
            "0.02% {그대로}",
        ]
    );
    assert_eq!(lines(&document, "one"), ["1건 −65.5%"]);
    assert_eq!(lines(&document, "none"), ["–은(는) – 없음"]);
    assert_eq!(lines(&document, "words"), ["값 없이 영업팀"]);
    let made = pdf::pdf(&document).unwrap();
    let pdf = Pdf::new(&made.bytes);
    pdf.assert_sound();
    let text = pdf.text();
    for wanted in ["장표상사", "₩12,345으로", "김영희", "작성자", "영업팀", "¹ 반품을 뺀 금액", "2/2", "1/1"]
    {
        assert!(text.contains(wanted), "`{wanted}` is not in {text}");
    }
}
