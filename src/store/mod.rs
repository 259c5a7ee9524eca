//! The database that keeps what must survive a crash.
//!
//! SQLite in a file by default, Postgres by address for several instances. Takes an address; gives a
//! [`Store`] whose tables are read and written by the floors that they belong to: `runs/store`,
//! `ledger`, `identity`. Every step there is one statement or one transaction that begins with a
//! write, so that SQLite waits for the lock instead of giving up.

mod cells;
mod error;
mod hold;
mod migrate;
mod words;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor};

pub(crate) use cells::Cells;
pub use error::StoreError;
pub use hold::{Held, Hold, hold, sqlite_file};
use migrate::Dialect;
pub(crate) use words::stored_enum;

/// The state store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: AnyPool,
}

impl Store {
    /// Opens, and creates if missing, an SQLite file.
    pub async fn open_file(path: &Path) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let absolute = std::path::absolute(path)
            .map_err(|source| StoreError::Open { place: place.clone(), source: source.into() })?;
        let address =
            url::Url::from_file_path(&absolute).map_err(|()| StoreError::Address { url: place.clone() })?;
        // The driver takes the path percent-encoded, so names with `?`, `#` or Korean are safe.
        Self::connect(&format!("sqlite://{}?mode=rwc", address.path()), place, Dialect::Sqlite).await
    }

    /// Opens a store by its address: `postgres://…`, `sqlite://…`, or a plain file path.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let Some((scheme, _)) = address.split_once("://") else {
            return Self::open_file(Path::new(address)).await;
        };
        let place = without_password(address);
        match scheme {
            "postgres" | "postgresql" => Self::connect(address, place, Dialect::Postgres).await,
            "sqlite" => Self::connect(address, place, Dialect::Sqlite).await,
            _ => Err(StoreError::Address { url: place }),
        }
    }

    async fn connect(address: &str, place: String, dialect: Dialect) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let sqlite = dialect == Dialect::Sqlite;
        let pool = AnyPoolOptions::new()
            .max_connections(if sqlite { 4 } else { 10 })
            .acquire_timeout(Duration::from_secs(15))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        // FULL: a delivery recorded as sent must still be so after a power cut.
                        connection
                            .execute(
                                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                                 PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
                            )
                            .await?;
                    } else {
                        // Transactions here wait for nothing outside: who leaves one open was cut off, and must not
                        // keep rows locked until the network notices.
                        connection.execute("SET idle_in_transaction_session_timeout = '10s'").await?;
                    }
                    Ok(())
                })
            })
            .connect(address)
            .await
            .map_err(|source| StoreError::Open { place: place.clone(), source })?;
        migrate::migrate(&pool, dialect)
            .await
            .map_err(|source| StoreError::Migrate { place, source: Box::new(source) })?;
        Ok(Self { pool })
    }

    /// Whether the store answers; for readiness checks.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map_err(StoreError::query("answering a ping"))?;
        Ok(())
    }

    /// Waits for statements under way and closes all connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// An address that can stand in logs and messages.
fn without_password(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(mut url) => {
            if url.password().is_some() {
                // Fails only for addresses that cannot have a password, which then have none.
                let _ = url.set_password(Some("***"));
            }
            url.set_query(None);
            url.to_string()
        }
        Err(_) => address.split("://").next().unwrap_or_default().to_owned() + "://…",
    }
}

/// How instants stand in the store: UTC with milliseconds, always of the same length.
pub(crate) fn to_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A new id for something made at `now`: ids sort by the instant they were made at.
pub(crate) fn new_uuid(now: DateTime<Utc>) -> uuid::Uuid {
    let secs = u64::try_from(now.timestamp()).unwrap_or_default();
    uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, secs, now.timestamp_subsec_nanos()))
}

#[cfg(test)]
pub(crate) mod tests;
