//! How cells look by their numbers: bars, colours, icons and rules.

use super::shape::Test;
use crate::table::{Bar, Icon, Mark, Tint, Value};

/// How the cells of one leaf look.
#[derive(Clone, Default)]
pub struct Style {
    /// A bar behind each number of a member, as long as its part of the largest.
    pub bars: bool,
    /// Cells of members are coloured from the smallest number to the largest.
    pub scale: Option<Scale>,
    /// An icon before each number.
    pub icons: Option<Icons>,
    /// Conditions; all that hold apply, later ones over earlier ones.
    pub rules: Vec<Rule>,
}

/// Colours from the smallest number to the largest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Of the smallest number.
    pub low: Tint,
    /// Of zero, if numbers lie on both sides of it, else of the middle between the ends.
    pub middle: Option<Tint>,
    /// Of the largest number.
    pub high: Tint,
}

/// Which icon stands before which number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icons {
    /// The icons for small, middling and large numbers.
    pub icons: [Icon; 3],
    /// From here on a number is middling.
    pub middle_from: f64,
    /// From here on a number is large.
    pub high_from: f64,
}

/// A condition and what follows from it.
#[derive(Clone)]
pub struct Rule {
    /// The condition.
    pub when: Test,
    /// What is laid over the cell's look.
    pub mark: Mark,
}

/// The smallest and the largest number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    low: f64,
    high: f64,
}

impl Extent {
    pub(super) fn of<'v>(cells: impl Iterator<Item = &'v Value>) -> Option<Self> {
        cells.filter_map(Value::as_f64).fold(None, |extent, number| {
            let extent = extent.unwrap_or(Self { low: number, high: number });
            Some(Self { low: extent.low.min(number), high: extent.high.max(number) })
        })
    }
}

impl Style {
    pub(super) fn is_plain(&self) -> bool {
        !self.bars && self.scale.is_none() && self.icons.is_none() && self.rules.is_empty()
    }

    /// Whether the numbers of all members have to be known.
    pub(super) fn needs_extent(&self) -> bool {
        self.bars || self.scale.is_some()
    }

    /// The look of a cell that does not depend on other names: `extent` is that of the members, given
    /// only for cells of members.
    pub(super) fn of_number(&self, cell: &Value, extent: Option<Extent>) -> Mark {
        let mut mark = Mark::default();
        let Some(number) = cell.as_f64() else { return mark };
        if let Some(extent) = extent {
            if self.bars {
                mark.bar = Some(bar(number, extent));
            }
            if let Some(scale) = self.scale {
                mark.fill = Some(scale.tint(number, extent));
            }
        }
        if let Some(icons) = self.icons {
            let [low, middle, high] = icons.icons;
            mark.icon = Some(if number >= icons.high_from {
                high
            } else if number >= icons.middle_from {
                middle
            } else {
                low
            });
        }
        mark
    }
}

/// The bar of `number` where all numbers lie within `extent`; zero is always part of the scale.
fn bar(number: f64, extent: Extent) -> Bar {
    let (low, high) = (extent.low.min(0.0), extent.high.max(0.0));
    let span = high - low;
    if span <= 0.0 {
        return Bar { zero: 0.0, end: 0.0 };
    }
    let at = |number: f64| ((number - low) / span).clamp(0.0, 1.0) as f32;
    Bar { zero: at(0.0), end: at(number) }
}

impl Scale {
    fn tint(self, number: f64, extent: Extent) -> Tint {
        let Extent { low, high } = extent;
        let Some(middle) = self.middle else {
            let share = if high > low { (number - low) / (high - low) } else { 1.0 };
            return self.low.towards(self.high, share as f32);
        };
        let turn = if low < 0.0 && high > 0.0 { 0.0 } else { f64::midpoint(low, high) };
        if number >= turn {
            let share = if high > turn { (number - turn) / (high - turn) } else { 0.0 };
            middle.towards(self.high, share as f32)
        } else {
            let share = if turn > low { (turn - number) / (turn - low) } else { 0.0 };
            middle.towards(self.low, share as f32)
        }
    }
}

/// Lays `over` over `mark`.
pub(super) fn lay(mark: &mut Mark, over: &Mark) {
    mark.ink = over.ink.or(mark.ink);
    mark.fill = over.fill.or(mark.fill);
    mark.icon = over.icon.or(mark.icon);
    mark.bold |= over.bold;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_mixed_signs_share_one_zero() {
        let extent = Extent { low: -50.0, high: 150.0 };
        assert_eq!(bar(150.0, extent), Bar { zero: 0.25, end: 1.0 });
        assert_eq!(bar(-50.0, extent), Bar { zero: 0.25, end: 0.0 });
        let alone = Extent { low: 0.0, high: 0.0 };
        assert_eq!(bar(0.0, alone), Bar { zero: 0.0, end: 0.0 });
    }

    #[test]
    fn a_scale_with_a_middle_turns_at_zero() {
        let (red, white, green) = (Tint(200, 0, 0), Tint(255, 255, 255), Tint(0, 200, 0));
        let scale = Scale { low: red, middle: Some(white), high: green };
        let extent = Extent { low: -1.0, high: 3.0 };
        assert_eq!(scale.tint(0.0, extent), white);
        assert_eq!(scale.tint(-1.0, extent), red);
        assert_eq!(scale.tint(3.0, extent), green);
        let equal = Extent { low: 2.0, high: 2.0 };
        assert_eq!(scale.tint(2.0, equal), white, "all numbers are equal");
    }
}
