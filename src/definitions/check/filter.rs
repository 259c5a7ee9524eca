//! Filters: the field exists, the parameter exists, the value suits the field.

use super::Findings;
use super::report::Scope;
use crate::definitions::model::{
    DimensionType, FieldFilter, FieldName, FilterOperators, FilterValue, Parameter,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// The report's own filters apply to every panel whose dataset has the field.
pub(super) fn check_report(scope: &Scope<'_>, findings: &mut Findings<'_>) {
    for (field, condition) in &scope.report.filters {
        let path = FieldPath::root().key("filters").key(field.as_str());
        let holder = scope.datasets.values().find(|fields| fields.has_dimension(field));
        if holder.is_none() && !scope.has_unreadable_dataset && !scope.datasets.is_empty() {
            let valid: Vec<&str> = scope.datasets.values().flat_map(|fields| fields.dimensions()).collect();
            let message = format!("no dataset of this report has a dimension `{field}`");
            findings.error_at_key(
                &path,
                "unknown_field",
                message,
                names::offer(field.as_str(), "dimensions", valid),
            );
        }
        check(condition, holder.and_then(|fields| fields.type_of(field)), &path, scope, findings);
    }
}

/// One condition on a field of this type, where that is known.
pub(super) fn check(
    condition: &FieldFilter,
    kind: Option<DimensionType>,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    match condition {
        FieldFilter::Parameter { parameter: name } => {
            parameter(name, &path.key("parameter"), scope, findings);
        }
        FieldFilter::Is(found) => value(found, kind, path, scope, findings),
        FieldFilter::OneOf(values) => {
            if values.is_empty() {
                let help = "list the wanted values, or remove the filter".to_owned();
                findings.error(path, "empty", "an empty list lets no row through", help);
            }
            for (path, found) in super::items(path, values) {
                value(found, kind, &path, scope, findings);
            }
        }
        FieldFilter::Operators(operators) => check_operators(operators, kind, path, scope, findings),
    }
}

fn check_operators(
    operators: &FilterOperators,
    kind: Option<DimensionType>,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    if *operators == FilterOperators::default() {
        let help = "write a value, a list, or operators such as `{gte: 10}`".to_owned();
        findings.error_at_key(path, "empty", "this filter says nothing", help);
    }
    for (path, found) in operators
        .not
        .iter()
        .flat_map(|not| super::items(&path.key("not"), not.as_slice()).collect::<Vec<_>>())
    {
        value(found, kind, &path, scope, findings);
    }
    let comparisons =
        [("gt", &operators.gt), ("gte", &operators.gte), ("lt", &operators.lt), ("lte", &operators.lte)];
    for (key, found) in comparisons.into_iter().filter_map(|(key, found)| Some((key, found.as_ref()?))) {
        value(found, kind, &path.key(key), scope, findings);
        if kind == Some(DimensionType::Bool) {
            findings.error_at_key(&path.key(key), "wrong_type", "true and false have no order", None);
        }
    }
    let texts = [("contains", &operators.contains), ("starts_with", &operators.starts_with)];
    for (key, found) in texts.into_iter().filter_map(|(key, found)| Some((key, found.as_ref()?))) {
        let path = path.key(key);
        if kind.is_some_and(|kind| kind != DimensionType::Text) {
            findings.error_at_key(&path, "wrong_type", format!("`{key}` only works on text"), None);
        }
        value(found, None, &path, scope, findings);
    }
}

fn value(
    value: &FilterValue,
    kind: Option<DimensionType>,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    use DimensionType as T;
    use FilterValue as V;
    if let V::Parameter { parameter: name } = value {
        parameter(name, &path.key("parameter"), scope, findings);
        return;
    }
    let problem = match (kind, value) {
        (Some(T::Number), V::Text(_) | V::Bool(_)) => Some("a number"),
        (Some(T::Bool), V::Int(_) | V::Float(_) | V::Text(_)) => Some("true or false"),
        (Some(T::Date | T::Timestamp), V::Text(text)) if !is_instant(text) => {
            Some("a date such as 2026-01-31")
        }
        (Some(T::Date | T::Timestamp), V::Int(_) | V::Float(_) | V::Bool(_)) => {
            Some("a date such as 2026-01-31")
        }
        (Some(T::Text), V::Bool(_) | V::Int(_) | V::Float(_)) => Some("text; put it in quotes"),
        _ => None,
    };
    if let Some(wanted) = problem {
        findings.error(
            path,
            "wrong_type",
            "this value does not suit the type of the dimension",
            format!("write {wanted}"),
        );
    }
}

fn is_instant(text: &str) -> bool {
    text.parse::<chrono::NaiveDate>().is_ok()
        || text.parse::<chrono::NaiveDateTime>().is_ok()
        || chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").is_ok()
        || chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn parameter(name: &FieldName, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let valid = Scope::parameter_names(findings);
    if !valid.contains(&name.as_str()) {
        let help = names::offer(name.as_str(), "parameters", valid);
        findings.error(path, "unknown_parameter", format!("there is no parameter `{name}`"), help);
    } else if let Some(Parameter::Period { .. }) = scope.report.parameters.get(name) {
        let help = "it applies to the time dimension by itself; remove this filter".to_owned();
        findings.error(
            path,
            "not_applicable",
            format!("parameter `{name}` is a period and cannot be a filter's value"),
            help,
        );
    }
}
