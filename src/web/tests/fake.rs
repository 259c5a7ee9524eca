//! A backend whose panels are slow, fail or panic at will.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::content::content;
use crate::access::{Attributes, MaskKey, Person, Standing, Viewer};
use crate::definitions::Diagnostic;
use crate::definitions::model::{
    Budget, CalendarId, DatasetId, FieldName, PanelId, Parameter, Report, ReportId,
};
use crate::error::Kind;
use crate::format::{Locale, LocalizedText};
use crate::ledger::queries::{CostRow, QueryLine};
use crate::render::document::Approval;
use crate::render::document::{Block, Document, SheetPage};
use crate::runs::evaluate::{Control, Exploration, ExploreError, Explored, Heading, QuestionError};
use crate::runs::execute::Resend;
use crate::runs::figures::Compared;
use crate::runs::store::{
    Artefact, Channel, Delivery, DeliveryEntry, DeliveryPage, DeliveryState, Pause, Run, RunFilter, RunId,
    RunState, Signal, Stage, Subscription, Trigger, WantedState,
};
use crate::web::backend::{
    Answers, ArtefactFile, Backend, BackendError, CostsAsked, DatasetEntry, DeliveriesAsked, FoundCosts,
    FoundDeliveries, FoundRuns, Fresh, OpenReport, ReadyCheck, ReportEntry, RunDetail, RunOrder, StartedRun,
    Wish,
};
use crate::web::{Brand, Leaver, Leaving, Mailbox, Resumed, ScheduleEntry, Subscribing, ToldRun, WantsMail};

/// How long the panel called `slow` takes.
pub(crate) const SLOW: Duration = Duration::from_millis(1500);

/// The one report, `weekly`.
pub(crate) struct Fake {
    pub(crate) report: Arc<Report>,
    pub(crate) fresh: Fresh,
    pub(crate) heading: Heading,
    pub(crate) brand: Option<Brand>,
}

impl Default for Fake {
    fn default() -> Self {
        Self { report: Arc::new(report()), fresh: Fresh::Current, heading: Heading::default(), brand: None }
    }
}

fn report() -> Report {
    let panel = |title: &str| {
        serde_json::json!({"chart": "line", "x": "day", "y": "revenue",
                           "title": {"ko": title, "en": format!("{title} (en)")}})
    };
    let kpi = |name: &str| serde_json::json!({"kpi": "revenue", "title": name});
    serde_json::from_value(serde_json::json!({
        "title": {"ko": "주간 매출 현황", "en": "Weekly sales", "zh-HK": "每週銷售概況"},
        "description": {"ko": "국가별 매출과 주문을 지난주와 비교합니다.", "en": "Sales and orders against last week."},
        "owner": "sales_analytics",
        "dataset": "sales",
        "parameters": {
            "period": {"type": "period", "default": "last_complete_week", "compare": "previous_period"},
            "country": {"type": "member", "of": "country", "multiple": true},
            "channel": {"type": "member", "of": "channel"},
            "least": {"type": "number", "min": 0.0},
        },
        "panels": {
            "revenue": kpi("매출"), "orders": kpi("주문 수"), "order-value": kpi("객단가"), "returns": kpi("반품률"),
            "trend": panel("일별 매출"), "by-store": panel("매장별 매출"), "share": panel("채널 비중"),
            "heat": panel("요일·시간대"), "stacked": panel("국가별 추이"),
            "slow": panel("느린 패널"), "broken": panel("실패한 패널"), "panics": panel("공황 패널"),
            "sheet": {"table": ["store", "revenue"], "title": "매장 상세"},
            "words": {"text": "<script>alert(1)</script> 설명"},
        },
        "pages": [
            {"rows": [["revenue", "orders", "order-value", "returns"], ["trend", "by-store"]]},
            {"rows": [["share", "heat", "stacked"], ["slow", "broken", "panics"], ["sheet"], ["words"]]},
        ],
    }))
    .unwrap()
}

