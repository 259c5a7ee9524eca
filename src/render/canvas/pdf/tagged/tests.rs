//! What stands in the file, read back with lopdf.

use std::fmt::Write;
use std::sync::Arc;

use chrono::DateTime;
use lopdf::{Dictionary, Document, Object};

use super::*;
use crate::render::canvas::{
    HeaderScope, Logo, Op, Paint, Raster, Rect, Rgb, Span, TableId, Tag, UPWARD, Weight,
};

const INK: Rgb = Rgb(0, 0, 0);
const BOTH: Conformance = Conformance { archive: true, accessible: true };

fn metadata() -> Metadata {
    Metadata {
        title: "매출 <표>".into(),
        author: "sales".into(),
        subject: "10월".into(),
        keywords: "정의 3fa20a2".into(),
        proof: String::new(),
        language: "ko",
        created: DateTime::UNIX_EPOCH,
    }
}

fn file(pages: Vec<Page>, conformance: Conformance) -> Vec<u8> {
    let mut writer = ConformingWriter::new(metadata(), conformance).unwrap();
    for page in pages {
        writer.page(page).unwrap();
    }
    writer.finish().unwrap().bytes
}

fn read(pages: Vec<Page>, conformance: Conformance) -> Document {
    Document::load_mem(&file(pages, conformance)).unwrap()
}

fn words(page: &mut Page, y: f32, text: &str) {
    page.text(10.0, y, 9.0, Weight::Regular, INK, text);
}

fn row(page: &mut Page, y: f32, name: &str, number: &str) {
    page.tagged(Tag::TableRow, |page| {
        let head = Tag::HeaderCell { scope: HeaderScope::Row, span: Span::ONE };
        page.tagged(head, |page| words(page, y, name));
        page.tagged(Tag::DataCell { span: Span::ONE }, |page| {
            page.fill_rect(Rect::new(50.0, y - 8.0, 20.0, 9.0), Paint { color: INK, opacity: 0.2 });
            page.text(60.0, y, 9.0, Weight::Bold, INK, number);
        });
        page.tagged(Tag::DataCell { span: Span::ONE }, |_| ());
    });
}

/// Two sheets with one of everything: a table that goes on, pictures, a link, a watermark, a clip.
fn sheets() -> Vec<Page> {
    let mut first = Page::new(300.0, 400.0);
    words(&mut first, 12.0, "머리글");
    first.ops.push(Op::Bookmark { title: "보고서".into(), level: 1, y: 20.0 });
    first.tagged(Tag::Heading { level: 1 }, |page| words(page, 30.0, "매출 銷售 <표>"));
    first.tagged(Tag::Section, |page| {
        page.ops.push(Op::Bookmark { title: "표".into(), level: 2, y: 40.0 });
        page.tagged(Tag::Heading { level: 2 }, |page| words(page, 50.0, "매장별"));
        words(page, 60.0, "단위: 원");
        let table = Tag::Table { table: TableId(7), summary: "매장마다 한 줄".into() };
        page.tagged(table, |page| {
            page.tagged(Tag::TableRow, |page| {
                let head = Tag::HeaderCell { scope: HeaderScope::Column, span: Span { columns: 3, rows: 0 } };
                page.tagged(head, |page| words(page, 80.0, "실적"));
            });
            row(page, 95.0, "강남", "1,234");
        });
        page.tagged(Tag::Figure { alt: "선 그래프: 매출".into() }, |page| {
            page.ops.push(Op::PushClip(Rect::new(0.0, 100.0, 200.0, 100.0)));
            page.fill_rect(Rect::new(10.0, 110.0, 30.0, 30.0), Rgb(20, 90, 200));
            words(page, 120.0, "10월");
            page.turned_text((20.0, 190.0), 8.0, Weight::Regular, INK.into(), UPWARD, "세로");
            page.ops.push(Op::PopClip);
        });
        page.tagged(Tag::List, |page| {
            page.tagged(Tag::ListItem, |page| words(page, 220.0, "· 첫째"));
        });
        page.tagged(Tag::Paragraph, |page| {
            page.tagged(Tag::Link, |page| {
                words(page, 240.0, "대시보드");
                let area = Rect::new(10.0, 230.0, 50.0, 12.0);
                page.ops.push(Op::Link { area, url: "https://example.com/r".into() });
                page.ops.push(Op::Link { area, url: "javascript:alert(1)".into() });
            });
        });
    });
    let faint = Paint { color: INK, opacity: 0.08 };
    first.turned_text((60.0, 300.0), 40.0, Weight::Bold, faint, 35.0, "대외비");
    let pixels = Raster::from_rgba(1, 2, vec![255, 0, 0, 255, 0, 0, 255, 64]).unwrap();
    first.ops.push(Op::Image { area: Rect::new(200.0, 10.0, 10.0, 20.0), image: Arc::new(pixels) });
    let mark = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 3 3'><path fill-rule='evenodd' d='M0 0h3v3h-3zM1 1h1v1h-1z'/></svg>";
    Logo::read(mark.as_bytes()).unwrap().draw(&mut first, Rect::new(220.0, 10.0, 20.0, 20.0));
    let jpeg = crate::render::canvas::raster::tests::COLOR_JPEG;
    Logo::read(jpeg).unwrap().draw(&mut first, Rect::new(250.0, 10.0, 20.0, 10.0));

    let mut second = Page::new(400.0, 300.0);
    second.tagged(Tag::TableContinued(TableId(7)), |page| {
        page.tagged(Tag::Artifact, |page| words(page, 20.0, "실적 (계속)"));
        row(page, 40.0, "홍콩", "56");
    });
    second.tagged(Tag::Section, |_| ());
    vec![first, second]
}

