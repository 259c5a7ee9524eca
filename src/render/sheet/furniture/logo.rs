//! The company's mark, beside the title and on the cover.

use crate::render::canvas::{Logo, Page, Rect, Tag};
use crate::render::document::Document;
use crate::render::sheet::words;

/// The most room beside a title.
const BESIDE_TITLE: (f32, f32) = (120.0, 34.0);
/// The part of the title's width that it may take.
const TITLE_SHARE: f32 = 0.25;
/// The most room on a cover.
const ON_COVER: (f32, f32) = (190.0, 46.0);
/// A smaller one is a blot.
const LEAST_HEIGHT: f32 = 10.0;

/// A mark, ready to be drawn.
pub(in crate::render::sheet) struct Mark {
    logo: Logo,
    alt: String,
}

impl Mark {
    /// The document's, if it has one.
    ///
    /// # Errors
    /// Why it cannot be drawn, for the report's owner.
    pub(in crate::render::sheet) fn of(document: &Document) -> Result<Option<Self>, String> {
        let Some(given) = &document.logo else { return Ok(None) };
        let logo = Logo::read(&given.file).map_err(|problem| problem.to_string())?;
        let own = given.alt.trim();
        let alt = if own.is_empty() { words::logo(document.locale) } else { own }.to_owned();
        Ok(Some(Self { logo, alt }))
    }

    /// Its width and height beside a title, where both have `width` together.
    pub(in crate::render::sheet) fn beside_title(&self, width: f32) -> (f32, f32) {
        self.fitted(BESIDE_TITLE.0.min(width * TITLE_SHARE), BESIDE_TITLE.1)
    }

    /// Its width and height on a cover with `room` above its words; `None` if that is too little.
    pub(in crate::render::sheet) fn on_cover(&self, room: (f32, f32)) -> Option<(f32, f32)> {
        let height = ON_COVER.1.min(room.1);
        (height >= LEAST_HEIGHT).then(|| self.fitted(ON_COVER.0.min(room.0), height))
    }

    fn fitted(&self, width: f32, height: f32) -> (f32, f32) {
        let area = self.logo.fitted(Rect::new(0.0, 0.0, width, height));
        (area.width, area.height)
    }

    /// Draws it into an area of its proportions.
    pub(in crate::render::sheet) fn draw(&self, page: &mut Page, area: Rect) {
        page.tagged(Tag::Figure { alt: self.alt.clone() }, |page| self.logo.draw(page, area));
    }
}
