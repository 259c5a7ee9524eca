//! Events on the axis: a flag per place that has some, with a list below where the words do not fit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plotters_backend::DrawingBackend;

use super::request::{Event, Events};
use crate::charts::labels::{clean, fitted, spread};
use crate::charts::pen::{Align, Area, Font, Pen};
use crate::charts::series::{Category, Data, Span};
use crate::charts::theme::Role;
use crate::charts::{Chart, ChartError, words};
use crate::format::{DateFormat, Grain, Locale, NumberFormat, NumberStyle, write_date};
use crate::table::{Column, Role as ColumnRole, Table, Value};

/// More events than these are counted, not drawn: nobody reads them on one chart.
const MOST: usize = 30;

/// How much of the height the list may take.
const TALLEST: f64 = 0.38;

/// The events of one place of the axis.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    category: usize,
    /// What happened, each with its day where the axis has any.
    told: Vec<(Option<chrono::NaiveDate>, String)>,
}

/// The events of a chart at their places, in the order of the axis.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::charts) struct PlacedEvents {
    groups: Vec<Group>,
    /// How many there are, drawn or not.
    all: usize,
}

/// Flags, and a list of what they stand for, measured for one surface.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::charts) struct Flags {
    /// The place on the axis, what the flag says, and the middle of it.
    placed: Vec<(usize, String, f64)>,
    numbered: bool,
    /// The rows of the list: the number of the flag (0 for what is no flag's) and the words.
    list: Vec<Vec<Entry>>,
    /// The height of the strip above the plot.
    pub(in crate::charts) above: f64,
    /// The height of the list.
    pub(in crate::charts) below: f64,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    number: usize,
    text: String,
    width: f64,
}

/// Whether an event stands at this place.
fn stands_at(event: &Event, category: &Category, locale: Locale) -> bool {
    match (&event.at, category.instant) {
        (Value::Date(date), Some(instant)) => instant.date() == *date,
        (Value::Timestamp(at), Some(instant)) => instant == *at,
        (value, None) if !category.is_others && !matches!(value, Value::Others) => {
            let text = value.text(&NumberFormat::default(), None, NumberStyle::Full, locale);
            category.text == clean(&text)
        }
        _ => false,
    }
}

impl PlacedEvents {
    /// Puts events at the places of an axis; those that stand nowhere on it are not of this chart.
    pub(in crate::charts) fn of(events: &Events, categories: &[Category], locale: Locale) -> Self {
        let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
        let mut all = events.left_out;
        for event in &events.list {
            let place = categories.iter().position(|category| stands_at(event, category, locale));
            let Some(category) = place else { continue };
            all += 1;
            let group = groups.entry(category).or_insert_with(|| Group { category, told: Vec::new() });
            group.told.push((event.day, clean(&event.text)));
        }
        Self { groups: groups.into_values().collect(), all }
    }

    /// The first `count` events, by place.
    fn first(&self, count: usize) -> Vec<Group> {
        let mut left = count;
        let mut groups = Vec::new();
        for group in &self.groups {
            let told: Vec<_> = group.told.iter().take(left).cloned().collect();
            left -= told.len();
            if !told.is_empty() {
                groups.push(Group { told, ..*group });
            }
        }
        groups
    }

    /// The words of the events at these places, for those who point at them.
    pub(in crate::charts) fn told_over(&self, span: Span, locale: Locale) -> Vec<(String, String)> {
        let here = self.groups.iter().filter(|group| (span.first..=span.last).contains(&group.category));
        here.flat_map(|group| &group.told)
            .map(|(day, text)| {
                (day.map_or_else(String::new, |day| written(day, DateFormat::Axis, locale)), text.clone())
            })
            .collect()
    }

