//! A document as one HTML file: its sheets, exactly as printed, one below the other.

use askama::Template;

use super::canvas;
use super::document::Document;
use super::sheet::SheetLayout;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage<'a> {
    lang: &'static str,
    title: &'a str,
    /// SVG drawings; the writer escapes what it puts into them.
    sheets: Vec<String>,
}

/// The sheets of `document` as a self-contained page. Text stays text; without Pretendard installed
/// the reader's own font stands in for it.
pub fn page(document: &Document) -> Result<String, askama::Error> {
    let theme = document.look();
    let sheets = theme.during(|| {
        let layout = SheetLayout::of(document);
        let sheets = layout.pages().enumerate().map(|(position, page)| {
            let label = format!("{} {} / {}", document.title, position + 1, layout.len());
            canvas::svg_file(&theme.painted(page), &label)
        });
        sheets.collect()
    });
    DocumentPage { lang: document.locale.tag(), title: &document.title, sheets }.render()
}
