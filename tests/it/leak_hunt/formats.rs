//! Everything that is written of a document: workbooks, sheets, mails; and where its links lead.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Cursor;

use calamine::{Reader as _, Xlsx};
use jangpyo::access::Viewer;
use jangpyo::render::document::{Document, Provenance};
use jangpyo::render::mail::{MailOptions, mail};
use jangpyo::render::{html, pdf, workbook};
use jangpyo::runs::evaluate::{Evaluator, Question};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::others::Others;
use super::reports::{self, Dice};
use super::{Oracle, PANELS, QUESTIONS_EACH, Scene, everything, question, reports_to_hunt};
use crate::support::pdf::Pdf;

/// Every cell of every sheet that has something.
pub(super) fn cells(bytes: &[u8]) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let mut text = String::new();
    for (name, range) in book.worksheets() {
        for (row, column, value) in range.used_cells() {
            writeln!(text, "{name} {row} {column} {value}").unwrap();
        }
    }
    text
}

/// What of a document is of its numbers: where it comes from and the ids of errors are its own each time.
fn bare(mut document: Document) -> Document {
    document.proof = String::new();
    document.provenance = Provenance::default();
    for block in document.pages.iter_mut().flat_map(|page| page.rows.iter_mut().flatten()) {
        if let Err(failure) = &mut block.content {
            failure.error_id = String::new();
        }
    }
    document
}

/// A document in every format; as a PDF, which takes its time, where `with_pdf` says so.
async fn files(evaluator: &Evaluator, question: Question, with_pdf: bool) -> Vec<(&'static str, String)> {
    let prepared = match evaluator.prepare(question).await {
        Ok(prepared) => prepared,
        Err(error) => return vec![("refusal", error.to_string())],
    };
    let document = bare(evaluator.document(&prepared).await);
    let show = document.blocks().map(|block| block.id.clone()).collect();
    let options =
        MailOptions { show: Some(show), message: Some(document.subtitle.clone()), ..MailOptions::default() };
    let body = mail(&document, &options).unwrap();
    let pictures = body.images.iter().map(|image| format!("{} {:x}", image.cid, Sha256::digest(&image.png)));
    let mut files = vec![
        ("workbook", cells(&workbook::workbook(&document).unwrap())),
        ("sheets as HTML", html::page(&document).unwrap()),
        ("mail as HTML", body.html.clone()),
        ("mail as text", body.text.clone()),
        ("pictures of the mail", pictures.collect::<Vec<_>>().join("\n")),
    ];
    if with_pdf {
        files.push(("PDF", Pdf::new(&pdf::pdf(&document).unwrap().bytes).text()));
    }
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_other_rows_comes_out_in_any_format() {
    let count = reports_to_hunt().div_ceil(6);
    let mut dice = Dice::new(7);
    let reports: Vec<String> = (0..count).map(|_| reports::report(&mut dice, PANELS)).collect();
    let scene = Scene::new(None, &reports).await;
    let (mut attempts, mut own): (usize, BTreeMap<&str, usize>) = (0, BTreeMap::new());
    for report in 0..count {
        for time in 0..QUESTIONS_EACH {
            let id = format!("hunt-{report}");
            // First what is shown to everybody, then what somebody who probes would choose.
            let parameters = if time == 0 { BTreeMap::new() } else { reports::parameters(&mut dice) };
            let with_pdf = time == 0;
            let ask =
                |evaluator, viewer| files(evaluator, question(&id, viewer, parameters.clone()), with_pdf);
            // What is seen without any rule must be taken for a leak, or nothing is held against anything.
            let everything = Box::pin(ask(&scene.shared, Viewer::operator())).await;
            for Oracle { subject, evaluator, .. } in &scene.oracles {
                let others = Others::of(subject.keeps);
                let seen = Box::pin(ask(&scene.shared, subject.viewer.clone())).await;
                let expected = Box::pin(ask(evaluator, Viewer::operator())).await;
                assert_eq!(seen.len(), expected.len(), "{}: {id} {parameters:?}", subject.name);
                assert!(
                    time > 0 || everything != expected,
                    "{}: {id} shows everybody the same",
                    subject.name
                );
                for ((format, seen), (_, expected)) in seen.iter().zip(&expected) {
                    let what = format!("{}: {format} of {id} with {parameters:?}", subject.name);
                    assert_eq!(seen, expected, "{what}");
                    let told = others.told(seen, &format!("{parameters:?}"));
                    assert!(told.is_empty(), "{what} tells {told:?}");
                    attempts += 1;
                    *own.entry(*format).or_default() += usize::from(others.tells_own(seen));
                }
            }
        }
    }
    println!("{attempts} files, 0 leaks; with something of the viewer's own: {own:?}");
    for format in ["workbook", "sheets as HTML", "mail as HTML", "PDF"] {
        let told = own.get(format).copied().unwrap_or_default();
        assert!(told >= count, "{format} shows next to nothing: {own:?}");
    }
}

/// The addresses within the server that stand anywhere in what is shown.
fn links(shown: &Value, found: &mut Vec<String>) {
    match shown {
        Value::String(text) if text.starts_with("/reports/") => found.push(text.clone()),
        Value::Array(parts) => parts.iter().for_each(|part| links(part, found)),
        Value::Object(parts) => parts.values().for_each(|part| links(part, found)),
        _ => {}
    }
}

/// The report of an address, and what it is asked with.
fn target(link: &str) -> (String, BTreeMap<String, Vec<String>>) {
    let link = url::Url::parse("http://server/").unwrap().join(link).unwrap();
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in link.query_pairs() {
        parameters.entry(name.into_owned()).or_default().push(value.into_owned());
    }
    (link.path().trim_start_matches("/reports/").to_owned(), parameters)
}

/// A link that somebody else has sent along leads to one's own rows, as do one's own links.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_link_leads_to_other_rows() {
    let mut dice = Dice::new(9);
    let reports: Vec<String> = (0..reports_to_hunt()).map(|_| reports::report(&mut dice, 3)).collect();
    let scene = Scene::new(None, &reports).await;
    let mut all = Vec::new();
    for report in 0..reports.len() {
        let asked = question(&format!("hunt-{report}"), Viewer::operator(), BTreeMap::new());
        let mut found = Vec::new();
        everything(&scene.shared, asked).await.iter().for_each(|(_, shown)| links(shown, &mut found));
        found.sort();
        found.dedup();
        // Some of each report are enough.
        all.extend((0..2.min(found.len())).map(|_| found.swap_remove(dice.below(found.len()))));
    }
    all.sort();
    all.dedup();
    assert!(all.len() >= 4, "{all:?}");
    let mut attempts = 0;
    for link in &all {
        let (report, parameters) = target(link);
        for Oracle { subject, evaluator, .. } in &scene.oracles {
            let ask =
                |evaluator, viewer| everything(evaluator, question(&report, viewer, parameters.clone()));
            let seen = Box::pin(ask(&scene.shared, subject.viewer.clone())).await;
            let expected = Box::pin(ask(evaluator, Viewer::operator())).await;
            assert_eq!(seen, expected, "{} at {link}", subject.name);
            let told = Others::of(subject.keeps).told(&format!("{seen:?}"), &format!("{parameters:?}"));
            assert!(told.is_empty(), "{} at {link}: {told:?}", subject.name);
            attempts += seen.len();
        }
    }
    println!("{attempts} answers behind {} links, 0 leaks", all.len());
}
