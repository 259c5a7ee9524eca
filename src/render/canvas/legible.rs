//! Text as the bundled fonts can show it: nothing invisible, nothing silently boxed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::{FontSet, Weight};

/// Rewrites `text` so that every character of it has a glyph in a bundled font, and adds the
/// characters that had none to `missing`; they stand as their codes: `[U+13000]`, a word of them as
/// `[U+05D0 05D1]`.
///
/// Line breaks and tabs become spaces. Control characters, joiners, direction marks and variation
/// selectors are left out: they draw nothing, and may turn the reading order of what follows.
pub fn legible<'a>(text: &'a str, missing: &mut BTreeSet<char>) -> Cow<'a, str> {
    let fonts = FontSet::in_use();
    let as_is = |c: char| {
        matches!(c, ' '..='~') || (visible(c) == Some(c) && fonts.face_for(c, Weight::Regular).is_some())
    };
    if text.chars().all(as_is) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut in_codes = false;
    for c in text.chars().filter_map(visible) {
        let is_missing = fonts.face_for(c, Weight::Regular).is_none();
        match (in_codes, is_missing) {
            (false, true) => shown.push_str("[U+"),
            (true, true) => shown.push(' '),
            (true, false) => shown.push(']'),
            (false, false) => {}
        }
        in_codes = is_missing;
        if is_missing {
            missing.insert(c);
            // Writing to a string does not fail.
            let _ = write!(shown, "{:04X}", c as u32);
        } else {
            shown.push(c);
        }
    }
    if in_codes {
        shown.push(']');
    }
    Cow::Owned(shown)
}

/// The character to show for `c`; `None` for those that show nothing.
fn visible(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' | '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{202f}' => Some(' '),
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{feff}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{e0000}'..='\u{e0fff}' => None,
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> (String, Vec<char>) {
        let mut missing = BTreeSet::new();
        let shown = legible(text, &mut missing).into_owned();
        (shown, missing.into_iter().collect())
    }

    #[test]
    fn a_character_without_a_glyph_is_written_as_its_code_and_reported_once() {
        assert_eq!(shown("매출 𓀀 銷售 𓀀"), ("매출 [U+13000] 銷售 [U+13000]".into(), vec!['𓀀']));
    }

    #[test]
    fn a_word_in_a_script_without_glyphs_keeps_its_letters_together() {
        assert_eq!(shown("שלום!").0, "[U+05E9 05DC 05D5 05DD]!");
    }

    #[test]
    fn what_draws_nothing_is_left_out_and_not_reported() {
        assert_eq!(shown("a\u{202e}b\u{0}\u{feff}c\nd\u{fe0f}"), ("abc d".into(), vec![]));
    }

    #[test]
    fn text_that_the_fonts_have_is_not_copied() {
        assert!(matches!(legible("매출 1,234 銷售額", &mut BTreeSet::new()), Cow::Borrowed(_)));
    }

    #[test]
    fn both_weights_have_the_same_characters() {
        // `legible` asks for Regular only.
        let fonts = FontSet::in_use();
        for c in ('\u{20}'..='\u{ffff}').chain('\u{20000}'..='\u{2ffff}') {
            let (regular, bold) = (fonts.face_for(c, Weight::Regular), fonts.face_for(c, Weight::Bold));
            assert_eq!(regular.is_some(), bold.is_some(), "U+{:04X}", c as u32);
        }
    }
}
