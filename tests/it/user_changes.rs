//! Groups and administration of people who are there already: on the page, by the API and at the command
//! line. What is changed holds at once, wherever they are logged in and for what they have made.

use crate::support::binary::Page;
use crate::support::site::{Browser, Site, site_with};

const EXECUTIVES: &str = "hanbit-executives";
const WEEKLY: &str = "/reports/weekly-sales";
const INTRANET: &str = "https://intranet.example.com";

/// What somebody has made that shows a report: a token, a link, a token for another site.
struct Made {
    token: String,
    link: String,
    embedded: String,
}

impl Made {
    async fn by(site: &Site, browser: &mut Browser<'_>) -> Self {
        let fields = [("name", "x"), ("scope", "view"), ("scope", "export"), ("days", "9")];
        let page = browser.submit("/account", "/account/tokens", &fields).await.text();
        let token = format!("jgp_{}", page.split("jgp_").nth(1).unwrap().split('<').next().unwrap());
        let form = format!("{WEEKLY}/share");
        let page = browser.submit(&form, &form, &[("days", "7")]).await.text();
        let link = format!("/share/{}", page.split("/share/").nth(1).unwrap().split('<').next().unwrap());
        let wish = serde_json::json!({"origin": INTRANET});
        let request = site.server.client.post(format!("{}/api/v1{WEEKLY}/embed-tokens", site.server.url));
        let answer = request.bearer_auth(&token).body(wish.to_string());
        let answer = answer.header("content-type", "application/json").send().await.unwrap();
        let made: serde_json::Value = serde_json::from_str(&Page::of(answer).await.text()).unwrap();
        Self { token, link, embedded: made["path"].as_str().unwrap().to_owned() }
    }

    /// The statuses of the session, the token, the link and the frame.
    async fn statuses(&self, site: &Site, browser: &mut Browser<'_>) -> [u16; 4] {
        let by_token =
            site.server.client.get(format!("{}{WEEKLY}", site.server.url)).bearer_auth(&self.token);
        [
            browser.get(WEEKLY).await.status,
            by_token.send().await.unwrap().status().as_u16(),
            site.browser().get(&self.link).await.status,
            site.browser().get(&self.embedded).await.status,
        ]
    }
}

#[tokio::test]
async fn a_changed_group_holds_at_once_for_sessions_tokens_and_links() {
    let site = site_with(&[("JANGPYO_EMBED_ORIGINS", INTRANET)]);
    let mut chief = site.newcomer("chief", &["--administrator"]).await;
    let mut yuna = site.newcomer("yuna", &["--groups", EXECUTIVES]).await;
    let made = Made::by(&site, &mut yuna).await;
    assert_eq!(made.statuses(&site, &mut yuna).await, [200, 200, 200, 200]);

    let taken = chief.submit("/users", "/users/yuna/rights", &[("groups", "hanbit-people")]).await;
    assert_eq!((taken.status, taken.header("location")), (303, "/users?done=changed"));
    assert_eq!(made.statuses(&site, &mut yuna).await, [404, 404, 404, 403]);
    // What is wrong is told inside of a named site alone, and the names of these to nobody.
    for (from, framed_by) in
        [(None, "'none'"), (Some(INTRANET), INTRANET), (Some("https://evil.example"), "'none'")]
    {
        let mut guest = site.browser();
        guest.headers = from.map(|from| ("referer", format!("{from}/page"))).into_iter().collect();
        let policy = guest.get(&made.embedded).await.header("content-security-policy").to_owned();
        assert!(policy.ends_with(&format!("frame-ancestors {framed_by}")), "{from:?}: {policy}");
    }
    assert!(yuna.get("/account").await.text().contains("hanbit-people"));

    let given = site.command(&["users", "change", "yuna", "--groups", "hanbit-people,hanbit-executives"]);
    assert!(given.code == Some(0) && given.out.contains("hanbit-executives, hanbit-people"), "{given:?}");
    assert_eq!(made.statuses(&site, &mut yuna).await, [200, 200, 200, 200]);

    let audit = site.command(&["audit", "export", "--action", "user_changed"]).out;
    let events: Vec<serde_json::Value> =
        audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 2, "{audit}");
    assert_eq!(
        (&events[1]["actor"], &events[1]["details"]["groups"]),
        (&"chief".into(), &"hanbit-people".into())
    );
    assert_eq!(events[1]["details"]["groups_before"], EXECUTIVES);
    assert_eq!(events[0]["method"], "operator");
    // What changes nothing is no event.
    chief.submit("/users", "/users/yuna/rights", &[("groups", "hanbit-executives, hanbit-people")]).await;
    assert_eq!(site.command(&["audit", "export", "--action", "user_changed"]).out, audit);
}

