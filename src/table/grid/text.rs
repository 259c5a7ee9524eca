//! The numbers of a grid as text.

use super::{Grid, GridValue, ValueKind};
use crate::format::{Locale, NO_NUMBER, NumberFormat, NumberStyle};
use crate::table::{Change, Value};

impl Grid {
    /// The text of the cell at `row` and `column` in `locale`; empty for a sparkline.
    pub fn text(&self, row: usize, column: usize, style: NumberStyle, locale: Locale) -> String {
        match self.value_at(row, column) {
            Some(value) => value.text(self.cell(row, column), style, locale),
            None => String::new(),
        }
    }

    /// The number of decimals that the numbers of `column` need to stand below each other; `None`
    /// where each row has a format of its own, or none needs any.
    pub fn common_decimals(&self, column: usize, locale: Locale) -> Option<u8> {
        const MOST: usize = 6;
        if self.rows.iter().any(|row| row.value.is_some()) {
            return None;
        }
        let value = self.value_at(0, column).filter(|value| value.kind == ValueKind::Number)?;
        if value.format.decimals.is_some() {
            return None;
        }
        let cells = self.columns.get(column)?.cells.iter();
        let numbers = cells.filter(|cell| cell.as_f64().is_some());
        let most = numbers.map(|cell| decimals(&value.text(cell, NumberStyle::Full, locale))).max()?;
        (1..=MOST).contains(&most).then_some(most as u8)
    }
}

impl GridValue {
    /// A sparkline in words, for those who do not see it: its title, first and last number.
    pub fn way_text(&self, points: &[Option<f64>], locale: Locale) -> String {
        let write = |number: &f64| self.format.write(*number, NumberStyle::Full, locale);
        let mut known = points.iter().flatten();
        match (known.next(), known.next_back()) {
            (Some(first), Some(last)) => format!("{}: {} → {}", self.title, write(first), write(last)),
            _ => self.title.clone(),
        }
    }

    /// The text of `cell`, one of its numbers.
    pub fn text(&self, cell: &Value, style: NumberStyle, locale: Locale) -> String {
        match (self.kind, cell.as_f64()) {
            (ValueKind::Sparkline, _) => String::new(),
            (ValueKind::Number, _) | (_, None) if cell.is_null() => NO_NUMBER.to_owned(),
            (ValueKind::Change, Some(size)) => Change::Relative(size).text(self.format.negative, locale),
            (ValueKind::Points, Some(size)) => Change::Points(size).text(self.format.negative, locale),
            (ValueKind::Rank, _) => cell.text(&NumberFormat::default(), None, style, locale),
            _ => cell.text(&self.format, None, style, locale),
        }
    }
}

/// How many digits stand behind the point of a written number.
fn decimals(number: &str) -> usize {
    let Some((_, fraction)) = number.rsplit_once('.') else { return 0 };
    fraction.chars().take_while(char::is_ascii_digit).count()
}
