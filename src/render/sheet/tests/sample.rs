//! Documents to lay out in tests.

use std::sync::Arc;

use chrono::{NaiveDate, TimeZone, Utc};

use crate::charts::{Chart, Kind, Stacking};
use crate::format::rich_text::RichText;
use crate::format::{Grain, Locale, NumberFormat};
use crate::render::document::Approval;
use crate::render::document::{Block, Content, Document, Failure, Kpi, SheetPage};
use crate::table::{Column, Grid, Role, Table, Value};

pub(super) const A4: (f32, f32) = (595.28, 841.89);
pub(super) const A4_LANDSCAPE: (f32, f32) = (841.89, 595.28);

pub(in crate::render) fn text(value: &str) -> Value {
    Value::Text(Arc::from(value))
}

pub(super) fn block(id: &str, title: &str, content: Content) -> Block {
    Block { id: id.into(), title: title.into(), note: None, missing: Vec::new(), content: Ok(content) }
}

pub(in crate::render) fn column(name: &str, title: &str, role: Role, cells: Vec<Value>) -> Column {
    let (name, title) = (name.to_owned(), title.to_owned());
    Column { name, title, role, grain: None, format: NumberFormat::default(), cells }
}

pub(super) fn document(size: (f32, f32), rows: Vec<Vec<Block>>) -> Document {
    Document {
        title: "주간 매출 현황".into(),
        subtitle: "2026-11-16 ~ 2026-11-22 · 국가 한국, 홍콩 · 채널 전체".into(),
        locale: Locale::Ko,
        pages: vec![SheetPage { size, rows, fit: false }],
        header: "영업본부 대외비".into(),
        footer: "주간 매출 현황 · {page} / {pages}".into(),
        approval: Approval::default(),
        cover: None,
        prepared: Vec::new(),
        logo: None,
        theme: None,
        watermark: String::new(),
        base_url: None,
        period: None,
        owner: "sales_analytics".into(),
        evaluated_at: Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap(),
        proof: "정의 3fa20a2 · 데이터 2026-11-22 · 실행 0193".into(),
        provenance: crate::render::document::Provenance::default(),
        conformance: crate::render::document::Conformance::default(),
    }
}