#[tokio::test]
async fn administrators_are_made_and_unmade_but_the_last_stays() {
    let site = site_with(&[]);
    let mut chief = site.newcomer("chief", &["--administrator"]).await;
    let mut kim = site.newcomer("kim", &["--groups", "sales"]).await;
    assert_eq!(kim.get("/users").await.status, 403);
    let fields = [("groups", "sales"), ("administrator", "1")];
    assert_eq!(chief.submit("/users", "/users/kim/rights", &fields).await.status, 303);
    assert_eq!(kim.get("/users").await.status, 200, "at once");
    assert!(kim.get("/account").await.text().contains("sales"), "and the group stays");

    // Oneself only with a second tick, so that nobody does it by mistake.
    let unsure = kim.submit("/users", "/users/kim/rights", &[("groups", "sales")]).await;
    assert!(unsure.status == 422 && unsure.text().contains("확인란"), "{}", unsure.text());
    assert_eq!(kim.get("/users").await.status, 200);
    let sure = kim.submit("/users", "/users/kim/rights", &[("groups", "sales"), ("confirm", "1")]).await;
    assert_eq!((sure.status, sure.header("location")), (303, "/"));
    assert_eq!(kim.get("/users").await.status, 403);

    let last = chief.submit("/users", "/users/chief/rights", &[("confirm", "1")]).await;
    assert!(last.status == 422 && last.text().contains("마지막 관리자"), "{}", last.text());
    let last = site.command(&["users", "change", "chief", "--administrator", "no"]);
    assert!(last.code == Some(1) && last.err.contains("last administrator"), "{last:?}");
    assert_eq!(chief.get("/users").await.status, 200);
    // Somebody who is shut out is no administrator who could stay.
    chief.submit("/users", "/users/kim/rights", &[("administrator", "1")]).await;
    chief.submit("/users", "/users/kim/disable", &[]).await;
    let last = site.command(&["users", "change", "chief", "--administrator", "no"]);
    assert_eq!(last.code, Some(1), "{last:?}");
    assert_eq!(site.command(&["users", "change", "kim", "--administrator", "no"]).code, Some(0));
    for (arguments, said) in [
        (&["users", "change", "kim"][..], "--groups"),
        (&["users", "change", "kim", "--administrator", "maybe"], "yes or no"),
    ] {
        let wrong = site.command(arguments);
        assert!(wrong.code == Some(2) && wrong.err.contains(said), "{wrong:?}");
    }
    assert!(site.command(&["users", "change", "nobody", "--groups", "a"]).err.contains("no user `nobody`"));
    assert_eq!(chief.submit("/users", "/users/nobody/rights", &[]).await.status, 404);
}

