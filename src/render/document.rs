//! What is to be shown, evaluated and localized: the one input of every renderer.

use std::sync::Arc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

pub use super::canvas::pdf::Conformance;
pub use super::provenance::{DefinitionVersion, Provenance};
pub use super::theme::{Theme, ThemeFonts};
use crate::charts::Chart;
use crate::format::rich_text::RichText;
use crate::format::{Locale, NumberFormat};
use crate::table::{Change, Grid, Value};

/// A whole report, evaluated: screen, sheets and mail are made from it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Document {
    /// The report's title.
    pub title: String,
    /// The evaluated period and chosen parameters, as a line of text.
    pub subtitle: String,
    /// The language it is written in.
    pub locale: Locale,
    /// The layout.
    pub pages: Vec<SheetPage>,
    /// The line at the top of every sheet, by itself at the right.
    pub header: Running,
    /// The line at the foot of every sheet, by itself at the left.
    pub footer: Running,
    /// The approval box (결재란) on the first sheet.
    pub approval: Approval,
    /// A sheet before the others.
    pub cover: Option<Cover>,
    /// Who made the report and what it is about, as labels with their values.
    pub prepared: Vec<(String, String)>,
    /// The company's mark, beside the title of the first sheet and on the cover. A document without one
    /// has the digest it had before there were logos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// The colours and fonts of a brand. A document without one has the digest it had before there were
    /// themes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Arc<Theme>>,
    /// Words across every sheet.
    pub watermark: String,
    /// The functional role that answers for the report; the author in the PDF's metadata.
    pub owner: String,
    /// The instant it was evaluated at; the date in the PDF's metadata.
    pub evaluated_at: chrono::DateTime<chrono::Utc>,
    /// What ties the sheet to its origin, as a line of text; see [`Document::sealed`].
    #[serde(skip)]
    pub proof: String,
    /// The same for programs. Neither is a part of the content that has the digest.
    #[serde(skip)]
    pub provenance: Provenance,
    /// The address the server is reached at, for links on paper and in mail; without it there are none to
    /// pages of the server. It says where content is found and is no part of it.
    #[serde(skip)]
    pub base_url: Option<String>,
    /// The first and the last day of its period, if it has one; its words are in the subtitle.
    #[serde(skip)]
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The standards its PDF keeps to.
    pub conformance: Conformance,
}

/// A line at the top or foot of every sheet, with `{page}`, `{pages}`, `{section_page}`,
/// `{section_pages}` and `{proof}` still to be filled.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub enum Running {
    /// One text, in its usual place.
    Usual(String),
    /// The texts at the left, in the middle and at the right.
    Parts([String; 3]),
}

impl<T: Into<String>> From<T> for Running {
    fn from(text: T) -> Self {
        Self::Usual(text.into())
    }
}

/// The approval box; without stages there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Approval {
    /// What stands above each column.
    pub stages: Vec<String>,
    /// Who signs in each; may be fewer than there are stages.
    pub names: Vec<String>,
    /// What stands at its side; empty for the usual word.
    pub label: String,
    /// Whether it stands at the left edge of the sheet.
    pub at_left: bool,
    /// Whether it stands below the content of the first sheet instead of beside the title.
    pub at_foot: bool,
}

/// What stands on the sheet before the others; what is empty is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Cover {
    /// The title.
    pub title: String,
    /// Below it.
    pub subtitle: String,
    /// The company or division.
    pub organisation: String,
    /// The date.
    pub date: String,
    /// A small line at the foot.
    pub note: String,
}

/// A company's mark.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct Logo {
    /// A PNG, JPEG or SVG file; its SHA-256 stands for it in the digest of the document.
    #[serde(serialize_with = "digest_of_file")]
    pub file: Arc<[u8]>,
    /// Whose it is, for those who hear the document; empty for the usual word.
    pub alt: String,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logo").field("bytes", &self.file.len()).field("alt", &self.alt).finish()
    }
}

pub(super) fn digest_of_file<S: serde::Serializer>(file: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:x}", Sha256::digest(file)))
}

/// One page of the layout.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SheetPage {
    /// Width and height of the sheet in points.
    pub size: (f32, f32),
    /// Rows of blocks, from top to bottom; blocks of a row stand side by side.
    pub rows: Vec<Vec<Block>>,
    /// Whether all of it is to be scaled down to one sheet, within reason.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fit: bool,
}

/// A panel in its place.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Block {
    /// The panel's id.
    pub id: String,
    /// What stands above it.
    pub title: String,
    /// A small line below, such as the unit or "first N of M".
    pub note: Option<String>,
    /// The regions whose rows its numbers lack; its note says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What it shows, or why it cannot.
    pub content: Result<Content, Failure>,
}

impl Block {
    /// What its title begins with where there is no room for a note, as in the name of a file, if its numbers lack regions.
    pub fn incomplete_mark(&self, locale: Locale) -> String {
        let missing: String = self.missing.join(", ").chars().take(60).collect();
        match locale {
            _ if missing.is_empty() => String::new(),
            Locale::Ko => format!("(불완전, {missing} 제외) "),
            Locale::En => format!("(incomplete, without {missing}) "),
            Locale::ZhHk => format!("(不完整，不含 {missing}) "),
        }
    }
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub enum Content {
    /// One number.
    Kpi(Kpi),
    /// A chart.
    Chart(Box<Chart>),
    /// A table or pivot.
    Table(Box<Grid>),
    /// Words.
    Text(RichText),
}

/// One number with its change and the way it went.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Kpi {
    /// The number.
    pub value: Value,
    /// The number of the comparison period, if one was asked for.
    pub previous: Option<Value>,
    /// What the comparison is with: "vs. previous week".
    pub compared_with: String,
    /// How both are written.
    pub format: NumberFormat,
    /// Rising numbers are bad news.
    pub lower_is_better: bool,
    /// The points of the sparkline in order of time; empty for none.
    pub sparkline: Vec<Option<f64>>,
    /// Where a click leads to: an address within the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Why a panel has nothing to show.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Failure {
    /// What its viewer is told: what, where, and the next step; never SQL.
    pub message: String,
    /// What happened, for the owner and the log; may name files, columns and SQL.
    #[serde(skip)]
    pub cause: String,
    /// The id under which the log has the cause.
    #[serde(skip)]
    pub error_id: String,
    /// Nothing went wrong: the viewer may not see it.
    #[serde(skip)]
    pub closed: bool,
}

impl Kpi {
    /// How it went; `None` without a comparison or in proportion to zero.
    pub fn change(&self) -> Option<Change> {
        Change::between(&self.value, self.previous.as_ref()?, &self.format)
    }
}

impl Document {
    /// The colours and fonts it is drawn in.
    pub fn look(&self) -> &Theme {
        self.theme.as_deref().unwrap_or_else(|| super::theme::usual())
    }

    /// The blocks of all pages in reading order.
    pub fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.pages.iter().flat_map(|page| page.rows.iter().flatten())
    }

    /// The blocks that failed.
    pub fn failures(&self) -> impl Iterator<Item = (&Block, &Failure)> {
        self.blocks().filter_map(|block| block.content.as_ref().err().map(|failure| (block, failure)))
    }
}

/// The whole address of a link; `None` for a page of a server whose address, `base_url`, is not known.
pub(super) fn whole_address(link: &str, base_url: Option<&str>) -> Option<String> {
    if link.starts_with('/') { base_url.map(|base| format!("{base}{link}")) } else { Some(link.to_owned()) }
}
