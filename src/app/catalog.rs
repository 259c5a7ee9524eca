//! Where runs get reports, people and calendars from.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use indexmap::IndexMap;

use super::LiveWorkspace;
use crate::access::Person;
use crate::definitions::Catalog;
use crate::definitions::model::{Calendar, CalendarId, Report, ReportId};
use crate::identity::{Identity, LastProof, UserName};
use crate::runs::Clock;
use crate::runs::execute::{self, VersionedReport};

/// Reports for runs.
pub(super) struct LiveCatalog {
    pub workspace: LiveWorkspace,
    pub identity: Identity,
    pub clock: Clock,
}

/// Somebody who logs in at a provider or a proxy, with the groups and claims of their last login; the error says why
/// these do not count.
async fn elsewhere(identity: &Identity, name: &str, now: DateTime<Utc>) -> Result<Option<Person>, String> {
    let Ok(name) = UserName::parse(name) else { return Ok(None) };
    match identity.last_proof(&name, now).await.map_err(|error| error.to_string())? {
        LastProof::None => Ok(None),
        LastProof::Believed(person) => Ok(Some(person)),
        LastProof::TooOld { days } => {
            Err(format!("they have not logged in for {days} days, so their groups may have changed"))
        }
        LastProof::NotKept => {
            Err("the groups of their last login are not known; they log in once more".into())
        }
        LastProof::WayClosed => Err("the way they logged in is closed, so their groups are not known".into()),
    }
}

fn versioned(catalog: &Catalog, id: &ReportId) -> Option<VersionedReport> {
    let version = catalog.version_name().to_owned();
    catalog.reports.get(id).map(|report| VersionedReport { report: Arc::clone(report), version })
}

impl execute::Catalog for LiveCatalog {
    fn report(&self, id: &ReportId) -> Option<VersionedReport> {
        versioned(self.workspace.current().catalog(), id)
    }

    fn reports(&self) -> Vec<(ReportId, VersionedReport)> {
        let workspace = self.workspace.current();
        let catalog = workspace.catalog();
        catalog.reports.keys().filter_map(|id| Some((id.clone(), versioned(catalog, id)?))).collect()
    }

    fn contact(&self, role: &str) -> Option<String> {
        let workspace = self.workspace.current();
        workspace.catalog().access.as_ref()?.functional_roles.get(role)?.contact.clone()
    }

    fn person<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Person>, String>> {
        async move {
            let Ok(name) = UserName::parse(name) else { return Ok(None) };
            match self.identity.user(&name).await {
                Ok(Some(user)) if user.disabled_at.is_some() => Err("they are shut out of the server".into()),
                // Of others the table says nothing but whether they are shut out.
                Ok(user) => Ok(user.filter(|user| !user.elsewhere).map(|user| user.person())),
                Err(error) => Err(error.to_string()),
            }
        }
        .boxed()
    }

    fn recipient<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Person>, String>> {
        async move {
            match self.person(name).await? {
                Some(person) => Ok(Some(person)),
                None => elsewhere(&self.identity, name, self.clock.now()).await,
            }
        }
        .boxed()
    }

    fn batch_minutes(&self, report: &Report) -> u32 {
        let workspace = self.workspace.current();
        let catalog = workspace.catalog();
        let datasets = report.datasets().into_iter().filter_map(|id| catalog.datasets.get(id));
        let sources = datasets.flat_map(|dataset| dataset.sources()).filter_map(|id| catalog.sources.get(id));
        sources.filter_map(|source| source.batch_minutes).max().unwrap_or_default()
    }

    fn calendars(&self) -> IndexMap<CalendarId, Arc<Calendar>> {
        self.workspace.current().catalog().calendars.clone()
    }
}
