//! Emphasis beside Korean and Chinese.
//!
//! CommonMark lets `**` close only before a space or punctuation when punctuation stands before it, a
//! rule made for languages with spaces between words: `**"매출"**이` would stay as it is. A mark that
//! draws nothing between the punctuation and the asterisks makes the rule see a letter there.

/// Stands for a letter; taken out again after parsing.
pub(super) const LETTER: char = '\u{f8fd}';

/// `source` with [`LETTER`] where asterisks have punctuation on one side and a letter of a script
/// without spaces on the other.
pub(super) fn eased(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut eased = String::with_capacity(source.len() + 8);
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let run = chars.get(at..).unwrap_or_default().iter().take_while(|c| **c == '*').count();
        if run == 0 {
            eased.push(c);
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).and_then(|before| chars.get(before)).copied();
        let after = chars.get(at + run).copied();
        let closes =
            before.is_some_and(is_punctuation) && before != Some('\\') && after.is_some_and(is_spaceless);
        let opens = before.is_some_and(is_spaceless) && after.is_some_and(is_punctuation);
        if closes {
            eased.push(LETTER);
        }
        eased.extend(std::iter::repeat_n('*', run));
        if opens {
            eased.push(LETTER);
        }
        at += run;
    }
    eased
}

fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric()
        && !c.is_whitespace()
        && !c.is_control()
        && !('\u{e000}'..='\u{f8ff}').contains(&c)
        && !('\u{f0000}'..='\u{10ffff}').contains(&c)
}

fn is_spaceless(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}
