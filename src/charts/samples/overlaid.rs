//! Charts with reference lines, ranges, trends and error bars.

use super::{BAR, LYING, column, floats, months, noise, plain, split, texts, time, won};
use crate::charts::{
    Chart, Dash, ErrorBars, Facet, Kind, Level, Look, Overlays, Palette, ReferenceLine, ShadedRange,
    Stacking, Tone,
};
use crate::format::{Grain, NumberFormat};
use crate::table::{Column, Role, Value};

fn line(at: Level, label: Option<&str>, tone: Tone) -> ReferenceLine {
    ReferenceLine { at, label: label.map(Into::into), tone, dash: Dash::Dashed, on_right: false }
}

fn over(chart: Chart, overlays: Overlays) -> Chart {
    Chart { overlays, ..chart }
}

fn monthly(kind: Kind, count: u32, size: f64) -> Chart {
    let numbers: Vec<f64> =
        (0..count as usize).map(|m| size * (0.7 + 0.04 * m as f64 + 0.35 * noise(m))).collect();
    plain(kind, vec![time("월", Grain::Month, months(count)), won("매출", floats(&numbers))])
}

fn sure(kind: Kind) -> Chart {
    let mut chart = monthly(kind, 9, 8e8);
    let around = (0..9).map(|m| Value::Float(4e7 + 9e7 * noise(m + 30))).collect();
    chart.table.columns.push(won("표준오차", around));
    let error = Some(ErrorBars::Around(2));
    Chart { y: vec![1], ..over(chart, Overlays { error, ..Overlays::default() }) }
}

/// Every picture with its name.
pub(super) fn all() -> Vec<(&'static str, Chart)> {
    let target = line(Level::Value(9.5e8), Some("월 목표"), Tone::Bad);
    let average = line(Level::Average, None, Tone::Muted);
    let margin = NumberFormat { percent: true, ..NumberFormat::default() };
    let margin = Column {
        format: margin,
        ..column("이익률", Role::Measure, (0..12).map(|m| Value::Float(0.16 + 0.1 * noise(m + 40))).collect())
    };
    let mut combo = monthly(Kind::Combo, 12, 1.1e9);
    combo.table.columns.push(margin);
    let stores = ["강남 플래그십 스토어", "旺角旗艦店", "Fifth Avenue", "명동점", "銅鑼灣店", "성수 팝업"];
    let profit = [4.4e7, 3.1e7, 2.2e7, 1.4e7, -0.6e7, -1.8e7];
    let ranking = |kind| {
        plain(kind, vec![column("매장", Role::Dimension, texts(&stores)), won("이익", floats(&profit))])
    };
    let mut points = ranking(Kind::Scatter { detail: Some(0), size: None });
    points
        .table
        .columns
        .push(won("매출", (0..6).map(|s| Value::Float(9e8 - 1.2e8 * s as f64 + 2e8 * noise(s))).collect()));
    let mut small = [Vec::new(), Vec::new(), Vec::new()];
    for month in months(12) {
        for (number, name) in ["대한민국", "홍콩", "미국", "일본"].into_iter().enumerate() {
            small[0].push(month.clone());
            small[1].push(Value::Text(name.into()));
            small[2].push(Value::Float(3e8 / (number + 1) as f64 * (0.7 + noise(small[0].len()))));
        }
    }
    let [x, by, y] = small;
    let countries = |kind| {
        split(
            kind,
            vec![
                time("월", Grain::Month, x.clone()),
                column("국가", Role::Dimension, by.clone()),
                won("매출", y.clone()),
            ],
        )
    };
    let lines = |lines: Vec<ReferenceLine>| Overlays { lines, ..Overlays::default() };
    let range = |from, to, label: &str, tone| ShadedRange { from, to, label: Some(label.into()), tone };
    vec![
        (
            "overlay-line",
            over(
                monthly(Kind::Line, 18, 7e8),
                Overlays {
                    ranges: vec![range(Some(6.5e8), Some(8.5e8), "정상 범위", Tone::Good)],
                    trend: true,
                    ..lines(vec![target.clone(), average.clone()])
                },
            ),
        ),
        (
            "overlay-bar",
            over(
                monthly(BAR, 12, 8e8),
                lines(vec![target.clone(), average.clone(), line(Level::Max, None, Tone::Good)]),
            ),
        ),
        (
            "overlay-bar-lying",
            over(
                ranking(LYING),
                Overlays {
                    ranges: vec![range(None, Some(0.0), "적자", Tone::Bad)],
                    ..lines(vec![average.clone(), line(Level::Value(3.5e7), Some("목표"), Tone::Ink)])
                },
            ),
        ),
        (
            "overlay-stacked",
            over(
                countries(Kind::Bar { stacking: Stacking::Stacked, horizontal: false }),
                lines(vec![average.clone(), line(Level::Median, None, Tone::Ink)]),
            ),
        ),
        (
            "overlay-combo",
            Chart {
                y: vec![1],
                line: vec![2],
                ..over(
                    combo,
                    lines(vec![
                        line(Level::Average, Some("평균 매출"), Tone::Ink),
                        ReferenceLine {
                            on_right: true,
                            ..line(Level::Value(0.2), Some("이익률 목표"), Tone::Bad)
                        },
                    ]),
                )
            },
        ),
        (
            "overlay-scatter",
            Chart {
                x: 2,
                y: vec![1],
                ..over(
                    points,
                    Overlays {
                        trend: true,
                        ranges: vec![range(None, Some(0.0), "적자", Tone::Bad)],
                        ..lines(vec![average.clone()])
                    },
                )
            },
        ),
        ("overlay-pareto", over(ranking_of_sums(&stores), lines(vec![average.clone()]))),
        (
            "overlay-facets",
            Chart {
                by: None,
                facet: Some(Facet { column: 1, across: None }),
                ..over(
                    countries(Kind::Line),
                    Overlays { trend: true, ..lines(vec![average.clone(), target]) },
                )
            },
        ),
        ("overlay-area", over(countries(Kind::Area(Stacking::Stacked)), lines(vec![average]))),
        ("trend-two", over(countries(Kind::Line), Overlays { trend: true, ..Overlays::default() })),
        (
            "pattern-stacked",
            patterned(
                Palette::Greys,
                countries(Kind::Bar { stacking: Stacking::Stacked, horizontal: false }),
            ),
        ),
        ("pattern-area", patterned(Palette::Standard, countries(Kind::Area(Stacking::Stacked)))),
        ("pattern-grouped", patterned(Palette::OkabeIto, countries(BAR))),
        ("palette-blue-orange", colored(Palette::BlueOrange, false, countries(Kind::Line))),
        ("pattern-donut", patterned(Palette::BlueOrange, parts(Kind::Donut))),
        ("pattern-treemap", patterned(Palette::Standard, grouped_parts())),
        ("error-bar", sure(BAR)),
        ("error-bar-lying", sure(LYING)),
        ("error-line", sure(Kind::Line)),
    ]
}

