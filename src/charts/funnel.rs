//! Stages that fewer and fewer pass, with the conversion from the first and from the one before.

use plotters_backend::DrawingBackend;

use super::hotspot::{Detail, Hotspot};
use super::labels::fitted;
use super::pen::{Align, Area, Pen};
use super::series::{Data, Span};
use super::theme::Role;
use super::{ChartError, nothing, words};
use crate::format::{Locale, NO_NUMBER, NumberFormat, NumberStyle};

/// More stages than have room to be read are not drawn, and it is said that they are not.
const LEAST_ROW: f64 = 1.6;

/// A stage, its number, and which shares of others it is.
struct Stage {
    link: Option<String>,
    name: String,
    value: f64,
    text: String,
    /// The shortest form of the number.
    short: String,
    exact: String,
    of_first: String,
    of_previous: String,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let locale = data.locale;
    let (mut stages, negative) = stages(data);
    let most = ((surface.height() - font.size * 3.6) / (font.size * LEAST_ROW)).max(1.0) as usize;
    let all = stages.len();
    stages.truncate(most);
    let largest = stages.iter().map(|stage| stage.value).fold(0.0, f64::max);
    if largest <= 0.0 {
        return nothing(pen);
    }
    let name_font = font.role(Role::Ink);
    let share_font = font.role(Role::Ink);
    let name_width =
        pen.widest(stages.iter().map(|stage| stage.name.as_str()), name_font)?.min(surface.width() * 0.26);
    let headings = [words::of_first(locale), words::of_previous(locale)];
    let wide = surface.width() > 200.0;
    let mut columns = [0.0; 2];
    if wide {
        let of = |stage: &Stage| [stage.of_first.clone(), stage.of_previous.clone()];
        for (place, column) in columns.iter_mut().enumerate() {
            let texts: Vec<String> = stages
                .iter()
                .filter_map(|stage| of(stage).get(place).cloned())
                .chain(headings.get(place).map(|text| (*text).to_owned()))
                .collect();
            *column = pen.widest(texts.iter().map(String::as_str), share_font)? + font.size * 1.3;
        }
    }
    let [first_width, previous_width] = columns;
    let notes = [
        (all > stages.len()).then(|| words::first_of(stages.len(), all, locale)),
        (negative > 0).then(|| words::negatives_left_out(negative, locale)),
    ];
    let note = notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let top = surface.top + if wide { font.size * 1.9 } else { 0.0 };
    let bottom = surface.bottom - if note.is_empty() { 0.0 } else { font.size * 1.6 };
    let left = surface.left + name_width + font.size;
    let right = (surface.right - first_width - previous_width).max(left + 10.0);
    let (middle, room) = (f64::midpoint(left, right), right - left);
    let band = ((bottom - top) / stages.len() as f64).min(font.size * 6.0);
    let bar = band * 0.66;
    if wide {
        let y = surface.top + font.size * 0.8;
        pen.text(headings[0], (surface.right - previous_width, y), Align::Right, font)?;
        pen.text(headings[1], (surface.right, y), Align::Right, font)?;
    }
    let half = |stage: &Stage| (room * stage.value / largest / 2.0).max(0.4);
    let place = |number: usize| top + (number as f64 + 0.5) * band;
    for (number, pair) in stages.windows(2).enumerate() {
        let [above, below] = pair else { continue };
        let (from, to) = (place(number) + bar / 2.0, place(number + 1) - bar / 2.0);
        let sides = [
            (middle - half(above), from),
            (middle + half(above), from),
            (middle + half(below), to),
            (middle - half(below), to),
        ];
        pen.polygon(&sides, Role::Series(0), 0.16)?;
    }
    let number_font = font.bold().sized(font.size * 0.96);
    // Where the numbers have no room, their short forms may.
    let has_room = |text: &str, stage: &Stage| -> Result<bool, ChartError> {
        let width = pen.width(text, number_font)?;
        Ok(width <= half(stage) * 2.0 - font.size * 0.6
            || half(stage) + font.size * 0.5 + width <= room / 2.0)
    };
    let all_fit = stages
        .iter()
        .try_fold(true, |fits, stage| Ok::<_, ChartError>(fits && has_room(&stage.text, stage)?))?;
    let mut hotspots = Vec::new();
    for (number, stage) in stages.iter().enumerate() {
        let y = place(number);
        let area = Area::new(middle - half(stage), y - bar / 2.0, middle + half(stage), y + bar / 2.0);
        pen.round_rect(area, 1.6, Role::Series(0))?;
        let text = if all_fit { &stage.text } else { &stage.short };
        let width = pen.width(text, number_font)?;
        if width <= area.width() - font.size * 0.6 && bar >= font.size * 1.2 {
            let ink = pen.ink_on(Role::Series(0));
            pen.text(text, (middle, y), Align::Center, number_font.role(ink))?;
        } else if area.right + font.size * 0.5 + width <= right {
            let at = (area.right + font.size * 0.5, y);
            pen.text(text, at, Align::Left, number_font.role(Role::Ink))?;
        }
        let name = fitted(pen, &stage.name, name_width, name_font)?;
        pen.text(&name, (surface.left + name_width, y), Align::Right, name_font)?;
        if wide {
            pen.text(&stage.of_first, (surface.right - previous_width, y), Align::Right, share_font)?;
            pen.text(&stage.of_previous, (surface.right, y), Align::Right, share_font)?;
        }
        hotspots.push(Hotspot {
            area: Area::new(surface.left, y - band / 2.0, surface.right, y + band / 2.0),
            title: stage.name.clone(),
            details: details(stage, locale),
            link: stage.link.clone(),
        });
    }
    if !note.is_empty() {
        let note = fitted(pen, &note, surface.width(), font)?;
        pen.text(&note, (surface.left, surface.bottom - font.size * 0.6), Align::Left, font)?;
    }
    Ok(hotspots)
}

/// The stages in the order of the table, and how many negative numbers are none.
fn stages(data: &Data<'_>) -> (Vec<Stage>, usize) {
    let Some(series) = data.series.first() else { return (Vec::new(), 0) };
    let locale = data.locale;
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    let short = NumberFormat { compact: true, ..series.format.clone() };
    let mut stages: Vec<Stage> = Vec::new();
    let mut negative = 0;
    for (index, category) in data.categories.iter().enumerate() {
        let Some(value) = series.held_value(index) else { continue };
        if value < 0.0 {
            negative += 1;
            continue;
        }
        let share = |of: Option<f64>| match of {
            Some(of) if of > 0.0 => percent.write(value / of, NumberStyle::Full, locale),
            _ => NO_NUMBER.to_owned(),
        };
        let first = stages.first().map_or(value, |stage| stage.value);
        let previous = stages.last().map(|stage| stage.value);
        stages.push(Stage {
            link: data.link_over(Span { first: index, last: index }),
            name: category.text.clone(),
            value,
            text: series.text_as(index, &short, NumberStyle::Headline, locale).unwrap_or_default(),
            short: series.text(index, NumberStyle::Mark, locale).unwrap_or_default(),
            exact: series.text(index, NumberStyle::Full, locale).unwrap_or_default(),
            of_first: share(Some(first)),
            of_previous: share(previous),
        });
    }
    (stages, negative)
}

fn details(stage: &Stage, locale: Locale) -> Vec<Detail> {
    let detail =
        |label: &str, value: &str, role| Detail { label: label.to_owned(), value: value.to_owned(), role };
    vec![
        detail("", &stage.exact, Some(Role::Series(0))),
        detail(words::of_first(locale), &stage.of_first, None),
        detail(words::of_previous(locale), &stage.of_previous, None),
    ]
}
