//! A cell per day, a column per week, a row per day of the week.

use chrono::{Datelike, Days, NaiveDate};
use plotters_backend::DrawingBackend;

use super::heat::Heat;
use super::hotspot::{Detail, Hotspot};
use super::labels::fitted;
use super::pen::{Align, Area, Pen};
use super::series::Data;
use super::theme::Role;
use super::{ChartError, words};
use crate::format::{DateFormat, Grain, Locale, NumberStyle, write_date};

/// No cell is larger, however few weeks there are.
const LARGEST: f64 = 40.0;

/// More than this many weeks stand below each other, year by year.
const WIDEST: i64 = 54;

/// A run of weeks side by side.
struct Block {
    /// What stands above it; empty where there is but one.
    title: String,
    first: NaiveDate,
    last: NaiveDate,
}

pub(super) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    data: &Data<'_>,
) -> Result<Vec<Hotspot>, ChartError> {
    let (surface, font) = (pen.surface(), pen.font());
    let locale = data.locale;
    let Some(series) = data.series.first() else { return Ok(Vec::new()) };
    let days: Vec<(NaiveDate, usize)> = data
        .categories
        .iter()
        .enumerate()
        .filter_map(|(index, category)| Some((category.instant?.date(), index)))
        .collect();
    let ends = days.iter().map(|(day, _)| *day);
    let (Some(first), Some(last)) = (ends.clone().min(), ends.max()) else {
        return Err(ChartError::WrongShape {
            kind: "calendar",
            reason: "`x` holds no days; name the time dimension",
        });
    };
    let heat = Heat::of(data);
    let mut blocks = blocks(first, last, locale);
    let label_width = pen.widest(words::weekdays(locale), font)? + font.size * 0.7;
    let all = blocks.len();
    // A title, the months, and room for half a letter below the last row.
    let head = |titled: bool| font.size * if titled { 1.5 } else { 0.0 } + font.size * 2.2;
    let least = font.size * 3.0 + head(all > 1);
    let top = surface.top + heat.legend(pen, data)?;
    let most = (((surface.bottom - top) / least) as usize).max(1);
    if all > most {
        // The years nearest to now are kept, and it is said.
        blocks.drain(..all - most);
        let text = fitted(pen, &words::last_of(most, all, locale), surface.width() * 0.4, font)?;
        pen.text(&text, (surface.left, surface.top + font.size * 0.75), Align::Left, font)?;
    }
    let weeks = blocks.iter().map(|block| week_of(block.first, block.last, locale) + 1).max().unwrap_or(1);
    let titled = blocks.len() > 1;
    let share = (surface.bottom - top) / blocks.len() as f64;
    let width = ((surface.right - surface.left - label_width) / weeks as f64).min(LARGEST * 1.6);
    let height = ((share - head(titled)) / 7.0).min(LARGEST);
    // Cells fill the room they have, but stay near squares.
    let (width, height) = (width.min(height * 1.9), height.min(width * 1.8));
    let used = label_width + width * weeks as f64;
    let left = surface.left + label_width + ((surface.width() - used) / 2.0).max(0.0);
    let frame = Frame { left, width, height, label_width };
    let mut hotspots = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        // What the cells do not need of their share lies around them.
        let spare = (share - head(titled) - height * 7.0).max(0.0);
        let mut y = top + share * number as f64 + if titled { 0.0 } else { spare * 0.4 };
        if titled {
            pen.text(
                &block.title,
                (left - label_width, y + font.size * 0.8),
                Align::Left,
                font.bold().role(Role::Ink),
            )?;
            y += font.size * 1.5;
        }
        frame.months(pen, block, y + font.size * 0.8, locale)?;
        let y = y + font.size * 1.7;
        frame.weekdays(pen, y, locale)?;
        let inside = days.iter().filter(|(day, _)| *day >= block.first && *day <= block.last);
        for (day, index) in inside {
            let area = frame.cell(block, *day, y, locale);
            let role = heat.role(series.value(*index));
            pen.round_rect(area, 1.2, role)?;
            if width >= font.size * 2.4 && height >= font.size * 1.9 {
                let ink = font.role(role.ink_on()).sized(font.size * 0.85);
                pen.text(&day.day().to_string(), area.center(), Align::Center, ink)?;
            }
            let value = series.text(*index, NumberStyle::Full, locale).unwrap_or_default();
            let label = series.name.clone();
            hotspots.push(Hotspot {
                area,
                title: write_date(*day, Grain::Day, DateFormat::Full, locale),
                details: vec![Detail { label, value, role: None }],
                link: data.link_of(series, *index),
            });
        }
    }
    Ok(hotspots)
}

