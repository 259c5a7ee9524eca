//! Shares of a whole, with a list of names, numbers and shares beside it.

use std::f64::consts::TAU;

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::fitted;
use super::pen::{Align, Area, Pen};
use super::series::{Data, Span};
use super::theme::Role;
use super::{Chart, ChartError, words};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::table::others;

/// More slices than this are drawn as one, with their count in its name.
const MOST_SLICES: usize = 10;

/// Where names begin behind their swatch, in em.
const INDENT: f64 = 1.3;

/// Space between the columns of the list, in em.
const COLUMN_GAP: f64 = 1.2;

/// One slice: what it is, how it is written, how large.
struct Slice {
    link: Option<String>,
    name: String,
    role: Role,
    value: f64,
    text: String,
    exact: String,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
) -> Result<Vec<Hotspot>, ChartError> {
    let slices = slices(data);
    let (surface, font) = (pen.surface(), pen.font());
    let sum: f64 = slices.iter().map(|slice| slice.value.max(0.0)).sum();
    if sum <= 0.0 {
        pen.text(words::no_data(data.locale), surface.center(), Align::Center, font)?;
        return Ok(Vec::new());
    }
    let rows = Rows::of(pen, &slices, sum, data.locale)?;
    let beside = surface.width() >= 1.15 * surface.height();
    let (circle, list) = if beside {
        let side = (surface.height() - 2.0).min(surface.width() * 0.48);
        let gap = font.size * 2.4;
        let width = rows.width.min(surface.width() - side - gap);
        // Ring and list stand together in the middle.
        let left = surface.left + ((surface.width() - side - gap - width) / 2.0).max(0.0);
        let (_, middle) = surface.center();
        let top = (middle - rows.height / 2.0).max(surface.top);
        (
            Area::new(left, surface.top, left + side, surface.bottom),
            Area::new(left + side + gap, top, left + side + gap + width, surface.bottom),
        )
    } else {
        let side = (surface.height() - rows.height - font.size)
            .clamp(surface.height() * 0.4, surface.height() * 0.8);
        let width = rows.width.min(surface.width());
        let left = surface.left + (surface.width() - width) / 2.0;
        (
            Area::new(surface.left, surface.top, surface.right, surface.top + side),
            Area::new(left, surface.top + side + font.size, left + width, surface.bottom),
        )
    };
    let (x, y) = circle.center();
    let outer = circle.width().min(circle.height()) / 2.0 - 1.0;
    let mut angle = -TAU / 4.0;
    let mut hotspots = Vec::new();
    for slice in slices.iter().filter(|slice| slice.value > 0.0) {
        let end = angle + TAU * (slice.value / sum);
        ring(pen, (x, y), outer, outer * 0.64, (angle, end), slice.role)?;
        hotspots.push(hotspot(slice, sum, (x, y), outer, (angle, end), data));
        angle = end;
    }
    if slices.iter().filter(|slice| slice.value > 0.0).count() > 1 {
        let mut angle = -TAU / 4.0;
        for slice in slices.iter().filter(|slice| slice.value > 0.0) {
            let ray = |radius: f64| (x + radius * angle.cos(), y + radius * angle.sin());
            pen.line(&[ray(outer * 0.62), ray(outer + 0.5)], Role::Surface, 1.4)?;
            angle += TAU * (slice.value / sum);
        }
    }
    center(pen, data, chart, sum, (x, y), outer * 0.64)?;
    hotspots.extend(rows.draw(pen, &slices, list)?);
    Ok(hotspots)
}

