//! One statement and its rows. The driver blocks, so it works on a thread of its own and tells what it has.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use adbc_core::error::{Error, Status};
use adbc_core::options::{OptionDatabase, OptionStatement, OptionValue};
use adbc_core::{CancelHandle, Connection as _, Database as _, Driver as _, Optionable as _, Statement as _};
use adbc_driver_manager::{ManagedConnection, ManagedDriver};
use arrow::array::{Array as _, AsArray as _, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use reqwest::StatusCode;
use tokio::sync::mpsc;

use super::driver::AdbcDriver;
use super::{Account, columns};
use crate::sources::warehouse::snowflake::PARTITIONS_AT_A_TIME;
use crate::sources::warehouse::snowflake::api::{Failure, refused};
use crate::sources::{Limits, Meter, Statement, StatementError};

/// What the thread tells.
enum Told {
    /// What Snowflake calls the statement.
    Named(String),
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
}

/// Stops the statement when nobody waits for it any more.
struct StopOnDrop(Arc<Stop>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.is_stopped.store(true, Ordering::SeqCst);
        let running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        // One that has ended is not stopped, which is as well.
        if let Some(Err(error)) = running.map(|handle| handle.try_cancel()) {
            tracing::debug!(error = error.message, "a statement was not stopped");
        }
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
                    meter.add(|meter| &meter.statements, 1);
                    meter.name_statement(&id);
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
        work.await.map_err(|error| StatementError::BadAnswer(format!("the driver gave up: {error}")))??;
        Ok(batches)
    }
}

/// Logs in, asks, and tells; on a thread that may block.
fn run(
    mut driver: ManagedDriver,
    account: Account,
    asked: &Statement,
    stop: &Stop,
    tell: &mpsc::Sender<Told>,
) -> Result<(), StatementError> {
    let options = account.options.into_iter().map(|(name, value)| {
        let name =
            if name == "username" { OptionDatabase::Username } else { OptionDatabase::Other(name.into()) };
        (name, OptionValue::String(value))
    });
    let database = driver.new_database_with_opts(options).map_err(failed)?;
    let mut connection = database.new_connection().map_err(failed)?;
    let mut statement = connection.new_statement().map_err(failed)?;
    // The driver would keep up to two hundred batches beside what is counted.
    for name in ["adbc.rpc.result_queue_size", "adbc.snowflake.rpc.prefetch_concurrency"] {
        let at_a_time = OptionValue::Int(PARTITIONS_AT_A_TIME as i64);
        statement.set_option(OptionStatement::Other(name.into()), at_a_time).map_err(failed)?;
    }
    statement.set_sql_query(&asked.text).map_err(failed)?;
    if !asked.texts.is_empty() {
        statement.bind(bound(&asked.texts)?).map_err(failed)?;
    }
    stop.watch(statement.get_cancel_handle());
    if stop.is_stopped.load(Ordering::SeqCst) {
        return Ok(());
    }
    let reader = statement.execute();
    // It has cost what it cost, however it ended.
    if let Some(id) = last_statement(&mut connection) {
        // Who does not listen any more does not count any more.
        let _ = tell.blocking_send(Told::Named(id));
    }
    for batch in reader.map_err(failed)? {
        let batch = batch.map_err(|error| StatementError::BadAnswer(error.to_string()))?;
        if tell.blocking_send(Told::Rows(batch)).is_err() {
            break;
        }
    }
    Ok(())
}

/// The texts of a statement, one row of them.
fn bound(texts: &[String]) -> Result<RecordBatch, StatementError> {
    let fields =
        (1..=texts.len()).map(|place| Field::new(place.to_string(), arrow::datatypes::DataType::Utf8, false));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let columns = texts.iter().map(|text| Arc::new(StringArray::from(vec![text.as_str()])) as _);
    RecordBatch::try_new(schema, columns.collect())
        .map_err(|error| StatementError::BadAnswer(error.to_string()))
}

/// What Snowflake calls the statement before; the driver does not tell. Costs no warehouse time. The books can do
/// without it: then what the statement really cost stays an estimate.
fn last_statement(connection: &mut ManagedConnection) -> Option<String> {
    let asked = connection.new_statement().and_then(|mut statement| {
        statement.set_sql_query("SELECT LAST_QUERY_ID()")?;
        statement.execute().map(Iterator::collect::<Result<Vec<_>, _>>)
    });
    let named = match asked {
        Ok(Ok(batches)) => batches,
        Ok(Err(error)) => return unnamed(&error),
        Err(error) => return unnamed(&error),
    };
    let id = named.first()?.columns().first()?.as_string_opt::<i32>()?;
    (!id.is_empty()).then(|| id.value(0).to_owned())
}

fn unnamed(error: &dyn std::fmt::Display) -> Option<String> {
    tracing::warn!(%error, "Snowflake did not tell what it calls a statement");
    None
}

/// Why the driver does not answer, in the words that the SQL API has for the same.
fn failed(error: Error) -> StatementError {
    let code = if error.vendor_code > 0 { format!("{:06}", error.vendor_code) } else { String::new() };
    // Numbers of a login begin so; the driver counts one that is refused among what cannot be reached.
    let failure = match error.status {
        _ if code.starts_with("390") => refused(StatusCode::UNAUTHORIZED, &code, &error.message),
        Status::IO => Failure::Unreachable(error.message),
        Status::Timeout | Status::Cancelled => Failure::Timeout(error.message),
        _ => refused(StatusCode::UNPROCESSABLE_ENTITY, &code, &error.message),
    };
    failure.into()
}
