//! The history of what was sent: who is still without, what differs between two runs, and reports that are made again.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use jangpyo::runs::figures::{Bounds, Compared, compare_runs};
use jangpyo::runs::store::Repeat;
use serde_json::{Value, json};

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::mail::MailServer;
use crate::support::pdf::Pdf;
use crate::support::runner::TestRunner;
use crate::support::site::{Browser, PASSWORD, Site};
use crate::support::workspace::TestWorkspace;

const REPORT: &str = "
kind: report
title: {ko: 주간 우편, en: Weekly post}
owner: sales_analytics
dataset: sales
locale: en
time_zone: Asia/Seoul
parameters: {period: {type: period, default: last_complete_week}}
panels:
  revenue: {kpi: revenue, title: Revenue}
  categories: {table: [category, revenue, orders], title: By category, totals: true, sort: [-revenue]}
  words: {text: 'A fixed text.'}
schedules:
  monday:
    cron: '0 8 * * MON'
    deliver: {email: {to: [kim@example.com, lee@example.com]}}
";

/// Monday morning in Seoul, which is Sunday in UTC.
const MONDAY: &str = "2026-11-02T08:00:00+09:00";

/// A workspace with its state folder.
struct Office {
    workspace: TestWorkspace,
    state: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let workspace = TestWorkspace::sample();
        workspace.write("weekly-post.yaml", REPORT);
        Self { workspace, state: tempfile::tempdir().unwrap() }
    }

    fn command(&self, server: &MailServer, arguments: &[&str]) -> Command {
        let mut command = jangpyo(&self.workspace.dir(), self.state.path());
        command.envs(sending(server).iter().map(|(name, value)| (name, value))).args(arguments);
        command
    }

    fn say(&self, server: &MailServer, arguments: &[&str]) -> Said {
        Said::of(&mut self.command(server, arguments))
    }

    /// Performs the run of an instant; gives its id and whether all went well.
    fn run(&self, server: &MailServer, at: &str) -> (String, bool) {
        let said = self.say(server, &["run", "weekly-post/monday", "--at", at, "--json"]);
        let run = said.json();
        (run["run"]["id"].as_str().unwrap().to_owned(), said.code == Some(0))
    }

    /// A server over the same workspace and state, with users.
    fn site(&self, mail: &MailServer) -> Site {
        let sending = sending(mail);
        let mut variables = vec![("JANGPYO_LOGIN", "local")];
        variables.extend(sending.iter().map(|(name, value)| (*name, value.as_str())));
        Site {
            server: Server::start_with(&self.workspace.dir(), self.state.path(), &variables),
            state: tempfile::tempdir_in(self.state.path()).unwrap(),
            workspace: self.workspace.dir(),
        }
    }

    /// The browser of an administrator who may see everything.
    async fn root<'a>(&self, site: &'a Site) -> Browser<'a> {
        let groups = "hanbit-data,hanbit-executives";
        let mut command = jangpyo(&self.workspace.dir(), self.state.path());
        let invited = Said::of(command.args(["users", "add", "root", "--administrator", "--groups", groups]));
        let link = format!("/setup/{}", invited.out.trim().split_once("/setup/").unwrap().1);
        let mut browser = site.browser();
        browser.submit(&link, &link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        browser
    }

    fn deliveries(&self, server: &MailServer, more: &[&str]) -> Vec<Value> {
        let said = self.say(server, &[&["deliveries", "--json"], more].concat());
        assert_eq!(said.code, Some(0), "{said:?}");
        said.json()["deliveries"].as_array().unwrap().clone()
    }
}

