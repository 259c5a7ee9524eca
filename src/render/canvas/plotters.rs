//! A plotters backend that records into a [`Page`].
//!
//! plotters counts in whole pixels; here a pixel is 1/100 point, so that curves drawn as fine
//! polygons and thin marks stay exact on paper.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
};

use super::{FontSet, Op, Page, Paint, Rect, Rgb, Segment, Stroke, UPWARD, Weight, round_rect_segments};

/// How many plotters pixels make a point.
pub const PIXELS_PER_POINT: f32 = 100.0;

/// The height of capitals of the bundled fonts, in em; half of it lies above the middle of a line.
const CAP_HEIGHT: f32 = 0.714;
/// How far letters reach above and below the baseline, in em.
const ASCENT: f32 = 0.80;
const DESCENT: f32 = 0.20;

/// Recording into a page cannot fail; plotters wants an error type all the same.
#[derive(Debug, thiserror::Error)]
pub enum NoError {}

type Drawn = Result<(), DrawingErrorKind<NoError>>;

/// Records what plotters draws as display list operations, at a place on a page.
pub struct Recorder<'a> {
    page: &'a mut Page,
    area: Rect,
}

impl<'a> Recorder<'a> {
    /// Draws into `area` of `page`, both in points.
    pub fn new(page: &'a mut Page, area: Rect) -> Self {
        Self { page, area }
    }

    /// The surface that charts are drawn on: all of `area` of `page`.
    pub fn surface(page: &'a mut Page, area: Rect) -> DrawingArea<Self, Shift> {
        Self::new(page, area).into_drawing_area()
    }

    fn point(&self, (x, y): BackendCoord) -> (f32, f32) {
        (self.area.x + x as f32 / PIXELS_PER_POINT, self.area.y + y as f32 / PIXELS_PER_POINT)
    }

    fn contour(&self, points: impl IntoIterator<Item = BackendCoord>, closed: bool) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let mut last = None;
        for point in points {
            // Rounding makes neighbours equal; a path is shorter without them.
            if last == Some(point) && segments.len() > 1 {
                continue;
            }
            let (x, y) = self.point(point);
            segments.push(if segments.is_empty() { Segment::MoveTo(x, y) } else { Segment::LineTo(x, y) });
            last = Some(point);
        }
        if closed {
            segments.push(Segment::Close);
        }
        segments
    }

    fn fill(&mut self, segments: Vec<Segment>, color: BackendColor) {
        if color.alpha > 0.0 && segments.len() > 1 {
            self.page.ops.push(Op::Path { segments, fill: Some(paint(color)), stroke: None });
        }
    }

    fn stroke<S: BackendStyle>(&mut self, segments: Vec<Segment>, style: &S) {
        if style.color().alpha > 0.0 && segments.len() > 1 {
            let width = style.stroke_width() as f32 / PIXELS_PER_POINT;
            let stroke = Stroke { paint: paint(style.color()), width, dash: None };
            self.page.ops.push(Op::Path { segments, fill: None, stroke: Some(stroke) });
        }
    }

    fn draw<S: BackendStyle>(&mut self, segments: Vec<Segment>, style: &S, fill: bool) {
        if fill { self.fill(segments, style.color()) } else { self.stroke(segments, style) }
    }
}

fn paint(color: BackendColor) -> Paint {
    let (red, green, blue) = color.rgb;
    Paint { color: Rgb(red, green, blue), opacity: color.alpha as f32 }
}

fn weight<S: BackendTextStyle>(style: &S) -> Weight {
    match style.style() {
        FontStyle::Bold => Weight::Bold,
        FontStyle::Normal | FontStyle::Oblique | FontStyle::Italic => Weight::Regular,
    }
}

impl DrawingBackend for Recorder<'_> {
    type ErrorType = NoError;

    fn get_size(&self) -> (u32, u32) {
        ((self.area.width * PIXELS_PER_POINT) as u32, (self.area.height * PIXELS_PER_POINT) as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        let segments = self.contour(corners, true);
        self.fill(segments, color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let segments = self.contour([from, to], false);
        self.stroke(segments, style);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (x0, y0): BackendCoord,
        (x1, y1): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let segments = self.contour([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], true);
        self.draw(segments, style, fill);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let segments = self.contour(path, false);
        self.stroke(segments, style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = self.point(center);
        let radius = radius as f32 / PIXELS_PER_POINT;
        let square = Rect::new(x - radius, y - radius, 2.0 * radius, 2.0 * radius);
        self.draw(round_rect_segments(square, radius), style, fill);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vertices: I,
        style: &S,
    ) -> Drawn {
        let segments = self.contour(vertices, true);
        self.fill(segments, style.color());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, position: BackendCoord) -> Drawn {
        if text.is_empty() || style.color().alpha <= 0.0 {
            return Ok(());
        }
        let size = style.size() as f32 / PIXELS_PER_POINT;
        let weight = weight(style);
        let width = FontSet::in_use().width(text, size, weight);
        let along = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let across = match style.anchor().v_pos {
            VPos::Top => ASCENT * size,
            VPos::Center => CAP_HEIGHT / 2.0 * size,
            VPos::Bottom => -DESCENT * size,
        };
        let (x, y) = self.point(position);
        let (at, turn) = match style.transform() {
            FontTransform::Rotate270 => ((x + across, y - along), UPWARD),
            _ => ((x + along, y + across), 0.0),
        };
        let opaque = Paint::from(paint(style.color()).color);
        self.page.turned_text(at, size, weight, opaque, turn, text);
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<NoError>> {
        let size = style.size() as f32;
        let width = FontSet::in_use().width(text, size, weight(style));
        Ok((width.ceil() as u32, (size * (ASCENT + DESCENT)).ceil() as u32))
    }
}
