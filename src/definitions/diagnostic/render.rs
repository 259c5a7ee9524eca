//! A diagnostic as text for a terminal: the line, a caret below it, the next step.

use std::fmt;

use super::{Diagnostic, Severity};

/// How many characters of the source line are shown.
const SHOWN: usize = 110;

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{severity}[{}]: {}", self.code, self.message)?;
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        let (shown, before, width) = self.window();
        if !shown.trim().is_empty() {
            writeln!(f, "{margin} |")?;
            writeln!(f, "{number} | {}", shown.trim_end())?;
            writeln!(f, "{margin} | {}{}", " ".repeat(before), "^".repeat(width))?;
        }
        if !self.path.is_empty() {
            writeln!(f, "{margin} = at: {}", self.path)?;
        }
        if let Some(help) = &self.help {
            writeln!(f, "{margin} = help: {help}")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    /// The part of the line around the mark, the terminal columns before the mark, and its width.
    fn window(&self) -> (String, usize, usize) {
        let chars: Vec<char> =
            self.source_line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mark = self.column.saturating_sub(1).min(chars.len());
        let start = if mark + 20 > SHOWN { mark.saturating_sub(SHOWN / 2) } else { 0 };
        let end = (start + SHOWN).min(chars.len());
        let columns = |chars: &[char]| chars.iter().map(|c| columns(*c)).sum::<usize>();
        let visible = chars.get(start..end).unwrap_or_default();
        let mut shown: String = visible.iter().collect();
        let mut before = columns(chars.get(start..mark).unwrap_or_default());
        let width = columns(chars.get(mark..(mark + self.width).min(end)).unwrap_or_default()).max(1);
        if start > 0 {
            shown.insert(0, '…');
            before += 1;
        }
        if end < chars.len() {
            shown.push('…');
        }
        (shown, before, width)
    }
}

/// How many terminal columns a character takes; ranges of the East Asian Width property that occur
/// in Korean, Chinese and Japanese text, and emoji.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE4F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line: &str, column: usize, width: usize) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: "unknown_key".into(),
            file: "sales.yaml".into(),
            line: 7,
            column,
            width,
            path: String::new(),
            message: "wrong".into(),
            source_line: line.into(),
            help: None,
        }
    }

    #[test]
    fn the_caret_stands_below_the_word_even_behind_korean() {
        let text = diagnostic("title: 매출, owmer: x", 12, 5).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[3], "7 | title: 매출, owmer: x");
        assert_eq!(lines[4], "  |              ^^^^^");
    }

    #[test]
    fn a_very_long_line_is_shown_around_the_mark() {
        let line = format!("{}HERE{}", "x".repeat(5000), "y".repeat(5000));
        let text = diagnostic(&line, 5001, 4).to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[3].chars().count() < 130);
        let caret = lines[4].find('^').unwrap();
        assert_eq!(&lines[3].chars().skip(caret).take(4).collect::<String>(), "HERE");
    }
}
