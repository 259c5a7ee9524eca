//! A logo of the workspace, from its file to every format; who made a report, on screen.

use jangpyo::definitions::model::ReportId;
use jangpyo::format::Locale;
use jangpyo::render::document::Conformance;
use jangpyo::render::html;
use jangpyo::render::pdf::pdf;

use crate::support::binary::Server;
use crate::support::pdf::Pdf;
use crate::support::workspace::TestWorkspace;

const REPORT: &str = "profit-and-loss";
const FILE: &str = "profit-and-loss.yaml";

/// A mark in one colour that stands nowhere else.
const MARK: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10'>\
                    <path fill='#12ab34' d='M0 0h20v10h-20z'/></svg>";

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_drawn_in_every_format_and_another_one_is_another_document() {
    let workspace = TestWorkspace::sample();
    let sample = workspace.document(REPORT, Locale::Ko).await;
    workspace.write("logos/company.svg", MARK);
    workspace.replace(FILE, "print:\n", "print:\n  cover: {organisation: 장표상사}\n");
    let marked = workspace.document(REPORT, Locale::Ko).await;
    assert_ne!(marked.provenance.definition.content, sample.provenance.definition.content);
    assert_ne!(marked.provenance.digest, sample.provenance.digest);
    assert_eq!(marked.logo.as_ref().unwrap().alt, "장표상사");

    let page = html::page(&marked).unwrap();
    assert_eq!(page.matches("#12ab34").count(), 2, "on the cover and beside the title");
    assert!(!html::page(&sample).unwrap().contains("#12ab34"));

    let mut bare = marked.clone();
    bare.logo = None;
    for conformance in [Conformance::default(), Conformance { archive: false, accessible: true }] {
        let (mut with, mut without) = (marked.clone(), bare.clone());
        with.conformance = conformance;
        without.conformance = conformance;
        let [with, without] = [with, without].map(|document| Pdf::new(&pdf(&document).unwrap().bytes));
        with.assert_sound();
        assert!(with.differing_pixels(&without) > 0.001, "{conformance:?}: the logo is not drawn");
    }
}

#[test]
fn the_version_follows_the_logo_and_a_broken_one_is_an_error() {
    let workspace = TestWorkspace::sample();
    let before = workspace.load();
    assert!(!before.has_errors(), "{:?}", before.diagnostics());
    let report = ReportId::parse(REPORT).unwrap();
    assert!(before.catalog().reports[&report].print.logo.as_ref().unwrap().content.is_some());
    for broken in ["<svg><g></svg>", "GIF89a", ""] {
        workspace.write("logos/company.svg", broken);
        let after = before.reload();
        let problem = after.diagnostics_of(FILE).next().unwrap();
        assert_eq!((&*problem.code, &*problem.path), ("bad_picture", "print.logo"), "{problem}");
        assert!(problem.help.is_some());
        assert_eq!(after.catalog().version, before.catalog().version, "what was valid is served");
        assert!(workspace.load().catalog().reports.get(&report).is_none());
    }
}

#[tokio::test]
async fn a_dashboard_says_who_made_the_report_and_how_confidential_it_is() {
    let workspace = TestWorkspace::sample();
    workspace.replace(
        FILE,
        "print:\n",
        "print:\n  watermark: {ko: 대외비, en: Confidential}\n  prepared: {by: '{owner}', department: 기획팀, \
         as_of: '{period}', date: '{proof}'}\n",
    );
    let state = tempfile::tempdir().unwrap();
    let server = Server::start(&workspace.dir(), state.path());
    let page = server.get("/reports/profit-and-loss?period=2026-09").await.text();
    assert!(page.contains("<span class=\"badge classified\"><bdi>대외비</bdi></span>"), "{page}");
    for (label, value) in
        [("작성자", "finance"), ("작성부서", "기획팀"), ("기준일", "2026-09-01 – 2026-09-30")]
    {
        assert!(page.contains(&format!("<dt>{label}</dt><dd><bdi>{value}</bdi></dd>")), "{label}: {page}");
    }
    assert!(!page.contains("작성일") && !page.contains("{proof}"), "no proof before the panels are answered");
    let english = server.get("/reports/profit-and-loss?lang=en").await.text();
    assert!(english.contains("<bdi>Confidential</bdi>"), "{english}");
}
