//! Hatching: lines and dots over a fill, cut at its edges, so that series stay apart without colour.
//!
//! They are drawn as plain lines, not as clipped tiles, so that every writer has them.

/// What a series is hatched with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Pattern {
    Solid,
    /// Lines in these directions, in degrees from the horizontal, counterclockwise.
    Lines(&'static [f64]),
    Dots,
}

/// The patterns of series, in their order; numbers beyond begin again.
const PATTERNS: [Pattern; 8] = [
    Pattern::Solid,
    Pattern::Lines(&[45.0]),
    Pattern::Dots,
    Pattern::Lines(&[135.0]),
    Pattern::Lines(&[0.0]),
    Pattern::Lines(&[45.0, 135.0]),
    Pattern::Lines(&[90.0]),
    Pattern::Lines(&[0.0, 90.0]),
];

/// The distance between two lines in points.
pub(super) const SPACING: f64 = 4.0;

/// Lines end this far inside the edge, which stays whole.
const INSET: f64 = 0.5;

/// A fill has no more lines in one direction than this; in a larger one they stand further apart.
const MOST_LINES: f64 = 160.0;

/// A fill has no more dots than this.
const MOST_DOTS: f64 = 900.0;

/// Fills thinner than this in points are left solid: nothing could be seen of the pattern.
const THINNEST: f64 = 3.0;

/// Lines and the middles of dots.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Hatching {
    pub(super) lines: Vec<[(f64, f64); 2]>,
    pub(super) dots: Vec<(f64, f64)>,
}

impl Pattern {
    /// The pattern of a series.
    pub(super) fn of(series: usize) -> Self {
        PATTERNS.get(series % PATTERNS.len()).copied().unwrap_or(Self::Solid)
    }

    /// The hatching of the inside of `contour` (even-odd), in points. Lines of neighbouring fills
    /// meet, because all begin at the corner of the drawing.
    pub(super) fn over(self, contour: &[(f64, f64)]) -> Hatching {
        let (left, right) = extent(contour.iter().map(|point| point.0));
        let (top, bottom) = extent(contour.iter().map(|point| point.1));
        let (width, height) = (right - left, bottom - top);
        let mut hatching = Hatching::default();
        // Written so that a fill that is not finite has no pattern either.
        if !(width >= THINNEST && height >= THINNEST && width + height < 1e5) {
            return hatching;
        }
        match self {
            Self::Solid => {}
            Self::Lines(directions) => {
                for degrees in directions {
                    let spacing = SPACING.max((width + height) / MOST_LINES);
                    hatching.lines.extend(lines(contour, *degrees, spacing));
                }
            }
            Self::Dots => {
                let spacing = SPACING.max((width * height / MOST_DOTS).sqrt());
                let rows = lines(contour, 0.0, spacing);
                for [(from, y), (to, _)] in rows {
                    // Every second row is shifted by half a step.
                    let shift = if ((y / spacing).round() as i64) % 2 == 0 { 0.0 } else { 0.5 };
                    let first = ((from + 0.8) / spacing - shift).ceil() as i64;
                    let last = ((to - 0.8) / spacing - shift).floor() as i64;
                    hatching.dots.extend((first..=last).map(|step| ((step as f64 + shift) * spacing, y)));
                }
            }
        }
        hatching
    }
}

/// The parts of parallel lines inside a contour.
fn lines(contour: &[(f64, f64)], degrees: f64, spacing: f64) -> Vec<[(f64, f64); 2]> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    // Along the lines, and across them; the y axis points down.
    let turned: Vec<(f64, f64)> =
        contour.iter().map(|(x, y)| (x * cos - y * sin, x * sin + y * cos)).collect();
    let (low, high) = extent(turned.iter().map(|point| point.1));
    let mut found = Vec::new();
    for number in (low / spacing).ceil() as i64..=(high / spacing).floor() as i64 {
        let across = number as f64 * spacing;
        let mut crossings: Vec<f64> = turned
            .iter()
            .zip(turned.iter().cycle().skip(1))
            .filter(|(a, b)| (a.1 <= across) != (b.1 <= across))
            .map(|(a, b)| a.0 + (b.0 - a.0) * (across - a.1) / (b.1 - a.1))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let &[from, to] = pair else { continue };
            if to - from > 2.0 * INSET {
                found.push(
                    [from + INSET, to - INSET]
                        .map(|along| (along * cos + across * sin, across * cos - along * sin)),
                );
            }
        }
    }
    found
}

fn extent(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SQUARE: [(f64, f64); 4] = [(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)];

    #[test]
    fn neighbouring_series_have_different_patterns_and_the_first_is_solid() {
        assert_eq!(Pattern::of(0), Pattern::Solid);
        for series in 0..16 {
            assert_ne!(Pattern::of(series), Pattern::of(series + 1));
        }
    }

    #[test]
    fn a_square_has_its_lines_from_edge_to_edge() {
        let hatching = Pattern::Lines(&[0.0]).over(&SQUARE);
        let heights: Vec<f64> = hatching.lines.iter().map(|line| line[0].1).collect();
        assert_eq!(heights, [12.0, 16.0, 20.0, 24.0, 28.0]);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(hatching.lines.iter().all(|[from, to]| near(from.0, 10.5) && near(to.0, 29.5)));
        assert!(Pattern::Dots.over(&SQUARE).dots.len() > 10);
        assert!(Pattern::Solid.over(&SQUARE).lines.is_empty());
    }

    #[test]
    fn thin_empty_and_endless_fills_have_no_pattern() {
        let thin = [(0.0, 0.0), (2.0, 0.0), (2.0, 90.0), (0.0, 90.0)];
        for contour in
            [thin.as_slice(), &[], &[(1.0, 1.0)], &[(0.0, 0.0), (f64::NAN, 9.0), (9.0, f64::INFINITY)]]
        {
            assert_eq!(Pattern::Lines(&[45.0, 135.0]).over(contour), Hatching::default(), "{contour:?}");
        }
    }

    proptest! {
        #[test]
        fn hatching_stays_inside_and_small(
            corners in prop::collection::vec((0.0_f64..900.0, 0.0_f64..700.0), 3..12), series in 1_usize..8,
        ) {
            let hatching = Pattern::of(series).over(&corners);
            let (left, right) = extent(corners.iter().map(|point| point.0));
            let (top, bottom) = extent(corners.iter().map(|point| point.1));
            let inside = |(x, y): &(f64, f64)| {
                *x >= left - 1e-6 && *x <= right + 1e-6 && *y >= top - 1e-6 && *y <= bottom + 1e-6
            };
            prop_assert!(hatching.lines.iter().flatten().all(inside));
            prop_assert!(hatching.dots.iter().all(inside));
            prop_assert!(hatching.dots.len() <= 1_100 && hatching.lines.len() <= 2_200);
        }
    }
}
