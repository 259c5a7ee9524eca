//! The file of costs: do its sources and roles exist, and can its amounts be meant?

use super::known::Known;
use super::{Findings, text, zone};
use crate::definitions::catalog::COSTS_ID;
use crate::definitions::model::Costs;
use crate::definitions::names;
use crate::definitions::path::FieldPath;

/// The largest amount: sums of many must be counted to the millionth.
const MOST: f64 = 1e9;

pub(super) fn check(file: &str, costs: &Costs, known: &Known<'_>, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    if !matches!(file, "costs.yaml" | "costs.yml") {
        let message = format!("the file of costs stands as `{COSTS_ID}.yaml` at the top of the workspace");
        findings.error(&root, "bad_place", message, "there is one for all reports; move it there".to_owned());
    }
    text::owner(&costs.owner, findings);
    if costs.currency.len() != 3 || !costs.currency.chars().all(|c| c.is_ascii_uppercase()) {
        let message = format!("`{}` is no currency", names::printable(&costs.currency));
        let help = "write its ISO 4217 code, such as KRW, HKD or USD".to_owned();
        findings.error(&root.key("currency"), "bad_currency", message, help);
    }
    zone::check(&costs.time_zone, &root.key("time_zone"), findings);
    prices(costs, known, findings);
    budgets(costs, known, findings);
}

fn prices(costs: &Costs, known: &Known<'_>, findings: &mut Findings<'_>) {
    for (source, prices) in &costs.prices {
        let path = FieldPath::root().key("prices").key(source.as_str());
        if !known.sources.contains(&source.as_str()) {
            let message = format!("there is no source `{source}`");
            let help = names::offer(source.as_str(), "sources", known.sources.iter().copied());
            findings.error_at_key(&path, "unknown_source", message, help);
        }
        let all = [
            ("per_tb_scanned", prices.per_tb_scanned),
            ("per_gb_moved", prices.per_gb_moved),
            ("per_1000_requests", prices.per_1000_requests),
            ("per_hour", prices.per_hour),
            ("per_credit", prices.per_credit),
        ];
        for (name, price) in all {
            if !(0.0..=MOST).contains(&price) {
                let help = format!("a price lies between 0 and {MOST}");
                findings.error(&path.key(name), "out_of_range", format!("{price} cannot be a price"), help);
            }
        }
        if !(0.0..=86_400.0).contains(&prices.typical_seconds) {
            let help = "write the seconds that a usual query of this source runs, such as 2".to_owned();
            let message = format!("{} cannot be how long queries run", prices.typical_seconds);
            findings.error(&path.key("typical_seconds"), "out_of_range", message, help);
        }
        if all.iter().all(|(_, price)| *price == 0.0) {
            let help = "leave the source out: what is not named is free".to_owned();
            findings.warning_at_key(&path, "no_effect", format!("source `{source}` has no price"), help);
        }
    }
    if costs.prices.is_empty() && !costs.budgets.is_empty() {
        let source = known.sources.first().copied().unwrap_or("lake");
        let help = format!("write `prices: {{{source}: {{per_gb_moved: 0.1}}}}` or what the source charges");
        let path = FieldPath::root().key("budgets");
        findings.warning_at_key(
            &path,
            "no_effect",
            "without prices nothing costs anything, and no budget is ever spent",
            help,
        );
    }
}

fn budgets(costs: &Costs, known: &Known<'_>, findings: &mut Findings<'_>) {
    let roles = known.access.as_ref().map(|access| access.functional_roles.as_slice()).unwrap_or_default();
    for (role, budget) in &costs.budgets {
        let path = FieldPath::root().key("budgets").key(role.as_str());
        if !roles.contains(&role.as_str()) {
            let message = format!("`access.yaml` has no functional role `{role}`");
            let help = names::offer(role.as_str(), "functional roles", roles.iter().copied());
            findings.error_at_key(&path, "unknown_role", message, help);
        }
        if !(budget.month > 0.0 && budget.month <= MOST) {
            let message = format!("{} cannot be a budget", budget.month);
            let help = format!("a budget is larger than 0 and at most {MOST}");
            findings.error(&path.key("month"), "out_of_range", message, help);
        }
        if !(budget.warn > 0.0 && budget.warn <= 100.0) {
            let message = format!("{} cannot be a share", budget.warn);
            let help = "write percents of the budget, such as 80".to_owned();
            findings.error(&path.key("warn"), "out_of_range", message, help);
        }
    }
}
