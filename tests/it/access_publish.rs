//! Who may publish a change, asked in the pipeline of a pull request.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::binary::{Said, jangpyo};

const ACCESS: &str = "kind: access
owner: security
functional_roles:
  security: {users: [sam@example.com]}
  finance: {groups: [fin], access: [finance_publish]}
  sales: {groups: [sales]}
  intern: {users: [ina@example.com], access: [finance_view]}
access_roles:
  finance_publish: {grants: [{actions: [publish], folders: [finance]}]}
  finance_view: {grants: [{actions: [view, edit], folders: [finance]}]}
";

fn report(owner: &str) -> String {
    format!("kind: report\ntitle: A\nowner: {owner}\ndataset: sales\npanels: {{a: {{kpi: revenue}}}}\n")
}

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{done:?}");
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "a"]);
}

/// A repository whose workspace is its root, with one commit.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "access.yaml", ACCESS);
    write(at, "sources/lake.yaml", "kind: source\nowner: security\nurl: ./data\n");
    let dataset = "kind: dataset\nowner: sales\nsource: lake\ntable: a/\ndimensions: {c: {}}\n\
                   measures: {revenue: {sql: sum(x)}}\n";
    write(at, "datasets/sales.yaml", dataset);
    write(at, "weekly.yaml", &report("sales"));
    write(at, "finance/margin.yaml", &report("security"));
    git(at, &["init", "-q", "-b", "main"]);
    commit(at);
    folder
}

fn said(folder: &Path, arguments: &[&str]) -> Said {
    let state = tempfile::tempdir().unwrap();
    Said::of(jangpyo(folder, state.path()).args([&["access", "publish"], arguments].concat()))
}

/// The files that `who` may and may not publish between the commit and the folder, as `yes added x.yaml`.
fn judged(folder: &Path, who: &[&str]) -> Vec<String> {
    let said = said(folder, &[who, &["main", "--json"]].concat());
    let answer = said.json();
    let files = answer["files"].as_array().unwrap().iter();
    let told: Vec<String> = files
        .map(|file| {
            let word = if file["allowed"].as_bool().unwrap() { "yes" } else { "no" };
            format!("{word} {} {}", file["change"].as_str().unwrap(), file["file"].as_str().unwrap())
        })
        .collect();
    let all = told.iter().all(|line| line.starts_with("yes"));
    assert_eq!((answer["allowed"].as_bool(), said.code), (Some(all), Some(i32::from(!all))), "{said:?}");
    told
}

const FIN: &[&str] = &["fay@example.com", "--group", "fin"];
const SALES: &[&str] = &["sue@example.com", "--group", "sales"];

#[test]
fn each_file_that_differs_is_judged_by_the_rights_before_the_change() {
    let folder = repository();
    let at = folder.path();
    let same = said(at, &["sue@example.com", "main"]);
    assert_eq!((same.code, same.out.trim()), (Some(0), "nothing differs: there is nothing to publish"));
    // Changed, added and removed files; and a role that the author would like to have.
    write(at, "weekly.yaml", &report("finance"));
    write(at, "finance/new.yaml", &report("sales"));
    fs::remove_file(at.join("finance/margin.yaml")).unwrap();
    assert_eq!(
        judged(at, FIN),
        ["yes removed finance/margin.yaml", "yes added finance/new.yaml", "no changed weekly.yaml"]
    );
    assert_eq!(
        judged(at, SALES),
        ["no removed finance/margin.yaml", "no added finance/new.yaml", "yes changed weekly.yaml"]
    );
    let told = said(at, &[FIN, &["main"]].concat());
    assert_eq!(told.code, Some(1), "{told:?}");
    for line in [
        "yes  added    finance/new.yaml     group `fin` → finance → finance_publish (grants publish)\n",
        "no   changed  weekly.yaml          none of the roles held grants publish; no role does\n",
    ] {
        assert!(told.out.contains(line), "{}", told.out);
    }
    // Editing is not publishing.
    assert!(judged(at, &["ina@example.com"]).iter().all(|line| line.starts_with("no")));
}

#[test]
fn nobody_gives_themselves_the_right_in_the_same_change() {
    let folder = repository();
    let at = folder.path();
    write(
        at,
        "access.yaml",
        &ACCESS.replace("groups: [sales]", "groups: [sales], access: [finance_publish]"),
    );
    write(at, "finance/margin.yaml", &report("sales"));
    assert_eq!(judged(at, SALES), ["no changed access.yaml", "no changed finance/margin.yaml"]);
    assert_eq!(
        judged(at, &["sam@example.com"]),
        ["yes changed access.yaml", "yes changed finance/margin.yaml"]
    );
    // Two commits tell the same as a commit and the folder.
    git(at, &["checkout", "-q", "-b", "change"]);
    commit(at);
    let commits = said(at, &[SALES, &["main", "change"]].concat());
    assert!(commits.code == Some(1) && commits.out.contains("no   changed  access.yaml"), "{commits:?}");
    let own = said(at, &[SALES, &["change", "change"]].concat());
    assert_eq!(own.code, Some(0), "{own:?}");
    let wrong = said(at, &[SALES, &["no-such-revision"]].concat());
    assert!(wrong.code == Some(2) && wrong.err.contains("neither a folder nor a revision"), "{wrong:?}");
    // Without valid roles before the change nobody may.
    fs::write(at.join("access.yaml"), "kind: access\nowner: [").unwrap();
    commit(at);
    fs::write(at.join("access.yaml"), ACCESS).unwrap();
    let broken = said(at, &["sam@example.com", "HEAD"]);
    assert!(broken.code == Some(1) && broken.out.contains("no   changed  access.yaml"), "{broken:?}");
}

#[test]
fn files_in_disguise_are_seen() {
    let folder = repository();
    let at = folder.path();
    write(at, "LOUD.YAML", &report("sales"));
    write(at, ".hidden/report.yaml", &report("sales"));
    write(at, "logo.svg", "<svg/>");
    let mut expected = vec!["no added .hidden/report.yaml", "no added LOUD.YAML"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".hidden", at.join("link")).unwrap();
        expected.push("no added link");
    }
    expected.push("no added logo.svg");
    assert_eq!(judged(at, SALES), expected);
    git(at, &["checkout", "-q", "-b", "change"]);
    commit(at);
    let said = said(at, &[SALES, &["main", "change", "--json"]].concat());
    assert_eq!(said.json()["files"].as_array().unwrap().len(), expected.len(), "{said:?}");
}
