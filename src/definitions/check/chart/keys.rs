//! Which keys go with which kind of chart, and which it cannot do without.

use crate::definitions::check::Findings;
use crate::definitions::model::{ChartKind, ChartPanel};
use crate::definitions::path::FieldPath;

use ChartKind::{
    Area, Bar, Box, Bullet, Calendar, Combo, Donut, Funnel, Gauge, Heatmap, Histogram, Line, Pareto, Scatter,
    Slope, Treemap, Waterfall,
};

/// The kinds that a key goes with. A key that goes with all of them is not here, nor one whose rule
/// needs more than the kind.
const GOES_WITH: [(&str, &[ChartKind]); 22] = [
    (
        "x",
        &[
            Line, Area, Bar, Donut, Combo, Heatmap, Waterfall, Scatter, Histogram, Box, Pareto, Bullet,
            Funnel, Treemap, Slope, Calendar,
        ],
    ),
    (
        "grain",
        &[
            Line, Area, Bar, Donut, Combo, Heatmap, Waterfall, Box, Pareto, Bullet, Funnel, Treemap, Slope,
            Calendar,
        ],
    ),
    // Donut and combo have rules of their own.
    ("by", &[Line, Area, Bar, Donut, Combo, Heatmap, Scatter, Treemap, Slope]),
    ("detail", &[Scatter, Histogram, Box]),
    ("size", &[Scatter]),
    ("facet", &[Line, Area, Bar, Combo]),
    ("bins", &[Histogram]),
    ("totals", &[Waterfall]),
    ("total", &[Waterfall]),
    ("subtract", &[Waterfall]),
    ("target", &[Bullet, Gauge]),
    ("bands", &[Bullet, Gauge]),
    ("min", &[Gauge]),
    ("max", &[Gauge]),
    ("lines", &[Line, Area, Bar, Combo, Pareto, Scatter]),
    ("ranges", &[Line, Area, Bar, Combo, Pareto, Scatter]),
    ("trend", &[Line, Bar, Scatter]),
    ("error", &[Line, Bar]),
    // A range of a histogram is many members.
    (
        "drill",
        &[
            Line, Area, Bar, Donut, Combo, Heatmap, Waterfall, Scatter, Box, Pareto, Bullet, Gauge, Funnel,
            Treemap, Slope, Calendar,
        ],
    ),
    ("annotations", &[Line, Area, Bar, Combo]),
    (
        "top",
        &[Line, Area, Bar, Donut, Combo, Heatmap, Waterfall, Scatter, Pareto, Bullet, Funnel, Treemap, Slope],
    ),
    ("sort", &[Line, Area, Bar, Donut, Combo, Heatmap, Waterfall, Scatter, Box, Bullet, Funnel, Slope]),
];

/// Every key that the author gave goes with the kind.
pub(super) fn check(panel: &ChartPanel, path: &FieldPath, findings: &mut Findings<'_>) {
    for (key, kinds) in GOES_WITH {
        if given(panel, key) && !kinds.contains(&panel.chart) {
            let names: Vec<String> = kinds.iter().map(|kind| format!("`{}`", kind.name())).collect();
            let help = match names.as_slice() {
                [only] => format!("remove it; it only goes with {only}"),
                [few @ .., last] if few.len() < 6 => {
                    format!("remove it; it goes with {} and {last}", few.join(", "))
                }
                _ => "remove it".to_owned(),
            };
            let message = format!("`{key}` does not go with `chart: {}`", panel.chart.name());
            findings.error_at_key(&path.key(key), "bad_chart", message, help);
        }
    }
    if panel.columns.is_some() && panel.facet.is_none() && !super::is_given(findings, path, "facet") {
        let help = "name the dimension of the small multiples with `facet`, or remove `columns`".to_owned();
        findings.error_at_key(&path.key("columns"), "bad_chart", "`columns` only goes with `facet`", help);
    }
    if panel.chart == Scatter && panel.others.is_some() {
        let help = "remove `others`".to_owned();
        let message = "the points that `top` leaves out are no point together";
        findings.error_at_key(&path.key("others"), "bad_chart", message, help);
    }
}

fn given(panel: &ChartPanel, key: &str) -> bool {
    match key {
        "x" => panel.x.is_some(),
        "grain" => panel.grain.is_some(),
        "by" => panel.by.is_some(),
        "detail" => panel.detail.is_some(),
        "size" => panel.size.is_some(),
        "facet" => panel.facet.is_some(),
        "bins" => panel.bins.is_some(),
        "totals" => !panel.totals.as_slice().is_empty(),
        "total" => panel.total.is_some(),
        "subtract" => !panel.subtract.as_slice().is_empty(),
        "target" => panel.target.is_some(),
        "bands" => !panel.bands.is_empty(),
        "min" => panel.min.is_some(),
        "max" => panel.max.is_some(),
        "lines" => !panel.lines.is_empty(),
        "ranges" => !panel.ranges.is_empty(),
        "trend" => panel.trend.is_some(),
        "error" => panel.error.is_some(),
        "drill" => panel.drill.is_some(),
        "annotations" => panel.annotations.is_some(),
        "top" => panel.top.is_some(),
        "sort" => !panel.sort.as_slice().is_empty(),
        _ => false,
    }
}

/// What a kind cannot do without is there. `counts` tells a histogram of a measure, which counts the
/// members of `detail` and needs no `y`.
pub(super) fn required(panel: &ChartPanel, path: &FieldPath, counts: bool, findings: &mut Findings<'_>) {
    let kind = panel.chart.name();
    let measures = panel.y.as_slice().len();
    let missing = |key: &str, findings: &Findings<'_>| !super::is_given(findings, path, key);
    let may_stand_alone = matches!(panel.chart, Waterfall | Funnel) && measures > 1;
    if panel.x.is_none() && panel.chart != Gauge && !may_stand_alone && missing("x", findings) {
        let help = match panel.chart {
            Scatter => "name the measure along the axis with `x`".to_owned(),
            Histogram => "name the measure, or the dimension of numbers, with `x`".to_owned(),
            Waterfall | Funnel => {
                "name a dimension with `x`, or several measures with `y`, one per step".to_owned()
            }
            _ => "name the dimension along the axis with `x`".to_owned(),
        };
        findings.error(&path.key("chart"), "missing_key", format!("`chart: {kind}` needs `x`"), help);
    }
    if measures == 0 && !counts && missing("y", findings) {
        let message = "the chart draws no measure";
        let help = "name at least one measure or metric with `y`".to_owned();
        findings.error(&path.key("y"), "empty", message, help);
    }
    if counts && measures > 0 {
        let message = "a histogram of a measure counts the members of `detail`, so it takes no `y`";
        let help = "remove `y`, or name a dimension of numbers with `x`".to_owned();
        findings.error_at_key(&path.key("y"), "bad_chart", message, help);
    }
    let needs_detail = matches!(panel.chart, Scatter | Box) || counts;
    if needs_detail && panel.detail.is_none() && missing("detail", findings) {
        let help = "name the dimension whose members are the single observations, such as `detail: store`";
        findings.error(
            &path.key("chart"),
            "missing_key",
            format!("`chart: {kind}` needs `detail`"),
            help.to_owned(),
        );
    }
    if panel.chart == Histogram && !counts && panel.detail.is_some() {
        let message = "a histogram of a dimension needs no `detail`";
        findings.error_at_key(&path.key("detail"), "bad_chart", message, "remove it".to_owned());
    }
}
