//! A chart on a page of its own.

use super::canvas::{PIXELS_PER_POINT, Page, Recorder, Rect, Tag};
use crate::charts::{self, Chart, ChartError, Hotspot, Style};
use crate::format::Locale;

/// The size of everyday text in charts, in points.
pub const FONT_SIZE: f64 = 8.5;

/// Draws `chart` on a page of `width` × `height` points, with the areas that have more to tell, in
/// points of that page. Smaller than 40 × 30 points nothing can be read, and nothing is drawn.
pub fn draw_chart(
    chart: &Chart,
    width: f32,
    height: f32,
    locale: Locale,
) -> Result<(Page, Vec<Hotspot>), ChartError> {
    let mut page = Page::new(width, height);
    let hotspots = draw_chart_on(&mut page, Rect::new(0.0, 0.0, width, height), chart, locale)?;
    Ok((page, hotspots))
}

/// Draws `chart` into `area` of `page`, as a figure with its description. The hotspots count from
/// the area's corner.
pub fn draw_chart_on(
    page: &mut Page,
    area: Rect,
    chart: &Chart,
    locale: Locale,
) -> Result<Vec<Hotspot>, ChartError> {
    let alt = charts::description(chart, locale);
    page.tagged(Tag::Figure { alt }, |page| {
        let surface = Recorder::surface(page, area);
        charts::draw(chart, &surface, &style(locale))
    })
}

/// Draws the way a number went into `area` of `page`: no axes, a line, its last point.
pub fn draw_sparkline_on(page: &mut Page, area: Rect, points: &[Option<f64>]) -> Result<(), ChartError> {
    let surface = Recorder::surface(page, area);
    charts::sparkline(points, &surface, &style(Locale::Ko))
}

fn style(locale: Locale) -> Style {
    Style { locale, font_size: FONT_SIZE, pixels_per_point: f64::from(PIXELS_PER_POINT) }
}
