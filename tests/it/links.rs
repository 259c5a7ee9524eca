//! Links and events, from the file to paper, workbooks and provenance.

use chrono::{TimeZone as _, Utc};
use jangpyo::access::Viewer;
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::document::{Content, Document};
use jangpyo::render::{pdf, workbook};
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};

use crate::support::python::interpreter;

const DATASET: &str = "
kind: dataset
owner: test
source: lake
table: rows.csv
csv: {types: {day: date, name: text, url: text, amount: int}}
time: day
dimensions:
  day: {}
  name: {link: 'https://erp.example/{name}?d={day}'}
  url: {link: '{url}'}
measures: {amount: {sql: sum(amount)}}
";

const EVENTS: &str = "
kind: dataset
owner: test
source: lake
table: events.csv
csv: {types: {day: date, what: text, name: text}}
time: day
dimensions: {day: {}, what: {}, name: {}}
measures: {rows: {sql: count(*)}}
";

const REPORT: &str = "
kind: report
title: 현황
owner: test
dataset: data
parameters:
  period: {type: period, default: 2026-02}
  name: {type: member, of: name}
panels:
  number: {kpi: amount, drill: {report: main}}
  weeks:
    chart: bar
    x: day
    grain: week
    y: amount
    annotations: {dataset: events, at: day, text: what}
    drill: {report: main, bind: {day: period}}
  names:
    chart: bar
    stacking: stacked
    x: day
    grain: month
    y: amount
    by: name
    drill: {report: main, bind: {name: name}, keep_parameters: false}
  list: {table: [day, name, url, amount], drill: {report: main, bind: {name: name}}}
  nested: {pivot: {rows: [name, day], values: [amount]}}
";

async fn document(name: &str, base: Option<&str>, print: &str) -> Document {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("sources/lake.yaml", "kind: source\nowner: test\nurl: ./data\n");
    put("datasets/data.yaml", DATASET);
    put("datasets/events.yaml", EVENTS);
    put("main.yaml", &format!("{REPORT}{print}"));
    put(
        "data/rows.csv",
        "day,name,url,amount\n2026-02-03,A/1,https://a.example/x,5\n2026-02-11,가 나,javascript:alert(1),7\n\
         2026-02-28,,ftp://a.example,1\n2026-03-01,A/1,https://a.example/y,9\n",
    );
    put(
        "data/events.csv",
        "day,what,name\n2026-02-11,수요일 행사,가 나\n2026-02-09,월요일 행사,A/1\n2026-02-28,말일,A/1\n2026-03-01,다음 달,A/1\n",
    );
    let workspace = Workspace::load(folder.path(), &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let (_catalog, receiver) = tokio::sync::watch::channel(workspace.catalog().clone());
    let settings = EngineSettings { workspace: folder.path().to_path_buf(), ..EngineSettings::default() };
    let base: Option<url::Url> = base.map(|base| base.parse().unwrap());
    let evaluator = Evaluator::new(std::sync::Arc::new(Engine::new(settings).unwrap()), receiver)
        .reached_at(base.as_ref());
    let parameters = if name.is_empty() { [].into() } else { [("name".into(), vec![name.into()])].into() };
    let question = Question {
        report: ReportId::parse("main").unwrap(),
        parameters,
        locale: Some(Locale::Ko),
        now: Utc.with_ymd_and_hms(2026, 3, 2, 0, 0, 0).unwrap(),
        viewer: Viewer::operator(),
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::default(),
    };
    let prepared = evaluator.prepare(question).await.unwrap();
    let document = evaluator.document(&prepared).await;
    let failures: Vec<_> = document.failures().map(|(block, failure)| (&block.id, &failure.cause)).collect();
    assert!(failures.is_empty(), "{failures:?}");
    document
}

fn content<'d>(document: &'d Document, id: &str) -> &'d Content {
    document.blocks().find(|block| block.id == id).unwrap().content.as_ref().unwrap()
}

