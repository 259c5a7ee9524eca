//! One statement and its rows. The driver blocks, so it works on a thread of its own and tells what it has.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use adbc_core::options::{OptionDatabase, OptionStatement, OptionValue};
use adbc_core::{CancelHandle, Connection as _, Database as _, Driver as _, Optionable as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDriver};
use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::util::display::array_value_to_string;
use tokio::sync::mpsc;

use super::driver::AdbcDriver;
use super::failure::{broken, failed, without_addresses};
use super::{Account, columns};
use crate::sources::warehouse::snowflake::{PARTITIONS_AT_A_TIME, literal};
use crate::sources::{Limits, Meter, Statement, StatementError};

/// Between two tries to stop a statement: the driver forgets one that comes before the statement runs.
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// How often it is tried; by then every limit of time of the driver is over.
const TRIES: usize = 600;

/// What the thread tells.
enum Told {
    /// What Snowflake calls the statement.
    Named(String),
    /// Another statement was asked besides.
    Asked,
    Rows(RecordBatch),
}

/// How a statement at work is stopped from outside.
#[derive(Default)]
struct Stop {
    is_stopped: AtomicBool,
    running: Mutex<Option<Box<dyn CancelHandle>>>,
}

impl Stop {
    fn watch(&self, handle: Box<dyn CancelHandle>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::SeqCst)
    }
}

/// Stops the statement when nobody waits for it any more.
struct StopOnDrop(Arc<Stop>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        let stop = Arc::clone(&self.0);
        stop.is_stopped.store(true, Ordering::SeqCst);
        // The thread has the third, as long as it works.
        let works = |stop: &Arc<Stop>, others: usize| Arc::strong_count(stop) > others;
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !works(&stop, 2) {
            return;
        }
        runtime.spawn_blocking(move || {
            for _ in 0..TRIES {
                if !works(&stop, 1) {
                    return;
                }
                let running = stop.running.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(Err(error)) = running.as_ref().map(|handle| handle.try_cancel()) {
                    tracing::debug!(error = error.message, "a statement was not stopped");
                }
                drop(running);
                std::thread::sleep(BETWEEN_TRIES);
            }
            tracing::warn!("a statement of which nobody waits for the answer could not be stopped");
        });
    }
}

