//! Words with structure on a sheet: laid out as lines, drawn, and cut between sheets.

mod draw;
mod paragraph;

use super::lines::{Style, Typesetter};
use super::style::{INK, LINK, MUTED, TEXT_LINE, TEXT_SIZE};
use crate::format::rich_text::{RichText, Span, TextAlign, TextBlock, item_mark};
use crate::render::canvas::Weight;

pub(super) use draw::draw;

/// How far what stands in a list or a quote is set in.
const LIST_INDENT: f32 = 14.0;
const QUOTE_INDENT: f32 = 10.0;
const CODE_PADDING: f32 = 6.0;
/// Between paragraphs.
const PARAGRAPH_GAP: f32 = 5.0;
/// Between the items of a list.
const ITEM_GAP: f32 = 1.5;

/// A line, with everything that stands on it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// The free room above it, but for the first line of a column.
    pub(super) above: f32,
    pub(super) height: f32,
    /// From the top of the line to its baseline.
    baseline: f32,
    /// From the left edge of the column.
    runs: Vec<Run>,
    /// Left edges of the bars of the quotes it stands in.
    bars: Vec<f32>,
    /// What is drawn behind or instead of text.
    ground: Ground,
    /// A sheet may not end after it.
    keep_with_next: bool,
}

/// A stretch of text of one look.
#[derive(Debug, Clone, PartialEq)]
struct Run {
    x: f32,
    width: f32,
    text: String,
    style: Style,
    link: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ground {
    None,
    /// A wash from this x to the right edge of the column, for code.
    Wash(f32),
    /// A line across from this x.
    Rule(f32),
}

/// The lines of `text` in a column of `width`.
pub(super) fn lines(text: &RichText, width: f32, texts: &Typesetter) -> Vec<Line> {
    let mut setter = Setter { width, align: text.align, texts, lines: Vec::new(), bars: Vec::new() };
    setter.blocks(&text.blocks, 0.0, PARAGRAPH_GAP);
    if let Some(first) = setter.lines.first_mut() {
        first.above = 0.0;
    }
    setter.lines
}

/// The lines of a caption: spans in one look of its own.
pub(super) fn caption(
    spans: &[Span],
    style: Style,
    line: f32,
    width: f32,
    align: TextAlign,
    texts: &Typesetter,
) -> Vec<Line> {
    let mut setter = Setter { width, align, texts, lines: Vec::new(), bars: Vec::new() };
    setter.paragraph(spans, style, line, 0.0, 0.0);
    setter.lines
}

/// The height of lines below each other.
pub(super) fn height(lines: &[Line]) -> f32 {
    let above: f32 = lines.iter().skip(1).map(|line| line.above).sum();
    above + lines.iter().map(|line| line.height).sum::<f32>()
}

/// Cuts lines into parts that are each at most `height` high, the first at most `first`, and do not end
/// with a heading or in the first or last line of a paragraph where that can be helped.
pub(super) fn cut(lines: &[Line], first: f32, height: f32) -> Vec<Vec<Line>> {
    let mut parts = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let room = if parts.is_empty() { first } else { height };
        let mut used = 0.0;
        let fitting = rest
            .iter()
            .enumerate()
            .take_while(|(position, line)| {
                used += line.height + if *position == 0 { 0.0 } else { line.above };
                used <= room + 0.01
            })
            .count()
            .max(1);
        let good = (1..=fitting).rev().find(|count| {
            *count == rest.len() || !rest.get(count - 1).is_some_and(|line| line.keep_with_next)
        });
        let (part, more) = rest.split_at(good.unwrap_or(fitting).min(rest.len()));
        parts.push(part.to_vec());
        rest = more;
    }
    parts
}

struct Setter<'t> {
    width: f32,
    align: TextAlign,
    texts: &'t Typesetter,
    lines: Vec<Line>,
    bars: Vec<f32>,
}

