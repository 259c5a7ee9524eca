//! The rules of `src/ARCHITECTURE.md`, held against the source: which floor uses which, which library
//! stays where, and that every dependency has a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

const ARCHITECTURE: &str = include_str!("../../src/ARCHITECTURE.md");
const MANIFEST: &str = include_str!("../../Cargo.toml");

/// The rows of the table whose head begins with `first_head`, as cells; the head is the first.
fn table(first_head: &str) -> Vec<Vec<&'static str>> {
    let start = ARCHITECTURE.lines().skip_while(|line| !line.starts_with(&format!("| {first_head} |")));
    let rows: Vec<Vec<&str>> = start
        .take_while(|line| line.starts_with('|'))
        .filter(|line| !line.starts_with("| ---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 1, "ARCHITECTURE.md has no table `{first_head}`");
    rows
}

/// The names in back quotes.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The floors in the order of the table, each with those it may use.
fn floors() -> Vec<(&'static str, BTreeSet<&'static str>)> {
    let rows = table("floor");
    let everybody = names(rows[0][2]);
    let floor = |row: &Vec<&'static str>| {
        let own = if everybody.contains(&names(row[0])[0]) { Vec::new() } else { everybody.clone() };
        (names(row[0])[0], names(row[2]).into_iter().chain(own).collect())
    };
    rows[1..].iter().map(floor).collect()
}

/// A source file: its path below `src` with `/`, and its code without comments and tests.
struct File {
    path: String,
    code: String,
}

fn files() -> Vec<File> {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walk(&root, "", &mut files);
    // What only tests compile: `#[cfg(test)] mod name;`, as a file or a folder.
    let declared = Regex::new(r"#\[cfg\(test\)\]\s*(?:pub\([a-z: ]+\) )?mod (\w+);").unwrap();
    let mut tests = BTreeSet::new();
    for file in &files {
        let folder = file.path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
        for found in declared.captures_iter(&file.code) {
            tests.insert(format!("{folder}/{}.rs", &found[1]));
            tests.insert(format!("{folder}/{}/", &found[1]));
        }
    }
    files.retain(|file| !tests.iter().any(|test| file.path == *test || file.path.starts_with(test)));
    for file in &mut files {
        let inline = file.code.find("#[cfg(test)]\nmod ");
        let code = inline.map_or(file.code.as_str(), |start| &file.code[..start]);
        file.code = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .fold(String::new(), |text, line| text + line + "\n");
    }
    assert!(files.len() > 100, "only {} files were found", files.len());
    files
}

fn walk(folder: &Path, name: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{name}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            walk(&path, &format!("{name}/"), files);
        } else if name.ends_with(".rs") {
            files.push(File { code: std::fs::read_to_string(&path).unwrap(), path: name });
        }
    }
}

