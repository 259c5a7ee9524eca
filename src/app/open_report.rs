//! A report that is open in a browser, and what it answers.

use std::sync::Arc;

use chrono::Utc;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::backend::{LiveBackend, brand};
use crate::access::{Action, Object};
use crate::definitions::model::{PanelId, ReportId};
use crate::definitions::{DefinitionKind, Severity};
use crate::engine::{Freshness, Purpose};
use crate::render::document::{Block, Document};
use crate::runs::evaluate::{Evaluator, Prepared, Question, QuestionError};
use crate::web::{Answers, OpenReport, Wish};

impl LiveBackend {
    /// Opens a report as it is asked for.
    pub(super) async fn open_report(&self, wish: Wish) -> Result<OpenReport, QuestionError> {
        let Wish { report, parameters, locale, viewer } = wish;
        let (now, freshness) = (Utc::now(), Freshness::Recent);
        let question = Question {
            report,
            parameters,
            locale,
            now,
            viewer,
            freshness,
            memory: None,
            purpose: Purpose::Interactive,
        };
        let prepared = self.evaluator.prepare(question).await?;
        Ok(OpenReport {
            id: prepared.id.clone(),
            report: Arc::clone(&prepared.report),
            locale: prepared.locale,
            controls: prepared.controls.clone(),
            subtitle: prepared.subtitle.clone(),
            heading: prepared.heading(),
            brand: prepared.theme_file().map(brand),
            stale_problems: self.stale_problems(&prepared.id),
            may_export: prepared.standing().may(Action::Export, Object::Report(&prepared.id)),
            base_url: self.evaluator.base_url().map(str::to_owned),
            answers: Arc::new(LiveAnswers { evaluator: self.evaluator.clone(), prepared }),
        })
    }
    /// How many problems the file of a report has, where an earlier version of it is served.
    fn stale_problems(&self, id: &ReportId) -> Option<usize> {
        let workspace = self.workspace.current();
        let file = workspace.file_of(DefinitionKind::Report, id.as_str()).filter(|file| file.stale)?;
        let problems = workspace.diagnostics_of(&file.name);
        Some(problems.filter(|problem| problem.severity == Severity::Error).count())
    }
}

struct LiveAnswers {
    evaluator: Evaluator,
    prepared: Prepared,
}

impl Answers for LiveAnswers {
    fn panel(self: Arc<Self>, panel: PanelId) -> BoxFuture<'static, Result<Block, QuestionError>> {
        async move { self.evaluator.panel(&self.prepared, &panel).await }.boxed()
    }

    fn panel_document(
        self: Arc<Self>,
        panel: PanelId,
    ) -> BoxFuture<'static, Result<Document, QuestionError>> {
        async move { self.evaluator.panel_document(&self.prepared, &panel).await }.boxed()
    }

    fn document(self: Arc<Self>) -> BoxFuture<'static, Document> {
        async move { self.evaluator.document(&self.prepared).await }.boxed()
    }
}
