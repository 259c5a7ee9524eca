//! What the server shows of a workspace: every page, drawing and file, held against what must not be there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::hostile_input::checks::markup;
use crate::hostile_input::payloads::PROBE;
use crate::hostile_input::stored::computed;
use crate::support::binary::{Page, Server};
use crate::support::mail::Mail;
use crate::support::python;

pub(super) struct Fetched {
    server: Server,
    files: tempfile::TempDir,
    counts: BTreeMap<String, usize>,
    /// How many of each kind showed a payload.
    shown: BTreeMap<String, usize>,
    complaints: Vec<String>,
}

impl Fetched {
    pub(super) fn new(server: Server) -> Self {
        let files = tempfile::tempdir().unwrap();
        Self { server, files, counts: BTreeMap::new(), shown: BTreeMap::new(), complaints: Vec::new() }
    }

    /// The pages that belong to no report; answers with the reports there are.
    pub(super) async fn pages(&mut self) -> Vec<String> {
        for path in [
            "/problems",
            "/runs",
            "/schedules",
            "/reports/hostile/schedules/monday",
            "/themes/hanbit/style.css",
            "/nowhere",
        ] {
            self.fetch(path).await;
        }
        let list = self.fetch("/?lang=en").await;
        let mut reports: Vec<String> = links(&list.text(), "/reports/");
        reports.retain(|id| !id.contains('.'));
        assert!(reports.len() > 8, "{reports:?}");
        reports
    }

    /// A report: its dashboard with all panels; of the one with hostile data in every language, with its files
    /// and everything that its panels are shown as.
    pub(super) async fn report(&mut self, report: &str) {
        let page = self.fetch(&format!("/reports/{report}?lang=en&complete=1")).await;
        if report != "hostile" {
            return;
        }
        for lang in ["ko", "zh-HK"] {
            self.fetch(&format!("/reports/{report}?lang={lang}")).await;
        }
        let chosen = "words=%22%3E%3Cxssprobe%3E&name=%22%3E%3Cxssprobe%3E&one=%3Cxssprobe%3E";
        self.fetch(&format!("/reports/{report}?lang=en&{chosen}")).await;
        for ending in ["pdf", "xlsx"] {
            self.fetch(&format!("/reports/{report}.{ending}?lang=en")).await;
        }
        for answer in ["", "/data"] {
            self.fetch(&format!("/api/v1/reports/{report}{answer}?lang=en")).await;
        }
        for panel in links(&page.text(), &format!("/reports/{report}/panels/")) {
            for ending in ["?page=1&lang=en", ".svg", ".csv", ".xlsx"] {
                let page = self.fetch(&format!("/reports/{report}/panels/{panel}{ending}")).await;
                // Text panels have no numbers, tables and key numbers no drawing of their own.
                assert!([200, 404].contains(&page.status), "{panel}{ending}: {}", page.text());
            }
        }
    }

    async fn fetch(&mut self, path: &str) -> Page {
        let page = self.server.get(path).await;
        assert!(page.status < 500, "{path}: {} {}", page.status, page.text());
        let kind = page.header("content-type").split(';').next().unwrap_or_default().to_owned();
        *self.counts.entry(kind.clone()).or_default() += 1;
        let text = page.text();
        if text.contains(PROBE) {
            *self.shown.entry(kind.clone()).or_default() += 1;
        }
        let complaint = match kind.as_str() {
            "text/html" => markup(&text),
            "image/svg+xml" => usvg::roxmltree::Document::parse(&text)
                .map_err(|error| error.to_string())
                .err()
                .or_else(|| markup(&text)),
            "text/csv" => Some(format!("{:?}", computed(&page.body))).filter(|cells| cells != "[]"),
            "application/pdf" | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
                let name = self.counts.values().sum::<usize>().to_string();
                std::fs::write(self.files.path().join(name), &page.body).unwrap();
                None
            }
            _ => None,
        };
        self.complaints.extend(complaint.map(|complaint| format!("{path}: {complaint}")));
        let name = page.header("content-disposition");
        if name.contains(['<', '>', '\r', '\n']) || name.matches('"').count() % 2 != 0 {
            self.complaints.push(format!("{path}: is called {name}"));
        }
        page
    }

    /// A mail: its body, and the files that come with it. Mail programs need styles beside the tags.
    pub(super) fn mail(&mut self, mail: &Mail) {
        let html = mail.text_of("html");
        assert!(html.contains(PROBE), "the mail shows nothing of it");
        let wrong = markup(&html.replace(" style=\"", " title=\""));
        self.complaints.extend(wrong.map(|complaint| format!("mail: {complaint}")));
        for (n, file) in mail.attachments().iter().enumerate() {
            std::fs::write(self.files.path().join(format!("mail-{n}")), file.bytes()).unwrap();
            let name = file.name.as_deref().unwrap_or_default();
            if name.contains(['<', '>', '"', '/', '\\']) || name.contains(char::is_control) {
                self.complaints.push(format!("mail: a file is called {name:?}"));
            }
        }
    }

    pub(super) fn tell(&self) {
        println!("answers {:?}, of which show a payload {:?}", self.counts, self.shown);
        for kind in ["text/html", "image/svg+xml", "text/csv", "application/json"] {
            assert!(self.shown.get(kind).is_some_and(|times| *times > 1), "{kind}: {:?}", self.shown);
        }
    }

    pub(super) fn assert_clean(mut self) {
        self.complaints.extend(read_files(self.files.path()));
        assert!(
            self.complaints.is_empty(),
            "{} complaints\n{}",
            self.complaints.len(),
            self.complaints.join("\n")
        );
    }
}

/// What independent readers find in PDFs and workbooks that would run or compute.
fn read_files(folder: &Path) -> Vec<String> {
    let read = Command::new(python::interpreter())
        .arg(python::script("inert_files.py"))
        .arg(folder)
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let told: serde_json::Value = serde_json::from_slice(&read.stdout).unwrap();
    println!("{} PDFs, {} workbooks with payloads", told["pdfs"], told["workbooks"]);
    assert!(told["pdfs"].as_u64() > Some(1) && told["workbooks"].as_u64() > Some(5), "{told}");
    serde_json::from_value(told["complaints"].clone()).unwrap()
}

/// What stands behind `start` in the addresses of a page, up to the next slash or question mark.
fn links(page: &str, start: &str) -> Vec<String> {
    let ends = |c: char| matches!(c, '"' | '?' | '/' | '&' | '#' | '.');
    let ids = page.split(start).skip(1).filter_map(|rest| rest.split(ends).next());
    let ids: std::collections::BTreeSet<&str> = ids.filter(|id| !id.is_empty()).collect();
    ids.into_iter().map(str::to_owned).collect()
}
