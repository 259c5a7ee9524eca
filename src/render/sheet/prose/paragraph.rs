//! A paragraph of mixed weights, broken into lines and set between two edges.

use super::{Run, look};
use crate::format::rich_text::{Span, TextAlign};
use crate::render::canvas::FontSet;
use crate::render::sheet::breaks::{is_wide, line_end, places};
use crate::render::sheet::lines::{Edges, Style, Typesetter};

/// Gaps are stretched by at most this part of the line; what is shorter stays ragged.
const MOST_STRETCH: f32 = 0.25;

/// A stretch of the paragraph of one look: up to which byte it reaches.
struct Stretch<'a> {
    end: usize,
    style: Style,
    link: Option<&'a String>,
}

/// The lines of a paragraph in a column of `width`; there is at least one, if there is text.
pub(super) fn set(
    spans: &[Span],
    style: Style,
    width: f32,
    align: TextAlign,
    texts: &Typesetter,
) -> Vec<Vec<Run>> {
    let mut lines = Vec::new();
    let mut text = String::new();
    let mut stretches = Vec::new();
    for span in spans {
        let mut parts = span.text.split('\n');
        let mut part = parts.next();
        while let Some(words) = part {
            text.push_str(&texts.clean(words));
            stretches.push(Stretch { end: text.len(), style: look(span, style), link: span.link.as_ref() });
            part = parts.next();
            if part.is_some() {
                // A line break of the author's.
                one(&text, &stretches, width, align, &mut lines);
                text.clear();
                stretches.clear();
            }
        }
    }
    one(&text, &stretches, width, align, &mut lines);
    lines
}

/// Sets what stands between two line breaks of the author's.
fn one(text: &str, stretches: &[Stretch<'_>], width: f32, align: TextAlign, lines: &mut Vec<Vec<Run>>) {
    let fonts = FontSet::in_use();
    let mut at = 0;
    let mut current = 0;
    let edges = Edges::of(text, |c| {
        while stretches.get(current).is_some_and(|stretch| stretch.end <= at) {
            current += 1;
        }
        at += c.len_utf8();
        stretches
            .get(current)
            .map_or(0.0, |stretch| fonts.advance(c, stretch.style.weight) * stretch.style.size)
    });
    let places = places(text);
    let end_of_text = text.trim_end().len();
    let mut from = text.len() - text.trim_start().len();
    loop {
        let fits = |end: usize| edges.width(text, from, end) <= width + 0.01;
        let end = line_end(&places, from, end_of_text, fits);
        let is_last = end >= end_of_text;
        let shown = text.get(from..end).map_or(end, |line| from + line.trim_end().len());
        lines.push(runs(
            text,
            stretches,
            &edges,
            (from, shown),
            width,
            if is_last { last(align) } else { align },
        ));
        if is_last {
            return;
        }
        let rest = text.get(end..).unwrap_or_default();
        from = end + (rest.len() - rest.trim_start_matches(' ').len());
    }
}

/// The last line of a justified paragraph is not stretched.
fn last(align: TextAlign) -> TextAlign {
    if align == TextAlign::Justify { TextAlign::Left } else { align }
}

/// The runs of the line from one byte to another.
fn runs(
    text: &str,
    stretches: &[Stretch<'_>],
    edges: &Edges,
    (from, to): (usize, usize),
    width: f32,
    align: TextAlign,
) -> Vec<Run> {
    let free = (width - edges.between(from, to)).max(0.0);
    let offset = match align {
        TextAlign::Left | TextAlign::Justify => 0.0,
        TextAlign::Center => free / 2.0,
        TextAlign::Right => free,
    };
    let gaps = if align == TextAlign::Justify { gaps(text, from, to) } else { Vec::new() };
    let stretched = !gaps.is_empty() && free <= width * MOST_STRETCH;
    let each = if stretched { free / gaps.len() as f32 } else { 0.0 };
    let mut gaps = gaps.into_iter().filter(|_| stretched).peekable();
    let mut runs = Vec::new();
    let mut start = from;
    let mut x = offset;
    for stretch in stretches.iter().filter(|stretch| stretch.end > from) {
        let stretch_end = stretch.end.min(to);
        while start < stretch_end {
            let gap = gaps.next_if(|gap| *gap <= stretch_end);
            let end = gap.unwrap_or(stretch_end);
            let piece = text.get(start..end).unwrap_or_default();
            let moved = edges.between(start, end);
            if !piece.trim().is_empty() {
                let link = stretch.link.cloned();
                runs.push(Run { x, width: moved, text: piece.to_owned(), style: stretch.style, link });
            }
            x += moved + if gap.is_some() { each } else { 0.0 };
            start = end;
        }
    }
    runs
}

/// Where a justified line may be stretched: after spaces, and between ideographs.
fn gaps(text: &str, from: usize, to: usize) -> Vec<usize> {
    let line = text.get(from..to).unwrap_or_default();
    let mut gaps = Vec::new();
    let mut before: Option<char> = None;
    for (at, c) in line.char_indices() {
        if before.is_some_and(|before| (before == ' ' && c != ' ') || (is_wide(before) && is_wide(c))) {
            gaps.push(from + at);
        }
        before = Some(c);
    }
    gaps
}
