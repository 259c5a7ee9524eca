//! What differs between what a file says and what is so now.

use serde::Serialize;

/// The most characters of a page's text that are quoted.
const QUOTED: usize = 160;
/// Words around the first and last difference, so that a reader finds the place.
const AROUND: usize = 3;

/// A version that is another one now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What: a dataset's id, or what the version is of.
    pub what: String,
    /// What the file says; none if it does not name it.
    pub then: Option<String>,
    /// What it is now; none if it is no longer there.
    pub now: Option<String>,
}

/// A page that is drawn otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageDifference {
    /// The number of the page, from 1.
    pub page: usize,
    /// The words of the file that differ, with a few around them; none where the words are the same, or
    /// cannot be told.
    pub file: Option<String>,
    /// The words that stand there now.
    pub now: Option<String>,
}

impl PageDifference {
    /// Compares the texts of page `page`, from 1.
    pub(super) fn of(page: usize, file: Option<&str>, now: Option<&str>) -> Self {
        let words = |text: Option<&str>| -> Vec<String> {
            text.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
        };
        let (then, today) = (words(file), words(now));
        if then == today {
            return Self { page, file: None, now: None };
        }
        let same_before = then.iter().zip(&today).take_while(|(one, two)| one == two).count();
        let rest = then.len().min(today.len()) - same_before;
        let pairs = then.iter().rev().zip(today.iter().rev()).take(rest);
        let same_after = pairs.take_while(|(one, two)| one == two).count();
        let quoted = |words: &[String]| {
            let from = same_before.saturating_sub(AROUND);
            let to = (words.len() - same_after + AROUND).min(words.len());
            let text = words.get(from..to).unwrap_or_default().join(" ");
            let cut: String = text.chars().take(QUOTED).collect();
            Some(if cut.len() < text.len() { format!("{cut}…") } else { cut })
        };
        Self { page, file: quoted(&then), now: quoted(&today) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(file: &str, now: &str) -> (Option<String>, Option<String>) {
        let difference = PageDifference::of(1, Some(file), Some(now));
        (difference.file, difference.now)
    }

    #[test]
    fn the_words_that_differ_are_quoted_with_their_neighbours() {
        assert_eq!(quoted("매출 1,234 원", "매출  1,234\n원"), (None, None));
        assert_eq!(
            quoted("a b c d 1 e f g h", "a b c d 2 e f g h"),
            (Some("b c d 1 e f g".into()), Some("b c d 2 e f g".into()))
        );
        assert_eq!(quoted("a a a", "a a"), (Some("a a a".into()), Some("a a".into())));
        assert_eq!(quoted("", "x"), (Some(String::new()), Some("x".into())));
        assert_eq!(PageDifference::of(2, None, None), PageDifference { page: 2, file: None, now: None });
        let long = quoted(&"가".repeat(1_000), "x").0.unwrap();
        assert_eq!(long.chars().count(), QUOTED + 1);
    }
}
