//! The unit note of a sheet: "(단위: 백만원)".

use crate::format::{Locale, NumberFormat};

/// The unit that amounts are divided by.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Unit {
    /// Amounts are divided by ten to this power: 6 for millions.
    pub power: u8,
    /// ISO 4217 codes of the amounts, each once, in the order of the columns; empty for numbers
    /// without a currency.
    pub currencies: Vec<String>,
}

impl Unit {
    /// Divides the amounts among `formats` by ten to `power` and takes their symbols away, because the
    /// note says them. Amounts are numbers with a currency, or, if there are none, all numbers but
    /// percentages. `None` if there is nothing to divide.
    pub fn apply<'f>(power: u8, formats: impl IntoIterator<Item = &'f mut NumberFormat>) -> Option<Self> {
        let mut formats: Vec<&mut NumberFormat> =
            formats.into_iter().filter(|format| !format.percent).collect();
        let has_currency = formats.iter().any(|format| format.currency.is_some());
        if has_currency {
            formats.retain(|format| format.currency.is_some());
        }
        if formats.is_empty() {
            return None;
        }
        let mut currencies = Vec::new();
        for format in formats {
            if let Some(currency) = format.currency.take()
                && !currencies.contains(&currency)
            {
                currencies.push(currency);
            }
            format.power = power;
            if format.decimals.is_none() {
                format.decimals = (power > 0).then_some(0);
            }
        }
        Some(Self { power, currencies })
    }

    /// The note in `locale`: "(단위: 백만원)", "(Unit: KRW million)", "（單位：百萬韓圜）".
    pub fn note(&self, locale: Locale) -> String {
        let scale = scale_word(self.power, locale);
        let name = |code: &String| match locale {
            Locale::En => format!("{code} {scale}").trim().to_owned(),
            Locale::Ko | Locale::ZhHk => format!("{scale}{}", currency_word(code, locale)),
        };
        let mut units: Vec<String> = self.currencies.iter().map(name).collect();
        if units.is_empty() {
            units.push(if scale.is_empty() { "1".to_owned() } else { scale.to_owned() });
        }
        match locale {
            Locale::Ko => format!("(단위: {})", units.join(", ")),
            Locale::En => format!("(Unit: {})", units.join(", ")),
            Locale::ZhHk => format!("（單位：{}）", units.join("、")),
        }
    }
}

fn scale_word(power: u8, locale: Locale) -> &'static str {
    let (ko, en, zh) = match power {
        3 => ("천", "thousand", "千"),
        4 => ("만", "10 thousand", "萬"),
        6 => ("백만", "million", "百萬"),
        8 => ("억", "100 million", "億"),
        9 => ("십억", "billion", "十億"),
        12 => ("조", "trillion", "兆"),
        _ => ("", "", ""),
    };
    match locale {
        Locale::Ko => ko,
        Locale::En => en,
        Locale::ZhHk => zh,
    }
}

fn currency_word(code: &str, locale: Locale) -> &str {
    let (ko, zh) = match code {
        "KRW" => ("원", "韓圜"),
        "USD" => ("달러", "美元"),
        "HKD" => ("홍콩달러", "港元"),
        "JPY" => ("엔", "日圓"),
        "CNY" => ("위안", "人民幣"),
        "EUR" => ("유로", "歐元"),
        "GBP" => ("파운드", "英鎊"),
        "TWD" => ("대만달러", "新台幣"),
        "SGD" => ("싱가포르달러", "新加坡元"),
        _ => return code,
    };
    if locale == Locale::ZhHk { zh } else { ko }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::NumberStyle;

    #[test]
    fn amounts_lose_their_symbol_and_other_numbers_are_left_alone() {
        let mut won = NumberFormat { currency: Some("KRW".into()), ..NumberFormat::default() };
        let mut count = NumberFormat { unit: Some("건".into()), ..NumberFormat::default() };
        let mut share = NumberFormat { percent: true, ..NumberFormat::default() };
        let unit = Unit::apply(6, [&mut won, &mut count, &mut share]).unwrap();
        assert_eq!(won.write(1_234_567_890, NumberStyle::Full, Locale::Ko), "1,235");
        assert_eq!(count.write(12_000, NumberStyle::Full, Locale::Ko), "12,000건");
        assert_eq!(share.write(0.5, NumberStyle::Full, Locale::Ko), "50.0%");
        assert_eq!(unit.note(Locale::Ko), "(단위: 백만원)");
        assert_eq!(unit.note(Locale::En), "(Unit: KRW million)");
        assert_eq!(unit.note(Locale::ZhHk), "（單位：百萬韓圜）");
    }

    #[test]
    fn without_a_currency_every_number_is_an_amount() {
        let mut count = NumberFormat::default();
        let unit = Unit::apply(3, [&mut count]).unwrap();
        assert_eq!(count.write(1_234_567, NumberStyle::Full, Locale::Ko), "1,235");
        assert_eq!(unit.note(Locale::Ko), "(단위: 천)");
        assert_eq!(Unit::apply(3, [&mut NumberFormat { percent: true, ..NumberFormat::default() }]), None);
    }
}
