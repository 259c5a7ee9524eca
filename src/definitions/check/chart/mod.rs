//! Charts: can this kind of chart draw that shape of data?

use super::Findings;
use super::additive::is_not_additive;
use super::panel::{Spot, drill};
use crate::definitions::model::{ChartKind, ChartPanel, ChartTarget, DimensionType, FieldName, Stacking};
use crate::definitions::names;
use crate::definitions::path::FieldPath;
use crate::format::Grain;

mod annotation;
mod keys;
mod overlay;

pub(super) fn check(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    let counts = along(panel, spot, findings);
    dimensions(panel, spot, findings);
    numbers(panel, spot, findings);
    keys::check(panel, path, findings);
    keys::required(panel, path, counts, findings);
    if let (Some(grain), Some(x)) = (panel.grain, &panel.x) {
        spot.grain(grain, x, &path.key("grain"), findings);
    }
    shape(panel, path, findings);
    own(panel, spot, findings);
    options(panel, spot, findings);
    overlay::check(panel, spot, findings);
    annotation::check(panel, spot, findings);
    let members = panel.x.iter().filter(|x| spot.fields.has_dimension(x));
    let members: Vec<&FieldName> =
        members.chain(&panel.by).chain(&panel.detail).chain(&panel.facet).collect();
    drill::check(panel.drill.as_ref(), &members, "the marks", spot, findings);
    top(panel, spot, findings);
    let (y, line) = (panel.y.as_slice(), panel.line.as_slice());
    let shown: Vec<&FieldName> =
        panel.x.iter().chain(&panel.by).chain(&panel.detail).chain(y).chain(line).collect();
    spot.sort(panel.sort.as_slice(), &shown, findings);
    if panel.compare {
        spot.compare(findings);
    }
}

/// As much of the check as needs no dataset: which keys the kind takes, and which it must have.
pub(super) fn check_keys(panel: &ChartPanel, path: &FieldPath, findings: &mut Findings<'_>) {
    keys::check(panel, path, findings);
    // Without its dataset nobody knows whether `x` is a measure; then `y` may be missing.
    let may_count = panel.chart == ChartKind::Histogram && panel.y.as_slice().is_empty();
    keys::required(panel, path, may_count && panel.x.is_some(), findings);
    shape(panel, path, findings);
}

/// What stands along the axis exists; whether it is a measure whose values a histogram counts.
fn along(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) -> bool {
    let Some(x) = &panel.x else { return false };
    let path = spot.path.key("x");
    match panel.chart {
        ChartKind::Scatter => spot.number(x, &path, findings),
        ChartKind::Histogram if spot.fields.has_number(x) => return true,
        ChartKind::Histogram => {
            spot.dimension(x, &path, findings);
            let is_number = matches!(spot.fields.type_of(x), None | Some(DimensionType::Number));
            if spot.fields.has_dimension(x) && !is_number {
                let message = format!("`{x}` holds no numbers, so it has no ranges");
                let help = "name a measure, or a dimension of `type: number`".to_owned();
                findings.error(&path, "not_applicable", message, help);
            }
        }
        ChartKind::Calendar => {
            spot.dimension(x, &path, findings);
            if spot.fields.has_dimension(x) && !spot.fields.may_be_temporal(x) {
                let message = format!("a calendar needs a dimension of dates, but `{x}` has none");
                findings.error(&path, "not_applicable", message, "name the time dimension".to_owned());
            }
        }
        _ => spot.dimension(x, &path, findings),
    }
    false
}

/// The dimensions exist, and none is named twice.
fn dimensions(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    let named = [("by", &panel.by), ("detail", &panel.detail), ("facet", &panel.facet)];
    let mut earlier: Vec<(&str, &FieldName)> = panel.x.iter().map(|x| ("x", x)).collect();
    for (key, name) in named {
        let Some(name) = name else { continue };
        spot.dimension(name, &path.key(key), findings);
        if let Some((other, _)) = earlier.iter().find(|(_, earlier)| *earlier == name) {
            let help = match key {
                "by" => "remove `by`, or split by another dimension".to_owned(),
                _ => format!("name another dimension with `{key}`"),
            };
            let message = format!("`{other}` and `{key}` are both `{name}`");
            findings.error(&path.key(key), "duplicate_name", message, help);
        }
        earlier.push((key, name));
    }
}

fn numbers(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let (y, line) = (spot.path.key("y"), spot.path.key("line"));
    let mut seen: Vec<&FieldName> = Vec::new();
    if panel.chart == ChartKind::Scatter {
        seen.extend(&panel.x);
    }
    let single = [
        (spot.path.key("size"), panel.size.as_ref()),
        (
            spot.path.key("target"),
            match &panel.target {
                Some(ChartTarget::Measure(name)) => Some(name),
                Some(ChartTarget::Number(_)) | None => None,
            },
        ),
    ];
    for (path, name) in super::items(&y, panel.y.as_slice())
        .chain(super::items(&line, panel.line.as_slice()))
        .chain(single.into_iter().filter_map(|(path, name)| Some((path, name?))))
    {
        spot.number(name, &path, findings);
        if seen.contains(&name) {
            findings.error(
                &path,
                "duplicate_name",
                format!("`{name}` is drawn already"),
                "remove one".to_owned(),
            );
        }
        seen.push(name);
    }
}

