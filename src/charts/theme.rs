//! What every colour of a drawing is for, and its value in light and dark mode.
//!
//! Charts are drawn in the light colours. The SVG for the browser replaces each by the CSS variable
//! of its role, so one drawing serves both modes; that is why every light value here is unique.

use super::colors::DARK_BELOW;
use super::palette::{self, Palette};
use crate::format::Color;

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Text that is read first: values, names.
    Ink,
    /// Text that helps: axis labels, legends.
    Muted,
    /// Horizontal lines behind the marks.
    Grid,
    /// The base line.
    Axis,
    /// The paper, for gaps between marks.
    Surface,
    /// The comparison period.
    Previous,
    /// The members that a "top N" left out.
    Others,
    /// A change for the better.
    Good,
    /// A change for the worse.
    Bad,
    /// A series; numbers beyond the palette begin again.
    Series(usize),
    /// A series in another palette than the standard one.
    Palette(Palette, usize),
    /// A step of the sequential scale, 0 to [`HEAT_STEPS`]` - 1`.
    Heat(usize),
    /// Text on a dark mark.
    OnDark,
    /// Text on a light mark.
    OnLight,
    /// A heatmap cell without a value.
    Hollow,
    /// A qualitative range behind a number, 0 (poor, strongest) to `BAND_STEPS - 1`.
    Band(usize),
}

/// A colour of the theme in both modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swatch {
    /// The CSS variable, without the leading dashes.
    pub variable: &'static str,
    /// sRGB in light mode and on paper.
    pub light: (u8, u8, u8),
    /// sRGB in dark mode.
    pub dark: (u8, u8, u8),
}

/// How many steps the sequential scale has.
pub const HEAT_STEPS: usize = 9;

/// How many qualitative ranges have a tint of their own.
pub(super) const BAND_STEPS: usize = 4;

/// How many series have a colour of their own.
pub const SERIES_COLORS: usize = 10;

pub(super) const fn swatch(variable: &'static str, light: (u8, u8, u8), dark: (u8, u8, u8)) -> Swatch {
    Swatch { variable, light, dark }
}

/// Neighbours differ in lightness as well as hue, so they stay apart for colour-blind readers and in
/// a grey print.
const SERIES: [Swatch; SERIES_COLORS] = [
    swatch("chart-1", (0x2f, 0x6f, 0xde), (0x6a, 0x9d, 0xf5)),
    swatch("chart-2", (0xec, 0x8f, 0x3c), (0xf5, 0xad, 0x6b)),
    swatch("chart-3", (0x0d, 0x80, 0x77), (0x3f, 0xbf, 0xb1)),
    swatch("chart-4", (0xe3, 0x87, 0xc4), (0xee, 0xa5, 0xd3)),
    swatch("chart-5", (0x6a, 0x4f, 0xc3), (0x9f, 0x8c, 0xf0)),
    swatch("chart-6", (0xe5, 0xbb, 0x3f), (0xf1, 0xd1, 0x6e)),
    swatch("chart-7", (0x9a, 0x42, 0x2f), (0xd0, 0x7a, 0x62)),
    swatch("chart-8", (0x5d, 0xb8, 0xe8), (0x93, 0xd5, 0xf6)),
    swatch("chart-9", (0x4b, 0x77, 0x2f), (0x8d, 0xbd, 0x6d)),
    swatch("chart-10", (0x2b, 0x45, 0x6f), (0x8a, 0xa4, 0xcf)),
];

