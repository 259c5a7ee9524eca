//! A theme: the colours, fonts and logo of a brand, for screen and paper alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PartFile;
use crate::format::{Color, LocalizedText};

/// The colours, fonts and logo of a brand. `theme.yaml` holds for every report that names no other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// What people call it.
    pub title: Option<LocalizedText>,
    /// The functional role that answers for it: exactly one.
    pub owner: String,
    /// The colours; what is left out stays as it is without a theme.
    #[serde(default)]
    pub colors: ThemeColors,
    /// The fonts. Characters they lack are set in the bundled ones.
    pub fonts: Option<ThemeFonts>,
    /// The company's mark (PNG, JPEG or SVG, at most 2 MiB), as a path in the workspace: in the bar at the
    /// top of pages, beside the title of sheets and on covers, where a report names no other.
    pub logo: Option<PartFile>,
}

/// The colours of a theme.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ThemeColors {
    /// Links, buttons, emphasis, bars in cells; scales of heatmaps take its hue unless `heat` says
    /// otherwise.
    pub primary: Option<ThemeColor>,
    /// The series of charts in their order. Further series take lighter and darker shades of the same.
    #[schemars(length(max = 10))]
    pub series: Vec<ThemeColor>,
    /// A change for the better.
    pub good: Option<ThemeColor>,
    /// A change for the worse, and negative numbers that are written in red.
    pub bad: Option<ThemeColor>,
    /// Text that is read first.
    pub ink: Option<ThemeColor>,
    /// Text that helps: labels of axes, notes.
    pub muted: Option<ThemeColor>,
    /// The hue of heatmaps and calendars.
    pub heat: Option<ThemeColor>,
    /// What stands behind the heads of tables; their text is dark or light to suit.
    pub table_head: Option<ThemeColor>,
}

/// A colour: `"#0b5cad"`, or one for light pages and paper and one for dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ThemeColor {
    /// For both; on dark pages it is lightened where it would not be seen.
    One(Color),
    /// For each.
    Both(ColorPair),
}

/// A colour for light pages and one for dark pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColorPair {
    /// On light pages and on paper.
    pub light: Color,
    /// On dark pages.
    pub dark: Color,
}

/// The fonts of a theme.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemeFonts {
    /// An OpenType or TrueType font (`.otf`, `.ttf`, at most 24 MiB), as a path in the workspace.
    pub regular: PartFile,
    /// Its bold. Without it bold text is set in `regular` too.
    pub bold: Option<PartFile>,
}
