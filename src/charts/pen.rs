//! Points instead of virtual pixels: the one place where charts meet plotters.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Polygon, Rectangle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingBackend;

use super::palette::Look;
use super::pattern::Pattern;
use super::theme::Role;
use super::{ChartError, Style};

/// An axis-parallel rectangle in points from the drawing's top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Area {
    pub(super) fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { left, top, right: right.max(left), bottom: bottom.max(top) }
    }

    /// Its width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Its height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// The middle height nearest to `middle` at which text of this size is whole.
    pub(super) fn held(&self, middle: f64, size: f64) -> f64 {
        middle.min(self.bottom - size / 2.0).max(self.top + size / 2.0)
    }

    /// Where the rectangle is after everything moved by this much.
    pub(super) fn moved(&self, right: f64, down: f64) -> Self {
        Self {
            left: self.left + right,
            top: self.top + down,
            right: self.right + right,
            bottom: self.bottom + down,
        }
    }

    pub(super) fn center(&self) -> (f64, f64) {
        (f64::midpoint(self.left, self.right), f64::midpoint(self.top, self.bottom))
    }
}

/// Where text stands, from its anchor point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Center,
    Right,
}

/// What text looks like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) role: Role,
}

impl Font {
    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    pub(super) fn sized(self, size: f64) -> Self {
        Self { size, ..self }
    }
}

