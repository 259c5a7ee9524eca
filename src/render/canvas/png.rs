//! The display list as a PNG, for mail programs that show no SVG.

use tiny_skia::{
    Color, ColorU8, FillRule, FilterQuality, IntSize, LineCap, LineJoin, Mask, Paint as Ink, PathBuilder,
    Pixmap, PixmapPaint, PremultipliedColorU8, StrokeDash, Transform,
};
use ttf_parser::{GlyphId, OutlineBuilder};

use super::{FontSet, Op, Page, Paint, Raster, Rect, Rgb, Segment, VectorStep, Weight};

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
            Op::Text { x, y, size, weight, color, text, turn, opacity } => {
                let place = self.to_pixels.pre_translate(*x, *y).pre_rotate(-turn);
                self.text(text, place, *size, *weight, Paint { color: *color, opacity: *opacity });
            }
            Op::Image { area, image } => self.image(*area, image),
            Op::Drawing { area, image } => {
                for step in image.steps_in(*area) {
                    self.step(&step);
                }
            }
            Op::PushClip(area) => self.push_clip(*area),
            Op::PopClip => {
                self.clips.pop();
            }
            Op::Link { .. } | Op::Bookmark { .. } | Op::Begin(_) | Op::End => {}
        }
    }

    fn push_clip(&mut self, area: Rect) {
        let mask = self.narrowed(area);
        self.clips.push(mask);
    }

    fn step(&mut self, step: &VectorStep) {
        match step {
            VectorStep::Fill { segments, rule, paint } => {
                let rule = match rule {
                    super::FillRule::NonZero => FillRule::Winding,
                    super::FillRule::EvenOdd => FillRule::EvenOdd,
                };
                let mask = self.clips.last().and_then(Option::as_ref);
                if let Some(path) = path(segments) {
                    self.pixmap.fill_path(&path, &ink(*paint), rule, self.to_pixels, mask);
                }
            }
            VectorStep::PushClip(area) => self.push_clip(*area),
            VectorStep::PopClip => {
                self.clips.pop();
            }
        }
    }

    fn image(&mut self, area: Rect, image: &Raster) {
        let (width, height) = image.size();
        let pixels = image.rgba().as_chunks::<4>().0.iter();
        let pixels = pixels.flat_map(|[r, g, b, a]| {
            let color = ColorU8::from_rgba(*r, *g, *b, *a).premultiply();
            [color.red(), color.green(), color.blue(), color.alpha()]
        });
        let size = IntSize::from_wh(width, height);
        let Some(mut shown) = size.and_then(|size| Pixmap::from_vec(pixels.collect(), size)) else { return };
        // Filters look at few pixels: a picture much larger than its place is halved before.
        while area.width * self.to_pixels.sx * 2.0 <= shown.width() as f32
            && let Some(half) = halved(&shown)
        {
            shown = half;
        }
        let place = self
            .to_pixels
            .pre_translate(area.x, area.y)
            .pre_scale(area.width / shown.width() as f32, area.height / shown.height() as f32);
        let look = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
        let mask = self.clips.last().and_then(Option::as_ref);
        self.pixmap.draw_pixmap(0, 0, shown.as_ref(), &look, place, mask);
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

    fn text(&mut self, text: &str, place: Transform, size: f32, weight: Weight, paint: Paint) {
        let fonts = FontSet::in_use();
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
            self.pixmap.fill_path(&path, &ink(paint), FillRule::Winding, place, mask);
        }
    }
}

/// The picture at half its size, each pixel the mean of four; `None` for one too small for that.
fn halved(picture: &Pixmap) -> Option<Pixmap> {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let mut half = Pixmap::new(width, height)?;
    let across = picture.width() as usize;
    let mut pairs = picture.pixels().chunks_exact(across * 2);
    for row in half.pixels_mut().chunks_exact_mut(width as usize) {
        let (upper, lower) = pairs.next()?.split_at(across);
        for ((pixel, upper), lower) in row.iter_mut().zip(upper.chunks_exact(2)).zip(lower.chunks_exact(2)) {
            let mean = |part: fn(PremultipliedColorU8) -> u8| {
                let sum: u16 = upper.iter().chain(lower).map(|pixel| u16::from(part(*pixel))).sum();
                ((sum + 2) / 4) as u8
            };
            let (red, green) = (mean(PremultipliedColorU8::red), mean(PremultipliedColorU8::green));
            let (blue, alpha) = (mean(PremultipliedColorU8::blue), mean(PremultipliedColorU8::alpha));
            *pixel = PremultipliedColorU8::from_rgba(red, green, blue, alpha)?;
        }
    }
    Some(half)
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

    fn pixel(png: &[u8], x: u32, y: u32) -> (u8, u8, u8) {
        let pixel = Pixmap::decode_png(png).unwrap().pixel(x, y).unwrap();
        (pixel.red(), pixel.green(), pixel.blue())
    }

    #[test]
    fn pictures_are_blended_scaled_and_clipped() {
        // 64 × 64, its right half clear: four times too large for its place.
        let pixels = (0..64 * 64).flat_map(|index| [200, 0, 0, if index % 64 < 32 { 255 } else { 0 }]);
        let image = std::sync::Arc::new(Raster::from_rgba(64, 64, pixels.collect()).unwrap());
        let mut page = Page::new(20.0, 20.0);
        page.ops.push(Op::PushClip(Rect::new(0.0, 0.0, 20.0, 10.0)));
        page.ops.push(Op::Image { area: Rect::new(2.0, 2.0, 16.0, 16.0), image });
        page.ops.push(Op::PopClip);
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 3 3'>\
                   <path fill='#00f' fill-rule='evenodd' d='M0 0h3v3h-3zM1 1h1v1h-1z'/></svg>";
        let logo = super::super::Logo::read(svg.as_bytes()).unwrap();
        logo.draw(&mut page, Rect::new(11.0, 11.0, 9.0, 9.0));
        let seen = png(&page, 1.0).unwrap();
        assert_eq!(pixel(&seen, 4, 4), (200, 0, 0));
        assert_eq!(pixel(&seen, 14, 4), (255, 255, 255), "clear");
        assert_eq!(pixel(&seen, 4, 14), (255, 255, 255), "clipped");
        assert_eq!(pixel(&seen, 12, 12), (0, 0, 255));
        assert_eq!(pixel(&seen, 15, 15), (255, 255, 255), "the hole");
    }

    #[test]
    fn text_turns_about_its_beginning_and_can_be_faint() {
        let mut page = Page::new(40.0, 40.0);
        let paint = Paint { color: Rgb(0, 0, 0), opacity: 0.25 };
        page.turned_text((30.0, 38.0), 12.0, Weight::Bold, paint, 90.0, "■■■");
        let image = Pixmap::decode_png(&png(&page, 1.0).unwrap()).unwrap();
        let inked = |x: u32, y: u32| image.pixel(x, y).unwrap().red() < 255;
        assert!((5..38).any(|y| inked(25, y)) && !(0..20).any(|x| (0..40).any(|y| inked(x, y))));
        assert_eq!(image.pixels().iter().map(|pixel| pixel.red()).min(), Some(191));
    }

    #[test]
    fn sizes_beyond_reason_are_refused() {
        for (width, scale) in [(0.0, 1.0), (1e6, 1.0), (10.0, f32::NAN)] {
            assert!(matches!(png(&Page::new(width, 10.0), scale), Err(PngError::Size { .. })));
        }
    }
}