/// How many measures and which splits each kind of chart can draw.
fn shape(panel: &ChartPanel, path: &FieldPath, findings: &mut Findings<'_>) {
    let measures = panel.y.as_slice().len();
    let has_line = !panel.line.as_slice().is_empty();
    let only_one = |what: &str, findings: &mut Findings<'_>| {
        if measures > 1 {
            let message = format!("a {what} shows one measure, but `y` names {measures}");
            findings.error(
                &path.key("y"),
                "bad_chart",
                message,
                "keep one, or make a panel for each".to_owned(),
            );
        }
    };
    match panel.chart {
        ChartKind::Heatmap => {
            only_one("heatmap", findings);
            if panel.by.is_none() && !is_given(findings, path, "by") {
                let help = "`x` gives the columns; name the dimension of the rows with `by`".to_owned();
                findings.error(&path.key("chart"), "bad_chart", "a heatmap needs `by`", help);
            }
        }
        ChartKind::Donut => {
            only_one("donut", findings);
            if panel.by.is_some() {
                let help = "remove `by`; a bar chart with `stacking: percent` shows shares by two dimensions"
                    .to_owned();
                findings.error_at_key(&path.key("by"), "bad_chart", "a donut has slices by `x` only", help);
            }
        }
        ChartKind::Combo => {
            if !has_line && !is_given(findings, path, "line") {
                let help = "name the measures of the right axis with `line`, or use `chart: bar`".to_owned();
                findings.error(&path.key("chart"), "bad_chart", "a combo needs `line`", help);
            }
            if panel.by.is_some() {
                let help = "remove `by`, or use `chart: bar`".to_owned();
                findings.error_at_key(
                    &path.key("by"),
                    "bad_chart",
                    "a combo cannot be split by a dimension",
                    help,
                );
            }
        }
        ChartKind::Scatter
        | ChartKind::Histogram
        | ChartKind::Box
        | ChartKind::Pareto
        | ChartKind::Bullet
        | ChartKind::Gauge
        | ChartKind::Treemap
        | ChartKind::Slope
        | ChartKind::Calendar => only_one(panel.chart.name(), findings),
        ChartKind::Waterfall | ChartKind::Funnel => {
            if panel.x.is_some() {
                only_one(panel.chart.name(), findings);
            }
        }
        ChartKind::Line | ChartKind::Area | ChartKind::Bar => {
            if panel.by.is_some() && measures > 1 {
                let help = "keep one measure in `y`, or remove `by`".to_owned();
                let message = format!("`by` splits one measure into series, but `y` names {measures}");
                findings.error_at_key(&path.key("by"), "bad_chart", message, help);
            }
        }
    }
    if has_line && panel.chart != ChartKind::Combo {
        let help = "use `chart: combo`, or move its measures to `y`".to_owned();
        findings.error_at_key(&path.key("line"), "bad_chart", "`line` only goes with `chart: combo`", help);
    }
}

/// What only one kind of chart has to be asked.
fn own(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    match panel.chart {
        ChartKind::Waterfall => steps(panel, path, findings),
        ChartKind::Slope => {
            let by = panel.by.is_some() || is_given(findings, path, "by");
            if by == panel.compare {
                let help =
                    "with `by` the lines go from the first moment of `x` to the last; with `compare: true` \
                            from the period before to this one, a line per member of `x`"
                        .to_owned();
                findings.error(
                    &path.key("chart"),
                    "bad_chart",
                    "a slope chart needs either `by` or `compare: true`",
                    help,
                );
            }
        }
        ChartKind::Calendar if panel.grain.is_some_and(|grain| grain != Grain::Day) => {
            let help = "remove `grain`".to_owned();
            findings.error(&path.key("grain"), "bad_chart", "the cells of a calendar are days", help);
        }
        _ => {}
    }
    if panel.bands.windows(2).any(|pair| pair.first() >= pair.last()) {
        let help = "write where each band ends, such as `[0.6, 0.9, 1.2]`".to_owned();
        findings.error(&path.key("bands"), "bad_chart", "bands must end later one after the other", help);
    }
    if let (Some(min), Some(max)) = (panel.min, panel.max)
        && min >= max
    {
        findings.error(&path.key("max"), "bad_chart", "`max` must be greater than `min`", None);
    }
    adds_up(panel, spot, findings);
}

