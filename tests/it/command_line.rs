//! The commands of the real binary, with good and bad input.

use std::path::Path;

use crate::support::binary::{Said, jangpyo};
use crate::support::mail::Mail;
use crate::support::pdf::Pdf;
use crate::support::workspace::{TestWorkspace, committed};

const NOW: &str = "2026-11-02T08:00:00+09:00";

fn say(arguments: &[&str]) -> Said {
    let state = tempfile::tempdir().unwrap();
    Said::of(jangpyo(&committed(), state.path()).args(arguments))
}

#[test]
fn help_names_every_command_and_exit_code() {
    let help = say(&["--help"]);
    assert_eq!(help.code, Some(0));
    for word in [
        "serve",
        "check",
        "render",
        "query",
        "run",
        "verify",
        "schema",
        "next",
        "sample",
        "audit",
        "Exit codes",
        "JANGPYO_WORKSPACE",
    ] {
        assert!(help.out.contains(word), "{word}: {}", help.out);
    }
    for command in ["serve", "check", "render", "query", "run", "verify", "schema", "next", "sample", "audit"]
    {
        let help = say(&[command, "--help"]);
        assert!(help.code == Some(0) && help.out.contains("Usage: jangpyo"), "{command}: {help:?}");
    }
    let version = say(&["--version"]);
    assert_eq!(version.out.trim(), concat!("jangpyo ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    for arguments in [
        &["chekc"][..],
        &["render"],
        &["render", "weekly-sales", "-o", "x.doc"],
        &["render", "weekly-sales", "-p", "period", "-o", "x.pdf"],
        &["render", "weekly-sales", "--locale", "xx", "-o", "x.pdf"],
        &["render", "../up", "-o", "x.pdf"],
        &["next", "weekly-sales"],
        &["next", "weekly-sales/monday", "-n", "0"],
        &["next", "weekly-sales/monday", "--from", "yesterday"],
        &["query", "sales"],
        &["serve", "--listen", "nowhere"],
        &["check", "no/such/folder"],
        &["--workspace", "no/such/folder", "check"],
    ] {
        let said = say(arguments);
        assert_eq!(said.code, Some(2), "{arguments:?}: {said:?}");
        assert!(said.out.is_empty() && said.err.contains("error"), "{arguments:?}: {said:?}");
    }
}

#[test]
fn wrong_settings_are_named_all_at_once() {
    let state = tempfile::tempdir().unwrap();
    let said = Said::of(jangpyo(&committed(), state.path()).args(["run", "weekly-sales/monday"]).envs([
        ("JANGPYO_SMTP_HOST", "mail.example.com"),
        ("JANGPYO_SMTP_TLS", "maybe"),
        ("JANGPYO_QUERY_TIMEOUT_SECS", "soon"),
    ]));
    assert_eq!(said.code, Some(2), "{said:?}");
    for name in ["JANGPYO_SMTP_TLS", "JANGPYO_MAIL_FROM", "JANGPYO_QUERY_TIMEOUT_SECS"] {
        assert!(said.err.contains(name), "{name}: {}", said.err);
    }
}

#[test]
fn the_sample_workspace_has_no_problem() {
    let said = say(&["check"]);
    assert_eq!((said.code, said.out.trim()), (Some(0), "21 files: 0 errors, 0 warnings"), "{said:?}");
    let json = say(&["check", "--format", "json"]).json();
    assert_eq!((json["files"].as_i64(), json["errors"].as_i64()), (Some(21), Some(0)));
}

#[test]
fn every_problem_of_every_file_is_told_at_once() {
    let workspace = TestWorkspace::sample();
    workspace.replace("datasets/sales.yaml", "sql: sum(quantity)", "sql: sum(quantty)");
    workspace.replace("weekly-sales.yaml", "x: channel", "x: chanel");
    workspace.replace("weekly-sales.yaml", "cron: \"0 8 * * MON\"", "cron: \"0 8 31 2 *\"");
    workspace.replace("weekly-sales.yaml", "owner: sales_analytics", "ownr: sales_analytics");
    workspace.replace("merchandising.yaml", "time_zone: Asia/Hong_Kong", "time_zone: Asia/Hongkong");
    workspace.write("tabs.yaml", "kind: report\n\ttitle: x\n");
    let state = tempfile::tempdir().unwrap();
    let said = Said::of(jangpyo(&workspace.dir(), state.path()).arg("check"));
    assert_eq!(said.code, Some(1), "{said:?}");
    for expected in [
        "datasets/sales.yaml",
        "quantty",
        "weekly-sales.yaml",
        "chanel",
        "`channel`",
        "0 8 31 2 *",
        "ownr",
        "merchandising.yaml",
        "Asia/Hongkong",
        "tabs.yaml",
    ] {
        assert!(said.out.contains(expected), "{expected} is missing in {}", said.out);
    }
    let json = Said::of(jangpyo(&workspace.dir(), state.path()).args(["check", "--format", "json"]));
    assert_eq!(json.code, Some(1));
    let json = json.json();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    assert_eq!(
        json["errors"].as_u64().unwrap(),
        diagnostics.iter().filter(|d| d["severity"] == "error").count() as u64
    );
    assert!(diagnostics.len() >= 6, "{diagnostics:?}");
    for diagnostic in diagnostics {
        assert!(diagnostic["line"].as_u64().unwrap() >= 1 && diagnostic["column"].as_u64().unwrap() >= 1);
    }
    let offline = Said::of(jangpyo(&workspace.dir(), state.path()).args(["check", "--offline"]));
    assert!(
        offline.code == Some(1) && !offline.out.contains("quantty"),
        "the data were left alone: {offline:?}"
    );
}

fn render(folder: &Path, name: &str, arguments: &[&str]) -> (Said, Vec<u8>) {
    let path = folder.join(name);
    let mut all = vec!["render", "weekly-sales", "--now", NOW, "-o", path.to_str().unwrap()];
    all.extend(arguments);
    let said = say(&all);
    (said, std::fs::read(&path).unwrap_or_default())
}

#[test]
fn a_report_is_rendered_to_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let (said, pdf) = render(folder.path(), "a.pdf", &[]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""), "{said:?}");
    Pdf::new(&pdf).assert_sound();
    assert!(Pdf::new(&pdf).text().contains("주간 매출 현황"));
    let (said, html) = render(folder.path(), "a.html", &["--locale", "en"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("Weekly sales") && html.contains("<svg") && html.contains("Top 10 stores"));
    assert!(!html.contains("src=\"/") && !html.contains("href=\"/static"), "the file stands alone");
    for (name, start) in [("a.svg", &b"<svg"[..]), ("a.png", b"\x89PNG\r\n"), ("a.csv", "일자".as_bytes())]
    {
        let (said, bytes) = render(folder.path(), name, &["--panel", "trend"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(bytes.starts_with(start), "{name}: {:?}", String::from_utf8_lossy(&bytes[..40]));
    }
    let (_, marked) = render(folder.path(), "m.csv", &["--panel", "trend", "--bom"]);
    let (_, bare) = render(folder.path(), "n.csv", &["--panel", "trend"]);
    assert_eq!(marked, ["\u{feff}".as_bytes(), &bare].concat(), "the mark by choice, and nothing else");
    let (_, korea) = render(folder.path(), "k.csv", &["--panel", "ranking", "-p", "country=KR"]);
    let (_, both) =
        render(folder.path(), "b.csv", &["--panel", "ranking", "-p", "country=KR", "-p", "country=HK"]);
    assert!(korea != both && !korea.is_empty(), "a parameter may be given twice");
}

#[test]
fn the_same_instant_renders_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (_, first) = render(folder.path(), "a.pdf", &[]);
    let (_, second) = render(folder.path(), "b.pdf", &[]);
    assert!(first == second && !first.is_empty());
}

#[test]
fn what_cannot_be_rendered_says_why_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments, expected) in [
        ("a.pdf", &["-p", "period=banana"][..], "last_complete_week|month"),
        ("a.pdf", &["-p", "nothing=1"], "nothing"),
        ("a.svg", &[], "trend, channels"),
        ("a.svg", &["--panel", "trendy"], "trend"),
        ("a.csv", &["--panel", "revenue"], "revenue"),
    ] {
        let (said, bytes) = render(folder.path(), name, arguments);
        assert!(matches!(said.code, Some(1 | 2)) && said.err.contains(expected), "{arguments:?}: {said:?}");
        assert!(bytes.is_empty(), "{arguments:?}");
    }
    let said = say(&["render", "weekly-sale", "-o", folder.path().join("x.pdf").to_str().unwrap()]);
    assert!(said.code == Some(1) && said.err.contains("weekly-sales"), "the valid names are told: {said:?}");
    let said = say(&["render", "weekly-sales", "-o", "/proc/nowhere/x.pdf"]);
    assert!(said.code == Some(1) && said.err.contains("/proc/nowhere/x.pdf"), "{said:?}");
}

