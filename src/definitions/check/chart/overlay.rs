//! Reference lines, ranges, trends and error bars: do they go with what the chart draws?

use crate::definitions::check::panel::Spot;
use crate::definitions::check::{Findings, items};
use crate::definitions::model::{
    ChartKind, ChartPanel, ErrorMeasures, LineLevel, LineStatistic, Stacking, ValueSide,
};
use crate::definitions::names;

pub(super) fn check(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    lines(panel, spot, findings);
    ranges(panel, spot, findings);
    trend(panel, spot, findings);
    error_bars(panel, spot, findings);
}

fn lines(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    for (path, line) in items(&spot.path.key("lines"), &panel.lines) {
        super::super::text::title(line.label.as_ref(), &path.key("label"), findings);
        if let Some(name) = line.at.measure()
            && !spot.fields.has_number(name)
        {
            let (message, _) = spot.fields.no_number(spot.dataset, name);
            let statistics = LineStatistic::ALL.map(LineStatistic::name);
            let valid = statistics.into_iter().chain(spot.fields.numbers());
            let help = names::offer(name.as_str(), "statistics, measures and metrics", valid);
            findings.error(&path.key("at"), "unknown_field", message, help);
        }
        let is_number = matches!(line.at, LineLevel::Number(_));
        if panel.stacking == Stacking::Percent && !is_number {
            let help = "write a share, such as `at: 0.5`, or use `stacking: stacked`".to_owned();
            let message = "where everything is a share of 100 %, a line can only stand at a number";
            findings.error(&path.key("at"), "bad_chart", message, help);
        }
        if line.axis == ValueSide::Right && panel.chart != ChartKind::Combo {
            let help = "remove `axis`, or use `chart: combo`".to_owned();
            findings.error_at_key(&path.key("axis"), "bad_chart", "only a combo has a right axis", help);
        }
    }
}

fn ranges(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    for (path, range) in items(&spot.path.key("ranges"), &panel.ranges) {
        super::super::text::title(range.label.as_ref(), &path.key("label"), findings);
        match (range.from, range.to) {
            (None, None)
                if !super::is_given(findings, &path, "from") && !super::is_given(findings, &path, "to") =>
            {
                let help = "write where it begins or ends, such as `{from: 0, to: 100}`".to_owned();
                findings.error(&path, "missing_key", "the range has neither `from` nor `to`", help);
            }
            (Some(from), Some(to)) if from >= to => {
                findings.error(&path.key("to"), "bad_chart", "`to` must be greater than `from`", None);
            }
            _ => {}
        }
    }
}

fn trend(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    if panel.trend.is_none() {
        return;
    }
    let path = spot.path.key("trend");
    if panel.stacking != Stacking::None || panel.horizontal {
        let help = "remove `trend`, or `stacking` and `horizontal`".to_owned();
        let message = "a trend goes through points or the ends of bars that stand side by side";
        findings.error_at_key(&path, "bad_chart", message, help);
    }
    if let (ChartKind::Line | ChartKind::Bar, Some(x)) = (panel.chart, &panel.x)
        && spot.fields.has_dimension(x)
        && !(spot.fields.is_time(x) || panel.grain.is_some())
    {
        let help = "name the time dimension with `x`, or remove `trend`".to_owned();
        let message = format!("a trend needs an axis of time, but `{x}` has no order to follow");
        findings.error_at_key(&path, "bad_chart", message, help);
    }
}

fn error_bars(panel: &ChartPanel, spot: &Spot<'_, '_>, findings: &mut Findings<'_>) {
    let Some(error) = &panel.error else { return };
    let path = spot.path.key("error");
    for (key, name) in error.named() {
        let path = key.map_or_else(|| path.clone(), |key| path.key(key));
        spot.number(name, &path, findings);
        if panel.y.as_slice().contains(name) {
            let help = "name the measure of the uncertainty".to_owned();
            let message = format!("`{name}` is the number itself, so it says nothing about how sure it is");
            findings.error(&path, "bad_chart", message, help);
        }
    }
    if let ErrorMeasures::Between { low, high } = error
        && low == high
    {
        findings.error(&path.key("high"), "bad_chart", "`low` and `high` are the same measure", None);
    }
    if panel.y.as_slice().len() > 1 {
        let message = "error bars belong to one measure, but `y` names several";
        findings.error_at_key(&path, "bad_chart", message, "keep one, or remove `error`".to_owned());
    }
    if panel.stacking != Stacking::None {
        let help = "remove `stacking`, or `error`".to_owned();
        findings.error_at_key(&path, "bad_chart", "stacked bars have no error bars", help);
    }
}
