//! Every operation of the API, as its own document lists them, before whoever may ask: nobody, a user without
//! roles, an administrator without roles.

use std::fmt::Write as _;

use crate::support::binary::{Page, Said, Server, jangpyo};
use crate::support::workspace::committed;

const PASSWORD: &str = "blue tables sing";

/// A session with the token of its forms.
async fn session(server: &Server, link: &str) -> (String, String) {
    let path = link.trim().split_once("/setup/").map(|(_, token)| format!("/setup/{token}")).unwrap();
    let shown = server.get(&path).await;
    let cookie_of = |page: &Page, name: &str| {
        let lines = page.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let pair = lines.filter_map(|line| line.split(';').next()).find(|pair| pair.starts_with(name));
        pair.unwrap_or_default().to_owned()
    };
    let (form, text) = (cookie_of(&shown, "jangpyo"), shown.text());
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("password", PASSWORD), ("again", PASSWORD), ("csrf", csrf)];
    let request = server.client.post(format!("{}{path}", server.url)).header("cookie", form).form(&fields);
    let set = Page::of(request.send().await.unwrap()).await;
    assert_eq!(set.status, 303, "{}", set.text());
    let cookie = cookie_of(&set, "jangpyo=");
    let request = server.client.get(format!("{}/api/v1/me", server.url)).header("cookie", &cookie);
    let me: serde_json::Value =
        serde_json::from_str(&Page::of(request.send().await.unwrap()).await.text()).unwrap();
    (cookie, me["csrf"].as_str().unwrap().to_owned())
}

/// What a user without roles and an administrator without roles get; nobody always gets 401.
fn expected(operation: &str) -> Option<[u16; 2]> {
    Some(match operation {
        "describe" | "show_me" | "list_reports" | "list_datasets" | "list_tokens" | "list_sessions" => {
            [200, 200]
        }
        "show_report" | "show_report_data" | "show_panel" | "start_run" | "show_dataset"
        | "query_dataset" | "list_runs" | "show_run" | "revoke_token" | "end_session" => [404, 404],
        "list_events" | "list_users" => [403, 200],
        "add_user" => [403, 422],
        "change_user" | "disable_user" | "enable_user" => [403, 404],
        "make_token" => [422, 422],
        _ => return None,
    })
}

#[tokio::test]
async fn every_operation_answers_everybody_as_the_table_says() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start_with(&committed(), state.path(), &[("JANGPYO_LOGIN", "local")]);
    let add = |arguments: &[&str]| {
        let said = Said::of(jangpyo(&committed(), state.path()).args(["users", "add"]).args(arguments));
        assert_eq!(said.code, Some(0), "{said:?}");
        said.out
    };
    let user = session(&server, &add(&["lee"])).await;
    let administrator = session(&server, &add(&["root", "--administrator"])).await;
    let document: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(committed().join("schemas/openapi.json")).unwrap())
            .unwrap();
    let (mut wrong, mut cells) = (String::new(), 0);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            let Some([of_user, of_administrator]) = expected(name) else {
                panic!("`{name}` has no row in the matrix");
            };
            let mut url = format!("{}/api/v1{path}", server.url);
            for (place, value) in [("report", "weekly-sales"), ("panel", "trend"), ("schedule", "monday")] {
                url = url.replace(&format!("{{{place}}}"), value);
            }
            let url = url.replace("{dataset}", "sales").replace(['{', '}'], "");
            let method: reqwest::Method = method.to_uppercase().parse().unwrap();
            for (who, keys, status) in [
                ("nobody", None, 401),
                ("user", Some(&user), of_user),
                ("administrator", Some(&administrator), of_administrator),
            ] {
                let mut request = server.client.request(method.clone(), &url).header("idempotency-key", "k");
                if let Some((cookie, csrf)) = keys {
                    request = request.header("cookie", cookie).header("x-csrf-token", csrf);
                }
                let answer = Page::of(request.send().await.unwrap()).await;
                cells += 1;
                if answer.status != status {
                    writeln!(wrong, "{name} for {who}: {} instead of {status}", answer.status).unwrap();
                }
            }
        }
    }
    println!("{cells} cells");
    assert!(wrong.is_empty(), "{wrong}");
}
