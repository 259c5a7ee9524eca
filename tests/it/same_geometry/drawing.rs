//! What a reader found in a file, in points of the chart with y downward.

/// How far one point may be rounded apart: each writer rounds to hundredths, Poppler to 1/256.
const TOLERANCE: f64 = 0.025;
/// A step of eight bits per colour; readers write colours in per cent or thousandths.
const COLOR_TOLERANCE: f64 = 0.006;

/// Where a chart stands on a sheet, to get back from the sheet's coordinates.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The height of the sheet in points.
    pub(super) height: f64,
    /// The chart's left edge on the sheet.
    pub(super) left: f64,
    /// The chart's top edge on the sheet.
    pub(super) top: f64,
}

impl Frame {
    /// A point of the PDF's coordinates, y upward, in those of the chart.
    pub(super) fn point(self, (x, y): (f64, f64)) -> (f64, f64) {
        (x - self.left, self.height - y - self.top)
    }
}

/// One contour with all its points, control points of curves among them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Contour {
    pub(super) points: Vec<(f64, f64)>,
    /// Colour parts from 0 to 1.
    pub(super) color: [f64; 3],
    /// The width of the line; `None` for a filled contour.
    pub(super) width: Option<f64>,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Text {
    pub(super) at: (f64, f64),
    pub(super) size: f64,
    pub(super) upward: bool,
    pub(super) words: String,
}

/// Contours and texts in the order they are drawn.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) contours: Vec<Contour>,
    pub(super) texts: Vec<Text>,
}

impl Drawing {
    /// Adds a contour, without points that only repeat the one before or, at its end, the first.
    pub(super) fn push(&mut self, mut contour: Contour) {
        contour.points.dedup_by(|two, one| (one.0 - two.0).abs() + (one.1 - two.1).abs() < 0.001);
        if let [first, .., last] = contour.points[..]
            && contour.points.len() > 2
            && near(first, last)
        {
            contour.points.pop();
        }
        if contour.points.len() > 1 {
            self.contours.push(contour);
        }
    }

    /// Panics with the first difference.
    pub(super) fn assert_same_as(&self, other: &Self) {
        for (index, (one, two)) in self.contours.iter().zip(&other.contours).enumerate() {
            let same = one.points.len() == two.points.len()
                && one.points.iter().zip(&two.points).all(|(one, two)| near(*one, *two))
                && one.color.iter().zip(two.color).all(|(one, two)| (one - two).abs() < COLOR_TOLERANCE)
                && match (one.width, two.width) {
                    (Some(one), Some(two)) => (one - two).abs() < TOLERANCE,
                    (one, two) => one == two,
                };
            assert!(same, "contour {index}\non screen: {one:?}\non paper:  {two:?}");
        }
        assert_eq!(self.contours.len(), other.contours.len(), "contours on screen and on paper");
        for (one, two) in self.texts.iter().zip(&other.texts) {
            let same = near(one.at, two.at)
                && (one.size - two.size).abs() < TOLERANCE
                && (one.upward, &one.words) == (two.upward, &two.words);
            assert!(same, "\non screen: {one:?}\non paper:  {two:?}");
        }
        assert_eq!(self.texts.len(), other.texts.len(), "texts on screen and on paper");
    }
}

fn near(one: (f64, f64), two: (f64, f64)) -> bool {
    (one.0 - two.0).abs() <= TOLERANCE && (one.1 - two.1).abs() <= TOLERANCE
}