    /// Chooses flags between `left` and `right`; `x` gives the middle of a place.
    pub(in crate::charts) fn flags<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        (left, right): (f64, f64),
        x: impl Fn(usize) -> f64,
    ) -> Result<Flags, ChartError> {
        if self.all == 0 {
            return Ok(Flags::default());
        }
        let placed = self.groups.iter().map(|group| group.told.len()).sum::<usize>();
        if placed == self.all
            && placed <= MOST
            && let Some(flags) = self.worded(pen, (left, right), &x)?
        {
            return Ok(flags);
        }
        // The most events whose flags stand side by side and whose list leaves the chart its room.
        let radius = badge(pen).size * 0.95;
        for count in (0..=placed.min(MOST)).rev() {
            let groups = self.first(count);
            let wishes: Vec<f64> = groups.iter().map(|group| x(group.category)).collect();
            let Some(middles) = spread(&wishes, radius * 2.0 + 1.0, left - radius, right + radius) else {
                continue;
            };
            let list = self.list(pen, &groups, count)?;
            let below = line_height(pen) * list.len() as f64 + pen.style.font_size * 0.3;
            if count > 0 && below > pen.surface().height() * TALLEST {
                continue;
            }
            let flags = groups.iter().zip(middles).enumerate();
            return Ok(Flags {
                placed: flags
                    .map(|(number, (group, middle))| (group.category, (number + 1).to_string(), middle))
                    .collect(),
                numbered: true,
                list,
                above: if count == 0 { 0.0 } else { radius * 2.0 + pen.style.font_size * 0.5 },
                below,
            });
        }
        Ok(Flags::default())
    }

    /// Flags that say themselves what happened; `None` where they would meet.
    fn worded<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        (left, right): (f64, f64),
        x: &impl Fn(usize) -> f64,
    ) -> Result<Option<Flags>, ChartError> {
        let font = words_font(pen);
        let gap = font.size * 0.8;
        let mut flags: Vec<(usize, String, f64)> = Vec::new();
        let mut free = left;
        for group in &self.groups {
            let text = group.told.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" · ");
            let half = pen.width(&text, font)? / 2.0;
            let wish = x(group.category);
            let middle = wish.max(free + half).min(right - half);
            // A flag stands over its place, and not in the one before.
            if middle - half < free - 1e-6 || (middle - wish).abs() > half {
                return Ok(None);
            }
            free = middle + half + gap;
            flags.push((group.category, text, middle));
        }
        let above = font.size * 1.7;
        Ok(Some(Flags { placed: flags, numbered: false, list: Vec::new(), above, below: 0.0 }))
    }

    /// What the numbers stand for, on lines as wide as the surface.
    fn list<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        groups: &[Group],
        count: usize,
    ) -> Result<Vec<Vec<Entry>>, ChartError> {
        let (font, width) = (words_font(pen), pen.surface().width());
        let locale = pen.style.locale;
        let days = || groups.iter().flat_map(|group| group.told.iter().filter_map(|(day, _)| *day));
        let over_a_year = match (days().min(), days().max()) {
            (Some(first), Some(last)) => (last - first).num_days() >= 360,
            _ => false,
        };
        let format = if over_a_year { DateFormat::Full } else { DateFormat::Axis };
        let (swatch, space) = (swatch(pen), font.size * 1.4);
        let mut entries: Vec<(usize, String)> = Vec::new();
        for (number, group) in groups.iter().enumerate() {
            let told = group.told.iter().map(|(day, text)| match day {
                Some(day) => format!("{} {text}", written(*day, format, locale)),
                None => text.clone(),
            });
            let told: Vec<String> = told.collect();
            let together = told.join(" · ");
            if pen.width(&together, font)? <= width - swatch {
                entries.push((number + 1, together));
            } else {
                entries.extend(told.into_iter().map(|text| (number + 1, text)));
            }
        }
        if count < self.all {
            entries.push((0, words::events_shown(count, self.all, locale)));
        }
        let mut rows: Vec<Vec<Entry>> = Vec::new();
        let mut used = f64::INFINITY;
        for (number, text) in entries {
            let indent = if number > 0 { swatch } else { 0.0 };
            let text = fitted(pen, &text, width - indent, font)?;
            let size = indent + pen.width(&text, font)?;
            let entry = Entry { number, text, width: size };
            match rows.last_mut() {
                Some(row) if used + space + size <= width => {
                    used += space + size;
                    row.push(entry);
                }
                _ => {
                    used = size;
                    rows.push(vec![entry]);
                }
            }
        }
        Ok(rows)
    }
}

