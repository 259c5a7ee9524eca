//! A report or a panel as a file.

use std::sync::Arc;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::address::Address;
use super::backend::OpenReport;
use super::dashboard::wish;
use super::disposition::{Disposition, content_disposition, file_name};
use super::error::WebError;
use super::figures::{Slot, chart_page};
use super::names::PanelFormat;
use super::panel::Answer;
use super::state::WebState;
use super::visitor::Visitor;
use super::way::Way;
use crate::definitions::model::{PanelId, ReportId};
use crate::render::canvas::{Page, png, svg_file};
use crate::render::csv::{self, ByteOrderMark};
use crate::render::document::{Block, Content, Failure};
use crate::render::sheet::figure;
use crate::render::workbook::{self, WorkbookError};

/// The width of a chart in a file, in CSS pixels.
const CHART_WIDTH: f32 = 960.0;
/// Points across a picture of a table, key number or text: the width of A4.
const FIGURE_WIDTH: f32 = 595.0;
/// Pixels per point of a PNG: twice what a screen shows, so it stays sharp in slides.
const PNG_SCALE: f32 = 8.0 / 3.0;

/// `/reports/{report}.pdf`: the sheets with the parameters of the address, to view.
pub(super) async fn show_pdf(
    state: &WebState,
    visitor: &Visitor,
    way: &Way,
    report: &ReportId,
    address: &Address,
) -> Result<Response, WebError> {
    let open = state.backend.open(wish(report, visitor, way.parameters(address))).await?;
    may_export(&open)?;
    let place = Arc::clone(&state.settings.pdf_places).acquire_owned().await;
    let place = place.map_err(|error| WebError::bug(format!("PDF places: {error}")))?;
    let document = open.answers.document().await;
    let name = file_name(&document.title, "pdf");
    // The place goes along: the work goes on when the request has given up.
    let make = move || (crate::render::pdf::pdf(&document), drop(place)).0;
    let sheets = tokio::task::spawn_blocking(make)
        .await
        .map_err(|error| WebError::bug(format!("PDF task: {error}")))?
        .map_err(|error| WebError::bug(format!("PDF: {error}")))?;
    if !sheets.missing_glyphs.is_empty() {
        tracing::warn!(%report, glyphs = ?sheets.missing_glyphs, "characters no bundled font has");
    }
    let disposition =
        if address.has_flag("download") { Disposition::Attachment } else { Disposition::Inline };
    Ok(file("application/pdf", disposition, &name, sheets.bytes))
}

/// A panel that is closed to the viewer has no file either.
fn closed(failure: &Failure) -> Result<(), WebError> {
    let forbidden = || WebError::of(axum::http::StatusCode::FORBIDDEN).saying(failure.message.clone());
    if failure.closed { Err(forbidden()) } else { Ok(()) }
}

/// Whoever may look at a report may not always take it away.
pub(super) fn may_export(open: &OpenReport) -> Result<(), WebError> {
    if open.may_export { Ok(()) } else { Err(WebError::of(axum::http::StatusCode::FORBIDDEN)) }
}