fn floor_of(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// Every floor that `code` names: `crate::floor…`, also inside braces.
fn used(code: &str) -> BTreeSet<String> {
    let path = Regex::new(r"(?:crate|jangpyo)::(\w+|\{[^;]*\})").unwrap();
    let mut floors = BTreeSet::new();
    for found in path.captures_iter(code) {
        match found[1].strip_prefix('{') {
            None => _ = floors.insert(found[1].to_owned()),
            Some(group) => {
                // Only the first name of each part, at the outermost level.
                let mut depth = 0;
                let flat: String = group
                    .chars()
                    .filter(|c| {
                        depth += i32::from(*c == '{') - i32::from(*c == '}');
                        depth == 0
                    })
                    .collect();
                let first = |part: &str| part.trim().split("::").next().unwrap_or_default().trim().to_owned();
                floors.extend(flat.split(',').map(first).filter(|name| !name.is_empty()));
            }
        }
    }
    floors
}

#[test]
fn every_floor_uses_only_what_the_table_allows() {
    let allowed: BTreeMap<_, _> = floors().into_iter().collect();
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files() {
        let floor = floor_of(&file.path);
        if ["lib", "main"].contains(&floor) {
            continue;
        }
        let rule = allowed.get(floor).unwrap_or_else(|| panic!("`{floor}` has no row in ARCHITECTURE.md"));
        for other in used(&file.code).into_iter().filter(|other| other != floor) {
            assert!(
                rule.contains(other.as_str()),
                "src/{} uses `{other}`; `{floor}` may use {rule:?}, says ARCHITECTURE.md",
                file.path
            );
            seen.entry(floor.to_owned()).or_default().insert(other);
        }
    }
    let everybody = names(table("floor")[0][2]);
    for (floor, rule) in allowed {
        let known = seen.remove(floor).unwrap_or_default();
        for other in rule.iter().filter(|other| !everybody.contains(other)) {
            assert!(known.contains(*other), "ARCHITECTURE.md lets `{floor}` use `{other}`, but it does not");
        }
    }
}

#[test]
fn floors_stand_on_the_floors_above_them_in_the_table() {
    let mut above = BTreeSet::new();
    for (floor, uses) in floors() {
        for other in uses {
            assert!(above.contains(other), "`{floor}` stands before `{other}`, which it uses");
        }
        above.insert(floor);
    }
}

#[test]
fn every_floor_of_the_crate_has_a_row() {
    let library = include_str!("../../src/lib.rs");
    let declared: BTreeSet<_> =
        library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let rows: BTreeSet<_> = floors().into_iter().map(|(floor, _)| floor).collect();
    assert_eq!(declared, rows);
}

#[test]
fn libraries_that_shape_code_stay_where_they_belong() {
    let files = files();
    for row in &table("what")[1..] {
        let (what, places) = (names(row[0])[0], names(row[1]));
        let end = if what.contains("::") { r"\b" } else { "(?:::|;| as )" };
        let mention = Regex::new(&format!(r"(?:^|[^\w:]){}{end}", regex::escape(what))).unwrap();
        for place in &places {
            let used = files.iter().any(|file| is_in(&file.path, place) && mention.is_match(&file.code));
            assert!(used, "ARCHITECTURE.md places `{what}` in `{place}`, which does not use it");
        }
        for file in &files {
            assert!(
                !mention.is_match(&file.code) || places.iter().any(|place| is_in(&file.path, place)),
                "src/{} uses `{what}`, which belongs into {places:?}, says ARCHITECTURE.md",
                file.path
            );
        }
    }
}

/// `render/canvas` is the folder and the file of that name.
fn is_in(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

#[test]
fn every_dependency_has_a_reason() {
    let section = |name: &str| -> BTreeSet<&str> {
        let start = MANIFEST.lines().skip_while(|line| *line != format!("[{name}]")).skip(1);
        let lines = start.take_while(|line| !line.starts_with('['));
        lines.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim()).collect()
    };
    let reasons: BTreeSet<&str> = table("crate")[1..].iter().map(|row| names(row[0])[0]).collect();
    let dependencies = section("dependencies");
    assert!(dependencies.len() > 20, "{dependencies:?}");
    assert_eq!(dependencies, reasons, "Cargo.toml, and the table of ARCHITECTURE.md");
    let start = ARCHITECTURE.find("For tests only:").unwrap();
    let paragraph = ARCHITECTURE[start..].split("\n\n").next().unwrap_or_default();
    let for_tests: BTreeSet<&str> = names(paragraph).into_iter().collect();
    let declared =
        section("dev-dependencies").into_iter().filter(|name| !dependencies.contains(name)).collect();
    assert_eq!(for_tests, declared, "dev-dependencies in ARCHITECTURE.md, and in Cargo.toml");
}

/// Who reads without a restriction, and why nobody sees more by it. A new one belongs here only with such a reason.
const UNRESTRICTED: [(&str, &str, &str); 10] = [
    ("access/standing.rs", "Unrestricted::Check", "what rules and masks are put into before anybody gets it"),
    ("access/standing.rs", "Unrestricted::Operator", "whoever has the machine has the data"),
    (
        "access/viewer.rs",
        "Self::operator()",
        "a document that the operator made, made again at the command line",
    ),
    ("app/data_check.rs", "Unrestricted::Check", "`check` tells types and problems, no values"),
    ("app/estimates.rs", "Viewer::operator()", "an estimate asks nothing: it tells sizes"),
    ("cli/arguments.rs", "Viewer::operator()", "without `--as`, whoever is at the command line"),
    ("engine/datasets.rs", "Unrestricted::Check", "the types of fields, for which no rows are read"),
    (
        "engine/memory.rs",
        "Unrestricted::Slices",
        "rows for slices; the question of each has its own restriction",
    ),
    (
        "runs/evaluate/standing.rs",
        "Unrestricted::Attributes",
        "what decides what a person sees, by their own name",
    ),
    ("web/visitor.rs", "Viewer::operator()", "a server without a login, which listens on loopback alone"),
];

#[test]
fn who_reads_without_a_restriction_is_on_the_list() {
    let made =
        Regex::new(r"Unrestricted::\w+|Restriction::none\(|Viewer::operator\(\)|Self::operator\(\)").unwrap();
    let mut found = Vec::new();
    for file in files() {
        let all: Vec<&str> = made.find_iter(&file.code).map(|found| found.as_str()).collect();
        let reasons = all.iter().filter(|text| text.starts_with("Unrestricted::")).count();
        // A reason that is passed along in a variable would be on no list.
        assert_eq!(
            all.iter().filter(|text| **text == "Restriction::none(").count(),
            reasons,
            "src/{}",
            file.path
        );
        let named = all.into_iter().filter(|text| *text != "Restriction::none(");
        found.extend(named.map(|text| (file.path.clone(), text.to_owned())));
    }
    found.sort();
    let listed = UNRESTRICTED.iter();
    let listed: Vec<_> = listed.map(|(path, text, _)| ((*path).to_owned(), (*text).to_owned())).collect();
    assert_eq!(found, listed, "src, and the list of who reads without a restriction");
}

#[test]
fn grouped_imports_are_read_too() {
    let found =
        used("use crate::{access::Viewer, engine::{Ask, query}, table};\nlet x = crate::web::serve();");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["access", "engine", "table", "web"]);
}

#[test]
fn every_file_that_the_document_names_exists() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = Regex::new(r"`([a-z_]+/[a-z_/]*(?:\w+\.(?:rs|html|md))?)`").unwrap();
    let mut named = 0;
    for found in path.captures_iter(ARCHITECTURE) {
        let name = &found[1];
        named += 1;
        let exists = source.join("src").join(name).exists() || source.join(name).exists();
        assert!(exists, "ARCHITECTURE.md names `{name}`, which is not there");
    }
    assert!(named > 20, "only {named} paths were found");
}

#[test]
fn the_readme_tells_every_setting_and_no_other() {
    let variable = Regex::new(r"JANGPYO_[A-Z_]*[A-Z]").unwrap();
    let told: BTreeSet<String> =
        variable.find_iter(include_str!("../../README.md")).map(|found| found.as_str().to_owned()).collect();
    let mut read = BTreeSet::new();
    let quoted = Regex::new(r#""(JANGPYO_[A-Z_]*[A-Z])""#).unwrap();
    for file in files() {
        read.extend(quoted.captures_iter(&file.code).map(|found| found[1].to_owned()));
    }
    assert!(read.len() > 20, "{read:?}");
    assert_eq!(told, read, "README.md, and the source");
}
