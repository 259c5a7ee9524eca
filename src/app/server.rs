//! The server: the browser's door, the schedules, and the watch over the definitions.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::audit::Auditor;
use super::backend::LiveBackend;
use super::budgets::BudgetNotices;
use super::program::hold_store;
use super::{Program, ProgramError, login};
use crate::ledger::queries::QueryLedger;
use crate::runs::Clock;
use crate::runs::evaluate::Evaluator;
use crate::runs::execute::Runner;
use crate::schedule::{Scheduler, SchedulerSettings};
use crate::web::{Listener, Metrics, WebState};

/// A server that accepts requests.
#[derive(Debug, Clone)]
pub struct Started {
    /// Where it listens.
    pub address: SocketAddr,
    /// Whether there is no login.
    pub demo: bool,
    /// The address of the link for the first administrator, where there is no user yet. A secret.
    pub first_link: Option<String>,
}

/// Serves until `stop`; `ready` is told once requests are accepted. Stops accepting
/// first, then lets requests and runs finish within the grace period.
pub async fn serve(
    program: Program,
    stop: CancellationToken,
    ready: impl FnOnce(&Started),
) -> Result<(), ProgramError> {
    let settings = program.settings.clone();
    let address = settings.listen;
    if !address.ip().is_loopback() && settings.login.is_demo() {
        return Err(ProgramError::OpenToNetwork { address });
    }
    let clock = Clock::system();
    let _hold = tokio::task::block_in_place(|| hold_store(&settings, clock.now()))?;
    let runner = program.runner(settings.runs.instance.clone(), clock.clone()).await?;
    let (gate, first) = login::gate(&settings, &runner.parts().store, &clock).await?;
    let listener = Listener::open(address, &settings.web.listener)?;
    let bound = listener.address().map_err(ProgramError::Serve)?;

    let books_stop = CancellationToken::new();
    let follow = tokio::spawn(program.workspace.clone().follow(settings.clone(), stop.clone()));
    let scheduler_settings = SchedulerSettings {
        grace: settings.shutdown_grace,
        retention: settings.retention,
        ..SchedulerSettings::default()
    };
    let scheduler = Scheduler::new(runner.clone(), scheduler_settings);
    scheduler.close_left_behind().await;
    let schedules = tokio::spawn(scheduler.run(program.workspace.generations(), stop.clone()));

    let auditor = Auditor {
        audit: runner.parts().audit.clone(),
        clock: clock.clone(),
        workspace: program.workspace.clone(),
        keep_days: settings.audit_keep_days,
    };
    let audit = tokio::spawn(auditor.run(program.workspace.generations(), stop.clone()));

    let books = tokio::spawn(program.books.clone().run(settings.queries_keep_days, books_stop.clone()));

    let notices = BudgetNotices {
        ledger: QueryLedger::new(runner.parts().store.clone()),
        runner: runner.clone(),
        workspace: program.workspace.clone(),
    };
    let budgets = tokio::spawn(notices.run(stop.clone()));

    let mut registry = Registry::default();
    registry.register_collector(Box::new(Counted {
        evaluator: program.evaluator.clone(),
        runner: runner.clone(),
    }));
    let started = TaskTracker::new();
    let state = WebState {
        backend: Arc::new(LiveBackend {
            workspace: program.workspace.clone(),
            evaluator: program.evaluator.clone(),
            runner: runner.clone(),
            started: started.clone(),
        }),
        gate,
        settings: Arc::new(settings.web.clone()),
        metrics: Metrics::new(registry),
    };
    let scheme = if settings.web.listener.tls.is_some() { "https" } else { "http" };
    let own = || format!("{scheme}://{bound}/");
    let base = settings.runs.base_url.as_ref().map_or_else(own, ToString::to_string);
    let first_link = first.map(|path| format!("{}/{path}", base.trim_end_matches('/')));
    ready(&Started { address: bound, demo: settings.login.is_demo(), first_link });
    let served = crate::web::serve(listener, state, stop.clone(), settings.shutdown_grace).await;
    stop.cancel();
    started.close();
    if tokio::time::timeout(settings.shutdown_grace, started.wait()).await.is_err() {
        tracing::warn!(runs = started.len(), "runs that were started by hand did not end in time");
    }
    // Last of all, when nothing is asked any more.
    books_stop.cancel();
    for (name, task) in [
        ("schedules", schedules),
        ("watch", follow),
        ("audit", audit),
        ("books", books),
        ("budgets", budgets),
    ] {
        if let Err(error) = task.await {
            tracing::error!(%error, task = name, "a task ended badly");
        }
    }
    runner.parts().store.close().await;
    tracing::info!("stopped");
    served.map_err(ProgramError::Serve)
}

/// What the engine and the runs count, read when metrics are asked for.
struct Counted {
    evaluator: Evaluator,
    runner: Runner,
}

impl std::fmt::Debug for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Counted")
    }
}

impl Collector for Counted {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let (meter, answered) = (self.evaluator.engine().meter(), self.evaluator.engine().answered());
        let runs = self.runner.counters();
        let each: [(&str, &str, &AtomicU64); 11] = [
            ("jangpyo_answers_computed", "Questions answered by running queries", &answered.computed),
            ("jangpyo_answers_remembered", "Questions answered from memory", &answered.remembered),
            ("jangpyo_answers_failed", "Questions without an answer", &answered.failed),
            ("jangpyo_runs_succeeded", "Runs that did everything", &runs.succeeded),
            ("jangpyo_runs_failed", "Runs that an error or a stop ended", &runs.failed),
            ("jangpyo_source_gets", "GET requests to object stores", &meter.gets),
            ("jangpyo_source_lists", "Listings of datasets' files", &meter.lists),
            ("jangpyo_source_statements", "Statements to databases", &meter.statements),
            ("jangpyo_source_scanned", "Bytes of files that were read, from memory too", &meter.scanned),
            ("jangpyo_source_bytes", "Bytes that came from sources", &meter.moved),
            ("jangpyo_source_range_hits", "Byte ranges answered from memory", &meter.range_hits),
        ];
        for (name, help, value) in each {
            let counter = ConstCounter::new(value.load(Ordering::Relaxed));
            let encoder = encoder.encode_descriptor(name, help, None, counter.metric_type())?;
            counter.encode(encoder)?;
        }
        Ok(())
    }
}
