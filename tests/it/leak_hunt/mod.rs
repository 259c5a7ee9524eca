//! Two people with disjoint rows, and every way to get a number or a name out of a report, held against
//! the same report over a table that holds nothing but their rows.
//!
//! The oracle knows no access rules: it is another workspace whose file was filtered line by line.
//! Everything is asked of one engine at once, so that an answer kept for one and given to another shows.

mod copies;
mod explored;
mod formats;
mod masks;
mod others;
mod regions;
mod reports;
mod served;
mod source_roles;
mod totals;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use jangpyo::access::{Person, Viewer};
use jangpyo::definitions::model::ReportId;
use jangpyo::definitions::{Policy, Workspace};
use jangpyo::engine::{Engine, EngineSettings, Freshness, Purpose};
use jangpyo::format::Locale;
use jangpyo::render::csv;
use jangpyo::render::document::{Content, Document};
use jangpyo::runs::PART_CHECKS;
use jangpyo::runs::evaluate::{Evaluator, Question};
use reports::Dice;
use serde_json::Value;

use crate::support::postgres::Database;
use crate::support::snowflake::Snowflake;

const DATASET: &str = "
kind: dataset
owner: everybody
source: lake
table: rows.csv
time: day
dimensions:
  day: {type: date}
  country: {}
  store: {}
  channel: {}
  grade: {type: number}
measures:
  amount: {sql: sum(amount)}
  sales: {sql: count(*)}
  customers: {sql: count(distinct customer)}
  largest: {sql: max(amount)}
  smallest: {sql: min(amount)}
  average: {sql: avg(amount)}
  middle: {sql: percentile_cont(0.5) WITHIN GROUP (ORDER BY amount)}
metrics:
  per_customer: {sql: amount / customers}
";

const EVENTS: &str = "
kind: dataset
owner: everybody
source: lake
table: events.csv
time: day
dimensions:
  day: {type: date}
  country: {}
  word: {}
measures: {events: {sql: count(*)}}
";

const ACCESS: &str = "
kind: access
owner: everybody
attributes: {country: {claim: country}, stores: {claim: stores}}
functional_roles:
  everybody: {groups: [all], access: [reading]}
  korea: {groups: [korea], access: [reading, korea_rows]}
  own_country: {groups: [own], access: [reading, country_rows]}
  stores: {groups: [stores], access: [reading, store_rows]}
access_roles:
  reading: {grants: [{actions: [view, explore, export], folders: [/]}]}
  korea_rows: {}
  country_rows: {}
  store_rows: {}
";

const SECURITY: &str = "security:
  rows:
    korea_rows: country = 'KR'
    country_rows: country in (viewer.country)
";

/// Rules of the sales alone: nobody of `korea` has any.
const STORE_RULE: &str = "    store_rows: store = viewer.stores and not (channel = 'online')\n";

/// A row of the sales: day, country, store, channel, grade, customer, amount.
pub(super) struct Row {
    pub(super) country: &'static str,
    pub(super) store: &'static str,
    pub(super) channel: &'static str,
    pub(super) amount: usize,
    line: String,
}

/// What happens in a country in every month.
pub(super) const EVENT_WORDS: [(&str, &str); 3] =
    [("KR", "한글날 행사"), ("HK", "佛誕"), ("US", "Black Friday")];

impl Row {
    /// An event has a country, and nothing else that rules ask for.
    pub(super) fn of_event(country: &'static str) -> Self {
        Self { country, store: "", channel: "", amount: 0, line: String::new() }
    }
}

/// How many rows a workspace is written with.
pub(super) const ROWS: usize = 1_500;

pub(super) fn rows(count: usize) -> Vec<Row> {
    const STORES: [(&str, &str); 7] = [
        ("KR", "KR-강남"),
        ("KR", "KR-부산"),
        ("KR", "KR-제주"),
        ("HK", "HK-銅鑼灣"),
        ("HK", "HK-中環"),
        ("US", "US-SoHo"),
        ("US", "US-Union"),
    ];
    let mut dice = Dice::new(11);
    (0..count)
        .map(|_| {
            let (country, store) = STORES[dice.below(STORES.len())];
            let channel = dice.of(&["store", "online"]);
            let day = format!("202{}-{:02}-{:02}", 4 + dice.below(2), 1 + dice.below(12), 1 + dice.below(28));
            let (grade, customer, amount) = (dice.below(4), dice.below(80), dice.below(9_000));
            let line = format!("{day},{country},{store},{channel},{grade},{customer},{amount}");
            Row { country, store, channel, amount, line }
        })
        .collect()
}