/// The structure tree as lines, indented by depth, with what is said of each element.
fn structure(document: &Document) -> String {
    let root = document.catalog().unwrap().get(b"StructTreeRoot").unwrap();
    let root = document.dereference(root).unwrap().1.as_dict().unwrap();
    let mut lines = String::new();
    kids(document, root, 0, &mut lines);
    lines
}

fn kids(document: &Document, element: &Dictionary, depth: usize, lines: &mut String) {
    let Ok(kids) = element.get(b"K") else { return };
    let kids = match kids {
        Object::Array(kids) => kids.clone(),
        one => vec![one.clone()],
    };
    for kid in kids {
        let indent = "  ".repeat(depth);
        let kid = document.dereference(&kid).unwrap().1.clone();
        match &kid {
            Object::Integer(_) => writeln!(lines, "{indent}content").unwrap(),
            Object::Dictionary(kid) if kid.get(b"S").is_err() => {
                let kind = kid.get(b"Type").and_then(Object::as_name).unwrap_or(b"?");
                writeln!(lines, "{indent}{}", String::from_utf8_lossy(kind)).unwrap();
            }
            Object::Dictionary(kid) => {
                write!(
                    lines,
                    "{indent}{}",
                    String::from_utf8_lossy(kid.get(b"S").unwrap().as_name().unwrap())
                )
                .unwrap();
                for key in [&b"T"[..], b"Alt"] {
                    if let Ok(text) = kid.get(key) {
                        write!(lines, " {:?}", lopdf::decode_text_string(text).unwrap()).unwrap();
                    }
                }
                if let Ok(attributes) = kid.get(b"A") {
                    attribute(document, attributes, lines);
                }
                lines.push('\n');
                self::kids(document, kid, depth + 1, lines);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn attribute(document: &Document, attributes: &Object, lines: &mut String) {
    match document.dereference(attributes).unwrap().1 {
        Object::Array(list) => list.iter().for_each(|one| attribute(document, one, lines)),
        Object::Dictionary(one) => {
            for (key, value) in one.iter().filter(|(key, _)| *key != b"O") {
                let value = match value {
                    Object::Name(name) => String::from_utf8_lossy(name).into_owned(),
                    Object::Integer(number) => number.to_string(),
                    text => lopdf::decode_text_string(text).unwrap(),
                };
                write!(lines, " {}={value}", String::from_utf8_lossy(key)).unwrap();
            }
        }
        _ => {}
    }
}

#[test]
fn the_marks_become_a_tree_in_reading_order_and_a_table_goes_on_over_sheets() {
    insta::assert_snapshot!(structure(&read(sheets(), BOTH)));
}

#[test]
fn an_archive_file_has_no_tree_but_says_what_it_keeps_to() {
    let archive = Conformance { archive: true, accessible: false };
    let document = read(sheets(), archive);
    assert!(document.catalog().unwrap().get(b"StructTreeRoot").is_err());
    let metadata = document.catalog().unwrap().get(b"Metadata").unwrap().as_reference().unwrap();
    let metadata = document.get_object(metadata).unwrap().as_stream().unwrap();
    let xmp = String::from_utf8(metadata.get_plain_content().unwrap()).unwrap();
    for part in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "매출 &lt;표&gt;",
        "정의 3fa20a2",
    ] {
        assert!(xmp.contains(part), "{part}: {xmp}");
    }
    assert!(!xmp.contains("pdfuaid"));
    assert_eq!(document.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap(), b"ko");
}

#[test]
fn every_page_reads_like_that_of_the_other_writer() {
    let tagged = read(sheets(), BOTH);
    let mut plain = crate::render::canvas::pdf::PdfWriter::new(metadata());
    for page in sheets() {
        plain.page(page).unwrap();
    }
    let plain = Document::load_mem(&plain.finish().unwrap().bytes).unwrap();
    for number in [1, 2] {
        let text = |document: &Document| {
            let text = document.extract_text(&[number]).unwrap();
            text.split_whitespace().collect::<String>()
        };
        assert_eq!(text(&tagged), text(&plain));
        assert!(text(&plain).contains(if number == 1 { "1,234" } else { "홍콩" }));
    }
}

#[test]
fn the_same_pages_give_the_same_bytes_in_any_thread() {
    for conformance in [BOTH, Conformance { archive: true, accessible: false }] {
        let alone = file(sheets(), conformance);
        let together: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3).map(|_| scope.spawn(|| file(sheets(), conformance))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        assert!(together.iter().all(|bytes| *bytes == alone));
    }
}

#[test]
fn unbalanced_marks_and_clips_and_numbers_that_are_none_do_no_harm() {
    for conformance in [BOTH, Conformance { archive: true, accessible: false }] {
        let mut page = Page::new(100.0, 100.0);
        page.ops.extend([
            Op::End,
            Op::PopClip,
            Op::Begin(Tag::Section),
            Op::Begin(Tag::Figure { alt: String::new() }),
        ]);
        page.ops.push(Op::PushClip(Rect::new(f32::NAN, 0.0, 5.0, 5.0)));
        page.fill_rect(Rect::new(f32::INFINITY, 0.0, 1.0, 1.0), INK);
        page.fill_rect(Rect::new(0.0, 0.0, 1.0, 1.0), INK);
        page.text(f32::NAN, 1.0, 9.0, Weight::Regular, INK, "가");
        page.text(1.0, 1.0, 9.0, Weight::Regular, INK, "ש\u{0}\u{feff}\u{e000}");
        page.ops.push(Op::Link { area: Rect::new(0.0, f32::NAN, 1.0, 1.0), url: "https://a.example".into() });
        page.ops.push(Op::Link { area: Rect::new(0.0, 0.0, 1.0, 1.0), url: "https://a.example".into() });
        let mut writer =
            ConformingWriter::new(Metadata { title: String::new(), ..metadata() }, conformance).unwrap();
        writer.page(page).unwrap();
        writer.page(Page::new(100.0, 100.0)).unwrap();
        let written = writer.finish().unwrap();
        assert!(written.missing_glyphs.contains(&'ש'));
        assert_eq!(Document::load_mem(&written.bytes).unwrap().get_pages().len(), 2);
    }
}
