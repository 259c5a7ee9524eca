//! Answers one panel.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Evaluator, FieldName, PanelId, Prepared, QuestionError, chosen, failure, localize, panel_query, words,
};
use crate::access::Restriction;
use crate::charts::{Chart, Kind, Stacking};
use crate::definitions::model::{
    self, ChartKind, ChartPanel, Dataset, DatasetId, KpiPanel, Panel, TablePanel,
};
use crate::engine::{Answer, Ask, EngineError};
use crate::query::SemanticQuery;
use crate::render::document::{Block, Content, Kpi};
use crate::table::{Role, Table, Value};

/// A panel with the versions of the data it was answered from.
pub(super) struct Evaluated {
    pub block: Block,
    pub data_versions: BTreeMap<DatasetId, String>,
}

/// The answers to a panel's queries, noting which data they came from.
struct Asking<'a> {
    evaluator: &'a Evaluator,
    ask: Ask<'a>,
    prepared: &'a Prepared,
    version: Option<String>,
}

impl Evaluator {
    pub(super) async fn evaluate(
        &self,
        prepared: &Prepared,
        id: &PanelId,
    ) -> Result<Evaluated, QuestionError> {
        let panel = prepared.report.panels.get(id).ok_or_else(|| QuestionError::NoPanel {
            report: prepared.id.clone(),
            name: id.to_string(),
            valid: prepared.report.panels.keys().map(PanelId::as_str).collect::<Vec<_>>().join(", "),
        })?;
        let locale = prepared.locale;
        let mut data_versions = BTreeMap::new();
        let note = panel.note().map(|note| note.get(locale).to_owned());
        let mut title = panel.title().map(|title| title.get(locale).to_owned()).unwrap_or_default();
        let content = if let Panel::Text(text) = panel {
            Ok(Content::Text(paragraphs(text.text.get(locale))))
        } else {
            let dataset_id = panel.dataset().or(prepared.report.dataset.as_ref());
            let restriction = Restriction::for_open_dataset(&prepared.viewer);
            match dataset_id.and_then(|dataset| prepared.ask(dataset, &restriction)) {
                None => {
                    let name = dataset_id.map_or("its dataset".to_owned(), |dataset| {
                        format!("dataset `{dataset}` or its source")
                    });
                    Err(failure::no_dataset(&prepared.id, id, &name, locale))
                }
                Some(ask) => {
                    if title.is_empty() {
                        title = default_title(panel, ask.dataset, prepared);
                    }
                    let dataset_id = ask.id.clone();
                    let mut asking = Asking { evaluator: self, ask, prepared, version: None };
                    let content = asking.content(panel).await;
                    data_versions.extend(asking.version.map(|version| (dataset_id, version)));
                    content.map_err(|error| failure::of_engine(&prepared.id, id, &error, locale))
                }
            }
        };
        Ok(Evaluated { block: Block { id: id.to_string(), title, note, content }, data_versions })
    }
}

