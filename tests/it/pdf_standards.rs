//! Archive and accessible files as independent checkers see them: pikepdf, pdfua, MuPDF, poppler.

use std::process::Command;
use std::sync::Arc;

use jangpyo::format::Locale;
use jangpyo::render::canvas::pdf::{Conformance, ConformingWriter, Metadata, PdfWriter, SheetWriter};
use jangpyo::render::canvas::{
    HeaderScope, Logo, Op, Page, Paint, Raster, Rect, Rgb, Span, TableId, Tag, Weight,
};
use jangpyo::render::pdf::pdf;
use serde_json::Value;

use crate::support::pdf::Pdf;
use crate::support::python;
use crate::support::workspace::TestWorkspace;

const INK: Rgb = Rgb(0x1c, 0x24, 0x33);
const STANDARDS: [Conformance; 3] = [
    Conformance { archive: true, accessible: false },
    Conformance { archive: false, accessible: true },
    Conformance { archive: true, accessible: true },
];

/// What pikepdf 10.18 reports and the standard allows, each with its reason.
fn is_false_alarm(finding: &Value) -> bool {
    let text = |key: &str| finding[key].as_str().unwrap();
    let (rule, message) = (text("rule"), text("message"));
    match rule {
        // Any object may be an indirect reference (ISO 32000-1, 7.3.10); its schema wants the
        // destination of an outline entry and the dictionary of a page label in place.
        "pikepdf:schema-OutlineItem" => message.starts_with('\'') && text("where").contains("/Dest"),
        "pikepdf:schema-PageLabelsNode" => text("where").contains("/Nums"),
        // ISO 19005-2, 6.6.2.3 allows the schemas of the XMP Specification of 2005, of which "paged
        // text" (xmpTPg) is one, and any other that an extension schema in the same packet declares,
        // as it does for pdfuaid. The checker knows neither and says that it takes "only what it can
        // be sure of".
        "ISO_19005_2:6.6.2.3.1-1" => ["xmpTPg", "pdfaExtension", "pdfaSchema", "pdfaProperty", "pdfuaid"]
            .iter()
            .any(|name| message.contains(name)),
        // Not checked, by its own words: the history of the document, and glyph widths of CID fonts
        // whose CFF table has a matrix of its own, which poppler and MuPDF read without complaint.
        "ISO_19005_2:6.6.2.3.1-2" => message.contains("xmpMM:History is not checked"),
        "pikepdf:font-program" => message.contains("FDArray FontMatrix is not supported"),
        // Not checked either, but by `cid_sets` of the script.
        "ISO_19005_2:6.2.11.4.2-2" => message == "/CIDSet on a CIDFontType2 subset is not checked",
        _ => false,
    }
}

