//! A runner over real stores and folders, with scripted answers and a mailbox in memory.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use indexmap::IndexMap;
use serde_json::json;

use super::*;
use crate::access::{Action, Viewer};
use crate::definitions::model::{Calendar, CalendarId, FieldName, Report, ReportId};
use crate::delivery::{MemoryMailbox, Recipient};
use crate::format::{Locale, NumberFormat};
use crate::ledger::audit::AuditLog;
use crate::render::document::Approval;
use crate::render::document::{Block, Content, Failure, Kpi, SheetPage};
use crate::runs::evaluate::{Awaited, AwaitedSignals, QuestionError};
use crate::runs::store::tests::{Temporary, sqlite};
use crate::runs::store::{Missing, Repeat};
use crate::table::Value;

type Answer = Box<dyn Fn(Question) -> BoxFuture<'static, Result<Document, QuestionError>> + Send + Sync>;

/// Answers whatever the test wants, and remembers what was asked.
pub(crate) struct Scripted {
    answer: Answer,
    asked: Mutex<Vec<Question>>,
    /// The rows of every dataset that has recipients.
    pub(crate) rows: Mutex<Vec<Vec<Option<String>>>>,
    /// What is missing of the data that runs wait for.
    pub(crate) missing: Mutex<Vec<Missing>>,
    /// What people may do with the report.
    pub(crate) open: Mutex<Vec<Action>>,
    /// What people see of the report's data.
    pub(crate) seen: Mutex<String>,
}

impl Answers for Scripted {
    fn document(&self, question: Question) -> BoxFuture<'_, Result<Document, QuestionError>> {
        self.asked.lock().unwrap().push(question.clone());
        (self.answer)(question)
    }

    fn seen<'a>(&'a self, _: &'a Report, _: Viewer) -> BoxFuture<'a, Option<String>> {
        let seen = self.seen.lock().unwrap().clone();
        Box::pin(async move { Some(seen) })
    }

    fn may<'a>(&'a self, _: Viewer, action: Action, _: &'a ReportId) -> BoxFuture<'a, bool> {
        let open = self.open.lock().unwrap().contains(&action);
        Box::pin(async move { open })
    }

    fn rows_of<'a>(
        &'a self,
        _: &'a crate::definitions::model::DatasetId,
        _: &'a [FieldName],
        _: Viewer,
    ) -> BoxFuture<'a, Result<Vec<Vec<Option<String>>>, crate::runs::evaluate::RecipientsError>> {
        let rows = self.rows.lock().unwrap().clone();
        Box::pin(async move { Ok(rows) })
    }

    fn load<'a>(&'a self, _: &'a crate::engine::Memory) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn missing(&self, awaited: Awaited) -> BoxFuture<'_, (Vec<Missing>, AwaitedSignals)> {
        let signals = awaited.wait_for.signals.iter().map(|(name, key)| (name.to_string(), key.clone()));
        let answer = (self.missing.lock().unwrap().clone(), signals.collect());
        Box::pin(async move { answer })
    }
}

/// One report, and how many minutes its runs are batched by.
pub(crate) struct OneReport(pub(crate) Mutex<Arc<Report>>, pub(crate) AtomicU32);

impl Catalog for OneReport {
    fn report(&self, id: &ReportId) -> Option<VersionedReport> {
        self.reports().into_iter().find(|(known, _)| known == id).map(|(_, report)| report)
    }

    fn reports(&self) -> Vec<(ReportId, VersionedReport)> {
        let report = self.0.lock().unwrap().clone();
        vec![(report_id(), VersionedReport { report, version: "v1".into() })]
    }

    fn batch_minutes(&self, _: &Report) -> u32 {
        self.1.load(Ordering::SeqCst)
    }

    fn contact(&self, role: &str) -> Option<String> {
        (role == "sales").then(|| "영업 데이터 <sales-data@corp.example>".into())
    }

    fn person<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<crate::access::Person>, String>> {
        Box::pin(async { Ok(None) })
    }

    fn calendars(&self) -> IndexMap<CalendarId, Arc<Calendar>> {
        let korea = json!({
            "title": "Korea", "owner": "sales", "from": "2026-01-01", "through": "2026-12-31",
            "holidays": {"2026-03-02": "Substitute day of the Independence Movement"},
        });
        IndexMap::from([(CalendarId::parse("kr").unwrap(), Arc::new(serde_json::from_value(korea).unwrap()))])
    }
}

/// Everything a test of runs needs.
pub(crate) struct Rig {
    pub(crate) home: Temporary,
    pub(crate) mailbox: MemoryMailbox,
    pub(crate) asked: Arc<Scripted>,
    pub(crate) catalog: Arc<OneReport>,
    pub(crate) runner: Runner,
}

pub(crate) fn report_id() -> ReportId {
    ReportId::parse("weekly-sales").unwrap()
}

pub(crate) fn schedule_id() -> FieldName {
    FieldName::parse("monday").unwrap()
}

pub(crate) fn from() -> Recipient {
    "장표 <reports@corp.example>".parse().unwrap()
}

pub(crate) fn scheduled_at() -> DateTime<Utc> {
    "2026-01-05T08:00:00+09:00".parse().unwrap()
}

