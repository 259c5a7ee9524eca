//! Text measured, broken into lines and shortened with the metrics of the bundled fonts.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use super::breaks::{line_end, places};
use crate::render::canvas::{FontSet, Page, Rgb, Weight, legible};

/// Spaces at which no line ends.
const NO_BREAK: [char; 2] = ['\u{a0}', '\u{202f}'];

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) weight: Weight,
    pub(super) color: Rgb,
}

impl Style {
    pub(super) fn regular(size: f32, color: Rgb) -> Self {
        Self { size, weight: Weight::Regular, color }
    }

    pub(super) fn bold(size: f32, color: Rgb) -> Self {
        Self { size, weight: Weight::Bold, color }
    }

    /// The width of `text` in points.
    pub(super) fn width(self, text: &str) -> f32 {
        FontSet::in_use().width(text, self.size, self.weight)
    }
}

/// Which end of the text stands at the given x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
    Center,
}

/// Makes text from outside fit for paper, and keeps what it had to replace.
#[derive(Default)]
pub(super) struct Typesetter {
    missing: RefCell<BTreeSet<char>>,
}

impl Typesetter {
    /// The text as the fonts can show it.
    pub(super) fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut missing = self.missing.borrow_mut();
        if !text.contains(NO_BREAK) {
            return legible(text, &mut missing);
        }
        // No-break spaces are kept for those who break lines.
        let parts: Vec<Cow<'_, str>> = text.split(NO_BREAK).map(|part| legible(part, &mut missing)).collect();
        Cow::Owned(parts.join("\u{a0}"))
    }

    /// The characters that no font has, so far.
    pub(super) fn missing(&self) -> BTreeSet<char> {
        self.missing.borrow().clone()
    }

    /// Draws one line of text, shortened to `width`.
    pub(super) fn line(
        &self,
        page: &mut Page,
        text: &str,
        style: Style,
        at: (f32, f32),
        width: f32,
        align: Align,
    ) {
        let text = self.clean(text);
        let text = shortened(text.trim(), style, width);
        put(page, &text, style, at, align);
    }
}

/// Draws one line of text as it is.
pub(super) fn put(page: &mut Page, text: &str, style: Style, at: (f32, f32), align: Align) {
    if text.is_empty() {
        return;
    }
    let x = match align {
        Align::Left => at.0,
        Align::Right => at.0 - style.width(text),
        Align::Center => at.0 - style.width(text) / 2.0,
    };
    let text = text.replace('\u{a0}', " ");
    page.text(x, at.1, style.size, style.weight, style.color, &text);
}

/// `text`, or as much of its beginning as fits into `width` with an ellipsis.
pub(super) fn shortened(text: &str, style: Style, width: f32) -> Cow<'_, str> {
    if style.width(text) <= width + 0.01 {
        return Cow::Borrowed(text);
    }
    let fonts = FontSet::in_use();
    let room = width - style.width("…");
    let mut used = 0.0;
    let mut end = 0;
    for (start, c) in text.char_indices() {
        used += fonts.advance(c, style.weight) * style.size;
        if used > room {
            break;
        }
        end = start + c.len_utf8();
    }
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default().trim_end()))
}

/// Breaks `text` into at most `most` lines of `width`; the last one is shortened if there is more.
/// Breaks where Unicode allows it, between the words of Korean where that can be helped, and inside a
/// word only if it is longer than a line; never before closing or after opening punctuation where that
/// can be helped. Never empty lines, except for empty text.
pub(super) fn broken(text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
    let text = text.trim();
    if most < 2 || style.width(text) <= width + 0.01 {
        return vec![shortened(text, style, width).into_owned()];
    }
    let places = places(text);
    let edges = Edges::of(text, |c| FontSet::in_use().advance(c, style.weight) * style.size);
    let mut lines = Vec::new();
    let mut from = 0;
    while lines.len() + 1 < most {
        let fits = |end: usize| edges.width(text, from, end) <= width + 0.01;
        let end = line_end(&places, from, text.len(), fits);
        if end >= text.len() {
            break;
        }
        lines.push(text.get(from..end).unwrap_or_default().trim().to_owned());
        let rest = text.get(end..).unwrap_or_default();
        from = end + (rest.len() - rest.trim_start_matches(' ').len());
    }
    let rest = text.get(from..).unwrap_or_default();
    if !rest.is_empty() || lines.is_empty() {
        lines.push(shortened(rest, style, width).into_owned());
    }
    lines
}

