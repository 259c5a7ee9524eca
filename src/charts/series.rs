//! The table as charts see it: categories along the axis, and series of numbers over them.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};

use super::calendar::filled;
use super::labels::clean;
use super::overlay::{self, Placed, PlacedEvents};
use super::theme::Role;
use super::{Chart, ChartError, Kind, Stacking, words};
use crate::format::{DateFormat, Grain, Locale, NumberFormat, NumberStyle, write_timestamp};
use crate::table::{Column, Role as ColumnRole, Value, others};

/// How many marks a chart may have: a page could not carry more, and no eye tell them apart.
const MOST_MARKS: usize = 250_000;

/// What a chart draws.
pub(super) struct Data<'a> {
    pub(super) locale: Locale,
    /// The grain of the axis, if it is time.
    pub(super) grain: Option<Grain>,
    /// Whether the axis is dates or timestamps.
    pub(super) is_time: bool,
    pub(super) categories: Vec<Category>,
    pub(super) series: Vec<Series<'a>>,
    /// What it shares with its neighbours, as one of small multiples.
    pub(super) shared: Option<Shared>,
    /// What is drawn over and behind the marks.
    pub(super) overlay: Placed,
    /// What happened along the axis.
    pub(super) events: PlacedEvents,
    /// Where the rows of the table lead to; empty for nowhere.
    pub(super) links: &'a [Option<String>],
}

/// What a chart shares with its neighbours among small multiples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    /// The lowest and highest value of all of them on the left axis.
    pub(super) left: (f64, f64),
    /// The same on the right axis.
    pub(super) right: (f64, f64),
    /// Whether this one has the texts of the left axis.
    pub(super) shows_left: bool,
    /// Whether this one has the texts of the right axis.
    pub(super) shows_right: bool,
}

/// A place on the axis.
pub(super) struct Category {
    /// Its complete text, cleaned.
    pub(super) text: String,
    /// The moment, on a time axis.
    pub(super) instant: Option<NaiveDateTime>,
    /// Whether it stands for the members that a "top N" left out.
    pub(super) is_others: bool,
}

/// Numbers of one colour.
pub(super) struct Series<'a> {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) format: &'a NumberFormat,
    /// Whether it is the comparison period.
    pub(super) is_previous: bool,
    /// Whether it is drawn as a line on the right axis.
    pub(super) on_right: bool,
    /// One pair of ends per category, where the numbers have error bars.
    bounds: Vec<Option<(f64, f64)>>,
    /// One cell per category; `None` where the table has no row.
    cells: Vec<Option<&'a Value>>,
    /// The row of the table that each cell is of.
    rows: Vec<Option<usize>>,
    /// The numbers of the cells; `None` also for NULL, NaN and infinities.
    pub(super) values: Vec<Option<f64>>,
}

/// Neighbouring categories, both ends included.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
}

#[derive(PartialEq, Eq, Hash, Clone)]
enum Key {
    Null,
    Others,
    Bool(bool),
    Int(i64),
    Float(u64),
    Decimal(i128, i8),
    Text(Arc<str>),
    Date(NaiveDate),
    Timestamp(NaiveDateTime),
}

fn key(value: &Value) -> Key {
    match value {
        Value::Null => Key::Null,
        Value::Others => Key::Others,
        Value::Bool(truth) => Key::Bool(*truth),
        Value::Int(number) => Key::Int(*number),
        Value::Float(number) => Key::Float(number.to_bits()),
        Value::Decimal { unscaled, scale } => Key::Decimal(*unscaled, *scale),
        Value::Text(text) => Key::Text(text.clone()),
        Value::Date(date) => Key::Date(*date),
        Value::Timestamp(instant) => Key::Timestamp(*instant),
    }
}

/// The distinct values of a column in order of appearance, and which of them each row has.
pub(super) fn members(column: &Column) -> (Vec<&Value>, Vec<usize>) {
    let mut positions = HashMap::new();
    let mut distinct = Vec::new();
    let rows = column
        .cells
        .iter()
        .map(|value| {
            *positions.entry(key(value)).or_insert_with(|| {
                distinct.push(value);
                distinct.len() - 1
            })
        })
        .collect();
    (distinct, rows)
}