fn events(document: &Document) -> Vec<(String, String)> {
    let Content::Chart(chart) = content(document, "weeks") else { panic!("a chart") };
    let events = chart.overlays.events.as_ref().unwrap();
    events.list.iter().map(|event| (format!("{:?}", event.at), event.text.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_stand_in_the_bucket_of_their_day_and_follow_the_questions_filters() {
    let all = document("", None, "").await;
    // The week of Wednesday the 11th begins on Monday the 9th; March is not of the period.
    assert_eq!(
        events(&all),
        [
            ("Date(2026-02-09)".into(), "월요일 행사".into()),
            ("Date(2026-02-09)".into(), "수요일 행사".into()),
            ("Date(2026-02-23)".into(), "말일".to_owned()),
        ]
    );
    let versions: Vec<&str> = all.provenance.data.keys().map(String::as_str).collect();
    assert_eq!(versions, ["data", "events"], "the proof names the data of both");
    let one = document("A/1", None, "").await;
    let texts: Vec<String> = events(&one).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["월요일 행사", "말일"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_and_numbers_lead_on_with_their_members() {
    let document = document("", None, "").await;
    let Content::Chart(weeks) = content(&document, "weeks") else { panic!("a chart") };
    // The last week goes on in March, of which the report says nothing.
    assert_eq!(weeks.links.first().unwrap().as_deref(), Some("/reports/main?period=2026-02-01..2026-02-01"));
    assert_eq!(weeks.links.last().unwrap().as_deref(), Some("/reports/main?period=2026-02-23..2026-02-28"));
    let Content::Chart(names) = content(&document, "names") else { panic!("a chart") };
    let links: Vec<&str> = names.links.iter().flatten().map(String::as_str).collect();
    assert!(links.contains(&"/reports/main?name=A%2F1") && links.contains(&"/reports/main?name=%28null%29"));
    let Content::Kpi(number) = content(&document, "number") else { panic!("a number") };
    assert_eq!(number.link.as_deref(), Some("/reports/main?period=2026-02"));
}

#[tokio::test(flavor = "multi_thread")]
async fn members_lead_where_their_dataset_says_and_never_to_other_schemes() {
    let document = document("", None, "").await;
    let links = |id: &str, column: usize| {
        let Content::Table(grid) = content(&document, id) else { panic!("a table") };
        grid.stub[column].links.clone()
    };
    let erp = |rest: &str| Some(format!("https://erp.example/{rest}"));
    assert_eq!(
        links("list", 1),
        [erp("A%2F1?d=2026-02-03"), erp("%EA%B0%80%20%EB%82%98?d=2026-02-11"), None]
    );
    assert_eq!(links("list", 2), [Some("https://a.example/x".to_owned()), None, None]);
    assert!(links("nested", 0).iter().all(Option::is_none), "a group of days stands for no one of them");
}

/// The addresses of all link annotations and the number of link elements, by an independent reader.
fn annotations(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pdf");
    std::fs::write(&path, bytes).unwrap();
    let script = "import sys, pikepdf\n\
        pdf = pikepdf.open(sys.argv[1])\n\
        def elements(node, found):\n\
        \x20   if isinstance(node, pikepdf.Dictionary):\n\
        \x20       if node.get('/S') == '/Link': found.append(node)\n\
        \x20       kids = node.get('/K', [])\n\
        \x20       kids = kids if isinstance(kids, pikepdf.Array) else [kids]\n\
        \x20       for kid in kids: elements(kid, found)\n\
        \x20   return found\n\
        for page in pdf.pages:\n\
        \x20   for a in page.get('/Annots', []):\n\
        \x20       if a.get('/Subtype') == '/Link': print(a.A.URI, a.get('/Contents', ''))\n\
        root = pdf.Root.get('/StructTreeRoot')\n\
        print('elements', len(elements(root, [])) if root is not None else 0)\n";
    let said = std::process::Command::new(interpreter()).args(["-c", script]).arg(&path).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    String::from_utf8(said.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn on_paper_links_are_whole_and_those_without_a_server_are_left_out() {
    for (print, tagged) in [("", false), ("print: {accessible: pdf-ua-1}\n", true)] {
        let with = document("", Some("https://bi.example/jangpyo/"), print).await;
        let made = pdf::pdf(&with).unwrap();
        assert_eq!(made.bytes, pdf::pdf(&with).unwrap().bytes, "the same input gives the same bytes");
        let found = annotations(&made.bytes);
        let leads = |url: &str| found.lines().any(|line| line.starts_with(url));
        assert!(leads("https://erp.example/A%2F1?d=2026-02-03"), "{found}");
        assert!(leads("https://a.example/x"), "{found}");
        assert!(leads("https://bi.example/jangpyo/reports/main?period=2026-02"), "{found}");
        assert!(!found.contains("javascript") && !found.contains("ftp:"), "{found}");
        let count = found.lines().count() - 1;
        assert_eq!(found.contains(&format!("elements {count}")), tagged, "{found}");
        let without = document("", None, print).await;
        assert_eq!(without.provenance.digest, with.provenance.digest, "where it is found is no content");
        let found = annotations(&pdf::pdf(&without).unwrap().bytes);
        assert!(found.contains("https://erp.example/A%2F1") && !found.contains("/reports/main"), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn workbooks_have_the_same_links() {
    let document = document("", Some("https://bi.example"), "").await;
    let bytes = workbook::workbook(&document).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.xlsx");
    std::fs::write(&path, &bytes).unwrap();
    let script = "import sys, openpyxl\n\
        for sheet in openpyxl.load_workbook(sys.argv[1]):\n\
        \x20   for row in sheet.iter_rows():\n\
        \x20       for cell in row:\n\
        \x20           if cell.hyperlink: print(cell.value, cell.hyperlink.target)\n";
    let said = std::process::Command::new(interpreter()).args(["-c", script]).arg(&path).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let found = String::from_utf8(said.stdout).unwrap();
    assert!(found.contains("가 나 https://erp.example/%EA%B0%80%20%EB%82%98?d=2026-02-11"), "{found}");
    assert!(!found.contains("%25"), "nothing is encoded twice: {found}");
    assert!(found.contains("https://a.example/x https://a.example/x"), "{found}");
    assert!(!found.contains(" javascript:"), "{found}");
    // The row leads on by its drill; letters of other scripts stand in the address as they are.
    assert!(
        found.contains("javascript:alert(1) https://bi.example/reports/main?period=2026-02&name=가+나"),
        "{found}"
    );
}
