//! The sheet before the others.

use super::logo::Mark;
use crate::render::canvas::{Page, Rect, Rgb, Tag};
use crate::render::document::{Cover, Document};
use crate::render::sheet::lines::{Align, Style, Typesetter, broken, evenly_broken, put};
use crate::render::sheet::style::{INK, MARGIN, MUTED, rule};

const TITLE: f32 = 30.0;
const ACCENT: Rgb = Rgb(0x1b, 0x4f, 0xa8);

/// Draws the cover: the title in the optical middle, the organisation above it, date and note below, the
/// logo at the top.
pub(in crate::render::sheet) fn cover(
    page: &mut Page,
    document: &Document,
    cover: &Cover,
    mark: Option<&Mark>,
    texts: &Typesetter,
) {
    let inset = (page.width * 0.12).max(MARGIN);
    let width = page.width - 2.0 * inset;
    let middle = page.height * 0.42;
    let lines = |text: &str, style: Style, most: usize| -> Vec<String> {
        let text = texts.clean(text);
        if text.trim().is_empty() { Vec::new() } else { broken(&text, style, width, most) }
    };

    // A long title is set smaller rather than shortened.
    let sizes = [TITLE, 24.0, 19.0];
    let title_at = |size: f32| lines(&cover.title, Style::bold(size, INK), usize::MAX);
    let size = sizes.into_iter().find(|size| title_at(*size).len() <= 3).unwrap_or(19.0);
    let title_style = Style::bold(size, INK);
    let title = texts.clean(&cover.title);
    // No single word is left over on the last line.
    let title =
        if title.trim().is_empty() { Vec::new() } else { evenly_broken(&title, title_style, width, 5) };
    let step = size * 1.36;
    let mut baseline = middle - step * title.len().saturating_sub(1) as f32;
    let organisation = Style::bold(11.0, ACCENT);
    let above = lines(&cover.organisation, organisation, 2);
    if let Some(mark) = mark {
        let words = baseline - size - if above.is_empty() { 9.0 } else { 14.0 + 16.0 * above.len() as f32 };
        let top = (page.height * 0.09).max(MARGIN);
        // A title of many lines on a low sheet may leave no room; the first sheet has the logo too.
        if let Some((width, height)) = mark.on_cover((width, words - 12.0 - top)) {
            mark.draw(page, Rect::new(inset, top, width, height));
        }
    }
    for (line, text) in above.iter().rev().enumerate() {
        put(page, text, organisation, (inset, baseline - size - 20.0 - 16.0 * line as f32), Align::Left);
    }
    page.fill_rect(Rect::new(inset, baseline - size - 9.0, 36.0, 2.4), ACCENT);
    page.tagged(Tag::Heading { level: 1 }, |page| {
        for text in &title {
            put(page, text, title_style, (inset, baseline), Align::Left);
            baseline += step;
        }
    });
    let subtitle = Style::regular(13.0, MUTED);
    baseline += 20.0 - step + size * 0.5;
    page.tagged(Tag::Paragraph, |page| {
        for text in lines(&cover.subtitle, subtitle, 3) {
            put(page, &text, subtitle, (inset, baseline), Align::Left);
            baseline += 19.0;
        }
    });

    let foot = page.height - (page.height * 0.1).max(MARGIN + 20.0);
    page.line((inset, foot), (page.width - inset, foot), rule(INK, 0.8));
    let small = Style::regular(10.0, INK);
    let mut y = foot - 12.0;
    page.tagged(Tag::Paragraph, |page| {
        for (label, value) in document.prepared.iter().rev() {
            texts.line(page, label, Style { color: MUTED, ..small }, (inset, y), 84.0, Align::Left);
            texts.line(page, value, small, (inset + 92.0, y), width - 92.0, Align::Left);
            y -= 17.0;
        }
    });
    page.tagged(Tag::Paragraph, |page| {
        texts.line(page, &cover.date, Style::bold(11.0, INK), (inset, foot + 19.0), width * 0.5, Align::Left);
        let note = Style::regular(8.0, MUTED);
        for (line, text) in lines(&cover.note, note, 2).iter().enumerate() {
            put(page, text, note, (inset, foot + 36.0 + 11.0 * line as f32), Align::Left);
        }
    });
}
