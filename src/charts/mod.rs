//! From a business table to a drawing, on any plotters backend.
//!
//! Takes a [`Chart`]; draws it with [`draw()`] and answers the areas that have more to tell. Knows
//! neither definitions nor files nor pages. A chart that cannot show its table is a [`ChartError`];
//! a table without numbers is drawn as a quiet line of text.

mod area;
mod axis;
mod bar;
mod box_plot;
mod bullet;
mod calendar;
mod chart;
mod check;
mod colors;
mod combo;
mod days;
mod description;
mod donut;
mod error;
mod facet;
mod funnel;
mod gauge;
mod goal;
mod heat;
mod heatmap;
mod histogram;
mod hotspot;
mod labels;
mod legend;
mod line;
mod overlay;
mod palette;
mod pareto;
mod pattern;
mod pen;
mod placement;
mod plane;
mod plot;
mod quartiles;
mod scatter;
mod series;
mod slope;
mod sparkline;
mod theme;
mod ticks;
mod time;
mod treemap;
mod waterfall;
mod words;

pub use chart::{Chart, Facet, Goal, Kind, Stacking, Style, Target, Waterfall};
pub use colors::{Colors, LightSeries, Shade};
pub use description::description;
pub use error::ChartError;
pub use hotspot::{Detail, Hotspot};
pub use overlay::{
    Dash, ErrorBars, Event, Events, Level, LevelLine, Overlays, ReferenceLine, ShadedRange, Tone, level_lines,
};
pub use palette::{Look, Palette};
pub use pen::Area;
pub use sparkline::sparkline;
pub use theme::{HEAT_STEPS, Role, SERIES_COLORS, Swatch};

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use pen::Pen;
use series::Data;

/// Draws `chart` over the whole of `area` and gives the areas that have more to tell, in points from
/// its top left corner. Text is measured by the backend's `estimate_text_size`.
pub fn draw<DB: DrawingBackend>(
    chart: &Chart,
    area: &DrawingArea<DB, Shift>,
    style: &Style,
) -> Result<Vec<Hotspot>, ChartError> {
    chart.check()?;
    let pen = Pen::new(area, style).with(chart.look);
    let mut hotspots = draw_with(&pen, chart, area)?;
    for detail in hotspots.iter_mut().flat_map(|hotspot| &mut hotspot.details) {
        detail.role = detail.role.map(|role| chart.look.of(role));
    }
    Ok(hotspots)
}

fn draw_with<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    chart: &Chart,
    area: &DrawingArea<DB, Shift>,
) -> Result<Vec<Hotspot>, ChartError> {
    let surface = pen.surface();
    if surface.width() < 40.0 || surface.height() < 30.0 {
        return Ok(Vec::new());
    }
    // These read numbers along their axis, or have none.
    match &chart.kind {
        Kind::Scatter { detail, size } => return scatter::draw(pen, chart, *detail, *size),
        Kind::Histogram { bins } => return histogram::draw(pen, chart, *bins),
        Kind::Gauge { goal, low, high } => return gauge::draw(pen, chart, goal, (*low, *high)),
        _ => {}
    }
    if let Some(facet) = chart.facet {
        return facet::draw(area, pen, chart, facet);
    }
    let data = Data::of(chart, pen.style.locale)?;
    if !data.has_numbers() {
        return nothing(pen);
    }
    draw_data(pen, &data, chart)
}

/// Draws what was read of `chart`.
fn draw_data<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
) -> Result<Vec<Hotspot>, ChartError> {
    match &chart.kind {
        Kind::Line => line::draw(pen, data, chart),
        Kind::Area(stacking) => area::draw(pen, data, *stacking),
        Kind::Bar { stacking, horizontal: false } => bar::draw_upright(pen, data, *stacking, chart.labels),
        Kind::Bar { stacking, horizontal: true } => bar::draw_lying(pen, data, *stacking, chart.labels),
        Kind::Donut => donut::draw(pen, data, chart),
        Kind::Combo => combo::draw(pen, data),
        Kind::Heatmap => heatmap::draw(pen, data, chart.labels),
        Kind::Waterfall(steps) => waterfall::draw(pen, data, steps, chart.labels),
        Kind::Box => box_plot::draw(pen, data, chart.labels),
        Kind::Pareto => pareto::draw(pen, data, chart),
        Kind::Bullet(goal) => bullet::draw(pen, data, chart, goal),
        Kind::Funnel => funnel::draw(pen, data),
        Kind::Treemap => treemap::draw(pen, data, chart.by.is_some()),
        Kind::Slope => slope::draw(pen, data, chart),
        Kind::Calendar => days::draw(pen, data),
        // Drawn before the table is read as series.
        Kind::Scatter { .. } | Kind::Histogram { .. } | Kind::Gauge { .. } => Ok(Vec::new()),
    }
}

/// Says that there is nothing to show.
fn nothing<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> Result<Vec<Hotspot>, ChartError> {
    let text = labels::fitted(pen, words::no_data(pen.style.locale), pen.surface().width(), pen.font())?;
    pen.text(&text, pen.surface().center(), pen::Align::Center, pen.font())?;
    Ok(Vec::new())
}

#[cfg(test)]
pub(crate) mod samples;
