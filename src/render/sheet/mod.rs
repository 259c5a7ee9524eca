//! From a document to the pages of a file, on paper of a fixed size.
//!
//! Takes a [`Document`]; [`SheetLayout::of`] decides what stands on which sheet, then
//! [`SheetLayout::pages`] draws one sheet after another, so that a ledger of a thousand sheets is
//! never in memory at once. Knows nothing of any file format. Refuses nothing: what does not fit
//! flows on, is broken into lines or, for text only, shortened visibly.

mod blocks;
mod breaks;
mod chart;
mod figure;
mod flow;
mod furniture;
mod kpi;
mod lines;
mod note;
mod prose;
mod rows;
pub(super) mod style;
mod table;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::sample;
mod words;

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::format::Locale;
use crate::render::canvas::{Op, Page, Rect};
use crate::render::document::Document;
pub use figure::figure;
use flow::{Piece, Sheet};
use furniture::{Mark, Position, TitleBlock, approval_box};
use lines::Typesetter;
use rows::{Measurer, Strip, TableNumbers};
use style::{GAP, MARGIN};

/// Smaller sheets are taken for this size, so that there is room for a body between the margins.
const LEAST_SIDE: f32 = 300.0;
/// The largest side a PDF may have.
const MOST_SIDE: f32 = 14_400.0;

/// A panel that has data but could not be drawn, so that its sheet says so in a frame; or the logo, which is
/// then missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undrawn {
    /// The panel's id, or `logo`.
    pub block: String,
    /// Why, for the report's owner.
    pub problem: String,
}

/// What a page that is to fit one sheet is scaled by: the first that is enough.
const FIT: [f32; 6] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75];

/// What stands on which sheet.
pub struct SheetLayout<'a> {
    document: &'a Document,
    texts: Typesetter,
    mark: Option<Mark>,
    title: TitleBlock,
    strips: Vec<Strip<'a>>,
    sheets: Vec<Sheet>,
    /// The first sheet of each page of the layout.
    sections: Vec<usize>,
    undrawn: RefCell<Vec<Undrawn>>,
}

impl<'a> SheetLayout<'a> {
    /// Lays the document out. There is always at least one sheet.
    pub fn of(document: &'a Document) -> Self {
        let texts = Typesetter::default();
        let first_size = document.pages.first().map_or((595.28, 841.89), |page| page.size);
        let (first_width, _) = bounded(first_size);
        let mut undrawn = Vec::new();
        let mark = Mark::of(document).unwrap_or_else(|problem| {
            undrawn.push(Undrawn { block: "logo".to_owned(), problem });
            None
        });
        let title = TitleBlock::measure(document, mark.as_ref(), first_width - 2.0 * MARGIN, &texts);
        let (mut strips, mut sheets) = (Vec::new(), Vec::new());
        let tables = TableNumbers::default();
        let mut sections = Vec::new();
        if document.cover.is_some() {
            sections.push(0);
            sheets.push(Sheet::empty(bounded(first_size)));
        }
        let first_sheet = sheets.len();
        for page in &document.pages {
            let size = bounded(page.size);
            let is_first = sheets.len() == first_sheet;
            let foot = if is_first { foot_height(document, size.0 - 2.0 * MARGIN) } else { 0.0 };
            let (width, bottom) = (size.0 - 2.0 * MARGIN, size.1 - MARGIN - foot);
            let first_top = if is_first { MARGIN + title.height + GAP } else { MARGIN };
            sections.push(sheets.len());
            let laid_out = |scale: f32| {
                let (width, height) = (width / scale, (bottom - MARGIN) / scale);
                let measurer =
                    Measurer { width, height, texts: &texts, locale: document.locale, tables: &tables };
                let own: Vec<Strip<'_>> = page.rows.iter().flat_map(|row| measurer.strips(row)).collect();
                let bottom = first_top + (bottom - first_top) / scale;
                let sheets = flow::fill(&own, strips.len(), size, (first_top, MARGIN, bottom));
                (own, sheets.into_iter().map(move |sheet| Sheet { scale, ..sheet }).collect::<Vec<_>>())
            };
            let fits = |scale: &f32| Some(laid_out(*scale)).filter(|(_, sheets)| sheets.len() == 1);
            let tries: &[f32] = if page.fit { &FIT } else { &[] };
            let (own, own_sheets) = tries.iter().find_map(fits).unwrap_or_else(|| laid_out(1.0));
            strips.extend(own);
            sheets.extend(own_sheets);
        }
        if sheets.len() == first_sheet {
            sections.push(first_sheet);
            sheets.push(Sheet::empty(bounded(first_size)));
        }
        Self { document, texts, mark, title, strips, sheets, sections, undrawn: RefCell::new(undrawn) }
    }

    /// The number of sheets.
    pub fn len(&self) -> usize {
        self.sheets.len()
    }

    /// Never: a document without blocks has a sheet with its title.
    pub fn is_empty(&self) -> bool {
        self.sheets.is_empty()
    }

