//! The looks that all numbers of a value share, for files whose program draws them by itself.

use super::{Bar, Icon, Mark, Tint};

/// How the cells of a value look by their numbers. Rules of single cells are not part of it; see
/// [`Mark`] for what a cell looks like in the end.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Looks {
    /// Bars behind the numbers of members.
    pub bars: Option<Bars>,
    /// Colours of the cells of members.
    pub scale: Option<Stops>,
    /// Icons before all numbers.
    pub icons: Option<Icons>,
}

/// The numbers at the ends of a cell that holds bars; zero lies within.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Bars {
    /// At the left end.
    pub low: f64,
    /// At the right end.
    pub high: f64,
}

/// Numbers with their colours; those between are mixed.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Stops {
    /// The smallest number.
    pub low: (f64, Tint),
    /// Where a scale of three colours turns.
    pub middle: Option<(f64, Tint)>,
    /// The largest number.
    pub high: (f64, Tint),
}

/// Which icon stands before which number.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Icons {
    /// The icons for small, middling and large numbers.
    pub icons: [Icon; 3],
    /// From here on a number is middling.
    pub middle_from: f64,
    /// From here on a number is large.
    pub high_from: f64,
}

impl Looks {
    /// Whether numbers look like any other.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The look of a cell with `number`. Only those of members have bars and colours: a total would
    /// dwarf them.
    pub fn mark(&self, number: f64, is_member: bool) -> Mark {
        Mark {
            bar: self.bars.filter(|_| is_member).map(|bars| bars.bar(number)),
            fill: self.scale.filter(|_| is_member).map(|scale| scale.tint(number)),
            icon: self.icons.map(|icons| icons.of(number)),
            ..Mark::default()
        }
    }
}

impl Bars {
    /// Bars for numbers from `low` to `high`; zero is always part of the scale.
    pub fn over(low: f64, high: f64) -> Self {
        Self { low: low.min(0.0), high: high.max(0.0) }
    }

    /// The bar of `number`.
    pub fn bar(self, number: f64) -> Bar {
        let span = self.high - self.low;
        if span <= 0.0 {
            return Bar { zero: 0.0, end: 0.0 };
        }
        let at = |number: f64| ((number - self.low) / span).clamp(0.0, 1.0) as f32;
        Bar { zero: at(0.0), end: at(number) }
    }
}

impl Stops {
    /// The colour of `number`.
    pub fn tint(self, number: f64) -> Tint {
        let ((low, low_tint), (high, high_tint)) = (self.low, self.high);
        let Some((turn, middle)) = self.middle else {
            let share = if high > low { (number - low) / (high - low) } else { 1.0 };
            return low_tint.towards(high_tint, share as f32);
        };
        if number >= turn {
            let share = if high > turn { (number - turn) / (high - turn) } else { 0.0 };
            middle.towards(high_tint, share as f32)
        } else {
            let share = if turn > low { (turn - number) / (turn - low) } else { 0.0 };
            middle.towards(low_tint, share as f32)
        }
    }

    /// Whether there are numbers to tell apart.
    pub fn has_width(self) -> bool {
        self.high.0 > self.low.0
    }
}

impl Icons {
    /// The icon of `number`.
    pub fn of(self, number: f64) -> Icon {
        let [low, middle, high] = self.icons;
        if number >= self.high_from {
            high
        } else if number >= self.middle_from {
            middle
        } else {
            low
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_of_mixed_signs_share_one_zero() {
        let bars = Bars::over(-50.0, 150.0);
        assert_eq!(bars.bar(150.0), Bar { zero: 0.25, end: 1.0 });
        assert_eq!(bars.bar(-50.0), Bar { zero: 0.25, end: 0.0 });
        assert_eq!(Bars::over(0.0, 0.0).bar(0.0), Bar { zero: 0.0, end: 0.0 });
        assert_eq!(Bars::over(20.0, 80.0), Bars { low: 0.0, high: 80.0 });
    }

    #[test]
    fn totals_have_icons_but_neither_bars_nor_colours() {
        let (white, blue) = (Tint(255, 255, 255), Tint(0, 0, 255));
        let looks = Looks {
            bars: Some(Bars::over(0.0, 10.0)),
            scale: Some(Stops { low: (0.0, white), middle: None, high: (10.0, blue) }),
            icons: Some(Icons {
                icons: [Icon::Down, Icon::Level, Icon::Up],
                middle_from: 2.0,
                high_from: 5.0,
            }),
        };
        assert_eq!(looks.mark(100.0, false), Mark { icon: Some(Icon::Up), ..Mark::default() });
        let member = looks.mark(2.0, true);
        assert_eq!((member.icon, member.fill), (Some(Icon::Level), Some(white.towards(blue, 0.2))));
        assert_eq!(member.bar, Some(Bar { zero: 0.0, end: 0.2 }));
    }
}
