//! What the browser's door asks, answered by the parts of the program.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio_util::task::TaskTracker;

use super::sight::Sight;
use super::{LiveWorkspace, costs, deliveries, schedules, signals};
use crate::access::{Action, Object, Standing, Viewer};
use crate::definitions::model::{self, Dataset, DatasetId, FieldName, ReportId, ThemeId};
use crate::definitions::{DefinitionKind, Diagnostic, Severity};
use crate::ledger::queries::{QueryLedger, QueryLine};
use crate::runs::evaluate::{Evaluator, Exploration, ExploreError, Explored, QuestionError, theme};
use crate::runs::execute::{Resend, Runner};
use crate::runs::figures::{Bounds, Compared, compare_runs};
use crate::runs::store::{Delivery, DeliveryFilter, Pause, RunFilter, RunId, RunState, Signal, StoreError};
use crate::schedule::Rule;
use crate::web::{
    ArtefactFile, Backend, BackendError, Brand, CostsAsked, DatasetEntry, DeliveriesAsked, FoundCosts,
    FoundDeliveries, FoundRuns, Fresh, OpenReport, ReadyCheck, ReportEntry, Resumed, RunDetail, RunOrder,
    ScheduleEntry, StartedRun, Wish,
};

/// How much of a comparison is told.
const COMPARED: Bounds = Bounds { differences: 50, documents: 20, looked_at: 200 };

/// How many signals of a name are told.
const SIGNALS_TOLD: usize = 100;

pub(super) fn brand((id, file): (&ThemeId, &Arc<model::Theme>)) -> Brand {
    let logo = file.logo.as_ref().and_then(|logo| logo.content.clone());
    Brand { id: id.to_string(), theme: Arc::new(theme(file)), logo }
}

/// Everything the browser's door asks.
pub(super) struct LiveBackend {
    pub workspace: LiveWorkspace,
    pub evaluator: Evaluator,
    pub runner: Runner,
    /// Runs that were started by hand; the server waits for them when it stops.
    pub started: TaskTracker,
}

impl LiveBackend {
    /// The ledger of queries, and the time.
    fn ledger(&self) -> (QueryLedger, DateTime<Utc>) {
        let parts = self.runner.parts();
        (QueryLedger::new(parts.store.clone()), parts.clock.now())
    }
}

