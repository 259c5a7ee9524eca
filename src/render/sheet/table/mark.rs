//! What stands in a cell besides its number: fills, bars, icons and sparklines.

use crate::render::canvas::{Op, Page, Paint, Rect, Rgb, Segment, Stroke};
use crate::render::draw_sparkline_on;
use crate::render::sheet::style::{BAD, BAR, GOOD, MUTED, NEGATIVE_BAR};
use crate::table::{Bar, Icon, Mark, Tint};

/// What stands behind the text.
pub(super) fn behind(page: &mut Page, mark: &Mark, area: Rect) {
    if let Some(Tint(red, green, blue)) = mark.fill {
        page.fill_rect(area, Rgb(red, green, blue));
    }
    if let Some(Bar { zero, end }) = mark.bar {
        let inner = area.inset(1.5, 2.0);
        let (from, to) = (zero.min(end), zero.max(end));
        let bar = Rect::new(inner.x + inner.width * from, inner.y, inner.width * (to - from), inner.height);
        page.fill_rect(bar, if end < zero { NEGATIVE_BAR } else { BAR });
        if zero > 0.0 {
            let x = inner.x + inner.width * zero;
            let stroke = Stroke { paint: Paint::from(MUTED), width: 0.4, dash: None };
            page.line((x, inner.y), (x, inner.bottom()), stroke);
        }
    }
}

/// The icon, in a square of `size` whose lower left corner stands at (`x`, `baseline`).
pub(super) fn icon(page: &mut Page, icon: Icon, (x, baseline): (f32, f32), size: f32) {
    let (left, top, right, bottom) = (x, baseline - size * 0.72, x + size * 0.72, baseline);
    let middle = f32::midpoint(left, right);
    let mut path = |segments: Vec<Segment>, fill: Option<Rgb>, line: Option<Rgb>| {
        let stroke = line.map(|color| Stroke { paint: Paint::from(color), width: 0.6, dash: None });
        page.ops.push(Op::Path { segments, fill: fill.map(Paint::from), stroke });
    };
    let triangle = |tip: f32, base: f32| {
        vec![
            Segment::MoveTo(left, base),
            Segment::LineTo(right, base),
            Segment::LineTo(middle, tip),
            Segment::Close,
        ]
    };
    let circle = || {
        crate::render::canvas::round_rect_segments(
            Rect::new(left, top, right - left, bottom - top),
            (right - left) / 2.0,
        )
    };
    match icon {
        Icon::Up => path(triangle(top, bottom), Some(GOOD), None),
        Icon::Down => path(triangle(bottom, top), Some(BAD), None),
        Icon::Level => {
            let (upper, lower) = (top + size * 0.28, top + size * 0.46);
            let segments = vec![
                Segment::MoveTo(left, upper),
                Segment::LineTo(right, upper),
                Segment::LineTo(right, lower),
                Segment::LineTo(left, lower),
                Segment::Close,
            ];
            path(segments, Some(MUTED), None);
        }
        Icon::Good => path(circle(), Some(GOOD), Some(GOOD)),
        Icon::Poor => path(circle(), None, Some(BAD)),
        Icon::Fair => {
            path(circle(), None, Some(MUTED));
            let control = (right - left) / 2.0 * 0.552_284_8;
            let center = f32::midpoint(top, bottom);
            let half = vec![
                Segment::MoveTo(middle, top),
                Segment::CurveTo(middle - control, top, left, center - control, left, center),
                Segment::CurveTo(left, center + control, middle - control, bottom, middle, bottom),
                Segment::Close,
            ];
            path(half, Some(MUTED), None);
        }
    }
}

/// The way a number went; nothing for fewer than two points.
pub(super) fn sparkline(page: &mut Page, points: &[Option<f64>], area: Rect) {
    if points.iter().flatten().count() > 1 {
        // Without its sparkline a cell is empty; its numbers stand in other cells.
        let _ = draw_sparkline_on(page, area, points);
    }
}
