//! Every kind of chart, drawn for the screen and for mail; hostile data included.

mod overlaid;
mod told;

use std::fmt::Write as _;

use super::canvas::{FontSet, Op, Page, Rect, Segment, png, stylesheet, svg, svg_file};
use super::{draw_chart, draw_sparkline_on};
use crate::charts::samples::{self, column, floats, plain, texts, won};
use crate::charts::{Chart, Facet, Goal, Kind, Stacking, Target, Waterfall};
use crate::format::{Grain, Locale};
use crate::table::{Role, Value};

/// Writes the gallery to `gallery/` in cargo's target directory: one HTML page per locale and mode.
#[test]
fn every_kind_is_drawn_in_every_locale() {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let folder = std::path::Path::new(&target).join("gallery");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("chart.css"), stylesheet()).unwrap();
    for locale in Locale::ALL {
        let mut html = String::new();
        for (name, chart) in samples::all(locale) {
            let (page, hotspots) = draw_chart(&chart, 400.0, 220.0, locale).unwrap();
            assert!(page.ops.iter().any(|op| matches!(op, Op::Text { .. })), "{name} says nothing");
            stays_inside(&page, name);
            let text = svg(&page, &hotspots, name);
            let size = text.len() / 1024;
            let _ = writeln!(html, "<figure><figcaption>{name} {size} kB</figcaption>{text}</figure>");
            if locale == Locale::Ko {
                std::fs::write(folder.join(format!("{name}.png")), png(&page, 2.0).unwrap()).unwrap();
                std::fs::write(folder.join(format!("{name}.svg")), svg_file(&page, name)).unwrap();
            }
        }
        for mode in ["light", "dark"] {
            let page = format!(
                "<!doctype html><html data-theme=\"{mode}\"><meta charset=\"utf-8\">\
                 <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src file:; font-src file:\">\
                 <link rel=\"stylesheet\" href=\"chart.css\"><link rel=\"stylesheet\" href=\"gallery.css\">{html}</html>"
            );
            std::fs::write(folder.join(format!("{}-{mode}.html", locale.tag())), page).unwrap();
        }
    }
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/static/fonts");
    let css = format!(
        "@font-face{{font-family:Pretendard;src:url(file://{fonts}/Pretendard-Regular.otf);font-weight:400}}\
         @font-face{{font-family:Pretendard;src:url(file://{fonts}/Pretendard-Bold.otf);font-weight:700}}\
         @font-face{{font-family:'Noto Sans HK';src:url(file://{fonts}/NotoSansHK-Regular.ttf)}}\
         body{{background:var(--surface);color:var(--ink);display:grid;grid-template-columns:1fr 1fr;gap:28px 36px;margin:24px;font-family:Pretendard,'Noto Sans HK'}}\
         figure{{margin:0}}figcaption{{font-size:12px;margin-bottom:6px;opacity:.6}}"
    );
    std::fs::write(folder.join("gallery.css"), css).unwrap();
}

/// A phone's width, in the same gallery.
#[test]
fn narrow_charts_keep_their_texts_apart_and_inside() {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let mut html = String::from(
        "<!doctype html><meta charset=\"utf-8\"><link rel=\"stylesheet\" href=\"chart.css\">\
         <link rel=\"stylesheet\" href=\"gallery.css\"><link rel=\"stylesheet\" href=\"narrow.css\">",
    );
    for (name, chart) in samples::all(Locale::Ko) {
        let (page, hotspots) = draw_chart(&chart, 250.0, 190.0, Locale::Ko).unwrap();
        stays_inside(&page, name);
        let _ =
            writeln!(html, "<figure><figcaption>{name}</figcaption>{}</figure>", svg(&page, &hotspots, name));
    }
    let folder = std::path::Path::new(&target).join("gallery");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("narrow.css"), "body{grid-template-columns:repeat(4,1fr)}").unwrap();
    std::fs::write(folder.join("narrow.html"), html).unwrap();
}

/// No text may leave the page: what is cut at an edge cannot be read.
fn stays_inside(page: &Page, name: &str) {
    let fonts = FontSet::bundled();
    for op in &page.ops {
        let Op::Text { x, y, size, weight, text, turn, .. } = op else { continue };
        let width = fonts.width(text, *size, *weight);
        let area = if *turn > 45.0 {
            Rect::new(*x - size * 0.75, *y - width, *size, width)
        } else {
            Rect::new(*x, *y - size * 0.75, width, *size)
        };
        let inside = area.x >= -0.5
            && area.y >= -0.5
            && area.right() <= page.width + 0.5
            && area.bottom() <= page.height + 1.0;
        assert!(inside, "{name}: `{text}` at {area:?}");
    }
}

