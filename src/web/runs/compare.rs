//! `/runs/{run}/compare/{other}`: what differs between two runs.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::Titles;
use super::words::CompareWords;
use crate::runs::figures::{
    Compared, Comparison, DocumentDifferences, First, PanelDifferences, RunSide, Version,
};
use crate::runs::store::RunId;
use crate::web::address::Address;
use crate::web::error::WebError;
use crate::web::frame::{self, Frame, Place, page};
use crate::web::names::RecordIds;
use crate::web::state::WebState;
use crate::web::visitor::{Entered, Visitor};
use crate::web::when::When;
use crate::web::words::{fill, fill_count};

/// How many characters of a version a person reads.
const SHORT: usize = 12;

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage {
    frame: Frame,
    cw: &'static CompareWords,
    title: String,
    /// Why there is nothing to tell.
    without: Option<String>,
    found: Option<Found>,
}

struct Found {
    before: SideView,
    after: SideView,
    versions: Vec<Version>,
    documents: Vec<DocumentDifferences>,
    /// What else is to be said: documents that are equal, not told, added, removed.
    notes: Vec<String>,
    nothing_differs: bool,
}

struct SideView {
    run: RunId,
    schedule: String,
    at: When,
    attempt: Option<String>,
}

/// `/runs/{run}/compare/{other}`
pub(in crate::web) async fn compare_runs(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    RecordIds(run, other): RecordIds,
    address: Address,
) -> Result<Response, WebError> {
    let id = |text: &str| text.parse::<RunId>().map_err(|_| WebError::no_page());
    let ids = [id(&run)?, id(&other)?];
    let compared = state.backend.compare(standing.clone(), ids).await?.ok_or_else(WebError::no_page)?;
    let locale = visitor.locale.unwrap_or_default();
    let cw = CompareWords::of(locale);
    let titles = Titles::of(&state, &standing, locale);
    let (title, without, found) = match compared {
        Compared::Done(found) => {
            let report = found.after.report.parse();
            let title = report.map_or_else(|_| found.after.report.clone(), |report| titles.title(&report));
            (title, None, Some(Found::new(*found, &titles, cw)))
        }
        Compared::Without { run, removed } => {
            let text = if removed { cw.removed } else { cw.never_made };
            (cw.compare.to_owned(), Some(fill(text, &[("run", &run.to_string())])), None)
        }
        Compared::OtherReport => (cw.compare.to_owned(), Some(cw.other_report.to_owned()), None),
    };
    page(&ComparePage {
        frame: Frame::new(
            &visitor,
            locale,
            Place::Runs,
            format!("{} · {title}", cw.compare),
            format!("/runs/{run}/compare/{other}"),
            &address,
        )
        .in_brand(state.backend.usual_brand()),
        cw,
        title,
        without,
        found,
    })
}

impl SideView {
    fn new(side: RunSide, titles: &Titles, cw: &CompareWords) -> Self {
        let zone = side.report.parse().map_or_else(|_| "UTC".to_owned(), |report| titles.zone(&report));
        Self {
            run: side.run,
            schedule: side.schedule,
            at: When::new(side.scheduled_at, &zone),
            attempt: side.attempt.map(|attempt| fill_count(cw.attempt, attempt)),
        }
    }
}

impl Found {
    fn new(found: Comparison, titles: &Titles, cw: &CompareWords) -> Self {
        let mut notes = Vec::new();
        let copies = found.differing + found.equal + found.not_looked_at;
        if copies > 1 && found.equal > 0 {
            notes.push(fill_count(cw.copies_equal, found.equal));
        }
        if found.differing > found.documents.len() {
            let (shown, all) = (found.documents.len().to_string(), found.differing.to_string());
            notes.push(fill(cw.copies_shown, &[("n", &shown), ("of", &all)]));
        }
        if found.not_looked_at > 0 {
            notes.push(fill_count(cw.copies_not_looked_at, found.not_looked_at));
        }
        for (text, about) in [(cw.copies_added, &found.added), (cw.copies_removed, &found.removed)] {
            if !about.is_empty() {
                let first: Vec<&str> = about.iter().take(20).map(String::as_str).collect();
                notes.push(format!("{} {}", fill_count(text, about.len()), first.join(", ")));
            }
        }
        let short = |version: Option<String>| version.map(|text| text.chars().take(SHORT).collect());
        let versions = found.definition.into_iter().chain(found.data).map(|version| Version {
            what: if version.what == "definition" { cw.definition.to_owned() } else { version.what },
            before: short(version.before),
            after: short(version.after),
        });
        Self {
            versions: versions.collect(),
            nothing_differs: found.differing == 0 && found.added.is_empty() && found.removed.is_empty(),
            before: SideView::new(found.before, titles, cw),
            after: SideView::new(found.after, titles, cw),
            documents: found.documents,
            notes,
        }
    }
}

impl ComparePage {
    /// "first N of M" where there are more.
    fn first<T>(&self, list: &First<T>) -> String {
        let (shown, all) = (list.items.len().to_string(), list.total.to_string());
        if list.is_cut() { fill(self.cw.first_of, &[("n", &shown), ("of", &all)]) } else { all }
    }

    /// What was added and removed, where something was.
    fn lists<'a>(&self, panel: &'a PanelDifferences) -> Vec<(&'static str, &'a First<String>)> {
        let all = [
            (self.cw.rows_added, &panel.rows_added),
            (self.cw.rows_removed, &panel.rows_removed),
            (self.cw.columns_added, &panel.columns_added),
            (self.cw.columns_removed, &panel.columns_removed),
        ];
        all.into_iter().filter(|(_, list)| !list.is_empty()).collect()
    }

    fn equal_panels(&self, document: &DocumentDifferences) -> String {
        fill_count(self.cw.panels_equal, document.equal)
    }
}
