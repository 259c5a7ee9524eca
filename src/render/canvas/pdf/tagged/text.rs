//! Text in the bundled fonts, with the glyphs that every other writer chooses.

use std::sync::LazyLock;

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::render::canvas::{FaceId, FontSet, Weight};

/// The bundled fonts, in the order of [`FaceId::ALL`]; `None` for one that krilla cannot read.
static FONTS: LazyLock<Vec<Option<Font>>> = LazyLock::new(|| {
    FaceId::ALL.into_iter().map(|face| Font::new(FontSet::bundled().data(face).into(), 0)).collect()
});

/// Draws `text`, all of whose characters have glyphs, with the fill of the surface from (`x`, `y`).
pub(super) fn draw(surface: &mut Surface<'_>, (x, y): (f32, f32), size: f32, weight: Weight, text: &str) {
    let fonts = FontSet::bundled();
    let mut pen = x;
    for run in fonts.runs(text, size, weight) {
        let glyph = |(start, c): (usize, char)| {
            let glyph = fonts.glyph(run.face, c)?;
            let advance = f32::from(glyph.advance) / fonts.units_per_em(run.face);
            let range = start..start + c.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(u32::from(glyph.id)), advance, 0.0, 0.0, 0.0, range, None))
        };
        let glyphs: Vec<KrillaGlyph> = run.text.char_indices().filter_map(glyph).collect();
        if let Some(Some(font)) = FONTS.get(run.face as usize) {
            surface.draw_glyphs(Point::from_xy(pen, y), &glyphs, font.clone(), run.text, size, false);
        }
        pen += run.width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn krilla_reads_every_bundled_font() {
        assert_eq!(FONTS.len(), FaceId::ALL.len());
        assert!(FONTS.iter().all(Option::is_some));
    }
}
