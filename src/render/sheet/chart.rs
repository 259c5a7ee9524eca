//! Charts on a sheet: drawn by the one renderer, put in their place.

use super::lines::Typesetter;
use crate::charts::Chart;
use crate::format::Locale;
use crate::render::canvas::{Page, Rect};

/// Draws `chart` into `area`.
pub(super) fn draw(_page: &mut Page, _chart: &Chart, _area: Rect, _locale: Locale, _texts: &Typesetter) -> Result<(), String> {
    Ok(())
}

/// Draws the points of a sparkline into `area`.
pub(super) fn sparkline(_page: &mut Page, _points: &[Option<f64>], _area: Rect) {}