const HEAT: [Swatch; HEAT_STEPS] = [
    swatch("heat-0", (0xf1, 0xf6, 0xfe), (0x1b, 0x26, 0x3a)),
    swatch("heat-1", (0xdd, 0xe9, 0xfc), (0x1e, 0x30, 0x50)),
    swatch("heat-2", (0xc4, 0xd9, 0xfa), (0x22, 0x3c, 0x69)),
    swatch("heat-3", (0xa5, 0xc5, 0xf6), (0x28, 0x4a, 0x85)),
    swatch("heat-4", (0x82, 0xac, 0xf0), (0x30, 0x5a, 0xa3)),
    swatch("heat-5", (0x4b, 0x80, 0xdd), (0x4c, 0x80, 0xd8)),
    swatch("heat-6", (0x36, 0x6a, 0xc9), (0x6b, 0x99, 0xe8)),
    swatch("heat-7", (0x29, 0x55, 0xa9), (0x8f, 0xb4, 0xf2)),
    swatch("heat-8", (0x1b, 0x3f, 0x82), (0xb8, 0xd2, 0xfa)),
];

/// Tints that neither hide the number in front of them nor vanish on paper.
const BANDS: [Swatch; BAND_STEPS] = [
    swatch("band-0", (0xcd, 0xd4, 0xdf), (0x45, 0x50, 0x64)),
    swatch("band-1", (0xdb, 0xe0, 0xe8), (0x38, 0x42, 0x54)),
    swatch("band-2", (0xe6, 0xea, 0xf0), (0x2d, 0x36, 0x46)),
    swatch("band-3", (0xf0, 0xf2, 0xf6), (0x25, 0x2d, 0x3b)),
];

const INK: Swatch = swatch("ink", (0x1c, 0x24, 0x33), (0xe8, 0xec, 0xf3));
const MUTED: Swatch = swatch("muted", (0x66, 0x70, 0x85), (0x98, 0xa3, 0xb8));
const GRID: Swatch = swatch("grid", (0xea, 0xed, 0xf2), (0x2a, 0x32, 0x42));
const AXIS: Swatch = swatch("axis", (0xc3, 0xca, 0xd6), (0x4a, 0x54, 0x68));
const SURFACE: Swatch = swatch("surface", (0xff, 0xff, 0xff), (0x16, 0x1c, 0x28));
const PREVIOUS: Swatch = swatch("previous", (0xa3, 0xac, 0xbb), (0x77, 0x82, 0x97));
const OTHERS: Swatch = swatch("others", (0xbf, 0xc6, 0xd1), (0x76, 0x81, 0x96));
const GOOD: Swatch = swatch("good", (0x0f, 0x7b, 0x4f), (0x4f, 0xc9, 0x93));
const BAD: Swatch = swatch("bad", (0xc4, 0x32, 0x3a), (0xf4, 0x82, 0x82));
const ON_DARK: Swatch = swatch("on-dark", (0xfd, 0xfe, 0xff), (0x0e, 0x14, 0x20));
const ON_LIGHT: Swatch = swatch("on-light", (0x1b, 0x22, 0x30), (0x0f, 0x15, 0x21));
const HOLLOW: Swatch = swatch("hollow", (0xf6, 0xf7, 0xf9), (0x1d, 0x24, 0x32));

impl Role {
    /// Its values in both modes.
    pub fn swatch(self) -> Swatch {
        match self {
            Self::Ink => INK,
            Self::Muted => MUTED,
            Self::Grid => GRID,
            Self::Axis => AXIS,
            Self::Surface => SURFACE,
            Self::Previous => PREVIOUS,
            Self::Others => OTHERS,
            Self::Good => GOOD,
            Self::Bad => BAD,
            Self::Series(index) => SERIES[index % SERIES_COLORS],
            Self::Palette(palette, index) => palette.swatch(index),
            Self::Heat(step) => HEAT[step.min(HEAT_STEPS - 1)],
            Self::OnDark => ON_DARK,
            Self::OnLight => ON_LIGHT,
            Self::Hollow => HOLLOW,
            Self::Band(step) => BANDS[step.min(BAND_STEPS - 1)],
        }
    }

