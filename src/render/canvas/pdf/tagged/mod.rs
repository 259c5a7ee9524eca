//! From the display list to archive (PDF/A-2b) and accessible (PDF/UA-1) files, through krilla.
//!
//! Takes the same pages as the other writer and gives the same look. For accessible files the marks
//! of the pages ([`Tag`](crate::render::canvas::Tag)) become a structure tree; what they leave out
//! is an artifact. krilla checks what the standards ask for and refuses to write anything else.

mod outline;
mod sheet;
mod structure;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Timelike};
use krilla::SerializeSettings;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::metadata::{DateTime, PageLayout};
use krilla::page::{NumberingStyle, PageLabel, PageSettings};

use super::{Metadata, PdfError, SheetWriter, WrittenPdf};
use crate::render::canvas::Page;
use outline::Bookmark;
use sheet::Sheet;
use structure::Structure;
use text::Fonts;

/// The standards a file keeps to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Conformance {
    /// PDF/A-2b: everything it needs is in it, for decades of storage.
    pub archive: bool,
    /// PDF/UA-1: it can be heard, with a structure tree.
    pub accessible: bool,
}

/// A [`SheetWriter`] through krilla. Keeps finished pages as their compressed content, and the
/// structure tree, which grows with every cell of an accessible file.
pub struct ConformingWriter {
    metadata: Metadata,
    conformance: Conformance,
    document: krilla::Document,
    structure: Structure,
    bookmarks: Vec<Bookmark>,
    pictures: BTreeMap<[u8; 32], krilla::image::Image>,
    missing: BTreeSet<char>,
    fonts: Fonts,
    pages: usize,
}

impl ConformingWriter {
    /// A writer of a file without pages.
    ///
    /// # Errors
    /// [`PdfError::Structure`] if krilla does not know such a combination of standards.
    pub fn new(metadata: Metadata, conformance: Conformance) -> Result<Self, PdfError> {
        let mut standards = ConfigurationBuilder::new();
        if conformance.archive {
            standards = standards.with_archival_validator(Archival::A2_B);
        }
        if conformance.accessible {
            standards = standards.with_accessibility_validator(Accessibility::UA1);
        }
        let configuration = standards.finish().map_err(|problem| PdfError::Structure {
            part: "combination of standards",
            problem: format!("{problem:?}"),
        })?;
        let settings = SerializeSettings {
            configuration,
            enable_tagging: conformance.accessible,
            ..SerializeSettings::default()
        };
        let document = krilla::Document::new_with(settings);
        Ok(Self {
            metadata,
            conformance,
            document,
            structure: Structure::default(),
            bookmarks: Vec::new(),
            pictures: BTreeMap::new(),
            missing: BTreeSet::new(),
            fonts: Fonts::in_use(),
            pages: 0,
        })
    }

    fn information(&self) -> krilla::metadata::Metadata {
        let Metadata { author, subject, keywords, proof, language, created, .. } = &self.metadata;
        let date = DateTime::new(created.year().clamp(0, 9999) as u16)
            .month(created.month() as u8)
            .day(created.day() as u8)
            .hour(created.hour() as u8)
            .minute(created.minute() as u8)
            .second(created.second() as u8)
            .utc_offset_hour(0)
            .utc_offset_minute(0);
        let mut information = krilla::metadata::Metadata::new()
            .title(self.title())
            .language((*language).to_owned())
            .creation_date(date)
            .creator(concat!("jangpyo ", env!("CARGO_PKG_VERSION")).to_owned())
            .producer(concat!("jangpyo ", env!("CARGO_PKG_VERSION"), " (krilla)").to_owned())
            .page_layout(PageLayout::SinglePage);
        if !author.is_empty() {
            information = information.authors(vec![super::plain(author)]);
        }
        if !subject.is_empty() {
            information = information.description(super::plain(subject));
        }
        // A key of its own would need a schema in the metadata of an archive file.
        let mark = |proof: &String| format!("{}{proof}", super::reading::PROOF_MARK);
        let proof = Some(proof).filter(|proof| !proof.is_empty()).map(mark);
        let keywords = Some(super::plain(keywords)).filter(|keywords| !keywords.is_empty());
        let keywords: Vec<String> = keywords.into_iter().chain(proof).collect();
        if !keywords.is_empty() {
            information = information.keywords(keywords);
        }
        information
    }

    /// The title; never empty, which accessible files may not be.
    fn title(&self) -> String {
        match super::plain(&self.metadata.title) {
            title if title.trim().is_empty() => "jangpyo".to_owned(),
            title => title,
        }
    }
}

impl SheetWriter for ConformingWriter {
    fn page(&mut self, page: Page) -> Result<(), PdfError> {
        let size = PageSettings::from_wh(page.width, page.height).ok_or_else(|| PdfError::Structure {
            part: "page",
            problem: format!("its size is {} × {}", page.width, page.height),
        })?;
        // The same label on every page becomes one that counts all of them, from 1.
        let size = size.with_page_label(PageLabel::new(Some(NumberingStyle::Arabic), None, None));
        let mut sheet = Sheet {
            page: self.document.start_page_with(size),
            number: self.pages,
            structure: self.conformance.accessible.then_some(&mut self.structure),
            bookmarks: &mut self.bookmarks,
            pictures: &mut self.pictures,
            missing: &mut self.missing,
            fonts: &self.fonts,
        };
        sheet.draw(page.ops)?;
        sheet.page.finish();
        self.pages += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<WrittenPdf, PdfError> {
        let title = self.title();
        self.document.set_metadata(self.information());
        let bookmarks = std::mem::take(&mut self.bookmarks);
        self.document.set_outline(outline::of(bookmarks, &title));
        if self.conformance.accessible {
            self.document.set_tag_tree(self.structure.into_tree(self.metadata.language));
        }
        let bytes = self.document.finish().map_err(|problem| refused(&problem))?;
        Ok(WrittenPdf { bytes, missing_glyphs: self.missing })
    }
}

/// What krilla refused and which standard asks for it; its own message gives only their number.
fn refused(problem: &krilla::error::KrillaError) -> PdfError {
    let problem = match problem {
        krilla::error::KrillaError::Validation(errors) => {
            let errors = errors.iter().take(5).map(|(error, _)| format!("{error:?}"));
            let mut text = errors.collect::<Vec<_>>().join("; ");
            // Fonts print their tables.
            text = text.chars().take(600).collect();
            text
        }
        other => other.to_string(),
    };
    PdfError::Standard { problem }
}
