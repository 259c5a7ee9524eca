//! Logging in with a name and a password, and changing the password.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::password::{self, Checked};
use super::{Identity, IdentityError, User, UserName, revoke, secret};
use crate::access::Person;
use crate::store::{StoreError, to_text};

/// Somebody who wants to log in.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The name as typed.
    pub name: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// Where they come from.
    pub address: IpAddr,
    /// What the browser keeps from a login before.
    pub device: Option<&'a str>,
}

/// Why somebody is not logged in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The name or the password is wrong, or the user is shut out: which of them is not told.
    #[error("the name or the password is wrong")]
    Wrong {
        /// Why, for the audit log only.
        reason: &'static str,
    },
    /// There were too many failures.
    #[error("too many attempts failed; try again in {secs} seconds")]
    Wait {
        /// How long.
        secs: i64,
    },
    /// It could not be found out.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl LoginError {
    /// Why, for the audit log only.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Wrong { reason } => reason,
            Self::Wait { .. } => "too many attempts",
            Self::Identity(_) => "not found out",
        }
    }
}

impl Identity {
    /// Checks a name and a password.
    pub async fn log_in(&self, attempt: Attempt<'_>, now: DateTime<Utc>) -> Result<User, LoginError> {
        // What cannot be a name costs the same time as one that nobody has.
        let (name, possible) = match UserName::parse(attempt.name) {
            Ok(name) => (name, true),
            Err(_) => (UserName::parse("0")?, false),
        };
        let device = self.known_device(attempt.device, &name, now).await?;
        let begun = self.throttle.begin(&name, attempt.address, device, now);
        let begun = begun.map_err(|secs| LoginError::Wait { secs })?;
        let found = self.checked(&name, possible, attempt, now).await;
        match &found {
            Ok(_) => self.throttle.succeeded(begun),
            // Nobody found out whether it was right, and whoever waits for a busy server is no attacker.
            Err(LoginError::Identity(_)) => self.throttle.give_back(begun),
            Err(_) => {}
        }
        found
    }

    /// The user, if the password is theirs; what is not `possible` as a name is nobody's.
    async fn checked(
        &self,
        name: &UserName,
        possible: bool,
        attempt: Attempt<'_>,
        now: DateTime<Utc>,
    ) -> Result<User, LoginError> {
        let found = if possible { self.user_and_hash(name).await? } else { None };
        let (user, hash) = found.map_or((None, None), |(user, hash)| (Some(user), hash));
        let checked = self.passwords.check(attempt.password, hash.clone()).await?;
        let wrong = |reason| Err(LoginError::Wrong { reason });
        let Some(user) = user else { return wrong("no such user") };
        match checked {
            Checked::Wrong if hash.is_some() => return wrong("wrong password"),
            Checked::Wrong => return wrong("no password here"),
            Checked::Right | Checked::RightButOld if user.disabled_at.is_some() => return wrong("disabled"),
            Checked::RightButOld => self.hash_again(name, attempt.password, hash).await?,
            Checked::Right => {}
        }
        self.note_login(name, now).await?;
        Ok(user)
    }

    /// Lets in somebody who proved elsewhere who they are, as [`Self::outsider`] says.
    pub async fn admit(&self, person: &Person, now: DateTime<Utc>) -> Result<(), LoginError> {
        let name = UserName::parse(&person.name)?;
        match self.outsider(&name).await? {
            Some(_) => self.note_login(&name, now).await,
            None => Ok(()),
        }
    }

    /// What is said here about somebody who proved elsewhere that they have this name. Refuses whoever is shut out,
    /// and the name of a user who logs in here: who chose it elsewhere would be that user, and perhaps an administrator.
    pub async fn outsider(&self, name: &UserName) -> Result<Option<User>, LoginError> {
        let user = self.user(name).await?;
        match &user {
            Some(user) if user.disabled_at.is_some() => Err(LoginError::Wrong { reason: "disabled" }),
            Some(user) if !user.elsewhere => {
                Err(LoginError::Wrong { reason: "the name is that of a user who logs in here" })
            }
            _ => Ok(user),
        }
    }

    async fn note_login(&self, name: &UserName, now: DateTime<Utc>) -> Result<(), LoginError> {
        sqlx::query("UPDATE users SET last_login_at = $1 WHERE name = $2")
            .bind(to_text(now))
            .bind(name.to_string())
            .execute(&self.store.pool)
            .await
            .map_err(|error| IdentityError::from(StoreError::query("noting a login")(error)))?;
        Ok(())
    }

    /// Changes a password; all sessions of the user but the one with this secret end, no other browser is known any
    /// more, and with `ends_made` their tokens and links end too. Guessing the old one is slowed down like logging in.
    pub async fn change_password(
        &self,
        attempt: Attempt<'_>,
        new_password: &str,
        session: &str,
        ends_made: bool,
        now: DateTime<Utc>,
    ) -> Result<(), LoginError> {
        let user = self.log_in(attempt, now).await?;
        password::check(&user.name, new_password)?;
        let hash = self.passwords.hash(new_password).await?;
        Ok(self.keep_password(&user.name, hash, session, ends_made, now).await?)
    }

    async fn keep_password(
        &self,
        name: &UserName,
        hash: String,
        session: &str,
        ends_made: bool,
        now: DateTime<Utc>,
    ) -> Result<(), IdentityError> {
        let doing = "keeping a password";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        sqlx::query("UPDATE users SET password = $1, password_at = $2 WHERE name = $3")
            .bind(hash)
            .bind(to_text(now))
            .bind(name.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        sqlx::query("DELETE FROM sessions WHERE user_name = $1 AND hash <> $2")
            .bind(name.to_string())
            .bind(secret::kept(session))
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        revoke::end(&mut transaction, &revoke::DEVICES, name, now).await?;
        if ends_made {
            revoke::end(&mut transaction, &revoke::MADE, name, now).await?;
        }
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(())
    }

    /// Keeps the same password with the present parameters, unless another was set meanwhile.
    async fn hash_again(
        &self,
        name: &UserName,
        password: &str,
        before: Option<String>,
    ) -> Result<(), IdentityError> {
        let hash = self.passwords.hash(password).await?;
        sqlx::query("UPDATE users SET password = $1 WHERE name = $2 AND password = $3")
            .bind(hash)
            .bind(name.to_string())
            .bind(before)
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("hashing a password again"))?;
        Ok(())
    }
}
