//! Every address of the server, with what it takes.

use serde_json::{Value, json};

use crate::support::workspace::committed;

/// An address of the server.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) method: String,
    /// As the router has it.
    pub(super) path: String,
    /// What it knows behind `?`.
    pub(super) query: Vec<String>,
    /// The fields of its form, with values that are fine.
    pub(super) form: Vec<(&'static str, &'static str)>,
    /// Its body, where that is JSON, with values that are fine.
    pub(super) body: Option<Value>,
    /// Whether an answer costs the engine's time.
    pub(super) works: bool,
}

const NONE: &[&str] = &[];
/// What a dashboard and its files take: parameters of the sample, and the state of the view.
const VIEW: &[&str] = &[
    "period",
    "period-from",
    "country",
    "lang",
    "theme",
    "complete",
    "width",
    "height",
    "heavy",
    "download",
    "bom",
];
const DELIVERIES: &[&str] =
    &["report", "schedule", "recipient", "channel", "state", "from", "to", "before", "lang", "theme"];
const AUDIT: &[&str] = &["actor", "action", "object", "outcome", "from", "to", "text", "before"];

/// The pages, as `src/web/router.rs`, `login/routes.rs`, `share/mod.rs`, `subscriptions/mod.rs` and `schedules/mod.rs` map them.
const PAGES: &[(&str, &[&str])] = &[
    ("/", &["lang", "theme"]),
    ("/reports/{report}", VIEW),
    ("/reports/{report}/panels/{panel}", VIEW),
    ("/runs", &["report", "state", "before", "lang", "theme"]),
    ("/runs/{run}", &["lang"]),
    ("/runs/{run}/compare/{other}", &["lang"]),
    ("/deliveries", DELIVERIES),
    ("/schedules", &["lang", "theme"]),
    ("/reports/{report}/schedules/{schedule}", &["lang"]),
    ("/artefacts/{artefact}", &["download"]),
    ("/problems", &["lang"]),
    ("/healthz", NONE),
    ("/readyz", NONE),
    ("/metrics", NONE),
    ("/static/{file}", &["v"]),
    ("/themes/{theme}/{file}", &["v"]),
    ("/favicon.svg", &["v"]),
    ("/favicon.ico", &["v"]),
    ("/login", &["next", "advice", "lang", "theme"]),
    ("/login/oidc", &["next"]),
    ("/login/oidc/callback", &["code", "state", "iss", "error", "error_description"]),
    ("/setup/{token}", &["lang"]),
    ("/account", &["done", "lang", "theme"]),
    ("/users", &["lang", "theme"]),
    ("/audit", AUDIT),
    ("/audit.csv", AUDIT),
    ("/audit.ndjson", AUDIT),
    ("/costs", &["month", "by", "role", "report", "dataset", "source", "region", "viewer", "lang", "theme"]),
    ("/reports/{report}/share", &["country", "period", "lang"]),
    ("/share/{link}", &["country", "period", "lang", "theme"]),
    ("/share/{link}/panels/{panel}", &["country", "width"]),
    ("/shares", &["lang"]),
    ("/reports/{report}/subscribe", &["country", "period", "lang"]),
    ("/subscriptions", &["done", "lang", "theme"]),
    ("/subscriptions/{subscription}", &["lang"]),
    ("/unsubscribe/{token}", &["lang"]),
    ("/embed/{report}", &["token", "country", "lang"]),
    ("/embed/{report}/panels/{panel}", &["token", "width"]),
];

/// The forms, with fields that are fine. `{n}` becomes another number in each request.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    ("/login", &[("name", "nobody"), ("password", "blue tables sing"), ("next", "/")]),
    ("/logout", &[]),
    ("/setup/{token}", &[("password", "blue tables sing"), ("again", "other tables sing")]),
    (
        "/account/password",
        &[("old", "not it"), ("password", "green tables sing"), ("again", "green tables sing")],
    ),
    ("/account/sessions/{session}/revoke", &[]),
    ("/account/tokens", &[("name", "t"), ("scope", "view"), ("reports", "weekly-sales"), ("days", "9")]),
    ("/account/tokens/{token}/revoke", &[]),
    ("/users", &[("name", "user-{n}"), ("groups", "sales"), ("administrator", "0")]),
    ("/users/{user}/rights", &[("groups", "sales"), ("administrator", "0"), ("confirm", "0")]),
    ("/users/{user}/{deed}", &[]),
    (
        "/reports/{report}/share",
        &[
            ("query", "country=KR"),
            ("open", "period"),
            ("role", ""),
            ("files", "1"),
            ("days", "7"),
            ("uses", ""),
        ],
    ),
    ("/reports/{report}/schedules/{schedule}/pause", &[("reason", "stock-taking"), ("until", "2099-01-01")]),
    ("/reports/{report}/schedules/{schedule}/resume", &[]),
    ("/runs/{run}/resend", &[("only", "019a0000-0000-7000-8000-000000000000"), ("in_doubt", "yes")]),
    ("/account/shares/{share}/revoke", &[]),
    ("/shares/{share}/revoke", &[]),
    ("/reports/{report}/subscribe", SUBSCRIPTION),
    ("/subscriptions/{subscription}", SUBSCRIPTION),
    ("/subscriptions/{subscription}/end", &[]),
    ("/subscriptions/{subscription}/pause", &[]),
    ("/subscriptions/{subscription}/resume", &[]),
    ("/subscriptions/{subscription}/send", &[]),
    ("/subscriptions/mails/leave", &[("report", "weekly-sales"), ("schedule", "monday")]),
    ("/subscriptions/mails/return", &[("report", "weekly-sales"), ("schedule", "monday")]),
    ("/unsubscribe/{token}", &[]),
    ("/unsubscribe/{token}/return", &[]),
];

