//! What the door asks of the rest of the program, in one place.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::definitions::model::{PanelId, Report, ReportId};
use crate::error::Kind;
use crate::render::document::{Block, Document};
use crate::runs::evaluate::{Prepared, Question, QuestionError};
use crate::runs::store::{Artefact, Delivery, Run, RunFilter, RunId, RunPage};

/// What the door asks of the rest of the program. Implemented by the running program, and by tests
/// with panels that are slow, fail or panic at will.
pub trait Backend: Send + Sync + 'static {
    /// Every report that can be opened, and those whose file was never valid.
    fn reports(&self) -> Vec<ReportEntry>;

    /// What is wrong in the definition files, in order of file and line.
    fn problems(&self) -> Vec<Problem>;

    /// Checks the parameters of a question.
    fn prepare(&self, question: Question) -> BoxFuture<'_, Result<Prepared, QuestionError>>;

    /// Answers one panel. Dropping the future cancels its query.
    fn panel(
        &self,
        prepared: Arc<Prepared>,
        panel: PanelId,
    ) -> BoxFuture<'static, Result<Block, QuestionError>>;

    /// Answers every panel.
    fn document(&self, prepared: Arc<Prepared>) -> BoxFuture<'static, Document>;

    /// A page of runs, newest first.
    fn runs(&self, filter: RunFilter, limit: usize) -> BoxFuture<'_, Result<RunPage, BackendError>>;

    /// One run with its deliveries and artefacts.
    fn run(&self, id: RunId) -> BoxFuture<'_, Result<Option<RunDetail>, BackendError>>;

    /// The content of a kept file; `None` if there never was one or retention removed it.
    fn artefact(&self, id: String) -> BoxFuture<'_, Result<Option<ArtefactFile>, BackendError>>;

    /// Whether each part is ready to serve.
    fn ready(&self) -> BoxFuture<'_, Vec<ReadyCheck>>;
}

/// Why the store could not answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct BackendError {
    /// Whose fault it is.
    pub kind: Kind,
    /// The cause, for the log only.
    pub message: String,
}

/// A report as the list shows it.
#[derive(Debug, Clone)]
pub struct ReportEntry {
    /// Its id.
    pub id: ReportId,
    /// The definition served: the current one, or the last valid one. `None` when its file was
    /// never valid since the server started.
    pub report: Option<Arc<Report>>,
    /// Whether what is served is what the file says.
    pub fresh: Fresh,
    /// The next instant one of its schedules fires.
    pub next: Option<DateTime<Utc>>,
}

/// Whether a served definition is what the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// It is.
    Current,
    /// The file has problems; this many. The last valid version is served, if there is one.
    Stale(usize),
}

/// Something wrong in a definition file.
#[derive(Debug, Clone)]
pub struct Problem {
    /// The file, relative to the workspace.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are meant.
    pub width: usize,
    /// The line itself.
    pub source_line: String,
    /// What is wrong.
    pub message: String,
    /// The next step, or the nearest valid name.
    pub help: Option<String>,
    /// Whether the definition works nevertheless.
    pub warning: bool,
}

/// One run with all that is known of it.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// The run itself.
    pub run: Run,
    /// What went to whom.
    pub deliveries: Vec<Delivery>,
    /// Its files, also those that retention removed.
    pub artefacts: Vec<Artefact>,
}

/// The content of a kept file.
#[derive(Debug, Clone)]
pub struct ArtefactFile {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub content: Bytes,
}

/// Whether a part of the program is ready.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ReadyCheck {
    /// The part: `store`, `workspace`.
    pub name: &'static str,
    /// Whether it is ready.
    pub ready: bool,
}
