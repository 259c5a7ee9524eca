//! How a number went against the comparison period.

use std::cmp::Ordering;

use super::Value;
use crate::format::{Locale, NegativeStyle, NumberFormat, write_change};

/// The change from one number to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// In proportion to the earlier number: 0.12 is +12 %.
    Relative(f64),
    /// The difference of two percentages: 0.007 is +0.7 percentage points. "55 % rose by 1 %" could
    /// mean either, so percentages are never compared in proportion.
    Points(f64),
}

impl Change {
    /// The change from `before` to `now`; `None` where one of them is no number, or for a proportion
    /// of zero.
    pub fn between(now: &Value, before: &Value, format: &NumberFormat) -> Option<Self> {
        let (now, before) = (now.as_f64()?, before.as_f64()?);
        if format.percent {
            return Some(Self::Points(now - before));
        }
        (before != 0.0).then(|| Self::Relative((now - before) / before.abs()))
    }

    /// The change as a plain number: 0.12 for 12 % as well as for 12 points.
    pub fn size(self) -> f64 {
        match self {
            Self::Relative(size) | Self::Points(size) => size,
        }
    }

    /// Up, down, or even when the written text shows no difference.
    pub fn direction(self) -> Ordering {
        let tenths = (self.size() * 1_000.0).round();
        tenths.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
    }

    /// The change with its sign: `+12.3%`, `−0.7%p`.
    pub fn text(self, negative: NegativeStyle, locale: Locale) -> String {
        let percent = write_change(self.size(), negative);
        match self {
            Self::Relative(_) => percent,
            Self::Points(_) => percent.replacen('%', points(locale), 1),
        }
    }

    /// The change without its sign, for places that show the direction by a mark: `12.3%`.
    pub fn unsigned_text(self, locale: Locale) -> String {
        let unsigned = match self {
            Self::Relative(size) => Self::Relative(size.abs()),
            Self::Points(size) => Self::Points(size.abs()),
        };
        unsigned.text(NegativeStyle::Minus, locale).trim_start_matches('+').to_owned()
    }
}

fn points(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "%p",
        Locale::En => " pp",
        Locale::ZhHk => " 個百分點",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_change_by_points_and_other_numbers_in_proportion() {
        let percent = NumberFormat { percent: true, ..NumberFormat::default() };
        let points = Change::between(&Value::Float(0.552), &Value::Float(0.545), &percent).unwrap();
        assert_eq!(points.text(NegativeStyle::Minus, Locale::Ko), "+0.7%p");
        assert_eq!(points.text(NegativeStyle::Minus, Locale::En), "+0.7 pp");
        let won = NumberFormat::default();
        let fell = Change::between(&Value::Int(90), &Value::Int(100), &won).unwrap();
        assert_eq!(fell.text(NegativeStyle::Minus, Locale::Ko), "−10.0%");
        assert_eq!((fell.unsigned_text(Locale::Ko).as_str(), fell.direction()), ("10.0%", Ordering::Less));
    }

    #[test]
    fn nothing_is_in_proportion_to_zero_but_points_are() {
        let percent = NumberFormat { percent: true, ..NumberFormat::default() };
        assert_eq!(Change::between(&Value::Int(5), &Value::Int(0), &NumberFormat::default()), None);
        assert!(Change::between(&Value::Float(0.05), &Value::Int(0), &percent).is_some());
        assert_eq!(Change::between(&Value::Null, &Value::Int(1), &percent), None);
    }

    #[test]
    fn a_change_that_rounds_away_has_no_direction() {
        assert_eq!(Change::Relative(0.0004).direction(), Ordering::Equal);
        assert_eq!(Change::Points(-0.0006).direction(), Ordering::Less);
    }
}
