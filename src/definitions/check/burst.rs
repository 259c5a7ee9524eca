//! Bursts: who gets their own copy, and about what.

use std::collections::BTreeSet;

use super::report::Scope;
use super::{Findings, recipient};
use crate::definitions::model::{Burst, FieldName, Panel, Parameter, RunAs, Schedule};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

/// The most recipients of a list; more belong into a dataset.
const LIMIT: usize = 1_000;

pub(super) fn check(
    burst: &Burst,
    schedule: &Schedule,
    (path, deliver): (&FieldPath, &FieldPath),
    scope: &Scope<'_>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    let by_mail = schedule.deliver.email.is_some();
    match (&burst.dataset, burst.recipients.is_empty()) {
        (Some(_), false) => {
            let help = "remove one of them".to_owned();
            findings.error(
                &path.key("recipients"),
                "both",
                "the recipients are a dataset or a list, not both",
                help,
            );
        }
        (None, true) => {
            let tried = findings.faulty.iter().any(|faulty| faulty.is_within(path));
            if !tried {
                let help = "add `dataset: managers` and `recipient: email`, or `recipients`".to_owned();
                findings.error(path, "missing_key", "the burst does not say who the recipients are", help);
            }
        }
        (Some(_), true) => of_dataset(burst, path, by_mail, scope, findings),
        (None, false) => of_list(burst, path, by_mail, (scope, policy), findings),
    }
    if burst.bound().next().is_none() && burst.run_as() != RunAs::Recipient {
        let help =
            "add `bind: {store: store}`, or `run_as: recipient`; or send one mail to all, without `burst`";
        findings.error(path, "no_effect", "every recipient would get the same", help.to_owned());
    }
    if let RunAs::Role(role) = burst.run_as()
        && let Some(access) = &scope.known.access
        && !access.functional_roles.contains(&role)
    {
        let valid = ["schedule", "recipient"].into_iter().chain(access.functional_roles.iter().copied());
        let message = format!("there is no functional role `{}`", names::printable(role));
        findings.error(&path.key("run_as"), "unknown_role", message, names::offer(role, "choices", valid));
    }
    match &schedule.deliver.email {
        Some(email) if !email.to.is_empty() => {
            let help = "remove it; `cc` and `bcc` may stay, and get every copy".to_owned();
            let path = deliver.key("email").key("to");
            findings.error(&path, "no_effect", "a burst says itself who its recipients are", help);
        }
        // Copies may go to folders and destinations only; their names tell whose they are.
        None if burst.run_as() == RunAs::Recipient => {
            let help = "add `email: {}` to `deliver`, or name a role".to_owned();
            let message = "without mail nobody is the recipient whose rights decide";
            findings.error(&path.key("run_as"), "not_applicable", message, help);
        }
        _ => {}
    }
    whole_panels(burst, path, scope, findings);
}

fn of_dataset(
    burst: &Burst,
    path: &FieldPath,
    by_mail: bool,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(dataset) = &burst.dataset else { return };
    super::report::dataset_exists(dataset, &path.key("dataset"), scope.known, findings);
    if burst.recipient.is_none() && by_mail {
        let help = "add `recipient: email`".to_owned();
        let message = "the burst does not say which dimension has the addresses";
        findings.error(path, "missing_key", message, help);
    }
    let Some(fields) = scope.known.datasets.get(dataset.as_str()).filter(|fields| fields.is_readable())
    else {
        return;
    };
    let dimension = |field: &FieldName, path: &FieldPath, findings: &mut Findings<'_>| {
        if !fields.has_dimension(field) {
            let (message, help) = fields.no_dimension(dataset.as_str(), field);
            findings.error(path, "unknown_field", message, help);
        }
    };
    for (key, field) in [
        ("recipient", &burst.recipient),
        ("cc", &burst.cc),
        ("locale", &burst.locale),
        ("attach", &burst.attach),
    ] {
        if let Some(field) = field {
            dimension(field, &path.key(key), findings);
        }
    }
    for (name, field) in &burst.bind {
        let path = path.key("bind").key(name.as_str());
        parameter(name, &path, scope, findings);
        dimension(field, &path, findings);
    }
}

