//! What stands in the file, read back with lopdf.

use lopdf::content::Operation;
use lopdf::{Document, Object};

use super::*;
use crate::render::canvas::{Op, Paint, Rect, Rgb, Segment, Stroke, Weight};

const INK: Rgb = Rgb(0, 0, 0);

fn written(page: Page) -> Document {
    let mut writer = PdfWriter::new(Metadata {
        title: "T".into(),
        author: String::new(),
        subject: String::new(),
        keywords: String::new(),
        language: "ko",
        created: DateTime::UNIX_EPOCH,
    });
    writer.page(page);
    Document::load_mem(&writer.finish().unwrap().bytes).unwrap()
}

fn operations(document: &Document) -> Vec<Operation> {
    let page = document.page_iter().next().unwrap();
    document.get_and_decode_page_content(page).unwrap().operations
}

fn operators(document: &Document) -> Vec<String> {
    operations(document).into_iter().map(|operation| operation.operator).collect()
}

fn numbers(operation: &Operation) -> Vec<f32> {
    operation.operands.iter().filter_map(|operand| operand.as_float().ok()).collect()
}

fn line(from: (f32, f32), to: (f32, f32), dash: Option<(f32, f32)>, opacity: f32) -> Op {
    Op::Path {
        segments: vec![Segment::MoveTo(from.0, from.1), Segment::LineTo(to.0, to.1)],
        fill: None,
        stroke: Some(Stroke { paint: Paint { color: INK, opacity }, width: 0.5, dash }),
    }
}

#[test]
fn y_is_turned_round_and_a_style_is_set_once() {
    let mut page = Page::new(100.0, 200.0);
    page.ops.push(line((10.0, 20.0), (30.0, 40.0), None, 1.0));
    page.ops.push(line((10.0, 50.0), (30.0, 60.0), None, 1.0));
    let document = written(page);
    assert_eq!(operators(&document), ["RG", "w", "m", "l", "S", "m", "l", "S"]);
    assert_eq!(numbers(&operations(&document)[2]), [10.0, 180.0]);
}

#[test]
fn a_dash_ends_with_its_line() {
    let mut page = Page::new(100.0, 100.0);
    page.ops.push(line((0.0, 0.0), (9.0, 9.0), Some((2.0, 1.0)), 1.0));
    page.ops.push(line((0.0, 0.0), (9.0, 9.0), None, 1.0));
    assert_eq!(operators(&written(page)), ["RG", "w", "d", "m", "l", "S", "d", "m", "l", "S"]);
}

#[test]
fn an_opacity_holds_for_its_path_only() {
    let mut page = Page::new(100.0, 100.0);
    page.ops.push(line((0.0, 0.0), (9.0, 9.0), None, 0.25));
    let document = written(page);
    assert_eq!(operators(&document), ["q", "gs", "RG", "w", "m", "l", "S", "Q"]);
    let opacities: Vec<f32> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .flat_map(|dictionary| dictionary.iter().filter_map(|(_, value)| value.as_dict().ok()))
        .filter_map(|state| state.get(b"CA").ok()?.as_float().ok())
        .collect();
    assert_eq!(opacities, [0.25]);
}

#[test]
fn clips_end_however_they_are_nested() {
    for (pushes, pops) in [(2, 2), (3, 1), (1, 3)] {
        let mut page = Page::new(100.0, 100.0);
        page.ops.extend((0..pushes).map(|_| Op::PushClip(Rect::new(1.0, 1.0, 50.0, 50.0))));
        page.text(5.0, 20.0, 9.0, Weight::Regular, INK, "가");
        page.ops.extend((0..pops).map(|_| Op::PopClip));
        let operators = operators(&written(page));
        let count = |name: &str| operators.iter().filter(|operator| *operator == name).count();
        assert_eq!((count("q"), count("Q"), count("W")), (pushes, pushes, pushes));
    }
}

#[test]
fn upward_text_is_turned_by_a_right_angle() {
    let mut page = Page::new(100.0, 200.0);
    let text = "금액".to_owned();
    let (weight, color) = (Weight::Bold, INK);
    page.ops.push(Op::Text { x: 10.0, y: 150.0, size: 8.0, weight, color, text, upward: true });
    let operations = operations(&written(page));
    let matrix = operations.iter().find(|operation| operation.operator == "Tm").unwrap();
    assert_eq!(numbers(matrix), [0.0, 1.0, -1.0, 0.0, 10.0, 50.0]);
}

#[test]
fn what_is_no_number_and_what_a_viewer_would_run_is_left_out() {
    let mut page = Page::new(100.0, 100.0);
    page.ops.push(line((f32::NAN, 0.0), (9.0, 9.0), None, 1.0));
    page.ops.push(line((0.0, f32::INFINITY), (9.0, 9.0), None, 1.0));
    page.text(f32::NAN, 20.0, 9.0, Weight::Regular, INK, "가");
    let area = Rect::new(0.0, 0.0, 10.0, 10.0);
    for url in ["javascript:app.alert(1)", "file:///etc/passwd", "https://example.com/r"] {
        page.ops.push(Op::Link { area, url: url.into() });
    }
    let document = written(page);
    assert_eq!(operators(&document), Vec::<String>::new());
    let page = document.page_iter().next().unwrap();
    let Object::Array(links) = document.get_dictionary(page).unwrap().get(b"Annots").unwrap() else {
        panic!("no annotations")
    };
    assert_eq!(links.len(), 1);
    let action = links[0].as_dict().unwrap().get(b"A").unwrap().as_dict().unwrap();
    assert_eq!(action.get(b"URI").unwrap().as_str().unwrap(), b"https://example.com/r");
}

#[test]
fn the_outline_keeps_the_order_of_the_page() {
    let mut page = Page::new(100.0, 100.0);
    for (title, y) in [("나", 10.0), ("가", 50.0)] {
        page.ops.push(Op::Bookmark { title: title.into(), y });
    }
    let document = written(page);
    let outlines = document.catalog().unwrap().get(b"Outlines").unwrap().as_reference().unwrap();
    let first = document.get_dictionary(outlines).unwrap().get(b"First").unwrap().as_reference().unwrap();
    let first = document.get_dictionary(first).unwrap();
    let second = document.get_dictionary(first.get(b"Next").unwrap().as_reference().unwrap()).unwrap();
    let title = |item: &lopdf::Dictionary| lopdf::decode_text_string(item.get(b"Title").unwrap()).unwrap();
    assert_eq!((title(first), title(second)), ("나".to_owned(), "가".to_owned()));
    let Object::Array(target) = first.get(b"Dest").unwrap() else { panic!("no destination") };
    assert!((target[3].as_float().unwrap() - 90.0).abs() < 0.01);
}
