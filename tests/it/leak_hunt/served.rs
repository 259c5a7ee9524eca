//! The same through the server's own door: every page, file, answer and error, of two people whose rows are disjoint, and
//! the mails of a burst with the rights of its recipients. No name and no sum of the other may stand anywhere in it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use super::formats::cells;
use super::others::Others;
use super::reports::{self, Dice};
use super::{SECURITY, STORE_RULE, Subject, subjects, write};
use crate::support::binary::Page;
use crate::support::mail::Mail;
use crate::support::pdf::Pdf;
use crate::support::site::{Browser, Site, site_of};

const REPORTS: usize = 2;
const PANELS: usize = 4;
const QUESTIONS: usize = 30;

/// The mails of a burst, each with the rights of whoever gets it.
const COPIES: &str = "kind: report
title: Copies
owner: everybody
dataset: data
locale: en
parameters: {period: {type: period, default: all}}
panels:
  total: {kpi: amount}
  stores: {table: [store, amount, {of: amount, show: share_of_total}], totals: true}
  chart: {chart: bar, horizontal: true, x: store, y: amount}
  months: {chart: bar, x: day, grain: month, y: amount, annotations: {dataset: events, at: day, text: word}}
schedules:
  monday:
    cron: '0 8 * * MON'
    time_zone: Asia/Seoul
    burst: {run_as: recipient, recipients: [{to: korea@corp.example}, {to: hongkong@corp.example}, {to: nobody@corp.example}]}
    deliver: {email: {attach: [pdf, xlsx, csv], show: [total, stores, chart]}}
";

/// What a file says to whoever opens it, and what stands in its parts.
fn readable(bytes: &[u8]) -> String {
    if bytes.starts_with(b"%PDF") {
        return Pdf::new(bytes).text();
    }
    if !bytes.starts_with(b"PK") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = cells(bytes);
    for position in 0..archive.len() {
        let mut part = Vec::new();
        archive.by_index(position).unwrap().read_to_end(&mut part).unwrap();
        text += &String::from_utf8_lossy(&part);
    }
    text
}

/// The headers and the body, the latter also as its addresses read.
fn all_of(page: &Page) -> String {
    let text = readable(&page.body);
    let decoded = text.replace("&amp;", "&");
    let addresses: Vec<String> = url::form_urlencoded::parse(decoded.as_bytes())
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    format!("{:?} {text} {}", page.headers, addresses.join(" "))
}

#[derive(Default)]
struct Tally {
    answers: usize,
    own: BTreeMap<String, usize>,
    statuses: BTreeMap<u16, usize>,
}

impl Tally {
    fn take(&mut self, others: &Others, kind: &str, what: &str, text: &str) {
        let told = others.told(text, what);
        assert!(told.is_empty(), "{what} tells {told:?}");
        self.answers += 1;
        *self.own.entry(kind.to_owned()).or_default() += usize::from(others.tells_own(text));
    }

    fn page(&mut self, others: &Others, kind: &str, what: &str, page: &Page) {
        *self.statuses.entry(page.status).or_default() += 1;
        assert!(page.status < 500, "{what}: {} {}", page.status, page.text());
        self.take(others, kind, what, &all_of(page));
    }
}

fn query(parameters: &BTreeMap<String, Vec<String>>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, values) in parameters {
        query.extend_pairs(values.iter().map(|value| (name, value)));
    }
    query.finish()
}

/// The names that a question asks with are no news in its answer.
fn asked(path: &str, parameters: &BTreeMap<String, Vec<String>>) -> String {
    format!("{path} {parameters:?}")
}

async fn pages(browser: &mut Browser<'_>, others: &Others, dice: &mut Dice, tally: &mut Tally) {
    for report in 0..REPORTS {
        let base = format!("/reports/hunt-{report}");
        let api = format!("/api/v1{base}");
        let (parameters, nothing) = (reports::parameters(dice), BTreeMap::new());
        for (kind, path) in [
            ("page", format!("{base}?complete=1")),
            ("page", base.clone()),
            ("pdf", format!("{base}.pdf")),
            ("xlsx", format!("{base}.xlsx")),
            ("data", format!("{api}/data")),
            ("described", api.clone()),
            ("form", format!("{base}/subscribe")),
            ("form", format!("{base}/share")),
        ] {
            for parameters in [&parameters, &nothing] {
                let joint = if path.contains('?') { '&' } else { '?' };
                let page = browser.get(&format!("{path}{joint}{}", query(parameters))).await;
                tally.page(others, kind, &asked(&path, parameters), &page);
            }
        }
        for panel in 0..PANELS {
            for ending in ["", ".csv", ".xlsx", ".svg"] {
                let path = format!("{base}/panels/p{panel}{ending}");
                let page = browser.get(&path).await;
                tally.page(others, if ending.is_empty() { "panel" } else { ending }, &path, &page);
            }
            let path = format!("{api}/panels/p{panel}");
            for parameters in [&parameters, &nothing] {
                let page = browser.get(&format!("{path}?{}", query(parameters))).await;
                tally.page(others, "panel data", &asked(&path, parameters), &page);
            }
        }
        for wrong in ["country=ZZ", "period=never", "store=%00", "nothing=x", "period=2025&period=2024"] {
            for path in
                [base.clone(), format!("{base}.pdf"), format!("{base}/panels/p0.csv"), format!("{api}/data")]
            {
                let path = format!("{path}?{wrong}");
                let page = browser.get(&path).await;
                tally.page(others, "error", &path, &page);
            }
        }
    }
    for path in
        ["/", "/api/v1/datasets", "/api/v1/datasets/data", "/api/v1/reports", "/reports/hunt-9", "/account"]
    {
        let page = browser.get(path).await;
        tally.page(others, "list", path, &page);
    }
}

