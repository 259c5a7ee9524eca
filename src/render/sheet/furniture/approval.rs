//! The approval box (결재란): a column for each stage, its name above, room to sign below.

use super::frame;
use crate::format::Locale;
use crate::render::canvas::{Page, Rect, Tag, UPWARD};
use crate::render::document::Approval;
use crate::render::sheet::lines::{Align, Style, Typesetter, evenly_broken, put};
use crate::render::sheet::style::{INK, MUTED, RULE, WASH, rule};
use crate::render::sheet::words;

const STAGE_WIDTH: f32 = 52.0;
const STAGE_HEAD: f32 = 14.0;
const STAGE_BODY: f32 = 37.0;
const NAME_HEIGHT: f32 = 12.0;
const LABEL_WIDTH: f32 = 17.0;

/// The box, measured for the room it may take.
pub(in crate::render::sheet) struct ApprovalBox<'a> {
    approval: &'a Approval,
    stage_width: f32,
}

impl<'a> ApprovalBox<'a> {
    /// `None` without stages.
    pub(in crate::render::sheet) fn measure(approval: &'a Approval, room: f32) -> Option<Self> {
        let stages = approval.stages.len() as f32;
        (stages > 0.0).then(|| Self { approval, stage_width: STAGE_WIDTH.min((room - LABEL_WIDTH) / stages) })
    }

    pub(in crate::render::sheet) fn width(&self) -> f32 {
        self.stage_width * self.approval.stages.len() as f32 + LABEL_WIDTH
    }

    pub(in crate::render::sheet) fn height(&self) -> f32 {
        STAGE_HEAD + STAGE_BODY + if self.approval.names.is_empty() { 0.0 } else { NAME_HEIGHT }
    }

    /// Draws it with its top left corner at `at`. Boxes to sign in: what is to be heard are the stages.
    pub(in crate::render::sheet) fn draw(
        &self,
        page: &mut Page,
        at: (f32, f32),
        texts: &Typesetter,
        locale: Locale,
    ) {
        let alt = format!("{}: {}", words::approval(locale), self.approval.stages.join(", "));
        page.tagged(Tag::Figure { alt }, |page| self.boxes(page, at, texts, locale));
    }

    fn boxes(&self, page: &mut Page, at: (f32, f32), texts: &Typesetter, locale: Locale) {
        let outer = Rect::new(at.0, at.1, self.width(), self.height());
        let first = outer.x + LABEL_WIDTH;
        page.fill_rect(Rect::new(outer.x, outer.y, LABEL_WIDTH, outer.height), WASH);
        page.fill_rect(Rect::new(first, outer.y, outer.right() - first, STAGE_HEAD), WASH);
        self.label(page, outer, texts, locale);

        let thin = rule(RULE, 0.5);
        page.line((first, outer.y + STAGE_HEAD), (outer.right(), outer.y + STAGE_HEAD), thin);
        let names = outer.bottom() - NAME_HEIGHT;
        if !self.approval.names.is_empty() {
            page.line((first, names), (outer.right(), names), thin);
        }
        for (position, stage) in self.approval.stages.iter().enumerate() {
            let x = first + self.stage_width * position as f32;
            page.line((x, outer.y), (x, outer.bottom()), thin);
            let center = x + self.stage_width / 2.0;
            let width = self.stage_width - 6.0;
            let style = Style::regular(7.6, INK);
            texts.line(page, stage, style, (center, outer.y + STAGE_HEAD - 4.2), width, Align::Center);
            if let Some(name) = self.approval.names.get(position) {
                let style = Style::regular(7.0, MUTED);
                texts.line(page, name, style, (center, outer.bottom() - 3.6), width, Align::Center);
            }
        }
        frame(page, outer, rule(INK, 0.7));
    }

    /// Letters below each other for Korean and Chinese, turned for others.
    fn label(&self, page: &mut Page, outer: Rect, texts: &Typesetter, locale: Locale) {
        let own = texts.clean(self.approval.label.trim());
        let label = if own.is_empty() { words::approval(locale) } else { &own };
        let middle = outer.x + LABEL_WIDTH / 2.0;
        let count = label.chars().count();
        let step = (outer.height - 6.0).min(14.0 * count as f32) / count.max(1) as f32;
        if label.is_ascii() || step < 8.0 {
            let style = Style::regular(7.0, INK);
            let lines = evenly_broken(label, style, outer.height - 6.0, 2);
            for (line, text) in lines.iter().enumerate() {
                let y = outer.y + f32::midpoint(outer.height, style.width(text));
                let x = middle + 2.5 + (line as f32 - (lines.len() - 1) as f32 / 2.0) * 8.0;
                page.turned_text((x, y), style.size, style.weight, style.color.into(), UPWARD, text);
            }
            return;
        }
        let top = outer.y + (outer.height - step * count as f32) / 2.0;
        for (position, c) in label.chars().enumerate() {
            let at = (middle, top + step * (position as f32 + 0.5) + 2.9);
            put(page, c.encode_utf8(&mut [0; 4]), Style::regular(8.0, INK), at, Align::Center);
        }
    }
}
