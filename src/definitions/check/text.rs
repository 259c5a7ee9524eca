//! Titles, notes and other words that end up on pages, sheets and mail headers.

use super::Findings;
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::format::LocalizedText;

/// The longest one-line text, in characters.
const LINE_LIMIT: usize = 300;

/// Text of one line: a line break in it would split a mail header or a sheet's heading.
pub(super) fn one_line(text: &str, path: &FieldPath, findings: &mut Findings<'_>) {
    if text.chars().any(char::is_control) {
        let message = "this text must be one line without tabs and control characters";
        findings.error(
            path,
            "control_character",
            message,
            "write it on one line; `>-` folds several lines into one".to_owned(),
        );
    } else if text.trim().is_empty() {
        findings.error(path, "empty", "this text is empty", "write a text, or remove the key".to_owned());
    } else if text.chars().count() > LINE_LIMIT {
        findings.error(path, "too_long", format!("this text is longer than {LINE_LIMIT} characters"), None);
    }
}

/// A one-line text in each of its languages.
pub(super) fn title(text: Option<&LocalizedText>, path: &FieldPath, findings: &mut Findings<'_>) {
    for (path, text) in each(text, path) {
        one_line(text, &path, findings);
    }
}

/// A one-line text with `{placeholders}`.
pub(super) fn template(
    text: Option<&LocalizedText>,
    valid: &[&str],
    path: &FieldPath,
    findings: &mut Findings<'_>,
) {
    title(text, path, findings);
    for (path, text) in each(text, path) {
        let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        for name in names.filter(|name| !valid.contains(name)) {
            let message = format!("there is no placeholder `{{{}}}` here", names::printable(name));
            findings.error(
                &path,
                "unknown_placeholder",
                message,
                names::offer(name, "placeholders", valid.iter().copied()),
            );
        }
    }
}

/// Text that may have several lines.
pub(super) fn paragraphs(text: Option<&LocalizedText>, path: &FieldPath, findings: &mut Findings<'_>) {
    for (path, text) in each(text, path) {
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            findings.error(&path, "control_character", "this text has control characters", None);
        }
    }
}

/// The one functional role that answers for a definition.
pub(super) fn owner(owner: &str, findings: &mut Findings<'_>) {
    let path = FieldPath::root().key("owner");
    if owner.trim().is_empty() {
        let help = "name the one functional role that answers for it, such as `sales_analytics`".to_owned();
        findings.error(&path, "empty", "the owner is empty", help);
    } else {
        one_line(owner, &path, findings);
    }
}

/// A text in each of its languages, with its path.
pub(super) fn each<'a>(text: Option<&'a LocalizedText>, path: &FieldPath) -> Vec<(FieldPath, &'a str)> {
    match text {
        None => Vec::new(),
        Some(LocalizedText::One(text)) => vec![(path.clone(), text)],
        Some(LocalizedText::PerLocale(texts)) => {
            texts.iter().map(|(locale, text)| (path.key(locale.tag()), text.as_str())).collect()
        }
    }
}
