//! What charts tell when they are pointed at, which is what they drew: sums, shares, quartiles.

use super::*;
use crate::charts::Hotspot;
use crate::table::Column;

fn told(chart: &Chart) -> Vec<Hotspot> {
    draw_chart(chart, 500.0, 260.0, Locale::En).unwrap().1
}

/// The texts of one hotspot: title, then values.
fn texts_of(hotspot: &Hotspot) -> Vec<&str> {
    std::iter::once(hotspot.title.as_str())
        .chain(hotspot.details.iter().map(|detail| detail.value.as_str()))
        .collect()
}

fn names(names: &[&str]) -> Column {
    column("name", Role::Dimension, texts(names))
}

fn numbers(numbers: &[f64]) -> Column {
    column("n", Role::Measure, floats(numbers))
}

fn before(cells: &[f64]) -> Column {
    Column { role: Role::Previous, title: "last year".into(), ..numbers(cells) }
}

#[test]
fn a_waterfall_runs_from_level_to_level() {
    let steps = Waterfall { totals: vec![0, 3], closes: true };
    let columns = || vec![names(&["a", "b", "c", "d", "e"]), numbers(&[10.0, -14.0, 3.0, 20.0, -5.0])];
    let spots = told(&plain(Kind::Waterfall(steps), columns()));
    let rows: Vec<Vec<&str>> = spots.iter().map(texts_of).collect();
    assert_eq!(
        rows,
        [
            vec!["a", "10"],
            vec!["b", "−14", "−4"],
            vec!["c", "+3", "−1"],
            vec!["d", "20"],
            vec!["e", "−5", "15"],
            vec!["Total", "15"],
        ]
    );
}

#[test]
fn a_waterfall_leads_from_the_period_before_to_this_one() {
    let columns = vec![names(&["a", "b"]), numbers(&[7.0, 5.0]), before(&[4.0, 6.0])];
    let chart = Chart { compare: true, y: vec![1], ..plain(Kind::Waterfall(Waterfall::default()), columns) };
    let spots = told(&chart);
    let rows: Vec<Vec<&str>> = spots.iter().map(texts_of).collect();
    let expected = [vec!["last year", "10"], vec!["a", "+3", "13"], vec!["b", "−1", "12"], vec!["n", "12"]];
    assert_eq!(rows, expected);
}

#[test]
fn a_pareto_counts_what_is_left_out_in_the_whole() {
    let mut chart = plain(Kind::Pareto, vec![names(&["a", "b", "c"]), numbers(&[20.0, 50.0, 10.0])]);
    let shares = |chart: &Chart| -> Vec<(String, String)> {
        told(chart).iter().map(|spot| (spot.title.clone(), spot.details[1].value.clone())).collect()
    };
    let pair = |name: &str, share: &str| (name.to_owned(), share.to_owned());
    assert_eq!(shares(&chart), [pair("b", "62.5%"), pair("a", "87.5%"), pair("c", "100.0%")]);
    chart.table.totals = Some(vec![Value::Null, Value::Float(160.0)]);
    assert_eq!(shares(&chart), [pair("b", "31.3%"), pair("a", "43.8%"), pair("c", "50.0%")]);
}

#[test]
fn a_funnel_tells_both_conversions() {
    let spots = told(&plain(Kind::Funnel, vec![names(&["a", "b", "c"]), numbers(&[200.0, 100.0, 25.0])]));
    assert_eq!(texts_of(&spots[0]), ["a", "200", "100.0%", "–"]);
    assert_eq!(texts_of(&spots[2]), ["c", "25", "12.5%", "25.0%"]);
}

#[test]
fn a_bullet_is_measured_against_its_own_target_or_the_period_before() {
    let goal = Goal { target: Some(Target::Column(2)), bands: vec![] };
    let columns = |third| vec![names(&["a", "b"]), numbers(&[50.0, 30.0]), third];
    let own = Chart { y: vec![1], ..plain(Kind::Bullet(goal), columns(numbers(&[40.0, 0.0]))) };
    let spots = told(&own);
    assert_eq!(texts_of(&spots[0]), ["a", "50", "40", "125%"]);
    assert_eq!(texts_of(&spots[1]), ["b", "30", "0"], "a target of zero has no share");
    let plain_goal = Kind::Bullet(Goal::default());
    let compared = Chart { y: vec![1], compare: true, ..plain(plain_goal, columns(before(&[100.0, 30.0]))) };
    assert_eq!(texts_of(&told(&compared)[0]), ["a", "50", "100", "50%"]);
}

