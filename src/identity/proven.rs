//! What people have proven at a provider or a proxy. It holds for all that they made in the same way before, and is
//! believed for some days.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Any, Transaction};

use super::{Identity, IdentityError, LoginMethod, UserName, secret, snapshot};
use crate::access::Person;
use crate::store::{Cells, StoreError, to_text};

/// A proxy says the same at every request: the store is told this often.
const NOTED: TimeDelta = TimeDelta::hours(1);

/// The most people whose word of a proxy is remembered.
const MOST: usize = 10_000;

/// What the proxy last said of people, as a hash, and when the store was told.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashMap<String, (String, DateTime<Utc>)>>);

impl Said {
    fn is_news(&self, name: &str, said: &str, now: DateTime<Utc>) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(name).is_none_or(|(before, at)| before != said || now - *at >= NOTED)
    }

    fn keep(&self, name: &str, said: String, now: DateTime<Utc>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(name.to_owned(), (said, now));
    }
}

/// What is known of somebody from their last login at a provider or a proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastProof {
    /// They never logged in so.
    None,
    /// Who they were, and may be taken to be.
    Believed(Person),
    /// It is longer ago than is believed.
    TooOld {
        /// The days that it is believed for.
        days: u32,
    },
    /// It was before their groups and claims were kept.
    NotKept,
    /// People do not log in that way any more.
    WayClosed,
}

/// Notes a proof. A group that was taken away there opens nothing any more, also by tokens and links.
pub(super) async fn note(
    transaction: &mut Transaction<'_, Any>,
    person: &Person,
    method: LoginMethod,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let doing = "noting what somebody has proven";
    for statement in [
        "UPDATE tokens SET person = $1 WHERE owner = $2 AND method = $3 AND revoked_at IS NULL",
        "UPDATE shares SET person = $1 WHERE maker = $2 AND method = $3 AND revoked_at IS NULL",
    ] {
        sqlx::query(statement)
            .bind(snapshot::to_json(person))
            .bind(person.name.clone())
            .bind(method.as_str())
            .execute(&mut **transaction)
            .await
            .map_err(StoreError::query(doing))?;
    }
    sqlx::query(
        "INSERT INTO logins_elsewhere (name, method, at, person) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name, method) DO UPDATE SET at = excluded.at, person = excluded.person",
    )
    .bind(person.name.clone())
    .bind(method.as_str())
    .bind(to_text(now))
    .bind(snapshot::to_json(person))
    .execute(&mut **transaction)
    .await
    .map_err(StoreError::query(doing))?;
    Ok(())
}

impl Identity {
    /// Notes what a proxy says of somebody who asks: at once where it says something new, else every hour.
    pub async fn note_proxied(&self, person: &Person, now: DateTime<Utc>) -> Result<(), IdentityError> {
        let said = secret::kept(&snapshot::to_json(person));
        if !self.said.is_news(&person.name, &said, now) {
            return Ok(());
        }
        let doing = "noting what a proxy says";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        note(&mut transaction, person, LoginMethod::Proxy, now).await?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        self.said.keep(&person.name, said, now);
        Ok(())
    }

    /// Who somebody is who logs in elsewhere, as they last proved it in a way that is open.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_proof(&self, name: &UserName, now: DateTime<Utc>) -> Result<LastProof, IdentityError> {
        let rows =
            sqlx::query("SELECT method, at, person FROM logins_elsewhere WHERE name = $1 ORDER BY at DESC")
                .bind(name.to_string())
                .fetch_all(&self.store.pool)
                .await
                .map_err(StoreError::query("reading what somebody has proven"))?;
        let mut last = LastProof::None;
        for row in &rows {
            let cells = Cells(row);
            let method = cells.text("method")?.parse::<LoginMethod>().ok();
            if method.is_none() || !self.is_open(method) {
                last = LastProof::WayClosed;
                continue;
            }
            return Ok(if !self.is_believed(method, cells.instant("at")?, now) {
                LastProof::TooOld { days: self.settings.provider_trust_days }
            } else if cells.text_or_none("person")?.is_none() {
                LastProof::NotKept
            } else {
                LastProof::Believed(snapshot::person(&cells)?)
            });
        }
        Ok(last)
    }

    /// Whether what was proven at `at` is still believed. What is said here is known at any time.
    pub(super) fn is_believed(
        &self,
        method: Option<LoginMethod>,
        at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        method == Some(LoginMethod::Local)
            || now - at < TimeDelta::days(i64::from(self.settings.provider_trust_days))
    }
}
