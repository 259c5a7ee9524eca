//! Blocks in their frames.

use super::furniture::frame;
use super::lines::{Align, Style, Typesetter, put};
use super::note::{NOTE_LINE, draw_note};
use super::rows::{Cell, CellContent, TEXT_TITLE};
use super::style::{
    BAD, BLOCK_TITLE_SIZE, CARD_PADDING, CARD_RADIUS, HAIRLINE, INK, MUTED, NOTE_SIZE, TEXT_LINE, TEXT_SIZE,
    rule,
};
use super::{chart, kpi, prose, words};
use crate::charts::Chart;
use crate::format::Locale;
use crate::render::canvas::{Op, Page, Rect, Rgb, Tag};
use crate::render::document::{Block, Failure};

/// Of a block, below that of the document.
const HEADING: Tag = Tag::Heading { level: 2 };

const CHART_TITLE: f32 = 24.0;
const CHART_NOTE: f32 = 13.0;

/// Draws the block into `area`, as a section; the problem, if it has data that cannot be drawn.
pub(super) fn draw(
    page: &mut Page,
    cell: &Cell<'_>,
    area: Rect,
    texts: &Typesetter,
    locale: Locale,
) -> Result<(), String> {
    page.tagged(Tag::Section, |page| draw_content(page, cell, area, texts, locale))
}

fn draw_content(
    page: &mut Page,
    cell: &Cell<'_>,
    area: Rect,
    texts: &Typesetter,
    locale: Locale,
) -> Result<(), String> {
    let block = cell.block;
    if !matches!(cell.content, CellContent::Kpi(_)) && !block.title.trim().is_empty() {
        page.ops.push(Op::Bookmark { title: block.title.clone(), level: 2, y: area.y });
    }
    match &cell.content {
        CellContent::Kpi(kpi) => {
            card(page, area, HAIRLINE);
            kpi::draw(page, block, kpi, area, texts, locale);
        }
        CellContent::Chart { chart, note } => {
            return draw_chart(page, block, (chart, note), area, texts, locale);
        }
        CellContent::Table(table) => table.draw(page, (area.x, area.y), &table.whole(), texts),
        CellContent::Text { lines, titled, note } => {
            draw_text(page, block, lines, (*titled, note), area, texts);
        }
        CellContent::Failure { failure, lines } => {
            let natural = 52.0 + lines.len() as f32 * (TEXT_LINE - 2.0);
            let area = Rect { height: area.height.min(natural.max(66.0)), ..area };
            draw_failure(page, block, lines, failure, area, texts, locale);
        }
    }
    Ok(())
}

fn draw_chart(
    page: &mut Page,
    block: &Block,
    (chart, note): (&Chart, &[String]),
    area: Rect,
    texts: &Typesetter,
    locale: Locale,
) -> Result<(), String> {
    card(page, area, HAIRLINE);
    let inner = area.inset(CARD_PADDING, 0.0);
    let title = Style::bold(BLOCK_TITLE_SIZE, INK);
    page.tagged(HEADING, |page| {
        texts.line(page, &block.title, title, (inner.x, area.y + 17.0), inner.width, Align::Left);
    });
    let mut below = CARD_PADDING - 2.0;
    let more = NOTE_LINE * note.len().saturating_sub(1) as f32;
    if !note.is_empty() {
        below += CHART_NOTE - 3.0 + more;
    }
    let plot = Rect::new(inner.x, area.y + CHART_TITLE, inner.width, area.height - CHART_TITLE - below);
    let drawn = chart::draw(page, chart, plot, locale, texts);
    // Read after what it explains.
    draw_note(page, note, (inner.x, area.bottom() - 8.0 - more));
    if let Err(problem) = &drawn {
        let style = Style::regular(TEXT_SIZE - 1.0, BAD);
        let at = (inner.x, area.y + CHART_TITLE + 16.0);
        texts.line(page, words::not_shown(locale), style, at, inner.width, Align::Left);
        let muted = Style::regular(NOTE_SIZE, MUTED);
        texts.line(page, problem, muted, (at.0, at.1 + 14.0), inner.width, Align::Left);
    }
    drawn
}

fn draw_text(
    page: &mut Page,
    block: &Block,
    lines: &[prose::Line],
    (titled, note): (bool, &[String]),
    area: Rect,
    texts: &Typesetter,
) {
    let mut top = area.y;
    if titled {
        let style = Style::bold(BLOCK_TITLE_SIZE, INK);
        page.tagged(HEADING, |page| {
            texts.line(page, &block.title, style, (area.x, top + 10.5), area.width, Align::Left);
        });
        top += TEXT_TITLE;
    }
    page.tagged(Tag::Paragraph, |page| {
        prose::draw(page, lines, Rect { y: top, height: area.bottom() - top, ..area });
    });
    let mut baseline = top + prose::height(lines) + NOTE_LINE;
    page.tagged(Tag::Paragraph, |page| {
        for line in note {
            put(page, line, Style::regular(NOTE_SIZE, MUTED), (area.x, baseline), Align::Left);
            baseline += NOTE_LINE;
        }
    });
}

/// A block that failed says so where it would stand, with the id its owner can ask for; one that is closed
/// to the viewer says no more than that.
fn draw_failure(
    page: &mut Page,
    block: &Block,
    lines: &[String],
    failure: &Failure,
    area: Rect,
    texts: &Typesetter,
    locale: Locale,
) {
    let color = if failure.closed { MUTED } else { BAD };
    card(page, area, if failure.closed { HAIRLINE } else { BAD });
    let inner = area.inset(CARD_PADDING, 0.0);
    let heading = match block.title.trim() {
        title if failure.closed => title.to_owned(),
        "" => words::not_shown(locale).to_owned(),
        title => format!("{title} · {}", words::not_shown(locale)),
    };
    let style = Style::bold(BLOCK_TITLE_SIZE - 1.0, color);
    page.tagged(HEADING, |page| {
        texts.line(page, &heading, style, (inner.x, area.y + 17.0), inner.width, Align::Left);
    });
    let mut baseline = area.y + 33.0;
    page.tagged(Tag::Paragraph, |page| {
        for line in lines {
            put(page, line, Style::regular(TEXT_SIZE - 1.0, INK), (inner.x, baseline), Align::Left);
            baseline += TEXT_LINE - 2.0;
        }
    });
    if failure.closed {
        return;
    }
    let id = format!("{}: {}", words::error_id(locale), failure.error_id);
    let muted = Style::regular(NOTE_SIZE, MUTED);
    texts.line(page, &id, muted, (inner.x, baseline + 4.0), inner.width, Align::Left);
}

fn card(page: &mut Page, area: Rect, color: Rgb) {
    if area.width > 4.0 * CARD_RADIUS && area.height > 4.0 * CARD_RADIUS {
        page.round_rect(area.inset(0.3, 0.3), CARD_RADIUS, None, Some(rule(color, 0.7)));
    } else {
        frame(page, area, rule(color, 0.7));
    }
}
