//! Bars that lie: names on the left, numbers at the ends.

use plotters_backend::DrawingBackend;

use super::{Lanes, Piece, axis_format, inside_labels, lane, pieces, role, scale, text};
use crate::charts::hotspot::{Hotspot, along_categories, per_mark};
use crate::charts::labels::fitted;
use crate::charts::legend::{Legend, Symbol};
use crate::charts::overlay::{Frame, error_bar};
use crate::charts::pen::{Align, Area, Font, Pen};
use crate::charts::series::Data;
use crate::charts::theme::Role;
use crate::charts::{ChartError, Stacking};

/// Draws lying bars: names on the left, numbers at the ends.
pub(in crate::charts) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    stacking: Stacking,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let legend = if data.shared.is_some() {
        Legend::none()
    } else {
        Legend::of(pen, Legend::entries(data, |_| Symbol::Square), surface.width())?
    };
    // Small multiples share one scale, and numbers of different widths would bend it.
    let labels = if data.shared.is_some() { Some(false) } else { labels };
    let shows_names = data.shared.is_none_or(|shared| shared.shows_left);
    legend.draw(pen, surface.left, surface.top)?;
    let pieces = pieces(data, stacking, |_| true);
    let most = ((surface.width() * 0.6 / 70.0) as usize).clamp(2, 6);
    let scale = scale(data, &pieces, stacking, most);
    let texts: Vec<(&Piece, String)> =
        if labels == Some(false) || stacking != Stacking::None || pieces.len() > 200 {
            Vec::new()
        } else {
            pieces.iter().filter_map(|piece| Some((piece, text(data, piece, stacking)?))).collect()
        };
    let value_font = font.role(Role::Ink).sized(font.size * 0.95);
    let value_width = pen.widest(texts.iter().map(|(_, text)| text.as_str()), value_font)?;
    let names = &data.categories;
    let name_font = font.role(Role::Ink);
    let widest = pen.widest(names.iter().take(300).map(|category| category.text.as_str()), name_font)?;
    let name_width = if shows_names { widest.min(surface.width() * 0.34) } else { 0.0 };
    let right = surface.right - if value_width > 0.0 { value_width + font.size * 0.7 } else { font.size };
    let negative = scale.low < 0.0 && value_width > 0.0;
    let left = surface.left
        + name_width
        + if shows_names { font.size * 0.8 } else { 1.0 }
        + if negative { value_width + font.size * 0.5 } else { 0.0 };
    let named = surface.top + legend.height;
    let strip = if data.shared.is_some() { 0.0 } else { data.overlay.margin(pen, false)? };
    let top = named + strip + font.size * 0.2;
    // With numbers on the bars an axis below would only repeat them.
    let with_axis = texts.is_empty();
    let bottom = surface.bottom - if with_axis { font.size * 1.8 } else { font.size * 0.4 };
    let area = Area::new(left, top, right.max(left + 20.0), bottom);
    let x = |value: f64| area.left + scale.share(value) * area.width();
    if with_axis {
        let ticks = axis_format(data, stacking).write_ticks(&scale.ticks, data.locale);
        for (tick, text) in scale.ticks.iter().zip(ticks) {
            pen.line(&[(x(*tick), area.top), (x(*tick), area.bottom)], Role::Grid, 0.7)?;
            let half = pen.width(&text, font)? / 2.0;
            let middle = x(*tick).min(surface.right - half);
            pen.text(&text, (middle, area.bottom + font.size), Align::Center, font)?;
        }
    }
    let band = area.height() / names.len().max(1) as f64;
    let middle = |category: usize| area.top + (category as f64 + 0.5) * band;
    let side_by_side = if stacking == Stacking::None { data.series.len() } else { 1 };
    let lanes = Lanes::new(band, side_by_side);
    let place = |piece: &Piece| {
        let (top, bottom) = lanes.sides(middle(piece.category), lane(piece, stacking));
        let (from, to) = (x(piece.from), x(piece.to));
        Area::new(from.min(to), top, from.max(to), bottom)
    };
    let frame = Frame { area, upright: false, left: &x, right: &x };
    data.overlay.draw_behind(pen, &frame)?;
    for piece in &pieces {
        let area = place(piece);
        let radius = if piece.is_outer { (area.height() * 0.16).min(2.4) } else { 0.0 };
        let radii =
            if piece.to >= piece.from { [0.0, radius, radius, 0.0] } else { [radius, 0.0, 0.0, radius] };
        pen.rounded(area, if area.width() > radius { radii } else { [0.0; 4] }, role(data, piece))?;
    }
    pen.line(&[(x(0.0), area.top), (x(0.0), area.bottom)], Role::Axis, 0.8)?;
    for piece in &pieces {
        let bounds = data.series.get(piece.series).and_then(|series| series.bounds(piece.category));
        if let Some((low, high)) = bounds {
            let area = place(piece);
            error_bar(pen, (x(low), x(high)), area.center().1, area.height(), false)?;
        }
    }
    let names_of_lines = Area::new(surface.left, named, surface.right, named + strip);
    data.overlay.draw_over(pen, &frame, names_of_lines)?;
    if stacking == Stacking::None {
        let room = (surface.left + name_width, surface.right);
        // Numbers stand behind the end of an error bar.
        let reach = |piece: &Piece| {
            let own = place(piece);
            let bounds = data.series.get(piece.series).and_then(|series| series.bounds(piece.category));
            bounds.map_or(own, |(low, high)| {
                Area::new(own.left.min(x(low)), own.top, own.right.max(x(high)), own.bottom)
            })
        };
        let lines = data.overlay.places(&frame);
        lying_labels(pen, &texts, &reach, &lines, lanes.thickness, room, value_font)?;
    } else if labels != Some(false) {
        inside_labels(pen, data, &pieces, stacking, place)?;
    }
    let every = (font.size * 1.25 / band).ceil().max(1.0) as usize;
    for (index, category) in names.iter().enumerate().step_by(every).filter(|_| shows_names) {
        let text = fitted(pen, &category.text, name_width, name_font)?;
        pen.text(
            &text,
            (surface.left + name_width, surface.held(middle(index), font.size)),
            Align::Right,
            name_font,
        )?;
    }
    let mut hotspots = along_categories(data, band, |first, last| {
        Area::new(surface.left, middle(first) - band / 2.0, surface.right, middle(last) + band / 2.0)
    });
    hotspots.extend(per_mark(data, |series, category| {
        let of = |piece: &&Piece| piece.series == series && piece.category == category;
        pieces.iter().find(of).map(place)
    }));
    Ok(hotspots)
}

