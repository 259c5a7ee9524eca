//! What is handed over, whoever gets it: made once, kept beside the files, and the same at every attempt.
//!
//! A later attempt for the same instant takes what an earlier one has sealed: nothing is asked again, so those who are
//! reached late read the same numbers as those who were reached at once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::deliver::People;
use super::leave::{Leave, PLACE};
use super::mail::MailWords;
use super::part::Part;
use super::{Parts, StageFailure, Ticket, files};
use crate::delivery::{Attachment, InlineImage, Parcel, Recipient};
use crate::error::Kind;
use crate::format::Locale;
use crate::render::card::Card;
use crate::runs::artefacts::{File, FileKind};
use crate::runs::store::{Artefact, Repeat, RunId, Stage};

/// The form that is written; others are not read.
const FORM: u32 = 1;

/// What is handed over of one copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sealed {
    form: u32,
    /// What tells the copy from others of its run: a digest.
    pub(super) key: String,
    /// When it was made; the date of its mail at every attempt.
    pub(super) made_at: DateTime<Utc>,
    pub(super) locale: Locale,
    /// The address of the dashboard; empty for none.
    pub(super) dashboard: String,
    pub(super) card: Card,
    pub(super) mail: Option<SealedMail>,
    /// The names and digests of its files.
    names: Vec<SealedFile>,
    /// Where each file is opened in a browser; empty where the server's address is not known.
    pub(super) addresses: Vec<String>,
    /// The files.
    #[serde(skip)]
    pub(super) files: Vec<File>,
}

/// A mail without its addresses.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SealedMail {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// The pictures of the HTML by their names, in base64.
    pub(super) images: Vec<(String, String)>,
    /// The names of the files that are attached.
    pub(super) attached: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SealedFile {
    name: String,
    kind: String,
    sha256: String,
}

/// What earlier attempts have sealed, by key.
#[derive(Debug, Default)]
pub(super) struct Earlier {
    sealed: HashMap<String, Artefact>,
    files: HashMap<RunId, HashMap<String, Artefact>>,
}

impl Sealed {
    /// Seals a copy whose files are kept under the ids `kept`, in their order.
    pub(super) fn new(
        parts: &Parts,
        part: &Part,
        (card, dashboard): (Card, Option<String>),
        mail: Option<MailWords>,
        (files, addresses): (Vec<File>, Vec<String>),
    ) -> Self {
        let names = files.iter().map(|file| SealedFile {
            name: file.name.clone(),
            kind: file.kind.word().to_owned(),
            sha256: digest(&file.bytes),
        });
        Self {
            form: FORM,
            key: part.key(),
            made_at: parts.clock.now(),
            locale: card.locale,
            dashboard: dashboard.unwrap_or_default(),
            mail: mail.map(|mail| SealedMail {
                subject: mail.subject,
                text: mail.body.text,
                html: mail.body.html,
                images: mail
                    .body
                    .images
                    .into_iter()
                    .map(|image| (image.cid, BASE64_STANDARD.encode(image.png)))
                    .collect(),
                attached: mail.attached,
            }),
            names: names.collect(),
            card,
            addresses,
            files,
        }
    }

    /// The file it is kept as.
    pub(super) fn file(&self) -> Result<File, StageFailure> {
        let bytes = serde_json::to_vec(self)
            .map_err(|error| StageFailure::new(Stage::Store, Kind::Bug, error.to_string()))?;
        Ok(File { kind: FileKind::Sealed, name: file_name(&self.key), bytes: bytes.into() })
    }

