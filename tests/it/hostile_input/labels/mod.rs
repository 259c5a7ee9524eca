//! Payloads in every text of every definition and in the data: on pages, in drawings and files, in mail.

mod fetched;
mod spread;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::binary::{Said, Server, jangpyo};
use crate::support::mail::Mail;
use crate::support::workspace::TestWorkspace;
use fetched::Fetched;
use spread::Schema;

/// Short, so that lists stay lists; without the braces and brackets that texts understand.
const LABELS: [&str; 10] = [
    "<script>xssprobe()</script>",
    "\"><img src=x onerror=xssprobe()>",
    "' onfocus='xssprobe()' x='",
    "\" onload=\"xssprobe()\" x=\"",
    "</title><svg/onload=xssprobe()>",
    "</textarea></style></script><xssprobe>",
    "--><xssprobe>",
    "<a href=javascript:xssprobe()>x</a>",
    "=HYPERLINK(\"javascript:xssprobe()\")",
    "&#60;xssprobe&#62;\u{202e}",
];

/// What the sample has no example of, and data out of other hands.
const REPORT: &str = r"
kind: report
title: {ko: Hostile, en: Hostile}
description: Hostile data
owner: sales_analytics
dataset: hostile
parameters:
  period: {type: period, title: Period, default: all, compare: previous_period}
  name: {type: member, of: name, title: Name, multiple: true}
  one: {type: member, of: name, title: One}
  words: {type: text, title: Words, max_length: 40}
  least: {type: number, title: Least}
  day: {type: date, title: Day}
panels:
  kpi: {kpi: amount, title: Key, note: Note}
  line: {chart: line, title: Line, note: Note, footnotes: [A], x: day, grain: month, y: amount,
    lines: [{at: 10, label: Target}], ranges: [{from: 1, to: 20, label: Normal}]}
  bars: {chart: bar, title: Bars, x: name, y: amount}
  lying: {chart: bar, horizontal: true, title: Lying, x: name, y: amount, drill: {report: hostile, bind: {name: name}}}
  donut: {chart: donut, title: Donut, x: name, y: amount}
  area: {chart: area, stacking: percent, title: Area, x: day, grain: year, y: rows, by: name}
  grid: {chart: heatmap, title: Grid, x: day, grain: year, y: amount, by: name}
  tree: {chart: treemap, title: Tree, x: name, y: amount}
  sheet:
    title: Sheet
    note: Note
    footnotes: [B]
    table: [day, name, {of: amount, title: Value}, {expression: amount * 2, title: Twice, format: {unit: pieces}}, {group: Group, values: [rows]}]
    totals: true
  pivot: {title: Pivot, note: Note, footnotes: [C], pivot: {rows: [name], columns: [day], values: [amount]}}
  said: {title: Said, note: Note, footnotes: [D], text: '**Bold** {amount} of {period}'}
print:
  header: {left: Left, center: Center, right: Right}
  footer: Footer
  watermark: Mark
  footnotes: [E]
  approval: {stages: [One, Two], names: [Kim, Lee], label: Approval}
  cover: {title: Cover, subtitle: Sub, organisation: Org, date: Today, note: Note}
  prepared: {by: Kim, department: Sales, date: Today, as_of: Yesterday}
schedules:
  monday:
    cron: 0 8 * * MON
    time_zone: Asia/Seoul
    calendar: hostile
    on_holiday: next
    blackout: {from: 2026-11-09, through: 2026-11-09, reason: Black}
    deliver: {email: {to: [sales@example.com], subject: Subject, message: Message, attach: [pdf, xlsx]}}
  chat:
    cron: 0 9 * * MON
    enabled: false
    deliver: {destinations: {hostile: {message: Message}}}
";

const DATASET: &str = "
kind: dataset
title: Hostile
description: Hostile data
owner: sales_analytics
source: lake
table: l2/hostile.csv
csv: {types: {day: date, name: text, amount: float}}
time: day
dimensions:
  day: {title: Day, description: A day}
  name: {title: Name, description: A name, labels: {plain: Label}, link: 'https://erp.example/{name}'}
measures:
  amount: {sql: sum(amount), title: Amount, description: Money, format: {unit: pieces}}
  rows: {sql: count(*), title: Rows, description: Rows}
metrics: {ratio: {sql: amount / rows, title: Ratio, description: Each}}
";