impl<'a> Data<'a> {
    /// Reads a chart that passed [`Chart::check`]; more marks than anybody could tell apart are
    /// refused.
    pub(super) fn of(chart: &'a Chart, locale: Locale) -> Result<Self, ChartError> {
        let columns = &chart.table.columns;
        let mut data = Self {
            locale,
            grain: None,
            is_time: false,
            categories: Vec::new(),
            series: Vec::new(),
            shared: None,
            overlay: Placed::default(),
            events: PlacedEvents::default(),
            links: &chart.links,
        };
        let Some(x) = columns.get(chart.x) else { return Ok(data) };
        data.grain = x.grain;
        data.is_time = x.cells.iter().any(|cell| cell.as_date().is_some());
        let by = chart.by.and_then(|by| columns.get(by));
        // Without a split every row is a category, so that no row can vanish behind another.
        let (values, rows) = match by {
            Some(_) => members(x),
            None => (x.cells.iter().collect(), (0..x.cells.len()).collect()),
        };
        data.categories = values.iter().map(|value| category(value, x, locale)).collect();
        let places = data.fill_calendar(&chart.kind);
        let split_into = by.map_or(1, |by| members(by).0.len());
        let categories = data.categories.len();
        let series = split_into * (chart.y.len() + chart.line.len());
        if categories.saturating_mul(series) > MOST_MARKS {
            return Err(ChartError::TooManyMarks { categories, series, most: MOST_MARKS });
        }
        // Which category each row belongs to.
        let rows: Vec<usize> = rows.iter().filter_map(|member| places.get(*member).copied()).collect();
        match by {
            Some(by) => data.split(chart, by, &rows),
            None => data.measures(chart, &rows),
        }
        if !chart.overlays.is_empty() {
            data.place_overlays(chart);
            data.events = data.place_events(chart.overlays.events.as_ref());
        }
        Ok(data)
    }

    /// Gives buckets without rows their places on a time axis; answers where each category went.
    fn fill_calendar(&mut self, kind: &Kind) -> Vec<usize> {
        let as_they_are = (0..self.categories.len()).collect();
        let on_axis = matches!(
            kind,
            Kind::Line | Kind::Area(_) | Kind::Bar { .. } | Kind::Combo | Kind::Box | Kind::Calendar
        );
        let instants: Option<Vec<NaiveDateTime>> =
            self.categories.iter().map(|category| category.instant).collect();
        let (Some(grain), Some(instants), true) = (self.grain, instants, on_axis) else { return as_they_are };
        let Some(filled) = filled(&instants, grain) else { return as_they_are };
        let mut known = std::mem::take(&mut self.categories).into_iter().peekable();
        let mut places = Vec::new();
        for (place, instant) in filled.into_iter().enumerate() {
            match known.next_if(|category| category.instant == Some(instant)) {
                Some(category) => {
                    places.push(place);
                    self.categories.push(category);
                }
                None => self.categories.push(Category {
                    text: write_timestamp(instant, Some(grain), DateFormat::Full, self.locale),
                    instant: Some(instant),
                    is_others: false,
                }),
            }
        }
        places
    }

