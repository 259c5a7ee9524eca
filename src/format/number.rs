//! How numbers are written: 1억 2,345만, 1.2M, ₩1,200, 45.3%, △12.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Locale;
use super::digits::Digits;
use super::scale::{MINUS, Scale, currency_decimals, currency_prefix};

/// What stands where there is no number: NULL, NaN, infinities.
pub const NO_NUMBER: &str = "–";

/// How the numbers of a measure are written. Every key is optional.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NumberFormat {
    /// ISO 4217 code (`KRW`, `HKD`, `USD`): writes the symbol and uses the currency's decimals.
    pub currency: Option<String>,
    /// Writes 0.453 as 45.3%.
    pub percent: bool,
    /// Short scale by locale: 만/억/조, 萬/億/兆, K/M/B/T.
    pub compact: bool,
    /// Digits after the decimal point, 0 to 10; by default what the style needs.
    #[schemars(range(min = 0, max = 10))]
    pub decimals: Option<u8>,
    /// How negatives look.
    pub negative: NegativeStyle,
    /// A unit behind the number: `개`, `kg`.
    pub unit: Option<String>,
    /// Negatives are red besides, where there are colours.
    pub red_negatives: bool,
    /// Written as a part of ten to this power, which the unit note of the sheet says; 0 for as it is.
    #[serde(skip)]
    pub power: u8,
}

/// How a negative number looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NegativeStyle {
    /// −1,234
    #[default]
    Minus,
    /// △1,234, as in Korean financial sheets.
    Triangle,
    /// (1,234)
    Parentheses,
}

/// Where a number is to stand, which decides how much of it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberStyle {
    /// Exactly: table cells, tooltips.
    Full,
    /// Shortened when the format says `compact`: KPI cards, data labels.
    Headline,
    /// As short as it goes: axis ticks.
    Axis,
    /// On a mark of a chart: always shortened, without currency symbol and unit, which the title and
    /// the tooltip tell.
    Mark,
}

