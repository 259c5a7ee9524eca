//! Parameters: defaults that are valid, dimensions that exist, none without effect.

use super::report::Scope;
use super::{Findings, text};
use crate::definitions::model::{
    FieldFilter, FieldName, FilterOperators, FilterValue, OneOrMany, Parameter, RESERVED,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::period::{PeriodError, PeriodSpec};

pub(super) fn check(scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let root = FieldPath::root().key("parameters");
    let mut periods = 0;
    let used = used_by_filters(scope);
    for (name, parameter) in &scope.report.parameters {
        let path = root.key(name.as_str());
        let (Parameter::Period { title, .. }
        | Parameter::Member { title, .. }
        | Parameter::Text { title, .. }
        | Parameter::Number { title, .. }
        | Parameter::Date { title, .. }) = parameter;
        text::title(title.as_ref(), &path.key("title"), findings);
        if RESERVED.contains(&name.as_str()) || name.as_str().starts_with('_') {
            let help = format!(
                "choose another name; reserved are {} and names that start with `_`",
                RESERVED.join(", ")
            );
            findings.error_at_key(
                &path,
                "reserved_name",
                "the address of a dashboard uses this name for itself",
                help,
            );
        }
        match parameter {
            Parameter::Period { default, options, .. } => {
                periods += 1;
                if periods > 1 {
                    let help = "remove one of them; panels share one period".to_owned();
                    findings.error_at_key(
                        &path,
                        "duplicate_name",
                        "a report has one parameter of type period at most",
                        help,
                    );
                }
                period(default, &path.key("default"), findings);
                for (path, option) in super::items(&path.key("options"), options) {
                    period(option, &path, findings);
                }
                let untimed =
                    !scope.datasets.is_empty() && scope.datasets.values().all(|fields| !fields.has_time());
                if untimed && !scope.has_unreadable_dataset {
                    let help = "set `time:` in the dataset to the dimension that periods apply to".to_owned();
                    findings.error_at_key(
                        &path,
                        "not_applicable",
                        "no dataset of this report has a time dimension",
                        help,
                    );
                }
            }
            Parameter::Member { of, multiple, default, .. } => {
                member(of, &path.key("of"), scope, findings);
                if !multiple && default.len() > 1 {
                    let help = "keep one, or set `multiple: true`".to_owned();
                    findings.error(
                        &path.key("default"),
                        "too_many",
                        "several members are chosen where one can be",
                        help,
                    );
                }
            }
            Parameter::Text { default, max_length, .. } => {
                let length = default.as_ref().map_or(0, |default| default.chars().count());
                if max_length.is_some_and(|max| length > max as usize) {
                    findings.error(
                        &path.key("default"),
                        "out_of_range",
                        "the default is longer than `max_length`",
                        None,
                    );
                }
            }
            Parameter::Number { default, min, max, .. } => {
                if let (Some(min), Some(max)) = (min, max)
                    && min > max
                {
                    findings.error(
                        &path.key("min"),
                        "out_of_range",
                        format!("`min` {min} is above `max` {max}"),
                        None,
                    );
                }
                let outside = default.is_some_and(|value| {
                    min.is_some_and(|min| value < min) || max.is_some_and(|max| value > max)
                });
                if outside {
                    findings.error(
                        &path.key("default"),
                        "out_of_range",
                        "the default lies outside `min` and `max`",
                        None,
                    );
                }
            }
            Parameter::Date { .. } => {}
        }
        let by_filter =
            matches!(parameter, Parameter::Text { .. } | Parameter::Number { .. } | Parameter::Date { .. });
        let complete = scope.report.panels.len() == findings.tree.keys_of("panels").len();
        let faulty = findings.faulty.iter().any(|faulty| faulty.is_within(&path));
        if by_filter && complete && !faulty && !used.contains(&name) {
            let help = format!("use it in a filter: `filters: {{field: {{parameter: {name}}}}}`");
            findings.warning_at_key(&path, "unused", format!("parameter `{name}` changes nothing"), help);
        }
    }
}

/// A period of the grammar.
pub(super) fn period(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    let Err(error) = PeriodSpec::parse(text) else { return };
    let (message, help) = match &error {
        PeriodError::Unknown { text, nearest } => {
            let near = nearest.as_ref().map_or_else(String::new, |near| format!("did you mean `{near}`? "));
            (format!("`{text}` is not a period"), Some(format!("{near}valid: {}", PeriodSpec::VALID)))
        }
        PeriodError::Inverted { start, end } => {
            ("the period ends before it starts".to_owned(), Some(format!("did you mean `{end}..{start}`?")))
        }
        PeriodError::Count { .. } | PeriodError::NoSuchDate { .. } => (error.to_string(), None),
    };
    findings.error(path, "bad_period", message, help);
}

fn member(of: &FieldName, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let found = scope.datasets.values().any(|fields| fields.has_dimension(of));
    if !found && !scope.has_unreadable_dataset && !scope.datasets.is_empty() {
        let valid: Vec<&str> = scope.datasets.values().flat_map(|fields| fields.dimensions()).collect();
        let message = format!("no dataset of this report has a dimension `{of}`");
        findings.error(path, "unknown_field", message, names::offer(of.as_str(), "dimensions", valid));
    }
}

/// The parameters that filters of the report and of its panels use.
fn used_by_filters<'a>(scope: &Scope<'a>) -> Vec<&'a FieldName> {
    let panels =
        scope.report.panels.values().filter_map(|panel| panel.filters()).flat_map(|filters| filters.values());
    let mut used = Vec::new();
    let mut note = |value: &'a FilterValue| {
        if let FilterValue::Parameter { parameter } = value {
            used.push(parameter);
        }
    };
    let mut direct = Vec::new();
    for filter in scope.report.filters.values().chain(panels) {
        match filter {
            FieldFilter::Parameter { parameter } => direct.push(parameter),
            FieldFilter::Is(value) => note(value),
            FieldFilter::OneOf(values) => values.iter().for_each(&mut note),
            FieldFilter::Operators(operators) => {
                let FilterOperators { not, gt, gte, lt, lte, contains, starts_with, is_null: _ } =
                    &**operators;
                not.iter().flat_map(OneOrMany::as_slice).for_each(&mut note);
                [gt, gte, lt, lte, contains, starts_with].into_iter().flatten().for_each(&mut note);
            }
        }
    }
    used.append(&mut direct);
    used
}
