//! The books of what queries cost: every question becomes a line of the ledger, priced as `costs.yaml` says; roles that
//! have spent their budget are told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::LiveWorkspace;
use crate::definitions::model::{Costs, Prices};
use crate::engine::{Account, Outcome, Overspent, Purpose, QueryLog, QueryRecord, Served};
use crate::ledger::queries::{self, Ended, QueryLedger, QueryLine, ServedFrom, first_of_month};
use crate::runs::Clock;
use crate::sources::Measured;
use crate::store::StoreError;

/// How long lines wait to be written together.
const PAUSE: Duration = Duration::from_secs(1);

/// How many lines are written in one transaction; more wake the writer.
const TOGETHER: usize = 500;

/// How many lines wait at most, should the store not take them; later ones are lost, and the log says so.
const WAITING: usize = 200_000;

/// After how many pauses what others have spent is read, and old lines are looked for.
const ROUNDS: u32 = 60;

/// Millionths, in which money is counted.
const MILLION: f64 = 1e6;

/// The books. Cheap to clone.
#[derive(Clone)]
pub(super) struct Books(Arc<Inner>);

struct Inner {
    workspace: LiveWorkspace,
    kept: OnceLock<(QueryLedger, Clock)>,
    state: Mutex<State>,
    full: Notify,
}

#[derive(Default)]
struct State {
    waiting: Vec<QueryLine>,
    lost: u64,
    /// The first day of the month that `spent` is about.
    month: Option<NaiveDate>,
    /// What each role has spent in it, in millionths.
    spent: HashMap<String, i64>,
}

