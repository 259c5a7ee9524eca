//! The fonts: which face has a character, and how wide text is.
//!
//! Pretendard has Latin and Hangul but no ideographs; Noto Sans HK has those, and full-width
//! punctuation as Chinese sets it; Noto Emoji, in one weight, has what is left of pictures. The font of a
//! brand goes before them. Text is split per character into runs of one face. Digits are always tabular,
//! so that numbers align everywhere.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use ttf_parser::{Face, GlyphId, Tag};

static PRETENDARD_REGULAR: &[u8] = include_bytes!("../../../static/fonts/Pretendard-Regular.otf");
static PRETENDARD_BOLD: &[u8] = include_bytes!("../../../static/fonts/Pretendard-Bold.otf");
static NOTO_HK_REGULAR: &[u8] = include_bytes!("../../../static/fonts/NotoSansHK-Regular.ttf");
static NOTO_HK_BOLD: &[u8] = include_bytes!("../../../static/fonts/NotoSansHK-Bold.ttf");
static NOTO_EMOJI: &[u8] = include_bytes!("../../../static/fonts/NotoEmoji-Regular.ttf");

static BUNDLED: LazyLock<FontSet> = LazyLock::new(FontSet::load);

thread_local! {
    /// The fonts of the document that this thread is laying out or drawing; see [`FontSet::during`].
    static IN_USE: Cell<Option<&'static FontSet>> = const { Cell::new(None) };
}

/// How heavy text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 700.
    Bold,
}

/// One font file.
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
    /// The regular font of a brand.
    BrandRegular,
    /// The bold font of a brand.
    BrandBold,
}

impl FaceId {
    /// Every face, in the order of their discriminants.
    pub const ALL: [Self; 7] = [
        Self::PretendardRegular,
        Self::PretendardBold,
        Self::NotoHkRegular,
        Self::NotoHkBold,
        Self::NotoEmoji,
        Self::BrandRegular,
        Self::BrandBold,
    ];

    /// The faces that are part of this program.
    pub(super) const BUNDLED: usize = 5;

    /// How heavy it is.
    pub fn weight(self) -> Weight {
        match self {
            Self::PretendardRegular | Self::NotoHkRegular | Self::NotoEmoji | Self::BrandRegular => {
                Weight::Regular
            }
            Self::PretendardBold | Self::NotoHkBold | Self::BrandBold => Weight::Bold,
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

struct LoadedFace {
    data: &'static [u8],
    face: Face<'static>,
    postscript_name: &'static str,
    units_per_em: f32,
    tabular: HashMap<u16, u16>,
    /// Whether its digits, tabular where it has such, are all of one width.
    has_even_digits: bool,
}

/// The bundled fonts, and those of a brand where it has its own, with their metrics.
pub struct FontSet {
    /// In the order of the discriminants of [`FaceId`].
    faces: Vec<Arc<LoadedFace>>,
    resolved: [Resolved; 2],
}

impl std::fmt::Debug for FontSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.faces.iter().map(|face| face.postscript_name)).finish()
    }
}

/// The face and glyph of the characters met so far: a ledger measures and draws the same few
/// hundred characters millions of times. One slot per character of the basic plane, zero until met;
/// what two threads write at once is the same.
struct Resolved(Vec<AtomicU64>);

