//! Users: those with a password here, and what is said here about those who log in elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::change::{ADMINISTRATORS_LEFT, LOCK_ADMINISTRATORS};
use super::{Identity, IdentityError, UserName, revoke, snapshot};
use crate::access::Person;
use crate::store::{Cells, StoreError, to_text};

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// Their name.
    pub name: UserName,
    /// Whether they manage users and read the audit log. Opens no data.
    pub administrator: bool,
    /// Whether they have a password here.
    pub has_password: bool,
    /// Whether they log in at a provider or a proxy, and so never with a password here.
    pub elsewhere: bool,
    /// The groups they are in when they log in here.
    pub groups: BTreeSet<String>,
    /// What else is said about them when they log in here.
    pub claims: BTreeMap<String, Vec<String>>,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When they last logged in here.
    pub last_login_at: Option<DateTime<Utc>>,
    /// Since when they are shut out.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A user to be added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Their name.
    pub name: UserName,
    /// Whether they manage users.
    pub administrator: bool,
    /// Their groups.
    pub groups: BTreeSet<String>,
    /// What else is said about them.
    pub claims: BTreeMap<String, Vec<String>>,
    /// Whether they log in at a provider or a proxy, and so get no password here.
    pub elsewhere: bool,
}

impl User {
    /// The person they are after a login here.
    pub fn person(&self) -> Person {
        Person { name: self.name.to_string(), groups: self.groups.clone(), claims: self.claims.clone() }
    }

    pub(super) fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            name: cells.parsed("name")?,
            administrator: cells.number("administrator")? != 0,
            has_password: cells.text_or_none("password")?.is_some(),
            elsewhere: cells.number("elsewhere")? != 0,
            groups: snapshot::read(cells, "groups")?,
            claims: snapshot::read(cells, "claims")?,
            created_at: cells.instant("created_at")?,
            last_login_at: cells.instant_or_none("last_login_at")?,
            disabled_at: cells.instant_or_none("disabled_at")?,
        })
    }
}

impl Identity {
    /// Adds a user, who gets a password by a link unless they log in elsewhere.
    pub async fn add_user(&self, new: &NewUser, now: DateTime<Utc>) -> Result<(), IdentityError> {
        let done = sqlx::query(
            "INSERT INTO users (name, administrator, groups, claims, created_at, elsewhere) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO NOTHING",
        )
        .bind(new.name.to_string())
        .bind(i64::from(new.administrator))
        .bind(snapshot::json(&new.groups))
        .bind(snapshot::json(&new.claims))
        .bind(to_text(now))
        .bind(i64::from(new.elsewhere))
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query("adding a user"))?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(IdentityError::UserExists { name: new.name.to_string() })
        }
    }

    /// Every user, by name.
    pub async fn users(&self) -> Result<Vec<User>, IdentityError> {
        let rows = sqlx::query("SELECT * FROM users ORDER BY name")
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("listing users"))?;
        Ok(rows.iter().map(|row| User::from_row(&Cells(row))).collect::<Result<_, _>>()?)
    }

    /// One user.
    pub async fn user(&self, name: &UserName) -> Result<Option<User>, IdentityError> {
        Ok(self.user_and_hash(name).await?.map(|(user, _)| user))
    }

    pub(super) async fn user_and_hash(
        &self,
        name: &UserName,
    ) -> Result<Option<(User, Option<String>)>, IdentityError> {
        let row = sqlx::query("SELECT * FROM users WHERE name = $1")
            .bind(name.to_string())
            .fetch_optional(&self.store.pool)
            .await
            .map_err(StoreError::query("reading a user"))?;
        let Some(row) = row else { return Ok(None) };
        let cells = Cells(&row);
        Ok(Some((User::from_row(&cells)?, cells.text_or_none("password")?)))
    }

    /// Shuts somebody out: their sessions, tokens and links end at once and for good. The last administrator stays.
    pub async fn disable(&self, name: &UserName, now: DateTime<Utc>) -> Result<(), IdentityError> {
        let doing = "disabling a user";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        // Begins with a write, so that two administrators cannot disable each other at once.
        sqlx::query(LOCK_ADMINISTRATORS)
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        let done = sqlx::query("UPDATE users SET disabled_at = COALESCE(disabled_at, $1) WHERE name = $2")
            .bind(to_text(now))
            .bind(name.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        if done.rows_affected() == 0 {
            return Err(IdentityError::NoUser { name: name.to_string() });
        }
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT ({ADMINISTRATORS_LEFT}) AS left_over, \
             (SELECT administrator FROM users WHERE name = $1) AS was_one",
        )))
        .bind(name.to_string())
        .fetch_one(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        let cells = Cells(&row);
        if cells.number("left_over")? == 0 && cells.number("was_one")? == 1 {
            return Err(IdentityError::LastAdministrator { name: name.to_string() });
        }
        for statement in
            ["DELETE FROM sessions WHERE user_name = $1", "DELETE FROM identity_links WHERE user_name = $1"]
        {
            sqlx::query(statement)
                .bind(name.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(StoreError::query(doing))?;
        }
        // What they have made stays dead, also if they are let in again.
        revoke::end(&mut transaction, &revoke::MADE, name, now).await?;
        revoke::end(&mut transaction, &revoke::DEVICES, name, now).await?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(())
    }

    /// Lets somebody in again.
    pub async fn enable(&self, name: &UserName) -> Result<(), IdentityError> {
        let done = sqlx::query("UPDATE users SET disabled_at = NULL WHERE name = $1")
            .bind(name.to_string())
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("enabling a user"))?;
        if done.rows_affected() == 1 { Ok(()) } else { Err(IdentityError::NoUser { name: name.to_string() }) }
    }
}
