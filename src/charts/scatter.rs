//! A point per member at two numbers; with a third one a bubble whose area is proportional to it.

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::{clean, fitted};
use super::legend::{Entry, Symbol};
use super::overlay::{AxisNumbers, Frame, Placed};
use super::pen::{Area, Font, Pen};
use super::placement::{Placement, around};
use super::plane::{Parts, Plane};
use super::plot::{ValueAxis, most_ticks};
use super::series::members;
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, nothing, words};
use crate::format::NumberStyle;
use crate::table::{Column, Value, others};

/// Of more points a sample is drawn, and it is said that it is one.
const MOST_POINTS: usize = 3_000;

/// Up to this many points have their names beside them unless the author says otherwise.
const MOST_NAMED: usize = 40;

/// No more names than this are tried, however much they are wanted.
const MOST_TRIED: usize = 300;

/// A point.
struct Point {
    row: usize,
    x: f64,
    y: f64,
    radius: f64,
    role: Role,
    name: String,
}

/// A sample that shows the shape of all points: those farthest out in either direction, so that the axes
/// reach as far and no outlier is missing, and the others evenly in their order. The same points give the
/// same sample.
fn thinned(points: Vec<Point>, most: usize) -> Vec<Point> {
    if points.len() <= most {
        return points;
    }
    let mut kept = vec![false; points.len()];
    let ends = most / 40;
    for number in [(|point| point.x) as fn(&Point) -> f64, |point| point.y] {
        let mut order: Vec<usize> = (0..points.len()).collect();
        order.sort_by(|a, b| number(&points[*a]).total_cmp(&number(&points[*b])).then(a.cmp(b)));
        for index in order.iter().take(ends).chain(order.iter().rev().take(ends)) {
            kept[*index] = true;
        }
    }
    let taken = kept.iter().filter(|kept| **kept).count();
    let (rest, wanted) = (points.len() - taken, most - taken);
    for (seen, kept) in kept.iter_mut().filter(|kept| !**kept).enumerate() {
        *kept = (seen + 1) * wanted / rest > seen * wanted / rest;
    }
    points.into_iter().zip(kept).filter_map(|(point, kept)| kept.then_some(point)).collect()
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    chart: &Chart,
    detail: Option<usize>,
    size: Option<usize>,
) -> Result<Vec<Hotspot>, ChartError> {
    let column = |index: usize| chart.table.columns.get(index);
    let (Some(x), Some(y)) = (column(chart.x), chart.y.first().and_then(|index| column(*index))) else {
        return Ok(Vec::new());
    };
    let by = chart.by.and_then(column);
    let size = size.and_then(column);
    let points = points(pen, (x, y), by, detail.and_then(column).or(by));
    if points.is_empty() {
        return nothing(pen);
    }
    let all = points.len();
    let mut points = thinned(points, MOST_POINTS);
    resize(pen, &mut points, size);
    let legend = by.map_or_else(Vec::new, |by| entries(pen, by));
    let title = |column: &Column| clean(&column.title);
    let remark = size.map_or_else(String::new, |size| words::size_tells(&title(size), pen.style.locale));
    let foot = if all > points.len() {
        words::sample_of(points.len(), all, pen.style.locale)
    } else {
        String::new()
    };
    // Bubbles at the edges stay whole: the axes reach further by their radius.
    let largest = points.iter().map(|point| point.radius).fold(0.0, f64::max);
    let surface = pen.surface();
    let reach = |values: Vec<f64>, length: f64| {
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        let more = (high / 2.0 - low / 2.0) * 2.0 * (largest / length.max(1.0)).min(0.2);
        [(low - more).clamp(-1e300, 1e300), (high + more).clamp(-1e300, 1e300)]
    };
    let xs = reach(points.iter().map(|point| point.x).collect(), surface.width() * 0.8);
    let ys = reach(points.iter().map(|point| point.y).collect(), surface.height() * 0.6);
    let overlay = overlay(chart, y, &points, pen.style.locale);
    let margin = overlay.margin(pen, true)?;
    let plane = Plane::draw(
        pen,
        Parts {
            x: |most| Scale::over(xs, false, most),
            x_format: &x.format,
            x_title: &title(x),
            y: ValueAxis {
                scale: Scale::over(
                    ys.into_iter().chain(overlay.reach()),
                    false,
                    most_ticks(surface.height() * 0.8),
                ),
                format: y.format.clone(),
            },
            y_title: &title(y),
            remark: &remark,
            foot: &foot,
            legend,
            upright_grid: true,
            top_margin: 0.0,
            right_margin: margin,
        },
    )?;
    let place = |value| plane.y(value);
    let frame = Frame { area: plane.area, upright: true, left: &place, right: &place };
    overlay.draw_behind(pen, &frame)?;
    plane.zero_lines(pen)?;
    // The small ones lie on top of the large ones.
    points.sort_by(|a, b| b.radius.total_cmp(&a.radius).then(a.row.cmp(&b.row)));
    for point in &points {
        let center = (plane.x(point.x), plane.y(point.y));
        if size.is_some() {
            pen.disc(center, point.radius + 0.5, Role::Surface, 0.9)?;
        }
        pen.disc(center, point.radius, point.role, 0.78)?;
    }
    for (trend, role) in &overlay.trends {
        let ends = [trend.start, trend.end].map(|(x, y)| (plane.x(x), plane.y(y)));
        pen.dashed(&ends, *role, 1.2, (5.0, 2.6))?;
    }
    let left = surface.right - margin + pen.style.font_size * 0.2;
    overlay.draw_over(pen, &frame, Area::new(left, plane.area.top, surface.right, plane.area.bottom))?;
    let named = chart.labels.unwrap_or(points.len() <= MOST_NAMED) && (detail.is_some() || by.is_some());
    if named {
        let lines = overlay.places(&frame);
        names(pen, &plane, &points, &lines, &overlay)?;
    }
    Ok(hotspots(pen, &plane, &points, by, [Some(x), Some(y), size], &chart.links))
}

