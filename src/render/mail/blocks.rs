//! Blocks of a document as the parts of a mail.

use std::cmp::Ordering;

use crate::charts::Chart;
use crate::format::{Locale, NumberStyle};
use crate::render::document::{Block, Content, Kpi};
use crate::render::{ProseLook, prose};
use crate::table::{self, Role, Table};

/// How much of a table a mail shows.
const ROWS: usize = 10;
const COLUMNS: usize = 4;

/// A part of a mail.
#[derive(Debug)]
pub(super) enum Part {
    /// A key number.
    Card(Card),
    /// A chart as a picture.
    Picture { title: String, note: Option<String>, image: Option<Image> },
    /// The head of a table.
    Table { title: String, note: Option<String>, heads: Vec<Cell>, rows: Vec<Vec<Cell>>, cut: bool },
    /// Words.
    Text { title: String, html: String, lines: Vec<String> },
    /// A panel that has nothing to show.
    Failed { title: String, message: String, error_id: String },
}

/// A key number.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) value: String,
    pub(super) change: Option<Change>,
    pub(super) compared_with: String,
    pub(super) note: Option<String>,
}

/// A change, and what it means.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) text: String,
    pub(super) arrow: &'static str,
    /// Background and ink of its label.
    pub(super) back: &'static str,
    pub(super) ink: &'static str,
    /// The class that dark mode knows it by.
    pub(super) class: &'static str,
}

/// A picture in its place.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) cid: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A cell of a table.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) is_number: bool,
}

/// Inline, because mail programs know no style sheets; the heading of a panel is of level 2.
const LOOK: ProseLook = ProseLook {
    heading: " style=\"margin:12px 0 4px 0;font-size:15px;line-height:22px;font-weight:700;\"",
    paragraph: " style=\"margin:0 0 8px 0;\"",
    list: " style=\"margin:0 0 8px 0;padding-left:22px;\"",
    quote: " style=\"margin:0 0 8px 0;padding-left:10px;border-left:3px solid #d0d5dd;\"",
    code: " style=\"margin:0 0 8px 0;padding:8px 10px;background-color:#f1f3f6;color:#1c2433;white-space:pre-wrap;\"",
    rule: " style=\"margin:10px 0;border:0;border-top:1px solid #e4e7ec;\"",
    link: " style=\"color:#2f6fde;\"",
    first_heading: 3,
};

/// The part of a mail for `block`; `draw` makes pictures.
pub(super) fn part(
    block: &Block,
    locale: Locale,
    draw: impl FnOnce(&Chart) -> Option<(String, u32, u32)>,
) -> Part {
    let (title, note) = (block.title.clone(), block.note.clone());
    match &block.content {
        Ok(Content::Kpi(kpi)) => Part::Card(card(title, note, kpi, locale)),
        Ok(Content::Chart(chart)) => {
            let image = draw(chart).map(|(cid, width, height)| Image { cid, width, height });
            Part::Picture { title, note, image }
        }
        Ok(Content::Table(table)) => head(title, note, table, locale),
        Ok(Content::Text(text)) => Part::Text { title, html: prose(text, &LOOK), lines: text.lines() },
        Err(failure) => {
            Part::Failed { title, message: failure.message.clone(), error_id: failure.error_id.clone() }
        }
    }
}

fn card(title: String, note: Option<String>, kpi: &Kpi, locale: Locale) -> Card {
    Card {
        title,
        value: kpi.value.text(&kpi.format, None, NumberStyle::Headline, locale),
        change: kpi.change().map(|went| change(went, kpi, locale)),
        compared_with: if kpi.previous.is_some() { kpi.compared_with.clone() } else { String::new() },
        note,
    }
}

fn change(went: table::Change, kpi: &Kpi, locale: Locale) -> Change {
    let text = went.text(kpi.format.negative, locale);
    let (arrow, good) = match went.direction() {
        Ordering::Greater => ("▲", Some(!kpi.lower_is_better)),
        Ordering::Less => ("▼", Some(kpi.lower_is_better)),
        Ordering::Equal => ("", None),
    };
    let (back, ink, class) = match good {
        Some(true) => ("#e7f6ee", "#0f7b4f", "good"),
        Some(false) => ("#fdecec", "#c4323a", "bad"),
        None => ("#f1f3f6", "#475467", "even"),
    };
    Change { text, arrow, back, ink, class }
}

fn head(title: String, note: Option<String>, table: &Table, locale: Locale) -> Part {
    // Comparisons are left out: a phone has no room for them.
    let columns: Vec<_> =
        table.columns.iter().filter(|column| column.role != Role::Previous).take(COLUMNS).collect();
    let heads = columns
        .iter()
        .map(|column| Cell { text: column.title.clone(), is_number: column.role != Role::Dimension })
        .collect();
    let rows = (0..table.len().min(ROWS))
        .map(|row| {
            columns
                .iter()
                .map(|column| Cell {
                    text: column
                        .cells
                        .get(row)
                        .map(|value| column.text(value, NumberStyle::Headline, locale))
                        .unwrap_or_default(),
                    is_number: column.role != Role::Dimension,
                })
                .collect()
        })
        .collect();
    let shown = table.columns.iter().filter(|column| column.role != Role::Previous).count();
    Part::Table { title, note, heads, rows, cut: table.len() > ROWS || shown > COLUMNS }
}
