//! Links that let somebody set a password once: the first administrator, an invitation, a reset.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Identity, IdentityError, UserName, password, revoke, secret};
use crate::store::{Cells, StoreError, stored_enum, to_text};

stored_enum! {
    /// What a link is for.
    LinkKind in "link kind" {
        /// The first administrator, who chooses a name.
        Setup = "setup",
        /// A new user's first password.
        Invite = "invite",
        /// A forgotten password.
        Reset = "reset",
    }
}

impl LinkKind {
    fn lifetime(self) -> TimeDelta {
        match self {
            Self::Setup => TimeDelta::hours(24),
            Self::Invite | Self::Reset => TimeDelta::hours(72),
        }
    }
}

/// A link that can still be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// What it is for.
    pub kind: LinkKind,
    /// Whose; none for the first administrator.
    pub user: Option<UserName>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// What came of using a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Redeemed {
    /// What it was for.
    pub kind: LinkKind,
    /// Whose password was set.
    pub user: UserName,
}

impl Identity {
    /// The secret of a link for the first administrator; `None` when there is a user. Earlier ones
    /// are no longer valid.
    pub async fn first_link(&self, now: DateTime<Utc>) -> Result<Option<String>, IdentityError> {
        if self.has_users().await? {
            return Ok(None);
        }
        sqlx::query("DELETE FROM identity_links WHERE kind = 'setup'")
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("replacing the first link"))?;
        self.make_link(LinkKind::Setup, None, now).await.map(Some)
    }

    /// The secret of a link with which a user sets a password; earlier ones are no longer valid.
    pub async fn password_link(&self, name: &UserName, now: DateTime<Utc>) -> Result<String, IdentityError> {
        let user = self.user(name).await?.ok_or_else(|| IdentityError::NoUser { name: name.to_string() })?;
        if user.disabled_at.is_some() {
            return Err(IdentityError::Disabled { name: name.to_string() });
        }
        if user.elsewhere {
            return Err(IdentityError::Elsewhere { name: name.to_string() });
        }
        sqlx::query("DELETE FROM identity_links WHERE user_name = $1 AND used_at IS NULL")
            .bind(name.to_string())
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("replacing a link"))?;
        let kind = if user.has_password { LinkKind::Reset } else { LinkKind::Invite };
        self.make_link(kind, Some(name), now).await
    }

    async fn has_users(&self) -> Result<bool, IdentityError> {
        let row = sqlx::query("SELECT COUNT(*) AS n FROM users")
            .fetch_one(&self.store.pool)
            .await
            .map_err(StoreError::query("counting users"))?;
        Ok(Cells(&row).number("n")? > 0)
    }

    pub(super) async fn make_link(
        &self,
        kind: LinkKind,
        user: Option<&UserName>,
        now: DateTime<Utc>,
    ) -> Result<String, IdentityError> {
        let text = secret::random_text()?;
        sqlx::query(
            "INSERT INTO identity_links (hash, kind, user_name, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(secret::kept(&text))
        .bind(kind.as_str())
        .bind(user.map(ToString::to_string))
        .bind(to_text(now))
        .bind(to_text(now + kind.lifetime()))
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query("making a link"))?;
        Ok(text)
    }

    /// The link with this secret, if it can still be used.
    pub async fn link(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Link>, IdentityError> {
        let row = sqlx::query(
            "SELECT * FROM identity_links WHERE hash = $1 AND used_at IS NULL AND expires_at > $2",
        )
        .bind(secret::kept(text))
        .bind(to_text(now))
        .fetch_optional(&self.store.pool)
        .await
        .map_err(StoreError::query("reading a link"))?;
        let Some(row) = row else { return Ok(None) };
        let cells = Cells(&row);
        let link = Link {
            kind: cells.parsed("kind")?,
            user: cells.parsed_or_none("user_name")?,
            expires_at: cells.instant("expires_at")?,
        };
        // Somebody else was first.
        if link.kind == LinkKind::Setup && self.has_users().await? {
            return Ok(None);
        }
        Ok(Some(link))
    }

    /// Uses a link: sets the password, and with the first one makes the administrator `name`. All sessions, tokens and
    /// links of the user end: whoever knew the password before may have made them.
    pub async fn redeem(
        &self,
        text: &str,
        name: &str,
        new_password: &str,
        now: DateTime<Utc>,
    ) -> Result<Redeemed, IdentityError> {
        let link = self.link(text, now).await?.ok_or(IdentityError::Link)?;
        let user = match link.user {
            Some(user) => user,
            None => UserName::parse(name)?,
        };
        password::check(&user, new_password)?;
        let hash = self.passwords.hash(new_password).await?;
        let doing = "using a link";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        // Whoever makes the first administrator uses up every link that could: each waits for the other at these rows,
        // since on PostgreSQL neither sees the user whom the other adds.
        let which = match link.kind {
            LinkKind::Setup => "kind = 'setup'",
            LinkKind::Invite | LinkKind::Reset => "hash = $2",
        };
        let used = sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE identity_links SET used_at = $1 WHERE {which} AND used_at IS NULL AND expires_at > $1 \
             RETURNING CAST(CASE WHEN hash = $2 THEN 1 ELSE 0 END AS BIGINT) AS own"
        )))
        .bind(to_text(now))
        .bind(secret::kept(text))
        .fetch_all(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        let own: Vec<i64> =
            used.iter().map(|row| Cells(row).number("own")).collect::<Result<_, StoreError>>()?;
        if !own.contains(&1) {
            return Err(IdentityError::Link);
        }
        let statement = match link.kind {
            // One statement tells whether there is a user and adds the first: two links cannot both win.
            LinkKind::Setup => {
                "INSERT INTO users (name, administrator, password, groups, claims, created_at, password_at) \
                 SELECT $1, 1, $2, '[]', '{}', $3, $3 WHERE NOT EXISTS (SELECT 1 FROM users)"
            }
            LinkKind::Invite | LinkKind::Reset => {
                "UPDATE users SET password = $2, password_at = $3 \
                 WHERE name = $1 AND disabled_at IS NULL AND elsewhere = 0"
            }
        };
        let done = sqlx::query(statement)
            .bind(user.to_string())
            .bind(hash)
            .bind(to_text(now))
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        if done.rows_affected() != 1 {
            return Err(IdentityError::Link);
        }
        sqlx::query("DELETE FROM sessions WHERE user_name = $1")
            .bind(user.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        revoke::end(&mut transaction, &revoke::MADE, &user, now).await?;
        revoke::end(&mut transaction, &revoke::DEVICES, &user, now).await?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(Redeemed { kind: link.kind, user })
    }
}
