//! Who was told of which budget.

use chrono::{DateTime, NaiveDate, Utc};

use super::QueryLedger;
use crate::store::{StoreError, to_text};

/// That somebody is told of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetNotice {
    /// The first day of the month.
    pub month: NaiveDate,
    /// The role whose budget it is.
    pub role: String,
    /// The amount of the budget: another amount is another budget.
    pub budget: String,
    /// How much of it is spent: `warn` or `spent`.
    pub level: &'static str,
    /// The mail address.
    pub recipient: String,
}

impl QueryLedger {
    /// Takes it upon this instance to tell somebody until `until`; `false` if they were told, or another instance is
    /// at it.
    pub async fn begin_telling(
        &self,
        notice: &BudgetNotice,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO budget_notices (month, role, budget, level, recipient, telling_until) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (month, role, budget, level, recipient) DO UPDATE \
                   SET telling_until = $6 WHERE budget_notices.told_at = '' AND budget_notices.telling_until < $7";
        let taken = bound(sqlx::query(sql), notice)
            .bind(to_text(until))
            .bind(to_text(now))
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("noting that somebody is told of a budget"))?;
        Ok(taken.rows_affected() == 1)
    }

    /// Notes that somebody was told, or need not be.
    pub async fn told(&self, notice: &BudgetNotice, now: DateTime<Utc>) -> Result<(), StoreError> {
        let sql = "INSERT INTO budget_notices (month, role, budget, level, recipient, telling_until, told_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (month, role, budget, level, recipient) DO UPDATE \
                   SET told_at = $6";
        bound(sqlx::query(sql), notice)
            .bind(to_text(now))
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("noting that somebody was told of a budget"))?;
        Ok(())
    }
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

fn bound<'q>(query: Query<'q>, notice: &BudgetNotice) -> Query<'q> {
    query
        .bind(notice.month.to_string())
        .bind(notice.role.clone())
        .bind(notice.budget.clone())
        .bind(notice.level.to_owned())
        .bind(notice.recipient.clone())
}
