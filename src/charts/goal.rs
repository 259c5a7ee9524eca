//! What a number is measured against: its target and the bands behind it.

use super::theme::{BAND_STEPS, Role};
use super::{Goal, Target};
use crate::table::{Table, Value};

impl Goal {
    /// The target of a row of `table`, if it has one.
    pub(super) fn target_of(&self, table: &Table, row: usize) -> Option<f64> {
        match self.target? {
            Target::Value(value) => Some(value),
            Target::Column(column) => table.cell(row, column).as_f64(),
        }
        .filter(|target| target.is_finite())
        .map(|target| target.clamp(-1e300, 1e300))
    }

    /// Where the bands end, ascending, as numbers; none where they are shares of a target that is
    /// missing.
    pub(super) fn ends(&self, target: Option<f64>) -> Vec<f64> {
        let mut ends: Vec<f64> = match target {
            Some(target) => self.bands.iter().map(|share| share * target).collect(),
            None if self.target.is_some() => Vec::new(),
            None => self.bands.clone(),
        };
        ends.retain(|end| end.is_finite());
        ends.sort_by(f64::total_cmp);
        ends
    }

    /// The bands from `low` on: where each begins and ends, and its tint.
    pub(super) fn bands(&self, target: Option<f64>, low: f64) -> Vec<(f64, f64, Role)> {
        let ends = self.ends(target);
        let mut from = low;
        ends.iter()
            .enumerate()
            .filter_map(|(step, end)| {
                let band = (from, *end, Role::Band(step.min(BAND_STEPS - 1)));
                from = from.max(*end);
                (band.1 > band.0).then_some(band)
            })
            .collect()
    }
}

/// The number of a cell, held where arithmetic on it cannot overflow.
pub(super) fn held(value: &Value) -> Option<f64> {
    value.as_f64().map(|value| value.clamp(-1e300, 1e300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_shares_of_a_target_or_numbers_without_one() {
        let goal = Goal { target: Some(Target::Value(200.0)), bands: vec![0.5, 0.9] };
        let ends: Vec<(f64, f64)> =
            goal.bands(Some(200.0), 0.0).iter().map(|(from, to, _)| (*from, *to)).collect();
        assert_eq!(ends, [(0.0, 100.0), (100.0, 180.0)]);
        assert!(goal.bands(None, 0.0).is_empty());
        let plain = Goal { target: None, bands: vec![5.0, 8.0] };
        assert_eq!(plain.bands(None, 0.0).len(), 2);
    }
}
