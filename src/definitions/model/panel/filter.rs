//! Which rows count.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OneOrMany;
use crate::definitions::model::FieldName;

/// The condition on one field: a value, a list of values, or operators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum FieldFilter {
    /// The value of a parameter; no filter while that is empty.
    Parameter {
        /// The parameter's name.
        parameter: FieldName,
    },
    /// Equal to this.
    Is(FilterValue),
    /// One of these.
    OneOf(Vec<FilterValue>),
    /// Operators; all must hold.
    Operators(Box<FilterOperators>),
}

/// Operators on a field; all that are given must hold. A value may be `{parameter: name}`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FilterOperators {
    /// Not equal to any of these.
    pub not: Option<OneOrMany<FilterValue>>,
    /// Greater than.
    pub gt: Option<FilterValue>,
    /// Greater than or equal to.
    pub gte: Option<FilterValue>,
    /// Less than.
    pub lt: Option<FilterValue>,
    /// Less than or equal to.
    pub lte: Option<FilterValue>,
    /// Text that contains this, whatever its case.
    pub contains: Option<FilterValue>,
    /// Text that starts with this.
    pub starts_with: Option<FilterValue>,
    /// `true`: only rows without a value; `false`: only rows with one.
    pub is_null: Option<bool>,
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum FilterValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, or a date as `2026-01-31`.
    Text(String),
    /// The value of a parameter.
    Parameter {
        /// The parameter's name.
        parameter: FieldName,
    },
}
