//! Charts on a sheet: drawn by the one renderer, put in their place.

use super::lines::Typesetter;
use crate::charts::Chart;
use crate::format::Locale;
use crate::render::canvas::{Page, Rect};
use crate::render::{draw_chart_on, draw_sparkline_on};
use crate::table::Value;

/// Draws `chart` into `area`; the problem, if it cannot be drawn.
pub(super) fn draw(
    page: &mut Page,
    chart: &Chart,
    area: Rect,
    locale: Locale,
    texts: &Typesetter,
) -> Result<(), String> {
    let drawn = match legible(chart, texts) {
        Some(chart) => draw_chart_on(page, area, &chart, locale),
        None => draw_chart_on(page, area, chart, locale),
    };
    drawn.map(drop).map_err(|problem| problem.to_string())
}

/// Draws the way a number went into `area`; nothing for fewer than two points.
pub(super) fn sparkline(page: &mut Page, points: &[Option<f64>], area: Rect) {
    if points.iter().flatten().count() > 1 {
        // Without its sparkline a card still says everything it has to.
        let _ = draw_sparkline_on(page, area, points);
    }
}

/// The chart with names that the fonts can show, so that labels are measured as they are drawn;
/// `None` if it has no others.
fn legible(chart: &Chart, texts: &Typesetter) -> Option<Chart> {
    let columns = &chart.table.columns;
    let titles = columns.iter().map(|column| column.title.as_str());
    let cells = columns.iter().flat_map(|column| &column.cells).filter_map(|cell| match cell {
        Value::Text(text) => Some(&**text),
        _ => None,
    });
    let events = chart.overlays.events.iter().flat_map(|events| &events.list);
    let told = events.map(|event| event.text.as_str());
    if titles.chain(cells).chain(told).all(|text| matches!(texts.clean(text), std::borrow::Cow::Borrowed(_)))
    {
        return None;
    }
    let mut chart = chart.clone();
    for column in &mut chart.table.columns {
        column.title = texts.clean(&column.title).into_owned();
        for cell in &mut column.cells {
            if let Value::Text(text) = cell {
                *text = texts.clean(text).into();
            }
        }
    }
    for event in chart.overlays.events.iter_mut().flat_map(|events| &mut events.list) {
        event.text = texts.clean(&event.text).into_owned();
    }
    Some(chart)
}