impl Backend for LiveBackend {
    fn standing(&self, viewer: Viewer) -> BoxFuture<'_, Standing> {
        self.evaluator.standing(viewer).boxed()
    }

    fn reports(&self, standing: &Standing) -> Vec<ReportEntry> {
        let workspace = self.workspace.current();
        let now = Utc::now();
        let mut entries = Vec::new();
        for file in workspace.files().filter(|file| file.kind == Some(DefinitionKind::Report)) {
            let Ok(id) = ReportId::parse(&file.id) else { continue };
            let report = workspace.catalog().reports.get(&id).cloned();
            let open = match &report {
                Some(_) => standing.may(Action::View, Object::Report(&id)),
                None => standing.may(Action::Edit, Object::File(&file.name)),
            };
            if !open {
                continue;
            }
            let errors = workspace
                .diagnostics_of(&file.name)
                .filter(|problem| problem.severity == Severity::Error)
                .count();
            let fresh = if file.stale || report.is_none() { Fresh::Stale(errors) } else { Fresh::Current };
            let next = report.as_ref().and_then(|report| {
                let enabled = report.schedules.values().filter(|schedule| schedule.enabled);
                let rules = enabled
                    .filter_map(|schedule| Rule::of(schedule, report, &workspace.catalog().calendars).ok());
                rules.filter_map(|rule| Some(rule.next_after(now)?.to_utc())).min()
            });
            entries.push(ReportEntry { id, report, fresh, next });
        }
        entries
    }

    fn zone(&self, id: &ReportId) -> Option<String> {
        self.workspace.current().catalog().reports.get(id).map(|report| report.time_zone.clone())
    }

    fn usual_zone(&self) -> String {
        self.workspace.current().catalog().usual_zone().to_owned()
    }

    fn problems(&self, standing: &Standing) -> Vec<Diagnostic> {
        let workspace = self.workspace.current();
        let open = |problem: &&Diagnostic| standing.may(Action::Edit, Object::File(&problem.file));
        workspace.diagnostics().iter().filter(open).cloned().collect()
    }

    fn brand(&self, id: &str) -> Option<Brand> {
        self.workspace.current().catalog().themes.get_key_value(id).map(brand)
    }

    fn usual_brand(&self) -> Option<Brand> {
        self.workspace.current().catalog().theme_of(None).map(brand)
    }

    fn open(&self, wish: Wish) -> BoxFuture<'_, Result<OpenReport, QuestionError>> {
        self.open_report(wish).boxed()
    }

    fn runs(
        &self,
        standing: Standing,
        mut filter: RunFilter,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundRuns, BackendError>> {
        async move {
            filter.among = deliveries::among(&standing);
            let page =
                self.runner.parts().store.runs(&filter, limit).await.map_err(|error| failed(&error))?;
            let mut sight = Sight::of(&standing);
            let runs = page.runs.into_iter().map(|run| sight.told(run)).collect();
            Ok(FoundRuns { runs, more: page.more })
        }
        .boxed()
    }

    fn run(&self, standing: Standing, id: RunId) -> BoxFuture<'_, Result<Option<RunDetail>, BackendError>> {
        async move {
            let store = &self.runner.parts().store;
            let Some(run) = store.run(id).await.map_err(|error| failed(&error))? else { return Ok(None) };
            if !standing.may(Action::Schedule, Object::Report(&run.report)) {
                return Ok(None);
            }
            let mut deliveries = store.deliveries(id).await.map_err(|error| failed(&error))?;
            let mut artefacts = store.artefacts(id).await.map_err(|error| failed(&error))?;
            let latest = store.latest(&run.report, &run.schedule, run.scheduled_at).await;
            let latest = latest.map_err(|error| failed(&error))?;
            let open = match &latest {
                Some(latest) if latest.state == RunState::Running => HashSet::new(),
                _ => store.without(id).await.map_err(|error| failed(&error))?,
            };
            let is_latest = latest.is_some_and(|latest| latest.id == run.id);
            let unsent = |one: &Delivery| one.state.never_arrived() && open.contains(&one.id);
            let resendable = (run.can_be_resent() && is_latest) || deliveries.iter().any(unsent);
            let has_figures =
                artefacts.iter().any(|file| !file.is_for_readers() && file.deleted_at.is_none());
            let mut comparable = Vec::new();
            if has_figures && self.may_take(&standing, &run) {
                let (before, others) = store.comparable(&run).await.map_err(|error| failed(&error))?;
                comparable.extend(before.into_iter().chain(others));
                comparable.retain(|other| self.may_take(&standing, other));
            }
            let is_burst = run.burst.is_some();
            let run = Sight::of(&standing).told(run);
            if run.is_withheld {
                // Names of copies' files and recipients tell members of dimensions.
                deliveries.retain(|delivery| !is_burst && delivery.slice.is_empty());
                artefacts.clear();
            }
            Ok(Some(RunDetail { run, deliveries, open, artefacts, resendable, comparable }))
        }
        .boxed()
    }

    fn deliveries(
        &self,
        standing: Standing,
        asked: DeliveriesAsked,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundDeliveries, BackendError>> {
        async move {
            let store = &self.runner.parts().store;
            let found = deliveries::found(store, &standing, asked, limit).await;
            found.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn costs(&self, asked: CostsAsked) -> BoxFuture<'_, Result<FoundCosts, BackendError>> {
        async move {
            let (ledger, now) = self.ledger();
            let found = costs::found(&ledger, &self.evaluator.catalog(), now, asked).await;
            found.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn query_lines(
        &self,
        asked: CostsAsked,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<QueryLine>, BackendError>> {
        async move {
            let (ledger, now) = self.ledger();
            let found = costs::lines(&ledger, &self.evaluator.catalog(), now, asked, limit).await;
            found.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn compare(
        &self,
        standing: Standing,
        ids: [RunId; 2],
    ) -> BoxFuture<'_, Result<Option<Compared>, BackendError>> {
        async move {
            let parts = self.runner.parts();
            let mut runs = Vec::new();
            for id in ids {
                let run = parts.store.run(id).await.map_err(|error| failed(&error))?;
                runs.extend(run.filter(|run| self.may_take(&standing, run)));
            }
            let [one, other] = runs.as_slice() else { return Ok(None) };
            match compare_runs(&parts.store, &parts.shelf, one, other, COMPARED).await {
                Ok(compared) => Ok(Some(compared)),
                Err(error) => Err(BackendError { kind: error.kind(), message: error.to_string() }),
            }
        }
        .boxed()
    }

    fn count_undelivered(&self, standing: Standing) -> BoxFuture<'_, Result<usize, BackendError>> {
        async move {
            let told = deliveries::told(&standing, DeliveryFilter::default());
            let count = self.runner.parts().store.count_undelivered(&told).await;
            count.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn schedules(
        &self,
        standing: Standing,
        only: Option<(ReportId, FieldName)>,
        upcoming: usize,
    ) -> BoxFuture<'_, Result<Vec<ScheduleEntry>, BackendError>> {
        async move {
            let parts = self.runner.parts();
            let entries =
                schedules::entries(&parts.store, &standing, only, upcoming, parts.clock.now()).await;
            entries.map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn pause(&self, standing: Standing, pause: Pause) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async move {
            if !schedules::is_open(&standing, &pause.report, &pause.schedule) {
                return Ok(None);
            }
            self.runner.parts().store.pause(&pause).await.map_err(|error| failed(&error))?;
            Ok(Some(()))
        }
        .boxed()
    }

    fn resume(
        &self,
        standing: Standing,
        (report, schedule): (ReportId, FieldName),
    ) -> BoxFuture<'_, Result<Option<Resumed>, BackendError>> {
        async move {
            if !schedules::is_open(&standing, &report, &schedule) {
                return Ok(None);
            }
            let parts = self.runner.parts();
            let resumed = parts.store.resume(&report, &schedule, parts.clock.now()).await;
            let resumed = resumed.map_err(|error| failed(&error))?;
            Ok(Some(if resumed { Resumed::Done } else { Resumed::WasRunning }))
        }
        .boxed()
    }

    fn signals(
        &self,
        standing: Standing,
        name: FieldName,
    ) -> BoxFuture<'_, Result<Option<Vec<Signal>>, BackendError>> {
        async move {
            if !signals::is_open(&standing, &name) {
                return Ok(None);
            }
            let found = self.runner.parts().store.signals(name.as_str(), SIGNALS_TOLD).await;
            found.map(Some).map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn receive(
        &self,
        standing: Standing,
        signal: Signal,
    ) -> BoxFuture<'_, Result<Option<(Signal, bool)>, BackendError>> {
        async move {
            let open = FieldName::parse(&signal.name).is_ok_and(|name| signals::is_open(&standing, &name));
            if !open {
                return Ok(None);
            }
            self.runner.parts().store.receive(&signal).await.map(Some).map_err(|error| failed(&error))
        }
        .boxed()
    }

    fn artefact(
        &self,
        standing: Standing,
        id: String,
    ) -> BoxFuture<'_, Result<Option<ArtefactFile>, BackendError>> {
        async move {
            let parts = self.runner.parts();
            let Some(artefact) = parts.store.artefact(&id).await.map_err(|error| failed(&error))? else {
                return Ok(None);
            };
            if artefact.deleted_at.is_some() {
                return Ok(None);
            }
            let Some(run) = parts.store.run(artefact.run).await.map_err(|error| failed(&error))? else {
                return Ok(None);
            };
            if !self.may_take(&standing, &run) {
                return Ok(None);
            }
            let content = parts
                .shelf
                .read(&artefact)
                .map_err(|error| BackendError { kind: error.kind(), message: error.to_string() })?;
            Ok(Some(ArtefactFile { name: artefact.file_name, media_type: artefact.media_type, content }))
        }
        .boxed()
    }

    fn datasets(&self, standing: &Standing) -> Vec<DatasetEntry> {
        let datasets = standing.catalog().datasets.iter();
        let open = |(id, dataset): (&DatasetId, &Arc<Dataset>)| {
            standing.decide(Action::Explore, Object::Dataset(id)).ok()?;
            let restriction = standing.restriction(id).ok()?;
            Some(DatasetEntry { id: id.clone(), dataset: Arc::clone(dataset), restriction })
        };
        datasets.filter_map(open).collect()
    }

    fn latest_day(&self, standing: Standing, id: DatasetId) -> BoxFuture<'_, Option<NaiveDate>> {
        async move { self.evaluator.latest_day_of(&standing, &id).await }.boxed()
    }

    fn explore(
        &self,
        standing: Standing,
        asked: Exploration,
    ) -> BoxFuture<'_, Result<Explored, ExploreError>> {
        async move { self.evaluator.explore(&standing, &asked, Utc::now()).await }.boxed()
    }

    fn start_run(
        &self,
        standing: Standing,
        order: RunOrder,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        self.start_ordered(standing, order).boxed()
    }

    fn resend(
        &self,
        standing: Standing,
        id: RunId,
        resend: Resend,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        async move { self.resend_run(standing, id, &resend).await }.boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Vec<ReadyCheck>> {
        async move {
            let store = self.runner.parts().store.ping().await.is_ok();
            let workspace = self.workspace.current().dir().is_dir();
            vec![
                ReadyCheck { name: "store", ready: store },
                ReadyCheck { name: "workspace", ready: workspace },
            ]
        }
        .boxed()
    }
}

pub(super) fn failed(error: &StoreError) -> BackendError {
    BackendError { kind: error.kind(), message: error.to_string() }
}
