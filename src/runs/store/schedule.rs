//! How far each schedule was looked at.

use chrono::{DateTime, Utc};

use super::{Cells, Store, StoreError, to_text};
use crate::definitions::model::{FieldName, ReportId};

/// How far a schedule was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Considered {
    /// The report.
    pub report: ReportId,
    /// The schedule.
    pub schedule: FieldName,
    /// The rule it had then, as text; after a change nothing is caught up.
    pub rule: String,
    /// Instants up to this one, inclusive, were run or recorded as skipped.
    pub until: DateTime<Utc>,
}

impl Store {
    /// All schedules that were ever looked at.
    pub async fn considered(&self) -> Result<Vec<Considered>, StoreError> {
        let rows = sqlx::query("SELECT * FROM schedules ORDER BY report, schedule")
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("reading how far schedules were looked at"))?;
        rows.iter()
            .map(|row| {
                let cells = Cells(row);
                Ok(Considered {
                    report: cells.parsed("report")?,
                    schedule: cells.parsed("schedule")?,
                    rule: cells.text("rule")?,
                    until: cells.instant("considered_until")?,
                })
            })
            .collect()
    }

    /// Notes how far a schedule was looked at. Under the same rule it never moves back, so two
    /// instances may write it in any order.
    pub async fn set_considered(&self, considered: &Considered) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO schedules (report, schedule, rule, considered_until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (report, schedule) DO UPDATE SET \
             considered_until = CASE WHEN schedules.rule = excluded.rule \
                 AND schedules.considered_until > excluded.considered_until \
                 THEN schedules.considered_until ELSE excluded.considered_until END, \
             rule = excluded.rule",
        )
        .bind(considered.report.to_string())
        .bind(considered.schedule.to_string())
        .bind(considered.rule.clone())
        .bind(to_text(considered.until))
        .execute(&self.pool)
        .await
        .map_err(StoreError::query("noting how far a schedule was looked at"))?;
        Ok(())
    }
}
