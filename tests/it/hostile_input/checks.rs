//! What holds for every answer, whatever was asked.

use std::time::Duration;

use super::markup::{Tag, tags};
use super::payloads::{PROBE, PRODUCT, Payload};
use super::wire::Answer;

/// Below the sixty seconds that hostile SQL asks a database to sleep, and above what a busy machine needs.
const LONGEST: Duration = Duration::from_secs(45);

/// Words of what is behind the server. No payload has them.
const INSIDES: [&str; 12] = [
    "root:x:",
    "[extensions]",
    "uid=0",
    "sqlstate",
    "sqlite",
    "sqlx",
    "datafusion",
    "panicked",
    "rust_backtrace",
    "stack backtrace",
    ".rs:",
    "[package]",
];

/// Elements that no page of ours has.
const FOREIGN_ELEMENTS: [&str; 11] = [
    PROBE,
    "iframe",
    "object",
    "embed",
    "base",
    "math",
    "animate",
    "set",
    "foreignobject",
    "frameset",
    "applet",
];

/// Attributes that lead somewhere.
const ADDRESSES: [&str; 7] = ["href", "src", "action", "formaction", "xlink:href", "poster", "data"];

/// The first thing that is wrong with an answer to `payload`.
pub(super) fn complaint(answer: &Answer, payload: &Payload, inside: &str) -> Option<String> {
    let complaints = [
        slow_or_broken(answer),
        headers(answer),
        location(answer),
        insides(answer, inside),
        body(answer, payload),
    ];
    complaints.into_iter().flatten().next()
}

fn slow_or_broken(answer: &Answer) -> Option<String> {
    if !(200..500).contains(&answer.status) {
        return Some(format!("status {}: {}", answer.status, answer.text()));
    }
    (answer.took > LONGEST).then(|| format!("took {:?}", answer.took))
}

/// What HTTP itself refuses (a head that cannot be read) has no body, and never reaches the program.
pub(super) fn is_no_request(answer: &Answer) -> bool {
    matches!(answer.status, 400 | 431) && answer.body.is_empty() && answer.header("x-request-id").is_empty()
}

fn headers(answer: &Answer) -> Option<String> {
    let injected = answer.headers.iter().find(|(name, value)| {
        name.starts_with("x-injected") || (name == "set-cookie" && value.starts_with("injected"))
    });
    if let Some(header) = injected {
        return Some(format!("a header out of the payload: {header:?}"));
    }
    if is_no_request(answer) {
        return None;
    }
    let policy = answer.header("content-security-policy");
    let bounded = policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe");
    if !bounded || answer.header("x-content-type-options") != "nosniff" {
        return Some(format!("without the headers that keep browsers in bounds: {:?}", answer.headers));
    }
    let kind = answer.header("content-type");
    (kind.is_empty() && !answer.body.is_empty()).then(|| "a body without a type".to_owned())
}

fn location(answer: &Answer) -> Option<String> {
    let location = answer.header("location");
    if location.is_empty() {
        return (answer.status / 100 == 3 && answer.status != 304).then(|| "leads nowhere".to_owned());
    }
    let base = url::Url::parse("http://this.invalid/").unwrap();
    let here = base.join(location).is_ok_and(|target| target.origin() == base.origin());
    // Browsers read `\` as `/`, and two of them begin the name of a host.
    let sane =
        location.starts_with('/') && !location.get(1..).is_some_and(|rest| rest.starts_with(['/', '\\']));
    (!here || !sane || location.contains(char::is_control)).then(|| format!("leads to {location:?}"))
}

fn insides(answer: &Answer, inside: &str) -> Option<String> {
    let text = answer.text();
    if text.contains(inside) {
        return Some(format!("names {inside}"));
    }
    // Four letters stand by chance in so many bytes of compressed pages and pictures.
    if !is_text(answer.header("content-type")) {
        return None;
    }
    let text = text.to_ascii_lowercase();
    INSIDES.iter().find(|word| text.contains(**word)).map(|word| format!("says `{word}`: {text}"))
}

fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || ["json", "svg"].iter().any(|word| kind.contains(word))
}

fn body(answer: &Answer, payload: &Payload) -> Option<String> {
    let (kind, text) = (answer.header("content-type"), answer.text());
    if text.contains(PRODUCT) {
        return Some("computed what stood in the payload".to_owned());
    }
    if kind.starts_with("application/json") {
        return serde_json::from_str::<serde_json::Value>(&text).err().map(|error| format!("JSON: {error}"));
    }
    if !kind.starts_with("text/html") && !kind.starts_with("image/svg") {
        return None;
    }
    let value = payload.text();
    let could_be_markup = value.len() >= 6 && value.contains(['<', '>', '"']);
    if could_be_markup && text.contains(&value) {
        return Some(format!("the payload stands there as it came: {}", around(&text, &value)));
    }
    markup(&text)
}

/// What is wrong with the markup of a page or drawing: anything that runs, or that is not ours.
pub(crate) fn markup(page: &str) -> Option<String> {
    tags(page).iter().find_map(|tag| wrong_with(tag).map(|why| format!("{why}: {tag:?}")))
}

fn wrong_with(tag: &Tag) -> Option<&'static str> {
    if FOREIGN_ELEMENTS.contains(&tag.name.as_str()) || tag.name.contains(PROBE) {
        return Some("an element that is not ours");
    }
    let value = |name: &str| tag.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    if tag.name == "script" && !value("src").is_some_and(|src| src.starts_with("/static/")) {
        return Some("a script");
    }
    // Without scripts a dashboard leads to its complete page.
    let leads_on = value("content").is_some_and(|content| {
        content
            .strip_prefix("0; url=/")
            .is_some_and(|rest| !rest.starts_with(['/', '\\']) && !rest.contains(' '))
    });
    if tag.name == "meta" && value("http-equiv").is_some() && !leads_on {
        return Some("a header in the page");
    }
    tag.attributes.iter().find_map(|(name, value)| {
        let address: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let address = address.to_ascii_lowercase();
        let runs = ["javascript:", "vbscript:", "data:text"].iter().any(|scheme| address.starts_with(scheme));
        if name.contains(PROBE) || name.contains(['<', '"', '\'']) {
            Some("an attribute out of the payload")
        } else if name.starts_with("on") || name == "srcdoc" {
            Some("a handler of events")
        } else if name == "style" {
            Some("a style, which the policy forbids")
        } else if ADDRESSES.contains(&name.as_str()) && runs {
            Some("an address that runs")
        } else {
            None
        }
    })
}

/// A piece of a page, for messages.
fn around(text: &str, value: &str) -> String {
    let at = text.find(value).unwrap_or_default();
    let start = text.floor_char_boundary(at.saturating_sub(80));
    text.get(start..).unwrap_or_default().chars().take(240).collect()
}

#[test]
fn what_runs_is_found() {
    for bad in [
        "<p><script>x</script>",
        "<p onclick=x>",
        "<a href=' java\tscript:x'>",
        "<b><iframe>",
        "<p style=x>",
        "<input value=\"\"xssprobe()\">",
        "<xssprobe>",
        "<meta http-equiv=refresh>",
    ] {
        assert!(markup(bad).is_some(), "{bad}");
    }
    assert_eq!(markup("<script src=\"/static/app.js\"></script><p title=\"<script>\">&lt;script&gt;"), None);
}
