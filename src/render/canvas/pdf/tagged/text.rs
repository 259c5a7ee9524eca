//! Text in the fonts in use, with the glyphs that every other writer chooses.

use std::sync::LazyLock;

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::render::canvas::{FaceId, FontSet, Weight};

/// The bundled fonts, in the order of [`FaceId::ALL`]; `None` for one that krilla cannot read.
static BUNDLED: LazyLock<Vec<Option<Font>>> = LazyLock::new(|| fonts_of(FontSet::bundled(), 0));

fn fonts_of(set: &'static FontSet, from: usize) -> Vec<Option<Font>> {
    set.faces().skip(from).map(|face| Font::new(set.data(face).into(), 0)).collect()
}

/// The fonts of one file as krilla reads them.
pub(super) struct Fonts {
    /// Those of a brand, behind the bundled ones.
    brand: Vec<Option<Font>>,
}

impl Fonts {
    /// The fonts in use now.
    pub(super) fn in_use() -> Self {
        Self { brand: fonts_of(FontSet::in_use(), FaceId::BUNDLED) }
    }

    fn get(&self, face: FaceId) -> Option<&Font> {
        let index = face as usize;
        BUNDLED.get(index).or_else(|| self.brand.get(index.checked_sub(BUNDLED.len())?))?.as_ref()
    }
}

/// Draws `text`, all of whose characters have glyphs, with the fill of the surface from (`x`, `y`).
pub(super) fn draw(
    surface: &mut Surface<'_>,
    known: &Fonts,
    (x, y): (f32, f32),
    size: f32,
    weight: Weight,
    text: &str,
) {
    let fonts = FontSet::in_use();
    let mut pen = x;
    for run in fonts.runs(text, size, weight) {
        let glyph = |(start, c): (usize, char)| {
            let glyph = fonts.glyph(run.face, c)?;
            let advance = f32::from(glyph.advance) / fonts.units_per_em(run.face);
            let range = start..start + c.len_utf8();
            Some(KrillaGlyph::new(GlyphId::new(u32::from(glyph.id)), advance, 0.0, 0.0, 0.0, range, None))
        };
        let glyphs: Vec<KrillaGlyph> = run.text.char_indices().filter_map(glyph).collect();
        if let Some(font) = known.get(run.face) {
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
        assert_eq!(BUNDLED.len(), FaceId::BUNDLED);
        assert!(BUNDLED.iter().all(Option::is_some));
    }
}
