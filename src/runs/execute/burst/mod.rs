//! A burst: one run, a copy for each recipient, the data read once.
//!
//! First everybody's delivery is put on record, so that progress and crashes are told from the store. One copy per
//! language is made before the others and tells what is asked; those data are read in one scan, and the other copies
//! are made from their own rows of it. A copy that cannot be made or sent keeps no other.

mod recipients;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};

use self::recipients::{Copy, Shared, Unreachable, copies, kind_of, split};
use super::deliver::{Problem, failed, send};
use super::part::Part;
use super::{Done, Runner, StageFailure, Ticket, figures, files, parcel, send_if, told};
use crate::definitions::model::{Burst, EmailDelivery, RunAs};
use crate::delivery::{self, Recipient, compose};
use crate::engine::{Freshness, Memory};
use crate::error::Kind;
use crate::runs::artefacts::File;
use crate::runs::store::{Channel, Delivery, DeliveryState, Planned, Repeat, Stage, Trigger};

/// How many copies are made at a time.
const MADE_AT_A_TIME: usize = 3;

/// How many copies are on their way at a time; most of them wait for the mail server.
const SENT_AT_A_TIME: usize = 100;

/// How many problems are told one by one.
const TOLD: usize = 10;

/// What the copies of a burst have in common.
struct Common {
    runner: Runner,
    ticket: Ticket,
    email: EmailDelivery,
    makers: Semaphore,
    /// The runner's place; given back once every copy is made, since a mail server may want to be asked again later.
    place: Mutex<Option<OwnedSemaphorePermit>>,
    to_make: AtomicUsize,
    names: Mutex<BTreeSet<String>>,
    warnings: Mutex<BTreeSet<String>>,
}

/// Performs a burst.
pub(super) async fn perform(
    runner: &Runner,
    ticket: &Ticket,
    burst: &Burst,
    place: Option<OwnedSemaphorePermit>,
    warnings: &mut Vec<String>,
) -> Result<Done, StageFailure> {
    let parts = runner.parts();
    let Some(email) = &ticket.schedule.deliver.email else {
        return Err(StageFailure::new(Stage::Evaluate, Kind::BadDefinition, "a burst is sent by e-mail"));
    };
    runner.enter(ticket, Stage::Evaluate).await?;
    // Files of copies that show more than the owner sees are for nobody but the operator.
    if burst.run_as() == RunAs::Schedule {
        runner.note_seen(ticket).await?;
    }
    let memory = Arc::new(Memory::new(split(&ticket.report, burst)));
    let shared = Shared { memory: Arc::clone(&memory), freshness: Freshness::from_now_on() };
    let (found, unreachable) = copies(parts, ticket, burst, &shared).await?;
    let mut problems = refuse(runner, ticket, &unreachable, &found).await?;
    let work = plan(runner, ticket, found).await?;
    if work.is_empty() && problems.is_empty() {
        return Ok(Done::NothingToSend(
            "not sent, because the burst has no recipients who do not have it".into(),
        ));
    }
    let common = Arc::new(Common {
        runner: runner.clone(),
        ticket: ticket.clone(),
        email: email.clone(),
        makers: Semaphore::new(MADE_AT_A_TIME),
        place: Mutex::new(place),
        to_make: AtomicUsize::new(work.len()),
        names: Mutex::default(),
        warnings: Mutex::default(),
    });
    let (first, rest) = first_of_each_language(work);
    for (copy, deliveries) in first {
        problems.extend(common.copy(copy, deliveries).await?);
    }
    if rest.len() > 1 {
        parts.answers.load(&memory).await;
    }
    // Tasks, so that copies are planned on every processor; they end with this future.
    let mut others = JoinSet::new();
    for (copy, deliveries) in rest {
        if others.len() >= SENT_AT_A_TIME {
            problems.extend(ended(others.join_next().await)?);
        }
        let common = Arc::clone(&common);
        others.spawn(async move { common.copy(copy, deliveries).await });
    }
    while !others.is_empty() {
        problems.extend(ended(others.join_next().await)?);
    }
    let used = memory.used();
    tracing::info!(run = %ticket.run.id, ?used, "burst answered");
    parts.store.note_burst(ticket.run.id, &used).await.map_err(failed)?;
    for (dataset, why) in &used.refused {
        warnings.push(format!("dataset `{dataset}` was asked anew for every copy: {why}"));
    }
    if let Ok(mut found) = common.warnings.lock() {
        warnings.extend(std::mem::take(&mut *found));
    }
    ending(&problems)
}

/// What one copy came to; a panic in it ends the run, as it does everywhere.
fn ended(
    ended: Option<Result<Result<Vec<Problem>, StageFailure>, JoinError>>,
) -> Result<Vec<Problem>, StageFailure> {
    match ended {
        None => Ok(Vec::new()),
        Some(Ok(ended)) => ended,
        Some(Err(error)) => {
            let message = match error.try_into_panic() {
                Ok(panic) => super::words_of(panic.as_ref()),
                Err(error) => error.to_string(),
            };
            Err(StageFailure::new(Stage::Render, Kind::Bug, message))
        }
    }
}

