//! From Markdown to blocks.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::flanking::{LETTER, eased};
use super::{RichText, Span, TextAlign, TextBlock};

/// How many values one text may hold.
pub const MAX_PLACEHOLDERS: usize = 4_096;

/// The first of the characters that stand for values; plane 15 is nobody's.
const FIRST_PLACEHOLDER: u32 = 0xf_0000;

/// How deep lists and quotes may stand in each other; what is deeper is set at this depth.
const MAX_DEPTH: usize = 8;

/// The character that stands in the source for the value at `position`; `None` from
/// [`MAX_PLACEHOLDERS`] on.
pub fn placeholder(position: usize) -> Option<char> {
    if position >= MAX_PLACEHOLDERS {
        return None;
    }
    u32::try_from(position).ok().and_then(|position| char::from_u32(FIRST_PLACEHOLDER + position))
}

fn position_of(c: char) -> Option<usize> {
    let position = u32::from(c).checked_sub(FIRST_PLACEHOLDER)? as usize;
    (position < MAX_PLACEHOLDERS).then_some(position)
}

/// Reads Markdown, with each [`placeholder`] replaced by its value after everything is parsed.
///
/// Headings, paragraphs, bold, italic, lists, quotes, code and links; HTML and everything else of
/// Markdown stands as text. Never fails: all text is Markdown.
pub fn markdown(source: &str, values: &[String], align: TextAlign) -> RichText {
    let source = eased(source);
    let mut reader = Reader { values, open: vec![Open::Blocks(Vec::new())], look: Look::default() };
    for event in Parser::new(&source) {
        reader.event(event);
    }
    while reader.open.len() > 1 {
        reader.close();
    }
    match reader.open.pop() {
        Some(Open::Blocks(blocks)) => RichText { blocks, align },
        _ => RichText::default(),
    }
}

/// The addresses of links in `source` that are neither http nor https, or that values stand in.
pub fn bad_addresses(source: &str) -> Vec<String> {
    Parser::new(&eased(source))
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
            _ => None,
        })
        .filter(|address| web_address(address).is_none())
        .map(|address| address.chars().filter(|c| *c != LETTER && position_of(*c).is_none()).collect())
        .collect()
}

/// The address, if it leads to a web page and nothing stands in for parts of it.
fn web_address(address: &str) -> Option<String> {
    let plain = address.chars().all(|c| !c.is_control() && position_of(c).is_none());
    let parsed = url::Url::parse(address).ok().filter(|_| plain)?;
    matches!(parsed.scheme(), "http" | "https").then(|| parsed.to_string())
}

/// What is being read.
enum Open {
    Blocks(Vec<TextBlock>),
    Heading(u8, Vec<Span>),
    Paragraph(Vec<Span>),
    List(Option<u64>, Vec<Vec<TextBlock>>),
    Item(Vec<TextBlock>),
    Quote(Vec<TextBlock>),
    Code(String),
    /// Deeper than is shown: its content goes to what holds it.
    Flat,
}

/// The look of the text that comes next.
#[derive(Default, Clone)]
struct Look {
    strong: usize,
    emphasis: usize,
    link: Option<String>,
}

