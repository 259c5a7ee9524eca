//! Screen and sheet show the same drawing: for every kind of chart, the points and texts of the SVG
//! are those of the PDF, after the place on the sheet and the turn of the y axis.

mod charts;
mod drawing;
mod read_pdf;
mod read_svg;

use std::process::Command;

use chrono::DateTime;
use jangpyo::charts::{
    Chart, Dash, ErrorBars, Facet, Goal, Kind, Level, Look, Overlays, Palette, ReferenceLine, ShadedRange,
    Stacking, Target, Tone, Waterfall,
};
use jangpyo::format::Locale;
use jangpyo::render::canvas::pdf::{Metadata, PdfWriter, SheetWriter};
use jangpyo::render::canvas::{Page, Rect, svg_file};
use jangpyo::render::{draw_chart, draw_chart_on, draw_sparkline_on};

use drawing::{Drawing, Frame};

/// A4, upright.
const SHEET: (f32, f32) = (595.28, 841.89);
/// Where the drawing stands on the sheet, in whole hundredths as the writers round.
const PLACE: (f32, f32) = (48.25, 117.5);
const SIZE: (f32, f32) = (400.0, 220.0);

/// A4 with whatever `draw` puts into its place.
fn sheet(draw: impl FnOnce(&mut Page, Rect)) -> Vec<u8> {
    let mut page = Page::new(SHEET.0, SHEET.1);
    draw(&mut page, Rect::new(PLACE.0, PLACE.1, SIZE.0, SIZE.1));
    let mut writer = PdfWriter::new(Metadata {
        title: "T".into(),
        author: String::new(),
        subject: String::new(),
        keywords: String::new(),
        proof: String::new(),
        language: "ko",
        created: DateTime::UNIX_EPOCH,
    });
    writer.page(page).unwrap();
    writer.finish().unwrap().bytes
}

fn as_svg(chart: &Chart) -> String {
    let (page, _) = draw_chart(chart, SIZE.0, SIZE.1, Locale::Ko).unwrap();
    svg_file(&page, "그림")
}

fn as_pdf(chart: &Chart) -> Vec<u8> {
    sheet(|page, area| {
        draw_chart_on(page, area, chart, Locale::Ko).unwrap();
    })
}

fn frame() -> Frame {
    Frame { height: f64::from(SHEET.1), left: f64::from(PLACE.0), top: f64::from(PLACE.1) }
}

fn assert_same(chart: &Chart, least_paths: usize) {
    let screen = read_svg::drawing(&as_svg(chart));
    let paper = read_pdf::drawing(&as_pdf(chart), frame());
    assert!(screen.contours.len() >= least_paths, "only {} paths were drawn", screen.contours.len());
    assert!(screen.texts.len() >= 3, "only {:?} was written", screen.texts);
    screen.assert_same_as(&paper);
}

#[test]
fn a_line_chart() {
    assert_same(&charts::by_country(Kind::Line), 3);
}

#[test]
fn an_area_chart() {
    assert_same(&charts::single(Kind::Area(Stacking::None)), 2);
}

#[test]
fn a_stacked_area_chart() {
    assert_same(&charts::by_country(Kind::Area(Stacking::Stacked)), 3);
}

#[test]
fn a_percent_area_chart() {
    assert_same(&charts::by_country(Kind::Area(Stacking::Percent)), 3);
}

#[test]
fn a_grouped_bar_chart() {
    assert_same(&charts::by_country(Kind::Bar { stacking: Stacking::None, horizontal: false }), 18);
}

#[test]
fn a_stacked_bar_chart() {
    assert_same(&charts::by_country(Kind::Bar { stacking: Stacking::Stacked, horizontal: false }), 18);
}

#[test]
fn a_percent_bar_chart() {
    assert_same(&charts::by_country(Kind::Bar { stacking: Stacking::Percent, horizontal: false }), 18);
}

#[test]
fn a_horizontal_bar_chart() {
    assert_same(&charts::ranking(Kind::Bar { stacking: Stacking::None, horizontal: true }), 5);
}

#[test]
fn a_donut_chart() {
    assert_same(&charts::ranking(Kind::Donut), 5);
}

#[test]
fn a_combo_chart() {
    assert_same(&charts::combo(), 7);
}

#[test]
fn a_chart_with_lines_ranges_a_trend_and_error_bars() {
    let line = |at, label: Option<&str>| ReferenceLine {
        at,
        label: label.map(Into::into),
        tone: Tone::Bad,
        dash: Dash::Dashed,
        on_right: false,
    };
    let range = ShadedRange { from: Some(1.5e8), to: None, label: Some("범위".into()), tone: Tone::Good };
    let overlays = Overlays {
        events: None,
        lines: vec![line(Level::Average, None), line(Level::Value(2.0e8), Some("목표"))],
        ranges: vec![range],
        trend: true,
        error: Some(ErrorBars::Around(1)),
    };
    let bars = Kind::Bar { stacking: Stacking::None, horizontal: false };
    for kind in [Kind::Line, bars] {
        assert_same(&Chart { overlays: overlays.clone(), ..charts::single(kind) }, 40);
    }
}

