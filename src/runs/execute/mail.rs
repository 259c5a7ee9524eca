//! The words of a run's mail.

use crate::definitions::model::EmailDelivery;
use crate::error::Kind;
use crate::render::document::Document;
use crate::render::mail::{MailBody, MailOptions, mail};
use crate::runs::artefacts::File;
use crate::runs::store::Stage;

use super::leave::PLACE;
use super::part::Part;
use super::{Parts, StageFailure, Ticket};

/// What a mail takes besides its attachments and pictures.
const REST: usize = 64 << 10;

/// A mail without its addresses.
pub(super) struct MailWords {
    pub(super) subject: String,
    pub(super) body: MailBody,
    /// The names of the files that are attached.
    pub(super) attached: Vec<String>,
}

/// The mail with `attached`, each a file with the address it is opened at where that is known. Files that together are
/// too large for a mail are linked to instead.
pub(super) fn words(
    parts: &Parts,
    email: &EmailDelivery,
    document: &Document,
    (mark, dashboard): (&str, Option<&String>),
    attached: &[(&File, &str)],
) -> Result<MailWords, StageFailure> {
    let fill = |text: &str| filled(text, &document.title, &document.subtitle);
    let subject = match &email.subject {
        Some(subject) => fill(subject.get(document.locale)),
        None if document.subtitle.is_empty() => document.title.clone(),
        None => format!("{} · {}", document.title, document.subtitle),
    };
    // Whoever reads only the list of their mail has to know too.
    let marks = document.marks();
    let subject = marks.iter().rev().fold(subject, |subject, (heading, _)| format!("[{heading}] {subject}"));
    let message = email.message.as_ref().map(|message| fill(message.get(document.locale)));
    let message: Vec<String> =
        [Some(mark.to_owned()), message].into_iter().flatten().filter(|text| !text.is_empty()).collect();
    let options = MailOptions {
        show: email.show.as_ref().map(|show| show.iter().map(ToString::to_string).collect()),
        message: (!message.is_empty()).then(|| message.join("\n\n")),
        dashboard: dashboard.cloned(),
        files: Vec::new(),
        links: Vec::new(),
        leave: if email.unsubscribe && parts.settings.base_url.is_some() {
            PLACE.into()
        } else {
            String::new()
        },
    };
    let failed = |error: crate::render::mail::MailError| {
        StageFailure::new(Stage::Render, error.kind(), error.to_string())
    };
    let names = || attached.iter().map(|(file, _)| file.name.clone()).collect::<Vec<_>>();
    let whole = mail(document, &MailOptions { files: names(), ..options.clone() }).map_err(failed)?;
    let pictures = whole.images.iter().map(|image| image.png.len());
    let bytes: usize = attached.iter().map(|(file, _)| file.bytes.len()).chain(pictures).sum();
    // Base64 in lines of 76 characters takes 78 bytes for 57.
    let bytes = bytes / 57 * 78 + whole.html.len() * 2 + REST;
    let limit = parts.settings.max_message_bytes;
    // Longer subjects are cut by every mail program anyway.
    let subject = subject.chars().take(200).collect();
    if attached.is_empty() || bytes <= limit {
        return Ok(MailWords { subject, body: whole, attached: names() });
    }
    if attached.iter().any(|(_, address)| address.is_empty()) {
        let message = format!(
            "the attached files are too large for a mail: about {bytes} bytes, the limit is {limit}; attach less, \
             raise JANGPYO_MAX_MAIL_BYTES, or set JANGPYO_BASE_URL, so that the mail can say where to open them"
        );
        return Err(StageFailure::new(Stage::Render, Kind::OverLimit, message));
    }
    let links = attached.iter().map(|(file, address)| (file.name.clone(), (*address).to_owned())).collect();
    let body = mail(document, &MailOptions { links, ..options }).map_err(failed)?;
    Ok(MailWords { subject, body, attached: Vec::new() })
}

/// Fills `{title}` and `{period}` in one pass: a title that holds `{period}` stays as it is.
pub(super) fn filled(text: &str, title: &str, period: &str) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let (word, length) = if rest.starts_with("{title}") {
            (title, "{title}".len())
        } else if rest.starts_with("{period}") {
            (period, "{period}".len())
        } else {
            ("{", 1)
        };
        filled.push_str(word);
        rest = &rest[length..];
    }
    filled + rest
}

/// What a sheet that is not what it should be says of it: headings and lines; empty for any other.
pub(super) fn mark(document: &Document) -> String {
    let marks = document.marks();
    let marks: Vec<String> =
        marks.iter().map(|(heading, lines)| format!("{heading}\n{}", lines.join("\n"))).collect();
    marks.join("\n\n")
}

/// The address of the dashboard with the parameters of a copy.
pub(super) fn dashboard(parts: &Parts, ticket: &Ticket, part: &Part) -> Option<String> {
    let mut url = page(parts, &["reports", ticket.run.report.as_str()])?;
    if !part.parameters.is_empty() {
        let pairs =
            part.parameters.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Some(url.into())
}

/// The address that a file is opened at; empty where the server's own is not known.
pub(super) fn address_of(parts: &Parts, artefact: &str) -> String {
    page(parts, &["artefacts", artefact]).map(String::from).unwrap_or_default()
}

/// A page of the server, where its address is known.
pub(super) fn page(parts: &Parts, path: &[&str]) -> Option<url::Url> {
    let mut url = parts.settings.base_url.clone()?;
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    url.set_fragment(None);
    Some(url)
}
