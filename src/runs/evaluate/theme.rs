//! The theme of a report, as renderers read it.

use std::sync::Arc;

use super::Prepared;
use crate::charts::{Colors, Shade};
use crate::definitions::model::{self, ThemeColor, ThemeFonts as FontFiles, ThemeId};
use crate::render::document::{Theme, ThemeFonts};

/// What a theme file says, for renderers.
pub fn theme(file: &model::Theme) -> Theme {
    let colors = &file.colors;
    Theme {
        colors: Colors {
            series: colors.series.iter().map(|color| shade(*color, Shade::of)).collect(),
            good: colors.good.map(text),
            bad: colors.bad.map(text),
            ink: colors.ink.map(text),
            muted: colors.muted.map(text),
            heat: colors.heat.or(colors.primary).map(|color| shade(color, Shade::of)),
        },
        primary: colors.primary.map(text),
        table_head: colors.table_head.map(|color| shade(color, Shade::of_surface)),
        fonts: file.fonts.as_ref().and_then(fonts),
    }
}

fn text(color: ThemeColor) -> Shade {
    shade(color, Shade::of_text)
}

fn shade(color: ThemeColor, of: fn(crate::format::Color) -> Shade) -> Shade {
    match color {
        ThemeColor::One(color) => of(color),
        ThemeColor::Both(pair) => Shade { light: pair.light, dark: pair.dark },
    }
}

fn fonts(files: &FontFiles) -> Option<ThemeFonts> {
    let regular = files.regular.content.clone()?;
    let bold = match &files.bold {
        Some(bold) => bold.content.clone()?,
        None => Arc::clone(&regular),
    };
    Some(ThemeFonts { regular, bold })
}

impl Prepared {
    /// The colours and fonts of the report, where it has a theme.
    pub fn theme(&self) -> Option<Arc<Theme>> {
        self.theme_file().map(|(_, file)| Arc::new(theme(file)))
    }

    /// The theme of the report as its file says it, with its id.
    pub fn theme_file(&self) -> Option<(&ThemeId, &Arc<model::Theme>)> {
        self.catalog.theme_of(Some(&self.report))
    }
}
