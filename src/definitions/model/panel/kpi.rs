//! One number.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Drill, FieldFilter};
use crate::definitions::model::{DatasetId, FieldName};
use crate::format::{Grain, LocalizedText};

/// One number with its change and a sparkline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KpiPanel {
    /// The measure or metric.
    pub kpi: FieldName,
    /// What stands above it; by default the measure's title.
    pub title: Option<LocalizedText>,
    /// A small line below.
    pub note: Option<LocalizedText>,
    /// Another dataset than the report's.
    pub dataset: Option<DatasetId>,
    /// Rows that count.
    #[serde(default)]
    pub filters: IndexMap<FieldName, FieldFilter>,
    /// The time bucket of the sparkline; by default one that gives 7 to 60 points.
    pub sparkline: Option<Grain>,
    /// Where a click on the number leads to: another report with the same parameters.
    pub drill: Option<Drill>,
}
