//! What tables and pivots show: derived values, computations, groups, and how cells look.

use std::collections::BTreeSet;

use super::Spot;
use crate::definitions::check::additive::is_not_additive;
use crate::definitions::check::{Findings, items, text};
use crate::definitions::condition::{Computation, Condition, ConditionError};
use crate::definitions::model::{
    CellStyle, ColorScale, Compare, ComputedValue, FieldName, Parameter, Show, ShownValue, ToDate, ValueOf,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::format::Grain;

/// Heads may stand this deep above each other.
const DEEPEST_GROUPS: usize = 4;

/// Where values stand, which decides what can be derived.
pub(super) struct Frame<'f> {
    /// The dimensions of the rows, innermost last.
    pub(super) rows: Vec<&'f FieldName>,
    /// Whether there are dimensions in columns.
    pub(super) has_columns: bool,
    /// Whether a plain name may be a dimension, which is a row head.
    pub(super) takes_dimensions: bool,
}

/// Checks every value at `path`; there must be some.
pub(super) fn check(
    values: &[ShownValue],
    path: &FieldPath,
    frame: &Frame<'_>,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    let mut seen = BTreeSet::new();
    list(values, path, frame, spot, 1, &mut seen, findings);
}

fn list<'v>(
    values: &'v [ShownValue],
    path: &FieldPath,
    frame: &Frame<'_>,
    spot: &Spot<'_, '_>,
    depth: usize,
    seen: &mut BTreeSet<&'v str>,
    findings: &mut Findings<'_>,
) {
    for (path, value) in items(path, values) {
        match value {
            ShownValue::Field(field) => {
                if !seen.insert(field.as_str()) {
                    let message = format!("column `{field}` stands twice");
                    findings.error(&path, "duplicate_name", message, "remove one".to_owned());
                }
                self::field(field, &path, frame, depth, spot, findings);
            }
            ShownValue::Of(value) => of(value, &path, frame, spot, findings),
            ShownValue::Computed(value) => computed(value, &path, frame, spot, findings),
            ShownValue::Group(group) => {
                text::title(Some(&group.group), &path.key("group"), findings);
                let inner = path.key("values");
                if group.values.is_empty() {
                    findings.error(&inner, "empty", "nothing stands below this head", "remove it".to_owned());
                }
                if depth >= DEEPEST_GROUPS {
                    let message = format!("heads stand at most {DEEPEST_GROUPS} deep above each other");
                    findings.error(&path, "too_deep", message, None);
                } else {
                    list(&group.values, &inner, frame, spot, depth + 1, seen, findings);
                }
            }
        }
    }
}

fn field(
    field: &FieldName,
    path: &FieldPath,
    frame: &Frame<'_>,
    depth: usize,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    let is_dimension = spot.fields.has_dimension(field);
    if frame.takes_dimensions && depth == 1 {
        if !is_dimension && !spot.fields.has_number(field) {
            let valid = [spot.fields.dimensions(), spot.fields.numbers()].concat();
            let message = format!("dataset `{}` has no field `{field}`", spot.dataset);
            findings.error(path, "unknown_field", message, names::offer(field.as_str(), "fields", valid));
        }
    } else {
        spot.number(field, path, findings);
    }
}

fn of(
    value: &ValueOf,
    path: &FieldPath,
    frame: &Frame<'_>,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    spot.number(&value.of, &path.key("of"), findings);
    text::title(value.title.as_ref(), &path.key("title"), findings);
    days(value.period, value.compare, path, spot, findings);
    let show = path.key("show");
    let refuse = |findings: &mut Findings<'_>, message: String, help: &str| {
        findings.error(&show, "not_applicable", message, help.to_owned());
    };
    match value.show {
        Show::Previous | Show::Difference | Show::Change | Show::Ratio => {
            compared(value.compare, &show, spot, findings);
        }
        Show::Step | Show::StepChange | Show::ShareOfRow if !frame.has_columns => {
            let help = "it goes with a pivot that has `columns`";
            refuse(findings, "there are no columns to go by".to_owned(), help);
        }
        Show::Rank | Show::ShareOfColumn | Show::ShareOfGroup if frame.rows.is_empty() => {
            refuse(findings, "there are no rows to go by".to_owned(), "add a dimension to the rows");
        }
        Show::RunningTotal if spot.fields.has_number(&value.of) && !spot.adds_up(&value.of) => {
            let message = format!("`{}` does not add up, so it has no running total", value.of);
            refuse(
                findings,
                message,
                "running totals are of sums and counts, not of averages, ratios and distinct counts",
            );
        }
        Show::RunningTotal if !frame.has_columns && frame.rows.is_empty() => {
            refuse(findings, "there is nothing to run along".to_owned(), "add rows or columns");
        }
        Show::Sparkline if !spot.fields.has_time() => {
            let message = format!("dataset `{}` has no `time`, so there is no sparkline", spot.dataset);
            refuse(findings, message, "set `time` in the dataset");
        }
        _ => {}
    }
    if let Some(grain) = value.grain {
        let path = path.key("grain");
        if value.show != Show::Sparkline {
            let help = "remove it, or add `show: sparkline`".to_owned();
            findings.error(&path, "not_applicable", "`grain` goes with `show: sparkline`", help);
        } else if grain == Grain::Hour {
            let help = "valid grains: day, week, month, quarter, year".to_owned();
            findings.error(&path, "not_applicable", "a sparkline in a cell has no hours", help);
        }
    }
    style(&value.style, &path.key("style"), frame, spot, value.compare, findings);
}

