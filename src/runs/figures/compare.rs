//! What differs between two documents.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::difference::{is_same, told};
use super::{Figures, Numbers, PanelFigures, Row, Shown};
use crate::format::Locale;

/// What differs between two documents of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentDifferences {
    /// What a copy of a burst is about; empty for the whole report.
    pub about: String,
    /// The language.
    pub locale: Locale,
    /// The period and the chosen members, before and after.
    pub subtitles: (String, String),
    /// The panels that differ, in the order of the later document.
    pub panels: Vec<PanelDifferences>,
    /// How many are equal.
    pub equal: usize,
    /// The titles of those that only the later document has.
    pub added: Vec<String>,
    /// The titles of those that only the earlier document has.
    pub removed: Vec<String>,
}

/// What differs in a panel.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct PanelDifferences {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Numbers that are others, in rows and columns that both have.
    pub values: First<ValueDifference>,
    /// The members of rows that only the later one has.
    pub rows_added: First<String>,
    /// The members of rows that only the earlier one has.
    pub rows_removed: First<String>,
    /// The titles of columns that only the later one has.
    pub columns_added: First<String>,
    /// The titles of columns that only the earlier one has.
    pub columns_removed: First<String>,
    /// How many rows there were before a limit cut them, where that differs.
    pub rows_in_all: Option<(usize, usize)>,
    /// Its words before and after, where it is one of words, or has become one or a failure.
    pub words: Option<(String, String)>,
    /// The regions whose rows its numbers lack, before and after, where those are others: numbers may differ for that.
    pub missing: Option<(Vec<String>, Vec<String>)>,
}

/// A number that is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueDifference {
    /// The members of its row; empty where there is one row.
    pub row: String,
    /// The title of its column.
    pub column: String,
    /// How it was written before.
    pub before: String,
    /// How it is written after.
    pub after: String,
    /// After less before, with its sign; of percentages in points.
    pub difference: Option<String>,
    /// The same in proportion to before.
    pub percent: Option<String>,
}

/// The first of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct First<T> {
    /// These.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: usize,
}

impl<T> Default for First<T> {
    fn default() -> Self {
        Self { items: Vec::new(), total: 0 }
    }
}

impl<T> First<T> {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Whether there are more.
    pub fn is_cut(&self) -> bool {
        self.total > self.items.len()
    }

    fn push(&mut self, most: usize, item: impl FnOnce() -> T) {
        self.total += 1;
        if self.items.len() < most {
            self.items.push(item());
        }
    }
}

impl PanelDifferences {
    /// Whether its numbers stand for members; a key number stands for itself.
    pub fn has_rows(&self) -> bool {
        self.values.items.iter().any(|value| !value.row.is_empty())
    }

    fn is_none(&self) -> bool {
        self.values.is_empty()
            && self.rows_added.is_empty()
            && self.rows_removed.is_empty()
            && self.columns_added.is_empty()
            && self.columns_removed.is_empty()
            && self.rows_in_all.is_none()
            && self.words.is_none()
            && self.missing.is_none()
    }
}

/// What differs between two documents; of each kind of difference in a panel the first `most` are told.
pub fn compare(before: &Figures, after: &Figures, most: usize) -> DocumentDifferences {
    let find = |panels: &'_ [PanelFigures], id: &str| panels.iter().position(|panel| panel.id == id);
    let title = |panel: &PanelFigures| {
        if panel.title.is_empty() { panel.id.clone() } else { panel.title.clone() }
    };
    let mut differences = DocumentDifferences {
        about: after.about.clone(),
        locale: after.locale,
        subtitles: (before.subtitle.clone(), after.subtitle.clone()),
        panels: Vec::new(),
        equal: 0,
        added: Vec::new(),
        removed: Vec::new(),
    };
    for panel in &after.panels {
        let Some(earlier) = find(&before.panels, &panel.id).and_then(|at| before.panels.get(at)) else {
            differences.added.push(title(panel));
            continue;
        };
        let found = of_panel(earlier, panel, after.locale, most);
        if found.is_none() {
            differences.equal += 1;
        } else {
            differences.panels.push(PanelDifferences { id: panel.id.clone(), title: title(panel), ..found });
        }
    }
    let gone = before.panels.iter().filter(|panel| find(&after.panels, &panel.id).is_none());
    differences.removed.extend(gone.map(title));
    differences
}

