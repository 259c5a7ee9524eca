//! What queries cost, and what roles may spend: `costs.yaml`.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RoleName, SourceId};

/// What queries cost, and what roles may spend. Every query is recorded with its estimated cost; without prices it costs
/// nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// The functional role that answers for this file: exactly one.
    pub owner: String,
    /// The currency of all prices and budgets, by its ISO 4217 code: `USD`, `KRW`.
    pub currency: String,
    /// The IANA zone in which days and months begin.
    #[serde(default = "usual_zone")]
    pub time_zone: String,
    /// What sources charge, by their id. Sources that are not named are free.
    #[serde(default)]
    pub prices: IndexMap<SourceId, Prices>,
    /// What functional roles may spend in a calendar month. Roles that are not named have no limit.
    #[serde(default)]
    pub budgets: IndexMap<RoleName, Budget>,
}

impl Costs {
    /// The day of an instant, where days and months of costs begin.
    pub fn day_of(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.time_zone.parse::<Tz>().unwrap_or(Tz::UTC)).date_naive()
    }
}

fn usual_zone() -> String {
    "UTC".into()
}

/// What a source charges; what is not said costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Prices {
    /// For 10¹² bytes that a query reads.
    pub per_tb_scanned: f64,
    /// For 10⁹ bytes that leave the source.
    pub per_gb_moved: f64,
    /// For a thousand requests to an object store, or statements to a database.
    pub per_1000_requests: f64,
    /// For an hour that a query runs: a warehouse's credits in an hour times the price of a credit.
    pub per_hour: f64,
    /// For a credit of a Snowflake account, by which `jangpyo costs import` replaces estimates.
    pub per_credit: f64,
    /// How many seconds a query is taken to run in estimates, before any has been measured. 1 by default.
    pub typical_seconds: f64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            per_tb_scanned: 0.0,
            per_gb_moved: 0.0,
            per_1000_requests: 0.0,
            per_hour: 0.0,
            per_credit: 0.0,
            typical_seconds: 1.0,
        }
    }
}

/// What a role may spend in a calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The amount.
    pub month: f64,
    /// The share of it, in percent, from which the page of costs warns and the role's contact gets a mail.
    #[serde(default = "usual_warning")]
    pub warn: f64,
    /// Whether queries of the role are refused once it is spent; answers that are there are still shown.
    #[serde(default)]
    pub stop: bool,
}

fn usual_warning() -> f64 {
    80.0
}
