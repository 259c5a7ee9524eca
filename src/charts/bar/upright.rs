//! Bars that stand.

use plotters_backend::DrawingBackend;

use super::{Lanes, Piece, axis_format, inside_labels, lane, pieces, role, scale, text};
use crate::charts::hotspot::{Hotspot, along_categories, per_mark};
use crate::charts::legend::{Legend, Symbol};
use crate::charts::overlay::error_bar;
use crate::charts::pen::{Area, Pen};
use crate::charts::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use crate::charts::series::Data;
use crate::charts::theme::Role;
use crate::charts::{ChartError, Stacking};
use crate::format::NumberStyle;

/// Draws one upright piece between `left` and `right`, its outer end rounded.
pub(in crate::charts) fn piece<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    (left, right): (f64, f64),
    piece: &Piece,
    role: Role,
) -> Result<(), ChartError> {
    let (from, to) = (plot.y(piece.from), plot.y(piece.to));
    let area = Area::new(left, from.min(to), right, from.max(to));
    let radius = if piece.is_outer { (area.width() * 0.16).min(2.4) } else { 0.0 };
    let radii = if to <= from { [radius, radius, 0.0, 0.0] } else { [0.0, 0.0, radius, radius] };
    pen.rounded(area, if area.height() > radius { radii } else { [0.0; 4] }, role)
}

/// Draws upright bars.
pub(in crate::charts) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    stacking: Stacking,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let pieces = pieces(data, stacking, |_| true);
    let parts = Parts {
        left: ValueAxis {
            scale: scale(data, &pieces, stacking, most_ticks(pen.surface().height())),
            format: axis_format(data, stacking),
        },
        right: None,
        placing: Placing::Bands,
        legend: Legend::entries(data, |_| Symbol::Square),
        right_margin: 0.0,
        top_margin: if labels == Some(false) { 0.0 } else { pen.style.font_size * 1.5 },
        bottom_margin: if labels != Some(false) && pieces.iter().any(|piece| piece.to < 0.0) {
            pen.style.font_size * 1.4
        } else {
            0.0
        },
    };
    let plot = Plot::draw(pen, data, parts)?;
    let side_by_side = if stacking == Stacking::None { data.series.len() } else { 1 };
    let lanes = Lanes::new(plot.band(), side_by_side);
    for bar in &pieces {
        let sides = lanes.sides(plot.x(bar.category), lane(bar, stacking));
        piece(pen, &plot, sides, bar, role(data, bar))?;
    }
    error_bars(pen, &plot, data, &lanes, &pieces)?;
    if stacking != Stacking::None {
        separate(pen, &plot, &lanes, &pieces)?;
    }
    plot.base_line(pen)?;
    plot.draw_overlays(pen, data)?;
    if labels != Some(false) {
        upright_labels(pen, &plot, data, &lanes, &pieces, stacking, labels == Some(true))?;
    }
    let mut hotspots = along_categories(data, plot.band(), |first, last| plot.stripe(first, last));
    hotspots.extend(per_mark(data, |series, category| {
        let bar = pieces.iter().find(|piece| piece.series == series && piece.category == category)?;
        let (left, right) = lanes.sides(plot.x(category), lane(bar, stacking));
        let (from, to) = (plot.y(bar.from), plot.y(bar.to));
        Some(Area::new(left, from.min(to), right, from.max(to)))
    }));
    Ok(hotspots)
}

/// Error bars in the middle of their bars.
fn error_bars<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    lanes: &Lanes,
    pieces: &[Piece],
) -> Result<(), ChartError> {
    for piece in pieces {
        let bounds = data.series.get(piece.series).and_then(|series| series.bounds(piece.category));
        let Some((low, high)) = bounds else { continue };
        let (left, right) = lanes.sides(plot.x(piece.category), lane(piece, Stacking::None));
        let middle = f64::midpoint(left, right);
        error_bar(pen, (plot.y(low), plot.y(high)), middle, lanes.thickness, true)?;
    }
    Ok(())
}

/// Thin gaps between the parts of a stack.
fn separate<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    lanes: &Lanes,
    pieces: &[Piece],
) -> Result<(), ChartError> {
    for piece in pieces.iter().filter(|piece| !piece.is_outer && lanes.thickness > 4.0) {
        let (left, right) = lanes.sides(plot.x(piece.category), 0);
        if (plot.y(piece.to) - plot.y(piece.from)).abs() > 1.6 {
            let y = plot.y(piece.to);
            pen.line(&[(left, y), (right, y)], Role::Surface, 0.8)?;
        }
    }
    Ok(())
}

fn upright_labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    lanes: &Lanes,
    pieces: &[Piece],
    stacking: Stacking,
    always: bool,
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    if stacking != Stacking::None {
        inside_labels(pen, data, pieces, stacking, |piece| {
            let (left, right) = lanes.sides(plot.x(piece.category), 0);
            let (a, b) = (plot.y(piece.from), plot.y(piece.to));
            Area::new(left, a.min(b), right, a.max(b))
        })?;
        return if stacking == Stacking::Stacked { stack_totals(pen, plot, data, pieces) } else { Ok(()) };
    }
    // Numbers above bars stand on all or on none, unless they were asked for.
    let room = if data.series.len() == 1 { plot.band() } else { lanes.thickness + lanes.gap };
    let texts: Vec<_> =
        pieces.iter().filter_map(|piece| Some((piece, text(data, piece, stacking)?))).collect();
    if texts.len() > 200 {
        return Ok(());
    }
    let fits = texts.iter().try_fold(true, |fits, (_, text)| {
        Ok::<_, ChartError>(fits && pen.width(text, font)? <= room - font.size * 0.3)
    })?;
    if !fits && !always {
        return Ok(());
    }
    for (piece, text) in texts {
        if !fits && pen.width(&text, font)? > room - font.size * 0.3 {
            continue;
        }
        let (left, right) = lanes.sides(plot.x(piece.category), lane(piece, stacking));
        // Numbers stand behind the end of an error bar, on the side their bar points to.
        let bounds = data.series.get(piece.series).and_then(|series| series.bounds(piece.category));
        let end = match bounds {
            Some((low, _)) if piece.to < 0.0 => low.min(piece.to),
            Some((_, high)) => high.max(piece.to),
            None => piece.to,
        };
        let y = plot.y(end) + if piece.to < 0.0 { 0.8 } else { -0.8 } * font.size;
        plot.number(pen, &text, (f64::midpoint(left, right), y), font)?;
    }
    Ok(())
}

/// The height of each stack above it, if all fit; stacks that go below zero have no one height.
fn stack_totals<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    data: &Data<'_>,
    pieces: &[Piece],
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92);
    if data.series.len() < 2 || pieces.len() > 1_000 || pieces.iter().any(|piece| piece.to < 0.0) {
        return Ok(());
    }
    let mut totals = vec![0.0_f64; data.categories.len()];
    for piece in pieces {
        if let Some(total) = totals.get_mut(piece.category) {
            *total = total.max(piece.to);
        }
    }
    let format = data.left_format();
    let texts: Vec<String> =
        totals.iter().map(|total| format.write(*total, NumberStyle::Mark, data.locale)).collect();
    if pen.widest(texts.iter().map(String::as_str), font)? > plot.band() - font.size * 0.3 {
        return Ok(());
    }
    for (index, (total, text)) in
        totals.iter().zip(&texts).enumerate().filter(|(_, (total, _))| **total > 0.0)
    {
        plot.number(pen, text, (plot.x(index), plot.y(*total) - 0.8 * font.size), font)?;
    }
    Ok(())
}
