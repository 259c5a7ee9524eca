//! The display list that every writer reads: SVG for the browser, PDF for paper, PNG for mail.
//!
//! Lengths are points (1/72 inch), y grows downward, the origin is the top left corner.

mod brand_fonts;
mod fonts;
mod legible;
mod links;
mod logo;
pub mod pdf;
mod plotters;
mod png;
mod raster;
mod scale;
mod structure;
mod svg;
mod vector_image;

use std::sync::Arc;

pub use brand_fonts::{brand_fonts, check_font};
pub use fonts::{FaceId, FontSet, Glyph, Run, Weight};
pub use legible::legible;
pub use logo::{Logo, LogoError};
pub use plotters::{NoError, PIXELS_PER_POINT, Recorder};
pub use png::{PngError, png};
pub use raster::{Raster, RasterError};
pub use structure::{HeaderScope, Span, TableId, Tag};
pub use svg::{stylesheet, svg, svg_file};
pub use vector_image::{FillRule, VectorImage, VectorImageError, VectorStep};

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour with an opacity from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paint {
    /// The colour.
    pub color: Rgb,
    /// 0 is invisible, 1 is opaque.
    pub opacity: f32,
}

impl From<Rgb> for Paint {
    fn from(color: Rgb) -> Self {
        Self { color, opacity: 1.0 }
    }
}

/// A line along a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub paint: Paint,
    /// Its width in points.
    pub width: f32,
    /// Lengths of dash and gap in points; `None` for a solid line.
    pub dash: Option<(f32, f32)>,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Segment {
    /// Starts a new contour.
    MoveTo(f32, f32),
    /// A straight line.
    LineTo(f32, f32),
    /// A cubic Bézier curve: two control points and the end.
    CurveTo(f32, f32, f32, f32, f32, f32),
    /// Closes the contour.
    Close,
}

/// An axis-parallel rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Rect {
    /// A rectangle from its top left corner and size.
    pub fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    /// The right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// The bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// The same rectangle, smaller by `dx` on the left and right and `dy` on top and bottom.
    #[must_use]
    pub fn inset(&self, dx: f32, dy: f32) -> Self {
        Self::new(
            self.x + dx,
            self.y + dy,
            (self.width - 2.0 * dx).max(0.0),
            (self.height - 2.0 * dy).max(0.0),
        )
    }
}

/// One drawing step.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// A line of text on one baseline.
    Text {
        /// Where the baseline begins, and what the text turns about.
        x: f32,
        /// The height of that point.
        y: f32,
        /// Font size in points.
        size: f32,
        /// Regular or bold.
        weight: Weight,
        /// Its colour.
        color: Rgb,
        /// The text, without line breaks.
        text: String,
        /// Degrees counter-clockwise: 0 reads from left to right, [`UPWARD`] from bottom to top.
        turn: f32,
        /// 0 is invisible, 1 is opaque.
        opacity: f32,
    },
    /// A filled and/or stroked path.
    Path {
        /// The contours.
        segments: Vec<Segment>,
        /// How it is filled, if it is.
        fill: Option<Paint>,
        /// How its outline is drawn, if it is.
        stroke: Option<Stroke>,
    },
    /// Hides what is drawn outside, until the matching [`Op::PopClip`].
    PushClip(Rect),
    /// Ends the last clip.
    PopClip,
    /// Makes an area lead to an address.
    Link {
        /// The area.
        area: Rect,
        /// An absolute URL, or a path of the server until [`Page::resolve_links`].
        url: String,
    },
    /// An entry of the document outline at this height of the page.
    Bookmark {
        /// Its title.
        title: String,
        /// How deep it is: 1 is the top. An entry stands below the last one before it, on this or an
        /// earlier page, whose level is less.
        level: u8,
        /// Where it leads to.
        y: f32,
    },
    /// A picture of pixels, stretched to an area. The same [`Arc`] on many pages is stored once.
    Image {
        /// Where it stands.
        area: Rect,
        /// The picture.
        image: Arc<Raster>,
    },
    /// A picture of paths, stretched to an area.
    Drawing {
        /// Where it stands.
        area: Rect,
        /// The picture.
        image: Arc<VectorImage>,
    },
    /// What follows means this, until the matching [`Op::End`]; see [`Tag`].
    Begin(Tag),
    /// Ends the last [`Op::Begin`] of this page.
    End,
}