fn assert_conforms(name: &str, bytes: &[u8], conformance: Conformance) {
    let file = Pdf::new(bytes);
    file.assert_sound();
    for font in file.fonts() {
        assert!(font.is_embedded && font.is_subset && font.has_unicode, "{name}: {font:?}");
    }
    let arguments = ["draw", "-q", "-F", "png", "-r", "30", "-o", "/dev/null"];
    let complaints = Command::new("mutool").args(arguments).arg(file.path()).output();
    let complaints = complaints.expect("mutool is installed by `tests/all`");
    let complaints = String::from_utf8(complaints.stderr).unwrap();
    let complaints: Vec<&str> =
        complaints.lines().filter(|line| *line != "warning: ICC support is not available").collect();
    assert_eq!(complaints, Vec::<&str>::new(), "{name}");

    let script = python::script("pdf_standards.py");
    let output = Command::new(python::interpreter()).arg(script).arg(file.path()).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    if conformance.archive {
        let archive = found["archive"].as_array().unwrap();
        let real: Vec<&Value> = archive.iter().filter(|finding| !is_false_alarm(finding)).collect();
        assert!(real.is_empty(), "{name}: {real:#?}");
        assert_eq!(found["cid_sets"], serde_json::json!([]), "{name}");
    }
    if conformance.accessible {
        assert_eq!(found["accessible"]["findings"], serde_json::json!([]), "{name}");
        // The one rule that pdfua 0.1.3 cannot evaluate (it fails on an array of kids) is checked by
        // the script itself.
        for skipped in found["accessible"]["skipped"].as_array().unwrap() {
            assert_eq!(skipped, "UA-14-001", "{name}");
        }
        assert_eq!(found["structure"], serde_json::json!([]), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_samples_sheets_keep_to_the_standards_and_read_like_the_plain_ones() {
    for (report, locale) in [
        ("weekly-sales", Locale::Ko),
        ("merchandising", Locale::ZhHk),
        ("store-ledger", Locale::En),
        ("store-results", Locale::Ko),
        ("inventory-status", Locale::En),
        ("profit-and-loss", Locale::Ko),
    ] {
        let mut document = TestWorkspace::sample().document(report, locale).await;
        let plain = Pdf::new(&pdf(&document).unwrap().bytes);
        for conformance in STANDARDS {
            document.conformance = conformance;
            let made = pdf(&document).unwrap();
            let name = format!("{report} {locale} {conformance:?}");
            assert_conforms(&name, &made.bytes, conformance);
            let words = |file: &Pdf| file.drawn_text().split_whitespace().collect::<String>();
            let kept = Pdf::new(&made.bytes);
            assert_eq!(words(&kept), words(&plain), "{name}");
            assert_eq!(kept.pages(), plain.pages(), "{name}");
            let differing = kept.differing_pixels(&plain);
            assert!(differing < 0.005, "{name}: {differing} of all pixels differ");
        }
    }
}

/// A table over three sheets with merged headers, pictures, a link, a list and a watermark.
fn sheets() -> Vec<Page> {
    let words =
        |page: &mut Page, x: f32, y: f32, text: &str| page.text(x, y, 9.0, Weight::Regular, INK, text);
    let cell = |page: &mut Page, tag: Tag, x: f32, y: f32, text: &str| {
        page.tagged(tag, |page| {
            page.fill_rect(
                Rect::new(x, y - 9.0, 30.0, 11.0),
                Paint { color: Rgb(200, 220, 255), opacity: 0.4 },
            );
            words(page, x, y, text);
        });
    };
    let header = |scope, columns, rows| Tag::HeaderCell { scope, span: Span { columns, rows } };
    let row = move |page: &mut Page, y: f32| {
        page.tagged(Tag::TableRow, |page| {
            cell(page, header(HeaderScope::Row, 1, 1), 40.0, y, "강남 플래그십");
            for column in 0..4 {
                cell(page, Tag::DataCell { span: Span::ONE }, 150.0 + 60.0 * column as f32, y, "1,234");
            }
        });
    };
    let mark = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 30 30'><path fill='#c4323a' \
                fill-rule='evenodd' d='M0 0h30v30h-30zM10 10h10v10h-10z'/></svg>";
    let logo = Logo::read(mark.as_bytes()).unwrap();
    let pixels = (0..64 * 64).flat_map(|index| [20, 120, 60, (index % 64 * 4) as u8]);
    let picture = Arc::new(Raster::from_rgba(64, 64, pixels.collect()).unwrap());
    (0..3)
        .map(|number| {
            let mut page = Page::new(595.28, 841.89);
            logo.draw(&mut page, Rect::new(40.0, 20.0, 20.0, 20.0));
            words(&mut page, 480.0, 30.0, "영업본부 대외비");
            let faint = Paint { color: INK, opacity: 0.07 };
            page.turned_text((120.0, 600.0), 90.0, Weight::Bold, faint, 45.0, "대외비");
            if number == 0 {
                page.ops.push(Op::Bookmark { title: "매장별 실적".into(), level: 1, y: 50.0 });
                page.tagged(Tag::Heading { level: 1 }, |page| {
                    words(page, 40.0, 60.0, "매장별 실적 門市業績");
                });
                page.tagged(Tag::Figure { alt: "회사 로고".into() }, |page| {
                    page.ops.push(Op::Image {
                        area: Rect::new(500.0, 50.0, 40.0, 40.0),
                        image: Arc::clone(&picture),
                    });
                });
                page.tagged(Tag::List, |page| {
                    for line in 0..2 {
                        let y = 700.0 + 14.0 * line as f32;
                        page.tagged(Tag::ListItem, |page| words(page, 40.0, y, "· 반품을 뺀 금액"));
                    }
                });
            }
            let table = match number {
                0 => Tag::Table {
                    table: TableId(1), summary: "매장마다 한 줄, 분기마다 매출과 주문".into()
                },
                _ => Tag::TableContinued(TableId(1)),
            };
            page.ops.push(Op::Bookmark { title: format!("{} 쪽", number + 1), level: 2, y: 90.0 });
            page.tagged(table, |page| {
                let repeated = |page: &mut Page| {
                    page.tagged(Tag::TableRow, |page| {
                        cell(page, header(HeaderScope::Both, 1, 2), 40.0, 110.0, "매장");
                        cell(page, header(HeaderScope::Column, 2, 1), 150.0, 110.0, "1분기");
                        cell(page, header(HeaderScope::Column, 2, 1), 270.0, 110.0, "2분기");
                    });
                    page.tagged(Tag::TableRow, |page| {
                        for (column, title) in ["매출", "주문", "매출", "주문"].iter().enumerate() {
                            cell(
                                page,
                                header(HeaderScope::Column, 1, 1),
                                150.0 + 60.0 * column as f32,
                                125.0,
                                title,
                            );
                        }
                    });
                };
                if number == 0 {
                    repeated(page);
                } else {
                    page.tagged(Tag::Artifact, repeated);
                }
                (0..20).for_each(|line| row(page, 140.0 + 15.0 * line as f32));
            });
            page.tagged(Tag::Paragraph, |page| {
                page.tagged(Tag::Link, |page| {
                    words(page, 40.0, 760.0, "대시보드에서 보기");
                    let area = Rect::new(40.0, 750.0, 80.0, 12.0);
                    page.ops.push(Op::Link { area, url: "https://example.com/reports/weekly-sales".into() });
                });
            });
            page
        })
        .collect()
}

fn written(mut writer: impl SheetWriter) -> Vec<u8> {
    for page in sheets() {
        writer.page(page).unwrap();
    }
    writer.finish().unwrap().bytes
}

fn metadata() -> Metadata {
    Metadata {
        title: "매장별 실적".into(),
        author: "sales_analytics".into(),
        subject: "2026년 상반기".into(),
        keywords: "정의 3fa20a2 · 데이터 2026-11-22".into(),
        proof: String::new(),
        language: "ko",
        created: "2026-11-22T00:00:00Z".parse().unwrap(),
    }
}

#[test]
fn tables_over_sheets_pictures_lists_and_links_keep_to_the_standards() {
    let plain = Pdf::new(&written(PdfWriter::new(metadata())));
    plain.assert_sound();
    for conformance in STANDARDS {
        let bytes = written(ConformingWriter::new(metadata(), conformance).unwrap());
        assert_conforms(&format!("{conformance:?}"), &bytes, conformance);
        let kept = Pdf::new(&bytes);
        let differing = kept.differing_pixels(&plain);
        assert!(differing < 0.005, "{conformance:?}: {differing} of all pixels differ");
    }
}

#[test]
fn a_checker_that_finds_nothing_would_be_no_checker() {
    // A row that lacks a cell, and a file that is no archive.
    let mut page = Page::new(200.0, 200.0);
    page.tagged(Tag::Table { table: TableId(1), summary: String::new() }, |page| {
        for cells in [2, 1] {
            page.tagged(Tag::TableRow, |page| {
                for _ in 0..cells {
                    page.tagged(Tag::DataCell { span: Span::ONE }, |page| {
                        page.text(10.0, 10.0, 9.0, Weight::Regular, INK, "가");
                    });
                }
            });
        }
    });
    let mut writer =
        ConformingWriter::new(metadata(), Conformance { archive: false, accessible: true }).unwrap();
    writer.page(page).unwrap();
    let file = Pdf::new(&writer.finish().unwrap().bytes);
    let script = python::script("pdf_standards.py");
    let output = Command::new(python::interpreter()).arg(script).arg(file.path()).output().unwrap();
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["structure"], serde_json::json!(["row 2 of a table covers 1 columns, the first 2"]));
    assert!(found["archive"].as_array().unwrap().iter().any(|finding| !is_false_alarm(finding)), "{found:#}");
}
