//! The heads of a grid's columns and rows, merged where they span.

use super::cells::member;
use super::{HEAD, HEAD_INK, HEAD_ROW, Writer, columns};
use crate::render::document::whole_address;
use crate::render::workbook::WorkbookError;
use crate::render::workbook::format::{Align, Look};
use crate::table::{StubCell, Tint, Value};
use rust_xlsxwriter::Worksheet;

impl Writer<'_> {
    pub(super) fn heads(&mut self) -> Result<(), WorkbookError> {
        let look = Look {
            bold: true,
            fill: Some(HEAD),
            ink: Some(HEAD_INK),
            align: Align::Center,
            bordered: true,
            wraps: true,
            ..Look::default()
        };
        let format = self.formats.of(&look).clone();
        let (head, last) = (HEAD_ROW, self.body.top - 1);
        if self.is_streamed && self.grid.head.len() > 1 {
            // Rows are gone once the next one is begun, so nothing reaches down over several.
            for row in head..last {
                for column in 0..columns(self.grid) {
                    self.sheet.write_blank(row, column as u16, &format)?;
                }
            }
            for (column, stub) in self.grid.stub.iter().enumerate() {
                self.sheet.write_string_with_format(last, column as u16, &stub.title, &format)?;
            }
            for (column, own) in self.grid.columns.iter().enumerate() {
                let at = (self.stub() + column) as u16;
                self.sheet.write_string_with_format(last, at, &own.title, &format)?;
            }
            return Ok(());
        }
        let mut column = 0;
        while let Some(stub) = self.grid.stub.get(column) {
            // A head spans the columns after it that have none of their own.
            let behind = self.grid.stub.iter().skip(column + 1);
            let right = column + behind.take_while(|next| next.title.is_empty()).count();
            merge(self.sheet, (head, column as u16), (last, right as u16), &stub.title, &format)?;
            column = right + 1;
        }
        let stub = self.stub();
        for (level, cells) in self.grid.head.iter().enumerate() {
            for cell in cells {
                let (top, left) = (head + level as u32, (stub + cell.column) as u16);
                let bottom = top + cell.rows.saturating_sub(1) as u32;
                let right = left + cell.columns.saturating_sub(1) as u16;
                merge(self.sheet, (top, left), (bottom.min(last), right), &cell.text, &format)?;
            }
        }
        Ok(())
    }

    pub(super) fn row_heads(
        &mut self,
        row: usize,
        at: u32,
        bold: bool,
        fill: Option<Tint>,
    ) -> Result<(), WorkbookError> {
        if self.is_streamed || !self.grid.merged {
            for column in self.grid.members(row) {
                let cell = self.grid.stub.get(column).and_then(|stub| stub.cells.get(row));
                let grain = self.grid.stub.get(column).and_then(|stub| stub.grain);
                let look = Look { bold, fill, bordered: true, ..Look::default() };
                member(
                    self.sheet,
                    (at, column as u16),
                    cell.unwrap_or(&Value::Null),
                    grain,
                    &look,
                    self.formats,
                    self.locale,
                )?;
                let row_link = || self.grid.rows.get(row).filter(|_| column + 1 == self.stub())?.link.clone();
                let link = self.grid.member_link(row, column).or_else(row_link);
                if let (Some(Value::Text(text)), Some(link)) = (cell, link) {
                    let format = self.formats.of(&look).clone();
                    let address = whole_address(&link, self.base_url);
                    self.links.put(self.sheet, (at, column as u16), text, address, &format)?;
                }
            }
            if let Some((from, text)) = self.grid.label_text(row, self.locale) {
                let look = Look { bold, fill, bordered: true, align: Align::Left, ..Look::default() };
                let format = self.formats.of(&look).clone();
                let last = self.stub().saturating_sub(1).max(from);
                merge(self.sheet, (at, from as u16), (at, last as u16), &text, &format)?;
            }
            return Ok(());
        }
        for StubCell { text, column, columns, rows, link } in
            self.grid.stub_cells(row, self.body.rows.start, self.body.rows.end, self.locale)
        {
            let own_fill =
                if rows > 1 || columns == 1 && fill.is_some() && column < self.grid.members(row).end {
                    None
                } else {
                    fill
                };
            let look = Look {
                bold,
                fill: own_fill,
                bordered: true,
                align: Align::Left,
                wraps: true,
                ..Look::default()
            };
            let (right, bottom) = ((column + columns - 1) as u16, at + rows.saturating_sub(1) as u32);
            let format = self.formats.of(&look).clone();
            merge(self.sheet, (at, column as u16), (bottom, right), &text, &format)?;
            let address = link.and_then(|link| whole_address(&link, self.base_url));
            self.links.put(self.sheet, (at, column as u16), &text, address, &format)?;
        }
        Ok(())
    }
}

/// Writes text into a range of cells, merged if there are several.
fn merge(
    sheet: &mut Worksheet,
    (top, left): (u32, u16),
    (bottom, right): (u32, u16),
    text: &str,
    format: &rust_xlsxwriter::Format,
) -> Result<(), WorkbookError> {
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, text, format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, text, format)?;
    }
    Ok(())
}
