//! Answers one panel.

mod buckets;
mod chart;
mod drill;
mod grid;
mod kpi;
mod member_links;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::print::footnote_lines;
use super::{Evaluator, FieldName, PanelId, Prepared, QuestionError, failure, localize, panel_query, words};
use crate::definitions::model::{Dataset, DatasetId, Panel, ShownValue};
use crate::engine::{Answer, Ask, EngineError};
use crate::query::{QueryError, SemanticQuery};
use crate::render::document::{Block, Content};
use crate::table::Table;

/// A panel with the versions of the data it was answered from.
pub(in crate::runs::evaluate) struct Evaluated {
    pub(in crate::runs::evaluate) block: Block,
    pub(in crate::runs::evaluate) data_versions: BTreeMap<DatasetId, String>,
}

/// The answers to a panel's queries, noting which data they came from.
struct Asking<'a> {
    evaluator: &'a Evaluator,
    ask: Ask<'a>,
    prepared: &'a Prepared,
    version: Option<String>,
    /// The regions that the answers lack.
    missing: BTreeSet<String>,
    /// The versions of other datasets that were asked besides.
    further: BTreeMap<DatasetId, String>,
}

impl Evaluator {
    pub(in crate::runs::evaluate) async fn evaluate(
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
        let note = panel.note().map(|note| note.get(locale).trim_end().to_owned());
        let mut missing = BTreeSet::new();
        let mut title = panel.title().map(|title| title.get(locale).to_owned()).unwrap_or_default();
        let without_dataset = match panel {
            Panel::Text(words) if !words.has_numbers() => Some(text::plain(words, prepared)),
            _ => None,
        };
        let content = if let Some(content) = without_dataset {
            Ok(content)
        } else {
            let dataset_id = panel.dataset().or(prepared.report.dataset.as_ref());
            let restriction = dataset_id.and_then(|dataset| prepared.restriction(dataset));
            let ask = dataset_id.zip(restriction.as_ref());
            let restriction = restriction.as_ref();
            match ask.and_then(|(dataset, restriction)| prepared.ask(dataset, restriction)) {
                None => {
                    let name = dataset_id.map_or("its dataset".to_owned(), |dataset| {
                        format!("dataset `{dataset}` or its source")
                    });
                    Err(failure::no_dataset(&prepared.id, id, &name, locale))
                }
                Some(mut ask) => {
                    ask.account.panel = Some(id.clone());
                    if title.is_empty() {
                        title = default_title(panel, ask.dataset, prepared);
                    }
                    let dataset_id = ask.id.clone();
                    let mut asking = Asking {
                        evaluator: self,
                        ask,
                        prepared,
                        version: None,
                        missing: BTreeSet::new(),
                        further: BTreeMap::new(),
                    };
                    // Whoever may not see a column sees the table without it.
                    let open = restriction.filter(|restriction| restriction.hides_any());
                    let open = open.map(|restriction| panel.without(&|field| restriction.hides(field)));
                    let content = match &open {
                        Some(panel) if panel.is_bare() => Err(EngineError::Query(QueryError::Hidden)),
                        open => asking.content(open.as_ref().unwrap_or(panel)).await,
                    };
                    missing = asking.missing;
                    data_versions.extend(asking.further);
                    data_versions.extend(asking.version.map(|version| (dataset_id, version)));
                    content.map_err(|error| failure::of_engine(&prepared.id, id, &error, locale))
                }
            }
        };
        // What a reader must know before the numbers comes first.
        let incomplete = (!missing.is_empty()).then(|| words::missing_regions(&missing, locale));
        let note = [incomplete, note, footnote_lines(panel.footnotes(), locale)].into_iter().flatten();
        let note = note.reduce(|note, more| format!("{note}\n{more}"));
        Ok(Evaluated {
            block: Block { id: id.to_string(), title, note, missing: missing.into_iter().collect(), content },
            data_versions,
        })
    }
}

impl Asking<'_> {
    async fn content(&mut self, panel: &Panel) -> Result<Content, EngineError> {
        let base = panel_query::base(self.prepared, self.ask.dataset, panel);
        match panel {
            Panel::Kpi(kpi) => self.kpi(base, kpi).await,
            Panel::Chart(chart) => self.chart(base, chart).await,
            Panel::Table(table) => self.table(base, table).await,
            Panel::Pivot(pivot) => self.pivot(base, pivot).await,
            Panel::Text(text) => self.text(base, text).await,
        }
    }

    async fn answer(&mut self, query: &SemanticQuery) -> Result<Arc<Table>, EngineError> {
        let answer = self.evaluator.engine.answer(&self.ask, query).await?;
        Ok(self.noted(answer))
    }

    /// The rows of an answer, with what is to be said of them noted.
    fn noted(&mut self, answer: Answer) -> Arc<Table> {
        self.version = Some(answer.data_version);
        self.missing.extend(answer.missing);
        answer.table
    }
}

fn default_title(panel: &Panel, dataset: &Dataset, prepared: &Prepared) -> String {
    let title = |field: &FieldName| localize::field_title(dataset, field, prepared.locale);
    match panel {
        Panel::Kpi(kpi) => title(&kpi.kpi),
        Panel::Chart(chart) => {
            chart.y.as_slice().iter().chain(chart.line.as_slice()).map(title).collect::<Vec<_>>().join(" · ")
        }
        Panel::Table(table) => listed(&table.table, &title).join(" · "),
        Panel::Pivot(pivot) => listed(&pivot.pivot.values, &title).join(" · "),
        Panel::Text(_) => String::new(),
    }
}

/// The titles of the fields that are shown as they are.
fn listed(items: &[ShownValue], title: &impl Fn(&FieldName) -> String) -> Vec<String> {
    let field = |item: &ShownValue| match item {
        ShownValue::Field(field) => Some(title(field)),
        _ => None,
    };
    items.iter().filter_map(field).collect()
}
