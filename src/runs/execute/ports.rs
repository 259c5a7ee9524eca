//! What a run needs from others: where reports come from, and who answers them.

use std::sync::Arc;

use futures::future::BoxFuture;
use indexmap::IndexMap;

use crate::access::{Action, Object, Person, Viewer};
use crate::definitions::model::{
    Calendar, CalendarId, DatasetId, DestinationId, FieldName, Report, ReportId, SecretName,
};
use crate::delivery::destination::Destination;
use crate::engine::Memory;
use crate::render::document::Document;
use crate::runs::evaluate::{Awaited, AwaitedSignals, Evaluator, Question, QuestionError, RecipientsError};
use crate::runs::store::{Channel, Missing};

/// A report as it is now.
#[derive(Debug, Clone)]
pub struct VersionedReport {
    /// Its definition.
    pub report: Arc<Report>,
    /// The version of the definitions: a commit, or a digest of the file.
    pub version: String,
}

/// Where reports come from.
pub trait Catalog: Send + Sync {
    /// The report called `id`, if there is a valid one.
    fn report(&self, id: &ReportId) -> Option<VersionedReport>;

    /// Every valid report.
    fn reports(&self) -> Vec<(ReportId, VersionedReport)>;

    /// The mail address of a functional role, which is told of what fails.
    fn contact(&self, role: &str) -> Option<String>;

    /// Whoever logs in under a name, as far as they are known; `None` for somebody who never did. The error says why
    /// they cannot be asked for, such as that they are shut out.
    fn person<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Person>, String>>;

    /// The same for somebody whose copy is made with their rights: who logs in elsewhere is known by their last login,
    /// as long as that is believed.
    fn recipient<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Person>, String>> {
        self.person(name)
    }

    /// Runs of a report whose times fall into the same so many minutes begin together; 0 for those that begin at once.
    fn batch_minutes(&self, report: &Report) -> u32 {
        let _ = report;
        0
    }

    /// Every valid calendar.
    fn calendars(&self) -> IndexMap<CalendarId, Arc<Calendar>>;
}

/// Who answers reports.
pub trait Answers: Send + Sync {
    /// The whole document of a question.
    fn document(&self, question: Question) -> BoxFuture<'_, Result<Document, QuestionError>>;

    /// A digest of what the viewer may see of the data of a report; `None` if it is closed to them.
    fn seen<'a>(&'a self, report: &'a Report, viewer: Viewer) -> BoxFuture<'a, Option<String>>;

    /// Whether a viewer may do something with a report.
    fn may<'a>(&'a self, viewer: Viewer, action: Action, report: &'a ReportId) -> BoxFuture<'a, bool>;

    /// The distinct values of fields in the rows of a dataset that a viewer may see.
    fn rows_of<'a>(
        &'a self,
        dataset: &'a DatasetId,
        fields: &'a [FieldName],
        viewer: Viewer,
    ) -> BoxFuture<'a, Result<Vec<Vec<Option<String>>>, RecipientsError>>;

    /// Reads what was asked through a memory, once.
    fn load<'a>(&'a self, memory: &'a Memory) -> BoxFuture<'a, ()>;

    /// Which data are not there, and the signals that are waited for with their whole keys.
    fn missing(&self, awaited: Awaited) -> BoxFuture<'_, (Vec<Missing>, AwaitedSignals)>;
}

/// Where reports go besides mail and the outbox, and the secrets that deliveries need.
pub trait Destinations: Send + Sync {
    /// The way that reports of `owner` take to a destination. The error says why there is none.
    fn channel(&self, id: &DestinationId, owner: &str) -> Result<Channel, String>;

    /// A destination, with its secrets. The error says why it cannot be reached, and the next step.
    fn open(&self, id: &DestinationId) -> Result<Destination, String>;

    /// A secret by name. The error says where it is looked for.
    fn secret(&self, name: &SecretName) -> Result<String, String>;
}

/// None at all.
#[derive(Debug, Clone, Copy)]
pub struct NoDestinations;

impl Destinations for NoDestinations {
    fn channel(&self, id: &DestinationId, _: &str) -> Result<Channel, String> {
        Err(format!("there is no valid destination `{id}`"))
    }

    fn open(&self, id: &DestinationId) -> Result<Destination, String> {
        Err(format!("there is no valid destination `{id}`"))
    }

    fn secret(&self, name: &SecretName) -> Result<String, String> {
        Err(format!("there is no secret `{name}`"))
    }
}

impl Answers for Evaluator {
    fn document(&self, question: Question) -> BoxFuture<'_, Result<Document, QuestionError>> {
        Box::pin(async move {
            let prepared = self.prepare(question).await?;
            Ok(Self::document(self, &prepared).await)
        })
    }

    fn seen<'a>(&'a self, report: &'a Report, viewer: Viewer) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move { self.standing(viewer).await.fingerprint(report).ok() })
    }

    fn may<'a>(&'a self, viewer: Viewer, action: Action, report: &'a ReportId) -> BoxFuture<'a, bool> {
        Box::pin(async move { self.standing(viewer).await.may(action, Object::Report(report)) })
    }

    fn rows_of<'a>(
        &'a self,
        dataset: &'a DatasetId,
        fields: &'a [FieldName],
        viewer: Viewer,
    ) -> BoxFuture<'a, Result<Vec<Vec<Option<String>>>, RecipientsError>> {
        Box::pin(Self::rows_of(self, dataset, fields, viewer))
    }

    fn load<'a>(&'a self, memory: &'a Memory) -> BoxFuture<'a, ()> {
        Box::pin(self.engine().load(memory))
    }

    fn missing(&self, awaited: Awaited) -> BoxFuture<'_, (Vec<Missing>, AwaitedSignals)> {
        Box::pin(Self::missing(self, awaited))
    }
}