impl AdbcDriver {
    /// The answer to a statement, in a session of its own. Whoever stops waiting stops the statement too.
    pub(in crate::sources::warehouse::snowflake) async fn extract(
        &self,
        account: &Account,
        statement: &Statement,
        limits: Limits,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, StatementError> {
        let stop = Arc::new(Stop::default());
        let _stopped = StopOnDrop(Arc::clone(&stop));
        // Little is kept between the driver and who counts it.
        let (tell, mut told) = mpsc::channel(1);
        let (driver, account, asked) = (self.driver.clone(), account.clone(), statement.clone());
        let work = tokio::task::spawn_blocking(move || run(driver, account, &asked, &stop, &tell));
        let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
        while let Some(told) = told.recv().await {
            let batch = match told {
                Told::Named(id) => {
                    meter.name_statement(&id);
                    continue;
                }
                Told::Asked => {
                    meter.add(|meter| &meter.statements, 1);
                    continue;
                }
                Told::Rows(batch) => batch,
            };
            let size = batch.get_array_memory_size();
            meter.add(|meter| &meter.moved, size as u64);
            (rows, bytes) = (rows + batch.num_rows(), bytes + size);
            if rows > limits.rows || bytes > limits.bytes {
                return Err(StatementError::TooLarge);
            }
            batches.push(columns::fitted(&batch, &statement.schema)?);
        }
        let ended =
            work.await.map_err(|error| StatementError::BadAnswer(format!("the driver gave up: {error}")))?;
        let announced = ended?;
        if rows as u64 != announced {
            // The driver may end early without a word, where a part of the answer breaks on its way.
            return Err(StatementError::Unreachable(format!("of {announced} rows {rows} came")));
        }
        Ok(batches)
    }
}

/// Logs in, asks, and tells, on a thread that may block; how many rows there are to come.
fn run(
    mut driver: ManagedDriver,
    account: Account,
    asked: &Statement,
    stop: &Stop,
    tell: &mpsc::Sender<Told>,
) -> Result<u64, StatementError> {
    let options = account.options.into_iter().map(|(name, value)| {
        let name =
            if name == "username" { OptionDatabase::Username } else { OptionDatabase::Other(name.into()) };
        (name, OptionValue::String(value))
    });
    let database = driver.new_database_with_opts(options).map_err(failed)?;
    let mut connection = database.new_connection().map_err(failed)?;
    let mut statement = connection.new_statement().map_err(failed)?;
    // Batches of each part of an answer that the driver keeps, and parts at a time. What it holds is not counted here.
    for (name, most) in [
        ("adbc.rpc.result_queue_size", 1),
        ("adbc.snowflake.rpc.prefetch_concurrency", PARTITIONS_AT_A_TIME as i64),
    ] {
        let option = OptionStatement::Other(name.into());
        statement.set_option(option, OptionValue::Int(most)).map_err(failed)?;
    }
    statement.set_sql_query(&asked.text).map_err(failed)?;
    if !asked.texts.is_empty() {
        statement.bind(bound(&asked.texts)?).map_err(failed)?;
    }
    stop.watch(statement.get_cancel_handle());
    if stop.is_stopped() {
        return Ok(0);
    }
    let reader = statement.execute();
    // What it cost it has cost, however it ended; one that could not be reached has no name to ask for.
    let has_run = reader.as_ref().map_or_else(|error| error.vendor_code > 0, |_| true) && !stop.is_stopped();
    let id = if has_run { last_statement(&mut connection, tell) } else { None };
    let reader = reader.map_err(failed)?;
    let id = id.ok_or_else(|| {
        StatementError::Unreachable("Snowflake did not tell what it calls the statement".into())
    })?;
    for batch in reader {
        let batch = batch.map_err(|error| broken(&error))?;
        if tell.blocking_send(Told::Rows(batch)).is_err() {
            return Ok(0);
        }
    }
    counted(&mut connection, &id, tell)
}

/// The texts of a statement, one row of them.
fn bound(texts: &[String]) -> Result<RecordBatch, StatementError> {
    let fields = (1..=texts.len()).map(|place| Field::new(place.to_string(), DataType::Utf8, false));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = texts.iter().map(|text| Arc::new(StringArray::from(vec![text.as_str()])) as _);
    RecordBatch::try_new(schema, columns.collect())
        .map_err(|error| StatementError::BadAnswer(error.to_string()))
}

/// What Snowflake calls the statement before; the driver does not tell. Costs no warehouse time.
fn last_statement(connection: &mut ManagedConnection, tell: &mpsc::Sender<Told>) -> Option<String> {
    match single(connection, "SELECT LAST_QUERY_ID()", tell) {
        Ok(id) => {
            let id = id.filter(|id| !id.is_empty())?;
            // Who does not listen any more does not count any more.
            let _ = tell.blocking_send(Told::Named(id.clone()));
            Some(id)
        }
        Err(error) => {
            let error = without_addresses(&error.to_string());
            tracing::warn!(error, "Snowflake did not tell what it calls a statement");
            None
        }
    }
}

/// How many rows the answer to a statement has: the driver neither tells nor notices when some do not come.
fn counted(
    connection: &mut ManagedConnection,
    id: &str,
    tell: &mpsc::Sender<Told>,
) -> Result<u64, StatementError> {
    let text = format!("SELECT COUNT(*) FROM TABLE(RESULT_SCAN({}))", literal(id));
    let rows = single(connection, &text, tell)?;
    rows.and_then(|rows| rows.parse().ok())
        .ok_or_else(|| StatementError::Unreachable("the rows that came could not be counted".into()))
}

/// The one value that a statement gives, as text; `None` where it is missing.
fn single(
    connection: &mut ManagedConnection,
    text: &str,
    tell: &mpsc::Sender<Told>,
) -> Result<Option<String>, StatementError> {
    let _ = tell.blocking_send(Told::Asked);
    let mut statement = connection.new_statement().map_err(failed)?;
    statement.set_sql_query(text).map_err(failed)?;
    let batches: Result<Vec<RecordBatch>, _> = statement.execute().map_err(failed)?.collect();
    let batches = batches.map_err(|error| broken(&error))?;
    let Some(column) =
        batches.iter().find(|batch| batch.num_rows() > 0).and_then(|batch| batch.columns().first())
    else {
        return Ok(None);
    };
    if column.is_null(0) {
        return Ok(None);
    }
    array_value_to_string(column, 0).map(Some).map_err(|error| broken(&error))
}
