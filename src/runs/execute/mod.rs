//! One run, from its claim to its end.
//!
//! [`Runner::claim`] makes the row that says "this instant is mine"; [`Runner::perform`] does the
//! work: evaluate the report at the scheduled instant, make the files, keep them, hand them over. Each
//! stage is recorded before it begins and each delivery before and after its outside effect, so that
//! a crash at any point is told apart afterwards. A panic ends the run, not the server.

mod burst;
mod calendar;
mod claim;
mod counters;
mod deliver;
mod failure;
mod figures;
mod files;
mod leave;
mod mail;
mod make;
mod part;
mod ports;
mod resend;
mod restate;
mod sealed;
mod send_if;
mod ticket;
mod told;
mod under_way;

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt as _;
use tokio::sync::Semaphore;

use super::Clock;
use super::artefacts::Shelf;
use super::evaluate::{Question, missing_regions};
use super::store::{Ending, Missing, Run, RunId, Stage, Store, StoreError, Trigger};
use super::subscriptions::LeaveKey;
use super::waiting::words as waiting_words;
use crate::definitions::Policy;
use crate::definitions::model::PanelErrorPolicy;
use crate::delivery::{Dkim, Folder, Mailer, Recipient, RetryPolicy};
use crate::engine::Purpose;
use crate::error::Kind;
use crate::format::Locale;
use crate::ledger::audit::AuditLog;
use crate::render::document::Document;
use crate::render::provenance::Marks;

use deliver::People;
use make::Made;
use part::Part;
use sealed::Earlier;
use under_way::UnderWay;

pub use counters::RunCounters;
pub use failure::{RunError, StageFailure};
pub use ports::{Answers, Catalog, Destinations, NoDestinations, VersionedReport};
pub use resend::Resend;
pub use ticket::{Claimed, Order, Ticket};

/// How runs are performed.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// The name of this process among those that share the store: the same after a restart, so that
    /// it finds what it left behind, and no other's, so that it closes nobody else's runs.
    pub instance: String,
    /// How many runs are performed at a time; more wait.
    pub concurrency: usize,
    /// How refused mail is tried again.
    pub retry: RetryPolicy,
    /// The largest mail in bytes.
    pub max_message_bytes: usize,
    /// The key that mail is signed with.
    pub dkim: Option<Dkim>,
    /// The key that links in mails are signed with by which recipients leave; without it there are none.
    pub leave_key: Option<LeaveKey>,
    /// The address the server is reached at, for links in mails; without it there are none.
    pub base_url: Option<url::Url>,
    /// Where mail may go; asked once more when it is sent, since definitions may be older than the setting.
    pub policy: Policy,
    /// Who looks after the server, and is told of every run that failed.
    pub operations: Option<Recipient>,
    /// How often a run that waits for its data is looked at.
    pub look_every: Duration,
    /// For how long a run counts as alive without a sign of life; renewed three times as often.
    pub lease: Duration,
}

impl Default for RunSettings {
    fn default() -> Self {
        Self {
            instance: "local".into(),
            concurrency: 2,
            retry: RetryPolicy::default(),
            max_message_bytes: 25 * 1024 * 1024,
            dkim: None,
            leave_key: None,
            base_url: None,
            policy: Policy::default(),
            operations: None,
            look_every: Duration::from_secs(30),
            lease: Duration::from_secs(30),
        }
    }
}

/// What a runner works with.
pub struct Parts {
    /// The durable record.
    pub store: Store,
    /// Where it is told who got what.
    pub audit: AuditLog,
    /// Where reports come from.
    pub catalog: Arc<dyn Catalog>,
    /// Who answers them.
    pub answers: Arc<dyn Answers>,
    /// Where mail goes.
    pub mailer: Mailer,
    /// Where folder deliveries go.
    pub folder: Folder,
    /// Where else reports go.
    pub destinations: Arc<dyn Destinations>,
    /// Where files are kept.
    pub shelf: Shelf,
    /// What time it is.
    pub clock: Clock,
    /// The rest.
    pub settings: RunSettings,
}

/// Performs runs. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    parts: Arc<Parts>,
    counters: Arc<RunCounters>,
    places: Arc<Semaphore>,
    under_way: UnderWay,
}

/// What a pipeline that did not fail came to.
enum Done {
    /// Everything was made, and handed over unless it was a dry run.
    Sent,
    /// Its schedule says that there is nothing to send, and why.
    NothingToSend(String),
}

impl Runner {
    /// A runner that works with `parts`.
    pub fn new(parts: Parts) -> Self {
        let places = Arc::new(Semaphore::new(parts.settings.concurrency.max(1)));
        Self { parts: Arc::new(parts), counters: Arc::default(), places, under_way: UnderWay::default() }
    }

