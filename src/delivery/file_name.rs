//! File names that every mail program and file system takes.

/// Makes a file name of `stem` and `extension` (without its dot): no separators, no characters
/// Windows refuses, no control or direction characters, at most 180 bytes in all. A stem of which
/// nothing remains becomes `report`.
pub fn safe_file_name(stem: &str, extension: &str) -> String {
    let mut clean = String::new();
    for c in stem.chars() {
        let c = match c {
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
            c if c.is_control() || is_invisible(c) => continue,
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' && clean.ends_with(' ') {
            continue;
        }
        if clean.len() + c.len_utf8() > 180 - extension.len() - 1 {
            break;
        }
        clean.push(c);
    }
    let clean = clean.trim_matches(|c: char| c == '.' || c == ' ' || c == '-');
    let clean = if clean.is_empty() { "report" } else { clean };
    let device = clean.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (device.len() == 4
            && (device.starts_with("COM") || device.starts_with("LPT"))
            && device.ends_with(|c: char| c.is_ascii_digit()));
    format!("{}{clean}.{extension}", if reserved { "_" } else { "" })
}

/// The same for one part of a path that has no ending, such as a folder.
pub fn safe_name(text: &str) -> String {
    let name = safe_file_name(text, "x");
    name.strip_suffix(".x").unwrap_or(&name).to_owned()
}

/// Characters that change how a name reads without being seen, such as the right-to-left override
/// that shows `fdp.exe` as `exe.pdf`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_names() {
        assert_eq!(safe_file_name("주간 매출 현황 2026-01-05", "pdf"), "주간 매출 현황 2026-01-05.pdf");
        assert_eq!(safe_file_name("../../etc/passwd", "pdf"), "etc-passwd.pdf");
        assert_eq!(safe_file_name("a\u{202E}fdp.exe\r\n", "pdf"), "afdp.exe.pdf");
        assert_eq!(safe_file_name("...", "csv"), "report.csv");
        assert_eq!(safe_file_name("con", "csv"), "_con.csv");
    }

    proptest! {
        #[test]
        fn any_title_becomes_one_plain_component(stem in "\\PC{0,300}|[\\x00-\\x7f]{0,40}") {
            let name = safe_file_name(&stem, "pdf");
            prop_assert!(name.len() <= 181, "{name}");
            prop_assert!(!name.starts_with('.') && name.ends_with(".pdf"));
            let no_separator = !name.contains(['/', '\\', '\0', '\r', '\n', ':']);
            prop_assert!(no_separator);
            let components = std::path::Path::new(&name).components().count();
            prop_assert_eq!(components, 1);
        }
    }
}
