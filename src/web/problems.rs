//! What is wrong in the definition files, for their owners.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::address::Address;
use super::error::WebError;
use super::frame::{self, Frame, Place, page};
use super::state::WebState;
use super::visitor::{Entered, Visitor};
use super::words::Words;
use crate::definitions::{Diagnostic, Severity};

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    frame: Frame,
    problems: Vec<ProblemView>,
}

struct ProblemView {
    problem: Diagnostic,
    /// Whether the definition works nevertheless.
    mild: bool,
    /// The line before, at and after the mark.
    snippet: (String, String, String),
}

/// `/problems`
pub(super) async fn list_problems(
    State(state): State<WebState>,
    visitor: Visitor,
    Entered(standing): Entered,
    address: Address,
) -> Result<Response, WebError> {
    if !visitor.doors.problems {
        return Err(WebError::no_page());
    }
    let locale = visitor.locale.unwrap_or_default();
    let title = Words::of(locale).problems;
    let problems = state.backend.problems(&standing).into_iter().map(ProblemView::new).collect();
    let frame = Frame::new(&visitor, locale, Place::Problems, title, "/problems", &address)
        .in_brand(state.backend.usual_brand());
    page(&ProblemsPage { frame, problems })
}

impl ProblemView {
    fn new(problem: Diagnostic) -> Self {
        let chars = problem.source_line.chars();
        let before: String = chars.clone().take(problem.column.saturating_sub(1)).collect();
        let marked: String =
            chars.clone().skip(problem.column.saturating_sub(1)).take(problem.width.max(1)).collect();
        let after = chars.skip(problem.column.saturating_sub(1) + problem.width.max(1)).collect();
        Self { snippet: (before, marked, after), mild: problem.severity == Severity::Warning, problem }
    }
}
