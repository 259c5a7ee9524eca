//! Deliveries: one row per run, channel and recipient, written before and after the outside effect.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::{Cells, Channel, DeliveryState, Run, RunId, Store, StoreError, to_text};

/// One artefact, or one mail with all of them, to one recipient.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Delivery {
    /// Its id.
    pub id: String,
    /// The run it belongs to.
    pub run: RunId,
    /// The way it takes.
    pub channel: Channel,
    /// The address or path.
    pub recipient: String,
    /// What a copy of a burst is about; empty for a run that is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub slice: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// The Message-ID of the mail.
    pub message_id: Option<String>,
    /// What the other side said when it accepted.
    pub answer: Option<String>,
    /// Why the last attempt failed.
    pub error: Option<String>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When its state last changed.
    pub updated_at: DateTime<Utc>,
}

impl Delivery {
    pub(super) fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.text("id")?,
            run: cells.parsed("run")?,
            channel: cells.parsed("channel")?,
            recipient: cells.text("recipient")?,
            slice: cells.text("slice")?,
            state: cells.parsed("state")?,
            attempts: cells.number("attempts")?,
            message_id: cells.text_or_none("message_id")?,
            answer: cells.text_or_none("answer")?,
            error: cells.text_or_none("error")?,
            created_at: cells.instant("created_at")?,
            updated_at: cells.instant("updated_at")?,
        })
    }
}

/// A delivery to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The way it takes.
    pub channel: Channel,
    /// The address, the path, or the name of the destination.
    pub recipient: String,
    /// What a copy of a burst is about.
    pub slice: String,
    /// The Message-ID of the mail.
    pub message_id: Option<String>,
}

/// Whom a delivery has reached: the channel, the recipient, and what the copy was about.
pub type Reached = (Channel, String, String);

impl Store {
    /// Records what is to be delivered, all or nothing, and answers with the rows.
    pub async fn plan(
        &self,
        run: RunId,
        recipients: &[Planned],
        now: DateTime<Utc>,
    ) -> Result<Vec<Delivery>, StoreError> {
        let doing = "planning deliveries";
        let mut transaction = self.pool.begin().await.map_err(StoreError::query(doing))?;
        let mut planned = Vec::with_capacity(recipients.len());
        for Planned { channel, recipient, slice, message_id } in recipients {
            let delivery = Delivery {
                id: super::new_uuid(now).to_string(),
                run,
                channel: *channel,
                recipient: recipient.clone(),
                slice: slice.clone(),
                state: DeliveryState::Queued,
                attempts: 0,
                message_id: message_id.clone(),
                answer: None,
                error: None,
                created_at: now,
                updated_at: now,
            };
            sqlx::query(
                "INSERT INTO deliveries (id, run, channel, recipient, state, attempts, message_id, created_at, \
                 updated_at, slice) VALUES ($1, $2, $3, $4, 'queued', 0, $5, $6, $6, $7)",
            )
            .bind(delivery.id.clone())
            .bind(run.to_string())
            .bind(channel.as_str())
            .bind(recipient.clone())
            .bind(delivery.message_id.clone())
            .bind(to_text(now))
            .bind(slice.clone())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
            planned.push(delivery);
        }
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(planned)
    }

    /// Notes that these are about to be handed over, all or nothing. From here on they may have
    /// arrived, whatever happens to this process.
    pub async fn begin_sending(&self, deliveries: &[Delivery], now: DateTime<Utc>) -> Result<(), StoreError> {
        let doing = "noting that deliveries begin";
        let mut transaction = self.pool.begin().await.map_err(StoreError::query(doing))?;
        for delivery in deliveries {
            let done = sqlx::query(
                "UPDATE deliveries SET state = 'sending', attempts = attempts + 1, updated_at = $1 \
                 WHERE id = $2 AND state = 'queued'",
            )
            .bind(to_text(now))
            .bind(delivery.id.clone())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
            if done.rows_affected() != 1 {
                drop(transaction);
                return self.delivery_refusal(&delivery.id, DeliveryState::Sending).await;
            }
        }
        transaction.commit().await.map_err(StoreError::query(doing))
    }

