//! Every kind of chart, drawn for the screen and for mail; hostile data included.

use super::canvas::{Op, Page, Rect, png, stylesheet, svg, svg_file};
use super::draw_chart;
use crate::charts::samples;
use crate::format::Locale;

/// Writes the gallery to `gallery/` in cargo's target directory: one HTML page per locale and mode.
#[test]
fn every_kind_is_drawn_in_every_locale() {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let folder = std::path::Path::new(&target).join("gallery");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("chart.css"), stylesheet()).unwrap();
    for locale in Locale::ALL {
        let mut html = String::new();
        for (name, chart) in samples::all(locale) {
            let (page, hotspots) = draw_chart(&chart, 400.0, 220.0, locale).unwrap();
            assert!(page.ops.iter().any(|op| matches!(op, Op::Text { .. })), "{name} says nothing");
            stays_inside(&page, name);
            let text = svg(&page, &hotspots, name);
            html += &format!("<figure><figcaption>{name} {} kB</figcaption>{text}</figure>\n", text.len() / 1024);
            if locale == Locale::Ko {
                std::fs::write(folder.join(format!("{name}.png")), png(&page, 2.0).unwrap()).unwrap();
                std::fs::write(folder.join(format!("{name}.svg")), svg_file(&page, name)).unwrap();
            }
        }
        for mode in ["light", "dark"] {
            let page = format!(
                "<!doctype html><html data-theme=\"{mode}\"><meta charset=\"utf-8\">\
                 <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src file:; font-src file:\">\
                 <link rel=\"stylesheet\" href=\"chart.css\"><link rel=\"stylesheet\" href=\"gallery.css\">{html}</html>"
            );
            std::fs::write(folder.join(format!("{}-{mode}.html", locale.tag())), page).unwrap();
        }
    }
    let fonts = concat!(env!("CARGO_MANIFEST_DIR"), "/static/fonts");
    let css = format!(
        "@font-face{{font-family:Pretendard;src:url(file://{fonts}/Pretendard-Regular.otf);font-weight:400}}\
         @font-face{{font-family:Pretendard;src:url(file://{fonts}/Pretendard-Bold.otf);font-weight:700}}\
         @font-face{{font-family:'Noto Sans HK';src:url(file://{fonts}/NotoSansHK-Regular.ttf)}}\
         body{{background:var(--surface);color:var(--ink);display:grid;grid-template-columns:1fr 1fr;gap:28px 36px;margin:24px;font-family:Pretendard,'Noto Sans HK'}}\
         figure{{margin:0}}figcaption{{font-size:12px;margin-bottom:6px;opacity:.6}}"
    );
    std::fs::write(folder.join("gallery.css"), css).unwrap();
}

/// No text may leave the page: what is cut at an edge cannot be read.
fn stays_inside(page: &Page, name: &str) {
    let fonts = super::canvas::FontSet::bundled();
    for op in &page.ops {
        let Op::Text { x, y, size, weight, text, upward, .. } = op else { continue };
        let width = fonts.width(text, *size, *weight);
        let area = if *upward {
            Rect::new(*x - size * 0.75, *y - width, *size, width)
        } else {
            Rect::new(*x, *y - size * 0.75, width, *size)
        };
        let inside = area.x >= -0.5 && area.y >= -0.5 && area.right() <= page.width + 0.5 && area.bottom() <= page.height + 1.0;
        assert!(inside, "{name}: `{text}` at {area:?}");
    }
}
