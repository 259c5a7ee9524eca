//! Where a schedule's reports go: mail, a folder, destinations.

use super::report::Scope;
use super::{Findings, recipient, text};
use crate::definitions::model::{
    Attachment, Delivery, Destination, DestinationDelivery, DestinationId, EmailDelivery, FolderDelivery,
    Panel, PanelId, Place, Schedule,
};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::policy::Policy;

/// What may stand in braces in a subject or a message.
const WORDS: [&str; 2] = ["title", "period"];

pub(super) fn check(
    schedule: &Schedule,
    path: &FieldPath,
    scope: &Scope<'_>,
    policy: &Policy,
    findings: &mut Findings<'_>,
) {
    let Delivery { email, folder, destinations, .. } = &schedule.deliver;
    if email.is_none() && folder.is_none() && destinations.is_empty() {
        let tried = findings.faulty.iter().any(|faulty| faulty.is_within(path));
        if !tried {
            let help = "add `email: {to: kim@example.com}` or `folder: {path: finance/weekly}`".to_owned();
            findings.error(path, "missing_key", "the schedule does not say where the report goes", help);
        }
    }
    let is_burst = schedule.burst.is_some();
    if let Some(email) = email {
        mail(email, is_burst, &path.key("email"), policy, findings);
    }
    if let Some(folder) = folder {
        in_folder(folder, is_burst, &path.key("folder"), findings);
    }
    for (id, delivery) in destinations {
        to_destination(id, delivery, is_burst, &path.key("destinations").key(id.as_str()), scope, findings);
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
    text::template(email.subject.as_ref(), &WORDS, &path.key("subject"), findings);
    text::paragraphs(email.message.as_ref(), &path.key("message"), findings);
    panels(email.show.as_deref().unwrap_or_default(), &path.key("show"), findings);
    let packs = [("zip", email.zip), ("password_secret", email.password_secret.is_some())];
    for (key, _) in packs.iter().filter(|(_, packs)| *packs && email.attach.is_empty() && !is_burst) {
        let help = "name files in `attach`, or remove it".to_owned();
        findings.error(&path.key(*key), "no_effect", "nothing is attached", help);
    }
}

fn panels(show: &[PanelId], path: &FieldPath, findings: &mut Findings<'_>) {
    let panels = findings.tree.keys_of("panels");
    for (path, panel) in super::items(path, show) {
        if !panels.contains(&panel.as_str()) {
            let help = names::offer(panel.as_str(), "panels", panels.iter().copied());
            findings.error(&path, "unknown_panel", format!("there is no panel `{panel}`"), help);
        }
    }
}

fn in_folder(folder: &FolderDelivery, is_burst: bool, path: &FieldPath, findings: &mut Findings<'_>) {
    let path_path = path.key("path");
    let parts = folder.path.split(['/', '\\']);
    let escapes = parts.clone().any(|part| matches!(part, ".." | "."))
        || folder.path.starts_with(['/', '\\', '~'])
        || folder.path.contains(':');
    if escapes {
        let help = "write a path below the outbox folder, such as `finance/weekly`".to_owned();
        findings.error(&path_path, "outside", "the folder must be relative, without `.` and `..`", help);
    } else {
        path_words(&folder.path, &DestinationDelivery::PATH_WORDS, is_burst, &path_path, findings);
    }
    some_files(&folder.files, &path.key("files"), findings);
}

/// The parts of a path, and what stands in its braces.
fn path_words(text: &str, valid: &[&str], is_burst: bool, path: &FieldPath, findings: &mut Findings<'_>) {
    if text.chars().any(char::is_control) || text.chars().count() > 200 {
        let message = "the folder's name has control characters or is longer than 200 characters";
        findings.error(path, "bad_name", message, None);
        return;
    }
    if text.split('/').any(|part| part.trim().is_empty()) {
        let help = "write `finance/weekly`".to_owned();
        findings.error(path, "bad_name", "the folder's name has an empty part", help);
    }
    let words = text.split('{').skip(1).map(|rest| rest.split_once('}').map_or(rest, |(word, _)| word));
    for word in words.filter(|word| !valid.contains(word)) {
        let message = format!("there is no placeholder `{{{}}}` here", names::printable(word));
        let help = names::offer(word, "placeholders", valid.iter().copied());
        findings.error(path, "unknown_placeholder", message, help);
    }
    if !is_burst && text.contains("{about}") {
        let message = "`{about}` is what a copy of a burst is about, and this is none";
        findings.warning(path, "no_effect", message, "remove it".to_owned());
    }
}

fn some_files(files: &[Attachment], path: &FieldPath, findings: &mut Findings<'_>) {
    if files.is_empty() {
        let valid: Vec<&str> = Attachment::ALL.into_iter().map(Attachment::word).collect();
        let help = format!("valid files: {}", valid.join(", "));
        findings.error(path, "empty", "nothing would be written", help);
    }
}

fn to_destination(
    id: &DestinationId,
    delivery: &DestinationDelivery,
    is_burst: bool,
    path: &FieldPath,
    scope: &Scope<'_>,
    findings: &mut Findings<'_>,
) {
    let valid = &scope.known.destinations;
    let Some(destination) = valid.get(id.as_str()) else {
        let help = names::offer(id.as_str(), "destinations", valid.keys().copied());
        findings.error_at_key(path, "unknown_destination", format!("there is no destination `{id}`"), help);
        return;
    };
    let owner = &scope.report.owner;
    if destination.is_some_and(|destination| !destination.is_open_to(owner)) {
        let message = format!("destination `{id}` is not open to the reports of `{owner}`");
        let help = format!("add `{owner}` to its `open_to`, which its owner decides");
        findings.error_at_key(path, "destination_not_allowed", message, help);
    }
    text::paragraphs(delivery.message.as_ref(), &path.key("message"), findings);
    for (path, text) in text::each(delivery.message.as_ref(), &path.key("message")) {
        let words = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(word, _)| word);
        for word in words.filter(|word| !WORDS.contains(word)) {
            let message = format!("there is no placeholder `{{{}}}` here", names::printable(word));
            let help = names::offer(word, "placeholders", WORDS);
            findings.warning(&path, "unknown_placeholder", message, help);
        }
    }
    panels(&delivery.show, &path.key("show"), findings);
    for (path, id) in super::items(&path.key("show"), &delivery.show) {
        let panel = scope.report.panels.get(id);
        if panel.is_some_and(|panel| !matches!(panel, Panel::Kpi(_))) {
            let help = "name panels with a `kpi`".to_owned();
            findings.error(&path, "wrong_type", format!("panel `{id}` is no key number"), help);
        }
    }
    let Some(place) = destination.and_then(Destination::place) else { return };
    let unused: &[(&str, bool)] = if place.takes_files() {
        &[("message", delivery.message.is_some()), ("show", !delivery.show.is_empty())]
    } else {
        &[("path", delivery.path.is_some())]
    };
    for (key, _) in unused.iter().filter(|(_, given)| *given) {
        let message = format!("`{key}` does not apply to destination `{id}`");
        findings.error_at_key(&path.key(*key), "not_applicable", message, "remove it".to_owned());
    }
    if place.takes_files() {
        some_files(&delivery.wanted(), &path.key("files"), findings);
        if let Some(text) = &delivery.path {
            file_path(text, is_burst, &path.key("path"), findings);
        }
    } else if matches!(place, Place::Slack(_) | Place::Teams(_)) && is_burst {
        let message = "every copy of the burst is written into the same chat";
        let help = "everybody there sees all of them".to_owned();
        findings.warning_at_key(path, "not_filtered", message, help);
    }
}

fn file_path(text: &str, is_burst: bool, path: &FieldPath, findings: &mut Findings<'_>) {
    let escapes = text.split('/').any(|part| matches!(part, ".." | "."))
        || text.starts_with('/')
        || text.contains('\\');
    if escapes {
        let help = format!("write `{}`", DestinationDelivery::USUAL_PATH);
        findings.error(path, "outside", "the path must be relative, without `.` and `..`", help);
        return;
    }
    let valid: Vec<&str> = DestinationDelivery::PATH_WORDS.iter().copied().chain(["file"]).collect();
    path_words(text, &valid, is_burst, path, findings);
    if !text.ends_with("{file}") || text.matches("{file}").count() != 1 {
        let help = format!("write `{}`", DestinationDelivery::USUAL_PATH);
        findings.error(path, "missing_key", "the path ends with `{file}`, the name of each file", help);
    }
}
