//! What stands around the blocks: title, approval box, running header and footer.

use super::lines::{Align, Style, Typesetter, broken, put, shortened};
use super::style::{
    FOOTER_BASELINE, HAIRLINE, HEADER_BASELINE, INK, MARGIN, MUTED, RULE, SUBTITLE_SIZE, TITLE_SIZE, WASH,
    rule,
};
use super::words;
use crate::render::canvas::{Page, Rect, Stroke, Tag, UPWARD, Weight};
use crate::render::document::Document;

const STAGE_WIDTH: f32 = 52.0;
const STAGE_HEAD: f32 = 14.0;
const STAGE_BODY: f32 = 37.0;
const APPROVAL_LABEL_WIDTH: f32 = 17.0;
const RUNNING_SIZE: f32 = 7.2;
const TITLE_LINE: f32 = 24.0;
const SUBTITLE_LINE: f32 = 13.0;
/// The title keeps at least this part of the width beside the approval box.
const TITLE_SHARE: f32 = 0.4;

/// The title block of the first sheet, measured for its width.
pub(super) struct TitleBlock {
    title: Vec<String>,
    subtitle: Vec<String>,
    stage_width: f32,
    /// From the upper margin to the rule below it.
    pub(super) height: f32,
}

impl TitleBlock {
    pub(super) fn measure(document: &Document, width: f32, texts: &Typesetter) -> Self {
        let stages = document.approval.len() as f32;
        let room = width * (1.0 - TITLE_SHARE) - APPROVAL_LABEL_WIDTH;
        let stage_width = if stages > 0.0 { STAGE_WIDTH.min(room / stages) } else { 0.0 };
        let box_width = if stages > 0.0 { stage_width * stages + APPROVAL_LABEL_WIDTH + 14.0 } else { 0.0 };
        let text_width = (width - box_width).max(1.0);
        let lines = |text: &str, style: Style, most| {
            let text = texts.clean(text);
            if text.trim().is_empty() { Vec::new() } else { broken(&text, style, text_width, most) }
        };
        let title = lines(&document.title, title_style(), 2);
        let subtitle = lines(&document.subtitle, subtitle_style(), 3);
        let texts_height = title.len() as f32 * TITLE_LINE + subtitle.len() as f32 * SUBTITLE_LINE;
        let box_height = if stages > 0.0 { STAGE_HEAD + STAGE_BODY } else { 0.0 };
        Self { title, subtitle, stage_width, height: texts_height.max(box_height) + 9.0 }
    }

    pub(super) fn draw(&self, page: &mut Page, document: &Document, body: Rect, texts: &Typesetter) {
        let bottom = body.y + self.height;
        page.line((body.x, bottom), (body.right(), bottom), rule(INK, 1.4));
        // The text stands on the rule, however high the approval box beside it is.
        let below = bottom - 9.0 - self.subtitle.len() as f32 * SUBTITLE_LINE + 4.0;
        let last = below - if self.subtitle.is_empty() { 4.0 } else { 8.0 };
        page.tagged(Tag::Heading { level: 1 }, |page| {
            for (line, text) in self.title.iter().enumerate() {
                let lines_below = (self.title.len() - 1 - line) as f32;
                put(page, text, title_style(), (body.x, last - lines_below * TITLE_LINE), Align::Left);
            }
        });
        page.tagged(Tag::Paragraph, |page| {
            for (line, text) in self.subtitle.iter().enumerate() {
                let y = below + line as f32 * SUBTITLE_LINE + SUBTITLE_LINE - 4.0;
                put(page, text, subtitle_style(), (body.x, y), Align::Left);
            }
        });
        if !document.approval.is_empty() {
            // Boxes to sign in: what is to be heard are the stages.
            let label = words::approval(document.locale);
            let alt = format!("{label}: {}", document.approval.join(", "));
            page.tagged(Tag::Figure { alt }, |page| self.approval(page, document, body, texts));
        }
    }

