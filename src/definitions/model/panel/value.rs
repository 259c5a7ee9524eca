//! What tables and pivots show in their cells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::definitions::model::{Compare, FieldName};
use crate::format::{Grain, LocalizedText, NumberFormat};

/// A thing to show: a field by its name, what is derived from a measure (`of`), a computation
/// (`expression`), or several under one head (`group`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ShownValue {
    /// A field as it is.
    Field(FieldName),
    /// What is derived from a measure or metric.
    Of(Box<ValueOf>),
    /// A computation over the numbers of the cell.
    Computed(Box<ComputedValue>),
    /// Several things under one head.
    Group(Box<ValueGroup>),
}

/// What is derived from a measure or metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueOf {
    /// The measure or metric.
    pub of: FieldName,
    /// What is shown of it.
    #[serde(default)]
    pub show: Show,
    /// Its head; by default the measure's title, or what is shown of it.
    pub title: Option<LocalizedText>,
    /// What it is compared with; by default what the report's period says.
    pub compare: Option<Compare>,
    /// The days it is about, counted back from the last day of the report's period; by default that
    /// period.
    pub period: Option<ToDate>,
    /// The time bucket of a sparkline; by default one that gives 7 to 60 points.
    pub grain: Option<Grain>,
    /// How it is written; by default as the measure.
    pub format: Option<NumberFormat>,
    /// A result among its parts: bold, with a rule above.
    #[serde(default)]
    pub emphasis: bool,
    /// How its cells look.
    #[serde(default)]
    pub style: CellStyle,
}

/// A computation over the numbers of the cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComputedValue {
    /// An SQL expression over measures, metrics and what is derived from them: `revenue -
    /// revenue.previous`. Totals are computed from the totals of its measures.
    pub expression: String,
    /// Its head.
    pub title: LocalizedText,
    /// What its measures are compared with; by default what the report's period says.
    pub compare: Option<Compare>,
    /// The days it is about, counted back from the last day of the report's period; by default that
    /// period.
    pub period: Option<ToDate>,
    /// How it is written.
    #[serde(default)]
    pub format: NumberFormat,
    /// A result among its parts: bold, with a rule above.
    #[serde(default)]
    pub emphasis: bool,
    /// How its cells look.
    #[serde(default)]
    pub style: CellStyle,
}

/// Several things under one head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueGroup {
    /// The head.
    pub group: LocalizedText,
    /// What stands below it.
    pub values: Vec<ShownValue>,
}

/// What is shown of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    /// Itself.
    #[default]
    Value,
    /// Its value in the comparison period.
    Previous,
    /// Its difference to the comparison period.
    Difference,
    /// Its change from the comparison period in per cent (percentages: in points).
    Change,
    /// Its proportion to the comparison period: 112 % for 12 % more.
    Ratio,
    /// Its share of the grand total.
    ShareOfTotal,
    /// Its share of the row's total.
    ShareOfRow,
    /// Its share of the column's total.
    ShareOfColumn,
    /// Its share of the subtotal of its group of rows.
    ShareOfGroup,
    /// The sum from the first column of the group of columns to this one (a table: from the first row
    /// of the group of rows). Only for sums and counts.
    RunningTotal,
    /// Its position in its group of rows, 1 for the largest.
    Rank,
    /// Its difference to the column before.
    Step,
    /// Its change from the column before in per cent (percentages: in points).
    StepChange,
    /// The way it went, drawn in the cell.
    Sparkline,
}

/// Days counted back from the last day of the report's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToDate {
    /// From the first day of its month.
    MonthToDate,
    /// From the first day of its quarter.
    QuarterToDate,
    /// From the first day of its year.
    YearToDate,
    /// The twelve months that end with it.
    #[serde(rename = "last_12_months")]
    Last12Months,
}

/// How cells look by their numbers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CellStyle {
    /// A bar behind each number, as long as its part of the largest.
    pub bars: bool,
    /// Cells are coloured from the smallest number to the largest.
    pub scale: Option<ColorScale>,
    /// An icon before each number.
    pub icons: Option<IconSet>,
    /// Conditions on the numbers of the cell; all that hold apply, later ones over earlier ones.
    pub rules: Vec<CellRule>,
}

/// Colours from the smallest number to the largest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ColorScale {
    /// One of the usual ones.
    Named(NamedScale),
    /// Two colours, or three for the smallest, the middle (or zero) and the largest.
    Colors(Vec<CellColor>),
}

/// The usual colour scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NamedScale {
    /// White to blue: more is darker.
    Sequential,
    /// Orange, white, blue: below and above zero (or the middle).
    Diverging,
    /// Red, white, green: large is good.
    Good,
    /// Green, white, red: large is bad.
    Bad,
}

/// Which icon stands before which number.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IconSet {
    /// The icons.
    pub set: IconShape,
    /// From here on a number is middling; below it is low.
    pub middle_from: f64,
    /// From here on a number is high.
    pub high_from: f64,
}

/// Icons for low, middling and high numbers; their shapes tell them apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IconShape {
    /// ▼ – ▲
    Arrows,
    /// An empty, a half and a full circle.
    Circles,
}

/// A condition and what follows from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellRule {
    /// An SQL condition over the shown number (`value`), measures, metrics, what is derived from them
    /// (`revenue.change`) and the dimensions of the rows: `value < 0`, `margin < 0.2 and country = 'KR'`.
    pub when: String,
    /// The colour of the text.
    pub color: Option<CellColor>,
    /// The colour of the cell.
    pub fill: Option<CellColor>,
    /// Bold text.
    #[serde(default)]
    pub bold: bool,
    /// An icon before the number.
    pub icon: Option<CellIcon>,
}

/// An icon before a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CellIcon {
    /// ▲
    Up,
    /// –
    Level,
    /// ▼
    Down,
    /// A full circle.
    Good,
    /// A half circle.
    Fair,
    /// An empty circle.
    Poor,
}

/// A colour: `good`, `bad`, `warning`, `accent`, `muted`, or `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct CellColor(
    #[schemars(regex(pattern = r"^(good|bad|warning|accent|muted|#[0-9a-fA-F]{6})$"))] String,
);

impl CellColor {
    /// The named colours.
    const NAMES: [&str; 5] = ["good", "bad", "warning", "accent", "muted"];

    /// A named colour, or one as `#rrggbb`; the problem says which there are.
    pub fn parse(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let is_color = digits.is_some_and(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        if is_color || Self::NAMES.contains(&text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(format!("use {}, or a colour as `#1c7ed6`", Self::NAMES.join(", ")))
        }
    }

    /// The name, or `#rrggbb`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
