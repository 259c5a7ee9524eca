//! What a chart looks like, from what its author wrote.

use crate::charts::{Goal, Kind, Stacking, Target, Waterfall};
use crate::definitions::model::{self, ChartKind, ChartPanel, ChartTarget, FieldName};

/// The kind of `panel`; `column` finds a field's column, `steps` are those of a waterfall.
pub(super) fn of(panel: &ChartPanel, column: impl Fn(&FieldName) -> Option<usize>, steps: Waterfall) -> Kind {
    let stacking = match panel.stacking {
        model::Stacking::None => Stacking::None,
        model::Stacking::Stacked => Stacking::Stacked,
        model::Stacking::Percent => Stacking::Percent,
    };
    let goal = || Goal {
        target: match &panel.target {
            Some(ChartTarget::Number(number)) => Some(Target::Value(*number)),
            Some(ChartTarget::Measure(name)) => column(name).map(Target::Column),
            None => None,
        },
        bands: panel.bands.clone(),
    };
    match panel.chart {
        ChartKind::Line => Kind::Line,
        ChartKind::Area => Kind::Area(stacking),
        ChartKind::Bar => Kind::Bar { stacking, horizontal: panel.horizontal },
        ChartKind::Donut => Kind::Donut,
        ChartKind::Combo => Kind::Combo,
        ChartKind::Heatmap => Kind::Heatmap,
        ChartKind::Waterfall => Kind::Waterfall(steps),
        ChartKind::Scatter => Kind::Scatter {
            detail: panel.detail.as_ref().and_then(&column),
            size: panel.size.as_ref().and_then(&column),
        },
        ChartKind::Histogram => Kind::Histogram { bins: panel.bins.map(|bins| bins as usize) },
        ChartKind::Box => Kind::Box,
        ChartKind::Pareto => Kind::Pareto,
        ChartKind::Bullet => Kind::Bullet(goal()),
        ChartKind::Gauge => Kind::Gauge { goal: goal(), low: panel.min, high: panel.max },
        ChartKind::Funnel => Kind::Funnel,
        ChartKind::Treemap => Kind::Treemap,
        ChartKind::Slope => Kind::Slope,
        ChartKind::Calendar => Kind::Calendar,
    }
}
