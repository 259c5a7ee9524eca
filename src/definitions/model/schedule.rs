//! When a report is sent.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Delivery, FieldName};
use crate::format::Locale;

/// When a report is sent, with which parameters, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Five fields: minute, hour, day of month, month, day of week (`0 8 * * MON`). An hour that
    /// daylight saving skips fires right after the gap; one that it repeats fires once.
    pub cron: String,
    /// The IANA time zone of `cron`; by default the report's.
    pub time_zone: Option<String>,
    /// The language; by default the report's.
    pub locale: Option<Locale>,
    /// Values of the report's parameters, as in its address: `{period: last_complete_week}`.
    #[serde(default)]
    pub parameters: IndexMap<FieldName, String>,
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
