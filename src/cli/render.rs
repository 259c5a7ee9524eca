//! `jangpyo render`

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use chrono::Utc;

use super::arguments::{Place, RenderArguments};
use super::{Failure, failure, progress};
use crate::access::{Action, Object};
use crate::definitions::model::{PanelId, ReportId};
use crate::engine::{Freshness, Purpose};
use crate::error::Kind;
use crate::render::canvas;
use crate::render::document::{Block, Content, Document};
use crate::render::sheet::figure;
use crate::render::workbook;
use crate::render::{csv, draw_chart, html, pdf};
use crate::runs::evaluate::{Evaluator, Prepared, Question};

pub(super) async fn render(place: &Place, arguments: &RenderArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let ending = arguments.output.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let format = Format::of(ending)?;
    let program = place.program()?;
    let workspace = program.workspace.current();
    let viewer = arguments.viewer.viewer();
    // With somebody's eyes a closed report is as absent as everywhere else.
    let standing = program.evaluator.standing(viewer.clone()).await;
    let open = |id: &&ReportId| standing.may(Action::View, Object::Report(id));
    let open: Vec<&ReportId> = workspace.catalog().reports.keys().filter(open).collect();
    if !open.contains(&&arguments.report) {
        return Err(Failure::unknown(&format!("report `{}`", arguments.report), open));
    }
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in &arguments.parameters {
        parameters.entry(key.clone()).or_default().push(value.clone());
    }
    let question = Question {
        report: arguments.report.clone(),
        parameters,
        locale: arguments.locale,
        now: arguments.now.unwrap_or_else(Utc::now),
        viewer,
        freshness: Freshness::from_now_on(),
        memory: None,
        purpose: Purpose::Interactive,
    };
    let spinner = progress::spinner(format!("rendering {}", arguments.report));
    let prepared = program.evaluator.prepare(question).await?;
    let made = Box::pin(make(&program.evaluator, &prepared, format, arguments)).await?;
    spinner.finish_and_clear();
    write(&arguments.output, &made.bytes)?;
    eprintln!("{} ({}, {} bytes)", arguments.output.display(), made.summary, made.bytes.len());
    for warning in &made.warnings {
        eprintln!("warning: {warning}");
    }
    Ok(if made.failed { ExitCode::from(failure::FAILED) } else { ExitCode::SUCCESS })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Pdf,
    Html,
    Svg,
    Png,
    Csv,
    Xlsx,
}

impl Format {
    fn of(ending: &str) -> Result<Self, Failure> {
        match ending.to_ascii_lowercase().as_str() {
            "pdf" => Ok(Self::Pdf),
            "html" => Ok(Self::Html),
            "svg" => Ok(Self::Svg),
            "png" => Ok(Self::Png),
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            other => Err(Failure::usage(format!(
                "`.{other}` is not a format; use .pdf, .html, .xlsx, .svg, .png or .csv"
            ))),
        }
    }

    /// Whether one panel of this content makes such a file.
    fn fits(self, content: &Content) -> bool {
        match self {
            Self::Pdf | Self::Html | Self::Svg | Self::Png => true,
            Self::Csv | Self::Xlsx => matches!(content, Content::Chart(_) | Content::Table(_)),
        }
    }
}

struct Made {
    bytes: Vec<u8>,
    summary: String,
    warnings: Vec<String>,
    failed: bool,
}

async fn make(
    evaluator: &Evaluator,
    prepared: &Prepared,
    format: Format,
    arguments: &RenderArguments,
) -> Result<Made, Failure> {
    if matches!(format, Format::Pdf | Format::Html | Format::Xlsx) && arguments.panel.is_none() {
        let document = evaluator.document(prepared).await;
        return whole(&document, format);
    }
    let block = match &arguments.panel {
        Some(name) => {
            let panel = PanelId::parse(name).map_err(Failure::usage)?;
            if format == Format::Xlsx {
                return panel_workbook(&evaluator.panel_document(prepared, &panel).await?, name);
            }
            evaluator.panel(prepared, &panel).await?
        }
        None => only_fitting(&evaluator.document(prepared).await, format)?,
    };
    one_panel(&block, prepared, format, arguments)
}

