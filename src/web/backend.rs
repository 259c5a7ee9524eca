//! What the door asks of the rest of the program, in one place.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;

use super::brand::Brand;
use super::schedules::{Resumed, ScheduleEntry};
use super::subscriptions::Subscribing;
use super::told_run::ToldRun;
use crate::access::{Restriction, Standing, Viewer};
use crate::definitions::Diagnostic;
use crate::definitions::model::{Budget, Dataset, DatasetId, FieldName, PanelId, Report, ReportId};
use crate::error::Kind;
use crate::format::Locale;
use crate::ledger::queries::{CostBy, CostRow, QueryLine};
use crate::render::canvas::Page;
use crate::render::document::{Block, Document};
use crate::runs::evaluate::{Control, Exploration, ExploreError, Explored, Heading, QuestionError};
use crate::runs::execute::Resend;
use crate::runs::figures::Compared;
use crate::runs::store::{
    Artefact, Delivery, DeliveryFilter, DeliveryPage, Pause, Run, RunFilter, RunId, Signal,
};

/// What the door asks of the rest of the program. Implemented by the running program, and by tests
/// with panels that are slow, fail or panic at will.
pub trait Backend: Subscribing + 'static {
    /// What a viewer may do in the workspace as it is now.
    fn standing(&self, viewer: Viewer) -> BoxFuture<'_, Standing>;

    /// Every report that the viewer may open, and for those who may edit it, whose file was never valid.
    fn reports(&self, standing: &Standing) -> Vec<ReportEntry>;

    /// The time zone of a report.
    fn zone(&self, id: &ReportId) -> Option<String>;

    /// The time zone of what belongs to no report: the one that most reports have.
    fn usual_zone(&self) -> String;

    /// What is wrong in the definition files that the viewer may edit, in order of file and line.
    fn problems(&self, standing: &Standing) -> Vec<Diagnostic>;

    /// The theme with this id.
    fn brand(&self, id: &str) -> Option<Brand>;

    /// The theme of pages that are no report's.
    fn usual_brand(&self) -> Option<Brand>;

    /// Opens a report: checks the parameters and resolves the period.
    fn open(&self, wish: Wish) -> BoxFuture<'_, Result<OpenReport, QuestionError>>;

    /// A page of the runs of reports whose schedules the viewer may see, newest first.
    fn runs(
        &self,
        standing: Standing,
        filter: RunFilter,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundRuns, BackendError>>;

    /// One such run with its deliveries and artefacts.
    fn run(&self, standing: Standing, id: RunId) -> BoxFuture<'_, Result<Option<RunDetail>, BackendError>>;

    /// A page of the deliveries of such runs, newest first.
    fn deliveries(
        &self,
        standing: Standing,
        asked: DeliveriesAsked,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundDeliveries, BackendError>>;

    /// What differs between two runs; `None` if there are no such runs, or they show more than the viewer may see.
    fn compare(
        &self,
        standing: Standing,
        runs: [RunId; 2],
    ) -> BoxFuture<'_, Result<Option<Compared>, BackendError>>;

    /// How many of them have recipients who are still without; counted up to one more than [`MOST_COUNTED`].
    ///
    /// [`MOST_COUNTED`]: crate::runs::store::MOST_COUNTED
    fn count_undelivered(&self, standing: Standing) -> BoxFuture<'_, Result<usize, BackendError>>;

    /// The schedules that the viewer may see, or the one of that name, each with its next `upcoming` times.
    fn schedules(
        &self,
        standing: Standing,
        only: Option<(ReportId, FieldName)>,
        upcoming: usize,
    ) -> BoxFuture<'_, Result<Vec<ScheduleEntry>, BackendError>>;

    /// Pauses a schedule; `None` if there is no such schedule, or it is closed to the viewer.
    fn pause(&self, standing: Standing, pause: Pause) -> BoxFuture<'_, Result<Option<()>, BackendError>>;

    /// Resumes a schedule; `None` as above.
    fn resume(
        &self,
        standing: Standing,
        schedule: (ReportId, FieldName),
    ) -> BoxFuture<'_, Result<Option<Resumed>, BackendError>>;

    /// The latest signals of a name, newest first; `None` if no schedule that the viewer may start waits for it.
    fn signals(
        &self,
        standing: Standing,
        name: FieldName,
    ) -> BoxFuture<'_, Result<Option<Vec<Signal>>, BackendError>>;

    /// Keeps a signal; answers with what is kept, and whether it is new. `None` as above.
    fn receive(
        &self,
        standing: Standing,
        signal: Signal,
    ) -> BoxFuture<'_, Result<Option<(Signal, bool)>, BackendError>>;

    /// The content of a kept file; `None` if there never was one, retention removed it, or it shows more
    /// than the viewer may see.
    fn artefact(
        &self,
        standing: Standing,
        id: String,
    ) -> BoxFuture<'_, Result<Option<ArtefactFile>, BackendError>>;

    /// The datasets that the viewer may ask own questions of.
    fn datasets(&self, standing: &Standing) -> Vec<DatasetEntry>;

    /// The last day that the viewer's rows of a dataset have, where that can be told.
    fn latest_day(&self, standing: Standing, id: DatasetId) -> BoxFuture<'_, Option<NaiveDate>>;

    /// Answers a question of the viewer's own.
    fn explore(
        &self,
        standing: Standing,
        asked: Exploration,
    ) -> BoxFuture<'_, Result<Explored, ExploreError>>;

    /// What queries of a month cost.
    fn costs(&self, asked: CostsAsked) -> BoxFuture<'_, Result<FoundCosts, BackendError>>;

    /// The single lines of that, newest first, at most `limit`.
    fn query_lines(
        &self,
        asked: CostsAsked,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<QueryLine>, BackendError>>;

    /// Starts a run, and answers without waiting for its end; `None` if there is no such schedule, or it is
    /// closed to the viewer.
    fn start_run(
        &self,
        standing: Standing,
        order: RunOrder,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>>;

    /// Starts another attempt of a run, for those who did not get it, or for some of its deliveries; `None` if there
    /// is no such run or delivery, or it is closed to the viewer.
    fn resend(
        &self,
        standing: Standing,
        run: RunId,
        resend: Resend,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>>;

    /// Whether each part is ready to serve.
    fn ready(&self) -> BoxFuture<'_, Vec<ReadyCheck>>;
}

/// A report somebody wants to see now.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The report.
    pub report: ReportId,
    /// Values of parameters by name; an absent one takes its default, an empty list means that
    /// nothing is chosen.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The language; `None` takes the report's.
    pub locale: Option<Locale>,
    /// Who asks.
    pub viewer: Viewer,
}

/// A report with its parameters checked and its period resolved.
#[derive(Clone)]
pub struct OpenReport {
    /// Its id.
    pub id: ReportId,
    /// Its definition.
    pub report: Arc<Report>,
    /// The language of the answers.
    pub locale: Locale,
    /// The form controls, with what is chosen and what can be.
    pub controls: Vec<Control>,
    /// The period and chosen members as a line of text.
    pub subtitle: String,
    /// Who made the report and how confidential it is.
    pub heading: Heading,
    /// The look of its brand, if it has one.
    pub brand: Option<Brand>,
    /// How many problems its file has, where an earlier version of it is served.
    pub stale_problems: Option<usize>,
    /// Whether the viewer may take it away as a file.
    pub may_export: bool,
    /// The address the server is reached at, for links in files; without it there are none to its pages.
    pub base_url: Option<String>,
    /// Where its panels are answered.
    pub answers: Arc<dyn Answers>,
}

/// The panels of an open report.
pub trait Answers: Send + Sync + 'static {
    /// Answers one panel. Dropping the future cancels its query.
    fn panel(self: Arc<Self>, panel: PanelId) -> BoxFuture<'static, Result<Block, QuestionError>>;

    /// Answers one panel as a document of its own, with where it comes from.
    fn panel_document(self: Arc<Self>, panel: PanelId)
    -> BoxFuture<'static, Result<Document, QuestionError>>;

    /// Answers every panel and lays them out.
    fn document(self: Arc<Self>) -> BoxFuture<'static, Document>;
}

impl OpenReport {
    /// Does what `draw` does with the fonts of its brand.
    pub(super) fn draw<R>(&self, draw: impl FnOnce() -> R) -> R {
        match &self.brand {
            Some(brand) => brand.theme.during(draw),
            None => draw(),
        }
    }

    /// A page in the colours of its brand, for a file.
    pub(super) fn painted(&self, page: Page) -> Page {
        match &self.brand {
            Some(brand) => brand.theme.painted(page),
            None => page,
        }
    }
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

/// A dataset that somebody may ask own questions of.
#[derive(Debug, Clone)]
pub struct DatasetEntry {
    /// Its id.
    pub id: DatasetId,
    /// Its definition, also of what is hidden.
    pub dataset: Arc<Dataset>,
    /// What the viewer may see of it.
    pub restriction: Restriction,
}

/// Which costs are wanted.
#[derive(Debug, Clone)]
pub struct CostsAsked {
    /// A day of the month; the present one by default.
    pub month: Option<NaiveDate>,
    /// What to add up by.
    pub by: CostBy,
    /// Of these alone.
    pub only: CostsOnly,
}

/// What is wanted alone; what is not said does not matter, and an empty text is what has none.
#[derive(Debug, Clone, Default)]
pub struct CostsOnly {
    /// Paid by this functional role.
    pub role: Option<String>,
    /// Of this report.
    pub report: Option<String>,
    /// Of this dataset.
    pub dataset: Option<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Of this region.
    pub region: Option<String>,
    /// Asked by this viewer.
    pub viewer: Option<String>,
}

/// What queries of a month cost.
#[derive(Debug, Clone)]
pub struct FoundCosts {
    /// The first day that counts; by months that of the year which ends with `month`.
    pub from: NaiveDate,
    /// The first day of the month.
    pub month: NaiveDate,
    /// That of the present one.
    pub this_month: NaiveDate,
    /// The currency; `None` where no prices are defined.
    pub currency: Option<String>,
    /// The dearest first; days in their order.
    pub rows: Vec<CostRow>,
    /// All of them together.
    pub total: CostRow,
    /// Roles with what they may spend and, in millionths, have in the month.
    pub budgets: Vec<(String, Budget, i64)>,
}

/// A run that somebody starts.
#[derive(Debug, Clone)]
pub struct RunOrder {
    /// The report.
    pub report: ReportId,
    /// Its schedule.
    pub schedule: FieldName,
    /// The instant it is evaluated at; now by default.
    pub at: Option<DateTime<Utc>>,
    /// Makes the files and sends nothing.
    pub dry_run: bool,
    /// What the request is called, so that the same one again starts nothing.
    pub key: String,
}

/// What came of starting a run.
#[derive(Debug, Clone)]
pub enum StartedRun {
    /// It has begun.
    New(ToldRun),
    /// It was there: the request came before, or the instant has had its run.
    Existing(ToldRun),
    /// The key was used for another request.
    OtherRequest,
}

/// Which deliveries somebody looks for; what is not said does not matter.
#[derive(Debug, Clone, Default)]
pub struct DeliveriesAsked {
    /// The rest of the filter.
    pub filter: DeliveryFilter,
    /// Of runs for an instant on this day or later.
    pub from: Option<NaiveDate>,
    /// Of runs for an instant on this day or earlier.
    pub through: Option<NaiveDate>,
}

/// Deliveries that were found.
#[derive(Debug, Clone)]
pub struct FoundDeliveries {
    /// A page of them.
    pub page: DeliveryPage,
    /// The time zone that days were counted in: that of the report that was asked for, or the one that most have.
    pub zone: String,
}

/// Runs that were found.
#[derive(Debug, Clone)]
pub struct FoundRuns {
    /// A page of them, newest first.
    pub runs: Vec<ToldRun>,
    /// Whether there are older ones.
    pub more: bool,
}

/// One run with all that is known of it.
#[derive(Debug, Clone)]
pub struct RunDetail {
    /// The run itself; where something of it is withheld, so are the deliveries of copies and all files.
    pub run: ToldRun,
    /// What went to whom.
    pub deliveries: Vec<Delivery>,
    /// The ids of those that can be sent again one by one: their recipients are still without.
    pub open: HashSet<String>,
    /// Its files, also those that retention removed.
    pub artefacts: Vec<Artefact>,
    /// Whether another attempt can send what it did not: it failed and is the latest of its instant, or somebody is
    /// still without.
    pub resendable: bool,
    /// The runs that it is usually compared with: that of the instant before first, then other attempts for its own.
    /// None where it has no figures, or they show more than the viewer may see.
    pub comparable: Vec<Run>,
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
