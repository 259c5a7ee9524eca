//! The look of a brand: its colours and fonts, on every output alike.
//!
//! Everything is laid out and drawn in the standard colours; the colours of a brand take their place when a
//! page is written, or, on screen, when its style sheet is read. Fonts are different: they decide how wide
//! text is, so they are in use from the first line of the layout.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::canvas::{FontSet, Op, Page, Paint, Rgb, Stroke, brand_fonts};
use super::sheet::style;
use crate::charts::{Colors, Role, Shade};
use crate::format::Color;

/// The look of a brand; what it does not name is as usual.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Theme {
    /// The colours of charts and text.
    pub colors: Colors,
    /// Links, buttons, emphasis, bars in cells.
    pub primary: Option<Shade>,
    /// Behind the heads of tables.
    pub table_head: Option<Shade>,
    /// The fonts.
    pub fonts: Option<ThemeFonts>,
}

/// The fonts of a brand.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct ThemeFonts {
    /// An OpenType or TrueType file; its SHA-256 stands for it in the digest of a document.
    #[serde(serialize_with = "super::document::digest_of_file")]
    pub regular: Arc<[u8]>,
    /// The same in bold.
    #[serde(serialize_with = "super::document::digest_of_file")]
    pub bold: Arc<[u8]>,
}

impl std::fmt::Debug for ThemeFonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&self.regular, &self.bold].map(|file| file.len());
        f.debug_struct("ThemeFonts").field("bytes", &bytes).finish()
    }
}

/// What is laid out without a brand.
pub(super) fn usual() -> &'static Theme {
    static USUAL: std::sync::LazyLock<Theme> = std::sync::LazyLock::new(Theme::default);
    &USUAL
}

impl Theme {
    /// Does what `draw` does with the fonts of the brand; whatever measures or draws text of a document
    /// goes through here.
    pub fn during<R>(&self, draw: impl FnOnce() -> R) -> R {
        let own = self.fonts.as_ref().and_then(|fonts| brand_fonts(&fonts.regular, &fonts.bold));
        own.unwrap_or_else(FontSet::bundled).during(draw)
    }

    /// A page in the colours of the brand, for paper and pictures.
    #[must_use]
    pub fn painted(&self, mut page: Page) -> Page {
        let colors = self.on_paper();
        if colors.is_empty() {
            return page;
        }
        let of = |Rgb(red, green, blue): &mut Rgb| {
            if let Some(Color(r, g, b)) = colors.get(&Color(*red, *green, *blue)) {
                (*red, *green, *blue) = (*r, *g, *b);
            }
        };
        for op in &mut page.ops {
            match op {
                Op::Text { color, .. } => of(color),
                Op::Path { fill, stroke, .. } => {
                    if let Some(Paint { color, .. }) = fill {
                        of(color);
                    }
                    if let Some(Stroke { paint, .. }) = stroke {
                        of(&mut paint.color);
                    }
                }
                // Pictures keep their colours.
                _ => {}
            }
        }
        page
    }

    /// The colour of buttons and links in a mail.
    pub fn accent(&self) -> Color {
        self.primary.map_or(Color(0x2f, 0x6f, 0xde), |shade| shade.light)
    }

    /// The colour of text that is read first, on paper and in a mail.
    pub fn ink(&self) -> Color {
        self.colors.ink.map_or_else(|| Role::Ink.swatch().light.into(), |shade| shade.light)
    }

    /// The colour of text that helps, on paper and in a mail.
    pub fn muted(&self) -> Color {
        self.colors.muted.map_or_else(|| Role::Muted.swatch().light.into(), |shade| shade.light)
    }

    /// A colour on paper that stands for `standard`.
    pub fn on_paper_of(&self, standard: Color) -> Color {
        self.on_paper().get(&standard).copied().unwrap_or(standard)
    }

    /// The colours that take the place of standard ones: from, to.
    fn on_paper(&self) -> HashMap<Color, Color> {
        let mut colors = self.colors.on_paper();
        let of = |Rgb(red, green, blue): Rgb| Color(red, green, blue);
        let tone = |hue: Shade, like: Rgb| hue.light.with_luminance(of(like).luminance());
        if let Some(primary) = self.primary {
            colors.insert(of(style::LINK), primary.light);
            colors.insert(of(style::BAR), tone(primary, style::BAR));
        }
        if let Some(bad) = self.colors.bad {
            colors.insert(of(style::NEGATIVE_BAR), tone(bad, style::NEGATIVE_BAR));
        }
        if let Some(ink) = self.colors.ink {
            colors.insert(of(style::HEAD_INK), ink.light);
        }
        if let Some(head) = self.table_head {
            colors.insert(of(style::HEAD), head.light);
            colors.insert(of(style::HEAD_INK), ink_on(head.light));
        }
        colors
    }

