//! Values that may have one of several shapes: which one did the author mean?

use serde_json::Value as Json;

use super::{Spot, Walk, accepts, describe, kind};
use crate::definitions::diagnostic::Problem;
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::definitions::yaml::{Entry, Value};

impl<'a> Walk<'a> {
    pub(super) fn union(&mut self, spot: Spot<'_>, schema: &'a Json, path: &FieldPath) -> Option<Json> {
        let mut alternatives = Vec::new();
        self.flatten(schema, &mut alternatives);
        if matches!(spot.node.value, Value::Null) && alternatives.iter().any(|a| accepts(a, "null")) {
            return Some(Json::Null);
        }
        alternatives.retain(|alternative| kind(alternative) != "null");
        let choices: Vec<&str> = alternatives.iter().filter_map(|a| a.get("const")?.as_str()).collect();
        if !choices.is_empty() && choices.len() == alternatives.len() {
            return self.choice(spot, &choices, path);
        }
        let fitting: Vec<&Json> =
            alternatives.iter().copied().filter(|a| fits(&spot.node.value, a)).collect();
        let words: Vec<&str> = fitting.iter().filter_map(|a| a.get("const")?.as_str()).collect();
        if !words.is_empty() && words.len() == fitting.len() {
            return self.choice(spot, &words, path);
        }
        match (&spot.node.value, fitting.as_slice()) {
            (_, []) => {
                self.wrong_kind(spot, &alternatives, path);
                None
            }
            (Value::Map(entries), objects @ [_, _, ..]) => {
                let chosen = self.object(spot, entries, objects, path)?;
                self.value(spot, chosen, path)
            }
            (_, [first, ..]) => self.value(spot, first, path),
        }
    }

