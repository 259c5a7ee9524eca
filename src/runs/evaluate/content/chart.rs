//! The rows of a chart and how it is drawn.

mod events;
mod kind;
mod overlay;
mod steps;

use std::collections::BTreeMap;

use super::buckets::with_every_bucket;
use super::{Asking, drill};
use crate::charts::{Chart, Facet, Look, Palette};
use crate::definitions::model::{self, ChartKind, ChartPanel, FieldName};
use crate::engine::EngineError;
use crate::query::SemanticQuery;
use crate::render::document::Content;
use crate::runs::evaluate::{Prepared, localize, panel_query};
use crate::table::{Role, Table, Value};

impl Asking<'_> {
    pub(super) async fn chart(
        &mut self,
        base: SemanticQuery,
        panel: &ChartPanel,
    ) -> Result<Content, EngineError> {
        let query = panel_query::chart(base.clone(), self.prepared, self.ask.dataset, panel);
        let rows = self.answer(&query).await?;
        // The two ends of a slope are moments that have data.
        let fills = panel.chart != ChartKind::Slope;
        let splits = panel.by.is_some() || panel.facet.is_some() || panel.chart == ChartKind::Box;
        let orders = !matches!(panel.chart, ChartKind::Heatmap | ChartKind::Scatter | ChartKind::Histogram);
        let in_time = query.by.iter().any(|group| group.grain.is_some());
        let rows = if fills && in_time {
            with_every_bucket(&rows, &query)
        } else if query.sort.is_empty() && splits && orders && !in_time {
            largest_first(&rows)
        } else {
            rows.as_ref().clone()
        };
        let steps = steps::of(panel, &rows);
        let grain = |field: &FieldName| query.grain_of(field);
        let mut links = drill::of_table(self.prepared, panel.drill.as_ref(), &rows, grain);
        let mut table = localize::table(&rows, self.ask.dataset, self.prepared);
        if panel.x.is_none() && matches!(panel.chart, ChartKind::Waterfall | ChartKind::Funnel) {
            table = steps::from_measures(panel, &table, self.prepared.locale);
            // Every measure is about everything: all lead to the same place.
            links = links.first().map_or_else(Vec::new, |link| vec![link.clone(); table.len()]);
        }
        let column = |field: &FieldName| table.index_of(field.as_str());
        let columns_of = |fields: &[FieldName]| -> Vec<usize> { fields.iter().filter_map(column).collect() };
        let (x, y) = if panel.x.is_none() && panel.chart != ChartKind::Gauge {
            (0, vec![1])
        } else {
            (panel.x.as_ref().and_then(column).unwrap_or_default(), columns_of(panel.y.as_slice()))
        };
        let by = if panel.chart == ChartKind::Box { &panel.detail } else { &panel.by };
        let across = panel.columns.map(|columns| columns as usize);
        let mut overlays = self.overlays(base, panel, column).await?;
        if let (Some(annotations), Some(x)) = (&panel.annotations, &panel.x) {
            let axis = events::Axis::of(&query, &rows, &table, x);
            overlays.events = Some(self.events(annotations, &axis).await?);
        }
        Ok(Content::Chart(Box::new(Chart {
            kind: kind::of(panel, column, steps),
            x,
            y,
            by: by.as_ref().and_then(column),
            line: columns_of(panel.line.as_slice()),
            facet: panel.facet.as_ref().and_then(column).map(|column| Facet { column, across }),
            compare: query.compare.is_some(),
            labels: panel.labels,
            overlays,
            look: look(self.prepared),
            links,
            table,
        })))
    }
}

/// The colours and patterns that the report asks for.
fn look(prepared: &Prepared) -> Look {
    let report = &prepared.report;
    let palette = match report.palette {
        model::Palette::Standard => Palette::Standard,
        model::Palette::OkabeIto => Palette::OkabeIto,
        model::Palette::BlueOrange => Palette::BlueOrange,
        model::Palette::Greys => Palette::Greys,
    };
    let light_series = prepared.theme().map(|theme| theme.colors.light_series()).unwrap_or_default();
    Look { palette, patterns: report.patterns, light_series }
}

/// Orders the members of the first column by the sum of their first number, "others" last.
fn largest_first(table: &Table) -> Table {
    let Some(measure) = table.columns.iter().position(|column| column.role == Role::Measure) else {
        return table.clone();
    };
    let keys: Vec<String> = (0..table.len()).map(|row| format!("{:?}", table.cell(row, 0))).collect();
    let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
    for (row, key) in keys.iter().enumerate() {
        *sums.entry(key).or_default() += table.cell(row, measure).as_f64().unwrap_or(0.0);
    }
    let mut order: Vec<(bool, f64, usize)> = keys
        .iter()
        .enumerate()
        .map(|(row, key)| {
            (*table.cell(row, 0) == Value::Others, sums.get(key.as_str()).copied().unwrap_or(0.0), row)
        })
        .collect();
    order.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
    let mut sorted = table.clone();
    for (position, column) in sorted.columns.iter_mut().enumerate() {
        column.cells = order.iter().map(|(.., row)| table.cell(*row, position).clone()).collect();
    }
    sorted
}
