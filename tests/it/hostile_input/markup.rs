//! The tags of a page as a browser's tokenizer finds them, for those who look for what must not be there.

/// A start tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// In lower case.
    pub(crate) name: String,
    /// Names in lower case, values with their references undone.
    pub(crate) attributes: Vec<(String, String)>,
}

/// Elements whose content is text up to their own end tag.
const TEXT_ONLY: [&str; 4] = ["script", "style", "title", "textarea"];

/// The start tags of a page or drawing, after the states of the HTML tokenizer.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    let (mut tags, mut rest) = (Vec::new(), page);
    while let Some(start) = rest.find('<') {
        rest = rest.get(start + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with(['!', '?', '/']) {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (tag, after) = tag(rest);
            rest = after;
            // An SVG's `<title>` is no such element, but a page's tokenizer knows it only later; escaped text
            // reads the same both ways.
            if TEXT_ONLY.contains(&tag.name.as_str()) {
                let ends = |at: &usize| {
                    let name = rest.get(at + 2..at + 2 + tag.name.len());
                    name.is_some_and(|name| name.eq_ignore_ascii_case(&tag.name))
                };
                let found = rest.match_indices("</").map(|(at, _)| at).find(ends);
                rest = rest.get(found.unwrap_or(rest.len())..).unwrap_or_default();
            }
            tags.push(tag);
        }
    }
    tags
}

fn tag(text: &str) -> (Tag, &str) {
    let end = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
    let (name, mut rest) = text.split_at(text.find(end).unwrap_or(text.len()));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        match rest.strip_prefix('>') {
            Some(after) => return (Tag { name: name.to_ascii_lowercase(), attributes }, after),
            None if rest.is_empty() => return (Tag { name: name.to_ascii_lowercase(), attributes }, ""),
            None => {}
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let ends = |c: char| end(c) || c == '=';
        let length = rest.get(first..).and_then(|more| more.find(ends)).map_or(rest.len(), |at| at + first);
        let (attribute, after) = rest.split_at(length);
        let (value, after) = match after.trim_start().strip_prefix('=') {
            Some(after) => value(after.trim_start()),
            None => ("", after),
        };
        attributes.push((attribute.to_ascii_lowercase(), unescaped(value)));
        rest = after;
    }
}

fn value(text: &str) -> (&str, &str) {
    let quoted =
        |quote| text.strip_prefix(quote).map(|rest: &str| rest.split_once(quote).unwrap_or((rest, "")));
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(|| {
        let end = text.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(text.len());
        text.split_at(end)
    })
}

fn unescaped(text: &str) -> String {
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&lt;", "<"), ("&gt;", ">")]
        .into_iter()
        .chain([("&quot;", "\""), ("&#38;", "&"), ("&amp;", "&")])
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn tags_are_found_as_browsers_find_them() {
    let found = tags(
        "<!doctype html><p a='1 2' B=\"&lt;\" c=d/e f>x</p><!-- <b> --><title><i></title><br/><img\nx=1>< u>",
    );
    let told: Vec<String> = found.iter().map(|tag| format!("{} {:?}", tag.name, tag.attributes)).collect();
    assert_eq!(
        told,
        [
            r#"p [("a", "1 2"), ("b", "<"), ("c", "d/e"), ("f", "")]"#,
            "title []",
            "br []",
            r#"img [("x", "1")]"#,
        ]
    );
}
