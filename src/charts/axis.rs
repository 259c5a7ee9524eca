//! Labels along a category axis: all of them where they fit, else wrapped, turned or thinned out.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::labels::{fitted, wrapped};
use super::pen::{Align, Pen};
use super::series::Data;
use super::time::{self, Mark};

/// Labels below an axis, chosen and measured but not yet in their places.
pub(super) enum BottomLabels {
    /// Moments, with years on a second line.
    Time { marks: Vec<Mark>, lines: usize },
    /// Names on up to three lines, at the middle of their bands.
    Names { labels: Vec<(usize, Vec<String>)>, lines: usize },
    /// Names that read upward.
    Upward { labels: Vec<(usize, String)>, length: f64 },
}

/// Space between neighbouring labels in em.
const GAP: f64 = 0.7;

/// Names beyond this many are thinned out, since nobody reads them all.
const MOST_NAMES: usize = 60;

impl BottomLabels {
    /// Chooses labels for the categories of `data`; `x` gives the middle of a category, `band` is
    /// the distance between two. `room` is how much of the height labels may take.
    pub(super) fn choose<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
        x: impl Fn(usize) -> f64,
        band: f64,
        room: f64,
    ) -> Result<Self, ChartError> {
        if data.is_time {
            return Self::moments(pen, data, x);
        }
        let font = pen.font();
        let names: Vec<&str> = data.categories.iter().map(|category| category.text.as_str()).collect();
        let inside = band - GAP * font.size;
        // 9시, 10시, 11시: what is counted through can be thinned out, names cannot.
        let counted = names.iter().all(|name| name.starts_with(|c: char| c.is_ascii_digit()));
        let fits = pen.widest(names.iter().take(MOST_NAMES).copied(), font)? <= inside;
        if names.len() <= MOST_NAMES && (fits || !counted) {
            for lines in 1..=3 {
                let all: Result<Option<Vec<_>>, ChartError> = names
                    .iter()
                    .enumerate()
                    .map(|(index, name)| {
                        Ok(wrapped(pen, name, inside, lines, font)?.map(|rows| (index, rows)))
                    })
                    .collect();
                if let Some(labels) = all? {
                    return Ok(Self::Names { labels, lines });
                }
            }
            // Slightly too long names are better cut than turned.
            if inside >= 4.5 * font.size {
                let cut = |name: &&str| fitted(pen, name, inside, font).map(|text| vec![text]);
                let labels: Result<Vec<_>, _> = names.iter().map(cut).collect();
                return Ok(Self::Names { labels: labels?.into_iter().enumerate().collect(), lines: 1 });
            }
            if band >= font.size * 1.15 {
                let longest = room.min(font.size * 9.0);
                let cut = |name: &&str| fitted(pen, name, longest, font);
                let labels: Vec<String> = names.iter().map(cut).collect::<Result<_, _>>()?;
                let length = pen.widest(labels.iter().map(String::as_str), font)?;
                return Ok(Self::Upward { labels: labels.into_iter().enumerate().collect(), length });
            }
        }
        Self::thinned(pen, &names, band)
    }

    fn thinned<DB: DrawingBackend>(pen: &Pen<'_, DB>, names: &[&str], band: f64) -> Result<Self, ChartError> {
        let font = pen.font();
        let sample = names.iter().step_by((names.len() / 200).max(1)).copied();
        let widest = pen.widest(sample, font)?.min(font.size * 8.0) + GAP * font.size;
        let step = (widest / band.max(1e-9)).ceil().max(1.0) as usize;
        let labels = names
            .iter()
            .enumerate()
            .step_by(step)
            .map(|(index, name)| Ok((index, vec![fitted(pen, name, widest - GAP * font.size, font)?])))
            .collect::<Result<_, ChartError>>()?;
        Ok(Self::Names { labels, lines: 1 })
    }

    fn moments<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
        x: impl Fn(usize) -> f64,
    ) -> Result<Self, ChartError> {
        let font = pen.font();
        let instants: Vec<_> = data.categories.iter().map(|category| category.instant).collect();
        let mut coarsest = Vec::new();
        for marks in time::labellings(&instants, data.grain, data.locale) {
            let mut free = [f64::NEG_INFINITY; 2];
            let mut fits = true;
            for mark in &marks {
                let texts = [Some(&mark.text), mark.context.as_ref()];
                for (text, free) in texts.into_iter().zip(&mut free) {
                    let Some(text) = text else { continue };
                    let half = pen.width(text, font)? / 2.0;
                    fits &= x(mark.index) - half >= *free;
                    *free = x(mark.index) + half + GAP * font.size;
                }
                if !fits {
                    break;
                }
            }
            if fits {
                let lines = 1 + usize::from(marks.iter().any(|mark| mark.context.is_some()));
                return Ok(Self::Time { marks, lines });
            }
            coarsest = marks;
        }
        coarsest.truncate(1);
        Ok(Self::Time { marks: coarsest, lines: 2 })
    }

    /// The height they need in points.
    pub(super) fn height(&self, size: f64) -> f64 {
        match self {
            Self::Time { lines, .. } | Self::Names { lines, .. } => size * (0.6 + 1.25 * *lines as f64),
            Self::Upward { length, .. } => length + size * 0.8,
        }
    }

    /// Draws them below `top`, held between `left` and `right`.
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        x: impl Fn(usize) -> f64,
        top: f64,
        (left, right): (f64, f64),
    ) -> Result<(), ChartError> {
        let font = pen.font();
        let line = |number: usize| top + font.size * (0.6 + 0.6 + 1.25 * number as f64);
        // A label held back at the edge may meet the one before it, and then gives way.
        let mut free = [f64::NEG_INFINITY; 3];
        let mut centered = |text: &str, middle: f64, number: usize| -> Result<(), ChartError> {
            let half = pen.width(text, font)? / 2.0;
            let middle = middle.min(right - half).max(left + half);
            let Some(free) = free.get_mut(number).filter(|free| **free <= middle - half) else {
                return Ok(());
            };
            *free = middle + half + font.size * 0.2;
            pen.text(text, (middle, line(number)), Align::Center, font)
        };
        match self {
            Self::Time { marks, .. } => {
                for mark in marks {
                    centered(&mark.text, x(mark.index), 0)?;
                    if let Some(context) = &mark.context {
                        centered(context, x(mark.index), 1)?;
                    }
                }
            }
            Self::Names { labels, .. } => {
                for (index, rows) in labels {
                    for (number, row) in rows.iter().enumerate() {
                        centered(row, x(*index), number)?;
                    }
                }
            }
            Self::Upward { labels, .. } => {
                for (index, text) in labels {
                    pen.text_upward(text, (x(*index), top + font.size * 0.6), font)?;
                }
            }
        }
        Ok(())
    }
}