impl Asking<'_> {
    async fn content(&mut self, panel: &Panel) -> Result<Content, EngineError> {
        let base = panel_query::base(self.prepared, self.ask.dataset, panel);
        match panel {
            Panel::Kpi(kpi) => self.kpi(base, kpi).await,
            Panel::Chart(chart) => self.chart(base, chart).await,
            Panel::Table(table) => self.table(base, table).await,
            Panel::Text(_) => Ok(Content::Text(Vec::new())),
        }
    }

    async fn answer(&mut self, query: &SemanticQuery) -> Result<Arc<Table>, EngineError> {
        let Answer { table, data_version, .. } = self.evaluator.engine.answer(&self.ask, query).await?;
        self.version = Some(data_version);
        Ok(table)
    }

    async fn kpi(&mut self, base: SemanticQuery, panel: &KpiPanel) -> Result<Content, EngineError> {
        let query = panel_query::kpi(base.clone(), self.prepared, panel);
        let table = self.answer(&query).await?;
        let sparkline = match panel_query::sparkline(base, self.ask.dataset, panel) {
            Some(query) => {
                let points = self.answer(&query).await?;
                let points = with_every_bucket(&points, &query);
                (0..points.len()).map(|row| points.cell(row, 1).as_f64()).collect()
            }
            None => Vec::new(),
        };
        let compared_with = chosen::period(&self.prepared.chosen)
            .filter(|_| query.compare.is_some())
            .map_or("", |period| words::compared_with(period.compare, period.spec, self.prepared.locale));
        let dataset = self.ask.dataset;
        let measure =
            dataset.measures.get(&panel.kpi).map(|measure| (&measure.format, measure.lower_is_better));
        let metric = dataset.metrics.get(&panel.kpi).map(|metric| (&metric.format, metric.lower_is_better));
        let (format, lower_is_better) =
            measure.or(metric).map_or_else(Default::default, |(format, lower)| (format.clone(), lower));
        Ok(Content::Kpi(Kpi {
            value: table.cell(0, 0).clone(),
            previous: query.compare.map(|_| table.cell(0, 1).clone()),
            compared_with: compared_with.to_owned(),
            format,
            lower_is_better,
            sparkline,
        }))
    }

    async fn chart(&mut self, base: SemanticQuery, panel: &ChartPanel) -> Result<Content, EngineError> {
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

    async fn table(&mut self, base: SemanticQuery, panel: &TablePanel) -> Result<Content, EngineError> {
        let query = panel_query::table(base, self.prepared, self.ask.dataset, panel);
        let rows = self.answer(&query).await?;
        Ok(Content::Table(localize::table(&rows, self.ask.dataset, self.prepared)))
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

fn default_title(panel: &Panel, dataset: &Dataset, prepared: &Prepared) -> String {
    let title = |field: &FieldName| localize::field_title(dataset, field, prepared.locale);
    match panel {
        Panel::Kpi(kpi) => title(&kpi.kpi),
        Panel::Chart(chart) => {
            chart.y.as_slice().iter().chain(chart.line.as_slice()).map(title).collect::<Vec<_>>().join(" · ")
        }
        Panel::Table(table) => table.table.iter().map(title).collect::<Vec<_>>().join(" · "),
        Panel::Text(_) => String::new(),
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    let paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Adds an empty row for every bucket of the period that has no data, so that a line shows the gap
/// instead of jumping over it. The first column must be the bucketed one, rows in its order.
fn with_every_bucket(table: &Table, query: &SemanticQuery) -> Table {
    const MOST: usize = 5_000;
    let grain = query.by.first().and_then(|group| group.grain);
    let (Some(grain), Some(range)) = (grain, query.range) else { return table.clone() };
    if grain == crate::format::Grain::Hour || table.is_empty() {
        return table.clone();
    }
    let present: std::collections::HashSet<_> =
        (0..table.len()).filter_map(|row| table.cell(row, 0).as_date()).collect();
    let missing: Vec<_> = range
        .buckets(grain, query.week_start)
        .take(MOST)
        .filter(|bucket| !present.contains(bucket))
        .collect();
    let mut order: Vec<(Option<chrono::NaiveDate>, Option<usize>)> =
        (0..table.len()).map(|row| (table.cell(row, 0).as_date(), Some(row))).collect();
    order.extend(missing.into_iter().map(|bucket| (Some(bucket), None)));
    order.sort_by_key(|(bucket, row)| (bucket.is_none(), *bucket, row.unwrap_or(0)));
    let mut filled = table.clone();
    for (position, column) in filled.columns.iter_mut().enumerate() {
        column.cells = order
            .iter()
            .map(|(bucket, row)| match (row, position) {
                (Some(row), _) => table.cell(*row, position).clone(),
                (None, 0) => bucket.map_or(Value::Null, Value::Date),
                // A filled row joins the first series; it has no number to show there either.
                (None, _) if column.role == Role::Dimension => table.cell(0, position).clone(),
                (None, _) => Value::Null,
            })
            .collect();
    }
    filled.rows_before_limit = table.rows_before_limit;
    filled
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
