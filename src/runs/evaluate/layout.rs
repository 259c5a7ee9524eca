//! Where panels stand.

use super::PanelId;
use crate::definitions::model::{Orientation, Page, Panel, Paper, Report};

/// The panels of all pages in reading order.
pub(super) fn panels(report: &Report) -> Vec<PanelId> {
    pages(report).into_iter().flat_map(|page| page.rows.into_iter().flatten()).collect()
}

/// The author's pages, or a sensible layout: KPI panels four to a row, then one panel per row.
pub fn pages(report: &Report) -> Vec<Page> {
    if !report.pages.is_empty() {
        return report.pages.clone();
    }
    let is_kpi = |id: &&PanelId| matches!(report.panels.get(*id), Some(Panel::Kpi(_)));
    let kpis: Vec<PanelId> = report.panels.keys().filter(is_kpi).cloned().collect();
    let mut rows: Vec<Vec<PanelId>> = kpis.chunks(4).map(<[_]>::to_vec).collect();
    rows.extend(report.panels.keys().filter(|id| !is_kpi(id)).map(|id| vec![id.clone()]));
    vec![Page { paper: Paper::A4, orientation: Orientation::Portrait, fit: false, rows }]
}

/// Width and height in points.
pub(super) fn size(page: &Page) -> (f32, f32) {
    let (width, height) = match page.paper {
        Paper::A4 => (595.28, 841.89),
        Paper::A3 => (841.89, 1190.55),
        Paper::Letter => (612.0, 792.0),
    };
    match page.orientation {
        Orientation::Portrait => (width, height),
        Orientation::Landscape => (height, width),
    }
}