/// Lines and ranges over the heights, and the trend of all points together.
fn overlay(chart: &Chart, y: &Column, points: &[Point], locale: crate::format::Locale) -> Placed {
    let numbers = points.iter().map(|point| point.y).collect();
    let heights = AxisNumbers { numbers, format: y.format.clone() };
    let placed = Placed::of(&chart.overlays, &heights, &heights, locale);
    if chart.overlays.trend {
        placed.with_trend(points.iter().map(|point| (point.x, point.y)))
    } else {
        placed
    }
}

/// The rows with both numbers.
fn points<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (x, y): (&Column, &Column),
    by: Option<&Column>,
    named: Option<&Column>,
) -> Vec<Point> {
    let locale = pen.style.locale;
    let roles = by.map(roles);
    let held = |value: &Value| value.as_f64().map(|value| value.clamp(-1e300, 1e300));
    x.cells
        .iter()
        .zip(&y.cells)
        .enumerate()
        .filter_map(|(row, (x, y))| {
            let name = named.and_then(|column| Some((column, column.cells.get(row)?)));
            let name = match name {
                Some((_, Value::Others)) => others(locale).to_owned(),
                Some((column, value)) => clean(&column.text(value, NumberStyle::Full, locale)),
                None => String::new(),
            };
            let role = roles.as_ref().and_then(|roles| roles.get(row).copied()).unwrap_or(Role::Series(0));
            Some(Point { row, x: held(x)?, y: held(y)?, radius: 0.0, role, name })
        })
        .collect()
}

/// The colour of every row.
fn roles(by: &Column) -> Vec<Role> {
    let (names, rows) = members(by);
    let mut color = 0;
    let roles: Vec<Role> = names
        .iter()
        .map(|name| {
            let role = if **name == Value::Others { Role::Others } else { Role::Series(color) };
            color += usize::from(role != Role::Others);
            role
        })
        .collect();
    rows.iter().map(|member| roles.get(*member).copied().unwrap_or(Role::Others)).collect()
}

fn entries<DB: DrawingBackend>(pen: &Pen<'_, DB>, by: &Column) -> Vec<Entry> {
    let (names, rows) = members(by);
    let roles = roles(by);
    names
        .iter()
        .enumerate()
        .filter_map(|(member, value)| {
            let row = rows.iter().position(|one| *one == member)?;
            let name = clean(&by.text(value, NumberStyle::Full, pen.style.locale));
            Some(Entry { name, role: roles.get(row).copied()?, symbol: Symbol::Dot })
        })
        .collect()
}