    fn flatten(&self, schema: &'a Json, out: &mut Vec<&'a Json>) {
        let schema = self.resolve(schema);
        match schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            Some(alternatives) => alternatives.iter().for_each(|alternative| self.flatten(alternative, out)),
            None => out.push(schema),
        }
    }

    fn choice(&mut self, spot: Spot<'_>, choices: &[&str], path: &FieldPath) -> Option<Json> {
        match &spot.node.value {
            Value::Text(text) if choices.contains(&text.as_str()) => return Some(Json::String(text.clone())),
            Value::Text(text) | Value::Int(_, text) | Value::Float(_, text) => {
                let message = format!("`{}` is not one of the choices here", names::printable(text));
                let help = names::offer(text, "choices", choices.iter().copied());
                self.push(Problem::at(spot.place(), "unknown_choice", message).help(help), path);
            }
            other => {
                let message = format!("expected one of {}, found {}", names::list(choices), other.describe());
                self.push(Problem::at(spot.place(), "wrong_type", message), path);
            }
        }
        None
    }

    /// Picks the shape of a mapping: by its `type`, by the first key that only that shape has, or by how
    /// many of its keys the shape knows.
    fn object(
        &mut self,
        spot: Spot<'_>,
        entries: &[Entry],
        objects: &[&'a Json],
        path: &FieldPath,
    ) -> Option<&'a Json> {
        let tag = |object: &'a Json| object.pointer("/properties/type/const").and_then(Json::as_str);
        let tags: Vec<&str> = objects.iter().filter_map(|object| tag(object)).collect();
        if tags.len() == objects.len() {
            return self.tagged(spot, objects, &tags, path);
        }
        let marks: Vec<(&str, &'a Json)> = objects
            .iter()
            .filter_map(|object| Some((object.get("required")?.get(0)?.as_str()?, *object)))
            .collect();
        let found: Vec<&(&str, &'a Json)> =
            marks.iter().filter(|(mark, _)| entries.iter().any(|entry| entry.key.text == *mark)).collect();
        let mut names: Vec<&str> = marks.iter().map(|(mark, _)| *mark).collect();
        names.dedup();
        match found.as_slice() {
            [(first, _), (second, _), ..] if first != second => {
                let message = format!("`{first}` and `{second}` cannot stand together in `{path}`");
                let help = format!("exactly one of: {}", names::list(&names));
                self.push(Problem::at(spot.place(), "ambiguous", message).help(help), path);
                None
            }
            [(_, object), ..] => Some(object),
            [] => most_known(entries, objects).or_else(|| {
                let mut keys = entries.iter().map(|entry| entry.key.text.as_str());
                let near = keys.find_map(|key| Some((key, names::nearest(key, names.iter().copied())?)));
                let help = match near {
                    Some((key, near)) => format!(
                        "did you mean `{near}` instead of `{}`? exactly one of: {}",
                        names::printable(key),
                        names::list(&names)
                    ),
                    None => format!("exactly one of: {}", names::list(&names)),
                };
                let message = format!("`{path}` does not say what it is");
                self.push(Problem::at(spot.place(), "missing_key", message).help(help), path);
                None
            }),
        }
    }

    fn tagged(
        &mut self,
        spot: Spot<'_>,
        objects: &[&'a Json],
        tags: &[&str],
        path: &FieldPath,
    ) -> Option<&'a Json> {
        let Some(entry) = spot.node.entry("type") else {
            let message = format!("the key `type` is missing in `{path}`");
            let help = format!("valid types: {}", names::list(tags));
            self.push(Problem::at(spot.place(), "missing_key", message).help(help), path);
            return None;
        };
        let inner = Spot { node: &entry.node, held_at: entry.key.place };
        let chosen = self.choice(inner, tags, &path.key("type"))?;
        let position = tags.iter().position(|tag| Some(*tag) == chosen.as_str())?;
        objects.get(position).copied()
    }

    fn wrong_kind(&mut self, spot: Spot<'_>, alternatives: &[&'a Json], path: &FieldPath) {
        if let [only] = alternatives {
            self.wrong_type(spot, only, path);
            return;
        }
        let mut kinds: Vec<&str> = Vec::new();
        for alternative in alternatives {
            let kind = describe(alternative);
            // "a number" says it all where "a whole number" stands too.
            if !kinds.contains(&kind) && kind != "a whole number" {
                kinds.push(kind);
            }
        }
        let message = format!("expected {}, found {}", kinds.join(" or "), spot.node.value.describe());
        let problem = Problem::at(spot.place(), "wrong_type", message);
        let problem = match &spot.node.value {
            Value::Null if kinds == ["a mapping"] => problem.help("indent its keys below it, or remove it"),
            Value::Null => problem.help("write a value, or remove the key"),
            Value::Bool(value) => problem.help(format!("put it in quotes: \"{value}\"")),
            _ => problem,
        };
        self.push(problem, path);
    }
}

/// Of the shapes without a key that must be there, the one that knows most of the keys; the first of
/// several.
fn most_known<'a>(entries: &[Entry], objects: &[&'a Json]) -> Option<&'a Json> {
    let knows = |object: &Json| {
        let properties = object.get("properties").and_then(Json::as_object);
        let known = |entry: &&Entry| properties.is_some_and(|known| known.contains_key(&entry.key.text));
        entries.iter().filter(known).count()
    };
    let open = objects.iter().copied().filter(|object| object.get("required").is_none());
    open.rev().max_by_key(|object| knows(object))
}

/// Whether a value of this kind can have this shape at all. Numbers may stand for text, but a shape
/// for numbers comes first in every union of the model.
fn fits(value: &Value, schema: &Json) -> bool {
    match (value, kind(schema)) {
        (Value::Bool(_), kind) => kind == "boolean",
        (Value::Int(..), kind) => matches!(kind, "integer" | "number" | "string"),
        (Value::Float(..), kind) => matches!(kind, "number" | "string"),
        (Value::Text(_), kind) => kind == "string",
        (Value::List(_), kind) => kind == "array",
        (Value::Map(_), kind) => kind == "object",
        (Value::Null, _) => false,
    }
}
