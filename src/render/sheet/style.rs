//! The look of a sheet: sizes in points, colours, weights of rules.

use crate::render::canvas::{Paint, Rgb, Stroke};

/// 14 mm on every side, for the body of the sheet.
pub(super) const MARGIN: f32 = 39.7;
/// The distance of the header's and footer's baselines from the edge of the sheet.
pub(super) const HEADER_BASELINE: f32 = 28.0;
pub(super) const FOOTER_BASELINE: f32 = 20.5;
/// Between blocks, in both directions.
pub(super) const GAP: f32 = 11.0;

pub(super) const KPI_HEIGHT: f32 = 74.0;
/// A card narrower than this is put on a further line.
pub(super) const KPI_LEAST_WIDTH: f32 = 104.0;
/// The width of a card beside something larger.
pub(super) const KPI_BESIDE_WIDTH: f32 = 150.0;

/// A chart's card: never lower than the first, as a rule the second, never higher than the third.
pub(super) const CHART_LEAST_HEIGHT: f32 = 170.0;
pub(super) const CHART_HEIGHT: f32 = 214.0;
pub(super) const CHART_MOST_HEIGHT: f32 = 312.0;
pub(super) const CHART_LEAST_WIDTH: f32 = 165.0;
pub(super) const TEXT_LEAST_WIDTH: f32 = 130.0;

pub(super) const CARD_RADIUS: f32 = 4.0;
pub(super) const CARD_PADDING: f32 = 10.0;

pub(super) const TITLE_SIZE: f32 = 19.0;
pub(super) const SUBTITLE_SIZE: f32 = 8.8;
pub(super) const BLOCK_TITLE_SIZE: f32 = 9.6;
pub(super) const TEXT_SIZE: f32 = 9.0;
pub(super) const NOTE_SIZE: f32 = 7.2;
pub(super) const TEXT_LINE: f32 = 14.0;

/// Table text starts at the first size and is never smaller than the second.
pub(super) const CELL_SIZE: f32 = 8.0;
pub(super) const CELL_LEAST_SIZE: f32 = 6.0;

pub(super) const INK: Rgb = Rgb(0x1c, 0x24, 0x33);
pub(super) const MUTED: Rgb = Rgb(0x66, 0x70, 0x85);
/// Links, and words with emphasis.
pub(in crate::render) const LINK: Rgb = Rgb(0x1b, 0x4f, 0xa8);
pub(super) const HAIRLINE: Rgb = Rgb(0xe3, 0xe7, 0xee);
pub(super) const RULE: Rgb = Rgb(0x98, 0xa2, 0xb3);
pub(super) const WASH: Rgb = Rgb(0xf6, 0xf7, 0xf9);
/// Behind the heads of tables, and their text: colours of their own, because a brand may change them.
pub(in crate::render) const HEAD: Rgb = Rgb(0xf5, 0xf7, 0xf9);
pub(in crate::render) const HEAD_INK: Rgb = Rgb(0x1c, 0x25, 0x33);
/// Bars in cells.
pub(in crate::render) const BAR: Rgb = Rgb(0xb5, 0xd1, 0xf3);
pub(in crate::render) const NEGATIVE_BAR: Rgb = Rgb(0xf3, 0xb0, 0xad);
pub(super) const GOOD: Rgb = Rgb(0x0f, 0x7b, 0x4f);
pub(super) const BAD: Rgb = Rgb(0xc4, 0x32, 0x3a);
/// Directions without a judgement.
pub(super) const UP: Rgb = Rgb(0x1f, 0x5f, 0xc8);
pub(super) const DOWN: Rgb = Rgb(0xc4, 0x32, 0x3a);

/// A solid line.
pub(super) fn rule(color: Rgb, width: f32) -> Stroke {
    Stroke { paint: Paint::from(color), width, dash: None }
}
