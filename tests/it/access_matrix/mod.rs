//! Every page and operation of the server, and every command that looks with somebody's eyes, before everybody:
//! nobody, people whose roles allow one action each, people with all roles of something else, the owner,
//! administrators, and tokens of several scopes.
//!
//! What must come of it is worked out from two small tables, what a request needs ([`row`]) and what somebody may
//! ([`people`]), which know nothing of how the server decides. Besides, for every answer: whoever may not view
//! the report is told nothing of it, and gets for it, to the byte, what they get for one that does not exist.

mod api;
mod command_line;
mod encoded;
mod pages;
mod people;
mod row;
mod workspace;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use jangpyo::access::Action;
use serde_json::Value;

use self::pages::{EMBEDDING, Made};
use self::people::{Keys, Who};
use self::row::{Need, Row, Sent};
use crate::support::binary::Page;
use crate::support::site::{Site, site_of};

/// What is wrong, and how much was looked at.
#[derive(Default)]
struct Findings {
    cells: usize,
    compared: usize,
    wrong: String,
}

async fn ask(site: &Site, row: &Row, path: &str, keys: &Keys) -> Page {
    let request = site.server.client.request(row.method(), format!("{}{path}", site.server.url));
    let request = request.header("idempotency-key", "matrix").timeout(Duration::from_mins(1));
    let request =
        keys.on(request.header("accept", if row.is_api() { "application/json" } else { "text/html" }));
    let request = match &row.sent {
        Sent::Nothing if row.method() == reqwest::Method::POST && !row.is_api() => {
            request.form(&[("csrf", keys.csrf())])
        }
        Sent::Nothing => request,
        Sent::Form(fields) => {
            let csrf = ("csrf", keys.csrf());
            request.form(&fields.iter().copied().chain([csrf]).collect::<Vec<_>>())
        }
        Sent::Json(body) => request.json(body),
    };
    Page::of(request.send().await.unwrap()).await
}

/// An answer without what differs between any two: ids, instants, and the name that was asked for.
fn bare(page: &Page, row: &Row, exists: bool) -> String {
    let mut text = String::new();
    for (name, value) in &page.headers {
        if !["date", "x-request-id", "content-length", "etag"].contains(&name.as_str()) {
            writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes())).unwrap();
        }
    }
    text += &page.text();
    if let Some(objects) = &row.objects {
        text = text.replace(&objects[usize::from(!exists)], "OBJECT");
    }
    let ids = regex::Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").unwrap();
    format!("{} {}", page.status, ids.replace_all(&text, "ID"))
}

fn is_told(page: &Page) -> Option<&'static str> {
    let (text, headers) = (page.text(), format!("{:?}", page.headers));
    workspace::MARKS.into_iter().find(|mark| text.contains(mark) || headers.contains(mark))
}

async fn sweep(site: &Site, rows: &[Row], everybody: &[(Who, Keys)]) -> Findings {
    let mut found = Findings::default();
    for row in rows {
        for (who, keys) in everybody {
            let mut answers = Vec::new();
            for (path, exists) in row.addresses() {
                let page = ask(site, row, &path, keys).await;
                let expected = row.expected(*who, exists);
                found.cells += 1;
                if page.status != expected {
                    let text = page.text();
                    let said: String =
                        text.split("<main").last().unwrap_or_default().chars().take(160).collect();
                    writeln!(
                        found.wrong,
                        "{} {path} as {who:?}: {} and not {expected} {said:?}",
                        row.route, page.status
                    )
                    .unwrap();
                }
                let carries_rights = row.need == Need::Nothing;
                if !carries_rights
                    && !who.may(Action::View)
                    && let Some(mark) = is_told(&page)
                {
                    writeln!(found.wrong, "{} {path} tells {who:?} `{mark}`", row.route).unwrap();
                }
                answers.push(bare(&page, row, exists));
            }
            let hidden = row.hides_from(*who);
            if let ([there, absent], true) = (answers.as_slice(), hidden) {
                found.compared += 1;
                if there != absent {
                    writeln!(
                        found.wrong,
                        "{} as {who:?}: closed and absent differ:\n{there}\n--\n{absent}",
                        row.route
                    )
                    .unwrap();
                }
            }
        }
    }
    found
}

