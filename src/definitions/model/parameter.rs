//! What a viewer can choose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FieldName;
use crate::format::LocalizedText;

/// Keys of a page's address that are not parameters; no parameter can have these names.
pub const RESERVED: [&str; 9] =
    ["lang", "theme", "complete", "width", "height", "heavy", "page", "download", "bom"];

/// Something a viewer can choose. Its value stands in the page's address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Parameter {
    /// A relative or explicit range of dates; applies to the time dimension of every dataset.
    Period {
        /// What people call it.
        title: Option<LocalizedText>,
        /// The period when nothing is chosen: `last_complete_week`, `month_to_date`,
        /// `last_12_months`, `2026-01-01..2026-01-31`, …
        default: String,
        /// The choices offered; by default the usual ones.
        #[serde(default)]
        options: Vec<String>,
        /// What the numbers are compared with.
        #[serde(default)]
        compare: Compare,
        /// What relative periods count back from.
        #[serde(default)]
        as_of: PeriodAnchor,
    },
    /// Members of a dimension; filters every panel whose dataset has that dimension.
    Member {
        /// What people call it.
        title: Option<LocalizedText>,
        /// The dimension.
        of: FieldName,
        /// More than one may be chosen.
        #[serde(default)]
        multiple: bool,
        /// What is chosen at first; nothing means all.
        #[serde(default)]
        default: Vec<String>,
    },
    /// Free text, used by filters as `{parameter: name}`.
    Text {
        /// What people call it.
        title: Option<LocalizedText>,
        /// The text at first; empty means no filter.
        #[serde(default)]
        default: Option<String>,
        /// The longest text accepted, in characters.
        #[serde(default)]
        max_length: Option<u32>,
    },
    /// A number, used by filters as `{parameter: name}`.
    Number {
        /// What people call it.
        title: Option<LocalizedText>,
        /// The number at first; nothing means no filter.
        #[serde(default)]
        default: Option<f64>,
        /// The smallest accepted.
        #[serde(default)]
        min: Option<f64>,
        /// The largest accepted.
        #[serde(default)]
        max: Option<f64>,
    },
    /// One date, used by filters as `{parameter: name}`.
    Date {
        /// What people call it.
        title: Option<LocalizedText>,
        /// The date at first, as `2026-01-31`; nothing means no filter.
        #[serde(default)]
        default: Option<chrono::NaiveDate>,
    },
}

/// What numbers are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Nothing.
    #[default]
    None,
    /// The period of the same length directly before (a month before a month).
    PreviousPeriod,
    /// The same dates one year earlier (weeks: the same ISO week).
    SamePeriodLastYear,
}

/// What relative periods count back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodAnchor {
    /// The instant of viewing, or the scheduled instant.
    #[default]
    Now,
    /// The last day the data have (never later than now).
    LatestData,
}
