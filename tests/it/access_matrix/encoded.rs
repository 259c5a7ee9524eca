//! The same addresses written in other ways: whatever a proxy or a client encodes, nobody gets anything by it that the plain
//! address would refuse them, and nothing that is not told to the audit log as the plain address tells it.

use std::fmt::Write as _;

use jangpyo::ledger::audit::{AuditFilter, AuditLog};
use jangpyo::store::Store;

use super::people::{self, Keys, Who};
use super::row::Row;
use super::{api, ask, is_told, made, pages, site};
use crate::support::site::Site;

/// What differs in how one character is written; `%252E` is for who decodes twice.
fn encodings(character: char) -> Vec<String> {
    let (upper, lower) = (format!("%{:02X}", character as u32), format!("%{:02x}", character as u32));
    let twice = format!("%25{:02X}", character as u32);
    let mut all = vec![upper, lower, twice];
    all.dedup();
    all
}

/// Other ways to write a path: its last dot, dash and slash, and letters of its first and last part.
fn written_otherwise(path: &str) -> Vec<String> {
    let (path, query) =
        path.split_once('?').map_or((path, String::new()), |(path, query)| (path, format!("?{query}")));
    let letter = |from: usize| path[from..].find(|c: char| c.is_ascii_alphabetic()).map(|at| from + at);
    let last = path.rfind('/').unwrap_or_default();
    let places = [path.rfind('.'), path.rfind('-'), (last > 0).then_some(last), letter(0), letter(last)];
    let mut places: Vec<usize> = places.into_iter().flatten().collect();
    places.sort_unstable();
    places.dedup();
    let mut all = Vec::new();
    for at in places {
        let character = path[at..].chars().next().unwrap();
        for encoded in encodings(character) {
            all.push(format!("{}{encoded}{}{query}", &path[..at], &path[at + 1..]));
        }
    }
    all
}

/// What the log was told since the last look: what was done to what, and how it ended.
struct Told {
    log: AuditLog,
    seen: i64,
}

impl Told {
    async fn of(site: &Site) -> Self {
        let store = Store::open_file(&site.state.path().join("jangpyo.sqlite")).await.unwrap();
        Self { log: AuditLog::new(store), seen: 0 }
    }

    async fn news(&mut self) -> Vec<String> {
        let page = self.log.search(&AuditFilter::default(), 20).await.unwrap();
        let seen = std::mem::replace(&mut self.seen, page.events.first().map_or(0, |event| event.seq));
        let news = page.events.iter().filter(|recorded| recorded.seq > seen);
        news.map(|recorded| {
            let event = &recorded.event;
            format!(
                "{:?} {}/{} {:?} by {}",
                event.action, event.object_kind, event.object_id, event.outcome, event.actor
            )
        })
        .collect()
    }
}

/// What is wrong with one address as somebody sees it, and how many ways to write it were tried.
async fn compare(site: &Site, row: &Row, path: &str, keys: &Keys, told: &mut Told) -> (usize, String) {
    let mut wrong = String::new();
    told.news().await;
    let plain = ask(site, row, path, keys).await;
    let events = told.news().await;
    let variants = written_otherwise(path);
    for variant in &variants {
        let page = ask(site, row, variant, keys).await;
        let news = told.news().await;
        let status = page.status;
        let told_more = is_told(&page).filter(|_| is_told(&plain).is_none());
        let refused =
            (400..500).contains(&status) || (status == 303 && page.header("location").starts_with("/login"));
        let same = status == plain.status && news == events;
        if status >= 500 || told_more.is_some() || !(same || refused && is_told(&page).is_none()) {
            writeln!(
                wrong,
                "{variant}: {status} {told_more:?} {news:?}, and plainly {}: {} {events:?}",
                path, plain.status
            )
            .unwrap();
        }
    }
    (variants.len(), wrong)
}

#[tokio::test]
async fn no_address_gives_more_or_is_told_otherwise_when_it_is_written_otherwise() {
    let (_workspace, site) = site();
    let everybody = people::everybody(&site).await;
    let made = made(&site).await;
    let rows = pages::rows(&made).into_iter().chain(api::rows(&made).into_iter().map(|(_, row)| row));
    let rows: Vec<Row> = rows.filter(|row| row.method() == reqwest::Method::GET).collect();
    let mut told = Told::of(&site).await;
    let (mut tried, mut wrong) = (0, String::new());
    let here = [Who::Nobody, Who::Viewer, Who::Owner, Who::AdministratorByFlag, Who::TokenToView];
    for (who, keys) in everybody.iter().filter(|(who, _)| here.contains(who)) {
        for row in &rows {
            let (path, _) = row.addresses().remove(0);
            let (count, found) = compare(&site, row, &path, keys, &mut told).await;
            tried += count;
            found.lines().for_each(|line| writeln!(wrong, "as {who:?} {line}").unwrap());
        }
    }
    println!("{tried} addresses written otherwise, {} of them wrong", wrong.lines().count());
    assert!(wrong.is_empty(), "{wrong}");
    assert!(tried > 1_000, "{tried}");
}