impl Subscribing for Fake {
    fn mailbox(&self, _: Standing) -> BoxFuture<'_, Result<Mailbox, BackendError>> {
        async { Ok(Mailbox::default()) }.boxed()
    }

    fn keep_subscription(
        &self,
        _: Standing,
        _: Subscription,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn subscription(
        &self,
        _: Standing,
        _: FieldName,
    ) -> BoxFuture<'_, Result<Option<Subscription>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn end_subscription(&self, _: Standing, _: FieldName) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn pause_subscription(
        &self,
        _: Standing,
        _: FieldName,
        _: Option<Pause>,
    ) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn send_subscription(
        &self,
        _: Standing,
        _: FieldName,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn leaving(&self, _: Leaver) -> BoxFuture<'_, Result<Option<Leaving>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn leave(&self, _: Leaver, _: WantsMail) -> BoxFuture<'_, Result<Option<(Leaving, bool)>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn renew_subscriber(&self, _: Person) -> BoxFuture<'_, Result<(), BackendError>> {
        async { Ok(()) }.boxed()
    }

    fn calendars(&self) -> Vec<(CalendarId, LocalizedText)> {
        Vec::new()
    }
}

impl Backend for Fake {
    fn brand(&self, id: &str) -> Option<Brand> {
        self.usual_brand().filter(|brand| brand.id == id)
    }

    fn usual_brand(&self) -> Option<Brand> {
        self.brand.clone()
    }