/// What the sample says in each language.
struct Words {
    titles: [&'static str; 4],
    with: &'static str,
    stores: [&'static str; 6],
    categories: [&'static str; 4],
    columns: [&'static str; 6],
    panels: [&'static str; 4],
    text: &'static str,
    approval: [&'static str; 3],
    title: &'static str,
    subtitle: &'static str,
    header: &'static str,
    currency: &'static str,
}

fn words(locale: Locale) -> Words {
    match locale {
        Locale::Ko => Words {
            titles: ["매출", "주문 수", "객단가", "반품률"],
            with: "전주 대비",
            stores: [
                "강남 플래그십 스토어",
                "명동점",
                "홍대입구역점",
                "부산 센텀시티점",
                "대구 동성로점",
                "제주 공항면세점",
            ],
            categories: ["스킨케어", "메이크업", "헤어·바디", "건강기능식품"],
            columns: ["매장", "상품군", "개점일", "매출", "주문 수", "객단가"],
            panels: ["일별 매출 추이", "상품군별 구성", "매장별 실적", "담당자 의견"],
            text: "이번 주 매출은 전주보다 늘었으나, 반품률이 함께 높아졌습니다(특히 ‘헤어·바디’ 상품군). 명동점은 관광객 수요 회복으로 3주 연속 상승하였으며, 부산 센텀시티점은 리뉴얼 공사로 영업시간이 단축되어 감소하였습니다.",
            approval: ["담당", "팀장", "본부장"],
            title: "주간 매출 현황",
            subtitle: "2026-11-16 ~ 2026-11-22 · 국가 한국, 홍콩 · 채널 전체 · 전주 비교",
            header: "영업본부 대외비",
            currency: "KRW",
        },
        Locale::En => Words {
            titles: ["Revenue", "Orders", "Order value", "Return rate"],
            with: "vs. previous week",
            stores: [
                "Gangnam Flagship Store",
                "Myeongdong",
                "Hongdae Station",
                "Busan Centum City",
                "Daegu Dongseong-ro",
                "Jeju Airport Duty Free",
            ],
            categories: ["Skin care", "Make-up", "Hair & body", "Health food"],
            columns: ["Store", "Category", "Opened", "Net revenue", "Orders", "Order value"],
            panels: ["Revenue by day", "Share by category", "Results by store", "Comment of the team"],
            text: "Revenue rose against the previous week, but so did returns, above all in hair & body. Myeongdong grew for the third week on the return of tourists; Busan Centum City fell because of shorter hours during its renovation.",
            approval: ["Prepared", "Reviewed", "Approved"],
            title: "Weekly sales",
            subtitle: "Nov 16 – Nov 22, 2026 · Country: Korea, Hong Kong · Channel: all · compared with the previous week",
            header: "Sales division, confidential",
            currency: "USD",
        },
        Locale::ZhHk => Words {
            titles: ["銷售額", "訂單數", "平均訂單金額", "退貨率"],
            with: "較上週",
            stores: [
                "銅鑼灣旗艦店",
                "尖沙咀海港城店",
                "旺角朗豪坊店",
                "沙田新城市廣場店",
                "元朗形點店",
                "香港國際機場免稅店",
            ],
            categories: ["護膚", "彩妝", "髮膚護理", "健康食品"],
            columns: ["分店", "類別", "開業日期", "銷售額", "訂單數", "平均訂單金額"],
            panels: ["每日銷售趨勢", "類別佔比", "分店業績", "同事意見"],
            text: "本週銷售額較上週上升，惟退貨率亦同時上升（尤以「髮膚護理」類別為甚）。尖沙咀海港城店因旅客回流連續三週上升；沙田新城市廣場店因裝修縮短營業時間而下跌。",
            approval: ["經辦", "經理", "總經理"],
            title: "每週銷售報告",
            subtitle: "2026年11月16日 – 11月22日 · 國家/地區：香港、韓國 · 渠道：全部 · 與上週比較",
            header: "銷售部 內部文件",
            currency: "HKD",
        },
    }
}

fn money(locale: Locale) -> NumberFormat {
    NumberFormat { currency: Some(words(locale).currency.into()), compact: true, ..NumberFormat::default() }
}

fn kpis(locale: Locale, count: usize) -> Vec<Block> {
    let words = words(locale);
    let percent = NumberFormat { percent: true, ..NumberFormat::default() };
    let numbers = [
        (Value::Int(1_284_500_000), Value::Int(1_142_300_000), money(locale), false),
        (Value::Int(28_441), Value::Int(29_020), NumberFormat::default(), false),
        (Value::Int(45_163), Value::Int(39_362), money(locale), false),
        (Value::Float(0.0412), Value::Float(0.0367), percent, true),
    ];
    let kpi =
        |(index, (value, previous, format, lower_is_better)): (usize, (Value, Value, NumberFormat, bool))| {
            let sparkline =
                (0..14).map(|day| Some(f64::from((day * 37 + index as i32 * 11) % 23) + f64::from(day)));
            let kpi = Kpi {
                link: None,
                value,
                previous: Some(previous),
                compared_with: words.with.into(),
                format,
                lower_is_better,
                sparkline: sparkline.collect(),
            };
            block(&format!("kpi{index}"), words.titles[index], Content::Kpi(kpi))
        };
    numbers.into_iter().take(count).enumerate().map(kpi).collect()
}

fn chart(locale: Locale, kind: Kind, days: usize) -> Content {
    let words = words(locale);
    let mut cells: [Vec<Value>; 3] = Default::default();
    for day in 0..days {
        for (index, category) in words.categories.iter().enumerate() {
            let date = NaiveDate::from_ymd_opt(2026, 11, 9).unwrap() + chrono::Days::new(day as u64);
            cells[0].push(Value::Date(date));
            cells[1].push(text(category));
            let wave = ((day * 13 + index * 7) % 17) as i64;
            cells[2].push(Value::Int(24_000_000 + wave * 2_100_000 - index as i64 * 4_000_000));
        }
    }
    let [dates, categories, revenue] = cells;
    let mut columns = vec![
        column("order_date", "", Role::Dimension, dates),
        column("category", "", Role::Dimension, categories),
        column("revenue", words.titles[0], Role::Measure, revenue),
    ];
    columns[0].grain = Some(Grain::Day);
    columns[2].format = money(locale);
    let rows_before_limit = columns[0].cells.len();
    let table = Table { columns, totals: None, rows_before_limit };
    let by_category = kind == Kind::Donut;
    let (x, by) = if by_category { (1, None) } else { (0, Some(1)) };
    Content::Chart(Box::new(Chart {
        links: Vec::new(),
        kind,
        table,
        x,
        y: vec![2],
        by,
        line: vec![],
        facet: None,
        compare: false,
        labels: None,
        overlays: crate::charts::Overlays::default(),
        look: crate::charts::Look::default(),
    }))
}

/// A table of stores with money, counts and changes.
pub(super) fn ledger(locale: Locale, rows: usize) -> Table {
    let words = words(locale);
    let number = |row: usize, factor: i64| (row as i64 * 7919 + 104_729) % 9_973 * factor;
    let mut columns = vec![
        column("store", words.columns[0], Role::Dimension, Vec::new()),
        column("category", words.columns[1], Role::Dimension, Vec::new()),
        column("opened", words.columns[2], Role::Dimension, Vec::new()),
        column("revenue", words.columns[3], Role::Measure, Vec::new()),
        column("revenue.previous", words.columns[3], Role::Previous, Vec::new()),
        column("orders", words.columns[4], Role::Measure, Vec::new()),
        column("order_value", words.columns[5], Role::Measure, Vec::new()),
    ];
    for row in 0..rows {
        let revenue = number(row, 12_345);
        let store = format!("{} {}", words.stores[row % 6], row + 1);
        let opened = NaiveDate::from_ymd_opt(2015, 3, 2).unwrap() + chrono::Days::new(row as u64 * 17 % 3650);
        let order_value = Value::Decimal { unscaled: i128::from(number(row, 411)), scale: 2 };
        let cells = [
            text(&store),
            text(words.categories[row % 4]),
            Value::Date(opened),
            Value::Int(revenue),
            if row % 9 == 5 { Value::Null } else { Value::Int(number(row + 3, 12_345)) },
            Value::Int(number(row, 1)),
            order_value,
        ];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.cells.push(cell);
        }
    }
    let total = |index: usize| columns[index].cells.iter().filter_map(Value::as_f64).sum::<f64>() as i64;
    let totals = vec![
        Value::Null,
        Value::Null,
        Value::Null,
        Value::Int(total(3)),
        Value::Int(total(4)),
        Value::Int(total(5)),
        Value::Int(41_250),
    ];
    columns[3].format = NumberFormat { currency: Some(words.currency.into()), ..NumberFormat::default() };
    Table { columns, totals: Some(totals), rows_before_limit: rows }
}

/// A report as its readers get it: key numbers, charts, a comment, a ledger.
pub(crate) fn report(locale: Locale, size: (f32, f32), key_numbers: usize, rows: usize) -> Document {
    let words = words(locale);
    let mut table = ledger(locale, rows);
    table.rows_before_limit = rows * 3;
    let line = chart(locale, Kind::Area(Stacking::Stacked), 14);
    let bars = chart(locale, Kind::Bar { stacking: Stacking::None, horizontal: false }, 3);
    let mut noted = block("share", words.panels[1], bars);
    noted.note = Some(format!("{} · {}", words.currency, words.with));
    let failed = Block {
        content: Err(Failure {
            message: "The query took longer than 30 s; ask for a shorter period.".into(),
            cause: String::new(),
            error_id: "e-0193a7".into(),
            closed: false,
        }),
        ..block("failed", words.panels[1], Content::Text(RichText::default()))
    };
    let rows = vec![
        kpis(locale, key_numbers),
        vec![block("trend", words.panels[0], line), noted],
        vec![block("text", words.panels[3], Content::Text(RichText::plain(&[words.text.into()]))), failed],
        vec![block("ledger", words.panels[2], of_table(table))],
    ];
    Document {
        title: words.title.into(),
        subtitle: words.subtitle.into(),
        locale,
        header: words.header.into(),
        footer: format!("{} · {{page}} / {{pages}}", words.title).into(),
        approval: Approval {
            stages: words.approval.iter().map(|stage| (*stage).to_owned()).collect(),
            ..Approval::default()
        },
        ..document(size, rows)
    }
}

/// A table as the content of a block.
pub(in crate::render) fn of_table(table: Table) -> Content {
    Content::Table(Box::new(Grid::of_table(table, "증감률")))
}
