//! Events of another dataset on the axis of a chart.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FieldFilter;
use crate::definitions::model::{DatasetId, FieldName};

/// Events of another dataset on the axis of a chart: sales campaigns, holidays, openings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Annotations {
    /// The dataset of the events, a row per event. The report's parameters and filters apply to it as
    /// to any dataset that has their fields; only events of the shown period are drawn.
    pub dataset: DatasetId,
    /// The dimension that says where an event stands: a date where `x` is dates (an event stands at the
    /// bucket its date is in), else one with the members of `x`.
    pub at: FieldName,
    /// The dimension that says what happened.
    pub text: FieldName,
    /// Events that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
}