/// A number to be written, as exact as its source has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A floating-point number; NaN and infinities are written as "–".
    Float(f64),
    /// `unscaled / 10^scale`, up to 38 digits.
    Decimal {
        /// All digits as a whole number.
        unscaled: i128,
        /// How many of them stand behind the point.
        scale: i8,
    },
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Number {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

/// From here on a floating-point number is written as 1.23E+21: its digits mean nothing any more.
const FLOAT_DIGITS: i32 = 21;

impl NumberFormat {
    /// The text of `number` where `style` says, in `locale`. Rounds halves away from zero; exact
    /// for whole numbers and decimals in [`NumberStyle::Full`] unless `decimals` asks for less.
    /// Floating-point numbers get up to two decimals (more below one). Never empty, never panics.
    pub fn write(&self, number: impl Into<Number>, style: NumberStyle, locale: Locale) -> String {
        let number = number.into();
        let (digits, exact) = match number {
            Number::Int(number) => (Some(Digits::of_decimal(i128::from(number), 0)), true),
            Number::Decimal { unscaled, scale } => {
                (Some(Digits::of_decimal(unscaled, i32::from(scale))), true)
            }
            Number::Float(number) => (Digits::of_float(number), false),
        };
        let Some(digits) = digits else { return NO_NUMBER.to_owned() };
        let digits = digits.shifted(if self.percent { 2 } else { -i32::from(self.power) });
        let short = match style {
            NumberStyle::Axis | NumberStyle::Mark => true,
            NumberStyle::Headline => self.compact && self.power == 0,
            NumberStyle::Full => false,
        };
        if short && !self.percent {
            return self.short(&digits, style, locale);
        }
        if !exact && digits.whole_digits() > FLOAT_DIGITS {
            return self.dressed(digits.negative, &digits.scientific(), "", style);
        }
        let least = self.least_decimals();
        let decimals = match self.decimals.map(i32::from) {
            Some(decimals) => decimals,
            None if self.percent && style == NumberStyle::Axis => 2.min(digits.fraction_digits()),
            None if self.percent => {
                if digits.whole_digits() < 1 && !digits.is_zero() {
                    2
                } else {
                    1
                }
            }
            None if self.currency.is_some() => least,
            None if exact => digits.fraction_digits(),
            None => natural_decimals(&digits),
        };
        let rounded = digits.rounded(decimals);
        let shown = if self.decimals.is_some() || self.percent && style != NumberStyle::Axis {
            decimals
        } else {
            least
        };
        self.dressed(rounded.negative && !rounded.is_zero(), &rounded.text(shown), "", style)
    }

    /// The texts of axis ticks with one common unit and number of decimals, as few as tell them
    /// apart; without currency symbol and unit, which would only repeat.
    pub fn write_ticks(&self, ticks: &[f64], locale: Locale) -> Vec<String> {
        let largest = ticks.iter().map(|tick| tick.abs()).filter(|tick| tick.is_finite()).fold(0.0, f64::max);
        let power = if self.percent { -2 } else { Scale::of(locale).unit_for(largest).0 };
        let suffix = if self.percent { "" } else { Scale::of(locale).suffix(power) };
        if !self.percent && largest >= Scale::of(locale).end() {
            return ticks.iter().map(|tick| self.write(*tick, NumberStyle::Axis, locale)).collect();
        }
        let shifted: Vec<Option<Digits>> =
            ticks.iter().map(|tick| Digits::of_float(*tick).map(|digits| digits.shifted(-power))).collect();
        // Ticks are multiples of a step, but binary fractions leave dust at the fifteenth digit.
        let dust = largest.log10().max(-300.0).floor() as i32 - power;
        let decimals = shifted
            .iter()
            .flatten()
            .map(|digits| digits.clone().rounded((12 - dust).max(0)).fraction_digits())
            .max()
            .unwrap_or(0)
            .min(12);
        let text = |digits: &Option<Digits>| {
            let Some(digits) = digits else { return NO_NUMBER.to_owned() };
            let rounded = digits.clone().rounded(decimals);
            if rounded.is_zero() {
                return if self.percent { "0%".to_owned() } else { "0".to_owned() };
            }
            self.dressed(rounded.negative, &rounded.text(decimals), suffix, NumberStyle::Axis)
        };
        shifted.iter().map(text).collect()
    }

    fn short(&self, digits: &Digits, style: NumberStyle, locale: Locale) -> String {
        let scale = Scale::of(locale);
        if digits.whole_digits() > scale.end_digits() {
            return self.dressed(digits.negative, &digits.scientific(), "", style);
        }
        let mut index = scale.index_for(digits.whole_digits());
        loop {
            let (power, suffix) = scale.unit(index);
            let mantissa = digits.clone().shifted(-power);
            let decimals = match self.decimals.map(i32::from) {
                Some(decimals) => decimals,
                None if power == 0 && self.currency.is_some() => self.least_decimals(),
                None if power == 0 => natural_decimals(&mantissa),
                None if mantissa.whole_digits() <= 1 => 2,
                // A mark, and a scale by thousands, get along with three digits.
                None if mantissa.whole_digits() >= 3
                    && (style == NumberStyle::Mark || locale == Locale::En) =>
                {
                    0
                }
                None => 1,
            };
            let rounded = mantissa.rounded(decimals);
            // 9,999.96만 rounds to 10,000.0만, which is 1억.
            if rounded.whole_digits() > scale.room(index) && index + 1 < scale.len() {
                index += 1;
                continue;
            }
            let shown = match self.decimals {
                Some(decimals) => i32::from(decimals),
                None if power == 0 && style != NumberStyle::Axis => self.least_decimals(),
                None => 0,
            };
            let negative = rounded.negative && !rounded.is_zero();
            return self.dressed(negative, &rounded.text(shown), suffix, style);
        }
    }

    fn least_decimals(&self) -> i32 {
        self.currency.as_deref().map_or(0, currency_decimals)
    }

    /// Puts sign, currency, scale, percent sign and unit around the digits.
    fn dressed(&self, negative: bool, digits: &str, scale: &str, style: NumberStyle) -> String {
        let full = matches!(style, NumberStyle::Full | NumberStyle::Headline);
        let currency = self.currency.as_deref().filter(|_| full).map(currency_prefix).unwrap_or_default();
        let percent = if self.percent { "%" } else { "" };
        let unit = match self.unit.as_deref().filter(|_| full) {
            // Latin units stand apart (12 kg), Korean and Chinese counters do not (12개).
            Some(unit) if unit.starts_with(|c: char| c.is_ascii_alphanumeric()) => format!("\u{a0}{unit}"),
            Some(unit) => unit.to_owned(),
            None => String::new(),
        };
        let number = format!("{currency}{digits}{scale}{percent}{unit}");
        self.negative.sign(negative, number)
    }
}

impl NegativeStyle {
    fn sign(self, negative: bool, number: String) -> String {
        match (negative, self) {
            (false, _) => number,
            (true, Self::Minus) => format!("{MINUS}{number}"),
            (true, Self::Triangle) => format!("△{number}"),
            (true, Self::Parentheses) => format!("({number})"),
        }
    }
}

/// A relative change as a signed percentage: 0.123 is `+12.3%`; negatives by `negative`. From
/// 1,000 % on without decimals. NaN and infinities are "–".
pub fn write_change(ratio: f64, negative: NegativeStyle) -> String {
    let Some(digits) = Digits::of_float(ratio) else { return NO_NUMBER.to_owned() };
    let digits = digits.shifted(2);
    if digits.whole_digits() > FLOAT_DIGITS {
        let text = format!("{}%", digits.scientific());
        return if digits.negative { negative.sign(true, text) } else { format!("+{text}") };
    }
    let decimals = i32::from(digits.whole_digits() <= 3);
    let rounded = digits.rounded(decimals);
    let text = format!("{}%", rounded.text(decimals));
    match (rounded.is_zero(), rounded.negative) {
        (true, _) => text,
        (false, true) => negative.sign(true, text),
        (false, false) => format!("+{text}"),
    }
}

/// Two decimals, or four significant digits below one.
fn natural_decimals(digits: &Digits) -> i32 {
    if digits.whole_digits() >= 1 { 2 } else { (4 - digits.whole_digits()).min(12) }
}
