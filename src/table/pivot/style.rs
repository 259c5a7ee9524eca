//! How cells look by their numbers: bars, colours, icons and rules.

use super::shape::Test;
use crate::table::{Bars, Icons, Looks, Mark, Stops, Tint, Value};

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

    /// The looks of all numbers, where those of members lie within `extent`.
    pub(super) fn looks(&self, extent: Option<Extent>) -> Looks {
        Looks {
            bars: extent.filter(|_| self.bars).map(|Extent { low, high }| Bars::over(low, high)),
            scale: extent.and_then(|extent| Some(self.scale?.over(extent))),
            icons: self.icons,
        }
    }
}

impl Scale {
    fn over(self, Extent { low, high }: Extent) -> Stops {
        let turn = if low < 0.0 && high > 0.0 { 0.0 } else { f64::midpoint(low, high) };
        Stops {
            low: (low, self.low),
            middle: self.middle.map(|middle| (turn, middle)),
            high: (high, self.high),
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
    fn a_scale_with_a_middle_turns_at_zero() {
        let (red, white, green) = (Tint(200, 0, 0), Tint(255, 255, 255), Tint(0, 200, 0));
        let scale = Scale { low: red, middle: Some(white), high: green };
        let stops = scale.over(Extent { low: -1.0, high: 3.0 });
        assert_eq!(stops.tint(0.0), white);
        assert_eq!(stops.tint(-1.0), red);
        assert_eq!(stops.tint(3.0), green);
        let equal = scale.over(Extent { low: 2.0, high: 2.0 });
        assert_eq!(equal.tint(2.0), white, "all numbers are equal");
        assert!(!equal.has_width());
    }
}
