//! What a schedule waits for, and when it has something to send.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::known::Known;
use super::report::Scope;
use super::{Findings, text};
use crate::definitions::model::{
    DayWord, FieldName, Panel, PanelId, Parameter, PeriodAnchor, Report, SendIf, WaitFor,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// How many names of a circle are told.
const SHOWN_OF_A_CIRCLE: usize = 8;

pub(super) fn check(
    wait_for: &WaitFor,
    chosen: &IndexMap<FieldName, String>,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    let WaitFor { datasets, objects, signals, schedules, .. } = wait_for;
    if datasets.is_empty() && objects.is_empty() && signals.is_empty() && schedules.is_empty() {
        let tried = findings.faulty.iter().any(|faulty| faulty.is_within(path));
        if !tried {
            let help = "add `datasets: {sales: period_end}`, `objects`, `signals` or `schedules`".to_owned();
            findings.error(path, "missing_key", "the schedule does not say what it waits for", help);
        }
    }
    for dataset in datasets.keys() {
        super::report::dataset_exists(
            dataset,
            &path.key("datasets").key(dataset.as_str()),
            scope.known,
            findings,
        );
        if let Some(fields) = scope.known.datasets.get(dataset.as_str()).filter(|fields| !fields.has_time()) {
            let declares = fields.dataset.is_some_and(|dataset| dataset.freshness.is_some());
            if !declares {
                let help = "give it `time` or `freshness: {complete_through: …}`".to_owned();
                let message = format!("dataset `{dataset}` does not tell how far its data go");
                findings.error(&path.key("datasets").key(dataset.as_str()), "no_time", message, help);
            }
        }
    }
    for (path, object) in super::items(&path.key("objects"), objects.as_slice()) {
        let sources = &scope.known.sources;
        if !sources.contains(&object.source.as_str()) {
            let help = names::offer(object.source.as_str(), "sources", sources.iter().copied());
            let message = format!("there is no source `{}`", object.source);
            findings.error(&path.key("source"), "unknown_source", message, help);
        }
        object_path(&object.path, &path.key("path"), findings);
    }
    for (name, key) in signals {
        let path = path.key("signals").key(name.as_str());
        text::one_line(key, &path, findings);
        days(key, &path, findings);
    }
    for (path, other) in super::items(&path.key("schedules"), schedules.as_slice()) {
        other_schedule(other, &path, scope, findings);
    }
    if wait_for.needs_period() {
        period(chosen, path, scope, findings);
    }
}

/// A path within a source, with days in braces.
fn object_path(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    text::one_line(text, path, findings);
    days(text, path, findings);
    if text.split('/').any(|part| part == "..") || text.starts_with('/') {
        let help = "write a path within the source, such as `l2/sales/_SUCCESS`".to_owned();
        findings.error(path, "outside", "the path leaves the source", help);
    }
    if text.contains(['*', '?', '[']) {
        let help = "name one file, or a folder by a `/` at its end".to_owned();
        findings.error(path, "bad_path", "a path that is waited for has no wildcards", help);
    }
}

fn days(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    for name in WaitFor::placeholders(text).filter(|name| DayWord::parse(name).is_none()) {
        let message = format!("there is no placeholder `{{{}}}` here", names::printable(name));
        let help = names::offer(name, "placeholders", DayWord::ALL.map(DayWord::name));
        findings.error(path, "unknown_placeholder", message, help);
    }
}

fn other_schedule(other: &str, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let Some((report, name)) = other.split_once('/') else {
        let help = "write it as `report/schedule`: `store-ledger/morning`".to_owned();
        findings.error(path, "bad_name", "this does not name a schedule", help);
        return;
    };
    let Some(known) = scope.known.reports.get(report) else {
        let help = names::offer(report, "reports", scope.known.reports.keys().copied());
        let message = format!("there is no report `{}`", names::printable(report));
        findings.error(path, "unknown_report", message, help);
        return;
    };
    if !known.schedules.contains(&name) {
        let help = names::offer(name, "schedules", known.schedules.iter().copied());
        let message = format!("report `{report}` has no schedule `{}`", names::printable(name));
        findings.error(path, "unknown_schedule", message, help);
    }
}

/// Schedules of a report that wait for themselves, by way of others: none of them would ever be sent in time.
pub(super) fn check_circles(id: &str, report: &Report, known: &Known<'_>, findings: &mut Findings<'_>) {
    for (name, schedule) in &report.schedules {
        let Some(wait_for) = &schedule.wait_for else { continue };
        let own = format!("{id}/{name}");
        let path = FieldPath::root().key("schedules").key(name.as_str()).key("wait_for").key("schedules");
        let mut told = BTreeSet::new();
        for circle in &known.waiting_circles {
            let Some(at) = circle.iter().position(|member| *member == own) else { continue };
            let around: Vec<&str> =
                circle.iter().cycle().skip(at).take(circle.len() + 1).map(String::as_str).collect();
            let next = around.get(1).copied().unwrap_or_default();
            if !told.insert(next) {
                continue;
            }
            let way = if around.len() > SHOWN_OF_A_CIRCLE {
                let begin = around.get(..SHOWN_OF_A_CIRCLE - 1).unwrap_or_default().join(" → ");
                format!("{begin} → … → {own}")
            } else {
                around.join(" → ")
            };
            let place = super::items(&path, wait_for.schedules.as_slice()).find(|(_, other)| *other == next);
            let place = place.map_or_else(|| path.clone(), |(place, _)| place);
            let message = format!("schedule `{own}` waits for itself: {way}");
            let help =
                "each would wait for the other until its deadline; one of them must not wait".to_owned();
            findings.error(&place, "cycle", message, help);
        }
    }
}

/// A day of the period needs one that counts from now: the last day of the data is always there.
fn period(
    chosen: &IndexMap<FieldName, String>,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    let mut parameters = scope.report.parameters.iter();
    let found = parameters.find_map(|(name, parameter)| match parameter {
        Parameter::Period { as_of, default, .. } => Some((name, *as_of, default)),
        _ => None,
    });
    let Some((name, as_of, default)) = found else {
        let unread = findings.tree.keys_of("parameters").len() != scope.report.parameters.len();
        if !unread {
            let help = "wait for `scheduled_day` or `previous_day`, or give the report a period".to_owned();
            findings.error(path, "no_period", "the report has no period to wait for", help);
        }
        return;
    };
    let chosen = chosen.get(name).unwrap_or(default);
    if as_of == PeriodAnchor::LatestData || chosen == "as_of_latest" {
        let message = "the period counts back from the last day of the data, so its data are always there";
        let help = "wait for `scheduled_day` or `previous_day`, or let the period count from now".to_owned();
        findings.error(path, "no_effect", message, help);
    }
}

pub(super) fn check_send_if(
    send_if: &SendIf,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    let SendIf { rows_in, crossed, changed } = send_if;
    if rows_in.is_empty() && crossed.is_empty() && changed.is_empty() {
        let tried = findings.faulty.iter().any(|faulty| faulty.is_within(path));
        if !tried {
            let help =
                "add `rows_in: exceptions`, `crossed: {margin: {below: 0.2}}` or `changed: exceptions`";
            findings.error(path, "missing_key", "the schedule does not say what must hold", help.to_owned());
        }
    }
    for (path, panel) in super::items(&path.key("rows_in"), rows_in.as_slice()) {
        let has_rows = |panel: &Panel| !matches!(panel, Panel::Kpi(_) | Panel::Text(_));
        of_kind(panel, &path, "a table, a pivot or a chart", has_rows, scope, findings);
    }
    for (panel, threshold) in crossed {
        let path = path.key("crossed").key(panel.as_str());
        of_kind(panel, &path, "a key number", |panel| matches!(panel, Panel::Kpi(_)), scope, findings);
        let limits = [threshold.above, threshold.below];
        if limits.iter().all(Option::is_none) {
            findings.error(
                &path,
                "missing_key",
                "there is no threshold",
                "add `above` or `below`".to_owned(),
            );
        }
    }
    for (path, panel) in super::items(&path.key("changed"), changed.as_slice()) {
        of_kind(panel, &path, "a panel", |_| true, scope, findings);
    }
}

fn of_kind(
    id: &PanelId,
    path: &FieldPath,
    kind: &str,
    fits: impl Fn(&Panel) -> bool,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    match scope.report.panels.get(id) {
        Some(panel) if fits(panel) => {}
        Some(_) => {
            findings.error(path, "wrong_panel", format!("panel `{id}` is not {kind}"), None);
        }
        None => {
            let panels = findings.tree.keys_of("panels");
            if !panels.contains(&id.as_str()) {
                let help = names::offer(id.as_str(), "panels", panels.iter().copied());
                findings.error(path, "unknown_panel", format!("there is no panel `{id}`"), help);
            }
        }
    }
}
