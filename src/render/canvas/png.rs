//! The display list as a PNG, for mail programs that show no SVG.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Mask, Paint as Ink, PathBuilder, Pixmap, StrokeDash, Transform,
};
use ttf_parser::{GlyphId, OutlineBuilder};

use super::{FontSet, Op, Page, Paint, Rect, Rgb, Segment, Weight};

/// Images are at most this many pixels wide and high.
const LARGEST: f32 = 8_000.0;

/// Why there is no image.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// The size is nothing, or too much.
    #[error("a page of {width} × {height} pixels cannot be an image; use 1 to 8000 each, by a smaller scale")]
    Size {
        /// Pixels across.
        width: f32,
        /// Pixels down.
        height: f32,
    },
    /// The encoder failed.
    #[error("the image could not be encoded: {0}")]
    Encoding(String),
}

impl PngError {
    /// Whose fault it is.
    pub fn kind(&self) -> crate::error::Kind {
        match self {
            Self::Size { .. } => crate::error::Kind::BadRequest,
            Self::Encoding(_) => crate::error::Kind::Bug,
        }
    }
}

/// Draws `page` on white with `scale` pixels per point.
pub fn png(page: &Page, scale: f32) -> Result<Vec<u8>, PngError> {
    let (width, height) = ((page.width * scale).round(), (page.height * scale).round());
    let size = || PngError::Size { width, height };
    if !(1.0..=LARGEST).contains(&width) || !(1.0..=LARGEST).contains(&height) {
        return Err(size());
    }
    let mut painter = Painter {
        pixmap: Pixmap::new(width as u32, height as u32).ok_or_else(size)?,
        to_pixels: Transform::from_scale(scale, scale),
        clips: Vec::new(),
    };
    painter.pixmap.fill(Color::WHITE);
    for op in &page.ops {
        painter.draw(op);
    }
    painter.pixmap.encode_png().map_err(|error| PngError::Encoding(error.to_string()))
}

struct Painter {
    pixmap: Pixmap,
    to_pixels: Transform,
    /// The areas to draw in, each already cut by the one before.
    clips: Vec<Option<Mask>>,
}

impl Painter {
    fn draw(&mut self, op: &Op) {
        match op {
            Op::Path { segments, fill, stroke } => {
                let Some(path) = path(segments) else { return };
                let mask = self.clips.last().and_then(Option::as_ref);
                if let Some(paint) = fill {
                    self.pixmap.fill_path(&path, &ink(*paint), FillRule::Winding, self.to_pixels, mask);
                }
                if let Some(stroke) = stroke {
                    let line = tiny_skia::Stroke {
                        width: stroke.width,
                        line_cap: LineCap::Butt,
                        line_join: LineJoin::Round,
                        dash: stroke.dash.and_then(|(dash, gap)| StrokeDash::new(vec![dash, gap], 0.0)),
                        ..tiny_skia::Stroke::default()
                    };
                    self.pixmap.stroke_path(&path, &ink(stroke.paint), &line, self.to_pixels, mask);
                }
            }
            Op::Text { x, y, size, weight, color, text, upward } => {
                let turn = if *upward { -90.0 } else { 0.0 };
                let place = self.to_pixels.pre_translate(*x, *y).pre_rotate(turn);
                self.text(text, place, *size, *weight, *color);
            }
            Op::PushClip(area) => {
                let mask = self.narrowed(*area);
                self.clips.push(mask);
            }
            Op::PopClip => {
                self.clips.pop();
            }
            Op::Link { .. } | Op::Bookmark { .. } => {}
        }
    }

    /// What the last clip leaves of `area`; an area of no size leaves nothing.
    fn narrowed(&self, area: Rect) -> Option<Mask> {
        let blank = Mask::new(self.pixmap.width(), self.pixmap.height());
        let Some(outline) = tiny_skia::Rect::from_xywh(area.x, area.y, area.width, area.height) else {
            return blank;
        };
        let outline = PathBuilder::from_rect(outline);
        if let Some(Some(outer)) = self.clips.last() {
            let mut mask = outer.clone();
            mask.intersect_path(&outline, FillRule::Winding, true, self.to_pixels);
            return Some(mask);
        }
        let mut mask = blank?;
        mask.fill_path(&outline, FillRule::Winding, true, self.to_pixels);
        Some(mask)
    }

    fn text(&mut self, text: &str, place: Transform, size: f32, weight: Weight, color: Rgb) {
        let fonts = FontSet::bundled();
        let mask = self.clips.last().and_then(Option::as_ref);
        let mut outline = Outline { builder: PathBuilder::new(), x: 0.0, scale: 1.0 };
        for run in fonts.runs(text, size, weight) {
            outline.scale = size / fonts.units_per_em(run.face);
            for c in run.text.chars() {
                // A character without a glyph leaves its half em empty, as it was measured.
                let glyph = fonts.face_for(c, weight).and_then(|face| fonts.glyph(face, c));
                if let Some(glyph) = glyph {
                    fonts.face(run.face).outline_glyph(GlyphId(glyph.id), &mut outline);
                }
                outline.x += fonts.advance(c, weight) * size;
            }
        }
        if let Some(path) = outline.builder.finish() {
            self.pixmap.fill_path(&path, &ink(color.into()), FillRule::Winding, place, mask);
        }
    }
}

/// Collects glyph outlines along a baseline; font units grow upward, points downward.
struct Outline {
    builder: PathBuilder,
    x: f32,
    scale: f32,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, -y * self.scale)
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.builder.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}

fn path(segments: &[Segment]) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for segment in segments {
        match *segment {
            Segment::MoveTo(x, y) => builder.move_to(x, y),
            Segment::LineTo(x, y) => builder.line_to(x, y),
            Segment::CurveTo(x1, y1, x2, y2, x, y) => builder.cubic_to(x1, y1, x2, y2, x, y),
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn ink(paint: Paint) -> Ink<'static> {
    let Rgb(red, green, blue) = paint.color;
    let mut ink = Ink::default();
    ink.set_color_rgba8(red, green, blue, (paint.opacity.clamp(0.0, 1.0) * 255.0).round() as u8);
    ink.anti_alias = true;
    ink
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_leaves_ink_and_clips_hold_it() {
        let mut page = Page::new(40.0, 20.0);
        page.text(2.0, 15.0, 12.0, Weight::Bold, Rgb(0, 0, 0), "매출銷1");
        let seen = png(&page, 2.0).unwrap();
        let dark = |png: &[u8]| {
            Pixmap::decode_png(png).unwrap().pixels().iter().filter(|pixel| pixel.red() < 128).count()
        };
        assert!(dark(&seen) > 100, "{}", dark(&seen));
        page.ops.insert(0, Op::PushClip(Rect::new(0.0, 0.0, 1.0, 1.0)));
        assert_eq!(dark(&png(&page, 2.0).unwrap()), 0);
    }

    #[test]
    fn sizes_beyond_reason_are_refused() {
        for (width, scale) in [(0.0, 1.0), (1e6, 1.0), (10.0, f32::NAN)] {
            assert!(matches!(png(&Page::new(width, 10.0), scale), Err(PngError::Size { .. })));
        }
    }
}
