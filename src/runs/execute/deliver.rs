//! Handing the files over, with a record before and after each outside effect.

use std::collections::HashMap;

use tokio::sync::Semaphore;

use super::parcel::{asked_for, parcel};
use super::part::Part;
use super::{Parts, StageFailure, Ticket, told};
use crate::definitions::model::{EmailDelivery, FolderDelivery};
use crate::delivery::{EmailAddress, Message, Outcome, compose};
use crate::error::Kind;
use crate::render::document::Document;
use crate::runs::artefacts::File;
use crate::runs::store::{Channel, Delivery, DeliveryState, Reached, Repeat, Stage};

/// Performs all deliveries of a run. One that fails does not keep the others; in the end the run
/// fails if any did.
pub(super) async fn deliver(
    parts: &Parts,
    connections: &Semaphore,
    ticket: &Ticket,
    document: &Document,
    files: &[File],
    warnings: &mut Vec<String>,
) -> Result<(), StageFailure> {
    let reached = if ticket.repeat == Repeat::Unsent {
        parts.store.reached_before(&ticket.run).await.map_err(failed)?
    } else {
        Vec::new()
    };
    let mut problems = Vec::new();
    if let Some(folder) = &ticket.schedule.deliver.folder {
        problems.extend(into_folder(parts, ticket, folder, files, &reached).await?);
    }
    if let Some(email) = &ticket.schedule.deliver.email {
        problems.extend(by_mail(parts, connections, ticket, email, document, files, &reached).await?);
    }
    if !reached.is_empty() {
        warnings
            .push(format!("{} recipients have it, or may have it, from an earlier attempt", reached.len()));
    }
    let Some(worst) = problems.iter().map(|problem| problem.kind).max_by_key(|kind| !kind.is_transient())
    else {
        return Ok(());
    };
    let lines: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    Err(StageFailure::new(Stage::Deliver, worst, lines.join("; ")))
}

/// What went wrong for one recipient.
pub(super) struct Problem {
    pub(super) kind: Kind,
    pub(super) message: String,
}

pub(super) fn failed(error: crate::runs::store::StoreError) -> StageFailure {
    StageFailure::store(Stage::Deliver)(error)
}

async fn into_folder(
    parts: &Parts,
    ticket: &Ticket,
    folder: &FolderDelivery,
    files: &[File],
    reached: &[Reached],
) -> Result<Vec<Problem>, StageFailure> {
    let Parts { store, clock, .. } = parts;
    if reached.contains(&(Channel::Folder, folder.path.clone(), String::new())) {
        return Ok(Vec::new());
    }
    let run = ticket.run.id;
    let planned = store
        .plan_deliveries(run, Channel::Folder, std::slice::from_ref(&folder.path), None, clock.now())
        .await
        .map_err(failed)?;
    store.begin_sending(&planned, clock.now()).await.map_err(failed)?;
    let (target, path) = (parts.folder.clone(), folder.path.clone());
    let wanted: Vec<File> =
        files.iter().filter(|file| asked_for(&folder.files, file.kind)).cloned().collect();
    let count = wanted.len();
    let put = tokio::task::spawn_blocking(move || {
        wanted.iter().try_for_each(|file| target.put(&path, &file.name, &file.bytes).map(drop))
    })
    .await
    .map_err(|error| StageFailure::new(Stage::Deliver, Kind::Bug, error.to_string()))?;
    let mut problems = Vec::new();
    let mut ended = Vec::new();
    for delivery in &planned {
        let now = clock.now();
        let (state, noted) = match &put {
            Ok(()) => {
                let (state, answer) = (DeliveryState::Sent, format!("{count} files written"));
                (state, store.move_delivery(&delivery.id, state, Some(&answer), None, now).await)
            }
            Err(error) => {
                problems.push(Problem { kind: error.kind(), message: error.to_string() });
                let (state, why) = (DeliveryState::Failed, error.to_string());
                (state, store.move_delivery(&delivery.id, state, None, Some(&why), now).await)
            }
        };
        noted.map_err(failed)?;
        ended.push((delivery, state));
    }
    told::tell(parts, &ticket.run, &ended).await;
    Ok(problems)
}

