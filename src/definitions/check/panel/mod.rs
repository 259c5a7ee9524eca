//! Panels: what each shows exists in its dataset.

pub(super) mod drill;
mod footnote;
mod grid;
mod value;

use super::known::Fields;
use super::report::Scope;
use super::{Findings, chart, filter, narrative, report, text};
use crate::definitions::model::{Compare, DimensionType, FieldName, KpiPanel, Panel, Parameter, SortKey};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::format::Grain;

pub(super) fn check<'a>(panel: &'a Panel, path: &FieldPath, scope: &Scope<'a>, findings: &mut Findings<'_>) {
    text::title(panel.title(), &path.key("title"), findings);
    text::paragraphs(panel.note(), &path.key("note"), findings);
    footnote::check(panel, path, scope.report, findings);
    if let Panel::Text(panel) = panel {
        text::paragraphs(Some(&panel.text), &path.key("text"), findings);
        narrative::addresses(panel, path, findings);
    }
    if !report::asks(panel) {
        if let Panel::Text(panel) = panel {
            narrative::check(panel, path, None, findings);
        }
        return;
    }
    match (panel.dataset(), &scope.report.dataset) {
        (Some(dataset), _) => report::dataset_exists(dataset, &path.key("dataset"), scope.known, findings),
        (None, None) if findings.tree.entry("dataset").is_none() => {
            let help = "add `dataset:` to the report, or to this panel".to_owned();
            findings.error_at_key(
                path,
                "missing_key",
                "neither the report nor this panel names a dataset",
                help,
            );
        }
        _ => {}
    }
    let Some((dataset, fields)) = scope.dataset_of(panel) else {
        if let Panel::Chart(panel) = panel {
            chart::check_keys(panel, path, findings);
        }
        return;
    };
    let spot = Spot { path, dataset, fields, scope };
    match panel {
        Panel::Kpi(panel) => kpi(panel, &spot, findings),
        Panel::Chart(panel) => chart::check(panel, &spot, findings),
        Panel::Table(panel) => grid::table(panel, &spot, findings),
        Panel::Pivot(panel) => grid::pivot(panel, &spot, findings),
        Panel::Text(panel) => narrative::check(panel, path, Some(&spot), findings),
    }
    if let Some(filters) = panel.filters() {
        for (field, condition) in filters {
            let path = path.key("filters").key(field.as_str());
            if !fields.has_dimension(field) {
                let (message, help) = fields.no_dimension(dataset, field);
                findings.error_at_key(&path, "unknown_field", message, help);
            }
            filter::check(condition, fields.type_of(field), &path, scope, findings);
        }
    }
}

/// A panel with its dataset.
pub(super) struct Spot<'a, 's> {
    pub(super) path: &'s FieldPath,
    pub(super) dataset: &'a str,
    pub(super) fields: Fields<'a>,
    pub(super) scope: &'s Scope<'a>,
}

impl Spot<'_, '_> {
    /// `name` at `path` is a dimension.
    pub(super) fn dimension(&self, name: &FieldName, path: &FieldPath, findings: &mut Findings<'_>) {
        if !self.fields.has_dimension(name) {
            let (message, help) = self.fields.no_dimension(self.dataset, name);
            findings.error(path, "unknown_field", message, help);
        }
    }

    /// `name` at `path` is a measure or metric.
    pub(super) fn number(&self, name: &FieldName, path: &FieldPath, findings: &mut Findings<'_>) {
        if !self.fields.has_number(name) {
            let (message, help) = self.fields.no_number(self.dataset, name);
            findings.error(path, "unknown_field", message, help);
        }
    }

    /// `compare: true` has something to compare with.
    pub(super) fn compare(&self, findings: &mut Findings<'_>) {
        self.compare_at(&self.path.key("compare"), findings);
    }

    /// What stands at `path` has something to compare with.
    pub(super) fn compare_at(&self, path: &FieldPath, findings: &mut Findings<'_>) {
        let compares = |parameter: &Parameter| matches!(parameter, Parameter::Period { compare, .. } if *compare != Compare::None);
        let parameters = &self.scope.report.parameters;
        // A faulty period parameter may well have it.
        let complete = parameters.len() == findings.tree.keys_of("parameters").len();
        if complete && !parameters.values().any(compares) {
            let help = "add `compare: previous_period` to a parameter of type period".to_owned();
            findings.error(path, "not_applicable", "there is nothing to compare with", help);
        } else if !self.fields.has_time() {
            let message =
                format!("dataset `{}` has no `time`, so it cannot be compared over time", self.dataset);
            findings.error(path, "not_applicable", message, None);
        }
    }

    /// A grain goes with dates, and hours only with times.
    pub(super) fn grain(
        &self,
        grain: Grain,
        name: &FieldName,
        path: &FieldPath,
        findings: &mut Findings<'_>,
    ) {
        if !self.fields.has_dimension(name) {
            return;
        }
        if !self.fields.may_be_temporal(name) {
            let message = format!("`grain` needs a dimension of dates, but `{name}` has none");
            findings.error(
                path,
                "not_applicable",
                message,
                "remove `grain`, or choose the time dimension".to_owned(),
            );
        } else if grain == Grain::Hour && self.fields.type_of(name) == Some(DimensionType::Date) {
            let message = format!("`{name}` is a date and has no hours");
            findings.error(
                path,
                "not_applicable",
                message,
                "valid grains: day, week, month, quarter, year".to_owned(),
            );
        }
    }

    /// Every sort key is shown by the panel.
    pub(super) fn sort(&self, sort: &[SortKey], shown: &[&FieldName], findings: &mut Findings<'_>) {
        for (path, key) in super::items(&self.path.key("sort"), sort) {
            if !shown.contains(&&key.field) {
                let message =
                    format!("the panel does not show `{}`, so it cannot be sorted by it", key.field);
                let help =
                    names::offer(key.field.as_str(), "fields", shown.iter().map(|field| field.as_str()));
                findings.error(&path, "unknown_field", message, help);
            }
        }
    }
}

fn kpi(panel: &KpiPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    drill::check(panel.drill.as_ref(), &[], "a single number", spot, findings);
    spot.number(&panel.kpi, &spot.path.key("kpi"), findings);
    if panel.sparkline.is_some() && !spot.fields.has_time() {
        let message = format!("dataset `{}` has no `time`, so there is no sparkline", spot.dataset);
        findings.error(&spot.path.key("sparkline"), "not_applicable", message, None);
    }
}
