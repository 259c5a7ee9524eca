//! From text with braces to its parts.

use super::{Branch, Length, Located, MAX_LENGTH, NarrativeError, Part, Placeholder};
use crate::definitions::condition::Condition;
use crate::definitions::names;
use crate::format::Particle;
use crate::format::rich_text::MAX_PLACEHOLDERS;

/// How deep choices may stand in each other.
const MAX_DEPTH: usize = 16;

/// What stands between braces, or between them.
enum Piece {
    Words(String),
    Value(Placeholder),
    If(Condition),
    Elif(Condition),
    Else,
    End,
}

pub(super) fn parse(text: &str) -> Result<Vec<Part>, NarrativeError> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        let message = format!("the text has {length} characters");
        return Err(NarrativeError { message, help: format!("at most {MAX_LENGTH} are read"), line: 1 });
    }
    let mut reader = Reader { rest: text, line: 1, values: 0 };
    let mut pieces = Vec::new();
    while let Some(piece) = reader.piece()? {
        pieces.push(piece);
    }
    drop_lines_of_their_own(&mut pieces);
    assemble(pieces)
}

fn error(line: usize, message: impl Into<String>, help: impl Into<String>) -> NarrativeError {
    NarrativeError { message: message.into(), help: help.into(), line }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    values: usize,
}

