//! Every command: those that look with somebody's eyes show what they may see; the others are for whoever has the
//! machine, and do not pretend otherwise.

use std::path::Path;

use jangpyo::access::Action;

use super::people::Who;
use super::workspace::{self, MARKS};
use crate::support::binary::{Said, jangpyo};

/// Every command and every action of one, with what it needs before it does anything; `None` for those that look with
/// nobody's eyes.
const COMMANDS: [(&str, Option<Action>); 40] = [
    ("serve", None),
    ("check", None),
    ("render", Some(Action::View)),
    ("query", Some(Action::Explore)),
    ("run", None),
    ("deliveries", None),
    ("deliveries resend", None),
    ("compare", None),
    ("backfill", None),
    // Its person stands in the file.
    ("verify", None),
    ("access", None),
    // Its person is what it is about.
    ("access explain", None),
    ("access diff", None),
    ("access publish", None),
    ("schema", None),
    ("next", None),
    ("schedules", None),
    ("schedules list", None),
    ("schedules pause", None),
    ("schedules resume", None),
    ("subscriptions", None),
    ("subscriptions list", None),
    ("subscriptions end", None),
    ("signal", None),
    ("sample", None),
    ("audit", None),
    ("audit list", None),
    ("audit export", None),
    ("audit verify", None),
    ("audit prune", None),
    ("plan", None),
    ("costs", None),
    ("costs import", None),
    ("users", None),
    ("users list", None),
    ("users add", None),
    ("users change", None),
    ("users reset", None),
    ("users disable", None),
    ("users enable", None),
];

fn said(folder: &Path, arguments: &[&str]) -> Said {
    Said::of(jangpyo(folder, &folder.join("state")).args(arguments))
}

fn here() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    workspace::write(folder.path());
    folder
}

/// The commands that the help of `above` lists, with the actions of each behind it.
fn listed(folder: &Path, above: &[&str]) -> Vec<String> {
    let help = said(folder, &[above, &["--help"]].concat()).out;
    let Some(list) = help.split("Commands:").nth(1) else { return Vec::new() };
    let lines = list.split("Options:").next().unwrap().lines();
    let names = lines
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    let mut all = Vec::new();
    for name in names.filter(|name| *name != "help") {
        let path = [above, &[name]].concat();
        all.push(path.join(" "));
        all.extend(listed(folder, &path));
    }
    all
}

#[test]
fn every_command_is_in_the_table_and_only_those_with_eyes_take_a_person() {
    let folder = here();
    let table: Vec<&str> = COMMANDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(folder.path(), &[]), table);
    for (name, need) in &COMMANDS {
        let arguments: Vec<&str> = name.split(' ').chain(["--as", "kim@example.com"]).collect();
        let said = said(folder.path(), &arguments);
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
