//! How cells are written in Excel's own terms.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

use crate::format::{Grain, Locale, NegativeStyle, NumberFormat};
use crate::render::document::Theme;
use crate::table::{GridValue, Tint, Unit, ValueKind};

/// What a cell looks like.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Look {
    /// Excel's number format; empty for general.
    pub(super) number: String,
    pub(super) bold: bool,
    pub(super) ink: Option<Tint>,
    pub(super) fill: Option<Tint>,
    pub(super) align: Align,
    /// Thin lines around it.
    pub(super) bordered: bool,
    pub(super) wraps: bool,
    /// In points; 0 for the usual.
    pub(super) size: u8,
}

/// Where the text of a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Align {
    #[default]
    Natural,
    Left,
    Center,
}

/// The formats in use, each made once, in the colours of a brand.
pub(super) struct Formats {
    theme: Theme,
    /// Where the format of a look stands.
    places: HashMap<Look, usize>,
    made: Vec<Format>,
}

impl Formats {
    pub(super) fn of_theme(theme: &Theme) -> Self {
        Self { theme: theme.clone(), places: HashMap::new(), made: Vec::new() }
    }

    pub(super) fn of(&mut self, look: &Look) -> &Format {
        let place = self.places.get(look).copied().unwrap_or_else(|| {
            self.places.insert(look.clone(), self.made.len());
            self.made.push(made(look, &self.theme));
            self.made.len() - 1
        });
        &self.made[place]
    }
}

/// A colour in Excel's terms.
pub(super) fn color(tint: Tint) -> Color {
    Color::RGB(u32::from(tint.0) << 16 | u32::from(tint.1) << 8 | u32::from(tint.2))
}

/// The colour of a brand that stands for a standard one, in Excel's terms.
pub(super) fn in_theme(theme: &Theme, Tint(red, green, blue): Tint) -> Color {
    let crate::format::Color(red, green, blue) = theme.on_paper_of(crate::format::Color(red, green, blue));
    color(Tint(red, green, blue))
}

fn made(look: &Look, theme: &Theme) -> Format {
    let mut format = Format::new().set_align(FormatAlign::VerticalCenter);
    if !look.number.is_empty() {
        format = format.set_num_format(&look.number);
    }
    if look.bold {
        format = format.set_bold();
    }
    if let Some(ink) = look.ink {
        format = format.set_font_color(in_theme(theme, ink));
    }
    if let Some(fill) = look.fill {
        format = format.set_background_color(in_theme(theme, fill));
    }
    if look.bordered {
        format = format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00d0_d5dd));
    }
    if look.wraps {
        format = format.set_text_wrap();
    }
    if look.size > 0 {
        format = format.set_font_size(f64::from(look.size));
    }
    match look.align {
        Align::Natural => format,
        Align::Left => format.set_align(FormatAlign::Left),
        Align::Center => format.set_align(FormatAlign::Center),
    }
}

/// Excel's format for the numbers of `value`, and what they are divided by before they are written:
/// Excel shows thousands, millions and billions by itself, but no 만 and 억.
pub(super) fn number(value: &GridValue, unit: Option<&Unit>, locale: Locale) -> (String, f64) {
    match value.kind {
        ValueKind::Change => (signed("0.0%", value.format.negative), 1.0),
        // A fraction that Excel's percent sign turns into points, which it cannot name otherwise.
        ValueKind::Points => (signed(points(locale), value.format.negative), 0.01),
        ValueKind::Rank => ("0".to_owned(), 1.0),
        ValueKind::Number | ValueKind::Sparkline => {
            let power = if value.format.power > 0 { unit.map_or(0, |unit| unit.power) } else { 0 };
            plain(&value.format, power)
        }
    }
}

/// Excel's format for a number outside of a grid. Numbers whose format leaves the decimals open are
/// shown whole; a caller that knows them asks for more.
pub(super) fn plain(format: &NumberFormat, power: u8) -> (String, f64) {
    let commas = if power.is_multiple_of(3) { usize::from(power / 3) } else { 0 };
    let divisor = if commas == 0 && power > 0 { 10f64.powi(i32::from(power)) } else { 1.0 };
    let decimals = match (format.decimals, format.currency.as_deref()) {
        (Some(decimals), _) => usize::from(decimals),
        (None, _) if format.percent => 1,
        (None, Some("KRW" | "JPY" | "VND" | "CLP")) => 0,
        (None, Some(_)) => 2,
        (None, None) if power > 0 => 0,
        (None, None) => 0,
    };
    let fraction = if decimals > 0 { format!(".{}", "0".repeat(decimals)) } else { String::new() };
    let digits = format!("#,##0{fraction}{}", ",".repeat(commas));
    (with_signs(&digits, format), divisor)
}

/// Puts symbol, unit and the look of negatives around the digits.
fn with_signs(digits: &str, format: &NumberFormat) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', ""));
    let currency = match format.currency.as_deref() {
        Some("KRW") => quoted("₩"),
        Some("USD") => quoted("$"),
        Some("HKD") => quoted("HK$"),
        Some("JPY") => quoted("¥"),
        Some(code) => quoted(&format!("{code} ")),
        None => String::new(),
    };
    let percent = if format.percent { "%" } else { "" };
    let unit = format.unit.as_deref().map(quoted).unwrap_or_default();
    let number = format!("{currency}{digits}{percent}{unit}");
    let red = if format.red_negatives { "[Red]" } else { "" };
    let negative = match format.negative {
        NegativeStyle::Minus => format!("-{number}"),
        NegativeStyle::Triangle => format!("\"△\"{number}"),
        NegativeStyle::Parentheses => format!("({number})"),
    };
    format!("{number};{red}{negative}")
}

fn signed(number: &str, negative: NegativeStyle) -> String {
    let below = match negative {
        NegativeStyle::Minus => format!("-{number}"),
        NegativeStyle::Triangle => format!("\"△\"{number}"),
        NegativeStyle::Parentheses => format!("({number})"),
    };
    format!("+{number};{below};{number}")
}

fn points(locale: Locale) -> &'static str {
    match locale {
        Locale::Ko => "0.0\"%p\"",
        Locale::En => "0.0\" pp\"",
        Locale::ZhHk => "0.0\" 個百分點\"",
    }
}

/// Excel's format for the first day of a time bucket; `None` where it has none, such as quarters.
pub(super) fn date(grain: Option<Grain>, locale: Locale) -> Option<&'static str> {
    Some(match (grain.unwrap_or(Grain::Day), locale) {
        (Grain::Hour, _) => "yyyy-mm-dd hh:mm",
        (Grain::Day, Locale::Ko) => "yyyy-mm-dd",
        (Grain::Day, Locale::En) => "mmm d, yyyy",
        (Grain::Day, Locale::ZhHk) => "yyyy\"年\"m\"月\"d\"日\"",
        (Grain::Month, Locale::Ko) => "yyyy\"년 \"m\"월\"",
        (Grain::Month, Locale::En) => "mmm yyyy",
        (Grain::Month, Locale::ZhHk) => "yyyy\"年\"m\"月\"",
        (Grain::Year, Locale::Ko) => "yyyy\"년\"",
        (Grain::Year, Locale::En) => "yyyy",
        (Grain::Year, Locale::ZhHk) => "yyyy\"年\"",
        (Grain::Week | Grain::Quarter, _) => return None,
    })
}