async fn questions(
    site: &Site,
    browser: &Browser<'_>,
    csrf: &str,
    others: &Others,
    dice: &mut Dice,
    tally: &mut Tally,
) {
    for number in 0..QUESTIONS {
        let mut body = reports::body(dice);
        if number % 6 == 0 {
            body["limit"] = "ten".into();
        }
        let request = site.server.client.post(format!("{}/api/v1/datasets/data/query", site.server.url));
        let request =
            request.header("cookie", browser.cookie_line()).header("x-csrf-token", csrf).json(&body);
        let page = Page::of(request.send().await.unwrap()).await;
        tally.page(others, "question", &body.to_string(), &page);
    }
}

/// Every mail that a burst wrote, with all that is attached to it.
fn mails(site: &Site, people: &[(&str, Subject)], tally: &mut Tally) {
    let ran = site.command(&["run", "copies/monday", "--at", "2026-01-12T08:00:00+09:00", "--json"]);
    let outbox = std::fs::read_dir(site.state.path().join("outbox"));
    let outbox = outbox.unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let mut reached = Vec::new();
    for file in outbox
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "eml"))
    {
        let mail = Mail::read(&file);
        let to = mail.header("To").join(" ");
        let (name, subject) = people
            .iter()
            .find(|(name, _)| to.contains(name))
            .unwrap_or_else(|| panic!("{to} may see nothing: {ran:?}"));
        let others = Others::of(subject.keeps);
        for key in ["subject", "text", "html"] {
            tally.take(
                &others,
                &format!("mail {key}"),
                &format!("{key} of the mail to {to}"),
                mail.text_of(key),
            );
        }
        for part in mail.attachments() {
            let file = part.name.clone().unwrap();
            let ending = file.rsplit('.').next().unwrap().to_owned();
            let text = format!("{file} {}", readable(&part.bytes()));
            tally.take(&others, &format!("mail {ending}"), &format!("{file} for {to}"), &text);
        }
        reached.push(*name);
    }
    reached.sort_unstable();
    assert_eq!(reached, ["hongkong@corp.example", "korea@corp.example"], "{ran:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_the_other_stands_in_any_answer_or_mail() {
    let mut dice = Dice::new(51);
    let reports: Vec<String> = (0..REPORTS).map(|_| reports::report(&mut dice, PANELS)).collect();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), Some(&format!("{SECURITY}{STORE_RULE}")), |_| true, &reports);
    std::fs::write(folder.path().join("copies.yaml"), COPIES).unwrap();
    let off = ["ADDRESS_PAGES", "ADDRESS_WORK", "PERSON_PAGES", "PERSON_WORK"];
    let off = off.map(|limit| format!("JANGPYO_RATE_{limit}"));
    let variables: Vec<(&str, &str)> = off.iter().map(|name| (name.as_str(), "off")).collect();
    let site = site_of(folder.path(), &variables);
    let mut subjects = subjects().into_iter();
    let people = [
        ("korea@corp.example", &["--groups", "korea"][..], subjects.next().unwrap()),
        ("hongkong@corp.example", &["--groups", "own", "--claim", "country=HK"], subjects.next().unwrap()),
    ];
    let mut tally = Tally::default();
    for (name, more, subject) in &people {
        let others = Others::of(subject.keeps);
        let mut browser = site.newcomer(name, more).await;
        pages(&mut browser, &others, &mut dice, &mut tally).await;
        let me: serde_json::Value = serde_json::from_str(&browser.get("/api/v1/me").await.text()).unwrap();
        let csrf = me["csrf"].as_str().unwrap().to_owned();
        questions(&site, &browser, &csrf, &others, &mut dice, &mut tally).await;
    }
    mails(&site, &people.map(|(name, _, subject)| (name, subject)), &mut tally);
    println!("{} answers, 0 leaks; by status {:?}; own {:?}", tally.answers, tally.statuses, tally.own);
    let kinds = ["page", "pdf", "xlsx", "data", "panel", "panel data", ".csv", ".xlsx", ".svg", "question"];
    for kind in kinds.into_iter().chain(["mail html", "mail pdf", "mail xlsx", "mail csv"]) {
        let own = tally.own.get(kind).copied().unwrap_or_default();
        assert!(own >= 1, "{kind} shows next to nothing: {:?}", tally.own);
    }
    assert!(
        tally.statuses.get(&200).copied().unwrap_or_default() * 2 > tally.answers,
        "{:?}",
        tally.statuses
    );
}
