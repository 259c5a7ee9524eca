//! What stands in the file, read back with lopdf.

use lopdf::content::Operation;
use lopdf::{Document, Object};

use super::*;
use crate::render::canvas::{Logo, Op, Paint, Raster, Rect, Rgb, Segment, Stroke, UPWARD, Weight};

const INK: Rgb = Rgb(0, 0, 0);

fn metadata() -> Metadata {
    Metadata {
        title: "T".into(),
        author: String::new(),
        subject: String::new(),
        keywords: String::new(),
        proof: String::new(),
        language: "ko",
        created: DateTime::UNIX_EPOCH,
    }
}

fn file(pages: Vec<Page>) -> Vec<u8> {
    let mut writer = PdfWriter::new(metadata());
    for page in pages {
        writer.page(page).unwrap();
    }
    writer.finish().unwrap().bytes
}

fn written(page: Page) -> Document {
    Document::load_mem(&file(vec![page])).unwrap()
}

/// Pages whose glyphs are met in another order than that of their codes, in all faces.
fn many_pages() -> Vec<Page> {
    let words = ["힣 銷", "가나다 售額", "라마 123", "금액 Zz", "Aa 億", "가 힣 銷 123"];
    let page = |number: usize| {
        let mut page = Page::new(200.0, 100.0 + number as f32);
        let text = words[number % words.len()];
        page.text(5.0, 20.0, 9.0, Weight::Regular, INK, text);
        page.text(5.0, 40.0, 9.0, Weight::Bold, INK, text);
        page.fill_rect(
            Rect::new(1.0, 1.0, 5.0, 5.0),
            Paint { color: INK, opacity: 0.1 * (number % 7) as f32 },
        );
        let area = Rect::new(5.0, 10.0, 50.0, 12.0);
        page.ops.push(Op::Link { area, url: format!("https://example.com/{number}") });
        page
    };
    (0..40).map(page).collect()
}

#[test]
fn a_page_written_before_the_next_is_known_reads_right() {
    let document = Document::load_mem(&file(many_pages())).unwrap();
    assert_eq!(document.get_pages().len(), 40);
    for (number, id) in document.get_pages() {
        let text = document.extract_text(&[number]).unwrap();
        let index = number as usize - 1;
        let expected = ["힣 銷", "가나다 售額", "라마 123", "금액 Zz", "Aa 億", "가 힣 銷 123"][index % 6];
        assert_eq!(text.matches(expected).count(), 2, "page {number}: {text}");
        let page = document.get_dictionary(id).unwrap();
        let height = page.get(b"MediaBox").unwrap().as_array().unwrap()[3].as_float().unwrap();
        assert!((height - (100.0 + index as f32)).abs() < 0.01);
        let links = page.get(b"Annots").unwrap().as_array().unwrap();
        let action = links[0].as_dict().unwrap().get(b"A").unwrap().as_dict().unwrap();
        let url = action.get(b"URI").unwrap().as_str().unwrap();
        assert_eq!(url, format!("https://example.com/{index}").as_bytes());
    }
}

