use super::*;
use crate::charts::Kind as ChartKind;
use crate::format::rich_text::RichText;
use crate::format::{Grain, Locale, NumberFormat};
use crate::render::document::Approval;
use crate::render::document::{Block, Failure, Kpi, SheetPage};
use crate::table::{Column, Grid, Role, Table, Value};

fn kpi(id: &str, title: &str, value: f64, previous: f64, format: NumberFormat, lower: bool) -> Block {
    Block {
        id: id.into(),
        title: title.into(),
        note: None,
        missing: Vec::new(),
        content: Ok(Content::Kpi(Kpi {
            link: None,
            value: Value::Float(value),
            previous: Some(Value::Float(previous)),
            compared_with: "전주 대비".into(),
            format,
            lower_is_better: lower,
            sparkline: Vec::new(),
        })),
    }
}

fn column(name: &str, role: Role, grain: Option<Grain>, cells: Vec<Value>) -> Column {
    Column { name: name.into(), title: name.into(), role, grain, format: won(), cells }
}

fn won() -> NumberFormat {
    NumberFormat { currency: Some("KRW".into()), compact: true, ..NumberFormat::default() }
}

fn table() -> Table {
    let day = |n: u32| Value::Date(chrono::NaiveDate::from_ymd_opt(2026, 1, n).unwrap());
    Table {
        columns: vec![
            column("날짜", Role::Dimension, Some(Grain::Day), (1..=14).map(day).collect()),
            column(
                "매출",
                Role::Measure,
                None,
                (1..=14).map(|n| Value::Float(f64::from(n * n % 17) * 1e7 + 4e7)).collect(),
            ),
        ],
        totals: None,
        rows_before_limit: 14,
    }
}

fn document() -> Document {
    let chart = Chart {
        links: Vec::new(),
        kind: ChartKind::Line,
        table: table(),
        x: 0,
        y: vec![1],
        by: None,
        line: Vec::new(),
        facet: None,
        compare: false,
        labels: None,
        overlays: crate::charts::Overlays::default(),
        look: crate::charts::Look::default(),
    };
    let count = || NumberFormat { unit: Some("건".into()), ..NumberFormat::default() };
    let block = |id: &str, title: &str, content| Block {
        id: id.into(),
        title: title.into(),
        note: None,
        missing: Vec::new(),
        content,
    };
    Document {
        title: "주간 매출 현황".into(),
        subtitle: "2026년 1월 5일 – 1월 11일 · 국가: 한국".into(),
        locale: Locale::Ko,
        pages: vec![SheetPage {
            fit: false,
            size: (595.0, 842.0),
            rows: vec![
                vec![
                    kpi("revenue", "매출", 137_984_000_000.0, 129_100_000_000.0, won(), false),
                    kpi("orders", "주문", 18_422.0, 18_930.0, count(), false),
                    kpi("returns", "반품", 312.0, 280.0, count(), true),
                    kpi("same", "객단가", 7_490_000.0, 7_490_000.0, won(), false),
                ],
                vec![block("trend", "일별 매출", Ok(Content::Chart(Box::new(chart))))],
                vec![block("sheet", "상세", Ok(Content::Table(Box::new(Grid::of_table(table(), "증감률")))))],
                vec![block("words", "설명", Ok(Content::Text(RichText::plain(&["첫 문단".into()]))))],
            ],
        }],
        header: "".into(),
        footer: "".into(),
        approval: Approval::default(),
        cover: None,
        prepared: Vec::new(),
        logo: None,
        theme: None,
        watermark: String::new(),
        base_url: None,
        period: None,
        owner: "sales".into(),
        evaluated_at: "2026-01-12T00:00:00Z".parse().unwrap(),
        proof: "정의 4f2a9c1 · 데이터 2026-01-11".into(),
        provenance: crate::render::document::Provenance::default(),
        conformance: crate::render::document::Conformance::default(),
    }
}

fn options() -> MailOptions {
    MailOptions {
        show: None,
        message: Some("안녕하세요, 영업팀 여러분.\n\n지난주 실적입니다.".into()),
        dashboard: Some(
            "https://reports.example.com/r/weekly-sales?period=last_complete_week&country=KR".into(),
        ),
        files: vec!["주간 매출 현황 2026-01-12.pdf".into()],
        links: Vec::new(),
        leave: "https://reports.example.com/unsubscribe/0190.abc".into(),
    }
}

