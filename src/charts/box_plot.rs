//! Median, quartiles, whiskers and outliers of many observations per category.

use plotters_backend::DrawingBackend;

use super::bar::Lanes;
use super::hotspot::{Detail, Hotspot};
use super::pen::{Align, Area, Pen};
use super::plot::{Parts, Placing, Plot, ValueAxis, most_ticks};
use super::quartiles::Spread;
use super::series::{Data, Span};
use super::theme::Role;
use super::ticks::Scale;
use super::{ChartError, words};
use crate::format::NumberStyle;

const COLOR: Role = Role::Series(0);

/// Outliers beyond this many get no hotspot of their own.
const MOST_OUTLIERS: usize = 500;

/// Draws a box per category over the numbers of all series there.
pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    labels: Option<bool>,
) -> Result<Vec<Hotspot>, ChartError> {
    let numbers = data.numbers(|_| true).into_iter().map(|number| number.clamp(-1e300, 1e300));
    let scale = Scale::over(numbers, false, most_ticks(pen.surface().height()));
    let format = data.left_format();
    let plot = Plot::draw(
        pen,
        data,
        Parts {
            left: ValueAxis { scale, format: format.clone() },
            right: None,
            placing: Placing::Bands,
            legend: Vec::new(),
            right_margin: 0.0,
            top_margin: 0.0,
            bottom_margin: pen.style.font_size * 0.4,
        },
    )?;
    let lanes = Lanes::new(plot.band(), 1);
    let mut hotspots = Vec::new();
    let mut outliers = Vec::new();
    let mut medians = Vec::new();
    for (index, category) in data.categories.iter().enumerate() {
        let observations: Vec<(usize, f64)> = data
            .series
            .iter()
            .enumerate()
            .filter_map(|(member, series)| Some((member, series.held_value(index)?)))
            .collect();
        let Some(spread) = Spread::of(observations.iter().map(|(_, number)| *number).collect()) else {
            continue;
        };
        let (left, right) = lanes.sides(plot.x(index), 0);
        let area = Area::new(left, plot.y(spread.q3), right, plot.y(spread.q1));
        one(pen, &plot, &spread, area)?;
        let beyond: Vec<&(usize, f64)> =
            observations.iter().filter(|(_, number)| spread.is_outlier(*number)).collect();
        for (_, number) in &beyond {
            pen.disc((plot.x(index), plot.y(*number)), 1.7, COLOR, 0.75)?;
        }
        hotspots.push(Hotspot {
            area: plot.stripe(index, index),
            title: category.text.clone(),
            details: details(&spread, data),
            link: data.link_over(Span { first: index, last: index }),
        });
        for (member, number) in beyond.into_iter().take(MOST_OUTLIERS.saturating_sub(outliers.len())) {
            let Some(series) = data.series.get(*member) else { continue };
            let (x, y) = (plot.x(index), plot.y(*number));
            let value = series.text(index, NumberStyle::Full, data.locale).unwrap_or_default();
            outliers.push(Hotspot {
                area: Area::new(x - 3.0, y - 3.0, x + 3.0, y + 3.0),
                title: format!("{} · {}", category.text, series.name),
                details: vec![Detail { label: String::new(), value, role: Some(COLOR) }],
                link: data.link_of(series, index),
            });
        }
        let text = format.write(spread.median, NumberStyle::Mark, data.locale);
        medians.push((area, plot.y(spread.median), text));
    }
    if labels != Some(false) {
        write_medians(pen, &medians)?;
    }
    // What is pointed at exactly stands in front of the stripe behind it.
    hotspots.extend(outliers);
    Ok(hotspots)
}

/// A box with its whiskers and its median.
fn one<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plot: &Plot,
    spread: &Spread,
    area: Area,
) -> Result<(), ChartError> {
    let Area { left, top, right, bottom } = area;
    let middle = area.center().0;
    let cap = area.width() * 0.22;
    for (from, to) in [(top, plot.y(spread.whiskers.1)), (bottom, plot.y(spread.whiskers.0))] {
        pen.line(&[(middle, from), (middle, to)], COLOR, 0.9)?;
        pen.line(&[(middle - cap, to), (middle + cap, to)], COLOR, 0.9)?;
    }
    pen.rect(area, Role::Surface)?;
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
    pen.polygon(&corners, COLOR, 0.22)?;
    let outline = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    pen.line(&outline, COLOR, 0.9)?;
    let median = plot.y(spread.median);
    pen.line(&[(left, median), (right, median)], Role::Series(9), 1.8)
}

/// The medians inside their boxes, on the side of the line that has room: in all of them or in none.
fn write_medians<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    medians: &[(Area, f64, String)],
) -> Result<(), ChartError> {
    let font = pen.font().role(Role::Ink).sized(pen.style.font_size * 0.9);
    for (area, median, text) in medians {
        let room = (median - area.top).max(area.bottom - median);
        if pen.width(text, font)? > area.width() - 2.0 || room < font.size * 1.4 {
            return Ok(());
        }
    }
    for (area, median, text) in medians {
        let (above, below) = (median - area.top, area.bottom - median);
        let y = if above >= below { median - font.size * 0.8 } else { median + font.size * 0.85 };
        pen.text(text, (area.center().0, y), Align::Center, font)?;
    }
    Ok(())
}

fn details(spread: &Spread, data: &Data<'_>) -> Vec<Detail> {
    let locale = data.locale;
    let format = data.left_format();
    let number = |label: &str, number: f64| Detail {
        label: label.to_owned(),
        value: format.write(number, NumberStyle::Full, locale),
        role: None,
    };
    vec![
        number(words::maximum(locale), spread.high),
        number(words::upper_quartile(locale), spread.q3),
        number(words::median(locale), spread.median),
        number(words::lower_quartile(locale), spread.q1),
        number(words::minimum(locale), spread.low),
        Detail { label: words::observations(locale).to_owned(), value: spread.count.to_string(), role: None },
    ]
}
