//! The files of a run.

use bytes::Bytes;
use chrono_tz::Tz;

use super::part::Part;
use super::{StageFailure, Ticket};
use crate::definitions::model::{Attachment, PanelErrorPolicy, Schedule};
use crate::delivery::safe_file_name;
use crate::error::Kind;
use crate::render::csv::{self, ByteOrderMark};
use crate::render::document::Document;
use crate::render::pdf::pdf;
use crate::render::workbook::workbook;
use crate::runs::artefacts::{File, FileKind};
use crate::runs::store::{Stage, Trigger};

/// Makes the files that the schedule's deliveries ask for; a dry run makes the PDF in any case. Runs
/// beside the other tasks, because drawing takes a processor.
pub(super) async fn make(
    document: Document,
    ticket: &Ticket,
    part: &Part,
    warnings: &mut Vec<String>,
) -> Result<(Document, Vec<File>), StageFailure> {
    let wanted = wanted(&ticket.schedule, part, ticket.run.trigger);
    let stem = stem(&document, ticket, part);
    let policy = ticket.schedule.on_panel_error;
    let has_mark = ticket.schedule.deliver.csv.bom;
    let mark = if has_mark { ByteOrderMark::Present } else { ByteOrderMark::Absent };
    let made = tokio::task::spawn_blocking(move || {
        let files = draw(&document, &wanted, &stem, policy, mark);
        (document, files)
    })
    .await
    .map_err(|error| {
        let message = match error.try_into_panic() {
            Ok(panic) => super::words_of(panic.as_ref()),
            Err(error) => error.to_string(),
        };
        StageFailure::new(Stage::Render, Kind::Bug, message)
    })?;
    let (document, drawn) = made;
    let (files, found) = drawn?;
    warnings.extend(found);
    Ok((document, files))
}

fn wanted(schedule: &Schedule, part: &Part, trigger: Trigger) -> Vec<Attachment> {
    let email = schedule.deliver.email.iter().flat_map(|email| part.attach.as_ref().unwrap_or(&email.attach));
    let folder = schedule.deliver.folder.iter().flat_map(|folder| &folder.files);
    let mut wanted: Vec<Attachment> = email.chain(folder).copied().collect();
    if wanted.is_empty() && trigger == Trigger::DryRun {
        wanted.push(Attachment::Pdf);
    }
    wanted.dedup();
    wanted
}

/// The title, the scheduled day, with the time where a schedule can fire more than once a day, and what a copy of a
/// burst is about.
pub(super) fn stem(document: &Document, ticket: &Ticket, part: &Part) -> String {
    let zone = ticket.schedule.time_zone.as_deref().unwrap_or(&ticket.report.time_zone);
    let local = ticket.run.scheduled_at.with_timezone(&zone.parse::<Tz>().unwrap_or(Tz::UTC));
    let fields: Vec<&str> = ticket.schedule.cron.split_whitespace().take(2).collect();
    let once_a_day = fields.iter().all(|field| field.chars().all(|c| c.is_ascii_digit()));
    let format = if once_a_day { "%Y-%m-%d" } else { "%Y-%m-%d %H%M" };
    let title: String = document.title.chars().take(80).collect();
    let about = if part.about.is_empty() { String::new() } else { format!(" {}", part.about) };
    format!("{title} {}{about}", local.format(format))
}

/// The files, and what their owner should know of them.
fn draw(
    document: &Document,
    wanted: &[Attachment],
    stem: &str,
    policy: PanelErrorPolicy,
    mark: ByteOrderMark,
) -> Result<(Vec<File>, Vec<String>), StageFailure> {
    let (mut files, mut warnings) = (Vec::new(), Vec::new());
    if wanted.contains(&Attachment::Pdf) {
        let pdf = pdf(document)
            .map_err(|error| StageFailure::new(Stage::Render, error.kind(), error.to_string()))?;
        if !pdf.missing_glyphs.is_empty() {
            let codes: Vec<String> =
                pdf.missing_glyphs.iter().take(20).map(|c| format!("U+{:04X}", u32::from(*c))).collect();
            warnings.push(format!(
                "{} characters have no glyph in the bundled fonts and stand as their code: {}",
                pdf.missing_glyphs.len(),
                codes.join(", ")
            ));
        }
        for undrawn in &pdf.undrawn {
            let problem =
                format!("panel `{}` could not be drawn on its sheet: {}", undrawn.block, undrawn.problem);
            if policy == PanelErrorPolicy::Stop {
                let message = format!("nothing was sent, because {problem}");
                return Err(StageFailure::new(Stage::Render, Kind::BadDefinition, message));
            }
            warnings.push(problem);
        }
        files.push(File {
            kind: FileKind::Pdf,
            name: safe_file_name(stem, FileKind::Pdf.extension()),
            bytes: Bytes::from(pdf.bytes),
        });
    }
    if wanted.contains(&Attachment::Xlsx) {
        let bytes = workbook(document)
            .map_err(|error| StageFailure::new(Stage::Render, error.kind(), error.to_string()))?;
        files.push(File {
            kind: FileKind::Xlsx,
            name: safe_file_name(stem, FileKind::Xlsx.extension()),
            bytes: Bytes::from(bytes),
        });
    }
    if wanted.contains(&Attachment::Csv) {
        files.extend(tables(document, stem, mark));
    }
    Ok((files, warnings))
}

/// One CSV file per table and chart; a second one of the same title is numbered.
fn tables(document: &Document, stem: &str, mark: ByteOrderMark) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for block in document.blocks() {
        let Ok(content) = &block.content else { continue };
        let Some(bytes) = csv::of_content(content, document.locale, mark) else { continue };
        let title: String = block.title.chars().take(40).collect();
        let extension = FileKind::Csv.extension();
        let mut name = safe_file_name(&format!("{stem} {title}"), extension);
        let mut number = 2;
        while files.iter().any(|file| file.name == name) {
            name = safe_file_name(&format!("{stem} {title} {number}"), extension);
            number += 1;
        }
        files.push(File { kind: FileKind::Csv, name, bytes: Bytes::from(bytes) });
    }
    files
}
