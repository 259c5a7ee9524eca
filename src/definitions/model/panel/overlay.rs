//! What is drawn over and behind the marks of a chart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::definitions::model::FieldName;
use crate::format::LocalizedText;

/// A reference line on the value axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferenceLine {
    /// Where it stands: a number of the axis (`0.5` for 50 %), `average`, `median`, `max` or `min` of
    /// the drawn numbers, or a measure or metric over all that the panel asks about, such as a target.
    pub at: LineLevel,
    /// Its name; by default that of the statistic, or the title of the measure.
    pub label: Option<LocalizedText>,
    /// Its colour. `ink` by default.
    #[serde(default = "ink")]
    pub color: OverlayColor,
    /// How it is drawn. `dashed` by default.
    #[serde(default)]
    pub dash: LineDash,
    /// `combo`: the axis it is read on. `left` by default.
    #[serde(default)]
    pub axis: ValueSide,
}

/// Where a reference line stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LineLevel {
    /// A number of the axis.
    Number(f64),
    /// `average`, `median`, `max` or `min` of the drawn numbers (of stacks the heights count; the
    /// comparison period and "others" do not), or a measure or metric over all that the panel asks
    /// about.
    Name(FieldName),
}

/// A statistic of the drawn numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineStatistic {
    /// The mean.
    Average,
    /// The number in the middle.
    Median,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

impl LineLevel {
    /// The statistic it stands at, if it is one; a measure of the same name cannot be meant.
    pub fn statistic(&self) -> Option<LineStatistic> {
        let Self::Name(name) = self else { return None };
        LineStatistic::ALL.into_iter().find(|statistic| statistic.name() == name.as_str())
    }

    /// The measure or metric it stands at, if it is one.
    pub fn measure(&self) -> Option<&FieldName> {
        match self {
            Self::Name(name) if self.statistic().is_none() => Some(name),
            Self::Name(_) | Self::Number(_) => None,
        }
    }
}

impl LineStatistic {
    /// Every statistic.
    pub const ALL: [Self; 4] = [Self::Average, Self::Median, Self::Max, Self::Min];

    /// Its name in a report file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Average => "average",
            Self::Median => "median",
            Self::Max => "max",
            Self::Min => "min",
        }
    }
}

/// A colour with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OverlayColor {
    /// That of text.
    Ink,
    /// Grey.
    Muted,
    /// That of the first series.
    Accent,
    /// For the better.
    Good,
    /// For the worse.
    Bad,
}

fn ink() -> OverlayColor {
    OverlayColor::Ink
}

fn muted() -> OverlayColor {
    OverlayColor::Muted
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineDash {
    /// In one piece.
    Solid,
    /// In dashes.
    #[default]
    Dashed,
    /// In dots.
    Dotted,
}

/// A value axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueSide {
    /// The left one.
    #[default]
    Left,
    /// The right one of a combo.
    Right,
}

/// A shaded range of the left value axis, behind the marks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShadedRange {
    /// The number it begins at; by default the end of the axis.
    pub from: Option<f64>,
    /// The number it ends at; by default the end of the axis.
    pub to: Option<f64>,
    /// Its name.
    pub label: Option<LocalizedText>,
    /// Its colour. `muted` by default.
    #[serde(default = "muted")]
    pub color: OverlayColor,
}

/// How a trend is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrendMethod {
    /// Ordinary least squares over the drawn points, as Excel's linear trendline; along a time axis
    /// buckets count as equally long. From the first point to the last: nothing is forecast.
    Linear,
}

/// Measures that say how sure the numbers of `y` are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum ErrorMeasures {
    /// As far below as above the number: a measure such as the standard error.
    Around(FieldName),
    /// From one measure to another.
    Between {
        /// The measure of the lower end.
        low: FieldName,
        /// The measure of the upper end.
        high: FieldName,
    },
}

impl ErrorMeasures {
    /// The measures, each with its key where it has one.
    pub fn named(&self) -> Vec<(Option<&'static str>, &FieldName)> {
        match self {
            Self::Around(name) => vec![(None, name)],
            Self::Between { low, high } => vec![(Some("low"), low), (Some("high"), high)],
        }
    }
}