const SUBSCRIPTION: &[(&str, &str)] = &[
    ("query", "country=KR"),
    ("rhythm", "weekly"),
    ("weekday", "Mon"),
    ("month_day", "1"),
    ("nth", "1"),
    ("at", "08:00"),
    ("zone", "Asia/Seoul"),
    ("calendar", "kr"),
    ("locale", "ko"),
    ("attach", "pdf"),
];

/// Bodies of operations by their ids; `{n}` as above.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        // An instant that has had its run starts none.
        "start_run" => json!({"at": "2026-11-02T08:00:00+09:00", "dry_run": false}),
        "resend_run" => json!({"only": ["019a0000-0000-7000-8000-000000000000"], "in_doubt": true}),
        "pause_schedule" => json!({"reason": "stock-taking", "until": "2099-01-01T00:00:00Z"}),
        "send_signal" => json!({"key": "2026-11-01"}),
        "query_dataset" => json!({
            "measures": ["revenue"],
            "by": [{"dimension": "order_date", "grain": "month"}],
            "filters": {"country": {"is": ["KR"], "contains": "K"}, "store": {"gte": "a", "starts_with": "a"}},
            "period": "last_12_months", "compare": "none",
            "top": {"dimension": "order_date", "count": 3, "measure": "revenue"},
            "sort": ["-revenue"], "limit": 10, "totals": true, "time_zone": "Asia/Seoul",
        }),
        "make_embed_token" => json!({
            "parameters": {"country": ["KR"]}, "role": null, "origin": "https://intranet.example.com", "seconds": 600,
        }),
        "add_user" => json!({
            "name": "person-{n}", "administrator": false, "groups": ["sales"], "claims": {"country": ["KR"]},
        }),
        "change_user" => json!({"groups": ["sales"], "administrator": false, "confirm": false}),
        "make_token" => json!({"name": "t", "scopes": ["view"], "reports": ["weekly-sales"], "days": 9}),
        _ => return None,
    })
}

impl Route {
    fn new(method: &str, path: &str) -> Self {
        let engine = ["/reports/{", "/share/", "/embed/"].iter().any(|start| path.starts_with(start));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            form: Vec::new(),
            body: None,
            works: engine || path.contains("v1/reports/{") || path.ends_with("/query"),
        }
    }

    /// The names of its segments that take something: `report`, `panel`.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path
            .split('/')
            .filter_map(|part| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned()))
            .collect()
    }
}

/// All of them.
pub(super) fn all() -> Vec<Route> {
    let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let pages = PAGES.iter().map(|(path, query)| Route { query: texts(query), ..Route::new("GET", path) });
    let forms = FORMS.iter().map(|(path, form)| Route { form: form.to_vec(), ..Route::new("POST", path) });
    pages.chain(forms).chain(operations()).collect()
}

fn operations() -> Vec<Route> {
    let document = std::fs::read_to_string(committed().join("schemas/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    let root = document["servers"][0]["url"].as_str().unwrap().to_owned();
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let mut route = Route::new(&method.to_uppercase(), &format!("{root}{path}"));
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                match (parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap()) {
                    ("query", "parameters") => {
                        route.query.extend(["country".to_owned(), "period".to_owned()]);
                    }
                    ("query", name) => route.query.push(name.to_owned()),
                    _ => {}
                }
            }
            let id = operation["operationId"].as_str().unwrap();
            route.body = body(id);
            let takes = operation.get("requestBody").is_some();
            assert_eq!(takes, route.body.is_some(), "`{id}` needs a body here");
            routes.push(route);
        }
    }
    routes
}

/// The table has every address that the source maps: a new one without a row fails here.
#[test]
fn no_address_is_left_out() {
    let known: Vec<String> = all().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let place = regex::Regex::new(r#"\.route\(\s*(?:"([^"]+)"|([\w:]+)),\s*((?:get|post)\([^\n]*)"#).unwrap();
    let mut found = 0;
    for file in ["router.rs", "login/routes.rs", "share/mod.rs", "schedules/mod.rs", "subscriptions/mod.rs"] {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web").join(file);
        for route in place.captures_iter(&std::fs::read_to_string(source).unwrap()) {
            let path = route.get(1).map_or_else(
                || match &route[2] {
                    "oidc::START" => "/login/oidc",
                    "CALLBACK_PATH" => "/login/oidc/callback",
                    other => panic!("what does `{other}` stand for?"),
                },
                |path| path.as_str(),
            );
            for method in ["get", "post"].iter().filter(|method| route[3].contains(&format!("{method}("))) {
                let route = format!("{} {path}", method.to_uppercase());
                assert!(known.contains(&route), "no row for {route}");
                found += 1;
            }
        }
    }
    assert_eq!(found, PAGES.len() + FORMS.len(), "a row for an address that is not there");
}