    /// Its mail with addresses, called `id`; `None` for one that is not sent by mail.
    pub(super) fn parcel(
        &self,
        id: &str,
        people: &People,
        reply_to: Option<Recipient>,
        leave: &Leave,
    ) -> Option<Parcel> {
        let mail = self.mail.as_ref()?;
        let attached =
            mail.attached.iter().filter_map(|name| self.files.iter().find(|file| file.name == *name));
        let images = mail.images.iter().filter_map(|(cid, png)| {
            Some(InlineImage { cid: cid.clone(), png: BASE64_STANDARD.decode(png).ok()?.into() })
        });
        Some(Parcel {
            id: id.to_owned(),
            date: self.made_at,
            subject: mail.subject.clone(),
            text: leave.in_text(&mail.text),
            html: leave.in_html(&mail.html),
            language: self.locale.tag().to_owned(),
            images: images.collect(),
            attachments: attached
                .map(|file| Attachment {
                    file_name: file.name.clone(),
                    media_type: file.kind.media_type().to_owned(),
                    bytes: file.bytes.clone(),
                })
                .collect(),
            to: people.to.clone(),
            cc: people.cc.clone(),
            bcc: people.bcc.clone(),
            reply_to,
            unsubscribe: mail.text.contains(PLACE).then(|| leave.one_click()).flatten(),
        })
    }

    /// Fills `{title}` and `{period}` in words of an author.
    pub(super) fn filled(&self, text: &str) -> String {
        super::mail::filled(text, &self.card.title, &self.card.subtitle)
    }

    /// Whether everything is in it that the schedule says now.
    fn suits(&self, ticket: &Ticket, part: &Part) -> bool {
        let deliver = &ticket.schedule.deliver;
        let has = |wanted| self.files.iter().any(|file| super::deliver::asked_for(&[wanted], file.kind));
        let by_mail = deliver.email.is_none() || self.mail.is_some();
        // A report without tables makes no CSV file, and never will.
        let made = |wanted: &_| *wanted == crate::definitions::model::Attachment::Csv || has(*wanted);
        by_mail && files::wanted(&ticket.schedule, part, ticket.run.trigger).iter().all(made)
    }
}

impl Earlier {
    /// What earlier attempts for the instant of a ticket have sealed; nothing unless it goes to those who did not get
    /// it then.
    pub(super) async fn of(parts: &Parts, ticket: &Ticket) -> Result<Self, StageFailure> {
        let mut earlier = Self::default();
        if ticket.repeat != Repeat::Unsent || ticket.fresh {
            return Ok(earlier);
        }
        let failed = StageFailure::store(Stage::Store);
        for artefact in parts.store.sealed_before(&ticket.run).await.map_err(&failed)? {
            if let Entry::Vacant(entry) = earlier.files.entry(artefact.run) {
                let files = parts.store.artefacts(artefact.run).await.map_err(&failed)?;
                let by_name = files.into_iter().map(|file| (file.file_name.clone(), file)).collect();
                entry.insert(by_name);
            }
            earlier.sealed.insert(artefact.file_name.clone(), artefact);
        }
        Ok(earlier)
    }

    /// Whether something was sealed of a copy.
    pub(super) fn knows(&self, part: &Part) -> bool {
        self.sealed.contains_key(&file_name(&part.key()))
    }

    /// What was sealed of a copy, with the run that did; `None` if nothing was, or not all of it is there and whole.
    pub(super) async fn find(&self, parts: &Parts, ticket: &Ticket, part: &Part) -> Option<(Sealed, RunId)> {
        let artefact = self.sealed.get(&file_name(&part.key()))?;
        let read = async |artefact: &Artefact| {
            let (shelf, artefact) = (parts.shelf.clone(), artefact.clone());
            let read = tokio::task::spawn_blocking(move || {
                shelf.read(&artefact).ok().filter(|bytes| digest(bytes) == artefact.sha256)
            });
            read.await.ok().flatten()
        };
        let mut sealed: Sealed = serde_json::from_slice(&read(artefact).await?).ok()?;
        if sealed.form != FORM {
            return None;
        }
        for name in &sealed.names {
            let file = self.files.get(&artefact.run)?.get(&name.name)?;
            let bytes = read(file).await.filter(|_| file.sha256 == name.sha256)?;
            sealed.files.push(File { kind: FileKind::of_word(&name.kind)?, name: name.name.clone(), bytes });
        }
        sealed.suits(ticket, part).then_some((sealed, artefact.run))
    }
}

fn file_name(key: &str) -> String {
    format!("sealed-{key}.json")
}

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
