//! The body of a mail: key numbers and pictures that read well on a phone and in Outlook.
//!
//! HTML in tables with inline styles, because that is what every mail program shows; pictures as PNG
//! by `cid:`, because most show no SVG. A text alternative says the same.

mod blocks;
mod words;

use askama::Template;

use self::blocks::{Card, Part};
use self::words::Words;
use super::canvas::{Page, Rect, png};
use super::chart::draw_chart_on;
use super::document::{Content, Document};
use crate::charts::{self, Chart};
use crate::error::Kind;

/// What a mail says besides the document.
#[derive(Debug, Clone, Default)]
pub struct MailOptions {
    /// The panels shown, by id; without a list the KPI panels and the first chart.
    pub show: Option<Vec<String>>,
    /// Words above the numbers; an empty line starts a new paragraph.
    pub message: Option<String>,
    /// The address of the dashboard with the same parameters.
    pub dashboard: Option<String>,
    /// The names of the attached files.
    pub files: Vec<String>,
    /// Files that are too large to be attached, with the addresses they are opened at.
    pub links: Vec<(String, String)>,
    /// The address where whoever gets it can leave; empty for none.
    pub leave: String,
}

/// The body of a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailBody {
    /// For programs that show HTML; refers to `images` as `cid:<name>`.
    pub html: String,
    /// For those that do not.
    pub text: String,
    /// The pictures.
    pub images: Vec<MailImage>,
}

/// A picture of a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct MailImage {
    /// Its name within the mail.
    pub cid: String,
    /// The PNG, with two pixels for each of the mail's.
    pub png: Vec<u8>,
}

/// Why no body can be made.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// A panel that is to be shown does not exist.
    #[error("`deliver.email.show` names `{name}`, which is no panel of the report; it has {valid}")]
    NoPanel {
        /// The name.
        name: String,
        /// The panels there are.
        valid: String,
    },
    /// A template failed.
    #[error("the mail body cannot be written: {0}")]
    Template(#[from] askama::Error),
}

impl MailError {
    /// Whose fault it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::NoPanel { .. } => Kind::BadDefinition,
            Self::Template(_) => Kind::Bug,
        }
    }
}

/// Width of the pictures: in the mail's pixels, and in the points they are drawn with. Fewer points
/// than pixels make the writing larger, for phones.
const IMAGE_PIXELS: f32 = 552.0;
const IMAGE_POINTS: f32 = 350.0;

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    document: &'a Document,
    words: Words,
    preview: String,
    message: Vec<&'a str>,
    rows: Vec<Row<'a>>,
    options: &'a MailOptions,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Text<'a> {
    document: &'a Document,
    words: Words,
    message: Vec<&'a str>,
    parts: &'a [Part],
    options: &'a MailOptions,
}

/// A line of the mail: key numbers side by side, or one part alone.
enum Row<'a> {
    Cards(&'a Card, Option<&'a Card>),
    Part(&'a Part),
}

/// Makes the body of a mail from a document.
pub fn mail(document: &Document, options: &MailOptions) -> Result<MailBody, MailError> {
    document.look().during(|| body(document, options))
}

fn body(document: &Document, options: &MailOptions) -> Result<MailBody, MailError> {
    let mut images = Vec::new();
    let mut parts = Vec::new();
    for block in chosen(document, options)? {
        parts.push(blocks::part(block, document.locale, document.base_url.as_deref(), |chart| {
            picture(chart, document, &mut images)
        }));
    }
    let message: Vec<&str> = options
        .message
        .iter()
        .flat_map(|text| text.split("\n\n"))
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    let words = words::of(document.locale);
    let html = Html {
        document,
        words,
        preview: preview(&parts),
        message: message.clone(),
        rows: rows(&parts),
        options,
    }
    .render()?;
    let text = Text { document, words, message, parts: &parts, options }.render()?;
    Ok(MailBody { html, text, images })
}

fn chosen<'a>(
    document: &'a Document,
    options: &MailOptions,
) -> Result<Vec<&'a super::document::Block>, MailError> {
    if let Some(show) = &options.show {
        return show
            .iter()
            .map(|name| {
                document.blocks().find(|block| block.id == *name).ok_or_else(|| MailError::NoPanel {
                    name: name.clone(),
                    valid: document.blocks().map(|block| block.id.as_str()).collect::<Vec<_>>().join(", "),
                })
            })
            .collect();
    }
    let mut charts = 0;
    Ok(document
        .blocks()
        .filter(|block| match &block.content {
            Ok(Content::Chart(_)) => {
                charts += 1;
                charts == 1
            }
            // A failed panel is in the document only when the report is to be sent with it marked.
            Ok(Content::Kpi(_)) | Err(_) => true,
            Ok(_) => false,
        })
        .collect())
}

/// Draws a chart into `images`; answers with its name and size in the mail's pixels, or nothing
/// when it cannot be drawn.
fn picture(chart: &Chart, document: &Document, images: &mut Vec<MailImage>) -> Option<(String, u32, u32)> {
    let members = chart.table.len().min(24) as f32;
    let height = match chart.kind {
        charts::Kind::Bar { horizontal: true, .. } => (50.0 + 17.0 * members).max(150.0),
        charts::Kind::Bullet(_) | charts::Kind::Funnel | charts::Kind::Slope => {
            (60.0 + 17.0 * members).max(180.0)
        }
        charts::Kind::Heatmap | charts::Kind::Scatter { .. } | charts::Kind::Treemap => 240.0,
        _ if chart.facet.is_some() => 300.0,
        _ => 200.0,
    };
    // The margin shows in dark mode, where the picture stays white.
    let mut page = Page::new(IMAGE_POINTS, height);
    let area = Rect::new(0.0, 0.0, IMAGE_POINTS, height).inset(5.0, 5.0);
    draw_chart_on(&mut page, area, chart, document.locale).ok()?;
    let scale = IMAGE_PIXELS / IMAGE_POINTS;
    let png = png(&document.look().painted(page), scale * 2.0).ok()?;
    let cid = format!("chart-{}", images.len() + 1);
    images.push(MailImage { cid: cid.clone(), png });
    Some((cid, IMAGE_PIXELS as u32, (height * scale).round() as u32))
}

/// Key numbers that follow each other stand two by two.
fn rows(parts: &[Part]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut rest = parts;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        rows.push(match (first, after.split_first()) {
            (Part::Card(left), Some((Part::Card(right), after))) => {
                rest = after;
                Row::Cards(left, Some(right))
            }
            (Part::Card(left), _) => Row::Cards(left, None),
            (part, _) => Row::Part(part),
        });
    }
    rows
}

/// What the list of mails shows behind the subject: the first key numbers.
fn preview(parts: &[Part]) -> String {
    let cards = parts.iter().filter_map(|part| match part {
        Part::Card(card) => Some(card),
        _ => None,
    });
    let texts: Vec<String> = cards
        .take(3)
        .map(|card| match &card.change {
            Some(change) => format!("{} {} ({})", card.title, card.value, change.text),
            None => format!("{} {}", card.title, card.value),
        })
        .collect();
    texts.join(" · ")
}

#[cfg(test)]
mod tests;
