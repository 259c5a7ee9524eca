//! `jangpyo verify` on files that were made, changed afterwards, and made by others.

use std::path::{Path, PathBuf};

use crate::support::binary::{Said, jangpyo};
use crate::support::workspace::TestWorkspace;

const NOW: &str = "2026-11-02T08:00:00+09:00";

/// A workspace with a state folder and a place for files.
struct Office {
    workspace: TestWorkspace,
    state: tempfile::TempDir,
    files: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let (state, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        Self { workspace: TestWorkspace::sample(), state, files }
    }

    fn say(&self, arguments: &[&str]) -> Said {
        Said::of(jangpyo(&self.workspace.dir(), self.state.path()).args(arguments))
    }

    fn render(&self, report: &str, more: &[&str]) -> PathBuf {
        let path = self.files.path().join(format!("{report}.pdf"));
        let mut arguments = vec!["render", report, "--now", NOW, "-o", path.to_str().unwrap()];
        arguments.extend(more);
        let said = self.say(&arguments);
        assert_eq!(said.code, Some(0), "{said:?}");
        path
    }

    /// Performs a run that sends nothing; gives its id and its PDF.
    fn run(&self) -> (String, PathBuf) {
        let said = self.say(&["run", "weekly-sales/monday", "--at", NOW, "--dry-run", "--json"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let run = said.json();
        let id = run["run"]["id"].as_str().unwrap().to_owned();
        let name = run["artefacts"][0]["file_name"].as_str().unwrap();
        let path = self.state.path().join("artefacts").join(&id).join(name);
        (id, path)
    }

    fn verify(&self, file: &Path, more: &[&str]) -> (Said, serde_json::Value) {
        let mut arguments = vec!["verify", file.to_str().unwrap(), "--format", "json"];
        arguments.extend(more);
        let said = self.say(&arguments);
        let json = said.json();
        (said, json)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// A copy of a file in which two glyphs of the first longer text of the last page have changed places.
    fn altered(&self, file: &Path) -> PathBuf {
        let mut tree = lopdf::Document::load(file).unwrap();
        let page = tree.page_iter().last().unwrap();
        let content = tree.get_page_content(page);
        let mut content = lopdf::content::Content::decode(&content).unwrap();
        let operands = content.operations.iter_mut().flat_map(|operation| &mut operation.operands);
        assert!(operands.into_iter().any(swap_glyphs), "no text was found");
        tree.change_page_content(page, content.encode().unwrap()).unwrap();
        let path = self.files.path().join("altered.pdf");
        tree.save(&path).unwrap();
        path
    }
}

fn swap_glyphs(operand: &mut lopdf::Object) -> bool {
    match operand {
        lopdf::Object::String(glyphs, _) if glyphs.len() >= 8 && glyphs[..2] != glyphs[2..4] => {
            glyphs[..4].rotate_left(2);
            true
        }
        lopdf::Object::Array(parts) => parts.iter_mut().any(swap_glyphs),
        _ => false,
    }
}

/// What the two say of a file: the store, and a rendering.
fn witnesses(json: &serde_json::Value) -> (Option<&str>, Option<&str>, &str) {
    let verdict = json["verdict"].as_str().unwrap();
    (json["store"]["state"].as_str(), json["rerendered"]["outcome"].as_str(), verdict)
}

#[test]
fn a_rendered_file_tells_its_origin_and_is_confirmed_by_a_rendering() {
    let office = Office::new();
    let file = office.render("weekly-sales", &["--locale", "en", "-p", "country=KR", "-p", "country=HK"]);
    let (said, json) = office.verify(&file, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("reproduced"), "confirmed"), "{said:?}");
    assert_eq!(said.code, Some(0));
    let proof = &json["proof"];
    assert_eq!(proof["report"], "weekly-sales");
    assert_eq!(proof["parameters"], serde_json::json!({"country": ["KR", "HK"]}));
    assert_eq!((&proof["locale"], &proof["time_zone"]), (&"en".into(), &"Asia/Seoul".into()));
    assert_eq!(proof["evaluated_at"], "2026-11-01T23:00:00Z");
    assert_eq!((proof["viewer"].as_str(), proof["run"].as_str()), (Some("local"), None));
    assert_eq!(proof["digest"].as_str().unwrap().len(), 64);
    assert_eq!(proof["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["sales"]);
    assert_eq!(json["rerendered"]["differing_pages"], 0);

    let text = office.say(&["verify", file.to_str().unwrap(), "--rerender"]);
    assert_eq!(text.code, Some(0), "{text:?}");
    for expected in
        ["weekly-sales", "country=KR country=HK", "2026-11-02T08:00:00+09:00", "same bytes", "CONFIRMED"]
    {
        assert!(text.out.contains(expected), "{expected}: {text:?}");
    }
    let (said, json) = office.verify(&file, &[]);
    assert_eq!(witnesses(&json), (None, None, "not_confirmed"), "nobody was asked");
    assert_eq!(said.code, Some(1), "what nobody confirms does not pass");
    assert!(!office.state.path().join("jangpyo.sqlite").exists(), "looking makes no store");
}

#[test]
fn links_to_a_server_are_no_alteration_for_who_verifies_elsewhere() {
    let office = Office::new();
    let path = office.files.path().join("linked.pdf");
    let mut command = jangpyo(&office.workspace.dir(), office.state.path());
    command.args(["render", "store-results", "--now", NOW, "-o", path.to_str().unwrap()]);
    let said = Said::of(command.env("JANGPYO_BASE_URL", "https://bi.example/reports"));
    assert_eq!(said.code, Some(0), "{said:?}");
    let (said, json) = office.verify(&path, &["--rerender"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(witnesses(&json).1, Some("reproduced"), "{json}");
}

#[test]
fn the_digest_stands_at_the_foot_of_every_sheet() {
    let office = Office::new();
    let file = office.render("weekly-sales", &[]);
    let (_, json) = office.verify(&file, &[]);
    let digest = &json["proof"]["digest"].as_str().unwrap()[..12];
    let pdf = crate::support::pdf::Pdf::new(&std::fs::read(&file).unwrap());
    assert_eq!(pdf.text().matches(digest).count(), pdf.pages(), "{digest}: {}", pdf.text());
}

#[test]
fn a_changed_figure_is_found_without_a_store_and_with_one() {
    let office = Office::new();
    let altered = office.altered(&office.render("weekly-sales", &[]));
    let (said, json) = office.verify(&altered, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("altered"), "differs"), "{said:?}");
    assert_eq!(said.code, Some(1));
    let found = &json["rerendered"];
    assert_eq!((found["same_content"].as_bool(), found["differing_pages"].as_u64()), (Some(true), Some(1)));
    let difference = &found["differences"][0];
    assert_eq!(difference["page"], json["pages"], "the last page");
    assert_ne!(difference["file"], difference["now"], "{difference}");
    assert!(difference["file"].is_string(), "the words are quoted: {difference}");

    let (id, made) = office.run();
    let altered = office.altered(&made);
    let (said, json) = office.verify(&altered, &[]);
    assert_eq!(witnesses(&json), (Some("differs"), None, "differs"), "{said:?}");
    assert_eq!((said.code, json["store"]["run"].as_str()), (Some(1), Some(id.as_str())));
    let text = office.say(&["verify", altered.to_str().unwrap()]);
    assert!(text.out.contains(&format!("differs from what run {id} produced")), "{text:?}");
}

#[test]
fn a_runs_file_is_confirmed_by_its_store_and_unknown_to_others() {
    let office = Office::new();
    let (id, made) = office.run();
    let (said, json) = office.verify(&made, &["--rerender"]);
    assert_eq!(witnesses(&json), (Some("produced"), Some("reproduced"), "confirmed"), "{said:?}");
    assert_eq!((said.code, json["proof"]["run"].as_str()), (Some(0), Some(id.as_str())));
    assert_eq!(json["proof"]["viewer"], "schedule:weekly-sales/monday");
    let text = office.say(&["verify", made.to_str().unwrap()]);
    assert!(text.out.contains(&format!("is what run {id} produced")), "{text:?}");

    // The store's word holds when the data have gone on.
    office.say(&["sample", "--seed", "7"]);
    let (said, json) = office.verify(&made, &["--rerender"]);
    assert_eq!(witnesses(&json), (Some("produced"), Some("not_comparable"), "confirmed"), "{said:?}");
    assert_eq!(said.code, Some(0));

    let stranger = Office::new();
    assert_eq!(witnesses(&stranger.verify(&made, &[]).1), (None, None, "not_confirmed"));
    stranger.run();
    let (said, json) = stranger.verify(&made, &[]);
    assert_eq!(witnesses(&json), (Some("run_unknown"), None, "not_confirmed"), "{said:?}");
    assert_eq!(said.code, Some(1));
    let by_hand = office.render("weekly-sales", &[]);
    assert_eq!(witnesses(&office.verify(&by_hand, &[]).1), (Some("no_run"), None, "not_confirmed"));
}

#[test]
fn changed_data_are_named() {
    let office = Office::new();
    let file = office.render("weekly-sales", &[]);
    let sample = office.say(&["sample", "--seed", "7"]);
    assert_eq!(sample.code, Some(0), "{sample:?}");
    let (said, json) = office.verify(&file, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("not_comparable"), "not_confirmed"), "{said:?}");
    let found = &json["rerendered"];
    assert_eq!((said.code, found["data"][0]["what"].as_str()), (Some(1), Some("sales")));
    assert_ne!(found["data"][0]["then"], found["data"][0]["now"]);
    assert_eq!((&found["definition"], &found["same_content"]), (&serde_json::Value::Null, &false.into()));
    let text = office.say(&["verify", file.to_str().unwrap(), "--rerender"]);
    assert!(text.out.contains("the data of sales have changed"), "{text:?}");
}

#[test]
fn changed_definitions_are_told_and_others_reports_do_not_matter() {
    let office = Office::new();
    let file = office.render("weekly-sales", &[]);
    office.workspace.replace("merchandising.yaml", "owner: ", "owner: other_");
    let (said, json) = office.verify(&file, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("reproduced"), "confirmed"), "{said:?}");
    assert!(json["rerendered"]["definition"].is_object(), "it is said all the same: {json}");

    office.workspace.replace("weekly-sales.yaml", "매장 순위 (상위 10)", "매장 순위");
    let (said, json) = office.verify(&file, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("not_comparable"), "not_confirmed"), "{said:?}");
    assert_eq!(json["rerendered"]["data"], serde_json::json!([]));
    let text = office.say(&["verify", file.to_str().unwrap(), "--rerender"]);
    assert_eq!(text.code, Some(1));
    assert!(text.out.contains("the definitions have changed"), "{text:?}");

    std::fs::remove_file(office.workspace.dir().join("weekly-sales.yaml")).unwrap();
    let gone = office.say(&["verify", file.to_str().unwrap(), "--rerender"]);
    assert!(gone.code == Some(1) && gone.err.contains("there is no report `weekly-sales`"), "{gone:?}");
}

#[test]
fn archive_and_accessible_files_carry_their_proof_too() {
    let office = Office::new();
    let print = "print:\n  archive: pdf-a-2b\n  accessible: pdf-ua-1";
    office.workspace.replace("weekly-sales.yaml", "print:", print);
    let file = office.render("weekly-sales", &[]);
    let (said, json) = office.verify(&file, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("reproduced"), "confirmed"), "{said:?}");
    let altered = office.altered(&file);
    let (said, json) = office.verify(&altered, &["--rerender"]);
    assert_eq!(witnesses(&json), (None, Some("altered"), "differs"), "{said:?}");
    assert_eq!(json["rerendered"]["differing_pages"], 1);
    let (_, made) = office.run();
    assert_eq!(witnesses(&office.verify(&made, &[]).1), (Some("produced"), None, "confirmed"));
}

#[test]
fn files_that_are_no_sheets_are_refused_in_words() {
    use std::io::Read;

    let office = Office::new();
    let made = std::fs::read(office.render("weekly-sales", &[])).unwrap();
    let mut noise = vec![0; 100_000];
    std::fs::File::open("/dev/urandom").unwrap().read_exact(&mut noise).unwrap();
    let with_header = |bytes: &[u8]| [b"%PDF-1.7\n", bytes].concat();
    let mut other = lopdf::Document::load_mem(&made).unwrap();
    let info = other.trailer.get(b"Info").unwrap().as_reference().unwrap();
    let info = other.get_object_mut(info).unwrap().as_dict_mut().unwrap();
    info.remove(b"JangpyoProof");
    info.set("Producer", lopdf::text_string("한글\u{1b}[31m 2024"));
    let mut by_others = Vec::new();
    other.save_to(&mut by_others).unwrap();
    let info = other.trailer.get(b"Info").unwrap().as_reference().unwrap();
    let info = other.get_object_mut(info).unwrap().as_dict_mut().unwrap();
    info.set("JangpyoProof", lopdf::text_string("{\"version\":1,\"report\":7}"));
    let mut forged = Vec::new();
    other.save_to(&mut forged).unwrap();
    for (name, bytes, expected) in [
        ("empty", Vec::new(), "it is no PDF"),
        ("words", "매출 보고서".repeat(1_000).into_bytes(), "it is no PDF"),
        ("noise", noise.clone(), "it is no PDF"),
        ("noise-with-header", with_header(&noise), "damaged or cut off"),
        ("nested", with_header(&b"[<<".repeat(200_000)), "damaged or cut off"),
        ("header", with_header(b""), "damaged or cut off"),
        ("half", made[..made.len() / 2].to_vec(), "cannot be verified"),
        ("without-end", made[..made.len() - 40].to_vec(), "cannot be verified"),
        ("by-others", by_others, "made by 한글[31m 2024"),
        ("forged", forged, "the proof in the file is damaged"),
    ] {
        let path = office.write(&format!("{name}.pdf"), &bytes);
        let said = office.say(&["verify", path.to_str().unwrap(), "--rerender"]);
        assert!(said.code == Some(1) && said.err.contains(expected), "{name}: {said:?}");
        assert!(said.out.is_empty() && !said.err.contains("panicked"), "{name}: {said:?}");
    }
    let missing = office.say(&["verify", "no/such/file.pdf"]);
    assert!(missing.code == Some(2) && missing.err.contains("no/such/file.pdf"), "{missing:?}");
}