    /// Every role once.
    pub fn all() -> impl Iterator<Item = Self> {
        use Role::{Axis, Bad, Good, Grid, Hollow, Ink, Muted, OnDark, OnLight, Others, Previous, Surface};
        [Ink, Muted, Grid, Axis, Surface, Previous, Others, Good, Bad, OnDark, OnLight, Hollow]
            .into_iter()
            .chain((0..SERIES_COLORS).map(Self::Series))
            .chain(
                Palette::OTHERS
                    .into_iter()
                    .flat_map(|palette| (0..palette::COLORS).map(move |index| Self::Palette(palette, index))),
            )
            .chain((0..HEAT_STEPS).map(Self::Heat))
            .chain((0..BAND_STEPS).map(Self::Band))
    }

    /// The role of text on paper about a mark of this colour: colours too light to read become ink.
    #[must_use]
    pub fn on_paper(self) -> Self {
        match self {
            Self::Ink | Self::Muted | Self::Good | Self::Bad => self,
            _ => Self::Ink,
        }
    }

    /// The role of text that stands on a mark of this colour.
    #[must_use]
    pub fn ink_on(self) -> Self {
        // The dark-mode scale runs the other way, and its two inks with it: the ends must be told
        // by step, the rest by the light value's luminance.
        match self {
            Self::Heat(step) if step >= 5 => Self::OnDark,
            Self::Heat(_) => Self::Ink,
            other => {
                if Color::from(other.swatch().light).luminance() < DARK_BELOW {
                    Self::OnDark
                } else {
                    Self::OnLight
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
        Color::from(a).contrast(b.into())
    }

    #[test]
    fn every_light_value_and_every_variable_is_unique() {
        let swatches: Vec<Swatch> = Role::all().map(Role::swatch).collect();
        for (index, one) in swatches.iter().enumerate() {
            for other in &swatches[index + 1..] {
                assert_ne!(one.light, other.light, "{} and {}", one.variable, other.variable);
                assert_ne!(one.variable, other.variable);
            }
        }
    }

    #[test]
    fn text_can_be_read_on_paper_and_on_marks_in_both_modes() {
        for role in [Role::Ink, Role::Muted, Role::Good, Role::Bad] {
            assert!(contrast(role.swatch().light, SURFACE.light) >= 4.5, "{role:?} light");
            assert!(contrast(role.swatch().dark, SURFACE.dark) >= 4.5, "{role:?} dark");
        }
        let marks = (0..SERIES_COLORS).map(Role::Series).chain((0..HEAT_STEPS).map(Role::Heat));
        let palettes = Role::all().filter(|role| matches!(role, Role::Palette(..)));
        for mark in marks.chain(palettes).chain([Role::Others, Role::Previous]) {
            let (ink, mark_swatch) = (mark.ink_on().swatch(), mark.swatch());
            assert!(contrast(ink.light, mark_swatch.light) >= 3.8, "{mark:?} light");
            assert!(contrast(ink.dark, mark_swatch.dark) >= 3.8, "{mark:?} dark");
        }
    }

    /// Deuteranopia at full strength (Machado, Oliveira, Fernandes 2009), on linear values.
    fn deuteranope((red, green, blue): (u8, u8, u8)) -> [f64; 3] {
        let [r, g, b] = [red, green, blue].map(|channel| (f64::from(channel) / 255.0).powf(2.2));
        [
            0.367_322 * r + 0.860_646 * g - 0.227_968 * b,
            0.280_085 * r + 0.672_501 * g + 0.047_413 * b,
            -0.011_820 * r + 0.042_940 * g + 0.968_881 * b,
        ]
        .map(|channel| channel.max(0.0).powf(1.0 / 2.2))
    }

    #[test]
    fn neighbouring_series_stay_apart_for_colour_blind_readers() {
        for pair in SERIES.windows(2) {
            let (a, b) = (deuteranope(pair[0].light), deuteranope(pair[1].light));
            let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
            assert!(distance > 0.25, "{} {}: {distance:.2}", pair[0].variable, pair[1].variable);
        }
        for palette in Palette::OTHERS {
            for index in 0..palette::COLORS - 1 {
                let [a, b] = [index, index + 1].map(|index| deuteranope(palette.swatch(index).light));
                let distance = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                assert!(distance > 0.25, "{palette:?} {index}: {distance:.2}");
            }
        }
    }
}