impl Flags {
    /// The places that flags stand over.
    pub(in crate::charts) fn places(&self) -> impl Iterator<Item = usize> {
        self.placed.iter().map(|(category, ..)| *category)
    }

    /// Draws the lines behind the marks and the flags above the plot `area`.
    pub(in crate::charts) fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        area: Area,
        top: f64,
        x: impl Fn(usize) -> f64,
    ) -> Result<(), ChartError> {
        for (category, text, middle) in &self.placed {
            let at = x(*category);
            if self.numbered {
                let font = badge(pen);
                let radius = font.size * 0.95;
                let center = (*middle, top + radius);
                let foot = top + radius * 2.0;
                let bend = foot + pen.style.font_size * 0.4;
                pen.line(&[(*middle, foot), (at, bend)], Role::Muted, 0.7)?;
                pen.dashed(&[(at, bend), (at, area.bottom)], Role::Muted, 0.7, (2.0, 2.0))?;
                pen.dot(center, radius, Role::Ink)?;
                pen.text(text, center, Align::Center, font)?;
            } else {
                let font = words_font(pen);
                let foot = top + font.size * 1.25;
                pen.dashed(&[(at, foot), (at, area.bottom)], Role::Muted, 0.7, (2.0, 2.0))?;
                pen.text(text, (*middle, top + font.size * 0.65), Align::Center, font)?;
            }
        }
        Ok(())
    }

    /// Draws the list with its top left corner at (`left`, `top`).
    pub(in crate::charts) fn draw_list<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        (left, top): (f64, f64),
    ) -> Result<(), ChartError> {
        let (font, line) = (words_font(pen), line_height(pen));
        for (row, entries) in self.list.iter().enumerate() {
            let y = top + pen.style.font_size * 0.3 + line * (row as f64 + 0.5);
            let mut x = left;
            for entry in entries {
                let indent = if entry.number > 0 { swatch(pen) } else { 0.0 };
                if entry.number > 0 {
                    let number = badge(pen);
                    let radius = number.size * 0.95;
                    let center = (x + radius, y);
                    pen.dot(center, radius, Role::Ink)?;
                    pen.text(&entry.number.to_string(), center, Align::Center, number)?;
                }
                pen.text(&entry.text, (x + indent, y), Align::Left, font)?;
                x += entry.width + font.size * 1.4;
            }
        }
        Ok(())
    }
}

fn written(day: chrono::NaiveDate, format: DateFormat, locale: Locale) -> String {
    write_date(day, Grain::Day, format, locale)
}

fn words_font<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> Font {
    pen.font().role(Role::Ink).sized(pen.style.font_size * 0.92)
}

fn badge<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> Font {
    pen.font().bold().role(Role::Surface).sized(pen.style.font_size * 0.72)
}

/// The room of a number before its words.
fn swatch<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> f64 {
    badge(pen).size * 1.9 + pen.style.font_size * 0.35
}

fn line_height<DB: DrawingBackend>(pen: &Pen<'_, DB>) -> f64 {
    pen.style.font_size * 1.5
}

