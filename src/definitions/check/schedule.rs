//! Schedules and deliveries.

use super::report::Scope;
use super::{Findings, burst, business_days, cron, parameter, recipient, text, wait, zone};
use crate::definitions::model::{Delivery, EmailDelivery, FolderDelivery, Parameter, Schedule};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

/// What may stand in braces in a subject.
const SUBJECT_PLACEHOLDERS: [&str; 2] = ["title", "period"];

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
        wait::check(wait_for, schedule, &path.key("wait_for"), scope, findings);
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
    let path = path.key("deliver");
    let Delivery { email, folder, .. } = &schedule.deliver;
    if email.is_none() && folder.is_none() {
        let tried = findings.faulty.iter().any(|faulty| faulty.is_within(&path));
        if !tried {
            let help = "add `email: {to: kim@example.com}` or `folder: {path: finance/weekly}`".to_owned();
            findings.error(&path, "missing_key", "the schedule does not say where the report goes", help);
        }
    }
    if let Some(email) = email {
        mail(email, schedule.burst.is_some(), &path.key("email"), policy, findings);
    }
    if let Some(folder) = folder {
        in_folder(folder, &path.key("folder"), findings);
    }
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

fn mail(
    email: &EmailDelivery,
    is_burst: bool,
    path: &FieldPath,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    if email.to.as_slice().is_empty() && !is_burst {
        findings.error(
            &path.key("to"),
            "empty",
            "the mail has no recipient",
            "write `to: kim@example.com`".to_owned(),
        );
    }
    let mut seen: Vec<String> = Vec::new();
    let mut count = 0;
    for (key, addresses) in [("to", &email.to), ("cc", &email.cc), ("bcc", &email.bcc)] {
        for (path, text) in super::items(&path.key(key), addresses.as_slice()) {
            count += 1;
            let Some(address) = recipient::check(text, &path, policy, findings) else { continue };
            if seen.contains(&address) {
                findings.warning(
                    &path,
                    "duplicate_name",
                    "this recipient is named twice",
                    "remove one; the mail goes once".to_owned(),
                );
            } else if seen.len() <= recipient::LIMIT {
                seen.push(address);
            }
        }
    }
    if count > recipient::LIMIT {
        let message = format!("the mail has {count} recipients, at most {} are allowed", recipient::LIMIT);
        findings.error(&path.key("to"), "too_many", message, "send to a mailing list".to_owned());
    }
    if let Some(reply_to) = &email.reply_to {
        recipient::address(reply_to, &path.key("reply_to"), findings);
    }
    text::template(email.subject.as_ref(), &SUBJECT_PLACEHOLDERS, &path.key("subject"), findings);
    text::paragraphs(email.message.as_ref(), &path.key("message"), findings);
    let panels = findings.tree.keys_of("panels");
    for (path, panel) in super::items(&path.key("show"), &email.show) {
        if !panels.contains(&panel.as_str()) {
            let help = names::offer(panel.as_str(), "panels", panels.iter().copied());
            findings.error(&path, "unknown_panel", format!("there is no panel `{panel}`"), help);
        }
    }
}

fn in_folder(folder: &FolderDelivery, path: &FieldPath, findings: &mut Findings<'_>) {
    let path_path = path.key("path");
    let parts = folder.path.split(['/', '\\']);
    let escapes = parts.clone().any(|part| matches!(part, ".." | "."))
        || folder.path.starts_with(['/', '\\', '~'])
        || folder.path.contains(':');
    if escapes {
        let help = "write a path below the outbox folder, such as `finance/weekly`".to_owned();
        findings.error(&path_path, "outside", "the folder must be relative, without `.` and `..`", help);
    } else if folder.path.chars().any(char::is_control) || folder.path.chars().count() > 200 {
        findings.error(
            &path_path,
            "bad_name",
            "the folder's name has control characters or is longer than 200 characters",
            None,
        );
    } else if folder.path.split('/').any(|part| part.trim().is_empty()) {
        findings.error(
            &path_path,
            "bad_name",
            "the folder's name has an empty part",
            "write `finance/weekly`".to_owned(),
        );
    }
    if folder.files.is_empty() {
        findings.error(
            &path.key("files"),
            "empty",
            "nothing would be written",
            "valid files: pdf, csv".to_owned(),
        );
    }
}
