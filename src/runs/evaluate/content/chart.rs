//! The rows of a chart and how it is drawn.

use std::collections::BTreeMap;

use super::Asking;
use super::buckets::with_every_bucket;
use crate::charts::{Chart, Kind, Stacking};
use crate::definitions::model::{self, ChartKind, ChartPanel, FieldName};
use crate::engine::EngineError;
use crate::query::SemanticQuery;
use crate::render::document::Content;
use crate::runs::evaluate::{localize, panel_query};
use crate::table::{Role, Table, Value};

impl Asking<'_> {
    pub(super) async fn chart(
        &mut self,
        base: SemanticQuery,
        panel: &ChartPanel,
    ) -> Result<Content, EngineError> {
        let query = panel_query::chart(base, self.prepared, self.ask.dataset, panel);
        let rows = self.answer(&query).await?;
        let rows = if query.by.iter().any(|group| group.grain.is_some()) {
            with_every_bucket(&rows, &query)
        } else if query.sort.is_empty() && panel.by.is_some() && panel.chart != ChartKind::Heatmap {
            largest_first(&rows)
        } else {
            rows.as_ref().clone()
        };
        let table = localize::table(&rows, self.ask.dataset, self.prepared);
        let columns_of = |fields: &[FieldName]| -> Vec<usize> {
            fields.iter().filter_map(|field| table.index_of(field.as_str())).collect()
        };
        Ok(Content::Chart(Box::new(Chart {
            kind: kind(panel),
            x: 0,
            y: columns_of(panel.y.as_slice()),
            by: panel.by.as_ref().map(|_| 1),
            line: columns_of(panel.line.as_slice()),
            compare: query.compare.is_some(),
            labels: panel.labels,
            table,
        })))
    }
}

fn kind(panel: &ChartPanel) -> Kind {
    let stacking = match panel.stacking {
        model::Stacking::None => Stacking::None,
        model::Stacking::Stacked => Stacking::Stacked,
        model::Stacking::Percent => Stacking::Percent,
    };
    match panel.chart {
        ChartKind::Line => Kind::Line,
        ChartKind::Area => Kind::Area(stacking),
        ChartKind::Bar => Kind::Bar { stacking, horizontal: panel.horizontal },
        ChartKind::Donut => Kind::Donut,
        ChartKind::Combo => Kind::Combo,
        ChartKind::Heatmap => Kind::Heatmap,
    }
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
