//! What a schedule waits for before it is sent, and when it is sent at all.

use std::borrow::Cow;

use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{DatasetId, FieldName, OneOrMany, PanelId, SourceId};

/// What must be there before a report is made: all of it, at most until the deadline. Runs that somebody starts
/// by hand do not wait.
///
/// In keys and paths may stand `{scheduled_day}`, `{previous_day}`, `{period_start}` and `{period_end}`, which
/// become days such as `2026-01-31` in the time zone of the schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaitFor {
    /// Datasets, with the day their data must be complete through: `{sales: period_end}`. What a dataset says
    /// in `freshness` counts; without it, the last day it has rows of.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub datasets: IndexMap<DatasetId, DayWord>,
    /// Files, such as the marker that a load leaves behind; or folders, such as a partition, that must have a
    /// file.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub objects: OneOrMany<AwaitedObject>,
    /// Signals of other programs, with the key that names the load: `{sales_loaded: "{previous_day}"}`. They
    /// come by the API (`POST /api/v1/signals/sales_loaded`) or by `jangpyo signal`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub signals: IndexMap<FieldName, String>,
    /// Other schedules (`report/schedule`) whose latest run of the same day must have succeeded.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub schedules: OneOrMany<String>,
    /// For how long at most: `90m`, `4h`.
    pub at_most: Span,
    /// What happens then, if something is still missing.
    #[serde(default)]
    pub at_deadline: AtDeadline,
}

/// A day, as seen from the instant that a report is scheduled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayWord {
    /// The day the report is scheduled for, in the time zone of the schedule.
    ScheduledDay,
    /// The day before.
    PreviousDay,
    /// The first day of the report's period.
    PeriodStart,
    /// The last day of the report's period.
    PeriodEnd,
}

/// A file or a folder of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitedObject {
    /// The source.
    pub source: SourceId,
    /// A file within it, `l2/sales/{previous_day}/_SUCCESS`, or a folder that must have a file, which ends
    /// with `/`: `l2/sales/order_date={period_end}/`.
    pub path: String,
}

/// What happens when the deadline comes and something is still missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AtDeadline {
    /// It is not sent, and the owner is told.
    #[default]
    DoNotSend,
    /// It is sent, and says on its first sheet and in the mail what was missing.
    SendMarked,
}

/// A length of time such as `45m` or `4h`: a minute to 48 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    minutes: u16,
}

/// When there is something to send. All that is said must hold; a run that sends nothing is recorded as skipped,
/// with the reason. Whoever sends such a run again means it, and is not asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendIf {
    /// One of these tables, pivots or charts has rows.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub rows_in: OneOrMany<PanelId>,
    /// One of these key numbers lies beyond its threshold: `{margin: {below: 0.2}}`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub crossed: IndexMap<PanelId, Threshold>,
    /// One of these panels shows something else than in the run before that was sent.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub changed: OneOrMany<PanelId>,
}

/// A threshold of a key number, in the number's own unit (0.2 for 20 %).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// It is crossed above this number.
    pub above: Option<f64>,
    /// It is crossed below this number.
    pub below: Option<f64>,
}

impl WaitFor {
    /// What stands in braces in its keys and paths, with where.
    pub fn placeholders(text: &str) -> impl Iterator<Item = &str> {
        text.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(name, _)| name))
    }

    /// Every text of it that may hold days.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.signals
            .values()
            .chain(self.objects.as_slice().iter().map(|object| &object.path))
            .map(String::as_str)
    }

    /// Whether it depends on the report's period.
    pub fn needs_period(&self) -> bool {
        let words = self.texts().flat_map(Self::placeholders).filter_map(DayWord::parse);
        words.chain(self.datasets.values().copied()).any(DayWord::is_of_period)
    }
}

impl DayWord {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ScheduledDay, Self::PreviousDay, Self::PeriodStart, Self::PeriodEnd];

    /// As it stands in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScheduledDay => "scheduled_day",
            Self::PreviousDay => "previous_day",
            Self::PeriodStart => "period_start",
            Self::PeriodEnd => "period_end",
        }
    }

    /// The word called `name`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|word| word.name() == name)
    }

    /// Whether it depends on the report's period.
    pub fn is_of_period(self) -> bool {
        matches!(self, Self::PeriodStart | Self::PeriodEnd)
    }

    /// `text` with the days in the place of the words in braces. A word without a day stays as it is.
    pub fn fill(text: &str, day: impl Fn(Self) -> Option<NaiveDate>) -> String {
        Self::ALL.into_iter().fold(text.to_owned(), |text, word| match day(word) {
            Some(day) => text.replace(&format!("{{{}}}", word.name()), &day.to_string()),
            None => text,
        })
    }
}

impl Threshold {
    /// Whether `number` lies beyond it.
    pub fn is_crossed_by(self, number: f64) -> bool {
        self.above.is_some_and(|above| number > above) || self.below.is_some_and(|below| number < below)
    }
}

impl Span {
    /// An hour.
    pub const HOUR: Self = Self { minutes: 60 };

    /// The form the schema and the check ask for.
    pub(crate) const PATTERN: &str = r"^([1-9]\d{0,3}m|[1-9]\d?h)$";

    /// The longest, in hours.
    const LONGEST: u16 = 48;

    /// Reads `45m` or `4h`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let digits = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u16 = number.parse().ok().filter(|_| digits)?;
        let minutes = match unit {
            "m" => number,
            "h" => number.checked_mul(60)?,
            _ => return None,
        };
        (1..=Self::LONGEST * 60).contains(&minutes).then_some(Self { minutes })
    }

    /// Its length in minutes.
    pub fn minutes(self) -> u16 {
        self.minutes
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let minutes = self.minutes;
        if minutes.is_multiple_of(60) { write!(f, "{}h", minutes / 60) } else { write!(f, "{minutes}m") }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("a length of time such as 45m or 4h, up to 48h"))
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": Self::PATTERN })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_minutes_or_hours_within_two_days() {
        for (text, minutes) in [("1m", 1), ("45m", 45), ("4h", 240), ("48h", 2880), ("2880m", 2880)] {
            assert_eq!(Span::parse(text).unwrap().minutes(), minutes, "{text}");
        }
        for text in
            ["", "h", "0m", "04h", "49h", "2881m", "4", "4d", "-1h", "+1h", "1.5h", "4H", "시", "9999999h"]
        {
            assert_eq!(Span::parse(text), None, "{text}");
        }
        assert_eq!(Span::parse("90m").unwrap().to_string(), "90m");
        assert_eq!(Span::parse("120m").unwrap().to_string(), "2h");
    }
}
