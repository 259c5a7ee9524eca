//! What sheets say of how they came to be sent, at the head of the first one.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::document::{Block, Content, Document};
use super::{Provenance, words};
use crate::format::rich_text::RichText;

/// The ids of the blocks; no panel can have them, since `.` is no letter of theirs.
const INCOMPLETE: &str = ".incomplete";
const RESTATED: &str = ".restated";

/// What a document says of how it came to be sent; it may say several things, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// What was missing of its data, in the reader's language.
    pub missing: Vec<String>,
    /// That it was made again, for an instant long past.
    pub restated: Option<Restated>,
}

/// When a document was made again. Days are those of the document's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restated {
    /// The day it was made again.
    pub on: NaiveDate,
    /// The day the report of the same instant was first sent; none if it never was.
    pub first_sent: Option<NaiveDate>,
}

impl Document {
    /// The document with `marks` at the head of its first sheet. It has a digest of its own; without any marks it stays
    /// as it is.
    #[must_use]
    pub fn marked(mut self, marks: Marks) -> Self {
        if marks == Marks::default() {
            return self;
        }
        let words = words::of(self.locale);
        let mut rows = Vec::new();
        if let Some(Restated { on, first_sent }) = marks.restated {
            let line = match first_sent {
                Some(day) => words.first_sent.replace("{day}", &day.to_string()),
                None => words.not_sent_before.to_owned(),
            };
            let heading = words.restated_on.replace("{day}", &on.to_string());
            rows.push(vec![block(RESTATED, heading, &[line])]);
        }
        if !marks.missing.is_empty() {
            rows.push(vec![block(INCOMPLETE, words.incomplete.into(), &marks.missing)]);
        }
        if let Some(page) = self.pages.first_mut() {
            page.rows.splice(0..0, rows);
        }
        let provenance =
            Provenance { missing: marks.missing, restated: marks.restated, ..self.provenance.clone() };
        self.sealed(provenance)
    }

    /// The regions whose rows some of its numbers lack.
    pub fn missing_regions(&self) -> BTreeSet<String> {
        self.blocks().flat_map(|block| block.missing.iter().cloned()).collect()
    }

    /// What its marks say: a heading and lines each, in their order.
    pub fn marks(&self) -> Vec<(&str, Vec<String>)> {
        let marks = self.blocks().filter(|block| [RESTATED, INCOMPLETE].contains(&block.id.as_str()));
        marks
            .filter_map(|block| match &block.content {
                Ok(Content::Text(text)) => Some((block.title.as_str(), text.lines())),
                _ => None,
            })
            .collect()
    }
}

impl Provenance {
    /// The marks of a document that says this of itself.
    pub fn marks(&self) -> Marks {
        Marks { missing: self.missing.clone(), restated: self.restated }
    }
}

fn block(id: &str, title: String, lines: &[String]) -> Block {
    Block {
        id: id.into(),
        title,
        note: None,
        missing: Vec::new(),
        content: Ok(Content::Text(RichText::plain(lines))),
    }
}
