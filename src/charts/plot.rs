//! The frame of charts with a category axis below and values on the left (and right).

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::axis::BottomLabels;
use super::labels::fitted;
use super::legend::{Entry, Legend};
use super::overlay::{Flags, Frame};
use super::pen::{Align, Area, Font, Pen};
use super::series::Data;
use super::theme::Role;
use super::ticks::Scale;
use crate::format::NumberFormat;

/// Where categories stand along the axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placing {
    /// In the middle of equal bands, as bars do.
    Bands,
    /// From edge to edge, as lines do.
    Edges,
}

/// A value axis and how its numbers are written.
pub(super) struct ValueAxis {
    pub(super) scale: Scale,
    pub(super) format: NumberFormat,
}

/// What the frame is made of.
pub(super) struct Parts {
    pub(super) left: ValueAxis,
    pub(super) right: Option<ValueAxis>,
    pub(super) placing: Placing,
    pub(super) legend: Vec<Entry>,
    /// Room kept free on the right for names at line ends.
    pub(super) right_margin: f64,
    /// Room kept free above the marks for their numbers.
    pub(super) top_margin: f64,
    /// The same below them.
    pub(super) bottom_margin: f64,
}

/// The frame in its place.
pub(super) struct Plot {
    /// Where the marks stand.
    pub(super) area: Area,
    pub(super) left: Scale,
    pub(super) right: Option<Scale>,
    placing: Placing,
    count: usize,
    /// The room for the names of lines and ranges, at the right edge of the surface.
    margin: f64,
    /// Where reference lines stand, which numbers are kept apart from.
    reference: Vec<f64>,
    /// Where the lines of events stand, for the same reason.
    events: Vec<f64>,
}

/// How many ticks an axis of this height in points has room for.
pub(super) fn most_ticks(height: f64) -> usize {
    ((height / 34.0) as usize).clamp(2, 7)
}

