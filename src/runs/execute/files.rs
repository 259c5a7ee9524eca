//! The files of a run.

use bytes::Bytes;
use chrono_tz::Tz;

use super::deliver::asked_for;
use super::part::Part;
use super::{Parts, StageFailure, Ticket};
use crate::definitions::model::{Attachment, DestinationDelivery, PanelErrorPolicy, Schedule};
use crate::delivery::{archive, safe_file_name};
use crate::error::Kind;
use crate::render::csv::{self, ByteOrderMark};
use crate::render::document::Document;
use crate::render::pdf::{locked, pdf};
use crate::render::pictures::pictures;
use crate::render::workbook::workbook;
use crate::runs::artefacts::{File, FileKind};
use crate::runs::store::{Stage, Trigger};

/// The most sheets that become pictures.
const MOST_PICTURES: usize = 20;

/// The files of a copy, and the names of those that its mail has.
pub(super) struct Made {
    pub(super) files: Vec<File>,
    pub(super) attached: Vec<String>,
}

/// What is to be made, and how.
struct Wishes {
    wanted: Vec<Attachment>,
    stem: String,
    policy: PanelErrorPolicy,
    mark: ByteOrderMark,
    attach: Vec<Attachment>,
    zip: bool,
    password: Option<String>,
}

/// Makes the files that the schedule's deliveries ask for; a dry run makes the PDF in any case. Runs
/// beside the other tasks, because drawing takes a processor.
pub(super) async fn make(
    parts: &Parts,
    document: Document,
    ticket: &Ticket,
    part: &Part,
    warnings: &mut Vec<String>,
) -> Result<(Document, Made), StageFailure> {
    let email = ticket.schedule.deliver.email.as_ref();
    let secret = email.and_then(|email| email.password_secret.as_ref());
    let password = secret.map(|name| parts.destinations.secret(name)).transpose().map_err(|why| {
        let message = format!("attached files cannot be protected: {why}");
        StageFailure::new(Stage::Render, Kind::BadDefinition, message)
    })?;
    let has_mark = ticket.schedule.deliver.csv.bom;
    let wishes = Wishes {
        wanted: wanted(&ticket.schedule, part, ticket.run.trigger),
        stem: stem(&document, ticket, part),
        policy: ticket.schedule.on_panel_error,
        mark: if has_mark { ByteOrderMark::Present } else { ByteOrderMark::Absent },
        attach: email.map(|email| part.attach.as_ref().unwrap_or(&email.attach).clone()).unwrap_or_default(),
        zip: email.is_some_and(|email| email.zip),
        password,
    };
    let made = tokio::task::spawn_blocking(move || {
        let made = draw(&document, &wishes).and_then(|(files, found)| Ok((pack(files, &wishes)?, found)));
        (document, made)
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
    let (made, found) = drawn?;
    warnings.extend(found);
    Ok((document, made))
}

/// Every kind of file that somebody wants.
pub(super) fn wanted(schedule: &Schedule, part: &Part, trigger: Trigger) -> Vec<Attachment> {
    let deliver = &schedule.deliver;
    let email = deliver.email.iter().flat_map(|email| part.attach.as_ref().unwrap_or(&email.attach));
    let folder = deliver.folder.iter().flat_map(|folder| &folder.files);
    let destinations = deliver.destinations.values().flat_map(DestinationDelivery::wanted);
    let all: Vec<Attachment> = email.chain(folder).copied().chain(destinations).collect();
    let mut wanted: Vec<Attachment> =
        Attachment::ALL.into_iter().filter(|attachment| all.contains(attachment)).collect();
    if wanted.is_empty() && trigger == Trigger::DryRun {
        wanted.push(Attachment::Pdf);
    }
    wanted
}

/// Packs what the mail has, if it is to be packed; the files themselves stay, for whoever may open them here.
fn pack(mut files: Vec<File>, wishes: &Wishes) -> Result<Made, StageFailure> {
    let failed = |why: String| StageFailure::new(Stage::Render, Kind::Bug, why);
    let attached: Vec<File> =
        files.iter().filter(|file| asked_for(&wishes.attach, file.kind)).cloned().collect();
    let password = wishes.password.as_deref();
    let is_alone = |file: &&File| !wishes.zip && (password.is_none() || file.kind == FileKind::Pdf);
    let (alone, together): (Vec<&File>, Vec<&File>) = attached.iter().partition(is_alone);
    let mut names = Vec::new();
    for file in alone {
        let Some(password) = password else {
            names.push(file.name.clone());
            continue;
        };
        let bytes = locked(&file.bytes, password).map_err(|error| failed(error.to_string()))?;
        let name = safe_file_name(&format!("{} (locked)", wishes.stem), FileKind::LockedPdf.extension());
        names.push(name.clone());
        files.push(File { kind: FileKind::LockedPdf, name, bytes: bytes.into() });
    }
    if !together.is_empty() {
        let content: Vec<(String, Bytes)> =
            together.iter().map(|file| (file.name.clone(), file.bytes.clone())).collect();
        let bytes = archive(&content, password).map_err(failed)?;
        let name = safe_file_name(&wishes.stem, FileKind::Zip.extension());
        names.push(name.clone());
        files.push(File { kind: FileKind::Zip, name, bytes: bytes.into() });
    }
    Ok(Made { files, attached: names })
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
fn draw(document: &Document, wishes: &Wishes) -> Result<(Vec<File>, Vec<String>), StageFailure> {
    let Wishes { wanted, stem, policy, mark, .. } = wishes;
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
            if *policy == PanelErrorPolicy::Stop {
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
        files.extend(tables(document, stem, *mark));
    }
    if wanted.contains(&Attachment::Png) {
        let (drawn, sheets) = pictures(document, MOST_PICTURES)
            .map_err(|error| StageFailure::new(Stage::Render, error.kind(), error.to_string()))?;
        if sheets > drawn.len() {
            warnings.push(format!("only the first {} of {sheets} sheets became pictures", drawn.len()));
        }
        files.extend(drawn.into_iter().zip(1..).map(|(png, number)| File {
            kind: FileKind::Png,
            name: safe_file_name(&format!("{stem} {number}"), FileKind::Png.extension()),
            bytes: Bytes::from(png),
        }));
    }
    Ok((files, warnings))
}

/// So many characters of any script leave room for a number in the name of a file.
const SHORT_NAME: usize = 40;

/// One CSV file per table and chart; a second one of the same title is numbered.
fn tables(document: &Document, stem: &str, mark: ByteOrderMark) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for block in document.blocks() {
        let Ok(content) = &block.content else { continue };
        let Some(bytes) = csv::of_content(content, document.locale, mark) else { continue };
        let title: String = block.title.chars().take(40).collect();
        let base = format!("{}{stem} {title}", block.incomplete_mark(document.locale));
        let extension = FileKind::Csv.extension();
        let mut name = safe_file_name(&base, extension);
        let mut number = 2;
        while files.iter().any(|file| file.name == name) {
            // Long names are cut, and the number must not be.
            let short: String = base.chars().take(SHORT_NAME).collect();
            name = safe_file_name(&format!("{short} {number}"), extension);
            number += 1;
        }
        files.push(File { kind: FileKind::Csv, name, bytes: Bytes::from(bytes) });
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Locale;
    use crate::render::sheet::sample;

    #[test]
    fn tables_of_long_and_equal_titles_become_files_of_their_own() {
        let mut document = sample::report(Locale::Ko, (595.28, 841.89), 4, 40);
        for block in document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten()) {
            block.title = "매장별 일일 매출과 이익 그리고 재고 회전율의 긴 제목".into();
            block.missing = vec!["usa".into()];
        }
        let stem = "아주 긴 제목을 가진 보고서 ".repeat(6);
        let files = tables(&document, &stem, ByteOrderMark::Absent);
        let names: std::collections::BTreeSet<&str> = files.iter().map(|file| file.name.as_str()).collect();
        assert!(files.len() > 1 && names.len() == files.len(), "{names:?}");
        assert!(names.iter().all(|name| name.starts_with("(불완전, usa 제외) ")), "{names:?}");
    }
}
