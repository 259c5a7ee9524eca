//! A runner as the program makes it: the sample workspace, a real store and shelf, real mail.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use indexmap::IndexMap;
use jangpyo::access::Person;
use jangpyo::definitions::Catalog as Definitions;
use jangpyo::definitions::model::{Calendar, CalendarId, FieldName, Report, ReportId};
use jangpyo::delivery::{Folder, MailRate, Mailer, Outbox, RetryPolicy, Smtp, SmtpSettings, SmtpTls};
use jangpyo::ledger::audit::AuditLog;
use jangpyo::runs::Clock;
use jangpyo::runs::artefacts::Shelf;
use jangpyo::runs::evaluate::Evaluator;
use jangpyo::runs::execute::{Catalog, NoDestinations, Order, Parts, RunSettings, Runner, VersionedReport};
use jangpyo::runs::store::{Delivery, Repeat, Run, Store, Trigger};

use super::mail::MailServer;
use super::workspace::TestWorkspace;

/// A report of two panels, quick to evaluate. `TITLE` and `MAIL` are filled in.
const REPORT: &str = "
kind: report
title: TITLE
owner: sales_analytics
dataset: sales
time_zone: Asia/Seoul
parameters: {period: {type: period, default: last_complete_month, as_of: latest_data}}
panels:
  revenue: {kpi: revenue}
  trend: {chart: line, title: {ko: 일 매출}, x: order_date, grain: day, y: revenue}
schedules:
  monday: {cron: '0 8 * * MON', time_zone: Asia/Seoul, deliver: {email: MAIL}}
";

pub(crate) struct TestRunner {
    workspace: Arc<TestWorkspace>,
    evaluator: Evaluator,
    pub(crate) runner: Runner,
    state: tempfile::TempDir,
}

struct Reports(Arc<Definitions>);

impl Catalog for Reports {
    fn report(&self, id: &ReportId) -> Option<VersionedReport> {
        let report = Arc::clone(self.0.reports.get(id)?);
        Some(VersionedReport { report, version: self.0.version.clone() })
    }

    fn reports(&self) -> Vec<(ReportId, VersionedReport)> {
        self.0.reports.keys().filter_map(|id| Some((id.clone(), self.report(id)?))).collect()
    }

    fn contact(&self, _: &str) -> Option<String> {
        None
    }

    fn person<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Person>, String>> {
        Box::pin(async { Ok(None) })
    }

    fn calendars(&self) -> IndexMap<CalendarId, Arc<Calendar>> {
        self.0.calendars.clone()
    }
}

/// How to reach `server`, with its user.
pub(crate) fn smtp(server: &MailServer, tls: SmtpTls) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".into(),
        port: server.port,
        tls,
        credentials: None,
        from: "장표 <reports@corp.example>".parse().unwrap(),
        timeout: Duration::from_secs(10),
        ca_file: server.ca_file.clone(),
        connections: std::num::NonZeroUsize::new(4).unwrap(),
        rate: MailRate::UNLIMITED,
    }
}

impl TestRunner {
    /// Sends the sample's reports, and `mail-test`, a report of two panels for `mail`.
    pub(crate) async fn new(settings: Option<SmtpSettings>, title: &str, mail: &str) -> Self {
        Self::changed(settings, title, mail, |_| {}).await
    }

    /// The same, with what no file can say about `mail-test`.
    pub(crate) async fn changed(
        settings: Option<SmtpSettings>,
        title: &str,
        mail: &str,
        change: impl FnOnce(&mut Report),
    ) -> Self {
        let workspace = TestWorkspace::sample();
        workspace.write("mail-test.yaml", &REPORT.replace("TITLE", title).replace("MAIL", mail));
        let change = |definitions: &mut Definitions| {
            let id = ReportId::parse("mail-test").unwrap();
            change(Arc::make_mut(definitions.reports.get_mut(&id).unwrap()));
        };
        Self::over(workspace, settings, change).await
    }

    /// The same over a workspace of one's own.
    pub(crate) async fn over(
        workspace: TestWorkspace,
        settings: Option<SmtpSettings>,
        change: impl FnOnce(&mut Definitions),
    ) -> Self {
        let evaluator = workspace.changed_evaluator(change);
        Self::with(Arc::new(workspace), evaluator, settings, |_| {}).await
    }

    /// One that sends the same through another server, with a state of its own.
    pub(crate) async fn beside(&self, settings: SmtpSettings) -> Self {
        self.instance(settings, |_| {}).await
    }

    /// The same again, of which `change` changes what it works with.
    pub(crate) async fn instance(&self, settings: SmtpSettings, change: impl FnOnce(&mut Parts)) -> Self {
        Self::with(Arc::clone(&self.workspace), self.evaluator.clone(), Some(settings), change).await
    }

    async fn with(
        workspace: Arc<TestWorkspace>,
        evaluator: Evaluator,
        settings: Option<SmtpSettings>,
        change: impl FnOnce(&mut Parts),
    ) -> Self {
        let state = tempfile::tempdir().unwrap();
        let from = "장표 <reports@corp.example>".parse().unwrap();
        let short = Duration::from_millis(20);
        let store = Store::open_file(&state.path().join("jangpyo.db")).await.unwrap();
        let mut parts = Parts {
            audit: AuditLog::new(store.clone()),
            store,
            catalog: Arc::new(Reports(evaluator.catalog())),
            answers: Arc::new(evaluator.clone()),
            mailer: match settings {
                Some(settings) => Mailer::Smtp(Smtp::new(settings)),
                None => Mailer::Outbox(Outbox::new(state.path().join("outbox"), from)),
            },
            folder: Folder::new(state.path().join("folder")),
            destinations: Arc::new(NoDestinations),
            shelf: Shelf::new(state.path().to_owned()),
            clock: Clock::system(),
            settings: RunSettings {
                retry: RetryPolicy { attempts: 3, first_pause: short, longest_pause: short },
                // Shorter than some runs here take: it has to be renewed.
                lease: Duration::from_secs(2),
                ..RunSettings::default()
            },
        };
        change(&mut parts);
        Self { workspace, evaluator, runner: Runner::new(parts), state }
    }

    pub(crate) async fn run(&self, report: &str, repeat: Repeat) -> Run {
        let order = Order {
            report: ReportId::parse(report).unwrap(),
            schedule: FieldName::parse("monday").unwrap(),
            scheduled_at: "2026-11-02T08:00:00+09:00".parse().unwrap(),
            trigger: Trigger::Manual,
            repeat,
        };
        self.runner.run(&order).await.unwrap()
    }

    pub(crate) async fn deliveries(&self, run: &Run) -> Vec<Delivery> {
        self.runner.parts().store.deliveries(run.id).await.unwrap()
    }

    /// The files of the outbox.
    pub(crate) fn outbox(&self) -> Vec<std::path::PathBuf> {
        std::fs::read_dir(self.state.path().join("outbox"))
            .map(|files| files.map(|file| file.unwrap().path()).collect())
            .unwrap_or_default()
    }
}
