//! Adding to the ledger, and taking old lines away.

use chrono::NaiveDate;
use sqlx::{Any, Transaction};

use super::{QueryLedger, QueryLine};
use crate::store::{StoreError, new_uuid, to_text};

const INSERT: &str = "INSERT INTO queries (id, at, day, viewer, role, purpose, report, panel, schedule, run, dataset, \
    source, region, served, outcome, answer_rows, scanned, moved, requests, busy_micros, statements, cost, currency, whole) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";

impl QueryLedger {
    /// Adds lines, all or none.
    pub async fn append(&self, lines: &[QueryLine]) -> Result<(), StoreError> {
        let doing = "writing the ledger of queries";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        for line in lines {
            insert(&mut transaction, line).await.map_err(StoreError::query(doing))?;
        }
        transaction.commit().await.map_err(StoreError::query(doing))
    }

    /// Removes the lines of days before `day`; how many there were.
    pub async fn prune(&self, day: NaiveDate) -> Result<u64, StoreError> {
        let removed = sqlx::query("DELETE FROM queries WHERE day < $1")
            .bind(day.to_string())
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("removing old lines of the ledger of queries"))?;
        Ok(removed.rows_affected())
    }
}

async fn insert(transaction: &mut Transaction<'_, Any>, line: &QueryLine) -> Result<(), sqlx::Error> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let texts = [
        &line.viewer,
        &line.role,
        &line.purpose.as_str().to_owned(),
        &line.report,
        &line.panel,
        &line.schedule,
        &line.run,
        &line.dataset,
        &line.source,
        &line.region,
        &line.served.as_str().to_owned(),
        &line.outcome.as_str().to_owned(),
    ]
    .map(Clone::clone);
    let mut query = sqlx::query(INSERT)
        .bind(new_uuid(line.at).to_string())
        .bind(to_text(line.at))
        .bind(line.day.to_string());
    for text in texts {
        query = query.bind(text);
    }
    for value in [line.rows, line.scanned, line.moved, line.requests, line.busy_micros] {
        query = query.bind(number(value));
    }
    query
        .bind(line.statements.join(" "))
        .bind(line.cost)
        .bind(line.currency.clone())
        .bind(line.whole.map(number))
        .execute(&mut **transaction)
        .await?;
    Ok(())
}
