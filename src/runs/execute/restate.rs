//! Runs that make the report of a past instant again.

use chrono::{DateTime, Utc};

use super::Parts;
use crate::render::document::Document;
use crate::render::provenance::Restated;
use crate::runs::store::{Run, StoreError};

/// When the mail of a run was made again, and when the instant's was first sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MadeAgain {
    on: DateTime<Utc>,
    first_sent: Option<DateTime<Utc>>,
}

impl MadeAgain {
    /// That of `run`; `None` for one that carries on the first attempt of its instant.
    pub(super) async fn of(parts: &Parts, run: &Run) -> Result<Option<Self>, StoreError> {
        let Some(origin) = run.origin else { return Ok(None) };
        let begun = parts.store.run(origin).await?.map_or(run.started_at, |origin| origin.started_at);
        Ok(Some(Self { on: begun, first_sent: parts.store.first_sent_before(run).await? }))
    }

    /// The same in days of the document's time zone. A second attempt says what the first one said.
    pub(super) fn told(self, document: &Document) -> Restated {
        let day = |instant: DateTime<Utc>| instant.with_timezone(&document.provenance.time_zone).date_naive();
        Restated { on: day(self.on), first_sent: self.first_sent.map(day) }
    }
}
