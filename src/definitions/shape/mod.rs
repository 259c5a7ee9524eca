//! The structural check: does a tree have the shape its JSON Schema asks for?
//!
//! Walks the tree against the schema and collects every unknown key, wrong type, missing key,
//! unknown choice and number out of range, instead of stopping at the first. What is wrong is left
//! out of the value it gives, so that the rest of a file can still be checked for sense.

mod scalar;
mod union;

use serde_json::{Map, Value as Json};

use super::diagnostic::{Problem, SHOWN_LIMIT};
use super::names;
use super::path::FieldPath;
use super::yaml::{Entry, Key, Node, Place, Value};

/// What came out of a structural check.
pub(crate) struct Shaped {
    /// The value without its faulty parts; `None` when nothing usable is left.
    pub(crate) value: Option<Json>,
    /// Everything that is wrong.
    pub(crate) problems: Vec<Problem>,
}

/// Checks `node` against `schema`, a complete schema with its `$defs`.
pub(crate) fn check(node: &Node, schema: &Json) -> Shaped {
    let mut walk = Walk { root: schema, problems: Vec::new() };
    let place = node.locate(&FieldPath::root());
    let value = walk.value(Spot { node, held_at: place }, schema, &FieldPath::root());
    Shaped { value, problems: walk.problems }
}

/// A node, and where to point when it as a whole is wrong.
#[derive(Clone, Copy)]
struct Spot<'a> {
    node: &'a Node,
    held_at: Place,
}

impl Spot<'_> {
    /// Text and numbers are pointed at themselves, the rest by the key that holds it.
    fn place(self) -> Place {
        match self.node.value {
            Value::Null | Value::List(_) | Value::Map(_) => self.held_at,
            _ => self.node.place,
        }
    }
}