pub(crate) fn report(deliver: &serde_json::Value, more: &serde_json::Value) -> Report {
    let mut schedule = json!({
        "cron": "0 8 * * MON", "parameters": {"period": "last_complete_week"}, "deliver": deliver,
    });
    for (key, value) in more.as_object().unwrap() {
        schedule[key] = value.clone();
    }
    serde_json::from_value(json!({
        "title": {"ko": "주간 매출 현황", "en": "Weekly sales"},
        "owner": "sales",
        "panels": {"revenue": {"kpi": "revenue"}},
        "schedules": {"monday": schedule},
    }))
    .unwrap()
}

pub(crate) fn two_recipients() -> serde_json::Value {
    json!({"email": {"to": ["김지우 <kim@example.com>", "lee@example.com"]}})
}

pub(crate) fn document(question: &Question) -> Document {
    let kpi = Kpi {
        link: None,
        value: Value::Int(12_345),
        previous: Some(Value::Int(12_000)),
        compared_with: "전주 대비".into(),
        format: NumberFormat::default(),
        lower_is_better: false,
        sparkline: Vec::new(),
    };
    let block = Block {
        id: "revenue".into(),
        title: "매출".into(),
        note: None,
        missing: Vec::new(),
        content: Ok(Content::Kpi(kpi)),
    };
    Document {
        title: "주간 매출 현황".into(),
        subtitle: "12월 29일 – 1월 4일".into(),
        locale: question.locale.unwrap_or(Locale::Ko),
        pages: vec![SheetPage { size: (595.28, 841.89), rows: vec![vec![block]], fit: false }],
        header: "".into(),
        footer: "{page} / {pages}".into(),
        approval: Approval::default(),
        cover: None,
        prepared: Vec::new(),
        logo: None,
        theme: None,
        watermark: String::new(),
        base_url: None,
        period: None,
        owner: "sales".into(),
        evaluated_at: question.now,
        proof: String::new(),
        provenance: crate::render::document::Provenance::default(),
        conformance: crate::render::document::Conformance::default(),
    }
}

/// The document with its one panel failed.
pub(crate) fn broken(question: &Question) -> Document {
    let mut document = document(question);
    document.pages[0].rows[0][0].content = Err(Failure {
        message: "the source does not answer".into(),
        cause: "the source does not answer".into(),
        error_id: "e42".into(),
        closed: false,
    });
    document
}

impl Rig {
    pub(crate) async fn new(report: Report) -> Self {
        Self::answering(report, |question| Box::pin(async move { Ok(document(&question)) })).await
    }

    pub(crate) async fn answering(
        report: Report,
        answer: impl Fn(Question) -> BoxFuture<'static, Result<Document, QuestionError>> + Send + Sync + 'static,
    ) -> Self {
        let mailbox = MemoryMailbox::new(from());
        Self::build(report, Box::new(answer), mailbox.clone(), Mailer::Memory(mailbox), |_| {}).await
    }

    pub(crate) async fn mailing(report: Report, mailbox: MemoryMailbox) -> Self {
        let answer: Answer = Box::new(|question| Box::pin(async move { Ok(document(&question)) }));
        Self::build(report, answer, mailbox.clone(), Mailer::Memory(mailbox), |_| {}).await
    }

    pub(crate) async fn build(
        report: Report,
        answer: Answer,
        mailbox: MemoryMailbox,
        mailer: Mailer,
        change: impl FnOnce(&mut Parts),
    ) -> Self {
        let home = sqlite().await;
        let asked = Arc::new(Scripted {
            answer,
            asked: Mutex::default(),
            missing: Mutex::default(),
            open: Mutex::new(vec![Action::View, Action::Export]),
            rows: Mutex::default(),
            seen: Mutex::new("everything".into()),
        });
        let catalog = Arc::new(OneReport(Mutex::new(Arc::new(report)), AtomicU32::new(0)));
        let state = home.folder.path().to_owned();
        let short = Duration::from_millis(1);
        let mut parts = Parts {
            store: home.store.clone(),
            audit: AuditLog::new(home.store.clone()),
            catalog: catalog.clone(),
            answers: asked.clone(),
            mailer,
            folder: Folder::new(state.join("folder")),
            destinations: Arc::new(NoDestinations),
            shelf: Shelf::new(state),
            clock: Clock::fixed("2026-01-05T08:00:01+09:00".parse().unwrap()),
            settings: RunSettings {
                retry: RetryPolicy { attempts: 3, first_pause: short, longest_pause: short },
                base_url: Some("https://reports.corp.example/bi/".parse().unwrap()),
                ..RunSettings::default()
            },
        };
        change(&mut parts);
        Self { home, mailbox, asked, catalog, runner: Runner::new(parts) }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.home.store
    }

    pub(crate) fn questions(&self) -> Vec<Question> {
        self.asked.asked.lock().unwrap().clone()
    }

    pub(crate) async fn run(&self, trigger: Trigger, repeat: Repeat) -> Run {
        self.runner.run(&order(trigger, repeat)).await.unwrap()
    }
}

pub(crate) fn order(trigger: Trigger, repeat: Repeat) -> Order {
    Order { report: report_id(), schedule: schedule_id(), scheduled_at: scheduled_at(), trigger, repeat }
}