async fn by_mail(
    parts: &Parts,
    connections: &Semaphore,
    ticket: &Ticket,
    email: &EmailDelivery,
    document: &Document,
    files: &[File],
    reached: &[Reached],
) -> Result<Vec<Problem>, StageFailure> {
    let parcel = parcel(parts, ticket, &Part::whole(ticket), email, document, files)?;
    let policy = &parts.settings.policy;
    if let Some(closed) = parcel.recipients().iter().find(|to| !policy.allows_domain(to.address.domain())) {
        let message = format!(
            "nothing was sent by mail, because mail to `{}` is not allowed (JANGPYO_ALLOWED_RECIPIENT_DOMAINS)",
            closed.address.domain()
        );
        return Err(StageFailure::new(Stage::Deliver, Kind::Forbidden, message));
    }
    let message = compose(&parcel, parts.mailer.from(), parts.settings.max_message_bytes)
        .map_err(|error| StageFailure::new(Stage::Deliver, error.kind(), error.to_string()))?;
    let mut addresses: HashMap<String, EmailAddress> = HashMap::new();
    let mut recipients = Vec::new();
    for recipient in parcel.recipients() {
        let address = recipient.address.to_string();
        let has_it = reached
            .iter()
            .any(|(channel, known, _)| *channel == Channel::Email && known.eq_ignore_ascii_case(&address));
        if !has_it {
            addresses.insert(address.clone(), recipient.address.clone());
            recipients.push(address);
        }
    }
    let planned = parts
        .store
        .plan_deliveries(ticket.run.id, Channel::Email, &recipients, Some(&message.id), parts.clock.now())
        .await
        .map_err(failed)?;
    send(parts, connections, ticket, &message, planned, &addresses).await
}

/// Sends in rounds: those refused for now go into the next, after a pause.
pub(super) async fn send(
    parts: &Parts,
    connections: &Semaphore,
    ticket: &Ticket,
    message: &Message,
    planned: Vec<Delivery>,
    addresses: &HashMap<String, EmailAddress>,
) -> Result<Vec<Problem>, StageFailure> {
    let Parts { store, clock, mailer, settings, .. } = parts;
    let mut problems = Vec::new();
    let mut waiting = planned;
    let mut attempt = 1;
    while !waiting.is_empty() {
        let to: Vec<EmailAddress> =
            waiting.iter().filter_map(|delivery| addresses.get(&delivery.recipient).cloned()).collect();
        let reply = {
            let _connection = connections.acquire().await;
            // Not before it is its turn: a crash puts in doubt whatever is on record as being handed over, and a
            // process without its store must not go on with what it has recorded long ago.
            store.begin_sending(&waiting, clock.now()).await.map_err(failed)?;
            mailer.send(message, &to).await
        };
        let pause = settings.retry.pause_after(attempt, ticket.run.id.bits());
        let (mut again, mut ended) = (Vec::new(), Vec::new());
        for (delivery, outcome) in waiting.into_iter().zip(reply.outcomes) {
            let (state, answer, error) = match &outcome {
                Outcome::Accepted(answer) => (DeliveryState::Sent, Some(answer.as_str()), None),
                Outcome::RefusedForNow(why) if pause.is_some() => {
                    (DeliveryState::Queued, None, Some(why.as_str()))
                }
                Outcome::RefusedForNow(why) | Outcome::Refused(why) => {
                    (DeliveryState::Failed, None, Some(why.as_str()))
                }
                Outcome::InDoubt(why) => (DeliveryState::InDoubt, None, Some(why.as_str())),
            };
            store.move_delivery(&delivery.id, state, answer, error, clock.now()).await.map_err(failed)?;
            // The run's message goes to logs; the delivery itself keeps the whole address.
            let masked = addresses.get(&delivery.recipient).map(EmailAddress::masked).unwrap_or_default();
            let error = error.unwrap_or_default().replace(&delivery.recipient, &masked);
            match state {
                DeliveryState::Queued => {
                    tracing::warn!(run = %ticket.run.id, to = masked, attempt, error, "mail refused for now");
                    again.push(delivery.clone());
                }
                DeliveryState::Failed => problems.push(Problem {
                    kind: if matches!(outcome, Outcome::Refused(_)) {
                        Kind::BadRequest
                    } else {
                        Kind::Unavailable
                    },
                    message: format!("{masked} was not reached: {error}"),
                }),
                DeliveryState::InDoubt => problems.push(Problem {
                    kind: Kind::Unavailable,
                    message: format!("{masked} may have got it, so it is not sent again by itself: {error}"),
                }),
                _ => {}
            }
            if state != DeliveryState::Queued {
                ended.push((delivery, state));
            }
        }
        told::tell(parts, &ticket.run, &ended).await;
        waiting = again;
        if let (Some(pause), false) = (pause, waiting.is_empty()) {
            tokio::time::sleep(pause).await;
        }
        attempt += 1;
    }
    Ok(problems)
}
