//! Small multiples: one chart per member, all with the same axes, one legend for all.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use super::bar::pieces;
use super::hotspot::Hotspot;
use super::labels::{clean, fitted};
use super::legend::{Legend, Symbol};
use super::pen::{Align, Pen};
use super::series::{Data, Shared, members};
use super::theme::Role;
use super::{Chart, ChartError, Facet, Kind, Stacking, draw_data, nothing, words};
use crate::format::NumberStyle;
use crate::table::{Role as ColumnRole, Table, Value, others};

/// Smaller than this, in em, nothing can be read in a chart.
const LEAST: (f64, f64) = (10.5, 7.0);

/// More charts than this are not drawn even where there is room for them.
const MOST: usize = 60;

/// A chart wider than this many times its height wastes room.
const SHAPE: f64 = 1.7;

/// One small chart.
struct Part {
    name: String,
    chart: Chart,
}

pub(super) fn draw<DB: DrawingBackend>(
    surface_area: &DrawingArea<DB, Shift>,
    pen: &Pen<'_, DB>,
    chart: &Chart,
    facet: Facet,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let locale = pen.style.locale;
    let mut parts = parts(pen, chart, facet);
    let datas: Vec<Data<'_>> =
        parts.iter().map(|part| Data::of(&part.chart, locale)).collect::<Result<_, _>>()?;
    if !datas.iter().any(Data::has_numbers) {
        return nothing(pen);
    }
    let entries = datas.first().map_or_else(Vec::new, |data| {
        let mut entries = Legend::entries(data, |series| match chart.kind {
            Kind::Line if series.is_previous => Symbol::Dashes,
            Kind::Line => Symbol::Line,
            Kind::Combo if series.on_right => Symbol::Line,
            _ => Symbol::Square,
        });
        entries.extend(data.overlay.entries());
        entries
    });
    let legend = Legend::of(pen, entries, surface.width())?;
    let shared = reach(chart, &datas);
    drop(datas);
    legend.draw(pen, surface.left, surface.top)?;
    let top = surface.top + legend.height;
    let (width, height) = (surface.width(), surface.bottom - top);
    let all = parts.len();
    let title = font.size * 1.5;
    let widest = ((width / (LEAST.0 * font.size)) as usize).max(1);
    let highest = ((height / (LEAST.1 * font.size + title)) as usize).max(1);
    let across =
        facet.across.unwrap_or_else(|| best_across(all, widest, (width, height))).min(widest).min(all);
    // More rows than columns are better than charts that nobody sees.
    let across = if all.div_ceil(across) > highest { widest.min(all) } else { across };
    let shown = all.min(across * highest).min(MOST);
    let cut = shown < all;
    parts.truncate(shown);
    let down = shown.div_ceil(across);
    let foot = if cut { font.size * 1.5 } else { 0.0 };
    if cut {
        let text = fitted(pen, &words::first_of(shown, all, locale), width, font)?;
        pen.text(&text, (surface.left, surface.bottom - font.size * 0.6), Align::Left, font)?;
    }
    // Only the first column has the axis, so it is wider by it: all plots are of one size.
    let axis = axis_width(pen, &parts, shared)?.min(width * 0.25);
    let gap = (font.size * 1.3, font.size * 0.8);
    let right_axis = if chart.kind == Kind::Combo { axis } else { 0.0 };
    let cell_width = (width - axis - right_axis - gap.0 * (across - 1) as f64) / across as f64;
    let cell_height = (height - foot - gap.1 * (down - 1) as f64) / down as f64;
    let mut hotspots = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let (row, column) = (number / across, number % across);
        let is_last = column + 1 == across || number + 1 == shown;
        let left = surface.left + (cell_width + gap.0) * column as f64 + if column == 0 { 0.0 } else { axis };
        let size = cell_width + if column == 0 { axis } else { 0.0 } + if is_last { right_axis } else { 0.0 };
        let y = top + (cell_height + gap.1) * row as f64;
        let plot_left = if column == 0 { left + axis } else { left };
        let name = fitted(pen, &part.name, cell_width, font.bold())?;
        pen.text(&name, (plot_left, y + font.size * 0.7), Align::Left, font.bold().role(Role::Ink))?;
        let pixels = |points: f64| (points * pen.style.pixels_per_point).round() as i32;
        let small = surface_area.clone().shrink(
            (pixels(left), pixels(y + title)),
            (pixels(size), pixels((cell_height - title).max(1.0))),
        );
        let small = Pen::new(&small, pen.style).with(pen.look);
        let mut data = Data::of(&part.chart, locale)?;
        data.shared = Some(Shared { shows_left: column == 0, shows_right: is_last, ..shared });
        let own = if small.surface().width() < 40.0 || small.surface().height() < 30.0 {
            Vec::new()
        } else {
            draw_data(&small, &data, &part.chart)?
        };
        hotspots.extend(own.into_iter().map(|spot| Hotspot {
            area: spot.area.moved(left, y + title),
            title: format!("{} · {}", part.name, spot.title),
            ..spot
        }));
    }
    Ok(hotspots)
}

/// How many charts side by side come nearest to the good shape and leave few places empty.
fn best_across(count: usize, widest: usize, (width, height): (f64, f64)) -> usize {
    let cost = |across: usize| {
        let down = count.div_ceil(across);
        let shape = (width / across as f64) / (height / down as f64);
        (shape / SHAPE).ln().abs() + 0.65 * (across * down - count) as f64 / down as f64
    };
    (1..=widest.min(count).max(1)).min_by(|a, b| cost(*a).total_cmp(&cost(*b))).unwrap_or(1)
}

