//! Marks of footnotes in running text.

use std::borrow::Cow;

/// A number in small raised digits: ¹².
pub fn superscript(number: usize) -> String {
    let digit = |c: char| match c {
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    };
    number.to_string().chars().map(digit).collect()
}

/// The numbers of the notes that a text refers to by `[^1]`, as authors of Markdown write it.
pub fn footnote_numbers(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.match_indices("[^").filter_map(|(start, _)| number_at(&text[start..]).map(|(number, _)| number))
}

/// The text with `[^1]` as raised ¹.
pub(super) fn with_marks(text: &str) -> Cow<'_, str> {
    if !text.contains("[^") {
        return Cow::Borrowed(text);
    }
    let mut marked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("[^") {
        let (before, from) = rest.split_at(start);
        marked.push_str(before);
        let (mark, after) = match number_at(from) {
            Some((number, length)) => (superscript(number), &from[length..]),
            None => ("[^".to_owned(), &from[2..]),
        };
        marked.push_str(&mark);
        rest = after;
    }
    marked.push_str(rest);
    Cow::Owned(marked)
}

/// The number of the mark that a text begins with, and the length of the mark.
fn number_at(text: &str) -> Option<(usize, usize)> {
    let digits = text.strip_prefix("[^")?;
    let end = digits.find(']').filter(|end| (1..=2).contains(end))?;
    let number = digits[..end].parse().ok().filter(|number| *number > 0)?;
    digits[..end].bytes().all(|byte| byte.is_ascii_digit()).then_some((number, "[^".len() + end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_raised_and_everything_else_stays() {
        let cases = [
            ("매출[^1]은 늘고[^12] 있다", "매출¹은 늘고¹² 있다"),
            ("[^x] [^] [^0] [^123] [^+1] [^1", "[^x] [^] [^0] [^123] [^+1] [^1"),
            ("[^[^2]가", "[^²가"),
            ("", ""),
        ];
        for (text, marked) in cases {
            assert_eq!(with_marks(text), marked, "{text}");
        }
        assert_eq!(footnote_numbers("a[^2] b[^1]c [^x]").collect::<Vec<_>>(), [2, 1]);
    }
}
