//! `jangpyo audit`

use std::process::ExitCode;

use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::arguments::{AuditArguments, AuditCommand, AuditExport, AuditSearch, Place};
use super::{Failure, failure, output, progress};
use crate::app::existing_store;
use crate::error::Kind;
use crate::ledger::audit::{
    AuditAction, AuditFilter, AuditLog, Event, ExportFormat, Flaw, Method, Outcome, Recorded,
};
use crate::store::StoreError;

pub(super) async fn audit(place: &Place, arguments: &AuditArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let settings = place.settings_without_workspace()?;
    let store = existing_store(&settings).await?.ok_or_else(|| {
        Failure::new(
            Kind::NotFound,
            format!("there is no store in {} yet; nothing was recorded", settings.state.display()),
        )
    })?;
    let log = AuditLog::new(store.clone());
    let done = match &arguments.command {
        AuditCommand::List(search) => list(&log, search).await,
        AuditCommand::Export(wanted) => export(&log, wanted).await,
        AuditCommand::Verify { head, json } => verify(&log, head.as_deref(), *json).await,
        AuditCommand::Prune { keep_days } => prune(&log, *keep_days).await,
    };
    store.close().await;
    done
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.kind(), error)
    }
}

/// The filter for arguments; unknown words are told with the known ones.
fn filter(search: &AuditSearch) -> Result<AuditFilter, Failure> {
    let action = search.action.as_deref().map(str::parse::<AuditAction>).transpose().map_err(|_| {
        let what = format!("action `{}`", search.action.as_deref().unwrap_or_default());
        Failure::unknown(&what, AuditAction::ALL)
    })?;
    let outcome = search.outcome.as_deref().map(str::parse::<Outcome>).transpose().map_err(|_| {
        let what = format!("outcome `{}`", search.outcome.as_deref().unwrap_or_default());
        Failure::unknown(&what, Outcome::ALL)
    })?;
    let (object_kind, object_id) = match search.object.as_deref().map(|object| object.split_once('/')) {
        None => (None, None),
        Some(Some((kind, id))) => (Some(kind.to_owned()), Some(id.to_owned())),
        Some(None) => (None, search.object.clone()),
    };
    Ok(AuditFilter {
        actor: search.actor.clone(),
        action,
        object_kind,
        object_id,
        outcome,
        from: search.from,
        to: search.to,
        text: search.text.clone(),
        before: search.before,
    })
}

async fn list(log: &AuditLog, search: &AuditSearch) -> Result<ExitCode, Failure> {
    let page = log.search(&filter(search)?, usize::from(search.limit)).await?;
    for recorded in &page.events {
        output::say(&line(recorded))?;
    }
    if page.events.is_empty() {
        eprintln!("no event fits");
    }
    if let Some(last) = page.events.last().filter(|_| page.more) {
        eprintln!("older ones: --before {}", last.seq);
    }
    Ok(ExitCode::SUCCESS)
}

/// One event for people.
fn line(recorded: &Recorded) -> String {
    let Recorded { seq, event, .. } = recorded;
    let actor = if event.actor.is_empty() { "-" } else { &event.actor };
    let object = match (event.object_kind.as_str(), event.object_id.as_str()) {
        ("", "") => "-".to_owned(),
        (kind, id) => format!("{kind}/{id}"),
    };
    let address = if event.address.is_empty() { "-" } else { &event.address };
    let details: Vec<String> = event.details.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!(
        "{seq:>7}  {}  {:<16} {:<8} {actor} ({}) {address} {object} {}",
        event.at.format("%Y-%m-%d %H:%M:%S"),
        event.action.as_str(),
        event.outcome.as_str(),
        event.method,
        details.join(" "),
    )
    .trim_end()
    .to_owned()
}

/// From old to new would need the whole log first; newest first, as pages come.
async fn export(log: &AuditLog, wanted: &AuditExport) -> Result<ExitCode, Failure> {
    let format = if wanted.csv { ExportFormat::Csv } else { ExportFormat::Ndjson };
    let mut filter = filter(&wanted.search)?;
    output::write(format.head().as_bytes())?;
    let mut written = 0;
    loop {
        let page = log.search(&filter, 1000).await?;
        let text: String = page.events.iter().map(|recorded| format.line(recorded)).collect();
        output::write(text.as_bytes())?;
        written += page.events.len();
        filter.before = page.events.last().map(|recorded| recorded.seq);
        if !page.more {
            break;
        }
    }
    let event = Event::new(AuditAction::AuditExported, Utc::now())
        .by(&operator(), Method::Operator)
        .with("events", written);
    log.append(&[event]).await?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(log: &AuditLog, head: Option<&str>, json: bool) -> Result<ExitCode, Failure> {
    let verdict = log.verify(head).await?;
    let flaw = verdict.flaw.as_ref().map(ToString::to_string);
    if json {
        output::say_json(&json!({
            "checked": verdict.checked, "removed": verdict.removed, "head": verdict.head.to_string(),
            "flaw": flaw,
        }))?;
    } else {
        output::say(&format!("checked {} events; retention removed {}", verdict.checked, verdict.removed))?;
        output::say(&format!("head {}", verdict.head))?;
        match &flaw {
            None => output::say("the log is what was written")?,
            Some(flaw) => {
                let unknown = verdict.flaw.as_ref().is_some_and(Flaw::is_unknown);
                let word = if unknown { "NOT CHECKED" } else { "NOT INTACT" };
                output::say(&format!("{word}: {flaw}"))?;
            }
        }
    }
    Ok(if flaw.is_none() { ExitCode::SUCCESS } else { ExitCode::from(failure::FAILED) })
}

async fn prune(log: &AuditLog, keep_days: u32) -> Result<ExitCode, Failure> {
    let now = Utc::now();
    let before = now - TimeDelta::days(i64::from(keep_days));
    match log.prune(before, (&operator(), Method::Operator), now).await? {
        None => output::say("nothing is that old")?,
        Some(pruned) => {
            output::say(&format!(
                "removed {} events, up to event {} with the hash {}",
                pruned.removed, pruned.through, pruned.hash
            ))?;
            output::say(&format!("head {}", pruned.head))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Who works at the command line, as the system calls them.
pub(super) fn operator() -> String {
    let name = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| "operator".to_owned())
}