/// `/reports/{report}.xlsx`: the tables, charts and key numbers with the parameters of the address.
pub(super) async fn show_workbook(
    state: &WebState,
    visitor: &Visitor,
    way: &Way,
    report: &ReportId,
    address: &Address,
) -> Result<Response, WebError> {
    let open = state.backend.open(wish(report, visitor, way.parameters(address))).await?;
    may_export(&open)?;
    let place = Arc::clone(&state.settings.pdf_places).acquire_owned().await;
    let place = place.map_err(|error| WebError::bug(format!("workbook places: {error}")))?;
    let document = open.answers.document().await;
    let name = file_name(&document.title, "xlsx");
    let make = move || (workbook::workbook(&document), drop(place)).0;
    let bytes = tokio::task::spawn_blocking(make)
        .await
        .map_err(|error| WebError::bug(format!("workbook task: {error}")))?
        .map_err(|error| of_workbook(&error))?;
    Ok(file(XLSX, Disposition::Attachment, &name, bytes))
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table that Excel cannot hold is said to the viewer, who can choose less of it.
fn of_workbook(error: &WorkbookError) -> WebError {
    match error {
        WorkbookError::TooWide { .. } => {
            WebError::of(axum::http::StatusCode::UNPROCESSABLE_ENTITY).saying(error.to_string())
        }
        WorkbookError::Write(_) => WebError::bug(format!("workbook: {error}")),
    }
}

/// `/reports/{report}/panels/{panel}.xlsx`: the panel's numbers with where they come from.
pub(super) async fn show_panel_workbook(
    state: &WebState,
    open: &OpenReport,
    panel: &PanelId,
) -> Result<Response, WebError> {
    let document = Arc::clone(&open.answers).panel_document(panel.clone()).await?;
    if let Some((_, failure)) = document.failures().next() {
        closed(failure)?;
        return Err(WebError::of(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
            .saying(format!("{} ({})", failure.message, failure.error_id)));
    }
    let place = Arc::clone(&state.settings.pdf_places).acquire_owned().await;
    let place = place.map_err(|error| WebError::bug(format!("workbook places: {error}")))?;
    let block = document.blocks().next();
    let title = block.map(|block| block.title.clone()).unwrap_or_default();
    let title = if title.is_empty() { panel.to_string() } else { title };
    let mark = block.map(|block| block.incomplete_mark(open.locale)).unwrap_or_default();
    let make = move || (workbook::panel_workbook(&document), drop(place)).0;
    let bytes = tokio::task::spawn_blocking(make)
        .await
        .map_err(|error| WebError::bug(format!("workbook task: {error}")))?
        .map_err(|error| of_workbook(&error))?
        .ok_or_else(WebError::no_page)?;
    Ok(file(XLSX, Disposition::Attachment, &file_name(&format!("{mark}{title}"), "xlsx"), bytes))
}

/// A panel's numbers or drawing as a file to save.
pub(super) fn show_answer(
    open: &OpenReport,
    answer: &Answer,
    format: PanelFormat,
    address: &Address,
) -> Result<Response, WebError> {
    let block = match answer {
        Answer::Block(block) => block,
        Answer::Broken { error_id } => return Err(WebError::bug(format!("panel panicked: {error_id}"))),
    };
    let content = match &block.content {
        Ok(content) => content,
        Err(failure) => {
            closed(failure)?;
            return Err(WebError::of(axum::http::StatusCode::UNPROCESSABLE_ENTITY)
                .saying(format!("{} ({})", failure.message, failure.error_id)));
        }
    };
    let title = if block.title.is_empty() { block.id.as_str() } else { &block.title };
    let save = |media_type, ending, bytes: Vec<u8>| {
        let name = file_name(&format!("{}{title}", block.incomplete_mark(open.locale)), ending);
        file(media_type, Disposition::Attachment, &name, bytes)
    };
    match format {
        PanelFormat::Csv => {
            // Excel is what most people open it with.
            let mark =
                if address.get("bom") == Some("0") { ByteOrderMark::Absent } else { ByteOrderMark::Present };
            let bytes = csv::of_content(content, open.locale, mark).ok_or_else(WebError::no_page)?;
            Ok(save("text/csv; charset=utf-8", "csv", bytes))
        }
        PanelFormat::Svg => {
            let page = drawing(block, open)?;
            Ok(save("image/svg+xml", "svg", svg_file(&page, title).into_bytes()))
        }
        PanelFormat::Png => {
            let page = drawing(block, open)?;
            let bytes = open
                .draw(|| png(&page, PNG_SCALE))
                .map_err(|error| WebError::bug(format!("PNG: {error}")))?;
            Ok(save("image/png", "png", bytes))
        }
        PanelFormat::Page | PanelFormat::Xlsx => Err(WebError::no_page()),
    }
}

fn drawing(block: &Block, open: &OpenReport) -> Result<Page, WebError> {
    let drawn = open.draw(|| match &block.content {
        Ok(Content::Chart(chart)) => chart_page(chart, Slot::of_width(CHART_WIDTH), open.locale)
            .map(|drawn| drawn.page)
            .map_err(|error| error.to_string()),
        _ => figure(block, FIGURE_WIDTH, open.locale),
    });
    Ok(open.painted(drawn.map_err(|problem| WebError::bug(format!("picture: {problem}")))?))
}

fn file(media_type: &'static str, disposition: Disposition, name: &str, bytes: Vec<u8>) -> Response {
    let head = [(header::CONTENT_TYPE, media_type)];
    (head, [(header::CONTENT_DISPOSITION, content_disposition(disposition, name))], bytes).into_response()
}
