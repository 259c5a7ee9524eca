//! What must survive a crash: runs, deliveries, artefacts, and how far schedules were looked at.
//!
//! SQLite in a file by default, Postgres by address for several instances. Takes typed values and
//! instants; gives typed rows. Every step is one statement or one transaction that begins with a
//! write, so that SQLite waits for the lock instead of giving up. Refuses steps that the states do
//! not allow.

mod artefact;
mod claim;
mod delivery;
mod error;
mod run;
mod schedule;
mod state;

use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::{AnyPool, Executor, Row};

pub use artefact::{Artefact, NewArtefact};
pub use claim::{Claim, NewRun, Repeat};
pub use delivery::Delivery;
pub use error::StoreError;
pub use run::{Ending, Run, RunFilter, RunId, RunPage};
pub use schedule::Considered;
pub use state::{Channel, DeliveryState, RunState, Stage, Trigger};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/runs/store/migrations");

/// The state store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
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
        Self::connect(&format!("sqlite://{}?mode=rwc", address.path()), place, true).await
    }

    /// Opens a store by its address: `postgres://…`, `sqlite://…`, or a plain file path.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let Some((scheme, _)) = address.split_once("://") else {
            return Self::open_file(Path::new(address)).await;
        };
        let place = without_password(address);
        match scheme {
            "postgres" | "postgresql" => Self::connect(address, place, false).await,
            "sqlite" => Self::connect(address, place, true).await,
            _ => Err(StoreError::Address { url: place }),
        }
    }

    async fn connect(address: &str, place: String, sqlite: bool) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
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
                    }
                    Ok(())
                })
            })
            .connect(address)
            .await
            .map_err(|source| StoreError::Open { place: place.clone(), source })?;
        MIGRATIONS
            .run(&pool)
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
fn to_text(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn to_instant(column: &'static str, text: &str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::parse_from_rfc3339(text)
        .map(|instant| instant.to_utc())
        .map_err(|_| StoreError::Unreadable { column, value: text.to_owned() })
}

/// A typed look into a row.
struct Cells<'r>(&'r AnyRow);

impl Cells<'_> {
    fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    fn number(&self, column: &'static str) -> Result<i64, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    fn number_or_none(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.0.try_get(column).map_err(StoreError::query("reading a row"))
    }

    fn instant(&self, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
        to_instant(column, &self.text(column)?)
    }

    fn instant_or_none(&self, column: &'static str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.text_or_none(column)?.map(|text| to_instant(column, &text)).transpose()
    }

    /// A name or word with its own reader.
    fn parsed<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| StoreError::Unreadable { column, value: text })
    }

    fn parsed_or_none<T: std::str::FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        self.text_or_none(column)?
            .map(|text| text.parse().map_err(|_| StoreError::Unreadable { column, value: text }))
            .transpose()
    }
}

#[cfg(test)]
pub(crate) mod tests;
