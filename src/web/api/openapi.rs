//! The OpenAPI document, made from the table of operations and the types they take and give.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::response::Response;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answer::kept;
use super::table::{Audience, ROUTES, Route, SchemaOf, Verb};
use crate::format::Locale;
use crate::web::error::{CODES, WebError};

const DESCRIPTION: &str = "\
Reports and datasets for programs. Send a token as `Authorization: Bearer …`; make one under *Account* in the \
browser, or with `POST /tokens`. Scripts of pages use the session's cookie, and send `X-CSRF-Token` (from `GET \
/me`) with everything but GET.

What is closed to the caller is answered as if it were not there.

Numbers stay exact: decimals are strings of their digits, and so are whole numbers beyond ±(2^53 − 1). Dates are \
ISO 8601. Titles and messages are in the language of `lang`, else of `Accept-Language`.

Bodies are JSON of at most 16 KiB. Lists are paged: give `next_before` of one page as `before` of the next. \
Answers to GET that may be kept have an ETag. Errors have one shape, `Error`; its `id` stands in the server's log.";

/// An OpenAPI document, version 3.1.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct OpenApi(Value);

impl JsonSchema for OpenApi {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OpenApi".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object", "required": ["openapi", "info", "paths"],
            "properties": {"openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"}},
            "description": "An OpenAPI document, version 3.1."
        })
    }
}

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| OpenApi(document()));

/// The OpenAPI document of the JSON API, version 3.1.
pub fn openapi() -> Value {
    DOCUMENT.0.clone()
}

/// `GET /openapi.json`
pub(super) async fn show(headers: HeaderMap) -> Result<Response, WebError> {
    kept(&headers, &*DOCUMENT)
}

fn document() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for route in &ROUTES {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.verb.name().to_ascii_lowercase(), operation);
        }
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Error".into(), error_schema());
    schemas.values_mut().for_each(portable);
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "jangpyo",
            "version": env!("CARGO_PKG_VERSION"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": super::ROOT}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Error": {
                "description": "What went wrong, and the id that the server's log has.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            }},
            "securitySchemes": {
                "bearer": {
                    "type": "http", "scheme": "bearer",
                    "description": "A token. Each operation says the scope it needs in `x-jangpyo-action`.",
                },
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "jangpyo",
                    "description": "The session of a browser (over HTTPS, `__Host-jangpyo`). Everything but GET \
                        needs the header `X-CSRF-Token` too.",
                },
            },
        },
    })
}

/// Classes of Unicode in patterns (`\\p{L}`) are unknown to many tools: such names stay texts, and the server
/// says what is wrong with one.
fn portable(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            let is_wide = |pattern: &str| pattern.contains("\\p{");
            if object.get("pattern").and_then(Value::as_str).is_some_and(is_wide) {
                object.shift_remove("pattern");
            }
            let keyed = object.get("patternProperties").and_then(Value::as_object);
            let any = keyed.and_then(|keyed| keyed.iter().find(|(pattern, _)| is_wide(pattern)));
            if let Some(of_any) = any.map(|(_, of_any)| of_any.clone()) {
                object.shift_remove("patternProperties");
                object.insert("additionalProperties".into(), of_any);
            }
            object.values_mut().for_each(portable);
        }
        Value::Array(list) => list.iter_mut().for_each(portable),
        _ => {}
    }
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".into(), route.id.into());
    operation.insert("summary".into(), route.summary.into());
    operation.insert("tags".into(), json!([route.path.split('/').nth(1).unwrap_or_default()]));
    operation.insert("x-jangpyo-audience".into(), route.audience.name().into());
    if let Some(action) = route.action {
        operation.insert("x-jangpyo-action".into(), action.name().into());
    }
    if route.audience != Audience::Everybody {
        operation.insert("security".into(), json!([{"session": []}]));
    }
    operation.insert("parameters".into(), parameters(route).into());
    if let Some(body) = route.body {
        let schema = body(generator);
        operation.insert(
            "requestBody".into(),
            json!({"required": !route.body_optional, "content": {"application/json": {"schema": schema}}}),
        );
    }
    operation.insert("responses".into(), responses(route, generator));
    operation.into()
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut responses = Map::new();
    let done = match route.answer {
        Some(answer) => json!({
            "description": "Done.",
            "content": {"application/json": {"schema": answer(generator)}},
        }),
        None => json!({"description": "Done."}),
    };
    responses.insert(route.status.to_string(), done);
    if route.verb == Verb::Get && route.audience == Audience::Everybody {
        responses.insert("304".into(), json!({"description": "It is what the caller has."}));
    }
    let mut errors = vec![400, 401, 403, 404, 429, 503];
    if route.body.is_some() {
        errors.extend([413, 415]);
    }
    if route.body.is_some() || route.parameters || route.audience == Audience::Administrators {
        errors.push(422);
    }
    errors.sort_unstable();
    let error = json!({"$ref": "#/components/responses/Error"});
    responses.extend(errors.into_iter().map(|status| (status.to_string(), error.clone())));
    responses.insert("default".into(), error);
    responses.into()
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Value> = in_path.map(path_parameter).collect();
    if let Some((name, what_for)) = route.header {
        all.push(json!({
            "name": name, "in": "header", "required": true, "description": what_for,
            "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
        }));
    }
    if let Some(query) = route.query {
        all.extend(query_parameters(query));
    }
    if route.parameters {
        all.push(json!({
            "name": "parameters", "in": "query", "style": "form", "explode": true,
            "description": "Values of the report's parameters, by name; one that may have several is repeated. \
                An absent one takes its default.",
            "schema": {"type": "object", "additionalProperties": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            }},
        }));
    }
    if route.audience == Audience::Everybody {
        all.push(json!({
            "name": "lang", "in": "query",
            "description": format!(
                "The language of titles and messages: {}. Any other counts as none.",
                Locale::ALL.map(Locale::tag).join(", ")
            ),
            "schema": {"type": "string"},
        }));
    }
    all
}

fn path_parameter(name: &str) -> Value {
    let (description, schema) = match name {
        "report" | "dataset" | "panel" => (
            format!("The id of a {name}."),
            json!({"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,63}$"}),
        ),
        "user" | "schedule" => {
            (format!("The name of a {name}."), json!({"type": "string", "minLength": 1, "maxLength": 254}))
        }
        name => {
            (format!("The id of a {name}."), json!({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}))
        }
    };
    json!({"name": name, "in": "path", "required": true, "description": description, "schema": schema})
}

/// The properties of an object, each as a parameter. They are texts: what they hold is parsed with better
/// words than a type could give.
fn query_parameters(of: SchemaOf) -> Vec<Value> {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    let schema = of(&mut settings.into_generator()).to_value();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let parameter = |(name, property): (String, Value)| {
        let description = property.get("description").cloned().unwrap_or_default();
        json!({"name": name, "in": "query", "description": description, "schema": {"type": "string"}})
    };
    properties.into_iter().map(parameter).collect()
}

fn error_schema() -> Value {
    json!({
        "type": "object", "required": ["error"], "additionalProperties": false,
        "description": "What went wrong.",
        "properties": {"error": {
            "type": "object", "required": ["status", "code", "message", "id"], "additionalProperties": false,
            "properties": {
                "status": {"type": "integer", "description": "The status of the response."},
                "code": {
                    "type": "string", "enum": CODES.map(|(_, code)| code),
                    "description": "The same as a word.",
                },
                "message": {"type": "string", "description": "What happened and what to do, for people."},
                "id": {"type": "string", "description": "The id of the request, which the server's log has too."},
            },
        }},
    })
}
