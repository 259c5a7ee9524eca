//! One page of the display list on a page of krilla.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Rect as Area, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule as Rule, Stroke as Line, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};

use super::outline::Bookmark;
use super::structure::{ElementId, Place, Structure};
use super::text::{self, Fonts};
use crate::render::canvas::pdf::{PdfError, is_web_address, rounded, turned};
use crate::render::canvas::{
    FillRule, Op, Paint, Raster, Rect, Rgb, Segment, Stroke, VectorStep, Weight, legible,
};

/// A page being drawn, with what it shares with the others.
pub(super) struct Sheet<'a> {
    pub(super) page: krilla::page::Page<'a>,
    /// From 0.
    pub(super) number: usize,
    /// `None` for a file without structure.
    pub(super) structure: Option<&'a mut Structure>,
    pub(super) bookmarks: &'a mut Vec<Bookmark>,
    pub(super) pictures: &'a mut BTreeMap<[u8; 32], Image>,
    pub(super) missing: &'a mut BTreeSet<char>,
    pub(super) fonts: &'a Fonts,
}

impl Sheet<'_> {
    pub(super) fn draw(&mut self, ops: Vec<Op>) -> Result<(), PdfError> {
        let mut links: Vec<(Area, String, Option<ElementId>)> = Vec::new();
        let mut pen = Pen {
            surface: self.page.surface(),
            fonts: self.fonts,
            structure: self.structure.as_deref_mut(),
            current: None,
            clips: 0,
        };
        for op in ops {
            match op {
                Op::Text { x, y, size, weight, color, text, turn, opacity } => {
                    let is_drawn = [x, y, size, turn, opacity].iter().all(|number| number.is_finite());
                    if is_drawn && size > 0.0 && opacity > 0.0 {
                        let text = legible(&text, self.missing);
                        pen.text((x, y), size, weight, Paint { color, opacity }, turn, &text);
                    }
                }
                Op::Path { segments, fill, stroke } => {
                    pen.path(&segments, FillRule::NonZero, fill, stroke);
                }
                Op::PushClip(area) => pen.push_clip(area),
                Op::PopClip => pen.pop_clip(),
                Op::Image { area, image } => {
                    let known = self.pictures.get(image.digest()).cloned();
                    let picture = known.map_or_else(|| picture(&image), Ok)?;
                    self.pictures.entry(*image.digest()).or_insert_with(|| picture.clone());
                    pen.image(area, picture);
                }
                Op::Drawing { area, image } => {
                    for step in image.steps_in(area) {
                        match step {
                            VectorStep::Fill { segments, rule, paint } => {
                                pen.path(&segments, rule, Some(paint), None);
                            }
                            VectorStep::PushClip(area) => pen.push_clip(area),
                            VectorStep::PopClip => pen.pop_clip(),
                        }
                    }
                }
                Op::Link { area, url } => {
                    if let Some(area) = finite(area).filter(|_| is_web_address(&url)) {
                        links.push((area, url, pen.structure.as_mut().map(|tree| tree.place_of_link())));
                    }
                }
                Op::Bookmark { title, level, y } => {
                    let y = if y.is_finite() { y } else { 0.0 };
                    self.bookmarks.push(Bookmark { title, level, page: self.number, y });
                }
                Op::Begin(tag) => {
                    if let Some(structure) = &mut pen.structure {
                        structure.begin(tag);
                    }
                }
                Op::End => {
                    if let Some(structure) = &mut pen.structure {
                        structure.end();
                    }
                }
            }
        }
        pen.finish();
        for (area, url, element) in links {
            let target = Target::Action(Action::Link(LinkAction::new(url.clone())));
            let annotation = Annotation::new_link(LinkAnnotation::new(area, target), Some(url));
            match (&mut self.structure, element) {
                (Some(structure), Some(element)) => {
                    let content = self.page.add_tagged_annotation(annotation);
                    structure.put(element, content);
                }
                _ => self.page.add_annotation(annotation),
            }
        }
        if let Some(structure) = &mut self.structure {
            structure.end_page();
        }
        Ok(())
    }
}

struct Pen<'a> {
    surface: Surface<'a>,
    fonts: &'a Fonts,
    structure: Option<&'a mut Structure>,
    /// What the marked content that is open belongs to.
    current: Option<Place>,
    clips: usize,
}