    fn standing(&self, viewer: Viewer) -> BoxFuture<'_, Standing> {
        let standing = Standing::new(viewer, Arc::default(), &Attributes::new(), MaskKey::random());
        async move { standing }.boxed()
    }

    fn reports(&self, _: &Standing) -> Vec<ReportEntry> {
        let id = |name: &str| ReportId::parse(name).unwrap();
        let next = Some("2026-11-29T23:00:00Z".parse().unwrap());
        vec![
            ReportEntry { id: id("weekly"), report: Some(Arc::clone(&self.report)), fresh: self.fresh, next },
            ReportEntry { id: id("never-valid"), report: None, fresh: Fresh::Stale(2), next: None },
        ]
    }

    fn zone(&self, _: &ReportId) -> Option<String> {
        Some("Asia/Seoul".into())
    }

    fn usual_zone(&self) -> String {
        "Asia/Seoul".into()
    }

    fn problems(&self, _: &Standing) -> Vec<Diagnostic> {
        vec![
            serde_json::from_value(serde_json::json!({
                "severity": "error", "code": "unknown_field", "file": "never-valid.yaml", "line": 7, "column": 12,
                "width": 6, "path": "panels.trend.y", "message": "dataset `sales` has no measure `revnue`",
                "source_line": "    y:     revnue <b>", "help": "did you mean `revenue`?",
            }))
            .unwrap(),
        ]
    }

    fn open(&self, wish: Wish) -> BoxFuture<'_, Result<OpenReport, QuestionError>> {
        async move {
            if wish.report.as_str() != "weekly" {
                return Err(QuestionError::NoReport { name: wish.report.to_string() });
            }
            let refuse = |name: &str, problem: &str| {
                Err(QuestionError::BadParameter { name: name.into(), problem: problem.into() })
            };
            let least = wish.parameters.get("least").and_then(|values| values.first());
            if let Some(value) = least.filter(|value| value.parse::<f64>().is_err()) {
                return refuse("least", &format!("`{value}` is not a number"));
            }
            if let Some(name) =
                wish.parameters.keys().find(|name| !self.report.parameters.contains_key(name.as_str()))
            {
                return refuse(name, "there is no such parameter");
            }
            let locale = wish.locale.unwrap_or(self.report.locale);
            Ok(OpenReport {
                id: wish.report,
                report: Arc::clone(&self.report),
                locale,
                controls: controls(&self.report, &wish.parameters, locale),
                subtitle: "2026-11-16 – 2026-11-22".into(),
                heading: self.heading.clone(),
                brand: self.brand.clone(),
                base_url: None,
                stale_problems: match self.fresh {
                    Fresh::Stale(problems) => Some(problems),
                    Fresh::Current => None,
                },
                may_export: true,
                answers: Arc::new(FakeAnswers { report: Arc::clone(&self.report), locale }),
            })
        }
        .boxed()
    }

    fn runs(
        &self,
        _: Standing,
        filter: RunFilter,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundRuns, BackendError>> {
        let mut runs: Vec<Run> = (0..60).map(run).collect();
        runs.retain(|run| filter.state.is_none_or(|state| state == run.state));
        runs.retain(|run| filter.before.is_none_or(|before| run.id < before));
        let more = runs.len() > limit;
        runs.truncate(limit);
        let runs = runs.into_iter().map(ToldRun::whole).collect();
        async move { Ok(FoundRuns { runs, more }) }.boxed()
    }

    fn run(&self, _: Standing, id: RunId) -> BoxFuture<'_, Result<Option<RunDetail>, BackendError>> {
        async move { Ok((0..60).map(run).find(|run| run.id == id).map(detail)) }.boxed()
    }

    fn costs(&self, asked: CostsAsked) -> BoxFuture<'_, Result<FoundCosts, BackendError>> {
        let row = |key: &str, cost: i64| CostRow {
            key: key.to_owned(),
            queries: 1_200,
            asked: 300,
            failed: 2,
            scanned: 12_345_678_901,
            moved: 234_567_890,
            crossed: 1_234_567,
            copied: 9_876_543_210,
            requests: 4_321,
            busy_micros: 98_765_432,
            cost,
        };
        let this_month = "2026-01-01".parse().unwrap();
        let budget = |month, stop| Budget { month, warn: 80.0, stop };
        let found = FoundCosts {
            from: asked.month.unwrap_or(this_month),
            month: asked.month.unwrap_or(this_month),
            this_month,
            currency: Some("USD".into()),
            total: row("", 95_120_000),
            rows: vec![row("finance", 83_120_000), row("sales_analytics", 12_000_000), row("", 0)],
            budgets: vec![
                ("finance".into(), budget(100.0, false), 83_120_000),
                ("sales_analytics".into(), budget(10.0, true), 12_000_000),
            ],
        };
        std::future::ready(Ok(found)).boxed()
    }

    fn query_lines(&self, _: CostsAsked, _: usize) -> BoxFuture<'_, Result<Vec<QueryLine>, BackendError>> {
        std::future::ready(Ok(Vec::new())).boxed()
    }

    fn deliveries(
        &self,
        _: Standing,
        asked: DeliveriesAsked,
        limit: usize,
    ) -> BoxFuture<'_, Result<FoundDeliveries, BackendError>> {
        let entries = (0..60).map(run).flat_map(|run| {
            let resendable = run.can_be_resent();
            detail(run.clone()).deliveries.into_iter().map(move |delivery| DeliveryEntry {
                delivery,
                report: run.report.clone(),
                schedule: run.schedule.clone(),
                scheduled_at: run.scheduled_at,
                attempt: run.attempt,
                trigger: run.trigger,
                resendable,
                open: resendable,
            })
        });
        let wanted = |entry: &DeliveryEntry| match asked.filter.state {
            None => true,
            Some(WantedState::In(state)) => entry.delivery.state == state,
            Some(WantedState::Undelivered) => entry.delivery.state != DeliveryState::Sent,
        };
        let mut deliveries: Vec<DeliveryEntry> = entries.filter(wanted).collect();
        let more = deliveries.len() > limit;
        deliveries.truncate(limit);
        let zone = "Asia/Seoul".to_owned();
        async move { Ok(FoundDeliveries { page: DeliveryPage { deliveries, more }, zone }) }.boxed()
    }

    fn compare(&self, _: Standing, _: [RunId; 2]) -> BoxFuture<'_, Result<Option<Compared>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn count_undelivered(&self, _: Standing) -> BoxFuture<'_, Result<usize, BackendError>> {
        async { Ok(60) }.boxed()
    }

    fn schedules(
        &self,
        _: Standing,
        _: Option<(ReportId, FieldName)>,
        _: usize,
    ) -> BoxFuture<'_, Result<Vec<ScheduleEntry>, BackendError>> {
        async { Ok(Vec::new()) }.boxed()
    }

    fn pause(&self, _: Standing, _: Pause) -> BoxFuture<'_, Result<Option<()>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn resume(
        &self,
        _: Standing,
        _: (ReportId, FieldName),
    ) -> BoxFuture<'_, Result<Option<Resumed>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn signals(&self, _: Standing, _: FieldName) -> BoxFuture<'_, Result<Option<Vec<Signal>>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn receive(&self, _: Standing, _: Signal) -> BoxFuture<'_, Result<Option<(Signal, bool)>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn resend(
        &self,
        _: Standing,
        _: RunId,
        _: Resend,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        async { Ok(None) }.boxed()
    }

    fn artefact(&self, _: Standing, id: String) -> BoxFuture<'_, Result<Option<ArtefactFile>, BackendError>> {
        async move {
            Ok((id == "a1").then(|| ArtefactFile {
                name: "주간 매출.pdf".into(),
                media_type: "application/pdf".into(),
                content: Bytes::from_static(b"%PDF-"),
            }))
        }
        .boxed()
    }

    fn datasets(&self, standing: &Standing) -> Vec<DatasetEntry> {
        let restriction = standing.restriction(&DatasetId::parse("sales").unwrap()).unwrap();
        let dataset = serde_json::from_value(serde_json::json!({
            "title": {"ko": "매출", "en": "Sales"}, "owner": "sales_analytics", "source": "lake", "table": "x.csv",
            "time": "day", "dimensions": {"day": {"type": "date"}, "country": {}},
            "measures": {"revenue": {"sql": "sum(x)"}},
        }));
        vec![DatasetEntry {
            id: DatasetId::parse("sales").unwrap(),
            dataset: Arc::new(dataset.unwrap()),
            restriction,
        }]
    }

    fn latest_day(&self, _: Standing, _: DatasetId) -> BoxFuture<'_, Option<NaiveDate>> {
        async { NaiveDate::from_ymd_opt(2026, 11, 22) }.boxed()
    }

    fn explore(&self, _: Standing, asked: Exploration) -> BoxFuture<'_, Result<Explored, ExploreError>> {
        async move {
            if asked.measures.iter().any(|name| name.as_str() == "broken") {
                let message = "the data cannot be reached".to_owned();
                return Err(ExploreError::Failed { kind: Kind::Unavailable, message });
            }
            Err(ExploreError::NoDataset { name: asked.dataset.to_string() })
        }
        .boxed()
    }

    fn start_run(
        &self,
        _: Standing,
        order: RunOrder,
    ) -> BoxFuture<'_, Result<Option<StartedRun>, BackendError>> {
        async move {
            Ok(match (order.schedule.as_str(), order.key.as_str()) {
                ("monday", "used-before") => Some(StartedRun::Existing(ToldRun::whole(run(3)))),
                ("monday", "used-for-another") => Some(StartedRun::OtherRequest),
                ("monday", _) => Some(StartedRun::New(ToldRun::whole(run(0)))),
                _ => None,
            })
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Vec<ReadyCheck>> {
        async { vec![ReadyCheck { name: "store", ready: true }] }.boxed()
    }
}

