//! Holds what schedules are expected to cost against the budgets of the roles that pay.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Estimator, Program};
use crate::definitions::{COSTS_ID, DefinitionKind, Diagnostic, FieldPath, Severity};

/// How many schedules are named, the dearest first.
const NAMED: usize = 3;

/// A problem at each budget that the schedules of its role go over in the month of `now`, and at each report that cannot
/// be estimated.
pub async fn check_budgets(program: &Program, now: DateTime<Utc>) -> Vec<Diagnostic> {
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let file = workspace.file_of(DefinitionKind::Costs, COSTS_ID);
    let (Some(costs), Some(file)) = (&catalog.costs, file) else { return Vec::new() };
    let mut problems = Vec::new();
    let estimator = match Estimator::new(program).await {
        Ok(estimator) => estimator,
        Err(error) => {
            let path = FieldPath::root().key("budgets");
            return vec![file.problem(&path, "not_estimated", error.to_string(), None)];
        }
    };
    // What each role pays, by schedule.
    let mut roles: BTreeMap<&str, Vec<(String, i64)>> = BTreeMap::new();
    for (id, report) in &catalog.reports {
        let is_paid = costs.budgets.keys().any(|role| role.as_str() == report.owner);
        if !is_paid || !report.schedules.values().any(|schedule| schedule.enabled) {
            continue;
        }
        match estimator.report(id, report, costs.day_of(now), now).await {
            Ok(estimate) => {
                for one in estimate.schedules.iter().filter(|one| !one.failed.is_empty()) {
                    let panels =
                        one.failed.iter().map(|panel| format!("`{panel}`")).collect::<Vec<_>>().join(", ");
                    let message =
                        format!("what the schedule costs is not known: {panels} could not be planned");
                    let path = FieldPath::root().key("schedules").key(&one.name);
                    let report = workspace.file_of(DefinitionKind::Report, id.as_str());
                    let help = Some(format!("`jangpyo render {id}` says what is wrong with them"));
                    problems
                        .extend(report.map(|report| report.problem(&path, "not_estimated", message, help)));
                }
                let paid = roles.entry(report.owner.as_str()).or_default();
                let schedules = estimate.schedules.iter();
                paid.extend(schedules.map(|one| (format!("{id}/{}", one.name), one.month().cost)));
            }
            Err(error) => {
                let message = format!("what report `{id}` costs is not known: {error}");
                problems.extend(workspace.file_of(DefinitionKind::Report, id.as_str()).map(|report| {
                    report.problem(&FieldPath::root().key("schedules"), "not_estimated", message, None)
                }));
            }
        }
    }
    for (role, budget) in &costs.budgets {
        let mut paid = roles.remove(role.as_str()).unwrap_or_default();
        let sum = paid.iter().map(|(_, cost)| cost).sum::<i64>() as f64 / 1e6;
        let is_over = sum > budget.month;
        if !is_over && sum <= budget.month * budget.warn / 100.0 {
            continue;
        }
        paid.sort_by_key(|(name, cost)| (std::cmp::Reverse(*cost), name.clone()));
        let dearest = paid.iter().take(NAMED).map(|(name, cost)| format!("{name} {:.2}", *cost as f64 / 1e6));
        let dearest = dearest.collect::<Vec<_>>().join(", ");
        let currency = &costs.currency;
        let message = format!(
            "the schedules of role `{role}` are expected to cost {sum:.2} {currency} in this month, and its budget is {} \
             {currency}: {dearest}",
            budget.month
        );
        let help =
            "send less often, ask for less, or raise the budget; `jangpyo plan REPORT` shows what costs";
        let path = FieldPath::root().key("budgets").key(role.as_str()).key("month");
        let code = if is_over { "over_budget" } else { "near_budget" };
        let mut problem = file.problem(&path, code, message, Some(help.to_owned()));
        if !is_over {
            problem.severity = Severity::Warning;
        }
        problems.push(problem);
    }
    problems
}