/// All weeks side by side where they are few, else year by year.
fn blocks(first: NaiveDate, last: NaiveDate, locale: Locale) -> Vec<Block> {
    if week_of(first, last, locale) < WIDEST {
        return vec![Block { title: String::new(), first, last }];
    }
    (first.year()..=last.year())
        .filter_map(|year| {
            let start = NaiveDate::from_ymd_opt(year, 1, 1)?;
            let end = NaiveDate::from_ymd_opt(year, 12, 31)?;
            let title = write_date(start, Grain::Year, DateFormat::Full, locale);
            Some(Block { title, first: start.max(first), last: end.min(last) })
        })
        .collect()
}

/// How many days after the first day of its week a day is, in `locale`.
fn weekday(day: NaiveDate, locale: Locale) -> u32 {
    day.weekday().days_since(locale.week_start())
}

/// How many weeks after that of `first` the week of `day` is.
fn week_of(first: NaiveDate, day: NaiveDate, locale: Locale) -> i64 {
    let start = first.checked_sub_days(Days::new(u64::from(weekday(first, locale)))).unwrap_or(first);
    (day - start).num_days().div_euclid(7)
}

/// Where cells stand.
struct Frame {
    left: f64,
    width: f64,
    height: f64,
    label_width: f64,
}

impl Frame {
    fn cell(&self, block: &Block, day: NaiveDate, top: f64, locale: Locale) -> Area {
        let x = self.left + self.width * week_of(block.first, day, locale) as f64;
        let y = top + self.height * f64::from(weekday(day, locale));
        let gap = (self.width.min(self.height) * 0.1).min(1.2) / 2.0;
        Area::new(x + gap, y + gap, x + self.width - gap, y + self.height - gap)
    }

    /// The initials on the left, every second one where rows are low.
    fn weekdays<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        top: f64,
        locale: Locale,
    ) -> Result<(), ChartError> {
        let font = pen.font().sized(pen.style.font_size * 0.9);
        let step = (font.size * 1.05 / self.height.max(0.1)).ceil().clamp(1.0, 7.0) as usize;
        let initials = words::weekdays(locale);
        let start = locale.week_start().num_days_from_monday() as usize;
        for row in (0..7).step_by(step) {
            let Some(text) = initials.get((row + start) % 7) else { continue };
            let y = top + self.height * (row as f64 + 0.5);
            let y = pen.surface().held(y, font.size);
            pen.text(text, (self.left - self.label_width * 0.45, y), Align::Center, font)?;
        }
        Ok(())
    }

    /// The months above the weeks they begin in, as far as they have room.
    fn months<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        block: &Block,
        y: f64,
        locale: Locale,
    ) -> Result<(), ChartError> {
        let font = pen.font();
        let mut free = f64::NEG_INFINITY;
        let mut month = block.first;
        while month <= block.last {
            let x = self.left + self.width * week_of(block.first, month, locale) as f64;
            let text = write_date(month, Grain::Month, DateFormat::Axis, locale);
            let width = pen.width(&text, font)?;
            let right = pen.surface().right;
            // A month that begins at the very end of the axis has no room for its name.
            if x >= free && x + width <= right {
                pen.text(&text, (x, y), Align::Left, font)?;
                free = x + width + font.size * 0.5;
            }
            let next = month.with_day(1).and_then(|day| day.checked_add_months(chrono::Months::new(1)));
            let Some(next) = next else { break };
            month = next;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn weeks_begin_on_the_day_of_the_locale() {
        // 4 January 2026 is a Sunday.
        assert_eq!(weekday(day(2026, 1, 4), Locale::Ko), 6);
        assert_eq!(weekday(day(2026, 1, 4), Locale::En), 0);
        assert_eq!(week_of(day(2026, 1, 1), day(2026, 1, 4), Locale::Ko), 0);
        assert_eq!(week_of(day(2026, 1, 1), day(2026, 1, 4), Locale::En), 1);
    }

    #[test]
    fn more_than_a_year_stands_year_by_year() {
        assert_eq!(blocks(day(2025, 11, 1), day(2026, 10, 31), Locale::Ko).len(), 1);
        let years = blocks(day(2024, 11, 1), day(2026, 2, 3), Locale::Ko);
        assert_eq!(years.len(), 3);
        assert_eq!((years[0].first, years[0].last), (day(2024, 11, 1), day(2024, 12, 31)));
        assert_eq!(years[2].last, day(2026, 2, 3));
    }
}