fn colored(palette: Palette, patterns: bool, chart: Chart) -> Chart {
    Chart { look: Look { palette, patterns, ..Look::default() }, ..chart }
}

fn patterned(palette: Palette, chart: Chart) -> Chart {
    colored(palette, true, chart)
}

fn parts(kind: Kind) -> Chart {
    let names = texts(&["아우터", "상의", "하의", "신발", "가방·잡화", "뷰티", "기타 상품", "온라인 전용"]);
    let numbers: Vec<f64> = (0..8).map(|part| 9e8 / (1.0 + f64::from(part) * 0.5)).collect();
    plain(kind, vec![column("분류", Role::Dimension, names), won("매출", floats(&numbers))])
}

fn grouped_parts() -> Chart {
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for (number, group) in ["의류", "신발", "잡화", "뷰티"].into_iter().enumerate() {
        for part in 0..4 {
            columns[0].push(Value::Text(format!("{group} {}", part + 1).into()));
            columns[1].push(Value::Text(group.into()));
            columns[2].push(Value::Float(6e8 / (1.0 + (number + part) as f64 * 0.6)));
        }
    }
    let [x, by, y] = columns;
    split(
        Kind::Treemap,
        vec![column("상품", Role::Dimension, x), column("분류", Role::Dimension, by), won("매출", y)],
    )
}

fn ranking_of_sums(stores: &[&str]) -> Chart {
    let sums: Vec<f64> = (0..stores.len()).map(|store| 5e8 / (1.0 + store as f64 * 0.8)).collect();
    plain(Kind::Pareto, vec![column("매장", Role::Dimension, texts(stores)), won("매출", floats(&sums))])
}