fn whole(document: &Document, format: Format) -> Result<Made, Failure> {
    let mut warnings: Vec<String> = document
        .failures()
        .map(|(block, failure)| {
            let verb = if failure.closed { "is closed" } else { "failed" };
            format!("panel `{}` {verb}: {}", block.id, failure.cause)
        })
        .collect();
    warnings.extend(document.blocks().filter_map(incomplete));
    let failed = document.failures().any(|(_, failure)| !failure.closed);
    if format == Format::Html {
        let text = html::page(document).map_err(|error| Failure::new(Kind::Bug, error))?;
        return Ok(Made { bytes: text.into_bytes(), summary: "HTML".into(), warnings, failed });
    }
    if format == Format::Xlsx {
        let bytes = workbook::workbook(document).map_err(|error| Failure::new(error.kind(), error))?;
        return Ok(Made { bytes, summary: "workbook".into(), warnings, failed });
    }
    let made = pdf::pdf(document).map_err(|error| Failure::new(error.kind(), error))?;
    if !made.missing_glyphs.is_empty() {
        let missing: String = made.missing_glyphs.iter().collect();
        warnings.push(format!("no bundled font has: {missing}"));
    }
    warnings
        .extend(made.undrawn.iter().map(|undrawn| format!("panel `{}`: {}", undrawn.block, undrawn.problem)));
    let failed = failed || !made.undrawn.is_empty();
    Ok(Made { bytes: made.bytes, summary: format!("{} pages", made.pages), warnings, failed })
}

/// What whoever renders should know of a panel that lacks regions.
fn incomplete(block: &Block) -> Option<String> {
    let missing = block.missing.join(", ");
    (!missing.is_empty()).then(|| format!("panel `{}` is incomplete: without {missing}", block.id))
}

fn only_fitting(document: &Document, format: Format) -> Result<Block, Failure> {
    let fitting: Vec<&Block> = document
        .blocks()
        .filter(|block| block.content.as_ref().is_ok_and(|content| format.fits(content)))
        .collect();
    match fitting.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(Failure::usage("no panel of the report makes such a file")),
        several => {
            let names: Vec<_> = several.iter().map(|block| block.id.as_str()).collect();
            Err(Failure::usage(format!("name one panel with --panel: {}", names.join(", "))))
        }
    }
}

fn one_panel(
    block: &Block,
    prepared: &Prepared,
    format: Format,
    arguments: &RenderArguments,
) -> Result<Made, Failure> {
    const SIZE: (f32, f32) = (480.0, 270.0);
    const WIDTH: f32 = 595.0;
    const SCALE: f32 = 2.0;
    let content = block.content.as_ref().map_err(|failure| {
        Failure::new(
            Kind::BadData,
            format!("panel `{}` failed: {} ({})", block.id, failure.cause, failure.error_id),
        )
    })?;
    let done = |bytes, summary: &str| {
        let warnings = incomplete(block).into_iter().collect();
        Made { bytes, summary: summary.into(), warnings, failed: false }
    };
    match (content, format) {
        (content, Format::Svg | Format::Png) => {
            let theme = prepared.theme().unwrap_or_default();
            let drawn = theme.during(|| match content {
                Content::Chart(chart) => draw_chart(chart, SIZE.0, SIZE.1, prepared.locale)
                    .map(|(page, _)| page)
                    .map_err(|error| Failure::new(error.kind(), error)),
                _ => figure(block, WIDTH, prepared.locale)
                    .map_err(|problem| Failure::new(Kind::BadData, problem)),
            });
            let page = theme.painted(drawn?);
            if format == Format::Svg {
                return Ok(done(canvas::svg_file(&page, &block.title).into_bytes(), "SVG"));
            }
            let bytes = theme
                .during(|| canvas::png(&page, SCALE))
                .map_err(|error| Failure::new(Kind::OverLimit, error))?;
            Ok(done(bytes, "PNG"))
        }
        (content, Format::Csv) if format.fits(content) => {
            let bytes = csv::of_content(content, prepared.locale, arguments.mark());
            Ok(done(bytes.unwrap_or_default(), "CSV"))
        }
        _ => Err(Failure::usage(format!("panel `{}` does not make such a file", block.id))),
    }
}

/// One panel's numbers with where they come from.
fn panel_workbook(document: &Document, panel: &str) -> Result<Made, Failure> {
    if let Some((block, failure)) = document.failures().next() {
        let message = format!("panel `{}` failed: {} ({})", block.id, failure.cause, failure.error_id);
        return Err(Failure::new(Kind::BadData, message));
    }
    let bytes = workbook::panel_workbook(document).map_err(|error| Failure::new(error.kind(), error))?;
    let bytes = bytes.ok_or_else(|| Failure::usage(format!("panel `{panel}` makes no workbook")))?;
    let warnings = document.blocks().filter_map(incomplete).collect();
    Ok(Made { bytes, summary: "workbook".into(), warnings, failed: false })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|cause| Failure::writing(path, &cause))
}
