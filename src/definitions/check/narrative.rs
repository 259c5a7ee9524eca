//! Words with values in them: every name, condition and address is good.

use super::panel::Spot;
use super::{Findings, text};
use crate::definitions::model::TextPanel;
use crate::definitions::names;
use crate::definitions::narrative::{Aspect, Narrative, Reference, SETTING_NAMES};
use crate::definitions::path::FieldPath;
use crate::format::rich_text;

/// The braces of a text panel, in each of its languages; `spot` is its dataset, if it asks one.
pub(super) fn check(
    panel: &TextPanel,
    path: &FieldPath,
    spot: Option<&Spot<'_, '_>>,
    findings: &mut Findings<'_>,
) {
    let mut is_compared = false;
    for (path, words) in text::each(Some(&panel.text), &path.key("text")) {
        let narrative = match Narrative::parse(words) {
            Ok(narrative) => narrative,
            Err(problem) => {
                findings.error(&path, "bad_text", problem.to_string(), problem.help);
                continue;
            }
        };
        let numbers: Vec<&str> = spot.map_or_else(Vec::new, |spot| spot.fields.numbers());
        let reference = |name: &str| {
            Reference::of(name, |known| numbers.contains(&known)).map(|reference| reference.aspect)
        };
        for placeholder in narrative.placeholders() {
            if SETTING_NAMES.contains(&placeholder.name.as_str()) {
                continue;
            }
            if let Some(aspect) = reference(&placeholder.name) {
                is_compared |= aspect != Aspect::Value;
            } else {
                let name = &placeholder.name;
                let what = format!("`{{{}}}`", names::printable(name));
                unknown(&path, name, &what, placeholder.line, &numbers, &SETTING_NAMES, findings);
            }
        }
        for condition in narrative.conditions() {
            for name in condition.value.names() {
                if let Some(aspect) = reference(name) {
                    is_compared |= aspect != Aspect::Value;
                } else {
                    let what = format!("`{}` in `{{if …}}`", names::printable(name));
                    unknown(&path, name, &what, condition.line, &numbers, &[], findings);
                }
            }
        }
    }
    if let Some(spot) = spot.filter(|_| is_compared) {
        spot.compare_at(&path.key("text"), findings);
    }
}

fn unknown(
    path: &FieldPath,
    name: &str,
    what: &str,
    line: usize,
    numbers: &[&str],
    settings: &[&str],
    findings: &mut Findings<'_>,
) {
    let message = format!("line {line} of the text: {what} is no measure or metric of the dataset");
    let aspects = Aspect::COMPARED.map(|(_, word)| word);
    // `revenue.chang` is a slip in the second word.
    let aspect = name.rsplit_once('.').filter(|(measure, _)| numbers.contains(measure));
    let help = match aspect {
        Some((measure, word)) => names::offer(word, &format!("words after `{measure}.`"), aspects),
        None => names::offer(name, "names", numbers.iter().chain(settings).copied()),
    };
    findings.error(path, "unknown_field", message, help);
}

/// Links lead to web pages, and no value can change where.
pub(super) fn addresses(panel: &TextPanel, path: &FieldPath, findings: &mut Findings<'_>) {
    for (path, words) in text::each(Some(&panel.text), &path.key("text")) {
        let Ok(narrative) = Narrative::parse(words) else { continue };
        for source in narrative.every_branch(&mut |_| rich_text::placeholder(0)) {
            for address in rich_text::bad_addresses(&source) {
                let message = format!("`{}` is not the address of a web page", names::printable(&address));
                let help = "write an address that begins with https:// or http://, without values in braces";
                findings.error(&path, "bad_address", message, help.to_owned());
            }
        }
    }
}