struct Walk<'a> {
    root: &'a Json,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, spot: Spot<'_>, schema: &'a Json, path: &FieldPath) -> Option<Json> {
        let schema = self.resolve(schema);
        if schema.get("anyOf").is_some() || schema.get("oneOf").is_some() {
            return self.union(spot, schema, path);
        }
        if accepts(schema, "null") && matches!(spot.node.value, Value::Null) {
            return Some(Json::Null);
        }
        match (&spot.node.value, kind(schema)) {
            (Value::Map(entries), "object") => self.mapping(spot, entries, schema, path),
            (Value::List(items), "array") => self.list(spot, items, schema, path),
            (Value::Map(_) | Value::List(_), _) => {
                self.wrong_type(spot, schema, path);
                None
            }
            _ => self.scalar(spot, schema, path),
        }
    }

    /// Follows `$ref`; the schemas are generated, so a reference always leads somewhere and never
    /// in circles.
    fn resolve(&self, schema: &'a Json) -> &'a Json {
        let mut schema = schema;
        while let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            let Some(next) = target.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)) else {
                return schema;
            };
            schema = next;
        }
        schema
    }

    fn mapping(
        &mut self,
        spot: Spot<'_>,
        entries: &[Entry],
        schema: &'a Json,
        path: &FieldPath,
    ) -> Option<Json> {
        let properties = schema.get("properties").and_then(Json::as_object);
        let property = |name: &str| properties.and_then(|properties| properties.get(name));
        let others = schema
            .get("patternProperties")
            .and_then(Json::as_object)
            .and_then(|patterns| patterns.iter().next())
            .map(|(pattern, schema)| (Some(pattern.as_str()), schema))
            .or_else(|| {
                schema.get("additionalProperties").filter(|s| s.is_object()).map(|schema| (None, schema))
            });
        let mut out = Map::new();
        for Entry { key, node } in entries {
            let path = path.key(&key.text);
            let inner = Spot { node, held_at: key.place };
            let value = match (property(&key.text), others) {
                (Some(schema), _) => self.value(inner, schema, &path),
                (None, Some((pattern, schema))) => {
                    match pattern.and_then(|pattern| scalar::pattern_problem(pattern, &key.text)) {
                        Some(problem) => {
                            self.push(problem.place(key.place), &path);
                            None
                        }
                        None => self.value(inner, schema, &path),
                    }
                }
                (None, None) => {
                    self.unknown_key(entries, key, properties, &path);
                    None
                }
            };
            if let Some(value) = value {
                out.insert(key.text.clone(), value);
            }
        }
        let required =
            schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        let mut usable = true;
        for name in required {
            if spot.node.entry(name).is_none() {
                let message = if path.steps().is_empty() {
                    format!("the key `{name}` is missing")
                } else {
                    format!("the key `{name}` is missing in `{path}`")
                };
                let problem = Problem::at(spot.place(), "missing_key", message);
                let kind = || Some(format!("start with `kind: {}`", property(name)?.get("const")?.as_str()?));
                let about = property(name)
                    .and_then(|p| p.get("description"))
                    .and_then(Json::as_str)
                    .map(first_sentence);
                let problem = match about {
                    _ if name == "kind" => Problem { help: kind(), ..problem },
                    Some(about) => problem.help(format!("`{name}`: {about}")),
                    None => problem,
                };
                self.push(problem, &path.key(name));
            }
            if !out.contains_key(name) {
                match property(name).and_then(|schema| self.placeholder(schema)) {
                    Some(value) => drop(out.insert(name.to_owned(), value)),
                    None => usable = false,
                }
            }
        }
        if schema.get("minProperties").is_some() && entries.is_empty() {
            self.push(Problem::at(spot.place(), "wrong_type", "this mapping is empty"), path);
        }
        usable.then_some(Json::Object(out))
    }

    fn unknown_key(
        &mut self,
        entries: &[Entry],
        key: &Key,
        properties: Option<&Map<String, Json>>,
        path: &FieldPath,
    ) {
        if self.is_full() {
            return;
        }
        let shown = names::printable(&key.text);
        let free = |name: &&str| !entries.iter().any(|entry| entry.key.text == **name);
        let valid: Vec<&str> =
            properties.into_iter().flat_map(Map::keys).map(String::as_str).filter(free).collect();
        let problem = Problem::at(key.place, "unknown_key", format!("the key `{shown}` is not known here"));
        // `{title}` and `{sql: f(a, b)}` without quotes give keys without values.
        let unquoted = entries.iter().any(|entry| {
            entry.key == *key && entry.node.value == Value::Null && entry.node.place.line == key.place.line
        });
        let help = if key.text == "<<" {
            "merge keys are not supported; write the keys out".into()
        } else if valid.is_empty() {
            "no further keys can stand here; remove it".into()
        } else if unquoted && names::nearest(&key.text, valid.iter().copied()).is_none() {
            format!(
                "in braces a comma ends a value: put text with commas or braces in quotes; otherwise {}",
                names::offer(&key.text, "keys", valid)
            )
        } else {
            names::offer(&key.text, "keys", valid)
        };
        self.push(problem.help(help), path);
    }

    /// A list with a faulty item is left out as a whole, so that the places of its other items are
    /// never mistaken.
    fn list(&mut self, spot: Spot<'_>, items: &[Node], schema: &'a Json, path: &FieldPath) -> Option<Json> {
        let limit = schema.get("maxItems").and_then(Json::as_u64);
        if let Some(limit) = limit.filter(|limit| items.len() as u64 > *limit) {
            let message = format!("at most {limit} items may stand here, but there are {}", items.len());
            self.push(Problem::at(spot.place(), "too_many", message), path);
        }
        let item_schema = schema.get("items")?;
        let values: Vec<Option<Json>> = items
            .iter()
            .enumerate()
            .map(|(index, node)| {
                self.value(Spot { node, held_at: node.place }, item_schema, &path.index(index))
            })
            .collect();
        values.into_iter().collect::<Option<Vec<_>>>().map(Json::Array)
    }

    /// What stands in for a required value that is missing or wrong, so that the check for sense can
    /// go on. Such a value is never used for anything else: the file has an error already.
    fn placeholder(&self, schema: &'a Json) -> Option<Json> {
        let schema = self.resolve(schema);
        let alternatives = schema.get("anyOf").and_then(Json::as_array);
        if let Some(first) = alternatives.and_then(|alternatives| alternatives.first()) {
            return self.placeholder(first);
        }
        let constrained = ["const", "pattern", "required"].iter().any(|key| schema.get(key).is_some());
        let format = schema.get("format").and_then(Json::as_str);
        match kind(schema) {
            _ if constrained => None,
            "string" if format == Some("condition") => Some("true".into()),
            "string" if format == Some("computation") => Some("0".into()),
            "string" => Some(Json::String(String::new())),
            "object" => Some(Json::Object(Map::new())),
            "array" => Some(Json::Array(Vec::new())),
            _ => None,
        }
    }

    /// No more than can be shown, and one for the note that there are more.
    fn is_full(&self) -> bool {
        self.problems.len() > SHOWN_LIMIT
    }

    fn push(&mut self, problem: Problem, path: &FieldPath) {
        if self.is_full() {
            return;
        }
        self.problems.push(Problem { path: path.clone(), ..problem });
    }

    fn wrong_type(&mut self, spot: Spot<'_>, schema: &Json, path: &FieldPath) {
        let problem = Problem::at(
            spot.place(),
            "wrong_type",
            format!("expected {}, found {}", describe(schema), spot.node.value.describe()),
        );
        let problem = match (&spot.node.value, kind(schema)) {
            (Value::Null, "object") => {
                problem.help("indent its keys below it, or write `{}` when there are none")
            }
            (Value::Null, _) => problem.help("write a value, or remove the key"),
            (_, "object") => match schema.get("properties").and_then(Json::as_object) {
                Some(keys) => {
                    let keys: Vec<&str> = keys.keys().map(String::as_str).collect();
                    problem.help(format!("indent its keys below it: {}", names::list(&keys)))
                }
                None => problem.help("indent its keys below it"),
            },
            (Value::Text(text), "array") => problem.help(format!("write `[{}]`", names::printable(text))),
            (Value::Bool(value), "string") => problem.help(format!("put it in quotes: \"{value}\"")),
            (Value::Text(text), "boolean") => match text.to_lowercase().as_str() {
                "yes" | "on" | "y" => problem.help("write `true`"),
                "no" | "off" | "n" => problem.help("write `false`"),
                _ => problem.help("write `true` or `false`, without quotes"),
            },
            (Value::Text(text), "integer" | "number") if text.parse::<f64>().is_ok() => {
                problem.help("write it without quotes")
            }
            (Value::Map(_), "string") => problem.help("put text that contains braces in quotes"),
            (Value::List(_), "string") => problem.help("put text that contains brackets in quotes"),
            _ => problem,
        };
        self.push(problem, path);
    }
}

fn first_sentence(text: &str) -> String {
    let text = text.replace('\n', " ");
    text.split_once(". ").map_or(text.clone(), |(first, _)| format!("{first}."))
}

/// The JSON type a schema asks for, `null` aside; empty where it does not say.
fn kind(schema: &Json) -> &str {
    match schema.get("type") {
        Some(Json::String(kind)) => kind,
        Some(Json::Array(kinds)) => {
            kinds.iter().filter_map(Json::as_str).find(|kind| *kind != "null").unwrap_or("")
        }
        _ => "",
    }
}

fn accepts(schema: &Json, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Json::String(kind)) => kind == wanted,
        Some(Json::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    }
}

/// What an author calls a value of this schema.
fn describe(schema: &Json) -> &'static str {
    match kind(schema) {
        "string" if schema.get("format").and_then(Json::as_str) == Some("date") => {
            "a date such as 2026-01-31"
        }
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a mapping",
        _ => "another value",
    }
}
