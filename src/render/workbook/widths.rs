//! Widths of columns in Excel's unit, the width of a digit.

use crate::render::canvas::{FontSet, Weight};

/// How wide a digit is in em, in the usual font.
const DIGIT_EM: f32 = 0.56;
const LEAST: f64 = 7.0;
const MOST: f64 = 48.0;

/// The widest text of each column so far.
#[derive(Debug, Default)]
pub(super) struct Widths(Vec<f32>);

impl Widths {
    /// `text` stands in `column`.
    pub(super) fn note(&mut self, column: usize, text: &str, bold: bool) {
        let weight = if bold { Weight::Bold } else { Weight::Regular };
        let longest = text.lines().map(|line| FontSet::in_use().width(line, 1.0, weight)).fold(0.0, f32::max);
        if self.0.len() <= column {
            self.0.resize(column + 1, 0.0);
        }
        if let Some(width) = self.0.get_mut(column) {
            *width = width.max(longest);
        }
    }

    /// Every column's width, with some room around the text.
    pub(super) fn in_digits(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().map(|em| (f64::from(em / DIGIT_EM) + 2.5).clamp(LEAST, MOST))
    }
}
