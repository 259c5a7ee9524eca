//! The fonts in the file: only the glyphs that are used, under names that say so.

use std::collections::{BTreeMap, BTreeSet};

use printpdf as pp;
use sha2::{Digest, Sha256};

use super::PdfError;
use crate::render::canvas::{FaceId, FontSet, Weight};

/// PDF measures glyphs in thousandths of an em.
const UNITS: f32 = 1000.0;

/// The glyphs that text has used so far.
#[derive(Default)]
pub(super) struct UsedGlyphs {
    faces: BTreeMap<FaceId, UsedFace>,
    /// The characters that no font has.
    pub(super) missing: BTreeSet<char>,
}

/// The part of a face that is used. A glyph is numbered when it is met first, so that a page can be
/// written before the next one is known.
#[derive(Default)]
struct UsedFace {
    numbers: subsetter::GlyphRemapper,
    /// The number of each character's glyph, and its advance in thousandths of an em.
    characters: BTreeMap<char, (u16, u16)>,
}

/// The name of a face among the resources of the file.
pub(super) fn font_id(face: FaceId) -> pp::FontId {
    // Never F1 to F14: printpdf takes those for the standard fonts.
    let name = match face {
        FaceId::PretendardRegular => "PR",
        FaceId::PretendardBold => "PB",
        FaceId::NotoHkRegular => "NR",
        FaceId::NotoHkBold => "NB",
        FaceId::NotoEmoji => "NE",
        FaceId::BrandRegular => "CR",
        FaceId::BrandBold => "CB",
    };
    pp::FontId(name.to_owned())
}

impl UsedGlyphs {
    /// Notes that `text` is drawn in `face`.
    pub(super) fn note(&mut self, face: FaceId, text: &str) {
        let fonts = FontSet::in_use();
        let used = self.faces.entry(face).or_default();
        for c in text.chars() {
            if !used.characters.contains_key(&c)
                && let Some(glyph) = fonts.glyph(face, c)
            {
                let advance = f32::from(glyph.advance) * UNITS / fonts.units_per_em(face);
                let number = used.numbers.remap(glyph.id);
                used.characters.insert(c, (number, advance.round() as u16));
            }
        }
    }

    /// How many characters are in use, in all faces.
    pub(super) fn count(&self) -> usize {
        self.faces.values().map(|used| used.characters.len()).sum()
    }

    /// Every face in use with all characters it is used for, in order.
    pub(super) fn characters(&self) -> impl Iterator<Item = (FaceId, String)> {
        self.faces.iter().map(|(face, used)| (*face, used.characters.keys().collect()))
    }

    /// What it takes to write text in each face used so far: its codes, without the font program.
    pub(super) fn codes(&self) -> impl Iterator<Item = (pp::FontId, pp::PdfFont)> {
        self.faces.iter().map(|(face, used)| {
            let metrics = pp::FontMetrics { ascent: 0, descent: 0 };
            (font_id(*face), pp::PdfFont::new(used.parsed(Vec::new(), None, metrics)))
        })
    }

    /// Every face in use, reduced to what is used of it.
    pub(super) fn embedded(&self) -> Result<Vec<(pp::FontId, pp::PdfFont)>, PdfError> {
        self.faces.iter().map(|(face, used)| Ok((font_id(*face), used.embedded(*face)?))).collect()
    }
}

impl UsedFace {
    fn parsed(&self, program: Vec<u8>, name: Option<String>, metrics: pp::FontMetrics) -> pp::ParsedFont {
        let codes = self.characters.iter().map(|(c, (number, _))| (*c as u32, *number)).collect();
        let widths = self.characters.values().copied().chain([(0, 500)]).collect();
        pp::ParsedFont::with_glyph_data(program, 0, name, codes, widths, UNITS as u16, metrics)
    }

    fn embedded(&self, face: FaceId) -> Result<pp::PdfFont, PdfError> {
        let fonts = FontSet::in_use();
        let scale = UNITS / fonts.units_per_em(face);
        let scaled = |value: i16| (f32::from(value) * scale).round() as i16;
        let data = fonts.data(face);
        let program = subsetter::subset(data, 0, &self.numbers).map_err(|problem| PdfError::Subset {
            face: FontSet::in_use().postscript_name(face),
            glyphs: self.characters.len(),
            problem: problem.to_string(),
        })?;

        let name = format!("{}+{}", self.subset_tag(face), FontSet::in_use().postscript_name(face));
        let parsed = fonts.face(face);
        let metrics =
            pp::FontMetrics { ascent: scaled(parsed.ascender()), descent: scaled(parsed.descender()) };
        let is_cff = data.starts_with(b"OTTO");
        let mut font = self.parsed(program, Some(name), metrics);
        if is_cff {
            font.font_type = pp::FontType::OpenTypeCFF(());
        }
        let bounds = parsed.global_bounding_box();
        font.pdf_font_metrics.x_min = scaled(bounds.x_min);
        font.pdf_font_metrics.y_min = scaled(bounds.y_min);
        font.pdf_font_metrics.x_max = scaled(bounds.x_max);
        font.pdf_font_metrics.y_max = scaled(bounds.y_max);
        font.pdf_font_metrics.us_weight_class = match face.weight() {
            Weight::Regular => 400,
            Weight::Bold => 700,
        };
        Ok(pp::PdfFont::new(font))
    }

    /// Six capitals that differ for another set of glyphs, as ISO 32000-1, 9.6.4 asks.
    fn subset_tag(&self, face: FaceId) -> String {
        let mut digest = Sha256::new();
        digest.update(FontSet::in_use().postscript_name(face));
        for glyph in self.numbers.remapped_gids() {
            digest.update(glyph.to_be_bytes());
        }
        digest.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
    }
}
