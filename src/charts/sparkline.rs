//! The way a number went, without axes.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use super::pen::Pen;
use super::theme::Role;
use super::{ChartError, Style};

/// Draws `points` in order of time over the whole of `area`: a line, a tint below it, a dot at the
/// last one. Missing points (and NaN or infinities) break the line; nothing is drawn without any.
pub fn sparkline<DB: DrawingBackend>(
    points: &[Option<f64>],
    area: &DrawingArea<DB, Shift>,
    style: &Style,
) -> Result<(), ChartError> {
    let pen = Pen::new(area, style);
    let surface = pen.surface();
    let value =
        |point: &Option<f64>| point.filter(|value| value.is_finite()).map(|value| value.clamp(-1e300, 1e300));
    let values: Vec<Option<f64>> = points.iter().map(value).collect();
    let low = values.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
    if low > high || surface.width() < 8.0 || surface.height() < 6.0 {
        return Ok(());
    }
    // The last dot and the line's width stay inside.
    let margin = 2.6;
    let (width, height) = (surface.width() - 2.0 * margin, surface.height() - 2.0 * margin);
    let step = width / (values.len().max(2) - 1) as f64;
    let place = |index: usize, value: f64| {
        let share = if high > low { (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.5 };
        let x = if values.len() > 1 { margin + index as f64 * step } else { margin + width };
        (x, margin + (1.0 - share) * height)
    };
    let mut stretches: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
    for (index, value) in values.iter().enumerate() {
        match (value, stretches.last_mut()) {
            (Some(value), Some(stretch)) => stretch.push(place(index, *value)),
            _ => stretches.push(Vec::new()),
        }
    }
    stretches.retain(|stretch| !stretch.is_empty());
    for stretch in &stretches {
        if let [first, .., last] = stretch.as_slice() {
            let foot = [(last.0, surface.bottom), (first.0, surface.bottom)];
            let contour: Vec<_> = stretch.iter().copied().chain(foot).collect();
            pen.polygon(&contour, Role::Series(0), 0.10)?;
            pen.line(stretch, Role::Series(0), 1.4)?;
        } else if let [alone] = stretch.as_slice() {
            pen.dot(*alone, 0.9, Role::Series(0))?;
        }
    }
    match stretches.last().and_then(|stretch| stretch.last()) {
        Some(last) => pen.dot(*last, 2.0, Role::Series(0)),
        None => Ok(()),
    }
}
