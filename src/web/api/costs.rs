//! `/costs` and `/queries`: what queries cost, added up and one by one. For administrators; the table says so.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::private;
use super::asked::{Asked, number, parsed};
use crate::ledger::queries::{CostBy, CostRow, QueryLine};
use crate::web::backend::{CostsAsked, CostsOnly};
use crate::web::error::WebError;
use crate::web::state::WebState;

/// What may stand behind `?`; what is not said does not matter.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedCosts {
    /// The month, such as `2026-11`; the present one by default.
    month: Option<String>,
    /// What to add up by: `role`, `report`, `panel`, `schedule`, `dataset`, `source`, `region`, `viewer`, `purpose`, `day` or `month`
    /// (of the year that ends with it).
    by: Option<String>,
    /// Only what this functional role pays.
    role: Option<String>,
    /// Only of this report.
    report: Option<String>,
    /// Only of this dataset.
    dataset: Option<String>,
    /// Only of this source.
    source: Option<String>,
    /// Only of this region.
    region: Option<String>,
    /// Only asked by this person.
    viewer: Option<String>,
}

/// The same for single lines.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskedLines {
    /// The month, such as `2026-11`; the present one by default.
    month: Option<String>,
    /// Only what this functional role pays.
    role: Option<String>,
    /// Only of this report.
    report: Option<String>,
    /// Only of this dataset.
    dataset: Option<String>,
    /// Only of this source.
    source: Option<String>,
    /// Only of this region.
    region: Option<String>,
    /// Only asked by this person.
    viewer: Option<String>,
    /// How many, from 1 to 10000.
    limit: Option<String>,
}

/// The costs of a month.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CostsOut {
    /// The month's first day, in the zone of the costs.
    month: NaiveDate,
    /// The first day that counts: the month's, or by months that of the year which ends with it.
    from: NaiveDate,
    /// The currency of all amounts; `null` where no prices are defined.
    currency: Option<String>,
    /// All together.
    total: CostOut,
    /// The dearest first; days and months in their order.
    rows: Vec<CostOut>,
    /// What roles may spend, and have.
    budgets: Vec<BudgetOut>,
}

/// What some questions cost together.
#[derive(Debug, Serialize, JsonSchema)]
struct CostOut {
    /// The role, report, dataset … ; empty for those without one.
    key: String,
    /// The estimated cost.
    cost: f64,
    /// How many questions.
    queries: u64,
    /// How many of them were asked of a source.
    asked: u64,
    /// How many failed or were given up.
    failed: u64,
    /// Bytes that came from sources.
    bytes_moved: u64,
    /// Bytes of them that left a region: parts of answers that were asked elsewhere.
    bytes_across_regions: u64,
    /// What would have left it if all that these parts were asked of had been copied once a day.
    bytes_if_copied_daily: u64,
    /// Bytes of files that were read, from memory too.
    bytes_scanned: u64,
    /// Requests to object stores, and statements to databases.
    requests: u64,
    /// How long queries ran, in seconds.
    seconds: f64,
}

/// The budget of a role.
#[derive(Debug, Serialize, JsonSchema)]
struct BudgetOut {
    /// The functional role.
    role: String,
    /// What it may spend in the month.
    budget: f64,
    /// What it has spent.
    spent: f64,
    /// From how many percent on it is warned.
    warn: f64,
    /// Whether its questions stop once it is spent.
    stop: bool,
}

/// Single questions.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Lines {
    /// Newest first.
    queries: Vec<LineOut>,
}

/// One question. What is absent is empty or 0.
#[derive(Debug, Serialize, JsonSchema)]
struct LineOut {
    /// When it had ended.
    at: DateTime<Utc>,
    /// Who asked.
    viewer: String,
    /// The functional role that pays.
    role: String,
    /// `interactive`, `schedule`, `attributes` or `check`.
    purpose: String,
    /// The report.
    report: String,
    /// The panel.
    panel: String,
    /// The schedule.
    schedule: String,
    /// The id of the run.
    run: String,
    /// The dataset.
    dataset: String,
    /// The source.
    source: String,
    /// Where the source's data lie.
    region: String,
    /// `source` where it was asked, `kept` where the answer was there, `slice` where its rows were in memory.
    served: String,
    /// `answered`, `failed` or `cancelled`.
    outcome: String,
    /// The rows of the answer.
    rows: u64,
    /// Bytes of files that were read.
    bytes_scanned: u64,
    /// Bytes that came from the source.
    bytes_moved: u64,
    /// For a part of a question that was asked in another region: the bytes of the tables there, which copying them
    /// would have moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes_there: Option<u64>,
    /// Requests and statements.
    requests: u64,
    /// How long queries ran, in milliseconds.
    millis: f64,
    /// What the database calls its statements.
    statements: Vec<String>,
    /// The cost.
    cost: f64,
    /// Whether the source has told it; otherwise it is estimated.
    billed: bool,
    /// The currency of the cost.
    currency: String,
}

