//! The names of lines and ranges: in a column beside the plot, or in a strip above lying bars.

use plotters_backend::DrawingBackend;

use crate::charts::ChartError;
use crate::charts::labels::{fitted, spread};
use crate::charts::pen::{Align, Area, Font, Pen};
use crate::charts::theme::Role;

/// A name with its number.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::charts) struct Tag {
    pub(super) name: String,
    pub(super) number: String,
    /// Where it belongs along the value axis, in points.
    pub(super) at: f64,
    pub(super) role: Role,
}

/// How much of the surface the column may take.
const WIDEST: f64 = 0.24;

/// How many rows the strip above lying bars has.
const MOST_ROWS: usize = 2;

fn font<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> Font {
    pen.font().sized(pen.style.font_size * 0.92)
}

impl Tag {
    /// Its rows: the name above its number.
    fn rows(&self) -> Vec<&str> {
        [self.name.as_str(), self.number.as_str()].into_iter().filter(|text| !text.is_empty()).collect()
    }
}

/// The width of the column, or the height of the strip.
pub(super) fn size<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    tags: &[Tag],
    upright: bool,
) -> Result<f64, ChartError> {
    let font = font(pen);
    if upright {
        let widest = pen.widest(tags.iter().flat_map(Tag::rows), font)?;
        return Ok((widest + font.size * 0.7).min(pen.surface().width() * WIDEST));
    }
    let rows = tags.len().min(MOST_ROWS);
    Ok(font.size * 1.3 * rows as f64 + font.size * 0.2)
}

/// Draws them inside `room`, each as near to its line as the others allow; those that matter least
/// give way where there is not enough room for all.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    tags: &[Tag],
    room: Area,
    upright: bool,
) -> Result<(), ChartError> {
    if tags.is_empty() {
        return Ok(());
    }
    if upright { column(pen, tags, room) } else { strip(pen, tags, room) }
}

fn column<DB: DrawingBackend>(pen: &Pen<'_, DB>, tags: &[Tag], room: Area) -> Result<(), ChartError> {
    let font = font(pen);
    let line = font.size * 1.15;
    for count in (1..=tags.len()).rev() {
        let tags: Vec<&Tag> = tags.iter().take(count).collect();
        let tall = tags.iter().map(|tag| tag.rows().len()).max().unwrap_or(1) as f64 * line;
        let wishes: Vec<f64> = tags.iter().map(|tag| tag.at).collect();
        let Some(places) = spread(&wishes, tall + font.size * 0.15, room.top, room.bottom) else { continue };
        for (tag, middle) in tags.into_iter().zip(places) {
            let rows = tag.rows();
            let first = middle - line * (rows.len() as f64 - 1.0) / 2.0;
            for (number, row) in rows.iter().enumerate() {
                let text = fitted(pen, row, room.width(), font)?;
                let at = (room.left, first + line * number as f64);
                pen.text(&text, at, Align::Left, font.role(tag.role.on_paper()))?;
            }
        }
        return Ok(());
    }
    Ok(())
}

fn strip<DB: DrawingBackend>(pen: &Pen<'_, DB>, tags: &[Tag], room: Area) -> Result<(), ChartError> {
    let font = font(pen);
    let line = font.size * 1.3;
    let mut order: Vec<&Tag> = tags.iter().collect();
    order.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut free = [room.left; MOST_ROWS];
    for tag in order {
        let text = tag.rows().join(" ");
        let text = fitted(pen, &text, room.width() * 0.5, font)?;
        let half = pen.width(&text, font)? / 2.0;
        // The row next to the plot first.
        for (row, free) in free.iter_mut().enumerate() {
            let middle = tag.at.max(*free + half).min(room.right - half);
            let y = room.bottom - line * (row as f64 + 0.5);
            let is_near = (middle - tag.at).abs() <= half.max(font.size);
            if middle - half < *free - 1e-6 || !is_near || y < room.top {
                continue;
            }
            *free = middle + half + font.size * 0.6;
            pen.text(&text, (middle, y), Align::Center, font.role(tag.role.on_paper()))?;
            break;
        }
    }
    Ok(())
}