/// The steps of a waterfall are named where they are.
fn steps(panel: &ChartPanel, path: &FieldPath, findings: &mut Findings<'_>) {
    let (totals, subtract) = (panel.totals.as_slice(), panel.subtract.as_slice());
    if panel.x.is_some() {
        if !subtract.is_empty() {
            let help = "remove `subtract`, or `x`; members that fall have negative numbers".to_owned();
            let message = "`subtract` names measures, but the steps are the members of `x`";
            findings.error_at_key(&path.key("subtract"), "bad_chart", message, help);
        }
    } else {
        let known: Vec<&str> = panel.y.as_slice().iter().map(FieldName::as_str).collect();
        let named = super::items(&path.key("totals"), totals)
            .map(|(path, name)| (path, name.as_str()))
            .chain(super::items(&path.key("subtract"), subtract).map(|(path, name)| (path, name.as_str())));
        for (path, name) in named {
            if !known.contains(&name) {
                let message = format!("`{}` is none of the steps in `y`", names::printable(name));
                let help = names::offer(name, "steps", known.iter().copied());
                findings.error(&path, "unknown_field", message, help);
            }
        }
    }
    if panel.compare {
        for (key, given) in [("totals", !totals.is_empty()), ("total", panel.total.is_some())] {
            if given {
                let message =
                    format!("with `compare` the totals are the two periods, so there is no `{key}`");
                findings.error_at_key(&path.key(key), "bad_chart", message, "remove it".to_owned());
            }
        }
    }
}

/// Where a chart adds the numbers of members up, they may be added.
fn adds_up(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let adds = match panel.chart {
        ChartKind::Waterfall => panel.x.is_some(),
        ChartKind::Pareto | ChartKind::Treemap | ChartKind::Histogram => true,
        _ => false,
    };
    let Some(dataset) = spot.fields.dataset.filter(|_| adds) else { return };
    for (path, name) in super::items(&spot.path.key("y"), panel.y.as_slice()) {
        if is_not_additive(dataset, name) {
            let message = format!(
                "`chart: {}` adds the numbers of members up, but `{name}` is no sum: averages, ratios and \
                 distinct counts of parts do not make that of the whole",
                panel.chart.name()
            );
            let help = "name a measure that is a sum or a count, or use `chart: bar`".to_owned();
            findings.error(&path, "bad_chart", message, help);
        }
    }
}

fn options(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    let stackable = match panel.stacking {
        Stacking::None => true,
        Stacking::Stacked => matches!(panel.chart, ChartKind::Area | ChartKind::Bar | ChartKind::Combo),
        Stacking::Percent => matches!(panel.chart, ChartKind::Area | ChartKind::Bar),
    };
    if !stackable {
        let help = "remove `stacking`, or use `chart: area` or `chart: bar`".to_owned();
        findings.error(
            &path.key("stacking"),
            "bad_chart",
            "this kind of chart cannot be stacked like that",
            help,
        );
    }
    if panel.horizontal && panel.chart != ChartKind::Bar {
        let help = "remove it, or use `chart: bar`".to_owned();
        findings.error(
            &path.key("horizontal"),
            "bad_chart",
            "`horizontal` only goes with `chart: bar`",
            help,
        );
    }
    if panel.compare {
        let one_series = panel.by.is_none() && panel.y.as_slice().len() <= 1;
        let drawable = match panel.chart {
            ChartKind::Line | ChartKind::Slope => true,
            ChartKind::Waterfall => panel.x.is_some(),
            ChartKind::Bullet => panel.target.is_none(),
            ChartKind::Bar => panel.stacking == Stacking::None,
            _ => false,
        };
        if !(one_series && drawable) {
            let help = "keep one measure without `by`, or remove `compare`".to_owned();
            let message = match panel.chart {
                ChartKind::Waterfall => {
                    "a waterfall over measures has no comparison; name a dimension with `x`"
                }
                ChartKind::Bullet => {
                    "the comparison is the target of a bullet chart, so it needs no `target`"
                }
                ChartKind::Slope => "a slope chart compares one measure without `by`",
                _ => "only line and grouped bar charts of one series draw the comparison",
            };
            findings.error(&path.key("compare"), "bad_chart", message, help);
        }
    }
}

fn top(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    match panel.top {
        None if panel.others.is_some() => {
            let help = "add `top: 10`, or remove `others`".to_owned();
            findings.error_at_key(
                &path.key("others"),
                "not_applicable",
                "`others` only goes with `top`",
                help,
            );
        }
        Some(_)
            if panel.chart != ChartKind::Scatter
                && panel.x.as_ref().is_some_and(|x| spot.fields.is_time(x))
                && panel.by.is_none() =>
        {
            let help = "add `by`, or remove `top`; a shorter period shows fewer points".to_owned();
            findings.error_at_key(
                &path.key("top"),
                "bad_chart",
                "with a time axis `top` picks members of `by`, but there is none",
                help,
            );
        }
        _ => {}
    }
}

/// Whether the author wrote the key, though its value is wrong.
fn is_given(findings: &Findings<'_>, panel: &FieldPath, key: &str) -> bool {
    let path = panel.key(key);
    findings.faulty.iter().any(|faulty| faulty.is_within(&path))
}