#[tokio::test]
async fn the_api_changes_what_is_named_and_leaves_the_rest() {
    let site = site_with(&[]);
    let mut chief = site.newcomer("chief", &["--administrator"]).await;
    site.newcomer("kim", &["--groups", "sales"]).await;
    let me: serde_json::Value = serde_json::from_str(&chief.get("/api/v1/me").await.text()).unwrap();
    let csrf = me["csrf"].as_str().unwrap().to_owned();
    let change = async |name: &str, body: serde_json::Value| {
        let request = site.server.client.post(format!("{}/api/v1/users/{name}", site.server.url));
        let request = request.header("cookie", chief.cookie_line()).header("x-csrf-token", &csrf);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let page = Page::of(request.send().await.unwrap()).await;
        (page.status, serde_json::from_str::<serde_json::Value>(&page.text()).unwrap())
    };
    let (status, user) = change("kim", serde_json::json!({"administrator": true})).await;
    assert_eq!((status, &user["administrator"], &user["groups"][0]), (200, &true.into(), &"sales".into()));
    let (_, user) = change("kim", serde_json::json!({"groups": []})).await;
    assert_eq!((&user["administrator"], &user["groups"]), (&true.into(), &serde_json::json!([])));
    assert_eq!(
        change("chief", serde_json::json!({"administrator": false})).await.0,
        422,
        "oneself, by mistake"
    );
    assert_eq!(change("nobody", serde_json::json!({"groups": []})).await.0, 404);
    assert_eq!(change("kim", serde_json::json!({"groups": [], "password": "x"})).await.0, 422);
    let (status, user) = change("chief", serde_json::json!({"administrator": false, "confirm": true})).await;
    assert_eq!((status, &user["administrator"]), (200, &false.into()));
    assert_eq!(
        change("kim", serde_json::json!({"administrator": false})).await.0,
        403,
        "no administrator any more"
    );
}

