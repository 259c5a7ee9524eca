//! The lines of the ledger, one by one, and their bills.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::filter::LINES;
use super::{CostFilter, QueryLedger, QueryLine};
use crate::store::{Cells, StoreError, to_text};

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

impl QueryLedger {
    /// The lines of statements to one source that ended in a time, with their ids.
    pub async fn of_source(
        &self,
        source: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<(String, QueryLine)>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM queries WHERE source = $1 AND at >= $2 AND at < $3 AND statements <> '' ORDER BY at, id",
        )
        .bind(source.to_owned())
        .bind(to_text(from))
        .bind(to_text(to))
        .fetch_all(&self.store.pool)
        .await
        .map_err(StoreError::query("reading the ledger of queries"))?;
        rows.iter().map(|row| Ok((Cells(row).text("id")?, line(&Cells(row))?))).collect()
    }

    /// Replaces the estimates of lines, all or none.
    pub async fn bill(&self, costs: &[(String, i64)], currency: &str) -> Result<(), StoreError> {
        let doing = "billing the ledger of queries";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        for (id, cost) in costs {
            sqlx::query("UPDATE queries SET cost = $2, currency = $3, billed = 1 WHERE id = $1")
                .bind(id.clone())
                .bind(*cost)
                .bind(currency.to_owned())
                .execute(&mut *transaction)
                .await
                .map_err(StoreError::query(doing))?;
        }
        transaction.commit().await.map_err(StoreError::query(doing))
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
        billed: cells.number("billed")? != 0,
    })
}
