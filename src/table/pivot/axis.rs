//! The entries of an axis: members in their order, with subtotals and totals in their place.

use std::collections::HashMap;

use super::members::Members;
use super::shape::{Level, Place};
use crate::table::Part;

/// A row or column (before what is shown in it is spread over it).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) part: Part,
    /// The members it stands for, outermost first; shorter for subtotals, empty for the total.
    pub(super) path: Box<[u32]>,
}

/// Members with those below them.
#[derive(Debug, Default)]
struct Node {
    children: Vec<(u32, Node)>,
    known: HashMap<u32, usize>,
}

impl Node {
    fn add(&mut self, path: &[u32]) {
        let Some((first, rest)) = path.split_first() else { return };
        let position = *self.known.entry(*first).or_insert_with(|| {
            self.children.push((*first, Self::default()));
            self.children.len() - 1
        });
        if let Some((_, child)) = self.children.get_mut(position) {
            child.add(rest);
        }
    }

    /// Orders the children on every level by `compare`, which is given the path of the parent.
    fn sort(&mut self, path: &mut Vec<u32>, compare: &Compare<'_>) {
        self.children.sort_by(|(a, _), (b, _)| compare(path, *a, *b));
        for (member, child) in &mut self.children {
            path.push(*member);
            child.sort(path, compare);
            path.pop();
        }
    }
}

/// Which of two members below the same path comes first.
pub(super) type Compare<'c> = dyn Fn(&[u32], u32, u32) -> std::cmp::Ordering + 'c;

/// The natural order of members.
pub(super) fn natural(levels: &[Members], path: &[u32], a: u32, b: u32) -> std::cmp::Ordering {
    levels
        .get(path.len())
        .map_or(std::cmp::Ordering::Equal, |members| members.value(a).order(members.value(b)))
}

/// The entries for `paths`. An axis without levels has one entry that stands for everything.
pub(super) fn entries(
    paths: &[Box<[u32]>],
    levels: &[Level],
    total: bool,
    place: Place,
    compare: &Compare<'_>,
) -> Vec<Entry> {
    if levels.is_empty() {
        return vec![Entry { part: Part::Body, path: Box::default() }];
    }
    let mut root = Node::default();
    for path in paths {
        root.add(path);
    }
    root.sort(&mut Vec::new(), compare);
    let mut entries = Vec::with_capacity(paths.len());
    let all = Entry { part: Part::Total, path: Box::default() };
    if total && place == Place::Before {
        entries.push(all.clone());
    }
    flatten(&root, levels, place, &mut Vec::new(), &mut entries);
    if total && place == Place::After {
        entries.push(all);
    }
    entries
}

fn flatten(node: &Node, levels: &[Level], place: Place, path: &mut Vec<u32>, out: &mut Vec<Entry>) {
    let level = path.len();
    for (member, child) in &node.children {
        path.push(*member);
        if level + 1 == levels.len() {
            out.push(Entry { part: Part::Body, path: path.as_slice().into() });
        } else {
            let has_subtotal = levels.get(level).is_some_and(|level| level.subtotal);
            let subtotal = Entry { part: Part::Subtotal(level), path: path.as_slice().into() };
            if has_subtotal && place == Place::Before {
                out.push(subtotal.clone());
            }
            flatten(child, levels, place, path, out);
            if has_subtotal && place == Place::After {
                out.push(subtotal);
            }
        }
        path.pop();
    }
}

/// Entries in the order of `paths`, as they are.
pub(super) fn as_they_are(paths: &[Box<[u32]>], total: bool, place: Place) -> Vec<Entry> {
    let mut entries: Vec<Entry> =
        paths.iter().map(|path| Entry { part: Part::Body, path: path.clone() }).collect();
    if total {
        let position = if place == Place::Before { 0 } else { entries.len() };
        entries.insert(position, Entry { part: Part::Total, path: Box::default() });
    }
    entries
}
