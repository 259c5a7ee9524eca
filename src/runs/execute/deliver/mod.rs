//! Handing the files over: who gets what, put on record before anything leaves.

mod envelope;
mod path;
mod ready;
mod rounds;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use self::envelope::{Envelope, envelopes};
use self::ready::Ready;
use self::rounds::rounds;
use super::part::Part;
use super::sealed::Sealed;
use super::{Parts, StageFailure, Ticket, told};
use crate::definitions::model::{Attachment, DestinationDelivery, DestinationId, FolderDelivery};
use crate::delivery::destination::Destination;
use crate::delivery::message_id;
use crate::error::Kind;
use crate::runs::artefacts::FileKind;
use crate::runs::store::{
    Channel, Delivery, DeliveryState, Planned, Reached, Repeat, Stage, StoreError, Trigger,
};

pub(super) use self::envelope::People;

/// One handing over, with the rows that stand for it.
pub(super) struct Errand {
    what: What,
    deliveries: Vec<Delivery>,
}

/// What is handed over, and which way.
enum What {
    /// A mail.
    Mail(Envelope),
    /// Files into a folder of the server.
    Folder(FolderDelivery),
    /// To a destination.
    Destination { channel: Channel, id: DestinationId, delivery: DestinationDelivery, place: Place },
}

/// A destination, opened when the first copy goes there: all copies of a run share its connections.
#[derive(Debug, Clone, Default)]
pub(super) struct Place(Arc<OnceLock<Result<Destination, String>>>);

impl Place {
    fn open(&self, parts: &Parts, id: &DestinationId) -> Result<Destination, String> {
        self.0.get_or_init(|| parts.destinations.open(id)).clone()
    }
}

/// What went wrong for one recipient.
pub(super) struct Problem {
    pub(super) kind: Kind,
    pub(super) message: String,
}

impl Problem {
    /// The same with what the copy was about.
    pub(super) fn about(self, about: &str) -> Self {
        if about.is_empty() { self } else { Self { message: format!("`{about}`: {}", self.message), ..self } }
    }
}

impl From<StageFailure> for Problem {
    fn from(failure: StageFailure) -> Self {
        Self { kind: failure.kind, message: failure.message }
    }
}

/// The kind of a failure that several share: one that does not go away by itself, if there is any.
pub(super) fn worst(problems: &[Problem]) -> Option<Kind> {
    problems.iter().map(|problem| problem.kind).max_by_key(|kind| !kind.is_transient())
}

pub(super) fn failed(error: StoreError) -> StageFailure {
    StageFailure::store(Stage::Deliver)(error)
}

/// What was put on record: the errands of each copy, what cannot be planned, and how many have theirs already.
pub(super) struct Plan<C> {
    pub(super) work: Vec<(C, Vec<Errand>)>,
    pub(super) problems: Vec<Problem>,
    pub(super) reached: usize,
    /// How many want no more mail.
    pub(super) left: usize,
}

/// Puts every delivery on record that is to be made, of each copy with the people who get it by mail. Nothing of a dry
/// run is.
pub(super) async fn plan<C>(
    parts: &Parts,
    ticket: &Ticket,
    copies: Vec<(C, Part, People)>,
) -> Result<Plan<C>, StageFailure> {
    if ticket.run.trigger == Trigger::DryRun {
        let work = copies.into_iter().map(|(copy, ..)| (copy, Vec::new())).collect();
        return Ok(Plan { work, problems: Vec::new(), reached: 0, left: 0 });
    }
    let reached = match ticket.repeat {
        Repeat::Unsent => parts.store.reached_before(&ticket.run).await.map_err(failed)?,
        Repeat::Never | Repeat::Everyone => Vec::new(),
    };
    let leavers = match &ticket.schedule.deliver.email {
        Some(email) if email.unsubscribe => {
            let left = parts.store.unsubscribed(&ticket.run.report, &ticket.run.schedule).await;
            left.map_err(failed)?
        }
        _ => HashSet::new(),
    };
    let (mut errands, mut planned, mut problems, mut left) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let mut places = HashMap::new();
    for (copy, part, people) in copies {
        let (people, gone) = people.without(&leavers);
        left += gone;
        let (whats, unplanned) = whats(parts, ticket, &part, &people, &mut places);
        // The same for every copy of a burst.
        if problems.is_empty() {
            problems = unplanned;
        }
        let mut own = Vec::new();
        for what in whats {
            let mut rows = what.rows(parts, &part.about);
            rows.retain(|row| is_wanted(ticket, &reached, row));
            if !rows.is_empty() {
                own.push((what, rows.len()));
                planned.extend(rows);
            }
        }
        errands.push((copy, own));
    }
    let now = parts.clock.now();
    let mut deliveries = parts.store.plan(ticket.run.id, &planned, now).await.map_err(failed)?.into_iter();
    let work = errands.into_iter().map(|(copy, own)| {
        let own = own
            .into_iter()
            .map(|(what, rows)| Errand { what, deliveries: deliveries.by_ref().take(rows).collect() });
        (copy, own.collect())
    });
    Ok(Plan { work: work.collect(), problems, reached: reached.len(), left })
}

