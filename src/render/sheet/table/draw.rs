//! Draws a piece of a table.

use super::head::{HeadPlace, PlacedHead};
use super::lane::{ICON_EM, Lane, weight};
use super::{Cut, PlacedLane, TITLE_HEIGHT, TableLayout, columns, mark};
use crate::render::canvas::{HeaderScope, Op, Page, Rect, Rgb, Span, Tag};
use crate::render::sheet::lines::{Align, Style, Typesetter, broken, put};
use crate::render::sheet::note::draw_note;
use crate::render::sheet::style::{
    BLOCK_TITLE_SIZE, HAIRLINE, HEAD, HEAD_INK, INK, MUTED, NOTE_SIZE, RULE, WASH, rule,
};
use crate::render::sheet::words;
use crate::table::{Part, StubCell, ValueKind};

/// Behind grand totals, a little darker than behind subtotals.
const TOTAL_WASH: Rgb = Rgb(0xec, 0xef, 0xf3);

impl TableLayout<'_> {
    /// Draws the rows of `cut` with their header from (`left`, `top`) on.
    pub(in crate::render::sheet) fn draw(
        &self,
        page: &mut Page,
        (left, top): (f32, f32),
        cut: &Cut,
        texts: &Typesetter,
    ) {
        let is_continued = cut.rows.start > 0;
        self.heading(page, (left, top), is_continued, texts);
        let first = top + self.head_height();
        let body: f32 = cut.rows.clone().map(|row| self.height_of_row(row)).sum();
        self.decoration(page, (left, first), cut);
        self.lines(page, (left, top + TITLE_HEIGHT), (first, first + body), cut);
        let tag = if is_continued {
            Tag::TableContinued(self.id)
        } else {
            Tag::Table { table: self.id, summary: self.block.title.clone() }
        };
        page.tagged(tag, |page| {
            self.header(page, (left, top + TITLE_HEIGHT), is_continued);
            let mut y = first;
            for row in cut.rows.clone() {
                page.tagged(Tag::TableRow, |page| self.row(page, (left, y), row, cut, texts));
                y += self.height_of_row(row);
            }
        });
        self.tail(page, (left, first + body), cut, texts);
    }

    fn heading(&self, page: &mut Page, (left, top): (f32, f32), is_continued: bool, texts: &Typesetter) {
        let baseline = top + TITLE_HEIGHT - 6.5;
        let part = match self.group {
            (_, 1) => String::new(),
            (position, count) => format!("{}/{count}", position + 1),
        };
        let unit = self.grid().unit.as_ref().map(|unit| unit.note(self.shown.locale)).unwrap_or_default();
        let right = [unit, part].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("  ");
        let style = Style::regular(NOTE_SIZE, MUTED);
        let right = texts.clean(&right).into_owned();
        page.tagged(Tag::Paragraph, |page| {
            put(page, &right, style, (left + self.width, baseline), Align::Right);
        });
        let room = self.width - style.width(&right) - 6.0;
        let title = if is_continued {
            format!("{}{}", self.block.title, words::continued(self.shown.locale))
        } else {
            self.block.title.clone()
        };
        let tag = if is_continued { Tag::Artifact } else { Tag::Heading { level: 2 } };
        page.tagged(tag, |page| {
            texts.line(page, &title, Style::bold(BLOCK_TITLE_SIZE, INK), (left, baseline), room, Align::Left);
        });
    }

    /// What lies behind the text: subtotals, totals, and the looks of cells.
    fn decoration(&self, page: &mut Page, (left, first): (f32, f32), cut: &Cut) {
        let grid = self.grid();
        let mut y = first;
        for row in cut.rows.clone() {
            let height = self.height_of_row(row);
            let part = grid.rows.get(row).map(|row| row.part).unwrap_or_default();
            let from = match part {
                Part::Body => None,
                Part::Subtotal(level) => Some((self.x_of_head(level + 1), WASH)),
                Part::Total => Some((0.0, TOTAL_WASH)),
            };
            if let Some((x, color)) = from {
                page.fill_rect(Rect::new(left + x, y, self.used_width() - x, height), color);
            }
            for lane in &self.lanes {
                let Lane::Number(column) = lane.lane else { continue };
                let is_sum = grid.columns.get(column).is_some_and(|column| column.part != Part::Body);
                let area = Rect::new(left + lane.x, y, lane.width, height);
                if is_sum && part == Part::Body {
                    page.fill_rect(area, WASH);
                }
                if let Some(looks) = grid.mark(row, column) {
                    mark::behind(page, looks, area);
                }
            }
            y += height;
        }
    }

    /// The rules: between rows from where a new group begins, between groups of columns, around it all.
    fn lines(&self, page: &mut Page, (left, top): (f32, f32), (first, bottom): (f32, f32), cut: &Cut) {
        let grid = self.grid();
        let right = left + self.used_width();
        page.fill_rect(Rect::new(left, top, right - left, first - top), HEAD);
        self.head_lines(page, (left, top));
        let mut y = first;
        for row in cut.rows.clone() {
            let opens = if grid.merged { grid.rows.get(row).map_or(0, |row| row.opens) } else { 0 };
            let is_total = grid.rows.get(row).is_some_and(|row| row.part == Part::Total);
            if row > cut.rows.start {
                let (color, width) = match opens {
                    _ if is_total => (RULE, 0.7),
                    0 if grid.merged && grid.stub.len() > 1 => (RULE, 0.5),
                    _ => (HAIRLINE, 0.4),
                };
                let x = if grid.stub.is_empty() { left } else { left + self.x_of_head(opens) };
                page.line((x, y), (right, y), rule(color, width));
            }
            if grid.rows.get(row).is_some_and(|own| own.part == Part::Body) && grid.is_emphasised(row) {
                page.line((left + self.x_of_head(opens), y), (right, y), rule(RULE, 0.6));
            }
            y += self.height_of_row(row);
        }
        for x in self.separators() {
            page.line((left + x, top), (left + x, bottom), rule(HAIRLINE, 0.5));
        }
        page.line((left, top), (right, top), rule(INK, 0.9));
        page.line((left, first), (right, first), rule(RULE, 0.5));
    }

    /// Below heads that have others below them, and between heads side by side.
    fn head_lines(&self, page: &mut Page, (left, top): (f32, f32)) {
        for cell in self.heads.cells.iter().filter(|cell| cell.row + cell.rows < self.heads.lines.len()) {
            let y = top + self.head_offset(cell.row + cell.rows);
            page.line((left + cell.x + 2.0, y), (left + cell.x + cell.width - 2.0, y), rule(RULE, 0.4));
        }
    }

    /// Left edges of groups of columns, where heads are merged.
    fn separators(&self) -> Vec<f32> {
        if self.heads.lines.len() < 2 {
            return Vec::new();
        }
        let top = self.heads.cells.iter().filter(|cell| cell.row == 0 && cell.x > 0.0);
        let is_number = |cell: &&PlacedHead| {
            matches!(self.lanes.get(cell.first), Some(PlacedLane { lane: Lane::Number(_), .. }))
        };
        top.filter(is_number).map(|cell| cell.x).collect()
    }

    fn header(&self, page: &mut Page, (left, top): (f32, f32), is_continued: bool) {
        let style = Style::bold(self.size, HEAD_INK);
        for row in 0..self.heads.lines.len() {
            // Heads that are repeated on a further sheet are read once.
            let tag = if is_continued { Tag::Artifact } else { Tag::TableRow };
            page.tagged(tag, |page| {
                for cell in self.heads.cells.iter().filter(|cell| cell.row == row) {
                    let scope = HeaderScope::Column;
                    let span = Span { columns: cell.lanes as u32, rows: cell.rows as u32 };
                    if !is_continued {
                        page.ops.push(Op::Begin(Tag::HeaderCell { scope, span }));
                    }
                    self.head(page, (left, top), cell, style);
                    if !is_continued {
                        page.ops.push(Op::End);
                    }
                }
            });
        }
    }

    fn head(&self, page: &mut Page, (left, top): (f32, f32), cell: &PlacedHead, style: Style) {
        let (upper, lower) = (top + self.head_offset(cell.row), top + self.head_offset(cell.row + cell.rows));
        let text = self.line_height() * cell.lines.len() as f32;
        let gutter = columns::gutter(self.size);
        let (x, align) = match cell.place {
            HeadPlace::Left => (left + cell.x + gutter, Align::Left),
            HeadPlace::Right => (left + cell.x + cell.width - gutter, Align::Right),
            HeadPlace::Middle => (left + cell.x + cell.width / 2.0, Align::Center),
        };
        // Titles stand on the rule, not under the upper edge: they belong to what follows. Merged ones
        // stand in the middle.
        let first = if self.heads.lines.len() > 1 {
            upper + (lower - upper - text) / 2.0
        } else {
            lower - self.padding() - text
        };
        for (line, text) in cell.lines.iter().enumerate() {
            put(page, text, style, (x, first + self.line_height() * line as f32 + self.ascent()), align);
        }
    }

    /// From the upper edge of the heads to that of row `row` of them.
    fn head_offset(&self, row: usize) -> f32 {
        (0..row).map(|row| self.height_of_head(row)).sum()
    }

    fn row(&self, page: &mut Page, (left, top): (f32, f32), row: usize, cut: &Cut, texts: &Typesetter) {
        for cell in self.grid().stub_cells(row, cut.rows.start, cut.rows.end, self.shown.locale) {
            self.row_head(page, (left, top), row, &cell, cut, texts);
        }
        let baseline = top + self.padding() + self.ascent();
        for lane in &self.lanes {
            if let Lane::Number(column) = lane.lane {
                page.ops.push(Op::Begin(Tag::DataCell { span: Span::ONE }));
                self.number(page, (left, top), (row, column), lane, baseline, texts);
                page.ops.push(Op::End);
            }
        }
    }

    fn row_head(
        &self,
        page: &mut Page,
        (left, top): (f32, f32),
        row: usize,
        cell: &StubCell,
        cut: &Cut,
        texts: &Typesetter,
    ) {
        let covered = cell.column..cell.column + cell.columns;
        let is_own =
            |lane: &&PlacedLane| matches!(lane.lane, Lane::Head(column) if covered.contains(&column));
        let lanes: Vec<&PlacedLane> = self.lanes.iter().filter(is_own).collect();
        let Some(first) = lanes.first() else { return };
        let width: f32 = lanes.iter().map(|lane| lane.width).sum();
        let gutter = columns::gutter(self.size);
        let inner = width - 2.0 * gutter;
        let grid = self.grid();
        let goes_on = row == cut.rows.start && row > 0 && grid.continues_above(row, cell.column);
        let text = if goes_on {
            format!("{}{}", cell.text, words::continued(self.shown.locale))
        } else {
            cell.text.clone()
        };
        let text = texts.clean(&text);
        let style = Style { size: self.size, weight: weight(grid, row, first.lane), color: INK };
        let height: f32 = (row..row + cell.rows).map(|row| self.height_of_row(row)).sum();
        let most = ((height - 2.0 * self.padding()) / self.line_height() + 0.01).floor().max(1.0) as usize;
        let lines = broken(&text, style, inner, most.min(4));
        let used = self.line_height() * lines.len() as f32;
        // A head over many rows stands in their middle.
        let start = if cell.rows > 1 { top + (height - used) / 2.0 } else { top + self.padding() };
        let right = first.to_the_right && cell.columns == 1;
        let (x, align) = if right {
            (left + first.x + width - gutter, Align::Right)
        } else {
            (left + first.x + gutter, Align::Left)
        };
        let span = Span { columns: cell.columns as u32, rows: cell.rows as u32 };
        page.tagged(Tag::HeaderCell { scope: HeaderScope::Row, span }, |page| {
            let draw = |page: &mut Page| {
                for (line, text) in lines.iter().enumerate() {
                    let baseline = start + self.line_height() * line as f32 + self.ascent();
                    put(page, text, style, (x, baseline), align);
                }
            };
            match &cell.link {
                Some(link) => page.tagged(Tag::Link, |page| {
                    draw(page);
                    let area = Rect::new(left + first.x + gutter, start, inner, used);
                    page.ops.push(Op::Link { area, url: link.clone() });
                }),
                None => draw(page),
            }
        });
    }

    fn number(
        &self,
        page: &mut Page,
        (left, top): (f32, f32),
        (row, column): (usize, usize),
        lane: &PlacedLane,
        baseline: f32,
        texts: &Typesetter,
    ) {
        let grid = self.grid();
        let gutter = columns::gutter(self.size);
        if let Some(value) = grid.value_at(row, column).filter(|value| value.kind == ValueKind::Sparkline) {
            let height = self.line_height();
            let area =
                Rect::new(left + lane.x + gutter, top + self.padding(), lane.width - 2.0 * gutter, height);
            let points = grid.sparkline(row, column);
            let alt = value.way_text(points, self.shown.locale);
            page.tagged(Tag::Figure { alt }, |page| mark::sparkline(page, points, area));
            return;
        }
        let text = self.shown.number(row, column);
        let text = texts.clean(&text);
        let style = Style {
            size: self.size,
            weight: weight(grid, row, lane.lane),
            color: self.shown.ink(row, column),
        };
        let (x, align) = if lane.to_the_right {
            (left + lane.x + lane.width - gutter, Align::Right)
        } else {
            (left + lane.x + gutter, Align::Left)
        };
        if let Some(icon) = grid.mark(row, column).and_then(|mark| mark.icon) {
            let before = if lane.to_the_right { x - style.width(&text) - ICON_EM * self.size } else { x };
            mark::icon(page, icon, (before, baseline), self.size);
        }
        put(page, text.trim(), style, (x, baseline), align);
    }

    /// Draws what stands below the last row: the message of an empty table, and the note.
    fn tail(&self, page: &mut Page, (left, top): (f32, f32), cut: &Cut, texts: &Typesetter) {
        let right = left + self.used_width();
        if !cut.last {
            page.line((left, top), (right, top), rule(RULE, 0.5));
            return;
        }
        let mut y = top;
        if self.grid().is_empty() {
            let style = Style::regular(self.size, MUTED);
            let at = (left + self.width / 2.0, y + self.padding() + self.ascent());
            page.tagged(Tag::Paragraph, |page| {
                texts.line(page, words::no_rows(self.shown.locale), style, at, self.width, Align::Center);
            });
            y += self.row_height(false);
        }
        page.line((left, y), (right, y), rule(INK, 0.9));
        draw_note(page, &self.note, (left, y + 9.5));
    }

    /// The left edge of the stub's column at `position`, or of the first number behind the stub.
    fn x_of_head(&self, position: usize) -> f32 {
        let at = |lane: &&PlacedLane| matches!(lane.lane, Lane::Head(column) if column == position);
        let number = |lane: &&PlacedLane| matches!(lane.lane, Lane::Number(_));
        self.lanes.iter().find(at).or_else(|| self.lanes.iter().find(number)).map_or(0.0, |lane| lane.x)
    }

    /// The width that the lanes take.
    fn used_width(&self) -> f32 {
        self.lanes.last().map_or(self.width, |lane| lane.x + lane.width)
    }

    /// From the upper edge of a line of text to its baseline.
    fn ascent(&self) -> f32 {
        self.size
    }
}
