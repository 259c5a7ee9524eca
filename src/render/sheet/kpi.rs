//! A key number on a card: label, number, change, the way it went.

use std::cmp::Ordering;

use super::lines::{Align, Style, Typesetter, put, shortened};
use super::style::{BAD, CARD_PADDING, GOOD, INK, MUTED, NOTE_SIZE};
use crate::format::{Locale, NumberStyle};
use crate::render::canvas::{Op, Page, Rect, Tag};
use crate::render::document::{Block, Kpi};

const VALUE_SIZE: f32 = 20.0;
/// In a card narrower than `NARROW`, so that the sparkline keeps its place.
const VALUE_NARROW_SIZE: f32 = 17.0;
const NARROW: f32 = 118.0;
/// A sparkline narrower than the first is left out; none is larger than the others.
const SPARK_LEAST_WIDTH: f32 = 22.0;
const SPARK_MOST_WIDTH: f32 = 92.0;
const SPARK_HEIGHT: f32 = 22.0;
const SPARK_TALL_HEIGHT: f32 = 52.0;
const VALUE_LEAST_SIZE: f32 = 9.0;

/// Draws the card's content into `area`, which has its frame already.
pub(super) fn draw(
    page: &mut Page,
    block: &Block,
    kpi: &Kpi,
    area: Rect,
    texts: &Typesetter,
    locale: Locale,
) {
    let inner = area.inset(CARD_PADDING, 0.0);
    let label = Style::regular(8.2, MUTED);
    page.tagged(Tag::Heading { level: 2 }, |page| {
        texts.line(page, &block.title, label, (inner.x, area.y + 17.0), inner.width, Align::Left);
    });

    let number = kpi.value.text(&kpi.format, None, NumberStyle::Headline, locale);
    let number = texts.clean(&number);
    let size = if inner.width < NARROW { VALUE_NARROW_SIZE } else { VALUE_SIZE };
    let mut value = Style::bold(size, INK);
    while value.size > VALUE_LEAST_SIZE && value.width(&number) > inner.width {
        value.size -= 0.5;
    }
    let number = shortened(&number, value, inner.width);
    match &kpi.link {
        Some(link) => page.tagged(Tag::Link, |page| {
            put(page, &number, value, (inner.x, area.y + 42.0), Align::Left);
            let area = Rect::new(inner.x, area.y + 42.0 - value.size, value.width(&number), value.size * 1.3);
            page.ops.push(Op::Link { area, url: link.clone() });
        }),
        None => put(page, &number, value, (inner.x, area.y + 42.0), Align::Left),
    }

    let below = area.y + 60.0;
    let mut x = inner.x;
    if let Some(change) = kpi.change() {
        let direction = change.direction();
        let is_good = (direction == Ordering::Greater) != kpi.lower_is_better;
        let (mark, color) = match direction {
            Ordering::Equal => ("", MUTED),
            Ordering::Greater => ("▲ ", if is_good { GOOD } else { BAD }),
            Ordering::Less => ("▼ ", if is_good { GOOD } else { BAD }),
        };
        let style = Style::bold(8.2, color);
        let text = format!("{mark}{}", change.unsigned_text(locale));
        let text = shortened(&text, style, inner.width).into_owned();
        put(page, &text, style, (x, below), Align::Left);
        x += style.width(&text) + 5.0;
    }
    let mut with =
        [Some(kpi.compared_with.as_str()).filter(|_| kpi.previous.is_some()), block.note.as_deref()];
    if !block.missing.is_empty() {
        // Where room is short, that numbers are missing is worth more.
        with.reverse();
    }
    let with: Vec<&str> = with.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
    let room = inner.right() - x;
    if room > 12.0 {
        let style = Style::regular(NOTE_SIZE, MUTED);
        texts.line(page, &with.join(" · "), style, (x, below), room, Align::Left);
    }

    let area = if area.height > 130.0 {
        let height = SPARK_TALL_HEIGHT.min(area.height - 90.0);
        Rect::new(inner.x, area.bottom() - CARD_PADDING - height, inner.width, height)
    } else {
        let free = inner.width - value.width(&number) - 8.0;
        let width = if free < SPARK_LEAST_WIDTH { 0.0 } else { free.min(SPARK_MOST_WIDTH) };
        Rect::new(inner.right() - width, area.y + 24.0, width, SPARK_HEIGHT)
    };
    if area.width > 0.0 {
        page.tagged(Tag::Artifact, |page| super::chart::sparkline(page, &kpi.sparkline, area));
    }
}
