//! Where a click leads to: the report, its panel and its parameters are there.

use super::Spot;
use crate::definitions::check::Findings;
use crate::definitions::model::{Drill, FieldName};
use crate::definitions::names;

/// The report exists, and so do its parameters; `members` are the dimensions of `what` is clicked.
pub(in crate::definitions::check) fn check(
    drill: Option<&Drill>,
    members: &[&FieldName],
    what: &str,
    spot: &Spot<'_, '_>,
    findings: &mut Findings<'_>,
) {
    let Some(drill) = drill else { return };
    let path = spot.path.key("drill");
    let reports = &spot.scope.known.reports;
    let Some(target) = reports.get(drill.report.as_str()) else {
        let help = names::offer(drill.report.as_str(), "reports", reports.keys().copied());
        let message = format!("there is no report `{}`", drill.report);
        return findings.error(&path.key("report"), "unknown_report", message, help);
    };
    if let Some(panel) = &drill.panel
        && !target.panels.contains(&panel.as_str())
    {
        let help = names::offer(panel.as_str(), "panels", target.panels.iter().copied());
        let message = format!("report `{}` has no panel `{panel}`", drill.report);
        findings.error(&path.key("panel"), "unknown_panel", message, help);
    }
    for (from, to) in &drill.bind {
        let path = path.key("bind").key(from.as_str());
        if !members.contains(&from) {
            let message = format!("`{from}` is no dimension of {what}");
            let help = names::offer(from.as_str(), "dimensions", members.iter().map(|field| field.as_str()));
            findings.error_at_key(&path, "unknown_field", message, help);
        }
        if !target.parameters.contains(&to.as_str()) {
            let message = format!("report `{}` has no parameter `{to}`", drill.report);
            let help = names::offer(to.as_str(), "parameters", target.parameters.iter().copied());
            findings.error(&path, "unknown_parameter", message, help);
        }
    }
}
