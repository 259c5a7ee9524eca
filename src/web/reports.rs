//! The list of reports.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::address::Address;
use super::backend::{Fresh, ReportEntry};
use super::error::WebError;
use super::frame::{self, Frame, Place, page};
use super::state::WebState;
use super::visitor::{Entered, Visitor};
use super::when::When;
use super::words::{self, Words};
use crate::definitions::Severity;
use crate::format::Locale;

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    frame: Frame,
    reports: Vec<ReportView>,
    problems: usize,
}

struct ReportView {
    id: String,
    title: String,
    description: String,
    owner: String,
    dataset: String,
    next: Option<When>,
    problems: Option<usize>,
    /// Whether there is a version that can be shown.
    opens: bool,
}

/// `/`
pub(super) async fn list_reports(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
) -> Result<Response, WebError> {
    let locale = visitor.locale.unwrap_or_default();
    let mut reports: Vec<ReportView> =
        state.backend.reports(&standing).into_iter().map(|entry| ReportView::new(entry, locale)).collect();
    reports.sort_by(|a, b| a.title.cmp(&b.title).then_with(|| a.id.cmp(&b.id)));
    let title = Words::of(locale).reports;
    page(&ReportsPage {
        frame: Frame::new(&visitor, locale, Place::Reports, title, "/", &address)
            .in_brand(state.backend.usual_brand()),
        reports,
        problems: state
            .backend
            .problems(&standing)
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count(),
    })
}

impl ReportView {
    fn new(entry: ReportEntry, locale: Locale) -> Self {
        let problems = match entry.fresh {
            Fresh::Stale(problems) => Some(problems),
            Fresh::Current => None,
        };
        let id = entry.id.to_string();
        let Some(report) = entry.report else {
            return Self {
                title: id.clone(),
                id,
                description: String::new(),
                owner: String::new(),
                dataset: String::new(),
                next: None,
                problems,
                opens: false,
            };
        };
        Self {
            id,
            title: report.title.get(locale).to_owned(),
            description: report
                .description
                .as_ref()
                .map(|text| text.get(locale))
                .unwrap_or_default()
                .to_owned(),
            owner: report.owner.clone(),
            dataset: report.dataset.as_ref().map(ToString::to_string).unwrap_or_default(),
            next: entry.next.map(|next| When::new(next, &report.time_zone)),
            problems,
            opens: true,
        }
    }
}