#[test]
fn a_query_answers_from_the_shell() {
    let rows =
        say(&["query", "sales", "--measures", "revenue,orders", "--by", "country", "--format", "json"]);
    let rows = rows.json();
    let countries: Vec<_> =
        rows.as_array().unwrap().iter().map(|row| row["country"].as_str().unwrap()).collect();
    assert_eq!(countries, ["HK", "KR", "US"]);
    let sum = |rows: &serde_json::Value| -> i64 {
        rows.as_array().unwrap().iter().map(|row| row["orders"].as_i64().unwrap()).sum()
    };
    let monthly = say(&[
        "query",
        "sales",
        "--measures",
        "orders",
        "--by",
        "order_date:month",
        "--where",
        "country!=US",
        "--format",
        "json",
    ])
    .json();
    assert_eq!(monthly.as_array().unwrap().len(), 24, "two years");
    let without_us = rows.as_array().unwrap().iter().filter(|row| row["country"] != "US").cloned().collect();
    assert_eq!(sum(&monthly), sum(&serde_json::Value::Array(without_us)), "parts add up to the whole");
    let csv = say(&[
        "query",
        "sales",
        "--measures",
        "revenue",
        "--by",
        "store",
        "--sort",
        "-revenue",
        "--limit",
        "3",
    ]);
    assert_eq!((csv.code, csv.out.lines().count()), (Some(0), 4), "{csv:?}");
    assert!(csv.err.contains("first 3 of"), "rows are not cut silently: {csv:?}");
}

