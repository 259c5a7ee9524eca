//! A drawing made smaller or larger as a whole.

use super::{Op, Page, Rect, Segment};

impl Page {
    /// Everything that is drawn, scaled by `factor` about `origin`; the sheet keeps its size.
    #[must_use]
    pub fn scaled_about(mut self, origin: (f32, f32), factor: f32) -> Self {
        let scale = Scale { origin, factor };
        for op in &mut self.ops {
            scale.op(op);
        }
        self
    }
}

struct Scale {
    origin: (f32, f32),
    factor: f32,
}

impl Scale {
    fn op(&self, op: &mut Op) {
        match op {
            Op::Text { x, y, size, .. } => {
                self.point(x, y);
                *size *= self.factor;
            }
            Op::Path { segments, stroke, .. } => {
                for segment in segments {
                    self.segment(segment);
                }
                if let Some(stroke) = stroke {
                    stroke.width *= self.factor;
                    stroke.dash = stroke.dash.map(|(dash, gap)| (dash * self.factor, gap * self.factor));
                }
            }
            Op::PushClip(area)
            | Op::Link { area, .. }
            | Op::Image { area, .. }
            | Op::Drawing { area, .. } => {
                self.area(area);
            }
            Op::Bookmark { y, .. } => self.point(&mut 0.0, y),
            Op::PopClip | Op::Begin(_) | Op::End => {}
        }
    }

    fn point(&self, x: &mut f32, y: &mut f32) {
        *x = self.origin.0 + (*x - self.origin.0) * self.factor;
        *y = self.origin.1 + (*y - self.origin.1) * self.factor;
    }

    fn area(&self, area: &mut Rect) {
        self.point(&mut area.x, &mut area.y);
        area.width *= self.factor;
        area.height *= self.factor;
    }

    fn segment(&self, segment: &mut Segment) {
        match segment {
            Segment::MoveTo(x, y) | Segment::LineTo(x, y) => self.point(x, y),
            Segment::CurveTo(x1, y1, x2, y2, x, y) => {
                self.point(x1, y1);
                self.point(x2, y2);
                self.point(x, y);
            }
            Segment::Close => {}
        }
    }
}