    /// What it works with.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// How the runs of this process ended.
    pub fn counters(&self) -> &RunCounters {
        &self.counters
    }

    /// The runs that this process performs just now.
    pub fn under_way(&self) -> HashSet<RunId> {
        self.under_way.all()
    }

    /// Claims and performs a run; answers with the run as it ended, or as it is if there was one.
    pub async fn run(&self, order: &Order) -> Result<Run, RunError> {
        match self.claim(order).await? {
            Claimed::Ticket(ticket) => Ok(self.perform(*ticket).await?),
            Claimed::Existing(run) | Claimed::Waiting(run) => Ok(*run),
        }
    }

    /// Performs a claimed run and records how it ended.
    pub async fn perform(&self, ticket: Ticket) -> Result<Run, StoreError> {
        let Parts { store, clock, .. } = &*self.parts;
        let id = ticket.run.id;
        let _here = self.under_way.enter(id);
        let mut warnings = Vec::new();
        let work = AssertUnwindSafe(Box::pin(self.pipeline(&ticket, &mut warnings))).catch_unwind();
        let ended = tokio::select! {
            ended = work => ended,
            lost = self.keep_alive(&ticket.run) => return Err(lost),
        };
        let ending = match ended {
            Ok(Ok(Done::Sent)) => Ending::Succeeded,
            Ok(Ok(Done::NothingToSend(message))) => Ending::Skipped { message },
            Ok(Err(failure)) => Ending::Failed {
                kind: failure.kind,
                message: format!("{}; {}", failure.message, how_to_go_on(&ticket.run)),
            },
            Err(panic) => Ending::Failed { kind: Kind::Bug, message: words_of(panic.as_ref()) },
        };
        self.counters.count(&ending);
        log(&ticket.run, &ending);
        store.finish(id, &ending, &warnings, clock.now()).await?;
        store.run(id).await?.ok_or_else(|| StoreError::Missing { what: "run", id: id.to_string() })
    }

