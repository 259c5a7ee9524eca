//! The five numbers of a box plot.

/// How numbers are spread.
///
/// Quartiles are interpolated linearly between the two nearest observations (method 7 of Hyndman and
/// Fan 1996), as Excel's `QUARTILE.INC`, NumPy and SQL's `percentile_cont` do. Whiskers reach to the
/// outermost observations within 1.5 interquartile ranges of the box (Tukey 1977).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spread {
    /// How many observations there are, at least one.
    pub(super) count: usize,
    pub(super) low: f64,
    pub(super) q1: f64,
    pub(super) median: f64,
    pub(super) q3: f64,
    pub(super) high: f64,
    /// The ends of the whiskers.
    pub(super) whiskers: (f64, f64),
}

impl Spread {
    /// The spread of `numbers` (finite, in any order); `None` without any.
    pub(super) fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let (low, high) = (*numbers.first()?, *numbers.last()?);
        let [q1, median, q3] = [0.25, 0.5, 0.75].map(|share| quantile(&numbers, share));
        let reach = 1.5 * (q3 - q1);
        let inside = |number: &&f64| **number >= q1 - reach && **number <= q3 + reach;
        // A quartile lies between observations, so a whisker may not end inside the box.
        let lower = numbers.iter().find(inside).copied().unwrap_or(low).min(q1);
        let upper = numbers.iter().rfind(inside).copied().unwrap_or(high).max(q3);
        Some(Self { count: numbers.len(), low, q1, median, q3, high, whiskers: (lower, upper) })
    }

    /// Whether `number` lies beyond the whiskers.
    pub(super) fn is_outlier(&self, number: f64) -> bool {
        number < self.whiskers.0 || number > self.whiskers.1
    }
}

/// The number below which `share` (0 to 1) of `sorted` lies, interpolated; zero without numbers.
pub(super) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = share.clamp(0.0, 1.0) * last as f64;
    let at = |index: usize| sorted.get(index.min(last)).copied().unwrap_or_default();
    let (below, above) = (at(place.floor() as usize), at(place.ceil() as usize));
    let part = place - place.floor();
    below * (1.0 - part) + above * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The values are those of Excel's QUARTILE.INC and NumPy's default.
    #[test]
    fn quartiles_are_those_of_a_spreadsheet() {
        let spread = Spread::of(vec![7.0, 15.0, 36.0, 39.0, 40.0, 41.0]).unwrap();
        assert_eq!((spread.q1, spread.median, spread.q3), (20.25, 37.5, 39.75));
        assert_eq!(spread.count, 6);
    }

    #[test]
    fn whiskers_end_at_observations_and_leave_outliers_out() {
        let spread = Spread::of(vec![1.0, 2.0, 3.0, 4.0, 5.0, 100.0]).unwrap();
        assert_eq!(spread.whiskers, (1.0, 5.0));
        assert!(spread.is_outlier(100.0) && !spread.is_outlier(5.0));
        assert_eq!((spread.low, spread.high), (1.0, 100.0));
    }

    #[test]
    fn one_observation_is_its_own_spread_and_none_has_none() {
        let spread = Spread::of(vec![4.0]).unwrap();
        assert_eq!((spread.q1, spread.median, spread.q3, spread.whiskers), (4.0, 4.0, 4.0, (4.0, 4.0)));
        assert_eq!(Spread::of(vec![]), None);
    }

    proptest! {
        #[test]
        fn the_five_numbers_are_in_order(numbers in prop::collection::vec(-1e9_f64..1e9, 1..60)) {
            let spread = Spread::of(numbers).unwrap();
            let order = [
                spread.low, spread.whiskers.0, spread.q1, spread.median, spread.q3, spread.whiskers.1, spread.high,
            ];
            prop_assert!(order.windows(2).all(|pair| pair[0] <= pair[1] + 1e-6), "{:?}", spread);
        }
    }
}