/// The run fails if any copy did.
fn ending(problems: &[Problem]) -> Result<Done, StageFailure> {
    let Some(worst) = kind_of(problems.iter().map(|problem| problem.kind)) else { return Ok(Done::Sent) };
    let mut lines: Vec<String> = problems.iter().take(TOLD).map(|problem| problem.message.clone()).collect();
    if problems.len() > TOLD {
        lines.push(format!("and {} more", problems.len() - TOLD));
    }
    Err(StageFailure::new(Stage::Deliver, worst, lines.join("; ")))
}

/// Puts those who can get none on record as failed.
async fn refuse(
    runner: &Runner,
    ticket: &Ticket,
    unreachable: &[Unreachable],
    copies: &[Copy],
) -> Result<Vec<Problem>, StageFailure> {
    let parts = runner.parts();
    let now = parts.clock.now();
    let is_sent = |next: &Planned| {
        let to = |to: &Recipient| to.address.to_string() == next.recipient;
        copies.iter().any(|copy| copy.part.about == next.slice && copy.to.iter().any(to))
    };
    let mut planned: Vec<Planned> = Vec::new();
    for one in unreachable {
        // What is no address may be anything.
        let recipient: String = one.recipient.chars().filter(|c| !c.is_control()).take(200).collect();
        let mut next = Planned { recipient, slice: one.about.clone(), message_id: None };
        let mut number = 2;
        while planned.contains(&next) || is_sent(&next) {
            next.slice = format!("{} ({number})", one.about);
            number += 1;
        }
        planned.push(next);
    }
    let deliveries = match ticket.run.trigger {
        Trigger::DryRun => Vec::new(),
        _ => parts.store.plan(ticket.run.id, Channel::Email, &planned, now).await.map_err(failed)?,
    };
    for (delivery, one) in deliveries.iter().zip(unreachable) {
        let (state, why) = (DeliveryState::Failed, Some(one.problem.as_str()));
        parts.store.move_delivery(&delivery.id, state, None, why, now).await.map_err(failed)?;
    }
    let ended: Vec<_> = deliveries.iter().map(|delivery| (delivery, DeliveryState::Failed)).collect();
    told::tell(parts, &ticket.run, &ended).await;
    let problem = |one: &Unreachable| Problem {
        kind: Kind::BadData,
        message: format!("the recipient of {} was not reached: {}", named(&one.about), one.problem),
    };
    Ok(unreachable.iter().map(problem).collect())
}

fn named(about: &str) -> String {
    if about.is_empty() { "a copy".into() } else { format!("`{about}`") }
}

type Work = Vec<(Copy, Vec<Delivery>)>;

/// Puts every delivery on record that is to be made; a dry run makes the files of all.
async fn plan(runner: &Runner, ticket: &Ticket, copies: Vec<Copy>) -> Result<Work, StageFailure> {
    let parts = runner.parts();
    if ticket.run.trigger == Trigger::DryRun {
        return Ok(copies.into_iter().map(|copy| (copy, Vec::new())).collect());
    }
    let reached = match ticket.repeat {
        Repeat::Unsent => parts.store.reached_before(&ticket.run).await.map_err(failed)?,
        Repeat::Never | Repeat::Everyone => Vec::new(),
    };
    let mut planned = Vec::new();
    let mut work = Vec::new();
    for mut copy in copies {
        let about = copy.part.about.clone();
        copy.to.retain(|to| {
            let address = to.address.to_string();
            !reached.iter().any(|(channel, known, slice)| {
                *channel == Channel::Email && known.eq_ignore_ascii_case(&address) && *slice == about
            })
        });
        planned.extend(copy.to.iter().map(|to| Planned {
            recipient: to.address.to_string(),
            slice: about.clone(),
            message_id: Some(delivery::message_id(&message_id(ticket, to, &copy.part), parts.mailer.from())),
        }));
        if !copy.to.is_empty() {
            work.push(copy);
        }
    }
    let now = parts.clock.now();
    let deliveries = parts.store.plan(ticket.run.id, Channel::Email, &planned, now).await.map_err(failed)?;
    let mut deliveries = deliveries.into_iter();
    Ok(work
        .into_iter()
        .map(|copy| {
            let own = deliveries.by_ref().take(copy.to.len()).collect();
            (copy, own)
        })
        .collect())
}

/// The id of a mail: the same for every attempt, and another for every recipient and copy.
fn message_id(ticket: &Ticket, to: &Recipient, part: &Part) -> String {
    let key = format!("{}\n{}\n{:?}", to.address.to_string().to_lowercase(), part.about, part.locale);
    let digest = format!("{:x}", Sha256::digest(key));
    format!("{}.{}", ticket.first, &digest[..16])
}