    /// Notes what became of a delivery: `next` with the other side's answer or the error.
    pub async fn move_delivery(
        &self,
        id: &str,
        next: DeliveryState,
        answer: Option<&str>,
        error: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for &state in DeliveryState::ALL.iter().filter(|state| state.may_become(next)) {
            let done = sqlx::query(
                "UPDATE deliveries SET state = $1, answer = $2, error = $3, updated_at = $4 \
                 WHERE id = $5 AND state = $6",
            )
            .bind(next.as_str())
            .bind(answer.map(str::to_owned))
            .bind(error.map(str::to_owned))
            .bind(to_text(now))
            .bind(id.to_owned())
            .bind(state.as_str())
            .execute(&self.pool)
            .await
            .map_err(StoreError::query("noting what became of a delivery"))?;
            if done.rows_affected() == 1 {
                return Ok(());
            }
        }
        self.delivery_refusal(id, next).await
    }

    /// The deliveries of a run, in the order they were planned.
    pub async fn deliveries(&self, run: RunId) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query("SELECT * FROM deliveries WHERE run = $1 ORDER BY channel, recipient, slice")
            .bind(run.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(StoreError::query("listing deliveries"))?;
        rows.iter().map(|row| Delivery::from_row(&Cells(row))).collect()
    }

    /// Whom earlier attempts that `run` carries on have reached, or may have.
    pub async fn reached_before(&self, run: &Run) -> Result<Vec<Reached>, StoreError> {
        let rows = sqlx::query(
            "SELECT d.* FROM deliveries d JOIN runs r ON r.id = d.run \
             WHERE r.report = $1 AND r.schedule = $2 AND r.scheduled_at = $3 AND r.id <> $4 \
             AND COALESCE(r.origin, '') = $5",
        )
        .bind(run.report.to_string())
        .bind(run.schedule.to_string())
        .bind(to_text(run.scheduled_at))
        .bind(run.id.to_string())
        .bind(run.origin.map(|origin| origin.to_string()).unwrap_or_default())
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading earlier deliveries"))?;
        let mut reached = Vec::new();
        for row in &rows {
            let delivery = Delivery::from_row(&Cells(row))?;
            let has_it = if delivery.channel.is_repeatable() {
                delivery.state == DeliveryState::Sent
            } else {
                delivery.state.may_have_arrived()
            };
            if has_it {
                reached.push((delivery.channel, delivery.recipient, delivery.slice));
            }
        }
        Ok(reached)
    }

    async fn delivery_refusal(&self, id: &str, next: DeliveryState) -> Result<(), StoreError> {
        let row = sqlx::query("SELECT state FROM deliveries WHERE id = $1")
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading a delivery"))?;
        let now = row.map_or_else(|| Ok("gone".to_owned()), |row| Cells(&row).text("state"))?;
        Err(StoreError::Illegal { what: "delivery", id: id.to_owned(), now, next: next.as_str() })
    }
}

/// Closes what a run leaves open when it ends.
pub(super) async fn close_open(
    transaction: &mut Transaction<'_, Any>,
    run: RunId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for (state, next, error) in [
        ("queued", DeliveryState::Unsent, None),
        (
            "sending",
            DeliveryState::InDoubt,
            Some("the run ended before the answer came; it may have arrived"),
        ),
    ] {
        sqlx::query(
            "UPDATE deliveries SET state = $1, error = COALESCE(CAST($2 AS TEXT), error), updated_at = $3 \
             WHERE run = $4 AND state = $5",
        )
        .bind(next.as_str())
        .bind(error.map(str::to_owned))
        .bind(to_text(now))
        .bind(run.to_string())
        .bind(state)
        .execute(&mut **transaction)
        .await
        .map_err(StoreError::query("closing deliveries"))?;
    }
    Ok(())
}
