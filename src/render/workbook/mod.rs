//! A document as an Excel workbook (XLSX).
//!
//! One worksheet per table and chart behind a first one with the key numbers; a table with more rows
//! than a worksheet holds goes on on further ones. Numbers and dates are
//! real, with formats that look as they do on the sheet; text that looks like a formula stays text.
//! Charts whose type Excel has are drawn by Excel from the cells beside them. The same document gives
//! the same bytes.

mod chart;
mod format;
mod grid;
mod link;
mod names;
mod native;
mod paper;
mod sparkline;
mod summary;
mod widths;
mod words;

use std::ops::Range;

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::document::{Block, Content, Document, Provenance, Theme};
use crate::error::Kind;
use crate::format::Locale;
use crate::table::Grid;
use format::Formats;
use names::SheetNames;

/// The rows a worksheet may have.
pub const MOST_ROWS: usize = 1_048_576;
/// The columns a worksheet may have.
pub const MOST_COLUMNS: usize = 16_384;
/// The characters of a document property.
const LONGEST_PROPERTY: usize = 255;

/// What worksheets hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The rows of a worksheet; a table with more goes on on another.
    pub rows: usize,
    /// A table with this many rows is written row by row, without holding the worksheet in memory.
    pub streamed_from: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: MOST_ROWS, streamed_from: 20_000 }
    }
}

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// A table has more columns than a worksheet.
    #[error("panel `{panel}` has {columns} columns; Excel takes {MOST_COLUMNS}")]
    TooWide {
        /// The panel.
        panel: String,
        /// Its columns.
        columns: usize,
    },
    /// The library refused, which is a defect of this program, or the disk did.
    #[error("the workbook could not be written: {0}")]
    Write(#[from] XlsxError),
}

impl WorkbookError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::TooWide { .. } => Kind::OverLimit,
            Self::Write(_) => Kind::Bug,
        }
    }
}

/// What a workbook is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct About<'a> {
    /// The report's title.
    pub title: &'a str,
    /// Its period and chosen parameters.
    pub subtitle: &'a str,
    /// The functional role that answers for it.
    pub owner: &'a str,
    /// What ties it to its origin, as a line of text.
    pub proof: &'a str,
    /// The same for programs, where it is known.
    pub provenance: Option<&'a Provenance>,
    /// The language.
    pub locale: Locale,
    /// The instant it was evaluated at; without one the file says when it was written.
    pub evaluated_at: Option<DateTime<Utc>>,
    /// Whether it is printed on lying sheets.
    pub landscape: bool,
    /// The panel, where it is about one alone and no first worksheet tells where it comes from.
    pub panel: Option<&'a str>,
    /// The colours of its brand.
    pub theme: &'a Theme,
    /// The address the server is reached at, for links to its pages.
    pub base_url: Option<&'a str>,
}

impl<'a> From<&'a Document> for About<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            title: &document.title,
            subtitle: &document.subtitle,
            owner: &document.owner,
            proof: &document.proof,
            provenance: Some(&document.provenance),
            locale: document.locale,
            evaluated_at: Some(document.evaluated_at),
            base_url: document.base_url.as_deref(),
            landscape: document.pages.first().is_some_and(|page| page.size.0 > page.size.1),
            theme: document.look(),
            panel: None,
        }
    }
}

/// Writes the tables, charts and key numbers of `document`. Panels that failed are told on the first
/// worksheet.
pub fn workbook(document: &Document) -> Result<Vec<u8>, WorkbookError> {
    workbook_within(document, Limits::default())
}

/// As [`workbook`], with worksheets that hold no more than `limits` say.
pub fn workbook_within(document: &Document, limits: Limits) -> Result<Vec<u8>, WorkbookError> {
    let mut writer = Writer::new(About::from(document), limits)?;
    let has_summary =
        document.blocks().any(|block| !matches!(block.content, Ok(Content::Table(_) | Content::Chart(_))));
    if has_summary || document.blocks().next().is_none() {
        let name = writer.names.unique(words::summary(document.locale));
        let sheet = writer.workbook.add_worksheet().set_name(name)?;
        summary::write(sheet, &writer.about, document, &mut writer.formats)?;
    }
    for block in document.blocks() {
        writer.block(block)?;
    }
    Ok(writer.workbook.save_to_buffer()?)
}

