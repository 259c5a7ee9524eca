//! The mail of a run.

use crate::definitions::model::EmailDelivery;
use crate::delivery::{Attachment, InlineImage, Parcel, Recipient};
use crate::error::Kind;
use crate::render::document::Document;
use crate::render::mail::{MailOptions, mail};
use crate::runs::artefacts::{File, FileKind};
use crate::runs::store::Stage;

use super::part::Part;
use super::{Parts, StageFailure, Ticket};

/// The mail to all recipients of `email`.
pub(super) fn parcel(
    parts: &Parts,
    ticket: &Ticket,
    part: &Part,
    email: &EmailDelivery,
    document: &Document,
    files: &[File],
) -> Result<Parcel, StageFailure> {
    let fill = |text: &str| {
        // One pass: a title that holds `{period}` stays as it is.
        let mut filled = String::new();
        let mut rest = text;
        while let Some(start) = rest.find('{') {
            filled.push_str(&rest[..start]);
            rest = &rest[start..];
            let (word, length) = if rest.starts_with("{title}") {
                (document.title.as_str(), "{title}".len())
            } else if rest.starts_with("{period}") {
                (document.subtitle.as_str(), "{period}".len())
            } else {
                ("{", 1)
            };
            filled.push_str(word);
            rest = &rest[length..];
        }
        filled + rest
    };
    let subject = match &email.subject {
        Some(subject) => fill(subject.get(document.locale)),
        None if document.subtitle.is_empty() => document.title.clone(),
        None => format!("{} · {}", document.title, document.subtitle),
    };
    // Whoever reads only the list of their mail has to know too.
    let marks = document.marks();
    let subject = marks.iter().rev().fold(subject, |subject, (heading, _)| format!("[{heading}] {subject}"));
    let mark = marks.iter().map(|(heading, lines)| format!("{heading}\n{}", lines.join("\n")));
    let mark = mark.reduce(|all, mark| format!("{all}\n\n{mark}"));
    let message = email.message.as_ref().map(|message| fill(message.get(document.locale)));
    let message = match (mark, message) {
        (Some(mark), Some(message)) => Some(format!("{mark}\n\n{message}")),
        (mark, message) => mark.or(message),
    };
    let attached: Vec<&File> = files
        .iter()
        .filter(|file| asked_for(part.attach.as_ref().unwrap_or(&email.attach), file.kind))
        .collect();
    let options = MailOptions {
        show: email.show.iter().map(ToString::to_string).collect(),
        message,
        dashboard: dashboard(parts, ticket, part),
        files: attached.iter().map(|file| file.name.clone()).collect(),
    };
    let body = mail(document, &options)
        .map_err(|error| StageFailure::new(Stage::Deliver, error.kind(), error.to_string()))?;
    Ok(Parcel {
        id: ticket.first.to_string(),
        date: parts.clock.now(),
        // Longer subjects are cut by every mail program anyway.
        subject: subject.chars().take(200).collect(),
        text: body.text,
        html: body.html,
        language: document.locale.tag().to_owned(),
        images: body
            .images
            .into_iter()
            .map(|image| InlineImage { cid: image.cid, png: image.png.into() })
            .collect(),
        attachments: attached
            .into_iter()
            .map(|file| Attachment {
                file_name: file.name.clone(),
                media_type: file.kind.media_type().to_owned(),
                bytes: file.bytes.clone(),
            })
            .collect(),
        to: recipients(email.to.as_slice())?,
        cc: recipients(email.cc.as_slice())?,
        bcc: recipients(email.bcc.as_slice())?,
        reply_to: recipients(email.reply_to.as_slice())?.pop(),
    })
}

pub(super) fn asked_for(wanted: &[crate::definitions::model::Attachment], kind: FileKind) -> bool {
    use crate::definitions::model::Attachment as Wanted;
    wanted.contains(match kind {
        FileKind::Pdf => &Wanted::Pdf,
        FileKind::Csv => &Wanted::Csv,
        FileKind::Xlsx => &Wanted::Xlsx,
        FileKind::Figures => return false,
    })
}

fn recipients(texts: &[String]) -> Result<Vec<Recipient>, StageFailure> {
    texts
        .iter()
        .map(|text| {
            text.parse().map_err(|error: crate::delivery::AddressError| {
                StageFailure::new(Stage::Deliver, Kind::BadDefinition, error.to_string())
            })
        })
        .collect()
}

/// The address of the dashboard with the parameters of the schedule.
fn dashboard(parts: &Parts, ticket: &Ticket, part: &Part) -> Option<String> {
    let mut url = parts.settings.base_url.clone()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(["reports", ticket.run.report.as_str()]);
    url.set_fragment(None);
    if !part.parameters.is_empty() {
        let pairs =
            part.parameters.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Some(url.into())
}