    fn cells_at(&self, column: &'a Column, rows: &[usize]) -> Vec<Option<&'a Value>> {
        let at = self.rows_at(rows.iter().copied().enumerate());
        at.into_iter().map(|row| column.cells.get(row?)).collect()
    }

    /// The row at every category; `places` are pairs of both.
    fn rows_at(&self, places: impl Iterator<Item = (usize, usize)>) -> Vec<Option<usize>> {
        let mut at = vec![None; self.categories.len()];
        for (row, category) in places {
            if let Some(slot) = at.get_mut(category) {
                *slot = Some(row);
            }
        }
        at
    }

    /// What rows have at the categories that they belong to; `places` are pairs of both.
    fn at_places(
        &self,
        of_rows: &[Option<(f64, f64)>],
        places: impl Iterator<Item = (usize, usize)>,
    ) -> Vec<Option<(f64, f64)>> {
        let mut at = vec![None; self.categories.len()];
        for (row, category) in places {
            if let (Some(found), Some(slot)) = (of_rows.get(row), at.get_mut(category)) {
                *slot = *found;
            }
        }
        at
    }

    fn measures(&mut self, chart: &'a Chart, rows: &[usize]) {
        let columns = &chart.table.columns;
        // On top of its own predecessor a number would mean nothing.
        let stacked = matches!(
            chart.kind,
            Kind::Area(Stacking::Stacked | Stacking::Percent)
                | Kind::Bar { stacking: Stacking::Stacked | Stacking::Percent, .. }
                | Kind::Donut
                | Kind::Combo
                | Kind::Heatmap
                | Kind::Pareto
                | Kind::Funnel
                | Kind::Treemap
                | Kind::Calendar
        );
        let compares = chart.compare && chart.y.len() == 1 && !stacked;
        for (color, (index, on_right)) in chart
            .y
            .iter()
            .map(|index| (*index, false))
            .chain(chart.line.iter().map(|index| (*index, true)))
            .enumerate()
        {
            let Some(column) = columns.get(index) else { continue };
            let name = match (&chart.kind, on_right) {
                (Kind::Combo, true) => words::on_the_right(&clean(&column.title), self.locale),
                (Kind::Combo, false) => words::on_the_left(&clean(&column.title), self.locale),
                _ => clean(&column.title),
            };
            let cells = self.cells_at(column, rows);
            let mut drawn = series(name, Role::Series(color), column, cells, on_right);
            drawn.rows = self.rows_at(rows.iter().copied().enumerate());
            if let Some(bounds) = overlay::bounds(&chart.overlays, &chart.table, index) {
                drawn.bounds = self.at_places(&bounds, rows.iter().copied().enumerate());
            }
            self.series.push(drawn);
            let previous = columns.get(index + 1).filter(|column| column.role == ColumnRole::Previous);
            if let (true, Some(column)) = (compares, previous) {
                let cells = self.cells_at(column, rows);
                let mut series = series(clean(&column.title), Role::Previous, column, cells, on_right);
                series.is_previous = true;
                self.series.push(series);
            }
        }
    }

    fn split(&mut self, chart: &'a Chart, by: &'a Column, rows: &[usize]) {
        let (names, splits) = members(by);
        let mut rows_of = vec![Vec::new(); names.len()];
        for (row, split) in splits.iter().enumerate() {
            if let Some(rows) = rows_of.get_mut(*split) {
                rows.push(row);
            }
        }
        let mut color = 0;
        for (name, own_rows) in names.iter().zip(&rows_of) {
            for index in &chart.y {
                let Some(column) = chart.table.columns.get(*index) else { continue };
                let places = || own_rows.iter().filter_map(|row| Some((*row, *rows.get(*row)?)));
                let at = self.rows_at(places());
                let cells = at.iter().map(|row| column.cells.get((*row)?)).collect();
                let text = clean(&by.text(name, NumberStyle::Full, self.locale));
                let text =
                    if chart.y.len() > 1 { format!("{text} · {}", clean(&column.title)) } else { text };
                let role = if **name == Value::Others { Role::Others } else { Role::Series(color) };
                color += usize::from(role != Role::Others);
                let mut drawn = series(text, role, column, cells, false);
                if let Some(bounds) = overlay::bounds(&chart.overlays, &chart.table, *index) {
                    drawn.bounds = self.at_places(&bounds, places());
                }
                drawn.rows = at;
                self.series.push(drawn);
            }
        }
    }

    /// Whether there is anything to draw.
    pub(super) fn has_numbers(&self) -> bool {
        self.series.iter().any(|series| series.values.iter().any(Option::is_some))
    }

    /// All numbers of the series that `wanted` holds for.
    pub(super) fn numbers(&self, wanted: impl Fn(&Series<'a>) -> bool) -> Vec<f64> {
        self.series
            .iter()
            .filter(|series| wanted(series))
            .flat_map(|series| series.values.iter().flatten().copied())
            .collect()
    }

    /// What the left axis has to hold besides the own numbers: overlays, and those of the neighbours.
    pub(super) fn reach(&self) -> impl Iterator<Item = f64> + use<> {
        let shared = self.shared.map(|shared| shared.left).into_iter().flat_map(|(low, high)| [low, high]);
        shared.chain(self.own_reach())
    }

    /// What the overlays and error bars need of the left axis.
    pub(super) fn own_reach(&self) -> Vec<f64> {
        let mut reach = self.overlay.reach();
        let bounds = self.series.iter().flat_map(|series| series.bounds.iter().flatten());
        reach.extend(bounds.flat_map(|(low, high)| [*low, *high]));
        reach
    }

    /// The same for the right axis.
    pub(super) fn reach_right(&self) -> impl Iterator<Item = f64> + use<> {
        let shared = self.shared.map(|shared| shared.right).into_iter().flat_map(|(low, high)| [low, high]);
        shared.chain(self.overlay.reach_right())
    }

    /// What a hotspot over these categories is called.
    pub(super) fn title_over(&self, span: Span) -> String {
        let text = |index: usize| self.categories.get(index).map_or("", |category| category.text.as_str());
        if span.first == span.last {
            text(span.first).to_owned()
        } else {
            format!("{} … {}", text(span.first), text(span.last))
        }
    }

    /// Where the mark of `series` at a category leads to.
    pub(super) fn link_of(&self, series: &Series<'_>, index: usize) -> Option<String> {
        let row = series.rows.get(index).copied().flatten()?;
        self.links.get(row).cloned().flatten()
    }

    /// Where everything over these categories leads to; `None` where marks part ways.
    pub(super) fn link_over(&self, span: Span) -> Option<String> {
        if self.links.is_empty() {
            return None;
        }
        let rows = self.series.iter().flat_map(|series| {
            (span.first..=span.last).filter_map(|index| series.rows.get(index).copied().flatten())
        });
        let mut links = rows.map(|row| self.links.get(row).and_then(Option::as_deref));
        let first = links.next()??;
        links.all(|link| link == Some(first)).then(|| first.to_owned())
    }

    /// How the numbers of the left axis are written.
    pub(super) fn left_format(&self) -> NumberFormat {
        self.series.first().map(|series| series.format.clone()).unwrap_or_default()
    }
}

fn category(value: &Value, column: &Column, locale: Locale) -> Category {
    let instant = match value {
        Value::Date(date) => date.and_hms_opt(0, 0, 0),
        Value::Timestamp(instant) => Some(*instant),
        _ => None,
    };
    let is_others = *value == Value::Others;
    let text = if is_others {
        others(locale).to_owned()
    } else {
        clean(&column.text(value, NumberStyle::Full, locale))
    };
    Category { text, instant, is_others }
}

fn series<'a>(
    name: String,
    role: Role,
    column: &'a Column,
    cells: Vec<Option<&'a Value>>,
    on_right: bool,
) -> Series<'a> {
    let values = cells.iter().map(|cell| cell.and_then(Value::as_f64)).collect();
    Series {
        name,
        role,
        format: &column.format,
        is_previous: false,
        on_right,
        bounds: Vec::new(),
        cells,
        rows: Vec::new(),
        values,
    }
}

