//! The colours of a brand in place of the standard ones.

use std::collections::HashMap;

use super::palette::Palette;
use super::theme::{Role, SERIES_COLORS, Swatch};
use crate::format::Color;

/// Marks on dark pages are at least this light, so that the dark text on them can be read.
const LEAST_ON_DARK: f64 = 0.19;
/// Text on dark pages is this light: a contrast of 4.5 to the lightest of them.
const LIGHT_TEXT: f64 = 0.28;
/// Surfaces on dark pages are no lighter.
const DARK_SURFACE: f64 = 0.045;
/// Text that is drawn on a mark is light below this luminance, dark above.
pub(super) const DARK_BELOW: f64 = 0.24;
/// How far from their colour the shades stand that series beyond the theme's take, in steps of luminance.
const SHADES: [f64; 4] = [0.34, 0.12, 0.5, 0.06];

/// One colour for light pages and paper, one for dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Shade {
    /// On light pages and on paper.
    pub light: Color,
    /// On dark pages.
    pub dark: Color,
}

/// What a brand gives; the rest keeps its standard colour.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Colors {
    /// The series in their order, at most ten.
    pub series: Vec<Shade>,
    /// A change for the better.
    pub good: Option<Shade>,
    /// A change for the worse.
    pub bad: Option<Shade>,
    /// Text that is read first.
    pub ink: Option<Shade>,
    /// Text that helps.
    pub muted: Option<Shade>,
    /// The hue of scales.
    pub heat: Option<Shade>,
}

impl Shade {
    /// Of a mark: the same colour on dark pages, or a lighter one of its hue where it would be too dark to
    /// be told from the page.
    pub fn of(light: Color) -> Self {
        Self::at_least(light, LEAST_ON_DARK)
    }

    /// Of text: on dark pages light enough to be read there.
    pub fn of_text(light: Color) -> Self {
        Self::at_least(light, LIGHT_TEXT)
    }

    /// Of a surface: on dark pages dark enough for light text.
    pub fn of_surface(light: Color) -> Self {
        Self { light, dark: light.with_luminance(light.luminance().min(DARK_SURFACE)) }
    }

    fn at_least(light: Color, least: f64) -> Self {
        let dark = if light.luminance() < least { light.with_luminance(LIGHT_TEXT) } else { light };
        Self { light, dark }
    }

    /// A shade of this hue with the lightness of a standard colour, in each mode.
    #[must_use]
    pub fn toned(self, standard: Swatch) -> Self {
        let tone = |hue: Color, like: (u8, u8, u8)| hue.with_luminance(Color::from(like).luminance());
        Self { light: tone(self.light, standard.light), dark: tone(self.dark, standard.dark) }
    }
}

impl Colors {
    /// The colours of a role, if they are not the standard ones.
    pub fn of(&self, role: Role) -> Option<Shade> {
        match role {
            Role::Ink => self.ink,
            Role::Muted => self.muted,
            Role::Good => self.good,
            Role::Bad => self.bad,
            Role::Series(index) => self.series(index % SERIES_COLORS),
            Role::Heat(_) => Some(self.heat?.toned(role.swatch())),
            _ => None,
        }
    }

    fn series(&self, index: usize) -> Option<Shade> {
        let count = self.series.len();
        let own = self.series.get(index.checked_rem(count)?)?;
        let Some(round) = (index / count).checked_sub(1) else { return Some(*own) };
        let tone = SHADES[round % SHADES.len()];
        let light = own.light.with_luminance(tone);
        Some(Shade { light, dark: own.dark.with_luminance(tone.max(LEAST_ON_DARK)) })
    }

    /// The colours on paper that take the place of standard ones: from, to.
    pub fn on_paper(&self) -> HashMap<Color, Color> {
        let roles = Role::all().filter_map(|role| Some((role.swatch().light.into(), self.of(role)?.light)));
        roles.collect()
    }

    /// Which series need other text on them than in the standard colours: bit `i` is set where series `i`
    /// is light.
    pub fn light_series(&self) -> LightSeries {
        let light = |index: &usize| {
            let shade = self.of(Role::Series(*index)).map(|shade| shade.light);
            let color = shade.unwrap_or_else(|| Role::Series(*index).swatch().light.into());
            color.luminance() >= DARK_BELOW
        };
        LightSeries((0..SERIES_COLORS).filter(light).fold(0, |bits, index| bits | 1 << index))
    }
}

/// Which series are light, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct LightSeries(u16);

impl LightSeries {
    /// Whether dark text is to stand on the series.
    pub(super) fn holds(self, index: usize) -> bool {
        self.0 >> (index % SERIES_COLORS) & 1 == 1
    }
}

impl Default for LightSeries {
    fn default() -> Self {
        Colors::default().light_series()
    }
}

impl super::Look {
    /// The role of text that stands on a mark of this role.
    pub(super) fn ink_on(self, role: Role) -> Role {
        match role {
            Role::Series(index) if self.palette == Palette::Standard => {
                if self.light_series.holds(index) {
                    Role::OnLight
                } else {
                    Role::OnDark
                }
            }
            _ => self.of(role).ink_on(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Look;

    fn brand(series: &[Color]) -> Colors {
        Colors { series: series.iter().map(|color| Shade::of(*color)).collect(), ..Colors::default() }
    }

    #[test]
    fn the_standard_look_puts_the_same_ink_on_series_as_the_theme() {
        for index in 0..SERIES_COLORS {
            assert_eq!(Look::default().ink_on(Role::Series(index)), Role::Series(index).ink_on(), "{index}");
        }
    }

    #[test]
    fn text_on_any_brand_can_be_read_in_both_modes() {
        let steps = [0_u8, 0x33, 0x66, 0x99, 0xcc, 0xff];
        let all = steps.iter().flat_map(|r| steps.iter().flat_map(move |g| steps.map(|b| Color(*r, *g, b))));
        for color in all {
            let colors = brand(&[color]);
            let look = Look { light_series: colors.light_series(), ..Look::default() };
            for index in 0..SERIES_COLORS {
                let shade = colors.of(Role::Series(index)).unwrap();
                let ink = look.ink_on(Role::Series(index)).swatch();
                assert!(shade.light.contrast(ink.light.into()) >= 3.5, "{color} {index} {shade:?}");
                assert!(shade.dark.contrast(ink.dark.into()) >= 3.5, "{color} {index} {shade:?}");
            }
        }
    }

    #[test]
    fn more_series_than_colours_take_shades_that_differ() {
        let colors = brand(&[Color(0x0b, 0x5c, 0xad), Color(0xee, 0x77, 0x11)]);
        let all: Vec<Color> =
            (0..SERIES_COLORS).map(|index| colors.of(Role::Series(index)).unwrap().light).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{all:?}");
        }
        assert_eq!(brand(&[]).of(Role::Series(0)), None);
    }

    #[test]
    fn scales_keep_their_lightness_in_another_hue() {
        let colors = Colors { heat: Some(Shade::of(Color(0xc0, 0x20, 0x30))), ..Colors::default() };
        for step in 0..super::super::HEAT_STEPS {
            let (standard, shade) = (Role::Heat(step).swatch(), colors.of(Role::Heat(step)).unwrap());
            let apart = |a: Color, b: (u8, u8, u8)| (a.luminance() - Color::from(b).luminance()).abs();
            assert!(apart(shade.light, standard.light) < 0.01 && apart(shade.dark, standard.dark) < 0.01);
            assert!(shade.light.0 >= shade.light.2);
        }
    }
}
