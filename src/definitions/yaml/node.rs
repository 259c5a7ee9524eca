//! A YAML document as a tree with positions.

use crate::definitions::path::{FieldPath, Step};

/// Where something stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters of that line it covers, at least 1.
    pub width: usize,
}

impl Place {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1, width: 1 };
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it is.
    pub value: Value,
    /// Where it starts.
    pub place: Place,
}

/// A YAML value after resolution by the YAML 1.2 core schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number, with its text as written.
    Int(i64, String),
    /// A number, with its text as written.
    Float(f64, String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file; keys are unique.
    Map(Vec<Entry>),
}

/// One key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// Its value.
    pub node: Node,
}

/// A key and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key's text.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Value {
    /// What an author calls a value of this kind.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "true or false",
            Self::Int(..) => "a whole number",
            Self::Float(..) => "a decimal number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl Node {
    /// The entry of `key`, if this is a mapping that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|entry| entry.key.text == key),
            _ => None,
        }
    }

    /// The keys of the mapping at `key`, whether or not their values are valid; empty without it.
    pub fn keys_of(&self, key: &str) -> Vec<&str> {
        match self.entry(key).map(|entry| &entry.node.value) {
            Some(Value::Map(entries)) => entries.iter().map(|entry| entry.key.text.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Where the value at `path` stands; for mappings and lists the key that holds them. When the
    /// path leads nowhere, the last place on its way that exists.
    pub fn locate(&self, path: &FieldPath) -> Place {
        let mut node = self;
        let mut place = match &self.value {
            Value::Map(entries) => entries.first().map_or(self.place, |entry| entry.key.place),
            _ => self.place,
        };
        for step in path.steps() {
            let next = match (step, &node.value) {
                (Step::Key(key), _) => node.entry(key).map(|entry| (&entry.node, entry.key.place)),
                // `y: revenue` stands for `y: [revenue]`: item 0 of a single value is that value.
                (Step::Index(0), value) if !matches!(value, Value::List(_)) => Some((node, place)),
                (Step::Index(index), Value::List(items)) => items.get(*index).map(|item| (item, item.place)),
                (Step::Index(_), _) => None,
            };
            let Some((next, held_at)) = next else { return place };
            node = next;
            place = match node.value {
                Value::List(_) | Value::Map(_) | Value::Null => held_at,
                _ => node.place,
            };
        }
        place
    }

    /// Every text at or below `path`, with its own path.
    pub(crate) fn texts_below(&self, path: &FieldPath) -> Vec<(FieldPath, &str)> {
        let mut texts = Vec::new();
        let start = path.steps().iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), _) => node.entry(key).map(|entry| &entry.node),
            (Step::Index(index), Value::List(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        });
        let mut open: Vec<(FieldPath, &Self)> = start.map(|node| (path.clone(), node)).into_iter().collect();
        while let Some((path, node)) = open.pop() {
            match &node.value {
                Value::Text(text) => texts.push((path, text.as_str())),
                Value::List(items) => {
                    open.extend(items.iter().enumerate().map(|(index, item)| (path.index(index), item)));
                }
                Value::Map(entries) => {
                    open.extend(entries.iter().map(|entry| (path.key(&entry.key.text), &entry.node)));
                }
                _ => {}
            }
        }
        texts
    }

    /// `path` as the file has it: without the index 0 of a single value that stands for a list.
    pub(crate) fn as_written(&self, path: &FieldPath) -> FieldPath {
        let mut node = Some(self);
        let mut written = FieldPath::root();
        for step in path.steps() {
            match (step, node.map(|node| &node.value)) {
                (Step::Index(0), Some(value)) if !matches!(value, Value::List(_)) => {}
                (Step::Index(index), Some(Value::List(items))) => {
                    node = items.get(*index);
                    written = written.index(*index);
                }
                (Step::Index(index), _) => written = written.index(*index),
                (Step::Key(key), _) => {
                    node = node.and_then(|node| node.entry(key)).map(|entry| &entry.node);
                    written = written.key(key);
                }
            }
        }
        written
    }

    /// Where the key at the end of `path` stands; without one, as [`Node::locate`].
    pub fn locate_key(&self, path: &FieldPath) -> Place {
        let Some((Step::Key(last), before)) = path.steps().split_last() else { return self.locate(path) };
        let parent = before.iter().try_fold(self, |node, step| match (step, &node.value) {
            (Step::Key(key), _) => node.entry(key).map(|entry| &entry.node),
            (Step::Index(index), Value::List(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        });
        parent.and_then(|node| node.entry(last)).map_or_else(|| self.locate(path), |entry| entry.key.place)
    }
}
