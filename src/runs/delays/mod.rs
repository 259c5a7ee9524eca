//! Telling recipients that a report is late, so that nobody waits without knowing, or takes silence for "nothing new".
//!
//! Takes runs that have not ended well so long after their instant as their schedule says; gives one short mail to each
//! who has not got the report. It names no cause but that data are missing: the cause is for the owner. Telling is noted
//! before it is done: nobody is told twice, and after a crash in the middle some are not.

mod words;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use self::words::Words;
use super::batches::due_at;
use super::execute::{Parts, Runner};
use super::store::{Channel, Run, RunState, StoreError, Trigger};
use super::subscriptions::{self, Sending};
use crate::access::Viewer;
use crate::definitions::model::{Burst, Report};
use crate::delivery::{Outcome, Parcel, Recipient, compose};
use crate::render::notice::{Notice, notice};

/// Runs that are older are told of no more: the longest delay that can be said, and a day.
const LOOKED_BACK: TimeDelta = TimeDelta::days(3);

/// What is caught up after a downtime has this long to arrive before it is called late.
const CATCHING_UP: TimeDelta = TimeDelta::minutes(5);

/// Tells of every report that is late and of which nobody was told.
///
/// # Errors
/// The store cannot be read.
pub async fn tell_delays(runner: &Runner) -> Result<(), StoreError> {
    let parts = runner.parts();
    let now = parts.clock.now();
    for run in parts.store.late(now - LOOKED_BACK, now).await? {
        let Some(found) = parts.catalog.report(&run.report) else { continue };
        let sending = subscriptions::find(parts, &run.report, &found.report, &run.schedule).await?;
        let Some(sending) = sending.filter(|sending| sending.closed.is_none()) else { continue };
        let batch = parts.catalog.batch_minutes(&found.report);
        if !is_due(&run, &sending, batch, now) {
            continue;
        }
        let to = waiting(parts, &run, &sending).await?;
        if parts.store.begin_telling_delay(run.id, now).await? {
            tell(parts, &run, &found.report, &sending, to).await;
        }
    }
    Ok(())
}

fn is_due(run: &Run, sending: &Sending, batch: u32, now: DateTime<Utc>) -> bool {
    let Some(after) = sending.schedule.tell_delay else { return false };
    let due = due_at(run.scheduled_at, batch) + TimeDelta::minutes(after.minutes().into());
    now >= due && (run.trigger != Trigger::CatchUp || now >= run.started_at + CATCHING_UP)
}

/// Who has not got it and waits for it.
async fn waiting(parts: &Parts, run: &Run, sending: &Sending) -> Result<Vec<Recipient>, StoreError> {
    let planned = parts.store.deliveries(run.id).await?;
    let mut reached: Vec<String> =
        parts.store.reached_before(run).await?.into_iter().map(|row| row.1).collect();
    let has_it = planned.iter().filter(|row| row.state.may_have_arrived()).map(|row| row.recipient.clone());
    reached.extend(has_it);
    let texts: Vec<String> = if planned.is_empty() {
        named(parts, run, sending).await
    } else {
        planned.into_iter().filter(|row| row.channel == Channel::Email).map(|row| row.recipient).collect()
    };
    let left = parts.store.unsubscribed(&run.report, &run.schedule).await?;
    let mut to: Vec<Recipient> = Vec::new();
    for text in texts {
        // The run itself tells the owner of addresses that are none.
        let Ok(recipient) = text.parse::<Recipient>() else { continue };
        let address = recipient.address.as_str();
        let is_known = to.iter().any(|known| known.address.same_mailbox(&recipient.address))
            || reached.iter().any(|known| known.eq_ignore_ascii_case(address))
            || left.contains(&address.to_lowercase());
        if !is_known && parts.settings.policy.allows_domain(recipient.address.domain()) {
            to.push(recipient);
        }
    }
    Ok(to)
}

