//! A grid of cells whose colour tells the number.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::axis::BottomLabels;
use super::heat::Heat;
use super::hotspot::{Detail, Hotspot};
use super::labels::fitted;
use super::pen::{Align, Area, Pen};
use super::series::Data;
use crate::format::NumberStyle;

/// Cells beyond this many get no hotspot each: a page could not carry them.
const MOST_HOTSPOTS: usize = 4_000;

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let heat = Heat::of(data);
    let names_of_rows = data.series.iter().map(|series| series.name.as_str());
    let name_width = pen.widest(names_of_rows.take(300), font)?.min(surface.width() * 0.3);
    let top = surface.top + heat.legend(pen, data)?;
    let (rows, columns) = (data.series.len().max(1), data.categories.len().max(1));
    let left = surface.left + name_width + font.size * 0.7;
    let band = (surface.right - left) / columns as f64;
    let middle = |column: usize| left + (column as f64 + 0.5) * band;
    let bottom_labels = BottomLabels::choose(pen, data, middle, band, surface.height() * 0.3)?;
    let bottom = (surface.bottom - bottom_labels.height(font.size)).max(top + 1.0);
    let height = (bottom - top) / rows as f64;
    let gap = (band.min(height) * 0.06).min(1.2);
    let cell = |row: usize, column: usize| {
        let (x, y) = (left + column as f64 * band, top + row as f64 * height);
        Area::new(x + gap / 2.0, y + gap / 2.0, x + band - gap / 2.0, y + height - gap / 2.0)
    };
    let mut value_font = font.sized(font.size * 0.92);
    let texts = cell_texts(data, labels, height > font.size * 1.3);
    let mut widest = pen.widest(texts.iter().map(|(_, _, text)| text.as_str()), value_font)?;
    let room = band - font.size * 0.5;
    if widest > room {
        // Slightly smaller digits are better than none.
        widest *= 0.84;
        value_font = font.sized(value_font.size * 0.84);
    }
    let with_texts = labels == Some(true) || widest <= room;
    for (row, series) in data.series.iter().enumerate() {
        for column in 0..data.categories.len() {
            pen.round_rect(cell(row, column), 1.6, heat.role(series.value(column)))?;
        }
    }
    if with_texts {
        for (row, column, text) in &texts {
            let area = cell(*row, *column);
            let Some(series) = data.series.get(*row) else { continue };
            if pen.width(text, value_font)? <= area.width() - 1.0 {
                let ink = heat.role(series.value(*column)).ink_on();
                pen.text(text, area.center(), Align::Center, value_font.role(ink))?;
            }
        }
    }
    let every = (font.size * 1.2 / height).ceil().max(1.0) as usize;
    for (row, series) in data.series.iter().enumerate().step_by(every) {
        let text = fitted(pen, &series.name, name_width, font)?;
        let y = top + (row as f64 + 0.5) * height;
        pen.text(&text, (surface.left + name_width, surface.held(y, font.size)), Align::Right, font)?;
    }
    bottom_labels.draw(pen, middle, bottom, (surface.left, surface.right))?;
    Ok(hotspots(data, cell))
}

/// The numbers to write, if there may be any: row, column, text.
fn cell_texts(data: &Data<'_>, labels: Option<bool>, tall_enough: bool) -> Vec<(usize, usize, String)> {
    let few = data.series.len() * data.categories.len() <= 1_000;
    if labels == Some(false) || !tall_enough || !few {
        return Vec::new();
    }
    let mut texts = Vec::new();
    for (row, series) in data.series.iter().enumerate() {
        for column in 0..data.categories.len() {
            if series.value(column).is_some()
                && let Some(text) = series.text(column, NumberStyle::Mark, data.locale)
            {
                texts.push((row, column, text));
            }
        }
    }
    texts
}

fn hotspots(data: &Data<'_>, cell: impl Fn(usize, usize) -> Area) -> Vec<Hotspot> {
    if data.series.len() * data.categories.len() > MOST_HOTSPOTS {
        return Vec::new();
    }
    let mut hotspots = Vec::new();
    for (row, series) in data.series.iter().enumerate() {
        for (column, category) in data.categories.iter().enumerate() {
            let Some(value) = series.text(column, NumberStyle::Full, data.locale) else { continue };
            let details = vec![Detail { label: series.name.clone(), value, role: None }];
            let link = data.link_of(series, column);
            hotspots.push(Hotspot { area: cell(row, column), title: category.text.clone(), details, link });
        }
    }
    hotspots
}
