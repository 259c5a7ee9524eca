//! The small lines below a block: its note and its footnotes.

use super::lines::{Align, Style, Typesetter, broken, put};
use super::style::{MUTED, NOTE_SIZE};
use crate::render::canvas::{Page, Tag};

/// From one line to the next.
pub(super) const NOTE_LINE: f32 = 10.5;
/// A paragraph longer than this many lines is shortened.
const NOTE_LINES: usize = 6;

/// The lines of a note in a block of this width; each of its own lines begins anew.
pub(super) fn note_lines(note: &str, width: f32, texts: &Typesetter) -> Vec<String> {
    let style = Style::regular(NOTE_SIZE, MUTED);
    let paragraphs = note.lines().filter(|line| !line.trim().is_empty());
    paragraphs.flat_map(|line| broken(&texts.clean(line), style, width, NOTE_LINES)).collect()
}

/// Draws them from the first baseline on.
pub(super) fn draw_note(page: &mut Page, lines: &[String], (x, baseline): (f32, f32)) {
    if lines.is_empty() {
        return;
    }
    page.tagged(Tag::Paragraph, |page| {
        for (index, line) in lines.iter().enumerate() {
            let at = (x, baseline + NOTE_LINE * index as f32);
            put(page, line, Style::regular(NOTE_SIZE, MUTED), at, Align::Left);
        }
    });
}
