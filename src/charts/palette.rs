//! The colours of series: palettes to choose from, and patterns that keep series apart in a print
//! without colour.

use super::colors::LightSeries;
use super::theme::{Role, Swatch, swatch};

/// The colours of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub enum Palette {
    /// Ten colours whose neighbours differ in lightness as well as hue.
    #[default]
    Standard,
    /// The eight colours of Okabe and Ito (Color Universal Design, 2008), which people with any
    /// colour blindness tell apart.
    OkabeIto,
    /// Blues and oranges, dark and light: apart for the red-green blind, and calm.
    BlueOrange,
    /// Greys, for prints without colour.
    Greys,
}

/// How the series of a chart are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize)]
pub struct Look {
    /// By which colours.
    pub palette: Palette,
    /// Whether by hatching too.
    pub patterns: bool,
    /// Which series of the standard palette are light, as the colours of the brand have it.
    #[serde(skip)]
    pub light_series: LightSeries,
}

/// How many colours each palette besides the standard one has.
pub(super) const COLORS: usize = 8;

const OKABE_ITO: [Swatch; COLORS] = [
    swatch("okabe-ito-1", (0x00, 0x72, 0xb2), (0x4d, 0xa9, 0xe0)),
    swatch("okabe-ito-2", (0xe6, 0x9f, 0x00), (0xf4, 0xb8, 0x3d)),
    swatch("okabe-ito-3", (0x00, 0x9e, 0x73), (0x3c, 0xc7, 0x9e)),
    swatch("okabe-ito-4", (0x56, 0xb4, 0xe9), (0x86, 0xcc, 0xf4)),
    swatch("okabe-ito-5", (0xd5, 0x5e, 0x00), (0xf0, 0x8a, 0x45)),
    swatch("okabe-ito-6", (0xcc, 0x79, 0xa7), (0xe0, 0xa0, 0xc4)),
    swatch("okabe-ito-7", (0xf0, 0xe4, 0x42), (0xf6, 0xee, 0x7d)),
    swatch("okabe-ito-8", (0x00, 0x00, 0x00), (0xd8, 0xdc, 0xe2)),
];

const BLUE_ORANGE: [Swatch; COLORS] = [
    swatch("blue-orange-1", (0x1f, 0x4e, 0x8c), (0x5a, 0x94, 0xdc)),
    swatch("blue-orange-2", (0xf0, 0x8a, 0x1c), (0xf5, 0xa5, 0x50)),
    swatch("blue-orange-3", (0x6f, 0xa3, 0xd8), (0x8f, 0xbd, 0xec)),
    swatch("blue-orange-4", (0xb4, 0x55, 0x00), (0xd9, 0x84, 0x3a)),
    swatch("blue-orange-5", (0xa9, 0xcb, 0xea), (0xbd, 0xd9, 0xf4)),
    swatch("blue-orange-6", (0x0b, 0x2e, 0x59), (0x7a, 0x9c, 0xcb)),
    swatch("blue-orange-7", (0xfa, 0xc8, 0x8a), (0xfb, 0xd6, 0xa8)),
    swatch("blue-orange-8", (0x7a, 0x3b, 0x06), (0xb9, 0x86, 0x5c)),
];

const GREYS: [Swatch; COLORS] = [
    swatch("greys-1", (0x33, 0x37, 0x3d), (0xdf, 0xe2, 0xe7)),
    swatch("greys-2", (0x9a, 0xa0, 0xa9), (0x8d, 0x93, 0x9d)),
    swatch("greys-3", (0x5e, 0x63, 0x6b), (0xb9, 0xbe, 0xc6)),
    swatch("greys-4", (0xc9, 0xcd, 0xd3), (0x78, 0x7e, 0x88)),
    swatch("greys-5", (0x47, 0x4b, 0x52), (0xcd, 0xd1, 0xd7)),
    swatch("greys-6", (0xb2, 0xb7, 0xbe), (0x83, 0x89, 0x93)),
    swatch("greys-7", (0x6c, 0x71, 0x79), (0xa6, 0xac, 0xb5)),
    swatch("greys-8", (0xdb, 0xde, 0xe3), (0x6f, 0x75, 0x7f)),
];

impl Palette {
    /// Every palette besides the standard one, whose colours are those of the theme.
    pub const OTHERS: [Self; 3] = [Self::OkabeIto, Self::BlueOrange, Self::Greys];

    /// The colour of a series; numbers beyond the palette begin again.
    pub(super) fn swatch(self, index: usize) -> Swatch {
        let colors = match self {
            Self::Standard => return Role::Series(index).swatch(),
            Self::OkabeIto => &OKABE_ITO,
            Self::BlueOrange => &BLUE_ORANGE,
            Self::Greys => &GREYS,
        };
        colors[index % COLORS]
    }
}

impl Look {
    /// The colour of a series on paper, as red, green and blue.
    pub fn color(self, index: usize) -> (u8, u8, u8) {
        self.palette.swatch(index).light
    }

    /// What a role of a series is in this look; other roles stay as they are.
    pub(super) fn of(self, role: Role) -> Role {
        match role {
            Role::Series(index) if self.palette != Palette::Standard => {
                Role::Palette(self.palette, index % COLORS)
            }
            _ => role,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_changes_series_and_nothing_else() {
        let look = Look { palette: Palette::Greys, ..Look::default() };
        assert_eq!(look.of(Role::Series(9)), Role::Palette(Palette::Greys, 1));
        assert_eq!(look.of(Role::Good), Role::Good);
        assert_eq!(Look::default().of(Role::Series(9)), Role::Series(9));
    }

    #[test]
    fn neighbours_in_grey_differ_in_lightness() {
        for index in 0..COLORS {
            let (one, next) = (GREYS[index].light.0, GREYS[(index + 1) % COLORS].light.0);
            assert!(one.abs_diff(next) >= 0x30, "{index}");
        }
    }
}
