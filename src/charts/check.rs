//! Can this kind of chart draw that table?

use super::{Chart, ChartError, Kind, labels};
use crate::format::{Locale, NumberStyle};
use crate::table::Value;

impl Chart {
    /// Whether a chart of this kind can draw this table, empty or not.
    pub fn check(&self) -> Result<(), ChartError> {
        let columns = self.table.columns.len();
        let own = self.kind.own_numbers();
        let named = match self.kind {
            Kind::Scatter { detail, .. } => detail,
            _ => None,
        };
        let used = [self.x]
            .into_iter()
            .chain(self.by)
            .chain(named)
            .chain(self.facet.map(|facet| facet.column))
            .chain(self.y.iter().copied())
            .chain(self.line.iter().copied())
            .chain(own.iter().copied())
            .chain(self.overlays.columns());
        if let Some(index) = used.into_iter().find(|index| *index >= columns) {
            return Err(ChartError::NoColumn { index, columns });
        }
        let kind = self.kind.name();
        if self.y.is_empty() && !matches!(self.kind, Kind::Histogram { .. }) {
            return Err(ChartError::NoMeasure { kind });
        }
        if let Some(reason) = self.misshapen() {
            return Err(ChartError::WrongShape { kind, reason });
        }
        let along = matches!(self.kind, Kind::Scatter { .. } | Kind::Histogram { .. }).then_some(self.x);
        let over = self.overlays.columns();
        for index in self.y.iter().chain(&self.line).chain(&own).chain(&along).chain(&over) {
            let Some(column) = self.table.columns.get(*index) else { continue };
            let odd = |value: &&Value| !value.is_null() && value.number().is_none();
            if let Some(value) = column.cells.iter().find(odd) {
                let text = column.text(value, NumberStyle::Full, Locale::En);
                let found = labels::clean(&text).chars().take(40).collect();
                return Err(ChartError::NotANumber { column: column.name.clone(), found });
            }
        }
        Ok(())
    }

    /// What to change, if the kind has no room for what it was given.
    fn misshapen(&self) -> Option<&'static str> {
        if self.kind != Kind::Combo && !self.line.is_empty() {
            return Some("only `combo` takes `line`");
        }
        if self.facet.is_some() && !self.kind.takes_facets() {
            return Some("only line, area, bar and combo charts take `facet`");
        }
        let overlays = &self.overlays;
        let has_levels = !overlays.lines.is_empty() || !overlays.ranges.is_empty();
        if has_levels && !self.kind.takes_lines() {
            return Some("it has no value axis for `lines` and `ranges`");
        }
        if overlays.lines.iter().any(|line| line.on_right) && self.kind != Kind::Combo {
            return Some("it has no right axis for `lines`");
        }
        if overlays.trend && !self.kind.takes_trend() {
            return Some("it has no points for a trend");
        }
        if overlays.error.is_some() && (!self.kind.takes_error_bars() || self.y.len() != 1) {
            return Some("only line and grouped bar charts of one measure have error bars");
        }
        if overlays.events.is_some() && (!self.kind.takes_events() || self.facet.is_some()) {
            return Some("only line, area, upright bar and combo charts have events");
        }
        let several = self.y.len() > 1;
        match self.kind {
            Kind::Combo if self.line.is_empty() => {
                Some("it has no lines; name their measures under `line`, or use `bar`")
            }
            Kind::Combo if self.by.is_some() => Some("it takes no `by`; use a stacked bar chart"),
            Kind::Donut if self.by.is_some() => Some("it takes no `by`; its slices are the members of `x`"),
            Kind::Donut if several => Some("it shows one measure; use a bar chart for several"),
            Kind::Heatmap if self.by.is_some() && several => {
                Some("its cells show one measure; leave out `by` to have one row per measure")
            }
            Kind::Waterfall(_)
            | Kind::Histogram { .. }
            | Kind::Pareto
            | Kind::Bullet(_)
            | Kind::Gauge { .. }
            | Kind::Funnel
            | Kind::Calendar
                if self.by.is_some() =>
            {
                Some("it takes no `by`")
            }
            Kind::Waterfall(_)
            | Kind::Scatter { .. }
            | Kind::Histogram { .. }
            | Kind::Box
            | Kind::Pareto
            | Kind::Bullet(_)
            | Kind::Gauge { .. }
            | Kind::Funnel
            | Kind::Treemap
            | Kind::Slope
            | Kind::Calendar
                if several =>
            {
                Some("it shows one measure")
            }
            Kind::Box if self.by.is_none() => Some("it needs `by`, the column of its observations"),
            Kind::Slope if self.by.is_none() && !self.compare => {
                Some("it needs `by`, a line per member, or a comparison")
            }
            _ => None,
        }
    }
}