fn kinds() -> Vec<Kind> {
    let stackings = [Stacking::None, Stacking::Stacked, Stacking::Percent];
    let bars = stackings
        .iter()
        .flat_map(|stacking| [false, true].map(|horizontal| Kind::Bar { stacking: *stacking, horizontal }));
    let areas = stackings.iter().map(|stacking| Kind::Area(*stacking));
    let goal = |target| Goal { target, bands: vec![0.5, 0.9, 1.1] };
    let others = [
        Kind::Line,
        Kind::Donut,
        Kind::Combo,
        Kind::Heatmap,
        Kind::Waterfall(Waterfall { totals: vec![1], closes: true }),
        Kind::Scatter { detail: Some(0), size: Some(2) },
        Kind::Scatter { detail: Some(0), size: None },
        Kind::Histogram { bins: None },
        Kind::Histogram { bins: Some(2) },
        Kind::Box,
        Kind::Pareto,
        Kind::Bullet(goal(Some(Target::Column(2)))),
        Kind::Bullet(goal(None)),
        Kind::Gauge { goal: goal(Some(Target::Value(f64::MAX))), low: None, high: None },
        Kind::Gauge { goal: goal(None), low: Some(f64::NAN), high: Some(-1.0) },
        Kind::Funnel,
        Kind::Treemap,
        Kind::Slope,
    ];
    bars.chain(areas).chain(others).collect()
}

/// A chart of `kind` over names and one column of values; a combo draws the values twice.
fn chart_of(kind: Kind, names: Vec<Value>, values: Vec<Value>) -> Chart {
    let columns =
        vec![column("이름", Role::Dimension, names), won("값", values.clone()), won("둘째", values)];
    let mut chart = Chart { y: vec![1], ..plain(kind, columns) };
    match chart.kind {
        Kind::Combo => chart.line = vec![2],
        Kind::Scatter { .. } => (chart.x, chart.y) = (1, vec![2]),
        Kind::Histogram { .. } => (chart.x, chart.y) = (1, vec![]),
        // All rows are observations of one box.
        Kind::Box => {
            let one = vec![Value::Text("전체".into()); chart.table.len()];
            chart.table.columns.push(column("전부", Role::Dimension, one));
            (chart.x, chart.by) = (3, Some(0));
        }
        // A line per row, from the first measure to the second.
        Kind::Slope => {
            chart.table.columns[2].role = Role::Previous;
            chart.compare = true;
        }
        _ => {}
    }
    chart
}

#[test]
fn hostile_numbers_are_drawn_inside_the_page_without_panic() {
    let decimal = |unscaled| Value::Decimal { unscaled, scale: 2 };
    let hostile: Vec<Vec<Value>> = vec![
        vec![],
        vec![Value::Null, Value::Null],
        floats(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]),
        floats(&[0.0, 0.0, 0.0]),
        floats(&[-0.0]),
        floats(&[5.0]),
        floats(&[7.0, 7.0, 7.0]),
        floats(&[-3.0, -2.0, -1.0]),
        floats(&[1e308, -1e308, 1.0]),
        floats(&[5e-324, 1e-300]),
        floats(&[1e16, 1e16 + 2.0]),
        floats(&[1.0, f64::NAN, 2.0, f64::INFINITY]),
        vec![Value::Null, Value::Int(i64::MAX), Value::Int(i64::MIN)],
        vec![decimal(i128::MAX), decimal(99_999_999_999_999_999_999_999_999_999_999_999_999), decimal(-1)],
        (0..10_000).map(|n| Value::Float(samples::noise(n))).collect(),
    ];
    for kind in kinds() {
        for (case, values) in hostile.iter().enumerate() {
            let names = (0..values.len()).map(|n| Value::Text(format!("이름 {n}").into())).collect();
            let chart = chart_of(kind.clone(), names, values.clone());
            for (width, height) in [(400.0, 220.0), (120.0, 90.0), (30.0, 10.0)] {
                let (page, hotspots) = draw_chart(&chart, width, height, Locale::Ko).unwrap();
                let name = format!("{kind:?} case {case} at {width}");
                stays_inside(&page, &name);
                assert!(numbers_are_finite(&page), "{name}");
                assert!(svg(&page, &hotspots, &name).len() < 2_000_000, "{name}");
            }
        }
    }
}

