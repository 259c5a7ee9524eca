//! Logging in, as browsers, programs and attackers meet it: the real server over HTTP.

use std::path::Path;
use std::time::Duration;

use crate::support::binary::{Page, Said, Server, jangpyo};
use crate::support::site::{PASSWORD, Site, site_with, token_of};
use crate::support::workspace::committed;

fn site() -> Site {
    site_with(&[])
}

#[tokio::test]
async fn without_logging_in_nothing_but_the_login_opens() {
    let site = site();
    let mut browser = site.browser();
    for path in [
        "/",
        "/reports/weekly-sales",
        "/reports/weekly-sales.pdf",
        "/runs",
        "/problems",
        "/metrics",
        "/account",
        "/users",
        "/audit",
        "/audit.csv",
        "/no-such-page",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.header("location").starts_with("/login"), "{path}");
    }
    let page = browser.get("/reports/weekly-sales?country=KR").await;
    assert_eq!(page.header("location"), "/login?next=%2Freports%2Fweekly-sales%3Fcountry%3DKR");
    for path in ["/healthz", "/readyz", "/login", "/favicon.svg"] {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
    }
    let json =
        site.server.client.get(format!("{}/runs", site.server.url)).header("accept", "application/json");
    let json = Page::of(json.send().await.unwrap()).await;
    assert_eq!((json.status, json.header("www-authenticate")), (401, "Bearer realm=\"jangpyo\""));
    // A part of a page, fetched by a script.
    browser.headers = vec![("sec-fetch-dest", "empty".into())];
    assert_eq!(browser.get("/reports/weekly-sales/panels/trend").await.status, 401);
}

