//! Lines from one moment, or member, to another: what rose, what fell, who changed places.

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::{fitted, spread};
use super::legend::{Entry, Legend, Symbol};
use super::pen::{Align, Area, Pen};
use super::series::Data;
use super::theme::Role;
use super::ticks::Scale;
use super::{Chart, ChartError, nothing, words};
use crate::format::{NumberFormat, NumberStyle};

/// More lines than this are no picture any more; the largest are drawn, and it is said.
const MOST_LINES: usize = 200;

const RISES: Role = Role::Series(0);
const FALLS: Role = Role::Series(1);
const STAYS: Role = Role::Previous;

/// A line with its two ends.
struct Slope {
    /// Where its two ends lead to.
    links: [Option<String>; 2],
    name: String,
    from: f64,
    to: f64,
    texts: [String; 2],
    exact: [String; 2],
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    chart: &Chart,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let ([left_title, right_title], mut slopes) = match chart.by {
        Some(_) => between_categories(data)?,
        None => between_periods(data),
    };
    if slopes.is_empty() {
        return nothing(pen);
    }
    let all = slopes.len();
    if all > MOST_LINES {
        slopes.sort_by(|a, b| b.from.abs().max(b.to.abs()).total_cmp(&a.from.abs().max(a.to.abs())));
        slopes.truncate(MOST_LINES);
    }
    let legend = Legend::of(pen, entries(data, &slopes), surface.width())?;
    legend.draw(pen, surface.left, surface.top)?;
    let heading = surface.top + legend.height + font.size * 0.8;
    let top = heading + font.size * 1.7;
    let mut bottom = surface.bottom - font.size * 0.8;
    if all > slopes.len() {
        let text = words::first_of(slopes.len(), all, data.locale);
        let text = fitted(pen, &text, surface.width(), font)?;
        pen.text(&text, (surface.left, surface.bottom - font.size * 0.6), Align::Left, font)?;
        bottom -= font.size * 1.4;
    }
    let most = ((bottom - top + font.size) / (font.size * 1.25)).max(0.0) as usize;
    // Where not all lines can be named, the largest are.
    let mut named: Vec<usize> = (0..slopes.len()).collect();
    named.sort_by(|a, b| size(&slopes, *b).total_cmp(&size(&slopes, *a)).then(a.cmp(b)));
    named.truncate(if chart.labels == Some(false) { 0 } else { most });
    let label_font = font.role(Role::Ink).sized(font.size * 0.95);
    let room = surface.width() * 0.35;
    let labels: Vec<[String; 2]> = named
        .iter()
        .filter_map(|index| slopes.get(*index))
        .map(|slope| labels(pen, slope, room, label_font))
        .collect::<Result<_, _>>()?;
    let width_of = |end: usize| {
        pen.widest(labels.iter().filter_map(|texts| texts.get(end)).map(String::as_str), label_font)
    };
    let margin = font.size * 1.3;
    let left =
        surface.left + width_of(0)?.max(pen.width(&left_title, font)? / 2.0 - margin).min(room) + margin;
    let right =
        surface.right - width_of(1)?.max(pen.width(&right_title, font)? / 2.0 - margin).min(room) - margin;
    let right = right.max(left + 10.0);
    // There is no axis to read from, so the lines may use all of the height.
    let values = slopes.iter().flat_map(|slope| [slope.from, slope.to]);
    let (low, high) = values
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let scale = Scale { low: low / 2.0, high: high / 2.0, ticks: Vec::new() };
    let y = |value: f64| bottom - scale.share(value / 2.0) * (bottom - top);
    for (x, title) in [(left, &left_title), (right, &right_title)] {
        pen.line(&[(x, top - font.size * 0.5), (x, bottom + font.size * 0.5)], Role::Axis, 0.8)?;
        // Each has its half of the surface, and stands above its line as far as that has room.
        let middle = f64::midpoint(left, right);
        let (from, to) = if x < middle {
            (surface.left, middle - font.size * 0.4)
        } else {
            (middle + font.size * 0.4, surface.right)
        };
        let title = fitted(pen, title, to - from, font.bold())?;
        let reach = pen.width(&title, font.bold())? / 2.0;
        let x = x.max(from + reach).min(to - reach);
        pen.text(&title, (x, heading), Align::Center, font.bold().role(Role::Ink))?;
    }
    // The largest lie in front.
    let mut order: Vec<usize> = (0..slopes.len()).collect();
    order.sort_by(|a, b| size(&slopes, *a).total_cmp(&size(&slopes, *b)).then(b.cmp(a)));
    for slope in order.iter().filter_map(|index| slopes.get(*index)) {
        let ends = [(left, y(slope.from)), (right, y(slope.to))];
        pen.line(&ends, role(slope), 1.5)?;
        for end in ends {
            pen.ringed_dot(end, 2.1, role(slope))?;
        }
    }
    let mut rows = vec![[None; 2]; named.len()];
    for end in 0..2 {
        let wishes: Vec<f64> = named
            .iter()
            .filter_map(|index| slopes.get(*index))
            .map(|slope| y(if end == 0 { slope.from } else { slope.to }))
            .collect();
        let height = label_font.size * 1.2;
        let Some(placed) = spread(&wishes, height, top - height / 2.0, bottom + height / 2.0) else {
            continue;
        };
        for (((texts, place), wish), row) in labels.iter().zip(placed).zip(&wishes).zip(&mut rows) {
            let Some(text) = texts.get(end) else { continue };
            let (x, align) = if end == 0 {
                (left - margin * 0.8, Align::Right)
            } else {
                (right + margin * 0.8, Align::Left)
            };
            pen.text(text, (x, place), align, label_font)?;
            // A label that had to make way is tied to its dot.
            if (place - wish).abs() > height * 0.4 {
                let (dot, side) = if end == 0 { (left, -1.0) } else { (right, 1.0) };
                let tie = [(dot + side * 2.6, *wish), (x - side * 0.8, place)];
                pen.line(&tie, Role::Axis, 0.6)?;
            }
            if let Some(slot) = row.get_mut(end) {
                *slot = Some(place);
            }
        }
    }
    let lines = Ends { left, right, room, margin };
    Ok(hotspots(data, &slopes, &named, &rows, [&left_title, &right_title], &lines, y))
}

