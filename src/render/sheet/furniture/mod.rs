//! What stands around the blocks: title, logo, approval box, cover, watermark, running header and footer.

mod approval;
mod cover;
mod logo;
mod running;
mod title;
mod watermark;

use crate::render::canvas::{Page, Rect, Stroke};

pub(super) use cover::cover;
pub(super) use logo::Mark;
pub(super) use running::{Position, running};
pub(super) use title::{TitleBlock, approval_box};
pub(super) use watermark::watermark;

/// Draws the outline of a rectangle.
pub(super) fn frame(page: &mut Page, area: Rect, stroke: Stroke) {
    page.round_rect(area, 0.0, None, Some(stroke));
}
