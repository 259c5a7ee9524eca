//! The lines of the ledger, one by one.

use sqlx::AssertSqlSafe;

use super::filter::LINES;
use super::{CostFilter, QueryLedger, QueryLine};
use crate::store::{Cells, StoreError};

impl QueryLedger {
    /// The lines of `filter`, newest first, at most `limit`.
    pub async fn lines(&self, filter: &CostFilter, limit: usize) -> Result<Vec<QueryLine>, StoreError> {
        let sql = format!("SELECT * {LINES} ORDER BY at DESC, id DESC LIMIT $9");
        // Nothing but constants of this floor stands in it.
        let query = filter.bound(sqlx::query(AssertSqlSafe(sql.as_str())));
        let rows = query
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("reading the ledger of queries"))?;
        rows.iter().map(|row| line(&Cells(row))).collect()
    }
}

fn line(cells: &Cells<'_>) -> Result<QueryLine, StoreError> {
    let count = |column| Ok::<_, StoreError>(u64::try_from(cells.number(column)?).unwrap_or_default());
    Ok(QueryLine {
        at: cells.instant("at")?,
        day: cells.parsed("day")?,
        viewer: cells.text("viewer")?,
        role: cells.text("role")?,
        purpose: cells.parsed("purpose")?,
        report: cells.text("report")?,
        panel: cells.text("panel")?,
        schedule: cells.text("schedule")?,
        run: cells.text("run")?,
        dataset: cells.text("dataset")?,
        source: cells.text("source")?,
        region: cells.text("region")?,
        served: cells.parsed("served")?,
        outcome: cells.parsed("outcome")?,
        rows: count("answer_rows")?,
        scanned: count("scanned")?,
        moved: count("moved")?,
        whole: cells.number_or_none("whole")?.map(|bytes| u64::try_from(bytes).unwrap_or_default()),
        requests: count("requests")?,
        busy_micros: count("busy_micros")?,
        statements: cells.text("statements")?.split_whitespace().map(str::to_owned).collect(),
        cost: cells.number("cost")?,
        currency: cells.text("currency")?,
    })
}