    /// The CSS variables of a page in this brand, for light and dark mode, to be read after those of the
    /// standard look. `fonts` are the addresses of the two fonts.
    pub fn stylesheet(&self, fonts: Option<[&str; 2]>) -> String {
        let mut css = String::new();
        if let Some([regular, bold]) = fonts {
            for (weight, address) in [("400", regular), ("600 700", bold)] {
                let _ = writeln!(
                    css,
                    "@font-face {{ font-family: Brand; font-weight: {weight}; font-display: swap; src: url(\"{address}\"); }}"
                );
            }
            // Tables and charts keep digits of one width, from whichever font has them.
            css.push_str(
                ":root { --font: Brand, Pretendard, \"Noto Sans HK\", \"PingFang HK\", \"Microsoft JhengHei\", system-ui, sans-serif; }\n\
                 svg.chart { font-family: Brand, Pretendard, \"Noto Sans HK\", sans-serif; }\n",
            );
        }
        let light = self.variables(|shade| shade.light, 1.0);
        let dark = self.variables(|shade| shade.dark, 0.0);
        let _ = write!(
            css,
            ":root {{\n{light}}}\n\
             @media (prefers-color-scheme: dark) {{\n:root:not([data-theme=\"light\"]) {{\n{dark}}}\n}}\n\
             :root[data-theme=\"dark\"] {{\n{dark}}}\n"
        );
        css
    }

    /// The variables in one mode; `page` is the luminance of its page.
    fn variables(&self, side: fn(Shade) -> Color, page: f64) -> String {
        let mut css = String::new();
        let mut say = |name: &str, color: Color| {
            let _ = writeln!(css, "  --{name}: {color};");
        };
        for role in Role::all() {
            if let Some(shade) = self.colors.of(role) {
                say(role.swatch().variable, side(shade));
            }
        }
        if let Some(primary) = self.primary {
            let color = side(primary);
            // Pressed buttons are stronger against their page; washes lie close to it.
            let own = color.luminance();
            say("accent", color);
            say(
                "accent-strong",
                color.with_luminance(if page > 0.5 { own * 0.6 } else { own + (1.0 - own) * 0.4 }),
            );
            say("accent-soft", color.with_luminance(if page > 0.5 { 0.86 } else { 0.025 }));
            say("on-accent", ink_on(color));
            say("cell-bar", color.with_luminance(if page > 0.5 { 0.62 } else { 0.09 }));
        }
        if let Some(head) = self.table_head {
            say("table-head", side(head));
            say("table-head-ink", ink_on(side(head)));
        }
        css
    }
}

/// Text that can be read on a colour.
fn ink_on(color: Color) -> Color {
    let (dark, light) = (Color(0x1b, 0x22, 0x30), Color(0xff, 0xff, 0xff));
    if color.contrast(light) >= color.contrast(dark) { light } else { dark }
}

impl Theme {
    /// Hexadecimal digits: what changes when the look does, for the addresses of its files.
    pub fn version(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(serde_json::to_vec(&Self { fonts: None, ..self.clone() }).unwrap_or_default());
        for font in self.fonts.iter().flat_map(|fonts| [&fonts.regular, &fonts.bold]) {
            // The beginning of a font holds the checksums of all its tables.
            digest.update(font.len().to_le_bytes());
            digest.update(font.get(..64 * 1024).unwrap_or(font));
        }
        digest.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_brand_no_colour_is_looked_up() {
        assert!(usual().on_paper().is_empty());
        let ink = Theme {
            colors: Colors { ink: Some(Shade::of_text(Color(1, 2, 3))), ..Colors::default() },
            ..Theme::default()
        };
        let head = Color(style::HEAD_INK.0, style::HEAD_INK.1, style::HEAD_INK.2);
        assert_eq!(ink.on_paper_of(head), Color(1, 2, 3));
    }
}
