//! Charts: can this kind of chart draw that shape of data?

use super::Findings;
use super::panel::Spot;
use crate::definitions::model::{ChartKind, ChartPanel, FieldName, Stacking};
use crate::definitions::path::FieldPath;

pub(super) fn check(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let path = spot.path;
    spot.dimension(&panel.x, &path.key("x"), findings);
    if let Some(by) = &panel.by {
        spot.dimension(by, &path.key("by"), findings);
        if *by == panel.x {
            let help = "remove `by`, or split by another dimension".to_owned();
            findings.error(&path.key("by"), "duplicate_name", format!("`x` and `by` are both `{by}`"), help);
        }
    }
    numbers(panel, spot, findings);
    if let Some(grain) = panel.grain {
        spot.grain(grain, &panel.x, &path.key("grain"), findings);
    }
    shape(panel, path, findings);
    options(panel, spot, findings);
    top(panel, spot, findings);
    let (y, line) = (panel.y.as_slice(), panel.line.as_slice());
    let shown: Vec<&FieldName> = std::iter::once(&panel.x).chain(&panel.by).chain(y).chain(line).collect();
    spot.sort(panel.sort.as_slice(), &shown, findings);
    if panel.compare {
        spot.compare(findings);
    }
}

fn numbers(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let (y, line) = (spot.path.key("y"), spot.path.key("line"));
    if panel.y.as_slice().is_empty() {
        findings.error(
            &y,
            "empty",
            "the chart draws no measure",
            "name at least one measure or metric".to_owned(),
        );
    }
    let mut seen: Vec<&FieldName> = Vec::new();
    for (path, name) in super::items(&y, panel.y.as_slice()).chain(super::items(&line, panel.line.as_slice()))
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
            ChartKind::Line => true,
            ChartKind::Bar => panel.stacking == Stacking::None,
            ChartKind::Area | ChartKind::Donut | ChartKind::Combo | ChartKind::Heatmap => false,
        };
        if !(one_series && drawable) {
            let help = "keep one measure without `by`, or remove `compare`".to_owned();
            findings.error(
                &path.key("compare"),
                "bad_chart",
                "only line and grouped bar charts of one series draw the comparison",
                help,
            );
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
        Some(_) if spot.fields.is_time(&panel.x) && panel.by.is_none() => {
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
