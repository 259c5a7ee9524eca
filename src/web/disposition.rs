//! File names in responses.

use std::fmt::Write as _;

use axum::http::HeaderValue;

/// Whether the browser shows a file or saves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// Shows it, if it can.
    Inline,
    /// Saves it.
    Attachment,
}

/// A file name every system takes: no separators, control or bidirectional characters, no dots at
/// its ends, at most 80 characters before the ending.
pub(super) fn file_name(title: &str, ending: &str) -> String {
    let safe: String = title
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) || is_invisible(c) { ' ' } else { c })
        .take(80)
        .collect();
    let words: Vec<&str> = safe.split_whitespace().collect();
    let name = words.join(" ");
    let name = name.trim_matches(|c| c == '.' || c == ' ');
    format!("{}.{ending}", if name.is_empty() { "report" } else { name })
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A `Content-Disposition` after RFC 6266: an ASCII name for old programs, and the true one encoded
/// after RFC 8187.
pub(super) fn content_disposition(disposition: Disposition, name: &str) -> HeaderValue {
    let kind = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || " .-_()".contains(c);
    let ascii: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let mut text = format!("{kind}; filename=\"{ascii}\"");
    if ascii != name {
        text.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(kind_only(disposition)))
}

fn kind_only(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_korean_name_travels_encoded_beside_an_ascii_one() {
        let value = content_disposition(Disposition::Attachment, "주간 매출.pdf");
        assert_eq!(
            value.to_str().unwrap(),
            "attachment; filename=\"__ __.pdf\"; filename*=UTF-8''%EC%A3%BC%EA%B0%84%20%EB%A7%A4%EC%B6%9C.pdf"
        );
        let value = content_disposition(Disposition::Inline, "Weekly.csv");
        assert_eq!(value.to_str().unwrap(), "inline; filename=\"Weekly.csv\"");
    }

    #[test]
    fn hostile_titles_become_harmless_names() {
        assert_eq!(file_name("../../etc/passwd\r\nX: y", "pdf"), "etc passwd X y.pdf");
        assert_eq!(file_name("\u{202e}fdp.exe", "pdf"), "fdp.exe.pdf");
        assert_eq!(file_name("...", "csv"), "report.csv");
        assert!(file_name(&"가".repeat(500), "pdf").chars().count() < 90);
    }
}
