//! Words with structure: paragraphs, headings, lists, quotes, bold, links.
//!
//! Takes the Markdown that authors write; gives blocks that screen, sheet and mail each set in their own
//! way. HTML in it is text, an address that is not http or https is no link, and the values that stand
//! in for placeholders are put into the finished text nodes, where they can only be text.

mod flanking;
mod markdown;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use markdown::{MAX_PLACEHOLDERS, bad_addresses, markdown, placeholder};

/// Words with structure.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RichText {
    /// What stands below each other.
    pub blocks: Vec<TextBlock>,
    /// How the lines of its paragraphs stand.
    pub align: TextAlign,
}

/// How the lines of a paragraph stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextAlign {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
    /// From edge to edge, but for the last line of a paragraph.
    Justify,
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum TextBlock {
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list.
    List {
        /// The number of the first item; `None` for bullets.
        first: Option<u64>,
        /// The items, each of blocks.
        items: Vec<Vec<TextBlock>>,
    },
    /// A quotation.
    Quote(Vec<TextBlock>),
    /// Lines that stand as they were written.
    Code(Vec<String>),
    /// A line across.
    Rule,
}

/// A stretch of text of one look.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Span {
    /// The text; `\n` is a line break the author asked for.
    pub text: String,
    /// Bold.
    pub strong: bool,
    /// Emphasised.
    pub emphasis: bool,
    /// An http or https address it leads to.
    pub link: Option<String>,
}

impl RichText {
    /// Paragraphs of plain words, one for each text.
    pub fn plain(paragraphs: &[String]) -> Self {
        let paragraph =
            |text: &String| TextBlock::Paragraph(vec![Span { text: text.clone(), ..Span::default() }]);
        Self { blocks: paragraphs.iter().map(paragraph).collect(), align: TextAlign::Left }
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The words alone, a line for each paragraph, heading and item, for places that can show no more.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        collect(&self.blocks, "", &mut lines);
        lines
    }
}

fn collect(blocks: &[TextBlock], indent: &str, lines: &mut Vec<String>) {
    let words = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    for block in blocks {
        match block {
            TextBlock::Heading(_, spans) | TextBlock::Paragraph(spans) => {
                lines.extend(words(spans).split('\n').map(|line| format!("{indent}{line}")));
            }
            TextBlock::List { first, items } => {
                for (position, item) in items.iter().enumerate() {
                    let mark = item_mark(*first, position);
                    let start = lines.len();
                    collect(item, &format!("{indent}  "), lines);
                    if let Some(line) = lines.get_mut(start) {
                        *line = format!("{indent}{mark} {}", line.trim_start());
                    }
                }
            }
            TextBlock::Quote(inner) => collect(inner, &format!("{indent}> "), lines),
            TextBlock::Code(code) => lines.extend(code.iter().map(|line| format!("{indent}{line}"))),
            TextBlock::Rule => lines.push(format!("{indent}—")),
        }
    }
}

/// What stands before an item of a list: "•", or its number with a point.
pub fn item_mark(first: Option<u64>, position: usize) -> String {
    match first {
        Some(first) => format!("{}.", first.saturating_add(position as u64)),
        None => "•".to_owned(),
    }
}
