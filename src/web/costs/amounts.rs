//! Amounts as the page writes them: all of a column with as many decimals.

use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::web::backend::FoundCosts;

/// Below this many units of a currency, cents are too coarse.
const SMALL: f64 = 10.0;

/// How the amounts of a page are written.
pub(super) struct Amounts {
    money: NumberFormat,
    locale: Locale,
}

impl Amounts {
    pub(super) fn of(found: &FoundCosts, locale: Locale) -> Self {
        let largest = found.largest() as f64 / 1e6;
        let decimals = (largest < SMALL).then_some(4);
        let money = NumberFormat { currency: found.currency.clone(), decimals, ..NumberFormat::default() };
        Self { money, locale }
    }

    pub(super) fn locale(&self) -> Locale {
        self.locale
    }

    /// An amount in millionths.
    pub(super) fn money(&self, millionths: i64) -> String {
        self.money.write(millionths as f64 / 1e6, NumberStyle::Full, self.locale)
    }

    /// What may be spent: a round number, which needs no small parts.
    pub(super) fn budget(&self, amount: f64) -> String {
        let format = NumberFormat { decimals: None, ..self.money.clone() };
        format.write(amount, NumberStyle::Full, self.locale)
    }

    pub(super) fn count(&self, count: u64) -> String {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        NumberFormat::default().write(count, NumberStyle::Full, self.locale)
    }
}

/// A part of a whole in percent.
pub(super) fn share(part: f64, whole: f64, locale: Locale) -> String {
    let format = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    format.write(if whole > 0.0 { part / whole } else { f64::NAN }, NumberStyle::Full, locale)
}

/// The same as the width of a bar, from 0 to 100.
pub(super) fn width(part: f64, whole: f64) -> u8 {
    if whole > 0.0 { (part / whole * 100.0).clamp(0.0, 100.0).round() as u8 } else { 0 }
}

/// A time in seconds.
pub(super) fn seconds(micros: u64, locale: Locale) -> String {
    let format = NumberFormat { decimals: Some(1), ..NumberFormat::default() };
    format!("{} s", format.write(micros as f64 / 1e6, NumberStyle::Full, locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_nothing_is_no_number() {
        assert_eq!(share(0.0, 0.0, Locale::En), "–");
        assert_eq!((width(1.0, 0.0), width(3.0, 2.0), width(1.0, 3.0)), (0, 100, 33));
    }
}
