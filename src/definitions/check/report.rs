//! Reports as a whole: datasets, pages, print settings.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::known::{Fields, Known};
use super::{Findings, filter, panel, parameter, print, schedule, text, wait, zone};
use crate::definitions::model::{DatasetId, Panel, Report, Schedule};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

/// A report with everything its parts refer to.
pub(super) struct Scope<'a> {
    pub(super) report: &'a Report,
    pub(super) known: &'a Known<'a>,
    /// The datasets its panels use and that can be read.
    pub(super) datasets: BTreeMap<&'a str, Fields<'a>>,
    /// Some dataset cannot be read, so that a field not found may still exist.
    pub(super) has_unreadable_dataset: bool,
}

pub(super) fn check(report: &Report, known: &Known<'_>, policy: &Policy, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(Some(&report.title), &root.key("title"), findings);
    text::paragraphs(report.description.as_ref(), &root.key("description"), findings);
    text::owner(&report.owner, findings);
    zone::check(&report.time_zone, &root.key("time_zone"), findings);
    if let Some(dataset) = &report.dataset {
        dataset_exists(dataset, &root.key("dataset"), known, findings);
    }
    if let Some(theme) = &report.theme
        && !known.themes.contains(&theme.as_str())
    {
        let help = names::offer(theme.as_str(), "themes", known.themes.iter().copied());
        findings.error(&root.key("theme"), "unknown_theme", format!("there is no theme `{theme}`"), help);
    }
    let scope = scope(report, known, findings);
    if report.panels.is_empty() && findings.tree.keys_of("panels").is_empty() {
        findings.error(
            &root.key("panels"),
            "empty",
            "the report has no panels",
            "add one such as `revenue: {kpi: revenue}`".to_owned(),
        );
    }
    for (id, panel) in &report.panels {
        panel::check(panel, &root.key("panels").key(id.as_str()), &scope, findings);
    }
    filter::check_report(&scope, findings);
    parameter::check(&scope, findings);
    pages(report, findings);
    print::check(&report.print, findings);
    for (name, schedule) in &report.schedules {
        let path = root.key("schedules").key(name.as_str());
        if name.as_str().starts_with(Schedule::SUBSCRIPTION) {
            let help = "give the schedule another name, such as `weekly`".to_owned();
            let message = "names that begin with `subscription.` are those of subscriptions";
            findings.error_at_key(&path, "reserved_name", message, help);
        }
        schedule::check(schedule, &path, &scope, policy, findings);
    }
    if let Some(wait_for) = &report.subscriptions.wait_for {
        let path = root.key("subscriptions").key("wait_for");
        wait::check(wait_for, &IndexMap::new(), &path, &scope, findings);
    }
}

impl<'a> Scope<'a> {
    /// The dataset of a panel with its id; `None` when there is none that can be read.
    pub(super) fn dataset_of(&self, panel: &'a Panel) -> Option<(&'a str, Fields<'a>)> {
        let id = panel.dataset().or(self.report.dataset.as_ref())?;
        self.datasets.get_key_value(id.as_str()).map(|(id, fields)| (*id, *fields))
    }

    /// The names of all parameters, the faulty ones too.
    pub(super) fn parameter_names<'t>(findings: &Findings<'t>) -> Vec<&'t str> {
        findings.tree.keys_of("parameters")
    }
}

fn scope<'a>(report: &'a Report, known: &'a Known<'a>, findings: &Findings<'_>) -> Scope<'a> {
    let mut datasets = BTreeMap::new();
    // A panel that is left out for a fault may use any dataset.
    let mut has_unreadable_dataset = findings.tree.keys_of("panels").len() != report.panels.len();
    let panels = report.panels.values().filter(|panel| asks(panel));
    for id in panels.filter_map(|panel| panel.dataset().or(report.dataset.as_ref())) {
        match known.datasets.get_key_value(id.as_str()) {
            Some((id, fields)) if fields.is_readable() => drop(datasets.insert(*id, *fields)),
            _ => has_unreadable_dataset = true,
        }
    }
    Scope { report, known, datasets, has_unreadable_dataset }
}

/// Whether a panel asks a dataset; words may do without.
pub(super) fn asks(panel: &Panel) -> bool {
    match panel {
        Panel::Text(panel) => panel.dataset.is_some() || panel.has_numbers(),
        _ => true,
    }
}

/// Reports a dataset that does not exist.
pub(super) fn dataset_exists(
    id: &DatasetId,
    path: &FieldPath,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) {
    if !known.datasets.contains_key(id.as_str()) {
        let help = names::offer(id.as_str(), "datasets", known.datasets.keys().copied());
        findings.error(path, "unknown_dataset", format!("there is no dataset `{id}`"), help);
    }
}

fn pages(report: &Report, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    let panels = findings.tree.keys_of("panels");
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    for (page_path, page) in super::items(&root.key("pages"), &report.pages) {
        for (row_path, row) in super::items(&page_path.key("rows"), &page.rows) {
            if row.is_empty() {
                findings.error(&row_path, "empty", "this row has no panels", "remove it".to_owned());
            }
            if row.len() > 6 {
                findings.error(
                    &row_path,
                    "too_many",
                    format!("{} panels do not fit side by side; at most 6 do", row.len()),
                    None,
                );
            }
            for (path, panel) in super::items(&row_path, row) {
                if !panels.contains(&panel.as_str()) {
                    let help = names::offer(panel.as_str(), "panels", panels.iter().copied());
                    findings.error(&path, "unknown_panel", format!("there is no panel `{panel}`"), help);
                } else if !placed.insert(panel.as_str()) {
                    let help = "each panel stands once; give a second one its own id".to_owned();
                    findings.error(
                        &path,
                        "duplicate_panel",
                        format!("panel `{panel}` is placed already"),
                        help,
                    );
                }
            }
        }
    }
    if report.pages.is_empty() {
        return;
    }
    for panel in panels.iter().filter(|panel| !placed.contains(**panel)) {
        let path = root.key("panels").key(panel);
        let help = "add it to a row under `pages`, or remove it".to_owned();
        let message = format!("panel `{}` is on no page and is never shown", names::printable(panel));
        findings.warning_at_key(&path, "never_shown", message, help);
    }
}