/// Draws on a plotters area in points.
pub(super) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    pub(super) style: &'a Style,
    pub(super) look: Look,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub(super) fn new(area: &'a DrawingArea<DB, Shift>, style: &'a Style) -> Self {
        Self { area, style, look: Look::default() }
    }

    /// The same in another look.
    pub(super) fn with(self, look: Look) -> Self {
        Self { look, ..self }
    }

    /// The role of text that stands on a mark of this colour.
    pub(super) fn ink_on(&self, role: Role) -> Role {
        self.look.ink_on(role)
    }

    fn color(&self, role: Role, opacity: f64) -> RGBAColor {
        let (red, green, blue) = self.look.of(role).swatch().light;
        RGBAColor(red, green, blue, opacity)
    }

    /// The whole surface.
    pub(super) fn surface(&self) -> Area {
        let (width, height) = self.area.dim_in_pixel();
        let scale = self.style.pixels_per_point;
        Area::new(0.0, 0.0, f64::from(width) / scale, f64::from(height) / scale)
    }

    /// The everyday font of labels.
    pub(super) fn font(&self) -> Font {
        Font { size: self.style.font_size, bold: false, role: Role::Muted }
    }

    fn pixel(&self, point: (f64, f64)) -> (i32, i32) {
        let scale = self.style.pixels_per_point;
        ((point.0 * scale).round() as i32, (point.1 * scale).round() as i32)
    }

    fn stroke(&self, role: Role, width: f64) -> ShapeStyle {
        let width = (width * self.style.pixels_per_point).round().max(1.0) as u32;
        ShapeStyle { color: self.color(role, 1.0), filled: false, stroke_width: width }
    }

    fn fill(&self, role: Role, opacity: f64) -> ShapeStyle {
        ShapeStyle { color: self.color(role, opacity), filled: true, stroke_width: 0 }
    }

    fn text_style(&self, font: Font, pos: Pos, transform: FontTransform) -> TextStyle<'static> {
        let weight = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = font.size * self.style.pixels_per_point;
        let desc = FontDesc::new(FontFamily::SansSerif, size, weight).transform(transform);
        desc.color(&self.color(font.role, 1.0)).pos(pos)
    }

    /// How wide `text` is in points.
    pub(super) fn width(&self, text: &str, font: Font) -> Result<f64, ChartError> {
        let style = self.text_style(font, Pos::default(), FontTransform::None);
        let (width, _) = self.area.estimate_text_size(text, &style).map_err(ChartError::drawing)?;
        Ok(f64::from(width) / self.style.pixels_per_point)
    }

    /// The widest of `texts` in points; zero for none.
    pub(super) fn widest<'t>(
        &self,
        texts: impl IntoIterator<Item = &'t str>,
        font: Font,
    ) -> Result<f64, ChartError> {
        texts.into_iter().try_fold(0.0_f64, |widest, text| Ok(widest.max(self.width(text, font)?)))
    }

    /// Text with its middle height at `at`.
    pub(super) fn text(
        &self,
        text: &str,
        at: (f64, f64),
        align: Align,
        font: Font,
    ) -> Result<(), ChartError> {
        let h_pos = match align {
            Align::Left => HPos::Left,
            Align::Center => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = self.text_style(font, Pos::new(h_pos, VPos::Center), FontTransform::None);
        self.area.draw_text(text, &style, self.pixel(at)).map_err(ChartError::drawing)
    }

    /// Text that reads upward and ends below `at`.
    pub(super) fn text_upward(&self, text: &str, at: (f64, f64), font: Font) -> Result<(), ChartError> {
        let style = self.text_style(font, Pos::new(HPos::Right, VPos::Center), FontTransform::Rotate270);
        self.area.draw_text(text, &style, self.pixel(at)).map_err(ChartError::drawing)
    }

    pub(super) fn line(&self, points: &[(f64, f64)], role: Role, width: f64) -> Result<(), ChartError> {
        let pixels: Vec<_> = points.iter().map(|point| self.pixel(*point)).collect();
        self.area.draw(&PathElement::new(pixels, self.stroke(role, width))).map_err(ChartError::drawing)
    }

    /// A line of dashes that run on around its corners.
    pub(super) fn dashed(
        &self,
        points: &[(f64, f64)],
        role: Role,
        width: f64,
        (dash, gap): (f64, f64),
    ) -> Result<(), ChartError> {
        let mut on = vec![];
        let mut left = dash;
        let mut drawing = true;
        for pair in points.windows(2) {
            let &[from, to] = pair else { continue };
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            let along = |done: f64| {
                let part = if length > 0.0 { done / length } else { 1.0 };
                (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
            };
            if drawing && on.is_empty() {
                on.push(from);
            }
            let mut done = 0.0;
            while length - done > left {
                done += left;
                if drawing {
                    on.push(along(done));
                    self.line(&on, role, width)?;
                    on.clear();
                } else {
                    on.push(along(done));
                }
                drawing = !drawing;
                left = if drawing { dash } else { gap };
            }
            left -= length - done;
            if drawing {
                on.push(to);
            }
        }
        if on.len() > 1 { self.line(&on, role, width) } else { Ok(()) }
    }

    pub(super) fn rect(&self, area: Area, role: Role) -> Result<(), ChartError> {
        let corners = [self.pixel((area.left, area.top)), self.pixel((area.right, area.bottom))];
        self.area.draw(&Rectangle::new(corners, self.fill(role, 1.0))).map_err(ChartError::drawing)?;
        let Area { left, top, right, bottom } = area;
        self.hatch(&[(left, top), (right, top), (right, bottom), (left, bottom)], role, 1.0)
    }

    /// A place for text on a mark, free of its pattern; nothing where there is none.
    pub(super) fn plate(&self, area: Area, role: Role) -> Result<(), ChartError> {
        if !self.look.patterns {
            return Ok(());
        }
        let corners = [self.pixel((area.left, area.top)), self.pixel((area.right, area.bottom))];
        self.area.draw(&Rectangle::new(corners, self.fill(role, 1.0))).map_err(ChartError::drawing)
    }

    /// Draws the pattern of a series over its fill: in the colour of the paper, or on a mere tint in
    /// its own.
    fn hatch(&self, contour: &[(f64, f64)], role: Role, opacity: f64) -> Result<(), ChartError> {
        let (Role::Series(series), true) = (role, self.look.patterns) else { return Ok(()) };
        let hatching = Pattern::of(series).over(contour);
        let ink = if opacity < 0.5 { role } else { Role::Surface };
        for line in &hatching.lines {
            self.line(line, ink, 0.9)?;
        }
        hatching.dots.iter().try_for_each(|dot| self.dot(*dot, 0.8, ink))
    }

    /// A rectangle with round corners.
    pub(super) fn round_rect(&self, area: Area, radius: f64, role: Role) -> Result<(), ChartError> {
        self.rounded(area, [radius; 4], role)
    }

    /// A rectangle with an own radius per corner: top left, top right, bottom right, bottom left.
    pub(super) fn rounded(&self, area: Area, radii: [f64; 4], role: Role) -> Result<(), ChartError> {
        let most = area.width().min(area.height()) / 2.0;
        let radii = radii.map(|radius| radius.min(most));
        if radii.iter().all(|radius| *radius < 0.2) {
            return self.rect(area, role);
        }
        let Area { left, top, right, bottom } = area;
        let [r0, r1, r2, r3] = radii;
        let centers = [
            (left + r0, top + r0, r0, 180.0_f64),
            (right - r1, top + r1, r1, 270.0),
            (right - r2, bottom - r2, r2, 0.0),
            (left + r3, bottom - r3, r3, 90.0),
        ];
        let mut points = Vec::new();
        for (x, y, radius, start) in centers {
            let steps = if radius > 0.0 { 5 } else { 0 };
            for step in 0..=steps {
                let angle = (start + 90.0 * f64::from(step) / f64::from(steps.max(1))).to_radians();
                points.push((x + radius * angle.cos(), y + radius * angle.sin()));
            }
        }
        self.polygon(&points, role, 1.0)
    }

    pub(super) fn polygon(&self, points: &[(f64, f64)], role: Role, opacity: f64) -> Result<(), ChartError> {
        let pixels: Vec<_> = points.iter().map(|point| self.pixel(*point)).collect();
        self.area.draw(&Polygon::new(pixels, self.fill(role, opacity))).map_err(ChartError::drawing)?;
        self.hatch(points, role, opacity)
    }

    /// A disc that lets what lies behind it through.
    pub(super) fn disc(
        &self,
        center: (f64, f64),
        radius: f64,
        role: Role,
        opacity: f64,
    ) -> Result<(), ChartError> {
        let radius = (radius * self.style.pixels_per_point).round() as i32;
        let circle = Circle::new(self.pixel(center), radius, self.fill(role, opacity));
        self.area.draw(&circle).map_err(ChartError::drawing)
    }

    pub(super) fn dot(&self, center: (f64, f64), radius: f64, role: Role) -> Result<(), ChartError> {
        self.disc(center, radius, role, 1.0)
    }

    /// A dot with a rim in the colour of the paper, which keeps it apart from its line.
    pub(super) fn ringed_dot(&self, center: (f64, f64), radius: f64, role: Role) -> Result<(), ChartError> {
        self.dot(center, radius + 1.0, Role::Surface)?;
        self.dot(center, radius, role)
    }
}
