//! From the display list to PDF, through printpdf.
//!
//! Takes [`Page`]s one after another and gives the bytes of a file: fonts subset, text searchable,
//! the same bytes for the same pages. Refuses nothing a page can hold: coordinates that are not
//! numbers and links that are not web addresses are left out, characters without a glyph are
//! written as their code and reported.

mod catalog;
mod embedding;
mod operators;
mod outline;
mod pictures;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use printpdf as pp;

use super::{FaceId, Page};
use crate::error::Kind;
use embedding::UsedGlyphs;
use operators::{Opacities, Translator};
use pictures::Pictures;

/// Takes pages in order and gives a file. The layout knows no more of a file format than this.
pub trait SheetWriter {
    /// Adds the next page.
    fn page(&mut self, page: Page);

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

/// A [`SheetWriter`] through printpdf. Keeps the document in memory until it is finished.
pub struct PdfWriter {
    metadata: Metadata,
    document: pp::PdfDocument,
    glyphs: UsedGlyphs,
    opacities: Opacities,
    pictures: Pictures,
    outline: Vec<OutlineEntry>,
}

impl PdfWriter {
    /// A writer of a file without pages.
    pub fn new(metadata: Metadata) -> Self {
        let document = pp::PdfDocument::new("");
        let (glyphs, opacities, pictures) =
            (UsedGlyphs::default(), Opacities::default(), Pictures::default());
        Self { metadata, document, glyphs, opacities, pictures, outline: Vec::new() }
    }
}

impl SheetWriter for PdfWriter {
    fn page(&mut self, page: Page) {
        let (width, height) = (page.width, page.height);
        let mut translator =
            Translator::new(height, &mut self.glyphs, &mut self.opacities, &mut self.pictures);
        for op in page.ops {
            translator.translate(op);
        }
        let (ops, bookmarks) = translator.finish();
        let page = self.document.pages.len();
        self.outline.extend(bookmarks.into_iter().map(|bookmark| {
            let operators::Bookmark { title, level, top } = bookmark;
            OutlineEntry { title, level, page, top }
        }));
        let sheet = pp::Rect::from_wh(pp::Pt(width), pp::Pt(height));
        let (media_box, trim_box, crop_box) = (sheet.clone(), sheet.clone(), sheet);
        self.document.pages.push(pp::PdfPage { media_box, trim_box, crop_box, ops });
    }

    fn finish(mut self) -> Result<WrittenPdf, PdfError> {
        for face in FaceId::ALL {
            if let Some(font) = self.glyphs.embedded(face)? {
                self.document.resources.fonts.map.insert(embedding::font_id(face), font);
            }
        }
        self.opacities.register(&mut self.document);
        self.pictures.register(&mut self.document);
        let mut tree = self.document.to_lopdf_document(&pp::PdfSaveOptions::default(), &mut Vec::new());
        // The operators of a thousand pages weigh more than the file: let them go before it grows.
        drop(self.document);
        catalog::complete(&mut tree, &self.metadata, &self.outline)?;
        tree.compress();
        let mut bytes = Vec::new();
        tree.save_to(&mut bytes)?;
        Ok(WrittenPdf { bytes, missing_glyphs: self.glyphs.missing })
    }
}
