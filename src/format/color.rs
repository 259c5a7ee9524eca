//! Colours as people write them, and how well one can be read on another.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An opaque sRGB colour, written as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// Reads `#rrggbb`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self(red, green, blue))
    }

    /// Relative luminance after WCAG 2.2: 0 for black, 1 for white.
    pub fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast to another colour after WCAG 2.2, 1 to 21. Text needs 4.5.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The same hue, as light as asked: brighter or darker in linear light as far as that goes, beyond it
    /// mixed with white.
    #[must_use]
    pub fn with_luminance(self, wanted: f64) -> Self {
        let wanted = wanted.clamp(0.0, 1.0);
        let own = self.luminance();
        let channels = self.linear();
        let most = channels.iter().copied().fold(0.0, f64::max);
        let brighter = if own > 0.0 { (wanted / own).min(1.0 / most) } else { 1.0 };
        let reached = own * brighter;
        let white = if wanted > reached { (wanted - reached) / (1.0 - reached) } else { 0.0 };
        let channels = channels.map(|channel| {
            let channel = channel * brighter;
            channel + (1.0 - channel) * white
        });
        let [red, green, blue] = channels.map(|linear| {
            let encoded =
                if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
            (encoded.clamp(0.0, 1.0) * 255.0).round() as u8
        });
        Self(red, green, blue)
    }

    /// The channels without gamma, 0 to 1 (IEC 61966-2-1).
    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        })
    }
}

impl From<(u8, u8, u8)> for Color {
    fn from((red, green, blue): (u8, u8, u8)) -> Self {
        Self(red, green, blue)
    }
}

impl std::fmt::Display for Color {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no colour such as \"#0b5cad\"")))
    }
}

impl JsonSchema for Color {
    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^#[0-9a-fA-F]{6}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_they_are_written() {
        assert_eq!(Color::parse("#0B5cad"), Some(Color(0x0b, 0x5c, 0xad)));
        assert_eq!(Color(0x0b, 0x5c, 0xad).to_string(), "#0b5cad");
        for wrong in ["0b5cad", "#0b5ca", "#0b5cadd", "#0b5cag", "#+b5cad", "blue", ""] {
            assert_eq!(Color::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let (black, white, grey) = (Color(0, 0, 0), Color(255, 255, 255), Color(0x77, 0x77, 0x77));
        assert!((black.contrast(white) - 21.0).abs() < 1e-9);
        assert!((grey.contrast(white) - 4.48).abs() < 0.01);
    }

    #[test]
    fn another_lightness_is_met_and_keeps_the_hue() {
        let blue = Color(0x0b, 0x5c, 0xad);
        for wanted in [0.0, 0.02, 0.1, 0.3, 0.7, 0.95, 1.0] {
            let shade = blue.with_luminance(wanted);
            assert!((shade.luminance() - wanted).abs() < 0.01, "{wanted} {shade}");
            assert!(shade.0 <= shade.1 && shade.1 <= shade.2, "{shade}");
        }
        assert!((Color(0, 0, 0).with_luminance(0.5).luminance() - 0.5).abs() < 0.01);
    }
}
