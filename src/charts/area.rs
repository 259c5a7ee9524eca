//! Filled lines: over one another, on top of each other or as shares.

use plotters_backend::DrawingBackend;

use super::bar::axis_format;
use super::hotspot::{Hotspot, along_categories, per_mark};
use super::legend::{Legend, Symbol};
use super::line::{line, stretches};
use super::pen::{Area, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::series::Data;
use super::ticks::Scale;
use super::{ChartError, Stacking};

/// How strong the fill of a single area is: its line carries the colour.
const TINT: f64 = 0.14;
/// The same for parts of a stack, which have no line of their own to be told by.
const STACK_TINT: f64 = 0.92;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    stacking: Stacking,
) -> Result<Vec<Hotspot>, ChartError> {
    let bands = match stacking {
        Stacking::None => Vec::new(),
        Stacking::Stacked | Stacking::Percent => stacked(data, stacking),
    };
    let most = most_ticks(pen.surface().height());
    let scale = match stacking {
        Stacking::None => Scale::over(data.numbers(|_| true).into_iter().chain(data.reach()), true, most),
        Stacking::Stacked | Stacking::Percent => {
            let ends = bands.iter().flatten().flat_map(|(from, to)| [*from, *to]);
            Scale::over(ends.chain(data.reach()), true, most)
        }
    };
    let parts = Parts {
        left: ValueAxis { scale, format: axis_format(data, stacking) },
        right: None,
        placing: Placing::Edges,
        legend: Legend::entries(
            data,
            |series| if series.is_previous { Symbol::Dashes } else { Symbol::Square },
        ),
        right_margin: 0.0,
        top_margin: 0.0,
        bottom_margin: 0.0,
    };
    let plot = Plot::draw(pen, data, parts)?;
    if stacking == Stacking::None {
        for series in data.series.iter().rev() {
            if !series.is_previous {
                for stretch in stretches(series) {
                    let top: Vec<_> =
                        stretch.iter().map(|(index, value)| (plot.x(*index), plot.y(*value))).collect();
                    let foot = top.iter().rev().map(|(x, _)| (*x, plot.zero()));
                    let contour: Vec<_> = top.iter().copied().chain(foot).collect();
                    pen.polygon(&contour, series.role, TINT)?;
                }
            }
            line(pen, &plot, series, |value| plot.y(value))?;
        }
    } else {
        for (series, band) in data.series.iter().zip(&bands) {
            let upper = band.iter().enumerate().map(|(index, (_, to))| (plot.x(index), plot.y(*to)));
            let lower =
                band.iter().enumerate().rev().map(|(index, (from, _))| (plot.x(index), plot.y(*from)));
            let contour: Vec<_> = widened(upper.chain(lower).collect());
            pen.polygon(&contour, series.role, STACK_TINT)?;
        }
        for band in &bands {
            let edge: Vec<_> =
                band.iter().enumerate().map(|(index, (_, to))| (plot.x(index), plot.y(*to))).collect();
            pen.line(&edge, super::theme::Role::Surface, 0.6)?;
        }
    }
    plot.base_line(pen)?;
    plot.draw_overlays(pen, data)?;
    let mut hotspots = along_categories(data, plot.band(), |first, last| plot.stripe(first, last));
    hotspots.extend(per_mark(data, |series, category| {
        let stripe = plot.stripe(category, category);
        if let Some((from, to)) = bands.get(series).and_then(|band| band.get(category)) {
            let (from, to) = (plot.y(*from), plot.y(*to));
            return Some(Area::new(stripe.left, from.min(to), stripe.right, from.max(to)));
        }
        let y = plot.y(data.series.get(series)?.value(category)?);
        Some(Area::new(stripe.left, y - 6.0, stripe.right, y + 6.0))
    }));
    Ok(hotspots)
}

/// A single category has no width of its own; it is shown as a narrow column.
fn widened(points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    match points.as_slice() {
        &[(x, top), (_, foot)] => vec![(x - 6.0, top), (x + 6.0, top), (x + 6.0, foot), (x - 6.0, foot)],
        _ => points,
    }
}

/// Lower and upper edge of each series at each category; a missing number adds nothing. Negative
/// numbers go down from zero.
fn stacked(data: &Data<'_>, stacking: Stacking) -> Vec<Vec<(f64, f64)>> {
    let count = data.categories.len();
    let value =
        |series: &super::series::Series<'_>, index| series.value(index).unwrap_or(0.0).clamp(-1e300, 1e300);
    let totals: Vec<f64> =
        (0..count).map(|index| data.series.iter().map(|series| value(series, index).abs()).sum()).collect();
    let mut edges = vec![(0.0, 0.0); count];
    data.series
        .iter()
        .map(|series| {
            edges
                .iter_mut()
                .zip(&totals)
                .enumerate()
                .map(|(index, ((below, above), total))| {
                    let part = value(series, index);
                    let part = match stacking {
                        Stacking::Percent if *total > 0.0 => part / total,
                        Stacking::Percent => 0.0,
                        _ => part,
                    };
                    let edge = if part < 0.0 { below } else { above };
                    let from = *edge;
                    *edge += part;
                    (from, *edge)
                })
                .collect()
        })
        .collect()
}
