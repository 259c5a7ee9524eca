//! `jangpyo signal`: tells that something has come that schedules wait for.

use std::process::ExitCode;

use chrono::{SecondsFormat, SubsecRound as _, Utc};
use clap::Args;

use super::arguments::Place;
use super::audit::operator;
use super::{Failure, output, progress};
use crate::app::{Accounts, accounts, awaited_signals};
use crate::definitions::model::FieldName;
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::store::{Signal, StoreError};

#[derive(Debug, Args)]
pub(super) struct SignalArguments {
    /// The signal, as a schedule's `wait_for` names it.
    #[arg(value_parser = name)]
    pub name: FieldName,
    /// What it is about: the day or the interval that was loaded. The same key again changes nothing.
    #[arg(value_parser = key)]
    pub key: String,
}

fn name(text: &str) -> Result<FieldName, String> {
    FieldName::parse(text).map_err(|error| error.to_string())
}

fn key(text: &str) -> Result<String, String> {
    let problem = || format!("a key is one line of 1 to {} characters", Signal::LONGEST_KEY);
    Signal::is_key(text).then(|| text.to_owned()).ok_or_else(problem)
}

pub(super) async fn signal(place: &Place, arguments: &SignalArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program_with_state()?;
    let workspace = program.workspace.current();
    let known = awaited_signals(workspace.catalog());
    if !known.contains(&arguments.name) {
        return Err(Failure::unknown(&format!("signal `{}`", arguments.name), known));
    }
    let Accounts { store, audit, .. } = accounts(&program.settings).await?;
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    let signal = Signal {
        name: arguments.name.to_string(),
        key: arguments.key.clone(),
        received_at: Utc::now().trunc_subsecs(3),
        actor: operator(),
    };
    let (kept, is_new) = store.receive(&signal).await.map_err(failed)?;
    if is_new {
        let event = Event::new(AuditAction::SignalReceived, signal.received_at)
            .by(&signal.actor, Method::Operator)
            .on("signal", &kept.name)
            .with("key", kept.key.clone());
        audit.append(&[event]).await.map_err(failed)?;
    }
    store.close().await;
    let since = kept.received_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    output::say(&if is_new {
        format!("{} {} has come", kept.name, kept.key)
    } else {
        format!("{} {} had come already, at {since}", kept.name, kept.key)
    })?;
    Ok(ExitCode::SUCCESS)
}
