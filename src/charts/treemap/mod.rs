//! Rectangles whose areas are the numbers, in groups or without.

mod squarify;

use plotters_backend::DrawingBackend;

use self::squarify::squarified;
use super::hotspot::{Detail, Hotspot};
use super::labels::fitted;
use super::pen::{Align, Area, Pen};
use super::series::Data;
use super::theme::{HEAT_STEPS, Role};
use super::{ChartError, nothing, words};
use crate::format::{NumberFormat, NumberStyle};

/// Rectangles beyond this many are not drawn, and it is said that they are not.
const MOST: usize = 2_000;

/// A rectangle to be.
struct Leaf {
    link: Option<String>,
    name: String,
    value: f64,
    text: String,
    exact: String,
    is_others: bool,
}

/// Rectangles of one colour.
struct Group {
    name: String,
    role: Role,
    sum: f64,
    leaves: Vec<Leaf>,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    grouped: bool,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let locale = data.locale;
    let (mut groups, negative) = groups(data, grouped);
    let all: usize = groups.iter().map(|group| group.leaves.len()).sum();
    let mut left = MOST;
    for group in &mut groups {
        group.leaves.truncate(left);
        left -= group.leaves.len();
        group.sum = group.leaves.iter().map(|leaf| leaf.value).sum::<f64>().min(1e300);
    }
    groups.retain(|group| group.sum > 0.0);
    let whole: f64 = groups.iter().map(|group| group.sum).sum();
    if groups.is_empty() || whole <= 0.0 {
        return nothing(pen);
    }
    let notes = [
        (all > MOST).then(|| words::first_of(MOST, all, locale)),
        (negative > 0).then(|| words::negatives_left_out(negative, locale)),
    ];
    let note = notes.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let mut room = surface;
    if !note.is_empty() {
        room.bottom -= font.size * 1.6;
        let note = fitted(pen, &note, surface.width(), font)?;
        pen.text(&note, (surface.left, surface.bottom - font.size * 0.6), Align::Left, font)?;
    }
    let sizes: Vec<f64> = groups.iter().map(|group| group.sum).collect();
    let mut hotspots = Vec::new();
    for (group, area) in groups.iter().zip(squarified(&sizes, room)) {
        let inner = if grouped { heading(pen, data, group, area)? } else { area };
        let sizes: Vec<f64> = group.leaves.iter().map(|leaf| leaf.value).collect();
        for (leaf, area) in group.leaves.iter().zip(squarified(&sizes, inner)) {
            one(pen, group, leaf, area)?;
            hotspots.push(Hotspot {
                area,
                title: leaf.name.clone(),
                details: details(data, group, leaf, whole),
                link: leaf.link.clone(),
            });
        }
    }
    Ok(hotspots)
}

impl Group {
    /// The colour of a rectangle: that of its group, or without groups the stronger the larger it is.
    fn shade(&self, leaf: &Leaf) -> Role {
        if !self.name.is_empty() {
            return self.role;
        }
        let largest = self.leaves.iter().map(|leaf| leaf.value).fold(f64::MIN_POSITIVE, f64::max);
        Role::Heat(2 + (leaf.value / largest * (HEAT_STEPS - 3) as f64).round() as usize)
    }
}

/// The groups from large to small with their rectangles from large to small, and how many negative
/// numbers have none.
fn groups(data: &Data<'_>, grouped: bool) -> (Vec<Group>, usize) {
    let mut negative = 0;
    let mut groups: Vec<Group> = data
        .series
        .iter()
        .map(|series| {
            let short = NumberFormat { compact: true, ..series.format.clone() };
            let mut leaves: Vec<Leaf> = data
                .categories
                .iter()
                .enumerate()
                .filter_map(|(index, category)| {
                    let value = series.held_value(index)?;
                    negative += usize::from(value < 0.0);
                    (value > 0.0).then(|| Leaf {
                        link: data.link_of(series, index),
                        name: category.text.clone(),
                        value,
                        text: series
                            .text_as(index, &short, NumberStyle::Headline, data.locale)
                            .unwrap_or_default(),
                        exact: series.text(index, NumberStyle::Full, data.locale).unwrap_or_default(),
                        is_others: category.is_others,
                    })
                })
                .collect();
            leaves.sort_by(|a, b| a.is_others.cmp(&b.is_others).then(b.value.total_cmp(&a.value)));
            let name = if grouped { series.name.clone() } else { String::new() };
            let sum = leaves.iter().map(|leaf| leaf.value).sum::<f64>().min(1e300);
            Group { name, role: series.role, sum, leaves }
        })
        .collect();
    groups.sort_by(|a, b| {
        (a.role == Role::Others).cmp(&(b.role == Role::Others)).then(b.sum.total_cmp(&a.sum))
    });
    (groups, negative)
}

