//! The outline (bookmarks) of a file, nested by level.

use krilla::destination::XyzDestination;
use krilla::geom::Point;
use krilla::outline::{Outline, OutlineNode};

/// An entry of the outline, with its page from 0 and the height it leads to.
pub(super) struct Bookmark {
    pub(super) title: String,
    pub(super) level: u8,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// The outline in the order of the pages, unfolded. An entry stands below the last one before it
/// whose level is less. Without entries one named `title` leads to the first page, since accessible
/// files have to have an outline.
pub(super) fn of(bookmarks: Vec<Bookmark>, title: &str) -> Outline {
    let mut outline = Outline::new();
    // The entries that the next one may stand below, from the top; each is complete when it leaves.
    let mut open: Vec<(u8, OutlineNode)> = Vec::new();
    let is_empty = bookmarks.is_empty();
    for Bookmark { title, level, page, y } in bookmarks {
        while open.last().is_some_and(|(above, _)| *above >= level) {
            close(&mut outline, &mut open);
        }
        open.push((level, entry(&title, page, y)));
    }
    while !open.is_empty() {
        close(&mut outline, &mut open);
    }
    if is_empty {
        outline.push_child(entry(title, 0, 0.0));
    }
    outline
}

fn entry(title: &str, page: usize, y: f32) -> OutlineNode {
    let target = XyzDestination::new(page, Point::from_xy(0.0, y));
    OutlineNode::new(super::super::plain(title), target).with_open(true)
}

fn close(outline: &mut Outline, open: &mut Vec<(u8, OutlineNode)>) {
    if let Some((_, entry)) = open.pop() {
        match open.last_mut() {
            Some((_, above)) => above.push_child(entry),
            None => outline.push_child(entry),
        }
    }
}
