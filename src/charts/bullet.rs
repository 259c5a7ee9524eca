//! A bar per member against its target, over bands that say what is good.

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::{clean, fitted};
use super::legend::{Entry, Legend, Symbol};
use super::pen::{Align, Area, Pen};
use super::series::{Data, Span};
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, Goal, Target, words};
use crate::format::{NumberFormat, NumberStyle};

const COLOR: Role = Role::Series(0);

/// More rows than have room to be read are not drawn, and it is said that they are not.
const LEAST_ROW: f64 = 1.3;

/// A row: a member, its number, what it is measured against.
struct Row {
    link: Option<String>,
    name: String,
    value: Option<f64>,
    target: Option<f64>,
    text: String,
    attainment: String,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
    goal: &Goal,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let Some(series) = data.series.first() else { return Ok(Vec::new()) };
    let locale = data.locale;
    let mut rows = rows(data, chart, goal);
    let has_target = rows.iter().any(|row| row.target.is_some());
    let target_name = target_name(data, chart, goal);
    let mut entries = vec![Entry { name: series.name.clone(), role: COLOR, symbol: Symbol::Square }];
    if has_target {
        entries.push(Entry { name: target_name.clone(), role: Role::Ink, symbol: Symbol::Tick });
    }
    let legend = Legend::of(pen, entries, surface.width())?;
    legend.draw(pen, surface.left, surface.top)?;
    let top = surface.top + legend.height;
    let axis = font.size * 1.8;
    let room = surface.bottom - axis - top;
    let most = ((room / (font.size * LEAST_ROW)) as usize).max(1);
    let all = rows.len();
    let cut = all > most;
    if cut {
        // The last line says so.
        rows.truncate(most.saturating_sub(1).max(1));
    }
    let bottom = surface.bottom - axis - if cut { font.size * 1.3 } else { 0.0 };
    let name_font = font.role(Role::Ink);
    let name_width =
        pen.widest(rows.iter().take(300).map(|row| row.name.as_str()), name_font)?.min(surface.width() * 0.3);
    let number_font = font.role(Role::Ink).sized(font.size * 0.95);
    let wide = surface.width() > 200.0 && chart.labels != Some(false);
    let width_of = |texts: Vec<&str>, font| -> Result<f64, ChartError> {
        Ok(if wide { pen.widest(texts, font)? } else { 0.0 })
    };
    let value_width = width_of(rows.iter().map(|row| row.text.as_str()).collect(), number_font)?;
    let share_width = width_of(rows.iter().map(|row| row.attainment.as_str()).collect(), number_font.bold())?;
    let column = |width: f64| if width > 0.0 { width + font.size * 0.9 } else { 0.0 };
    let left = surface.left + name_width + font.size * 0.8;
    let right =
        (surface.right - column(value_width) - column(share_width) - font.size * 0.6).max(left + 10.0);
    let numbers =
        rows.iter().flat_map(|row| row.value.into_iter().chain(row.target).chain(goal.ends(row.target)));
    let ticks = (((right - left) / 55.0) as usize).clamp(2, 6);
    let scale = Scale::over(numbers.collect::<Vec<_>>(), true, ticks);
    let x = |value: f64| left + scale.share(value) * (right - left);
    let texts = series.format.write_ticks(&scale.ticks, locale);
    let mut free = f64::NEG_INFINITY;
    for (tick, text) in scale.ticks.iter().zip(&texts) {
        pen.line(&[(x(*tick), top), (x(*tick), bottom)], Role::Grid, 0.7)?;
        let half = pen.width(text, font)? / 2.0;
        let middle = x(*tick).min(surface.right - half).max(surface.left + half);
        if middle - half >= free {
            pen.text(text, (middle, bottom + font.size), Align::Center, font)?;
            free = middle + half + font.size * 0.4;
        }
    }
    let band = (bottom - top) / rows.len().max(1) as f64;
    let thickness = (band * 0.62).min(20.0);
    let mut hotspots = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let y = top + (number as f64 + 0.5) * band;
        for (from, to, role) in goal.bands(row.target, scale.low.max(0.0)) {
            pen.rect(Area::new(x(from), y - thickness / 2.0, x(to), y + thickness / 2.0), role)?;
        }
        if let Some(value) = row.value {
            let half = thickness * if goal.bands.is_empty() { 0.36 } else { 0.21 };
            let (from, to) = (x(0.0), x(value));
            pen.rect(Area::new(from.min(to), y - half, from.max(to), y + half), COLOR)?;
        }
        if let Some(target) = row.target {
            let half = thickness * 0.44;
            pen.line(&[(x(target), y - half), (x(target), y + half)], Role::Ink, 2.0)?;
        }
        let name = fitted(pen, &row.name, name_width, name_font)?;
        pen.text(&name, (surface.left + name_width, y), Align::Right, name_font)?;
        if wide {
            let share_at = surface.right;
            pen.text(&row.attainment, (share_at, y), Align::Right, number_font.bold())?;
            pen.text(&row.text, (share_at - column(share_width), y), Align::Right, number_font)?;
        }
        let half = band / 2.0;
        hotspots.push(Hotspot {
            area: Area::new(surface.left, y - half, surface.right, y + half),
            title: row.name.clone(),
            details: details(row, series.name.clone(), &target_name, data),
            link: row.link.clone(),
        });
    }
    if scale.low < 0.0 {
        pen.line(&[(x(0.0), top), (x(0.0), bottom)], Role::Axis, 0.8)?;
    }
    if cut {
        let text = fitted(pen, &words::first_of(rows.len(), all, locale), surface.width(), font)?;
        pen.text(&text, (surface.left, surface.bottom - font.size * 0.5), Align::Left, font)?;
    }
    Ok(hotspots)
}

