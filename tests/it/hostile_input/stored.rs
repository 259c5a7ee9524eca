//! What was put in once and is shown to others later: names, groups, tokens, browsers, the audit log.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::checks::{complaint, markup};
use super::payloads::{FORMULAS, MARKUP, PROBE, Payload, encoded};
use super::sweep::Asker;
use super::wire::{Answer, Request};
use super::{ADMINISTRATOR, EXECUTIVE, INSIDE, OPEN};
use crate::support::site::site_with;
use crate::support::{python, raw};

/// A form with these fields.
fn form(asker: &Asker, path: &str, fields: &[(&str, &str)]) -> Request {
    let mut request =
        asker.signed(Request::new("POST", path)).with("content-type", "application/x-www-form-urlencoded");
    for (name, value) in fields {
        request.body.extend([name.as_bytes(), b"=", &encoded(value.as_bytes()), b"&"].concat());
    }
    request
}

/// The cells of a CSV file as Python reads them.
fn cells(csv: &[u8]) -> Vec<Vec<String>> {
    let script = "import csv, io, json, sys; \
        text = io.TextIOWrapper(sys.stdin.buffer, 'utf-8-sig', newline=''); \
        print(json.dumps(list(csv.reader(text, strict=True))))";
    let mut reader = Command::new(python::interpreter())
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut into = reader.stdin.take().unwrap();
    let csv = csv.to_vec();
    let writer = std::thread::spawn(move || into.write_all(&csv));
    let output = reader.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Cells that a spreadsheet would compute: numbers may begin with a minus, nothing else.
pub(super) fn computed(csv: &[u8]) -> Vec<String> {
    let runs = |cell: &String| {
        cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
            && cell.replace(',', "").trim_end_matches('%').parse::<f64>().is_err()
    };
    cells(csv).into_iter().flatten().filter(runs).collect()
}

#[tokio::test]
async fn what_was_stored_is_text_wherever_it_is_shown() {
    let site = site_with(&OPEN);
    let address = raw::address(&site.server);
    let mut root = site.newcomer("root", &ADMINISTRATOR).await;
    let mut yuna = site.newcomer("yuna", &EXECUTIVE).await;
    let mut stranger = site.browser();
    let administrator = Asker::of("administrator", &mut root, "/account").await;
    let user = Asker::of("user", &mut yuna, "/account").await;
    let nobody = Asker::of("nobody", &mut stranger, "/login").await;

    let mut wrong = String::new();
    let mut statuses = std::collections::BTreeMap::<(&str, u16), usize>::new();
    for (n, text) in MARKUP.iter().chain(&FORMULAS).enumerate() {
        let payload = Payload { value: text.as_bytes().to_vec(), encoded: encoded(text.as_bytes()) };
        let query = String::from_utf8(payload.encoded.clone()).unwrap();
        // Commas would make several groups.
        let group = text.replace(',', ";");
        let user_name = format!("user{n}@hanbit.example");
        let requests = [
            ("user by name", form(&administrator, "/users", &[("name", text), ("groups", "x")])),
            ("user by groups", form(&administrator, "/users", &[("name", &user_name), ("groups", &group)])),
            (
                "token",
                form(
                    &user,
                    "/account/tokens",
                    &[("name", text), ("scope", "view"), ("reports", text), ("days", "9")],
                ),
            ),
            (
                "link",
                form(
                    &user,
                    "/reports/weekly-sales/share",
                    &[("query", &format!("country={query}")), ("days", "7"), ("open", text), ("files", "1")],
                ),
            ),
            ("failed login", form(&nobody, "/login", &[("name", text), ("password", "wrong words here")])),
            (
                "browser",
                form(
                    &nobody,
                    "/login",
                    &[("name", "yuna"), ("password", "blue tables sing"), ("next", text)],
                )
                .with("user-agent", text.replace(['\r', '\t', '\u{1}'], "")),
            ),
            (
                "search",
                administrator.signed(Request::new("GET", format!("/audit.csv?text={query}&actor={query}"))),
            ),
            ("view", user.signed(Request::new("GET", format!("/reports/{query}?country={query}")))),
            ("file", user.signed(Request::new("GET", format!("/reports/weekly-sales/panels/{query}.csv")))),
            ("session", form(&user, &format!("/account/sessions/{query}/revoke"), &[])),
        ];
        for (what, request) in requests {
            let answer = request.send(address).await;
            *statuses.entry((what, answer.status)).or_default() += 1;
            if let Some(complaint) = complaint(&answer, &payload, INSIDE) {
                writeln!(wrong, "{what} with {text:?}: {complaint}").unwrap();
            }
        }
    }
    println!("{statuses:?}");
    // Else nothing of it would have been stored.
    for stored in
        [("user by groups", 200), ("token", 200), ("browser", 303), ("search", 200), ("failed login", 401)]
    {
        assert!(statuses.contains_key(&stored), "{stored:?}: {statuses:?}");
    }

    let get = async |asker: &Asker, path: &str| asker.signed(Request::new("GET", path)).send(address).await;
    let mut seen = |path: &str, answer: &Answer, must: bool| {
        let text = answer.text();
        assert_eq!(answer.status, 200, "{path}: {text}");
        if let Some(complaint) =
            markup(&text).filter(|_| answer.header("content-type").starts_with("text/html"))
        {
            writeln!(wrong, "{path}: {complaint}").unwrap();
        }
        assert!(!must || text.contains(PROBE), "{path} shows nothing of it: {text}");
    };
    for (asker, path, must) in [
        (&administrator, "/users", true),
        (&administrator, "/shares", false),
        (&administrator, "/audit", true),
        // Of a typed name that is nobody's nothing is kept.
        (&administrator, "/audit?action=login_refused", false),
        (&administrator, "/audit?action=audit_exported", true),
        (&administrator, "/audit.ndjson", true),
        (&administrator, "/api/v1/users", true),
        (&administrator, "/api/v1/audit?limit=200", true),
        (&user, "/account", true),
        (&user, "/api/v1/tokens", true),
        (&user, "/api/v1/sessions", true),
        (&user, "/", false),
    ] {
        seen(path, &get(asker, path).await, must);
    }
    let csv = get(&administrator, "/audit.csv").await;
    seen("/audit.csv", &csv, true);
    assert_eq!(computed(&csv.body), [""; 0], "cells that a spreadsheet would compute");
    assert!(wrong.is_empty(), "{wrong}");
}
