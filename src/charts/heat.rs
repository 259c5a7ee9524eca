//! Numbers as steps of one colour, and the scale that explains them.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::pen::{Align, Area, Pen};
use super::series::Data;
use super::theme::{HEAT_STEPS, Role};
use crate::format::{NumberFormat, NumberStyle};

/// The range of numbers that the colours stand for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heat {
    low: f64,
    high: f64,
}

impl Heat {
    /// From the lowest to the highest number of `data`.
    pub(super) fn of(data: &Data<'_>) -> Self {
        let numbers = data.numbers(|_| true);
        let low = numbers.iter().copied().fold(f64::INFINITY, f64::min).max(-1e300);
        let high = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max).min(1e300);
        Self { low, high }
    }

    /// The colour of a number; a pale one where there is none.
    pub(super) fn role(self, value: Option<f64>) -> Role {
        let Some(value) = value else { return Role::Hollow };
        let (low, high) = (self.low, self.high);
        let share = if high > low { (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.5 };
        Role::Heat((share * HEAT_STEPS as f64).floor().clamp(0.0, (HEAT_STEPS - 1) as f64) as usize)
    }

    /// The scale at the top right: lowest number, steps, highest number. Gives its height.
    pub(super) fn legend<DB: DrawingBackend>(
        self,
        pen: &Pen<'_, DB>,
        data: &Data<'_>,
    ) -> Result<f64, ChartError> {
        let (surface, font) = (pen.surface(), pen.font());
        let format = NumberFormat { compact: true, ..data.left_format() };
        let (low, high) = (
            format.write(self.low, NumberStyle::Headline, data.locale),
            format.write(self.high, NumberStyle::Headline, data.locale),
        );
        let y = surface.top + font.size * 0.75;
        let (width, half) = (font.size * 1.1, font.size * 0.35);
        let right = surface.right - pen.width(&high, font)? - font.size * 0.6;
        let left = right - width * HEAT_STEPS as f64;
        if left - font.size * 0.6 - pen.width(&low, font)? < surface.left {
            return Ok(0.0);
        }
        pen.text(&high, (surface.right, y), Align::Right, font)?;
        for step in 0..HEAT_STEPS {
            let x = left + width * step as f64;
            pen.rect(Area::new(x, y - half, x + width, y + half), Role::Heat(step))?;
        }
        pen.text(&low, (left - font.size * 0.6, y), Align::Right, font)?;
        Ok(font.size * 2.1)
    }
}