#[tokio::test]
async fn the_first_administrator_comes_in_by_a_link_and_invites_others() {
    let state = tempfile::tempdir().unwrap();
    let mut command = jangpyo(&committed(), state.path());
    command.env("JANGPYO_LOGIN", "local");
    let (server, link) = Server::start_telling(command, "/setup/");
    let site = Site { server, state, workspace: committed() };
    let mut admin = site.browser();
    let fields = [("name", "Root@Example.com"), ("password", "short"), ("again", "short")];
    let weak = admin.submit(&link, &link, &fields).await;
    assert_eq!(weak.status, 422);
    assert!(weak.text().contains("12자") && weak.text().contains("Root@Example.com"), "{}", weak.text());
    let fields = [("name", "Root@Example.com"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(admin.submit(&link, &link, &fields).await.status, 303);
    assert_eq!(site.browser().get(&link).await.status, 404, "it works once");
    assert!(admin.get("/").await.text().contains("root@example.com"), "the frame says who is logged in");

    let made =
        admin.submit("/users", "/users", &[("name", "kim@example.com"), ("groups", "sales, hk")]).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let invitation = made.text().split("/setup/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invitation = format!("/setup/{invitation}");
    let mut kim = site.browser();
    kim.submit(&invitation, &invitation, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    assert!(kim.get("/account").await.text().contains("hk, sales"));
    for path in ["/users", "/audit", "/audit.csv"] {
        assert_eq!(kim.get(path).await.status, 403, "{path} is for administrators");
    }
    let again = admin.submit("/users", "/users", &[("name", "KIM@example.com")]).await;
    assert!(again.status == 422 && again.text().contains("kim@example.com"));
    let last = admin.submit("/users", "/users/root@example.com/disable", &[]).await;
    assert_eq!(last.status, 422, "the last administrator stays");
    let audit = admin.get("/audit?action=user_created").await.text();
    assert!(audit.contains("user/kim@example.com") && !audit.contains(">로그인</td>"), "{audit}");
    let csv = admin.get("/audit.csv").await;
    assert!(
        csv.text().starts_with("seq,at,actor") && csv.text().contains("audit_exported"),
        "{}",
        csv.text()
    );

    assert!(kim.is_in().await);
    admin.submit("/users", "/users/kim@example.com/disable", &[]).await;
    assert!(!kim.is_in().await, "whoever is shut out is out at once");
    assert_eq!(kim.log_in("kim@example.com", PASSWORD).await.status, 401);
    assert_eq!(site.command(&["audit", "verify"]).code, Some(0));
}

#[tokio::test]
async fn a_session_is_never_one_that_was_planted_and_changes_with_each_login() {
    let site = site();
    site.newcomer("kim", &[]).await;
    let mut browser = site.browser();
    browser.cookies.insert("jangpyo".into(), "planted-by-somebody-else-0123456789".into());
    assert_eq!(browser.log_in("kim", PASSWORD).await.status, 303);
    let first = browser.cookies["jangpyo"].clone();
    assert_ne!(first, "planted-by-somebody-else-0123456789");
    // Logged in already: the page leads on, and a second login in another tab ends the first session.
    assert_eq!(browser.get("/login?next=/runs").await.header("location"), "/runs");
    let mut tab = site.browser();
    let csrf = token_of(&tab.get("/login").await.text());
    tab.cookies.insert("jangpyo".into(), first.clone());
    tab.post("/login", &[("name", "kim"), ("password", PASSWORD), ("csrf", &csrf)]).await;
    assert_ne!(tab.cookies["jangpyo"], first);
    assert!(tab.is_in().await);
    assert!(!browser.is_in().await, "the earlier secret is worth nothing");
    let line =
        Page::of(site.server.client.get(format!("{}/login", site.server.url)).send().await.unwrap()).await;
    let cookie = line.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert_eq!(line.header("cache-control"), "no-store");
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let site = site();
    let mut browser = site.newcomer("kim", &[]).await;
    let secret = browser.cookies["jangpyo"].clone();
    assert_eq!(browser.get("/logout").await.status, 405, "a link of another site logs nobody out");
    let out = browser.submit("/account", "/logout", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/login"));
    browser.cookies.insert("jangpyo".into(), secret);
    assert!(!browser.is_in().await);
}

#[tokio::test]
async fn sessions_end_when_idle_and_at_last() {
    let site = site_with(&[("JANGPYO_SESSION_IDLE_SECS", "2"), ("JANGPYO_SESSION_LONGEST_SECS", "5")]);
    let mut used = site.newcomer("kim", &[]).await;
    let mut idle = site.browser();
    idle.log_in("kim", PASSWORD).await;
    let begun = std::time::Instant::now();
    while begun.elapsed() < Duration::from_millis(3500) {
        tokio::time::sleep(Duration::from_millis(600)).await;
        assert!(used.is_in().await, "{:?}", begun.elapsed());
    }
    assert!(!idle.is_in().await, "two seconds of nothing end a session");
    while begun.elapsed() < Duration::from_millis(5500) {
        tokio::time::sleep(Duration::from_millis(400)).await;
        used.get("/account").await;
    }
    assert!(!used.is_in().await, "after five seconds it ends, used or not");
}

#[tokio::test]
async fn forms_of_others_are_refused() {
    let site = site();
    let mut kim = site.newcomer("kim", &[]).await;
    let mut lee = site.newcomer("lee", &[]).await;
    let own = token_of(&kim.get("/account").await.text());
    let other = token_of(&lee.get("/account").await.text());
    let form = token_of(&site.browser().get("/login").await.text());
    for (what, token) in
        [("missing", ""), ("of another session", &other), ("of a login form", &form), ("cut", &own[1..])]
    {
        let page = kim
            .post("/account/tokens", &[("name", "x"), ("scope", "view"), ("days", "9"), ("csrf", token)])
            .await;
        assert_eq!(page.status, 403, "{what}: {}", page.text());
        assert_eq!(kim.post("/logout", &[("csrf", token)]).await.status, 403, "{what}");
    }
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        kim.headers = vec![(name, value.into())];
        assert_eq!(kim.post("/logout", &[("csrf", &own)]).await.status, 403, "{name}: {value}");
    }
    kim.headers = vec![("origin", site.server.url.clone()), ("sec-fetch-site", "same-origin".into())];
    let page =
        kim.post("/account/tokens", &[("name", "x"), ("scope", "view"), ("days", "9"), ("csrf", &own)]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    // The token may travel in a header instead.
    kim.headers.push(("x-csrf-token", own));
    assert_eq!(kim.post("/logout", &[]).await.status, 303);

    // The login form too: else somebody could be logged in as somebody else without noticing.
    let mut victim = site.browser();
    let fields = [("name", "lee"), ("password", PASSWORD)];
    assert_eq!(victim.post("/login", &fields).await.status, 403);
    let mut attacker = site.browser();
    let token = token_of(&attacker.get("/login").await.text());
    victim.get("/login").await;
    assert_eq!(victim.post("/login", &[fields[0], fields[1], ("csrf", &token)]).await.status, 403);
}

#[tokio::test]
async fn a_login_leads_only_to_pages_of_this_server() {
    let site = site();
    site.newcomer("kim", &[]).await;
    for (next, leads) in [
        ("/runs?state=failed", "/runs?state=failed"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/.//evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("", "/"),
    ] {
        let mut browser = site.browser();
        let fields = [("name", "kim"), ("password", PASSWORD), ("next", next)];
        let page = browser.submit("/login", "/login", &fields).await;
        assert_eq!((page.status, page.header("location")), (303, leads), "{next}");
        let page = browser.get(&format!("/login?next={}", next.replace('\t', "%09"))).await;
        assert_eq!(page.header("location"), leads, "{next}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_and_leaves_a_known_device_able_to_log_in() {
    let site = site();
    let mut known = site.newcomer("kim", &[]).await;
    known.submit("/account", "/logout", &[]).await;
    let mut attacker = site.browser();
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(attacker.log_in("kim", "wrong password here").await.status);
    }
    assert_eq!(statuses[..5], [401; 5]);
    assert!(statuses[5..].contains(&429), "{statuses:?}");
    let refused = attacker.log_in("kim", PASSWORD).await;
    assert_eq!(refused.status, 429, "also with the right password");
    // The same address, as behind the router of an office.
    assert_eq!(known.log_in("kim", PASSWORD).await.status, 303);
    let audit = site.audit();
    assert!(audit.contains("login_refused") && audit.contains("login_delayed"), "{audit}");
}

#[tokio::test]
async fn what_is_typed_for_a_name_by_mistake_is_not_kept() {
    let site = site();
    site.newcomer("kim", &[]).await;
    let mut browser = site.browser();
    // Their password, in the field for the name; until attempts have to wait.
    let mut statuses = Vec::new();
    for _ in 0..9 {
        statuses.push(browser.log_in("Correct-Horse-Battery", "x").await.status);
    }
    assert!(statuses.contains(&401) && statuses.contains(&429), "{statuses:?}");
    browser.log_in("kim", "wrong password here").await;
    let audit = site.command(&["audit", "export"]).out.to_lowercase();
    assert!(!audit.contains("correct-horse"), "{audit}");
    let refused = audit.lines().filter(|line| line.contains("login_refused")).collect::<Vec<_>>();
    assert!(refused.iter().any(|line| line.contains("unknown")), "{refused:?}");
    let delayed = audit.lines().any(|line| line.contains("login_delayed"));
    assert!(delayed && audit.contains("kim"), "{audit}");
}

#[tokio::test]
async fn a_changed_password_and_a_revoked_session_throw_out() {
    let site = site();
    let mut own = site.newcomer("kim", &[]).await;
    let mut other = site.browser();
    other.log_in("kim", PASSWORD).await;
    let mut third = site.browser();
    third.log_in("kim", PASSWORD).await;
    let page = own.get("/account").await.text();
    let id = page.split("/account/sessions/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let mut lee = site.newcomer("lee", &[]).await;
    let path = format!("/account/sessions/{id}/revoke");
    assert_eq!(lee.submit("/account", &path, &[]).await.status, 404, "only one's own");
    assert_eq!(own.submit("/account", &path, &[]).await.status, 303);
    assert_eq!(usize::from(other.is_in().await) + usize::from(third.is_in().await), 1);

    let change = |old: &'static str, new: &'static str| [("old", old), ("password", new), ("again", new)];
    let wrong =
        own.submit("/account", "/account/password", &change("not it at all", "green tables sing")).await;
    assert_eq!(wrong.status, 422);
    let common = own.submit("/account", "/account/password", &change(PASSWORD, "password1234")).await;
    assert!(common.status == 422 && common.text().contains("추측"), "{}", common.text());
    let done = own.submit("/account", "/account/password", &change(PASSWORD, "green tables sing")).await;
    assert_eq!((done.status, done.header("location")), (303, "/account?done=password"));
    assert!(own.is_in().await && !other.is_in().await && !third.is_in().await);
}

#[tokio::test]
async fn tokens_open_what_their_scopes_say_until_they_are_revoked() {
    let site = site();
    let mut kim = site.newcomer("kim", &["--administrator", "--groups", "hanbit-sales-analytics"]).await;
    let fields = [("name", "airflow"), ("scope", "view"), ("reports", "weekly-sales"), ("days", "30")];
    let made = kim.submit("/account", "/account/tokens", &fields).await.text();
    let token = format!("jgp_{}", made.split("jgp_").nth(1).unwrap().split('<').next().unwrap());
    assert!(!kim.get("/account").await.text().contains(&token), "it is shown once");
    let get = async |path: &str, scheme: &str, token: &str| {
        let url = format!("{}{path}", site.server.url);
        let request = site.server.client.get(url).header("authorization", format!("{scheme} {token}"));
        Page::of(request.send().await.unwrap()).await.status
    };
    assert_eq!(get("/reports/weekly-sales", "Bearer", &token).await, 200);
    assert_eq!(get("/reports/weekly-sales/panels/trend", "bearer", &token).await, 200);
    for (path, why) in [
        ("/reports/weekly-sales.pdf", "export is another scope"),
        ("/reports/weekly-sales/panels/trend.csv", "export is another scope"),
        ("/reports/merchandising", "another report"),
        ("/", "a list of all reports"),
        ("/runs", "another scope"),
        ("/account", "accounts are for people"),
        ("/users", "an administrator's token is none"),
        ("/audit", "an administrator's token is none"),
    ] {
        assert_eq!(get(path, "Bearer", &token).await, 403, "{path}: {why}");
    }
    assert_eq!(get("/reports/weekly-sales", "Basic", &token).await, 401);
    assert_eq!(get("/reports/weekly-sales", "Bearer", &token[..40]).await, 401);
    // A wrong token is not made good by a session beside it.
    kim.headers = vec![("authorization", "Bearer jgp_wrong".into())];
    assert_eq!(kim.get("/account").await.status, 401);
    kim.headers.clear();
    let page = kim.get("/account").await.text();
    let id = page.split("/account/tokens/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    kim.submit("/account", &format!("/account/tokens/{id}/revoke"), &[]).await;
    assert_eq!(get("/reports/weekly-sales", "Bearer", &token).await, 401);
    let none = kim.submit("/account", "/account/tokens", &[("name", "x"), ("days", "3")]).await;
    assert_eq!(none.status, 422, "a token without scopes");
    let long =
        kim.submit("/account", "/account/tokens", &[("name", "x"), ("scope", "view"), ("days", "999")]).await;
    assert_eq!(long.status, 422, "a token for years");
}

#[tokio::test]
async fn only_the_proxy_can_say_who_it_is() {
    let variables = |from| {
        [
            ("JANGPYO_LOGIN", "proxy"),
            ("JANGPYO_LOGIN_PROXY_FROM", from),
            ("JANGPYO_LOGIN_PROXY_GROUPS", "X-Groups"),
        ]
    };
    let site = site_with(&variables("127.0.0.1"));
    let mut kim = site.browser();
    kim.headers = vec![("x-forwarded-user", "Kim@Example.com".into()), ("x-groups", "sales,hk".into())];
    assert_eq!(kim.get("/account").await.status, 303, "first a cookie for its forms");
    let account = kim.get("/account").await.text();
    assert!(account.contains("kim@example.com") && account.contains("hk, sales"), "{account}");
    let made =
        kim.submit("/account", "/account/tokens", &[("name", "x"), ("scope", "view"), ("days", "9")]).await;
    assert_eq!(made.status, 200, "{}", made.text());
    assert_eq!(kim.get("/users").await.status, 403);
    kim.headers.push(("x-forwarded-user", "root@example.com".into()));
    assert_eq!(kim.get("/").await.status, 303, "two names are none");
    kim.headers = vec![("x-forwarded-user", "kim lee".into())];
    assert_eq!(kim.get("/").await.status, 303);
    assert_eq!(kim.post("/login", &[("name", "a"), ("password", "b")]).await.status, 403);

    let site = site_with(&variables("10.0.0.0/8"));
    let mut kim = site.browser();
    kim.headers = vec![("x-forwarded-user", "kim@example.com".into())];
    for _ in 0..3 {
        assert_eq!(kim.get("/").await.status, 303, "the header of a stranger");
    }
    assert_eq!(site.audit().matches("proxy_ignored").count(), 1, "told once");
}

#[tokio::test]
async fn an_invitation_sets_no_password_where_nobody_logs_in_here() {
    let site = site_with(&[("JANGPYO_LOGIN", "proxy"), ("JANGPYO_LOGIN_PROXY_FROM", "127.0.0.1")]);
    let link = site.invited("kim", &[]);
    assert_eq!(site.browser().get(&link).await.status, 404);
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let set = site.browser().post(&link, &fields).await;
    assert!([403, 404].contains(&set.status) && set.header("set-cookie").is_empty(), "{}", set.status);
    assert!(site.command(&["users", "list"]).out.contains("no password yet"));
}

#[tokio::test]
async fn a_name_from_elsewhere_is_not_the_user_who_logs_in_here() {
    let site = site_with(&[("JANGPYO_LOGIN", "local,proxy"), ("JANGPYO_LOGIN_PROXY_FROM", "127.0.0.1")]);
    site.newcomer("chief", &["--administrator"]).await;
    site.invited("deputy", &["--administrator"]);
    let added = site.command(&["users", "add", "boss", "--administrator", "--elsewhere"]);
    assert!(added.code == Some(0) && !added.out.contains("/setup/"), "{added:?}");
    for (name, status) in [("chief", 303), ("deputy", 303), ("boss", 200), ("\u{212a}im", 303)] {
        let mut browser = site.browser();
        browser.headers = vec![("x-forwarded-user", name.into())];
        browser.get("/users").await;
        assert_eq!(browser.get("/users").await.status, status, "{name}");
    }
    assert_eq!(site.audit().matches("the name is that of a user who logs in here").count(), 1);
    // The last who logs in here moves away, and is the same user there.
    let moved = site.command(&["users", "change", "chief", "--elsewhere", "yes"]);
    assert!(moved.out.contains("chief  logs in elsewhere administrator"), "{moved:?}");
    let mut chief = site.browser();
    chief.headers = vec![("x-forwarded-user", "chief".into())];
    chief.get("/users").await;
    let page = chief.get("/users?lang=en").await;
    assert!(page.status == 200 && page.text().contains("Logs in elsewhere"), "{}", page.text());
    let fields = [("name", "yuna"), ("elsewhere", "1")];
    let added = chief.submit("/users", "/users", &fields).await;
    assert_eq!((added.status, added.header("location")), (303, "/users?done=added"));
    let refused = chief.submit("/users", "/users/yuna/reset", &[]).await;
    assert!(refused.status == 422 && refused.text().contains("yuna"), "{}", refused.text());
}

#[tokio::test]
async fn secrets_stand_neither_in_the_log_nor_in_the_store_nor_in_the_audit_log() {
    let state = tempfile::tempdir().unwrap();
    let log = state.path().join("log");
    let mut command = jangpyo(&committed(), state.path());
    command.env("JANGPYO_LOGIN", "local").env("RUST_LOG", "debug");
    let server = Server::start_logging(command, &log);
    let site = Site { server, state, workspace: committed() };
    let link = site.invited("kim", &[]);
    let mut kim = site.browser();
    kim.submit(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
    let form = [("name", "jgp_pasted0secret"), ("password", PASSWORD)];
    site.browser().submit("/login", "/login", &form).await;
    let made =
        kim.submit("/account", "/account/tokens", &[("name", "x"), ("scope", "view"), ("days", "9")]).await;
    let token = made.text().split("jgp_").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let url = format!("{}/reports/weekly-sales", site.server.url);
    site.server.client.get(url).bearer_auth(format!("jgp_{token}")).send().await.unwrap();
    site.browser().get("/unsubscribe/leave0secret.x").await;
    let session = kim.cookies["jangpyo"].clone();
    let device = kim.cookies["jangpyo-device"].clone();
    let audit = site.command(&["audit", "export"]).out;
    assert!(audit.contains("token_made"), "{audit}");
    let Site { server, state, .. } = site;
    tokio::task::spawn_blocking(|| server.terminate()).await.unwrap();
    let mut all = audit.into_bytes();
    read_all(state.path(), &mut all);
    assert!(find(&all, "$argon2id$") && find(&all, "\"path\":\"/setup/***\""), "store and log were read");
    for secret in [
        PASSWORD,
        &session,
        &device,
        &token,
        link.trim_start_matches("/setup/"),
        "pasted0secret",
        "leave0secret",
    ] {
        assert!(!find(&all, secret), "{secret}");
    }
}

fn read_all(folder: &Path, into: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.extend(std::fs::read(path).unwrap());
        }
    }
}

fn find(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn a_demo_says_so_and_stays_on_this_machine() {
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&committed(), state.path());
    assert!(server.get("/?lang=en").await.text().contains("Demo, no login"));
    for path in ["/login", "/account", "/users", "/audit", "/setup/x"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    let other = tempfile::tempdir().unwrap();
    let refused = Said::of(jangpyo(&committed(), other.path()).args(["serve", "--listen", "0.0.0.0:0"]));
    assert!(refused.code != Some(0) && refused.err.contains("JANGPYO_LOGIN=local"), "{refused:?}");
    let both =
        Said::of(jangpyo(&committed(), other.path()).env("JANGPYO_LOGIN", "local").args(["serve", "--demo"]));
    assert!(both.code == Some(2) && both.err.contains("--demo"), "{both:?}");
}

#[test]
fn users_are_managed_at_the_command_line() {
    let state = tempfile::tempdir().unwrap();
    let users =
        |arguments: &[&str]| Said::of(jangpyo(&committed(), state.path()).arg("users").args(arguments));
    assert!(users(&["list"]).err.contains("--administrator"));
    let added = users(&["add", "Kim@Example.com", "--groups", "sales,hk", "--claim", "country=KR"]);
    assert!(added.code == Some(0) && added.out.starts_with("http://127.0.0.1:8080/setup/"), "{added:?}");
    assert!(users(&["add", "kim@example.com"]).err.contains("already"));
    assert!(users(&["add", "kim lee"]).err.contains("mail address"));
    assert!(users(&["reset", "nobody"]).err.contains("no user `nobody`"));
    assert_eq!(users(&["disable", "kim@example.com"]).code, Some(0));
    assert!(users(&["reset", "kim@example.com"]).err.contains("disabled"));
    assert_eq!(users(&["enable", "kim@example.com"]).code, Some(0));
    let list = users(&["list", "--json"]).json();
    assert_eq!((&list[0]["groups"][0], &list[0]["claims"]["country"][0]), (&"hk".into(), &"KR".into()));
    let audit = Said::of(jangpyo(&committed(), state.path()).args(["audit", "list"])).out;
    for action in ["user_created", "link_made", "user_disabled", "user_enabled"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
}
