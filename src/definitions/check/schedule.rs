//! Schedules.

use super::report::Scope;
use super::{Findings, burst, business_days, cron, deliver, parameter, wait, zone};
use crate::definitions::model::{Parameter, Schedule};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

pub(super) fn check(
    schedule: &Schedule,
    path: &FieldPath,
    scope: &Scope<'_>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    cron::check(&schedule.cron, &path.key("cron"), findings);
    if let Some(zone) = &schedule.time_zone {
        zone::check(zone, &path.key("time_zone"), findings);
    }
    business_days::check(schedule, path, scope.known, findings);
    values(schedule, path, scope, findings);
    if let Some(wait_for) = &schedule.wait_for {
        wait::check(wait_for, &schedule.parameters, &path.key("wait_for"), scope, findings);
    }
    if let Some(send_if) = &schedule.send_if {
        if schedule.burst.is_some() && !send_if.changed.is_empty() {
            let help = "use `rows_in` or `crossed`, which are asked of every copy".to_owned();
            let message = "a burst cannot tell what has changed, since each copy shows something else";
            findings.error(&path.key("send_if").key("changed"), "no_effect", message, help);
        }
        wait::check_send_if(send_if, &path.key("send_if"), scope, findings);
    }
    if let Some(burst) = &schedule.burst {
        let paths = (&path.key("burst"), &path.key("deliver"));
        burst::check(burst, schedule, paths, scope, policy, findings);
    }
    if schedule.tell_delay.is_some() && schedule.deliver.email.is_none() {
        let help = "remove it, or send the report by mail".to_owned();
        findings.error(&path.key("tell_delay"), "no_effect", "nobody gets mail who could be told", help);
    }
    deliver::check(schedule, &path.key("deliver"), scope, policy, findings);
}

fn values(schedule: &Schedule, path: &FieldPath, scope: &Scope<'_>, findings: &mut Findings<'_>) {
    for (name, value) in &schedule.parameters {
        let path = path.key("parameters").key(name.as_str());
        let valid = Scope::parameter_names(findings);
        if !valid.contains(&name.as_str()) {
            let help = names::offer(name.as_str(), "parameters", valid);
            findings.error_at_key(
                &path,
                "unknown_parameter",
                format!("the report has no parameter `{name}`"),
                help,
            );
        }
        match scope.report.parameters.get(name) {
            Some(Parameter::Period { .. }) => parameter::period(value, &path, findings),
            Some(Parameter::Number { min, max, .. }) => match value.parse::<f64>() {
                Ok(number) if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) => {
                    findings.error(
                        &path,
                        "out_of_range",
                        "this number lies outside the parameter's `min` and `max`",
                        None,
                    );
                }
                Ok(number) if number.is_finite() => {}
                _ => findings.error(&path, "wrong_type", format!("parameter `{name}` wants a number"), None),
            },
            Some(Parameter::Date { .. }) if value.parse::<chrono::NaiveDate>().is_err() => {
                findings.error(
                    &path,
                    "bad_date",
                    format!("parameter `{name}` wants a date such as 2026-01-31"),
                    None,
                );
            }
            Some(Parameter::Text { max_length: Some(max), .. }) if value.chars().count() > *max as usize => {
                findings.error(
                    &path,
                    "out_of_range",
                    format!("this text is longer than the {max} characters allowed"),
                    None,
                );
            }
            _ => {}
        }
    }
}