fn lying_labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    texts: &[(&Piece, String)],
    place: &impl Fn(&Piece) -> Area,
    lines: &[f64],
    thickness: f64,
    (left, right): (f64, f64),
    font: Font,
) -> Result<(), ChartError> {
    if thickness < font.size * 0.9 {
        return Ok(());
    }
    for (piece, text) in texts {
        let area = place(piece);
        let y = area.center().1;
        let width = pen.width(text, font)? + font.size * 0.5;
        // On a very narrow surface a number may have no room left at all.
        if area.right + width > right || (piece.to < 0.0 && area.left - width < left) {
            continue;
        }
        let (gap, half) = (font.size * 0.5, font.size * 0.5);
        let (from, to) = if piece.to < 0.0 {
            (area.left - width, area.left - gap)
        } else {
            (area.right + gap, area.right + width)
        };
        // A reference line ends where a number stands on it.
        for line in lines.iter().filter(|line| **line > from - 1.5 && **line < to + 1.5) {
            pen.rect(Area::new(line - 1.0, y - half, line + 1.0, y + half), Role::Surface)?;
        }
        if piece.to < 0.0 {
            pen.text(text, (to, y), Align::Right, font)?;
        } else {
            pen.text(text, (from, y), Align::Left, font)?;
        }
    }
    Ok(())
}
