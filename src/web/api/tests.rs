//! The API as programs meet it, over a backend that misbehaves at will.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;

use super::openapi;
use super::table::{ROUTES, called};
use crate::web::tests::{get_with, send_body, state};

async fn json(url: &str) -> Value {
    let reply = get_with(&format!("/api/v1{url}"), &[("accept-language", "en")]).await;
    assert_eq!(reply.status, 200, "{url}: {}", reply.text());
    assert_eq!(reply.header("content-type"), "application/json", "{url}");
    serde_json::from_slice(&reply.body).unwrap()
}

fn error(text: &str) -> Value {
    let body: Value = serde_json::from_str(text).unwrap_or_else(|problem| panic!("{problem}: {text}"));
    let keys: Vec<&String> = body["error"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["status", "code", "message", "id"]);
    body["error"].clone()
}

#[test]
fn every_operation_is_described_once() {
    let document = openapi();
    let mut names = BTreeSet::new();
    for route in &ROUTES {
        let method = route.verb.name().to_ascii_lowercase();
        let operation = &document["paths"][route.path][&method];
        assert!(operation["responses"][route.status.to_string()].is_object(), "{method} {}", route.path);
        assert!(operation["responses"]["404"].is_object() && operation["summary"].is_string());
        assert!(names.insert(route.id), "{} names two operations", route.id);
        assert_eq!(operation["requestBody"].is_object(), route.body.is_some(), "{}", route.id);
    }
    let paths = document["paths"].as_object().unwrap().values();
    assert_eq!(paths.map(|path| path.as_object().unwrap().len()).sum::<usize>(), ROUTES.len());
}

/// `jangpyo schema -o reports/schemas` writes it anew.
#[test]
fn the_published_document_is_that_of_the_table() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/schemas/openapi.json");
    let published = std::fs::read_to_string(path).unwrap_or_default();
    let same = published == format!("{:#}\n", openapi());
    assert!(same, "reports/schemas/openapi.json is stale; run `jangpyo schema -o reports/schemas`");
}

#[test]
fn a_path_means_one_operation_and_one_object() {
    let told = |method: Method, path| {
        called(&method, path).map(|called| (called.report(), called.object().1.to_owned()))
    };
    let trend = told(Method::GET, "/api/v1/reports/weekly/panels/trend");
    assert_eq!(trend, Some((Some("weekly"), "weekly/panels/trend".into())));
    assert_eq!(told(Method::HEAD, "/api/v1/me"), Some((None, String::new())));
    for path in ["/api/v1/reports//data", "/api/v1/me/", "/api/v2/me", "/api/v1", "/apis/v1/me", "/me"] {
        assert_eq!(told(Method::GET, path), None, "{path}");
    }
    assert_eq!(told(Method::POST, "/api/v1/me"), None);
}

#[tokio::test]
async fn a_report_tells_its_parameters_and_its_numbers() {
    let report = json("/reports/weekly").await;
    assert_eq!(report["title"], "Weekly sales");
    assert_eq!(report["parameters"][1]["name"], "country");
    assert_eq!(report["parameters"][1]["multiple"], true);
    assert_eq!(report["panels"][0], serde_json::json!({"id": "revenue", "kind": "kpi", "title": "매출"}));
    let panel = json("/reports/weekly/panels/sheet").await;
    let columns = panel["columns"].as_array().unwrap();
    assert!(!columns.is_empty() && !panel["rows"].as_array().unwrap().is_empty(), "{panel}");
    assert_eq!(panel["rows"][0].as_array().unwrap().len(), columns.len());
    let all = json("/reports/weekly/data").await;
    let of =
        |id: &str| all["panels"].as_array().unwrap().iter().find(|panel| panel["id"] == id).unwrap().clone();
    assert!(of("panics")["error"]["id"].is_string(), "one broken panel leaves the others alone");
    assert!(!of("panics").to_string().contains("secret cause"));
    assert_eq!(of("revenue")["columns"][0]["name"], "value");
}

#[tokio::test]
async fn everything_under_api_is_json_also_what_is_not_there() {
    for (url, accept, status, code) in [
        ("/api/v1/reports/nothing", "text/html", 404, "not_found"),
        ("/api/v1/reports/NOT A NAME", "text/html", 404, "not_found"),
        ("/api/v1/nothing", "text/html", 404, "not_found"),
        ("/api/v2", "*/*", 404, "not_found"),
        ("/api/v1/reports/weekly?nothing=1", "text/html", 400, "bad_request"),
        ("/api/v1/runs?state=nothing", "text/html", 400, "bad_request"),
        ("/api/v1/runs?sate=failed", "text/html", 400, "bad_request"),
        ("/api/v1/runs?limit=0", "text/html", 400, "bad_request"),
        ("/api/v1/reports/weekly/panels/nothing", "text/html", 404, "not_found"),
        ("/api/v1/reports/weekly/panels/panics", "text/html", 422, "unprocessable"),
    ] {
        let reply = get_with(&url.replace(' ', "%20"), &[("accept", accept)]).await;
        assert_eq!(reply.status, status, "{url}: {}", reply.text());
        let error = error(reply.text());
        assert_eq!(
            (error["code"].as_str(), error["status"].as_u64()),
            (Some(code), Some(u64::from(reply.status.as_u16()))),
            "{url}"
        );
        assert!(!reply.text().contains("secret cause"), "{url}");
    }
    let wrong = get_with("/api/v1/runs?sate=failed", &[("accept-language", "en")]).await;
    assert!(error(wrong.text())["message"].as_str().unwrap().contains("did you mean `state`?"));
    let method = send_body(state(), Method::POST, "/api/v1/me", &[], "{}").await;
    assert_eq!(method.status, 405);
    assert_eq!(error(method.text())["code"], "method_not_allowed");
}