#[test]
fn a_query_that_makes_no_sense_is_refused() {
    for (arguments, expected) in [
        (&["--measures", "revenu"][..], "revenue"),
        (&["--measures", "revenue", "--by", "contry"], "country"),
        (&["--measures", "revenue", "--by", "order_date:fortnight"], "month"),
        (&["--measures", "revenue", "--where", "country"], "condition"),
        (&["--measures", "revenue", "--where", "contry=KR"], "country"),
        (&["--measures", "revenue", "--period", "banana"], "last_complete"),
    ] {
        let mut all = vec!["query", "sales"];
        all.extend(arguments);
        let said = say(&all);
        assert!(matches!(said.code, Some(1 | 2)), "{arguments:?}: {said:?}");
        assert!(said.err.contains(expected) && said.out.is_empty(), "{arguments:?}: {said:?}");
    }
    let said = say(&["query", "sale", "--measures", "revenue"]);
    assert!(said.code == Some(1) && said.err.contains("sales"), "{said:?}");
    let injected = say(&[
        "query",
        "sales",
        "--measures",
        "orders",
        "--where",
        "country=KR' OR '1'='1",
        "--format",
        "json",
    ]);
    assert_eq!(injected.json()[0]["orders"], serde_json::Value::Null, "a value is never SQL");
}