    /// The 결재란: a column for each stage, its name above, room to sign below.
    fn approval(&self, page: &mut Page, document: &Document, body: Rect, texts: &Typesetter) {
        let stages = document.approval.len();
        let width = self.stage_width * stages as f32 + APPROVAL_LABEL_WIDTH;
        let outer = Rect::new(body.right() - width, body.y, width, STAGE_HEAD + STAGE_BODY);
        let first = outer.x + APPROVAL_LABEL_WIDTH;
        page.fill_rect(Rect::new(outer.x, outer.y, APPROVAL_LABEL_WIDTH, outer.height), WASH);
        page.fill_rect(Rect::new(first, outer.y, outer.right() - first, STAGE_HEAD), WASH);

        let label = words::approval(document.locale);
        if label.is_ascii() {
            let style = Style::regular(7.0, INK);
            let y = outer.y + f32::midpoint(outer.height, style.width(label));
            let x = outer.x + APPROVAL_LABEL_WIDTH / 2.0 + 2.5;
            page.turned_text((x, y), style.size, style.weight, style.color.into(), UPWARD, label);
        } else {
            let step = 14.0;
            let top = outer.y + (outer.height - step * label.chars().count() as f32) / 2.0;
            for (position, c) in label.chars().enumerate() {
                let at = (outer.x + APPROVAL_LABEL_WIDTH / 2.0, top + step * position as f32 + 10.0);
                put(page, c.encode_utf8(&mut [0; 4]), Style::regular(8.0, INK), at, Align::Center);
            }
        }

        let thin = rule(RULE, 0.5);
        page.line((first, outer.y + STAGE_HEAD), (outer.right(), outer.y + STAGE_HEAD), thin);
        for (position, stage) in document.approval.iter().enumerate() {
            let x = first + self.stage_width * position as f32;
            page.line((x, outer.y), (x, outer.bottom()), thin);
            let at = (x + self.stage_width / 2.0, outer.y + STAGE_HEAD - 4.2);
            let width = self.stage_width - 6.0;
            texts.line(page, stage, Style::regular(7.6, INK), at, width, Align::Center);
        }
        frame(page, outer, rule(INK, 0.7));
    }
}

/// Header and footer of sheet `number` of `count`, both from 1.
pub(super) fn running(
    page: &mut Page,
    document: &Document,
    (number, count): (usize, usize),
    texts: &Typesetter,
) {
    let (left, right) = (MARGIN, page.width - MARGIN);
    let width = right - left;
    let filled = |text: &str| {
        let text = text.replace("{pages}", &count.to_string()).replace("{page}", &number.to_string());
        let text = text.replace("{proof}", &document.proof);
        texts.clean(&text).trim().to_owned()
    };
    let style = Style::regular(RUNNING_SIZE, MUTED);

    let header = filled(&document.header);
    let header = shortened(&header, style, width * 0.6);
    put(page, &header, style, (right, HEADER_BASELINE), Align::Right);
    if number > 1 {
        let room = width - style.width(&header) - 12.0;
        let bold = Style { weight: Weight::Bold, ..style };
        texts.line(page, &document.title, bold, (left, HEADER_BASELINE), room, Align::Left);
        let y = HEADER_BASELINE + 5.0;
        page.line((left, y), (right, y), rule(HAIRLINE, 0.5));
    }

    let baseline = page.height - FOOTER_BASELINE;
    page.line((left, baseline - 9.0), (right, baseline - 9.0), rule(HAIRLINE, 0.5));
    let footer = filled(&document.footer);
    let small = Style { size: 6.2, ..style };
    // A footer with its proof is long, and every word of it is meant.
    let style = if style.width(&footer) > width { small } else { style };
    let footer = shortened(&footer, style, width);
    put(page, &footer, style, (left, baseline), Align::Left);
    let proof = texts.clean(&document.proof);
    let room = width - style.width(&footer) - 12.0;
    if !footer.contains(proof.trim()) && room > 60.0 {
        put(page, &shortened(proof.trim(), small, room), small, (right, baseline), Align::Right);
    }
}

/// Draws the outline of a rectangle.
pub(super) fn frame(page: &mut Page, area: Rect, stroke: Stroke) {
    page.round_rect(area, 0.0, None, Some(stroke));
}

fn title_style() -> Style {
    Style::bold(TITLE_SIZE, INK)
}

fn subtitle_style() -> Style {
    Style::regular(SUBTITLE_SIZE, MUTED)
}
