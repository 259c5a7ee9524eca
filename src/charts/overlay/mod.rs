//! What is drawn over and behind the marks of a chart: reference lines, shaded ranges, trend lines
//! and error bars.
//!
//! A chart says what it wants with [`Overlays`]; [`Placed`] holds it as numbers on the axes, which
//! the scales must hold too.

mod error_bars;
mod events;
mod labels;
mod on_series;
mod request;
mod statistic;
mod told;
mod trend;

use plotters_backend::DrawingBackend;

pub use request::{Dash, ErrorBars, Event, Events, Level, Overlays, ReferenceLine, ShadedRange, Tone};

pub(super) use error_bars::{bounds, error_bar};
pub(super) use events::{Flags, PlacedEvents};
pub(super) use labels::Tag;
pub(super) use told::told;
pub(super) use trend::Trend;

use super::labels::clean;
use super::legend::{Entry, Symbol};
use super::pen::{Area, Pen};
use super::series::Data;
use super::theme::Role;
use super::words;
use super::{Chart, ChartError};
use crate::format::{Locale, NumberFormat, NumberStyle};

/// Ranges let the grid and the marks through.
const TINT: f64 = 0.10;

/// A reference line at its number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlacedLine {
    pub(super) value: f64,
    pub(super) name: String,
    number: String,
    pub(super) role: Role,
    dash: Dash,
    on_right: bool,
}

/// A reference line at its number, for files whose program draws charts by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelLine {
    /// What it says.
    pub name: String,
    /// Where it stands on its axis.
    pub value: f64,
    /// Its colour on paper, as red, green and blue.
    pub color: (u8, u8, u8),
    /// How it is drawn.
    pub dash: Dash,
    /// Whether it is read on the right axis.
    pub on_right: bool,
}

/// The reference lines of `chart` at their numbers; none where they have no numbers to be about.
pub fn level_lines(chart: &Chart, locale: Locale) -> Vec<LevelLine> {
    let Ok(data) = Data::of(chart, locale) else { return Vec::new() };
    let line = |line: &PlacedLine| LevelLine {
        name: line.name.clone(),
        value: line.value,
        color: chart.look.of(line.role).swatch().light,
        dash: line.dash,
        on_right: line.on_right,
    };
    data.overlay.lines.iter().map(line).collect()
}

/// A range between two numbers; an open end reaches to the edge of the plot.
#[derive(Debug, Clone, PartialEq)]
struct PlacedRange {
    from: f64,
    to: f64,
    name: String,
    role: Role,
    strength: f64,
}

/// The overlays of one chart as numbers on its axes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Placed {
    pub(super) lines: Vec<PlacedLine>,
    ranges: Vec<PlacedRange>,
    /// The trends with the colour of their series; a single one is named.
    pub(super) trends: Vec<(Trend, Role)>,
    trend_name: String,
}

/// The numbers of one axis and how they are written.
pub(super) struct AxisNumbers {
    pub(super) numbers: Vec<f64>,
    pub(super) format: NumberFormat,
}

/// Where numbers stand on the surface.
pub(super) struct Frame<'a> {
    /// Where the marks stand.
    pub(super) area: Area,
    /// Whether numbers go up, not to the right.
    pub(super) upright: bool,
    /// The place of a number of the left axis (of the only one).
    pub(super) left: &'a dyn Fn(f64) -> f64,
    /// The same for the right axis.
    pub(super) right: &'a dyn Fn(f64) -> f64,
}

impl Placed {
    /// Adds the trend of all `points` together.
    pub(super) fn with_trend(mut self, points: impl Iterator<Item = (f64, f64)>) -> Self {
        self.trends.extend(Trend::of(points).map(|trend| (trend, Role::Ink)));
        self
    }

    /// Puts lines and ranges at their numbers. `left` and `right` are what is drawn on the axes; a
    /// statistic of no numbers has no line.
    pub(super) fn of(overlays: &Overlays, left: &AxisNumbers, right: &AxisNumbers, locale: Locale) -> Self {
        let line = |line: &ReferenceLine| {
            let axis = if line.on_right { right } else { left };
            let value = statistic::level(line.at, &axis.numbers)?.clamp(-1e300, 1e300);
            let own = || words::level(line.at, locale).to_owned();
            Some(PlacedLine {
                value,
                name: line.label.as_deref().map_or_else(own, clean),
                number: axis.format.write(value, NumberStyle::Mark, locale),
                role: line.tone.role(),
                dash: line.dash,
                on_right: line.on_right,
            })
        };
        let range = |range: &ShadedRange| {
            let from = range.from.unwrap_or(f64::NEG_INFINITY);
            let to = range.to.unwrap_or(f64::INFINITY);
            (from < to).then(|| PlacedRange {
                from,
                to,
                name: range.label.as_deref().map_or_else(String::new, clean),
                role: range.tone.role(),
                strength: if range.tone == Tone::Muted { TINT * 1.4 } else { TINT },
            })
        };
        Self {
            lines: overlays.lines.iter().filter_map(line).collect(),
            ranges: overlays.ranges.iter().filter_map(range).collect(),
            trends: Vec::new(),
            trend_name: words::trend(locale).to_owned(),
        }
    }