/// The slices as they are drawn: the smallest together where there are too many.
fn slices(data: &Data<'_>) -> Vec<Slice> {
    let Some(series) = data.series.first() else { return Vec::new() };
    let short = NumberFormat { compact: true, ..series.format.clone() };
    let mut color = 0;
    let mut all: Vec<Slice> = data
        .categories
        .iter()
        .enumerate()
        .filter_map(|(index, category)| {
            let value = series.value(index)?.clamp(-1e300, 1e300);
            let role = if category.is_others { Role::Others } else { Role::Series(color) };
            color += usize::from(!category.is_others);
            let text = series.text_as(index, &short, NumberStyle::Headline, data.locale)?;
            let exact = series.text(index, NumberStyle::Full, data.locale)?;
            let link = data.link_over(Span { first: index, last: index });
            Some(Slice { link, name: category.text.clone(), role, value, text, exact })
        })
        .collect();
    if all.len() <= MOST_SLICES {
        return all;
    }
    let mut by_size: Vec<usize> = (0..all.len()).collect();
    by_size.sort_by(|a, b| all[*b].value.total_cmp(&all[*a].value));
    let mut kept: Vec<usize> = by_size.into_iter().take(MOST_SLICES - 1).collect();
    kept.sort_unstable();
    let small = all.len() - kept.len();
    let rest: f64 =
        all.iter().enumerate().filter(|(index, _)| !kept.contains(index)).map(|(_, slice)| slice.value).sum();
    let mut position = 0;
    all.retain(|_| {
        position += 1;
        kept.contains(&(position - 1))
    });
    for (color, slice) in all.iter_mut().filter(|slice| slice.role != Role::Others).enumerate() {
        slice.role = Role::Series(color);
    }
    all.push(Slice {
        link: None,
        name: words::the_rest(others(data.locale), small, data.locale),
        role: Role::Others,
        value: rest,
        text: short.write(rest, NumberStyle::Headline, data.locale),
        exact: series.format.write(rest, NumberStyle::Full, data.locale),
    });
    all
}

/// A part of a ring, as a polygon so fine that it is a curve to the eye at any zoom of a screen.
pub(super) fn ring<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    (x, y): (f64, f64),
    outer: f64,
    inner: f64,
    (from, to): (f64, f64),
    role: Role,
) -> Result<(), ChartError> {
    let steps = ((to - from) / TAU * 240.0).ceil().max(2.0) as usize;
    let along = |radius: f64, step: usize| {
        let angle = from + (to - from) * step as f64 / steps as f64;
        (x + radius * angle.cos(), y + radius * angle.sin())
    };
    let points: Vec<_> = (0..=steps)
        .map(|step| along(outer, step))
        .chain((0..=steps).rev().map(|step| along(inner, step)))
        .collect();
    pen.polygon(&points, role, 1.0)
}

/// The total in the hole: the engine's where it was asked for, else that of the slices.
fn center<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
    sum: f64,
    (x, y): (f64, f64),
    hole: f64,
) -> Result<(), ChartError> {
    let Some(series) = data.series.first() else { return Ok(()) };
    let short = NumberFormat { compact: true, ..series.format.clone() };
    let total = chart.y.first().and_then(|index| chart.table.totals.as_ref()?.get(*index));
    let text = match total.and_then(crate::table::Value::number) {
        Some(total) => short.write(total, NumberStyle::Headline, data.locale),
        None => short.write(sum, NumberStyle::Headline, data.locale),
    };
    let base = pen.font();
    let font = base.bold().role(Role::Ink).sized(base.size * 1.7);
    let width = pen.width(&text, font)?;
    let font = font.sized(font.size * (hole * 1.55 / width.max(1.0)).min(1.0));
    if hole < base.size * 1.2 {
        return Ok(());
    }
    pen.text(&text, (x, y + base.size * 0.55), Align::Center, font)?;
    pen.text(words::total(data.locale), (x, y - base.size * 1.0), Align::Center, base.sized(base.size * 0.95))
}

/// The list: swatch, name, number, share, in columns.
struct Rows {
    shares: Vec<String>,
    share_width: f64,
    value_width: f64,
    name_width: f64,
    /// How wide it would be with nothing cut.
    width: f64,
    /// How high it would be with rows well apart.
    height: f64,
}

