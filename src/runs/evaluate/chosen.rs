//! The values of parameters, read from an address and checked.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use indexmap::IndexMap;

use super::{FieldName, Parameter, PeriodAnchor, QuestionError};
use crate::definitions::model::{Compare, Report};
use crate::definitions::period::PeriodSpec;

/// The checked value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Chosen {
    /// A period.
    Period(ChosenPeriod),
    /// Members of a dimension; none means all.
    Members {
        /// The dimension.
        of: FieldName,
        /// The members.
        members: Vec<String>,
    },
    /// Text, a number's digits, or a date; `None` means no filter.
    Value(Option<String>),
}

/// A chosen period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ChosenPeriod {
    pub spec: PeriodSpec,
    pub compare: Compare,
    pub as_of: PeriodAnchor,
}

/// The most members one parameter takes, so that an address cannot blow up a query.
const MAX_MEMBERS: usize = 500;
/// The longest text or member, in characters, unless the definition says less.
const MAX_TEXT: usize = 1_000;

/// Reads every parameter of `report` from `given`; a missing one takes its default.
pub(super) fn read(
    report: &Report,
    given: &BTreeMap<String, Vec<String>>,
) -> Result<IndexMap<FieldName, Chosen>, QuestionError> {
    let mut chosen = IndexMap::new();
    for (name, parameter) in &report.parameters {
        let values = given.get(name.as_str()).map(Vec::as_slice);
        let value = read_one(parameter, values)
            .map_err(|problem| QuestionError::BadParameter { name: name.to_string(), problem })?;
        chosen.insert(name.clone(), value);
    }
    let reserved = |name: &str| name.starts_with('_');
    if let Some(unknown) =
        given.keys().find(|name| !reserved(name) && !report.parameters.contains_key(name.as_str()))
    {
        let valid = report.parameters.keys().map(FieldName::as_str).collect::<Vec<_>>().join(", ");
        return Err(QuestionError::BadParameter {
            name: shortened(unknown),
            problem: if valid.is_empty() {
                "the report has no parameters".into()
            } else {
                format!("there is no such parameter; the report has {valid}")
            },
        });
    }
    Ok(chosen)
}

/// The first period parameter; check allows one.
pub(super) fn period(chosen: &IndexMap<FieldName, Chosen>) -> Option<ChosenPeriod> {
    chosen.values().find_map(|value| match value {
        Chosen::Period(period) => Some(*period),
        _ => None,
    })
}

fn read_one(parameter: &Parameter, given: Option<&[String]>) -> Result<Chosen, String> {
    let single = || given.and_then(|values| values.iter().rev().find(|value| !value.is_empty()));
    let bounded = |value: &str, limit: usize| {
        let fits = value.chars().count() <= limit;
        fits.then(|| value.to_owned()).ok_or_else(|| format!("the text is longer than {limit} characters"))
    };
    match parameter {
        Parameter::Period { default, compare, as_of, .. } => {
            let text = single().cloned().unwrap_or_else(|| default.clone());
            let spec = PeriodSpec::parse(&bounded(&text, MAX_TEXT)?).map_err(|error| error.to_string())?;
            Ok(Chosen::Period(ChosenPeriod { spec, compare: *compare, as_of: *as_of }))
        }
        Parameter::Member { of, multiple, default, .. } => {
            let values = given.unwrap_or(default);
            let members: Vec<String> = values
                .iter()
                .filter(|value| !value.is_empty())
                .map(|value| bounded(value, MAX_TEXT))
                .collect::<Result<_, _>>()?;
            if members.len() > MAX_MEMBERS {
                return Err(format!("at most {MAX_MEMBERS} members can be chosen; choose none for all"));
            }
            if members.len() > 1 && !multiple {
                return Err("only one member can be chosen".into());
            }
            Ok(Chosen::Members { of: of.clone(), members })
        }
        Parameter::Text { default, max_length, .. } => {
            let limit = max_length.map_or(MAX_TEXT, |length| length as usize);
            let value = if given.is_some() { single().cloned() } else { default.clone() };
            Ok(Chosen::Value(value.map(|value| bounded(&value, limit)).transpose()?))
        }
        Parameter::Number { default, min, max, .. } => {
            let value =
                if given.is_some() { single().cloned() } else { default.map(|number| number.to_string()) };
            let Some(text) = value else { return Ok(Chosen::Value(None)) };
            let number: f64 =
                text.trim().parse().map_err(|_| format!("`{}` is not a number", shortened(&text)))?;
            if !number.is_finite()
                || min.is_some_and(|min| number < min)
                || max.is_some_and(|max| number > max)
            {
                let bound = |bound: &Option<f64>| bound.map_or("any".to_owned(), |bound| bound.to_string());
                return Err(format!(
                    "`{}` is out of range ({} to {})",
                    shortened(&text),
                    bound(min),
                    bound(max)
                ));
            }
            Ok(Chosen::Value(Some(text.trim().to_owned())))
        }
        Parameter::Date { default, .. } => {
            let value =
                if given.is_some() { single().cloned() } else { default.map(|date| date.to_string()) };
            let Some(text) = value else { return Ok(Chosen::Value(None)) };
            let date: NaiveDate = text
                .parse()
                .map_err(|_| format!("`{}` is not a date such as 2026-01-31", shortened(&text)))?;
            Ok(Chosen::Value(Some(date.to_string())))
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
