//! Names of worksheets, as Excel allows them.

use std::collections::BTreeSet;

/// In characters as Excel counts them: UTF-16 units.
const LONGEST: usize = 31;

/// The names in use so far.
#[derive(Debug, Default)]
pub(super) struct SheetNames {
    used: BTreeSet<String>,
}

impl SheetNames {
    /// A name for a worksheet about `title` that no other has, whatever the case.
    pub(super) fn unique(&mut self, title: &str) -> String {
        let allowed = |c: &char| !c.is_control() && !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\');
        let cleaned: String = title.chars().filter(allowed).collect();
        let cleaned = cleaned.trim().trim_matches('\'').trim();
        // Excel keeps "History" to itself.
        let cleaned =
            if cleaned.is_empty() || cleaned.eq_ignore_ascii_case("history") { "Sheet" } else { cleaned };
        let mut name = shortened(cleaned, LONGEST);
        let mut number = 2;
        while !self.used.insert(name.to_lowercase()) {
            let ending = format!(" ({number})");
            name = format!("{}{ending}", shortened(cleaned, LONGEST - ending.len()));
            number += 1;
        }
        name
    }
}

fn shortened(name: &str, most: usize) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= most
    };
    name.chars().take_while(fits).collect::<String>().trim_end_matches(['\'', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_allowed_short_and_unique_whatever_the_case() {
        let mut names = SheetNames::default();
        assert_eq!(names.unique("매출: [국가/매장]?"), "매출 국가매장");
        assert_eq!(names.unique("Sales"), "Sales");
        assert_eq!(names.unique("SALES"), "SALES (2)");
        assert_eq!(names.unique("'"), "Sheet");
        assert_eq!(names.unique("History"), "Sheet (2)");
        let long = "가".repeat(40);
        assert_eq!(names.unique(&long).chars().count(), 31);
        let second = names.unique(&long);
        assert!(second.ends_with(" (2)") && second.chars().count() == 31, "{second}");
        assert!(names.unique(&"😀".repeat(40)).encode_utf16().count() <= 31);
    }
}
