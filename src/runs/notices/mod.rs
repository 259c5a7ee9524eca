//! Telling owners and operations of runs that failed, so that nobody waits in silence for a report.
//!
//! Takes what the store knows of runs that failed; gives one mail for each, with the stage, the cause, who got
//! it and who did not, and the command that goes on. A notice that could not be sent is tried again until it
//! was; after a crash in the middle it may come twice, under the same Message-ID.

mod words;

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use self::words::Words;
use super::execute::{Parts, Runner, how_to_go_on};
use super::store::{Delivery, DeliveryState, Run, StoreError, Subscription};
use crate::definitions::model::Report;
use crate::delivery::{Outcome, Parcel, Recipient, compose};
use crate::render::notice::{Notice, notice};

/// How long somebody may take to send a notice before another tries; also the pause after a failure.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// For how long the first subscription that fails stands for the others of its report.
const TOGETHER: TimeDelta = TimeDelta::hours(1);

/// How many are told of in one go.
const AT_ONCE: usize = 20;

/// Tells of every run that failed and that nobody was told of.
///
/// # Errors
/// The store cannot be read. A mail server that refuses is tried again later.
pub async fn tell_failures(runner: &Runner) -> Result<(), StoreError> {
    let parts = runner.parts();
    for run in parts.store.untold(AT_ONCE, parts.clock.now()).await? {
        let now = parts.clock.now();
        if parts.store.begin_telling(run.id, now + LEASE, now).await? {
            if let Some(first) = stood_for(parts, &run, now).await? {
                tracing::warn!(run = %run.id, report = %run.report, "one more subscription failed");
                // Not now: else what fails every hour would be told of once and never again.
                parts.store.note_told(run.id, first).await?;
                continue;
            }
            match tell(parts, &run).await {
                Ok(()) => parts.store.note_told(run.id, parts.clock.now()).await?,
                Err(why) => tracing::error!(run = %run.id, why, "the owner was not told of a failed run"),
            }
        }
    }
    Ok(())
}

/// When its owner was told a moment ago that a subscription to the same report failed: what fails for one mostly fails for
/// all, and hundreds of notices would bury each other.
async fn stood_for(
    parts: &Parts,
    run: &Run,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    if !Subscription::is_id(&run.schedule) {
        return Ok(None);
    }
    parts.store.told_of_subscriptions(&run.report, now - TOGETHER).await
}

/// Sends the notice of one run; why it could not be sent, if so.
async fn tell(parts: &Parts, run: &Run) -> Result<(), String> {
    let Some(found) = parts.catalog.report(&run.report) else {
        tracing::warn!(run = %run.id, report = %run.report, "a run failed whose report is gone");
        return Ok(());
    };
    let to = contacts(parts, &found.report.owner);
    if to.is_empty() {
        tracing::warn!(
            run = %run.id, report = %run.report,
            "nobody is told of a failed run: give the owner's role a `contact`, or set JANGPYO_OPERATIONS_MAIL"
        );
        return Ok(());
    }
    let deliveries = parts.store.deliveries(run.id).await.map_err(|error| error.to_string())?;
    let (subject, notice_of) = write(parts, run, &found.report, &deliveries);
    send(parts, format!("{}-notice", run.id), subject, &notice_of, to).await
}

/// Sends a notice under an id; why it could not be sent, if so. Who refuses it for good is told in the log only.
///
/// # Errors
/// Somebody may take it later.
pub async fn send(
    parts: &Parts,
    id: String,
    subject: String,
    notice_of: &Notice,
    to: Vec<Recipient>,
) -> Result<(), String> {
    let body = notice(notice_of).map_err(|error| error.to_string())?;
    let parcel = Parcel {
        id,
        date: parts.clock.now(),
        subject,
        text: body.text,
        html: body.html,
        language: notice_of.language.clone(),
        images: Vec::new(),
        attachments: Vec::new(),
        to,
        cc: Vec::new(),
        bcc: Vec::new(),
        reply_to: None,
        unsubscribe: None,
    };
    let message =
        compose(&parcel, parts.mailer.from(), parts.settings.dkim.as_ref(), parts.settings.max_message_bytes)
            .map_err(|error| error.to_string())?;
    let addresses: Vec<_> = parcel.recipients().iter().map(|to| to.address.clone()).collect();
    let reply = parts.mailer.send(&message, &addresses).await;
    let mut refused = Vec::new();
    for (address, outcome) in addresses.iter().zip(reply.outcomes) {
        match outcome {
            Outcome::Accepted(_) | Outcome::InDoubt(_) => {}
            // Trying again would not help, and others may have been reached.
            Outcome::Refused(why) => {
                tracing::error!(notice = %parcel.id, to = address.masked(), why, "a notice was refused for good");
            }
            Outcome::RefusedForNow(why) => refused.push(why),
        }
    }
    if refused.is_empty() { Ok(()) } else { Err(refused.join("; ")) }
}

