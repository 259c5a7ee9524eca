//! How numbers are written: 1억 2,345만, 1.2M, ₩1,200, 45.3%, △12.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
}
