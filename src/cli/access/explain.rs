//! `jangpyo access explain`

use std::process::ExitCode;

use serde_json::{Value, json};

use super::super::arguments::{ExplainArguments, Place};
use super::super::{Failure, output, progress};
use super::known::Known;
use crate::access::{Action, Object, Standing, objects};
use crate::definitions::Catalog;
use crate::definitions::model::DatasetId;

pub(super) async fn explain(place: &Place, arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    progress::quiet_log();
    let program = place.program()?;
    let workspace = program.workspace.current();
    let catalog = workspace.catalog();
    let (name, object) = find(catalog, &arguments.object)?;
    let known = Known::of(&program.settings, &arguments.who).await?;
    let standing = program.evaluator.standing(known.viewer(&arguments.who)).await;
    let told = Told { known: Some(known), ..Told::of(&standing, name, object, catalog) };
    if arguments.json { output::say_json(&told.json()) } else { output::say(&told.text()) }?;
    Ok(ExitCode::SUCCESS)
}

/// The object that a name means: with its kind, or without where only one has it.
fn find<'a>(catalog: &'a Catalog, text: &str) -> Result<(String, Object<'a>), Failure> {
    let all = objects(catalog);
    let wanted = text.replacen('/', " ", 1);
    let is_exact = all.iter().any(|(name, _)| *name == wanted);
    let matches =
        |name: &str| name == wanted || (!is_exact && name.split_once(' ').is_some_and(|(_, id)| id == text));
    let found: Vec<&(String, Object<'_>)> = all.iter().filter(|(name, _)| matches(name)).collect();
    let as_written = |name: &str| name.replacen(' ', "/", 1);
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            Err(Failure::unknown(&format!("object `{text}`"), all.iter().map(|(name, _)| as_written(name))))
        }
        several => {
            let names: Vec<String> = several.iter().map(|(name, _)| as_written(name)).collect();
            Err(Failure::usage(format!("`{text}` is the id of several; write one of {}", names.join(", "))))
        }
    }
}

/// What is told of one person and one object.
struct Told {
    person: String,
    known: Option<Known>,
    roles: Vec<(String, String, usize)>,
    attributes: Vec<(String, Vec<String>)>,
    object: String,
    /// Each action: whether it is allowed, and why or why not.
    actions: Vec<(&'static str, bool, String)>,
    /// Each dataset of the object: what is seen of it, or why it is closed.
    datasets: Vec<(String, Result<Vec<String>, String>)>,
}

impl Told {
    fn of(standing: &Standing, name: String, object: Object<'_>, catalog: &Catalog) -> Self {
        let roles = standing.roles().into_iter();
        let decide = |action: Action| match standing.decide(action, object) {
            Ok(reason) => (action.name(), true, reason.0),
            Err(refusal) => (action.name(), false, refusal.to_string()),
        };
        let datasets: Vec<&DatasetId> = match object {
            Object::Dataset(id) => vec![id],
            Object::Report(id) => catalog.reports.get(id).map(|report| report.datasets()).unwrap_or_default(),
            Object::Source(_) | Object::File(_) | Object::Server => Vec::new(),
        };
        let seen = |id: &DatasetId| {
            let restriction = standing.restriction(id);
            (
                id.to_string(),
                restriction.map(|restriction| restriction.told()).map_err(|refusal| refusal.to_string()),
            )
        };
        let applies = |action: &Action| (*action == Action::Administer) == (object == Object::Server);
        Self {
            person: standing.viewer().name().to_owned(),
            known: None,
            roles: roles.map(|role| (role.name.to_string(), role.chain(), role.depth())).collect(),
            attributes: standing
                .attributes()
                .iter()
                .map(|(name, values)| (name.clone(), values.iter().cloned().collect()))
                .collect(),
            object: name,
            actions: Action::ALL.into_iter().filter(applies).map(decide).collect(),
            datasets: datasets.into_iter().map(seen).collect(),
        }
    }

    fn text(&self) -> String {
        let mut lines = vec![self.person.clone()];
        lines.extend(self.known.as_ref().and_then(Known::told).map(|told| format!("  {told}")));
        if self.roles.is_empty() {
            lines.push("  holds no role; name their groups with --group".into());
        }
        let width = self.roles.iter().map(|(role, ..)| role.chars().count()).max().unwrap_or_default();
        for (role, chain, depth) in &self.roles {
            lines.push(format!("  {depth}  {role:width$}  {chain}"));
        }
        for (name, values) in &self.attributes {
            lines.push(format!("  viewer.{name} = {}", values.join(", ")));
        }
        lines.extend([String::new(), self.object.clone()]);
        for (action, allowed, why) in &self.actions {
            let word = if *allowed { "yes" } else { "no" };
            lines.push(format!("  {action:10}  {word:3}  {why}"));
        }
        for (id, seen) in &self.datasets {
            lines.extend([String::new(), format!("dataset {id}")]);
            match seen {
                Ok(told) => lines.extend(told.iter().map(|line| format!("  {line}"))),
                Err(why) => lines.push(format!("  closed: {why}")),
            }
        }
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let datasets = self.datasets.iter().map(|(id, seen)| match seen {
            Ok(told) => json!({"dataset": id, "open": true, "seen": told}),
            Err(why) => json!({"dataset": id, "open": false, "why": why}),
        });
        json!({
            "person": self.person,
            "known": self.known.as_ref().and_then(Known::told),
            "roles": self.roles.iter().map(|(role, chain, depth)| json!({"role": role, "chain": chain, "depth": depth})).collect::<Vec<_>>(),
            "attributes": self.attributes.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "object": self.object,
            "actions": self.actions.iter().map(|(action, allowed, why)| json!({"action": action, "allowed": allowed, "why": why})).collect::<Vec<_>>(),
            "datasets": datasets.collect::<Vec<_>>(),
        })
    }
}
