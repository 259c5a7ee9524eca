//! `jangpyo compare`: what differs between two runs.

use std::process::ExitCode;

use clap::Args;

use super::arguments::Place;
use super::deliveries::run_id;
use super::{Failure, output, progress};
use crate::app::existing_store;
use crate::error::Kind;
use crate::runs::artefacts::Shelf;
use crate::runs::figures::{
    Bounds, Compared, Comparison, DocumentDifferences, First, PanelDifferences, RunSide, Version,
    compare_runs,
};
use crate::runs::store::{Run, RunId, Store, StoreError};

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    /// The id of a run.
    #[arg(value_parser = run_id)]
    pub run: RunId,
    /// The id of another run of the same report; the one for the earlier instant stands before the other.
    #[arg(value_parser = run_id)]
    pub other: RunId,
    /// Of each kind of difference in a panel, at most this many.
    #[arg(short = 'n', long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: u32,
    /// Writes JSON.
    #[arg(long)]
    pub json: bool,
}

pub(super) async fn compare(place: &Place, arguments: &CompareArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let settings = place.settings_without_workspace()?;
    let Some(store) = existing_store(&settings).await? else {
        let missing = format!("there is no store in {} yet; nothing was run", settings.state.display());
        return Err(Failure::new(Kind::NotFound, missing));
    };
    let compared = of_store(&store, &Shelf::new(settings.state.clone()), arguments).await;
    store.close().await;
    let found = match compared? {
        Compared::Done(found) => found,
        Compared::Without { run, removed } => {
            let why = if removed {
                "were removed after their retention time"
            } else {
                "were never kept: an earlier version made it, or it ended before its report was made"
            };
            return Err(Failure::new(Kind::NotFound, format!("the figures of run {run} {why}")));
        }
        Compared::OtherReport => {
            return Err(Failure::usage("runs of different reports cannot be compared"));
        }
    };
    if arguments.json {
        output::say_json(&found)?;
    } else {
        output::say(&text(&found))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn of_store(store: &Store, shelf: &Shelf, arguments: &CompareArguments) -> Result<Compared, Failure> {
    let (one, other) = (run(store, arguments.run).await?, run(store, arguments.other).await?);
    let differences = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let bounds = Bounds { differences, documents: usize::MAX, looked_at: usize::MAX };
    let compared = compare_runs(store, shelf, &one, &other, bounds).await;
    compared.map_err(|error| Failure::new(error.kind(), error))
}

async fn run(store: &Store, id: RunId) -> Result<Run, Failure> {
    let found = store.run(id).await.map_err(|error: StoreError| Failure::new(error.kind(), error))?;
    found.ok_or_else(|| Failure::new(Kind::NotFound, format!("there is no run {id}")))
}

fn text(found: &Comparison) -> String {
    let side = |word: &str, side: &RunSide| {
        let attempt =
            side.attempt.map_or_else(|| "dry run".to_owned(), |attempt| format!("attempt {attempt}"));
        let at = side.scheduled_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        format!("{word:<7}{}/{} for {at}, {attempt}, run {}", side.report, side.schedule, side.run)
    };
    let mut lines = vec![side("before", &found.before), side("after", &found.after)];
    let versions = found.definition.iter().chain(&found.data);
    lines.extend(versions.map(|Version { what, before, after }| {
        let version = |version: &Option<String>| {
            version.as_deref().map_or("none".to_owned(), |text| text.chars().take(12).collect())
        };
        format!("{what}: {} then, {} now", version(before), version(after))
    }));
    lines.extend(found.documents.iter().flat_map(document));
    for (word, about) in [("added", &found.added), ("removed", &found.removed)] {
        lines.extend(about.iter().map(|about| format!("copy {word}: {about}")));
    }
    if found.differing == 0 {
        lines.push("no number differs".to_owned());
    }
    let copies = found.differing + found.equal;
    if copies > 1 {
        lines.push(format!("{} of {copies} copies differ", found.differing));
    }
    lines.join("\n")
}

fn document(document: &DocumentDifferences) -> Vec<String> {
    let mut lines = Vec::new();
    let about = if document.about.is_empty() { String::new() } else { format!("{}: ", document.about) };
    let (before, after) = &document.subtitles;
    let subtitle = if before == after { before.clone() } else { format!("{before} → {after}") };
    lines.push(format!("{about}{subtitle} ({} panels are equal)", document.equal));
    for (word, titles) in [("added", &document.added), ("removed", &document.removed)] {
        lines.extend(titles.iter().map(|title| format!("  panel {word}: {title}")));
    }
    lines.extend(document.panels.iter().flat_map(panel));
    lines
}

fn panel(panel: &PanelDifferences) -> Vec<String> {
    let mut lines = vec![format!("  {} ({})", panel.title, panel.id)];
    if let Some((before, after)) = &panel.words {
        lines.extend(before.lines().map(|line| format!("    - {line}")));
        lines.extend(after.lines().map(|line| format!("    + {line}")));
    }
    if let Some((before, after)) = &panel.missing {
        let named =
            |regions: &[String]| if regions.is_empty() { "none".to_owned() } else { regions.join(", ") };
        lines.push(format!("    regions missing: {}, then {}", named(before), named(after)));
    }
    if let Some((before, after)) = panel.rows_in_all {
        lines.push(format!("    {before} rows in all, then {after}"));
    }
    for value in &panel.values.items {
        let row = if value.row.is_empty() { String::new() } else { format!("{} · ", value.row) };
        let difference = value.difference.as_deref().unwrap_or("–");
        let percent = value.percent.as_ref().map(|percent| format!(", {percent}")).unwrap_or_default();
        lines.push(format!(
            "    {row}{}: {} → {} ({difference}{percent})",
            value.column, value.before, value.after
        ));
    }
    if panel.values.is_cut() {
        lines.push(format!("    first {} of {} values", panel.values.items.len(), panel.values.total));
    }
    for (word, list) in [
        ("rows added", &panel.rows_added),
        ("rows removed", &panel.rows_removed),
        ("columns added", &panel.columns_added),
        ("columns removed", &panel.columns_removed),
    ] {
        lines.extend(listed(word, list));
    }
    lines
}

fn listed(word: &str, list: &First<String>) -> Option<String> {
    let cut =
        if list.is_cut() { format!(", first {} of {}", list.items.len(), list.total) } else { String::new() };
    (!list.is_empty()).then(|| format!("    {word}{cut}: {}", list.items.join(", ")))
}