/// Whether somebody is to get it in this attempt.
fn is_wanted(ticket: &Ticket, reached: &[Reached], row: &Planned) -> bool {
    let is = |(channel, recipient, slice): &Reached| {
        *channel == row.channel && recipient.eq_ignore_ascii_case(&row.recipient) && *slice == row.slice
    };
    if ticket.only.is_empty() { !reached.iter().any(is) } else { ticket.only.iter().any(is) }
}

/// Everything that is to be handed over of a copy.
fn whats(
    parts: &Parts,
    ticket: &Ticket,
    part: &Part,
    people: &People,
    places: &mut HashMap<DestinationId, Place>,
) -> (Vec<What>, Vec<Problem>) {
    let deliver = &ticket.schedule.deliver;
    let (mut whats, mut problems) = (Vec::new(), Vec::new());
    whats.extend(deliver.folder.clone().map(What::Folder));
    for (id, delivery) in &deliver.destinations {
        match parts.destinations.channel(id, &ticket.report.owner) {
            Ok(channel) => {
                let place = places.entry(id.clone()).or_default().clone();
                whats.push(What::Destination { channel, id: id.clone(), delivery: delivery.clone(), place });
            }
            Err(message) => problems.push(Problem { kind: Kind::BadDefinition, message }),
        }
    }
    if let Some(email) = &deliver.email
        && !people.everybody().is_empty()
    {
        let policy = &parts.settings.policy;
        let closed = people.everybody().into_iter().find(|to| !policy.allows_domain(to.address.domain()));
        match (closed, closed.is_none().then(|| envelopes(ticket, part, email, people.clone()))) {
            (Some(closed), _) => {
                let message = format!(
                    "nothing was sent by mail, because mail to `{}` is not allowed \
                     (JANGPYO_ALLOWED_RECIPIENT_DOMAINS)",
                    closed.address.domain()
                );
                problems.push(Problem { kind: Kind::Forbidden, message });
            }
            (None, Some(Ok(envelopes))) => whats.extend(envelopes.into_iter().map(What::Mail)),
            (None, Some(Err(failure))) => problems.push(failure.into()),
            (None, None) => {}
        }
    }
    (whats, problems)
}

impl What {
    /// The rows that stand for it.
    fn rows(&self, parts: &Parts, about: &str) -> Vec<Planned> {
        let row = |channel, recipient: String| Planned {
            channel,
            recipient,
            slice: about.to_owned(),
            message_id: None,
        };
        match self {
            Self::Mail(Envelope { id, people, .. }) => {
                let id = message_id(id, parts.mailer.from());
                let row = |to: String| Planned { message_id: Some(id.clone()), ..row(Channel::Email, to) };
                people.everybody().into_iter().map(|to| row(to.address.to_string())).collect()
            }
            Self::Folder(folder) => vec![row(Channel::Folder, folder.path.clone())],
            Self::Destination { channel, id, .. } => vec![row(*channel, id.to_string())],
        }
    }
}

/// Does the errands of a copy. One that fails does not keep the others.
pub(super) async fn perform(
    parts: &Parts,
    ticket: &Ticket,
    part: &Part,
    errands: Vec<Errand>,
    sealed: &Sealed,
) -> Result<Vec<Problem>, StageFailure> {
    let mut problems = Vec::new();
    for Errand { what, deliveries } in errands {
        match Ready::of(parts, (ticket, part), &what, &deliveries, sealed) {
            Ok(ready) => problems.extend(rounds(parts, ticket, &ready, deliveries).await?),
            Err(failure) => {
                give_up(parts, ticket, &deliveries, DeliveryState::Failed, &failure.message).await?;
                problems.push(failure.into());
            }
        }
    }
    Ok(problems)
}

/// Ends errands that cannot be done.
pub(super) async fn abandon(
    parts: &Parts,
    ticket: &Ticket,
    errands: Vec<Errand>,
    state: DeliveryState,
    why: &str,
) -> Result<(), StageFailure> {
    let deliveries: Vec<Delivery> = errands.into_iter().flat_map(|errand| errand.deliveries).collect();
    give_up(parts, ticket, &deliveries, state, why).await
}

/// Ends deliveries that were never handed over.
pub(super) async fn give_up(
    parts: &Parts,
    ticket: &Ticket,
    deliveries: &[Delivery],
    state: DeliveryState,
    why: &str,
) -> Result<(), StageFailure> {
    for delivery in deliveries {
        let now = parts.clock.now();
        parts.store.move_delivery(&delivery.id, state, None, Some(why), now).await.map_err(failed)?;
    }
    let ended: Vec<_> = deliveries.iter().map(|delivery| (delivery, state)).collect();
    told::tell(parts, &ticket.run, &ended).await;
    Ok(())
}

/// Whether a file is among those that somebody wants.
pub(super) fn asked_for(wanted: &[Attachment], kind: FileKind) -> bool {
    let of_file = match kind {
        FileKind::Pdf => Attachment::Pdf,
        FileKind::Csv => Attachment::Csv,
        FileKind::Xlsx => Attachment::Xlsx,
        FileKind::Png => Attachment::Png,
        FileKind::Zip | FileKind::LockedPdf | FileKind::Figures | FileKind::Sealed => return false,
    };
    wanted.contains(&of_file)
}
