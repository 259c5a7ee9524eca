//! Leases: signs of life of the instances that perform runs, and closing what the dead have left.

use chrono::{DateTime, Utc};

use super::{Cells, Ending, RunId, Store, StoreError, to_text};

/// The lease of a run under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The run.
    pub run: RunId,
    /// Until when it counts as alive, by the clock of its instance; each sign of life changes it.
    pub until: Option<DateTime<Utc>>,
}

impl Store {
    /// Says that the run is still being performed. Fails when somebody closed it meanwhile.
    pub async fn renew_lease(&self, id: RunId, lease_until: DateTime<Utc>) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE runs SET lease_until = $1 WHERE id = $2 AND state = 'running'")
            .bind(to_text(lease_until))
            .bind(id.to_string())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("renewing the lease of a run"))?;
        if done.rows_affected() == 1 { Ok(()) } else { self.run_refusal(id, "running").await }
    }

    /// The leases of all runs under way.
    pub async fn leases(&self) -> Result<Vec<Lease>, StoreError> {
        let rows = sqlx::query("SELECT id, lease_until FROM runs WHERE state = 'running'")
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("reading the leases of runs"))?;
        let lease = |cells: &Cells<'_>| {
            Ok(Lease { run: cells.parsed("id")?, until: cells.instant_or_none("lease_until")? })
        };
        rows.iter().map(|row| lease(&Cells(row))).collect()
    }

    /// Closes as interrupted what an earlier life of `instance` left running. Answers with its runs.
    pub async fn close_left_behind(
        &self,
        instance: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<RunId>, StoreError> {
        let rows = sqlx::query("SELECT id FROM runs WHERE state = 'running' AND instance = $1")
            .bind(instance.to_owned())
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("looking for interrupted runs"))?;
        let left = rows.iter().map(|row| Cells(row).parsed("id")).collect::<Result<Vec<_>, _>>()?;
        self.close_dead(&left, now).await
    }

    /// Closes as interrupted runs whose instance has died. Answers with those that nobody else has closed.
    pub async fn close_dead(&self, dead: &[RunId], now: DateTime<Utc>) -> Result<Vec<RunId>, StoreError> {
        let mut closed = Vec::new();
        for id in dead {
            let ending = Ending::Interrupted {
                message: "the server stopped in the middle; run it again to send what was not sent".into(),
            };
            match self.finish(*id, &ending, &[], now).await {
                Ok(()) => closed.push(*id),
                // Another instance was faster.
                Err(StoreError::Illegal { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(closed)
    }
}
