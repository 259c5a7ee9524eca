//! Rows and their heads.

use super::axis::Entry;
use super::members::Axes;
use super::shape::{LeafHead, Shape};
use crate::format::Locale;
use crate::table::{GridRow, Label, LabelText, Part, StubColumn, Value, subtotal, total};

/// Rows, with the entry each belongs to.
pub(super) struct Rows {
    pub(super) stub: Vec<StubColumn>,
    pub(super) list: Vec<GridRow>,
    /// For every row, its entry, and where measures stand in rows, its leaf.
    pub(super) of: Vec<(usize, Option<usize>)>,
}

/// One row per entry.
pub(super) fn of_members(shape: &Shape, axes: &Axes, entries: &[Entry]) -> Rows {
    let mut rows = Vec::with_capacity(entries.len());
    let depth = shape.rows.len();
    let mut before: Option<&Entry> = None;
    for entry in entries {
        let label = match entry.part {
            Part::Body => None,
            Part::Subtotal(level) => Some(Label { from: level + 1, text: LabelText::Subtotal }),
            Part::Total => Some(Label { from: 0, text: LabelText::Total }),
        };
        // Without row heads there is no place for a label.
        let label = label.filter(|_| depth > 0);
        let (opens, link) = (opens(before, entry), link(shape, axes, entry));
        rows.push(GridRow { part: entry.part, opens, label, value: None, link });
        before = Some(entry);
    }
    let of = (0..entries.len()).map(|entry| (entry, None)).collect();
    Rows { stub: stub(shape, axes, entries, 1), list: rows, of }
}

/// One row per entry and leaf; the heads of the leaves stand behind those of the members.
pub(super) fn of_measures(shape: &Shape, axes: &Axes, entries: &[Entry]) -> Rows {
    let leaves = leaf_paths(shape);
    let members = shape.rows.len();
    let depth = leaves.iter().map(|(path, _)| path.len()).max().unwrap_or(1);
    let mut stub = stub(shape, axes, entries, leaves.len());
    for (position, column) in stub.iter_mut().enumerate() {
        name_totals(column, position, entries, leaves.len(), shape.locale);
    }
    stub.extend((0..depth).map(|level| StubColumn {
        name: format!("measure_{}", level + 1),
        title: if level == 0 { item(shape.locale).to_owned() } else { String::new() },
        grain: None,
        links: Vec::new(),
        cells: Vec::with_capacity(entries.len() * leaves.len()),
    }));
    let (mut rows, mut of) = (Vec::new(), Vec::new());
    let mut before: Option<&Entry> = None;
    for (position, entry) in entries.iter().enumerate() {
        let mut last: &[String] = &[];
        for (index, (path, leaf)) in leaves.iter().enumerate() {
            let (groups, title) = path.split_at(path.len().saturating_sub(1));
            let shared = groups.iter().zip(last).take_while(|(a, b)| a == b).count();
            let opens = if index == 0 { opens(before, entry).min(members) } else { members + shared };
            let text = title.first().cloned().unwrap_or_default();
            for (level, column) in stub.iter_mut().skip(members).enumerate() {
                column
                    .cells
                    .push(groups.get(level).map_or(Value::Null, |group| Value::Text(group.as_str().into())));
            }
            rows.push(GridRow {
                part: entry.part,
                opens,
                label: Some(Label { from: members + groups.len(), text: LabelText::Text(text) }),
                value: Some(*leaf),
                link: link(shape, axes, entry),
            });
            of.push((position, Some(*leaf)));
            last = groups;
        }
        before = Some(entry);
    }
    Rows { stub, list: rows, of }
}

/// The outermost level in which `entry` differs from the one before it.
fn opens(before: Option<&Entry>, entry: &Entry) -> usize {
    let Some(before) = before else { return 0 };
    before.path.iter().zip(&entry.path).take_while(|(a, b)| a == b).count()
}

/// Where a row leads to.
fn link(shape: &Shape, axes: &Axes, entry: &Entry) -> Option<String> {
    let link = shape.link.as_ref()?;
    link(&|name| member(shape, axes, entry, name))
}

/// The member of a dimension that a row stands for.
fn member(shape: &Shape, axes: &Axes, entry: &Entry, name: &str) -> Option<Value> {
    let level = shape.rows.iter().position(|level| level.name == name)?;
    let member = entry.path.get(level)?;
    Some(axes.rows.get(level)?.value(*member).clone())
}

fn stub(shape: &Shape, axes: &Axes, entries: &[Entry], times: usize) -> Vec<StubColumn> {
    let column = |(position, (level, members)): (usize, (&super::Level, &super::members::Members))| {
        let cell = |entry: &Entry| {
            entry.path.get(position).map_or(Value::Null, |member| level.shown(members.value(*member)))
        };
        let cells = entries.iter().flat_map(|entry| std::iter::repeat_n(cell(entry), times)).collect();
        let links = match shape.stub_links.get(position).and_then(Option::as_ref) {
            Some(made) => {
                let of = |entry: &Entry| {
                    // A subtotal stands for no member of the levels below it.
                    let stands = entry.path.len() > position;
                    // A head over many rows knows what stands before it, not which of its rows is meant.
                    let known =
                        |name: &str| shape.rows.iter().take(position + 1).any(|level| level.name == name);
                    let of = |name: &str| member(shape, axes, entry, name).filter(|_| known(name));
                    stands.then(|| made(&of)).flatten()
                };
                entries.iter().flat_map(|entry| std::iter::repeat_n(of(entry), times)).collect()
            }
            None => Vec::new(),
        };
        let (name, title) = (level.name.clone(), level.title.clone());
        StubColumn { name, title, grain: level.grain, cells, links }
    };
    shape.rows.iter().zip(&axes.rows).enumerate().map(column).collect()
}

/// Where labels name measures, totals are named in the column of the members they are of.
fn name_totals(column: &mut StubColumn, position: usize, entries: &[Entry], times: usize, locale: Locale) {
    for (entry, cells) in entries.iter().zip(column.cells.chunks_mut(times.max(1))) {
        let text = match entry.part {
            Part::Body => continue,
            Part::Subtotal(level) if position == level + 1 => subtotal(locale),
            Part::Total if position == 0 => total(locale),
            Part::Subtotal(level) if position <= level => continue,
            Part::Subtotal(_) | Part::Total => "",
        };
        cells.fill(Value::Text(text.into()));
    }
}

/// Every leaf with its titles from the outermost group to its own.
fn leaf_paths(shape: &Shape) -> Vec<(Vec<String>, usize)> {
    let mut out = Vec::new();
    collect(shape, &shape.heads, &mut Vec::new(), &mut out);
    out
}

fn collect(shape: &Shape, heads: &[LeafHead], path: &mut Vec<String>, out: &mut Vec<(Vec<String>, usize)>) {
    for head in heads {
        match head {
            LeafHead::Leaf(leaf) => {
                path.push(shape.leaves.get(*leaf).map(|leaf| leaf.title.clone()).unwrap_or_default());
                out.push((path.clone(), *leaf));
                path.pop();
            }
            LeafHead::Group(title, below) => {
                path.push(title.clone());
                collect(shape, below, path, out);
                path.pop();
            }
        }
    }
}

/// What the column of measures' names is called.
fn item(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "항목",
        Locale::En => "Item",
        Locale::ZhHk => "項目",
    }
}