    /// What the left axis has to hold.
    pub(super) fn reach(&self) -> Vec<f64> {
        let lines = self.lines.iter().filter(|line| !line.on_right).map(|line| line.value);
        let ranges = self.ranges.iter().flat_map(|range| [range.from, range.to]);
        let trends = self.trends.iter().flat_map(|(trend, _)| [trend.start.1, trend.end.1]);
        lines.chain(ranges).chain(trends).filter(|value| value.is_finite()).collect()
    }

    /// What the right axis has to hold.
    pub(super) fn reach_right(&self) -> Vec<f64> {
        self.lines.iter().filter(|line| line.on_right).map(|line| line.value).collect()
    }

    /// Where the lines stand along the value axis, in points.
    pub(super) fn places(&self, frame: &Frame<'_>) -> Vec<f64> {
        let place = |line: &PlacedLine| {
            if line.on_right { (frame.right)(line.value) } else { (frame.left)(line.value) }
        };
        self.lines.iter().map(place).collect()
    }

    /// Draws the ranges, behind the marks.
    pub(super) fn draw_behind<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame<'_>,
    ) -> Result<(), ChartError> {
        for range in &self.ranges {
            let (from, to) = range.ends(frame);
            let Area { left, top, right, bottom } = frame.area;
            let area = if frame.upright {
                Area::new(left, to, right, from)
            } else {
                Area::new(from, top, to, bottom)
            };
            let corners = [
                (area.left, area.top),
                (area.right, area.top),
                (area.right, area.bottom),
                (area.left, area.bottom),
            ];
            pen.polygon(&corners, range.role, range.strength)?;
        }
        Ok(())
    }

    /// Draws the lines over the marks, and the names of lines and ranges.
    pub(super) fn draw_over<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        frame: &Frame<'_>,
        names: Area,
    ) -> Result<(), ChartError> {
        for (line, at) in self.lines.iter().zip(self.places(frame)) {
            let Area { left, top, right, bottom } = frame.area;
            let ends = if frame.upright { [(left, at), (right, at)] } else { [(at, top), (at, bottom)] };
            match line.dash {
                Dash::Solid => pen.line(&ends, line.role, 1.1)?,
                Dash::Dashed => pen.dashed(&ends, line.role, 1.1, (4.2, 2.8))?,
                Dash::Dotted => pen.dashed(&ends, line.role, 1.3, (1.3, 2.4))?,
            }
        }
        labels::draw(pen, &self.tags(frame), names, frame.upright)
    }

    /// The names with their places along the value axis, the ones that matter most first.
    fn tags(&self, frame: &Frame<'_>) -> Vec<Tag> {
        let lines = self.lines.iter().zip(self.places(frame)).map(|(line, at)| Tag {
            name: line.name.clone(),
            number: line.number.clone(),
            at,
            role: line.role,
        });
        let trend = self.named_trend().map(|(trend, role)| Tag {
            name: self.trend_name.clone(),
            number: trend.fit(),
            at: (frame.left)(trend.end.1),
            role: *role,
        });
        let ranges = self.ranges.iter().filter(|range| !range.name.is_empty()).map(|range| {
            let (from, to) = range.ends(frame);
            Tag {
                name: range.name.clone(),
                number: String::new(),
                at: f64::midpoint(from, to),
                role: range.role,
            }
        });
        lines.chain(trend).chain(ranges).collect()
    }

    /// Whether there is anything to name.
    pub(super) fn has_names(&self) -> bool {
        let ranges = self.ranges.iter().any(|range| !range.name.is_empty());
        !self.lines.is_empty() || ranges || self.named_trend().is_some()
    }

    /// What the legend of small multiples says of the lines.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.lines.iter().map(|line| Entry {
            name: line.name.clone(),
            role: line.role,
            symbol: if line.dash == Dash::Solid { Symbol::Line } else { Symbol::Dashes },
        })
    }

    fn named_trend(&self) -> Option<&(Trend, Role)> {
        if let [trend] = self.trends.as_slice() { Some(trend) } else { None }
    }

    /// How wide (upright) or high (lying) the names want to be, in points; zero for none.
    pub(super) fn margin<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        upright: bool,
    ) -> Result<f64, ChartError> {
        if !self.has_names() {
            return Ok(0.0);
        }
        let area = pen.surface();
        let middle = |_: f64| 0.0;
        let tags = self.tags(&Frame { area, upright, left: &middle, right: &middle });
        labels::size(pen, &tags, upright)
    }
}

impl PlacedRange {
    fn ends(&self, frame: &Frame<'_>) -> (f64, f64) {
        // The scale holds what is outside of it at its ends.
        ((frame.left)(self.from.max(-1e300)), (frame.left)(self.to.min(1e300)))
    }
}

impl Tone {
    /// Its colour.
    fn role(self) -> Role {
        match self {
            Self::Ink => Role::Ink,
            Self::Muted => Role::Muted,
            Self::Accent => Role::Series(0),
            Self::Good => Role::Good,
            Self::Bad => Role::Bad,
        }
    }
}