/// The turn of text that reads from bottom to top, in degrees.
pub const UPWARD: f32 = 90.0;

/// A surface of fixed size with what is drawn on it, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Width in points.
    pub width: f32,
    /// Height in points.
    pub height: f32,
    /// What is drawn.
    pub ops: Vec<Op>,
}

impl Page {
    /// An empty page.
    pub fn new(width: f32, height: f32) -> Self {
        Self { width, height, ops: Vec::new() }
    }

    /// Draws text with its left end at (`x`, `baseline`).
    pub fn text(&mut self, x: f32, baseline: f32, size: f32, weight: Weight, color: Rgb, text: &str) {
        self.turned_text((x, baseline), size, weight, Paint::from(color), 0.0, text);
    }

    /// Draws text whose baseline begins at `at` and rises by `turn` degrees counter-clockwise.
    pub fn turned_text(
        &mut self,
        (x, y): (f32, f32),
        size: f32,
        weight: Weight,
        paint: Paint,
        turn: f32,
        text: &str,
    ) {
        let Paint { color, opacity } = paint;
        self.ops.push(Op::Text { x, y, size, weight, color, text: text.to_owned(), turn, opacity });
    }

    /// Gives what `draw` draws the meaning of `tag`.
    pub fn tagged<R>(&mut self, tag: Tag, draw: impl FnOnce(&mut Self) -> R) -> R {
        self.ops.push(Op::Begin(tag));
        let result = draw(self);
        self.ops.push(Op::End);
        result
    }

    /// Fills a rectangle.
    pub fn fill_rect(&mut self, rect: Rect, paint: impl Into<Paint>) {
        let segments = vec![
            Segment::MoveTo(rect.x, rect.y),
            Segment::LineTo(rect.right(), rect.y),
            Segment::LineTo(rect.right(), rect.bottom()),
            Segment::LineTo(rect.x, rect.bottom()),
            Segment::Close,
        ];
        self.ops.push(Op::Path { segments, fill: Some(paint.into()), stroke: None });
    }

    /// Draws a rectangle with round corners of radius `radius`.
    pub fn round_rect(&mut self, rect: Rect, radius: f32, fill: Option<Paint>, stroke: Option<Stroke>) {
        self.ops.push(Op::Path { segments: round_rect_segments(rect, radius), fill, stroke });
    }

    /// Draws a straight line.
    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), stroke: Stroke) {
        let segments = vec![Segment::MoveTo(from.0, from.1), Segment::LineTo(to.0, to.1)];
        self.ops.push(Op::Path { segments, fill: None, stroke: Some(stroke) });
    }
}

/// The contour of a rectangle with round corners; a circle when the radius is half its side.
pub fn round_rect_segments(rect: Rect, radius: f32) -> Vec<Segment> {
    // A quarter circle as a cubic Bézier: the control points stand 0.5523 radii from the ends.
    let (r, k) = (radius, radius * (1.0 - 0.552_284_8));
    let (x0, y0, x1, y1) = (rect.x, rect.y, rect.right(), rect.bottom());
    vec![
        Segment::MoveTo(x0 + r, y0),
        Segment::LineTo(x1 - r, y0),
        Segment::CurveTo(x1 - k, y0, x1, y0 + k, x1, y0 + r),
        Segment::LineTo(x1, y1 - r),
        Segment::CurveTo(x1, y1 - k, x1 - k, y1, x1 - r, y1),
        Segment::LineTo(x0 + r, y1),
        Segment::CurveTo(x0 + k, y1, x0, y1 - k, x0, y1 - r),
        Segment::LineTo(x0, y0 + r),
        Segment::CurveTo(x0, y0 + k, x0 + k, y0, x0 + r, y0),
        Segment::Close,
    ]
}
