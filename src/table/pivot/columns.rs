//! Columns and their heads.

use super::axis::Entry;
use super::members::Axes;
use super::shape::{LeafHead, Shape};
use crate::format::{NumberFormat, NumberStyle};
use crate::table::{GridColumn, HeadCell, HeadNode, Part, head_rows, subtotal, total};

/// Columns, with the entry and leaf each belongs to.
pub(super) struct Columns {
    pub(super) head: Vec<Vec<HeadCell>>,
    pub(super) list: Vec<GridColumn>,
    pub(super) of: Vec<(usize, usize)>,
}

/// The columns of all entries, with one per leaf in each; or one for all leaves, where measures stand
/// in rows.
pub(super) fn columns(shape: &Shape, axes: &Axes, entries: &[Entry]) -> Columns {
    let order = if shape.values_on_rows { vec![0] } else { leaf_order(&shape.heads) };
    let (mut columns, mut of) = (Vec::new(), Vec::new());
    for (position, entry) in entries.iter().enumerate() {
        let heads = entry_heads(shape, axes, entry);
        for leaf in &order {
            let own = shape.leaves.get(*leaf).filter(|_| !shape.values_on_rows);
            let path: Vec<&str> = heads.iter().map(String::as_str).collect();
            let name = path.iter().copied().chain(own.map(|leaf| leaf.name.as_str()));
            let name = name.collect::<Vec<_>>().join(".");
            let title = path.iter().copied().chain(own.map(|leaf| leaf.title.as_str()));
            let title = title.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
            columns.push(GridColumn { name, title, value: *leaf, part: entry.part, ..GridColumn::default() });
            of.push((position, *leaf));
        }
    }
    let head = head_rows(&nodes(shape, axes, entries, 0));
    Columns { head, list: columns, of }
}

fn leaf_order(heads: &[LeafHead]) -> Vec<usize> {
    heads
        .iter()
        .flat_map(|head| match head {
            LeafHead::Leaf(leaf) => vec![*leaf],
            LeafHead::Group(_, below) => leaf_order(below),
        })
        .collect()
}

/// The texts above an entry's columns, from the outermost member to its own.
fn entry_heads(shape: &Shape, axes: &Axes, entry: &Entry) -> Vec<String> {
    let mut heads: Vec<String> = entry
        .path
        .iter()
        .enumerate()
        .map(|(level, member)| member_text(shape, axes, level, *member))
        .collect();
    match entry.part {
        Part::Body => {}
        Part::Subtotal(_) => heads.push(subtotal(shape.locale).to_owned()),
        Part::Total => heads.push(total(shape.locale).to_owned()),
    }
    heads
}

fn member_text(shape: &Shape, axes: &Axes, level: usize, member: u32) -> String {
    let Some((own, members)) = shape.columns.get(level).zip(axes.columns.get(level)) else {
        return String::new();
    };
    let value = own.shown(members.value(member));
    value.text(&NumberFormat::default(), own.grain, NumberStyle::Full, shape.locale)
}

/// The forest of heads over `entries`, which share their path up to `level`.
fn nodes(shape: &Shape, axes: &Axes, entries: &[Entry], level: usize) -> Vec<HeadNode> {
    let mut nodes = Vec::new();
    let mut rest = entries;
    while let Some(first) = rest.first() {
        // Members of this level and what lies below them; a subtotal of this level, or the total.
        let member = first.path.get(level).copied();
        let same = |entry: &&Entry| member.is_some() && entry.path.get(level).copied() == member;
        let count = rest.iter().take_while(same).count().max(1);
        let (own, after) = rest.split_at(count);
        rest = after;
        match (member, first.part) {
            (Some(member), _) => {
                let text = member_text(shape, axes, level, member);
                if level + 1 == shape.columns.len() {
                    nodes.push(with_leaves(shape, text));
                } else {
                    nodes.push(HeadNode::Group(text, self::nodes(shape, axes, own, level + 1)));
                }
            }
            (None, Part::Body) => nodes.extend(leaf_nodes(shape)),
            (None, Part::Subtotal(_)) => nodes.push(with_leaves(shape, subtotal(shape.locale).to_owned())),
            (None, Part::Total) => nodes.push(with_leaves(shape, total(shape.locale).to_owned())),
        }
    }
    nodes
}

/// The head of an entry over those of its leaves; alone where there is only one thing to show.
fn with_leaves(shape: &Shape, text: String) -> HeadNode {
    let is_single = matches!(shape.heads.as_slice(), [LeafHead::Leaf(_)]);
    if shape.values_on_rows || is_single {
        HeadNode::Column(text)
    } else {
        HeadNode::Group(text, leaf_nodes(shape))
    }
}

fn leaf_nodes(shape: &Shape) -> Vec<HeadNode> {
    if shape.values_on_rows {
        return vec![HeadNode::Column(String::new())];
    }
    shape.heads.iter().map(|head| leaf_node(shape, head)).collect()
}

fn leaf_node(shape: &Shape, head: &LeafHead) -> HeadNode {
    match head {
        LeafHead::Leaf(leaf) => {
            HeadNode::Column(shape.leaves.get(*leaf).map(|leaf| leaf.title.clone()).unwrap_or_default())
        }
        LeafHead::Group(title, below) => {
            HeadNode::Group(title.clone(), below.iter().map(|head| leaf_node(shape, head)).collect())
        }
    }
}

/// For every entry, the entries before it in the same group, nearest last: for steps and running
/// totals.
pub(super) fn columns_before(entries: &[Entry]) -> Vec<Vec<usize>> {
    entries
        .iter()
        .enumerate()
        .map(|(position, entry)| {
            let Some((_, parent)) = entry.path.split_last() else { return Vec::new() };
            let is_sibling = |other: &&(usize, &Entry)| {
                other.1.path.len() == entry.path.len() && other.1.path.starts_with(parent)
            };
            entries
                .iter()
                .enumerate()
                .take(position)
                .filter(|pair| is_sibling(&pair))
                .map(|(other, _)| other)
                .collect()
        })
        .collect()
}
