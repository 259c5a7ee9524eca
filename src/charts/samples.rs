//! Charts to look at and to test with: every kind, friendly and hostile data.

mod analytic;
mod overlaid;

use chrono::{Days, Months, NaiveDate};

use super::{Chart, Kind, Look, Overlays, Stacking};
use crate::format::{Grain, Locale, NumberFormat};
use crate::table::{Column, Role, Table, Value};

pub(crate) fn column(name: &str, role: Role, cells: Vec<Value>) -> Column {
    let format = NumberFormat { compact: role != Role::Dimension, ..NumberFormat::default() };
    Column { name: name.into(), title: name.into(), role, grain: None, format, cells }
}

pub(crate) fn won(name: &str, cells: Vec<Value>) -> Column {
    let format = NumberFormat { currency: Some("KRW".into()), compact: true, ..NumberFormat::default() };
    Column { format, ..column(name, Role::Measure, cells) }
}

pub(crate) fn time(name: &str, grain: Grain, cells: Vec<Value>) -> Column {
    Column { grain: Some(grain), ..column(name, Role::Dimension, cells) }
}

pub(crate) fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::Text((*text).into())).collect()
}

pub(crate) fn floats(numbers: &[f64]) -> Vec<Value> {
    numbers.iter().map(|number| Value::Float(*number)).collect()
}

/// A chart with the first column along the axis and all others as measures.
pub(crate) fn plain(kind: Kind, columns: Vec<Column>) -> Chart {
    let y = (1..columns.len()).filter(|index| columns[*index].role == Role::Measure).collect();
    let rows = columns[0].cells.len();
    let table = Table { columns, totals: None, rows_before_limit: rows };
    Chart {
        kind,
        table,
        x: 0,
        y,
        by: None,
        line: vec![],
        facet: None,
        compare: false,
        links: Vec::new(),
        labels: None,
        overlays: Overlays::default(),
        look: Look::default(),
    }
}

pub(crate) fn split(kind: Kind, columns: Vec<Column>) -> Chart {
    Chart { by: Some(1), y: vec![2], ..plain(kind, columns) }
}

/// A number that looks like data: the same for the same seed.
pub(crate) fn noise(seed: usize) -> f64 {
    let x = (seed as f64 * 12.9898 + 4.1414).sin() * 43_758.545_3;
    x - x.floor()
}

pub(crate) fn days(count: u64) -> Vec<Value> {
    let first = NaiveDate::from_ymd_opt(2024, 11, 4).unwrap();
    (0..count).map(|day| Value::Date(first + Days::new(day))).collect()
}

pub(crate) fn months(count: u32) -> Vec<Value> {
    let first = NaiveDate::from_ymd_opt(2024, 7, 1).unwrap();
    (0..count).map(|month| Value::Date(first + Months::new(month))).collect()
}

const BAR: Kind = Kind::Bar { stacking: Stacking::None, horizontal: false };
const LYING: Kind = Kind::Bar { stacking: Stacking::None, horizontal: true };

fn by_country(kind: Kind, grain: Grain, moments: &[Value], names: &[&str]) -> Chart {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for (place, moment) in moments.iter().enumerate() {
        for (number, name) in names.iter().enumerate() {
            columns[0].push(moment.clone());
            columns[1].push(Value::Text((*name).into()));
            let size = 4e8 / (number + 1) as f64;
            let value = size * (1.0 + 0.02 * place as f64 + 0.25 * noise(place * 7 + number));
            columns[2].push(Value::Float(value));
        }
    }
    let [x, by, y] = columns;
    split(kind, vec![time("월", grain, x), column("국가", Role::Dimension, by), won("매출", y)])
}