impl Pen<'_> {
    /// Marks what is drawn next as belonging to `place`.
    fn belong(&mut self, place: Place) {
        let Some(structure) = &mut self.structure else { return };
        if self.current == Some(place) {
            return;
        }
        if self.current.is_some() {
            self.surface.end_tagged();
        }
        match place {
            Place::Artifact => {
                let artifact = Artifact::with_kind(ArtifactType::Other);
                self.surface.start_tagged(ContentTag::Artifact(artifact));
            }
            Place::Element(element) => {
                let tag = match structure.figure() {
                    Some(_) => ContentTag::Other,
                    None => ContentTag::Span(SpanTag::empty()),
                };
                let content = self.surface.start_tagged(tag);
                structure.put(element, content);
            }
        }
        self.current = Some(place);
    }

    /// Ends the marked content, which may not reach over a clip.
    fn pause(&mut self) {
        if self.current.take().is_some() {
            self.surface.end_tagged();
        }
    }

    /// What is no text is read only as a part of a figure.
    fn belong_to_figure(&mut self) {
        if let Some(structure) = &self.structure {
            let place = structure.figure().map_or(Place::Artifact, Place::Element);
            self.belong(place);
        }
    }

    fn text(&mut self, at: (f32, f32), size: f32, weight: Weight, paint: Paint, turn: f32, text: &str) {
        if text.is_empty() {
            return;
        }
        let place = self.structure.as_mut().map(|structure| structure.place_of_text(text));
        let (x, y) = (rounded(at.0), rounded(at.1));
        let is_turned = turn != 0.0;
        if is_turned {
            // Marked content may not reach over a transform any more than over a clip.
            self.pause();
            let (sin, cos) = turned(turn);
            self.surface.push_transform(&Transform::from_row(cos, -sin, sin, cos, x, y));
        }
        if let Some(place) = place {
            self.belong(place);
        }
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(filled(paint, FillRule::NonZero)));
        let at = if is_turned { (0.0, 0.0) } else { (x, y) };
        text::draw(&mut self.surface, self.fonts, at, rounded(size), weight, text);
        if is_turned {
            self.pause();
            self.surface.pop();
        }
    }

    fn path(&mut self, segments: &[Segment], rule: FillRule, fill: Option<Paint>, stroke: Option<Stroke>) {
        let fill = fill.filter(|paint| paint.opacity > 0.0);
        let stroke = stroke.filter(|stroke| stroke.paint.opacity > 0.0 && stroke.width > 0.0);
        if fill.is_none() && stroke.is_none() {
            return;
        }
        let Some(path) = path(segments) else { return };
        self.belong_to_figure();
        self.surface.set_fill(fill.map(|paint| filled(paint, rule)));
        self.surface.set_stroke(stroke.map(line));
        self.surface.draw_path(&path);
    }

    fn image(&mut self, area: Rect, image: Image) {
        let Some(size) = Size::from_wh(rounded(area.width), rounded(area.height)) else { return };
        if !(area.x.is_finite() && area.y.is_finite()) {
            return;
        }
        self.pause();
        self.surface.push_transform(&Transform::from_translate(rounded(area.x), rounded(area.y)));
        self.belong_to_figure();
        self.surface.draw_image(image, size);
        self.pause();
        self.surface.pop();
    }

    fn push_clip(&mut self, area: Rect) {
        self.pause();
        let Rect { x, y, .. } = area;
        let (right, bottom) = (area.right(), area.bottom());
        let corners = [
            Segment::MoveTo(x, y),
            Segment::LineTo(right, y),
            Segment::LineTo(right, bottom),
            Segment::LineTo(x, bottom),
            Segment::Close,
        ];
        // An area that is none hides everything, as it does elsewhere.
        let nothing = [Segment::MoveTo(0.0, 0.0), Segment::LineTo(0.0, 0.0), Segment::Close];
        if let Some(path) = path(&corners).or_else(|| path(&nothing)) {
            self.surface.push_clip_path(&path, &Rule::NonZero);
            self.clips += 1;
        }
    }

    fn pop_clip(&mut self) {
        if self.clips > 0 {
            self.pause();
            self.surface.pop();
            self.clips -= 1;
        }
    }

    fn finish(mut self) {
        self.pause();
        while self.clips > 0 {
            self.pop_clip();
        }
        self.surface.finish();
    }
}

fn picture(image: &Arc<Raster>) -> Result<Image, PdfError> {
    let unreadable = |problem: String| PdfError::Structure { part: "picture", problem };
    let (width, height) = image.size();
    match image.jpeg() {
        Some((file, _)) => Image::from_jpeg(file.to_vec().into(), false).map_err(unreadable),
        None => Ok(Image::from_rgba8(image.rgba().to_vec(), width, height)),
    }
}

fn filled(paint: Paint, rule: FillRule) -> Fill {
    let rule = match rule {
        FillRule::NonZero => Rule::NonZero,
        FillRule::EvenOdd => Rule::EvenOdd,
    };
    Fill { paint: color(paint.color).into(), opacity: opacity(paint), rule }
}

fn line(stroke: Stroke) -> Line {
    let dash =
        stroke.dash.map(|(dash, gap)| StrokeDash { array: vec![rounded(dash), rounded(gap)], offset: 0.0 });
    let (paint, opacity) = (color(stroke.paint.color).into(), opacity(stroke.paint));
    Line { paint, opacity, width: rounded(stroke.width), dash, ..Line::default() }
}

fn color(Rgb(red, green, blue): Rgb) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn opacity(paint: Paint) -> NormalizedF32 {
    NormalizedF32::new(paint.opacity.clamp(0.0, 1.0)).unwrap_or(NormalizedF32::ONE)
}

fn finite(area: Rect) -> Option<Area> {
    Area::from_xywh(rounded(area.x), rounded(area.y), rounded(area.width), rounded(area.height))
}

/// `None` for a path without extent or with coordinates that are no numbers.
fn path(segments: &[Segment]) -> Option<Path> {
    let mut builder = PathBuilder::new();
    let r = rounded;
    for segment in segments {
        match *segment {
            Segment::MoveTo(x, y) => builder.move_to(r(x), r(y)),
            Segment::LineTo(x, y) => builder.line_to(r(x), r(y)),
            Segment::CurveTo(x1, y1, x2, y2, x, y) => {
                builder.cubic_to(r(x1), r(y1), r(x2), r(y2), r(x), r(y));
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}