#[test]
fn a_histogram_counts_every_number_once() {
    let chart = Chart {
        x: 1,
        y: vec![],
        ..plain(
            Kind::Histogram { bins: Some(4) },
            vec![names(&["a", "b", "c", "d", "e"]), numbers(&[0.0, 9.0, 10.0, 39.0, 40.0])],
        )
    };
    let spots = told(&chart);
    let rows: Vec<Vec<&str>> = spots.iter().map(texts_of).collect();
    let expected = [
        vec!["0 – 10", "2 (40.0%)"],
        vec!["10 – 20", "1 (20.0%)"],
        vec!["20 – 30", "0 (0.0%)"],
        vec!["30 – 40", "2 (40.0%)"],
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_histogram_of_a_dimension_weighs_its_numbers() {
    let weights = vec![column("x", Role::Dimension, floats(&[1.0, 2.0, 9.0])), numbers(&[5.0, 6.0, 7.0])];
    let chart = Chart { x: 0, y: vec![1], ..plain(Kind::Histogram { bins: Some(2) }, weights) };
    let spots = told(&chart);
    assert_eq!(texts_of(&spots[0]), ["0 – 5", "11 (61.1%)"]);
    assert_eq!(texts_of(&spots[1]), ["5 – 10", "7 (38.9%)"]);
}

#[test]
fn a_box_tells_its_five_numbers_and_names_its_outliers() {
    let members: Vec<String> = (0..6).map(|n| format!("m{n}")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let chart = samples::split(
        Kind::Box,
        vec![names(&["all"; 6]), names(&members), numbers(&[1.0, 2.0, 3.0, 4.0, 5.0, 100.0])],
    );
    let spots = told(&chart);
    assert_eq!(texts_of(&spots[0]), ["all", "100", "4.75", "3.5", "2.25", "1", "6"]);
    assert_eq!(texts_of(&spots[1]), ["all · m5", "100"]);
}

#[test]
fn a_slope_goes_from_the_first_moment_to_the_last() {
    let chart = samples::split(
        Kind::Slope,
        vec![
            samples::time("m", Grain::Month, [samples::months(3), samples::months(3)].concat()),
            names(&["a", "a", "a", "b", "b", "b"]),
            numbers(&[4.0, 99.0, 5.0, 8.0, 99.0, 6.0]),
        ],
    );
    let spots = told(&chart);
    assert_eq!(texts_of(&spots[0]), ["a", "4", "5", "+1 (+25.0%)"]);
    assert_eq!(texts_of(&spots[2]), ["b", "8", "6", "−2 (−25.0%)"]);
    let three = samples::split(
        Kind::Slope,
        vec![names(&["x", "y", "z"]), names(&["a", "a", "a"]), numbers(&[1.0, 2.0, 3.0])],
    );
    let error = draw_chart(&three, 400.0, 220.0, Locale::En).unwrap_err().to_string();
    assert!(error.contains("more than two members"), "{error}");
}

#[test]
fn small_multiples_have_every_place_in_every_chart_and_one_scale() {
    let chart = Chart {
        y: vec![2],
        facet: Some(Facet { column: 1, across: Some(2) }),
        ..plain(
            Kind::Bar { stacking: Stacking::None, horizontal: false },
            vec![names(&["a", "b", "a"]), names(&["p", "p", "q"]), numbers(&[100.0, 50.0, 25.0])],
        )
    };
    let (page, spots) = draw_chart(&chart, 500.0, 260.0, Locale::En).unwrap();
    let titles: Vec<&str> = spots.iter().map(|spot| spot.title.as_str()).collect();
    assert_eq!(titles, ["p · a", "p · b", "q · a", "q · b"]);
    // A quarter of the number is a quarter of the height, in another chart too.
    let heights: Vec<f32> = page
        .ops
        .iter()
        .filter_map(|op| match op {
            Op::Path { segments, fill: Some(_), .. } => {
                let ys = segments.iter().filter_map(|segment| match segment {
                    Segment::MoveTo(_, y) | Segment::LineTo(_, y) => Some(*y),
                    Segment::CurveTo(..) | Segment::Close => None,
                });
                let (low, high) = ys.fold((f32::MAX, f32::MIN), |(low, high), y| (low.min(y), high.max(y)));
                Some(high - low).filter(|height| *height > 8.0)
            }
            _ => None,
        })
        .collect();
    assert_eq!(heights.len(), 3, "{heights:?}");
    assert!((heights[0] / heights[2] - 4.0).abs() < 0.05, "{heights:?}");
}

#[test]
fn what_has_no_share_is_left_out_and_said() {
    let columns = vec![names(&["a", "b", "c"]), numbers(&[5.0, -2.0, 3.0])];
    for kind in [Kind::Pareto, Kind::Funnel, Kind::Treemap] {
        let chart = plain(kind, columns.clone());
        let (page, spots) = draw_chart(&chart, 500.0, 260.0, Locale::En).unwrap();
        assert_eq!(spots.len(), 2, "{:?}", chart.kind);
        let said =
            page.ops.iter().any(|op| matches!(op, Op::Text { text, .. } if text == "1 negative left out"));
        assert!(said, "{:?}", chart.kind);
    }
}

#[test]
fn what_is_cut_is_said() {
    let many: Vec<Value> = (0..4_000).map(|n| Value::Text(format!("m{n}").into())).collect();
    let values: Vec<f64> = (0..4_000).map(|n| 1.0 + samples::noise(n)).collect();
    let columns = vec![column("name", Role::Dimension, many), numbers(&values), numbers(&values)];
    let said = |kind: Kind, x, y, wanted: &str| {
        let chart = Chart { x, y, ..plain(kind, columns.clone()) };
        let (page, _) = draw_chart(&chart, 500.0, 260.0, Locale::En).unwrap();
        let found = page.ops.iter().any(|op| matches!(op, Op::Text { text, .. } if text.contains(wanted)));
        assert!(found, "{:?} does not say {wanted}", chart.kind);
    };
    said(Kind::Scatter { detail: Some(0), size: None }, 1, vec![2], "an even sample of 3,000 of 4,000");
    said(Kind::Treemap, 0, vec![1], "first 2,000 of 4,000");
    said(Kind::Bullet(Goal::default()), 0, vec![1], "of 4,000");
    said(Kind::Funnel, 0, vec![1], "of 4,000");
}
