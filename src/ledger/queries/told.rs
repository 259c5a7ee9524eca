//! Which budgets somebody was told of.

use chrono::{DateTime, NaiveDate, Utc};

use super::QueryLedger;
use crate::store::{StoreError, to_text};

impl QueryLedger {
    /// Notes that a role's contact is told how much of its budget is spent in a month; `false` if somebody has done so
    /// already. `level` is the share that was passed.
    pub async fn begin_telling(
        &self,
        month: NaiveDate,
        (role, budget): (&str, &str),
        level: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO budget_notices (month, role, budget, level, at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT DO NOTHING";
        let noted = sqlx::query(sql)
            .bind(month.to_string())
            .bind(role.to_owned())
            .bind(budget.to_owned())
            .bind(level.to_owned())
            .bind(to_text(at))
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("noting that a budget was told of"))?;
        Ok(noted.rows_affected() == 1)
    }

    /// Takes the note back, because nobody could be told.
    pub async fn not_told(
        &self,
        month: NaiveDate,
        (role, budget): (&str, &str),
        level: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "DELETE FROM budget_notices WHERE month = $1 AND role = $2 AND budget = $3 AND level = $4",
        )
        .bind(month.to_string())
        .bind(role.to_owned())
        .bind(budget.to_owned())
        .bind(level.to_owned())
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query("noting that a budget was not told of"))?;
        Ok(())
    }
}
