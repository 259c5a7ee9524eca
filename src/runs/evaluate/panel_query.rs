//! What a panel asks its dataset.

mod chart;

use super::{DateRange, FieldName, Prepared, filters};
use crate::definitions::model::{Dataset, KpiPanel, OneOrMany, Panel, SortKey, TablePanel};
use crate::format::Grain;
use crate::query::{Filter, GroupBy, SemanticQuery, Sort};

pub(super) use chart::chart;

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
