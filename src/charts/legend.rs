//! The legend: a swatch and a name per series, measured and wrapped over lines.

use plotters_backend::DrawingBackend;

use super::labels::fitted;
use super::pen::{Align, Area, Font, Pen};
use super::series::{Data, Series};
use super::theme::Role;
use super::{ChartError, words};

/// How the marks of a series look, so that the legend shows the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Square,
    Line,
    Dashes,
    Dot,
    Tick,
}

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) symbol: Symbol,
}

/// A legend with its entries in their places, relative to its top left corner.
pub(super) struct Legend {
    placed: Vec<(f64, f64, Entry)>,
    /// Its height in points with the space below; zero if there is nothing to tell.
    pub(super) height: f64,
}

const MOST_LINES: usize = 3;

impl Legend {
    /// A legend of no height.
    pub(super) fn none() -> Self {
        Self { placed: Vec::new(), height: 0.0 }
    }

    /// The entries of `data`, each with its `symbol`.
    pub(super) fn entries(data: &Data<'_>, symbol: impl Fn(&Series<'_>) -> Symbol) -> Vec<Entry> {
        data.series
            .iter()
            .map(|series| Entry { name: series.name.clone(), role: series.role, symbol: symbol(series) })
            .collect()
    }

    /// Lays `entries` out over lines of `width` points; what does not fit into three lines is
    /// counted at the end.
    pub(super) fn of<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        entries: Vec<Entry>,
        width: f64,
    ) -> Result<Self, ChartError> {
        if entries.len() < 2 {
            return Ok(Self::none());
        }
        let font = pen.font();
        let (line, swatch, space) = (font.size * 1.7, font.size * 1.25, font.size * 1.5);
        let count = entries.len();
        let reserve = pen.width(&words::more(count, pen.style.locale), font)? + space;
        let mut placed = Vec::new();
        let (mut x, mut row) = (0.0, 0);
        for (index, mut entry) in entries.into_iter().enumerate() {
            entry.name = fitted(pen, &entry.name, width.min(font.size * 22.0) - swatch, font)?;
            let size = swatch + pen.width(&entry.name, font)?;
            let last_row = row + 1 == MOST_LINES && index + 1 < count;
            if x > 0.0 && x + size > width - if last_row { reserve } else { 0.0 } {
                if row + 1 == MOST_LINES {
                    let name = words::more(count - index, pen.style.locale);
                    placed.push((
                        x,
                        line * (f64::from(row as u32) + 0.5),
                        Entry { name, role: Role::Surface, symbol: Symbol::Square },
                    ));
                    break;
                }
                (x, row) = (0.0, row + 1);
            }
            placed.push((x, line * (f64::from(row as u32) + 0.5), entry));
            x += size + space;
        }
        Ok(Self { placed, height: line * (row + 1) as f64 + font.size * 0.5 })
    }

    /// Draws it with its top left corner at (`left`, `top`).
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        left: f64,
        top: f64,
    ) -> Result<(), ChartError> {
        let font = pen.font();
        for (x, y, entry) in &self.placed {
            let (x, y) = (left + x, top + y);
            // The count of what found no room has no colour of its own, and so no swatch.
            let indent = if entry.role == Role::Surface { 0.0 } else { font.size * 1.25 };
            if indent > 0.0 {
                symbol(pen, (x, y), entry, font)?;
            }
            pen.text(&entry.name, (x + indent, y), Align::Left, font)?;
        }
        Ok(())
    }
}

fn symbol<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (x, y): (f64, f64),
    entry: &Entry,
    font: Font,
) -> Result<(), ChartError> {
    let size = font.size;
    match entry.symbol {
        Symbol::Square => {
            let half = size * 0.38;
            pen.round_rect(Area::new(x, y - half, x + 2.0 * half, y + half), size * 0.18, entry.role)
        }
        Symbol::Line => {
            pen.line(&[(x, y), (x + size * 0.95, y)], entry.role, 1.6)?;
            pen.dot((x + size * 0.475, y), 2.0, entry.role)
        }
        Symbol::Dot => pen.dot((x + size * 0.38, y), size * 0.38, entry.role),
        Symbol::Tick => {
            pen.line(&[(x + size * 0.5, y - size * 0.42), (x + size * 0.5, y + size * 0.42)], entry.role, 2.0)
        }
        Symbol::Dashes => {
            pen.dashed(&[(x, y), (x + size * 0.95, y)], entry.role, 1.4, (size * 0.38, size * 0.19))
        }
    }
}
