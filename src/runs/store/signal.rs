//! Signals of other programs.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{Cells, Store, StoreError, to_text};

/// For how long signals are kept.
const KEPT: TimeDelta = TimeDelta::days(400);

/// What another program told, such as the end of a load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// What it is about: the day or the interval that was loaded.
    pub key: String,
    /// When it first came.
    pub received_at: DateTime<Utc>,
    /// Who sent it.
    pub actor: String,
}

impl Signal {
    /// The longest key, in characters.
    pub const LONGEST_KEY: usize = 100;

    /// Whether a text can be a key: one line that is not empty.
    pub fn is_key(text: &str) -> bool {
        !text.trim().is_empty()
            && text.chars().count() <= Self::LONGEST_KEY
            && !text.chars().any(char::is_control)
    }

    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            name: cells.text("name")?,
            key: cells.text("signal_key")?,
            received_at: cells.instant("received_at")?,
            actor: cells.text("actor")?,
        })
    }
}

impl Store {
    /// Keeps a signal; answers with what is kept, and whether it is new. The first to send a key stays its sender.
    pub async fn receive(&self, signal: &Signal) -> Result<(Signal, bool), StoreError> {
        let doing = "keeping a signal";
        sqlx::query("DELETE FROM signals WHERE received_at < $1")
            .bind(to_text(signal.received_at - KEPT))
            .execute(&self.pool)
            .await
            .map_err(StoreError::query(doing))?;
        let done = sqlx::query(
            "INSERT INTO signals (name, signal_key, received_at, actor) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name, signal_key) DO NOTHING",
        )
        .bind(signal.name.clone())
        .bind(signal.key.clone())
        .bind(to_text(signal.received_at))
        .bind(signal.actor.clone())
        .execute(&self.pool)
        .await
        .map_err(StoreError::query(doing))?;
        let is_new = done.rows_affected() == 1;
        if is_new {
            self.wake_waiting().await?;
        }
        let kept = self.signal(&signal.name, &signal.key).await?;
        Ok((kept.unwrap_or_else(|| signal.clone()), is_new))
    }

    /// The signal of this name and key, if it has come.
    pub async fn signal(&self, name: &str, key: &str) -> Result<Option<Signal>, StoreError> {
        let row = sqlx::query("SELECT * FROM signals WHERE name = $1 AND signal_key = $2")
            .bind(name.to_owned())
            .bind(key.to_owned())
            .fetch_optional(&self.pool)
            .await
            .map_err(StoreError::query("reading a signal"))?;
        row.map(|row| Signal::from_row(&Cells(&row))).transpose()
    }

    /// The latest signals of a name, the newest first.
    pub async fn signals(&self, name: &str, limit: usize) -> Result<Vec<Signal>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM signals WHERE name = $1 ORDER BY received_at DESC, signal_key DESC LIMIT $2",
        )
        .bind(name.to_owned())
        .bind(limit as i64)
        .fetch_all(&self.pool)
        .await
        .map_err(StoreError::query("reading signals"))?;
        rows.iter().map(|row| Signal::from_row(&Cells(row))).collect()
    }
}
