//! A calendar: which days are business days.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::format::LocalizedText;

/// The business days of a country, a company or a plant. Schedules name it by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// What people call it.
    pub title: LocalizedText,
    /// The functional role that answers for it: exactly one.
    pub owner: String,
    /// The first day it knows the holidays of.
    pub from: CalendarDay,
    /// The last day it knows the holidays of. Of later days only the weekends are known, and whoever depends on
    /// them is warned.
    pub through: CalendarDay,
    /// The days of each week without business; Saturday and Sunday by default.
    #[serde(default = "saturday_and_sunday")]
    pub weekend: Vec<Weekday>,
    /// The holidays with their names, substitute days too: `2026-03-02: {ko: 삼일절 대체공휴일}`.
    #[serde(default)]
    pub holidays: IndexMap<CalendarDay, LocalizedText>,
    /// Days with business although they fall on a weekend or a holiday, with the reason.
    #[serde(default)]
    pub business_days: IndexMap<CalendarDay, LocalizedText>,
}

/// A day such as `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CalendarDay(pub NaiveDate);

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// Why a day has no business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOff {
    /// It is a weekend.
    Weekend,
    /// It is a holiday of this name.
    Holiday(LocalizedText),
}

fn saturday_and_sunday() -> Vec<Weekday> {
    vec![Weekday::Saturday, Weekday::Sunday]
}

impl CalendarDay {
    /// The form the schema and the check ask for.
    pub(crate) const PATTERN: &str = r"^\d{4}-\d{2}-\d{2}$";

    /// Reads `2026-01-31`, and no other way to write it.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self).filter(|day| day.to_string() == text)
    }
}

impl Calendar {
    /// Why `day` has no business; `None` where it has.
    pub fn day_off(&self, day: NaiveDate) -> Option<DayOff> {
        let key = CalendarDay(day);
        if self.business_days.contains_key(&key) {
            return None;
        }
        match self.holidays.get(&key) {
            Some(name) => Some(DayOff::Holiday(name.clone())),
            None => self.weekend.contains(&Weekday::of(day)).then_some(DayOff::Weekend),
        }
    }

    /// Whether its holidays are known around `day`.
    pub fn covers(&self, day: NaiveDate) -> bool {
        (self.from.0..=self.through.0).contains(&day)
    }
}

impl Weekday {
    fn of(day: NaiveDate) -> Self {
        match day.weekday() {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

impl std::fmt::Display for CalendarDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for CalendarDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CalendarDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a day such as 2026-01-31")))
    }
}

impl JsonSchema for CalendarDay {
    fn schema_name() -> Cow<'static, str> {
        "CalendarDay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": Self::PATTERN })
    }
}
