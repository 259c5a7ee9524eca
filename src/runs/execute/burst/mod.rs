//! A burst: one run, a copy for each recipient, the data read once.
//!
//! First everybody's delivery is put on record, so that progress and crashes are told from the store. One copy per
//! language is made before the others and tells what is asked; those data are read in one scan, and the other copies
//! are made from their own rows of it. A copy that cannot be made or sent keeps no other.

mod recipients;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};

use self::recipients::{Copy, Shared, Unreachable, copies, split, viewer};
use super::deliver::{self, Errand, People, Problem, failed, worst};
use super::part::Part;
use super::sealed::{Earlier, Sealed};
use super::{Done, Made, Runner, StageFailure, Ticket, figures, files, leave, send_if};
use crate::definitions::model::{Burst, RunAs};
use crate::delivery::Recipient;
use crate::engine::{Freshness, Memory, MemoryUse};
use crate::error::Kind;
use crate::runs::store::{Channel, DeliveryState, Planned, Stage, Trigger};

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
    earlier: Earlier,
    makers: Semaphore,
    /// The runner's place; given back once every copy is made, since a mail server may want to be asked again later.
    place: Mutex<Option<OwnedSemaphorePermit>>,
    to_make: AtomicUsize,
    reused: AtomicUsize,
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
    runner.enter(ticket, Stage::Evaluate).await?;
    // Files of copies that show more than the owner sees are for nobody but the operator.
    if burst.run_as() == RunAs::Schedule {
        runner.note_seen(ticket).await?;
    }
    let memory = Arc::new(Memory::new(split(&ticket.report, burst)));
    // From now on its deliveries are known to be those of copies.
    parts.store.note_burst(ticket.run.id, &MemoryUse::default()).await.map_err(failed)?;
    let seen = match viewer(ticket, burst) {
        Some(viewer) => parts.answers.seen(&ticket.report, viewer).await,
        None => None,
    };
    let shared = Shared { memory: Arc::clone(&memory), freshness: Freshness::from_now_on(), seen };
    let (found, unreachable) = copies(parts, ticket, burst, &shared).await?;
    let mut problems = refuse(runner, ticket, &unreachable, &found).await?;
    let found = with_people(ticket, found)?;
    let deliver::Plan { work, problems: unplanned, left, .. } = deliver::plan(parts, ticket, found).await?;
    problems.extend(unplanned);
    if left > 0 {
        warnings.push(leave::told(left));
    }
    let is_dry = ticket.run.trigger == Trigger::DryRun;
    let work: Vec<Work> = work.into_iter().filter(|(_, errands)| is_dry || !errands.is_empty()).collect();
    if work.is_empty() && problems.is_empty() {
        return Ok(Done::NothingToSend(
            "not sent, because the burst has no recipients who do not have it".into(),
        ));
    }
    let common = Arc::new(Common {
        runner: runner.clone(),
        ticket: ticket.clone(),
        earlier: Earlier::of(parts, ticket).await?,
        makers: Semaphore::new(MADE_AT_A_TIME),
        place: Mutex::new(place),
        to_make: AtomicUsize::new(work.len()),
        reused: AtomicUsize::new(0),
        names: Mutex::default(),
        warnings: Mutex::default(),
    });
    let (first, rest) = first_of_each_language(&common.earlier, work);
    for (part, errands) in first {
        problems.extend(common.copy(part, errands).await?);
    }
    if rest.len() > 1 {
        parts.answers.load(&memory).await;
    }
    // Tasks, so that copies are planned on every processor; they end with this future.
    let mut others = JoinSet::new();
    for (part, errands) in rest {
        if others.len() >= SENT_AT_A_TIME {
            problems.extend(ended(others.join_next().await)?);
        }
        let common = Arc::clone(&common);
        others.spawn(async move { common.copy(part, errands).await });
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
    let reused = common.reused.load(Ordering::Relaxed);
    if reused > 0 {
        warnings.push(format!(
            "{reused} copies are those that an earlier attempt made; nothing was asked for them"
        ));
    }
    if let Ok(mut found) = common.warnings.lock() {
        warnings.extend(std::mem::take(&mut *found));
    }
    ending(&problems)
}

/// A copy, and what is to be done with it.
type Work = (Part, Vec<Errand>);

