//! The sheets of a document as pictures, for where no PDF is shown.

use super::canvas::{PngError, png};
use super::document::Document;
use super::sheet::SheetLayout;

/// Pixels per point: 150 per inch, enough to read on a phone and to print.
const SCALE: f32 = 150.0 / 72.0;

/// Draws the first `most` sheets, each as a PNG; and tells how many there are in all.
///
/// # Errors
/// Those of [`PngError`].
pub fn pictures(document: &Document, most: usize) -> Result<(Vec<Vec<u8>>, usize), PngError> {
    document.look().during(|| {
        let layout = SheetLayout::of(document);
        let drawn = layout.pages().take(most).map(|page| png(&document.look().painted(page), SCALE));
        Ok((drawn.collect::<Result<_, _>>()?, layout.len()))
    })
}