/// Set in every slot that has been written.
const MET: u64 = 1 << 63;
/// The face number of characters that no font has.
const NO_FACE: u64 = 15;

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

    /// The fonts that text is measured and drawn with at this moment on this thread: those of the
    /// document at hand, else the bundled ones.
    pub fn in_use() -> &'static Self {
        IN_USE.get().unwrap_or_else(Self::bundled)
    }

    /// Does what `draw` does with these fonts. Layout, charts and writers ask for the width of text in a
    /// hundred places, and all of them must ask the same fonts: a document is laid out and drawn on one
    /// thread from begin to end, so its fonts are bound to that.
    pub fn during<R>(&'static self, draw: impl FnOnce() -> R) -> R {
        /// Restores even where drawing panics.
        struct Before(Option<&'static FontSet>);
        impl Drop for Before {
            fn drop(&mut self) {
                IN_USE.set(self.0);
            }
        }
        let _before = Before(IN_USE.replace(Some(self)));
        draw()
    }

    #[expect(clippy::expect_used, reason = "the font files are compiled in and tested to parse")]
    fn load() -> Self {
        let faces = [
            (PRETENDARD_REGULAR, "Pretendard-Regular"),
            (PRETENDARD_BOLD, "Pretendard-Bold"),
            (NOTO_HK_REGULAR, "NotoSansHK-Regular"),
            (NOTO_HK_BOLD, "NotoSansHK-Bold"),
            (NOTO_EMOJI, "NotoEmoji"),
        ]
        .into_iter()
        .map(|(data, name)| Arc::new(LoadedFace::new(data, name).expect("a bundled font parses")))
        .collect();
        Self { faces, resolved: [Resolved::new(), Resolved::new()] }
    }

    /// The bundled fonts with two of a brand before them; `None` if one cannot be parsed.
    pub(super) fn with_brand(files: [(&'static [u8], &'static str); 2]) -> Option<Self> {
        let mut faces = Self::bundled().faces.clone();
        for (data, name) in files {
            faces.push(Arc::new(LoadedFace::new(data, name)?));
        }
        Some(Self { faces, resolved: [Resolved::new(), Resolved::new()] })
    }

    /// The faces of this set, in the order of [`FaceId::ALL`].
    pub(super) fn faces(&self) -> impl Iterator<Item = FaceId> {
        FaceId::ALL.into_iter().take(self.faces.len())
    }

    /// The PostScript name of a face, as it stands in a PDF behind the subset prefix.
    pub fn postscript_name(&self, face: FaceId) -> &'static str {
        self.loaded(face).postscript_name
    }

    /// The font file of a face.
    pub fn data(&self, face: FaceId) -> &'static [u8] {
        self.loaded(face).data
    }

    /// The parsed font of a face.
    pub fn face(&self, face: FaceId) -> &Face<'static> {
        &self.loaded(face).face
    }

    /// Font units per em of a face.
    pub fn units_per_em(&self, face: FaceId) -> f32 {
        self.loaded(face).units_per_em
    }

    /// A face of this set. One that only other sets have is drawn in the regular face of all.
    fn loaded(&self, face: FaceId) -> &LoadedFace {
        self.faces.get(face as usize).unwrap_or(&self.faces[0])
    }

    /// The glyph of `c` in `face`, with tabular digits; `None` if the face does not have it.
    pub fn glyph(&self, face: FaceId, c: char) -> Option<Glyph> {
        let loaded = self.loaded(face);
        let id = loaded.face.glyph_index(c)?.0;
        let id = loaded.tabular.get(&id).copied().unwrap_or(id);
        Some(Glyph { id, advance: loaded.face.glyph_hor_advance(GlyphId(id)).unwrap_or(0) })
    }

    /// The face that has `c` (the brand's, else Pretendard, else Noto Sans HK; the other way round for
    /// full-width punctuation; else Noto Emoji) and its glyph, with tabular digits;
    /// `None` if no font has it.
    pub fn resolve(&self, c: char, weight: Weight) -> Option<(FaceId, Glyph)> {
        let mut chain = match weight {
            Weight::Regular => [FaceId::PretendardRegular, FaceId::NotoHkRegular, FaceId::NotoEmoji],
            Weight::Bold => [FaceId::PretendardBold, FaceId::NotoHkBold, FaceId::NotoEmoji],
        };
        // Pretendard has 、。「」 and their like too, but narrow and low, for Korean.
        if matches!(c, '\u{3001}'..='\u{303f}' | '\u{ff00}'..='\u{ff60}') {
            chain.swap(0, 1);
        }
        let brand = match weight {
            Weight::Regular => FaceId::BrandRegular,
            Weight::Bold => FaceId::BrandBold,
        };
        let brand = self.faces.get(brand as usize).map(|loaded| (brand, loaded));
        // Digits of many widths would not stand in columns.
        let brand = brand.filter(|(_, loaded)| loaded.has_even_digits || !c.is_ascii_digit());
        let chain = brand.map(|(face, _)| face).into_iter().chain(chain);
        let find = || chain.clone().find_map(|face| Some((face, self.glyph(face, c)?)));
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

impl LoadedFace {
    fn new(data: &'static [u8], postscript_name: &'static str) -> Option<Self> {
        let face = Face::parse(data, 0).ok()?;
        let units_per_em = f32::from(face.units_per_em());
        let tabular = tabular_figures(&face);
        let widths: Vec<Option<u16>> = ('0'..='9')
            .map(|c| {
                let id = face.glyph_index(c)?;
                face.glyph_hor_advance(tabular.get(&id.0).map_or(id, |tabular| GlyphId(*tabular)))
            })
            .collect();
        let has_even_digits = widths.iter().all(|width| width.is_some() && *width == widths[0]);
        Some(Self { data, face, postscript_name, units_per_em, tabular, has_even_digits })
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
