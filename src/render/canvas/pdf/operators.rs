//! One page of the display list as printpdf operators, with as few of them as will do.

use std::collections::BTreeMap;
use std::sync::Arc;

use printpdf as pp;

use super::embedding::{UsedGlyphs, font_id};
use super::pictures::Pictures;
use super::{is_web_address, rounded, turned};
use crate::render::canvas::{
    FaceId, FillRule, FontSet, Op, Paint, Raster, Rect, Rgb, Segment, Stroke, VectorStep, Weight, legible,
};

/// The opacities in use, of fill and stroke in thousandths; each pair is a resource of the file.
#[derive(Default)]
pub(super) struct Opacities {
    pairs: BTreeMap<(u16, u16), pp::ExtendedGraphicsStateId>,
}

impl Opacities {
    fn id(&mut self, fill: f32, stroke: f32) -> pp::ExtendedGraphicsStateId {
        let key = ((fill * 1000.0) as u16, (stroke * 1000.0) as u16);
        let name = || pp::ExtendedGraphicsStateId(format!("A{}-{}", key.0, key.1));
        self.pairs.entry(key).or_insert_with(name).clone()
    }

    /// Adds the resources to the document.
    pub(super) fn register(&self, document: &mut pp::PdfDocument) {
        for ((fill, stroke), id) in &self.pairs {
            let state = pp::ExtendedGraphicsState::default()
                .with_current_fill_alpha(f32::from(*fill) / 1000.0)
                .with_current_stroke_alpha(f32::from(*stroke) / 1000.0);
            document.resources.extgstates.map.insert(id.clone(), state);
        }
    }
}

/// What the viewer's graphics state holds, so that nothing is set twice.
#[derive(Clone, Copy, Default, PartialEq)]
struct State {
    fill: Option<Rgb>,
    stroke: Option<Rgb>,
    width: Option<f32>,
    /// `None` for a solid line, which is what a page begins with.
    dash: Option<(f32, f32)>,
    font: Option<(FaceId, f32)>,
}

/// An entry of the outline that leads to a height of the page, from its bottom.
pub(super) struct Bookmark {
    pub(super) title: String,
    pub(super) level: u8,
    pub(super) top: f32,
}

/// Writes one page.
pub(super) struct Translator<'a> {
    height: f32,
    glyphs: &'a mut UsedGlyphs,
    opacities: &'a mut Opacities,
    pictures: &'a mut Pictures,
    ops: Vec<pp::Op>,
    bookmarks: Vec<Bookmark>,
    state: State,
    saved: Vec<State>,
    in_text: bool,
}

impl<'a> Translator<'a> {
    pub(super) fn new(
        height: f32,
        glyphs: &'a mut UsedGlyphs,
        opacities: &'a mut Opacities,
        pictures: &'a mut Pictures,
    ) -> Self {
        let (ops, bookmarks, saved) = (Vec::new(), Vec::new(), Vec::new());
        let state = State::default();
        Self { height, glyphs, opacities, pictures, ops, bookmarks, state, saved, in_text: false }
    }

    /// The operators and the bookmarks.
    pub(super) fn finish(mut self) -> (Vec<pp::Op>, Vec<Bookmark>) {
        self.end_text();
        while !self.saved.is_empty() {
            self.restore();
        }
        (self.ops, self.bookmarks)
    }

    pub(super) fn translate(&mut self, op: Op) {
        match op {
            Op::Text { x, y, size, weight, color, text, turn, opacity } => {
                let is_drawn = [x, y, size, turn].iter().all(|number| number.is_finite()) && size > 0.0;
                let opacity = opacity.clamp(0.0, 1.0);
                if is_drawn && opacity > 0.0 {
                    self.faintly((opacity < 1.0).then_some((opacity, 1.0)), |this| {
                        this.text((x, y), size, weight, color, &text, turn);
                    });
                }
            }
            Op::Path { segments, fill, stroke } => self.path(&segments, FillRule::NonZero, fill, stroke),
            Op::PushClip(area) => self.clip(area),
            Op::PopClip => self.restore(),
            Op::Link { area, url } => self.link(area, url),
            Op::Bookmark { title, level, y } => {
                self.bookmarks.push(Bookmark { title, level, top: rounded(self.height - y) });
            }
            Op::Image { area, image } => self.image(area, &image),
            Op::Drawing { area, image } => {
                for step in image.steps_in(area) {
                    match step {
                        VectorStep::Fill { segments, rule, paint } => {
                            self.path(&segments, rule, Some(paint), None);
                        }
                        VectorStep::PushClip(area) => self.clip(area),
                        VectorStep::PopClip => self.restore(),
                    }
                }
            }
            // printpdf writes no structure tree.
            Op::Begin(_) | Op::End => {}
        }
    }