/// Everybody who gets each copy: whom the burst names, and those whom the mail goes to in any case.
fn with_people(ticket: &Ticket, copies: Vec<Copy>) -> Result<Vec<(Part, Part, People)>, StageFailure> {
    let always = ticket.schedule.deliver.email.as_ref().map(People::of).transpose()?.unwrap_or_default();
    let people = |copy: Copy| {
        let cc = copy.cc.into_iter().chain(always.cc.clone()).collect();
        (copy.part.clone(), copy.part, People { to: copy.to, cc, bcc: always.bcc.clone() })
    };
    Ok(copies.into_iter().map(people).collect())
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
    let Some(worst) = worst(problems) else { return Ok(Done::Sent) };
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
        let to = |to: &Recipient| to.address.as_str() == next.recipient;
        copies.iter().any(|copy| copy.part.about == next.slice && copy.to.iter().chain(&copy.cc).any(to))
    };
    let mut planned: Vec<Planned> = Vec::new();
    for one in unreachable {
        // What is no address may be anything.
        let recipient: String = one.recipient.chars().filter(|c| !c.is_control()).take(200).collect();
        let channel = Channel::Email;
        let mut next = Planned { channel, recipient, slice: one.about.clone(), message_id: None };
        let mut number = 2;
        while planned.contains(&next) || is_sent(&next) {
            next.slice = format!("{} ({number})", one.about);
            number += 1;
        }
        planned.push(next);
    }
    let deliveries = match ticket.run.trigger {
        Trigger::DryRun => Vec::new(),
        _ => parts.store.plan(ticket.run.id, &planned, now).await.map_err(failed)?,
    };
    for (delivery, one) in deliveries.iter().zip(unreachable) {
        let delivery = std::slice::from_ref(delivery);
        deliver::give_up(parts, ticket, delivery, DeliveryState::Failed, &one.problem).await?;
    }
    let problem = |one: &Unreachable| Problem {
        kind: Kind::BadData,
        message: format!("the recipient of {} was not reached: {}", named(&one.about), one.problem),
    };
    Ok(unreachable.iter().map(problem).collect())
}

fn named(about: &str) -> String {
    if about.is_empty() { "a copy".into() } else { format!("`{about}`") }
}

/// Of the copies that have to be made the first in each language: they tell what is asked.
fn first_of_each_language(earlier: &Earlier, work: Vec<Work>) -> (Vec<Work>, Vec<Work>) {
    let mut languages = Vec::new();
    work.into_iter().partition(|(part, _)| {
        let is_first = !languages.contains(&part.locale) && !earlier.knows(part);
        if is_first {
            languages.push(part.locale);
        }
        is_first
    })
}

impl Common {
    /// Makes one copy and hands it over; what went wrong for whom.
    async fn copy(&self, part: Part, errands: Vec<Errand>) -> Result<Vec<Problem>, StageFailure> {
        let parts = self.runner.parts();
        let made = {
            let _maker = self.makers.acquire().await;
            self.make(&part).await
        };
        if self.to_make.fetch_sub(1, Ordering::Relaxed) == 1
            && let Ok(mut place) = self.place.lock()
        {
            place.take();
        }
        match made {
            Ok(Made::Sealed(sealed)) => {
                let done = deliver::perform(parts, &self.ticket, &part, errands, &sealed).await;
                Ok(done?.into_iter().map(|problem| problem.about(&part.about)).collect())
            }
            Ok(Made::NothingToSend(reason)) => {
                deliver::abandon(parts, &self.ticket, errands, DeliveryState::Unsent, &reason).await?;
                Ok(Vec::new())
            }
            // The store is the same for all copies: without it there is no record, and nothing goes out.
            Err(failure) if failure.stage == Stage::Store => Err(failure),
            Err(failure) => {
                let state = DeliveryState::Failed;
                deliver::abandon(parts, &self.ticket, errands, state, &failure.message).await?;
                let message = format!("{}: {}", named(&part.about), failure.message);
                Ok(vec![Problem { kind: failure.kind, message }])
            }
        }
    }

    /// The copy with its files, kept.
    async fn make(&self, part: &Part) -> Result<Made, StageFailure> {
        let (runner, ticket) = (&self.runner, &self.ticket);
        let parts = runner.parts();
        if let Some((sealed, _)) = self.earlier.find(parts, ticket, part).await {
            self.reused.fetch_add(1, Ordering::Relaxed);
            if let Ok(mut names) = self.names.lock() {
                names.extend(sealed.files.iter().map(|file| file.name.clone()));
            }
            runner.keep(ticket, part, &sealed.files).await?;
            runner.keep(ticket, part, &[sealed.file()?]).await?;
            return Ok(Made::Sealed(Box::new(sealed)));
        }
        let mut warnings = Vec::new();
        let document = runner.evaluate(ticket, part, &mut warnings).await?;
        if let Some(reason) = send_if::nothing_to_send(&parts.store, ticket, &document).await? {
            return Ok(Made::NothingToSend(reason));
        }
        let (document, mut files) = files::make(parts, document, ticket, part, &mut warnings).await?;
        let (document, figures) = figures::file(document, ticket, part).await?;
        files.files.push(figures);
        self.name_apart(&mut files);
        let sealed: Sealed = runner.seal(ticket, part, &document, files).await?;
        if let Ok(mut known) = self.warnings.lock() {
            known.extend(warnings);
        }
        Ok(Made::Sealed(Box::new(sealed)))
    }

    /// Gives each file a name that no other copy's has.
    fn name_apart(&self, files: &mut files::Made) {
        let Ok(mut names) = self.names.lock() else { return };
        for file in &mut files.files {
            let free = unique(&mut names, &file.name);
            for attached in files.attached.iter_mut().filter(|attached| **attached == file.name) {
                attached.clone_from(&free);
            }
            file.name = free;
        }
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