#[test]
fn by_default_the_key_numbers_and_the_first_chart_are_shown() {
    let body = mail(&document(), &options()).unwrap();
    assert_eq!(body.images.len(), 1);
    assert!(body.html.contains("src=\"cid:chart-1\""));
    for text in ["매출", "18,422건", "▼", "전주 대비", "일별 매출", "지난주 실적입니다."]
    {
        assert!(body.html.contains(text), "{text} is missing");
    }
    assert!(!body.html.contains("첫 문단"), "texts are shown only when asked for");
    assert!(body.html.contains("period=last_complete_week&#38;country=KR"), "addresses are escaped");
    // Falling returns are good, rising ones bad.
    let returns = body.html.rfind("반품").unwrap();
    assert!(body.html[returns..].find("class=\"bad\"").unwrap() < 700);
    assert!(body.html.len() < 60_000, "Gmail cuts mails over 102 kB: {}", body.html.len());
    if let Some(folder) = std::env::var_os("JANGPYO_KEEP_MAILS") {
        let folder = std::path::PathBuf::from(folder);
        let mut html = body.html.clone();
        for image in &body.images {
            std::fs::write(folder.join(format!("{}.png", image.cid)), &image.png).unwrap();
            html = html.replace(&format!("cid:{}", image.cid), &format!("{}.png", image.cid));
        }
        std::fs::write(folder.join("mail.html"), html).unwrap();
        std::fs::write(folder.join("mail.txt"), &body.text).unwrap();
    }
}

#[test]
fn the_text_says_the_same_without_markup() {
    let body = mail(&document(), &options()).unwrap();
    for text in [
        "주간 매출 현황\n",
        "주문: 18,422건 (−2.7% 전주 대비)\n",
        "대시보드 열기: https://reports.example.com",
    ] {
        assert!(body.text.contains(text), "{text:?} is missing in\n{}", body.text);
    }
    assert!(!body.text.contains('<') && !body.text.contains("&#"), "{}", body.text);
    assert!(!body.text.contains("\n\n\n"), "{}", body.text);
}

#[test]
fn named_panels_are_shown_in_their_order_and_unknown_ones_refused() {
    let show = MailOptions { show: Some(vec!["sheet".into(), "words".into(), "orders".into()]), ..options() };
    let body = mail(&document(), &show).unwrap();
    let at = |text: &str| body.html.rfind(text).unwrap_or_else(|| panic!("{text} is missing"));
    assert!(at(">상세<") < at("첫 문단") && at("첫 문단") < at("18,422건"));
    assert!(body.html.contains("전체 내용은 첨부 파일에 있습니다."), "ten rows of fourteen are shown");
    assert!(body.images.is_empty());
    let error = mail(&document(), &MailOptions { show: Some(vec!["tend".into()]), ..options() }).unwrap_err();
    assert!(error.to_string().contains("`tend`") && error.to_string().contains("trend"), "{error}");
    assert_eq!(error.kind(), Kind::BadDefinition);
}

#[test]
fn hostile_text_is_only_text() {
    let mut document = document();
    let evil = "<script>alert(1)</script>\"><img src=x onerror=y>".to_owned();
    document.title.clone_from(&evil);
    document.subtitle.clone_from(&evil);
    document.proof.clone_from(&evil);
    for block in &mut document.pages[0].rows.iter_mut().flatten() {
        block.title.clone_from(&evil);
        block.note = Some(evil.clone());
    }
    document.pages[0].rows[0][0].content =
        Err(Failure { message: evil.clone(), cause: String::new(), error_id: "e1".into(), closed: false });
    let options = MailOptions {
        show: Some(document.blocks().map(|block| block.id.clone()).collect()),
        message: Some(evil.clone()),
        dashboard: Some("https://x/?a=\"><script>".into()),
        files: vec![evil.clone()],
        links: vec![(evil.clone(), "https://x/?a=\"><script>".into())],
        leave: "https://x/?a=\"><script>".into(),
    };
    let html = mail(&document, &options).unwrap().html;
    assert!(!html.contains("<script") && !html.contains("<img src=x"), "{html}");
}
