//! Logos: read with the workspace, part of its version, never from outside it.

use std::fmt::Write as _;
use std::fs;

use super::{Workspace, workspace, write};

fn report(logo: &str) -> String {
    format!("kind: report\ntitle: a\nowner: b\npanels: {{a: {{text: hi}}}}\nprint:\n  logo: {logo}\n")
}

fn bytes(workspace: &Workspace) -> Option<Vec<u8>> {
    let logo = workspace.catalog().reports["other"].print.logo.as_ref()?;
    Some(logo.content.as_ref()?.to_vec())
}

#[test]
fn a_logo_is_read_and_a_changed_one_makes_another_version() {
    let (dir, first) =
        workspace(&[("other.yaml", &report("logos/acme.svg")), ("logos/acme.svg", "<svg>1</svg>")]);
    assert_eq!(first.diagnostics(), []);
    assert_eq!(bytes(&first).as_deref(), Some(&b"<svg>1</svg>"[..]));
    assert_eq!(first.reload().catalog().version, first.catalog().version);
    write(dir.path(), &[("logos/acme.svg", "<svg>2</svg>")]);
    let second = first.reload();
    assert_ne!(second.catalog().version, first.catalog().version);
    assert_eq!(bytes(&second).as_deref(), Some(&b"<svg>2</svg>"[..]));
    // A broken or deleted logo: the report as it was is still served, and its owner is told.
    write(dir.path(), &[("logos/acme.svg", "no picture")]);
    let broken = second.reload();
    assert!(broken.has_errors());
    assert_eq!(broken.catalog().version, second.catalog().version);
    assert_eq!(bytes(&broken), bytes(&second));
    fs::remove_file(dir.path().join("logos/acme.svg")).unwrap();
    let gone = broken.reload();
    assert!(gone.has_errors());
    assert_eq!(bytes(&gone), bytes(&second));
}

#[test]
fn mistakes_about_logos_are_explained() {
    let cases = [
        "logos/acmee.svg",
        "Logos/ACME.svg",
        "logos",
        "logos/notes.txt",
        "logos/text.png",
        "logos/huge.svg",
        "logos/folder.svg",
        "''",
        "logos//acme.svg",
        "./logos/acme.svg",
        ".git/acme.svg",
        "data/acme.svg",
        "../acme.svg",
        "logos/../../acme.svg",
        "/etc/acme.svg",
        r"logos\acme.svg",
        "C:/acme.svg",
        "https://evil.example/acme.svg",
        "\"a\\0.svg\"",
        "[logos/acme.svg]",
        "true",
    ];
    let mut out = String::new();
    for case in cases {
        let (dir, first) = workspace(&[("logos/acme.svg", "<svg/>"), ("data/acme.svg", "<svg/>")]);
        write(dir.path(), &[("logos/text.png", "no"), ("logos/folder.svg/a.txt", "no")]);
        fs::write(dir.path().join("logos/huge.svg"), vec![b'<'; (2 << 20) + 1]).unwrap();
        write(dir.path(), &[("other.yaml", &report(case))]);
        let loaded = first.reload();
        assert!(!loaded.catalog().reports.contains_key("other"), "{case}");
        writeln!(out, "── {case}").unwrap();
        for problem in loaded.diagnostics() {
            writeln!(out, "{problem}").unwrap();
        }
    }
    insta::assert_snapshot!("logos", out);
}

#[test]
#[cfg(unix)]
fn a_link_is_followed_only_within_the_workspace() {
    use std::os::unix::fs::symlink;

    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), &[("secret.svg", "<svg>secret</svg>")]);
    let (dir, first) = workspace(&[("logos/acme.svg", "<svg/>"), ("other.yaml", &report("logos/link.svg"))]);
    symlink("acme.svg", dir.path().join("logos/link.svg")).unwrap();
    let inside = first.reload();
    assert_eq!(inside.diagnostics(), []);
    assert_eq!(bytes(&inside).as_deref(), Some(&b"<svg/>"[..]));

    fs::remove_file(dir.path().join("logos/link.svg")).unwrap();
    symlink(outside.path().join("secret.svg"), dir.path().join("logos/link.svg")).unwrap();
    write(dir.path(), &[("new.yaml", &report("logos/link.svg"))]);
    let leaving = inside.reload();
    let codes: Vec<&str> = leaving.diagnostics().iter().map(|problem| &*problem.code).collect();
    assert_eq!(codes, ["outside", "outside"]);
    assert!(!leaving.catalog().reports.contains_key("new"));

    // The same through a folder.
    symlink(outside.path(), dir.path().join("away")).unwrap();
    write(dir.path(), &[("new.yaml", &report("away/secret.svg"))]);
    let leaving = inside.reload();
    assert!(!leaving.catalog().reports.contains_key("new") && leaving.has_errors());
}
