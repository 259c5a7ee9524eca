//! What the door asks of the rest of the program, in one place.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::definitions::model::{PanelId, Report, ReportId};
use crate::error::Kind;
use crate::render::document::{Block, Document};
use crate::runs::evaluate::{Prepared, Question, QuestionError};

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
    fn runs(&self, filter: RunFilter) -> BoxFuture<'_, Result<RunPage, BackendError>>;

    /// One run with its deliveries and artefacts.
    fn run(&self, id: String) -> BoxFuture<'_, Result<Option<RunDetail>, BackendError>>;

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
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
    /// The line itself.
    pub snippet: String,
    /// What is wrong.
    pub message: String,
    /// The next step, or the nearest valid name.
    pub help: Option<String>,
    /// Whether it only warns.
    pub warning: bool,
}

/// Which runs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Only of this report.
    pub report: Option<ReportId>,
    /// Only in this state.
    pub status: Option<RunStatus>,
    /// How many to leave out from the newest on.
    pub offset: u32,
    /// How many to list.
    pub limit: u32,
}

/// One page of runs.
#[derive(Debug, Clone, Default)]
pub struct RunPage {
    /// The runs, newest first.
    pub runs: Vec<RunRow>,
    /// How many there are in all.
    pub total: u64,
}

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunStatus {
    /// Waits for its turn or for the next attempt.
    Waiting,
    /// Is under way.
    Running,
    /// Everything was delivered.
    Succeeded,
    /// It gave up.
    Failed,
    /// The server stopped while it was under way.
    Interrupted,
    /// Nothing was to be done.
    Skipped,
}

impl RunStatus {
    /// Every status, in the order a menu shows them.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Succeeded, Self::Failed, Self::Interrupted, Self::Skipped];

    /// The word in addresses and style classes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word in an address.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// One run as the list shows it.
#[derive(Debug, Clone)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// The report.
    pub report: ReportId,
    /// The schedule's name; empty for a run by hand.
    pub schedule: String,
    /// The instant it is evaluated at.
    pub scheduled_at: DateTime<Utc>,
    /// When its last attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: RunStatus,
    /// How many attempts were made.
    pub attempts: u32,
    /// What its owner is told about the failure.
    pub error: Option<String>,
    /// The id under which the log has the cause.
    pub error_id: Option<String>,
}

/// One run with all that is known of it.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// The run itself.
    pub run: RunRow,
    /// Its steps, in order.
    pub stages: Vec<StageRow>,
    /// What went to whom.
    pub deliveries: Vec<DeliveryRow>,
    /// The files that are kept.
    pub artefacts: Vec<ArtefactRow>,
}

/// One step of a run.
#[derive(Debug, Clone)]
pub struct StageRow {
    /// What was done: `evaluate`, `render`, `deliver`.
    pub name: String,
    /// How it stands.
    pub status: RunStatus,
    /// How long it took.
    pub took_ms: Option<u64>,
}

/// One artefact set to one recipient.
#[derive(Debug, Clone)]
pub struct DeliveryRow {
    /// The way: `email`, `folder`.
    pub way: String,
    /// To whom, masked.
    pub recipient: String,
    /// How it stands.
    pub status: RunStatus,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// What its owner is told about a failure.
    pub error: Option<String>,
}

/// A kept file.
#[derive(Debug, Clone)]
pub struct ArtefactRow {
    /// Its id.
    pub id: String,
    /// Its file name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
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