#[tokio::test]
async fn bodies_are_json_and_say_what_is_wrong() {
    let query = async |kind: &'static str, body: &'static str| {
        let headers = [("content-type", kind)];
        let reply = send_body(state(), Method::POST, "/api/v1/datasets/sales/query", &headers, body).await;
        let error = error(reply.text());
        (reply.status.as_u16(), error["message"].as_str().unwrap().to_owned())
    };
    let json = "application/json";
    let (status, message) = query(json, r#"{"mesures": ["revenue"]}"#).await;
    assert!(status == 422 && message.contains("did you mean `measures`?"), "{status} {message}");
    let (status, message) = query(json, "{").await;
    assert!(status == 400 && message.contains("line 1"), "{status} {message}");
    assert_eq!(query("text/plain", "{}").await.0, 415);
    assert_eq!(query("application/json", " [[\"revenue\"]]").await.0, 422, "keys are named, not counted");
    assert_eq!(query("application/x-www-form-urlencoded", "measures=revenue").await.0, 415);
    assert_eq!(query(json, r#"{"measures": ["revenue"], "limit": 0}"#).await.0, 422);
    assert_eq!(query(json, r#"{"measures": ["revenue"], "period": "someday"}"#).await.0, 422);
    assert_eq!(query(json, r#"{"measures": ["revenue"], "time_zone": "Mars/Olympus"}"#).await.0, 422);
    let (status, message) = query(json, r#"{"measures": ["broken"]}"#).await;
    assert_eq!((status, message.as_str()), (503, "the data cannot be reached"));
    let large = format!("{{\"period\": \"{}\"}}", "x".repeat(20_000));
    let (url, headers) = ("/api/v1/datasets/sales/query", [("content-type", json)]);
    let large: &str = Box::leak(large.into_boxed_str());
    let reply = send_body(state(), Method::POST, url, &headers, large).await;
    assert_eq!(reply.status, 413);
    // The same where its length is told, so that nobody needs to read it.
    let length = large.len().to_string();
    let headers = [("content-type", json), ("content-length", &length)];
    let reply = send_body(state(), Method::POST, url, &headers, large).await;
    assert_eq!((reply.status.as_u16(), error(reply.text())["code"].as_str().unwrap()), (413, "too_large"));
}

#[tokio::test]
async fn a_run_is_started_once_for_each_key() {
    let start = async |schedule: &str, headers: &[(&str, &str)]| {
        let url = format!("/api/v1/reports/weekly/schedules/{schedule}/runs");
        send_body(state(), Method::POST, &url, headers, "").await
    };
    assert_eq!(start("monday", &[("idempotency-key", "one")]).await.status, 202);
    assert_eq!(start("monday", &[("idempotency-key", "used-before")]).await.status, 202);
    assert_eq!(start("monday", &[("idempotency-key", "used-for-another")]).await.status, 422);
    assert_eq!(start("nothing", &[("idempotency-key", "one")]).await.status, 404);
    for blank in ["a b", "a\tb"] {
        assert_eq!(start("monday", &[("idempotency-key", blank)]).await.status, 400, "{blank}");
    }
    let without = start("monday", &[]).await;
    assert_eq!(without.status, 400);
    assert!(error(without.text())["message"].as_str().unwrap().contains("Idempotency-Key"));
}

#[tokio::test]
async fn what_the_caller_has_is_not_sent_again() {
    let first = get_with("/api/v1/datasets", &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.len() > 20 && first.status == 200);
    let again = get_with("/api/v1/datasets", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let other = get_with("/api/v1/datasets", &[("if-none-match", "\"x\"")]).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn accounts_are_not_there_without_a_login() {
    for url in ["/users", "/tokens", "/sessions", "/audit"] {
        assert_eq!(get_with(&format!("/api/v1{url}"), &[]).await.status, 404, "{url}");
    }
    assert_eq!(json("/me").await["name"], "local");
}

#[tokio::test]
async fn preferences_are_for_pages() {
    let reply = get_with("/api/v1/me?theme=dark&lang=en", &[]).await;
    assert_eq!((reply.status.as_u16(), reply.header("set-cookie")), (200, ""));
}