fn numbers_are_finite(page: &Page) -> bool {
    page.ops.iter().all(|op| match op {
        Op::Text { x, y, .. } => x.is_finite() && y.is_finite(),
        Op::Path { segments, .. } => segments.iter().all(|segment| match segment {
            Segment::MoveTo(x, y) | Segment::LineTo(x, y) => {
                x.is_finite() && y.is_finite() && x.abs() < 1e4 && y.abs() < 1e4
            }
            Segment::CurveTo(..) | Segment::Close => true,
        }),
        _ => true,
    })
}

#[test]
fn hostile_names_stay_text_inside_the_page() {
    let long = "가나다 ".repeat(3_000);
    let names = texts(&[
        "<script>alert(1)</script>",
        &long,
        "\u{0}\u{1b}[31m\n\r",
        "مرحبا\u{202e}abc",
        "😀👨‍👩‍👧",
        "",
        "&amp;\"'",
    ]);
    let values = floats(&[7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0]);
    for kind in kinds() {
        let chart = chart_of(kind.clone(), names.clone(), values.clone());
        let (page, hotspots) = draw_chart(&chart, 400.0, 220.0, Locale::En).unwrap();
        stays_inside(&page, &format!("{kind:?}"));
        let text = svg(&page, &hotspots, &long);
        assert!(!text.contains("<script"), "{kind:?}");
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{kind:?}");
        assert!(png(&page, 1.0).is_ok());
    }
}

#[test]
fn names_and_numbers_never_overlap() {
    for locale in Locale::ALL {
        for (name, chart) in samples::all(locale) {
            for (width, height) in [(400.0, 220.0), (250.0, 190.0), (720.0, 260.0)] {
                let (page, _) = draw_chart(&chart, width, height, locale).unwrap();
                let boxes: Vec<(Rect, &str)> = page.ops.iter().filter_map(text_box).collect();
                for (index, (one, text)) in boxes.iter().enumerate() {
                    for (other, other_text) in &boxes[index + 1..] {
                        let across = one.right().min(other.right()) - one.x.max(other.x);
                        let down = one.bottom().min(other.bottom()) - one.y.max(other.y);
                        assert!(
                            across <= 0.3 || down <= 0.3,
                            "{name} {width}: `{text}` {one:?} and `{other_text}` {other:?}"
                        );
                    }
                }
            }
        }
    }
}

/// The ink of a text: capitals, without the space above and below.
fn text_box(op: &Op) -> Option<(Rect, &str)> {
    let Op::Text { x, y, size, weight, text, turn, .. } = op else { return None };
    let width = FontSet::bundled().width(text, *size, *weight);
    let height = size * 0.72;
    Some(if *turn > 45.0 {
        (Rect::new(*x - height, *y - width, height, width), text)
    } else {
        (Rect::new(*x, *y - height, width, height), text)
    })
}

#[test]
fn a_chart_that_does_not_fit_its_table_says_what_to_change() {
    let columns = || vec![column("이름", Role::Dimension, texts(&["a"])), won("값", texts(&["x"]))];
    let message = |chart: Chart| draw_chart(&chart, 400.0, 220.0, Locale::Ko).unwrap_err().to_string();
    let line = plain(Kind::Line, columns());
    assert!(message(line.clone()).contains("column `값` holds `x`"));
    assert!(message(Chart { y: vec![], ..line.clone() }).contains("give it one under `y`"));
    assert!(message(Chart { y: vec![9], ..line.clone() }).contains("has only 2"));
    assert!(message(Chart { kind: Kind::Combo, ..line.clone() }).contains("under `line`"));
    assert!(message(Chart { kind: Kind::Donut, by: Some(0), ..line }).contains("takes no `by`"));
}

#[test]
fn more_marks_than_a_page_can_carry_are_refused_not_cut() {
    let names: Vec<Value> = (0..600).map(Value::Int).collect();
    let chart = samples::split(
        Kind::Line,
        vec![
            column("x", Role::Dimension, names.clone()),
            column("by", Role::Dimension, names.clone()),
            won("y", names),
        ],
    );
    let error = draw_chart(&chart, 400.0, 220.0, Locale::Ko).unwrap_err();
    assert_eq!(error.kind(), crate::error::Kind::OverLimit);
    assert!(error.to_string().contains("600 categories by 600 series"), "{error}");
}

