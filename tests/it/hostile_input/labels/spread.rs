//! Puts payloads into every text of a definition that people read, found by the JSON Schema.

use std::collections::BTreeSet;

use serde_json::Value;

/// Strings without a form of their own that people read as they are. Texts in languages are known by their type.
const READ: [&str; 5] = [
    "NumberFormat.unit",
    "Approval[]",
    "ApprovalBox.stages[]",
    "ApprovalBox.names[]",
    "FunctionalRole.groups[]",
];

/// Strings without a form of their own that the program reads: names, expressions, places, dates.
const UNDERSTOOD: [&str; 37] = [
    "root.owner",
    "root.time_zone",
    "Parameter.default",
    "Parameter.options[]",
    "Parameter.default[]",
    "FilterValue",
    "OneOrMany3",
    "OneOrMany3[]",
    "NumberFormat.currency",
    "CellRule.when",
    "ComputedValue.expression",
    "PartFile",
    "Schedule.cron",
    "Schedule.time_zone",
    "Schedule.parameters.*",
    "EmailDelivery.reply_to",
    "FolderDelivery.path",
    "DestinationDelivery.path",
    "WaitFor.signals.*",
    "Burst.run_as",
    "AwaitedObject.path",
    "root.table",
    "root.partitions.*",
    "root.sql",
    "CsvOptions.delimiter",
    "CsvOptions.null_values[]",
    "CsvOptions.types.*",
    "TableFile.path",
    "TableFile.partitions.*",
    "Dimension.sql",
    "Dimension.time_zone",
    "Dimension.link",
    "Measure.sql",
    "Metric.sql",
    "Relationship.table",
    "Relationship.on.*",
    "Freshness.complete_through",
];

/// The same in files that no report shows.
const UNDERSTOOD_ELSEWHERE: [&str; 25] = [
    "ClaimAttribute.claim",
    "FunctionalRole.contact",
    "FunctionalRole.users[]",
    "Grant.folders[]",
    "root.url",
    "root.tables.*",
    "PostgresOptions.user",
    "PostgresOptions.role",
    "PostgresOptions.search_path[]",
    "SnowflakeOptions.user",
    "SnowflakeOptions.role",
    "SnowflakeOptions.warehouse",
    "SnowflakeRole.role",
    "SnowflakeRole.warehouse",
    "SnowflakeOptions.usage",
    "SnowflakeOptions.host",
    "SnowflakeOptions.proxy",
    "S3Options.endpoint",
    "S3Options.region",
    "Webhook.url",
    "ObjectStoreDestination.url",
    "SftpDestination.host",
    "SftpDestination.user",
    "SftpDestination.host_key",
    "SftpDestination.folder",
];

/// A definition's schema.
pub(super) struct Schema(pub(super) Value);

/// The kind of text at a place.
enum Place {
    /// In one language for all, or in each.
    Localized,
    /// As it is.
    Plain,
}

impl Schema {
    pub(super) fn of(kind: &str) -> Self {
        let file = crate::support::workspace::committed().join(format!("schemas/{kind}.json"));
        Self(serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap())
    }

    /// Gives every text that people read to `change`; answers with the places where there were any.
    pub(super) fn spread(
        &self,
        definition: &mut Value,
        change: &mut dyn FnMut(&str, &mut String),
    ) -> BTreeSet<String> {
        let mut places = BTreeSet::new();
        self.walk(&self.0, "root", definition, &mut |place, _, value| {
            places.insert(place.to_owned());
            match value {
                Value::Object(texts) => texts.values_mut().for_each(|text| apply(place, text, change)),
                text => apply(place, text, change),
            }
        });
        places
    }

