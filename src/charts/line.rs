//! Lines over an ordered axis.

use plotters_backend::DrawingBackend;

use super::hotspot::{Hotspot, along_categories, per_mark};
use super::labels::{fitted, spread};
use super::legend::{Legend, Symbol};
use super::overlay::error_bar;
use super::pen::{Align, Area, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::series::{Data, Series};
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError};
use crate::format::NumberStyle;

const WIDTH: f64 = 1.8;
const DASH: (f64, f64) = (3.6, 2.6);

/// Up to this many series have their names at the ends of their lines.
const MOST_NAMED: usize = 7;

/// Beyond this many points no numbers are written, wherever they would fit.
const MOST_VALUES: usize = 400;

/// Up to this many points show themselves as dots.
const MOST_DOTS: usize = 14;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
) -> Result<Vec<Hotspot>, ChartError> {
    let surface = pen.surface();
    let scale = Scale::over(
        data.numbers(|_| true).into_iter().chain(data.reach()),
        false,
        most_ticks(surface.height()),
    );
    let named = EndNames::of(pen, data, &scale)?;
    let legend = if named.is_some() {
        Vec::new()
    } else {
        Legend::entries(data, |series| if series.is_previous { Symbol::Dashes } else { Symbol::Line })
    };
    let has_bounds = data.series.iter().any(Series::has_bounds);
    let with_values = chart.labels.unwrap_or(
        data.shared.is_none() && data.series.len() == 1 && data.categories.len() <= MOST_DOTS && !has_bounds,
    );
    let parts = Parts {
        left: ValueAxis { scale, format: data.left_format() },
        right: None,
        placing: Placing::Edges,
        legend,
        right_margin: named.as_ref().map_or(0.0, |names| names.width),
        top_margin: if with_values { pen.style.font_size * 1.6 } else { 0.0 },
        bottom_margin: if with_values { pen.style.font_size * 0.6 } else { 0.0 },
    };
    let plot = Plot::draw(pen, data, parts)?;
    for series in data.series.iter().filter(|series| series.has_bounds()) {
        for index in 0..data.categories.len() {
            if let Some((low, high)) = series.bounds(index) {
                error_bar(pen, (plot.y(low), plot.y(high)), plot.x(index), plot.band(), true)?;
            }
        }
    }
    // The comparison lies behind, the first series on top.
    for series in data.series.iter().rev() {
        line(pen, &plot, series, |value| plot.y(value))?;
    }
    plot.draw_overlays(pen, data)?;
    if with_values {
        for series in data.series.iter().filter(|series| !series.is_previous) {
            values(pen, &plot, data, series)?;
        }
    }
    if let Some(names) = named {
        names.draw(pen, &plot, data)?;
    }
    let mut hotspots = along_categories(data, plot.band(), |first, last| plot.stripe(first, last));
    hotspots.extend(points(&plot, data, |value| plot.y(value)));
    Ok(hotspots)
}

/// A hotspot around each point, where points lead to different places.
fn points(plot: &Plot, data: &Data<'_>, y: impl Fn(f64) -> f64) -> Vec<Hotspot> {
    let half = (plot.band() / 2.0).clamp(1.5, 6.0);
    per_mark(data, |series, category| {
        let value = data.series.get(series)?.value(category)?;
        let (x, y) = (plot.x(category), y(value));
        Some(Area::new(x - half, y - half, x + half, y + half))
    })
}

/// Draws one series, broken where it has no value, with dots where there are few points or a point
/// stands alone.
pub(super) fn line<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    series: &Series<'_>,
    y: impl Fn(f64) -> f64,
) -> Result<(), ChartError> {
    let stretches = stretches(series);
    let dots = series.values.iter().flatten().count() <= MOST_DOTS && !series.is_previous;
    for stretch in &stretches {
        let points: Vec<_> = stretch.iter().map(|(index, value)| (plot.x(*index), y(*value))).collect();
        if series.is_previous {
            pen.dashed(&points, series.role, WIDTH * 0.8, DASH)?;
        } else if points.len() > 1 {
            pen.line(&points, series.role, WIDTH)?;
        }
    }
    for stretch in &stretches {
        if dots || stretch.len() == 1 {
            for (index, value) in stretch {
                pen.ringed_dot((plot.x(*index), y(*value)), 2.1, series.role)?;
            }
        }
    }
    if let Some((index, value)) = stretches.last().and_then(|stretch| stretch.last())
        && !series.is_previous
    {
        pen.ringed_dot((plot.x(*index), y(*value)), 2.4, series.role)?;
    }
    Ok(())
}

