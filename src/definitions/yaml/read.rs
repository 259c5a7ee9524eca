//! From text to tree, within a budget.

use std::collections::HashMap;

use serde_saphyr::granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, options};

use super::node::{Entry, Key, Node, Place, Value};
use super::scalar::resolve;
use crate::definitions::diagnostic::Problem;
use crate::definitions::names::printable;

/// How deep values may be nested; a report needs six levels.
const DEPTH_LIMIT: usize = 48;
/// How many values a file may hold, counted after aliases are filled in: an access file has ten for a role.
const NODE_LIMIT: usize = 250_000;
/// How many keys one mapping may have: more than a large company has roles.
const KEY_LIMIT: usize = 20_000;
/// How many bytes of text a file may hold, counted after aliases are filled in.
const TEXT_LIMIT: usize = 4 << 20;

/// The tree of the only document in `text`, or `None` with the problems that prevent one. Problems
/// may come with a tree too: duplicate keys, of which the first is kept.
pub(crate) fn read(text: &str) -> (Option<Node>, Vec<Problem>) {
    let mut builder = Builder::default();
    if let Some(problem) = forbidden_character(text) {
        return (None, vec![problem]);
    }
    let mut options = options! {
        disallow_directives: true,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    options.set_emit_comments(false);
    for event in Parser::new_from_str_with_options(text, options) {
        let outcome = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => Err(syntax(&error)),
        };
        if let Err(problem) = outcome {
            builder.problems.push(problem);
            return (None, builder.problems);
        }
    }
    (builder.root, builder.problems)
}

/// Control characters never belong into a definition; the parser would carry some of them along.
fn forbidden_character(text: &str) -> Option<Problem> {
    let (mut line, mut column) = (1, 1);
    for c in text.chars() {
        match c {
            '\n' => (line, column) = (line + 1, 1),
            '\r' | '\t' => column += 1,
            c if c.is_control() => {
                return Some(
                    Problem::at(
                        Place { line, column, width: 1 },
                        "control_character",
                        format!("the control character U+{:04X} cannot stand in a definition", u32::from(c)),
                    )
                    .help("remove it; in quoted text it can be written as an escape"),
                );
            }
            _ => column += 1,
        }
    }
    None
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, Size)>,
    root: Option<Node>,
    used: Size,
    documents: usize,
    problems: Vec<Problem>,
}

/// What a subtree costs.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    text: usize,
    depth: usize,
}

struct Open {
    anchor: usize,
    place: Place,
    size: Size,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    /// The entries, the key whose value comes next, and where each key stands among the entries.
    Map(Vec<Entry>, Option<Key>, HashMap<String, usize>),
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        let tag_place = span.tag_span().as_ref().map(place_of);
        let place = place_of(&span);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Problem::at(
                        place,
                        "syntax",
                        "a file holds one definition, but a second YAML document starts here",
                    )
                    .help("remove `---` and move what follows into a file of its own"));
                }
                Ok(())
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = match tag {
                    Some(tag) if tag.core_suffix() == Some("str") => Value::Text(text.into_owned()),
                    Some(tag) => return Err(no_tag(tag_place.unwrap_or(place), &tag.original())),
                    None if style == ScalarStyle::Plain => resolve(&text),
                    None => Value::Text(text.into_owned()),
                };
                let size = Size { nodes: 1, text: text_len(&value), depth: 1 };
                self.place_node(Node { value, place }, size, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(
                    tag_place.unwrap_or(place),
                    tag.as_deref().map(serde_saphyr::granit_parser::Tag::original),
                )?;
                self.open(anchor, place, Content::List(Vec::new()))
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(
                    tag_place.unwrap_or(place),
                    tag.as_deref().map(serde_saphyr::granit_parser::Tag::original),
                )?;
                self.open(anchor, place, Content::Map(Vec::new(), None, HashMap::new()))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => {
                let Some(size) = self.anchors.get(&id).map(|(_, size)| *size) else {
                    return Err(Problem::at(
                        place,
                        "syntax",
                        "this alias stands inside the value it refers to",
                    ));
                };
                // Counted before it is copied: a bomb costs nothing.
                self.afford(place, size)?;
                let Some((node, _)) = self.anchors.get(&id) else { return Ok(()) };
                let node = Node { value: node.value.clone(), place };
                self.attach(node, size)
            }
            _ => Ok(()),
        }
    }

    fn afford(&mut self, place: Place, size: Size) -> Result<(), Problem> {
        self.used.nodes += size.nodes;
        self.used.text += size.text;
        let over = |what: &str| {
            Problem::at(place, "too_large", format!("the file is too large here: {what}"))
                .help("aliases (`*name`) count with everything they stand for; split the file")
        };
        if self.used.nodes > NODE_LIMIT {
            return Err(over(&format!("more than {NODE_LIMIT} values")));
        }
        if self.used.text > TEXT_LIMIT {
            return Err(over(&format!("more than {} MiB of text", TEXT_LIMIT >> 20)));
        }
        if self.open.len() + size.depth > DEPTH_LIMIT {
            return Err(Problem::at(
                place,
                "too_deep",
                format!("values are nested more than {DEPTH_LIMIT} levels deep"),
            ));
        }
        Ok(())
    }

    fn open(&mut self, anchor: usize, place: Place, content: Content) -> Result<(), Problem> {
        self.afford(place, Size { nodes: 1, text: 0, depth: 1 })?;
        self.open.push(Open { anchor, place, size: Size { nodes: 1, text: 0, depth: 1 }, content });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map(entries, ..) => Value::Map(entries),
        };
        let node = Node { value, place: open.place };
        if open.anchor != 0 {
            self.anchors.insert(open.anchor, (node.clone(), open.size));
            self.afford(open.place, Size { depth: 0, ..open.size })?;
        }
        self.attach(node, open.size)
    }

    fn place_node(&mut self, node: Node, size: Size, anchor: usize) -> Result<(), Problem> {
        self.afford(node.place, size)?;
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        self.attach(node, size)
    }

    fn attach(&mut self, node: Node, size: Size) -> Result<(), Problem> {
        let Some(parent) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        parent.size.nodes += size.nodes.max(1);
        parent.size.text += size.text;
        parent.size.depth = parent.size.depth.max(size.depth + 1);
        match &mut parent.content {
            Content::List(items) => items.push(node),
            Content::Map(_, key @ None, _) => *key = Some(key_of(node)?),
            Content::Map(entries, key @ Some(_), known) => {
                let Some(key) = key.take() else { return Ok(()) };
                match known.get(&key.text).and_then(|at| entries.get(*at)) {
                    Some(first) => self.problems.push(
                        Problem::at(
                            key.place,
                            "duplicate_key",
                            format!("the key `{}` stands here a second time", printable(&key.text)),
                        )
                        .help(format!(
                            "the first one is on line {}; remove one of them",
                            first.key.place.line
                        )),
                    ),
                    None if entries.len() >= KEY_LIMIT => {
                        let message = format!("a mapping has at most {KEY_LIMIT} keys");
                        return Err(Problem::at(key.place, "too_large", message));
                    }
                    None => {
                        known.insert(key.text.clone(), entries.len());
                        entries.push(Entry { key, node });
                    }
                }
            }
        }
        Ok(())
    }
}

