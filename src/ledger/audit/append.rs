//! Adding to the log.

use sqlx::{Any, Transaction};

use super::chain::Link;
use super::{AuditLog, Event, Head};
use crate::store::{Cells, StoreError};

impl AuditLog {
    /// Adds events, all or none, and answers with the head after them. Several instances may do so at
    /// once: the head is taken by a write, so each waits for the other.
    pub async fn append(&self, events: &[Event]) -> Result<Head, StoreError> {
        let doing = "writing the audit log";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        let head = take_head(&mut transaction).await?;
        let head = extend(&mut transaction, head, events).await?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(head)
    }

    /// The head now.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let row = sqlx::query("SELECT seq, hash FROM audit_head WHERE id = 1")
            .fetch_one(&self.store.pool)
            .await
            .map_err(StoreError::query("reading the head of the audit log"))?;
        head_of(&Cells(&row))
    }
}

fn head_of(cells: &Cells<'_>) -> Result<Head, StoreError> {
    Ok(Head { seq: cells.number("seq")?, hash: cells.text("hash")? })
}

/// The head, locked until the transaction ends. A write, because SQLite gives up where a transaction
/// that began by reading wants to write while another does.
pub(super) async fn take_head(transaction: &mut Transaction<'_, Any>) -> Result<Head, StoreError> {
    let row = sqlx::query("UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING seq, hash")
        .fetch_one(&mut **transaction)
        .await
        .map_err(StoreError::query("taking the head of the audit log"))?;
    head_of(&Cells(&row))
}

/// Adds events behind `head`, which is locked.
pub(super) async fn extend(
    transaction: &mut Transaction<'_, Any>,
    mut head: Head,
    events: &[Event],
) -> Result<Head, StoreError> {
    for event in events {
        let link = Link::new(head.seq + 1, event, &head.hash);
        let mut insert = sqlx::query(
            "INSERT INTO audit_events (seq, at, actor, method, address, action, object_kind, object_id, outcome, \
             request, details, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(link.seq);
        for column in link.columns {
            insert = insert.bind(column);
        }
        insert
            .bind(link.hash.clone())
            .execute(&mut **transaction)
            .await
            .map_err(StoreError::query("writing the audit log"))?;
        head = Head { seq: link.seq, hash: link.hash };
    }
    sqlx::query("UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1")
        .bind(head.seq)
        .bind(head.hash.clone())
        .execute(&mut **transaction)
        .await
        .map_err(StoreError::query("moving the head of the audit log"))?;
    Ok(head)
}
