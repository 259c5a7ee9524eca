//! From a question about a report to its panels, evaluated and localized.
//!
//! `prepare` checks the parameters and resolves the period; `panel` and `document` answer. A panel
//! that fails is a block with a failure, never an error of the whole.

mod account;
mod awaited;
mod chosen;
mod content;
mod control;
mod document;
mod explore;
mod failure;
mod filters;
mod layout;
mod localize;
mod panel_query;
mod print;
mod question;
mod recipients;
mod standing;
mod theme;
mod words;

use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use tokio::sync::watch;

use crate::access::{MaskKey, Restriction, Standing};
use crate::definitions::Catalog;
use crate::definitions::model::{DatasetId, FieldName, PanelId, Parameter, PeriodAnchor};
use crate::engine::{Ask, Engine, Freshness};
use crate::query::{Anchor, DateRange, compared, resolve};
use crate::render::document::{Block, Document};

pub use awaited::{Awaited, AwaitedSignals};
use chosen::{Chosen, ChosenPeriod};
pub use control::Control;
pub use explore::{Exploration, ExploreError, Explored, TopMembers};
pub use layout::pages;
pub use print::Heading;
pub use question::{Prepared, Question, QuestionError};
pub use recipients::{MOST_RECIPIENTS, RecipientsError};
pub use theme::theme;
pub use words::missing_regions;

/// Answers questions about reports. Cheap to clone.
#[derive(Clone)]
pub struct Evaluator {
    engine: Arc<Engine>,
    catalog: watch::Receiver<Arc<Catalog>>,
    base_url: Option<Arc<str>>,
    mask_key: MaskKey,
}

/// How many panels of one document are answered at a time.
const PANELS_AT_A_TIME: usize = 4;

impl Evaluator {
    /// An evaluator over whatever catalogue is valid when a question is asked.
    /// Codes of masked values are made with a key of its own.
    pub fn new(engine: Arc<Engine>, catalog: watch::Receiver<Arc<Catalog>>) -> Self {
        Self { engine, catalog, base_url: None, mask_key: MaskKey::random() }
    }

    /// The same with a given key for the codes of masked values, so that they stay the same.
    #[must_use]
    pub fn masking_with(self, mask_key: MaskKey) -> Self {
        Self { mask_key, ..self }
    }

    /// The same where the server is reached at `base_url`: documents then have links to its pages.
    #[must_use]
    pub fn reached_at(self, base_url: Option<&url::Url>) -> Self {
        Self { base_url: base_url.map(|url| url.as_str().trim_end_matches('/').into()), ..self }
    }

    /// The address the server is reached at, where it is known.
    pub fn base_url(&self) -> Option<&str> {
        self.base_url.as_deref()
    }

