//! The kinds that compare, distribute and divide.

use super::{column, days, floats, months, noise, plain, split, texts, time, won};
use crate::charts::{Chart, Facet, Goal, Kind, Look, Overlays, Stacking, Target, Waterfall};
use crate::format::{Grain, NumberFormat};
use crate::table::{Column, Role, Table, Value};

const STORES: [&str; 12] = [
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
    "대구 동성로점",
    "판교 현대백화점",
];

fn stores() -> Column {
    column("매장", Role::Dimension, texts(&STORES))
}

fn previous(cells: Vec<Value>) -> Column {
    Column { role: Role::Previous, ..won("매출 · 전년 동기", cells) }
}

fn sized(seed: usize) -> f64 {
    4.0e8 * (0.15 + noise(seed)) / (1.0 + seed as f64 * 0.2)
}

/// Every picture with its name.
pub(super) fn all() -> Vec<(&'static str, Chart)> {
    let mut all = steps();
    all.extend(points());
    all.extend(goals());
    all.extend(parts());
    all.extend(moments());
    all.extend(facets());
    all
}

fn steps() -> Vec<(&'static str, Chart)> {
    let profit = ["매출", "매출원가", "매출총이익", "판매비와관리비", "영업이익", "영업외손익", "당기순이익"];
    let profit_values = [9.4e9, -5.2e9, 4.2e9, -4.9e9, -0.7e9, 0.3e9, -0.4e9];
    let levels = Waterfall { totals: vec![0, 2, 4, 6], closes: false };
    let change: Vec<f64> = (0..12).map(|store| sized(store) * (1.2 - 0.5 * noise(store + 70))).collect();
    let before: Vec<f64> = (0..12).map(sized).collect();
    vec![
        (
            "waterfall",
            plain(
                Kind::Waterfall(levels),
                vec![column("항목", Role::Dimension, texts(&profit)), won("금액", floats(&profit_values))],
            ),
        ),
        (
            "waterfall-compare",
            Chart {
                compare: true,
                ..plain(
                    Kind::Waterfall(Waterfall::default()),
                    vec![stores(), won("매출", floats(&change)), previous(floats(&before))],
                )
            },
        ),
        (
            "waterfall-months",
            plain(
                Kind::Waterfall(Waterfall { totals: vec![], closes: true }),
                vec![
                    time("월", Grain::Month, months(12)),
                    won("순증", (0..12).map(|m| Value::Float(4e7 * (noise(m) - 0.45))).collect()),
                ],
            ),
        ),
    ]
}

fn points() -> Vec<(&'static str, Chart)> {
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    let cloud = |count: usize, columns: Vec<Column>, by, size| {
        let rows_before_limit = count;
        Chart {
            links: Vec::new(),
            kind: Kind::Scatter { detail: Some(0), size },
            table: Table { columns, totals: None, rows_before_limit },
            x: 2,
            y: vec![3],
            by,
            line: vec![],
            facet: None,
            compare: false,
            labels: None,
            overlays: Overlays::default(),
            look: Look::default(),
        }
    };
    let columns = |names: Vec<Value>| {
        let count = names.len();
        let countries = ["한국", "홍콩", "미국"];
        let cells = |seed: usize, scale: f64| {
            (0..count).map(|n| Value::Float(scale * (0.2 + noise(n + seed)))).collect::<Vec<_>>()
        };
        vec![
            column("매장", Role::Dimension, names),
            column(
                "국가",
                Role::Dimension,
                (0..count).map(|n| Value::Text(countries[n % 3].into())).collect(),
            ),
            won("매출", cells(3, 4e8)),
            Column { format: percent.clone(), ..column("이익률", Role::Measure, cells(90, 0.4)) },
            column("주문 수", Role::Measure, cells(190, 9e3)),
        ]
    };
    let crowd = |count: usize| (0..count).map(|n| Value::Text(format!("매장 {n}").into())).collect();
    let histogram = |count: usize, bins| Chart {
        kind: Kind::Histogram { bins },
        y: vec![],
        x: 1,
        ..plain(
            Kind::Line,
            vec![
                column("매장", Role::Dimension, crowd(count)),
                won(
                    "매출",
                    (0..count)
                        .map(|n| Value::Float(2e8 * (noise(n) + noise(n + 999) + noise(n + 5_000) - 0.4)))
                        .collect(),
                ),
            ],
        )
    };
    vec![
        ("scatter", cloud(12, columns(texts(&STORES)), None, None)),
        ("bubble", cloud(12, columns(texts(&STORES)), Some(1), Some(4))),
        ("scatter-many", cloud(4_000, columns(crowd(4_000)), Some(1), None)),
        ("histogram", histogram(400, None)),
        ("histogram-few", histogram(9, Some(4))),
        ("box", boxes(6, 40)),
        ("box-many", boxes(24, 15)),
    ]
}

fn boxes(categories: u32, observations: usize) -> Chart {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for (place, month) in months(categories).into_iter().enumerate() {
        for member in 0..observations {
            columns[0].push(month.clone());
            columns[1].push(Value::Text(format!("매장 {member}").into()));
            let spread = noise(place * 53 + member) + noise(place * 17 + member * 3);
            let odd = if member == 7 { 3.2 } else { 1.0 };
            columns[2].push(Value::Float(2e7 * (0.4 + spread) * odd));
        }
    }
    let [x, by, y] = columns;
    split(Kind::Box, vec![time("월", Grain::Month, x), column("매장", Role::Dimension, by), won("매출", y)])
}

