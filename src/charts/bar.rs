//! Bars: side by side, on top of each other or as shares; upright or lying.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::Stacking;
use super::hotspot::{Hotspot, along_categories};
use super::labels::fitted;
use super::legend::{Legend, Symbol};
use super::pen::{Align, Area, Font, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::series::{Data, Series};
use super::theme::Role;
use super::ticks::Scale;
use crate::format::{NumberFormat, NumberStyle};

/// The part of a band that bars fill.
const FILLED: f64 = 0.68;

/// No bar is thicker, however few there are.
const THICKEST: f64 = 46.0;

/// A bar or a part of one.
pub(super) struct Piece {
    pub(super) category: usize,
    pub(super) series: usize,
    /// Where it begins and ends, in units of the axis.
    pub(super) from: f64,
    pub(super) to: f64,
    /// Whether it is the outer end of its stack.
    pub(super) is_outer: bool,
}

/// The bars of `data`, as far as `wanted` series go.
pub(super) fn pieces(
    data: &Data<'_>,
    stacking: Stacking,
    wanted: impl Fn(&Series<'_>) -> bool,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for category in 0..data.categories.len() {
        let value = |series: &Series<'_>| series.value(category).map(|value| value.clamp(-1e300, 1e300));
        let total: f64 =
            data.series.iter().filter(|series| wanted(series)).filter_map(value).map(f64::abs).sum();
        let (mut above, mut below) = (0.0, 0.0);
        let start = pieces.len();
        for (index, series) in data.series.iter().enumerate().filter(|(_, series)| wanted(series)) {
            let Some(value) = value(series) else { continue };
            let (from, to) = match stacking {
                Stacking::None => (0.0, value),
                Stacking::Stacked | Stacking::Percent => {
                    let part = match stacking {
                        Stacking::Percent if total > 0.0 => value / total,
                        Stacking::Percent => 0.0,
                        _ => value,
                    };
                    let base = if part < 0.0 { &mut below } else { &mut above };
                    let from = *base;
                    *base += part;
                    (from, *base)
                }
            };
            pieces.push(Piece { category, series: index, from, to, is_outer: false });
        }
        for piece in pieces.iter_mut().skip(start) {
            let end = if piece.to < piece.from || piece.to < 0.0 { below } else { above };
            piece.is_outer = stacking == Stacking::None || (piece.to - end).abs() <= f64::EPSILON * end.abs();
        }
    }
    pieces
}

/// How the numbers on the axis are written: as they are, or as shares.
pub(super) fn axis_format(data: &Data<'_>, stacking: Stacking) -> NumberFormat {
    match stacking {
        Stacking::Percent => NumberFormat { percent: true, ..NumberFormat::default() },
        Stacking::None | Stacking::Stacked => data.left_format(),
    }
}

/// The scale that holds all pieces.
fn scale(pieces: &[Piece], stacking: Stacking, most: usize) -> Scale {
    let ends = pieces.iter().flat_map(|piece| [piece.from, piece.to]);
    match stacking {
        Stacking::Percent => {
            let low = if pieces.iter().any(|piece| piece.to < -1e-9) { -1.0 } else { 0.0 };
            let high = if pieces.iter().any(|piece| piece.to > 1e-9) { 1.0 } else { 0.0 };
            Scale::over([low, high], true, most)
        }
        Stacking::None | Stacking::Stacked => Scale::over(ends, true, most),
    }
}

/// Where the bars of one category stand within its band.
pub(super) struct Lanes {
    /// How thick one bar is.
    pub(super) thickness: f64,
    /// How many stand side by side.
    count: usize,
    gap: f64,
}

impl Lanes {
    pub(super) fn new(band: f64, count: usize) -> Self {
        let count = count.max(1);
        let gap = if count > 1 { (band * 0.03).min(1.5) } else { 0.0 };
        let whole = (band * FILLED).min(THICKEST * count as f64);
        Self { thickness: ((whole - gap * (count - 1) as f64) / count as f64).max(0.02), count, gap }
    }

    /// Both sides of the bar in `lane`, from the middle of the band.
    pub(super) fn sides(&self, middle: f64, lane: usize) -> (f64, f64) {
        let whole = self.thickness * self.count as f64 + self.gap * (self.count - 1) as f64;
        let from = middle - whole / 2.0 + lane as f64 * (self.thickness + self.gap);
        (from, from + self.thickness)
    }
}

fn lane(piece: &Piece, stacking: Stacking) -> usize {
    if stacking == Stacking::None { piece.series } else { 0 }
}

/// The colour of a piece: grey for "others", whatever its series.
pub(super) fn role(data: &Data<'_>, piece: &Piece) -> Role {
    let Some(series) = data.series.get(piece.series) else { return Role::Others };
    let others = data.categories.get(piece.category).is_some_and(|category| category.is_others);
    if others && data.series.len() == 1 { Role::Others } else { series.role }
}

/// Draws one upright piece between `left` and `right`, its outer end rounded.
pub(super) fn upright_piece<DB: DrawingBackend>(
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
pub(super) fn draw_upright<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    stacking: Stacking,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let pieces = pieces(data, stacking, |_| true);
    let parts = Parts {
        left: ValueAxis {
            scale: scale(&pieces, stacking, most_ticks(pen.surface().height())),
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
    for piece in &pieces {
        let sides = lanes.sides(plot.x(piece.category), lane(piece, stacking));
        upright_piece(pen, &plot, sides, piece, role(data, piece))?;
    }
    if stacking != Stacking::None {
        separate(pen, &plot, &lanes, &pieces)?;
    }
    plot.base_line(pen)?;
    if labels != Some(false) {
        upright_labels(pen, &plot, data, &lanes, &pieces, stacking, labels == Some(true))?;
    }
    Ok(along_categories(data, plot.band(), |first, last| plot.stripe(first, last)))
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
        let y = plot.y(piece.to) + if piece.to < 0.0 { 0.8 } else { -0.8 } * font.size;
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

/// Numbers inside the parts of stacks, where they fit with room around them.
fn inside_labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    pieces: &[Piece],
    stacking: Stacking,
    place: impl Fn(&Piece) -> Area,
) -> Result<(), ChartError> {
    let font = pen.font().sized(pen.style.font_size * 0.88);
    for piece in pieces {
        let area = place(piece);
        if area.height() < font.size * 1.4 || area.width() < font.size * 1.4 {
            continue;
        }
        let Some(text) = text(data, piece, stacking) else { continue };
        if pen.width(&text, font)? <= area.width() - font.size * 0.5 {
            pen.text(&text, area.center(), Align::Center, font.role(role(data, piece).ink_on()))?;
        }
    }
    Ok(())
}

fn text(data: &Data<'_>, piece: &Piece, stacking: Stacking) -> Option<String> {
    let series = data.series.get(piece.series)?;
    match stacking {
        Stacking::Percent => {
            let format = NumberFormat { percent: true, decimals: Some(0), ..series.format.clone() };
            Some(format.write(piece.to - piece.from, NumberStyle::Mark, data.locale))
        }
        Stacking::None | Stacking::Stacked => {
            series.value(piece.category)?;
            series.text(piece.category, NumberStyle::Mark, data.locale)
        }
    }
}

/// Draws lying bars: names on the left, numbers at the ends.
pub(super) fn draw_lying<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    stacking: Stacking,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let legend = Legend::of(pen, Legend::entries(data, |_| Symbol::Square), surface.width())?;
    legend.draw(pen, surface.left, surface.top)?;
    let pieces = pieces(data, stacking, |_| true);
    let most = ((surface.width() * 0.6 / 70.0) as usize).clamp(2, 6);
    let scale = scale(&pieces, stacking, most);
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
    let name_width = widest.min(surface.width() * 0.34);
    let right = surface.right - if value_width > 0.0 { value_width + font.size * 0.7 } else { font.size };
    let negative = scale.low < 0.0 && value_width > 0.0;
    let left = surface.left
        + name_width
        + font.size * 0.8
        + if negative { value_width + font.size * 0.5 } else { 0.0 };
    let top = surface.top + legend.height + font.size * 0.2;
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
    for piece in &pieces {
        let area = place(piece);
        let radius = if piece.is_outer { (area.height() * 0.16).min(2.4) } else { 0.0 };
        let radii =
            if piece.to >= piece.from { [0.0, radius, radius, 0.0] } else { [radius, 0.0, 0.0, radius] };
        pen.rounded(area, if area.width() > radius { radii } else { [0.0; 4] }, role(data, piece))?;
    }
    pen.line(&[(x(0.0), area.top), (x(0.0), area.bottom)], Role::Axis, 0.8)?;
    if stacking == Stacking::None {
        let room = (surface.left + name_width, surface.right);
        lying_labels(pen, &texts, &place, lanes.thickness, room, value_font)?;
    } else if labels != Some(false) {
        inside_labels(pen, data, &pieces, stacking, &place)?;
    }
    let every = (font.size * 1.25 / band).ceil().max(1.0) as usize;
    for (index, category) in names.iter().enumerate().step_by(every) {
        let text = fitted(pen, &category.text, name_width, name_font)?;
        pen.text(
            &text,
            (surface.left + name_width, surface.held(middle(index), font.size)),
            Align::Right,
            name_font,
        )?;
    }
    Ok(along_categories(data, band, |first, last| {
        Area::new(surface.left, middle(first) - band / 2.0, surface.right, middle(last) + band / 2.0)
    }))
}

fn lying_labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    texts: &[(&Piece, String)],
    place: &impl Fn(&Piece) -> Area,
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
        if piece.to < 0.0 {
            pen.text(text, (area.left - font.size * 0.5, y), Align::Right, font)?;
        } else {
            pen.text(text, (area.right + font.size * 0.5, y), Align::Left, font)?;
        }
    }
    Ok(())
}
