//! The outline (bookmarks) of a file, nested by level.

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::OutlineEntry;

#[derive(Default)]
struct Item {
    parent: Option<usize>,
    previous: Option<usize>,
    next: Option<usize>,
    ends: Option<(usize, usize)>,
    descendants: i64,
}

/// Writes the outline in the order of the pages, unfolded; `None` without entries. An entry stands
/// below the last one before it whose level is less.
pub(super) fn write(
    tree: &mut Document,
    entries: &[OutlineEntry],
    pages: &[ObjectId],
    shown: impl Fn(&str) -> String,
) -> Option<ObjectId> {
    let entries: Vec<(&OutlineEntry, ObjectId)> =
        entries.iter().filter_map(|entry| Some((entry, *pages.get(entry.page)?))).collect();
    let (items, (first, last)) = nested(&entries)?;
    let root = tree.new_object_id();
    let ids: Vec<ObjectId> = items.iter().map(|_| tree.new_object_id()).collect();
    let id = |position: usize| ids.get(position).copied().unwrap_or(root);
    for (position, (item, (entry, page))) in items.iter().zip(&entries).enumerate() {
        let mut object = Dictionary::new();
        object.set("Title", lopdf::text_string(&shown(&entry.title)));
        object.set("Parent", item.parent.map_or(root, id));
        let (left, zoom) = (Object::Null, Object::Null);
        let target = [Object::Reference(*page), "XYZ".into(), left, entry.top.into(), zoom];
        object.set("Dest", target.to_vec());
        for (key, other) in [("Prev", item.previous), ("Next", item.next)] {
            if let Some(other) = other {
                object.set(key, id(other));
            }
        }
        if let Some((first, last)) = item.ends {
            object.set("First", id(first));
            object.set("Last", id(last));
            object.set("Count", item.descendants);
        }
        tree.objects.insert(id(position), object.into());
    }
    let mut list = Dictionary::new();
    list.set("Type", "Outlines");
    list.set("Count", items.len() as i64);
    list.set("First", id(first));
    list.set("Last", id(last));
    tree.objects.insert(root, list.into());
    Some(root)
}

/// Every entry with its neighbours, and the first and last of the top.
fn nested(entries: &[(&OutlineEntry, ObjectId)]) -> Option<(Vec<Item>, (usize, usize))> {
    let mut items: Vec<Item> = Vec::with_capacity(entries.len());
    let mut top: Option<(usize, usize)> = None;
    // Those that the next entry may stand below, with their levels.
    let mut open: Vec<(u8, usize)> = Vec::new();
    for (position, (entry, _)) in entries.iter().enumerate() {
        while open.last().is_some_and(|(level, _)| *level >= entry.level) {
            open.pop();
        }
        for (_, above) in &open {
            if let Some(above) = items.get_mut(*above) {
                above.descendants += 1;
            }
        }
        let parent = open.last().map(|(_, parent)| *parent);
        let ends = match parent {
            Some(parent) => items.get_mut(parent).map(|parent| &mut parent.ends),
            None => Some(&mut top),
        };
        let previous = ends.and_then(|ends| {
            let previous = ends.map(|(_, last)| last);
            *ends = Some((ends.map_or(position, |(first, _)| first), position));
            previous
        });
        if let Some(previous) = previous.and_then(|previous| items.get_mut(previous)) {
            previous.next = Some(position);
        }
        items.push(Item { parent, previous, ..Item::default() });
        open.push((entry.level, position));
    }
    Some((items, top?))
}
