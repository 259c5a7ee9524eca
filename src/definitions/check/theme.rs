//! Themes: can what is written in their colours be read?

use super::{Findings, text};
use crate::definitions::model::{Theme, ThemeColor, ThemeColors};
use crate::definitions::path::FieldPath;
use crate::format::Color;

/// The pages that text stands on.
const PAPER: Color = Color(0xff, 0xff, 0xff);
const DARK_PAGE: Color = Color(0x1d, 0x24, 0x33);
/// Text of everyday size needs this contrast (WCAG 2.2, 1.4.3).
const TEXT_CONTRAST: f64 = 4.5;
/// A mark below this contrast to the page is not seen.
const MARK_CONTRAST: f64 = 1.25;
/// Marks on dark pages carry dark text.
const LEAST_ON_DARK: f64 = 0.19;
/// Series whose channels differ less in sum are taken for the same.
const ALIKE: u16 = 30;

pub(super) fn check(theme: &Theme, findings: &mut Findings<'_>) {
    let root = FieldPath::root();
    text::title(theme.title.as_ref(), &root.key("title"), findings);
    text::owner(&theme.owner, findings);
    colors(&theme.colors, &root.key("colors"), findings);
}

fn colors(colors: &ThemeColors, path: &FieldPath, findings: &mut Findings<'_>) {
    let texts = [
        ("primary", colors.primary),
        ("good", colors.good),
        ("bad", colors.bad),
        ("ink", colors.ink),
        ("muted", colors.muted),
    ];
    for (key, color) in texts {
        let Some(color) = color else { continue };
        let (light, dark) = sides(color, &path.key(key));
        readable(&light.1, light.0, PAPER, "paper", findings);
        if let Some((dark, path)) = dark {
            readable(&path, dark, DARK_PAGE, "dark pages", findings);
        }
    }
    let mut before: Vec<Color> = Vec::new();
    for (index, color) in colors.series.iter().enumerate() {
        let ((light, at), dark) = sides(*color, &path.key("series").index(index));
        if light.contrast(PAPER) < MARK_CONTRAST {
            let help = format!("a darker one of the same hue: \"{}\"", light.with_luminance(0.7));
            findings.error(&at, "not_visible", format!("{light} cannot be seen on paper"), help);
        }
        if let Some((dark, at)) = dark
            && dark.luminance() < LEAST_ON_DARK
        {
            let help = format!("a lighter one of the same hue: \"{}\"", dark.with_luminance(0.28));
            let message = format!("{dark} is too dark for dark pages, where the text on marks is dark");
            findings.error(&at, "not_visible", message, help);
        }
        if let Some(other) = before.iter().position(|other| distance(*other, light) < ALIKE) {
            let message = format!("{light} can hardly be told from series {}", other + 1);
            findings.warning(&at, "alike", message, "leave it out, or choose another lightness".to_owned());
        }
        before.push(light);
    }
}

/// The light colour and, where it is given, the dark one, each with its path.
fn sides(color: ThemeColor, path: &FieldPath) -> ((Color, FieldPath), Option<(Color, FieldPath)>) {
    match color {
        ThemeColor::One(color) => ((color, path.clone()), None),
        ThemeColor::Both(pair) => ((pair.light, path.key("light")), Some((pair.dark, path.key("dark")))),
    }
}

fn readable(path: &FieldPath, color: Color, page: Color, pages: &str, findings: &mut Findings<'_>) {
    let contrast = color.contrast(page);
    if contrast >= TEXT_CONTRAST {
        return;
    }
    let target = if page == PAPER {
        (page.luminance() + 0.05) / (TEXT_CONTRAST + 0.1) - 0.05
    } else {
        (page.luminance() + 0.05) * (TEXT_CONTRAST + 0.1) - 0.05
    };
    let message = format!(
        "text in {color} cannot be read well on {pages}: its contrast is {contrast:.1}, and text needs {TEXT_CONTRAST}"
    );
    let help = format!("the nearest of the same hue: \"{}\"", color.with_luminance(target));
    findings.error(path, "contrast", message, help);
}

fn distance(a: Color, b: Color) -> u16 {
    let apart = |a: u8, b: u8| u16::from(a.abs_diff(b));
    apart(a.0, b.0) + apart(a.1, b.1) + apart(a.2, b.2)
}
