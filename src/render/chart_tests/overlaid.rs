//! Reference lines, ranges, trends, error bars and patterns: what stands where, and what is told.

use super::*;
use crate::charts::{Dash, ErrorBars, Level, Look, Overlays, Palette, ReferenceLine, ShadedRange, Tone};

const BAR: Kind = Kind::Bar { stacking: Stacking::None, horizontal: false };

fn bars(numbers: &[f64]) -> Chart {
    let names: Vec<String> = (0..numbers.len()).map(|index| format!("n{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = vec![
        column("name", Role::Dimension, texts(&names)),
        column("n", Role::Measure, floats(numbers)),
        column("e", Role::Measure, floats(&vec![2.0; numbers.len()])),
    ];
    Chart { y: vec![1], ..plain(BAR, columns) }
}

fn line(at: Level) -> ReferenceLine {
    ReferenceLine { at, label: None, tone: Tone::Bad, dash: Dash::Solid, on_right: false }
}

fn page(chart: &Chart) -> Page {
    draw_chart(chart, 400.0, 220.0, Locale::En).unwrap().0
}

fn texts_of(page: &Page) -> Vec<String> {
    let text = |op: &Op| if let Op::Text { text, .. } = op { Some(text.clone()) } else { None };
    page.ops.iter().filter_map(text).collect()
}

#[test]
fn lines_name_the_statistics_of_the_drawn_numbers() {
    let lines = [Level::Average, Level::Median, Level::Max, Level::Value(25.0)].map(line).to_vec();
    let chart = Chart { overlays: Overlays { lines, ..Overlays::default() }, ..bars(&[1.0, 2.0, 9.0]) };
    let told = texts_of(&page(&chart));
    for expected in ["Average", "4", "Median", "2", "Maximum", "9", "25"] {
        assert!(told.iter().any(|text| text == expected), "{expected} in {told:?}");
    }
    assert!(told.iter().any(|text| text == "20"), "the axis reaches to the line: {told:?}");
}

#[test]
fn others_and_the_comparison_count_in_no_statistic() {
    let mut chart = bars(&[10.0, 20.0, 900.0]);
    chart.table.columns[0].cells[2] = Value::Others;
    chart.overlays.lines = vec![line(Level::Average)];
    assert!(texts_of(&page(&chart)).iter().any(|text| text == "15"));
}

#[test]
fn error_bars_are_told_with_their_number() {
    let overlays = Overlays { events: None, error: Some(ErrorBars::Around(2)), ..Overlays::default() };
    let (_, spots) =
        draw_chart(&Chart { overlays, ..bars(&[10.0, 20.0]) }, 400.0, 220.0, Locale::En).unwrap();
    assert_eq!(spots[0].details[0].value, "10 (8 – 12)");
}

#[test]
fn overlays_that_a_kind_has_no_place_for_are_refused() {
    let overlays = |lines, trend, error| Overlays { lines, trend, error, ..Overlays::default() };
    let around = Some(ErrorBars::Around(2));
    for (kind, overlays) in [
        (Kind::Donut, overlays(vec![line(Level::Max)], false, None)),
        (Kind::Area(Stacking::None), overlays(vec![], true, None)),
        (Kind::Area(Stacking::None), overlays(vec![], false, around)),
        (BAR, overlays(vec![ReferenceLine { on_right: true, ..line(Level::Max) }], false, None)),
        (BAR, overlays(vec![], false, Some(ErrorBars::Around(9)))),
    ] {
        let chart = Chart { kind, overlays, ..bars(&[1.0, 2.0]) };
        assert!(draw_chart(&chart, 400.0, 220.0, Locale::En).is_err(), "{chart:?}");
    }
}

#[test]
fn hostile_overlays_stay_inside_the_page() {
    let range =
        |from, to| ShadedRange { from, to, label: Some("\u{202e}긴 이름 ".repeat(50)), tone: Tone::Good };
    let levels = [f64::NAN, f64::INFINITY, -1e308, 1e308, 0.0].map(Level::Value);
    let named = |at| ReferenceLine { label: Some("이름 ".repeat(90)), ..line(at) };
    let overlays = Overlays {
        events: None,
        lines: levels.into_iter().chain([Level::Average, Level::Median]).map(named).collect(),
        ranges: vec![range(None, None), range(Some(f64::NAN), Some(1.0)), range(Some(5.0), Some(-5.0))],
        trend: true,
        error: Some(ErrorBars::Between { low: 2, high: 1 }),
    };
    for numbers in [&[][..], &[5.0], &[f64::NAN, f64::NAN], &[1e308, -1e308, 3.0, 0.0], &[7.0; 40]] {
        for kind in [Kind::Line, BAR] {
            for size in [(400.0, 220.0), (60.0, 40.0)] {
                let chart = Chart { kind: kind.clone(), overlays: overlays.clone(), ..bars(numbers) };
                let (page, _) = draw_chart(&chart, size.0, size.1, Locale::Ko).unwrap();
                assert!(numbers_are_finite(&page), "{kind:?} {numbers:?}");
                stays_inside(&page, "hostile overlays");
            }
        }
    }
}

/// A palette changes colours alone; a pattern adds lines and moves no text.
#[test]
fn a_look_changes_neither_numbers_nor_places() {
    let chart = || {
        let mut chart = chart_of(BAR, texts(&["a", "b", "c"]), floats(&[3.0, 5.0, 4.0]));
        chart.y = vec![1, 2];
        chart
    };
    let (plain, spots) = draw_chart(&chart(), 400.0, 220.0, Locale::En).unwrap();
    let look = Look { palette: Palette::OkabeIto, patterns: true, ..Look::default() };
    let (hatched, other) = draw_chart(&Chart { look, ..chart() }, 400.0, 220.0, Locale::En).unwrap();
    assert_eq!(texts_of(&plain), texts_of(&hatched));
    assert!(hatched.ops.len() > plain.ops.len() + 20);
    assert_eq!(spots[0].area, other[0].area);
    let variable = |spot: &crate::charts::Hotspot| spot.details[0].role.unwrap().swatch().variable;
    assert_eq!((variable(&spots[0]), variable(&other[0])), ("chart-1", "okabe-ito-1"));
    let text = svg(&hatched, &other, "x");
    assert!(text.contains("var(--okabe-ito-2)") && !text.contains("var(--chart-"), "{text}");
}
