//! Where a line of text may end.
//!
//! Unicode's line breaking (UAX #14) says where it may; of those places a line of Korean prefers the
//! ones between words.

use unicode_linebreak::linebreaks;

/// May not stand at the start of a line, besides what Unicode says.
const NOT_FIRST: &str = "、。，．・：；？！）］｝〕〉》」』】”’,.:;?!)]}%％‰…ー々〻";
/// May not stand at the end of a line, besides what Unicode says.
const NOT_LAST: &str = "（［｛〔〈《「『【“‘([{$₩￥¥#";

/// A place where a line may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// In bytes; the next line begins here.
    pub(super) at: usize,
    /// How good it is.
    pub(super) kind: Kind,
}

/// How good a place for the end of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Only if nothing better is on the line: inside a word, or beside punctuation that binds.
    Anywhere,
    /// Between two letters that Unicode lets part, such as two syllables of Korean.
    Letters,
    /// Between words, or between ideographs.
    Words,
}

/// Every place between two characters of `text`, in order, with how good it is.
pub(super) fn places(text: &str) -> Vec<Place> {
    let mut allowed = linebreaks(text).map(|(at, _)| at).peekable();
    let mut places = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        while allowed.next_if(|place| *place < at).is_some() {}
        let is_allowed = allowed.peek() == Some(&at);
        if let Some(before) = before {
            let separates = matches!(before, '·' | '_' | '|');
            let kind = match () {
                () if is_bound(before, c) => Kind::Anywhere,
                () if separates || is_allowed && separates_words(before, c) => Kind::Words,
                () if is_allowed => Kind::Letters,
                () => Kind::Anywhere,
            };
            places.push(Place { at, kind });
        }
        before = Some(c);
    }
    places
}

/// Whether these two neighbours are held together.
fn is_bound(before: char, after: char) -> bool {
    let is_no_break = |c| matches!(c, '\u{a0}' | '\u{202f}' | '\u{2060}');
    after == ' '
        || is_no_break(before)
        || is_no_break(after)
        || NOT_FIRST.contains(after)
        || NOT_LAST.contains(before)
}

/// Whether a line that ends between these two neighbours cuts no word.
fn separates_words(before: char, after: char) -> bool {
    matches!(before, ' ' | '-' | '/' | '\u{2013}' | '\u{2014}') || is_wide(before) || is_wide(after)
}

/// Characters of scripts without spaces between words, and full-width forms. Not Hangul: a line of
/// Korean that ends between words reads better, and a word longer than the line is cut anyway.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Where the line that begins at `from` ends: the last good place of those that fit, as `fits` says of
/// each place in turn. There is at least one character on it.
pub(super) fn line_end(places: &[Place], from: usize, end: usize, fits: impl Fn(usize) -> bool) -> usize {
    let rest = places.get(places.partition_point(|place| place.at <= from)..).unwrap_or_default();
    if fits(end) {
        return end;
    }
    let mut best: Option<Place> = None;
    for place in rest {
        if !fits(place.at) {
            break;
        }
        if best.is_none_or(|best| place.kind >= best.kind) {
            best = Some(*place);
        }
    }
    best.or(rest.first().copied()).map_or(end, |place| place.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        let mut from = 0;
        let mut words = Vec::new();
        for place in places(text).into_iter().filter(|place| place.kind == Kind::Words) {
            words.push(&text[from..place.at]);
            from = place.at;
        }
        words.push(&text[from..]);
        words
    }

    #[test]
    fn korean_parts_between_words_and_chinese_between_letters() {
        assert_eq!(words("전월 대비 매출이"), ["전월 ", "대비 ", "매출이"]);
        assert_eq!(words("銷售額上升。"), ["銷", "售", "額", "上", "升。"]);
        assert!(places("매출이").iter().all(|place| place.kind == Kind::Letters));
    }

    #[test]
    fn numbers_dates_and_no_break_spaces_hold_together() {
        for text in
            ["2026-01-31", "1,234.5", "₩1,200", "12\u{a0}kg", "−12.3%", "(12%)", "A/B", "1/5", "10~20"]
        {
            let good = places(text).iter().filter(|place| place.kind > Kind::Anywhere).count();
            assert!(good == 0 || text == "A/B", "{text}: {:?}", places(text));
        }
    }

    #[test]
    fn an_opening_bracket_stays_with_what_follows() {
        for text in ["매출 （香港） 「九龍」 (a) [b]", "“인용” ‘둘’"] {
            for place in places(text).iter().filter(|place| place.kind > Kind::Anywhere) {
                let after = text[place.at..].chars().next().unwrap();
                let before = text[..place.at].chars().next_back().unwrap();
                assert!(!"）」)]”’。".contains(after) && !"（「([“‘".contains(before), "{before}{after}");
            }
        }
    }
}