/// Writes the one table or chart of `document`, with where it comes from above its numbers; `None` if
/// it has neither.
pub fn panel_workbook(document: &Document) -> Result<Option<Vec<u8>>, WorkbookError> {
    let is_shown = |block: &&Block| matches!(block.content, Ok(Content::Table(_) | Content::Chart(_)));
    let Some(block) = document.blocks().find(is_shown) else { return Ok(None) };
    let about = About { panel: Some(&block.id), ..About::from(document) };
    let mut writer = Writer::new(about, Limits::default())?;
    writer.block(block)?;
    Ok(Some(writer.workbook.save_to_buffer()?))
}

struct Writer<'d> {
    about: About<'d>,
    limits: Limits,
    workbook: Workbook,
    formats: Formats,
    names: SheetNames,
}

impl<'d> Writer<'d> {
    fn new(about: About<'d>, limits: Limits) -> Result<Self, WorkbookError> {
        let mut workbook = Workbook::new();
        let mut properties = DocProperties::new()
            .set_title(about.title)
            .set_subject(about.subtitle)
            .set_author(about.owner)
            .set_comment(about.proof);
        for (name, value) in about.provenance.iter().flat_map(|provenance| provenance.properties()) {
            // Excel shows no more of a property.
            let value: String = value.chars().take(LONGEST_PROPERTY).collect();
            properties = properties.set_custom_property(name, value.as_str());
        }
        if let Some(panel) = about.panel {
            properties = properties.set_custom_property("jangpyo panel", panel);
        }
        if let Some(instant) = about.evaluated_at {
            let created = ExcelDateTime::from_timestamp(instant.timestamp())?;
            properties = properties.set_creation_datetime(&created);
        }
        workbook.set_properties(&properties);
        Ok(Self {
            about,
            limits,
            workbook,
            formats: Formats::of_theme(about.theme),
            names: SheetNames::default(),
        })
    }

    fn block(&mut self, block: &Block) -> Result<(), WorkbookError> {
        let title = if block.title.trim().is_empty() { block.id.as_str() } else { &block.title };
        match &block.content {
            Ok(Content::Table(grid)) => {
                let columns = grid::columns(grid);
                if columns > MOST_COLUMNS {
                    return Err(WorkbookError::TooWide { panel: block.id.clone(), columns });
                }
                for rows in grid::parts(grid, self.limits.rows) {
                    self.part(title, block, grid, rows)?;
                }
            }
            Ok(Content::Chart(chart)) => {
                let name = self.names.unique(title);
                let sheet = self.sheet(name.clone(), false)?;
                let sheet = self.workbook.worksheet_from_index(sheet)?;
                chart::write(sheet, &name, &self.about, block, chart, &mut self.formats)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Writes some rows of a table; what does not fit one worksheet goes on on the next of its name.
    fn part(
        &mut self,
        title: &str,
        block: &Block,
        grid: &Grid,
        rows: Range<usize>,
    ) -> Result<(), WorkbookError> {
        let is_streamed = rows.len() >= self.limits.streamed_from;
        let body = grid::body(grid, rows);
        let name = self.names.unique(title);
        let points = sparkline::has_any(grid, &body)
            .then(|| self.names.unique(&words::points_of(&name, self.about.locale)));
        let sheet = self.sheet(name, is_streamed)?;
        let sheet = self.workbook.worksheet_from_index(sheet)?;
        let part = grid::Sheet { block, grid, body: &body, points: points.as_deref(), is_streamed };
        grid::write(sheet, &self.about, &part, &mut self.formats)?;
        if let Some(points) = points {
            let sheet = self.sheet(points, is_streamed)?;
            sparkline::write_points(self.workbook.worksheet_from_index(sheet)?, grid, &body)?;
        }
        Ok(())
    }

    /// Adds a worksheet and gives its position.
    fn sheet(&mut self, name: String, is_streamed: bool) -> Result<usize, WorkbookError> {
        let sheet: &mut Worksheet = if is_streamed {
            self.workbook.add_worksheet_with_constant_memory()?
        } else {
            self.workbook.add_worksheet()
        };
        sheet.set_name(name)?;
        Ok(self.workbook.worksheets().len() - 1)
    }
}