/// Every picture of the gallery with its name.
pub(crate) fn all(locale: Locale) -> Vec<(&'static str, Chart)> {
    let names: [&str; 4] = match locale {
        Locale::Ko => ["대한민국", "홍콩", "미국", "일본"],
        Locale::En => ["Korea", "Hong Kong", "United States", "Japan"],
        Locale::ZhHk => ["韓國", "香港", "美國", "日本"],
    };
    let stores = [
        "강남 플래그십 스토어",
        "旺角旗艦店",
        "Fifth Avenue",
        "명동점",
        "銅鑼灣店",
        "부산 센텀시티점",
        "성수 팝업",
        "Las Vegas Outlet",
        "제주공항 면세점",
        "尖沙咀海港城店",
    ];
    let ranking: Vec<f64> = (0..10).map(|index| 9.2e8 / (1.0 + 0.35 * f64::from(index))).collect();
    let mut ranked = texts(&stores);
    ranked.push(Value::Others);
    let mut ranked_values = floats(&ranking);
    ranked_values.push(Value::Float(4.1e8));
    let daily: Vec<Value> = (0..92)
        .map(|day| {
            let weekend = if day % 7 >= 5 { 1.35 } else { 1.0 };
            Value::Float(3.1e7 * weekend * (1.0 + 0.3 * noise(day)))
        })
        .collect();
    let mut gaps = daily.clone();
    gaps[30] = Value::Null;
    gaps[31] = Value::Float(f64::NAN);
    gaps[33] = Value::Null;
    let previous: Vec<Value> =
        (0..92).map(|day| Value::Float(2.7e7 * (1.0 + 0.35 * noise(day + 500)))).collect();
    let compare = Chart {
        compare: true,
        y: vec![1],
        ..plain(
            Kind::Line,
            vec![
                time("일", Grain::Day, days(92)),
                won("매출", gaps),
                Column { role: Role::Previous, ..won("이전 기간", previous) },
            ],
        )
    };
    let profit = [1.2e7, -3.4e6, 5.1e6, -8.8e6, 2.2e7, 1.6e7, -1.1e6, 9.9e6];
    let weekdays = texts(&["월", "화", "수", "목", "금", "토", "일"]);
    let mut heat = [Vec::new(), Vec::new(), Vec::new()];
    for (number, weekday) in weekdays.iter().enumerate() {
        for hour in 9..22 {
            heat[0].push(Value::Text(format!("{hour}시").into()));
            heat[1].push(weekday.clone());
            heat[2].push(if number == 3 && hour == 12 {
                Value::Null
            } else {
                Value::Float(1e5 * (1.0 + f64::from(hour - 9) * noise(number * 20 + hour as usize)))
            });
        }
    }
    let [hours, heat_days, heat_values] = heat;
    let combo = Chart {
        y: vec![1],
        line: vec![2],
        ..plain(
            Kind::Combo,
            vec![
                time("월", Grain::Month, months(14)),
                won("매출", (0..14).map(|m| Value::Float(1.1e9 * (0.7 + noise(m)))).collect()),
                Column {
                    format: NumberFormat { percent: true, ..NumberFormat::default() },
                    ..column(
                        "이익률",
                        Role::Measure,
                        (0..14).map(|m| Value::Float(0.18 + 0.12 * noise(m + 40))).collect(),
                    )
                },
            ],
        )
    };
    let mut all = vec![
        ("line-compare", compare),
        ("line-four", by_country(Kind::Line, Grain::Month, &months(18), &names)),
        (
            "line-single",
            plain(
                Kind::Line,
                vec![
                    time("월", Grain::Month, months(12)),
                    won("매출", floats(&(0..12).map(|m| 8e8 * (1.0 + 0.2 * noise(m))).collect::<Vec<_>>())),
                ],
            ),
        ),
        (
            "area",
            plain(
                Kind::Area(Stacking::None),
                vec![time("일", Grain::Day, days(92)), won("매출", daily.clone())],
            ),
        ),
        ("area-stacked", by_country(Kind::Area(Stacking::Stacked), Grain::Month, &months(24), &names)),
        ("area-percent", by_country(Kind::Area(Stacking::Percent), Grain::Month, &months(24), &names)),
        (
            "bar",
            plain(
                BAR,
                vec![
                    time("월", Grain::Month, months(12)),
                    won("매출", floats(&(0..12).map(|m| 8e8 * (0.6 + noise(m))).collect::<Vec<_>>())),
                ],
            ),
        ),
        ("bar-grouped", by_country(BAR, Grain::Month, &months(8), &names[..3])),
        (
            "bar-stacked",
            by_country(
                Kind::Bar { stacking: Stacking::Stacked, horizontal: false },
                Grain::Month,
                &months(12),
                &names,
            ),
        ),
        (
            "bar-percent",
            by_country(
                Kind::Bar { stacking: Stacking::Percent, horizontal: false },
                Grain::Month,
                &months(12),
                &names,
            ),
        ),
        (
            "bar-lying",
            plain(
                LYING,
                vec![column("매장", Role::Dimension, ranked.clone()), won("매출", ranked_values.clone())],
            ),
        ),
        (
            "bar-names",
            plain(
                BAR,
                vec![column("매장", Role::Dimension, ranked.clone()), won("매출", ranked_values.clone())],
            ),
        ),
        (
            "bar-negative",
            plain(
                BAR,
                vec![column("매장", Role::Dimension, texts(&stores[..8])), won("이익", floats(&profit))],
            ),
        ),
        (
            "bar-lying-negative",
            plain(
                LYING,
                vec![column("매장", Role::Dimension, texts(&stores[..8])), won("이익", floats(&profit))],
            ),
        ),
        (
            "bar-lying-stacked",
            by_country(
                Kind::Bar { stacking: Stacking::Stacked, horizontal: true },
                Grain::Quarter,
                &months(30).into_iter().step_by(3).collect::<Vec<_>>()[..6],
                &names,
            ),
        ),
        (
            "donut",
            plain(
                Kind::Donut,
                vec![
                    column("매장", Role::Dimension, ranked.clone()[4..].to_vec()),
                    won("매출", ranked_values.clone()[4..].to_vec()),
                ],
            ),
        ),
        ("combo", combo),
        (
            "heatmap",
            split(
                Kind::Heatmap,
                vec![
                    column("시", Role::Dimension, hours),
                    column("요일", Role::Dimension, heat_days),
                    won("매출", heat_values),
                ],
            ),
        ),
        (
            "many",
            plain(
                BAR,
                vec![
                    column(
                        "매장",
                        Role::Dimension,
                        (0..10_000).map(|n| Value::Text(format!("매장 {n}").into())).collect(),
                    ),
                    won("매출", (0..10_000).map(|n| Value::Float(1e6 * noise(n))).collect()),
                ],
            ),
        ),
        (
            "donut-many",
            plain(
                Kind::Donut,
                vec![
                    column(
                        "매장",
                        Role::Dimension,
                        (0..500).map(|n| Value::Text(format!("매장 {n}").into())).collect(),
                    ),
                    won("매출", (0..500).map(|n| Value::Float(1e6 * noise(n).powi(6))).collect()),
                ],
            ),
        ),
        (
            "line-many",
            by_country(
                Kind::Line,
                Grain::Day,
                &days(60),
                &["가", "나", "다", "라", "마", "바", "사", "아", "자", "차", "카", "타", "파", "하"],
            ),
        ),
        (
            "single",
            plain(Kind::Line, vec![time("월", Grain::Month, months(1)), won("매출", floats(&[12_345.0]))]),
        ),
        ("empty", plain(BAR, vec![column("매장", Role::Dimension, vec![]), won("매출", vec![])])),
    ];
    all.extend(analytic::all());
    all.extend(overlaid::all());
    all
}