impl Series<'_> {
    /// The exact text of a number that is none of the cells: a sum, a share of one.
    pub(super) fn write(&self, number: f64, style: NumberStyle, locale: Locale) -> String {
        self.format.write(number, style, locale)
    }

    /// The number at a category, held where arithmetic on it cannot overflow.
    pub(super) fn held_value(&self, index: usize) -> Option<f64> {
        self.value(index).map(|value| value.clamp(-1e300, 1e300))
    }

    /// The ends of the error bar at a category, lower one first.
    pub(super) fn bounds(&self, index: usize) -> Option<(f64, f64)> {
        self.value(index)?;
        self.bounds.get(index).copied().flatten()
    }

    /// Whether its numbers have error bars.
    pub(super) fn has_bounds(&self) -> bool {
        !self.bounds.is_empty()
    }

    /// The number at a category.
    pub(super) fn value(&self, index: usize) -> Option<f64> {
        self.values.get(index).copied().flatten()
    }

    /// Whether the table has a row there that holds no number; a line breaks at such a place, but
    /// runs on over categories the table has no row for.
    pub(super) fn is_gap(&self, index: usize) -> bool {
        self.value(index).is_none() && self.cells.get(index).is_some_and(Option::is_some)
    }

    /// Whether the table has a row for any of these categories.
    pub(super) fn has_row_over(&self, span: Span) -> bool {
        (span.first..=span.last).any(|index| self.cells.get(index).is_some_and(Option::is_some))
    }

    /// The text of the cell at a category; `None` where the table has no row.
    pub(super) fn text(&self, index: usize, style: NumberStyle, locale: Locale) -> Option<String> {
        let value = self.cells.get(index).copied().flatten()?;
        Some(value.text(self.format, None, style, locale))
    }

    /// The text of the cell at a category in another format than the series'.
    pub(super) fn text_as(
        &self,
        index: usize,
        format: &NumberFormat,
        style: NumberStyle,
        locale: Locale,
    ) -> Option<String> {
        let value = self.cells.get(index).copied().flatten()?;
        Some(value.text(format, None, style, locale))
    }

    /// The exact number, or the range of numbers, over these categories.
    pub(super) fn text_over(&self, span: Span, locale: Locale) -> Option<String> {
        if span.first == span.last {
            let text = self.text(span.first, NumberStyle::Full, locale)?;
            return Some(match self.bounds(span.first) {
                Some((low, high)) => {
                    let write = |number| self.format.write(number, NumberStyle::Full, locale);
                    format!("{text} ({} – {})", write(low), write(high))
                }
                None => text,
            });
        }
        let values =
            (span.first..=span.last).filter_map(|index| self.value(index).map(|value| (index, value)));
        let least = values.clone().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let most = values.max_by(|a, b| a.1.total_cmp(&b.1))?;
        let (low, high) =
            (self.text(least.0, NumberStyle::Full, locale)?, self.text(most.0, NumberStyle::Full, locale)?);
        Some(if low == high { low } else { format!("{low} – {high}") })
    }
}