/// Whom the definitions name.
async fn named(parts: &Parts, run: &Run, sending: &Sending) -> Vec<String> {
    let Some(email) = &sending.schedule.deliver.email else { return Vec::new() };
    let lists = [&email.to, &email.cc, &email.bcc];
    let mut texts: Vec<String> = lists.iter().flat_map(|list| list.as_slice().to_vec()).collect();
    if let Some(burst) = &sending.schedule.burst {
        texts.extend(burst.recipients.iter().flat_map(|one| one.to.as_slice().to_vec()));
        texts.extend(of_dataset(parts, run, burst).await);
    }
    texts
}

/// The recipients in a burst's dataset; none where it cannot be read, which the run itself tells the owner.
async fn of_dataset(parts: &Parts, run: &Run, burst: &Burst) -> Vec<String> {
    let (Some(dataset), Some(field)) = (&burst.dataset, &burst.recipient) else { return Vec::new() };
    let viewer = Viewer::schedule(&run.report, run.schedule.as_str());
    let rows = parts.answers.rows_of(dataset, std::slice::from_ref(field), viewer).await;
    rows.unwrap_or_default().into_iter().flatten().flatten().collect()
}

async fn tell(parts: &Parts, run: &Run, report: &Report, sending: &Sending, to: Vec<Recipient>) {
    let told = to.len();
    for recipient in to {
        if let Err(why) = send(parts, run, report, sending, recipient).await {
            tracing::warn!(run = %run.id, why, "somebody was not told that a report is late");
        }
    }
    if told > 0 {
        tracing::info!(run = %run.id, report = %run.report, told, "recipients were told that a report is late");
    }
}

/// Sends the notice to one recipient; why it was not sent, if so.
async fn send(
    parts: &Parts,
    run: &Run,
    report: &Report,
    sending: &Sending,
    to: Recipient,
) -> Result<(), String> {
    let (subject, notice_of) = write(run, report, sending);
    let body = notice(&notice_of).map_err(|error| error.to_string())?;
    let parcel = Parcel {
        id: format!("{}-late-{:x}", run.id, digest_of(to.address.as_str())),
        date: parts.clock.now(),
        subject,
        text: body.text,
        html: body.html,
        language: notice_of.language,
        images: Vec::new(),
        attachments: Vec::new(),
        to: vec![to.clone()],
        cc: Vec::new(),
        bcc: Vec::new(),
        reply_to: None,
        unsubscribe: None,
    };
    let settings = &parts.settings;
    let message = compose(&parcel, parts.mailer.from(), settings.dkim.as_ref(), settings.max_message_bytes)
        .map_err(|error| error.to_string())?;
    let reply = parts.mailer.send(&message, std::slice::from_ref(&to.address)).await;
    match reply.outcomes.into_iter().next() {
        Some(Outcome::Refused(why) | Outcome::RefusedForNow(why)) => {
            Err(format!("{}: {why}", to.address.masked()))
        }
        _ => Ok(()),
    }
}

/// A short form of an address, so that two notices of a run have two ids.
fn digest_of(address: &str) -> u64 {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(address.to_lowercase());
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The subject, and what the notice says.
fn write(run: &Run, report: &Report, sending: &Sending) -> (String, Notice) {
    let locale = sending.schedule.locale.unwrap_or(report.locale);
    let words = Words::of(locale);
    let zone = sending.schedule.time_zone.as_deref().unwrap_or(&report.time_zone);
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let planned = run.scheduled_at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string();
    let title = report.title.get(locale);
    let cause = if run.state == RunState::Waiting { words.waits } else { words.looked_into };
    let notice = Notice {
        language: locale.tag().to_owned(),
        headline: format!("{}: {title}", words.late),
        facts: vec![(words.report.to_owned(), title.to_owned()), (words.planned.to_owned(), planned.clone())],
        cause: (words.why.to_owned(), cause.to_owned()),
        reason: words.reason.to_owned(),
        ..Notice::default()
    };
    (format!("{}: {title} · {planned}", words.late), notice)
}

#[cfg(test)]
mod tests;
