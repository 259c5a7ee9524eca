//! `jangpyo access publish`

use std::process::ExitCode;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::arguments::{Place, PublishArguments};
use super::super::{Failure, output, progress};
use super::known::Known;
use super::version::Version;
use crate::access::{Action, Attributes, MaskKey, Object, Standing, Viewer};

pub(super) async fn publish(place: &Place, arguments: &PublishArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let who = &arguments.who;
    let known = Known::of(&place.settings_without_workspace()?, who).await?;
    let before = Version::of(&place.workspace, Some(&arguments.before))?;
    let after = Version::of(&place.workspace, arguments.after.as_deref())?;
    // By the rights of before: a change that gives its author the right to make it does not have it yet.
    let catalog = before.catalog();
    let viewer = if known.is_shut_out() { Viewer::nobody() } else { known.viewer(who) };
    let standing = Standing::new(viewer, Arc::clone(&catalog), &Attributes::new(), MaskKey::random());
    let (old, new) = (before.files()?, after.files()?);
    let mut files = Vec::new();
    for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
        let change = match (old.get(name), new.get(name)) {
            (Some(old), Some(new)) if old == new => continue,
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "removed",
            (None, _) => "added",
        };
        let (allowed, why) = match standing.decide(Action::Publish, Object::in_file(&catalog, name)) {
            Ok(reason) => (true, reason.0),
            Err(refusal) => (false, refusal.to_string()),
        };
        files.push(Judged { name: name.clone(), change, allowed, why });
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let person = who.person.to_lowercase();
    if arguments.json {
        output::say_json(&as_json(&person, &known, &files))
    } else {
        as_text(&person, &known, &files)
    }?;
    let all_allowed = files.iter().all(|file| file.allowed);
    Ok(if all_allowed { ExitCode::SUCCESS } else { ExitCode::from(NOT_ALLOWED) })
}

/// The exit code where a file may not be published: that of definitions with errors.
const NOT_ALLOWED: u8 = 1;

/// A file that differs, and whether they may publish it.
struct Judged {
    name: String,
    change: &'static str,
    allowed: bool,
    why: String,
}

fn as_text(person: &str, known: &Known, files: &[Judged]) -> Result<(), Failure> {
    if files.is_empty() {
        return output::say("nothing differs: there is nothing to publish");
    }
    output::say(person)?;
    if let Some(told) = known.told() {
        output::say(&format!("  {told}"))?;
    }
    let width = files.iter().map(|file| file.name.chars().count()).max().unwrap_or_default();
    for Judged { name, change, allowed, why } in files {
        let word = if *allowed { "yes" } else { "no" };
        output::say(&format!("  {word:3}  {change:7}  {name:width$}  {why}"))?;
    }
    Ok(())
}

fn as_json(person: &str, known: &Known, files: &[Judged]) -> Value {
    let told = |file: &Judged| json!({"file": file.name, "change": file.change, "allowed": file.allowed, "why": file.why});
    json!({
        "person": person,
        "known": known.told(),
        "allowed": files.iter().all(|file| file.allowed),
        "files": files.iter().map(told).collect::<Vec<_>>(),
    })
}
