//! Where a reference line stands.

use super::Level;

/// The number of `level` over the drawn `numbers` (finite); `None` where there is none.
pub(super) fn level(level: Level, numbers: &[f64]) -> Option<f64> {
    let count = numbers.len();
    match level {
        Level::Value(value) => value.is_finite().then_some(value),
        _ if count == 0 => None,
        // Divided first, so that the sum of huge numbers cannot overflow.
        Level::Average => Some(numbers.iter().map(|number| number / count as f64).sum()),
        Level::Median => {
            let mut sorted = numbers.to_vec();
            sorted.sort_by(f64::total_cmp);
            let at = |index: usize| sorted.get(index).copied();
            Some(f64::midpoint(at((count - 1) / 2)?, at(count / 2)?))
        }
        Level::Max => numbers.iter().copied().max_by(f64::total_cmp),
        Level::Min => numbers.iter().copied().min_by(f64::total_cmp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_those_of_the_numbers() {
        let numbers = [4.0, -2.0, 10.0, 0.0];
        assert_eq!(level(Level::Average, &numbers), Some(3.0));
        assert_eq!(level(Level::Median, &numbers), Some(2.0));
        assert_eq!(level(Level::Median, &numbers[..3]), Some(4.0));
        assert_eq!(level(Level::Max, &numbers), Some(10.0));
        assert_eq!(level(Level::Min, &numbers), Some(-2.0));
        assert_eq!(level(Level::Value(7.5), &numbers), Some(7.5));
    }

    #[test]
    fn no_numbers_have_no_statistic_and_huge_ones_stay_finite() {
        assert_eq!(level(Level::Average, &[]), None);
        assert_eq!(level(Level::Median, &[]), None);
        assert_eq!(level(Level::Value(f64::NAN), &[1.0]), None);
        assert!(level(Level::Average, &[1e300; 1000]).is_some_and(f64::is_finite));
    }
}