/// Everything that is asked for, made by somebody who is nobody of the matrix.
async fn made(site: &Site) -> Made {
    let keys = people::session(site, "maker@corp.example", &["--groups", "keepers"]).await;
    let url = |path: &str| format!("{}{path}", site.server.url);
    let post = |path: &str| keys.on(site.server.client.post(url(path)));
    let json = async |request: reqwest::RequestBuilder| -> Value {
        let page = Page::of(request.send().await.unwrap()).await;
        assert!(page.status < 300, "{} {}", page.status, page.text());
        serde_json::from_str(&page.text()).unwrap()
    };
    let get = async |path: &str| json(keys.on(site.server.client.get(url(path)))).await;
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let token = json(post("/api/v1/tokens").json(&serde_json::json!(
        {"name": "t", "scopes": ["view"], "days": 1}
    )));
    let token = id(&token.await);
    let session = id(&get("/api/v1/sessions").await["sessions"][0]);
    let run = post("/api/v1/reports/hush/schedules/daily/runs").header("idempotency-key", "made");
    let run = id(&json(run.json(&serde_json::json!({"dry_run": true}))).await);
    let path = format!("/api/v1/runs/{run}");
    let mut detail = get(&path).await;
    for _ in 0..100 {
        if detail["run"]["state"] == "succeeded" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        detail = get(&path).await;
    }
    let artefact = detail["artefacts"][0]["id"].as_str().unwrap_or_else(|| panic!("{detail}")).to_owned();
    let form = [("days", "1"), ("query", ""), ("files", "1"), ("csrf", keys.csrf())];
    let shared = Page::of(post("/reports/hush/share").form(&form).send().await.unwrap()).await.text();
    let link = shared.split("/share/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let account =
        Page::of(keys.on(site.server.client.get(url("/account"))).send().await.unwrap()).await.text();
    let share = account.split("/account/shares/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let wish = serde_json::json!({"origin": EMBEDDING});
    let embed = json(post("/api/v1/reports/hush/embed-tokens").json(&wish)).await["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let form = [("rhythm", "daily"), ("at", "08:00"), ("zone", "UTC"), ("query", ""), ("csrf", keys.csrf())];
    let made = post("/reports/hush/subscribe").form(&form).send().await.unwrap();
    assert_eq!(made.status(), 303, "{}", made.text().await.unwrap());
    let own = keys.on(site.server.client.get(url("/subscriptions"))).send().await.unwrap();
    let own = Page::of(own).await.text();
    let subscription = own.split("/subscriptions/subscription.").nth(1).unwrap();
    let subscription = format!("subscription.{}", subscription.split(['/', '"']).next().unwrap());
    Made { run, artefact, session, token, share, subscription, link, embed }
}

fn site() -> (tempfile::TempDir, Site) {
    let folder = tempfile::tempdir().unwrap();
    workspace::write(folder.path());
    let variables = [
        ("JANGPYO_EMBED_ORIGINS", EMBEDDING),
        // One address asks for everybody here.
        ("JANGPYO_RATE_ADDRESS_PAGES", "off"),
        ("JANGPYO_RATE_ADDRESS_WORK", "off"),
        ("JANGPYO_RATE_ADDRESS_LOGINS", "off"),
        ("JANGPYO_RATE_PERSON_PAGES", "off"),
        ("JANGPYO_RATE_PERSON_WORK", "off"),
    ];
    let site = site_of(folder.path(), &variables);
    (folder, site)
}

#[tokio::test]
async fn every_page_and_operation_answers_everybody_as_the_tables_say() {
    let (_workspace, site) = site();
    let everybody = people::everybody(&site).await;
    let made = made(&site).await;
    let (pages, operations) = (pages::rows(&made), api::rows(&made));
    let of_pages = sweep(&site, &pages, &everybody).await;
    let rows: Vec<Row> = operations.into_iter().map(|(_, row)| row).collect();
    let of_api = sweep(&site, &rows, &everybody).await;
    println!(
        "{} rows × {} people: {} cells; {} pairs of closed and absent compared",
        pages.len() + rows.len(),
        everybody.len(),
        of_pages.cells + of_api.cells,
        of_pages.compared + of_api.compared,
    );
    let wrong = of_pages.wrong + &of_api.wrong;
    assert!(wrong.is_empty(), "{wrong}");
}

/// The routes in the sources of `web`, as `GET /path`. Operations of the API have a table of their own.
fn routes_in_source() -> BTreeSet<String> {
    let mut source = String::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.extend((!["tests", "api"].contains(&name.as_str())).then_some(path));
            } else if name.ends_with(".rs") {
                source += &std::fs::read_to_string(&path).unwrap();
            }
        }
    }
    let route = regex::Regex::new(r"\.route\(\s*([^,]+),\s*([^\n]+)\)\n").unwrap();
    let mut routes = BTreeSet::new();
    for found in route.captures_iter(&source) {
        let path = match found[1].trim() {
            "oidc::START" => "/login/oidc",
            "CALLBACK_PATH" => "/login/oidc/callback",
            literal => literal.strip_prefix('"').and_then(|literal| literal.strip_suffix('"')).unwrap(),
        };
        for method in ["get", "post", "put", "patch", "delete", "any"] {
            if found[2].starts_with(&format!("{method}(")) || found[2].contains(&format!(").{method}(")) {
                routes.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    assert!(routes.len() > 40, "the router is written in another way: {routes:?}");
    // A route that is written in another way would be none of these.
    let written = source.matches(".route(").count();
    assert_eq!(route.find_iter(&source).count(), written, "the router is written in another way");
    routes
}

fn nothing_made() -> Made {
    let id = || "00000000-0000-0000-0000-000000000001".to_owned();
    Made {
        run: id(),
        artefact: id(),
        session: id(),
        token: id(),
        share: id(),
        subscription: "subscription.0".into(),
        link: id(),
        embed: id(),
    }
}

/// Logging in and out is tested where it is told what comes of it (`login.rs`).
const ELSEWHERE: [&str; 4] = ["GET /login", "POST /login", "POST /logout", "POST /setup/{token}"];

#[test]
fn every_route_and_operation_has_a_row() {
    let rows: BTreeSet<String> =
        pages::rows(&nothing_made()).iter().map(|row| row.route.to_owned()).collect();
    let elsewhere = ELSEWHERE.map(str::to_owned);
    let missing: Vec<String> = routes_in_source()
        .into_iter()
        .filter(|route| !rows.contains(route) && !elsewhere.contains(route))
        .collect();
    assert!(missing.is_empty(), "without a row: {missing:?}");
    let routes = routes_in_source();
    let gone: Vec<&String> = rows.iter().filter(|row| !routes.contains(*row)).collect();
    assert!(gone.is_empty(), "rows of what is no route: {gone:?}");
    let document = crate::support::workspace::committed().join("schemas/openapi.json");
    let document: Value = serde_json::from_str(&std::fs::read_to_string(document).unwrap()).unwrap();
    let operations = document["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|methods| methods.as_object().unwrap().values());
    let operations: BTreeSet<&str> =
        operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
    let made = nothing_made();
    let rows: BTreeSet<&str> = api::rows(&made).into_iter().map(|(name, _)| name).collect();
    assert_eq!(operations, rows);
}

/// The endings of files that `names.rs` reads off the last part of an address, by the type that has them.
fn endings_in_source(of: &str) -> BTreeSet<String> {
    let names = include_str!("../../../src/web/names.rs");
    let code = names.split("#[cfg(test)]").next().unwrap();
    let block = code.split(&format!("impl {of} {{")).nth(1).unwrap().split("\n}\n").next().unwrap();
    let ending = regex::Regex::new(r#"Some\(\(id, "(\w+)"\)\)"#).unwrap();
    ending.captures_iter(block).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_ending_of_a_file_has_a_row_wherever_a_report_is_shown() {
    let (reports, panels) = (endings_in_source("ReportPath"), endings_in_source("PanelPath"));
    assert!(reports.contains("pdf") && panels.contains("csv"), "{reports:?} {panels:?}");
    let made = nothing_made();
    let rows = pages::rows(&made);
    for (route, endings) in [
        ("GET /reports/{report}", &reports),
        ("GET /share/{link}", &reports),
        ("GET /embed/{report}", &reports),
        ("GET /reports/{report}/panels/{panel}", &panels),
        ("GET /share/{link}/panels/{panel}", &panels),
        ("GET /embed/{report}/panels/{panel}", &panels),
    ] {
        let paths = rows.iter().filter(|row| row.route == route);
        let paths: Vec<&str> = paths.map(|row| row.path.split('?').next().unwrap()).collect();
        for ending in endings {
            let has = paths.iter().any(|path| path.ends_with(&format!(".{ending}")));
            assert!(has, "{route} has no row with .{ending}: {paths:?}");
        }
    }
}

#[tokio::test]
async fn a_form_without_its_token_or_from_a_foreign_page_does_nothing() {
    let (_workspace, site) = site();
    let keys = people::session(&site, "root", &["--administrator", "--groups", "keepers"]).await;
    let made = made(&site).await;
    let rows = pages::rows(&made).into_iter().chain(api::rows(&made).into_iter().map(|(_, row)| row));
    let mut cells = 0;
    for row in rows.filter(|row| row.method() != reqwest::Method::GET) {
        let (path, _) = row.addresses().remove(0);
        let Keys::Session { cookie, .. } = &keys else { unreachable!() };
        let planted = Keys::Session { cookie: cookie.clone(), csrf: "planted".to_owned() };
        let without = Keys::Session { cookie: cookie.clone(), csrf: String::new() };
        // The link of a mail is all that its reader, or their mail program, has; what it does can be undone.
        let proves_itself = path.starts_with("/unsubscribe/");
        for keys in [&without, &planted].into_iter().filter(|_| !proves_itself) {
            let page = ask(&site, &row, &path, keys).await;
            assert_eq!(page.status, 403, "{} {path}: {}", row.route, page.text());
            cells += 1;
        }
        for (header, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let request = site.server.client.request(row.method(), format!("{}{path}", site.server.url));
            let request = keys.on(request).header(header, value).form(&[("csrf", keys.csrf())]);
            assert_eq!(request.send().await.unwrap().status(), 403, "{} with {header}", row.route);
            cells += 1;
        }
    }
    println!("{cells} forged requests");
    assert!(cells > 60);
}