#[test]
fn a_hotspot_tells_the_exact_numbers_of_its_category() {
    let chart = plain(
        Kind::Line,
        vec![
            column("이름", Role::Dimension, texts(&["가", "나"])),
            won("매출", vec![Value::Int(123_456_789), Value::Null]),
        ],
    );
    let (page, hotspots) = draw_chart(&chart, 400.0, 220.0, Locale::Ko).unwrap();
    assert_eq!(hotspots.len(), 2);
    assert_eq!(hotspots[0].title, "가");
    assert_eq!(hotspots[0].details[0].label, "매출");
    assert_eq!(hotspots[0].details[0].value, "₩123,456,789");
    assert_eq!(hotspots[1].details[0].value, "–");
    let text = svg(&page, &hotspots, "매출");
    assert!(text.contains("data-title=\"가\" data-lines=\"chart-1&#9;매출&#9;₩123,456,789\""), "{text}");
}

#[test]
fn a_month_without_rows_keeps_its_place() {
    let months: Vec<Value> =
        samples::months(5).into_iter().enumerate().filter(|(m, _)| *m != 2).map(|(_, m)| m).collect();
    let chart = plain(
        Kind::Bar { stacking: Stacking::None, horizontal: false },
        vec![samples::time("월", Grain::Month, months), won("매출", floats(&[1.0, 2.0, 4.0, 5.0]))],
    );
    let (_, hotspots) = draw_chart(&chart, 400.0, 220.0, Locale::Ko).unwrap();
    let titles: Vec<&str> = hotspots.iter().map(|hotspot| hotspot.title.as_str()).collect();
    assert_eq!(titles, ["2024년 7월", "2024년 8월", "2024년 9월", "2024년 10월", "2024년 11월"]);
    assert!(hotspots[2].details.is_empty());
}

#[test]
fn a_sparkline_breaks_where_points_are_missing() {
    let strokes = |points: &[Option<f64>]| {
        let mut page = Page::new(80.0, 20.0);
        draw_sparkline_on(&mut page, Rect::new(0.0, 0.0, 80.0, 20.0), points).unwrap();
        page.ops.iter().filter(|op| matches!(op, Op::Path { stroke: Some(_), .. })).count()
    };
    assert_eq!(strokes(&[Some(1.0), Some(2.0), Some(1.5), Some(3.0)]), 1);
    assert_eq!(strokes(&[Some(1.0), Some(2.0), None, Some(1.5), Some(3.0)]), 2);
    assert_eq!(strokes(&[None, Some(f64::NAN), Some(f64::INFINITY)]), 0);
    assert_eq!(strokes(&[]), 0);
}

#[test]
fn the_same_chart_is_the_same_drawing() {
    let chart = |kind| {
        plain(
            kind,
            vec![
                column("이름", Role::Dimension, texts(&["가", "나", "다"])),
                won("매출", floats(&[3e8, 2e8, 1e8])),
            ],
        )
    };
    let drawing = |kind| svg_file(&draw_chart(&chart(kind), 160.0, 100.0, Locale::Ko).unwrap().0, "매출");
    insta::assert_snapshot!("bar", drawing(Kind::Bar { stacking: Stacking::None, horizontal: false }));
    insta::assert_snapshot!("ranking", drawing(Kind::Bar { stacking: Stacking::None, horizontal: true }));
    insta::assert_snapshot!("line", drawing(Kind::Line));
}

#[test]
fn the_comparison_stands_beside_bars_and_never_on_top_of_them() {
    let told = |stacking| {
        let chart = Chart {
            compare: true,
            y: vec![1],
            ..plain(
                Kind::Bar { stacking, horizontal: false },
                vec![
                    column("이름", Role::Dimension, texts(&["가", "나"])),
                    won("매출", floats(&[10.0, 20.0])),
                    crate::table::Column { role: Role::Previous, ..won("이전", floats(&[9.0, 30.0])) },
                ],
            )
        };
        let (_, hotspots) = draw_chart(&chart, 400.0, 220.0, Locale::Ko).unwrap();
        hotspots[0].details.iter().map(|detail| detail.label.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(Stacking::None), ["매출", "이전"]);
    assert_eq!(told(Stacking::Stacked), ["매출"]);
}