fn first_of_each_language(work: Work) -> (Work, Work) {
    let mut languages = Vec::new();
    work.into_iter().partition(|(copy, _)| {
        let is_new = !languages.contains(&copy.part.locale);
        if is_new {
            languages.push(copy.part.locale);
        }
        is_new
    })
}

impl Common {
    /// Makes one copy and sends it; what went wrong for whom.
    async fn copy(&self, copy: Copy, deliveries: Vec<Delivery>) -> Result<Vec<Problem>, StageFailure> {
        let made = {
            let _maker = self.makers.acquire().await;
            self.make(&copy).await
        };
        if self.to_make.fetch_sub(1, Ordering::Relaxed) == 1
            && let Ok(mut place) = self.place.lock()
        {
            place.take();
        }
        let (document, files) = match made {
            Ok(Some(made)) => made,
            Ok(None) => return Ok(Vec::new()),
            // The store is the same for all copies: without it there is no record, and nothing goes out.
            Err(failure) if failure.stage == Stage::Store => return Err(failure),
            Err(failure) => {
                self.give_up(&deliveries, DeliveryState::Failed, &failure.message).await?;
                let message = format!("{}: {}", named(&copy.part.about), failure.message);
                return Ok(vec![Problem { kind: failure.kind, message }]);
            }
        };
        let reason = send_if::nothing_to_send(&self.runner.parts().store, &self.ticket, &document).await?;
        if let Some(reason) = reason {
            self.give_up(&deliveries, DeliveryState::Unsent, &reason).await?;
            return Ok(Vec::new());
        }
        let mut problems = Vec::new();
        for (to, delivery) in copy.to.iter().zip(deliveries) {
            problems.extend(self.mail(&copy.part, to, delivery, &document, &files).await?);
        }
        Ok(problems)
    }

    /// The document and its files, kept; `None` for one that nobody is sent.
    async fn make(
        &self,
        copy: &Copy,
    ) -> Result<Option<(crate::render::document::Document, Vec<File>)>, StageFailure> {
        let mut warnings = Vec::new();
        let document = self.runner.evaluate(&self.ticket, &copy.part, &mut warnings).await?;
        let (document, mut files) = files::make(document, &self.ticket, &copy.part, &mut warnings).await?;
        let (document, mut numbers) = figures::file(document, &self.ticket, &copy.part).await?;
        if let Ok(mut names) = self.names.lock() {
            for file in files.iter_mut().chain([&mut numbers]) {
                file.name = unique(&mut names, &file.name);
            }
        }
        self.runner.keep(&self.ticket, &files).await?;
        figures::keep(self.runner.parts(), &self.ticket, &copy.part, numbers).await?;
        if let Ok(mut known) = self.warnings.lock() {
            known.extend(warnings);
        }
        Ok((self.ticket.run.trigger != Trigger::DryRun).then_some((document, files)))
    }

    async fn mail(
        &self,
        part: &Part,
        to: &Recipient,
        delivery: Delivery,
        document: &crate::render::document::Document,
        files: &[File],
    ) -> Result<Vec<Problem>, StageFailure> {
        let parts = self.runner.parts();
        let composed =
            parcel::parcel(parts, &self.ticket, part, &self.email, document, files).and_then(|mut parcel| {
                parcel.id = message_id(&self.ticket, to, part);
                parcel.to = vec![to.clone()];
                compose(&parcel, parts.mailer.from(), parts.settings.max_message_bytes)
                    .map_err(|error| StageFailure::new(Stage::Deliver, error.kind(), error.to_string()))
            });
        match composed {
            Ok(message) => {
                let addresses = HashMap::from([(delivery.recipient.clone(), to.address.clone())]);
                send(parts, &self.runner.connections, &self.ticket, &message, vec![delivery], &addresses)
                    .await
            }
            Err(failure) => {
                self.give_up(std::slice::from_ref(&delivery), DeliveryState::Failed, &failure.message)
                    .await?;
                let message = format!("{}: {}", named(&part.about), failure.message);
                Ok(vec![Problem { kind: failure.kind, message }])
            }
        }
    }

    /// Ends deliveries that were never handed over.
    async fn give_up(
        &self,
        deliveries: &[Delivery],
        state: DeliveryState,
        why: &str,
    ) -> Result<(), StageFailure> {
        let parts = self.runner.parts();
        for delivery in deliveries {
            let now = parts.clock.now();
            parts.store.move_delivery(&delivery.id, state, None, Some(why), now).await.map_err(failed)?;
        }
        let ended: Vec<_> = deliveries.iter().map(|delivery| (delivery, state)).collect();
        told::tell(parts, &self.ticket.run, &ended).await;
        Ok(())
    }
}

/// A name that no other file of the run has.
fn unique(names: &mut BTreeSet<String>, name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut free = name.to_owned();
    let mut number = 2;
    while !names.insert(free.clone()) {
        free = format!("{stem} {number}.{extension}");
        number += 1;
    }
    free
}