fn goals() -> Vec<(&'static str, Chart)> {
    let amounts: Vec<f64> = (0..8).map(|store| 3e8 * (0.4 + noise(store))).collect();
    let goals: Vec<f64> = (0..8).map(|store| 3e8 * (0.55 + 0.6 * noise(store + 30))).collect();
    let goal = |target, bands: &[f64]| Goal { target, bands: bands.to_vec() };
    let rate = |value: f64, goal, high| {
        let format = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
        Chart {
            x: 0,
            y: vec![0],
            ..plain(
                Kind::Gauge { goal, low: None, high },
                vec![Column { format, ..column("이익률", Role::Measure, floats(&[value])) }],
            )
        }
    };
    vec![
        (
            "bullet",
            Chart {
                y: vec![1],
                ..plain(
                    Kind::Bullet(goal(Some(Target::Column(2)), &[0.6, 0.9, 1.15])),
                    vec![
                        column("매장", Role::Dimension, texts(&STORES[..8])),
                        won("매출", floats(&amounts)),
                        won("목표 매출", floats(&goals)),
                    ],
                )
            },
        ),
        (
            "bullet-compare",
            Chart {
                compare: true,
                y: vec![1],
                ..plain(
                    Kind::Bullet(Goal::default()),
                    vec![
                        column("매장", Role::Dimension, texts(&STORES[..8])),
                        won("매출", floats(&amounts)),
                        previous(floats(&goals)),
                    ],
                )
            },
        ),
        ("gauge", rate(0.512, goal(Some(Target::Value(0.55)), &[0.7, 0.9, 1.2]), None)),
        ("gauge-plain", rate(0.127, Goal::default(), Some(0.3))),
    ]
}

fn parts() -> Vec<(&'static str, Chart)> {
    let mut amounts: Vec<f64> = (0..12).map(sized).collect();
    amounts.sort_by(|a, b| b.total_cmp(a));
    let countries = ["한국", "홍콩", "미국"];
    let of_country: Vec<Value> = (0..12).map(|n| Value::Text(countries[n % 3].into())).collect();
    let stages = ["방문", "상품 조회", "장바구니", "결제 시작", "구매 완료"];
    vec![
        ("pareto", plain(Kind::Pareto, vec![stores(), won("매출", floats(&amounts))])),
        (
            "funnel",
            plain(
                Kind::Funnel,
                vec![
                    column("단계", Role::Dimension, texts(&stages)),
                    column(
                        "고객 수",
                        Role::Measure,
                        floats(&[184_000.0, 96_500.0, 31_200.0, 14_800.0, 9_740.0]),
                    ),
                ],
            ),
        ),
        ("treemap", plain(Kind::Treemap, vec![stores(), won("매출", floats(&amounts))])),
        (
            "treemap-groups",
            split(
                Kind::Treemap,
                vec![stores(), column("국가", Role::Dimension, of_country), won("매출", floats(&amounts))],
            ),
        ),
    ]
}

fn moments() -> Vec<(&'static str, Chart)> {
    let now: Vec<f64> = (0..12).map(|store| sized(store) * (0.8 + 0.5 * noise(store + 70))).collect();
    let before: Vec<f64> = (0..12).map(sized).collect();
    let mut ends = [Vec::new(), Vec::new(), Vec::new()];
    for (place, month) in months(2).into_iter().enumerate() {
        for (number, store) in STORES.iter().take(7).enumerate() {
            ends[0].push(month.clone());
            ends[1].push(Value::Text((*store).into()));
            ends[2].push(Value::Float(sized(number * 3 + place * 11)));
        }
    }
    let [x, by, y] = ends;
    let calendar = |count: u64| {
        let numbers = (0..count as usize)
            .map(|day| if day % 31 == 9 { Value::Null } else { Value::Float(3e7 * (0.5 + noise(day))) })
            .collect();
        plain(Kind::Calendar, vec![time("일", Grain::Day, days(count)), won("매출", numbers)])
    };
    vec![
        (
            "slope",
            split(
                Kind::Slope,
                vec![time("월", Grain::Month, x), column("매장", Role::Dimension, by), won("매출", y)],
            ),
        ),
        (
            "slope-compare",
            Chart {
                compare: true,
                y: vec![1],
                ..plain(Kind::Slope, vec![stores(), won("매출", floats(&now)), previous(floats(&before))])
            },
        ),
        ("calendar", calendar(362)),
        ("calendar-quarter", calendar(90)),
        ("calendar-years", calendar(800)),
    ]
}

fn facets() -> Vec<(&'static str, Chart)> {
    let mut columns = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for (place, month) in months(12).into_iter().enumerate() {
        for (number, store) in STORES.iter().take(6).enumerate() {
            for (channel, name) in ["매장", "온라인"].into_iter().enumerate() {
                // A row that is missing must not shift its neighbours.
                if (place, number) == (4, 2) {
                    continue;
                }
                columns[0].push(month.clone());
                columns[1].push(Value::Text(name.into()));
                columns[2].push(Value::Text((*store).into()));
                columns[3]
                    .push(Value::Float(sized(number * 2 + channel) * (0.7 + noise(place * 5 + number))));
            }
        }
    }
    let chart = |kind, columns: [Vec<Value>; 4]| {
        let [x, by, facet, y] = columns;
        Chart {
            y: vec![3],
            by: Some(1),
            facet: Some(Facet { column: 2, across: None }),
            ..plain(
                kind,
                vec![
                    time("월", Grain::Month, x),
                    column("채널", Role::Dimension, by),
                    column("매장", Role::Dimension, facet),
                    won("매출", y),
                ],
            )
        }
    };
    vec![
        ("facet-line", chart(Kind::Line, columns.clone())),
        ("facet-bar", chart(Kind::Bar { stacking: Stacking::Stacked, horizontal: false }, columns.clone())),
        ("facet-area", chart(Kind::Area(Stacking::Percent), columns)),
    ]
}
