//! Hostile input at every place that takes any: as nobody, a user, an administrator, through a proxy's login,
//! and in a demo. The real server, byte by byte.

mod checks;
mod labels;
mod markup;
mod payloads;
mod routes;
mod stored;
mod sweep;
mod wire;

use std::collections::BTreeMap;

use crate::support::raw;
use crate::support::site::{Browser, Site, site_with, token_of};
use payloads::Payload;
use sweep::{Asker, Outcome, Target};
use wire::Request;

/// Limits of rates would answer in place of what is tested; a proxy on this machine may say who asks.
const OPEN: [(&str, &str); 7] = [
    ("JANGPYO_RATE_ADDRESS_PAGES", "off"),
    ("JANGPYO_RATE_ADDRESS_WORK", "off"),
    ("JANGPYO_RATE_ADDRESS_LOGINS", "off"),
    ("JANGPYO_RATE_PERSON_PAGES", "off"),
    ("JANGPYO_RATE_PERSON_WORK", "off"),
    ("JANGPYO_EMBED_ORIGINS", "https://intranet.example.com"),
    ("JANGPYO_TRUSTED_PROXIES", "127.0.0.1"),
];

const EXECUTIVE: [&str; 2] = ["--groups", "hanbit-executives"];
const ADMINISTRATOR: [&str; 3] = ["--administrator", "--groups", "hanbit-executives,hanbit-data"];

/// What no page may name: where the program and its definitions are.
const INSIDE: &str = env!("CARGO_MANIFEST_DIR");

impl Asker {
    /// Somebody with a session, or with the cookie of forms.
    async fn of(who: &'static str, browser: &mut Browser<'_>, page: &str) -> Self {
        let text = browser.get(page).await.text();
        let cookies: Vec<String> =
            browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Self { cookies: cookies.join("; "), csrf: token_of(&text), ..Self::anybody(who) }
    }

    /// Somebody without a session.
    fn anybody(who: &'static str) -> Self {
        let (cookies, csrf) = (String::new(), String::new());
        Self { who, cookies, csrf, headers: Vec::new(), every: 1, every_that_works: 1 }
    }

    fn thinned(self, every: usize, every_that_works: usize) -> Self {
        Self { every, every_that_works, ..self }
    }

    fn signed(&self, request: Request) -> Request {
        let request = request.with("cookie", self.cookies.as_str());
        if self.csrf.is_empty() { request } else { request.with("x-csrf-token", self.csrf.as_str()) }
    }
}