impl DocumentDifferences {
    /// Whether no panel differs.
    pub fn is_none(&self) -> bool {
        self.panels.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

fn of_panel(before: &PanelFigures, after: &PanelFigures, locale: Locale, most: usize) -> PanelDifferences {
    let found = match (&before.shows, &after.shows) {
        (Shown::Numbers(before), Shown::Numbers(after)) => of_numbers(before, after, locale, most),
        (before, after) if before == after => PanelDifferences::default(),
        (before, after) => PanelDifferences {
            words: Some((in_words(before), in_words(after))),
            ..PanelDifferences::default()
        },
    };
    let missing = (before.missing != after.missing).then(|| (before.missing.clone(), after.missing.clone()));
    PanelDifferences { missing, ..found }
}

/// What no number can be compared with.
fn in_words(shown: &Shown) -> String {
    match shown {
        Shown::Words(lines) => lines.join("\n"),
        Shown::Failed(message) => message.clone(),
        Shown::Numbers(numbers) => match numbers.rows.as_slice() {
            [row] => row.cells.iter().map(|cell| cell.1.as_str()).collect::<Vec<_>>().join(" · "),
            rows => format!("{} × {}", rows.len(), numbers.columns.len()),
        },
    }
}

fn of_numbers(before: &Numbers, after: &Numbers, locale: Locale, most: usize) -> PanelDifferences {
    let mut found = PanelDifferences::default();
    let names = |numbers: &Numbers| -> HashMap<String, usize> {
        numbers.columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect()
    };
    let (columns_before, columns_after) = (names(before), names(after));
    for column in after.columns.iter().filter(|column| !columns_before.contains_key(&column.name)) {
        found.columns_added.push(most, || column.title.clone());
    }
    for column in before.columns.iter().filter(|column| !columns_after.contains_key(&column.name)) {
        found.columns_removed.push(most, || column.title.clone());
    }
    let both: Vec<(usize, usize)> = after
        .columns
        .iter()
        .enumerate()
        .filter_map(|(at, column)| Some((*columns_before.get(&column.name)?, at)))
        .collect();
    let rows_before = identified(before);
    let earlier: HashMap<&Identity, &Row> = rows_before.iter().map(|(id, row)| (id, *row)).collect();
    let rows_after = identified(after);
    let mut met: HashSet<&Identity> = HashSet::with_capacity(rows_after.len());
    for (identity, row) in &rows_after {
        met.insert(identity);
        let Some(then) = earlier.get(identity) else {
            found.rows_added.push(most, || row_text(row, after));
            continue;
        };
        for (from, to) in &both {
            let (Some(old), Some(new)) = (then.cells.get(*from), row.cells.get(*to)) else { continue };
            if is_same(old, new) {
                continue;
            }
            found.values.push(most, || {
                let column = after.columns.get(*to);
                let format = row.format.or_else(|| column.map(|column| column.format));
                let written = format.and_then(|format| after.formats.get(format));
                let (difference, percent) =
                    written.map_or((None, None), |written| told(old, new, written, locale));
                ValueDifference {
                    row: row_text(row, after),
                    column: column.map(|column| column.title.clone()).unwrap_or_default(),
                    before: old.1.clone(),
                    after: new.1.clone(),
                    difference,
                    percent,
                }
            });
        }
    }
    for (identity, row) in &rows_before {
        if !met.contains(identity) {
            found.rows_removed.push(most, || row_text(row, before));
        }
    }
    if before.rows_before_limit != after.rows_before_limit {
        let is_cut = |numbers: &Numbers| {
            numbers.rows.iter().filter(|row| row.part.is_none()).count() < numbers.rows_before_limit
        };
        // Otherwise it says no more than the rows that were added and removed.
        if is_cut(before) || is_cut(after) {
            found.rows_in_all = Some((before.rows_before_limit, after.rows_before_limit));
        }
    }
    found
}

/// What makes a row the same row in another run: what it stands for, and which of those that stand for the same.
type Identity = (String, usize);

fn identified(numbers: &Numbers) -> Vec<(Identity, &Row)> {
    let mut times: HashMap<String, usize> = HashMap::new();
    let with_identity = |row: &'_ Row| {
        let members: Vec<_> = row.key.iter().map(|cell| &cell.0).collect();
        let measure = row.format.and_then(|format| numbers.formats.get(format)).map(|format| &format.name);
        let key = serde_json::to_string(&(&row.part, members, measure)).unwrap_or_default();
        let time = times.entry(key.clone()).or_default();
        *time += 1;
        (key, *time)
    };
    let identities: Vec<Identity> = numbers.rows.iter().map(with_identity).collect();
    identities.into_iter().zip(&numbers.rows).collect()
}

/// The members of a row for people.
fn row_text(row: &Row, numbers: &Numbers) -> String {
    let members = row.key.iter().map(|cell| cell.1.as_str()).filter(|text| !text.is_empty());
    let mut texts: Vec<&str> = members.collect();
    let measure = row.format.and_then(|format| numbers.formats.get(format));
    // Where measures stand in rows and no key names them.
    if let (true, Some(measure)) = (texts.is_empty(), measure) {
        texts.push(&measure.name);
    }
    texts.join(" · ")
}