#[test]
fn writers_side_by_side_give_the_same_bytes() {
    let alone = file(many_pages());
    let together: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4).map(|_| scope.spawn(|| file(many_pages()))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert!(together.iter().all(|bytes| *bytes == alone));
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
    page.turned_text((10.0, 150.0), 8.0, Weight::Bold, INK.into(), UPWARD, "금액");
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

/// The titles of the outline below `parent`, indented by their depth, with their heights.
fn outline(document: &Document, parent: lopdf::ObjectId, depth: usize, lines: &mut Vec<String>) {
    let parent_entry = document.get_dictionary(parent).unwrap();
    let reference = |entry: &lopdf::Dictionary, key: &[u8]| entry.get(key).ok()?.as_reference().ok();
    let mut next = reference(parent_entry, b"First");
    let mut last = None;
    while let Some(id) = next {
        let entry = document.get_dictionary(id).unwrap();
        assert_eq!(reference(entry, b"Parent"), Some(parent));
        assert_eq!(reference(entry, b"Prev"), last);
        let title = lopdf::decode_text_string(entry.get(b"Title").unwrap()).unwrap();
        let Object::Array(target) = entry.get(b"Dest").unwrap() else { panic!("no destination") };
        lines.push(format!("{}{title} {}", "-".repeat(depth), target[3].as_float().unwrap()));
        outline(document, id, depth + 1, lines);
        (last, next) = (Some(id), reference(entry, b"Next"));
    }
    assert_eq!(reference(parent_entry, b"Last"), last);
}

#[test]
fn the_outline_is_nested_by_level_in_the_order_of_the_page() {
    let mut page = Page::new(100.0, 100.0);
    for (title, level, y) in
        [("나", 1, 10.0), ("가", 3, 20.0), ("다", 2, 30.0), ("라", 1, 40.0), ("마", 2, 50.0)]
    {
        page.ops.push(Op::Bookmark { title: title.into(), level, y });
    }
    let document = written(page);
    let root = document.catalog().unwrap().get(b"Outlines").unwrap().as_reference().unwrap();
    let mut lines = Vec::new();
    outline(&document, root, 0, &mut lines);
    assert_eq!(lines, ["나 90", "-가 80", "-다 70", "라 60", "-마 50"]);
    assert_eq!(document.get_dictionary(root).unwrap().get(b"Count").unwrap().as_i64().unwrap(), 5);
}

#[test]
fn a_picture_is_stored_once_and_a_jpeg_as_it_is() {
    let jpeg = crate::render::canvas::raster::tests::COLOR_JPEG;
    let (jpeg_logo, mask_logo) =
        (Logo::read(jpeg).unwrap(), Raster::from_rgba(1, 2, vec![255, 0, 0, 255, 0, 0, 255, 64]).unwrap());
    let mut page = Page::new(100.0, 100.0);
    for x in [0.0, 20.0, 40.0] {
        jpeg_logo.draw(&mut page, Rect::new(x, 10.0, 16.0, 8.0));
    }
    let image = std::sync::Arc::new(mask_logo);
    page.ops.push(Op::Image { area: Rect::new(0.0, 50.0, 10.0, 20.0), image });
    let document = written(page);
    let operations = operations(&document);
    let drawn = operations.iter().filter(|operation| operation.operator == "Do").count();
    assert_eq!(drawn, 4);
    let matrix = operations.iter().find(|operation| operation.operator == "cm").unwrap();
    assert_eq!(numbers(matrix), [16.0, 0.0, 0.0, 8.0, 0.0, 82.0]);
    let images: Vec<&lopdf::Stream> = document
        .objects
        .values()
        .filter_map(|object| object.as_stream().ok())
        .filter(|stream| {
            stream.dict.get(b"Subtype").is_ok_and(|kind| kind.as_name().is_ok_and(|n| n == b"Image"))
        })
        .collect();
    // The JPEG, the colours of the other and its mask.
    assert_eq!(images.len(), 3);
    assert!(images.iter().any(|stream| stream.content == jpeg));
    let masked =
        images.iter().find_map(|stream| stream.dict.get(b"SMask").ok()?.as_reference().ok()).unwrap();
    let mask = document.get_object(masked).unwrap().as_stream().unwrap();
    assert_eq!(mask.get_plain_content().unwrap(), [255, 64]);
}

#[test]
fn a_watermark_is_turned_and_faint_and_what_follows_is_not() {
    let mut page = Page::new(100.0, 100.0);
    let paint = Paint { color: INK, opacity: 0.1 };
    page.text(10.0, 10.0, 9.0, Weight::Regular, INK, "나다");
    page.turned_text((10.0, 90.0), 20.0, Weight::Bold, paint, 45.0, "대외비");
    page.text(10.0, 20.0, 9.0, Weight::Regular, INK, "가나");
    let document = written(page);
    let names = operators(&document);
    let (began, ended) =
        (names.iter().position(|name| name == "q"), names.iter().position(|name| name == "Q"));
    assert_eq!(names[began.unwrap()..][..3], ["q", "gs", "BT"]);
    assert!(ended < names.iter().rposition(|name| name == "BT"));
    // In the glyphs of its own font, which was another one in between.
    let text = document.extract_text(&[1]).unwrap();
    assert!(text.contains("나다") && text.contains("대외비") && text.contains("가나"), "{text}");
    let operations = operations(&document);
    let matrix = operations.iter().filter(|operation| operation.operator == "Tm").nth(1).unwrap();
    let tenthousandths: Vec<f32> = numbers(matrix)[..4].iter().map(|number| (number * 1e4).round()).collect();
    assert_eq!(tenthousandths, [7071.0, 7071.0, -7071.0, 7071.0]);
    assert_eq!(numbers(matrix)[4..], [10.0, 10.0]);
}
