//! Removing old events so that the rest still verifies.

use chrono::{DateTime, Utc};

use super::append::{extend, take_head};
use super::{AuditAction, AuditLog, Event, Head, Method};
use crate::store::{Cells, StoreError, to_text};

/// What retention removed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// How many events.
    pub removed: i64,
    /// The number of the last of them.
    pub through: i64,
    /// The hash of the last of them.
    pub hash: String,
    /// The head afterwards.
    pub head: Head,
}

impl AuditLog {
    /// Removes the events before `before`, as far as they stand at the beginning of the chain, and
    /// leaves an anchor that the rest hangs on. An event of the actor, known in that way, says so. `None` when
    /// there was nothing to remove.
    pub async fn prune(
        &self,
        before: DateTime<Utc>,
        (actor, method): (&str, Method),
        now: DateTime<Utc>,
    ) -> Result<Option<Pruned>, StoreError> {
        let doing = "removing old events of the audit log";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        let head = take_head(&mut transaction).await?;
        // Instants of several machines may stand in another order than the chain: only the beginning
        // that is old as a whole goes.
        let row = sqlx::query(
            "SELECT seq, hash FROM audit_events WHERE seq < \
             COALESCE((SELECT MIN(seq) FROM audit_events WHERE at >= $1), $2) ORDER BY seq DESC LIMIT 1",
        )
        .bind(to_text(before))
        .bind(head.seq + 1)
        .fetch_optional(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        let Some(row) = row else { return Ok(None) };
        let (through, hash) = (Cells(&row).number("seq")?, Cells(&row).text("hash")?);
        let row = sqlx::query("SELECT COUNT(*) AS n FROM audit_events WHERE seq <= $1")
            .bind(through)
            .fetch_one(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        let removed = Cells(&row).number("n")?;
        sqlx::query("INSERT INTO audit_anchors (seq, hash, removed, at) VALUES ($1, $2, $3, $4)")
            .bind(through)
            .bind(hash.clone())
            .bind(removed)
            .bind(to_text(now))
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        sqlx::query("DELETE FROM audit_events WHERE seq <= $1")
            .bind(through)
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        let event = Event::new(AuditAction::AuditPruned, now)
            .by(actor, method)
            .on("audit", &through.to_string())
            .with("removed", removed)
            .with("hash", hash.clone());
        let head = extend(&mut transaction, head, &[event]).await?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(Some(Pruned { removed, through, hash, head }))
    }
}