/// Where the two ends of lines stand.
struct Ends {
    left: f64,
    right: f64,
    room: f64,
    margin: f64,
}

fn size(slopes: &[Slope], index: usize) -> f64 {
    slopes.get(index).map_or(0.0, |slope| slope.from.abs().max(slope.to.abs()))
}

fn role(slope: &Slope) -> Role {
    if slope.to > slope.from {
        RISES
    } else if slope.to < slope.from {
        FALLS
    } else {
        STAYS
    }
}

fn entries(data: &Data<'_>, slopes: &[Slope]) -> Vec<Entry> {
    [(RISES, words::increase(data.locale)), (FALLS, words::decrease(data.locale))]
        .into_iter()
        .filter(|(wanted, _)| slopes.iter().any(|slope| role(slope) == *wanted))
        .map(|(role, name)| Entry { name: name.to_owned(), role, symbol: Symbol::Line })
        .collect()
}

/// A line per series, from the first category to the last.
fn between_categories(data: &Data<'_>) -> Result<([String; 2], Vec<Slope>), ChartError> {
    if !data.is_time && data.categories.len() > 2 {
        return Err(ChartError::WrongShape {
            kind: "slope",
            reason: "`x` has more than two members; filter it to two, or use a time dimension",
        });
    }
    let title = |category: Option<&super::series::Category>| {
        category.map_or_else(String::new, |category| category.text.clone())
    };
    let titles = [title(data.categories.first()), title(data.categories.last())];
    let Some(last) = data.categories.len().checked_sub(1).filter(|last| *last > 0) else {
        return Ok((titles, Vec::new()));
    };
    let slopes = data
        .series
        .iter()
        .filter_map(|series| {
            let text = |index: usize, style| series.text(index, style, data.locale).unwrap_or_default();
            Some(Slope {
                links: [data.link_of(series, 0), data.link_of(series, last)],
                name: series.name.clone(),
                from: series.held_value(0)?,
                to: series.held_value(last)?,
                texts: [text(0, NumberStyle::Mark), text(last, NumberStyle::Mark)],
                exact: [text(0, NumberStyle::Full), text(last, NumberStyle::Full)],
            })
        })
        .collect();
    Ok((titles, slopes))
}