/// Every Monday is off: it moves.
const CALENDAR: &str = "
kind: calendar
title: Hostile
owner: sales_analytics
from: 2020-01-01
through: 2069-12-31
weekend: [sunday, monday]
holidays: {2026-11-10: Holiday}
business_days: {2026-11-15: Worked}
";

const DESTINATION: &str = "
kind: destination
title: Hostile
owner: sales_analytics
slack: {url_secret: hostile}
";

/// The sample with payloads in everything that people read.
fn hostile_workspace() -> TestWorkspace {
    let workspace = TestWorkspace::sample();
    workspace.write("hostile.yaml", REPORT);
    workspace.write("datasets/hostile.yaml", DATASET);
    // The next days are off under hostile names, whenever this runs.
    let mut calendar = CALENDAR.to_owned();
    let days = chrono::Utc::now().date_naive().iter_days().take(90);
    let days: Vec<String> = days.map(|day| format!("{day}: Closed")).collect();
    calendar = calendar.replace("2026-11-10: Holiday", &days.join(", "));
    workspace.write("calendars/hostile.yaml", &calendar);
    workspace.write("destinations/hostile.yaml", DESTINATION);
    let mut rows = "day,name,amount\n2026-01-05,plain,1\n".to_owned();
    let data = LABELS.iter().chain(&super::payloads::FORMULAS).filter(|text| !text.contains('\r'));
    for (n, name) in data.enumerate() {
        writeln!(rows, "2026-{:02}-05,\"{}\",{}", n % 10 + 1, name.replace('"', "\"\""), n + 2).unwrap();
    }
    workspace.write("data/l2/hostile.csv", &rows);

    let mut next = LABELS.iter().cycle();
    let (mut places, mut reached) = (BTreeSet::new(), BTreeSet::new());
    for (kind, folder) in [
        ("report", ""),
        ("dataset", "datasets"),
        ("access", ""),
        ("source", "sources"),
        ("theme", "themes"),
        ("calendar", "calendars"),
        ("destination", "destinations"),
    ] {
        let schema = Schema::of(kind);
        places.extend(schema.places().into_iter().map(|place| format!("{kind} {place}")));
        for file in std::fs::read_dir(workspace.dir().join(folder)).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_none_or(|ending| ending != "yaml") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let mut definition: Value = serde_saphyr::from_str(&text).unwrap();
            if definition["kind"] != kind {
                continue;
            }
            // Behind the payload the text stays, with what it refers to.
            let found = schema.spread(&mut definition, &mut |place, text| {
                // A watermark has room for a word or two.
                let room = if place.ends_with(".watermark") { 40 - text.chars().count() } else { usize::MAX };
                let payload = next.find(|payload| payload.chars().count() <= room).unwrap();
                *text = format!("{payload}{text}");
            });
            reached.extend(found.into_iter().map(|place| format!("{kind} {place}")));
            std::fs::write(&file, serde_json::to_string_pretty(&definition).unwrap()).unwrap();
        }
    }
    println!("{} places for texts", places.len());
    let missed: Vec<_> = places.difference(&reached).collect();
    assert!(missed.is_empty(), "no text stands at {missed:?}");
    workspace
}

#[tokio::test]
async fn labels_and_data_are_text_on_every_page_in_every_file_and_in_mail() {
    let workspace = hostile_workspace();
    let state = tempfile::tempdir().unwrap();
    let checked = Said::of(jangpyo(&workspace.dir(), state.path()).args(["check"]));
    assert_eq!(checked.code, Some(0), "{}{}", checked.out, checked.err);
    let server = Server::start(&workspace.dir(), state.path());
    let mut fetched = Fetched::new(server);
    let reports = fetched.pages().await;
    for report in reports {
        fetched.report(&report).await;
    }
    fetched.tell();

    let at = "2026-11-02T08:00:00+09:00";
    let run = ["run", "hostile/monday", "--at", at, "--json"];
    let ran = Said::of(jangpyo(&workspace.dir(), state.path()).args(run));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let outbox = std::fs::read_dir(state.path().join("outbox")).unwrap().next().unwrap().unwrap().path();
    let mail = Mail::read(&outbox);
    assert_eq!((mail.defects(), mail.header("x-injected").len(), mail.header("bcc").len()), (0, 0, 0));
    assert!(mail.text_of("subject").contains("xssprobe"), "{}", mail.text_of("subject"));
    fetched.mail(&mail);
    fetched.assert_clean();
}
