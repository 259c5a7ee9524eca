//! The fonts in the file: only the glyphs that are used, under names that say so.

use std::collections::{BTreeMap, BTreeSet};

use printpdf as pp;
use sha2::{Digest, Sha256};

use super::PdfError;
use crate::render::canvas::{FaceId, FontSet, Glyph, Weight};

/// PDF measures glyphs in thousandths of an em.
const UNITS: f32 = 1000.0;

/// The glyphs that text has used so far.
#[derive(Default)]
pub(super) struct UsedGlyphs {
    faces: BTreeMap<FaceId, BTreeMap<char, Glyph>>,
    /// The characters that no font has.
    pub(super) missing: BTreeSet<char>,
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
    };
    pp::FontId(name.to_owned())
}

impl UsedGlyphs {
    /// Notes that `text` is drawn in `face`.
    pub(super) fn note(&mut self, face: FaceId, text: &str) {
        let fonts = FontSet::bundled();
        let used = self.faces.entry(face).or_default();
        for c in text.chars() {
            if !used.contains_key(&c)
                && let Some(glyph) = fonts.glyph(face, c)
            {
                used.insert(c, glyph);
            }
        }
    }

    /// The face reduced to what is used of it; `None` if nothing is.
    pub(super) fn embedded(&self, face: FaceId) -> Result<Option<pp::PdfFont>, PdfError> {
        let Some(used) = self.faces.get(&face).filter(|used| !used.is_empty()) else { return Ok(None) };
        let fonts = FontSet::bundled();
        let scale = UNITS / fonts.units_per_em(face);
        let scaled = |value: i16| (f32::from(value) * scale).round() as i16;

        let mut remapper = subsetter::GlyphRemapper::new();
        let mut codes = BTreeMap::new();
        let mut widths = BTreeMap::from([(0, 500)]);
        for (c, glyph) in used {
            let id = remapper.remap(glyph.id);
            codes.insert(*c as u32, id);
            widths.insert(id, (f32::from(glyph.advance) * scale).round() as u16);
        }
        let data = fonts.data(face);
        let program = subsetter::subset(data, 0, &remapper).map_err(|problem| PdfError::Subset {
            face: face.postscript_name(),
            glyphs: used.len(),
            problem: problem.to_string(),
        })?;

        let name = format!("{}+{}", subset_tag(face, used), face.postscript_name());
        let parsed = fonts.face(face);
        let metrics =
            pp::FontMetrics { ascent: scaled(parsed.ascender()), descent: scaled(parsed.descender()) };
        let is_cff = data.starts_with(b"OTTO");
        let mut font =
            pp::ParsedFont::with_glyph_data(program, 0, Some(name), codes, widths, UNITS as u16, metrics);
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
        Ok(Some(pp::PdfFont::new(font)))
    }
}

/// Six capitals that differ for another set of glyphs, as ISO 32000-1, 9.6.4 asks.
fn subset_tag(face: FaceId, used: &BTreeMap<char, Glyph>) -> String {
    let mut digest = Sha256::new();
    digest.update(face.postscript_name());
    for c in used.keys() {
        digest.update((*c as u32).to_be_bytes());
    }
    digest.finalize().iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
