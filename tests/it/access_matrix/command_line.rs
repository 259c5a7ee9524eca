//! Every command: those that look with somebody's eyes show what they may see; the others are for whoever has the
//! machine, and do not pretend otherwise.

use std::path::Path;

use jangpyo::access::Action;

use super::people::Who;
use super::workspace::{self, MARKS};
use crate::support::binary::{Said, jangpyo};

/// Every command with what it needs before it does anything; `None` for those that look with nobody's eyes.
const COMMANDS: [(&str, Option<Action>); 21] = [
    ("serve", None),
    ("check", None),
    ("render", Some(Action::View)),
    ("query", Some(Action::Explore)),
    ("run", None),
    ("deliveries", None),
    ("compare", None),
    ("backfill", None),
    // Its person stands in the file.
    ("verify", None),
    ("access", None),
    ("schema", None),
    ("next", None),
    ("schedules", None),
    ("subscriptions", None),
    ("signal", None),
    ("sample", None),
    ("audit", None),
    ("plan", None),
    ("costs", None),
    ("users", None),
    ("help", None),
];

fn said(folder: &Path, arguments: &[&str]) -> Said {
    Said::of(jangpyo(folder, &folder.join("state")).args(arguments))
}

fn here() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    workspace::write(folder.path());
    folder
}

#[test]
fn every_command_is_in_the_table_and_only_those_with_eyes_take_a_person() {
    let folder = here();
    let help = said(folder.path(), &["--help"]).out;
    let listed = help.split("Commands:").nth(1).unwrap().split("Options:").next().unwrap();
    let names: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let table: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, table, "{help}");
    for (name, need) in COMMANDS.iter().filter(|(name, _)| *name != "help") {
        let said = said(folder.path(), &[name, "--as", "kim@example.com"]);
        let takes = !said.err.contains("unexpected argument '--as'");
        assert_eq!((takes, said.code), (need.is_some(), Some(2)), "{name}: {said:?}");
    }
}

#[test]
fn commands_with_eyes_show_everybody_what_they_may_see() {
    let folder = here();
    let file = |ending: &str| folder.path().join(format!("made.{ending}")).to_str().unwrap().to_owned();
    let mut cells = 0;
    for who in Who::ALL.into_iter().filter(|who| !who.is_token()) {
        let name = format!("{who:?}@example.com").to_lowercase();
        let eyes = ["--as", &name, "--group", who.group().unwrap_or("none")];
        for (ending, panel) in [
            ("pdf", None),
            ("html", None),
            ("xlsx", Some("sheet")),
            ("csv", Some("sheet")),
            ("svg", Some("bars")),
            ("png", Some("bars")),
        ] {
            let path = file(ending);
            let mut arguments = vec!["render", "hush", "-o", &path];
            arguments.extend(panel.iter().flat_map(|panel| ["--panel", panel]));
            let answered = check(folder.path(), who, Action::View, &arguments, &eyes);
            let made = std::fs::read(&path).ok();
            assert_eq!(made.is_some(), answered, "{who:?} {ending}");
            if let (Some(made), true) = (made, matches!(ending, "html" | "csv" | "svg")) {
                let text = String::from_utf8(made).unwrap();
                assert!(MARKS.iter().any(|mark| text.contains(mark)), "{ending} shows nothing to {who:?}");
            }
            let _ = std::fs::remove_file(&path);
            // Another report that is not there is told in the same words.
            if !answered {
                let absent: Vec<&str> =
                    arguments.iter().map(|part| if *part == "hush" { "husk" } else { *part }).collect();
                let [closed, absent] = [&arguments, &absent]
                    .map(|arguments| said(folder.path(), &[&arguments[..], &eyes].concat()));
                assert_eq!(closed.err, absent.err.replace("husk", "hush"), "{who:?} {ending}");
            }
            cells += 1;
        }
        let query = ["query", "hush", "--measures", "amount", "--by", "place"];
        check(folder.path(), who, Action::Explore, &query, &eyes);
        cells += 1;
    }
    println!("{cells} cells of the command line");
}

/// Whether it was answered, which must be as somebody may; nothing is told otherwise.
fn check(folder: &Path, who: Who, action: Action, arguments: &[&str], eyes: &[&str]) -> bool {
    let said = said(folder, &[arguments, eyes].concat());
    let may = who.may(action);
    assert_eq!(said.code, Some(i32::from(!may)), "{who:?} {arguments:?}: {said:?}");
    let told = MARKS.iter().any(|mark| said.out.contains(mark) || said.err.contains(mark));
    assert!(may || !told, "{who:?} {arguments:?}: {said:?}");
    may
}
