//! Overlays of charts that draw series: which numbers their statistics and trends are about.

use super::{AxisNumbers, Placed, Trend};
use crate::charts::bar::axis_format;
use crate::charts::series::{Data, Series};
use crate::charts::theme::Role;
use crate::charts::{Chart, Kind, Stacking};

impl Data<'_> {
    /// Puts the overlays at their numbers.
    pub(in crate::charts) fn place_overlays(&mut self, chart: &Chart) {
        let stacking = match chart.kind {
            Kind::Area(stacking) | Kind::Bar { stacking, .. } => stacking,
            _ => Stacking::None,
        };
        let shown = |place: &usize| self.categories.get(*place).is_some_and(|category| !category.is_others);
        let drawn = |on_right: bool| {
            let series = || self.series.iter().filter(move |series| series.on_right == on_right);
            let own = || series().filter(|series| !series.is_previous && series.role != Role::Others);
            let places = || (0..self.categories.len()).filter(shown);
            if stacking == Stacking::None {
                return places()
                    .flat_map(|place| own().filter_map(move |series| series.held_value(place)))
                    .collect();
            }
            // Of stacks the heights are compared with a line, with "others" in them.
            let height = |place: usize| {
                let mut parts = series().filter_map(|series| series.held_value(place)).peekable();
                parts.peek().is_some().then(|| parts.sum::<f64>().clamp(-1e300, 1e300))
            };
            places().filter_map(height).collect::<Vec<f64>>()
        };
        let format = |on_right: bool| {
            let series = self.series.iter().find(|series| series.on_right == on_right);
            series.map(|series| series.format.clone()).unwrap_or_default()
        };
        let left = AxisNumbers { numbers: drawn(false), format: axis_format(self, stacking) };
        let right = AxisNumbers { numbers: drawn(true), format: format(true) };
        let mut placed = Placed::of(&chart.overlays, &left, &right, self.locale);
        if chart.overlays.trend {
            let own = self.series.iter().filter(|series| !series.is_previous);
            let trend = |series: &Series<'_>| {
                let places = (0..self.categories.len()).filter(shown);
                Some((
                    Trend::of(places.filter_map(|at| Some((at as f64, series.held_value(at)?))))?,
                    series.role,
                ))
            };
            placed.trends = own.filter_map(trend).collect();
            // Beside the only series its trend stands out in another colour.
            if let [(_, role)] = placed.trends.as_mut_slice() {
                *role = Role::Ink;
            }
        }
        self.overlay = placed;
    }
}