/// Who hears of what concerns a role: its contact, and the operations. Empty where neither is known or allowed.
pub fn contacts(parts: &Parts, role: &str) -> Vec<Recipient> {
    let owner = parts.catalog.contact(role);
    let mut to = recipients(owner.as_deref(), parts.settings.operations.as_ref());
    to.retain(|to| parts.settings.policy.allows_domain(to.address.domain()));
    to
}

fn recipients(owner: Option<&str>, operations: Option<&Recipient>) -> Vec<Recipient> {
    // The check of definitions has seen it; what is no address is left out.
    let owner = owner.and_then(|owner| owner.parse::<Recipient>().ok());
    owner.into_iter().chain(operations.cloned()).collect()
}

/// The subject, and what the notice says.
fn write(parts: &Parts, run: &Run, report: &Report, deliveries: &[Delivery]) -> (String, Notice) {
    let locale = report.locale;
    let words = Words::of(locale);
    let schedule = report.schedules.get(&run.schedule);
    let zone = schedule.and_then(|schedule| schedule.time_zone.as_deref()).unwrap_or(&report.time_zone);
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let local = |instant: DateTime<Utc>| instant.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string();
    let title = report.title.get(locale);
    let reached = deliveries.iter().any(|delivery| delivery.state.may_have_arrived());
    let headline = if reached { words.partly } else { words.not_sent };
    let cause = run.error.clone().unwrap_or_default();
    let go_on = how_to_go_on(run);
    let mut facts = vec![
        (words.report.to_owned(), format!("{title} ({})", run.report)),
        (words.schedule.to_owned(), run.schedule.to_string()),
        (words.planned.to_owned(), local(run.scheduled_at)),
    ];
    if let Some(stage) = run.stage {
        facts.push((words.stage.to_owned(), words.stage_name(stage).to_owned()));
    }
    if let Some(finished) = run.finished_at {
        facts.push((words.ended.to_owned(), local(finished)));
    }
    if Subscription::is_id(&run.schedule) {
        facts.push((words.subscription.to_owned(), words.others_too.to_owned()));
    }
    facts.push((words.definitions.to_owned(), run.definition_version.chars().take(12).collect()));
    let link = parts.settings.base_url.as_ref().and_then(|base| {
        let mut url = base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(["runs", &run.id.to_string()]);
        Some((words.more.to_owned(), url.to_string()))
    });
    let notice = Notice {
        language: locale.tag().to_owned(),
        headline: format!("{headline}: {title}"),
        facts,
        cause: (words.cause.to_owned(), cause.replace(&format!("; {go_on}"), "")),
        command: (words.go_on.to_owned(), command(run, reached)),
        deliveries: (words.recipients.to_owned(), deliveries.iter().map(|d| line(d, words)).collect()),
        link,
        reason: words.reason.to_owned(),
    };
    (format!("{headline}: {title} · {} {}", run.schedule, local(run.scheduled_at)), notice)
}

/// The command that goes on: `--again` leaves out those who have it, or may have it.
fn command(run: &Run, reached: bool) -> String {
    let instant = run.scheduled_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let again = if reached { " --again" } else { "" };
    format!("jangpyo run {}/{} --at {instant}{again}", run.report, run.schedule)
}

fn line(delivery: &Delivery, words: &Words) -> String {
    let mut line = format!("{}: {}", delivery.recipient, words.state(delivery.state));
    if delivery.state != DeliveryState::Sent
        && let Some(error) = &delivery.error
    {
        // Writing to a text cannot fail.
        let _ = write!(line, " ({error})");
    }
    line
}

#[cfg(test)]
mod tests;
