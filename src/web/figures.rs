//! Drawings for pages: which size they get, and their SVG.

use crate::charts::{Chart, ChartError, Hotspot, Kind, Stacking};
use crate::format::Locale;
use crate::render::canvas::{Page, Rect, svg};
use crate::render::document::Kpi;
use crate::render::{draw_chart, draw_sparkline_on};

/// CSS pixels to points.
const POINTS_PER_PIXEL: f32 = 0.75;

/// Where a drawing is to stand, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot {
    /// The room from left to right.
    pub(super) width: f32,
    /// The height its neighbours have, which it takes too where that is not far from its own.
    pub(super) row_height: f32,
}

/// How many times its own height a drawing is stretched to match its neighbours, at most.
const MOST_STRETCH: f32 = 1.5;

/// The widest a page's content gets; see `--page` in `app.css`.
const WIDEST_CONTENT: f32 = 1400.0;
/// Below this only one chart stands in a row; the same as in `app.css`.
pub(super) const ONE_COLUMN_BELOW: f32 = 760.0;
/// Below this at most two charts stand in a row; the same as in `app.css`.
const TWO_COLUMNS_BELOW: f32 = 1100.0;

impl Slot {
    /// The room in a panel that takes `weight` of the `weights` of its row, in a window of this width.
    pub(super) fn in_row(window_width: f32, weight: f32, weights: f32, panels: usize) -> Self {
        let small = window_width < ONE_COLUMN_BELOW;
        let (margin, gap, padding) = if small { (14.0, 12.0, 16.0) } else { (28.0, 16.0, 20.0) };
        let content = (window_width - 2.0 * margin).min(WIDEST_CONTENT);
        let card = if small {
            content
        } else if window_width < TWO_COLUMNS_BELOW && panels > 1 {
            (content - gap) / 2.0
        } else {
            (content - gap * panels.saturating_sub(1) as f32) * weight / weights.max(1.0)
        };
        Self::of_width(card - 2.0 * padding)
    }

    /// A room of this width, within reason.
    pub(super) fn of_width(width: f32) -> Self {
        Self { width: width.clamp(240.0, 2000.0).round(), row_height: 0.0 }
    }
}

/// The height a chart needs at this width, in CSS pixels.
pub(super) fn chart_height(chart: &Chart, width: f32) -> f32 {
    let members = |column: usize| {
        let cells = chart.table.columns.get(column).map(|column| column.cells.as_slice()).unwrap_or_default();
        let mut seen: Vec<String> = cells.iter().map(|cell| format!("{cell:?}")).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.len() as f32
    };
    let usual = (width * 0.42).clamp(220.0, 340.0) + events_height(chart, width);
    match chart.kind {
        Kind::Bar { horizontal: true, stacking } => {
            let series = match (stacking, chart.by) {
                (Stacking::None, Some(by)) => members(by).max(1.0),
                (Stacking::None, None) => chart.y.len() as f32,
                _ => 1.0,
            };
            (members(chart.x) * (14.0 + 14.0 * series) + 40.0).clamp(usual, 1200.0)
        }
        Kind::Heatmap => {
            let rows = chart.by.map_or(chart.y.len() as f32, members);
            (rows * 30.0 + 60.0).clamp(usual, 1200.0)
        }
        Kind::Bullet(_) | Kind::Funnel => (members(chart.x) * 34.0 + 70.0).clamp(usual * 0.7, 900.0),
        Kind::Slope => {
            let lines = chart.by.map_or_else(|| members(chart.x), members);
            (lines * 20.0 + 80.0).clamp(usual, 900.0)
        }
        // A week is high as seven cells that can be pointed at; more than a year stands year by year.
        Kind::Calendar => ((members(chart.x) / 366.0).ceil().max(1.0) * 170.0 + 30.0).min(900.0),
        Kind::Treemap | Kind::Scatter { .. } => (width * 0.5).clamp(240.0, 420.0),
        _ => match chart.facet {
            Some(facet) => {
                let charts = members(facet.column).max(1.0);
                let across = facet.across.map_or((width / 260.0).round(), |across| across as f32);
                ((charts / across.clamp(1.0, charts)).ceil() * 170.0 + 30.0).clamp(usual, 1400.0)
            }
            None => usual,
        },
    }
}

/// The room that flags and the list of events want.
fn events_height(chart: &Chart, width: f32) -> f32 {
    let count = chart.overlays.events.as_ref().map_or(0, |events| events.list.len().min(30));
    if count == 0 {
        return 0.0;
    }
    20.0 + (count as f32 / (width / 150.0).max(1.0)).ceil() * 15.0
}

/// A chart drawn for its slot.
pub(super) fn chart_page(chart: &Chart, slot: Slot, locale: Locale) -> Result<Drawn, ChartError> {
    let own = chart_height(chart, slot.width);
    let height = own.max(slot.row_height.min(own * MOST_STRETCH));
    let (width, height) = (slot.width * POINTS_PER_PIXEL, height * POINTS_PER_PIXEL);
    let (page, hotspots) = draw_chart(chart, width, height, locale)?;
    Ok(Drawn { page, hotspots })
}

/// A drawing with the areas that tell more.
pub(super) struct Drawn {
    /// The drawing.
    pub(super) page: Page,
    hotspots: Vec<Hotspot>,
}

impl Drawn {
    /// As SVG to stand in a page.
    pub(super) fn svg(&self, label: &str) -> String {
        svg(&self.page, &self.hotspots, label)
    }
}

/// The way a number went, as SVG; `None` when there are too few points to show a way.
pub(super) fn sparkline_svg(kpi: &Kpi, label: &str) -> Option<String> {
    if kpi.sparkline.iter().flatten().count() < 2 {
        return None;
    }
    let (width, height) = (150.0, 30.0);
    let mut page = Page::new(width, height);
    draw_sparkline_on(&mut page, Rect::new(0.0, 0.0, width, height), &kpi.sparkline).ok()?;
    Some(svg(&page, &[], label))
}

/// The way a number went, as SVG for a cell of a table, with `label` for those who do not see it.
pub(super) fn cell_sparkline_svg(points: &[Option<f64>], label: &str) -> Option<String> {
    if points.iter().flatten().count() < 2 {
        return None;
    }
    let (width, height) = (96.0, 18.0);
    let mut page = Page::new(width, height);
    draw_sparkline_on(&mut page, Rect::new(0.0, 0.0, width, height), points).ok()?;
    Some(svg(&page, &[], label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_of_a_row_share_its_width_and_stack_on_a_phone() {
        assert_eq!(Slot::in_row(1440.0, 1.0, 1.0, 1).width as i32, 1344);
        assert_eq!(Slot::in_row(1440.0, 1.0, 2.0, 2).width as i32, 644);
        assert_eq!(Slot::in_row(390.0, 1.0, 3.0, 3).width as i32, 330);
        assert_eq!(Slot::in_row(1000.0, 1.0, 3.0, 3).width as i32, 424);
    }
}
