//! The bundled fonts: which face has a character, and how wide text is.
//!
//! Pretendard has Latin and Hangul but no ideographs; Noto Sans HK has those, and full-width
//! punctuation as Chinese sets it; Noto Emoji, in one weight, has what is left of pictures. Text is split per character into runs of one face. Digits are always tabular, so that numbers align everywhere.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use ttf_parser::{Face, GlyphId, Tag};

static PRETENDARD_REGULAR: &[u8] = include_bytes!("../../../static/fonts/Pretendard-Regular.otf");
static PRETENDARD_BOLD: &[u8] = include_bytes!("../../../static/fonts/Pretendard-Bold.otf");
static NOTO_HK_REGULAR: &[u8] = include_bytes!("../../../static/fonts/NotoSansHK-Regular.ttf");
static NOTO_HK_BOLD: &[u8] = include_bytes!("../../../static/fonts/NotoSansHK-Bold.ttf");
static NOTO_EMOJI: &[u8] = include_bytes!("../../../static/fonts/NotoEmoji-Regular.ttf");

static BUNDLED: LazyLock<FontSet> = LazyLock::new(FontSet::load);

/// How heavy text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 700.
    Bold,
}

/// One bundled font file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaceId {
    /// Pretendard Regular.
    PretendardRegular,
    /// Pretendard Bold.
    PretendardBold,
    /// Noto Sans HK Regular.
    NotoHkRegular,
    /// Noto Sans HK Bold.
    NotoHkBold,
    /// Noto Emoji, for both weights.
    NotoEmoji,
}

impl FaceId {
    /// Every face, in the order of their discriminants.
    pub const ALL: [Self; 5] = [
        Self::PretendardRegular,
        Self::PretendardBold,
        Self::NotoHkRegular,
        Self::NotoHkBold,
        Self::NotoEmoji,
    ];

    /// How heavy it is.
    pub fn weight(self) -> Weight {
        match self {
            Self::PretendardRegular | Self::NotoHkRegular | Self::NotoEmoji => Weight::Regular,
            Self::PretendardBold | Self::NotoHkBold => Weight::Bold,
        }
    }

    /// The PostScript name, as it stands in a PDF behind the subset prefix.
    pub fn postscript_name(self) -> &'static str {
        match self {
            Self::PretendardRegular => "Pretendard-Regular",
            Self::PretendardBold => "Pretendard-Bold",
            Self::NotoHkRegular => "NotoSansHK-Regular",
            Self::NotoHkBold => "NotoSansHK-Bold",
            Self::NotoEmoji => "NotoEmoji",
        }
    }
}

/// A glyph and how far it moves the pen, in font units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyph {
    /// Its index in the face.
    pub id: u16,
    /// Its advance in font units.
    pub advance: u16,
}

/// A stretch of text in one face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run<'a> {
    /// The face.
    pub face: FaceId,
    /// The text.
    pub text: &'a str,
    /// Its width in points at the asked size.
    pub width: f32,
}

struct BundledFace {
    data: &'static [u8],
    face: Face<'static>,
    units_per_em: f32,
    tabular: HashMap<u16, u16>,
}

/// The bundled fonts with their metrics.
pub struct FontSet {
    faces: Vec<BundledFace>,
    resolved: [Resolved; 2],
}

/// The face and glyph of the characters met so far: a ledger measures and draws the same few
/// hundred characters millions of times. One slot per character of the basic plane, zero until met;
/// what two threads write at once is the same.
struct Resolved(Vec<AtomicU64>);

/// Set in every slot that has been written.
const MET: u64 = 1 << 63;
/// The face number of characters that no font has.
const NO_FACE: u64 = 7;

impl Resolved {
    fn new() -> Self {
        Self(std::iter::repeat_with(AtomicU64::default).take(1 << 16).collect())
    }

