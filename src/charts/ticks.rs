//! Where the lines of a value axis stand: steps of 1, 2, 2.5 and 5, little room above the data.

/// A range of values with the ticks inside it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    /// The value at the lower end.
    pub(super) low: f64,
    /// The value at the upper end.
    pub(super) high: f64,
    /// The values that have a line, ascending.
    pub(super) ticks: Vec<f64>,
}

/// How much of the range above the data may stay empty, where a tick would end the axis nicely.
const HEADROOM: f64 = 0.12;

const NICE: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
/// Finer steps, for a second axis that must have as many intervals as the first.
const FINE: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

impl Scale {
    /// A scale over `values` (finite) with at most `most` ticks (at least 2). With `from_zero` it
    /// begins at zero, as bars and areas must; otherwise only where zero is near the data.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, from_zero: bool, most: usize) -> Self {
        let (mut low, mut high) = extent(values);
        if from_zero || (low > 0.0 && low < 0.6 * high) || (high < 0.0 && high > 0.6 * low) {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        (low, high) = widened(low, high);
        let most = most.max(2);
        let count = |step: f64| (high / step - 0.1).ceil() - (low / step + 0.1).floor() + 1.0;
        let step = step_of(low, high, &NICE, |step| count(step) <= (most + 1) as f64);
        let room = (high - low) * HEADROOM;
        let reach = |edge: f64, outer: f64, zero: f64| {
            // An axis ends at the zero line, at a tick near the data, or just behind the data.
            if edge == 0.0 {
                zero
            } else if (outer - edge).abs() <= room {
                outer
            } else {
                edge + (high - low) * 0.04 * edge.signum()
            }
        };
        let top = reach(high, (high / step).ceil() * step, 0.0);
        let bottom = if low > 0.0 {
            // Above zero the axis begins a little below the lowest value, at a tick if one is near.
            let outer = (low / step).floor() * step;
            if low - outer <= 2.0 * room { outer } else { low - (high - low) * 0.06 }
        } else {
            reach(low, (low / step).floor() * step, 0.0)
        };
        Self { low: bottom, high: top, ticks: multiples(step, bottom, top) }
    }

    /// A scale over `values` that ends at ticks on both sides, with exactly the intervals of
    /// `other` above and below zero, so that one set of lines serves two axes.
    pub(super) fn beside(other: &Self, values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = extent(values);
        let (low, high) = widened(low.min(0.0), high.max(0.0));
        let above = other.ticks.iter().filter(|tick| **tick > 0.0).count() as f64;
        let below = other.ticks.iter().filter(|tick| **tick < 0.0).count() as f64;
        let fits = |step: f64| high <= above * step * (1.0 + 1e-9) && -low <= below * step * (1.0 + 1e-9);
        let step = step_of(low, high, &FINE, fits);
        Self { low: -below * step, high: above * step, ticks: multiples(step, -below * step, above * step) }
    }

    /// A scale over `values` and zero that ends at ticks on both sides.
    pub(super) fn ending_at_ticks(values: &[f64], most: usize) -> Self {
        let (low, high) = extent(values.iter().copied());
        let (low, high) = widened(low.min(0.0), high.max(0.0));
        let most = most.max(3) as f64;
        let count = |step: f64| (high / step).ceil() - (low / step).floor() + 1.0;
        let step = step_of(low, high, &NICE, |step| count(step) <= most);
        let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
        Self { low, high, ticks: multiples(step, low, high) }
    }

    /// Ranges of one round width that hold all of `values` (finite): the ticks are their edges, at
    /// most `most` + 1 and at least two of them.
    pub(super) fn bins(values: &[f64], most: usize) -> Self {
        let (low, high) = extent(values.iter().copied());
        let most = most.clamp(1, 200) as f64;
        let width = if high - low > low.abs().max(high.abs()) * 1e-9 {
            let count = |step: f64| (high / step).floor() - (low / step).floor() + 1.0;
            // The highest value may stand on the last edge instead of beginning a range of its own.
            let fits = |step: f64| {
                let on_edge = high / step - (high / step).floor() < 1e-9;
                count(step) - f64::from(u8::from(on_edge)) <= most
            };
            step_of(low, high, &NICE, fits)
        } else {
            // All the same: one range around them.
            step_of(0.0, low.abs().max(1.0), &NICE, |step| low.abs().max(1.0) / step <= 10.0)
        };
        let first = (low / width + 1e-9).floor();
        let count = (high / width - first - 1e-9).ceil().clamp(1.0, 200.0) as usize;
        // `0.0 +` turns a negative zero into zero.
        let ticks: Vec<f64> = (0..=count).map(|edge| 0.0 + (first + edge as f64) * width).collect();
        let ends = |ticks: &[f64]| Some((*ticks.first()?, *ticks.last()?));
        let (low, high) = ends(&ticks).unwrap_or((low, high));
        Self { low, high, ticks }
    }

    /// Makes room below zero for one interval, for an axis that has no negatives itself but
    /// stands beside one that has.
    pub(super) fn with_room_below(mut self) -> Self {
        if let (Some(first), Some(second)) = (self.ticks.first().copied(), self.ticks.get(1).copied())
            && first >= 0.0
        {
            let step = second - first;
            self.ticks.insert(0, first - step);
            self.low = first - step;
        }
        self
    }

