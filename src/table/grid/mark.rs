//! How a cell looks beyond its number.

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Tint(pub u8, pub u8, pub u8);

/// A picture before the number. Its shape says what it means, so that it survives black-and-white
/// printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Icon {
    /// A triangle up.
    Up,
    /// A bar.
    Level,
    /// A triangle down.
    Down,
    /// A full circle.
    Good,
    /// A half circle.
    Fair,
    /// An empty circle.
    Poor,
}

/// A bar behind the number, in parts of the cell's width.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Bar {
    /// Where the number zero stands, 0 to 1.
    pub zero: f32,
    /// Where the bar ends, 0 to 1; left of `zero` for negatives.
    pub end: f32,
}

/// How a cell looks beyond its number.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Mark {
    /// The colour of the text.
    pub ink: Option<Tint>,
    /// The colour of the cell.
    pub fill: Option<Tint>,
    /// Bold text.
    pub bold: bool,
    /// A picture before the number.
    pub icon: Option<Icon>,
    /// A bar behind the number.
    pub bar: Option<Bar>,
}

impl Tint {
    /// The colour from `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |from: usize| u8::from_str_radix(digits.get(from..from + 2)?, 16).ok();
        Some(Self(part(0)?, part(2)?, part(4)?))
    }

    /// `#rrggbb`
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// The colour `share` (0 to 1) of the way to `other`.
    #[must_use]
    pub fn towards(self, other: Self, share: f32) -> Self {
        let share = share.clamp(0.0, 1.0);
        let part =
            |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }
}

impl Mark {
    /// Whether it changes nothing.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_written_and_mixed() {
        assert_eq!(Tint::parse("#1c7ED6"), Some(Tint(0x1c, 0x7e, 0xd6)));
        assert_eq!(Tint::parse("#1c7ED6").unwrap().hex(), "#1c7ed6");
        for bad in ["", "#12", "1c7ed6", "#1c7edg", "#1c7ed6ff", "#가나"] {
            assert_eq!(Tint::parse(bad), None, "{bad}");
        }
        assert_eq!(Tint(0, 0, 0).towards(Tint(200, 100, 0), 0.5), Tint(100, 50, 0));
    }
}
