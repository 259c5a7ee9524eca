//! What is handed over, ready for the wire: every round hands over the same.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::super::leave::Leave;
use super::super::part::Part;
use super::super::sealed::Sealed;
use super::super::{Parts, StageFailure, Ticket};
use super::envelope::{Envelope, People};
use super::path::path;
use super::{What, asked_for};
use crate::definitions::model::{DestinationDelivery, DestinationId};
use crate::delivery::destination::{Destination, Hook, HookKind, Upload};
use crate::delivery::{EmailAddress, Message, Outcome, Turn, compose};
use crate::error::Kind;
use crate::render::card::{CardWords, slack, teams};
use crate::runs::artefacts::File;
use crate::runs::store::{Channel, Delivery, Stage};

/// Something that can be handed over.
pub(super) enum Ready {
    /// A mail.
    Mail { message: Message, people: People },
    /// Files into a folder of the server.
    Folder { path: String, files: Vec<File> },
    /// A message.
    Hook { hook: Hook, id: String, body: bytes::Bytes },
    /// Files for somewhere else.
    Files { destination: Destination, uploads: Vec<Upload> },
}

impl Ready {
    /// Makes `what` ready. The error is for this one only.
    pub(super) fn of(
        parts: &Parts,
        (ticket, part): (&Ticket, &Part),
        what: &What,
        deliveries: &[Delivery],
        sealed: &Sealed,
    ) -> Result<Self, StageFailure> {
        let refused = |kind, why: String| StageFailure::new(Stage::Deliver, kind, why);
        match what {
            What::Mail(Envelope { id, people, reply_to }) => {
                let parcel = sealed
                    .parcel(id, people, reply_to.clone(), &Leave::of(parts, deliveries))
                    .ok_or_else(|| refused(Kind::Bug, "the mail was not sealed".into()))?;
                let message = compose(
                    &parcel,
                    parts.mailer.from(),
                    parts.settings.dkim.as_ref(),
                    parts.settings.max_message_bytes,
                )
                .map_err(|error| refused(error.kind(), error.to_string()))?;
                Ok(Self::Mail { message, people: people.clone() })
            }
            What::Folder(folder) => {
                let files = sealed.files.iter().filter(|file| asked_for(&folder.files, file.kind));
                Ok(Self::Folder {
                    path: path(&folder.path, ticket, part, None),
                    files: files.cloned().collect(),
                })
            }
            What::Destination { channel, id, delivery, place } => {
                let destination = place.open(parts, id).map_err(|why| refused(Kind::BadDefinition, why))?;
                Ok(to_destination(ticket, part, (*channel, id, delivery), destination, sealed))
            }
        }
    }

    /// Waits until it may be handed over; only mail has to.
    pub(super) async fn turn<'a>(&self, parts: &'a Parts, deliveries: &[Delivery]) -> Turn<'a> {
        match self {
            Self::Mail { .. } => parts.mailer.turn(deliveries.len()).await,
            _ => Turn::FREE,
        }
    }

    /// Hands it over once, in its turn; an outcome for each of `deliveries`.
    pub(super) async fn hand_over(
        &self,
        parts: &Parts,
        turn: &Turn<'_>,
        deliveries: &[Delivery],
    ) -> Vec<Outcome> {
        let outcome = match self {
            Self::Mail { message, people } => {
                let to: Vec<EmailAddress> = deliveries
                    .iter()
                    .filter_map(|delivery| people.address(&delivery.recipient).cloned())
                    .collect();
                return parts.mailer.send_now(turn, message, &to).await.outcomes;
            }
            Self::Folder { path, files } => into_folder(parts, path, files).await,
            Self::Hook { hook, id, body } => hook.post(id, body.clone(), parts.clock.now()).await,
            Self::Files { destination: Destination::Bucket(bucket), uploads } => bucket.put(uploads).await,
            Self::Files { destination: Destination::Sftp(server), uploads } => server.put(uploads).await,
            Self::Files { destination: Destination::Hook(_), .. } => {
                Outcome::Refused("it takes messages, not files".into())
            }
        };
        vec![outcome; deliveries.len()]
    }

    /// Whose fault it is when it is refused for good.
    pub(super) fn refusal(&self) -> Kind {
        match self {
            Self::Mail { .. } => Kind::BadRequest,
            _ => Kind::BadDefinition,
        }
    }

    /// What logs call the recipient of a delivery.
    pub(super) fn masked(&self, delivery: &Delivery) -> String {
        match self {
            Self::Mail { people, .. } => {
                people.address(&delivery.recipient).map(EmailAddress::masked).unwrap_or_default()
            }
            _ => delivery.recipient.clone(),
        }
    }
}

