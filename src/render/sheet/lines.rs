//! Text measured, broken into lines and shortened with the metrics of the bundled fonts.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::render::canvas::{FontSet, Page, Rgb, Weight, legible};

/// May not stand at the start of a line.
const NOT_FIRST: &str = "、。，．・：；？！）］｝〕〉》」』】”’,.:;?!)]}%％‰…ー々〻";
/// May not stand at the end of a line.
const NOT_LAST: &str = "（［｛〔〈《「『【“‘([{$₩￥¥#";

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
        FontSet::bundled().width(text, self.size, self.weight)
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
        legible(text, &mut self.missing.borrow_mut())
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
    page.text(x, at.1, style.size, style.weight, style.color, text);
}

/// `text`, or as much of its beginning as fits into `width` with an ellipsis.
pub(super) fn shortened(text: &str, style: Style, width: f32) -> Cow<'_, str> {
    if style.width(text) <= width + 0.01 {
        return Cow::Borrowed(text);
    }
    let fonts = FontSet::bundled();
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
/// Breaks at spaces, after hyphens and between ideographs, and inside a word only if it is longer
/// than a line; never before closing or after opening punctuation where that can be helped. Never empty lines, except for empty text.
pub(super) fn broken(text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text.trim();
    while lines.len() + 1 < most {
        let end = line_end(rest, style, width);
        if end >= rest.len() {
            break;
        }
        lines.push(rest.get(..end).unwrap_or_default().trim_end().to_owned());
        rest = rest.get(end..).unwrap_or_default().trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(shortened(rest, style, width).into_owned());
    }
    lines
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

/// Where the first line of `text` ends, in bytes; at least one character.
fn line_end(text: &str, style: Style, width: f32) -> usize {
    let fonts = FontSet::bundled();
    let mut used = 0.0;
    let (mut between_words, mut between_letters) = (0, 0);
    let mut before = None;
    for (start, c) in text.char_indices() {
        if let Some(before) = before.filter(|before| !is_bound(*before, c)) {
            between_letters = start;
            if separates_words(before, c) {
                between_words = start;
            }
        }
        used += fonts.advance(c, style.weight) * style.size;
        if used > width + 0.01 && c != ' ' && start > 0 {
            let places = [between_words, between_letters, start];
            return places.into_iter().find(|place| *place > 0).unwrap_or(start);
        }
        before = Some(c);
    }
    text.len()
}

/// Whether punctuation holds these two neighbours together.
fn is_bound(before: char, after: char) -> bool {
    after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before)
}

/// Whether a line may end between these two neighbours without cutting a word.
fn separates_words(before: char, after: char) -> bool {
    matches!(before, ' ' | '-' | '/' | '·' | '_' | '|') || is_wide(before) || is_wide(after)
}

/// Characters of scripts without spaces between words, and full-width forms. Not Hangul: a line of
/// Korean that ends between words reads better, and a word longer than the line is cut anyway.
fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
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