    /// Draws the sheets, one when asked for it.
    pub fn pages(&self) -> impl Iterator<Item = Page> {
        (0..self.sheets.len()).filter_map(|index| self.sheet(index))
    }

    /// The characters that no bundled font has, on the sheets drawn so far.
    pub fn missing_glyphs(&self) -> BTreeSet<char> {
        self.texts.missing()
    }

    /// What could not be drawn, on the sheets drawn so far.
    pub fn undrawn(&self) -> Vec<Undrawn> {
        self.undrawn.borrow().clone()
    }

    fn sheet(&self, index: usize) -> Option<Page> {
        let sheet = self.sheets.get(index)?;
        let mut page = Page::new(sheet.size.0, sheet.size.1);
        let first = usize::from(self.document.cover.is_some());
        if let Some(cover) = self.document.cover.as_ref().filter(|_| index == 0) {
            let title = self.document.title.clone();
            page.ops.push(Op::Bookmark { title, level: 1, y: 0.0 });
            furniture::cover(&mut page, self.document, cover, self.mark.as_ref(), &self.texts);
            furniture::watermark(&mut page, &self.document.watermark, &self.texts);
            return Some(page);
        }
        furniture::running(&mut page, self.document, self.position(index), index == first, &self.texts);
        if index == first {
            let body = Rect::new(MARGIN, MARGIN, page.width - 2.0 * MARGIN, page.height - 2.0 * MARGIN);
            if first == 0 {
                let title = self.document.title.clone();
                page.ops.push(Op::Bookmark { title, level: 1, y: body.y });
            }
            self.title.draw(&mut page, self.document, self.mark.as_ref(), body, &self.texts);
            self.foot(&mut page, body);
        }
        let mut content = Page::new(page.width, page.height);
        let mut drawn = Drawn { texts: &self.texts, locale: self.document.locale, undrawn: Vec::new() };
        for piece in &sheet.pieces {
            if let Some(strip) = self.strips.get(piece.strip) {
                draw_piece(&mut content, strip, piece, MARGIN, &mut drawn);
            }
        }
        self.undrawn.borrow_mut().append(&mut drawn.undrawn);
        if sheet.scale < 1.0 {
            content = content.scaled_about((MARGIN, sheet.top), sheet.scale);
        }
        page.ops.append(&mut content.ops);
        // Over the content, faint: behind it, the washes of tables would hide it.
        furniture::watermark(&mut page, &self.document.watermark, &self.texts);
        Some(page)
    }

    /// Which sheet of the document, and of its section, this is.
    fn position(&self, index: usize) -> Position {
        let after = self.sections.partition_point(|start| *start <= index);
        let start = after.checked_sub(1).and_then(|section| self.sections.get(section)).copied().unwrap_or(0);
        let end = self.sections.get(after).copied().unwrap_or(self.sheets.len());
        Position {
            of_document: (index + 1, self.sheets.len()),
            of_section: (index + 1 - start, end.saturating_sub(start)),
        }
    }

    /// The approval box below the content of the first sheet.
    fn foot(&self, page: &mut Page, body: Rect) {
        let document = self.document;
        let Some(approval) = approval_box(document, body.width).filter(|_| document.approval.at_foot) else {
            return;
        };
        let x = if document.approval.at_left { body.x } else { body.right() - approval.width() };
        approval.draw(page, (x, body.bottom() - approval.height()), &self.texts, document.locale);
    }
}

/// What drawing a piece takes besides the piece, and what could not be drawn.
struct Drawn<'t> {
    texts: &'t Typesetter,
    locale: Locale,
    undrawn: Vec<Undrawn>,
}

/// Draws a strip, or a piece of it, with its left edge at `left`.
fn draw_piece(page: &mut Page, strip: &Strip<'_>, piece: &Piece, left: f32, drawn: &mut Drawn<'_>) {
    match (strip, &piece.cut) {
        (Strip::Together { cells, .. }, _) => {
            for cell in cells {
                let area = Rect::new(left + cell.x, piece.y, cell.width, piece.height);
                if let Err(problem) = blocks::draw(page, cell, area, drawn.texts, drawn.locale) {
                    drawn.undrawn.push(Undrawn { block: cell.block.id.clone(), problem });
                }
            }
        }
        (Strip::Flow(table), Some(cut)) => {
            if cut.rows.start == 0 && !table.title().trim().is_empty() {
                let title = table.title().to_owned();
                page.ops.push(Op::Bookmark { title, level: 2, y: piece.y });
            }
            table.draw(page, (left, piece.y), cut, drawn.texts);
        }
        (Strip::Flow(_), None) => {}
    }
}

/// What the approval box takes at the foot of a body of this width.
fn foot_height(document: &Document, width: f32) -> f32 {
    let approval = approval_box(document, width).filter(|_| document.approval.at_foot);
    approval.map_or(0.0, |approval| approval.height() + GAP)
}

/// A size that can be drawn on.
fn bounded((width, height): (f32, f32)) -> (f32, f32) {
    let side = |side: f32| if side.is_finite() { side.clamp(LEAST_SIDE, MOST_SIDE) } else { LEAST_SIDE };
    (side(width), side(height))
}