    /// Draws with the opacities of fill and stroke; `None` for fully opaque.
    fn faintly(&mut self, opacities: Option<(f32, f32)>, draw: impl FnOnce(&mut Self)) {
        let Some((fill, stroke)) = opacities else { return draw(self) };
        self.save();
        let gs = self.opacities.id(fill, stroke);
        self.ops.push(pp::Op::LoadGraphicsState { gs });
        draw(self);
        self.restore();
    }

    fn image(&mut self, area: Rect, image: &Arc<Raster>) {
        if ![area.x, area.y, area.width, area.height].iter().all(|number| number.is_finite()) {
            return;
        }
        self.end_text();
        let id = self.pictures.id(image);
        let [x, y] = [rounded(area.x), rounded(self.height - area.bottom())];
        let matrix = pp::CurTransMat::Raw([rounded(area.width), 0.0, 0.0, rounded(area.height), x, y]);
        self.ops.push(pp::Op::SaveGraphicsState);
        self.ops.push(pp::Op::SetTransformationMatrix { matrix });
        // The picture's own matrix is the identity: the one before says all.
        let transform = pp::XObjectTransform { no_auto_scale: true, ..pp::XObjectTransform::default() };
        self.ops.push(pp::Op::UseXobject { id, transform });
        self.ops.push(pp::Op::RestoreGraphicsState);
    }

    fn text(&mut self, at: (f32, f32), size: f32, weight: Weight, color: Rgb, text: &str, turn: f32) {
        let text = legible(text, &mut self.glyphs.missing);
        let runs = FontSet::in_use().runs(&text, size, weight);
        if runs.is_empty() {
            return;
        }
        if !self.in_text {
            self.ops.push(pp::Op::StartTextSection);
            self.in_text = true;
        }
        let (x, y) = (rounded(at.0), rounded(self.height - at.1));
        let (sin, cos) = turned(turn);
        let matrix = pp::TextMatrix::Raw([cos, sin, -sin, cos, x, y]);
        self.ops.push(pp::Op::SetTextMatrix { matrix });
        self.fill_color(color);
        // The pen stands at the end of a run, where the next one starts.
        for run in runs {
            self.glyphs.note(run.face, run.text);
            if self.state.font != Some((run.face, size)) {
                let font = pp::PdfFontHandle::External(font_id(run.face));
                self.ops.push(pp::Op::SetFont { font, size: pp::Pt(rounded(size)) });
                self.state.font = Some((run.face, size));
            }
            self.ops.push(pp::Op::ShowText { items: vec![pp::TextItem::Text(run.text.to_owned())] });
        }
    }

    fn path(&mut self, segments: &[Segment], rule: FillRule, fill: Option<Paint>, stroke: Option<Stroke>) {
        let Some(contours) = contours(segments, self.height) else { return };
        let fill = fill.filter(|paint| paint.opacity > 0.0);
        let stroke = stroke.filter(|stroke| stroke.paint.opacity > 0.0 && stroke.width > 0.0);
        if contours.is_empty() || (fill.is_none() && stroke.is_none()) {
            return;
        }
        self.end_text();
        let opacity = |paint: Option<Paint>| paint.map_or(1.0, |paint| paint.opacity.clamp(0.0, 1.0));
        let opacities = (opacity(fill), opacity(stroke.map(|stroke| stroke.paint)));
        self.faintly(Some(opacities).filter(|both| *both != (1.0, 1.0)), |this| {
            if let Some(paint) = fill {
                this.fill_color(paint.color);
            }
            if let Some(stroke) = stroke {
                this.stroke_style(stroke);
            }
            // One closed contour is painted at once; more of them would be closed by their fill only.
            let at_once = contours.len() == 1 && contours.iter().all(|contour| contour.closed);
            match (fill, stroke) {
                (Some(_), Some(_)) if at_once => this.polygon(contours, rule, pp::PaintMode::FillStroke),
                (Some(_), Some(_)) => {
                    this.polygon(contours.clone(), rule, pp::PaintMode::Fill);
                    this.lines(contours);
                }
                (Some(_), None) => this.polygon(contours, rule, pp::PaintMode::Fill),
                (None, _) => this.lines(contours),
            }
        });
    }

    fn polygon(&mut self, contours: Vec<Contour>, rule: FillRule, mode: pp::PaintMode) {
        let rings = contours.into_iter().map(|contour| pp::PolygonRing { points: contour.points }).collect();
        let winding_order = match rule {
            FillRule::NonZero => pp::WindingOrder::NonZero,
            FillRule::EvenOdd => pp::WindingOrder::EvenOdd,
        };
        let polygon = pp::Polygon { rings, mode, winding_order };
        self.ops.push(pp::Op::DrawPolygon { polygon });
    }

