//! Words across a sheet, over its content but faint.

use crate::render::canvas::{Page, Paint, Weight};
use crate::render::sheet::lines::{Style, Typesetter};
use crate::render::sheet::style::{INK, MUTED};

/// The largest letters, in points.
const LARGEST: f32 = 110.0;
/// How much of the diagonal the words may take.
const SHARE: f32 = 0.66;
/// Faint enough that figures on it are read with ease, also when printed.
const OPACITY: f32 = 0.11;

/// Draws `words` along the diagonal that rises to the right.
pub(in crate::render::sheet) fn watermark(page: &mut Page, words: &str, texts: &Typesetter) {
    let words = texts.clean(words);
    let words = words.trim();
    let unit = Style::bold(1.0, INK).width(words);
    if unit <= 0.0 {
        return;
    }
    let size = (page.width.hypot(page.height) * SHARE / unit).min(LARGEST);
    let angle = page.height.atan2(page.width);
    let (sin, cos) = angle.sin_cos();
    // The middle of the letters stands in the middle of the sheet: from there half the width back along
    // the baseline, and a third of a letter down from it.
    let (half, down) = (unit * size / 2.0, size * 0.35);
    let x = page.width / 2.0 - cos * half + sin * down;
    let y = page.height / 2.0 + sin * half + cos * down;
    let paint = Paint { color: MUTED, opacity: OPACITY };
    page.turned_text((x, y), size, Weight::Bold, paint, angle.to_degrees(), words);
}
