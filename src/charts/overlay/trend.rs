//! Trend lines: least squares, over the drawn points only.

use crate::format::{Locale, NumberFormat, NumberStyle};

/// The line with the smallest sum of squared vertical distances to the points (ordinary least
/// squares, as Excel's linear trendline), from the first point to the last: nothing is forecast.
/// Along a time axis buckets count as equally long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::charts) struct Trend {
    /// Its first point.
    pub(in crate::charts) start: (f64, f64),
    /// Its last point.
    pub(in crate::charts) end: (f64, f64),
    /// How much of the variance it explains, 0 to 1; `None` where all numbers are equal.
    r_squared: Option<f64>,
}

impl Trend {
    /// The trend of `points`; `None` with fewer than three, or all at one place.
    pub(in crate::charts) fn of(points: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let points: Vec<(f64, f64)> = points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
        if points.len() < 3 {
            return None;
        }
        let count = points.len() as f64;
        // Scaled to ±1 first, so that squares of huge numbers stay finite.
        let most = |part: fn(&(f64, f64)) -> f64| {
            points.iter().map(|point| part(point).abs()).fold(f64::MIN_POSITIVE, f64::max)
        };
        let (x_size, y_size) = (most(|point| point.0), most(|point| point.1));
        let scaled: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x / x_size, y / y_size)).collect();
        let mean_x = scaled.iter().map(|(x, _)| x / count).sum::<f64>();
        let mean_y = scaled.iter().map(|(_, y)| y / count).sum::<f64>();
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (x, y) in &scaled {
            let (x, y) = (x - mean_x, y - mean_y);
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        if xx <= 1e-18 * count {
            return None;
        }
        let slope = xy / xx;
        let at = |x: f64| (mean_y + slope * (x / x_size - mean_x)) * y_size;
        let (low, high) = points
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), (x, _)| (low.min(*x), high.max(*x)));
        let r_squared = (yy > 1e-18 * count).then(|| (xy * xy / (xx * yy)).clamp(0.0, 1.0));
        Some(Self { start: (low, at(low)), end: (high, at(high)), r_squared })
    }

    /// How well it fits, as text; empty where that has no meaning.
    pub(super) fn fit(&self) -> String {
        let format = NumberFormat { decimals: Some(2), ..NumberFormat::default() };
        self.r_squared
            .map_or_else(String::new, |r| format!("R² {}", format.write(r, NumberStyle::Full, Locale::En)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9 * b.1.abs().max(1.0)
    }

    #[test]
    fn a_line_is_found_exactly_and_ends_with_its_points() {
        let trend = Trend::of((2..7).map(f64::from).map(|x| (x, 3.0 - 0.5 * x))).unwrap();
        assert!(close(trend.start, (2.0, 2.0)) && close(trend.end, (6.0, 0.0)), "{trend:?}");
        assert_eq!(trend.fit(), "R² 1.00");
    }

    /// SLOPE 0.6, INTERCEPT 2.2 and RSQ 0.6 in Excel.
    #[test]
    fn a_known_example_has_its_published_line() {
        let points = [(1.0, 2.0), (2.0, 4.0), (3.0, 5.0), (4.0, 4.0), (5.0, 5.0)];
        let trend = Trend::of(points.into_iter()).unwrap();
        assert!(close(trend.start, (1.0, 2.8)) && close(trend.end, (5.0, 5.2)), "{trend:?}");
        assert_eq!(trend.fit(), "R² 0.60");
    }

    #[test]
    fn odd_points_have_no_trend_or_a_finite_one() {
        assert_eq!(Trend::of([(1.0, 1.0), (2.0, 2.0)].into_iter()), None);
        assert_eq!(Trend::of([(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)].into_iter()), None);
        let nan = [(1.0, f64::NAN), (2.0, 2.0), (3.0, 3.0)];
        assert_eq!(Trend::of(nan.into_iter()), None);
        let flat = Trend::of((0..4).map(|x| (f64::from(x), 7.0))).unwrap();
        assert!(close(flat.start, (0.0, 7.0)) && flat.fit().is_empty(), "{flat:?}");
        let huge = Trend::of((0..4).map(|x| (f64::from(x), 1e300 * f64::from(x % 2)))).unwrap();
        assert!(huge.start.1.is_finite() && huge.end.1.is_finite(), "{huge:?}");
    }
}