fn rows(data: &Data<'_>, chart: &Chart, goal: &Goal) -> Vec<Row> {
    let Some(series) = data.series.first() else { return Vec::new() };
    let previous = data.series.iter().find(|series| series.is_previous);
    let short = NumberFormat { compact: true, ..series.format.clone() };
    data.categories
        .iter()
        .enumerate()
        .map(|(index, category)| {
            let value = series.held_value(index);
            let target = goal
                .target_of(&chart.table, index)
                .or_else(|| previous.filter(|_| goal.target.is_none())?.held_value(index));
            let text = series
                .text_as(index, &short, NumberStyle::Headline, data.locale)
                .unwrap_or_else(|| crate::format::NO_NUMBER.to_owned());
            Row {
                link: data.link_over(Span { first: index, last: index }),
                name: category.text.clone(),
                value,
                target,
                text,
                attainment: attainment(value, target, data),
            }
        })
        .collect()
}

/// The number as a share of a target above zero; empty where there is none.
fn attainment(value: Option<f64>, target: Option<f64>, data: &Data<'_>) -> String {
    match (value, target) {
        (Some(value), Some(target)) if target > 0.0 => {
            let percent = NumberFormat { percent: true, decimals: Some(0), ..NumberFormat::default() };
            percent.write(value / target, NumberStyle::Full, data.locale)
        }
        _ => String::new(),
    }
}

fn target_name(data: &Data<'_>, chart: &Chart, goal: &Goal) -> String {
    let previous = data.series.iter().find(|series| series.is_previous);
    match (goal.target, previous) {
        (Some(Target::Column(index)), _) => {
            chart.table.columns.get(index).map_or_else(String::new, |column| clean(&column.title))
        }
        (None, Some(previous)) => previous.name.clone(),
        _ => words::target(data.locale).to_owned(),
    }
}

fn details(row: &Row, name: String, target_name: &str, data: &Data<'_>) -> Vec<Detail> {
    let format = data.left_format();
    let write =
        |number: Option<f64>| format.write(number.unwrap_or(f64::NAN), NumberStyle::Full, data.locale);
    let mut details = vec![Detail { label: name, value: write(row.value), role: Some(COLOR) }];
    if row.target.is_some() {
        details.push(Detail {
            label: target_name.to_owned(),
            value: write(row.target),
            role: Some(Role::Ink),
        });
    }
    if !row.attainment.is_empty() {
        let label = words::attainment(data.locale).to_owned();
        details.push(Detail { label, value: row.attainment.clone(), role: None });
    }
    details
}