/// Waits for the end of a run; gives its page.
async fn until_over(browser: &mut Browser<'_>, page: &str) -> String {
    for _ in 0..300 {
        let shown = browser.get(page).await.text();
        if !shown.contains("badge running") {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{page} does not end")
}

fn sending(server: &MailServer) -> [(&'static str, String); 4] {
    [
        ("JANGPYO_SMTP_HOST", "127.0.0.1".to_owned()),
        ("JANGPYO_SMTP_PORT", server.port.to_string()),
        ("JANGPYO_SMTP_TLS", "none".to_owned()),
        ("JANGPYO_MAIL_FROM", "reports@corp.example".to_owned()),
    ]
}

fn recipients(deliveries: &[Value]) -> Vec<(&str, &str)> {
    deliveries
        .iter()
        .map(|delivery| (delivery["recipient"].as_str().unwrap(), delivery["state"].as_str().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_still_without_is_found_and_sent_to_from_the_list() {
    let office = Office::new();
    let (strict, kind) = (MailServer::start(&["--refuse", "lee@example.com"]), MailServer::start(&[]));
    let (run, well) = office.run(&strict, MONDAY);
    assert!(!well);
    // Part of an address, whatever its case; what stands for others in patterns stands for itself.
    assert_eq!(
        recipients(&office.deliveries(&strict, &["--recipient", "KIM@"])),
        [("kim@example.com", "sent")]
    );
    assert!(office.deliveries(&strict, &["--recipient", "k_m%"]).is_empty());
    // Days are those of the report: in UTC it was Sunday.
    let days = |from: &str, through: &str| {
        office.deliveries(&strict, &["--report", "weekly-post", "--from", from, "--through", through]).len()
    };
    assert_eq!((days("2026-11-02", "2026-11-02"), days("2026-11-01", "2026-11-01")), (2, 0));
    assert_eq!(office.deliveries(&strict, &["--in", "sent", "--channel", "folder"]).len(), 0);
    let unknown = office.say(&strict, &["deliveries", "--in", "lost"]);
    assert!(unknown.code == Some(1) && unknown.err.contains("in_doubt, unsent, undelivered"), "{unknown:?}");
    let page = office.say(&strict, &["deliveries", "-n", "1"]);
    let before = page.err.split("--before ").nth(1).unwrap().trim().to_owned();
    assert_eq!(office.deliveries(&strict, &["-n", "1", "--before", &before]).len(), 1);

    let without = office.deliveries(&strict, &["--undelivered"]);
    assert_eq!(recipients(&without), [("lee@example.com", "failed")]);
    // Another attempt that fails takes the place of the first.
    let again = office.say(&strict, &["deliveries", "resend", &run, "--json"]);
    assert_eq!(again.code, Some(1), "{again:?}");
    let without = office.deliveries(&strict, &["--undelivered"]);
    assert_eq!((recipients(&without).len(), without[0]["run"] == again.json()["run"]["id"]), (1, true));
    assert_eq!(strict.mails().len(), 1, "kim has it");

    // The same on the pages, and by the button.
    let site = office.site(&kind);
    let mut browser = office.root(&site).await;
    let runs = browser.get("/runs?lang=en").await.text();
    assert!(
        runs.contains("Deliveries that failed or are in doubt: 1.")
            && runs.contains("/deliveries?state=undelivered"),
        "{runs}"
    );
    let listed = browser.get("/deliveries?state=undelivered&lang=en").await.text();
    assert!(listed.contains("lee@example.com") && !listed.contains("kim@example.com"), "{listed}");
    let action = listed.split("action=\"").find(|part| part.contains("/resend")).unwrap();
    let action = action.split('"').next().unwrap().to_owned();
    let sent = browser.submit("/deliveries?state=undelivered", &action, &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let shown = sent.header("location").to_owned();
    until_over(&mut browser, &shown).await;
    let mails = kind.mails();
    assert_eq!((mails.len(), mails[0].recipients()), (1, vec!["lee@example.com"]));
    assert_eq!(mails[0].header("Message-ID"), strict.mails()[0].header("Message-ID"));
    let empty = browser.get("/deliveries?state=undelivered&lang=ko").await.text();
    assert!(empty.contains("못 받은 곳이 없습니다"), "{empty}");
    assert!(!browser.get("/runs").await.text().contains("/deliveries?state=undelivered"));
    let asked = browser.get("/api/v1/deliveries?report=weekly-post&recipient=LEE&state=sent").await.json();
    assert_eq!(asked["deliveries"].as_array().unwrap().len(), 1, "{asked}");
    assert_eq!((&asked["time_zone"], &asked["next_before"]), (&"Asia/Seoul".into(), &Value::Null));
    let bad = browser.get("/api/v1/deliveries?from=yesterday").await;
    assert!(bad.status == 400 && bad.text().contains("2026-11-28"), "{}", bad.text());
}

/// Nobody was reached; the mail server that takes its place loses the first mail it is sent, nobody knows how.
#[tokio::test(flavor = "multi_thread")]
async fn one_delivery_is_sent_again_by_its_button_and_one_in_doubt_after_a_question() {
    let office = Office::new();
    let strict = MailServer::start(&["--refuse", "lee@example.com", "--refuse", "kim@example.com"]);
    let kind = MailServer::start(&["--hang-up", "1"]);
    let (run, _) = office.run(&strict, MONDAY);
    let failed = office.deliveries(&strict, &["--undelivered"]);
    let id = |to: &str| {
        let found = failed.iter().find(|delivery| delivery["recipient"] == to).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (kim, lee) = (id("kim@example.com"), id("lee@example.com"));
    let site = office.site(&kind);
    let mut browser = office.root(&site).await;
    let listed = browser.get("/deliveries?state=undelivered&lang=en").await.text();
    let buttons = |page: &str| page.matches("name=\"only\"").count();
    assert_eq!(
        (buttons(&listed), listed.matches("Send to those who did not get it").count()),
        (2, 1),
        "{listed}"
    );
    let page = format!("/runs/{run}?lang=en");
    assert_eq!(buttons(&browser.get(&page).await.text()), 2);

    // Only to lee; kim stays without, and can still be sent to, alone or with the whole run.
    let resend = format!("/runs/{run}/resend");
    let sent = browser.submit(&page, &resend, &[("only", &lee)]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let second = sent.header("location").to_owned();
    let shown = until_over(&mut browser, &second).await;
    assert!(shown.contains("lee@example.com") && !shown.contains("kim@example.com"), "{shown}");
    let without = office.deliveries(&kind, &["--undelivered"]);
    assert_eq!(recipients(&without), [("lee@example.com", "in_doubt"), ("kim@example.com", "failed")]);
    let first = browser.get(&page).await.text();
    assert!(buttons(&first) == 1 && first.contains("Send to those who did not get it"), "{first}");
    // Clicked twice, it is sent once.
    let late = browser.submit(&page, &resend, &[("only", &lee)]).await;
    assert_eq!((late.status, late.header("location")), (303, second.as_str()));

    // What may have arrived asks first, in the browser and of programs.
    let asking = browser.get(&format!("{second}?lang=en")).await.text();
    assert!(asking.contains("<details") && asking.contains("would get it twice"), "{asking}");
    let doubtful = without[0]["id"].as_str().unwrap().to_owned();
    let again = format!("{second}/resend");
    let unsure = browser.submit(&second, &again, &[("only", &doubtful)]).await;
    assert_eq!(unsure.status, 400, "{}", unsure.text());
    let csrf = browser.get("/api/v1/me").await.json()["csrf"].as_str().unwrap().to_owned();
    let cookies = browser.cookie_line();
    let call = |path: String, body: Value| {
        let request = site.server.client.post(format!("{}/api/v1{path}", site.server.url));
        let request = request.header("cookie", &cookies).header("x-csrf-token", &csrf).json(&body);
        async {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
        }
    };
    let (status, told) = call(again.clone(), json!({"only": [doubtful]})).await;
    assert!(status == 400 && told.to_string().contains("in_doubt"), "{status} {told}");
    let strange = call(again.clone(), json!({"only": [kim]})).await;
    assert_eq!(strange.0, 404, "kim's is none of that run: {}", strange.1);
    assert_eq!(kind.mails().len(), 1, "the one that nobody knows of");
    let sure = browser.submit(&second, &again, &[("only", &doubtful), ("in_doubt", "yes")]).await;
    until_over(&mut browser, sure.header("location")).await;
    let mails = kind.mails();
    assert_eq!((mails.len(), mails[1].recipients()), (2, vec!["lee@example.com"]));
    assert_eq!(mails[1].header("Message-ID"), mails[0].header("Message-ID"));

    let (status, told) = call(resend.clone(), json!({"only": [kim, lee]})).await;
    assert_eq!(status, 202, "{told}");
    until_over(&mut browser, &format!("/runs/{}", told["id"].as_str().unwrap())).await;
    let (status, same) = call(resend, json!({})).await;
    assert_eq!((status, &same["id"]), (202, &told["id"]), "everybody has it");
    let mails = kind.mails();
    assert_eq!((mails.len(), mails[2].recipients()), (3, vec!["kim@example.com"]));
    assert!(office.deliveries(&kind, &["--undelivered"]).is_empty());
    let audit = office.say(&kind, &["audit", "list", "-n", "1000"]).out;
    assert!(audit.contains("delivery=") && audit.contains("started=\"resend\""), "{audit}");
}

#[test]
fn what_may_have_arrived_is_listed_with_its_message_id_and_never_sent_again_by_that() {
    let office = Office::new();
    office.workspace.replace("weekly-post.yaml", "[kim@example.com, lee@example.com]", "kim@example.com");
    let server = MailServer::start(&["--hang-up", "1"]);
    let (run, well) = office.run(&server, MONDAY);
    assert!(!well);
    let said = office.say(&server, &["deliveries", "--undelivered"]);
    assert!(said.out.contains("in_doubt") && said.out.contains("its Message-ID is <"), "{said:?}");
    let again = office.say(&server, &["deliveries", "resend", &run]);
    assert_eq!((again.code, server.mails().len()), (Some(0), 1), "{again:?}");
    let without = office.deliveries(&server, &["--undelivered"]);
    assert_eq!(recipients(&without), [("kim@example.com", "in_doubt")]);
    assert_eq!(without[0]["resendable"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_are_compared_by_the_members_of_their_rows() {
    let office = Office::new();
    let server = MailServer::start(&[]);
    let (one, _) = office.run(&server, "2026-10-26T08:00:00+09:00");
    let (other, _) = office.run(&server, MONDAY);
    let figures = |run: &str| -> Value {
        let folder = office.state.path().join("artefacts").join(run);
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let mut files = files.filter(|path| path.to_string_lossy().ends_with(".figures.json"));
        serde_json::from_slice(&std::fs::read(files.next().unwrap()).unwrap()).unwrap()
    };
    let (then, now) = (figures(&one), figures(&other));
    assert_eq!((&then["period"][0], &now["period"][0]), (&"2026-10-18".into(), &"2026-10-25".into()));
    let kpi = |figures: &Value| figures["panels"][0]["shows"]["numbers"]["rows"][0]["cells"][0].clone();
    assert!(kpi(&then)[0].is_number() || kpi(&then)[0].is_object(), "{}", kpi(&then));

    // Whichever is named first, the earlier instant stands before.
    let said = office.say(&server, &["compare", &other, &one, "--json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let found = said.json();
    assert_eq!(
        (&found["before"]["run"], &found["after"]["run"]),
        (&one.clone().into(), &other.clone().into())
    );
    assert_eq!((found["differing"].as_u64(), found["data"].as_array().unwrap().len()), (Some(1), 0));
    let document = &found["documents"][0];
    assert_eq!(document["equal"], 1, "the text is the same: {document}");
    let revenue = &document["panels"][0]["values"]["items"][0];
    assert_eq!((&revenue["before"], &revenue["after"]), (&kpi(&then)[1], &kpi(&now)[1]));
    assert!(revenue["percent"].as_str().unwrap().ends_with('%'), "{revenue}");
    let categories = &document["panels"][1];
    assert_eq!(categories["id"], "categories");
    // The order changes with the numbers; each number is beside that of its own member.
    let rows = |figures: &Value| -> Vec<(String, Value)> {
        let rows = figures["panels"][1]["shows"]["numbers"]["rows"].as_array().unwrap().clone();
        rows.iter()
            .map(|row| (row["key"][0][1].as_str().unwrap().to_owned(), row["cells"][0][1].clone()))
            .collect()
    };
    let mut checked = 0;
    for value in categories["values"]["items"].as_array().unwrap() {
        if value["column"] == document["panels"][1]["values"]["items"][0]["column"] {
            let of = |figures: &Value| {
                rows(figures).into_iter().find(|(member, _)| value["row"] == **member).unwrap().1
            };
            assert_eq!((&value["before"], &value["after"]), (&of(&then), &of(&now)));
            checked += 1;
        }
    }
    assert!(checked > 2, "{categories}");
    let cut = office.say(&server, &["compare", &one, &other, "-n", "1"]);
    assert!(cut.out.contains("first 1 of "), "{cut:?}");
    let same = office.say(&server, &["compare", &one, &one]);
    assert!(same.out.contains("no number differs"), "{same:?}");

    let demo = Server::start(&office.workspace.dir(), office.state.path());
    let shown = demo.get(&format!("/runs/{other}?lang=en")).await.text();
    assert!(shown.contains(&format!("/runs/{other}/compare/{one}")), "{shown}");
    assert!(!shown.contains("figures.json"), "figures are no file for readers");
    let page = demo.get(&format!("/runs/{other}/compare/{one}?lang=en")).await;
    assert!(
        page.status == 200 && page.text().contains(revenue["difference"].as_str().unwrap()),
        "{}",
        page.text()
    );
    let asked = demo.get(&format!("/api/v1/runs/{one}/compare/{other}")).await.json();
    assert_eq!(asked["documents"][0]["panels"][0]["values"][0]["percent"], revenue["percent"]);
    assert_eq!(
        demo.get(&format!("/runs/{one}/compare/0199a6c0-0000-7000-8000-000000000000")).await.status,
        404
    );
    let detail = demo.get(&format!("/api/v1/runs/{one}")).await.json();
    let kinds: Vec<&str> =
        detail["artefacts"].as_array().unwrap().iter().map(|file| file["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["pdf", "figures"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_that_retention_removed_are_said_to_be_gone() {
    let runner = TestRunner::new(None, "주간", "{to: kim@example.com}").await;
    let one = runner.run("mail-test", Repeat::Never).await;
    let other = runner.run("weekly-sales", Repeat::Never).await;
    let parts = runner.runner.parts();
    let bounds = Bounds { differences: 5, documents: 5, looked_at: 5 };
    let compared =
        async |one, other| compare_runs(&parts.store, &parts.shelf, one, other, bounds).await.unwrap();
    assert_eq!(compared(&one, &other).await, Compared::OtherReport);
    let Compared::Done(found) = compared(&one, &one).await else { panic!() };
    assert_eq!((found.differing, found.equal), (0, 1));
    let artefacts = parts.store.artefacts(one.id).await.unwrap();
    let figures = artefacts.iter().find(|artefact| artefact.kind == "figures").unwrap();
    parts.store.mark_deleted(figures, parts.clock.now()).await.unwrap();
    assert_eq!(compared(&one, &one).await, Compared::Without { run: one.id, removed: true });
}

#[test]
fn a_backfill_makes_past_instants_again_and_says_so_everywhere() {
    let office = Office::new();
    let server = MailServer::start(&[]);
    let (first, well) = office.run(&server, MONDAY);
    assert!(well);
    let original = server.mails().remove(0);
    let command = |more: &[&str]| {
        let named = ["backfill", "weekly-post/monday", "--from", "2026-11-02", "--to", "2026-11-09"];
        office.say(&server, &[&named, more].concat())
    };
    // Calendar rules hold as they do for the loop.
    let moved = office.say(
        &server,
        &["backfill", "weekly-sales/monday", "--from", "2026-03-01", "--to", "2026-03-09", "--dry-run"],
    );
    let listed: Vec<&str> = moved.out.lines().map(|line| &line[..10]).collect();
    assert_eq!(listed, ["2026-03-03", "2026-03-09"], "{moved:?}");
    let dry = command(&["--dry-run"]);
    assert!(dry.out.lines().count() == 2 && dry.out.contains("(attempt 1 succeeded)"), "{dry:?}");
    assert_eq!(server.mails().len(), 1, "a dry run sends nothing");

    // As much as is asked for, the oldest first; the same command goes on from there.
    let some = command(&["--limit", "1"]);
    assert!(
        some.code == Some(0) && some.out.starts_with("2026-11-02 08:00 KST  succeeded, 2 of 2 sent"),
        "{some:?}"
    );
    assert!(some.err.contains("1 made again, 0 were before, 0 under way, 1 left"), "{some:?}");
    let rest = command(&[]);
    assert!(rest.err.contains("1 made again, 1 were before, 0 under way, 0 left"), "{rest:?}");
    let none = command(&[]);
    assert!(none.code == Some(0) && none.err.contains("0 made again, 2 were before"), "{none:?}");

    let mails = server.mails();
    assert_eq!(mails.len(), 3);
    let (restated, unsent) = (&mails[1], &mails[2]);
    for mail in [restated, unsent] {
        let subject = mail.text_of("subject");
        assert!(subject.starts_with("[Restated on 20") && subject.contains("] Weekly post"), "{subject}");
        assert_eq!(mail.recipients(), ["kim@example.com", "lee@example.com"], "it goes to everybody");
    }
    assert_ne!(restated.header("Message-ID"), original.header("Message-ID"), "it is another mail");
    let (text, pdf) = (restated.text_of("text"), Pdf::new(&restated.attachments()[0].bytes()));
    let said = pdf.text();
    for told in [text, &said] {
        assert!(told.contains("Restated on 20") && told.contains("First sent on 20"), "{told}");
    }
    assert!(said.contains("restated 20"), "the line at the foot says it: {said}");
    assert!(unsent.text_of("text").contains("Not sent before"), "{}", unsent.text_of("text"));
    assert!(!original.text_of("subject").contains("Restated"));

    let file = pdf.path().to_str().unwrap();
    let verified = office.say(&server, &["verify", file, "--rerender", "--format", "json"]);
    let json = verified.json();
    assert_eq!(
        (&json["verdict"], &json["rerendered"]["outcome"]),
        (&"confirmed".into(), &"reproduced".into())
    );
    assert!(json["proof"]["restated"]["first_sent"].is_string(), "{json}");
    let told = office.say(&server, &["verify", file]);
    assert!(told.out.contains("restated") && told.out.contains("first sent on"), "{told:?}");
    let log = office.say(&server, &["audit", "list", "-n", "100"]).out;
    assert_eq!(log.matches("started=\"backfill\"").count(), 2, "{log}");

    // Nothing has changed in between, and a comparison of the attempts says so.
    let second =
        office.deliveries(&server, &["--from", "2026-11-02", "--through", "2026-11-02"])[0]["run"].clone();
    let compared = office.say(&server, &["compare", &first, second.as_str().unwrap()]);
    assert!(compared.out.contains("no number differs"), "{compared:?}");
    let again = command(&["--again", "--limit", "1"]);
    assert!(again.err.contains("1 made again"), "{again:?}");
    assert_eq!(server.mails().len(), 4);
    let busy = command(&["--to", "2026-11-01"]);
    assert_eq!(busy.code, Some(2), "{busy:?}");
}

#[test]
fn a_backfill_that_failed_is_carried_on_for_those_who_did_not_get_it() {
    let office = Office::new();
    let (strict, kind) = (MailServer::start(&["--refuse", "lee@example.com"]), MailServer::start(&[]));
    // Everybody has the original.
    assert!(office.run(&kind, MONDAY).1);
    let command = ["backfill", "weekly-post/monday", "--from", "2026-11-02", "--to", "2026-11-09"];
    let stopped = office.say(&strict, &command);
    assert_eq!((stopped.code, strict.mails().len()), (Some(1), 1), "{stopped:?}");
    assert!(stopped.err.contains("stopped at the first that failed"), "{stopped:?}");
    assert_eq!(recipients(&office.deliveries(&strict, &["--undelivered"])), [("lee@example.com", "failed")]);
    let rest = office.say(&kind, &command);
    assert_eq!(rest.code, Some(0), "{rest:?}");
    let mails = kind.mails();
    assert_eq!(mails.len(), 3, "the original, lee's restated one, and that of the next instant");
    assert_eq!(mails[1].recipients(), ["lee@example.com"], "kim has the restated one");
    assert_eq!(mails[1].header("Message-ID"), strict.mails()[0].header("Message-ID"));
    assert!(mails[1].text_of("text").contains("First sent on"), "{}", mails[1].text_of("text"));
    assert!(office.deliveries(&kind, &["--undelivered"]).is_empty());
}

#[cfg(unix)]
#[test]
fn a_backfill_that_is_interrupted_ends_after_the_run_under_way() {
    let office = Office::new();
    let server = MailServer::start(&[]);
    let arguments = ["backfill", "weekly-post/monday", "--from", "2026-06-01", "--to", "2026-11-09"];
    let mut process = office
        .command(&server, &arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("succeeded"));
    let id = process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let told: Vec<String> = lines.map(Result::unwrap).collect();
    let ended = process.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(told.len() < 20, "{told:?}");
    // Nothing was cut off in the middle, and the next call goes on.
    let deliveries = office.deliveries(&server, &["-n", "500"]);
    assert_eq!(deliveries.len(), 2 * (1 + told.len()));
    assert!(recipients(&deliveries).iter().all(|(_, state)| *state == "sent"), "{deliveries:?}");
    let next = office.say(&server, &[&arguments[..], &["--limit", "1"]].concat());
    assert!(
        next.code == Some(0) && next.err.contains(&format!("1 made again, {} were", 1 + told.len())),
        "{next:?}"
    );
}
