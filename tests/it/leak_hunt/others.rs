//! What only the rows of others hold: names and numbers that no answer may tell, whatever an oracle says.

use std::collections::BTreeMap;

use super::{EVENT_WORDS, ROWS, Row, rows};

pub(super) struct Others {
    names: Vec<&'static str>,
    numbers: Vec<String>,
    own: Vec<&'static str>,
}

/// Layouts break names at spaces and elsewhere.
fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether the number stands in the text by itself, not as a part of a longer one.
fn has_number(text: &str, number: &str) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(number).any(|(start, _)| {
        !is_digit(text[..start].chars().next_back()) && !is_digit(text[start + number.len()..].chars().next())
    })
}

fn with_commas(number: usize) -> String {
    let (thousands, rest) = (number / 1_000, number % 1_000);
    if thousands == 0 { rest.to_string() } else { format!("{},{rest:03}", with_commas(thousands)) }
}

impl Others {
    /// Those of whoever sees the rows that `keeps` keeps.
    pub(super) fn of(keeps: fn(&Row) -> bool) -> Self {
        let rows = rows(ROWS);
        let mut stores: BTreeMap<&'static str, (bool, usize)> = BTreeMap::new();
        for row in &rows {
            let store = stores.entry(row.store).or_default();
            store.0 |= keeps(row);
            store.1 += row.amount;
        }
        let is_own = |country: &&'static str| keeps(&Row::of_event(country));
        let (own_events, events): (Vec<_>, Vec<_>) =
            EVENT_WORDS.into_iter().partition(|(country, _)| is_own(country));
        let hidden = || stores.iter().filter(|(_, (own, _))| !own);
        let everything: usize = rows.iter().map(|row| row.amount).sum();
        let sums = hidden().map(|(_, (_, sum))| *sum).chain([everything]);
        let others = Self {
            names: hidden().map(|(store, _)| *store).chain(events.iter().map(|(_, word)| *word)).collect(),
            numbers: sums.flat_map(|sum| [sum.to_string(), with_commas(sum)]).collect(),
            own: stores
                .iter()
                .filter(|(_, (own, _))| *own)
                .map(|(store, _)| *store)
                .chain(own_events.iter().map(|(_, word)| *word))
                .collect(),
        };
        assert!(others.names.len() >= 3 && others.numbers.iter().all(|number| number.len() >= 6));
        others
    }

    /// What of others stands in a text; names that stood in the question are no news.
    pub(super) fn told(&self, text: &str, asked: &str) -> Vec<String> {
        let bare = without_space(text);
        let names =
            self.names.iter().filter(|name| !asked.contains(**name) && bare.contains(&without_space(name)));
        let numbers = self.numbers.iter().filter(|number| has_number(text, number));
        names.map(|name| (*name).to_owned()).chain(numbers.cloned()).collect()
    }

    /// Whether anything of the viewer's own stands there: a text that tells nothing proves nothing.
    pub(super) fn tells_own(&self, text: &str) -> bool {
        let bare = without_space(text);
        self.own.iter().any(|name| bare.contains(&without_space(name)))
    }
}

#[test]
fn what_everybody_sees_tells_each_what_is_of_others() {
    let stores: Vec<&str> = rows(ROWS).iter().map(|row| row.store).collect();
    let everything = stores.join(" ");
    let sum: usize = rows(ROWS).iter().map(|row| row.amount).sum();
    for subject in super::subjects() {
        let others = Others::of(subject.keeps);
        assert!(others.told(&everything, "").len() >= 2, "{}", subject.name);
        for text in [format!("<b>{}</b>", with_commas(sum)), format!("a,{sum}\n")] {
            assert_eq!(others.told(&text, "").len(), 1, "{}: {text}", subject.name);
        }
        assert_eq!(others.told(&format!("{sum}0 1{sum}"), ""), Vec::<String>::new());
        assert!(others.tells_own(&everything), "{}", subject.name);
    }
}