/// What stands for the segments of addresses where nothing else is said.
fn segments() -> BTreeMap<&'static str, String> {
    [
        ("report", "weekly-sales"),
        ("panel", "trend"),
        ("run", "0199a6c0-0000-7000-8000-000000000000"),
        ("other", "0199a6c0-0000-7000-8000-000000000000"),
        ("artefact", "0199a6c0-0000-7000-8000-000000000000"),
        ("file", "app.css"),
        ("theme", "hanbit"),
        ("theme-file", "style.css"),
        ("token", "0199a6c0"),
        ("session", "0199a6c0"),
        ("setup", "none"),
        ("user", "victim"),
        ("deed", "enable"),
        ("link", "none"),
        ("embed", "none"),
        ("share", "0199a6c0"),
        ("subscription", "subscription.0199a6c0"),
        ("dataset", "sales"),
        ("schedule", "monday"),
        ("signal", "sales_loaded"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into()
}

/// A server with what there can be: a run with a file, a link, an invitation.
async fn furnished(site: &Site, administrator: &Asker) -> Target {
    let address = raw::address(&site.server);
    let arguments = ["run", "weekly-sales/monday", "--at", "2026-11-02T08:00:00+09:00", "--json"];
    let ran = site.command(&arguments).json();
    let id = ran["run"]["id"].as_str().unwrap().to_owned();
    let show = administrator.signed(Request::new("GET", format!("/api/v1/runs/{id}")));
    let shown: serde_json::Value = serde_json::from_str(&show.send(address).await.text()).unwrap();
    let artefact = shown["artefacts"][0]["id"].as_str().unwrap_or_else(|| panic!("{shown}")).to_owned();
    let mut make = administrator
        .signed(Request::new("POST", "/reports/weekly-sales/share"))
        .with("content-type", "application/x-www-form-urlencoded");
    make.body = b"query=country=KR&days=7&files=1&open=country".to_vec();
    let made = make.send(address).await.text();
    let link = made.split("/share/").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let invitation = site.invited("victim", &[]);
    let mut embed = administrator
        .signed(Request::new("POST", "/api/v1/reports/weekly-sales/embed-tokens"))
        .with("content-type", "application/json");
    embed.body = br#"{"origin": "https://intranet.example.com"}"#.to_vec();
    let embedded: serde_json::Value = serde_json::from_str(&embed.send(address).await.text()).unwrap();
    let embedded = embedded["token"].as_str().unwrap_or_else(|| panic!("{embedded}")).to_owned();
    let mut segments = segments();
    segments.extend([
        ("other", id.clone()),
        ("run", id),
        ("artefact", artefact),
        ("link", link),
        ("embed", embedded),
    ]);
    segments.insert("setup", invitation.trim_start_matches("/setup/").to_owned());
    Target { address, segments, inside: INSIDE.to_owned() }
}

fn assert_clean(outcomes: &[Outcome]) {
    let all: Vec<&str> =
        outcomes.iter().flat_map(|outcome| &outcome.complaints).map(String::as_str).collect();
    let shown: Vec<&str> = all.iter().take(40).copied().collect();
    assert!(all.is_empty(), "{} complaints, the first of them:\n{}", all.len(), shown.join("\n"));
}

#[tokio::test]
async fn every_place_of_every_address_bears_every_hostile_value() {
    let site = site_with(&OPEN);
    let mut root = site.newcomer("root", &ADMINISTRATOR).await;
    let mut yuna = site.newcomer("yuna@hanbit.example", &EXECUTIVE).await;
    let mut stranger = site.browser();
    let administrator = Asker::of("administrator", &mut root, "/account").await;
    let target = furnished(&site, &administrator).await;
    let (routes, payloads) = (routes::all(), payloads::all());
    let askers = [
        Asker::of("nobody", &mut stranger, "/login").await.thinned(24, 120),
        Asker::of("user", &mut yuna, "/account").await.thinned(48, 160),
        administrator.thinned(12, 80),
    ];
    let mut outcomes = Vec::new();
    for asker in &askers {
        let outcome = target.sweep(asker, &routes, &payloads).await;
        outcome.tell(asker.who);
        outcomes.push(outcome);
    }
    // Else the values would only have met the login.
    for (outcome, status) in
        [(&outcomes[0], 401), (&outcomes[1], 403), (&outcomes[2], 422), (&outcomes[2], 200)]
    {
        assert!(outcome.statuses.get(&status).is_some_and(|times| *times > 30), "{:?}", outcome.statuses);
    }
    assert_clean(&outcomes);
}

#[tokio::test]
async fn a_demo_bears_every_hostile_value() {
    let state = tempfile::tempdir().unwrap();
    let server = crate::support::binary::Server::start_with(
        &crate::support::workspace::committed(),
        state.path(),
        &OPEN,
    );
    let target = Target { address: raw::address(&server), segments: segments(), inside: INSIDE.to_owned() };
    let asker = Asker::anybody("demo").thinned(60, 160);
    let outcome = target.sweep(&asker, &routes::all(), &payloads::all()).await;
    outcome.tell(asker.who);
    assert!(outcome.statuses.get(&200).is_some_and(|times| *times > 30), "{:?}", outcome.statuses);
    assert_clean(&[outcome]);
    // A chosen theme leads back to the path it was chosen at.
    for path in
        ["//evil.example/", "/\\evil.example/", "/\\/evil.example", "/%5cevil.example/", "/.//evil.example"]
    {
        let answer = Request::new("GET", format!("{path}?theme=dark")).send(target.address).await;
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(checks::complaint(&answer, &Payload::raw(path), INSIDE), None, "{path}");
    }
}

/// Where a proxy says who it is, pages with forms lead to themselves until there is a cookie for the forms.
#[tokio::test]
async fn a_login_by_a_proxy_bears_every_hostile_value() {
    let own = [("JANGPYO_LOGIN", "proxy"), ("JANGPYO_LOGIN_PROXY_FROM", "127.0.0.1")];
    let groups = [("JANGPYO_LOGIN_PROXY_GROUPS", "X-Groups")];
    let site = site_with(&[&OPEN[..], &own, &groups].concat());
    let target =
        Target { address: raw::address(&site.server), segments: segments(), inside: INSIDE.to_owned() };
    let headers = vec![("x-forwarded-user", "kim@example.com"), ("x-groups", "hanbit-executives")];
    let asker = Asker { headers, ..Asker::anybody("proxy").thinned(60, 160) };
    let outcome = target.sweep(&asker, &routes::all(), &payloads::all()).await;
    outcome.tell(asker.who);
    assert!(outcome.statuses.get(&200).is_some_and(|times| *times > 30), "{:?}", outcome.statuses);
    assert_clean(&[outcome]);
}
