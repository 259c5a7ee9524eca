//! What a chart asks its dataset.

use super::sort_keys;
use crate::definitions::model::{ChartKind, ChartPanel, ChartTarget, Dataset, ErrorMeasures, FieldName};
use crate::format::Grain;
use crate::query::{DateRange, GroupBy, SemanticQuery, Sort, Top};
use crate::runs::evaluate::Prepared;

/// The members of a donut that are shown by themselves.
const DONUT_SLICES: u32 = 9;

/// The rows of a chart.
pub(in crate::runs::evaluate) fn chart(
    base: SemanticQuery,
    prepared: &Prepared,
    dataset: &Dataset,
    panel: &ChartPanel,
) -> SemanticQuery {
    let measures = measures(dataset, panel);
    let kind = panel.chart;
    let dimension = panel.x.as_ref().filter(|x| dataset.dimensions.contains_key(*x));
    let is_time = dimension.is_some_and(|x| dataset.time.as_ref() == Some(x)) || panel.grain.is_some();
    let grain = match kind {
        ChartKind::Calendar => Some(Grain::Day),
        // Its numbers are counted, whatever they are.
        ChartKind::Histogram => None,
        _ => is_time.then(|| panel.grain.unwrap_or_else(|| axis_grain(base.range))),
    };
    let mut by: Vec<GroupBy> = dimension.map(|x| GroupBy { field: x.clone(), grain }).into_iter().collect();
    let further = panel.by.iter().chain(&panel.detail).chain(&panel.facet);
    by.extend(further.map(|field| GroupBy { field: field.clone(), grain: None }));
    let ranked = match kind {
        ChartKind::Scatter => panel.detail.as_ref(),
        _ if is_time => panel.by.as_ref(),
        _ => dimension,
    };
    // A donut shows nine slices and the rest; the engine adds the rest up, as it does the total, because
    // distinct counts and ratios cannot be added from slices.
    let is_donut = kind == ChartKind::Donut;
    let wanted = panel.top.or(is_donut.then_some(DONUT_SLICES));
    // The points that are left out are no point together.
    let with_others = kind != ChartKind::Scatter;
    let top = match (wanted, ranked, measures.first()) {
        (Some(count), Some(dimension), Some(measure)) => Some(Top {
            dimension: dimension.clone(),
            measure: measure.clone(),
            count: count as usize,
            others: with_others && panel.others.unwrap_or(true),
        }),
        _ => None,
    };
    let mut sort = sort_keys(&panel.sort);
    let one_row_each = panel.by.is_none() && panel.detail.is_none() && panel.facet.is_none();
    let orders_itself = matches!(kind, ChartKind::Heatmap | ChartKind::Histogram | ChartKind::Gauge);
    if sort.is_empty() && !is_time && !orders_itself && dimension.is_some() && one_row_each {
        sort.extend(measures.first().map(|field| Sort { field: field.clone(), descending: true }));
    }
    let compare = prepared.compare.filter(|_| panel.compare && base.range.is_some());
    // The share that a pareto chart adds up to is that of all members, shown or not.
    let totals = is_donut || kind == ChartKind::Pareto;
    SemanticQuery { measures, by, compare, top, sort, totals, ..base }
}

/// The measures a chart draws, each once.
fn measures(dataset: &Dataset, panel: &ChartPanel) -> Vec<FieldName> {
    let along = panel.x.as_ref().filter(|x| !dataset.dimensions.contains_key(*x));
    let target = match &panel.target {
        Some(ChartTarget::Measure(name)) => Some(name),
        Some(ChartTarget::Number(_)) | None => None,
    };
    let error = panel.error.iter().flat_map(ErrorMeasures::named).map(|(_, name)| name);
    let mut measures: Vec<FieldName> = Vec::new();
    // A scatter is ranked by its height, so `y` comes first.
    for name in panel
        .y
        .as_slice()
        .iter()
        .chain(panel.line.as_slice())
        .chain(along)
        .chain(&panel.size)
        .chain(target)
        .chain(error)
    {
        if !measures.contains(name) {
            measures.push(name.clone());
        }
    }
    measures
}

/// The bucket of a time axis whose author named none.
fn axis_grain(range: Option<DateRange>) -> Grain {
    match range.map(|range| range.days()) {
        Some(..=62) => Grain::Day,
        Some(63..=400) => Grain::Week,
        Some(_) | None => Grain::Month,
    }
}