struct Reader<'a> {
    values: &'a [String],
    open: Vec<Open>,
    look: Look,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) | Event::Html(text)
            // Extensions that are not switched on.
            | Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text);
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.text("\n"),
            Event::Rule => self.block(TextBlock::Rule),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let is_deep = self.open.len() > 2 * MAX_DEPTH;
        let open = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Open::Paragraph(Vec::new()),
            Tag::Heading { level, .. } => Open::Heading(level as u8, Vec::new()),
            Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => Open::Code(String::new()),
            Tag::BlockQuote(_) if !is_deep => Open::Quote(Vec::new()),
            Tag::List(first) if !is_deep => Open::List(first, Vec::new()),
            Tag::Item if matches!(self.open.last(), Some(Open::List(..))) => Open::Item(Vec::new()),
            Tag::Strong => {
                self.look.strong += 1;
                return;
            }
            Tag::Emphasis => {
                self.look.emphasis += 1;
                return;
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.look.link = web_address(&dest_url);
                return;
            }
            _ => {
                self.leave_paragraph();
                Open::Flat
            }
        };
        self.leave_paragraph();
        self.open.push(open);
    }

    /// Items of a tight list hold text without a paragraph; a block that follows ends it.
    fn leave_paragraph(&mut self) {
        if matches!(self.open.last(), Some(Open::Paragraph(_) | Open::Heading(..))) {
            self.close();
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.look.strong = self.look.strong.saturating_sub(1),
            TagEnd::Emphasis => self.look.emphasis = self.look.emphasis.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.look.link = None,
            TagEnd::Paragraph | TagEnd::HtmlBlock | TagEnd::Heading(_) => self.leave_paragraph(),
            _ => {
                self.leave_paragraph();
                self.close();
            }
        }
    }

    fn close(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        let block = match open {
            Open::Heading(level, spans) => TextBlock::Heading(level, trimmed(spans)),
            Open::Paragraph(spans) => TextBlock::Paragraph(trimmed(spans)),
            Open::List(first, items) => TextBlock::List { first, items },
            Open::Quote(blocks) => TextBlock::Quote(blocks),
            Open::Code(text) => {
                let code = text.strip_suffix('\n').unwrap_or(&text);
                TextBlock::Code(code.split('\n').map(|line| line.replace('\t', "    ")).collect())
            }
            Open::Item(blocks) => {
                if let Some(Open::List(_, items)) = self.open.last_mut() {
                    items.push(blocks);
                }
                return;
            }
            Open::Flat | Open::Blocks(_) => return,
        };
        let is_empty = match &block {
            TextBlock::Heading(_, spans) | TextBlock::Paragraph(spans) => spans.is_empty(),
            TextBlock::Quote(blocks) => blocks.is_empty(),
            TextBlock::List { items, .. } => items.is_empty(),
            TextBlock::Code(_) | TextBlock::Rule => false,
        };
        if !is_empty {
            self.block(block);
        }
    }

    fn block(&mut self, block: TextBlock) {
        let holder = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Blocks(blocks) | Open::Quote(blocks) | Open::Item(blocks) => Some(blocks),
            _ => None,
        });
        if let Some(blocks) = holder {
            blocks.push(block);
        }
    }

    /// Adds text in the current look, its placeholders replaced.
    fn text(&mut self, source: &str) {
        let text: String = source.chars().fold(String::with_capacity(source.len()), |mut text, c| {
            match position_of(c) {
                // A value is one line of text, whatever it holds.
                Some(position) => text.push_str(
                    &self
                        .values
                        .get(position)
                        .map(|value| value.replace(['\n', '\r'], " "))
                        .unwrap_or_default(),
                ),
                None if c == LETTER => {}
                None => text.push(c),
            }
            text
        });
        if let Some(Open::Code(code)) = self.open.last_mut() {
            code.push_str(&text);
            return;
        }
        if !matches!(self.open.last(), Some(Open::Paragraph(_) | Open::Heading(..))) {
            self.open.push(Open::Paragraph(Vec::new()));
        }
        let look = &self.look;
        let span =
            Span { text, strong: look.strong > 0, emphasis: look.emphasis > 0, link: look.link.clone() };
        if let Some(Open::Paragraph(spans) | Open::Heading(_, spans)) = self.open.last_mut() {
            match spans.last_mut() {
                Some(last)
                    if (last.strong, last.emphasis, &last.link)
                        == (span.strong, span.emphasis, &span.link) =>
                {
                    last.text.push_str(&span.text);
                }
                _ => spans.push(span),
            }
        }
    }
}

/// Without white space at both ends, and without spans that are empty.
fn trimmed(mut spans: Vec<Span>) -> Vec<Span> {
    if let Some(first) = spans.first_mut() {
        first.text = first.text.trim_start().to_owned();
    }
    if let Some(last) = spans.last_mut() {
        last.text = last.text.trim_end().to_owned();
    }
    spans.retain(|span| !span.text.is_empty());
    spans
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