    /// The engine that answers.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The catalogue that is valid now.
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog.borrow())
    }

    /// Checks the parameters and resolves the period.
    pub async fn prepare(&self, question: Question) -> Result<Prepared, QuestionError> {
        let catalog = self.catalog();
        let no_report = || QuestionError::NoReport { name: question.report.to_string() };
        // First who asks, then what for: a report that is closed takes as long as one that is not there.
        let standing = Box::pin(self.standing_in(&catalog, question.viewer)).await;
        let opened = catalog.reports.get(&question.report);
        let opened = opened.filter(|_| standing.may_see(&question.report));
        let report = Arc::clone(opened.ok_or_else(no_report)?);
        let locale = question.locale.unwrap_or(report.locale);
        let time_zone: Tz = report.time_zone.parse().unwrap_or(Tz::UTC);
        let chosen = chosen::read(&report, &question.parameters)?;
        let mut given = question.parameters;
        given.retain(|name, _| report.parameters.contains_key(name.as_str()));
        let mut prepared = Prepared {
            id: question.report,
            locale,
            time_zone,
            now: question.now,
            standing,
            freshness: question.freshness,
            memory: question.memory,
            purpose: question.purpose,
            controls: Vec::new(),
            subtitle: String::new(),
            range: None,
            compare: None,
            chosen,
            given,
            report,
            catalog,
        };
        self.resolve_period(&mut prepared).await?;
        prepared.controls = self.controls(&prepared).await;
        prepared.subtitle = localize::subtitle(&prepared);
        Ok(prepared)
    }

    /// Answers one panel; a failure is part of the block.
    pub async fn panel(&self, prepared: &Prepared, panel: &PanelId) -> Result<Block, QuestionError> {
        Ok(self.evaluate(prepared, panel).await?.block)
    }

    /// Answers every panel (several at a time) and lays them out.
    pub async fn document(&self, prepared: &Prepared) -> Document {
        use futures::StreamExt;

        let ids = layout::panels(&prepared.report);
        let answered: Vec<_> = futures::stream::iter(ids)
            .map(|id| async move { self.evaluate(prepared, &id).await })
            .buffered(PANELS_AT_A_TIME)
            .filter_map(|result| futures::future::ready(result.ok()))
            .collect()
            .await;
        self.reached(document::assemble(prepared, answered))
    }

    /// Answers one panel as a document of its own, which tells where its numbers come from as that of
    /// the whole report does; the digest is that of this panel's content.
    pub async fn panel_document(
        &self,
        prepared: &Prepared,
        panel: &PanelId,
    ) -> Result<Document, QuestionError> {
        Ok(self.reached(document::of_panel(prepared, self.evaluate(prepared, panel).await?)))
    }

    /// The document with links to the server; its proof tells which one, because its bytes depend on it.
    fn reached(&self, mut document: Document) -> Document {
        document.base_url = self.base_url.as_deref().map(str::to_owned);
        document.provenance.base_url.clone_from(&document.base_url);
        document
    }

    async fn resolve_period(&self, prepared: &mut Prepared) -> Result<(), QuestionError> {
        let Some(ChosenPeriod { spec, compare, as_of }) = chosen::period(&prepared.chosen) else {
            return Ok(());
        };
        let week_start = prepared.locale.week_start();
        let needs_latest =
            as_of == PeriodAnchor::LatestData || spec == crate::definitions::period::PeriodSpec::AsOfLatest;
        let latest = if needs_latest { self.latest_day(prepared).await? } else { None };
        let anchor = match (as_of, latest) {
            (PeriodAnchor::LatestData, Some(latest)) => {
                Anchor::at_latest_data(latest, prepared.now, prepared.time_zone)
            }
            _ => Anchor::at(prepared.now, prepared.time_zone),
        };
        prepared.range = resolve(spec, anchor, latest, week_start);
        prepared.compare = prepared.range.and_then(|range| compared(spec, range, compare));
        Ok(())
    }

    /// The last day of the report's dataset. Where that cannot be told, a person who looks sees the
    /// panels say why, with a period that counts from now; a report that is sent is not made, because
    /// it would silently be about other days.
    async fn latest_day(&self, prepared: &Prepared) -> Result<Option<NaiveDate>, QuestionError> {
        let first = prepared.report.panels.values().find_map(|panel| panel.dataset());
        let Some(id) = prepared.report.dataset.as_ref().or(first) else { return Ok(None) };
        let Some(restriction) = prepared.restriction(id) else { return Ok(None) };
        let Some(ask) = prepared.ask(id, &restriction) else { return Ok(None) };
        match self.engine.latest_day(&ask, prepared.time_zone).await {
            Ok(latest) => Ok(latest),
            Err(error) if prepared.freshness == Freshness::Recent => {
                tracing::warn!(report = %prepared.id, dataset = %id, %error, "the last day of the data is not known");
                Ok(None)
            }
            Err(error) => Err(QuestionError::NoLatestDay {
                dataset: id.clone(),
                kind: error.kind(),
                cause: error.to_string(),
            }),
        }
    }
}

impl Prepared {
    /// Who asks, and what they may do.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What the viewer may see of a dataset; `None` for nothing.
    fn restriction(&self, id: &DatasetId) -> Option<Restriction> {
        self.standing.restriction(id).ok()
    }

    /// The question's dataset and source; `None` when a definition is missing.
    fn ask<'a>(&'a self, id: &'a DatasetId, restriction: &'a Restriction) -> Option<Ask<'a>> {
        let ask = Ask::of(&self.catalog, id, restriction, account::of_report(self, id))?;
        Some(Ask {
            missing_region: self.report.missing_region,
            freshness: self.freshness,
            memory: self.memory.as_deref(),
            ..ask
        })
    }

    /// The days the report is about, where a period is chosen.
    pub fn range(&self) -> Option<DateRange> {
        self.range
    }
}
