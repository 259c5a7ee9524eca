use super::*;

#[test]
fn the_stylesheet_in_static_is_the_one_of_the_theme() {
    let written = include_str!("../../../../static/chart.css");
    assert!(written == stylesheet(), "write stylesheet() to static/chart.css");
}

#[test]
fn hostile_text_stays_text() {
    let mut page = Page::new(10.0, 10.0);
    page.text(1.0, 2.0, 8.0, Weight::Regular, Rgb(0, 0, 0), "<script>\"'&\u{0}\u{1b}");
    let text = svg(&page, &[], "\"><script>");
    assert!(!text.contains("<script"), "{text}");
    assert!(text.contains("&lt;script&gt;&quot;&#39;&amp;</text>"), "{text}");
}

#[test]
fn colours_of_the_theme_are_variables_and_others_stay_as_they_are() {
    let (red, green, blue) = Role::Series(0).swatch().light;
    let mut page = Page::new(10.0, 10.0);
    page.fill_rect(Rect::new(0.0, 0.0, 1.0, 1.005), Rgb(red, green, blue));
    page.fill_rect(Rect::new(2.0, 0.0, 1.0, 1.0), Rgb(1, 2, 3));
    let text = svg(&page, &[], "");
    assert!(text.contains("<path d=\"M0 0h1v1h-1z\" fill=\"var(--chart-1)\"/>"), "{text}");
    assert!(text.contains("fill=\"#010203\""), "{text}");
    assert!(!svg_file(&page, "").contains("var("));
}

#[test]
fn a_page_that_is_a_figure_is_described() {
    let mut page = Page::new(10.0, 10.0);
    page.tagged(Tag::Figure { alt: "a < b".into() }, |page| {
        page.fill_rect(Rect::new(0.0, 0.0, 1.0, 1.0), Rgb(1, 2, 3));
    });
    assert!(svg(&page, &[], "").contains("<desc>a &lt; b</desc>"));
    assert!(svg_file(&page, "").contains("<desc>a &lt; b</desc>"));
    assert!(!svg(&Page::new(10.0, 10.0), &[], "").contains("<desc>"));
}

#[test]
fn pictures_and_watermarks_stand_where_they_are_put() {
    let mut page = Page::new(40.0, 20.0);
    let image = std::sync::Arc::new(crate::render::canvas::raster::tests::half_clear());
    page.ops.push(Op::Image { area: Rect::new(1.0, 2.0, 3.0, 4.0), image });
    let drawing = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'>\
                   <path fill='#1c2433' fill-rule='evenodd' d='M0 0h2v2h-2z'/></svg>";
    let logo = crate::render::canvas::Logo::read(drawing.as_bytes()).unwrap();
    logo.draw(&mut page, Rect::new(10.0, 5.0, 4.0, 4.0));
    let paint = Paint { color: Rgb(1, 2, 3), opacity: 0.2 };
    page.turned_text((20.0, 15.0), 9.0, Weight::Bold, paint, 30.0, "대외비");
    let text = svg_file(&page, "");
    let image =
        "<image x=\"1\" y=\"2\" width=\"3\" height=\"4\" preserveAspectRatio=\"none\" href=\"data:image/png";
    assert!(text.contains(image), "{text}");
    assert!(text.contains("d=\"M10 5h4v4h-4z\" fill-rule=\"evenodd\" fill=\"#1c2433\""), "{text}");
    assert!(text.contains("translate(20 15)rotate(-30)\""), "{text}");
    assert!(text.contains("fill-opacity=\"0.2\">대외비"), "{text}");
    assert_eq!(text.matches("<svg").count(), text.matches("</svg>").count());
}
