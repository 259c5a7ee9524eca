//! `/runs/{run}/compare/{other}`: what differs between two runs.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::kept;
use super::names::{NamedTwice, Parsed};
use crate::runs::figures::{
    Compared, Comparison, DocumentDifferences, First, PanelDifferences, RunSide, ValueDifference, Version,
};
use crate::runs::store::RunId;
use crate::web::error::WebError;
use crate::web::state::WebState;
use crate::web::visitor::Entered;

/// What differs between two runs of a report.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ComparisonOut {
    /// The run for the earlier instant; of one instant, the one made first.
    before: RunSideOut,
    /// The other.
    after: RunSideOut,
    /// The definitions, where they are others; `null` where they are the same.
    definition: Option<VersionOut>,
    /// The datasets whose data are others.
    data: Vec<VersionOut>,
    /// The first documents that differ: one for the report, or one for each copy of a burst.
    documents: Vec<DocumentOut>,
    /// How many differ in all.
    differing: usize,
    /// How many are equal in every number.
    equal: usize,
    /// What copies are about that only the later run has.
    added: Vec<String>,
    /// What copies are about that only the earlier run has.
    removed: Vec<String>,
    /// How many pairs of documents were not looked at.
    not_looked_at: usize,
}

/// One of two runs.
#[derive(Debug, Serialize, JsonSchema)]
struct RunSideOut {
    /// Its id.
    run: String,
    /// The report.
    report: String,
    /// The schedule.
    schedule: String,
    /// The instant it stands for.
    scheduled_at: DateTime<Utc>,
    /// Which attempt for the instant; `null` for dry runs.
    attempt: Option<i64>,
}

/// Something of which there are versions.
#[derive(Debug, Serialize, JsonSchema)]
struct VersionOut {
    /// A dataset, or `definition`.
    what: String,
    /// The earlier run's.
    before: Option<String>,
    /// The later run's.
    after: Option<String>,
}

/// What differs between two documents.
#[derive(Debug, Serialize, JsonSchema)]
struct DocumentOut {
    /// What a copy of a burst is about; empty for the whole report.
    about: String,
    /// The period and the chosen members of the earlier one.
    subtitle_before: String,
    /// Those of the later one.
    subtitle_after: String,
    /// The panels that differ.
    panels: Vec<PanelOut>,
    /// How many are equal.
    equal: usize,
    /// The titles of panels that only the later one has.
    added: Vec<String>,
    /// The titles of panels that only the earlier one has.
    removed: Vec<String>,
}

/// What differs in a panel.
#[derive(Debug, Serialize, JsonSchema)]
struct PanelOut {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// The first numbers that are others.
    values: Vec<ValueOut>,
    /// How many there are in all.
    values_total: usize,
    /// The members of rows that only the later one has.
    rows_added: ListOut,
    /// The members of rows that only the earlier one has.
    rows_removed: ListOut,
    /// The titles of columns that only the later one has.
    columns_added: ListOut,
    /// The titles of columns that only the earlier one has.
    columns_removed: ListOut,
    /// How many rows there were before a limit cut them, before and after, where that differs.
    rows_in_all: Option<[usize; 2]>,
    /// Its words before and after, for a panel of words or one that failed.
    words: Option<[String; 2]>,
    /// The regions whose rows its numbers lack, before and after, where those are others.
    missing: Option<[Vec<String>; 2]>,
}

/// The first of many.
#[derive(Debug, Serialize, JsonSchema)]
struct ListOut {
    /// These.
    items: Vec<String>,
    /// How many there are in all.
    total: usize,
}

/// A number that is another.
#[derive(Debug, Serialize, JsonSchema)]
struct ValueOut {
    /// The members of its row.
    row: String,
    /// The title of its column.
    column: String,
    /// How it was written before.
    before: String,
    /// How it is written after.
    after: String,
    /// After less before, with its sign; of percentages in points.
    difference: Option<String>,
    /// The same in proportion to before.
    percent: Option<String>,
}

/// `GET /runs/{run}/compare/{other}`
pub(super) async fn show(
    State(state): State<WebState>,
    Entered(standing): Entered,
    NamedTwice(Parsed(run), Parsed(other)): NamedTwice<Parsed<RunId>, Parsed<RunId>>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    match state.backend.compare(standing, [run, other]).await?.ok_or_else(WebError::no_page)? {
        Compared::Done(found) => kept(&headers, &ComparisonOut::new(*found)),
        Compared::Without { run, removed } => {
            let why = if removed {
                "were removed after their retention time"
            } else {
                "were never kept: an earlier version made it, or it ended before its report was made"
            };
            Err(WebError::of(StatusCode::GONE).saying(format!("the figures of run {run} {why}")))
        }
        Compared::OtherReport => Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY)
            .saying("runs of different reports cannot be compared")),
    }
}

impl ComparisonOut {
    fn new(found: Comparison) -> Self {
        Self {
            before: found.before.into(),
            after: found.after.into(),
            definition: found.definition.map(Into::into),
            data: found.data.into_iter().map(Into::into).collect(),
            documents: found.documents.into_iter().map(Into::into).collect(),
            differing: found.differing,
            equal: found.equal,
            added: found.added,
            removed: found.removed,
            not_looked_at: found.not_looked_at,
        }
    }
}

impl From<RunSide> for RunSideOut {
    fn from(side: RunSide) -> Self {
        Self {
            run: side.run.to_string(),
            report: side.report,
            schedule: side.schedule,
            scheduled_at: side.scheduled_at,
            attempt: side.attempt,
        }
    }
}

impl From<Version> for VersionOut {
    fn from(Version { what, before, after }: Version) -> Self {
        Self { what, before, after }
    }
}

impl From<DocumentDifferences> for DocumentOut {
    fn from(document: DocumentDifferences) -> Self {
        Self {
            about: document.about,
            subtitle_before: document.subtitles.0,
            subtitle_after: document.subtitles.1,
            panels: document.panels.into_iter().map(Into::into).collect(),
            equal: document.equal,
            added: document.added,
            removed: document.removed,
        }
    }
}

impl From<PanelDifferences> for PanelOut {
    fn from(panel: PanelDifferences) -> Self {
        Self {
            id: panel.id,
            title: panel.title,
            values_total: panel.values.total,
            values: panel.values.items.into_iter().map(Into::into).collect(),
            rows_added: panel.rows_added.into(),
            rows_removed: panel.rows_removed.into(),
            columns_added: panel.columns_added.into(),
            columns_removed: panel.columns_removed.into(),
            rows_in_all: panel.rows_in_all.map(Into::into),
            words: panel.words.map(Into::into),
            missing: panel.missing.map(Into::into),
        }
    }
}

impl From<First<String>> for ListOut {
    fn from(First { items, total }: First<String>) -> Self {
        Self { items, total }
    }
}

impl From<ValueDifference> for ValueOut {
    fn from(value: ValueDifference) -> Self {
        let ValueDifference { row, column, before, after, difference, percent } = value;
        Self { row, column, before, after, difference, percent }
    }
}
