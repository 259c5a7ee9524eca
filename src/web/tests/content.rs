//! What the panels of the fake report show.

use chrono::NaiveDate;

use crate::charts::{Chart, Kind, Stacking};
use crate::format::rich_text::RichText;
use crate::format::{Grain, NumberFormat};
use crate::render::document::{Content, Failure, Kpi};
use crate::table::{Column, Grid, Role, Table, Value};

fn column(name: &str, role: Role, grain: Option<Grain>, cells: Vec<Value>) -> Column {
    let format = NumberFormat { currency: Some("KRW".into()), compact: true, ..NumberFormat::default() };
    let format = if role == Role::Dimension { NumberFormat::default() } else { format };
    Column { name: name.into(), title: name.into(), role, grain, format, cells }
}

fn text(names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| Value::Text((*name).into())).collect()
}

fn table(columns: Vec<Column>, totals: Option<Vec<Value>>) -> Table {
    let rows_before_limit = columns.first().map_or(0, |column| column.cells.len());
    Table { columns, totals, rows_before_limit }
}

fn wave(count: i64, base: i64) -> Vec<Value> {
    (0..count).map(|step| Value::Int(base + (step * 7_919_331) % 3_000_000 + step * 11_000)).collect()
}

fn chart(kind: Kind, table: Table, by: Option<usize>) -> Content {
    let y = vec![table.columns.iter().position(|column| column.role == Role::Measure).unwrap()];
    Content::Chart(Box::new(Chart {
        links: Vec::new(),
        kind,
        table,
        x: 0,
        y,
        by,
        line: vec![],
        facet: None,
        compare: false,
        labels: None,
        overlays: crate::charts::Overlays::default(),
        look: crate::charts::Look::default(),
    }))
}

pub(super) fn content(panel: &str) -> Result<Content, Failure> {
    let days = |count: u64| -> Vec<Value> {
        let first = NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
        (0..count).map(|day| Value::Date(first + chrono::Days::new(day))).collect()
    };
    let stores =
        ["강남 플래그십 스토어", "홍대 <script>점", "Causeway Bay 銅鑼灣", "Seattle Downtown", "부산 서면"];
    let kpi = |value: Value, previous: i64, percent: bool, lower_is_better: bool| {
        Content::Kpi(Kpi {
            link: None,
            value,
            previous: Some(Value::Int(previous)),
            compared_with: "지난주 대비".into(),
            format: NumberFormat {
                currency: (!percent).then(|| "KRW".into()),
                compact: true,
                percent,
                ..NumberFormat::default()
            },
            lower_is_better,
            sparkline: (0..30).map(|step| Some(f64::from((step * 37) % 11 + step / 3))).collect(),
        })
    };
    Ok(match panel {
        "revenue" => kpi(Value::Int(1_234_567_890), 1_100_000_000, false, false),
        "orders" => kpi(Value::Int(45_210), 46_900, false, false),
        "order-value" => kpi(Value::Int(27_300), 27_300, false, false),
        "returns" => kpi(Value::Float(0.0342), 0, true, true),
        "by-store" => chart(
            Kind::Bar { stacking: Stacking::None, horizontal: true },
            table(
                vec![
                    column("store", Role::Dimension, None, text(&stores)),
                    column("revenue", Role::Measure, None, wave(5, 900_000)),
                ],
                None,
            ),
            None,
        ),
        "share" => chart(
            Kind::Donut,
            table(
                vec![
                    column("channel", Role::Dimension, None, text(&["온라인", "매장", "앱"])),
                    column("revenue", Role::Measure, None, wave(3, 900_000)),
                ],
                None,
            ),
            None,
        ),
        "heat" => {
            let weekdays = ["월", "화", "수", "목", "금"];
            let mut cells = (Vec::new(), Vec::new());
            for weekday in weekdays {
                for hour in ["09", "12", "15", "18"] {
                    cells.0.push(Value::Text(hour.into()));
                    cells.1.push(Value::Text(weekday.into()));
                }
            }
            chart(
                Kind::Heatmap,
                table(
                    vec![
                        column("hour", Role::Dimension, None, cells.0),
                        column("weekday", Role::Dimension, None, cells.1),
                        column("revenue", Role::Measure, None, wave(20, 100_000)),
                    ],
                    None,
                ),
                Some(1),
            )
        }
        "stacked" => {
            let mut by = Vec::new();
            let mut when = Vec::new();
            for day in days(12) {
                for country in ["한국", "香港", "US"] {
                    when.push(day.clone());
                    by.push(Value::Text(country.into()));
                }
            }
            chart(
                Kind::Bar { stacking: Stacking::Stacked, horizontal: false },
                table(
                    vec![
                        column("day", Role::Dimension, Some(Grain::Day), when),
                        column("country", Role::Dimension, None, by),
                        column("revenue", Role::Measure, None, wave(36, 400_000)),
                    ],
                    None,
                ),
                Some(1),
            )
        }
        "sheet" => {
            let names: Vec<Value> =
                (0..40).map(|row| Value::Text(format!("{} {row}", stores[row % 5]).into())).collect();
            let mut sheet = table(
                vec![
                    column("매장", Role::Dimension, None, names),
                    column("매출", Role::Measure, None, wave(40, 5_000_000)),
                    column("매출.previous", Role::Previous, None, wave(40, 5_200_000)),
                    column("이익", Role::Measure, None, wave(40, -1_000_000)),
                ],
                Some(vec![Value::Null, Value::Int(323_000_000), Value::Int(300_000_000), Value::Int(7)]),
            );
            sheet.rows_before_limit = 1200;
            Content::Table(Box::new(Grid::of_table(sheet, "증감")))
        }
        "words" => Content::Text(RichText::plain(&[
            "<script>alert(1)</script> 본문 설명입니다.".into(),
            "둘째 문단 香港".into(),
        ])),
        "broken" => {
            return Err(failure("원본 데이터에 연결할 수 없습니다. 잠시 후 다시 시도하세요."));
        }
        _ => chart(
            Kind::Line,
            table(
                vec![
                    column("day", Role::Dimension, Some(Grain::Day), days(45)),
                    column("revenue", Role::Measure, None, wave(45, 2_000_000)),
                ],
                None,
            ),
            None,
        ),
    })
}

fn failure(message: &str) -> Failure {
    Failure {
        message: message.into(),
        cause: "secret cause".into(),
        error_id: "0199-fake".into(),
        closed: false,
    }
}
