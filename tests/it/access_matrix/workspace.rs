//! A workspace in which each action is a role of its own.

use std::path::Path;

use jangpyo::definitions::{Policy, Workspace};
use jangpyo::runs::PART_CHECKS;

/// What only those who may view the report may ever be told: its title, a member and a number of its data.
pub(super) const MARKS: [&str; 4] = ["Hush Quarterly", "Hush Harbour", "987654", "987,654"];

const ACCESS: &str = "
kind: access
owner: keepers
functional_roles:
  keepers: {groups: [keepers]}
  strangers: {groups: [strangers]}
  viewers: {groups: [viewers], access: [views]}
  explorers: {groups: [explorers], access: [explores]}
  exporters: {groups: [exporters], access: [exports]}
  schedulers: {groups: [schedulers], access: [schedules]}
  editors: {groups: [editors], access: [edits]}
  publishers: {groups: [publishers], access: [publishes]}
  neighbours: {groups: [neighbours], access: [all_next_door]}
  administrators: {groups: [administrators], access: [administers]}
access_roles:
  views: {grants: [{actions: [view], reports: [hush], datasets: [hush]}]}
  explores: {inherits: [views], grants: [{actions: [explore], reports: [hush], datasets: [hush]}]}
  exports: {inherits: [views], grants: [{actions: [export], reports: [hush], datasets: [hush]}]}
  schedules: {inherits: [views], grants: [{actions: [schedule], reports: [hush]}]}
  edits: {inherits: [views], grants: [{actions: [edit], reports: [hush]}]}
  publishes: {inherits: [views], grants: [{actions: [publish], reports: [hush]}]}
  all_next_door:
    grants:
      - {actions: [view, explore, export, schedule, edit, publish], reports: [next-door], datasets: [next_door]}
  administers: {grants: [{actions: [administer]}]}
";

fn dataset(table: &str) -> String {
    format!(
        "kind: dataset\nowner: keepers\nsource: disk\ntable: {table}.csv\n\
         csv: {{types: {{day: date, place: text, amount: float}}}}\ntime: day\n\
         dimensions: {{day: {{}}, place: {{}}}}\nmeasures: {{amount: {{sql: sum(amount)}}}}\n"
    )
}

fn report(id: &str, dataset: &str, title: &str) -> String {
    format!(
        "kind: report\ntitle: {title}\nowner: keepers\ndataset: {dataset}\nlocale: en\ntime_zone: Asia/Seoul\n\
         parameters:\n  period: {{type: period, default: all}}\n  place: {{type: member, of: place}}\n\
         panels:\n  total: {{kpi: amount}}\n  bars: {{chart: bar, x: place, y: amount}}\n  \
         sheet: {{table: [place, amount]}}\n\
         schedules:\n  daily:\n    cron: '0 8 * * *'\n    deliver: {{folder: {{path: out, files: [pdf]}}}}\n    \
         wait_for: {{signals: {{loaded_{id}: '{{scheduled_day}}'}}, at_most: 1h}}\n",
        id = id.replace('-', "_"),
    )
}

/// Writes it into `folder`.
pub(super) fn write(folder: &Path) {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    put("access.yaml", ACCESS);
    put("sources/disk.yaml", "kind: source\nowner: keepers\nurl: ./data\n");
    put("datasets/hush.yaml", &dataset("hush"));
    put("datasets/next_door.yaml", &dataset("next_door"));
    put("hush.yaml", &report("hush", "hush", "Hush Quarterly"));
    put("next-door.yaml", &report("next-door", "next_door", "Next door"));
    put("data/hush.csv", "day,place,amount\n2026-01-05,Hush Harbour,987654\n2026-01-06,Other,1\n");
    put("data/next_door.csv", "day,place,amount\n2026-01-05,Here,12\n");
    let workspace = Workspace::load(folder, &Policy::default(), PART_CHECKS);
    let problems: Vec<_> = workspace.diagnostics().iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