impl Setter<'_> {
    fn blocks(&mut self, blocks: &[TextBlock], indent: f32, gap: f32) {
        for block in blocks {
            // However deep it stands, there is room for some letters on a line.
            let indent = indent.min(self.width * 0.6);
            match block {
                TextBlock::Heading(level, spans) => self.heading(*level, spans, indent),
                TextBlock::Paragraph(spans) => {
                    self.paragraph(spans, Style::regular(TEXT_SIZE, INK), TEXT_LINE, indent, gap);
                }
                TextBlock::List { first, items } => self.list(*first, items, indent, gap),
                TextBlock::Quote(inner) => {
                    self.bars.push(indent + 1.0);
                    self.blocks(inner, indent + QUOTE_INDENT, gap);
                    self.bars.pop();
                }
                TextBlock::Code(code) => self.code(code, indent, gap),
                TextBlock::Rule => self.lines.push(Line {
                    above: gap,
                    height: 6.0,
                    baseline: 3.0,
                    runs: Vec::new(),
                    bars: self.bars.clone(),
                    ground: Ground::Rule(indent),
                    keep_with_next: false,
                }),
            }
        }
    }

    fn heading(&mut self, level: u8, spans: &[Span], indent: f32) {
        let (size, above) = match level {
            1 => (13.0, 11.0),
            2 => (11.2, 9.0),
            3 => (10.0, 8.0),
            _ => (TEXT_SIZE, 7.0),
        };
        let start = self.lines.len();
        self.paragraph(spans, Style::bold(size, INK), size * 1.5, indent, above);
        for line in self.lines.iter_mut().skip(start) {
            line.keep_with_next = true;
        }
    }

    fn paragraph(&mut self, spans: &[Span], style: Style, line: f32, indent: f32, above: f32) {
        let width = (self.width - indent).max(1.0);
        let set = paragraph::set(spans, style, width, self.align, self.texts);
        let count = set.len();
        for (position, mut runs) in set.into_iter().enumerate() {
            for run in &mut runs {
                run.x += indent;
            }
            self.lines.push(Line {
                above: if position == 0 { above } else { 0.0 },
                height: line,
                baseline: line * 0.5 + style.size * 0.36,
                runs,
                bars: self.bars.clone(),
                ground: Ground::None,
                keep_with_next: count > 1 && (position == 0 || position + 2 == count),
            });
        }
    }

    fn list(&mut self, first: Option<u64>, items: &[Vec<TextBlock>], indent: f32, gap: f32) {
        let style = Style::regular(TEXT_SIZE, INK);
        let widest = (0..items.len()).map(|item| style.width(&item_mark(first, item))).fold(0.0, f32::max);
        let inset = if first.is_some() { LIST_INDENT.max(widest + 5.0) } else { LIST_INDENT };
        for (position, item) in items.iter().enumerate() {
            let start = self.lines.len();
            let inner = (indent + inset).min(self.width * 0.6);
            self.blocks(item, inner, ITEM_GAP);
            if self.lines.len() == start {
                // An empty item still has its mark.
                self.paragraph(
                    &[Span { text: "\u{a0}".into(), ..Span::default() }],
                    style,
                    TEXT_LINE,
                    inner,
                    0.0,
                );
            }
            let mark = item_mark(first, position);
            let width = style.width(&mark);
            // Numbers stand with their points below each other.
            let x = if first.is_some() { inner - 5.0 - width } else { inner - 9.0 };
            if let Some(line) = self.lines.get_mut(start) {
                line.above = if position == 0 { gap } else { ITEM_GAP };
                let color = if first.is_some() { INK } else { MUTED };
                let run =
                    Run { x: x.max(0.0), width, text: mark, style: Style { color, ..style }, link: None };
                line.runs.insert(0, run);
            }
        }
    }

    fn code(&mut self, code: &[String], indent: f32, gap: f32) {
        let style = Style::regular(TEXT_SIZE - 0.6, INK);
        for (position, text) in code.iter().enumerate() {
            let indentation = text.chars().take_while(|c| *c == ' ').count() as f32 * style.size * 0.5;
            let inner = indent + CODE_PADDING + indentation.min(self.width * 0.3);
            let spans = [Span { text: text.trim().to_owned(), ..Span::default() }];
            let start = self.lines.len();
            self.paragraph(&spans, style, TEXT_LINE - 1.5, inner, if position == 0 { gap } else { 0.0 });
            for line in self.lines.iter_mut().skip(start) {
                line.ground = Ground::Wash(indent);
                line.keep_with_next = position == 0 && code.len() > 1;
            }
        }
    }
}

/// How a span looks within text of `style`. There is no italic face for Korean: emphasis is a colour.
fn look(span: &Span, style: Style) -> Style {
    let weight = if span.strong { Weight::Bold } else { style.weight };
    let color = if span.link.is_some() || span.emphasis { LINK } else { style.color };
    Style { weight, color, ..style }
}

#[cfg(test)]
mod tests;
