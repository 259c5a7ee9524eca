//! Sheets that were sent although something was missing say so.

use super::super::document::{Block, Content, Document};
use super::words;
use crate::format::rich_text::RichText;

/// The id of the block that says what was missing; no panel can have it, since `.` is no letter of theirs.
pub const INCOMPLETE: &str = ".incomplete";

impl Document {
    /// The document with `missing`, in the reader's language, at the head of its first sheet. It has a digest of
    /// its own; without anything missing it stays as it is.
    #[must_use]
    pub fn marked_incomplete(mut self, missing: Vec<String>) -> Self {
        if missing.is_empty() {
            return self;
        }
        let block = Block {
            id: INCOMPLETE.into(),
            title: words::of(self.locale).incomplete.into(),
            note: None,
            content: Ok(Content::Text(RichText::plain(&missing))),
        };
        if let Some(page) = self.pages.first_mut() {
            page.rows.insert(0, vec![block]);
        }
        let mut provenance = self.provenance.clone();
        provenance.missing = missing;
        self.sealed(provenance)
    }
}