impl Plot {
    /// Lays the frame out over the whole surface and draws everything but the marks.
    pub(super) fn draw<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
        parts: Parts,
    ) -> Result<Self, ChartError> {
        let surface = pen.surface();
        let font = pen.font();
        let locale = data.locale;
        let legend =
            Legend::of(pen, if data.shared.is_some() { Vec::new() } else { parts.legend }, surface.width())?;
        let (shows_left, shows_right) =
            data.shared.map_or((true, true), |shared| (shared.shows_left, shared.shows_right));
        let left_texts = if shows_left {
            parts.left.format.write_ticks(&parts.left.scale.ticks, locale)
        } else {
            Vec::new()
        };
        let right_texts = parts
            .right
            .as_ref()
            .filter(|_| shows_right)
            .map(|axis| axis.format.write_ticks(&axis.scale.ticks, locale));
        let left_width = pen.widest(left_texts.iter().map(String::as_str), font)?;
        let right_width = match &right_texts {
            Some(texts) => pen.widest(texts.iter().map(String::as_str), font)? + font.size * 0.7,
            None => parts.right_margin.max(1.0),
        };
        // The names of lines and ranges have a column of their own; small multiples, a legend.
        let margin = if data.shared.is_some() { 0.0 } else { data.overlay.margin(pen, true)? };
        // A narrow surface keeps at least a third of its width for the marks.
        let left = surface.left
            + if shows_left { (left_width + font.size * 0.7).min(surface.width() * 0.4) } else { 1.0 };
        let right = surface.right - margin - right_width.min(surface.width() * 0.3);
        let top = surface.top + legend.height + (font.size * 0.6).max(parts.top_margin);
        let mut plot = Self {
            area: Area::new(left, top, right, surface.bottom),
            left: parts.left.scale,
            right: parts.right.map(|axis| axis.scale),
            placing: parts.placing,
            count: data.categories.len(),
            margin,
            reference: Vec::new(),
            events: Vec::new(),
        };
        let flags = plot.flags(pen, data)?;
        plot.area.top += flags.above;
        let labels =
            BottomLabels::choose(pen, data, |index| plot.x(index), plot.band(), surface.height() * 0.3)?;
        let foot = surface.bottom - flags.below - labels.height(font.size);
        plot.area.bottom = (foot - parts.bottom_margin).max(top + 1.0);
        let cut = |texts: Vec<String>, room: f64| -> Result<Vec<String>, ChartError> {
            texts.iter().map(|text| fitted(pen, text, room - font.size * 0.6, font)).collect()
        };
        let left_texts = cut(left_texts, left - surface.left)?;
        let right_texts = right_texts.map(|texts| cut(texts, surface.right - margin - right)).transpose()?;
        legend.draw(pen, surface.left, surface.top)?;
        plot.grid(pen, &left_texts, right_texts.as_deref())?;
        plot.reference = plot.framed(|frame| data.overlay.places(frame));
        plot.framed(|frame| data.overlay.draw_behind(pen, frame))?;
        plot.events = flags.places().map(|place| plot.x(place)).collect();
        flags.draw(pen, plot.area, surface.top + legend.height + font.size * 0.1, |index| plot.x(index))?;
        flags.draw_list(pen, (surface.left, surface.bottom - flags.below))?;
        labels.draw(pen, |index| plot.x(index), foot, (surface.left, surface.right))?;
        Ok(plot)
    }

    /// The flags of events over a plot of this width.
    fn flags<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>, data: &Data<'_>) -> Result<Flags, ChartError> {
        data.events.flags(pen, (self.area.left, self.area.right), |index| self.x(index))
    }

    /// Draws the reference lines and the trends over the marks, and names them.
    pub(super) fn draw_overlays<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
    ) -> Result<(), ChartError> {
        let point = |(place, value): (f64, f64)| (self.x(0) + place * self.band(), self.y(value));
        for (trend, role) in &data.overlay.trends {
            pen.dashed(&[point(trend.start), point(trend.end)], *role, 1.2, (5.0, 2.6))?;
        }
        let (surface, gap) = (pen.surface(), pen.style.font_size * 0.4);
        let names = if self.margin > 0.0 {
            let left = surface.right - self.margin + gap;
            Area::new(left, surface.top, surface.right, self.area.bottom + gap)
        } else {
            Area::new(surface.right, surface.top, surface.right, surface.top)
        };
        self.framed(|frame| data.overlay.draw_over(pen, frame, names))
    }

    /// Lets overlays know where numbers stand.
    fn framed<T>(&self, draw: impl FnOnce(&Frame<'_>) -> T) -> T {
        let (left, right) = (|value| self.y(value), |value| self.y_right(value));
        draw(&Frame { area: self.area, upright: true, left: &left, right: &right })
    }

    fn grid<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        left: &[String],
        right: Option<&[String]>,
    ) -> Result<(), ChartError> {
        let font = pen.font();
        for (index, tick) in self.left.ticks.iter().enumerate() {
            let y = self.y(*tick);
            pen.line(&[(self.area.left, y), (self.area.right, y)], Role::Grid, 0.7)?;
            // One of small multiples may leave the texts to its neighbour.
            if let Some(text) = left.get(index) {
                pen.text(text, (self.area.left - font.size * 0.6, y), Align::Right, font)?;
            }
        }
        if let (Some(scale), Some(texts)) = (&self.right, right) {
            for (tick, text) in scale.ticks.iter().zip(texts) {
                let y = self.y_right(*tick);
                pen.text(text, (self.area.right + font.size * 0.6, y), Align::Left, font)?;
            }
        }
        Ok(())
    }

    /// Writes a number on the paper at `at`, with the grid lines behind it left out.
    pub(super) fn number<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        text: &str,
        at: (f64, f64),
        font: Font,
    ) -> Result<(), ChartError> {
        let half = (pen.width(text, font)? / 2.0 + 1.5, font.size * 0.5);
        let lines = self.left.ticks.iter().map(|tick| self.y(*tick));
        for y in lines.filter(|y| (y - at.1).abs() < half.1 && (y - self.zero()).abs() > 0.01) {
            pen.rect(Area::new(at.0 - half.0, y - 0.6, at.0 + half.0, y + 0.6), Role::Surface)?;
        }
        let lines = self.reference.iter().copied();
        for y in lines.filter(|y| (y - at.1).abs() < half.1 + 0.4) {
            pen.rect(Area::new(at.0 - half.0, y - 1.0, at.0 + half.0, y + 1.0), Role::Surface)?;
        }
        for x in self.events.iter().filter(|x| (**x - at.0).abs() < half.0) {
            pen.rect(Area::new(x - 0.8, at.1 - half.1, x + 0.8, at.1 + half.1), Role::Surface)?;
        }
        pen.text(text, at, Align::Center, font)
    }

    /// The base line, drawn over the feet of the marks.
    pub(super) fn base_line<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Result<(), ChartError> {
        let y = self.zero();
        pen.line(&[(self.area.left, y), (self.area.right, y)], Role::Axis, 0.8)
    }

    /// The distance between two categories.
    pub(super) fn band(&self) -> f64 {
        match self.placing {
            Placing::Bands => self.area.width() / self.count.max(1) as f64,
            Placing::Edges if self.count > 1 => {
                (self.area.width() - 2.0 * self.inset()) / (self.count - 1) as f64
            }
            Placing::Edges => self.area.width(),
        }
    }

    /// Lines keep a little away from the edges, so that their dots are whole.
    fn inset(&self) -> f64 {
        (self.area.width() * 0.02).min(8.0)
    }

    /// The middle of a category.
    pub(super) fn x(&self, index: usize) -> f64 {
        match self.placing {
            Placing::Bands => self.area.left + (index as f64 + 0.5) * self.band(),
            Placing::Edges if self.count > 1 => self.area.left + self.inset() + index as f64 * self.band(),
            Placing::Edges => self.area.center().0,
        }
    }

    /// The height of a value on the left axis.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.area.bottom - self.left.share(value) * self.area.height()
    }

    /// The height of a value on the right axis; on the left one if there is no right one.
    pub(super) fn y_right(&self, value: f64) -> f64 {
        let scale = self.right.as_ref().unwrap_or(&self.left);
        self.area.bottom - scale.share(value) * self.area.height()
    }

    /// The height marks grow from: zero, or the edge next to it.
    pub(super) fn zero(&self) -> f64 {
        self.y(0.0)
    }

    /// The full height over these categories.
    pub(super) fn stripe(&self, first: usize, last: usize) -> Area {
        let half = self.band() / 2.0;
        let left = (self.x(first) - half).max(self.area.left);
        Area::new(left, self.area.top, (self.x(last) + half).min(self.area.right), self.area.bottom)
    }
}