fn computed(
    value: &ComputedValue,
    path: &FieldPath,
    frame: &Frame<'_>,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    text::title(Some(&value.title), &path.key("title"), findings);
    days(value.period, value.compare, path, spot, findings);
    let expression = path.key("expression");
    match Computation::parse(&value.expression) {
        Ok(computation) => {
            for name in computation.names() {
                number_name(name, &expression, spot, value.compare, &[], findings);
            }
        }
        Err(error) => unreadable(error, &expression, findings),
    }
    style(&value.style, &path.key("style"), frame, spot, value.compare, findings);
}

/// A period of its own, and something to compare with, need a period in the report.
fn days(
    period: Option<ToDate>,
    compare: Option<Compare>,
    path: &FieldPath,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    let wanted = [("period", period.is_some()), ("compare", compare.is_some())];
    for (key, _) in wanted.into_iter().filter(|(_, is_given)| *is_given) {
        let path = path.key(key);
        if !spot.fields.has_time() {
            let message = format!("dataset `{}` has no `time`, so no period applies to it", spot.dataset);
            findings.error(&path, "not_applicable", message, None);
        } else if spot.has_all_parameters(findings) && !spot.has_period() {
            let help = "add a parameter of type period".to_owned();
            findings.error(&path, "not_applicable", "the report has no period to count from", help);
        }
    }
}

/// Something is compared, so there must be something to compare with.
fn compared(compare: Option<Compare>, path: &FieldPath, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    match compare {
        None => spot.compare_at(path, findings),
        Some(Compare::None) => {
            let help = "remove `compare: none`, or write `previous_period` or `same_period_last_year`";
            findings.error(path, "not_applicable", "there is nothing to compare with", help.to_owned());
        }
        Some(_) => {}
    }
}

fn style(
    style: &CellStyle,
    path: &FieldPath,
    frame: &Frame<'_>,
    spot: &Spot<'_, '_>,
    compare: Option<Compare>,
    findings: &mut Findings<'_>,
) {
    if let Some(ColorScale::Colors(colors)) = &style.scale
        && !(2..=3).contains(&colors.len())
    {
        let help = "name two colours, or three for low, middle and high".to_owned();
        findings.error(&path.key("scale"), "wrong_length", "a scale has two or three colours", help);
    }
    if let Some(icons) = style.icons
        && icons.middle_from >= icons.high_from
    {
        let help = "`middle_from` is the smaller one".to_owned();
        let message = "`middle_from` must be less than `high_from`";
        findings.error(&path.key("icons").key("middle_from"), "out_of_order", message, help);
    }
    for (path, rule) in items(&path.key("rules"), &style.rules) {
        let when = path.key("when");
        match Condition::parse(&rule.when) {
            Ok(condition) => {
                for name in condition.names().iter().filter(|name| *name != "value") {
                    number_name(name, &when, spot, compare, &frame.rows, findings);
                }
            }
            Err(error) => unreadable(error, &when, findings),
        }
        if rule.color.is_none() && rule.fill.is_none() && rule.icon.is_none() && !rule.bold {
            let help = "add `color`, `fill`, `bold` or `icon`".to_owned();
            findings.error(&path, "empty", "nothing follows from this rule", help);
        }
    }
}

/// A name in an expression is a measure, what is derived from one, or a dimension of the rows.
fn number_name(
    name: &str,
    path: &FieldPath,
    spot: &Spot<'_, '_>,
    compare: Option<Compare>,
    dimensions: &[&FieldName],
    findings: &mut Findings<'_>,
) {
    let is_number = |name: &str| FieldName::parse(name).is_ok_and(|field| spot.fields.has_number(&field));
    if is_number(name) || dimensions.iter().any(|dimension| dimension.as_str() == name) {
        return;
    }
    let base = [".previous", ".difference", ".change"].iter().find_map(|end| name.strip_suffix(end));
    if base.is_some_and(is_number) {
        return compared(compare, path, spot, findings);
    }
    let valid =
        spot.fields.numbers().into_iter().chain(dimensions.iter().map(|dimension| dimension.as_str()));
    let valid: Vec<&str> = valid.collect();
    let message = format!("`{}` is nothing this expression can use", names::printable(name));
    findings.error(path, "unknown_field", message, names::offer(base.unwrap_or(name), "names", valid));
}

fn unreadable(error: ConditionError, path: &FieldPath, findings: &mut Findings<'_>) {
    findings.error(path, "bad_expression", error.message, error.help);
}

impl Spot<'_, '_> {
    /// Whether the report lets its viewers choose a period.
    fn has_period(&self) -> bool {
        self.scope.report.parameters.values().any(|parameter| matches!(parameter, Parameter::Period { .. }))
    }

    /// Whether every parameter could be read; a faulty one may be a period.
    fn has_all_parameters(&self, findings: &Findings<'_>) -> bool {
        self.scope.report.parameters.len() == findings.tree.keys_of("parameters").len()
    }

    /// Whether the numbers of members add up to that of all, as far as can be told.
    fn adds_up(&self, field: &FieldName) -> bool {
        self.fields.dataset.is_none_or(|dataset| !is_not_additive(dataset, field))
    }
}