impl Books {
    /// Books that are not kept yet.
    pub(super) fn new(workspace: LiveWorkspace) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Inner { workspace, kept: OnceLock::new(), state, full: Notify::new() }))
    }

    /// Keeps them from here on, and reads what was spent in this month.
    pub(super) async fn keep(&self, ledger: QueryLedger, clock: Clock) -> Result<(), StoreError> {
        // A second time changes nothing: there is one store.
        let _ = self.0.kept.set((ledger, clock));
        self.look().await
    }

    /// Writes what comes, until `stop`.
    pub(super) async fn run(self, keep_days: Option<u32>, stop: CancellationToken) {
        let mut rounds = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(PAUSE) => {}
                () = self.0.full.notified() => {}
            }
            told(self.write().await);
            rounds += 1;
            if rounds % ROUNDS == 0 {
                told(self.look().await);
                told(self.prune(keep_days).await);
            }
        }
        told(self.write().await);
    }

    /// Writes what waits.
    pub(super) async fn write(&self) -> Result<(), StoreError> {
        let Some((ledger, _)) = self.0.kept.get() else { return Ok(()) };
        loop {
            let lines: Vec<QueryLine> = {
                let mut state = self.state();
                let lost = std::mem::take(&mut state.lost);
                if lost > 0 {
                    tracing::error!(
                        lost,
                        "lines of the ledger of queries were lost, because the store did not take them"
                    );
                }
                let many = state.waiting.len().min(TOGETHER);
                state.waiting.drain(..many).collect()
            };
            if lines.is_empty() {
                return Ok(());
            }
            if let Err(error) = ledger.append(&lines).await {
                self.state().waiting.splice(..0, lines);
                return Err(error);
            }
        }
    }

    /// Reads what all instances have spent in this month.
    async fn look(&self) -> Result<(), StoreError> {
        let Some((ledger, clock)) = self.0.kept.get() else { return Ok(()) };
        let catalog = self.0.workspace.current();
        let Some(costs) = &catalog.catalog().costs else { return Ok(()) };
        let month = first_of_month(costs.day_of(clock.now()));
        let spent = ledger.spent(month, &costs.currency).await?;
        let mut state = self.state();
        state.month = Some(month);
        state.spent = spent;
        let waiting: Vec<(String, i64)> =
            state.waiting.iter().map(|line| (line.role.clone(), line.cost)).collect();
        for (role, cost) in waiting {
            *state.spent.entry(role).or_default() += cost;
        }
        Ok(())
    }

    async fn prune(&self, keep_days: Option<u32>) -> Result<(), StoreError> {
        let (Some((ledger, clock)), Some(days)) = (self.0.kept.get(), keep_days) else { return Ok(()) };
        let oldest =
            TimeDelta::try_days(i64::from(days)).and_then(|days| clock.now().checked_sub_signed(days));
        if let Some(oldest) = oldest {
            let removed = ledger.prune(oldest.date_naive()).await?;
            if removed > 0 {
                tracing::info!(removed, "old lines of the ledger of queries removed");
            }
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves whole lines.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn told(result: Result<(), StoreError>) {
    if let Err(error) = result {
        tracing::error!(%error, "the ledger of queries was not written; it is tried again");
    }
}

impl QueryLog for Books {
    fn admit(&self, account: &Account) -> Result<(), Overspent> {
        let (Some(role), Some((_, clock))) = (&account.role, self.0.kept.get()) else { return Ok(()) };
        let workspace = self.0.workspace.current();
        let Some(costs) = &workspace.catalog().costs else { return Ok(()) };
        let Some(budget) = costs.budgets.get(role.as_str()).filter(|budget| budget.stop) else {
            return Ok(());
        };
        let state = self.state();
        let month = first_of_month(costs.day_of(clock.now()));
        let spent =
            if state.month == Some(month) { state.spent.get(role).copied().unwrap_or_default() } else { 0 };
        if (spent as f64) < budget.month * MILLION {
            return Ok(());
        }
        Err(Overspent { role: role.clone(), budget: format!("{} {}", budget.month, costs.currency) })
    }

    fn record(&self, record: QueryRecord) {
        let Some((_, clock)) = self.0.kept.get() else { return };
        let workspace = self.0.workspace.current();
        let line = line(record, workspace.catalog().costs.as_deref(), clock.now());
        let month = first_of_month(line.day);
        let mut state = self.state();
        if state.month != Some(month) {
            state.month = Some(month);
            state.spent.clear();
        }
        if line.cost > 0 {
            *state.spent.entry(line.role.clone()).or_default() += line.cost;
        }
        if state.waiting.len() >= WAITING {
            state.lost += 1;
            return;
        }
        state.waiting.push(line);
        if state.waiting.len() >= TOGETHER {
            self.0.full.notify_one();
        }
    }
}

fn line(record: QueryRecord, costs: Option<&Costs>, at: DateTime<Utc>) -> QueryLine {
    let QueryRecord { account, dataset, source, region, rows, measured, whole, served, outcome } = record;
    let prices = costs.and_then(|costs| costs.prices.get(source.as_str()));
    let (purpose, schedule, run) = match account.purpose {
        Purpose::Interactive => (queries::Purpose::Interactive, None, None),
        Purpose::Schedule { schedule, run } => (queries::Purpose::Schedule, schedule, run),
        Purpose::Attributes => (queries::Purpose::Attributes, None, None),
        Purpose::Check => (queries::Purpose::Check, None, None),
    };
    QueryLine {
        at,
        day: costs.map_or_else(|| at.date_naive(), |costs| costs.day_of(at)),
        viewer: account.viewer,
        role: account.role.unwrap_or_default(),
        purpose,
        report: account.report.map(|report| report.to_string()).unwrap_or_default(),
        panel: account.panel.map(|panel| panel.to_string()).unwrap_or_default(),
        schedule: schedule.unwrap_or_default(),
        run: run.unwrap_or_default(),
        dataset: dataset.to_string(),
        source: source.to_string(),
        region: region.unwrap_or_default(),
        served: match served {
            Served::Source => ServedFrom::Source,
            Served::Kept => ServedFrom::Kept,
            Served::Slice => ServedFrom::Slice,
        },
        outcome: match outcome {
            Outcome::Answered => Ended::Answered,
            Outcome::Failed => Ended::Failed,
            Outcome::Cancelled => Ended::Cancelled,
        },
        rows: rows as u64,
        scanned: measured.scanned,
        moved: measured.moved,
        whole,
        requests: measured.requests,
        busy_micros: u64::try_from(measured.busy.as_micros()).unwrap_or(u64::MAX),
        cost: prices.map_or(0, |prices| price(prices, &measured)),
        billed: false,
        currency: costs.map(|costs| costs.currency.clone()).unwrap_or_default(),
        statements: measured.statement_ids,
    }
}

/// What was asked of a source costs so much, in millionths.
pub(super) fn price(prices: &Prices, measured: &Measured) -> i64 {
    let cost = prices.per_tb_scanned * measured.scanned as f64 / 1e12
        + prices.per_gb_moved * measured.moved as f64 / 1e9
        + prices.per_1000_requests * measured.requests as f64 / 1e3
        + prices.per_hour * measured.busy.as_secs_f64() / 3600.0;
    // Far from the end of what fits: prices are checked.
    (cost * MILLION).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::queries::CostFilter;

    #[test]
    fn every_part_of_a_price_counts() {
        let prices = Prices {
            per_tb_scanned: 5.0,
            per_gb_moved: 0.1,
            per_1000_requests: 0.4,
            per_hour: 36.0,
            ..Prices::default()
        };
        let measured = Measured {
            requests: 50,
            scanned: 2_000_000_000,
            moved: 500_000_000,
            busy: Duration::from_secs(2),
            rows: 0,
            statement_ids: Vec::new(),
        };
        // 0.01 + 0.05 + 0.02 + 0.02
        assert_eq!(price(&prices, &measured), 100_000);
        assert_eq!(price(&Prices::default(), &measured), 0);
    }

    #[test]
    fn months_begin_in_the_zone_of_the_costs() {
        let costs: Costs = serde_json::from_value(serde_json::json!({
            "owner": "data", "currency": "KRW", "time_zone": "Asia/Seoul"
        }))
        .unwrap();
        let last_second = "2026-10-31T15:30:00Z".parse().unwrap();
        assert_eq!(first_of_month(costs.day_of(last_second)).to_string(), "2026-11-01");
        let december = CostFilter::of_month("2026-12-31".parse().unwrap(), "KRW");
        assert_eq!(
            (december.from.to_string(), december.to.to_string()),
            ("2026-12-01".into(), "2027-01-01".into())
        );
    }
}