fn controls(report: &Report, given: &BTreeMap<String, Vec<String>>, locale: Locale) -> Vec<Control> {
    let pairs =
        |list: &[(&str, &str)]| list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    report
        .parameters
        .iter()
        .map(|(name, parameter)| {
            let (title, choices): (&str, Vec<(String, String)>) = match (parameter, name.as_str()) {
                (Parameter::Period { .. }, _) => (
                    if locale == Locale::En { "Period" } else { "기간" },
                    pairs(&[
                        ("last_complete_week", "지난주"),
                        ("month_to_date", "이번 달"),
                        ("last_12_months", "최근 12개월"),
                    ]),
                ),
                (_, "country") => (
                    "국가",
                    pairs(&[
                        ("KR", "한국"),
                        ("HK", "홍콩 香港"),
                        ("US", "미국"),
                        ("<b>", "\u{202e}<b>x</b>"),
                    ]),
                ),
                (_, "channel") => ("채널", pairs(&[("web", "온라인"), ("shop", "매장")])),
                _ => ("최소 금액", Vec::new()),
            };
            let chosen = given.get(name.as_str()).cloned().unwrap_or_else(|| match parameter {
                Parameter::Period { default, .. } => vec![default.clone()],
                _ => Vec::new(),
            });
            Control {
                name: name.to_string(),
                title: title.into(),
                parameter: parameter.clone(),
                chosen,
                choices,
                more: false,
            }
        })
        .collect()
}

struct FakeAnswers {
    report: Arc<Report>,
    locale: Locale,
}

