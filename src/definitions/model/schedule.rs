//! When a report is sent.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Burst, CalendarDay, CalendarId, Delivery, FieldName, OneOrMany, SendIf, Span, WaitFor};
use crate::format::{Locale, LocalizedText};

/// When a report is sent, with which parameters, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Five fields: minute, hour, day of month, month, day of week (`0 8 * * MON`). An hour that
    /// daylight saving skips fires right after the gap; one that it repeats fires once.
    pub cron: String,
    /// The IANA time zone of `cron`; by default the report's.
    pub time_zone: Option<String>,
    /// The calendar that says which days are business days: `kr`, a file in `calendars`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarId>,
    /// What happens on days of `cron` that are no business days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_holiday: Option<HolidayRule>,
    /// Only on these business days of the month, counted from 1, or from -1 back from its end: `1`, `[5, -1]`.
    /// The day fields of `cron` are `*` then.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub business_day: OneOrMany<i8>,
    /// Days on which nothing is sent, whatever else is said: `2026-12-31`, or
    /// `{from: 2026-12-24, through: 2027-01-03}`.
    #[serde(default, skip_serializing_if = "OneOrMany::is_empty")]
    pub blackout: OneOrMany<Blackout>,
    /// The first day it fires on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<CalendarDay>,
    /// The last day it fires on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends: Option<CalendarDay>,
    /// What happens to instants that passed while no server ran.
    #[serde(default, skip_serializing_if = "CatchUp::is_usual")]
    pub catch_up: CatchUp,
    /// What must be there before it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_for: Option<WaitFor>,
    /// When there is something to send; always by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_if: Option<SendIf>,
    /// Gives each recipient their own copy, about their own part of the numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<Burst>,
    /// The language; by default the report's.
    pub locale: Option<Locale>,
    /// Values of the report's parameters, as in its address: `{period: last_complete_week}`.
    #[serde(default)]
    pub parameters: IndexMap<FieldName, String>,
    /// After how long recipients are told that the report is late, if they have not got it by then: `30m`, `2h`. Nobody
    /// is told by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tell_delay: Option<Span>,
    /// What happens when a panel has an error.
    #[serde(default)]
    pub on_panel_error: PanelErrorPolicy,
    /// Whether it fires. On by default.
    #[serde(default = "on")]
    pub enabled: bool,
    /// Where it goes.
    pub deliver: Delivery,
}

fn on() -> bool {
    true
}

/// What happens on a day that is no business day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayRule {
    /// It is sent all the same.
    Run,
    /// It is not sent.
    Skip,
    /// It is sent at the same time of the next business day; once, if that day has its own.
    Next,
    /// It is sent at the same time of the business day before; once, if that day has its own.
    Previous,
}

/// Days on which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Blackout {
    /// One day.
    Day(CalendarDay),
    /// From one day through another.
    Range(BlackoutRange),
}

/// Days in a row on which nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlackoutRange {
    /// The first day.
    pub from: CalendarDay,
    /// The last day.
    pub through: CalendarDay,
    /// Why, for whoever looks at the schedule.
    pub reason: Option<LocalizedText>,
}

/// What happens to instants that passed while no server ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// The latest of them is run; the others are recorded as skipped.
    #[default]
    Latest,
    /// Each of them is run, the oldest first: at most the fifty latest.
    All,
    /// None is run that is more than five minutes late; they are recorded as skipped.
    Skip,
}

impl Schedule {
    /// How the names begin that subscriptions have as schedules; those of files begin otherwise.
    pub const SUBSCRIPTION: &str = "subscription.";

    /// Its parameters as a question takes them.
    pub fn question_parameters(&self) -> BTreeMap<String, Vec<String>> {
        self.parameters.iter().map(|(name, value)| (name.to_string(), vec![value.clone()])).collect()
    }
}

impl CatchUp {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Blackout {
    /// The first and the last day.
    pub fn days(&self) -> (CalendarDay, CalendarDay) {
        match self {
            Self::Day(day) => (*day, *day),
            Self::Range(range) => (range.from, range.through),
        }
    }
}

/// What happens when a panel of a scheduled report has an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelErrorPolicy {
    /// Nothing is sent; the run fails and says why.
    #[default]
    Stop,
    /// It is sent, with the failed panel marked.
    Mark,
}
