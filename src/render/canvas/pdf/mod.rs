//! From the display list to PDF: through printpdf as a rule, through krilla for files that keep to a
//! standard ([`ConformingWriter`]).
//!
//! Takes [`Page`]s one after another and gives the bytes of a file: fonts subset, text searchable,
//! the same bytes for the same pages. Refuses nothing a page can hold: coordinates that are not
//! numbers and links that are not web addresses are left out, characters without a glyph are
//! written as their code and reported.

mod catalog;
mod embedding;
mod locked;
mod operators;
mod outline;
mod pages;
mod pictures;
mod reading;
mod tagged;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use printpdf as pp;

use super::Page;
use crate::error::Kind;
use embedding::UsedGlyphs;
use operators::{Opacities, Translator};
use pages::WrittenPage;
use pictures::Pictures;

pub use locked::locked;
pub use reading::{ReadError, ReadPdf};
pub use tagged::{Conformance, ConformingWriter};

/// The longest title or description, in characters.
const LONGEST_TEXT: usize = 400;

/// Takes pages in order and gives a file. The layout knows no more of a file format than this.
pub trait SheetWriter {
    /// Adds the next page.
    ///
    /// # Errors
    /// Those of [`PdfError`]; none of them is the caller's fault.
    fn page(&mut self, page: Page) -> Result<(), PdfError>;

    /// Ends the file.
    ///
    /// # Errors
    /// Those of [`PdfError`]; none of them is the caller's fault.
    fn finish(self) -> Result<WrittenPdf, PdfError>;
}

/// A finished file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// The characters that no bundled font has and that were written as their code.
    pub missing_glyphs: BTreeSet<char>,
}

/// What a file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The title, shown by viewers in the window's frame.
    pub title: String,
    /// Who answers for it.
    pub author: String,
    /// What it is about.
    pub subject: String,
    /// Anything to search by.
    pub keywords: String,
    /// Where the file comes from, for programs, in printable ASCII; empty for nothing.
    pub proof: String,
    /// The BCP 47 tag of the language it is written in.
    pub language: &'static str,
    /// Stands as the date of creation; never the clock's, so that the bytes repeat.
    pub created: DateTime<Utc>,
}

/// Why a PDF could not be written. All of these are defects of this program.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// A bundled font could not be reduced to the glyphs in use.
    #[error("the font {face} could not be reduced to its {glyphs} used glyphs: {problem}")]
    Subset {
        /// The PostScript name.
        face: &'static str,
        /// How many glyphs are used.
        glyphs: usize,
        /// What the subsetter says.
        problem: String,
    },
    /// The object tree lacks a part that every PDF has.
    #[error("the PDF has no usable {part}: {problem}")]
    Structure {
        /// The part.
        part: &'static str,
        /// What the library says.
        problem: String,
    },
    /// The file would not keep to its standard.
    #[error("the PDF would break the standard it is to keep to: {problem}")]
    Standard {
        /// What is wrong with it.
        problem: String,
    },
    /// It could not be encrypted.
    #[error("the PDF could not be protected with its password: {0}")]
    Locking(String),
    /// Serializing failed.
    #[error("the PDF could not be serialized: {0}")]
    Serialize(#[from] std::io::Error),
}

impl PdfError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        Kind::Bug
    }
}

/// An entry of the document outline: page from 0, height in points from the bottom of the page.
#[derive(Debug, Clone, PartialEq)]
struct OutlineEntry {
    title: String,
    level: u8,
    page: usize,
    top: f32,
}

/// A [`SheetWriter`] through printpdf. Of pages before the last it keeps only what goes into the
/// file, compressed.
pub struct PdfWriter {
    metadata: Metadata,
    document: pp::PdfDocument,
    glyphs: UsedGlyphs,
    opacities: Opacities,
    pictures: Pictures,
    pages: Vec<WrittenPage>,
    outline: Vec<OutlineEntry>,
}

impl PdfWriter {
    /// A writer of a file without pages.
    pub fn new(metadata: Metadata) -> Self {
        let document = pp::PdfDocument::new("");
        let (glyphs, opacities, pictures) =
            (UsedGlyphs::default(), Opacities::default(), Pictures::default());
        let (pages, outline) = (Vec::new(), Vec::new());
        Self { metadata, document, glyphs, opacities, pictures, pages, outline }
    }

    /// Every glyph of every face in use.
    fn specimen(&self) -> Vec<pp::Op> {
        let line = |(face, text)| {
            let font = pp::PdfFontHandle::External(embedding::font_id(face));
            [
                pp::Op::SetFont { font, size: pp::Pt(1.0) },
                pp::Op::ShowText { items: vec![pp::TextItem::Text(text)] },
            ]
        };
        let lines = self.glyphs.characters().flat_map(line);
        std::iter::once(pp::Op::StartTextSection).chain(lines).chain([pp::Op::EndTextSection]).collect()
    }
}

impl SheetWriter for PdfWriter {
    fn page(&mut self, page: Page) -> Result<(), PdfError> {
        let size = (page.width, page.height);
        let Self { glyphs, opacities, pictures, .. } = self;
        let known = glyphs.count();
        let mut translator = Translator::new(size.1, glyphs, opacities, pictures);
        for op in page.ops {
            translator.translate(op);
        }
        let (ops, bookmarks) = translator.finish();
        let page = self.pages.len();
        self.outline.extend(bookmarks.into_iter().map(|bookmark| {
            let operators::Bookmark { title, level, top } = bookmark;
            OutlineEntry { title, level, page, top }
        }));
        if self.glyphs.count() > known {
            self.document.resources.fonts.map.extend(self.glyphs.codes());
        }
        self.pages.push(WrittenPage::write(&mut self.document, size, ops)?);
        Ok(())
    }

    fn finish(mut self) -> Result<WrittenPdf, PdfError> {
        let specimen = self.specimen();
        let before = WrittenPage::write(&mut self.document, (1.0, 1.0), specimen.clone())?;
        self.document.resources.fonts.map.extend(self.glyphs.embedded()?);
        let after = WrittenPage::write(&mut self.document, (1.0, 1.0), specimen.clone())?;
        if !before.draws_like(&after) {
            let problem = "the glyphs are numbered otherwise than in the pages".to_owned();
            return Err(PdfError::Structure { part: "font", problem });
        }
        self.opacities.register(&mut self.document);
        self.pictures.register(&mut self.document);
        let (mut tree, pages) = pages::assembled(&mut self.document, specimen, self.pages)?;
        drop(self.document);
        catalog::complete(&mut tree, &self.metadata, &self.outline, &pages)?;
        tree.compress();
        let mut bytes = Vec::new();
        tree.save_to(&mut bytes)?;
        Ok(WrittenPdf { bytes, missing_glyphs: self.glyphs.missing })
    }
}

/// Text for the viewer's own windows, which have fonts of their own: any script, but nothing that
/// steers a terminal or turns the reading order, and no longer than anybody reads.
fn plain(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !steers(*c)).take(LONGEST_TEXT).collect()
}

/// Whether an address may stand in a file: a viewer runs what other schemes name.
fn is_web_address(url: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| url.starts_with(scheme))
}

/// Sine and cosine of an angle in degrees; exact for right angles, the same on every machine for
/// the others.
fn turned(degrees: f32) -> (f32, f32) {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let short = |value: f64| ((value * 10_000.0).round() / 10_000.0) as f32 + 0.0;
    (short(sin), short(cos))
}

/// To hundredths of a point: finer than any printer, and short in the file.
fn rounded(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}
