//! Words with structure as HTML, for the screen and for mail.

use std::fmt::Write as _;

use crate::format::rich_text::{RichText, Span, TextAlign, TextBlock};

/// The attributes that each element is written with, such as ` class="…"` or ` style="…"`; they are
/// written as they are.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProseLook {
    /// Of headings.
    pub heading: &'static str,
    /// Of paragraphs.
    pub paragraph: &'static str,
    /// Of lists.
    pub list: &'static str,
    /// Of quotes.
    pub quote: &'static str,
    /// Of code.
    pub code: &'static str,
    /// Of rules.
    pub rule: &'static str,
    /// Of links.
    pub link: &'static str,
    /// What the level of a heading of level 1 is on its page.
    pub first_heading: u8,
}

/// The words as HTML. Text is escaped; links open with the address of their words.
pub fn prose(text: &RichText, look: &ProseLook) -> String {
    let mut html = String::new();
    let align = match text.align {
        TextAlign::Left => "left",
        TextAlign::Center => "center",
        TextAlign::Right => "right",
        TextAlign::Justify => "justify",
    };
    let _ = write!(html, "<div class=\"prose {align}\">");
    blocks(&text.blocks, look, &mut html);
    html.push_str("</div>");
    html
}

fn blocks(content: &[TextBlock], look: &ProseLook, html: &mut String) {
    for block in content {
        match block {
            TextBlock::Heading(level, text) => {
                let level = (look.first_heading.max(1) - 1 + level).min(6);
                let _ = write!(html, "<h{level}{}>", look.heading);
                spans(text, look, html);
                let _ = write!(html, "</h{level}>");
            }
            TextBlock::Paragraph(text) => {
                let _ = write!(html, "<p{}>", look.paragraph);
                spans(text, look, html);
                html.push_str("</p>");
            }
            TextBlock::List { first, items } => {
                let (open, close) = match first {
                    Some(1) => ("ol".to_owned(), "ol"),
                    Some(first) => (format!("ol start=\"{first}\""), "ol"),
                    None => ("ul".to_owned(), "ul"),
                };
                let _ = write!(html, "<{open}{}>", look.list);
                for item in items {
                    html.push_str("<li>");
                    match item.as_slice() {
                        [TextBlock::Paragraph(text)] => spans(text, look, html),
                        [TextBlock::Paragraph(text), rest @ ..] if items.iter().all(|i| is_tight(i)) => {
                            spans(text, look, html);
                            blocks(rest, look, html);
                        }
                        item => blocks(item, look, html),
                    }
                    html.push_str("</li>");
                }
                let _ = write!(html, "</{close}>");
            }
            TextBlock::Quote(inner) => {
                let _ = write!(html, "<blockquote{}>", look.quote);
                blocks(inner, look, html);
                html.push_str("</blockquote>");
            }
            TextBlock::Code(lines) => {
                let _ = write!(html, "<pre{}>{}</pre>", look.code, escaped(&lines.join("\n")));
            }
            TextBlock::Rule => {
                let _ = write!(html, "<hr{}>", look.rule);
            }
        }
    }
}

/// One paragraph, perhaps with a list below it.
fn is_tight(item: &[TextBlock]) -> bool {
    item.iter().filter(|block| matches!(block, TextBlock::Paragraph(_))).count() <= 1
}

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    match askama::filters::escape(plain.as_str(), askama::filters::Html) {
        Ok(safe) => safe.to_string(),
        Err(never) => match never {},
    }
}

fn spans(content: &[Span], look: &ProseLook, html: &mut String) {
    for span in content {
        let (mut text, mut close) = (String::new(), String::new());
        if let Some(link) = &span.link {
            let _ = write!(text, "<a href=\"{}\" rel=\"noopener noreferrer\"{}>", escaped(link), look.link);
            close.insert_str(0, "</a>");
        }
        if span.strong {
            text.push_str("<strong>");
            close.insert_str(0, "</strong>");
        }
        if span.emphasis {
            text.push_str("<em>");
            close.insert_str(0, "</em>");
        }
        text.push_str(&escaped(&span.text).replace('\n', "<br>"));
        html.push_str(&text);
        html.push_str(&close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::rich_text::markdown;

    fn html(source: &str) -> String {
        let look = ProseLook { first_heading: 3, ..ProseLook::default() };
        prose(&markdown(source, &[], TextAlign::Left), &look)
    }

    #[test]
    fn structure_becomes_elements_and_text_stays_text() {
        let source = "# 제목\n\n**굵게** <b>x</b> & \"a\"\n\n- 하나\n  1. 둘\n- 셋\n\n> 인용\n\n    코드 < 1\n\n---\n\n[보기](https://example.com/?a=1&b=2)";
        insta::assert_snapshot!(html(source));
    }

    #[test]
    fn hostile_words_open_no_element() {
        for source in [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "[x](https://e.com/\"onx=1)",
            "<img src=x onerror=y>",
        ] {
            let html = html(source);
            assert!(
                !html.contains("<script") && !html.contains("<img") && !html.contains("javascript:\""),
                "{html}"
            );
            assert!(!html.contains("\"onx"), "{html}");
        }
    }
}
