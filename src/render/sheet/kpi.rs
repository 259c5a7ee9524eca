//! A key number on a card: label, number, change, the way it went.

use super::lines::{Align, Style, Typesetter, put, shortened};
use super::style::{BAD, CARD_PADDING, GOOD, INK, MUTED, NOTE_SIZE};
use crate::format::{Locale, NumberStyle, write_change};
use crate::render::canvas::{Page, Rect};
use crate::render::document::{Block, Kpi};

const VALUE_SIZE: f32 = 20.0;
const VALUE_LEAST_SIZE: f32 = 9.0;
/// A smaller change is written, but neither rise nor fall.
const NOTEWORTHY: f64 = 0.000_5;

/// Draws the card's content into `area`, which has its frame already.
pub(super) fn draw(page: &mut Page, block: &Block, kpi: &Kpi, area: Rect, texts: &Typesetter, locale: Locale) {
    let inner = area.inset(CARD_PADDING, 0.0);
    let label = Style::regular(8.2, MUTED);
    texts.line(page, &block.title, label, (inner.x, area.y + 17.0), inner.width, Align::Left);

    let number = kpi.value.text(&kpi.format, None, NumberStyle::Headline, locale);
    let number = texts.clean(&number);
    let mut value = Style::bold(VALUE_SIZE, INK);
    while value.size > VALUE_LEAST_SIZE && value.width(&number) > inner.width {
        value.size -= 0.5;
    }
    let number = shortened(&number, value, inner.width);
    put(page, &number, value, (inner.x, area.y + 42.0), Align::Left);

    let below = area.y + 60.0;
    let mut x = inner.x;
    if let Some(change) = kpi.change() {
        let is_good = (change > 0.0) != kpi.lower_is_better;
        let (mark, color) = match change {
            change if change.abs() < NOTEWORTHY => ("", MUTED),
            change if change > 0.0 => ("▲ ", if is_good { GOOD } else { BAD }),
            _ => ("▼ ", if is_good { GOOD } else { BAD }),
        };
        let style = Style::bold(8.2, color);
        let text = format!("{mark}{}", write_change(change.abs(), kpi.format.negative).trim_start_matches('+'));
        let text = shortened(&text, style, inner.width).into_owned();
        put(page, &text, style, (x, below), Align::Left);
        x += style.width(&text) + 5.0;
    }
    let with = [Some(kpi.compared_with.as_str()).filter(|_| kpi.previous.is_some()), block.note.as_deref()];
    let with: Vec<&str> = with.into_iter().flatten().filter(|text| !text.trim().is_empty()).collect();
    let room = inner.right() - x;
    if room > 12.0 {
        let style = Style::regular(NOTE_SIZE, MUTED);
        texts.line(page, &with.join(" · "), style, (x, below), room, Align::Left);
    }

    let free = inner.right() - inner.x - value.width(&number) - 10.0;
    if area.height > 110.0 {
        let below = Rect::new(inner.x, area.y + 76.0, inner.width, area.height - 76.0 - CARD_PADDING);
        super::chart::sparkline(page, &kpi.sparkline, below);
    } else if free >= 36.0 {
        let width = free.min(92.0);
        super::chart::sparkline(page, &kpi.sparkline, Rect::new(inner.right() - width, area.y + 23.0, width, 22.0));
    }
}