/// How far the pen has moved at every byte of a text.
pub(super) struct Edges(Vec<f32>);

impl Edges {
    /// Measures `text`, with how far each character of it moves the pen.
    pub(super) fn of(text: &str, mut advance: impl FnMut(char) -> f32) -> Self {
        let mut edges = Vec::with_capacity(text.len() + 1);
        let mut x = 0.0;
        for c in text.chars() {
            edges.extend(std::iter::repeat_n(x, c.len_utf8()));
            x += advance(c);
        }
        edges.push(x);
        Self(edges)
    }

    /// From one byte to another of the text that was measured.
    pub(super) fn between(&self, from: usize, to: usize) -> f32 {
        let at = |position: usize| self.0.get(position).or(self.0.last()).copied().unwrap_or_default();
        at(to) - at(from)
    }

    /// The same, without spaces at the end.
    pub(super) fn width(&self, text: &str, from: usize, to: usize) -> f32 {
        let part = text.get(from..to).unwrap_or_default();
        self.between(from, from + part.trim_end_matches(' ').len())
    }
}

/// As [`broken`], with lines of about the same width.
pub(super) fn evenly_broken(text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
    let mut lines = broken(text, style, width, most);
    let count = lines.len();
    if count < 2 || broken(text, style, width, most + 1).len() > count {
        return lines;
    }
    let (mut too_narrow, mut enough) = (width / count as f32 / 2.0, width);
    for _ in 0..8 {
        let middle = f32::midpoint(too_narrow, enough);
        let tried = broken(text, style, middle, count + 1);
        if tried.len() == count {
            (lines, enough) = (tried, middle);
        } else {
            too_narrow = middle;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::render::sheet::style::INK;

    fn lines(text: &str, width: f32) -> Vec<String> {
        broken(text, Style::regular(10.0, INK), width, 99)
    }

    #[test]
    fn latin_breaks_at_spaces_and_only_over_long_words_inside() {
        assert_eq!(lines("net revenue by store", 60.0), ["net revenue", "by store"]);
        assert!(lines("Donaudampfschifffahrtsgesellschaft", 60.0).len() > 2);
    }

    #[test]
    fn punctuation_never_starts_a_line_and_an_opening_bracket_never_ends_one() {
        let text = "銷售額，（香港）。「九龍」、新界；本月銷售額（港元）上升，毛利率下降。";
        // The longest run that punctuation holds together takes three letters of 10 points.
        for width in 40..120 {
            for line in lines(text, width as f32) {
                let first = line.chars().next().unwrap();
                let last = line.chars().last().unwrap();
                assert!(!"，。」、；）".contains(first), "{width}: {line}");
                assert!(!"（「".contains(last), "{width}: {line}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        let style = Style::regular(10.0, INK);
        let two = broken("매출이익률이 전주보다 2.3%p 낮아졌습니다", style, 60.0, 2);
        assert_eq!(two.len(), 2);
        assert!(two[1].ends_with('…') && style.width(&two[1]) <= 60.0);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked_and_no_letter_is_lost(text in "[a-z가-힣一-龥，。（） \\-]{0,80}", width in 25.0f32..200.0) {
            let style = Style::regular(9.0, INK);
            let lines = broken(&text, style, width, 1000);
            for line in &lines {
                prop_assert!(style.width(line) <= width + 0.1, "{line}");
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
