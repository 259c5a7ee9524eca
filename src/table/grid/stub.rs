//! Row heads, merged where they repeat.

use super::{Grid, LabelText};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::table::{subtotal, total};

/// A row head as it stands in a merged grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StubCell {
    /// What it says.
    pub text: String,
    /// The first column of the stub it covers.
    pub column: usize,
    /// How many columns of the stub it covers.
    pub columns: usize,
    /// How many rows it covers.
    pub rows: usize,
    /// Where it leads to: its member, or with the innermost member the row.
    pub link: Option<String>,
}

impl Grid {
    /// The text of the member in the stub's `column` at `row`; empty where a label covers it.
    pub fn member_text(&self, row: usize, column: usize, locale: Locale) -> String {
        let Some(stub) = self.stub.get(column) else { return String::new() };
        let Some(value) = stub.cells.get(row) else { return String::new() };
        value.text(&NumberFormat::default(), stub.grain, NumberStyle::Full, locale)
    }

    /// Where the member in the stub's `column` at `row` leads to.
    pub fn member_link(&self, row: usize, column: usize) -> Option<String> {
        self.stub.get(column)?.links.get(row)?.clone()
    }

    /// The text of a row's label, if it has one.
    pub fn label_text(&self, row: usize, locale: Locale) -> Option<(usize, String)> {
        let label = self.rows.get(row)?.label.as_ref()?;
        let text = match &label.text {
            LabelText::Subtotal => subtotal(locale).to_owned(),
            LabelText::Total => total(locale).to_owned(),
            LabelText::Text(text) => text.clone(),
        };
        Some((label.from, text))
    }

    /// The columns of the stub in which a member of `row` stands: all before its label.
    pub fn members(&self, row: usize) -> std::ops::Range<usize> {
        let label = self.rows.get(row).and_then(|row| row.label.as_ref());
        0..label.map_or(self.stub.len(), |label| label.from.min(self.stub.len()))
    }

    /// Whether the head at `row` and `column` is the same group as in the row above.
    pub fn continues_above(&self, row: usize, column: usize) -> bool {
        let covers = |row: usize| self.members(row).contains(&column);
        self.merged
            && row > 0
            && self.rows.get(row).is_some_and(|own| own.opens > column)
            && covers(row)
            && covers(row - 1)
    }

    /// How many rows from `row` on, before `end`, have the same head in `column`; at least 1.
    pub fn group_rows(&self, row: usize, column: usize, end: usize) -> usize {
        1 + (row + 1..end).take_while(|next| self.continues_above(*next, column)).count()
    }

    /// The row heads that begin at `row`, where the rows `first..end` are shown together. At `first`
    /// all heads begin, also those of groups that go on from before.
    pub fn stub_cells(&self, row: usize, first: usize, end: usize, locale: Locale) -> Vec<StubCell> {
        let mut cells = Vec::new();
        for column in self.members(row) {
            if row == first || !self.continues_above(row, column) {
                let text = self.member_text(row, column, locale);
                let rows = self.group_rows(row, column, end);
                cells.push(StubCell { text, column, columns: 1, rows, link: self.member_link(row, column) });
            }
        }
        if let Some((from, text)) = self.label_text(row, locale)
            && from < self.stub.len()
        {
            cells.push(StubCell { text, column: from, columns: self.stub.len() - from, rows: 1, link: None });
        }
        // The innermost head says which row is meant.
        let own = self.rows.get(row).and_then(|row| row.link.as_ref());
        if let (Some(own), Some(last)) = (own, cells.last_mut())
            && last.link.is_none()
        {
            last.link = Some(own.clone());
        }
        cells
    }
}

impl Grid {
    /// Merges row heads that repeat those above, in a grid whose rows are not grouped by themselves.
    pub fn merge_repeated(&mut self) {
        self.merged = true;
        let depth = self.stub.len();
        for row in 1..self.rows.len() {
            let repeats = |column: &&super::StubColumn| {
                let cells = &column.cells;
                cells.get(row).is_some() && cells.get(row) == cells.get(row - 1)
            };
            let shared = self.stub.iter().take_while(repeats).count();
            // The innermost head tells rows apart, so it always begins anew.
            let opens = shared.min(depth.saturating_sub(1));
            if let Some(own) = self.rows.get_mut(row).filter(|own| own.label.is_none()) {
                own.opens = opens;
            }
        }
    }
}
