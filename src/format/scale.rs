//! The units numbers are shortened by, and the symbols and decimals of currencies.

use super::Locale;

/// A minus sign, as wide as a plus; the hyphen on the keyboard is too short.
pub(super) const MINUS: char = '\u{2212}';

/// The units of a locale: powers of ten with their names, ascending.
pub(super) struct Scale {
    units: &'static [(i32, &'static str)],
    /// How many digits before the point one unit has room for before the next takes over.
    room: i32,
}

const KO: Scale = Scale { units: &[(0, ""), (4, "만"), (8, "억"), (12, "조"), (16, "경")], room: 4 };
const ZH_HK: Scale = Scale { units: &[(0, ""), (4, "萬"), (8, "億"), (12, "兆"), (16, "京")], room: 4 };
const EN: Scale = Scale { units: &[(0, ""), (3, "K"), (6, "M"), (9, "B"), (12, "T")], room: 3 };

impl Scale {
    pub(super) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ko => &KO,
            Locale::En => &EN,
            Locale::ZhHk => &ZH_HK,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.units.len()
    }

    pub(super) fn unit(&self, index: usize) -> (i32, &'static str) {
        self.units.get(index).copied().unwrap_or((0, ""))
    }

    pub(super) fn room(&self, _index: usize) -> i32 {
        self.room
    }

    /// The largest unit that leaves at least one digit before the point.
    pub(super) fn index_for(&self, whole_digits: i32) -> usize {
        self.units.iter().rposition(|(power, _)| whole_digits > *power).unwrap_or(0)
    }

    /// The unit axis ticks up to `largest` are written in: power of ten and name.
    pub(super) fn unit_for(&self, largest: f64) -> (i32, &'static str) {
        let fits = |(power, _): &&(i32, &str)| largest >= 10f64.powi(*power) * (1.0 - 1e-9);
        self.units.iter().rev().find(fits).copied().unwrap_or((0, ""))
    }

    pub(super) fn suffix(&self, power: i32) -> &'static str {
        self.units.iter().find(|unit| unit.0 == power).map_or("", |unit| unit.1)
    }

    /// From this many digits before the point on no unit helps.
    pub(super) fn end_digits(&self) -> i32 {
        self.units.last().map_or(0, |unit| unit.0) + self.room + 2
    }

    /// From this number on no unit helps.
    pub(super) fn end(&self) -> f64 {
        10f64.powi(self.end_digits())
    }
}

/// What stands before an amount: the symbol, or the code and a space.
pub(super) fn currency_prefix(code: &str) -> String {
    let symbol = match code {
        "KRW" => "₩",
        "USD" => "$",
        "HKD" => "HK$",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "EUR" => "€",
        "GBP" => "£",
        "TWD" => "NT$",
        "SGD" => "S$",
        "AUD" => "A$",
        "CAD" => "CA$",
        "MOP" => "MOP$",
        _ => return format!("{code}\u{a0}"),
    };
    symbol.to_owned()
}

/// The decimals of a currency, after ISO 4217.
pub(super) fn currency_decimals(code: &str) -> i32 {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}