/// The name and sum of a group above its rectangles, where it has room; gives what is left for them.
fn heading<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
    group: &Group,
    area: Area,
) -> Result<Area, ChartError> {
    let font = pen.font().bold().role(Role::Ink);
    let area = Area::new(area.left + 0.8, area.top + 0.8, area.right - 0.8, area.bottom - 0.8);
    let line = font.size * 1.6;
    if area.height() < line * 2.2 || area.width() < font.size * 3.0 {
        return Ok(area);
    }
    let format = NumberFormat { compact: true, ..data.left_format() };
    let sum = format.write(group.sum, NumberStyle::Headline, data.locale);
    let y = area.top + line * 0.46;
    let name = fitted(pen, &group.name, area.width() - 4.0, font)?;
    pen.text(&name, (area.left + 2.0, y), Align::Left, font)?;
    let used = pen.width(&name, font)? + font.size;
    let muted = pen.font();
    if used + pen.width(&sum, muted)? <= area.width() - 4.0 {
        pen.text(&sum, (area.right - 2.0, y), Align::Right, muted)?;
    }
    Ok(Area::new(area.left, area.top + line, area.right, area.bottom))
}

/// A rectangle with its name and number, as far as they fit.
fn one<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    group: &Group,
    leaf: &Leaf,
    area: Area,
) -> Result<(), ChartError> {
    let gap = (area.width().min(area.height()) * 0.05).min(0.7);
    let area = Area::new(area.left + gap, area.top + gap, area.right - gap, area.bottom - gap);
    let role = if leaf.is_others { Role::Others } else { group.shade(leaf) };
    pen.rect(area, role)?;
    let font = pen.font().role(pen.ink_on(role));
    let inside = area.width() - font.size * 0.8;
    if inside < font.size * 1.5 || area.height() < font.size * 1.6 {
        return Ok(());
    }
    let name = fitted(pen, &leaf.name, inside, font)?;
    // Two letters and an ellipsis tell nothing.
    if name.is_empty() || (name != leaf.name && name.chars().count() < 4) {
        return Ok(());
    }
    let (x, y) = (area.left + font.size * 0.4, area.top + font.size * 0.95);
    let plate =
        |y: f64, width: f64| Area::new(x - 1.5, y - font.size * 0.62, x + width + 1.5, y + font.size * 0.62);
    pen.plate(plate(y, pen.width(&name, font.bold())?), role)?;
    pen.text(&name, (x, y), Align::Left, font.bold()).and_then(|()| {
        let number = font.sized(font.size * 0.94);
        if area.height() >= font.size * 2.9 && pen.width(&leaf.text, number)? <= inside {
            pen.plate(plate(y + font.size * 1.25, pen.width(&leaf.text, number)?), role)?;
            pen.text(&leaf.text, (x, y + font.size * 1.25), Align::Left, number)?;
        }
        Ok(())
    })
}

fn details(data: &Data<'_>, group: &Group, leaf: &Leaf, whole: f64) -> Vec<Detail> {
    let percent = NumberFormat { percent: true, decimals: Some(1), ..NumberFormat::default() };
    let share = |part: f64| percent.write(part, NumberStyle::Full, data.locale);
    let mut details =
        vec![Detail { label: group.name.clone(), value: leaf.exact.clone(), role: Some(group.shade(leaf)) }];
    details.push(Detail {
        label: words::share(data.locale).to_owned(),
        value: share(leaf.value / whole),
        role: None,
    });
    details
}