impl Rows {
    fn of<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        slices: &[Slice],
        sum: f64,
        locale: Locale,
    ) -> Result<Self, ChartError> {
        let font = pen.font();
        let shares: Vec<String> = slices.iter().map(|slice| share(slice, sum, locale)).collect();
        let share_width = pen.widest(shares.iter().map(String::as_str), font.bold())?;
        let value_width = pen.widest(slices.iter().map(|slice| slice.text.as_str()), font)?;
        let name_width = pen.widest(slices.iter().map(|slice| slice.name.as_str()), font)?;
        let width = font.size * (INDENT + 2.0 * COLUMN_GAP) + name_width + value_width + share_width;
        Ok(Self {
            shares,
            share_width,
            value_width,
            name_width,
            width,
            height: font.size * 1.75 * slices.len() as f64,
        })
    }

    /// Draws the list into `list` and gives a hotspot per row. Numbers give way before names do;
    /// nothing is drawn where rows would overlap.
    fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        slices: &[Slice],
        list: Area,
    ) -> Result<Vec<Hotspot>, ChartError> {
        let font = pen.font();
        let row = (font.size * 1.75).min(list.height() / slices.len().max(1) as f64);
        if row < font.size * 1.05 {
            return Ok(Vec::new());
        }
        let gap = font.size * COLUMN_GAP;
        let fixed = font.size * INDENT + gap + self.share_width;
        let room = list.width() - fixed - gap - self.value_width;
        let with_values = room >= self.name_width.min(font.size * 5.0);
        let name_room = if with_values { room } else { (list.width() - fixed).max(0.0) };
        let mut hotspots = Vec::new();
        for (number, (slice, share)) in slices.iter().zip(&self.shares).enumerate() {
            let y = list.top + (number as f64 + 0.5) * row;
            let half = font.size * 0.38;
            let swatch = Area::new(list.left, y - half, list.left + 2.0 * half, y + half);
            pen.round_rect(swatch, font.size * 0.18, slice.role)?;
            let name = fitted(pen, &slice.name, name_room, font)?;
            pen.text(&name, (list.left + font.size * INDENT, y), Align::Left, font.role(Role::Ink))?;
            pen.text(share, (list.right, y), Align::Right, font.role(Role::Ink).bold())?;
            if with_values {
                pen.text(&slice.text, (list.right - self.share_width - gap, y), Align::Right, font)?;
            }
            let area = Area::new(list.left, y - row / 2.0, list.right, y + row / 2.0);
            hotspots.push(Hotspot {
                area,
                title: slice.name.clone(),
                details: details(slice, share),
                link: slice.link.clone(),
            });
        }
        Ok(hotspots)
    }
}

fn share(slice: &Slice, sum: f64, locale: Locale) -> String {
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    // A negative number has no share of the ring; it is listed all the same.
    let share = if slice.value >= 0.0 { slice.value / sum } else { f64::NAN };
    percent.write(share, NumberStyle::Full, locale)
}

fn details(slice: &Slice, share: &str) -> Vec<Detail> {
    vec![Detail { label: String::new(), value: format!("{} ({share})", slice.exact), role: Some(slice.role) }]
}

/// A rectangle inside the slice: hotspots are rectangles, and slices are not.
fn hotspot(
    slice: &Slice,
    sum: f64,
    (x, y): (f64, f64),
    outer: f64,
    (from, to): (f64, f64),
    data: &Data<'_>,
) -> Hotspot {
    let middle = f64::midpoint(from, to);
    let radius = outer * 0.82;
    let half = (radius * (to - from) / 2.0).min(outer * 0.16).max(1.0);
    let (x, y) = (x + radius * middle.cos(), y + radius * middle.sin());
    let share = share(slice, sum, data.locale);
    Hotspot {
        area: Area::new(x - half, y - half, x + half, y + half),
        title: slice.name.clone(),
        details: details(slice, &share),
        link: slice.link.clone(),
    }
}