    fn lines(&mut self, contours: Vec<Contour>) {
        for contour in contours {
            let line = pp::Line { points: contour.points, is_closed: contour.closed };
            self.ops.push(pp::Op::DrawLine { line });
        }
    }

    fn clip(&mut self, area: Rect) {
        self.save();
        let mut rectangle = self.rectangle(area);
        rectangle.mode = Some(pp::PaintMode::Clip);
        rectangle.winding_order = Some(pp::WindingOrder::NonZero);
        self.ops.push(pp::Op::DrawRectangle { rectangle });
    }

    fn link(&mut self, area: Rect, url: String) {
        if is_web_address(&url)
            && [area.x, area.y, area.width, area.height].iter().all(|number| number.is_finite())
        {
            let border = Some(pp::BorderArray::Solid([0.0, 0.0, 0.0]));
            let rect = self.rectangle(area);
            let link = pp::LinkAnnotation::new(rect, pp::Actions::uri(url), border, None, None);
            self.ops.push(pp::Op::LinkAnnotation { link });
        }
    }

    fn rectangle(&self, area: Rect) -> pp::Rect {
        let number = |value: f32| pp::Pt(if value.is_finite() { rounded(value) } else { 0.0 });
        pp::Rect::from_xywh(
            number(area.x),
            number(self.height - area.bottom()),
            number(area.width),
            number(area.height),
        )
    }

    fn fill_color(&mut self, color: Rgb) {
        if self.state.fill != Some(color) {
            self.ops.push(pp::Op::SetFillColor { col: pdf_color(color) });
            self.state.fill = Some(color);
        }
    }

    fn stroke_style(&mut self, stroke: Stroke) {
        if self.state.stroke != Some(stroke.paint.color) {
            self.ops.push(pp::Op::SetOutlineColor { col: pdf_color(stroke.paint.color) });
            self.state.stroke = Some(stroke.paint.color);
        }
        if self.state.width != Some(stroke.width) {
            self.ops.push(pp::Op::SetOutlineThickness { pt: pp::Pt(rounded(stroke.width)) });
            self.state.width = Some(stroke.width);
        }
        if self.state.dash != stroke.dash {
            let pattern: Vec<f32> =
                stroke.dash.map_or_else(Vec::new, |(dash, gap)| vec![rounded(dash), rounded(gap)]);
            let dash = pp::LineDashPattern::new(0.0, &pattern);
            self.ops.push(pp::Op::SetLineDashPattern { dash });
            self.state.dash = stroke.dash;
        }
    }

    fn save(&mut self) {
        self.end_text();
        self.ops.push(pp::Op::SaveGraphicsState);
        self.saved.push(self.state);
    }

    fn restore(&mut self) {
        self.end_text();
        if let Some(state) = self.saved.pop() {
            self.ops.push(pp::Op::RestoreGraphicsState);
            // printpdf numbers glyphs by the font set last, and does not see that this set it back.
            self.state = State { font: None, ..state };
        }
    }

    fn end_text(&mut self) {
        if self.in_text {
            self.ops.push(pp::Op::EndTextSection);
            self.in_text = false;
        }
    }
}

#[derive(Clone)]
struct Contour {
    points: Vec<pp::LinePoint>,
    closed: bool,
}

/// The contours of a path with y upward; `None` if a coordinate is not a number.
fn contours(segments: &[Segment], height: f32) -> Option<Vec<Contour>> {
    let mut contours: Vec<Contour> = Vec::new();
    let point = |x: f32, y: f32, bezier: bool| {
        let p = pp::Point { x: pp::Pt(rounded(x)), y: pp::Pt(rounded(height - y)) };
        (x.is_finite() && y.is_finite()).then_some(pp::LinePoint { p, bezier })
    };
    for segment in segments {
        let open = contours.last_mut().filter(|contour| !contour.closed);
        match (*segment, open) {
            (Segment::MoveTo(x, y), _) | (Segment::LineTo(x, y) | Segment::CurveTo(.., x, y), None) => {
                contours.push(Contour { points: vec![point(x, y, false)?], closed: false });
            }
            (Segment::LineTo(x, y), Some(contour)) => contour.points.push(point(x, y, false)?),
            (Segment::CurveTo(x1, y1, x2, y2, x, y), Some(contour)) => {
                contour.points.extend([point(x1, y1, true)?, point(x2, y2, true)?, point(x, y, false)?]);
            }
            (Segment::Close, Some(contour)) => contour.closed = true,
            (Segment::Close, None) => {}
        }
    }
    contours.retain(|contour| contour.points.len() > 1);
    Some(contours)
}

fn pdf_color(color: Rgb) -> pp::Color {
    let part = |value: u8| (f32::from(value) / 255.0 * 1000.0).round() / 1000.0;
    pp::Color::Rgb(pp::Rgb { r: part(color.0), g: part(color.1), b: part(color.2), icc_profile: None })
}
