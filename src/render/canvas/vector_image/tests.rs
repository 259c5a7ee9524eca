use super::*;

fn read(body: &str) -> Result<VectorImage, VectorImageError> {
    VectorImage::read(&format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         viewBox=\"0 0 20 10\">{body}</svg>"
    ))
}

fn unsupported_part(body: &str) -> &'static str {
    match read(body) {
        Err(VectorImageError::Unsupported { what, .. }) => what,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn shapes_keep_their_place_rule_and_colour() {
    let image = read(
        "<style>.a{fill:#0a141e}</style><g transform=\"translate(2 1)\">\
         <path class=\"a\" fill-rule=\"evenodd\" fill-opacity=\"0.5\" d=\"M0 0h4v4h-4zM1 1h2v2h-2z\"/></g>",
    )
    .unwrap();
    assert_eq!(image.size(), (20.0, 10.0));
    let steps: Vec<_> = image.steps_in(Rect::new(100.0, 50.0, 40.0, 20.0)).collect();
    let [VectorStep::PushClip(clip), VectorStep::Fill { segments, rule, paint }, VectorStep::PopClip] =
        &*steps
    else {
        panic!("{steps:?}")
    };
    assert_eq!(*clip, Rect::new(100.0, 50.0, 40.0, 20.0));
    assert_eq!(*rule, FillRule::EvenOdd);
    assert_eq!((paint.color, (paint.opacity * 100.0).round()), (Rgb(10, 20, 30), 50.0));
    assert_eq!(segments[..2], [Segment::MoveTo(104.0, 52.0), Segment::LineTo(112.0, 52.0)]);
    assert_eq!(segments.iter().filter(|segment| **segment == Segment::Close).count(), 2);
}

#[test]
fn a_stroke_becomes_its_outline_and_a_frame_clip_a_rectangle() {
    let image = read(
        "<defs><clipPath id=\"c\"><rect width=\"20\" height=\"10\"/></clipPath></defs>\
         <g clip-path=\"url(#c)\"><line x1=\"2\" y1=\"5\" x2=\"10\" y2=\"5\" stroke=\"red\" stroke-width=\"2\"/></g>",
    )
    .unwrap();
    let [VectorStep::PushClip(clip), VectorStep::Fill { segments, .. }, VectorStep::PopClip] = &*image.steps
    else {
        panic!("{:?}", image.steps)
    };
    assert_eq!(*clip, Rect::new(0.0, 0.0, 20.0, 10.0));
    let heights: Vec<f32> = segments
        .iter()
        .filter_map(|segment| match segment {
            Segment::MoveTo(_, y) | Segment::LineTo(_, y) => Some(*y),
            _ => None,
        })
        .collect();
    assert!(heights.contains(&4.0) && heights.contains(&6.0), "{heights:?}");
}

#[test]
fn what_would_look_different_is_refused_by_name() {
    let gradient = "<defs><linearGradient id=\"g\"><stop offset=\"0\"/><stop offset=\"1\" stop-color=\"red\"/>\
                    </linearGradient></defs><rect width=\"9\" height=\"9\" fill=\"url(#g)\"/>";
    assert_eq!(unsupported_part(gradient), "a gradient");
    assert_eq!(unsupported_part("<text>a</text>"), "text");
    assert_eq!(unsupported_part("<image href=\"file:///etc/passwd\"/>"), "a picture inside it");
    let clip = "<clipPath id=\"c\"><circle r=\"5\"/></clipPath><rect clip-path=\"url(#c)\" width=\"9\" height=\"9\"/>";
    assert_eq!(unsupported_part(clip), "a clip that is no rectangle");
    let blur = "<filter id=\"f\"><feGaussianBlur stdDeviation=\"1\"/></filter>\
                <rect filter=\"url(#f)\" width=\"9\" height=\"9\"/>";
    assert_eq!(unsupported_part(blur), "a filter");
}

#[test]
fn files_that_grow_without_end_are_refused_at_once() {
    let nested = "<g id=\"a\"><rect width=\"1\" height=\"1\"/></g><g id=\"b\"><use href=\"#a\"/><use href=\"#a\"/></g>\
                  <use xlink:href=\"#b\"/>";
    assert_eq!(unsupported_part(nested), "`use` inside `use`");
    let many = "<rect/>".repeat(6_000);
    assert!(matches!(read(&many), Err(VectorImageError::TooLarge { what: "elements", .. })));
    let entity = "<!DOCTYPE svg [<!ENTITY a \"aaaa\">]><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    assert!(matches!(VectorImage::read(entity), Err(VectorImageError::Malformed(_))));
    assert_eq!(read("<g/>"), Err(VectorImageError::Empty));
    let long = format!("<path d=\"M0 0{}\"/>", "l1 1 0 1".repeat(80_000));
    assert!(matches!(read(&long), Err(VectorImageError::TooLarge { what: "points", .. })));
}