    fn walk(
        &self,
        schema: &Value,
        path: &str,
        value: &mut Value,
        found: &mut dyn FnMut(&str, Place, &mut Value),
    ) {
        if let Some(name) = schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            return match name {
                "LocalizedText" => found(path, Place::Localized, value),
                name => self.walk(&self.0["$defs"][name], name, value, found),
            };
        }
        let branches = ["anyOf", "oneOf"].iter().find_map(|key| schema[*key].as_array());
        if let Some(branch) = branches.and_then(|all| all.iter().find(|branch| self.fits(branch, value))) {
            self.walk(branch, path, value, found);
        }
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    match schema["properties"].get(key) {
                        Some(schema) => self.walk(schema, &format!("{path}.{key}"), value, found),
                        None => {
                            if let Some(schema) = of_any_name(schema) {
                                self.walk(schema, &format!("{path}.*"), value, found);
                            }
                        }
                    }
                }
            }
            Value::Array(list) if schema["items"].is_object() => {
                for item in list {
                    self.walk(&schema["items"], &format!("{path}[]"), item, found);
                }
            }
            Value::String(_) if READ.contains(&path) && is_free_text(schema) => {
                found(path, Place::Plain, value);
            }
            _ => {}
        }
    }

    /// Whether a value can be what this branch describes, as far as its shape tells.
    fn fits(&self, branch: &Value, value: &Value) -> bool {
        if let Some(name) = branch["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            return match name {
                "LocalizedText" => {
                    let language = |key: &String| ["ko", "en", "zh-HK"].contains(&key.as_str());
                    value.is_string() || value.as_object().is_some_and(|texts| texts.keys().all(language))
                }
                name => self.fits(&self.0["$defs"][name], value),
            };
        }
        if let Some(branches) = ["anyOf", "oneOf"].iter().find_map(|key| branch[*key].as_array()) {
            return branches.iter().any(|branch| self.fits(branch, value));
        }
        if let Some(only) = branch.get("const") {
            return only == value;
        }
        let is = |kind: &str| {
            branch["type"] == kind || branch["type"].as_array().is_some_and(|all| all.contains(&kind.into()))
        };
        match value {
            Value::Object(map) => {
                let known = |key: &String, value: &Value| match branch["properties"].get(key) {
                    Some(schema) => schema.get("const").is_none_or(|only| only == value),
                    None => of_any_name(branch).is_some(),
                };
                is("object") && map.iter().all(|(key, value)| known(key, value))
            }
            Value::Array(_) => is("array"),
            Value::String(_) => is("string"),
            Value::Bool(_) => is("boolean"),
            Value::Number(_) => is("number") || is("integer"),
            Value::Null => is("null"),
        }
    }

    /// Every place where a text that people read can stand; panics at a string that nobody has judged.
    pub(super) fn places(&self) -> BTreeSet<String> {
        let mut places = BTreeSet::new();
        collect(&self.0, "root", &mut places);
        let named = self.0["$defs"].as_object().unwrap().iter().filter(|(name, _)| *name != "LocalizedText");
        named.for_each(|(name, schema)| collect(schema, name, &mut places));
        places
    }
}

fn apply(path: &str, text: &mut Value, change: &mut dyn FnMut(&str, &mut String)) {
    let Value::String(text) = text else { panic!("no text: {text}") };
    change(path, text);
}

/// What stands under names that authors choose.
fn of_any_name(schema: &Value) -> Option<&Value> {
    let by_pattern = schema["patternProperties"].as_object().and_then(|patterns| patterns.values().next());
    by_pattern.or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object()))
}

fn is_free_text(schema: &Value) -> bool {
    let is_string = schema["type"] == "string"
        || schema["type"].as_array().is_some_and(|all| all.contains(&"string".into()));
    is_string && ["enum", "const", "pattern", "format"].iter().all(|key| schema.get(*key).is_none())
}

fn collect(schema: &Value, path: &str, places: &mut BTreeSet<String>) {
    let is_localized = schema["$ref"].as_str().is_some_and(|name| name.ends_with("/LocalizedText"));
    if is_localized || (is_free_text(schema) && READ.contains(&path)) {
        places.insert(path.to_owned());
    } else if is_free_text(schema) {
        let judged = UNDERSTOOD.contains(&path) || UNDERSTOOD_ELSEWHERE.contains(&path);
        assert!(judged, "does anybody read `{path}`? Say so in this file");
    }
    for branch in ["anyOf", "oneOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
        collect(branch, path, places);
    }
    for (key, schema) in schema["properties"].as_object().into_iter().flatten() {
        collect(schema, &format!("{path}.{key}"), places);
    }
    if let Some(schema) = of_any_name(schema) {
        collect(schema, &format!("{path}.*"), places);
    }
    if schema["items"].is_object() {
        collect(&schema["items"], &format!("{path}[]"), places);
    }
}
