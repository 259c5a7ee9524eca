//! What the account says its statements cost.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};

use super::{SnowflakeWarehouse, literal, quoted};
use crate::sources::warehouse::{Bill, Limits, Statement, Warehouse as _};
use crate::sources::{Meter, SourceError};

/// Where the account shows its usage, unless the source says otherwise.
const USAGE: &str = "SNOWFLAKE.ACCOUNT_USAGE";

/// The most rows of a bill.
const MOST: Limits = Limits { rows: 5_000_000, bytes: 1 << 30 };

/// An hour of a warehouse, counted from 1970.
type Hour = (String, i64);

impl SnowflakeWarehouse {
    /// The credits of the statements that this program asked in a time, by what Snowflake calls them. What a warehouse ran
    /// idle is shared out among all statements of its hour, in proportion to their credits.
    pub(super) async fn bill(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        meter: &Meter,
    ) -> Result<Bill, SourceError> {
        let usage: Vec<String> =
            self.options.usage.as_deref().unwrap_or(USAGE).split('.').map(str::to_owned).collect();
        let place = quoted(&usage);
        let hour = "DATEDIFF('hour', '1970-01-01 00:00:00'::TIMESTAMP_NTZ, \"START_TIME\"::TIMESTAMP_NTZ)";
        let instant = |at: DateTime<Utc>| format!("'{}'::TIMESTAMP_NTZ", at.format("%Y-%m-%d %H:%M:%S"));
        let within = format!(
            "\"START_TIME\"::TIMESTAMP_NTZ >= {} AND \"START_TIME\"::TIMESTAMP_NTZ < {}",
            instant(from),
            instant(to)
        );
        // Both tell credits of computing only, so that one can be the share of the other.
        let metering = format!(
            "SELECT \"WAREHOUSE_NAME\" AS \"warehouse\", {hour} AS \"hour\", SUM(\"CREDITS_USED_COMPUTE\")::DOUBLE AS \"used\", \
             SUM(\"CREDITS_ATTRIBUTED_COMPUTE_QUERIES\")::DOUBLE AS \"attributed\" \
             FROM {place}.\"WAREHOUSE_METERING_HISTORY\" WHERE {within} GROUP BY 1, 2"
        );
        let columns = [text("warehouse"), whole("hour"), number("used"), number("attributed")];
        let mut idle: HashMap<Hour, f64> = HashMap::new();
        for batch in self.told(metering, columns.to_vec(), meter).await? {
            for row in 0..batch.num_rows() {
                let (Some(used), Some(attributed)) = (float(&batch, 2, row), float(&batch, 3, row)) else {
                    continue;
                };
                let Some(hour) = hour_of(&batch, 0, row).filter(|_| attributed > 0.0) else { continue };
                idle.insert(hour, (used / attributed).max(1.0));
            }
        }
        let attribution = format!(
            "SELECT \"WAREHOUSE_NAME\" AS \"warehouse\", {hour} AS \"hour\", \"QUERY_ID\" AS \"query\", \
             \"CREDITS_ATTRIBUTED_COMPUTE\"::DOUBLE AS \"credits\" \
             FROM {place}.\"QUERY_ATTRIBUTION_HISTORY\" WHERE \"QUERY_TAG\" = {} AND {within}",
            literal(&self.tag())
        );
        let columns = [text("warehouse"), whole("hour"), text("query"), number("credits")];
        let mut credits = HashMap::new();
        for batch in self.told(attribution, columns.to_vec(), meter).await? {
            let queries = batch.column(2).as_string::<i32>();
            for row in 0..batch.num_rows() {
                let factor = hour_of(&batch, 0, row).and_then(|hour| idle.get(&hour).copied()).unwrap_or(1.0);
                *credits.entry(queries.value(row).to_owned()).or_default() +=
                    float(&batch, 3, row).unwrap_or_default() * factor;
            }
        }
        // How far the history goes, also that of others: what began later is not told yet.
        let second =
            "DATEDIFF('second', '1970-01-01 00:00:00'::TIMESTAMP_NTZ, \"START_TIME\"::TIMESTAMP_NTZ)";
        let reach = format!(
            "SELECT MAX({second}) AS \"second\" FROM {place}.\"QUERY_ATTRIBUTION_HISTORY\" WHERE {within}"
        );
        let mut until = from;
        for batch in self.told(reach, vec![whole("second")], meter).await? {
            let seconds = batch.column(0).as_primitive::<Int64Type>();
            let last = seconds.iter().flatten().max().and_then(|second| DateTime::from_timestamp(second, 0));
            until = last.map_or(until, |last| last.max(until));
        }
        Ok(Bill { credits, until: until.min(to) })
    }

    async fn told(
        &self,
        sql: String,
        columns: Vec<Field>,
        meter: &Meter,
    ) -> Result<Vec<RecordBatch>, SourceError> {
        let statement = Statement { text: sql, texts: Vec::new(), schema: Arc::new(Schema::new(columns)) };
        self.run(&statement, MOST, meter).await.map_err(|error| {
            SourceError::BadDataset(format!(
                "what statements cost in source `{}` is not told: {error}; its role needs the database role \
                 SNOWFLAKE.USAGE_VIEWER, or `usage:` names a schema that shows both histories",
                self.id
            ))
        })
    }
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn whole(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn number(name: &str) -> Field {
    Field::new(name, DataType::Float64, true)
}

/// The warehouse and the hour that two columns tell.
fn hour_of(batch: &RecordBatch, first: usize, row: usize) -> Option<Hour> {
    let (names, hours) =
        (batch.column(first).as_string::<i32>(), batch.column(first + 1).as_primitive::<Int64Type>());
    (names.is_valid(row) && hours.is_valid(row)).then(|| (names.value(row).to_owned(), hours.value(row)))
}

fn float(batch: &RecordBatch, column: usize, row: usize) -> Option<f64> {
    let column = batch.column(column).as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row))
}
