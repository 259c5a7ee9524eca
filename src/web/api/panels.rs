//! The numbers of a panel.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;

use super::answer::kept;
use super::cells::Rows;
use super::names::NamedTwice;
use super::reports::open;
use crate::definitions::model::{Panel, PanelId, ReportId};
use crate::format::Locale;
use crate::render::document::Content;
use crate::web::address::Address;
use crate::web::downloads::may_export;
use crate::web::error::WebError;
use crate::web::panel::{Answer, answer_or_broken};
use crate::web::state::WebState;
use crate::web::visitor::Visitor;

/// What a panel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum PanelKind {
    /// One number: a row with the column `value`, and `previous` where it is compared.
    Kpi,
    /// A chart: the rows it is drawn from.
    Chart,
    /// A table.
    Table,
    /// A pivot: its row heads and columns side by side, without subtotals.
    Pivot,
    /// Words, in `text`.
    Text,
}

impl PanelKind {
    pub(super) fn of(panel: &Panel) -> Self {
        match panel {
            Panel::Kpi(_) => Self::Kpi,
            Panel::Chart(_) => Self::Chart,
            Panel::Table(_) => Self::Table,
            Panel::Pivot(_) => Self::Pivot,
            Panel::Text(_) => Self::Text,
        }
    }
}

/// The numbers of a panel.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PanelData {
    /// Its id.
    id: String,
    /// What it is.
    kind: PanelKind,
    /// What stands above it.
    title: String,
    /// A small line below.
    note: Option<String>,
    /// The regions whose rows its numbers lack, because they could not be reached; the report says that this is allowed.
    missing_regions: Vec<String>,
    /// The words of a text.
    text: Option<String>,
    #[serde(flatten)]
    rows: Rows,
    /// Why it has no numbers; `null` where it has.
    error: Option<PanelError>,
}

/// Why a panel has no numbers.
#[derive(Debug, Serialize, JsonSchema)]
struct PanelError {
    /// What happened, and the next step.
    message: String,
    /// The id that the server's log has.
    id: String,
}

impl PanelData {
    pub(super) fn new(id: &str, kind: PanelKind, answer: Answer, locale: Locale) -> Self {
        let mut data = Self {
            id: id.to_owned(),
            kind,
            title: String::new(),
            note: None,
            missing_regions: Vec::new(),
            text: None,
            rows: Rows::default(),
            error: None,
        };
        let block = match answer {
            Answer::Block(block) => block,
            Answer::Broken { error_id } => {
                let words = crate::web::words::Words::of(locale);
                data.error = Some(PanelError { message: words.status(500).to_owned(), id: error_id });
                return data;
            }
        };
        data.title = block.title;
        data.note = block.note;
        data.missing_regions = block.missing;
        match block.content {
            Ok(Content::Kpi(kpi)) => {
                let previous = kpi.previous.as_ref().map(|previous| ("previous", previous));
                data.rows = Rows::of_one([("value", &kpi.value)].into_iter().chain(previous).collect());
            }
            Ok(Content::Chart(chart)) => data.rows = Rows::of(&chart.table_with_events()),
            Ok(Content::Table(grid)) => data.rows = Rows::of(&grid.flat(locale)),
            Ok(Content::Text(text)) => data.text = Some(text.lines().join("\n")),
            Err(failure) => data.error = Some(PanelError { message: failure.message, id: failure.error_id }),
        }
        data
    }
}

/// `GET /reports/{report}/panels/{panel}`
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
    NamedTwice(report, panel): NamedTwice<ReportId, PanelId>,
    address: Address,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let open = open(&state, &visitor, &report, &address).await?;
    may_export(&open)?;
    let locale = open.locale;
    let kind = open.report.panels.get(&panel).map(PanelKind::of);
    let answer = answer_or_broken(open, panel.clone()).await?;
    let data = PanelData::new(panel.as_str(), kind.ok_or_else(WebError::no_page)?, answer, locale);
    match &data.error {
        Some(error) => Err(WebError::of(StatusCode::UNPROCESSABLE_ENTITY)
            .saying(format!("{} ({})", error.message, error.id))),
        None => kept(&headers, &data),
    }
}
