//! Runs one plan within the limits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::task::JoinError;
use tokio::time::error::Elapsed;
use tokio_util::task::AbortOnDropHandle;

use super::{EngineError, EngineSettings};
use crate::query::statement;
use crate::sources::{Input, Limits, Meter};

/// How much of a plan's rows is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) rows: usize,
    pub(super) bytes: usize,
    /// Whether its rows are what others are worked out from, so that there may be very many.
    pub(super) are_extracted: bool,
}

impl Bounds {
    /// For parts of answers, which are worked on here and shown to nobody.
    pub(super) const OF_MANY: Self = Self { rows: 20_000_000, bytes: 512 << 20, are_extracted: false };

    /// For the rows themselves, which a burst reads once.
    pub(super) const OF_AN_EXTRACT: Self = Self { are_extracted: true, ..Self::OF_MANY };
}

/// Threads for queries, apart from those that answer requests, and a queue in front of them.
pub(super) struct Executor {
    runtime: Option<Runtime>,
    permits: Semaphore,
    settings: EngineSettings,
}

impl Executor {
    pub(super) fn new(settings: EngineSettings) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(settings.threads.max(1))
            .thread_name("jangpyo-query")
            .thread_stack_size(8 << 20)
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Some(runtime),
            permits: Semaphore::new(settings.concurrent_queries.max(1)),
            settings,
        })
    }

    /// The rows of `plan`. Stops when the caller stops waiting, at the time limit, and as soon as
    /// there are more rows than the limit.
    pub(super) async fn collect(
        &self,
        input: &Arc<Input>,
        plan: LogicalPlan,
        meter: &Arc<Meter>,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let bounds = Bounds { rows: self.settings.max_rows, bytes: usize::MAX, are_extracted: false };
        self.collect_within(input, plan, bounds, meter).await
    }

    /// The same within other bounds.
    pub(super) async fn collect_within(
        &self,
        input: &Arc<Input>,
        plan: LogicalPlan,
        bounds: Bounds,
        meter: &Arc<Meter>,
    ) -> Result<Vec<RecordBatch>, EngineError> {
        let limit = self.settings.query_timeout;
        let remote = match &input.remote {
            Some(remote) => {
                let statement = statement(plan.clone(), &input.context, remote.warehouse.dialect())?;
                Some((Arc::clone(&remote.warehouse), statement))
            }
            None => None,
        };
        let place = tokio::time::timeout(limit, self.permits.acquire()).await;
        let place = place.map_err(|_| EngineError::Busy { limit_secs: limit.as_secs() })?;
        let _place = place.map_err(|_| EngineError::Bug("the queue is closed".into()))?;
        let limit_mb = self.settings.memory_bytes >> 20;
        let context = input.metered(meter)?;
        let meter = Arc::clone(meter);
        let work = async move {
            let _running = Running { meter: Arc::clone(&meter), since: Instant::now() };
            if let Some((warehouse, statement)) = remote {
                let limits = Limits { rows: bounds.rows, bytes: bounds.bytes };
                let answer = if bounds.are_extracted {
                    warehouse.extract(&statement, limits, &meter).await
                } else {
                    warehouse.run(&statement, limits, &meter).await
                };
                return answer.map_err(|error| EngineError::from_statement(error, limit, bounds.rows));
            }
            let sorted = |error: DataFusionError| EngineError::from_execution(&error, limit_mb);
            let frame = context.execute_logical_plan(plan).await.map_err(sorted)?;
            let mut stream = frame.execute_stream().await.map_err(sorted)?;
            let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
            while let Some(batch) = stream.next().await {
                let batch = batch.map_err(sorted)?;
                rows += batch.num_rows();
                bytes += batch.get_array_memory_size();
                if rows > bounds.rows || bytes > bounds.bytes {
                    return Err(EngineError::TooManyRows { limit: rows.min(bounds.rows) });
                }
                batches.push(batch);
            }
            Ok(batches)
        };
        let runtime =
            self.runtime.as_ref().ok_or_else(|| EngineError::Bug("the engine has stopped".into()))?;
        let task = AbortOnDropHandle::new(runtime.spawn(work));
        ended(tokio::time::timeout(limit, task).await, limit)
    }

    /// Counts on `meter` what `plan` would take of its source, without running it.
    pub(super) async fn estimate(
        &self,
        input: &Arc<Input>,
        plan: LogicalPlan,
        meter: &Arc<Meter>,
    ) -> Result<(), EngineError> {
        let (limit, rows) = (self.settings.query_timeout, self.settings.max_rows);
        let (input, meter) = (Arc::clone(input), Arc::clone(meter));
        let work = async move {
            let Some(remote) = &input.remote else { return Ok(input.estimate(&plan, &meter).await?) };
            let statement = statement(plan, &input.context, remote.warehouse.dialect())?;
            let told = remote.warehouse.estimate(&statement, &meter).await;
            told.map_err(|error| EngineError::from_statement(error, limit, rows))
        };
        let runtime =
            self.runtime.as_ref().ok_or_else(|| EngineError::Bug("the engine has stopped".into()))?;
        let task = AbortOnDropHandle::new(runtime.spawn(work));
        ended(tokio::time::timeout(limit, task).await, limit)
    }
}

/// What became of a task within the limit of time.
fn ended<T>(
    ended: Result<Result<Result<T, EngineError>, JoinError>, Elapsed>,
    limit: Duration,
) -> Result<T, EngineError> {
    match ended {
        Ok(Ok(result)) => result,
        // Readers panic on some corrupt files; the panic ends here, with the task.
        Ok(Err(failure)) if failure.is_panic() => {
            Err(EngineError::BadData("the reader gave up, as it does on corrupt files".into()))
        }
        Ok(Err(_)) => Err(EngineError::Bug("the query was cancelled".into())),
        Err(_) => Err(EngineError::Timeout { limit_secs: limit.as_secs() }),
    }
}

/// A query at work; its time counts however it ends.
struct Running {
    meter: Arc<Meter>,
    since: Instant,
}

impl Drop for Running {
    fn drop(&mut self) {
        let micros = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.meter.add(|meter| &meter.busy, micros);
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        // A runtime must not block the async context it may be dropped in.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