/// The points of a series, divided where it has no value.
pub(super) fn stretches(series: &Series<'_>) -> Vec<Vec<(usize, f64)>> {
    let mut stretches: Vec<Vec<(usize, f64)>> = vec![Vec::new()];
    for index in 0..series.values.len() {
        match series.value(index) {
            Some(value) => {
                if let Some(stretch) = stretches.last_mut() {
                    stretch.push((index, value));
                }
            }
            None if series.is_gap(index) => stretches.push(Vec::new()),
            None => {}
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    stretches
}

/// Writes the numbers above or below the points, wherever neither the line nor another number is in
/// the way; the highest and the lowest come first.
fn values<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    series: &Series<'_>,
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    let points: Vec<(usize, f64)> =
        series.values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?))).collect();
    if points.len() > MOST_VALUES {
        return Ok(());
    }
    let line: Vec<(f64, f64)> =
        points.iter().map(|(index, value)| (plot.x(*index), plot.y(*value))).collect();
    let mut order: Vec<usize> = (0..points.len()).collect();
    let mean = points.iter().map(|(_, value)| value / points.len() as f64).sum::<f64>();
    order.sort_by(|a, b| (points[*b].1 - mean).abs().total_cmp(&(points[*a].1 - mean).abs()));
    let surface = pen.surface();
    let mut taken: Vec<Area> = Vec::new();
    for place in order {
        let (Some((index, _)), Some((x, y))) = (points.get(place), line.get(place)) else { continue };
        let Some(text) = series.text(*index, NumberStyle::Mark, data.locale) else { continue };
        let half = pen.width(&text, font)? / 2.0;
        let x = x.min(surface.right - half).max(surface.left + half);
        let box_at = |middle: f64| {
            Area::new(x - half - 1.0, middle - font.size * 0.5, x + half + 1.0, middle + font.size * 0.5)
        };
        let free = |area: &Area| {
            area.bottom <= plot.area.bottom + font.size
                && area.top >= surface.top
                && !taken.iter().any(|other| area.overlaps(other))
                && !crosses(&line, area)
        };
        let offset = font.size * 1.15;
        let (low, high) = series.bounds(*index).map_or((*y, *y), |(low, high)| (plot.y(low), plot.y(high)));
        let spots = [box_at(high.min(*y) - offset), box_at(low.max(*y) + offset)];
        if let Some(area) = spots.into_iter().find(free) {
            plot.number(pen, &text, area.center(), font)?;
            taken.push(area);
        }
    }
    Ok(())
}

/// Whether a line from left to right runs through `area`.
pub(super) fn crosses(line: &[(f64, f64)], area: &Area) -> bool {
    line.windows(2).any(|pair| {
        let &[(x0, y0), (x1, y1)] = pair else { return false };
        if x1 < area.left || x0 > area.right {
            return false;
        }
        let at = |x: f64| if x1 > x0 { y0 + (y1 - y0) * ((x - x0) / (x1 - x0)) } else { y0 };
        let (from, to) = (at(x0.max(area.left)), at(x1.min(area.right)));
        from.min(to) <= area.bottom && from.max(to) >= area.top
    })
}

/// Names at the right ends of lines, instead of a legend.
struct EndNames {
    /// One per series: the name, cut to fit.
    names: Vec<String>,
    /// The last value of each series.
    last: Vec<f64>,
    width: f64,
}

impl EndNames {
    /// `None` where a legend is better: few or many series, long names, no room, or lines that end
    /// so close together that names would stand far from them.
    fn of<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
        scale: &Scale,
    ) -> Result<Option<Self>, ChartError> {
        let (surface, font) = (pen.surface(), pen.font());
        // Small multiples share one legend; names of overlays stand where those of lines would.
        if data.shared.is_some() || data.overlay.has_names() {
            return Ok(None);
        }
        if !(2..=MOST_NAMED).contains(&data.series.len()) || surface.width() < 180.0 {
            return Ok(None);
        }
        let room = surface.width() * 0.24;
        let mut names = Vec::new();
        let mut last = Vec::new();
        for series in &data.series {
            let Some(value) = series.values.iter().rev().find_map(|value| *value) else { return Ok(None) };
            let name = fitted(pen, &series.name, room - font.size * 1.6, font)?;
            if name.is_empty() || (name != series.name && name.chars().count() < 8) {
                return Ok(None);
            }
            names.push(name);
            last.push(value);
        }
        let width = pen.widest(names.iter().map(String::as_str), font)? + font.size * 1.6;
        // The height of the plot is not known yet; a slightly smaller one is a safe guess.
        let (top, bottom) = (0.0, surface.height() - font.size * 4.5);
        let wishes: Vec<f64> =
            last.iter().map(|value| bottom - scale.share(*value) * (bottom - top)).collect();
        let placed = spread(&wishes, font.size * 1.3, top, bottom);
        let near = placed.is_some_and(|placed| {
            placed.iter().zip(&wishes).all(|(placed, wish)| (placed - wish).abs() <= font.size * 2.2)
        });
        Ok(near.then_some(Self { names, last, width }))
    }

    fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        plot: &Plot,
        data: &Data<'_>,
    ) -> Result<(), ChartError> {
        let font = pen.font().role(Role::Ink);
        let wishes: Vec<f64> = self.last.iter().map(|value| plot.y(*value)).collect();
        let (top, bottom) = (pen.surface().top, plot.area.bottom + font.size * 0.6);
        let Some(placed) = spread(&wishes, font.size * 1.3, top, bottom) else { return Ok(()) };
        let x = plot.area.right + font.size * 0.5;
        for ((name, y), series) in self.names.iter().zip(placed).zip(&data.series) {
            if series.is_previous {
                pen.dashed(
                    &[(x - font.size * 0.2, y), (x + font.size * 0.7, y)],
                    series.role,
                    1.4,
                    (2.4, 1.6),
                )?;
            } else {
                pen.dot((x + font.size * 0.25, y), font.size * 0.25, series.role)?;
            }
            pen.text(name, (x + font.size * 0.9, y), Align::Left, font)?;
        }
        Ok(())
    }
}
