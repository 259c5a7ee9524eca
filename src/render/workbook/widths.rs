//! Widths of columns in Excel's unit, the width of a digit.

use crate::render::canvas::{FontSet, Weight};

/// How wide a digit is in em, in the usual font.
const DIGIT_EM: f32 = 0.56;
const LEAST: f64 = 7.0;
const MOST: f64 = 48.0;

/// The widest text of each column so far, in em, and what it needs besides, in digits.
#[derive(Debug, Default)]
pub(super) struct Widths(Vec<Need>);

#[derive(Debug, Clone, Copy, Default)]
struct Need {
    text: f32,
    beside: f64,
    least: f64,
}

impl Widths {
    /// `text` stands in `column`.
    pub(super) fn note(&mut self, column: usize, text: &str, bold: bool) {
        let weight = if bold { Weight::Bold } else { Weight::Regular };
        let longest =
            text.lines().map(|line| FontSet::bundled().width(line, 1.0, weight)).fold(0.0, f32::max);
        let need = self.of(column);
        need.text = need.text.max(longest);
    }

    /// Something `width` wide stands beside the texts of `column`.
    pub(super) fn beside(&mut self, column: usize, width: f64) {
        self.of(column).beside = width;
    }

    /// `column` is at least `width` wide.
    pub(super) fn at_least(&mut self, column: usize, width: f64) {
        self.of(column).least = width;
    }

    fn of(&mut self, column: usize) -> &mut Need {
        if self.0.len() <= column {
            self.0.resize(column + 1, Need::default());
        }
        &mut self.0[column]
    }

    /// Every column's width, with some room around the text.
    pub(super) fn in_digits(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().map(|need| {
            (f64::from(need.text / DIGIT_EM) + 2.5 + need.beside).clamp(LEAST, MOST).max(need.least)
        })
    }
}
