//! One number on a half circle, against its target and bands.

use std::f64::consts::PI;

use plotters_backend::DrawingBackend;

use super::donut::ring;
use super::goal::held;
use super::hotspot::{Detail, Hotspot};
use super::labels::{clean, fitted};
use super::pen::{Align, Area, Pen};
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, Goal, Target, nothing, words};
use crate::format::{Locale, NumberFormat, NumberStyle};
use crate::table::Column;

const COLOR: Role = Role::Series(0);

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    chart: &Chart,
    goal: &Goal,
    ends: (Option<f64>, Option<f64>),
) -> Result<Vec<Hotspot>, ChartError> {
    let locale = pen.style.locale;
    let Some((position, column)) =
        chart.y.first().and_then(|index| Some((*index, chart.table.columns.get(*index)?)))
    else {
        return Ok(Vec::new());
    };
    let Some(value) = held(chart.table.cell(0, position)) else { return nothing(pen) };
    let target = goal.target_of(&chart.table, 0);
    let scale = scale(value, target, goal, ends);
    let (surface, font) = (pen.surface(), pen.font());
    // Two lines stand below the half circle: the ends of the scale, and the target.
    let foot = font.size * if target.is_some() { 3.4 } else { 1.8 };
    let outer = (surface.width() / 2.0 - font.size).min(surface.height() - foot - font.size).max(8.0);
    let (middle, _) = surface.center();
    let used = outer + foot + font.size * 0.6;
    let base = surface.top + ((surface.height() - used) / 2.0).max(0.0) + font.size * 0.6 + outer;
    let center = (middle, base);
    let angle = |number: f64| PI + PI * scale.share(number);
    let (rim, inner) = (outer * 0.93, outer * 0.66);
    ring(pen, center, rim - outer * 0.03, inner, (PI, 2.0 * PI), Role::Hollow)?;
    for (from, to, role) in goal.bands(target, scale.low) {
        ring(pen, center, outer, rim, (angle(from), angle(to)), role)?;
    }
    let from = angle(0.0_f64.max(scale.low).min(scale.high));
    let to = angle(value);
    if (to - from).abs() > 1e-4 {
        ring(pen, center, rim - outer * 0.03, inner, (from.min(to), from.max(to)), COLOR)?;
    }
    let on_arc = |radius: f64, number: f64| {
        let angle = angle(number);
        (center.0 + radius * angle.cos(), center.1 + radius * angle.sin())
    };
    if let Some(target) = target {
        pen.line(&[on_arc(inner - 2.0, target), on_arc(outer + 2.0, target)], Role::Surface, 3.4)?;
        pen.line(&[on_arc(inner - 2.0, target), on_arc(outer + 2.0, target)], Role::Ink, 1.8)?;
    }
    let format = NumberFormat { compact: true, ..column.format.clone() };
    let text = format.write(value, NumberStyle::Headline, locale);
    let big = font.bold().role(Role::Ink).sized((outer * 0.26).clamp(font.size, font.size * 3.2));
    let width = pen.width(&text, big)?;
    let big = big.sized(big.size * (inner * 1.6 / width.max(1.0)).min(1.0));
    pen.text(&text, (middle, base - big.size * 0.6), Align::Center, big)?;
    let axis = column.format.write_ticks(&[scale.low, scale.high], locale);
    let line = base + font.size * 1.0;
    let arm = f64::midpoint(outer, inner);
    for (text, x) in axis.iter().zip([middle - arm, middle + arm]) {
        let text = fitted(pen, text, outer * 0.9, font)?;
        let half = pen.width(&text, font)? / 2.0;
        let x = x.max(surface.left + half).min(surface.right - half);
        pen.text(&text, (x, line), Align::Center, font)?;
    }
    let details = details(chart, goal, column, (value, target), locale);
    if target.is_some() {
        let short = details
            .iter()
            .skip(1)
            .map(|detail| {
                let is_target = detail.role.is_some();
                let shown = target.filter(|_| is_target).map_or_else(
                    || detail.value.clone(),
                    |target| format.write(target, NumberStyle::Headline, locale),
                );
                format!("{} {shown}", detail.label)
            })
            .collect::<Vec<_>>()
            .join(" · ");
        let short = fitted(pen, &short, surface.width(), font)?;
        pen.text(&short, (middle, line + font.size * 1.6), Align::Center, font)?;
    }
    let area = Area::new(middle - outer, base - outer, middle + outer, base);
    let link = chart.links.first().cloned().flatten();
    Ok(vec![Hotspot { area, title: clean(&column.title), details, link }])
}

/// From zero to a round number behind everything shown, unless the author says otherwise. What lies
/// outside is held at the ends.
fn scale(value: f64, target: Option<f64>, goal: &Goal, (low, high): (Option<f64>, Option<f64>)) -> Scale {
    let bands = goal.ends(target);
    let shown: Vec<f64> = [value].into_iter().chain(target).chain(bands.iter().copied()).collect();
    let mut scale = Scale::ending_at_ticks(&shown, 6);
    // The last band is the end of the scale, if nothing lies behind it.
    let most = shown.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if let Some(last) = bands.last().filter(|last| **last >= most && **last > scale.low) {
        scale.high = *last;
    }
    scale.low = low.filter(|low| low.is_finite()).unwrap_or(scale.low);
    scale.high = high.filter(|high| *high > scale.low).unwrap_or(scale.high);
    scale
}

fn details(
    chart: &Chart,
    goal: &Goal,
    column: &Column,
    (value, target): (f64, Option<f64>),
    locale: Locale,
) -> Vec<Detail> {
    let write = |number: f64| column.format.write(number, NumberStyle::Full, locale);
    let mut details = vec![Detail { label: clean(&column.title), value: write(value), role: Some(COLOR) }];
    if let Some(target) = target {
        let label = match goal.target {
            Some(Target::Column(index)) => {
                chart.table.columns.get(index).map_or_else(String::new, |column| clean(&column.title))
            }
            _ => words::target(locale).to_owned(),
        };
        details.push(Detail { label, value: write(target), role: Some(Role::Ink) });
        if target > 0.0 {
            let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
            let value = percent.write(value / target, NumberStyle::Full, locale);
            details.push(Detail { label: words::attainment(locale).to_owned(), value, role: None });
        }
    }
    details
}
