//! `jangpyo users`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use chrono::Utc;
use serde_json::json;

use super::arguments::{Place, UsersArguments, UsersCommand};
use super::audit::operator;
use super::{Failure, output, progress};
use crate::app::{Accounts, accounts};
use crate::config::LoginWay;
use crate::identity::{Identity, IdentityError, NewUser, User, UserChange, UserName, claim_lines};
use crate::ledger::audit::{AuditAction, Event, Method};

impl From<IdentityError> for Failure {
    fn from(error: IdentityError) -> Self {
        Self::new(error.kind(), error)
    }
}

pub(super) async fn users(place: &Place, arguments: &UsersArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let settings = place.settings_without_workspace()?;
    let accounts = accounts(&settings).await?;
    let base = settings.runs.base_url.as_ref().map_or_else(
        || "http://127.0.0.1:8080".to_owned(),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    let ways = &settings.login.ways;
    // Nobody could use a link for a password here.
    let never_here = !ways.is_empty() && !ways.contains(&LoginWay::Local);
    let done = perform(&accounts, &base, never_here, &arguments.command).await;
    accounts.store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn perform(
    accounts: &Accounts,
    base: &str,
    never_here: bool,
    command: &UsersCommand,
) -> Result<(), Failure> {
    let Accounts { identity, audit, .. } = accounts;
    let now = Utc::now();
    let record = async |action, user: &UserName| {
        let event = Event::new(action, now).by(&operator(), Method::Operator).on("user", user.as_str());
        audit.append(&[event]).await
    };
    match command {
        UsersCommand::List { json } => list(identity, *json).await?,
        UsersCommand::Add { name, administrator, elsewhere, groups, claims } => {
            let new = NewUser {
                name: name.clone(),
                administrator: *administrator,
                groups: groups.iter().cloned().collect(),
                claims: by_name(claims),
                elsewhere: *elsewhere || never_here,
            };
            identity.add_user(&new, now).await?;
            record(AuditAction::UserCreated, name).await?;
            if new.elsewhere {
                return output::say(&format!("{name} may log in elsewhere, with no password here"));
            }
            link(identity, base, name).await?;
            record(AuditAction::LinkMade, name).await?;
        }
        UsersCommand::Change { name, groups, claims, no_claims, administrator, elsewhere } => {
            let groups = groups.as_ref().map(|groups| {
                groups.iter().filter(|group| !group.is_empty()).cloned().collect::<BTreeSet<_>>()
            });
            let change = UserChange {
                groups,
                claims: (*no_claims || !claims.is_empty()).then(|| by_name(claims)),
                administrator: *administrator,
                elsewhere: *elsewhere,
            };
            let changed = identity.change_user(name, &change).await?;
            let details = changed.details();
            if !details.is_empty() {
                let event = Event::new(AuditAction::UserChanged, now)
                    .by(&operator(), Method::Operator)
                    .on("user", name.as_str());
                let event = details.into_iter().fold(event, |event, (name, value)| event.with(name, value));
                audit.append(&[event]).await?;
            }
            output::say(&line(&changed.after))?;
        }
        UsersCommand::Reset { name } => {
            link(identity, base, name).await?;
            record(AuditAction::LinkMade, name).await?;
        }
        UsersCommand::Disable { name } => {
            identity.disable(name, now).await?;
            record(AuditAction::UserDisabled, name).await?;
            output::say(&format!("{name} is shut out; all sessions have ended"))?;
        }
        UsersCommand::Enable { name } => {
            identity.enable(name).await?;
            record(AuditAction::UserEnabled, name).await?;
            output::say(&format!("{name} may log in"))?;
        }
    }
    Ok(())
}

/// The values of each claim.
fn by_name(claims: &[(String, String)]) -> BTreeMap<String, Vec<String>> {
    let mut by_name = BTreeMap::<String, Vec<String>>::new();
    for (claim, value) in claims {
        by_name.entry(claim.clone()).or_default().push(value.clone());
    }
    by_name
}

/// Prints a link with which the user sets a password.
async fn link(identity: &Identity, base: &str, name: &UserName) -> Result<(), Failure> {
    let secret = identity.password_link(name, Utc::now()).await?;
    eprintln!("{name} sets a password here; the link works once within 72 hours:");
    output::say(&format!("{base}/setup/{secret}"))
}

async fn list(identity: &Identity, as_json: bool) -> Result<(), Failure> {
    let users = identity.users().await?;
    if as_json {
        let users: Vec<_> = users
            .iter()
            .map(|user| {
                json!({
                    "name": user.name.as_str(), "administrator": user.administrator,
                    "has_password": user.has_password, "elsewhere": user.elsewhere, "groups": user.groups, "claims": user.claims,
                    "created_at": user.created_at, "last_login_at": user.last_login_at,
                    "disabled_at": user.disabled_at,
                })
            })
            .collect();
        return output::say_json(&users);
    }
    if users.is_empty() {
        eprintln!("there is no user yet; `jangpyo users add NAME --administrator` makes the first");
    }
    for user in &users {
        output::say(&line(user))?;
    }
    Ok(())
}

/// A user in one line.
fn line(user: &User) -> String {
    let state = match (user.disabled_at.is_some(), user.elsewhere, user.has_password) {
        (true, ..) => "disabled",
        (false, true, _) => "logs in elsewhere",
        (false, false, true) => "active",
        (false, false, false) => "no password yet",
    };
    let role = if user.administrator { " administrator" } else { "" };
    let groups: Vec<&str> = user.groups.iter().map(String::as_str).collect();
    let line = format!(
        "{}  {state}{role}  {}  {}",
        user.name,
        groups.join(", "),
        claim_lines(&user.claims).join(", ")
    );
    line.trim_end().to_owned()
}