impl Answers for FakeAnswers {
    fn panel(self: Arc<Self>, panel: PanelId) -> BoxFuture<'static, Result<Block, QuestionError>> {
        async move {
            let Some(definition) = self.report.panels.get(&panel) else {
                return Err(QuestionError::NoPanel {
                    report: ReportId::parse("weekly").unwrap(),
                    name: panel.to_string(),
                    valid: "revenue".into(),
                });
            };
            match panel.as_str() {
                "slow" => tokio::time::sleep(SLOW).await,
                "panics" => panic!("secret cause"),
                _ => {}
            }
            let title = definition.title().map(|title| title.get(self.locale).to_owned()).unwrap_or_default();
            Ok(Block {
                id: panel.to_string(),
                title,
                note: None,
                missing: Vec::new(),
                content: content(panel.as_str()),
            })
        }
        .boxed()
    }

    fn panel_document(
        self: Arc<Self>,
        panel: PanelId,
    ) -> BoxFuture<'static, Result<Document, QuestionError>> {
        async move {
            let block = Arc::clone(&self).panel(panel).await?;
            let mut document = self.document().await;
            document.pages = vec![SheetPage { size: (595.0, 842.0), fit: false, rows: vec![vec![block]] }];
            Ok(document)
        }
        .boxed()
    }

    fn document(self: Arc<Self>) -> BoxFuture<'static, Document> {
        async move {
            let block = Block {
                id: "revenue".into(),
                title: "매출".into(),
                note: None,
                missing: Vec::new(),
                content: content("revenue"),
            };
            Document {
                title: self.report.title.get(self.locale).to_owned(),
                subtitle: String::new(),
                locale: self.locale,
                pages: vec![SheetPage { size: (595.0, 842.0), rows: vec![vec![block]], fit: false }],
                header: "".into(),
                footer: "".into(),
                approval: Approval::default(),
                cover: None,
                prepared: Vec::new(),
                logo: None,
                theme: None,
                watermark: String::new(),
                base_url: None,
                period: None,
                owner: "sales_analytics".into(),
                evaluated_at: DateTime::UNIX_EPOCH,
                proof: String::new(),
                provenance: crate::render::document::Provenance::default(),
                conformance: crate::render::document::Conformance::default(),
            }
        }
        .boxed()
    }
}

fn run(number: i64) -> Run {
    let scheduled_at: DateTime<Utc> = "2026-11-22T23:00:00Z".parse().unwrap();
    let scheduled_at = scheduled_at - chrono::TimeDelta::days(number);
    let state = RunState::ALL[usize::try_from(number).unwrap() % RunState::ALL.len()];
    let text = format!("0199{number:04x}-0000-7000-8000-{:012x}", 10_000 - number);
    let id = format!("{:08x}{}", 0x0199_ffff - number, &text[8..]);
    Run {
        seen: None,
        id: id.parse().unwrap(),
        report: ReportId::parse("weekly").unwrap(),
        schedule: "monday".parse().unwrap(),
        scheduled_at,
        attempt: Some(1),
        trigger: Trigger::Schedule,
        state,
        stage: Some(Stage::Deliver),
        instance: "web-1".into(),
        definition_version: "3f9a1c0de5b2".repeat(5),
        started_at: scheduled_at,
        delay_told_at: None,
        burst: None,
        origin: None,
        waits_until: None,
        waits_for: Vec::new(),
        finished_at: state.is_final().then(|| scheduled_at + chrono::TimeDelta::milliseconds(2345)),
        error_kind: None,
        error: (state == RunState::Failed)
            .then(|| "mail server mail.example.com:587 refused the recipient; check `to`".into()),
        warnings: Vec::new(),
    }
}

fn detail(run: Run) -> RunDetail {
    let delivery = |recipient: &str, state| Delivery {
        slice: String::new(),
        id: "d".into(),
        run: run.id,
        channel: Channel::Email,
        recipient: recipient.into(),
        state,
        attempts: 1,
        message_id: None,
        answer: Some("250 2.0.0 Ok: queued".into()),
        error: None,
        created_at: run.started_at,
        updated_at: run.started_at,
    };
    let artefact: Artefact = Artefact {
        id: "a1".into(),
        run: run.id,
        kind: "pdf".into(),
        file_name: "주간 매출 현황 2026-11-16.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: 43_210,
        sha256: "0".repeat(64),
        about: String::new(),
        path: "x".into(),
        created_at: run.started_at,
        deleted_at: None,
    };
    RunDetail {
        deliveries: vec![
            delivery("김지우 <kim@example.com>", DeliveryState::Sent),
            delivery("chan@example.hk", DeliveryState::InDoubt),
        ],
        open: HashSet::new(),
        resendable: run.can_be_resent(),
        comparable: Vec::new(),
        artefacts: vec![artefact],
        run: ToldRun::whole(run),
    }
}