/// Where data move that compute where they lie.
pub(super) enum Elsewhere<'a> {
    Postgres(&'a Database),
    Snowflake(&'a Snowflake),
}

/// Puts everything that [`write`] writes into a database, and lets the workspace in `folder` ask there.
pub(super) async fn move_to(place: &Elsewhere<'_>, folder: &Path) {
    for name in ["rows", "events"] {
        let file = std::fs::read_to_string(folder.join(format!("data/{name}.csv"))).unwrap();
        let (head, lines) = file.split_once('\n').unwrap();
        let number = |column: &&str| ["grade", "customer", "amount"].contains(column);
        let columns: Vec<&str> = head.split(',').collect();
        let types = columns.iter().map(|column| match *column {
            "day" => format!("{column} date"),
            _ if number(column) => format!("{column} bigint"),
            _ => format!("{column} text"),
        });
        let types = types.collect::<Vec<_>>().join(", ");
        let rows = lines.lines().map(|line| {
            let cells = line.split(',').map(|cell| format!("'{cell}'"));
            format!("({})", cells.collect::<Vec<_>>().join(","))
        });
        let rows: Vec<String> = rows.collect();
        match place {
            Elsewhere::Postgres(database) => {
                let rows = rows.join(",");
                database
                    .execute(&format!("CREATE TABLE {name} ({types}); INSERT INTO {name} VALUES {rows}"))
                    .await;
            }
            Elsewhere::Snowflake(account) => {
                let name = name.to_uppercase();
                let mut statements = vec![format!("CREATE TABLE {name} ({types})")];
                statements.extend(
                    rows.chunks(500).map(|rows| format!("INSERT INTO {name} VALUES {}", rows.join(","))),
                );
                account.execute(&statements).await;
            }
        }
    }
    std::fs::remove_dir_all(folder.join("data")).unwrap();
    let (tables, source) = match place {
        Elsewhere::Postgres(database) => ("rows.csv: rows, events.csv: events", database.as_source("")),
        Elsewhere::Snowflake(account) => ("rows.csv: ROWS, events.csv: EVENTS", account.as_source("")),
    };
    let source = format!("kind: source\nowner: everybody\n{source}tables: {{{tables}}}\n");
    std::fs::write(folder.join("sources/lake.yaml"), source).unwrap();
}

/// Writes a workspace: the reports, the rows that `keep` keeps, and rules where there are any.
pub(super) fn write(folder: &Path, rules: Option<&str>, keep: impl Fn(&Row) -> bool, reports: &[String]) {
    let mut sales = String::from("day,country,store,channel,grade,customer,amount\n");
    for row in rows(ROWS).iter().filter(|row| keep(row)) {
        writeln!(sales, "{}", row.line).unwrap();
    }
    let mut events = String::from("day,country,word\n");
    for (country, word) in EVENT_WORDS {
        let row = Row::of_event(country);
        for month in (1..=12).filter(|_| keep(&row)) {
            writeln!(events, "2025-{month:02}-05,{country},{word} {month}").unwrap();
        }
    }
    let mut files = vec![
        ("sources/lake.yaml".to_owned(), "kind: source\nowner: everybody\nurl: ./data\n".to_owned()),
        ("data/rows.csv".to_owned(), sales),
        ("data/events.csv".to_owned(), events),
    ];
    let rules = rules.map_or([String::new(), String::new()], |rules| {
        files.push(("access.yaml".to_owned(), ACCESS.to_owned()));
        // Events have no stores; whoever sees sales by stores sees those of every country.
        let events = format!("{SECURITY}    store_rows: all\n");
        [rules.to_owned(), events]
    });
    files.push(("datasets/data.yaml".to_owned(), format!("{DATASET}{}", rules[0])));
    files.push(("datasets/events.yaml".to_owned(), format!("{EVENTS}{}", rules[1])));
    for (index, report) in reports.iter().enumerate() {
        files.push((format!("hunt-{index}.yaml"), report.clone()));
    }
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

pub(super) fn evaluator(folder: &Path) -> Evaluator {
    let workspace = Workspace::load(folder, &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(!workspace.has_errors(), "{}", problems.join("\n"));
    let settings = EngineSettings {
        workspace: folder.to_owned(),
        threads: 2,
        secret: |name| Snowflake::secret(name).or_else(|_| Database::password(name)),
        ..EngineSettings::default()
    };
    let (_, catalog) = tokio::sync::watch::channel(workspace.catalog().clone());
    Evaluator::new(Arc::new(Engine::new(settings).unwrap()), catalog)
}

pub(super) fn person(groups: &[&str], claims: &[(&str, &[&str])]) -> Viewer {
    let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    Viewer::person(Person {
        name: "somebody@example.com".into(),
        groups: list(groups).into_iter().collect(),
        claims: claims.iter().map(|(name, values)| ((*name).to_owned(), list(values))).collect(),
    })
}

pub(super) fn question(report: &str, viewer: Viewer, parameters: BTreeMap<String, Vec<String>>) -> Question {
    Question {
        report: ReportId::parse(report).unwrap(),
        parameters,
        locale: Some(Locale::En),
        now: "2026-01-15T08:00:00+09:00".parse().unwrap(),
        viewer,
        freshness: Freshness::Recent,
        memory: None,
        purpose: Purpose::default(),
    }
}

/// Everything that comes out of a question: controls, texts, panels and their CSV files. Ids of errors
/// are made anew each time.
pub(super) async fn everything(evaluator: &Evaluator, question: Question) -> Vec<(String, Value)> {
    let prepared = match evaluator.prepare(question).await {
        Ok(prepared) => prepared,
        Err(error) => return vec![("refusal".into(), Value::String(error.to_string()))],
    };
    let document: Document = evaluator.document(&prepared).await;
    let mut out = vec![
        ("subtitle".to_owned(), Value::String(prepared.subtitle.clone())),
        ("title".to_owned(), Value::String(document.title.clone())),
    ];
    for control in &prepared.controls {
        out.push((format!("control {}", control.name), Value::String(format!("{control:?}"))));
    }
    for block in document.blocks() {
        let mut content = serde_json::to_value(block).unwrap();
        if let Err(failure) = &block.content {
            content = Value::String(format!("{}: {}", failure.message, failure.cause));
        }
        out.push((format!("panel {}", block.id), content));
        if let Ok(content @ (Content::Table(_) | Content::Chart(_))) = &block.content {
            let file = csv::of_content(content, Locale::En, csv::ByteOrderMark::Absent).unwrap_or_default();
            out.push((format!("csv {}", block.id), Value::String(String::from_utf8(file).unwrap())));
        }
    }
    out
}

/// Somebody, and the rows that the oracle keeps for them.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) viewer: Viewer,
    pub(super) keeps: fn(&Row) -> bool,
}

pub(super) fn subjects() -> Vec<Subject> {
    vec![
        Subject { name: "Korea by role", viewer: person(&["korea"], &[]), keeps: |row| row.country == "KR" },
        Subject {
            name: "Hong Kong by attribute",
            viewer: person(&["own"], &[("country", &["HK"])]),
            keeps: |row| row.country == "HK",
        },
        Subject {
            name: "Hong Kong and the USA",
            viewer: person(&["own"], &[("country", &["US", "HK"])]),
            keeps: |row| row.country != "KR",
        },
        Subject {
            name: "Korea, and a store of the USA but not online",
            viewer: person(&["korea", "stores"], &[("stores", &["US-SoHo"])]),
            keeps: |row| {
                // Events have no store.
                row.country == "KR"
                    || row.store.is_empty()
                    || (row.store == "US-SoHo" && row.channel != "online")
            },
        },
    ]
}

/// A longer hunt: `JANGPYO_HUNT_REPORTS=200`.
pub(super) fn reports_to_hunt() -> usize {
    std::env::var("JANGPYO_HUNT_REPORTS").ok().and_then(|count| count.parse().ok()).unwrap_or(12)
}

pub(super) const PANELS: usize = 6;
pub(super) const QUESTIONS_EACH: usize = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_by_any_report_and_any_parameter() {
    hunt(None, reports_to_hunt()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_of_a_database_that_computes() {
    let Some(database) = Database::new().await else { return };
    hunt(Some(&Elsewhere::Postgres(&database)), reports_to_hunt()).await;
    database.remove().await;
}

/// The double asks fakesnow, which takes its time; a third of the reports.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_of_snowflake() {
    let account = Snowflake::start();
    hunt(Some(&Elsewhere::Snowflake(&account)), reports_to_hunt().div_ceil(3)).await;
}

/// Everybody's rows in one workspace, and for each subject another that holds nothing but theirs.
pub(super) struct Scene {
    pub(super) shared: Evaluator,
    pub(super) oracles: Vec<Oracle>,
    _folder: tempfile::TempDir,
}

/// What somebody must see: a workspace without any rules, whose file was filtered line by line.
pub(super) struct Oracle {
    pub(super) subject: Subject,
    pub(super) evaluator: Evaluator,
    _folder: tempfile::TempDir,
}

impl Scene {
    /// The oracles are always over files.
    pub(super) async fn new(place: Option<&Elsewhere<'_>>, reports: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), Some(&format!("{SECURITY}{STORE_RULE}")), |_| true, reports);
        if let Some(place) = place {
            move_to(place, folder.path()).await;
        }
        let mut oracles = Vec::new();
        for subject in subjects() {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), None, subject.keeps, reports);
            oracles.push((subject, folder));
        }
        Self::of(folder, oracles)
    }

    pub(super) fn of(folder: tempfile::TempDir, oracles: Vec<(Subject, tempfile::TempDir)>) -> Self {
        let oracle = |(subject, folder): (Subject, tempfile::TempDir)| Oracle {
            subject,
            evaluator: evaluator(folder.path()),
            _folder: folder,
        };
        Self {
            shared: evaluator(folder.path()),
            oracles: oracles.into_iter().map(oracle).collect(),
            _folder: folder,
        }
    }
}

async fn hunt(place: Option<&Elsewhere<'_>>, count: usize) {
    let mut dice = Dice::new(4);
    let reports: Vec<String> = (0..count).map(|_| reports::report(&mut dice, PANELS)).collect();
    let scene = Scene::new(place, &reports).await;
    hunt_in(&scene, &reports, &mut dice).await;
}

/// Asks every report, and holds what comes out against the oracles.
async fn hunt_in(scene: &Scene, reports: &[String], dice: &mut Dice) {
    let (mut attempts, mut with_numbers) = (0, 0);
    for (report, text) in reports.iter().enumerate() {
        for _ in 0..QUESTIONS_EACH {
            let parameters = reports::parameters(dice);
            let id = format!("hunt-{report}");
            // All at once, with somebody who sees everything among them.
            let ask = |viewer: Viewer| everything(&scene.shared, question(&id, viewer, parameters.clone()));
            let viewers = scene.oracles.iter().map(|oracle| ask(oracle.subject.viewer.clone()));
            let (_, seen) = tokio::join!(ask(Viewer::operator()), futures::future::join_all(viewers));
            for (Oracle { subject, evaluator, .. }, seen) in scene.oracles.iter().zip(seen) {
                let expected =
                    everything(evaluator, question(&id, Viewer::operator(), parameters.clone())).await;
                assert_eq!(seen.len(), expected.len(), "{}: {id} {parameters:?}", subject.name);
                for ((what, seen), (_, expected)) in seen.iter().zip(&expected) {
                    assert_eq!(
                        seen, expected,
                        "{}: {what} of {id} with {parameters:?}\n{}",
                        subject.name, text
                    );
                    attempts += 1;
                    with_numbers += usize::from(seen.to_string().contains(|c: char| c.is_ascii_digit()));
                }
            }
        }
    }
    println!("{attempts} attempts, {with_numbers} of them with numbers, 0 leaks");
    // A hunt that finds nothing because nothing is shown proves nothing.
    assert!(attempts > reports.len() * 80 && with_numbers * 2 > attempts, "{attempts} {with_numbers}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_sees_no_row_finds_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(5);
    write(
        folder.path(),
        Some(&format!("{SECURITY}{STORE_RULE}")),
        |_| true,
        &[reports::report(&mut dice, 2)],
    );
    let evaluator = evaluator(folder.path());
    let absent = |report: &str| format!("there is no report `{report}`");
    for viewer in [
        person(&[], &[]),
        person(&["all"], &[]),
        person(&["own"], &[]),
        person(&["own"], &[("country", &[])]),
    ] {
        for report in ["hunt-0", "hunt-1"] {
            let refusal = evaluator.prepare(question(report, viewer.clone(), BTreeMap::new())).await;
            assert_eq!(refusal.err().map(|error| error.to_string()), Some(absent(report)), "{viewer:?}");
        }
    }
    // Nor by what is wrong with it: a bad parameter of a closed report is not told.
    let bad = BTreeMap::from([("nothing".to_owned(), vec!["x".to_owned()])]);
    let refusal = evaluator.prepare(question("hunt-0", person(&["all"], &[]), bad)).await;
    assert_eq!(refusal.err().map(|error| error.to_string()), Some(absent("hunt-0")));
}
