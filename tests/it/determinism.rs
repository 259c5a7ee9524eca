//! The same question gives the same bytes: in any process, with any number of threads, in any order.

use std::collections::BTreeMap;
use std::path::Path;

use jangpyo::format::Locale;
use jangpyo::render::csv::{self, ByteOrderMark};
use jangpyo::render::document::{Conformance, Content, Document};
use jangpyo::render::{html, pdf::pdf, workbook::workbook};
use sha2::{Digest, Sha256};

use crate::support::binary::{Said, jangpyo};
use crate::support::workspace::TestWorkspace;

/// Tables, pivots, text, every chart type, a theme, approval boxes, a logo, both PDF writers.
const REPORTS: [&str; 6] =
    ["monthly-sales", "profit-and-loss", "store-results", "year-on-year", "inventory-status", "gallery"];

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// Every file that can be made of a document, by its kind.
fn files(document: &Document) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (name, archive, accessible) in
        [("plain", false, false), ("archive", true, false), ("both", true, true)]
    {
        let document = Document { conformance: Conformance { archive, accessible }, ..document.clone() };
        files.insert(format!("{name}.pdf"), digest(&pdf(&document).unwrap().bytes));
    }
    files.insert("html".into(), digest(html::page(document).unwrap().as_bytes()));
    files.insert("xlsx".into(), digest(&workbook(document).unwrap()));
    for block in document.blocks() {
        if let Ok(content @ (Content::Table(_) | Content::Chart(_))) = &block.content
            && let Some(bytes) = csv::of_content(content, document.locale, ByteOrderMark::Absent)
        {
            files.insert(format!("{}.csv", block.id), digest(&bytes));
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threads_that_draw_at_once_in_another_order_give_the_same_bytes() {
    let workspace = TestWorkspace::sample();
    let mut documents = Vec::new();
    for report in REPORTS {
        documents.push(workspace.document(report, Locale::Ko).await);
    }
    let one_by_one: Vec<_> = documents.iter().map(files).collect();
    let at_once: Vec<_> = std::thread::scope(|scope| {
        let backwards: Vec<_> =
            documents.iter().rev().map(|document| scope.spawn(move || files(document))).collect();
        backwards.into_iter().rev().map(|thread| thread.join().unwrap()).collect()
    });
    for ((report, first), second) in REPORTS.iter().zip(&one_by_one).zip(&at_once) {
        assert!(first.len() >= 6, "{report}: {first:?}");
        assert_eq!(first, second, "{report}");
    }
    // Evaluated again, by an engine that has kept nothing.
    let again = workspace.document(REPORTS[5], Locale::Ko).await;
    assert_eq!(files(&again), one_by_one[5]);
}

#[test]
fn processes_with_other_numbers_of_threads_give_the_same_bytes() {
    let workspace = TestWorkspace::sample();
    let made = |report: &str, format: &str, threads: &str, folder: &Path| {
        let file = folder.join(format!("{report}-{threads}.{format}"));
        let mut command = jangpyo(&workspace.dir(), folder);
        command
            .args(["render", report, "--now", "2026-11-02T08:00:00+09:00", "--locale", "ko", "-o"])
            .arg(&file);
        command.env("JANGPYO_QUERY_THREADS", threads).env("TOKIO_WORKER_THREADS", threads).env("TZ", threads);
        let said = Said::of(&mut command);
        assert_eq!(said.code, Some(0), "{said:?}");
        digest(&std::fs::read(file).unwrap())
    };
    let folder = tempfile::tempdir().unwrap();
    for (report, format) in
        [("store-results", "pdf"), ("monthly-sales", "pdf"), ("year-on-year", "xlsx"), ("gallery", "pdf")]
    {
        let one = made(report, format, "1", folder.path());
        assert_eq!(one, made(report, format, "3", folder.path()), "{report}.{format}");
    }
}