fn key_of(node: Node) -> Result<Key, Problem> {
    let place = node.place;
    let text = match node.value {
        Value::Text(text) | Value::Int(_, text) | Value::Float(_, text) => text,
        Value::Bool(value) => value.to_string(),
        Value::Null | Value::List(_) | Value::Map(_) => {
            return Err(Problem::at(
                place,
                "syntax",
                format!("a key must be a name, not {}", node.value.describe()),
            )
            .help("`{name}` in braces is a mapping in YAML; put text that starts with a brace in quotes"));
        }
    };
    Ok(Key { text, place })
}

fn refuse_tag(place: Place, tag: Option<String>) -> Result<(), Problem> {
    tag.map_or(Ok(()), |tag| Err(no_tag(place, &tag)))
}

fn no_tag(place: Place, tag: &str) -> Problem {
    Problem::at(
        place,
        "syntax",
        format!("YAML tags such as `{}` are not used in definitions", printable(tag)),
    )
    .help("remove it; put text that starts with `!` in quotes")
}

fn text_len(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Int(_, text) | Value::Float(_, text) => text.len(),
        _ => 0,
    }
}

fn place_of(span: &Span) -> Place {
    let same_line = span.start.line() == span.end.line();
    let width = if same_line { span.end.col().saturating_sub(span.start.col()) } else { 1 };
    Place { line: span.start.line().max(1), column: span.start.col() + 1, width: width.max(1) }
}

fn syntax(error: &ScanError) -> Problem {
    let marker = error.marker();
    let place = Place { line: marker.line().max(1), column: marker.col() + 1, width: 1 };
    let help = match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "indent with spaces; YAML allows no tabs here",
        ErrorKind::UnknownAnchor => {
            "an alias `*name` needs `&name` before it; put text that starts with `*` in quotes"
        }
        ErrorKind::RecursionLimitExceeded => {
            return Problem::at(
                place,
                "too_deep",
                format!("values are nested more than {DEPTH_LIMIT} levels deep"),
            );
        }
        ErrorKind::UnclosedQuotedScalar | ErrorKind::UnclosedFlowCollection { .. } => {
            "close it, or put text with brackets or quotes in quotes"
        }
        ErrorKind::DirectiveDisallowed => "remove the line that starts with `%`",
        ErrorKind::UnexpectedCharacter { .. } => "put text that starts with a special character in quotes",
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement => {
            "text with a colon followed by a blank must be in quotes; keys need their own line or commas between them"
        }
        _ => "check the indentation, brackets and quotes here and on the line before",
    };
    Problem::at(place, "syntax", format!("this is not valid YAML: {}", error.info())).help(help)
}
