//! What a panel asks its dataset.

use super::{DateRange, FieldName, Prepared, filters};
use crate::definitions::model::{
    ChartKind, ChartPanel, Dataset, KpiPanel, OneOrMany, Panel, SortKey, TablePanel,
};
use crate::format::Grain;
use crate::query::{Filter, GroupBy, SemanticQuery, Sort, Top};

/// The question every query of a panel starts from: its filters, the period, the zone.
pub(super) fn base(prepared: &Prepared, dataset: &Dataset, panel: &Panel) -> SemanticQuery {
    SemanticQuery {
        filters: filters::of_panel(prepared, dataset, panel),
        range: prepared.range.filter(|_| dataset.time.is_some()),
        time_zone: prepared.time_zone,
        week_start: prepared.locale.week_start(),
        ..SemanticQuery::of_everything(Vec::new())
    }
}

/// The number of a KPI and that of the comparison period.
pub(super) fn kpi(base: SemanticQuery, prepared: &Prepared, panel: &KpiPanel) -> SemanticQuery {
    let compare = base.range.and(prepared.compare);
    SemanticQuery { measures: vec![panel.kpi.clone()], compare, ..base }
}

/// The points of a KPI's sparkline; `None` without a time dimension.
pub(super) fn sparkline(base: SemanticQuery, dataset: &Dataset, panel: &KpiPanel) -> Option<SemanticQuery> {
    let time = dataset.time.clone()?;
    let (grain, range) = points(panel.sparkline, base.range);
    let by = vec![GroupBy { field: time, grain: Some(grain) }];
    Some(SemanticQuery { measures: vec![panel.kpi.clone()], by, range, ..base })
}

/// The bucket of a sparkline and the days it is about; by default a bucket that gives 7 to 60 points.
pub(super) fn points(grain: Option<Grain>, range: Option<DateRange>) -> (Grain, Option<DateRange>) {
    match (grain, range) {
        (Some(grain), range) => (grain, range),
        (None, Some(range)) => {
            let (grain, range) = sparkline_grain(range);
            (grain, Some(range))
        }
        (None, None) => (Grain::Month, None),
    }
}

/// A bucket that gives 7 to 60 points. A period too short for that is shown with the days before it.
fn sparkline_grain(range: DateRange) -> (Grain, DateRange) {
    match range.days() {
        ..7 => {
            let start = range.end.checked_sub_days(chrono::Days::new(14)).unwrap_or(range.start);
            (Grain::Day, DateRange { start, end: range.end })
        }
        7..=60 => (Grain::Day, range),
        61..=420 => (Grain::Week, range),
        421..=1_800 => (Grain::Month, range),
        _ => (Grain::Quarter, range),
    }
}

/// The members of a donut that are shown by themselves.
const DONUT_SLICES: u32 = 9;

/// The rows of a chart.
pub(super) fn chart(
    base: SemanticQuery,
    prepared: &Prepared,
    dataset: &Dataset,
    panel: &ChartPanel,
) -> SemanticQuery {
    let measures: Vec<FieldName> = panel.y.as_slice().iter().chain(panel.line.as_slice()).cloned().collect();
    let is_time = dataset.time.as_ref() == Some(&panel.x) || panel.grain.is_some();
    let grain = is_time.then(|| panel.grain.unwrap_or_else(|| axis_grain(base.range)));
    let mut by = vec![GroupBy { field: panel.x.clone(), grain }];
    by.extend(panel.by.iter().map(|field| GroupBy { field: field.clone(), grain: None }));
    let ranked = if is_time { panel.by.as_ref() } else { Some(&panel.x) };
    // A donut shows nine slices and the rest; the engine adds the rest up, as it does the total, because
    // distinct counts and ratios cannot be added from slices.
    let is_donut = panel.chart == ChartKind::Donut;
    let wanted = panel.top.or(is_donut.then_some(DONUT_SLICES));
    let top = match (wanted, ranked, measures.first()) {
        (Some(count), Some(dimension), Some(measure)) => Some(Top {
            dimension: dimension.clone(),
            measure: measure.clone(),
            count: count as usize,
            others: panel.others.unwrap_or(true),
        }),
        _ => None,
    };
    let mut sort = sort_keys(&panel.sort);
    if sort.is_empty() && !is_time && panel.chart != ChartKind::Heatmap && panel.by.is_none() {
        sort.extend(measures.first().map(|field| Sort { field: field.clone(), descending: true }));
    }
    let compare = prepared.compare.filter(|_| panel.compare && base.range.is_some());
    SemanticQuery { measures, by, compare, top, sort, totals: is_donut, ..base }
}

/// The bucket of a time axis whose author named none.
fn axis_grain(range: Option<DateRange>) -> Grain {
    match range.map(|range| range.days()) {
        Some(..=62) => Grain::Day,
        Some(63..=400) => Grain::Week,
        Some(_) | None => Grain::Month,
    }
}

/// The rows of a table of `fields`.
pub(super) fn table(
    base: SemanticQuery,
    prepared: &Prepared,
    dataset: &Dataset,
    panel: &TablePanel,
    fields: &[FieldName],
) -> SemanticQuery {
    let (dimensions, measures): (Vec<_>, Vec<_>) =
        fields.iter().cloned().partition(|field| dataset.dimensions.contains_key(field));
    let is_time = |field: &FieldName| dataset.time.as_ref() == Some(field);
    let by = dimensions
        .into_iter()
        .map(|field| GroupBy { grain: panel.grain.filter(|_| is_time(&field)), field })
        .collect();
    SemanticQuery {
        measures,
        by,
        sort: sort_keys(&panel.sort),
        limit: panel.limit.map(|limit| limit as usize),
        totals: panel.totals,
        compare: prepared.compare.filter(|_| panel.compare && base.range.is_some()),
        ..base
    }
}

/// The members of a dimension, for a control.
pub(super) fn members(
    prepared: &Prepared,
    field: &FieldName,
    filters: Vec<Filter>,
    limit: usize,
) -> SemanticQuery {
    SemanticQuery {
        by: vec![GroupBy { field: field.clone(), grain: None }],
        filters,
        limit: Some(limit),
        time_zone: prepared.time_zone,
        ..SemanticQuery::of_everything(Vec::new())
    }
}

fn sort_keys(keys: &OneOrMany<SortKey>) -> Vec<Sort> {
    keys.as_slice().iter().map(|key| Sort { field: key.field.clone(), descending: key.descending }).collect()
}
