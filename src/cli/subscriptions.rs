//! `jangpyo subscriptions`: what people have sent to themselves, and ending it.

use std::process::ExitCode;

use chrono::Utc;
use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::Place;
use super::audit::operator;
use super::{Failure, output, progress};
use crate::app::{Accounts, accounts};
use crate::definitions::model::{FieldName, ReportId};
use crate::ledger::audit::{AuditAction, Event, Method};
use crate::runs::store::{StoreError, Subscription};

#[derive(Debug, Args)]
pub(super) struct SubscriptionsArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists those that have not ended, the oldest first.
    List {
        /// Only to this report.
        #[arg(long, value_parser = |text: &str| ReportId::parse(text).map_err(|error| error.to_string()))]
        report: Option<ReportId>,
        /// Only of this person.
        #[arg(long)]
        person: Option<String>,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ends one.
    End {
        /// Its id, as `list` tells it.
        #[arg(value_parser = |text: &str| FieldName::parse(text).map_err(|error| error.to_string()))]
        id: FieldName,
    },
}

pub(super) async fn subscriptions(
    place: &Place,
    arguments: &SubscriptionsArguments,
) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program_with_state()?;
    let Accounts { store, audit, .. } = accounts(&program.settings).await?;
    let failed = |error: StoreError| Failure::new(error.kind(), error);
    match &arguments.what {
        What::List { report, person, json } => {
            let mut found = store.subscriptions(person.as_deref()).await.map_err(failed)?;
            found.retain(|found| report.as_ref().is_none_or(|report| *report == found.report));
            if *json {
                let found: Vec<_> = found.iter().map(told).collect();
                output::say_json(&json!({"subscriptions": found}))?;
            } else if found.is_empty() {
                output::say("nobody has subscribed")?;
            } else {
                for found in &found {
                    output::say(&line(found))?;
                }
            }
        }
        What::End { id } => {
            let found = store.subscription(id).await.map_err(failed)?;
            let found = found.filter(|found| found.ended_at.is_none());
            let Some(found) = found else {
                let known = store.subscriptions(None).await.map_err(failed)?;
                let known: Vec<String> = known.into_iter().map(|found| found.id.to_string()).collect();
                return Err(Failure::unknown(&format!("subscription `{id}`"), known));
            };
            let (by, now) = (operator(), Utc::now());
            store.end_subscription(id, &by, now).await.map_err(failed)?;
            let event = Event::new(AuditAction::ScheduleChanged, now)
                .by(&by, Method::Operator)
                .on("subscription", id.as_str())
                .with("change", "ended")
                .with("report", found.report.to_string())
                .with("subscriber", found.person.name.clone());
            audit.append(&[event]).await.map_err(failed)?;
            output::say(&format!("{} gets {} no more", found.person.name, found.report))?;
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn told(found: &Subscription) -> serde_json::Value {
    json!({
        "id": found.id,
        "report": found.report,
        "person": found.person.name,
        "wish": found.wish,
        "created_at": found.created_at,
        "changed_at": found.changed_at,
    })
}

fn line(found: &Subscription) -> String {
    let rhythm = serde_json::to_string(&found.wish.rhythm).unwrap_or_default();
    format!(
        "{}  {}  {}  {} {} {}",
        found.id,
        found.report,
        found.person.name,
        rhythm.replace('"', ""),
        found.wish.at.format("%H:%M"),
        found.wish.time_zone
    )
}
