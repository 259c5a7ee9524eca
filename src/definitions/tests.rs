//! The workspace as a whole: valid, broken, changed, hostile.

mod access;
mod logos;
mod many_roles;
mod mistakes;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::check;
use super::workspace::Draft;
use super::{DefinitionKind, Diagnostic, FieldPath, PartChecks, Policy, Workspace};

const SOURCE: &str = include_str!("testdata/workspace/sources/lake.yaml");
const DATASET: &str = include_str!("testdata/workspace/datasets/sales.yaml");
const REPORT: &str = include_str!("testdata/workspace/weekly-sales.yaml");

/// A report file that starts like this needs panels only.
const TOP: &str = "kind: report\ntitle: 매출\nowner: sales\ndataset: sales\n";

fn policy() -> Policy {
    Policy { allowed_recipient_domains: Some(vec!["acme.example".into()]), ..Policy::default() }
}

/// Stands in for the reader of pictures, which belongs to those who draw.
fn drawable(file: &[u8]) -> Result<(), String> {
    if file.starts_with(b"<svg") { Ok(()) } else { Err("the file is no image".to_owned()) }
}

/// What the tests take for pictures and fonts.
const CHECKS: PartChecks = PartChecks { picture: drawable, font: drawable };

/// A workspace on disk: the valid example with some files replaced or added.
fn workspace(changes: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
    let dir = tempfile::tempdir().unwrap();
    write(
        dir.path(),
        &[("sources/lake.yaml", SOURCE), ("datasets/sales.yaml", DATASET), ("weekly-sales.yaml", REPORT)],
    );
    write(dir.path(), changes);
    let workspace = Workspace::load(dir.path(), &policy(), CHECKS);
    (dir, workspace)
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Checks one changed file next to the valid ones, without a disk.
fn problems(name: &str, text: &str) -> Vec<Diagnostic> {
    let mut drafts: Vec<Draft> = [("sources/lake.yaml", SOURCE), ("datasets/sales.yaml", DATASET)]
        .into_iter()
        .filter(|(other, _)| *other != name)
        .map(|(name, text)| Draft::parse(name, text))
        .collect();
    drafts.push(Draft::parse(name, text));
    check::check(&mut drafts, &policy());
    drafts.pop().unwrap().finish(&std::collections::BTreeMap::new()).1
}

#[test]
fn the_example_is_valid_without_a_single_warning() {
    let (_dir, workspace) = workspace(&[]);
    assert_eq!(workspace.diagnostics(), []);
    let catalog = workspace.catalog();
    assert_eq!((catalog.sources.len(), catalog.datasets.len(), catalog.reports.len()), (1, 1, 1));
    assert_eq!(catalog.reports["weekly-sales"].panels.len(), 10);
    assert_eq!(catalog.version.len(), 64);
}

#[test]
fn a_broken_file_keeps_its_last_valid_version_and_takes_no_other_down() {
    let (dir, first) =
        workspace(&[("other.yaml", "kind: report\ntitle: a\nowner: b\npanels: {a: {text: hi}}\n")]);
    for broken in ["kind: report\ntitle: [", "kind: report\ntitle: a\n", "\u{0}", ""] {
        write(dir.path(), &[("weekly-sales.yaml", broken)]);
        let second = first.reload().reload();
        let file = second.file_of(DefinitionKind::Report, "weekly-sales").unwrap();
        assert!(file.stale, "{broken:?}");
        assert!(second.diagnostics_of("weekly-sales.yaml").count() > 0);
        assert_eq!(second.catalog().reports, first.catalog().reports);
        assert_eq!(second.catalog().version, first.catalog().version, "the same definitions are served");
    }
    write(dir.path(), &[("weekly-sales.yaml", &REPORT.replace("title: {ko: 주간", "title: {ko: 매주"))]);
    let mended = first.reload();
    assert!(!mended.file_of(DefinitionKind::Report, "weekly-sales").unwrap().stale);
    assert_ne!(mended.catalog().version, first.catalog().version);
    fs::remove_file(dir.path().join("weekly-sales.yaml")).unwrap();
    let deleted = mended.reload();
    assert_eq!(deleted.catalog().reports.keys().map(ToString::to_string).collect::<Vec<_>>(), ["other"]);
    assert!(!deleted.has_errors());
}

#[test]
fn a_file_that_never_was_valid_is_not_served() {
    let (_dir, workspace) = workspace(&[("broken.yaml", "kind: report\n")]);
    assert!(workspace.has_errors());
    assert_eq!(workspace.catalog().reports.len(), 1);
    let file = workspace.file_of(DefinitionKind::Report, "broken").unwrap();
    assert!(file.definition.is_none() && !file.stale);
}

#[test]
fn a_dataset_that_is_being_closed_is_not_served_from_before() {
    let (dir, open) = workspace(&[]);
    assert_eq!(open.catalog().datasets.len(), 1);
    for closing in ["security: {access: [a]}\n", "security: {rows: [}\n"] {
        write(dir.path(), &[("datasets/sales.yaml", &format!("{DATASET}{closing}"))]);
        assert_eq!(open.reload().catalog().datasets.len(), 0, "{closing}");
    }
}

#[test]
fn a_workspace_that_cannot_be_reached_for_a_while_is_still_served() {
    let (dir, first) = workspace(&[]);
    let away = dir.path().with_extension("away");
    fs::rename(dir.path(), &away).unwrap();
    let lost = first.reload();
    assert!(lost.has_errors());
    assert_eq!(lost.catalog().reports, first.catalog().reports);
    fs::rename(&away, dir.path()).unwrap();
    assert!(!lost.reload().has_errors());
}

#[test]
fn ids_come_from_file_names_and_are_unique_whatever_the_folder() {
    let report = "kind: report\ntitle: a\nowner: b\npanels: {a: {text: hi}}\n";
    let (_dir, workspace) =
        workspace(&[("team/weekly-sales.yaml", report), ("Big Report.yaml", report), ("매출.yml", report)]);
    let codes: Vec<(&str, &str)> =
        workspace.diagnostics().iter().map(|problem| (problem.file.as_str(), &*problem.code)).collect();
    assert_eq!(
        codes,
        [("Big Report.yaml", "bad_name"), ("weekly-sales.yaml", "duplicate_id"), ("매출.yml", "bad_name")]
    );
    assert_eq!(workspace.catalog().reports.len(), 1);
}

#[test]
fn hostile_files_are_diagnostics_and_cost_no_time() {
    let started = std::time::Instant::now();
    let (dir, _) = workspace(&[]);
    let file = |name: &str| dir.path().join(name);
    fs::write(file("latin.yaml"), b"kind: report\ntitle: \xB8\xC5\xC3\xE2\n").unwrap();
    fs::write(file("utf16.yaml"), b"\xFF\xFEk\0i\0n\0d\0").unwrap();
    fs::write(file("bom.yaml"), format!("\u{FEFF}{TOP}panels: {{a: {{text: hi}}}}\n")).unwrap();
    fs::File::create(file("huge.yaml")).unwrap().set_len(100 << 20).unwrap();
    fs::create_dir_all(file("folder.yaml")).unwrap();
    fs::create_dir_all(file(".git")).unwrap();
    fs::create_dir_all(file("data")).unwrap();
    fs::write(file(".git/x.yaml"), "not: mine").unwrap();
    fs::write(file("data/x.yaml"), "not: mine").unwrap();
    let outside = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        fs::write(outside.path().join("secret.yaml"), "password: x").unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.yaml"), file("link.yaml")).unwrap();
        std::os::unix::fs::symlink(outside.path(), file("folder")).unwrap();
        std::os::unix::fs::symlink(dir.path(), file("loop")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", file("zero.yaml")).unwrap();
        std::os::unix::fs::symlink("nowhere", file("nowhere.yaml")).unwrap();
        std::process::Command::new("mkfifo").arg(file("pipe.yaml")).status().unwrap();
    }
    let workspace = Workspace::load(dir.path(), &policy(), CHECKS);
    let codes: Vec<(&str, &str)> =
        workspace.diagnostics().iter().map(|problem| (problem.file.as_str(), &*problem.code)).collect();
    let expected = [
        ("folder", "outside"),
        ("huge.yaml", "too_large"),
        ("latin.yaml", "not_utf8"),
        ("link.yaml", "outside"),
        ("nowhere.yaml", "unreadable"),
        ("pipe.yaml", "unreadable"),
        ("utf16.yaml", "not_utf8"),
        ("zero.yaml", "outside"),
    ];
    assert_eq!(codes, expected);
    assert!(!workspace.diagnostics().iter().any(|problem| problem.source_line.contains("password")));
    assert_eq!(workspace.catalog().reports.len(), 2, "the valid ones are served");
    assert!(started.elapsed().as_secs() < 10);
}

#[test]
fn large_hostile_yaml_is_refused_quickly() {
    let started = std::time::Instant::now();
    let texts = [
        "[".repeat(1 << 20),
        "{".repeat(1 << 20),
        "- ".repeat(1 << 19),
        "? ".repeat(1 << 19),
        "a: &a a\n".repeat(1 << 17),
        "\"".repeat(1 << 20),
        "#\n".repeat(1 << 19),
        format!("kind: report\ntitle: {}\n", "x".repeat(1 << 20)),
        (0..60_000).fold(String::from("kind: report\n"), |text, n| format!("{text}k{n}: 1\n")),
        (0..20_000)
            .fold(String::from(TOP) + "panels:\n", |text, n| format!("{text}  p{n}: {{kpi: nothing}}\n")),
    ];
    for text in texts {
        assert!(!problems("hostile.yaml", &text).is_empty(), "{}", &text[..40]);
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn other_checks_can_point_into_a_file() {
    let (_dir, mut workspace) = workspace(&[]);
    let file = workspace.file_of(DefinitionKind::Dataset, "sales").unwrap();
    let path = FieldPath::root().key("measures").key("revenue").key("sql");
    let problem = file.problem(&path, "bad_expression", "there is no column `net_amount`", None);
    assert_eq!((problem.line, problem.column, problem.width), (27, 10, 15));
    assert_eq!(problem.source_line.trim(), "sql: sum(net_amount)");
    workspace.add([problem]);
    assert!(workspace.has_errors());
}

#[test]
fn diagnostics_go_to_json_and_back() {
    let problems = problems("broken.yaml", "kind: report\ntitel: a\n");
    let json = serde_json::to_string(&problems).unwrap();
    assert!(
        json.contains(r#""severity":"error","code":"missing_key","file":"broken.yaml","line":1"#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Vec<Diagnostic>>(&json).unwrap(), problems);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_definition_or_a_diagnostic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(text) = super::workspace::files::decode(bytes) {
            prop_assert!(!problems("any.yaml", &text).is_empty());
        }
    }

    #[test]
    fn any_yaml_like_text_gives_a_definition_or_a_diagnostic(
        text in "([a-z매]{1,6}: ?|[-?:,\\[\\]{}#&*!|>'\"%@ ]|\n {0,4}|[0-9.]{1,3}|\\PC){0,80}",
    ) {
        prop_assert!(!problems("any.yaml", &text).is_empty());
    }

    /// Whatever is damaged in a valid file is either still valid or said, and never only half said:
    /// a file without errors has a definition.
    #[test]
    fn a_damaged_file_gives_a_definition_or_a_diagnostic(
        start in any::<prop::sample::Index>(), length in 0_usize..30,
        insert in "(null|true|5|-1|1e400|''|\\[\\]|\\{\\}|[a-z:, -]{0,8})", dataset in any::<bool>(),
    ) {
        let (name, text) = if dataset { ("datasets/sales.yaml", DATASET) } else { ("weekly-sales.yaml", REPORT) };
        let chars: Vec<char> = text.chars().collect();
        let start = start.index(chars.len());
        let damaged: String = chars[..start].iter().copied().chain(insert.chars())
            .chain(chars[(start + length).min(chars.len())..].iter().copied()).collect();
        let mut drafts = vec![Draft::parse("sources/lake.yaml", SOURCE), Draft::parse(name, &damaged)];
        check::check(&mut drafts, &policy());
        let (file, problems) = drafts.pop().unwrap().finish(&std::collections::BTreeMap::new());
        prop_assert!(file.definition.is_some() || problems.iter().any(|p| p.severity == super::Severity::Error), "{damaged}");
        prop_assert!(!problems.iter().any(|problem| problem.message.contains("cannot be read")), "{damaged} {problems:?}");
        for problem in problems {
            prop_assert!(problem.line >= 1 && problem.column >= 1 && problem.width >= 1);
            prop_assert!(problem.line <= damaged.lines().count() + 1, "{problem:?}");
            let _ = problem.to_string();
        }
    }
}

#[test]
fn schedules_of_several_reports_that_wait_for_each_other_are_told_in_each_file() {
    let report = |waits: &str| {
        format!(
            "{TOP}panels: {{a: {{kpi: revenue}}}}\nschedules:\n  daily:\n    cron: '0 8 * * *'\n    wait_for: \
             {{schedules: {waits}, at_most: 2h}}\n    deliver: {{folder: {{path: x}}}}\n"
        )
    };
    let (_dir, workspace) = workspace(&[
        ("a.yaml", &report("b/daily")),
        ("b.yaml", &report("c/daily")),
        ("c.yaml", &report("[d/daily, a/daily]")),
        ("d.yaml", &report("e/daily")),
        ("e.yaml", &report("[]").replace("schedules: []", "signals: {loaded: x}")),
    ]);
    let told: Vec<String> = workspace
        .diagnostics()
        .iter()
        .map(|found| format!("{} {}: {}", found.file, found.path, found.message))
        .collect();
    assert_eq!(
        told,
        [
            "a.yaml schedules.daily.wait_for.schedules: schedule `a/daily` waits for itself: a/daily → b/daily → \
             c/daily → a/daily",
            "b.yaml schedules.daily.wait_for.schedules: schedule `b/daily` waits for itself: b/daily → c/daily → \
             a/daily → b/daily",
            "c.yaml schedules.daily.wait_for.schedules[1]: schedule `c/daily` waits for itself: c/daily → a/daily → \
             b/daily → c/daily",
        ],
        "who only waits for them is in no circle"
    );
}