/// A line per category, from the period before to this one.
fn between_periods(data: &Data<'_>) -> ([String; 2], Vec<Slope>) {
    let now = data.series.iter().find(|series| !series.is_previous);
    let before = data.series.iter().find(|series| series.is_previous);
    let (Some(now), Some(before)) = (now, before) else { return (Default::default(), Vec::new()) };
    let slopes = data
        .categories
        .iter()
        .enumerate()
        .filter_map(|(index, category)| {
            let texts = |style| {
                [before, now].map(|series| series.text(index, style, data.locale).unwrap_or_default())
            };
            let link = data.link_of(now, index);
            Some(Slope {
                links: [link.clone(), link],
                name: category.text.clone(),
                from: before.held_value(index)?,
                to: now.held_value(index)?,
                texts: texts(NumberStyle::Mark),
                exact: texts(NumberStyle::Full),
            })
        })
        .collect();
    ([before.name.clone(), now.name.clone()], slopes)
}

/// What stands at both ends: the name and the number, the name cut where both do not fit.
fn labels<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    slope: &Slope,
    room: f64,
    font: super::pen::Font,
) -> Result<[String; 2], ChartError> {
    let [from, to] = &slope.texts;
    let name = |number: &str| -> Result<String, ChartError> {
        fitted(pen, &slope.name, room - pen.width(number, font)? - font.size * 0.7, font)
    };
    let (before, after) = (name(from)?, name(to)?);
    let join = |first: &str, second: &str| format!("{first}  {second}").trim().to_owned();
    Ok([join(&before, from), join(to, &after)])
}

fn hotspots(
    data: &Data<'_>,
    slopes: &[Slope],
    named: &[usize],
    rows: &[[Option<f64>; 2]],
    titles: [&str; 2],
    ends: &Ends,
    y: impl Fn(f64) -> f64,
) -> Vec<Hotspot> {
    let format = data.left_format();
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    let mut hotspots = Vec::new();
    for (index, slope) in slopes.iter().enumerate() {
        let difference = slope.to - slope.from;
        let signed = |text: String| if difference > 0.0 { format!("+{text}") } else { text };
        let mut change = signed(format.write(difference, NumberStyle::Full, data.locale));
        if slope.from > 0.0 {
            let share = percent.write(difference / slope.from, NumberStyle::Full, data.locale);
            change = format!("{change} ({})", signed(share));
        }
        let detail = |label: &str, value: &str, role| Detail {
            label: label.to_owned(),
            value: value.to_owned(),
            role,
        };
        let [from, to] = &slope.exact;
        let details = vec![
            detail(titles[0], from, Some(role(slope))),
            detail(titles[1], to, Some(role(slope))),
            detail(words::change(data.locale), &change, None),
        ];
        // A label is easier to point at than a dot.
        let row = named.iter().position(|name| *name == index).and_then(|place| rows.get(place));
        let places = [
            (ends.left, row.and_then(|row| row[0]), slope.from, -1.0),
            (ends.right, row.and_then(|row| row[1]), slope.to, 1.0),
        ];
        for ((x, label, value, side), link) in places.into_iter().zip(&slope.links) {
            let middle = label.unwrap_or_else(|| y(value));
            let outer = if label.is_some() { x + side * (ends.room + ends.margin) } else { x + side * 4.0 };
            let inner = x - side * 4.0;
            hotspots.push(Hotspot {
                area: Area::new(outer.min(inner), middle - 4.5, outer.max(inner), middle + 4.5),
                title: slope.name.clone(),
                details: details.clone(),
                link: link.clone(),
            });
        }
    }
    hotspots
}
