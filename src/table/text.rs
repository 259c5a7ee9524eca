//! A cell as text.

use super::{Column, Value};
use crate::format::{
    DateFormat, Grain, Locale, NO_NUMBER, Number, NumberFormat, NumberStyle, write_date, write_timestamp,
};

impl Value {
    /// The number in this cell as exact as it is; `None` for anything that is not a number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Int(number) => Some(Number::Int(*number)),
            Self::Float(number) => Some(Number::Float(*number)),
            Self::Decimal { unscaled, scale } => Some(Number::Decimal { unscaled: *unscaled, scale: *scale }),
            _ => None,
        }
    }

    /// The text of this cell in `locale`: numbers as `format` and `style` say, dates by `grain`.
    /// NULL, NaN and infinities are "–"; text stands as it is, so escape it before it meets HTML.
    pub fn text(
        &self,
        format: &NumberFormat,
        grain: Option<Grain>,
        style: NumberStyle,
        locale: Locale,
    ) -> String {
        let dates = if style == NumberStyle::Axis { DateFormat::Axis } else { DateFormat::Full };
        match self {
            Self::Null => NO_NUMBER.to_owned(),
            Self::Others => others(locale).to_owned(),
            Self::Bool(truth) => yes_or_no(*truth, locale).to_owned(),
            Self::Text(text) => text.to_string(),
            Self::Date(date) => write_date(*date, grain.unwrap_or(Grain::Day), dates, locale),
            Self::Timestamp(instant) => write_timestamp(*instant, grain, dates, locale),
            Self::Int(_) | Self::Float(_) | Self::Decimal { .. } => match self.number() {
                Some(number) => format.write(number, style, locale),
                None => NO_NUMBER.to_owned(),
            },
        }
    }
}

impl Column {
    /// The text of `value`, a cell or the total of this column, in `locale`.
    pub fn text(&self, value: &Value, style: NumberStyle, locale: Locale) -> String {
        value.text(&self.format, self.grain, style, locale)
    }
}

/// What the members outside a "top N" are called together.
pub fn others(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "기타",
        Locale::En => "Others",
        Locale::ZhHk => "其他",
    }
}

/// What the sum over some members is called.
pub fn subtotal(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "소계",
        Locale::En => "Subtotal",
        Locale::ZhHk => "小計",
    }
}

/// What the sum over everything is called.
pub fn total(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "합계",
        Locale::En => "Total",
        Locale::ZhHk => "總計",
    }
}

fn yes_or_no(truth: bool, locale: Locale) -> &'static str {
    match (truth, locale) {
        (true, Locale::Ko) => "예",
        (false, Locale::Ko) => "아니요",
        (true, Locale::En) => "Yes",
        (false, Locale::En) => "No",
        (true, Locale::ZhHk) => "是",
        (false, Locale::ZhHk) => "否",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_cell_has_its_text() {
        let text =
            |value: Value, locale| value.text(&NumberFormat::default(), None, NumberStyle::Full, locale);
        assert_eq!(text(Value::Null, Locale::Ko), "–");
        assert_eq!(text(Value::Float(f64::NAN), Locale::Ko), "–");
        assert_eq!(text(Value::Others, Locale::ZhHk), "其他");
        assert_eq!(text(Value::Bool(true), Locale::Ko), "예");
        assert_eq!(text(Value::Int(1234), Locale::En), "1,234");
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
        assert_eq!(text(Value::Date(day), Locale::En), "Jan 5, 2026");
        assert_eq!(
            text(Value::Timestamp(day.and_hms_opt(14, 3, 0).unwrap()), Locale::Ko),
            "2026-01-05 14:03"
        );
    }
}