#[test]
fn fire_times_cross_the_change_of_clocks() {
    let workspace = TestWorkspace::sample();
    workspace.replace(
        "weekly-sales.yaml",
        "cron: \"0 8 * * MON\"\n    time_zone: Asia/Seoul\n    calendar: kr\n    on_holiday: next",
        "cron: \"30 2 * * *\"\n    time_zone: America/New_York",
    );
    let state = tempfile::tempdir().unwrap();
    let next = |from: &str| {
        let arguments = ["next", "weekly-sales/monday", "-n", "3", "--from", from, "--json"];
        let said = Said::of(jangpyo(&workspace.dir(), state.path()).args(arguments));
        assert_eq!(said.code, Some(0), "{said:?}");
        let times = said.json();
        let times = times.as_array().unwrap().iter();
        times.map(|time| time["at"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // On 8 March 2026 there is no 02:30 in New York; on 1 November 02:30 comes after both 01:30s.
    let spring = next("2026-03-07T00:00:00-05:00");
    assert_eq!(spring[0], "2026-03-07T02:30:00-05:00");
    assert!(spring[1].starts_with("2026-03-08T03:"), "that day is not left out: {spring:?}");
    assert_eq!(spring[2], "2026-03-09T02:30:00-04:00");
    assert_eq!(
        next("2026-10-31T00:00:00-04:00"),
        ["2026-10-31T02:30:00-04:00", "2026-11-01T02:30:00-05:00", "2026-11-02T02:30:00-05:00"]
    );
    let said = say(&["next", "weekly-sales/tuesday"]);
    assert!(said.code == Some(1) && said.err.contains("monday"), "{said:?}");
    let text = say(&["next", "weekly-sales/monday", "-n", "2", "--from", "2026-11-02T00:00:00Z"]);
    assert!(text.out.contains("Mon 2026-11-09 08:00:00 +09:00"), "{text:?}");
    let moved = say(&["next", "weekly-sales/monday", "-n", "1", "--from", "2026-03-01T00:00:00Z"]);
    assert_eq!(
        moved.out.trim(),
        "Tue 2026-03-03 08:00:00 +09:00 KST  instead of Mon 2026-03-02 08:00:00: Independence Movement Day (substitute)"
    );
    let far = say(&["next", "weekly-sales/monday", "-n", "1", "--from", "2028-03-01T00:00:00Z"]);
    assert!(far.err.contains("calendar `kr` knows holidays through 2027-12-31 only"), "{far:?}");
}

#[test]
fn a_run_without_a_mail_server_writes_its_mail_into_the_outbox() {
    let state = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let arguments = ["run", "weekly-sales/monday", "--at", NOW, "--json"];
        Said::of(jangpyo(&committed(), state.path()).args(arguments).args(more))
    };
    let outbox = || std::fs::read_dir(state.path().join("outbox")).map_or(0, Iterator::count);

    let dry = run(&["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{dry:?}");
    let dry = dry.json();
    assert_eq!((outbox(), dry["deliveries"].as_array().unwrap().len()), (0, 0), "a dry run sends nothing");
    let file = dry["artefacts"][0]["file_name"].as_str().unwrap();
    let file = state.path().join("artefacts").join(dry["run"]["id"].as_str().unwrap()).join(file);
    Pdf::new(&std::fs::read(file).unwrap()).assert_sound();

    let first = run(&[]);
    assert_eq!(first.code, Some(0), "{first:?}");
    let first = first.json();
    assert_eq!((first["run"]["state"].as_str(), outbox()), (Some("succeeded"), 1));
    let path = std::fs::read_dir(state.path().join("outbox")).unwrap().next().unwrap().unwrap().path();
    let mail = Mail::read(&path);
    assert!(mail.text_of("subject").starts_with("주간 매출 현황"));
    Pdf::new(&mail.attachments()[0].bytes()).assert_sound();

    let again = run(&[]).json();
    assert_eq!((again["run"]["id"] == first["run"]["id"], outbox()), (true, 1), "an instant has one run");
    let unknown = Said::of(jangpyo(&committed(), state.path()).args(["run", "weekly-sales/tuesday"]));
    assert!(unknown.code == Some(1) && unknown.err.contains("monday"), "{unknown:?}");
}

#[test]
fn a_run_that_fails_is_exit_code_1_and_says_why() {
    let (workspace, state) = (TestWorkspace::sample(), tempfile::tempdir().unwrap());
    std::fs::write(workspace.dir().join("data/l2/sales/year=2026/part-0.parquet"), "not parquet").unwrap();
    let run =
        Said::of(jangpyo(&workspace.dir(), state.path()).args(["run", "weekly-sales/monday", "--at", NOW]));
    assert!(matches!(run.code, Some(1)), "{run:?}");
    assert!(run.out.contains("jangpyo run weekly-sales/monday --at 2026-11-01T23:00:00Z"), "{run:?}");
    assert!(!state.path().join("outbox").exists(), "nothing half is sent");
}

#[test]
fn the_sample_is_what_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let said = say(&["sample", "-o", folder.path().to_str().unwrap()]);
    assert_eq!((said.code, said.out.lines().count()), (Some(0), 8), "{said:?}");
    for file in [
        "l2/stores.parquet",
        "l2/staff.parquet",
        "l2/events.parquet",
        "l2/accounts.parquet",
        "l2/inventory.parquet",
        "l2/sales/year=2024/part-0.parquet",
        "l2/sales/year=2025/part-0.parquet",
        "l2/sales/year=2026/part-0.parquet",
    ] {
        let written = std::fs::read(folder.path().join(file)).unwrap();
        let kept = std::fs::read(committed().join("data").join(file)).unwrap();
        assert!(written == kept, "{file} differs: run `cargo run -- sample` and commit");
    }
}

#[test]
fn the_schemas_are_what_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let said = say(&["schema", "-o", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for file in ["source.json", "dataset.json", "report.json", "openapi.json"] {
        let written = std::fs::read_to_string(folder.path().join(file)).unwrap();
        let kept = std::fs::read_to_string(committed().join("schemas").join(file)).unwrap_or_default();
        assert!(written == kept, "{file} differs: run `cargo run -- schema -o reports/schemas` and commit");
    }
    let all = say(&["schema"]).json();
    assert!(all["report"]["properties"].is_object() || all["report"]["$defs"].is_object());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    use std::process::{Command, Stdio};

    let mut command = Command::new(env!("CARGO_BIN_EXE_jangpyo"));
    command.args(["query", "sales", "--measures", "revenue", "--by", "order_date:day,store"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Far more than a pipe holds; nobody reads it.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
}

#[test]
fn the_audit_log_is_listed_exported_checked_and_pruned() {
    let state = tempfile::tempdir().unwrap();
    let audit =
        |arguments: &[&str]| Said::of(jangpyo(&committed(), state.path()).arg("audit").args(arguments));
    let nothing = audit(&["list"]);
    assert!(nothing.code == Some(1) && nothing.err.contains("nothing was recorded"), "{nothing:?}");
    let run = Said::of(jangpyo(&committed(), state.path()).args(["run", "weekly-sales/monday", "--dry-run"]));
    assert_eq!(run.code, Some(0), "{run:?}");
    // A run by hand is told; an export is an event itself.
    let first = audit(&["export"]).out;
    assert!(
        first.lines().count() == 1 && first.contains("schedule_changed") && first.contains("dry_run"),
        "{first}"
    );
    let list = audit(&["list"]);
    assert!(list.out.contains("audit_exported") && list.out.contains("(operator)"), "{list:?}");
    let csv = audit(&["export", "--csv", "--action", "audit_exported"]);
    assert_eq!(csv.out.lines().count(), 2, "{csv:?}");
    let wrong = audit(&["list", "--action", "exportd"]);
    assert!(wrong.code == Some(1) && wrong.err.contains("audit_exported"), "{wrong:?}");
    let verdict = audit(&["verify", "--json"]).json();
    assert_eq!(verdict["checked"], 3);
    let head = verdict["head"].as_str().unwrap();
    assert_eq!(audit(&["verify", "--head", head]).code, Some(0));
    let other = audit(&["verify", "--head", "2:abc"]);
    assert!(other.code == Some(1) && other.out.contains("NOT INTACT"), "{other:?}");
    assert!(audit(&["prune", "--keep-days", "1"]).out.contains("nothing is that old"));
    assert!(audit(&["prune", "--keep-days", "0"]).out.contains("removed 3 events"));
    assert_eq!(audit(&["verify", "--head", head]).code, Some(0), "the head that was noted is the anchor");
}