#[test]
fn hatched_bars_in_another_palette() {
    let look = Look { palette: Palette::OkabeIto, patterns: true, ..Look::default() };
    let kind = Kind::Bar { stacking: Stacking::Stacked, horizontal: false };
    assert_same(&Chart { look, ..charts::by_country(kind) }, 40);
}

#[test]
fn a_heatmap() {
    assert_same(&charts::by_country(Kind::Heatmap), 18);
}

#[test]
fn a_waterfall() {
    let steps = Waterfall { totals: vec![0], closes: true };
    assert_same(&charts::ranking(Kind::Waterfall(steps)), 6);
}

#[test]
fn a_scatter_with_bubbles() {
    assert_same(&charts::points(), 14);
}

#[test]
fn a_histogram() {
    assert_same(&charts::distribution(), 3);
}

#[test]
fn a_box_plot() {
    assert_same(&charts::by_country(Kind::Box), 24);
}

#[test]
fn a_pareto_chart() {
    assert_same(&charts::ranking(Kind::Pareto), 7);
}

#[test]
fn a_bullet_chart() {
    let goal = Goal { target: Some(Target::Value(5.0e8)), bands: vec![0.5, 0.8, 1.2] };
    assert_same(&charts::ranking(Kind::Bullet(goal)), 20);
}

#[test]
fn a_gauge() {
    let goal = Goal { target: Some(Target::Value(8.7e8)), bands: vec![0.5, 0.8, 1.2] };
    assert_same(&charts::ranking(Kind::Gauge { goal, low: None, high: None }), 6);
}

#[test]
fn a_funnel() {
    assert_same(&charts::ranking(Kind::Funnel), 9);
}

#[test]
fn a_treemap() {
    assert_same(&charts::by_country(Kind::Treemap), 18);
}

#[test]
fn a_slope_chart() {
    assert_same(&charts::by_country(Kind::Slope), 5);
}

#[test]
fn a_calendar() {
    assert_same(&charts::days(), 60);
}

#[test]
fn small_multiples() {
    let facet = Some(Facet { column: 1, across: Some(2) });
    let kind = Kind::Bar { stacking: Stacking::None, horizontal: false };
    assert_same(&Chart { by: None, facet, ..charts::by_country(kind) }, 18);
    assert_same(&Chart { by: None, facet, ..charts::by_country(Kind::Line) }, 3);
}

#[test]
fn a_sparkline() {
    let points = [Some(3.0), Some(4.5), None, Some(2.0), Some(5.0), Some(4.0)];
    let mut page = Page::new(SIZE.0, SIZE.1);
    draw_sparkline_on(&mut page, Rect::new(0.0, 0.0, SIZE.0, SIZE.1), &points).unwrap();
    let screen = read_svg::drawing(&svg_file(&page, "흐름"));
    let pdf = sheet(|page, area| draw_sparkline_on(page, area, &points).unwrap());
    assert!(screen.contours.len() >= 2, "{:?}", screen.contours);
    screen.assert_same_as(&read_pdf::drawing(&pdf, frame()));
}

/// Poppler reads the file without any code of ours or of the library that wrote it.
#[test]
fn an_independent_reader_finds_the_paths_of_the_screen_on_the_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let charts = [
        ("line", charts::by_country(Kind::Line)),
        ("bar", charts::by_country(Kind::Bar { stacking: Stacking::Stacked, horizontal: false })),
        ("donut", charts::ranking(Kind::Donut)),
    ];
    for (name, chart) in charts {
        let (pdf, svg) = (folder.path().join("sheet.pdf"), folder.path().join("sheet.svg"));
        std::fs::write(&pdf, as_pdf(&chart)).unwrap();
        let ran =
            Command::new("pdftocairo").args(["-svg", "-noshrink", "-nocenter"]).args([&pdf, &svg]).status();
        let ran = ran.expect("pdftocairo is missing: install poppler-utils, as tests/all does");
        assert!(ran.success(), "{name}: {ran}");
        let read = read_svg::traced_by_poppler(&std::fs::read_to_string(&svg).unwrap(), frame());
        let screen = read_svg::drawing(&as_svg(&chart));
        let paths = Drawing { texts: Vec::new(), ..screen };
        paths.assert_same_as(&read);
    }
}
