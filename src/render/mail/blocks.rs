//! Blocks of a document as the parts of a mail.

use std::cmp::Ordering;

use crate::charts::Chart;
use crate::format::{Locale, NumberStyle};
use crate::render::document::{Block, Content, Kpi, whole_address};
use crate::render::{ProseLook, prose};
use crate::table::{self, Grid, GridColumn, ValueKind};

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
    /// That it is not open to the role the mail is made with.
    Closed { title: String, message: String },
}

/// A key number.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) value: String,
    /// Where it leads to; empty for nowhere.
    pub(super) link: String,
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
    /// Where it leads to; empty for nowhere.
    pub(super) link: String,
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
    base_url: Option<&str>,
    draw: impl FnOnce(&Chart) -> Option<(String, u32, u32)>,
) -> Part {
    let (title, note) = (block.title.clone(), block.note.clone());
    match &block.content {
        Ok(Content::Kpi(kpi)) => Part::Card(card(title, note, kpi, locale, base_url)),
        Ok(Content::Chart(chart)) => {
            let image = draw(chart).map(|(cid, width, height)| Image { cid, width, height });
            Part::Picture { title, note, image }
        }
        Ok(Content::Table(table)) => head(title, note, table, locale, base_url),
        Ok(Content::Text(text)) => Part::Text { title, html: prose(text, &LOOK), lines: text.lines() },
        Err(failure) if failure.closed => Part::Closed { title, message: failure.message.clone() },
        Err(failure) => {
            Part::Failed { title, message: failure.message.clone(), error_id: failure.error_id.clone() }
        }
    }
}

fn card(title: String, note: Option<String>, kpi: &Kpi, locale: Locale, base_url: Option<&str>) -> Card {
    Card {
        title,
        value: kpi.value.text(&kpi.format, None, NumberStyle::Headline, locale),
        link: address(kpi.link.as_deref(), base_url),
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

fn head(title: String, note: Option<String>, grid: &Grid, locale: Locale, base_url: Option<&str>) -> Part {
    // Changes are left out: a phone has no room for them.
    let is_shown = |column: &&GridColumn| {
        let kind = grid.values.get(column.value).map(|value| value.kind).unwrap_or_default();
        !matches!(kind, ValueKind::Change | ValueKind::Points | ValueKind::Sparkline)
    };
    let shown: Vec<usize> = (0..grid.columns.len())
        .filter(|column| grid.columns.get(*column).is_some_and(|column| is_shown(&column)))
        .collect();
    let stub = grid.stub.len().min(COLUMNS - 1);
    let columns: Vec<usize> = shown.iter().copied().take(COLUMNS - stub).collect();
    let text = |text: String, is_number| Cell { text, is_number, link: String::new() };
    let heads = grid.stub.iter().take(stub).map(|column| text(column.title.clone(), false));
    let numbers = columns.iter().filter_map(|column| grid.columns.get(*column));
    let heads = heads.chain(numbers.map(|column| text(column.title.clone(), true))).collect();
    let body =
        (0..grid.len()).filter(|row| grid.rows.get(*row).is_some_and(|row| row.part == table::Part::Body));
    let rows = body
        .take(ROWS)
        .map(|row| {
            let heads = (0..stub).map(|column| Cell {
                link: address(head_link(grid, row, column, stub).as_deref(), base_url),
                ..text(row_head(grid, row, column, locale), false)
            });
            let numbers = columns.iter().map(|column| grid.text(row, *column, NumberStyle::Headline, locale));
            heads.chain(numbers.map(|number| text(number, true))).collect()
        })
        .collect();
    let cut = grid.body_rows() > ROWS || shown.len() > columns.len() || grid.stub.len() > stub;
    let note = match (&grid.unit, note) {
        (Some(unit), Some(note)) => Some(format!("{} {note}", unit.note(locale))),
        (Some(unit), None) => Some(unit.note(locale)),
        (None, note) => note,
    };
    Part::Table { title, note, heads, rows, cut }
}

fn address(link: Option<&str>, base_url: Option<&str>) -> String {
    link.and_then(|link| whole_address(link, base_url)).unwrap_or_default()
}

/// Where a head leads to: its member, or with the last one that is shown the row.
fn head_link(grid: &Grid, row: usize, column: usize, shown: usize) -> Option<String> {
    let of_row = || grid.rows.get(row).filter(|_| column + 1 == shown)?.link.clone();
    grid.member_link(row, column).or_else(of_row)
}

/// The member, or the label that stands in its place.
fn row_head(grid: &Grid, row: usize, column: usize, locale: Locale) -> String {
    match grid.label_text(row, locale) {
        Some((from, label)) if from == column => label,
        Some((from, _)) if from < column => String::new(),
        _ => grid.member_text(row, column, locale),
    }
}
