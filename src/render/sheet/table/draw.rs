//! The drawing of a piece of a table.

use super::{Cut, PlacedColumn, TITLE_HEIGHT, TableLayout, columns};
use crate::render::canvas::{Page, Rect, Weight};
use crate::render::sheet::lines::{Align, Style, Typesetter, broken, put};
use crate::render::sheet::style::{BLOCK_TITLE_SIZE, HAIRLINE, INK, MUTED, NOTE_SIZE, RULE, WASH, rule};
use crate::render::sheet::words;

impl TableLayout<'_> {
    /// Draws the rows of `cut` with their header from (`left`, `top`) on.
    pub(in crate::render::sheet) fn draw(
        &self,
        page: &mut Page,
        (left, top): (f32, f32),
        cut: &Cut,
        texts: &Typesetter,
    ) {
        self.heading(page, (left, top), cut.rows.start > 0, texts);
        let mut y = self.header(page, (left, top + TITLE_HEIGHT));
        for row in cut.rows.clone() {
            if row > cut.rows.start {
                page.line((left, y), (left + self.width, y), rule(HAIRLINE, 0.4));
            }
            y = self.row(page, (left, y), row, texts);
        }
        if cut.last {
            self.tail(page, (left, y), texts);
        } else {
            page.line((left, y), (left + self.width, y), rule(RULE, 0.5));
        }
    }

    fn heading(&self, page: &mut Page, (left, top): (f32, f32), is_continued: bool, texts: &Typesetter) {
        let baseline = top + TITLE_HEIGHT - 6.5;
        let part = match self.group {
            (_, 1) => String::new(),
            (position, count) => format!("{}/{count}", position + 1),
        };
        let style = Style::regular(NOTE_SIZE, MUTED);
        put(page, &part, style, (left + self.width, baseline), Align::Right);
        let room = self.width - style.width(&part) - 6.0;
        let title = if is_continued {
            format!("{}{}", self.block.title, words::continued(self.locale))
        } else {
            self.block.title.clone()
        };
        texts.line(page, &title, Style::bold(BLOCK_TITLE_SIZE, INK), (left, baseline), room, Align::Left);
    }

    /// Draws the header row and gives its lower edge.
    fn header(&self, page: &mut Page, (left, top): (f32, f32)) -> f32 {
        let bottom = top + self.head_height() - TITLE_HEIGHT;
        page.fill_rect(Rect::new(left, top, self.width, bottom - top), WASH);
        page.line((left, top), (left + self.width, top), rule(INK, 0.9));
        page.line((left, bottom), (left + self.width, bottom), rule(RULE, 0.5));
        let style = Style::bold(self.size, INK);
        for column in &self.columns {
            // Titles stand on the rule, not under the upper edge: they belong to what follows.
            let first = bottom - self.padding() - self.line_height() * column.title.len() as f32;
            for (line, text) in column.title.iter().enumerate() {
                let baseline = first + self.line_height() * line as f32 + self.ascent();
                put(page, text, style, (self.anchor(left, column), baseline), align(column));
            }
        }
        bottom
    }

    /// Draws a row and gives its lower edge.
    fn row(&self, page: &mut Page, (left, top): (f32, f32), row: usize, texts: &Typesetter) -> f32 {
        let baseline = top + self.padding() + self.ascent();
        for column in &self.columns {
            let cell = column.shown.cell(self.table, row, self.locale);
            let text = texts.clean(&cell.text);
            let style = Style::regular(self.size, cell.color);
            let x = self.anchor(left, column);
            if column.wraps {
                for (line, text) in broken(&text, style, column.inner_width(self.size), 2).iter().enumerate()
                {
                    put(page, text, style, (x, baseline + self.line_height() * line as f32), align(column));
                }
            } else {
                put(page, text.trim(), style, (x, baseline), align(column));
            }
        }
        top + self.row_height(self.is_two_lines(row))
    }

    /// Draws what stands below the last row: totals or the message of an empty table, and the note.
    fn tail(&self, page: &mut Page, (left, top): (f32, f32), texts: &Typesetter) {
        let right = left + self.width;
        let mut y = top;
        if self.table.is_empty() {
            let style = Style::regular(self.size, MUTED);
            let at = (left + self.width / 2.0, y + self.padding() + self.ascent());
            texts.line(page, words::no_rows(self.locale), style, at, self.width, Align::Center);
            y += self.row_height(false);
        }
        if let Some(totals) = &self.table.totals {
            let bottom = y + self.row_height(false);
            page.fill_rect(Rect::new(left, y, self.width, bottom - y), WASH);
            page.line((left, y), (right, y), rule(RULE, 0.7));
            let baseline = y + self.padding() + self.ascent();
            for (position, column) in self.columns.iter().enumerate() {
                let cell = column.shown.total(self.table, totals, self.locale);
                let x = self.anchor(left, column);
                let width = column.inner_width(self.size);
                if let Some(cell) = cell {
                    let style = Style { size: self.size, weight: Weight::Bold, color: cell.color };
                    put(page, &texts.clean(&cell.text), style, (x, baseline), align(column));
                } else if position == 0 {
                    let style = Style::bold(self.size, INK);
                    let room = if column.to_the_right { width } else { width.max(self.free_width(totals)) };
                    texts.line(page, words::total(self.locale), style, (x, baseline), room, align(column));
                }
            }
            y = bottom;
        }
        page.line((left, y), (right, y), rule(INK, 0.9));
        if let Some(note) = &self.note {
            let style = Style::regular(NOTE_SIZE, MUTED);
            texts.line(page, note, style, (left, y + 9.5), self.width, Align::Left);
        }
    }

    /// The width of the leading columns that have no total of their own.
    fn free_width(&self, totals: &[crate::table::Value]) -> f32 {
        let is_free = |column: &&PlacedColumn| column.shown.total(self.table, totals, self.locale).is_none();
        let free: f32 = self.columns.iter().take_while(is_free).map(|column| column.width).sum();
        free - 2.0 * columns::gutter(self.size)
    }

    fn anchor(&self, left: f32, column: &PlacedColumn) -> f32 {
        let gutter = columns::gutter(self.size);
        if column.to_the_right { left + column.x + column.width - gutter } else { left + column.x + gutter }
    }

    /// From the upper edge of a line of text to its baseline.
    fn ascent(&self) -> f32 {
        self.size * 1.0
    }
}

fn align(column: &PlacedColumn) -> Align {
    if column.to_the_right { Align::Right } else { Align::Left }
}