    fn get_or_find(
        &self,
        c: char,
        find: impl FnOnce() -> Option<(FaceId, Glyph)>,
    ) -> Option<(FaceId, Glyph)> {
        let Some(slot) = self.0.get(c as usize) else { return find() };
        let packed = slot.load(Ordering::Relaxed);
        if packed & MET != 0 {
            let face = FaceId::ALL.get((packed >> 32 & NO_FACE) as usize)?;
            return Some((*face, Glyph { id: (packed >> 16) as u16, advance: packed as u16 }));
        }
        let found = find();
        let packed = found.map_or(NO_FACE << 32, |(face, glyph)| {
            (face as u64) << 32 | u64::from(glyph.id) << 16 | u64::from(glyph.advance)
        });
        slot.store(packed | MET, Ordering::Relaxed);
        found
    }
}

impl FontSet {
    /// The fonts that are part of this program, parsed once.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    #[expect(clippy::expect_used, reason = "the font files are compiled in and tested to parse")]
    fn load() -> Self {
        let faces = [PRETENDARD_REGULAR, PRETENDARD_BOLD, NOTO_HK_REGULAR, NOTO_HK_BOLD, NOTO_EMOJI]
            .into_iter()
            .map(|data| {
                let face = Face::parse(data, 0).expect("a bundled font parses");
                let units_per_em = f32::from(face.units_per_em());
                let tabular = tabular_figures(&face);
                BundledFace { data, face, units_per_em, tabular }
            })
            .collect();
        Self { faces, resolved: [Resolved::new(), Resolved::new()] }
    }

    /// The font file of a face.
    pub fn data(&self, face: FaceId) -> &'static [u8] {
        self.bundled_face(face).data
    }

    /// The parsed font of a face.
    pub fn face(&self, face: FaceId) -> &Face<'static> {
        &self.bundled_face(face).face
    }

    /// Font units per em of a face.
    pub fn units_per_em(&self, face: FaceId) -> f32 {
        self.bundled_face(face).units_per_em
    }

    fn bundled_face(&self, face: FaceId) -> &BundledFace {
        &self.faces[face as usize]
    }

    /// The glyph of `c` in `face`, with tabular digits; `None` if the face does not have it.
    pub fn glyph(&self, face: FaceId, c: char) -> Option<Glyph> {
        let bundled = self.bundled_face(face);
        let id = bundled.face.glyph_index(c)?.0;
        let id = bundled.tabular.get(&id).copied().unwrap_or(id);
        Some(Glyph { id, advance: bundled.face.glyph_hor_advance(GlyphId(id)).unwrap_or(0) })
    }

    /// The face that has `c` (Pretendard, else Noto Sans HK; the other way round for full-width
    /// punctuation; else Noto Emoji) and its glyph, with tabular digits;
    /// `None` if no bundled font has it.
    pub fn resolve(&self, c: char, weight: Weight) -> Option<(FaceId, Glyph)> {
        let mut chain = match weight {
            Weight::Regular => [FaceId::PretendardRegular, FaceId::NotoHkRegular, FaceId::NotoEmoji],
            Weight::Bold => [FaceId::PretendardBold, FaceId::NotoHkBold, FaceId::NotoEmoji],
        };
        // Pretendard has 、。「」 and their like too, but narrow and low, for Korean.
        if matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}') {
            chain.swap(0, 1);
        }
        let find = || chain.into_iter().find_map(|face| Some((face, self.glyph(face, c)?)));
        self.resolved[usize::from(weight == Weight::Bold)].get_or_find(c, find)
    }

    /// The face of [`FontSet::resolve`]; `None` if no bundled font has `c`.
    pub fn face_for(&self, c: char, weight: Weight) -> Option<FaceId> {
        self.resolve(c, weight).map(|(face, _)| face)
    }

    /// The width of `text` in points at `size` points.
    pub fn width(&self, text: &str, size: f32, weight: Weight) -> f32 {
        text.chars().map(|c| self.advance(c, weight)).sum::<f32>() * size
    }

    /// How far `c` moves the pen, in em. A character that no font has counts half an em.
    pub fn advance(&self, c: char, weight: Weight) -> f32 {
        self.resolve(c, weight)
            .map_or(0.5, |(face, glyph)| f32::from(glyph.advance) / self.units_per_em(face))
    }

    /// Splits `text` into runs of one face. Characters that no font has are joined to the run
    /// before them; see [`FontSet::missing`].
    pub fn runs<'a>(&self, text: &'a str, size: f32, weight: Weight) -> Vec<Run<'a>> {
        let default = match weight {
            Weight::Regular => FaceId::PretendardRegular,
            Weight::Bold => FaceId::PretendardBold,
        };
        let mut runs: Vec<(FaceId, usize, usize, f32)> = Vec::new();
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            let width = self.advance(c, weight) * size;
            let face = self.face_for(c, weight).or(runs.last().map(|run| run.0)).unwrap_or(default);
            match runs.last_mut() {
                Some(run) if run.0 == face => (run.2, run.3) = (end, run.3 + width),
                _ => runs.push((face, start, end, width)),
            }
        }
        runs.into_iter()
            .map(|(face, start, end, width)| Run { face, text: &text[start..end], width })
            .collect()
    }

    /// The characters of `text` that no bundled font has, each once, in order.
    pub fn missing(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for c in text.chars().filter(|c| !c.is_control()) {
            if self.face_for(c, Weight::Regular).is_none() && !missing.contains(&c) {
                missing.push(c);
            }
        }
        missing
    }
}