/// `GET /costs`
pub(super) async fn list(
    State(state): State<WebState>,
    asked: Result<Asked<AskedCosts>, WebError>,
) -> Result<Response, WebError> {
    let Asked(asked) = asked?;
    let words = CostBy::ALL.iter().map(|by| by.as_str()).collect::<Vec<_>>().join(", ");
    let by = parsed(asked.by.as_deref(), "by", &format!("one of {words}"))?.unwrap_or(CostBy::Role);
    let AskedCosts { role, report, dataset, source, region, viewer, .. } = asked;
    let only = CostsOnly { role, report, dataset, source, region, viewer };
    let found = state.backend.costs(CostsAsked { month: month(asked.month.as_deref())?, by, only }).await?;
    let budgets = found.budgets.into_iter().map(|(role, budget, spent)| BudgetOut {
        role,
        budget: budget.month,
        spent: amount(spent),
        warn: budget.warn,
        stop: budget.stop,
    });
    let out = CostsOut {
        month: found.month,
        from: found.from,
        currency: found.currency,
        total: CostOut::of(found.total),
        rows: found.rows.into_iter().map(CostOut::of).collect(),
        budgets: budgets.collect(),
    };
    private(StatusCode::OK, &out)
}

/// `GET /queries`
pub(super) async fn lines(
    State(state): State<WebState>,
    asked: Result<Asked<AskedLines>, WebError>,
) -> Result<Response, WebError> {
    let Asked(asked) = asked?;
    let limit = number(asked.limit.as_deref(), "limit", 100, 10_000)?;
    let AskedLines { role, report, dataset, source, region, viewer, .. } = asked;
    let only = CostsOnly { role, report, dataset, source, region, viewer };
    let asked = CostsAsked { month: month(asked.month.as_deref())?, by: CostBy::Day, only };
    let found = state.backend.query_lines(asked, limit).await?;
    private(StatusCode::OK, &Lines { queries: found.into_iter().map(LineOut::of).collect() })
}

fn month(text: Option<&str>) -> Result<Option<NaiveDate>, WebError> {
    let first = text.map(|text| format!("{text}-01"));
    parsed(first.as_deref(), "month", "a month such as `2026-11`")
}

fn amount(millionths: i64) -> f64 {
    millionths as f64 / 1e6
}

impl CostOut {
    fn of(row: CostRow) -> Self {
        Self {
            key: row.key,
            cost: amount(row.cost),
            queries: row.queries,
            asked: row.asked,
            failed: row.failed,
            bytes_moved: row.moved,
            bytes_across_regions: row.crossed,
            bytes_if_copied_daily: row.copied,
            bytes_scanned: row.scanned,
            requests: row.requests,
            seconds: row.busy_micros as f64 / 1e6,
        }
    }
}

impl LineOut {
    fn of(line: QueryLine) -> Self {
        Self {
            at: line.at,
            viewer: line.viewer,
            role: line.role,
            purpose: line.purpose.to_string(),
            report: line.report,
            panel: line.panel,
            schedule: line.schedule,
            run: line.run,
            dataset: line.dataset,
            source: line.source,
            region: line.region,
            served: line.served.to_string(),
            outcome: line.outcome.to_string(),
            rows: line.rows,
            bytes_scanned: line.scanned,
            bytes_moved: line.moved,
            bytes_there: line.whole,
            requests: line.requests,
            millis: line.busy_micros as f64 / 1e3,
            statements: line.statements,
            cost: amount(line.cost),
            billed: line.billed,
            currency: line.currency,
        }
    }
}