    /// The whole flow.
    async fn pipeline(&self, ticket: &Ticket, warnings: &mut Vec<String>) -> Result<Done, StageFailure> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        if let Some(why) = &ticket.closed {
            return Ok(Done::NothingToSend(why.clone()));
        }
        warnings.extend(calendar::warning(&self.parts, ticket));
        if let Some(burst) = &ticket.schedule.burst {
            return burst::perform(self, ticket, burst, place, warnings).await;
        }
        let part = Part::whole(ticket, self.parts.answers.seen(&ticket.report, ticket.viewer.clone()).await);
        let earlier = Earlier::of(&self.parts, ticket).await?;
        let sealed = match earlier.find(&self.parts, ticket, &part).await {
            Some((sealed, run)) => {
                warnings.push(format!("what run {run} made is sent, so nothing was asked again"));
                self.keep_sealed(ticket, &part, sealed).await?
            }
            None => match self.make(ticket, &part, warnings).await? {
                Made::Sealed(sealed) => *sealed,
                Made::NothingToSend(reason) => return Ok(Done::NothingToSend(reason)),
            },
        };
        if ticket.run.trigger == Trigger::DryRun {
            return Ok(Done::Sent);
        }
        self.enter(ticket, Stage::Deliver).await?;
        // A mail server that wants to be asked again later must not keep other runs waiting.
        drop(place);
        let people = ticket.schedule.deliver.email.as_ref().map(People::of).transpose()?;
        let copies = vec![((), part.clone(), people.unwrap_or_default())];
        let deliver::Plan { work, mut problems, reached, left } =
            deliver::plan(&self.parts, ticket, copies).await?;
        if !ticket.only.is_empty()
            && work.iter().all(|((), errands)| errands.is_empty())
            && problems.is_empty()
        {
            return Ok(Done::NothingToSend(
                "not sent, because the schedule does not send to whom was chosen any more".into(),
            ));
        }
        for ((), errands) in work {
            let done = deliver::perform(&self.parts, ticket, &part, errands, &sealed);
            problems.extend(done.await?);
        }
        if reached > 0 {
            let who = if reached == 1 { "recipient has" } else { "recipients have" };
            warnings.push(format!("{reached} {who} it, or may have it, from an earlier attempt"));
        }
        if left > 0 {
            warnings.push(leave::told(left));
        }
        let Some(worst) = deliver::worst(&problems) else { return Ok(Done::Sent) };
        let lines: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        Err(StageFailure::new(Stage::Deliver, worst, lines.join("; ")))
    }

    /// Notes what it was made for may see: whoever may see the same may have the files.
    async fn note_seen(&self, ticket: &Ticket) -> Result<(), StageFailure> {
        let Some(seen) = self.parts.answers.seen(&ticket.report, ticket.viewer.clone()).await else {
            return Ok(());
        };
        let noted = self.parts.store.note_seen(ticket.run.id, &seen).await;
        noted.map_err(StageFailure::store(Stage::Evaluate))
    }

    /// Evaluates the report at its scheduled instant; failed panels stop it unless the schedule says
    /// otherwise.
    async fn evaluate(
        &self,
        ticket: &Ticket,
        part: &Part,
        warnings: &mut Vec<String>,
    ) -> Result<Document, StageFailure> {
        let Ticket { run, schedule, .. } = ticket;
        let question = Question {
            report: run.report.clone(),
            parameters: part.parameters.clone(),
            locale: Some(part.locale),
            now: run.scheduled_at,
            viewer: part.viewer.clone(),
            freshness: part.freshness,
            memory: part.memory.clone(),
            purpose: Purpose::Schedule {
                schedule: Some(run.schedule.to_string()),
                run: Some(run.id.to_string()),
            },
        };
        let mut document = self
            .parts
            .answers
            .document(question)
            .await
            .map_err(|error| StageFailure::new(Stage::Evaluate, error.kind(), error.to_string()))?;
        if !ticket.missing.is_empty() {
            warnings.push(format!("sent although something was missing: {}", Missing::line(&ticket.missing)));
        }
        let regions = document.missing_regions();
        let mut missing = waiting_words::lines(&ticket.missing, document.locale);
        if !regions.is_empty() {
            missing.push(missing_regions(&regions, document.locale));
            warnings.push(missing_regions(&regions, Locale::En));
        }
        let marks = Marks { missing, restated: ticket.made_again.map(|again| again.told(&document)) };
        document = document.marked(marks);
        document.made_by_run(run.id.to_string());
        let failed: Vec<String> = document
            .failures()
            .map(|(block, failure)| format!("`{}`: {} ({})", block.id, failure.cause, failure.error_id))
            .collect();
        if !failed.is_empty() && schedule.on_panel_error == PanelErrorPolicy::Stop {
            let message = format!(
                "nothing was sent, because {} of its panels failed: {}",
                failed.len(),
                failed.join("; "),
            );
            return Err(StageFailure::new(Stage::Evaluate, Kind::BadData, message));
        }
        Ok(document)
    }

    async fn enter(&self, ticket: &Ticket, stage: Stage) -> Result<(), StageFailure> {
        let lease = self.lease_from(self.parts.clock.now());
        self.parts.store.enter_stage(ticket.run.id, stage, lease).await.map_err(StageFailure::store(stage))
    }

    /// Renews the lease of a run until somebody else has closed it.
    async fn keep_alive(&self, run: &Run) -> StoreError {
        loop {
            tokio::time::sleep(self.parts.settings.lease / 3).await;
            let lease = self.lease_from(self.parts.clock.now());
            match self.parts.store.renew_lease(run.id, lease).await {
                Ok(()) => {}
                Err(error @ (StoreError::Illegal { .. } | StoreError::Missing { .. })) => return error,
                // The store may be back before the lease ends.
                Err(error) => tracing::warn!(run = %run.id, %error, "lease of a run not renewed"),
            }
        }
    }

    fn lease_from(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let lease = TimeDelta::from_std(self.parts.settings.lease).unwrap_or(TimeDelta::seconds(30));
        now + lease
    }
}

pub(super) fn how_to_go_on(run: &Run) -> String {
    let instant = run.scheduled_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    format!("when the cause is gone, run `jangpyo run {}/{} --at {instant}`", run.report, run.schedule)
}

fn words_of(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("a defect in jangpyo stopped the run; please report it with these words: {words}")
}

fn log(run: &Run, ending: &Ending) {
    let (report, schedule) = (run.report.as_str(), run.schedule.as_str());
    match ending {
        Ending::Succeeded => tracing::info!(run = %run.id, report, schedule, "run succeeded"),
        Ending::Skipped { message } => {
            tracing::info!(run = %run.id, report, schedule, reason = message, "run had nothing to send");
        }
        Ending::Failed { kind, message } => {
            tracing::error!(run = %run.id, report, schedule, ?kind, error = message, "run failed");
        }
        Ending::Interrupted { message } => {
            tracing::warn!(run = %run.id, report, schedule, error = message, "run interrupted");
        }
    }
}

#[cfg(test)]
pub(crate) mod rig;
#[cfg(test)]
mod tests;
