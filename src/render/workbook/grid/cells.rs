//! The numbers and members of a grid in their cells.

use rust_xlsxwriter::Worksheet;

use super::Writer;
use crate::format::{Locale, NumberStyle};
use crate::render::workbook::format::{Align, Formats, Look, date, number};
use crate::render::workbook::{WorkbookError, native};
use crate::table::{Tint, Value};

/// Shows nothing: the sparkline over it says where the number came from.
const HIDDEN: &str = ";;;";

impl Writer<'_> {
    /// Excel's format and divisor for every value of the grid.
    pub(super) fn looks(&self) -> Vec<(String, f64)> {
        let unit = self.grid.unit.as_ref();
        let mut looks: Vec<(String, f64)> =
            self.grid.values.iter().map(|value| number(value, unit, self.locale)).collect();
        // Numbers with open decimals get those that their column needs.
        for (index, column) in self.grid.columns.iter().enumerate() {
            if let Some(decimals) = self.grid.common_decimals(index, self.locale)
                && let (Some(value), Some(look)) =
                    (self.grid.values.get(column.value), looks.get_mut(column.value))
            {
                let mut value = value.clone();
                value.format.decimals = Some(decimals);
                *look = number(&value, unit, self.locale);
            }
        }
        looks
    }

    pub(super) fn number(
        &mut self,
        row: usize,
        column: usize,
        at: u32,
        bold: bool,
        fill: Option<Tint>,
        looks: &[(String, f64)],
    ) -> Result<(), WorkbookError> {
        let left = (self.stub() + column) as u16;
        let value = self.grid.cell(row, column);
        let own = self.grid.rows.get(row).and_then(|row| row.value);
        let index =
            own.or_else(|| self.grid.columns.get(column).map(|column| column.value)).unwrap_or_default();
        let (number, divisor) =
            looks.get(index).map_or(("", 1.0), |(number, divisor)| (number.as_str(), *divisor));
        let number = if self.grid.sparkline(row, column).is_empty() { number } else { HIDDEN };
        let mark = self.grid.mark(row, column).copied().unwrap_or_default();
        let emphasis = self.grid.values.get(index).is_some_and(|value| value.emphasis);
        let look = Look {
            number: number.to_owned(),
            bold: bold || mark.bold || emphasis,
            ink: mark.ink,
            fill: mark.fill.filter(|_| !native::is_scaled(self.grid, row, column)).or(fill),
            bordered: true,
            ..Look::default()
        };
        match value {
            Value::Text(text) => {
                self.sheet.write_string_with_format(
                    at,
                    left,
                    &**text,
                    self.formats.of(&Look { number: String::new(), ..look }),
                )?;
            }
            Value::Bool(truth) => {
                self.sheet.write_boolean_with_format(at, left, *truth, self.formats.of(&look))?;
            }
            Value::Date(_) | Value::Timestamp(_) => {
                member(self.sheet, (at, left), value, None, &look, self.formats, self.locale)?;
            }
            _ => match value.as_f64() {
                Some(number) => {
                    self.sheet.write_number_with_format(
                        at,
                        left,
                        number / divisor,
                        self.formats.of(&look),
                    )?;
                }
                None => {
                    self.sheet.write_blank(at, left, self.formats.of(&look))?;
                }
            },
        }
        Ok(())
    }
}

/// A member as a real date or number where it is one, else as text.
pub(in crate::render::workbook) fn member(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: &Value,
    grain: Option<crate::format::Grain>,
    look: &Look,
    formats: &mut Formats,
    locale: Locale,
) -> Result<(), WorkbookError> {
    let text = || value.text(&crate::format::NumberFormat::default(), grain, NumberStyle::Full, locale);
    // Excel's calendar begins in 1900 and ends in 9999.
    let is_in_calendar = |date: &chrono::NaiveDate| (1900..=9999).contains(&chrono::Datelike::year(date));
    match (value, date(grain, locale)) {
        (Value::Date(day), Some(number)) if is_in_calendar(day) => {
            let look = Look { number: number.to_owned(), align: Align::Left, ..look.clone() };
            sheet.write_datetime_with_format(row, column, *day, formats.of(&look))?;
        }
        (Value::Timestamp(instant), _) if is_in_calendar(&instant.date()) => {
            let look = Look { number: "yyyy-mm-dd hh:mm:ss".to_owned(), align: Align::Left, ..look.clone() };
            sheet.write_datetime_with_format(row, column, *instant, formats.of(&look))?;
        }
        (Value::Null, _) => {
            sheet.write_blank(row, column, formats.of(look))?;
        }
        _ => match value.as_f64() {
            Some(number) => {
                sheet.write_number_with_format(row, column, number, formats.of(look))?;
            }
            None => {
                sheet.write_string_with_format(row, column, text(), formats.of(look))?;
            }
        },
    }
    Ok(())
}
