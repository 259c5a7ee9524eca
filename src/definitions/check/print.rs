//! What stands around the panels on paper.

use super::{Findings, text};
use crate::definitions::model::{Approval, Cover, PrintSettings, RunningLine};
use crate::definitions::path::FieldPath;
use crate::format::LocalizedText;

/// What may stand in braces in the lines at the top and foot of a sheet.
const RUNNING: [&str; 9] =
    ["title", "period", "page", "pages", "section_page", "section_pages", "now", "owner", "proof"];

/// What may stand in braces in texts that stand once.
const ONCE: [&str; 5] = ["title", "period", "now", "owner", "proof"];

/// The longest watermark, in characters: more cannot be read across a sheet.
const LONGEST_WATERMARK: usize = 40;

pub(super) fn check(print: &PrintSettings, findings: &mut Findings<'_>) {
    let path = FieldPath::root().key("print");
    for (key, line) in [("header", &print.header), ("footer", &print.footer)] {
        let path = path.key(key);
        match line {
            None => {}
            Some(RunningLine::Text(words)) => text::template(Some(words), &RUNNING, &path, findings),
            Some(RunningLine::Parts(parts)) => {
                for (key, words) in
                    [("left", &parts.left), ("center", &parts.center), ("right", &parts.right)]
                {
                    text::template(words.as_ref(), &RUNNING, &path.key(key), findings);
                }
            }
        }
    }
    approval(&print.approval, &path.key("approval"), findings);
    let once = |words: Option<&LocalizedText>, path: &FieldPath, findings: &mut Findings<'_>| {
        text::template(words, &ONCE, path, findings);
    };
    if let Cover::Sheet(cover) = &print.cover {
        let path = path.key("cover");
        once(cover.title.as_ref(), &path.key("title"), findings);
        once(cover.subtitle.as_ref(), &path.key("subtitle"), findings);
        once(cover.organisation.as_ref(), &path.key("organisation"), findings);
        once(cover.date.as_ref(), &path.key("date"), findings);
        once(cover.note.as_ref(), &path.key("note"), findings);
    }
    if let Some(prepared) = &print.prepared {
        let path = path.key("prepared");
        once(prepared.by.as_ref(), &path.key("by"), findings);
        once(prepared.department.as_ref(), &path.key("department"), findings);
        once(prepared.date.as_ref(), &path.key("date"), findings);
        once(prepared.as_of.as_ref(), &path.key("as_of"), findings);
    }
    for (path, note) in super::items(&path.key("footnotes"), &print.footnotes) {
        text::title(Some(note), &path, findings);
    }
    let path = path.key("watermark");
    text::title(print.watermark.as_ref(), &path, findings);
    for (path, words) in text::each(print.watermark.as_ref(), &path) {
        if words.chars().count() > LONGEST_WATERMARK {
            let message = format!("a watermark has at most {LONGEST_WATERMARK} characters");
            findings.error(&path, "too_long", message, "write a word or two, such as `대외비`".to_owned());
        }
    }
}

fn approval(approval: &Approval, path: &FieldPath, findings: &mut Findings<'_>) {
    let stages_path = match approval {
        Approval::Stages(_) => path.clone(),
        Approval::Box(_) => path.key("stages"),
    };
    for (path, stage) in super::items(&stages_path, approval.stages()) {
        text::one_line(stage, &path, findings);
    }
    let Approval::Box(approval) = approval else { return };
    text::title(approval.label.as_ref(), &path.key("label"), findings);
    if approval.names.len() > approval.stages.len() {
        let message =
            format!("there are {} names for {} stages", approval.names.len(), approval.stages.len());
        findings.error(&path.key("names"), "too_many", message, "give one name for each stage".to_owned());
    }
    for (path, name) in super::items(&path.key("names"), &approval.names) {
        text::one_line(name, &path, findings);
    }
}
