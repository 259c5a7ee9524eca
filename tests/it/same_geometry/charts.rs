//! Charts with data that leave no point on a round coordinate.

use chrono::{Months, NaiveDate};
use jangpyo::charts::{Chart, Kind};
use jangpyo::format::{Grain, NumberFormat};
use jangpyo::table::{Column, Role, Table, Value};

fn dimension(name: &str, grain: Option<Grain>, cells: Vec<Value>) -> Column {
    let format = NumberFormat::default();
    Column { name: name.into(), title: name.into(), role: Role::Dimension, grain, format, cells }
}

fn measure(name: &str, format: NumberFormat, cells: Vec<Value>) -> Column {
    Column { name: name.into(), title: name.into(), role: Role::Measure, grain: None, format, cells }
}

fn won(cells: Vec<Value>) -> Column {
    let format = NumberFormat { currency: Some("KRW".into()), compact: true, ..NumberFormat::default() };
    measure("매출", format, cells)
}

fn chart(kind: Kind, columns: Vec<Column>) -> Chart {
    let rows_before_limit = columns[0].cells.len();
    let table = Table { columns, totals: None, rows_before_limit };
    Chart {
        links: Vec::new(),
        kind,
        table,
        x: 0,
        y: vec![1],
        by: None,
        line: vec![],
        facet: None,
        compare: false,
        labels: None,
        overlays: jangpyo::charts::Overlays::default(),
        look: jangpyo::charts::Look::default(),
    }
}

fn month(number: u32) -> Value {
    Value::Date(NaiveDate::from_ymd_opt(2025, 11, 1).unwrap() + Months::new(number))
}

fn amount(seed: u32) -> Value {
    Value::Float(1.0e8 * (1.0 + f64::from(seed * 37 % 23) / 7.0))
}

/// One measure over seven months.
pub(super) fn single(kind: Kind) -> Chart {
    let months = dimension("월", Some(Grain::Month), (0..7).map(month).collect());
    chart(kind, vec![months, won((0..7).map(amount).collect())])
}

/// One measure over six months in three countries.
pub(super) fn by_country(kind: Kind) -> Chart {
    let countries = ["대한민국", "香港", "United States"];
    let rows = || (0..6_u32).flat_map(|number| (0..3_u32).map(move |country| (number, country)));
    let name = |(_, country): (u32, u32)| Value::Text(countries[country as usize].into());
    let columns = vec![
        dimension("월", Some(Grain::Month), rows().map(|(number, _)| month(number)).collect()),
        dimension("국가", None, rows().map(name).collect()),
        won(rows().map(|(number, country)| amount(number * 3 + country)).collect()),
    ];
    Chart { by: Some(1), y: vec![2], ..chart(kind, columns) }
}

/// One measure over names of three scripts, with what the top left out.
pub(super) fn ranking(kind: Kind) -> Chart {
    let names = ["강남 플래그십", "旺角旗艦店", "Fifth Avenue", "명동점"];
    let mut stores: Vec<Value> = names.iter().map(|name| Value::Text((*name).into())).collect();
    stores.push(Value::Others);
    let amounts = [9.1e8, 7.3e8, 4.4e8, 2.9e8, 1.7e8].map(Value::Float).to_vec();
    chart(kind, vec![dimension("매장", None, stores), won(amounts)])
}

/// Bars on the left axis and a line on the right one.
pub(super) fn combo() -> Chart {
    let percent = NumberFormat { percent: true, ..NumberFormat::default() };
    let margins = (0..7).map(|seed: u32| Value::Float(0.2 + f64::from(seed * 5 % 7) / 50.0)).collect();
    let mut combo = single(Kind::Combo);
    combo.table.columns.push(measure("이익률", percent, margins));
    Chart { line: vec![2], ..combo }
}

/// Four points in two countries, with an area each.
pub(super) fn points() -> Chart {
    let names = ["명동점", "旺角旗艦店", "Fifth Avenue", "강남 플래그십"];
    let stores = names.iter().map(|name| Value::Text((*name).into())).collect();
    let countries = ["대한민국", "香港"];
    let of_country = (0..4).map(|store| Value::Text(countries[store % 2].into())).collect();
    let columns = vec![
        dimension("매장", None, stores),
        won((0..4).map(amount).collect()),
        won((4..8).map(amount).collect()),
        dimension("국가", None, of_country),
        measure("주문 수", NumberFormat::default(), (8..12).map(amount).collect()),
    ];
    let kind = Kind::Scatter { detail: Some(0), size: Some(4) };
    Chart { x: 1, y: vec![2], by: Some(3), ..chart(kind, columns) }
}

/// How twenty-three numbers are distributed.
pub(super) fn distribution() -> Chart {
    let stores = (0..23_i64).map(Value::Int).collect();
    let columns = vec![dimension("매장", None, stores), won((0..23).map(amount).collect())];
    Chart { x: 1, y: vec![], ..chart(Kind::Histogram { bins: Some(6) }, columns) }
}

/// Sixty-five days, the first of them a Saturday.
pub(super) fn days() -> Chart {
    let first = NaiveDate::from_ymd_opt(2025, 11, 1).unwrap();
    let days = (0..65).map(|day| Value::Date(first + chrono::Days::new(day))).collect();
    let columns = vec![dimension("일", Some(Grain::Day), days), won((0..65).map(amount).collect())];
    chart(Kind::Calendar, columns)
}
