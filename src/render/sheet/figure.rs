//! One block as a picture by itself: as it stands on a sheet, on a page as high as it needs.

use super::flow;
use super::lines::Typesetter;
use super::note::draw_note;
use super::rows::{Measurer, Strip};
use super::{Drawn, TableNumbers, draw_piece, words};
use crate::format::Locale;
use crate::render::canvas::Page;
use crate::render::document::Block;

/// Around the block.
const PADDING: f32 = 14.0;
/// Higher than this a picture is no use; what is left out is said below it.
const MOST_HEIGHT: f32 = 1_800.0;
/// What a line below the block takes.
const LINE: f32 = 16.0;

/// Draws `block` on a page `width` points wide.
///
/// # Errors
/// What could not be drawn, for the owner.
pub fn figure(block: &Block, width: f32, locale: Locale) -> Result<Page, String> {
    let (texts, tables) = (Typesetter::default(), TableNumbers::default());
    let inner = width - 2.0 * PADDING;
    let measurer = Measurer { width: inner, height: MOST_HEIGHT, texts: &texts, locale, tables: &tables };
    let strips: Vec<Strip<'_>> = measurer.strips(std::slice::from_ref(block));
    let bottom = PADDING + MOST_HEIGHT;
    let sheets = flow::fill(&strips, 0, (width, bottom + PADDING), (PADDING, PADDING, bottom));
    let mut page = Page::new(width, PADDING);
    let Some(first) = sheets.first() else { return Ok(page) };
    let mut drawn = Drawn { texts: &texts, locale, undrawn: Vec::new() };
    for piece in &first.pieces {
        if let Some(strip) = strips.get(piece.strip) {
            draw_piece(&mut page, strip, piece, PADDING, &mut drawn);
        }
        page.height = page.height.max(piece.y + piece.height);
    }
    if let Some(undrawn) = drawn.undrawn.pop() {
        return Err(undrawn.problem);
    }
    let shown = first.pieces.iter().filter_map(|piece| piece.cut.as_ref()).map(|cut| cut.rows.end).max();
    if let (Some(shown), Some(Strip::Flow(table))) = (shown, strips.first())
        && sheets.len() > 1
    {
        let baseline = page.height + LINE - 5.0;
        draw_note(&mut page, &[words::first_of(shown, table.rows(), locale)], (PADDING, baseline));
        page.height += LINE;
    }
    page.height += PADDING;
    Ok(page)
}
