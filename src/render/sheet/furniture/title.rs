//! What heads the first sheet: logo, title, period, who made it, the approval box.

use super::approval::ApprovalBox;
use super::logo::Mark;
use crate::format::rich_text::{Span, TextAlign};
use crate::render::canvas::{Page, Rect, Tag};
use crate::render::document::Document;
use crate::render::sheet::lines::{Align, Style, Typesetter, broken, put};
use crate::render::sheet::prose;
use crate::render::sheet::style::{INK, MUTED, SUBTITLE_SIZE, TITLE_SIZE, rule};

const TITLE_LINE: f32 = 24.0;
const SUBTITLE_LINE: f32 = 13.0;
const PREPARED_SIZE: f32 = 7.8;
const PREPARED_LINE: f32 = 12.0;
/// The title keeps at least this part of the width beside the approval box.
const TITLE_SHARE: f32 = 0.4;
const BOX_GAP: f32 = 14.0;
const LOGO_GAP: f32 = 12.0;
/// Between the rule and what stands on it.
const FOOT: f32 = 9.0;

/// The title block of the first sheet, measured for its width.
pub(in crate::render::sheet) struct TitleBlock {
    title: Vec<String>,
    subtitle: Vec<String>,
    prepared: Vec<prose::Line>,
    /// Width and height of the logo; nothing without one.
    logo: (f32, f32),
    /// From the upper margin to the rule below it.
    pub(in crate::render::sheet) height: f32,
}

/// The approval box for a body of this width.
pub(in crate::render::sheet) fn approval_box(document: &Document, width: f32) -> Option<ApprovalBox<'_>> {
    ApprovalBox::measure(&document.approval, width * (1.0 - TITLE_SHARE))
}

impl TitleBlock {
    pub(in crate::render::sheet) fn measure(
        document: &Document,
        mark: Option<&Mark>,
        width: f32,
        texts: &Typesetter,
    ) -> Self {
        let approval = approval_box(document, width).filter(|_| !document.approval.at_foot);
        let (box_width, box_height) =
            approval.map_or((0.0, 0.0), |approval| (approval.width() + BOX_GAP, approval.height()));
        let beside_box = (width - box_width).max(1.0);
        let logo = mark.map_or((0.0, 0.0), |mark| mark.beside_title(beside_box));
        let text_width = (beside_box - mark.map_or(0.0, |_| logo.0 + LOGO_GAP)).max(1.0);
        let lines = |text: &str, style: Style, most| {
            let text = texts.clean(text);
            if text.trim().is_empty() { Vec::new() } else { broken(&text, style, text_width, most) }
        };
        let title = lines(&document.title, title_style(), 2);
        let subtitle = lines(&document.subtitle, subtitle_style(), 3);
        let prepared = prepared(document, text_width, texts);
        let mut block = Self { title, subtitle, prepared, logo, height: 0.0 };
        block.height = block.texts_height().max(box_height).max(logo.1) + FOOT;
        block
    }

    fn texts_height(&self) -> f32 {
        self.title.len() as f32 * TITLE_LINE
            + self.subtitle.len() as f32 * SUBTITLE_LINE
            + self.prepared.len() as f32 * PREPARED_LINE
    }

    pub(in crate::render::sheet) fn draw(
        &self,
        page: &mut Page,
        document: &Document,
        mark: Option<&Mark>,
        body: Rect,
        texts: &Typesetter,
    ) {
        let bottom = body.y + self.height;
        page.line((body.x, bottom), (body.right(), bottom), rule(INK, 1.4));
        let mut left = body.x;
        if let Some(approval) = approval_box(document, body.width).filter(|_| !document.approval.at_foot) {
            let x = if document.approval.at_left { body.x } else { body.right() - approval.width() };
            approval.draw(page, (x, body.y), texts, document.locale);
            if document.approval.at_left {
                left += approval.width() + BOX_GAP;
            }
        }
        if let Some(mark) = mark {
            // In the middle of the words beside it, unless it is higher than they are.
            let beside = self.texts_height().max(self.logo.1);
            let y = bottom - FOOT - f32::midpoint(beside, self.logo.1);
            mark.draw(page, Rect::new(left, y, self.logo.0, self.logo.1));
            left += self.logo.0 + LOGO_GAP;
        }
        // The text stands on the rule, however high the approval box beside it is.
        let prepared_height = self.prepared.len() as f32 * PREPARED_LINE;
        let top = bottom - 7.0 - prepared_height;
        let below = bottom - FOOT - prepared_height - self.subtitle.len() as f32 * SUBTITLE_LINE + 4.0;
        let last = below - if self.subtitle.is_empty() { 4.0 } else { 8.0 };
        page.tagged(Tag::Heading { level: 1 }, |page| {
            for (line, text) in self.title.iter().enumerate() {
                let lines_below = (self.title.len() - 1 - line) as f32;
                put(page, text, title_style(), (left, last - lines_below * TITLE_LINE), Align::Left);
            }
        });
        page.tagged(Tag::Paragraph, |page| {
            for (line, text) in self.subtitle.iter().enumerate() {
                let y = below + line as f32 * SUBTITLE_LINE + SUBTITLE_LINE - 4.0;
                put(page, text, subtitle_style(), (left, y), Align::Left);
            }
        });
        page.tagged(Tag::Paragraph, |page| {
            prose::draw(page, &self.prepared, Rect::new(left, top, body.right() - left, prepared_height));
        });
    }
}

/// 작성자, 작성일, 기준일, side by side; each stays on its line.
fn prepared(document: &Document, width: f32, texts: &Typesetter) -> Vec<prose::Line> {
    let whole = |text: &str| text.trim().replace(' ', "\u{a0}");
    let spans: Vec<Span> = document
        .prepared
        .iter()
        .enumerate()
        .flat_map(|(position, (label, value))| {
            let before = if position == 0 { "" } else { "   " };
            [
                Span { text: format!("{before}{}\u{a0}\u{a0}", whole(label)), ..Span::default() },
                Span { text: whole(value), strong: true, ..Span::default() },
            ]
        })
        .collect();
    if spans.is_empty() {
        return Vec::new();
    }
    prose::caption(&spans, Style::regular(PREPARED_SIZE, MUTED), PREPARED_LINE, width, TextAlign::Left, texts)
}

fn title_style() -> Style {
    Style::bold(TITLE_SIZE, INK)
}

fn subtitle_style() -> Style {
    Style::regular(SUBTITLE_SIZE, MUTED)
}