fn of_list(
    burst: &Burst,
    path: &FieldPath,
    by_mail: bool,
    (scope, policy): (&Scope<'_>, &Policy),
    findings: &mut Findings<'_>,
) {
    if burst.recipients.len() > LIMIT {
        let help = "keep them in a dataset".to_owned();
        let message =
            format!("the list has {} recipients, at most {LIMIT} are allowed", burst.recipients.len());
        findings.error(&path.key("recipients"), "too_many", message, help);
    }
    for (path, one) in super::items(&path.key("recipients"), &burst.recipients) {
        if one.to.is_empty() && by_mail {
            let help = "write `to: kim@example.com`".to_owned();
            findings.error(&path.key("to"), "empty", "there is no address", help);
        }
        for (key, addresses) in [("to", &one.to), ("cc", &one.cc)] {
            for (path, text) in super::items(&path.key(key), addresses.as_slice()) {
                recipient::check(text, &path, policy, findings);
            }
        }
        for (name, values) in &one.bind {
            let path = path.key("bind").key(name.as_str());
            parameter(name, &path, scope, findings);
            if values.is_empty() {
                let help = "without a value the copy would show everything".to_owned();
                findings.error(&path, "empty", format!("parameter `{name}` has no value"), help);
            }
            let takes_one = |parameter: &Parameter| !takes_several(parameter);
            if values.as_slice().len() > 1 && scope.report.parameters.get(name).is_some_and(takes_one) {
                let help = "give it `multiple: true`, or name one".to_owned();
                findings.error(&path, "too_many", format!("parameter `{name}` takes one value"), help);
            }
        }
        if one.bind.is_empty() && burst.run_as() != RunAs::Recipient && burst.recipients.len() > 1 {
            let help = "add `bind: {store: …}`".to_owned();
            findings.warning(&path, "no_effect", "this copy is about everything", help);
        }
    }
}

fn takes_several(parameter: &Parameter) -> bool {
    matches!(parameter, Parameter::Member { multiple: true, .. })
}

fn parameter(name: &FieldName, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let valid = Scope::parameter_names(findings);
    if !valid.contains(&name.as_str()) {
        let help = names::offer(name.as_str(), "parameters", valid);
        findings.error_at_key(
            path,
            "unknown_parameter",
            format!("the report has no parameter `{name}`"),
            help,
        );
    } else if matches!(scope.report.parameters.get(name), Some(Parameter::Period { .. })) {
        let help = "give the schedule a period in `parameters`".to_owned();
        findings.error_at_key(path, "wrong_type", "all copies of a burst are about one period", help);
    }
}

/// Panels that a bound parameter does not filter show everybody's numbers to everybody: their author must know.
fn whole_panels(burst: &Burst, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    let members = |name: &FieldName| match scope.report.parameters.get(name) {
        Some(Parameter::Member { of, .. }) => Some(of),
        _ => None,
    };
    let bound: BTreeSet<(&FieldName, &FieldName)> =
        burst.bound().filter_map(|name| Some((name, members(name)?))).collect();
    for (name, of) in bound {
        let is_whole = |panel: &Panel| {
            super::report::asks(panel)
                && scope.dataset_of(panel).is_some_and(|(_, fields)| !fields.has_dimension(of))
        };
        let whole: Vec<String> = scope
            .report
            .panels
            .iter()
            .filter(|(_, panel)| is_whole(panel))
            .map(|(id, _)| format!("`{id}`"))
            .collect();
        if !whole.is_empty() {
            let message = format!("every recipient sees the whole of {}", whole.join(", "));
            let help = format!(
                "their datasets have no dimension `{of}`, so parameter `{name}` does not filter them"
            );
            findings.warning(path, "not_filtered", message, help);
        }
    }
}
