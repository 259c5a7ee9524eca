//! Bars on the left axis, lines on the right; both share their grid lines.

use plotters_backend::DrawingBackend;

use super::bar::{Lanes, pieces, role, upright_piece};
use super::hotspot::{Hotspot, along_categories};
use super::legend::{Legend, Symbol};
use super::line::line;
use super::pen::Pen;
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::series::Data;
use super::ticks::Scale;
use super::{ChartError, Stacking};

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
) -> Result<Vec<Hotspot>, ChartError> {
    let mut bars = data.numbers(|series| !series.on_right);
    bars.extend(data.reach());
    let mut lines = data.numbers(|series| series.on_right);
    lines.extend(data.reach_right());
    let mut left = Scale::ending_at_ticks(&bars, most_ticks(pen.surface().height()));
    if lines.iter().any(|value| *value < 0.0) {
        left = left.with_room_below();
    }
    if lines.iter().any(|value| *value > 0.0) {
        left = left.with_room_above();
    }
    let right = Scale::beside(&left, lines);
    let right_format = data
        .series
        .iter()
        .find(|series| series.on_right)
        .map(|series| series.format.clone())
        .unwrap_or_default();
    let parts = Parts {
        left: ValueAxis { scale: left, format: data.left_format() },
        right: Some(ValueAxis { scale: right, format: right_format }),
        placing: Placing::Bands,
        legend: Legend::entries(data, |series| if series.on_right { Symbol::Line } else { Symbol::Square }),
        right_margin: 0.0,
        top_margin: 0.0,
        bottom_margin: 0.0,
    };
    let plot = Plot::draw(pen, data, parts)?;
    let bar_count = data.series.iter().filter(|series| !series.on_right).count();
    let lanes = Lanes::new(plot.band(), bar_count);
    for piece in pieces(data, Stacking::None, |series| !series.on_right) {
        let sides = lanes.sides(plot.x(piece.category), piece.series);
        upright_piece(pen, &plot, sides, &piece, role(data, &piece))?;
    }
    plot.base_line(pen)?;
    for series in data.series.iter().filter(|series| series.on_right) {
        line(pen, &plot, series, |value| plot.y_right(value))?;
    }
    plot.draw_overlays(pen, data)?;
    Ok(along_categories(data, plot.band(), |first, last| plot.stripe(first, last)))
}