impl Reader<'_> {
    /// The next piece with its line.
    fn piece(&mut self) -> Result<Option<(Piece, usize)>, NarrativeError> {
        let mut words = String::new();
        let line = self.line;
        loop {
            let end = self.rest.find(['{', '}']).unwrap_or(self.rest.len());
            let (before, rest) = self.rest.split_at(end);
            words.push_str(before);
            self.line += before.matches('\n').count();
            self.rest = rest;
            match rest.get(..2) {
                Some("{{") => words.push('{'),
                Some("}}") => words.push('}'),
                _ => break,
            }
            self.rest = rest.get(2..).unwrap_or_default();
        }
        if !words.is_empty() {
            return Ok(Some((Piece::Words(plain(words)), line)));
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let line = self.line;
        let Some(inner) = self.rest.strip_prefix('{') else {
            return Err(error(line, "a `}` closes nothing", "write `}}` for a brace in the text"));
        };
        let end = closing_brace(inner).ok_or_else(|| {
            let shown: String = inner.chars().take_while(|c| *c != '\n').take(30).collect();
            error(
                line,
                format!("the brace of `{{{}` is not closed", names::printable(&shown)),
                "close it with `}`, or write `{{` for a brace in the text",
            )
        })?;
        let (inner, rest) = inner.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        self.line += inner.matches('\n').count();
        self.tag(inner.trim(), line).map(|piece| Some((piece, line)))
    }

    fn tag(&mut self, inner: &str, line: usize) -> Result<Piece, NarrativeError> {
        let (word, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        let condition =
            |rest: &str| Condition::parse(rest).map_err(|problem| error(line, problem.message, problem.help));
        match word {
            "if" => return condition(rest).map(Piece::If),
            "elif" => return condition(rest).map(Piece::Elif),
            "else" | "end" if rest.trim().is_empty() => {
                return Ok(if word == "else" { Piece::Else } else { Piece::End });
            }
            "else" if rest.trim_start().starts_with("if ") => {
                return Err(error(line, "`{else if …}` is written `{elif …}`", "write `elif`"));
            }
            _ => {}
        }
        self.values += 1;
        if self.values > MAX_PLACEHOLDERS {
            let help = format!("at most {MAX_PLACEHOLDERS} are");
            return Err(error(line, "too many values stand in one text", help));
        }
        placeholder(inner, line).map(Piece::Value)
    }
}

/// The words without the characters that will stand for values: nobody's own, so nothing is lost.
fn plain(words: String) -> String {
    if words.chars().any(is_private) { words.replace(is_private, "\u{fffd}") } else { words }
}

fn is_private(c: char) -> bool {
    matches!(c, '\u{f8fd}' | '\u{f0000}'..='\u{10ffff}')
}

/// Where the brace closes, outside of quotes.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    for (position, c) in text.char_indices() {
        match (quote, c) {
            (None, '}') => return Some(position),
            (None, '{') => return None,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    // An apostrophe that opens no quote.
    text.find('}').filter(|end| !text.get(..*end).is_some_and(|inner| inner.contains('{')))
}

fn placeholder(inner: &str, line: usize) -> Result<Placeholder, NarrativeError> {
    let end = inner.find(['|', ':']).unwrap_or(inner.len());
    let (name, mut rest) = inner.split_at(end);
    let name = name.trim().trim_matches('"').to_owned();
    if name.is_empty() || name.chars().any(char::is_control) {
        let help = "name a measure, as in `{revenue}`; write `{{` for a brace in the text";
        return Err(error(line, "there is no name in the braces", help));
    }
    let mut placeholder = Placeholder { name, length: Length::Usual, particle: None, line };
    while let Some(sign) = rest.chars().next() {
        rest = rest.get(1..).unwrap_or_default();
        let end = rest.find(['|', ':']).unwrap_or(rest.len());
        let (option, more) = rest.split_at(end);
        let option = option.trim();
        rest = more;
        match (sign, option) {
            ('|', "full") => placeholder.length = Length::Full,
            ('|', "short") => placeholder.length = Length::Short,
            ('|', other) => {
                let message = format!("there is no format `{}`", names::printable(other));
                return Err(error(line, message, names::offer(other, "formats", ["full", "short"])));
            }
            (_, other) => {
                let valid = Particle::ALL.map(Particle::name);
                let unknown = || {
                    let help = names::offer(other, "particles", valid.iter().map(String::as_str));
                    error(line, format!("there is no particle `{}`", names::printable(other)), help)
                };
                placeholder.particle = Some(Particle::parse(other).ok_or_else(unknown)?);
            }
        }
    }
    Ok(placeholder)
}

/// A line with nothing but an `{if}`, `{elif}`, `{else}` or `{end}` on it is not a line of the text.
fn drop_lines_of_their_own(pieces: &mut [(Piece, usize)]) {
    let is_blank = |text: &str| text.chars().all(|c| c == ' ' || c == '\t');
    // Whether what stands before the next piece ends with a line break, or is nothing at all.
    let mut at_line_start = true;
    for at in 0..pieces.len() {
        let (before, rest) = pieces.split_at_mut(at);
        let Some(((piece, _), after)) = rest.split_first_mut() else { return };
        if let Piece::Words(words) = piece {
            at_line_start = words.rfind('\n').map_or(at_line_start, |_| true)
                && words.rsplit('\n').next().is_some_and(is_blank);
            continue;
        }
        if !at_line_start || matches!(piece, Piece::Value(_)) {
            at_line_start = false;
            continue;
        }
        let line_end = match after.first() {
            None => Some(0),
            Some((Piece::Words(words), _)) => match words.find('\n') {
                Some(end) => Some(end + 1).filter(|_| words.get(..end).is_some_and(is_blank)),
                None => Some(words.len()).filter(|_| after.len() == 1 && is_blank(words)),
            },
            Some(_) => None,
        };
        let Some(line_end) = line_end else {
            at_line_start = false;
            continue;
        };
        if let Some((Piece::Words(words), _)) = before.last_mut() {
            words.truncate(words.rfind('\n').map_or(0, |end| end + 1));
        }
        if let Some((Piece::Words(words), _)) = after.first_mut() {
            *words = words.split_off(line_end);
        }
    }
}

fn assemble(pieces: Vec<(Piece, usize)>) -> Result<Vec<Part>, NarrativeError> {
    /// A choice that is not ended yet.
    struct Choice {
        branches: Vec<Branch>,
        outside: Vec<Part>,
        line: usize,
    }
    let mut open: Vec<Choice> = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for (piece, line) in pieces {
        match piece {
            Piece::Words(words) => {
                if !words.is_empty() {
                    parts.push(Part::Words(words));
                }
            }
            Piece::Value(placeholder) => parts.push(Part::Value(placeholder)),
            Piece::If(condition) => {
                if open.len() >= MAX_DEPTH {
                    let help = format!("at most {MAX_DEPTH} may stand in each other");
                    return Err(error(line, "choices are nested too deeply", help));
                }
                let first = Branch { condition: Some(Located { value: condition, line }), parts: Vec::new() };
                let outside = std::mem::take(&mut parts);
                open.push(Choice { branches: vec![first], outside, line });
            }
            Piece::Elif(_) | Piece::Else => {
                let condition = match piece {
                    Piece::Elif(condition) => Some(Located { value: condition, line }),
                    _ => None,
                };
                let word = if condition.is_some() { "elif" } else { "else" };
                let Some(choice) = open.last_mut() else {
                    let message = format!("`{{{word}}}` stands outside of a choice");
                    return Err(error(line, message, "begin one with `{if …}`"));
                };
                let Some(last) = choice.branches.last_mut() else { continue };
                if last.condition.is_none() {
                    let message = format!("`{{{word}}}` follows an `{{else}}`");
                    return Err(error(
                        line,
                        message,
                        "`{else}` is the last branch; end the choice with `{end}`",
                    ));
                }
                last.parts = std::mem::take(&mut parts);
                choice.branches.push(Branch { condition, parts: Vec::new() });
            }
            Piece::End => {
                let Some(mut choice) = open.pop() else {
                    return Err(error(
                        line,
                        "`{end}` ends nothing",
                        "begin a choice with `{if …}`, or remove it",
                    ));
                };
                if let Some(last) = choice.branches.last_mut() {
                    last.parts = std::mem::take(&mut parts);
                }
                parts = choice.outside;
                parts.push(Part::Choice(choice.branches));
            }
        }
    }
    match open.pop() {
        Some(choice) => Err(error(choice.line, "this `{if …}` is not ended", "add `{end}`")),
        None => Ok(parts),
    }
}
