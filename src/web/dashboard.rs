//! A report on screen.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::address::Address;
use super::backend::{OpenReport, Wish};
use super::controls::{ControlView, Input};
use super::downloads;
use super::error::WebError;
use super::figures::{ONE_COLUMN_BELOW, Slot};
use super::frame::{self, Frame, Place, page};
use super::names::ReportPath;
use super::panel::{Answer, PanelView, answer_or_broken, weight_of};
use super::state::WebState;
use super::visitor::Visitor;
use super::way::Way;
use super::words::{self, Words};
use crate::definitions::model::{PanelId, Report, ReportId};
use crate::ledger::audit::Method;
use crate::runs::evaluate::{Heading, QuestionError, pages};

#[derive(Template)]
#[template(path = "dashboard.html")]
struct DashboardPage {
    frame: Frame,
    report: String,
    title: String,
    description: String,
    subtitle: String,
    heading: Heading,
    owner: String,
    controls: Vec<ControlView>,
    strays: Vec<String>,
    rows: Vec<Vec<PanelView>>,
    /// Where a page without script finds the panels that are missing; empty if none are.
    complete_url: String,
    pdf_url: String,
    xlsx_url: String,
    reset_url: String,
    /// Where a link to it is made; empty where none can be.
    share_url: String,
    /// Where it is subscribed to; empty for whoever cannot.
    subscribe_url: String,
    /// Whether it is reached at its own address.
    is_own: bool,
    /// Where the form of its parameters leads.
    action: String,
    /// What the form sends along.
    carried: Option<(&'static str, String)>,
    stale_problems: Option<usize>,
    /// Whether the visitor may take it away as a file.
    may_export: bool,
    /// The language, where the address asks for one and so the form must too.
    lang: Option<String>,
    pending: usize,
    total: usize,
}

/// `/reports/{report}` and `/reports/{report}.pdf`
pub(super) async fn show_report(
    State(state): State<WebState>,
    visitor: Visitor,
    path: ReportPath,
    address: Address,
) -> Result<Response, WebError> {
    let way = Way::own(path.report());
    show(&state, &visitor, &way, &path, &address).await
}

/// A report on the way it is reached: as a dashboard or a file.
pub(super) async fn show(
    state: &WebState,
    visitor: &Visitor,
    way: &Way,
    path: &ReportPath,
    address: &Address,
) -> Result<Response, WebError> {
    match path {
        ReportPath::Dashboard(report) => show_dashboard(state, visitor, way, report, address).await,
        ReportPath::Pdf(report) => downloads::show_pdf(state, visitor, way, report, address).await,
        ReportPath::Workbook(report) => downloads::show_workbook(state, visitor, way, report, address).await,
    }
}

async fn show_dashboard(
    state: &WebState,
    visitor: &Visitor,
    way: &Way,
    report: &ReportId,
    address: &Address,
) -> Result<Response, WebError> {
    let view = View::ask(state, visitor, way, report, address).await?;
    let complete = address.has_flag("complete");
    // With `complete` everything is waited for, except for a moment to still write the page.
    let wait =
        if complete { state.settings.request_timeout.mul_f32(0.9) } else { state.settings.inline_budget };
    let answers = answer_panels(state, &view.open, wait).await;
    let status = if view.refused.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let mut response = page(&view.page(state, visitor, way, address, answers, complete))?;
    *response.status_mut() = status;
    Ok(response)
}

/// How many refused parameters are told apart; each costs another try.
const MOST_REFUSED: usize = 16;

/// A report that could be opened, if need be without the parameters that were refused.
struct View {
    open: OpenReport,
    /// The address without what was refused.
    address: Address,
    /// What is wrong, by parameter.
    refused: BTreeMap<String, String>,
    /// The parameters as they came.
    asked: BTreeMap<String, Vec<String>>,
}

impl View {
    async fn ask(
        state: &WebState,
        visitor: &Visitor,
        way: &Way,
        report: &ReportId,
        address: &Address,
    ) -> Result<Self, WebError> {
        let asked = way.asked(address);
        let mut accepted = way.parameters(address);
        let mut refused = BTreeMap::new();
        loop {
            match state.backend.open(wish(report, visitor, accepted.clone())).await {
                Ok(open) => {
                    let address = way.address_of(&accepted, address);
                    return Ok(Self { open, address, refused, asked });
                }
                // Each round takes one parameter away; a default that is refused ends it.
                Err(QuestionError::BadParameter { name, problem })
                    // What is fixed is never left away: the rest would show more than was meant.
                    if way.is_open(&name)
                        && refused.len() < MOST_REFUSED
                        && accepted.remove(&name).is_some() =>
                {
                    refused.insert(name, problem);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn page(
        self,
        state: &WebState,
        visitor: &Visitor,
        way: &Way,
        address: &Address,
        mut answers: HashMap<PanelId, Answer>,
        complete: bool,
    ) -> DashboardPage {
        let (report, locale) = (&self.open.report, self.open.locale);
        let id = &self.open.id;
        let words = Words::of(locale);
        let base = way.base.clone();
        let query = self.address.query();
        let controls: Vec<ControlView> = self
            .open
            .controls
            .iter()
            .filter(|control| way.is_open(&control.name))
            .map(|control| {
                let problem = self.refused.get(&control.name).cloned();
                ControlView::new(control, problem, self.asked.get(&control.name).map(Vec::as_slice), words)
            })
            .collect();
        // What was refused and has no control: names the report does not know.
        let strays = self
            .refused
            .iter()
            .filter(|(name, _)| !controls.iter().any(|control| control.name == **name))
            .map(|(_, problem)| problem.clone())
            .collect();
        let rows: Vec<Vec<PanelView>> = layout(report)
            .iter()
            .map(|row| {
                let weights: Vec<f32> = row.iter().map(|panel| weight_of(report, panel, row)).collect();
                let sum = weights.iter().sum();
                let slot_of = |weight: f32| Slot::in_row(visitor.window_width, weight, sum, row.len());
                // Where charts stand below each other there is nothing to match.
                let beside = visitor.window_width >= ONE_COLUMN_BELOW;
                let row_height = row
                    .iter()
                    .zip(&weights)
                    .filter(|_| beside)
                    .filter_map(|(panel, weight)| answers.get(panel)?.height(slot_of(*weight)))
                    .fold(0.0, f32::max);
                row.iter()
                    .zip(weights)
                    .map(|(panel, weight)| {
                        let slot = Slot { row_height, ..slot_of(weight) };
                        let place =
                            super::panel::Place { base: &base, query: &query, slot, heavy: weight > 1.0 };
                        let limit = state.settings.table_rows;
                        PanelView::new(&self.open, panel, answers.remove(panel), &place, limit)
                    })
                    .collect()
            })
            .collect();
        let total = rows.iter().map(Vec::len).sum();
        let pending = rows.iter().flatten().filter(|panel| panel.is_pending()).count();
        let title = report.title.get(locale).to_owned();
        let lang = address.get("lang").map(str::to_owned);
        let reset = way.address_of(&BTreeMap::new(), address);
        let is_person = visitor.presence.signed_in().is_some_and(|person| person.method != Method::Token);
        DashboardPage {
            frame: Frame::new(visitor, locale, Place::Reports, &title, &base, &self.address)
                .in_brand(self.open.brand.clone())
                .within(way.surroundings),
            share_url: if way.is_own() && is_person && self.open.may_export {
                format!("{base}/share{query}")
            } else {
                String::new()
            },
            subscribe_url: if way.is_own() && is_person && report.subscriptions.allowed {
                format!("{base}/subscribe{query}")
            } else {
                String::new()
            },
            is_own: way.is_own(),
            action: base.clone(),
            carried: way.carried(),
            report: id.to_string(),
            description: report
                .description
                .as_ref()
                .map(|text| text.get(locale))
                .unwrap_or_default()
                .to_owned(),
            subtitle: self.open.subtitle.clone(),
            heading: self.open.heading.clone(),
            owner: report.owner.clone(),
            controls,
            strays,
            rows,
            complete_url: if pending > 0 && !complete {
                format!("{base}{}", self.address.with("complete", "1").query())
            } else {
                String::new()
            },
            pdf_url: format!("{base}.pdf{query}"),
            xlsx_url: format!("{base}.xlsx{query}"),
            reset_url: format!("{base}{}", reset.query()),
            stale_problems: self.open.stale_problems,
            may_export: self.open.may_export,
            lang,
            pending,
            total,
            title,
        }
    }
}

/// What a visitor wants to see.
pub(super) fn wish(report: &ReportId, visitor: &Visitor, parameters: BTreeMap<String, Vec<String>>) -> Wish {
    Wish { report: report.clone(), parameters, locale: visitor.locale, viewer: visitor.viewer.clone() }
}

/// Rows of panels in reading order, as on paper.
fn layout(report: &Report) -> Vec<Vec<PanelId>> {
    pages(report).into_iter().flat_map(|page| page.rows).collect()
}

/// Starts all panels at once and gives those that are done within `wait`. The others run on for the
/// grace time, so that the browser's own request can join their queries, and are then cancelled.
async fn answer_panels(state: &WebState, open: &OpenReport, wait: Duration) -> HashMap<PanelId, Answer> {
    let mut tasks = JoinSet::new();
    for panel in layout(&open.report).into_iter().flatten() {
        let answer = answer_or_broken(open.clone(), panel.clone());
        tasks.spawn(async move { (panel, answer.await) }.in_current_span());
    }
    let deadline = tokio::time::Instant::now() + wait;
    let mut answers = HashMap::new();
    while let Ok(Some(finished)) = tokio::time::timeout_at(deadline, tasks.join_next()).await {
        match finished {
            Ok((panel, Ok(answer))) => {
                answers.insert(panel, answer);
            }
            // The browser asks for it again and gets the error.
            Ok((panel, Err(error))) => tracing::warn!(%panel, %error, "panel not answered"),
            Err(error) => tracing::error!(%error, "panel task lost"),
        }
    }
    if !tasks.is_empty() {
        let grace = state.settings.grace;
        tokio::spawn(async move {
            tokio::time::sleep(grace).await;
            tasks.shutdown().await;
        });
    }
    answers
}