/// Gives points their radius: by the third number, or by how many there are.
fn resize<DB: DrawingBackend>(pen: &Pen<'_, DB>, points: &mut [Point], size: Option<&Column>) {
    let surface = pen.surface();
    let usual = match points.len() {
        ..=200 => 3.0,
        201..=1000 => 2.3,
        _ => 1.6,
    };
    let largest = (surface.width().min(surface.height()) * 0.075).clamp(4.0, 20.0);
    let number = |row: usize| size?.cells.get(row)?.as_f64().map(|value| value.clamp(0.0, 1e300));
    let most = points.iter().filter_map(|point| number(point.row)).fold(0.0, f64::max);
    for point in points {
        point.radius = match size {
            None => usual,
            // What has no size, or none above zero, is a dot that can still be pointed at.
            Some(_) if most <= 0.0 => 1.5,
            Some(_) => (largest * (number(point.row).unwrap_or(0.0) / most).sqrt()).max(1.5),
        };
    }
}

/// Writes names beside their points where there is room, large points first.
fn names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane,
    points: &[Point],
    lines: &[f64],
    overlay: &Placed,
) -> Result<(), ChartError> {
    let font: Font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.9);
    let area = plane.area;
    let mut room = Placement::within(Area::new(
        area.left + 1.0,
        area.top - font.size * 0.8,
        area.right + font.size * 0.8,
        area.bottom,
    ));
    let square = |point: &Point, part: f64| {
        let (x, y, radius) = (plane.x(point.x), plane.y(point.y), point.radius * part);
        Area::new(x - radius, y - radius, x + radius, y + radius)
    };
    for point in points {
        room.block(square(point, 0.85));
    }
    for y in lines {
        room.block(Area::new(area.left, y - 0.8, area.right, y + 0.8));
    }
    for (trend, _) in &overlay.trends {
        let [from, to] = [trend.start, trend.end].map(|(x, y)| (plane.x(x), plane.y(y)));
        let steps = ((to.0 - from.0).hypot(to.1 - from.1) / 3.0).clamp(1.0, 400.0) as u32;
        for step in 0..=steps {
            let part = f64::from(step) / f64::from(steps);
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            room.block(Area::new(x - 1.0, y - 1.5, x + 1.0, y + 1.5));
        }
    }
    for point in points.iter().take(MOST_TRIED) {
        let text = fitted(pen, &point.name, font.size * 12.0, font)?;
        let size = (pen.width(&text, font)? + 1.0, font.size * 1.05);
        if text.is_empty() {
            continue;
        }
        if let Some(place) = room.take(around(square(point, 1.0), size, 1.6)) {
            pen.text(&text, place.center(), super::pen::Align::Center, font)?;
        }
    }
    Ok(())
}

fn hotspots<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane,
    points: &[Point],
    by: Option<&Column>,
    numbers: [Option<&Column>; 3],
    links: &[Option<String>],
) -> Vec<Hotspot> {
    let locale = pen.style.locale;
    let detail = |column: &Column, row: usize, role: Option<Role>| {
        let value = column.cells.get(row)?;
        let text = clean(&column.text(value, NumberStyle::Full, locale));
        Some(Detail { label: clean(&column.title), value: text, role })
    };
    points
        .iter()
        .map(|point| {
            let (x, y) = (plane.x(point.x), plane.y(point.y));
            let half = point.radius.max(2.5);
            let color = by.and_then(|by| detail(by, point.row, Some(point.role)));
            let others = numbers.iter().flatten().filter_map(|column| detail(column, point.row, None));
            Hotspot {
                area: Area::new(x - half, y - half, x + half, y + half),
                title: point.name.clone(),
                details: color.into_iter().chain(others).collect(),
                link: links.get(point.row).cloned().flatten(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_keeps_outliers_and_leaves_out_evenly() {
        let point = |row: usize, x: f64, y: f64| Point {
            row,
            x,
            y,
            radius: 1.0,
            role: Role::Series(0),
            name: String::new(),
        };
        let mut points: Vec<Point> =
            (0..100_000).map(|row| point(row, (row % 977) as f64, (row % 1009) as f64)).collect();
        points[77_777] = point(77_777, 1e9, 3.0);
        points[99_999] = point(99_999, 3.0, -1e9);
        let rows = |points: Vec<Point>| points.iter().map(|point| point.row).collect::<Vec<_>>();
        let sample = rows(thinned(points, 3_000));
        assert_eq!(sample.len(), 3_000);
        assert!(sample.contains(&77_777) && sample.contains(&99_999));
        assert!(sample.is_sorted());
        for tenth in sample.chunk_by(|a, b| a / 10_000 == b / 10_000) {
            assert!((200..=400).contains(&tenth.len()), "{}", tenth.len());
        }
        let few: Vec<Point> = (0..5).map(|row| point(row, 0.0, 0.0)).collect();
        assert_eq!(rows(thinned(few, 5)), [0, 1, 2, 3, 4]);
    }
}
