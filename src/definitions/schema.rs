//! The JSON Schemas of the files, for editors and for the check itself.
//!
//! Generated from the model, so what an editor offers is what the server accepts. A file names its
//! schema in a first line `# yaml-language-server: $schema=…/report.json`.

use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use super::model::{Access, Calendar, Costs, Dataset, Destination, Report, Source, Theme};
use crate::format::Locale;

/// The schema of a source file, JSON Schema draft 2020-12.
pub fn source() -> Value {
    of::<Source>("source", "jangpyo source", "A connection to data; stands in the folder `sources`.")
}

/// The schema of a dataset file, JSON Schema draft 2020-12.
pub fn dataset() -> Value {
    of::<Dataset>(
        "dataset",
        "jangpyo dataset",
        "An L2 table with its semantics; stands in the folder `datasets`.",
    )
}

/// The schema of a report file, JSON Schema draft 2020-12.
pub fn report() -> Value {
    of::<Report>("report", "jangpyo report", "A report: on screen a dashboard, on paper a PDF.")
}

/// The schema of a theme file, JSON Schema draft 2020-12.
pub fn theme() -> Value {
    of::<Theme>("theme", "jangpyo theme", "The colours, fonts and logo of a brand.")
}

/// The schema of a calendar file, JSON Schema draft 2020-12.
pub fn calendar() -> Value {
    of::<Calendar>(
        "calendar",
        "jangpyo calendar",
        "Which days are business days; stands in the folder `calendars`.",
    )
}

/// The schema of a destination file, JSON Schema draft 2020-12.
pub fn destination() -> Value {
    of::<Destination>(
        "destination",
        "jangpyo destination",
        "Where reports go besides mail; stands in the folder `destinations`.",
    )
}

/// The schema of the access file, JSON Schema draft 2020-12.
pub fn access() -> Value {
    of::<Access>(
        "access",
        "jangpyo access",
        "Who is in which role, and what roles may do; stands as access.yaml at the top of the workspace.",
    )
}

/// The schema of the file of costs, JSON Schema draft 2020-12.
pub fn costs() -> Value {
    of::<Costs>(
        "costs",
        "jangpyo costs",
        "What queries cost, and what roles may spend; stands as costs.yaml at the top of the workspace.",
    )
}

/// Every schema with its name: `source`, `dataset`, `report`, `theme`, `calendar`, `destination`, `access`, `costs`.
pub fn all() -> [(&'static str, Value); 8] {
    [
        ("source", source()),
        ("dataset", dataset()),
        ("report", report()),
        ("theme", theme()),
        ("calendar", calendar()),
        ("destination", destination()),
        ("access", access()),
        ("costs", costs()),
    ]
}

/// Writes every schema, such as `report.json`, into `folder`, which is made where it is missing. Fails as the file system does.
pub fn write(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (name, schema) in all() {
        std::fs::write(folder.join(format!("{name}.json")), format!("{schema:#}\n"))?;
    }
    Ok(())
}

fn of<T: JsonSchema>(kind: &str, title: &str, description: &str) -> Value {
    let mut schema: Schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), title.into());
    schema.insert("description".into(), description.into());
    let mut schema = schema.to_value();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        let kind = json!({"description": "What this file defines.", "type": "string", "const": kind});
        properties.shift_insert(0, "kind".into(), kind);
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.insert(0, "kind".into());
    }
    name_locales(&mut schema);
    schema
}

/// A map with locales as keys comes out of the derive as one with any keys.
fn name_locales(schema: &mut Value) {
    let Some(variants) = schema.pointer_mut("/$defs/LocalizedText/anyOf").and_then(Value::as_array_mut)
    else {
        return;
    };
    for variant in variants {
        if let Some(object) = variant.as_object_mut()
            && object.contains_key("additionalProperties")
        {
            let texts = Locale::ALL.map(|locale| (locale.tag().to_owned(), json!({"type": "string"})));
            object.insert("properties".into(), Value::Object(texts.into_iter().collect()));
            object.insert("additionalProperties".into(), Value::Bool(false));
            object.insert("minProperties".into(), json!(1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_names_its_draft_its_kind_and_describes_every_property() {
        for (kind, schema) in all() {
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
            assert_eq!(schema["properties"]["kind"]["const"], kind);
            assert_eq!(schema["additionalProperties"], false, "{kind}");
            for (name, property) in schema["properties"].as_object().unwrap() {
                assert!(property["description"].is_string(), "{kind}.{name}");
            }
        }
    }

    #[test]
    fn the_schemas_are_written_where_they_are_wanted() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("new/schemas")).unwrap();
        let text = std::fs::read_to_string(folder.path().join("new/schemas/report.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), report());
    }

    /// `jangpyo schema -o reports/schemas` writes them anew.
    #[test]
    fn the_published_schemas_are_those_of_the_types() {
        let fresh = tempfile::tempdir().unwrap();
        write(fresh.path()).unwrap();
        let published = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/schemas");
        for name in all().map(|(name, _)| format!("{name}.json")) {
            let text = |folder: &Path| std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
            let same = text(fresh.path()) == text(&published);
            assert!(same, "reports/schemas/{name} is stale; run `jangpyo schema -o reports/schemas`");
        }
    }
}
