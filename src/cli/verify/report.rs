//! What was found out about a file, for people.

use chrono::SecondsFormat;

use super::{Finding, Verdict};
use crate::render::provenance::Provenance;
use crate::runs::verify::{Change, Outcome, PageDifference, Recorded, Rerendered};

/// The most characters of one thing a file says.
const LONGEST: usize = 300;

pub(super) fn text(finding: &Finding) -> String {
    let mut lines = vec![format!("{} ({} pages, SHA-256 {})", finding.file, finding.pages, finding.sha256)];
    lines.extend(claims(&finding.proof));
    lines.push(store(finding.store.as_ref()));
    if let Some(rerendered) = &finding.rerendered {
        lines.extend(comparison(rerendered));
    }
    lines.push(verdict(finding));
    lines.join("\n")
}

/// Text of a file that anybody may have written, fit for a terminal.
pub(super) fn shown(text: &str) -> String {
    let steers = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut shown: String = text.chars().filter(|c| !steers(*c)).take(LONGEST + 1).collect();
    if shown.chars().count() > LONGEST {
        shown.pop();
        shown.push('…');
    }
    shown
}

fn claims(proof: &Provenance) -> Vec<String> {
    let parameters: Vec<String> = proof
        .parameters
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| format!("{name}={value}")))
        .collect();
    let parameters = if parameters.is_empty() { "as by default".into() } else { parameters.join(" ") };
    let evaluated = proof.evaluated_at.with_timezone(&proof.time_zone);
    let definition = match &proof.definition.commit {
        Some(commit) => format!("commit {commit}, content {}", proof.definition.content),
        None => format!("content {}", proof.definition.content),
    };
    let mut claims = vec![
        ("report", proof.report.clone()),
        ("parameters", parameters),
        ("language", format!("{}, days in {}", proof.locale.tag(), proof.time_zone)),
        ("definition", definition),
    ];
    claims.extend(proof.data.iter().map(|(dataset, version)| ("data", format!("{dataset} {version}"))));
    claims.extend([
        ("evaluated", evaluated.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        ("viewer", proof.viewer.clone()),
        ("run", proof.run.clone().unwrap_or_else(|| "none: rendered by hand or downloaded".into())),
        ("digest", proof.digest.clone()),
        ("program", format!("jangpyo {}", proof.program)),
    ]);
    claims.extend(restated(proof).map(|restated| ("restated", restated)));
    claims.into_iter().map(|(name, value)| format!("  {name:<12}{}", shown(&value))).collect()
}

/// That it was made again for an instant long past.
fn restated(proof: &Provenance) -> Option<String> {
    proof.restated.map(|restated| match restated.first_sent {
        Some(day) => format!("on {}; first sent on {day}", restated.on),
        None => format!("on {}; not sent before", restated.on),
    })
}

fn store(recorded: Option<&Recorded>) -> String {
    match recorded {
        None => "store: there is none here; name the server's with --state or JANGPYO_DATABASE".into(),
        Some(Recorded::Produced { run, file_name, made_at }) => format!(
            "store: the file is what run {run} produced, as \"{}\" at {}",
            shown(file_name),
            made_at.to_rfc3339_opts(SecondsFormat::Secs, true)
        ),
        Some(Recorded::Differs { run, made }) if made.is_empty() => {
            format!("store: the file differs from what run {run} produced, which made no PDF")
        }
        Some(Recorded::Differs { run, made }) => format!(
            "store: the file differs from what run {run} produced, which has SHA-256 {}",
            made.join(", ")
        ),
        Some(Recorded::RunUnknown { run }) => format!("store: run {} is unknown here", shown(run)),
        Some(Recorded::NoRun) => "store: the file names no run".into(),
    }
}

fn comparison(rerendered: &Rerendered) -> Vec<String> {
    let Rerendered { definition, data, program, pages, .. } = rerendered;
    let change = |what: &str, change: &Change| {
        let version = |version: &Option<String>| version.as_deref().map_or("none".into(), shown);
        format!("  {what}: {} then, {} now", version(&change.then), version(&change.now))
    };
    let mut lines = vec![if rerendered.same_bytes {
        "re-rendered: to the same bytes".to_owned()
    } else if rerendered.same_content {
        "re-rendered: the content is the same, the bytes are not".to_owned()
    } else {
        "re-rendered: the content is another one".to_owned()
    }];
    lines.extend(definition.iter().map(|it| change("the definitions have changed", it)));
    lines.extend(data.iter().map(|it| change(&format!("the data of {} have changed", shown(&it.what)), it)));
    lines.extend(program.iter().map(|it| change("another version of jangpyo made it", it)));
    if pages.0 != pages.1 {
        lines.push(format!("  the file has {} pages, the rendering {}", pages.0, pages.1));
    }
    if rerendered.differing_pages > 0 {
        lines.push(format!("  {} pages are drawn otherwise", rerendered.differing_pages));
    }
    lines.extend(rerendered.differences.iter().map(page));
    let more = rerendered.differing_pages - rerendered.differences.len();
    if more > 0 {
        lines.push(format!("  … and {more} more pages"));
    }
    lines.extend(rerendered.failed.iter().map(|failed| format!("  {} failed now", shown(failed))));
    lines
}

fn page(difference: &PageDifference) -> String {
    match (&difference.file, &difference.now) {
        (Some(file), Some(now)) => {
            format!("  page {}: \"{}\" in the file, \"{}\" now", difference.page, shown(file), shown(now))
        }
        _ => format!("  page {}: the words are the same", difference.page),
    }
}

fn verdict(finding: &Finding) -> String {
    let by_store = matches!(finding.store, Some(Recorded::Produced { .. } | Recorded::Differs { .. }));
    let outcome = finding.rerendered.as_ref().map(|rerendered| rerendered.outcome);
    match (finding.verdict, outcome) {
        (Verdict::Confirmed, _) if by_store => "CONFIRMED: the file is what the run produced".into(),
        (Verdict::Confirmed, _) => "CONFIRMED: the file is what its report gives".into(),
        (Verdict::Differs, _) if by_store => "DIFFERS: the file is not what the run produced".into(),
        (Verdict::Differs, _) => {
            "DIFFERS: the file is not what its report gives; it was changed afterwards".into()
        }
        (Verdict::NotConfirmed, Some(Outcome::NotComparable | Outcome::Altered | Outcome::Reproduced)) => {
            "NOT CONFIRMED: what it was made from is no longer here; check out its definitions and data, or \
             ask the store of the server that made it"
                .into()
        }
        (Verdict::NotConfirmed, None) => {
            "NOT CONFIRMED: nothing here knows the file; --rerender compares it".into()
        }
    }
}