    /// The same above zero, for an axis of negatives only.
    pub(super) fn with_room_above(mut self) -> Self {
        if let [.., before, last] = *self.ticks.as_slice()
            && last <= 0.0
        {
            self.high = last + (last - before);
            self.ticks.push(self.high);
        }
        self
    }

    /// Where `value` stands between 0 (low) and 1 (high); outside values are held at the ends.
    pub(super) fn share(&self, value: f64) -> f64 {
        let range = self.high - self.low;
        if range > 0.0 { ((value - self.low) / range).clamp(0.0, 1.0) } else { 0.5 }
    }
}

/// The smallest and largest of `values`, held where arithmetic on them cannot overflow.
fn extent(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .into_iter()
        .filter(|value| value.is_finite())
        .map(|value| value.clamp(-1e300, 1e300))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low <= high { (low, high) } else { (0.0, 0.0) }
}

/// A range that can be divided: equal ends are moved apart.
fn widened(low: f64, high: f64) -> (f64, f64) {
    let size = low.abs().max(high.abs());
    if size < 1e-290 {
        return (0.0, 1.0);
    }
    if high - low > size * 1e-9 {
        return (low, high);
    }
    (low - size * 0.1, high + size * 0.1)
}

/// The smallest nice step for which `fits` holds.
fn step_of(low: f64, high: f64, nice: &[f64], fits: impl Fn(f64) -> bool) -> f64 {
    let power = ((high - low).log10().floor() - 2.0).max(-300.0) as i32;
    for exponent in power..power + 5 {
        for factor in nice {
            let step = factor * 10f64.powi(exponent);
            if fits(step) {
                return step;
            }
        }
    }
    high - low
}

/// The multiples of `step` from `low` to `high`.
fn multiples(step: f64, low: f64, high: f64) -> Vec<f64> {
    let (first, last) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
    // `0.0 +` turns a negative zero into zero.
    (0..=(last - first).clamp(0.0, 60.0) as i64).map(|index| 0.0 + (first + index as f64) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_are_nice_and_headroom_is_small() {
        let scale = Scale::over([3.0, 103.0], true, 6);
        assert_eq!(scale.ticks, [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert!(scale.high < 103.0 * 1.15, "{scale:?}");
        assert!((Scale::over([0.0, 97.0], true, 6).high - 100.0).abs() < 1e-9);
    }

    #[test]
    fn lines_far_from_zero_are_not_flattened() {
        let scale = Scale::over([980.0, 1020.0], false, 6);
        assert!(scale.low > 900.0, "{scale:?}");
    }

    #[test]
    fn equal_values_and_zeros_have_a_range() {
        for value in [0.0, 5.0, -5.0, 1e300, 5e-324] {
            let scale = Scale::over([value, value], true, 5);
            assert!(scale.high > scale.low && scale.ticks.len() >= 2, "{value}: {scale:?}");
        }
    }

    #[test]
    fn two_axes_share_their_lines() {
        let left = Scale::ending_at_ticks(&[0.0, 870.0], 6);
        let right = Scale::beside(&left, [0.02, 0.31]);
        assert_eq!(left.ticks.len(), right.ticks.len());
        assert!(right.high >= 0.31 && right.high <= 0.31 * 1.4, "{right:?}");
    }

    #[test]
    fn bins_have_round_edges_and_hold_their_ends() {
        assert_eq!(Scale::bins(&[0.0, 100.0], 10).ticks.len(), 11);
        assert_eq!(Scale::bins(&[3.0, 47.0], 5).ticks, [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(Scale::bins(&[7.0, 7.0], 10).ticks.len(), 2);
        assert_eq!(Scale::bins(&[], 10).ticks.len(), 2);
    }

    proptest! {
        #[test]
        fn bins_hold_every_value_in_no_more_ranges_than_asked_for(
            a in -1e12_f64..1e12, b in -1e3_f64..1e3, most in 1_usize..60,
        ) {
            let scale = Scale::bins(&[a, b], most);
            let slack = (scale.high - scale.low) * 1e-6;
            prop_assert!(scale.low <= a.min(b) + slack && scale.high >= a.max(b) - slack, "{:?}", scale);
            prop_assert!((2..=most.max(2) + 1).contains(&scale.ticks.len()), "{:?}", scale);
        }

        #[test]
        fn every_range_has_ticks_inside_and_holds_its_data(
            a in prop::num::f64::NORMAL, b in prop::num::f64::NORMAL, most in 2_usize..9, zero in any::<bool>(),
        ) {
            let scale = Scale::over([a, b], zero, most);
            let (a, b) = (a.clamp(-1e300, 1e300), b.clamp(-1e300, 1e300));
            let slack = (scale.high - scale.low) * 1e-9 + 1e-290;
            prop_assert!(scale.low <= a.min(b) + slack && scale.high >= a.max(b) - slack, "{:?}", scale);
            prop_assert!(!scale.ticks.is_empty() && scale.ticks.len() <= most + 2, "{:?}", scale);
            prop_assert!(scale.ticks.iter().all(|tick| *tick >= scale.low - slack && *tick <= scale.high + slack));
        }
    }
}