async fn into_folder(parts: &Parts, path: &str, files: &[File]) -> Outcome {
    let (target, path, files) = (parts.folder.clone(), path.to_owned(), files.to_vec());
    let count = files.len();
    let put = tokio::task::spawn_blocking(move || {
        files.iter().try_for_each(|file| target.put(&path, &file.name, &file.bytes).map(drop))
    });
    match put.await {
        Ok(Ok(())) => Outcome::Accepted(format!("{count} files written")),
        Ok(Err(error)) if error.kind().is_transient() => Outcome::RefusedForNow(error.to_string()),
        Ok(Err(error)) => Outcome::Refused(error.to_string()),
        Err(error) => Outcome::Refused(format!("writing stopped: {error}")),
    }
}

fn to_destination(
    ticket: &Ticket,
    part: &Part,
    (channel, id, delivery): (Channel, &DestinationId, &DestinationDelivery),
    destination: Destination,
    sealed: &Sealed,
) -> Ready {
    let wanted = delivery.wanted();
    let Destination::Hook(hook) = destination else {
        let template = delivery.path.as_deref().unwrap_or(DestinationDelivery::USUAL_PATH);
        let files = sealed.files.iter().filter(|file| asked_for(&wanted, file.kind));
        let uploads = files.map(|file| Upload {
            path: path(template, ticket, part, Some(&file.name)),
            media_type: file.kind.media_type().to_owned(),
            bytes: file.bytes.clone(),
        });
        return Ready::Files { uploads: uploads.collect(), destination };
    };
    let panels: Vec<String> = delivery.show.iter().map(ToString::to_string).collect();
    let files = sealed.files.iter().zip(&sealed.addresses).filter(|(file, _)| asked_for(&wanted, file.kind));
    let said = CardWords {
        message: delivery
            .message
            .as_ref()
            .map(|text| sealed.filled(text.get(sealed.locale)))
            .unwrap_or_default(),
        dashboard: sealed.dashboard.clone(),
        files: files.map(|(file, address)| (file.name.clone(), address.clone())).collect(),
    };
    let body = match channel {
        Channel::Slack => slack(&sealed.card, &panels, &said),
        Channel::Teams => teams(&sealed.card, &panels, &said),
        _ => {
            let with_content = matches!(hook.kind, HookKind::Signed { with_content: true, .. });
            signed(ticket, part, (&panels, &said), sealed, with_content)
        }
    };
    // The same for every attempt, so that whoever takes it knows it again.
    let id = format!("{}.{id}.{}", ticket.first, &sealed.key[..16.min(sealed.key.len())]);
    Ready::Hook { hook, id, body: body.to_string().into() }
}

/// The message to a program: what people are told, as data.
fn signed(
    ticket: &Ticket,
    part: &Part,
    (panels, said): (&[String], &CardWords),
    sealed: &Sealed,
    with_content: bool,
) -> Value {
    let run = &ticket.run;
    let none = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let facts = sealed.card.facts.iter().filter(|fact| panels.is_empty() || panels.contains(&fact.panel));
    let files: Vec<Value> = said
        .files
        .iter()
        .filter_map(|(name, address)| {
            let file = sealed.files.iter().find(|file| file.name == *name)?;
            Some(json!({
                "name": name,
                "media_type": file.kind.media_type(),
                "bytes": file.bytes.len(),
                "sha256": format!("{:x}", Sha256::digest(&file.bytes)),
                "url": none(address),
                "content": with_content.then(|| BASE64_STANDARD.encode(&file.bytes)),
            }))
        })
        .collect();
    json!({
        "type": "report.delivered",
        "timestamp": sealed.made_at,
        "data": {
            "run": run.id,
            "report": run.report,
            "schedule": run.schedule,
            "scheduled_at": run.scheduled_at,
            "about": none(&part.about),
            "title": sealed.card.title,
            "subtitle": sealed.card.subtitle,
            "locale": sealed.locale.tag(),
            "mark": none(&sealed.card.mark),
            "message": none(&said.message),
            "dashboard": none(&said.dashboard),
            "digest": sealed.card.digest,
            "data_versions": sealed.card.data,
            "figures": facts.collect::<Vec<_>>(),
            "files": files,
        },
    })
}
