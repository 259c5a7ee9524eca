//! Bars: side by side, on top of each other or as shares; upright or lying.

mod lying;
mod upright;

use plotters_backend::DrawingBackend;

pub(super) use lying::draw as draw_lying;
pub(super) use upright::{draw as draw_upright, piece as upright_piece};

use super::pen::{Align, Area, Pen};
use super::series::{Data, Series};
use super::theme::Role;
use super::ticks::Scale;
use super::{ChartError, Stacking};
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
fn scale(data: &Data<'_>, pieces: &[Piece], stacking: Stacking, most: usize) -> Scale {
    let ends = pieces.iter().flat_map(|piece| [piece.from, piece.to]).chain(data.reach());
    match stacking {
        Stacking::Percent => {
            let (mut low, mut high) = (0.0, 0.0);
            for end in ends {
                low = if end < -1e-9 { -1.0 } else { low };
                high = if end > 1e-9 { 1.0 } else { high };
            }
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
            let role = role(data, piece);
            let ((x, y), half) = (area.center(), pen.width(&text, font)? / 2.0 + 1.2);
            pen.plate(Area::new(x - half, y - font.size * 0.6, x + half, y + font.size * 0.6), role)?;
            pen.text(&text, (x, y), Align::Center, font.role(pen.ink_on(role)))?;
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