#[tokio::test]
async fn claims_are_changed_by_others_and_nobody_changes_what_they_see_themselves() {
    let site = site_with(&[]);
    let mut chief = site.newcomer("chief", &["--administrator"]).await;
    let mut kim = site.newcomer("kim", &["--groups", "sales", "--claim", "country=KR"]).await;
    assert!(chief.get("/users").await.text().contains("country=KR</textarea>"));
    let fields = [("groups", "sales"), ("claims", "country = HK\r\ncountry=TW\n\nteam=a")];
    assert_eq!(chief.submit("/users", "/users/kim/rights", &fields).await.status, 303);
    let me: serde_json::Value = serde_json::from_str(&kim.get("/api/v1/me").await.text()).unwrap();
    assert_eq!(me["attributes"]["country"], serde_json::json!(["HK", "TW"]), "at once");
    let audit = site.command(&["audit", "list", "--action", "user_changed"]).out;
    assert!(
        audit.contains("claims=\"country=HK, country=TW, team=a\" claims_before=\"country=KR\""),
        "{audit}"
    );
    let wrong = chief.submit("/users", "/users/kim/rights", &[("claims", "Korea")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("Korea"), "{}", wrong.text());
    let said = site.command(&["users", "change", "kim", "--claim", "country=KR"]).out;
    assert!(said.contains("sales  country=KR") && !said.contains("HK"), "{said}");
    let said = site.command(&["users", "change", "kim", "--no-claims"]).out;
    assert!(said.contains("sales") && !said.contains("country"), "{said}");

    for field in [("groups", EXECUTIVES), ("claims", "country=KR")] {
        let own = chief.submit("/users", "/users/chief/rights", &[field, ("administrator", "1")]).await;
        assert!(own.status == 422 && own.text().contains("다른 관리자"), "{}", own.text());
    }
    let me: serde_json::Value = serde_json::from_str(&chief.get("/api/v1/me").await.text()).unwrap();
    for body in
        [serde_json::json!({"groups": [EXECUTIVES]}), serde_json::json!({"claims": {"country": ["KR"]}})]
    {
        let request = site.server.client.post(format!("{}/api/v1/users/chief", site.server.url));
        let request = request.header("cookie", chief.cookie_line());
        let request = request.header("x-csrf-token", me["csrf"].as_str().unwrap());
        let request = request.header("content-type", "application/json").body(body.to_string());
        assert_eq!(request.send().await.unwrap().status().as_u16(), 422);
    }
    assert!(!chief.get("/account").await.text().contains(EXECUTIVES));
}

#[tokio::test]
async fn explaining_what_a_user_may_see_uses_what_the_store_says_of_them() {
    let site = site_with(&[]);
    site.invited("kim", &["--groups", "hanbit-sales-kr", "--claim", "country=KR"]);
    site.command(&["users", "add", "lee", "--elsewhere"]);
    let explain = |arguments: &[&str]| site.command(&[&["access", "explain"], arguments].concat()).out;
    let stored = explain(&["kim", "weekly-sales"]);
    assert!(stored.contains("as the store says: groups [hanbit-sales-kr], claims [country=KR]"), "{stored}");
    assert!(stored.contains("rows: country = 'KR'"), "{stored}");
    let given = explain(&["kim", "weekly-sales", "--claim", "country=HK"]);
    assert!(given.contains("holds no role") && !given.contains("store says"), "{given}");
    assert!(explain(&["lee", "weekly-sales"]).contains("logs in elsewhere"));
    let json = explain(&["kim", "weekly-sales", "--json"]);
    assert!(json.contains("as the store says"), "{json}");
    site.command(&["users", "disable", "kim"]);
    assert!(explain(&["kim", "weekly-sales"]).contains("shut out"));
}

#[tokio::test]
async fn a_token_for_one_thing_opens_that_and_no_other() {
    let site = site_with(&[]);
    let mut yuna = site.newcomer("yuna", &["--groups", EXECUTIVES]).await;
    let mut token = async |scope: &str| {
        let fields = [("name", "x"), ("scope", scope), ("days", "9")];
        let page = yuna.submit("/account", "/account/tokens", &fields).await.text();
        format!("jgp_{}", page.split("jgp_").nth(1).unwrap().split('<').next().unwrap())
    };
    let (export, explore, view) = (token("export").await, token("explore").await, token("view").await);
    let get = async |path: &str, token: &str| {
        let request = site.server.client.get(format!("{}{path}", site.server.url)).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    for (path, of_export, of_explore, of_view) in [
        ("/reports/weekly-sales.pdf", 200, 403, 403),
        ("/reports/weekly-sales/panels/trend.csv", 200, 403, 403),
        ("/api/v1/reports/weekly-sales/data", 200, 403, 403),
        ("/reports/weekly-sales", 403, 403, 200),
        ("/reports/weekly-sales/panels/trend", 403, 403, 200),
        ("/api/v1/datasets/sales", 403, 200, 403),
    ] {
        let statuses = [get(path, &export).await, get(path, &explore).await, get(path, &view).await];
        assert_eq!(statuses, [of_export, of_explore, of_view], "{path}");
    }
    let schedule = token("schedule").await;
    assert_eq!([get("/runs", &schedule).await, get("/runs", &export).await], [200, 403]);
    assert_eq!([get("/api/v1/runs", &schedule).await, get("/", &schedule).await], [200, 403]);
    let ask = async |token: &str| {
        let url = format!("{}/api/v1/datasets/sales/query", site.server.url);
        let request = site.server.client.post(url).bearer_auth(token);
        let request = request.header("content-type", "application/json").body(r#"{"measures": ["revenue"]}"#);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!([ask(&export).await, ask(&explore).await, ask(&view).await], [403, 200, 403]);
}

#[tokio::test]
async fn pages_tell_the_zone_of_the_reports_and_names_for_words() {
    let site = site_with(&[]);
    let mut chief = site.newcomer("chief", &["--administrator"]).await;
    let fields = [("name", "airflow"), ("scope", "export"), ("days", "9")];
    chief.submit("/account", "/account/tokens", &fields).await;
    for (lang, scope, made) in
        [("ko", "내보내기", "토큰 만들기"), ("en", "Export", "Token made"), ("zh-HK", "匯出", "建立權杖")]
    {
        let account = chief.get(&format!("/account?lang={lang}")).await.text();
        assert!(account.contains(scope) && account.contains("KST</time>"), "{lang}: {account}");
        assert!(!account.contains("UTC"), "{lang}: {account}");
        let audit = chief.get(&format!("/audit?lang={lang}&action=token_made")).await.text();
        assert!(audit.contains(&format!(">{made}</td>")) && audit.contains("KST</time>"), "{lang}: {audit}");
        assert!(
            audit.contains("value=\"token_made\" selected") && audit.contains("(Asia/Seoul)"),
            "{lang}: {audit}"
        );
    }
    let csv = chief.get("/audit.csv?action=token_made").await.text();
    assert!(csv.contains("token_made") && csv.contains('Z'), "exports keep the words and UTC: {csv}");
}
