//! The frame around marks that stand at two numbers: grid both ways, ticks on both axes, their titles.

use plotters_backend::DrawingBackend;

use super::ChartError;
use super::labels::fitted;
use super::legend::{Entry, Legend};
use super::pen::{Align, Area, Pen};
use super::plot::ValueAxis;
use super::theme::Role;
use super::ticks::Scale;
use crate::format::NumberFormat;

/// What the frame is made of.
pub(super) struct Parts<'a, X: Fn(usize) -> Scale> {
    /// The axis below with at most so many ticks.
    pub(super) x: X,
    pub(super) x_format: &'a NumberFormat,
    pub(super) x_title: &'a str,
    pub(super) y: ValueAxis,
    pub(super) y_title: &'a str,
    /// A remark at the top right.
    pub(super) remark: &'a str,
    /// A remark at the bottom left.
    pub(super) foot: &'a str,
    pub(super) legend: Vec<Entry>,
    /// Whether lines go up from the ticks below.
    pub(super) upright_grid: bool,
    /// Room kept free above the marks.
    pub(super) top_margin: f64,
    /// Room kept free on the right of them.
    pub(super) right_margin: f64,
}

/// The frame in its place.
pub(super) struct Plane {
    /// Where the marks stand.
    pub(super) area: Area,
    x: Scale,
    y: Scale,
}

impl Plane {
    /// Lays the frame out over the whole surface and draws everything but the marks.
    pub(super) fn draw<DB: DrawingBackend, X: Fn(usize) -> Scale>(
        pen: &Pen<'_, DB>,
        parts: Parts<'_, X>,
    ) -> Result<Self, ChartError> {
        let (surface, font) = (pen.surface(), pen.font());
        let locale = pen.style.locale;
        let legend = Legend::of(pen, parts.legend, surface.width())?;
        legend.draw(pen, surface.left, surface.top)?;
        let title_line = surface.top + legend.height + font.size * 0.75;
        let remark = fitted(pen, parts.remark, surface.width() * 0.45, font)?;
        let y_title =
            fitted(pen, parts.y_title, surface.width() - pen.width(&remark, font)? - font.size, font)?;
        pen.text(&y_title, (surface.left, title_line), Align::Left, font)?;
        pen.text(&remark, (surface.right, title_line), Align::Right, font)?;
        let texts = parts.y.format.write_ticks(&parts.y.scale.ticks, locale);
        let room = surface.width() * 0.4;
        let texts: Vec<String> =
            texts.iter().map(|text| fitted(pen, text, room, font)).collect::<Result<_, _>>()?;
        let axis = pen.widest(texts.iter().map(String::as_str), font)? + font.size * 0.7;
        let area = Area::new(
            surface.left + axis,
            title_line + font.size * 1.4 + parts.top_margin,
            surface.right - parts.right_margin - font.size * 0.8,
            (surface.bottom - font.size * 3.3).max(title_line + font.size * 1.4 + parts.top_margin + 1.0),
        );
        let (x, x_texts) = Self::fitting(pen, &area, &parts.x, parts.x_format)?;
        let plane = Self { area, x, y: parts.y.scale };
        for (tick, text) in plane.y.ticks.iter().zip(&texts) {
            let y = plane.y(*tick);
            pen.line(&[(area.left, y), (area.right, y)], Role::Grid, 0.7)?;
            let y = surface.held(y, font.size);
            pen.text(text, (area.left - font.size * 0.6, y), Align::Right, font)?;
        }
        let line = area.bottom + font.size * 1.1;
        for (tick, text) in plane.x.ticks.iter().zip(&x_texts) {
            let x = plane.x(*tick);
            if parts.upright_grid {
                pen.line(&[(x, area.top), (x, area.bottom)], Role::Grid, 0.7)?;
            }
            let half = pen.width(text, font)? / 2.0;
            let middle = x.min(surface.right - half).max(surface.left + half);
            pen.text(text, (middle, line), Align::Center, font)?;
        }
        let foot_line = surface.bottom - font.size * 0.7;
        let foot = fitted(pen, parts.foot, surface.width() * 0.6, font)?;
        let x_title =
            fitted(pen, parts.x_title, surface.width() - pen.width(&foot, font)? - font.size, font)?;
        pen.text(&foot, (surface.left, foot_line), Align::Left, font)?;
        pen.text(&x_title, (surface.right, foot_line), Align::Right, font)?;
        Ok(plane)
    }

    /// The axis below with as many ticks as have room for their texts.
    fn fitting<DB: DrawingBackend>(
        pen: &Pen<'_, DB>,
        area: &Area,
        scale: &impl Fn(usize) -> Scale,
        format: &NumberFormat,
    ) -> Result<(Scale, Vec<String>), ChartError> {
        let font = pen.font();
        let mut most = ((area.width() / 44.0) as usize).clamp(2, 9);
        loop {
            let candidate = scale(most);
            let texts = format.write_ticks(&candidate.ticks, pen.style.locale);
            let mut fits = true;
            let (mut free, surface) = (f64::NEG_INFINITY, pen.surface());
            for (tick, text) in candidate.ticks.iter().zip(&texts) {
                let half = pen.width(text, font)? / 2.0;
                let middle = area.left + candidate.share(*tick) * area.width();
                let middle = middle.min(surface.right - half).max(surface.left + half);
                fits &= middle - half >= free;
                free = middle + half + font.size * 0.6;
            }
            if fits {
                return Ok((candidate, texts));
            }
            if most == 1 {
                // Not even two texts have room: lines alone.
                return Ok((candidate, Vec::new()));
            }
            most -= 1;
        }
    }

    /// The place of a number on the axis below.
    pub(super) fn x(&self, value: f64) -> f64 {
        self.area.left + self.x.share(value) * self.area.width()
    }

    /// The height of a number on the left axis.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.area.bottom - self.y.share(value) * self.area.height()
    }

    /// The lines behind the marks that stand for zero, where zero is among the numbers.
    pub(super) fn zero_lines<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Result<(), ChartError> {
        let Area { left, top, right, bottom } = self.area;
        let inside = |scale: &Scale| scale.low <= 0.0 && scale.high >= 0.0;
        if inside(&self.y) {
            pen.line(&[(left, self.y(0.0)), (right, self.y(0.0))], Role::Axis, 0.8)?;
        }
        if inside(&self.x) {
            pen.line(&[(self.x(0.0), top), (self.x(0.0), bottom)], Role::Axis, 0.8)?;
        }
        Ok(())
    }
}
