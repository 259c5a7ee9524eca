//! Footnotes: whatever is referred to exists.

use super::super::{Findings, items, text};
use crate::definitions::model::{Panel, Report};
use crate::definitions::path::FieldPath;
use crate::format::footnote_numbers;

pub(super) fn check(panel: &Panel, path: &FieldPath, report: &Report, findings: &mut Findings<'_>) {
    let own = panel.footnotes();
    for (path, note) in items(&path.key("footnotes"), own) {
        text::title(Some(note), &path, findings);
    }
    let (count, whose) = if own.is_empty() {
        (report.print.footnotes.len(), "the report has")
    } else {
        (own.len(), "this panel has")
    };
    for (path, text) in findings.tree.texts_below(path) {
        for number in footnote_numbers(text).filter(|number| *number > count) {
            let notes = match count {
                0 => "no footnotes".to_owned(),
                1 => "one footnote".to_owned(),
                _ => format!("{count} footnotes"),
            };
            let message = format!("`[^{number}]` refers to a footnote that does not exist; {whose} {notes}");
            let help = "add it to `footnotes` of the panel or of `print`, or remove the mark".to_owned();
            findings.error(&path, "unknown_footnote", message, help);
        }
    }
}