/// A chart per member, each with all places of the axis and all series, so that they can be compared.
fn parts<DB: DrawingBackend>(pen: &Pen<'_, DB>, chart: &Chart, facet: Facet) -> Vec<Part> {
    let locale = pen.style.locale;
    let columns = &chart.table.columns;
    let (Some(by), Some(x)) = (columns.get(facet.column), columns.get(chart.x)) else { return Vec::new() };
    let (names, rows) = members(by);
    let (places, place_of) = members(x);
    let split = chart.by.and_then(|index| columns.get(index));
    let (series, series_of) = split.map_or_else(|| (vec![&Value::Null], vec![0; rows.len()]), members);
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|member| names.get(*member).is_some_and(|name| **name == Value::Others));
    order
        .into_iter()
        .filter_map(|member| {
            let name = names.get(member)?;
            let name = if **name == Value::Others {
                others(locale).to_owned()
            } else {
                clean(&by.text(name, NumberStyle::Full, locale))
            };
            // Which row of the table stands at a place of the axis in a series.
            let mut grid = vec![None; places.len() * series.len()];
            for row in (0..rows.len()).filter(|row| rows.get(*row) == Some(&member)) {
                let (Some(place), Some(series_number)) = (place_of.get(row), series_of.get(row)) else {
                    continue;
                };
                if let Some(slot) = grid.get_mut(place * series.len() + series_number) {
                    *slot = Some(row);
                }
            }
            let cells = |position: usize| -> Vec<Value> {
                grid.iter()
                    .enumerate()
                    .map(|(slot, row)| match row {
                        Some(row) => chart.table.cell(*row, position).clone(),
                        None if position == chart.x => {
                            places.get(slot / series.len()).map_or(Value::Null, |value| (*value).clone())
                        }
                        None if Some(position) == chart.by => {
                            series.get(slot % series.len()).map_or(Value::Null, |value| (*value).clone())
                        }
                        None => Value::Null,
                    })
                    .collect()
            };
            let columns = columns
                .iter()
                .enumerate()
                .map(|(position, column)| crate::table::Column { cells: cells(position), ..column.clone() })
                .collect();
            let table = Table { columns, totals: None, rows_before_limit: grid.len() };
            let links = if chart.links.is_empty() {
                Vec::new()
            } else {
                grid.iter().map(|row| chart.links.get((*row)?).cloned().flatten()).collect()
            };
            Some(Part { name, chart: Chart { table, links, facet: None, ..chart.clone() } })
        })
        .collect()
}

/// The lowest and highest value of all charts on both axes.
fn reach(chart: &Chart, datas: &[Data<'_>]) -> Shared {
    let widest = |numbers: Vec<f64>| {
        let held = numbers.into_iter().map(|number| number.clamp(-1e300, 1e300));
        let (low, high) = held.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| {
            (low.min(number), high.max(number))
        });
        if low <= high { (low, high) } else { (0.0, 0.0) }
    };
    let stacking = match chart.kind {
        Kind::Area(stacking) | Kind::Bar { stacking, .. } => stacking,
        _ => Stacking::None,
    };
    let left = match stacking {
        Stacking::None => datas.iter().flat_map(|data| data.numbers(|series| !series.on_right)).collect(),
        Stacking::Stacked | Stacking::Percent => datas
            .iter()
            .flat_map(|data| pieces(data, stacking, |_| true))
            .flat_map(|piece| [piece.from, piece.to])
            .collect(),
    };
    let mut left: Vec<f64> = left;
    left.extend(datas.iter().flat_map(Data::own_reach));
    let right = datas.iter().flat_map(|data| data.numbers(|series| series.on_right));
    let right = right.chain(datas.iter().flat_map(|data| data.overlay.reach_right())).collect();
    Shared { left: widest(left), right: widest(right), shows_left: true, shows_right: true }
}

/// About how wide the texts of the axis on the left are: numbers, or names of lying bars.
fn axis_width<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    parts: &[Part],
    shared: Shared,
) -> Result<f64, ChartError> {
    let font = pen.font();
    let Some(part) = parts.first() else { return Ok(0.0) };
    if let Kind::Bar { horizontal: true, .. } = part.chart.kind {
        let Some(x) = part.chart.table.columns.get(part.chart.x) else { return Ok(0.0) };
        let names: Vec<String> = members(x)
            .0
            .iter()
            .take(300)
            .map(|value| clean(&x.text(value, NumberStyle::Full, pen.style.locale)))
            .collect();
        let width = pen.widest(names.iter().map(String::as_str), font)?;
        return Ok(width + font.size * 0.8);
    }
    let is_share = matches!(
        part.chart.kind,
        Kind::Area(Stacking::Percent) | Kind::Bar { stacking: Stacking::Percent, .. }
    );
    let format = part.chart.y.first().and_then(|index| part.chart.table.columns.get(*index));
    let format = match format {
        Some(column) if !is_share && column.role != ColumnRole::Dimension => column.format.clone(),
        _ => crate::format::NumberFormat { percent: true, ..Default::default() },
    };
    let scale = super::ticks::Scale::over([shared.left.0, shared.left.1], false, 5);
    let texts = format.write_ticks(&scale.ticks, pen.style.locale);
    Ok(pen.widest(texts.iter().map(String::as_str), font)? + font.size * 0.7)
}