/// The glyphs that the font's `tnum` feature puts in place of its proportional digits.
fn tabular_figures(face: &Face<'_>) -> HashMap<u16, u16> {
    use ttf_parser::gsub::{SingleSubstitution, SubstitutionSubtable};

    let mut replaced = HashMap::new();
    let Some(gsub) = face.tables().gsub else { return replaced };
    let Some(feature) = gsub.features.find(Tag::from_bytes(b"tnum")) else { return replaced };
    let digits: Vec<GlyphId> = ('0'..='9').filter_map(|c| face.glyph_index(c)).collect();
    for lookup in feature.lookup_indices.into_iter().filter_map(|index| gsub.lookups.get(index)) {
        for subtable in lookup.subtables.into_iter::<SubstitutionSubtable<'_>>() {
            let SubstitutionSubtable::Single(single) = subtable else { continue };
            for glyph in &digits {
                let Some(position) = single.coverage().get(*glyph) else { continue };
                let other = match single {
                    SingleSubstitution::Format1 { delta, .. } => Some(glyph.0.wrapping_add_signed(delta)),
                    SingleSubstitution::Format2 { substitutes, .. } => substitutes.get(position).map(|g| g.0),
                };
                if let Some(other) = other {
                    replaced.insert(glyph.0, other);
                }
            }
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_as_wide_as_every_other() {
        let fonts = FontSet::bundled();
        for weight in [Weight::Regular, Weight::Bold] {
            let widths: Vec<f32> = ('0'..='9').map(|c| fonts.advance(c, weight)).collect();
            assert!(widths.iter().all(|width| (width - widths[0]).abs() < 1e-6), "{widths:?}");
        }
    }

    #[test]
    fn ideographs_fall_back_to_noto_and_hangul_stays_in_pretendard() {
        let runs = FontSet::bundled().runs("매출 銷售 sales", 10.0, Weight::Regular);
        let faces: Vec<_> = runs.iter().map(|run| (run.face, run.text)).collect();
        assert_eq!(
            faces,
            [
                (FaceId::PretendardRegular, "매출 "),
                (FaceId::NotoHkRegular, "銷售"),
                (FaceId::PretendardRegular, " sales"),
            ]
        );
    }

    #[test]
    fn full_width_punctuation_is_set_with_the_ideographs() {
        let runs = FontSet::bundled().runs("上升，（「髮」）。", 10.0, Weight::Regular);
        assert_eq!(runs.len(), 1, "{runs:?}");
        assert!((runs[0].width - 90.0).abs() < 0.01);
    }

    #[test]
    fn a_character_without_a_glyph_is_reported() {
        assert_eq!(FontSet::bundled().missing("aשbש가"), ['ש']);
    }

    #[test]
    fn emoji_are_drawn_in_both_weights() {
        let fonts = FontSet::bundled();
        for weight in [Weight::Regular, Weight::Bold] {
            let faces: Vec<_> = fonts.runs("매출 😀📈🎉", 10.0, weight).iter().map(|run| run.face).collect();
            assert_eq!(faces.last(), Some(&FaceId::NotoEmoji), "{faces:?}");
            assert!(fonts.advance('😀', weight) > 1.0);
        }
        assert!(fonts.missing("😀📈🎉👍🏽🇰🇷").is_empty());
    }
}