impl Chart {
    /// The rows with what happened at each, for files: a last column, where the chart has events.
    pub fn table_with_events(&self) -> Cow<'_, Table> {
        let (Some(events), Some(x)) = (&self.overlays.events, self.table.columns.get(self.x)) else {
            return Cow::Borrowed(&self.table);
        };
        let is_here = |event: &Event, cell: &Value| match (&event.at, cell) {
            (Value::Date(day), Value::Timestamp(hour)) => day.and_time(chrono::NaiveTime::MIN) == *hour,
            (at, cell) => at == cell,
        };
        let told = |cell: &Value| {
            let here = events.list.iter().filter(|event| is_here(event, cell));
            let texts: Vec<&str> = here.map(|event| event.text.as_str()).collect();
            if texts.is_empty() { Value::Null } else { Value::Text(texts.join(" · ").into()) }
        };
        let mut table = self.table.clone();
        table.columns.push(Column {
            name: "events".to_owned(),
            title: events.title.clone(),
            role: ColumnRole::Dimension,
            grain: None,
            format: NumberFormat::default(),
            cells: x.cells.iter().map(told).collect(),
        });
        if let Some(totals) = &mut table.totals {
            totals.push(Value::Null);
        }
        Cow::Owned(table)
    }
}

impl Data<'_> {
    /// The events at the places of this axis.
    pub(in crate::charts) fn place_events(&self, events: Option<&Events>) -> PlacedEvents {
        events.map(|events| PlacedEvents::of(events, &self.categories, self.locale)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn places(months: &[u32]) -> Vec<Category> {
        let place = |month: &u32| Category {
            text: format!("{month}월"),
            instant: day(*month, 1).and_hms_opt(0, 0, 0),
            is_others: false,
        };
        months.iter().map(place).collect()
    }

    fn event(month: u32, on: u32, text: &str) -> Event {
        Event { at: Value::Date(day(month, 1)), day: Some(day(month, on)), text: text.into() }
    }

    #[test]
    fn events_of_one_place_stand_together_and_those_of_none_are_left_out() {
        let list =
            vec![event(9, 14, "세일"), event(9, 25, "연휴"), event(10, 1, "국경절"), event(12, 25, "성탄")];
        let events = Events { title: "이벤트".into(), list, left_out: 2 };
        let placed = PlacedEvents::of(&events, &places(&[8, 9, 10]), Locale::Ko);
        let groups: Vec<(usize, usize)> =
            placed.groups.iter().map(|group| (group.category, group.told.len())).collect();
        assert_eq!((groups, placed.all), (vec![(1, 2), (2, 1)], 5));
        let told = placed.told_over(Span { first: 1, last: 1 }, Locale::Ko);
        assert_eq!(told, [("9/14".into(), "세일".into()), ("9/25".into(), "연휴".to_owned())]);
        assert_eq!(placed.first(2).len(), 1, "the first two are both of September");
    }

    #[test]
    fn names_of_members_are_compared_as_they_are_shown_and_others_have_no_events() {
        let place = |text: &str, is_others| Category { text: text.into(), instant: None, is_others };
        let event = Event { at: Value::Text("강남\n점".into()), day: None, text: "재단장".into() };
        assert!(stands_at(&event, &place("강남 점", false), Locale::Ko));
        assert!(!stands_at(&event, &place("강남 점", true), Locale::Ko));
        assert!(!stands_at(&event, &places(&[9])[0], Locale::Ko));
    }

    #[test]
    fn files_have_what_happened_beside_each_row() {
        use crate::charts::samples::{floats, plain, time, won};
        let cells = vec![Value::Date(day(9, 1)), Value::Date(day(10, 1))];
        let columns = vec![time("월", Grain::Month, cells), won("매출", floats(&[1.0, 2.0]))];
        let mut chart = plain(crate::charts::Kind::Line, columns);
        assert_eq!(chart.table_with_events().columns.len(), 2);
        let list = vec![event(9, 14, "세일"), event(9, 25, "연휴")];
        chart.overlays.events = Some(Events { title: "이벤트".into(), list, left_out: 0 });
        let table = chart.table_with_events();
        assert_eq!(table.columns[2].title, "이벤트");
        assert_eq!(table.columns[2].cells, [Value::Text("세일 · 연휴".into()), Value::Null]);
    }
}
