//! Sessions: a browser in which somebody is logged in.

use chrono::{DateTime, TimeDelta, Utc};

use super::oidc::Secret;
use super::{Identity, IdentityError, UserName, proven, secret, snapshot};
use crate::access::Person;
use crate::store::{Cells, StoreError, new_uuid, stored_enum, to_text};

stored_enum! {
    /// How somebody logged in.
    LoginMethod in "login method" {
        /// With a password of this server.
        Local = "local",
        /// At an identity provider (OpenID Connect).
        Oidc = "oidc",
        /// A proxy in front named them. They have no session; what they make knows it.
        Proxy = "proxy",
    }
}

/// What the browser keeps: 256 random bits. The store has only its SHA-256.
#[derive(Clone)]
pub struct SessionSecret(String);

impl SessionSecret {
    /// The text for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSecret(***)")
    }
}

/// A session to be made.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Who.
    pub person: &'a Person,
    /// How they logged in.
    pub method: LoginMethod,
    /// From where.
    pub address: &'a str,
    /// What their browser calls itself.
    pub agent: &'a str,
    /// The session that the browser has had; it ends.
    pub replaces: Option<&'a str>,
    /// What the provider wants to see when they log out there too.
    pub hint: Option<&'a Secret>,
}

/// A session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its public id, to list and revoke it by.
    pub id: String,
    /// Who is logged in, as they are now if they logged in here, else as of the login.
    pub person: Person,
    /// How they logged in.
    pub method: LoginMethod,
    /// From where.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    /// When they logged in.
    pub created_at: DateTime<Utc>,
    /// When something was last asked for, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Whether they manage users now.
    pub administrator: bool,
}

/// What hints of providers are sealed for.
const HINT: &str = "hint of a provider";

/// How often the store is told that a session is in use.
const NOTED: TimeDelta = TimeDelta::minutes(1);

impl Session {
    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.text("id")?,
            person: snapshot::person_now(cells)?,
            method: cells.parsed("method")?,
            address: cells.text("address")?,
            agent: cells.text("agent")?,
            created_at: cells.instant("created_at")?,
            seen_at: cells.instant("seen_at")?,
            expires_at: cells.instant("expires_at")?,
            administrator: cells.number("is_administrator")? != 0,
        })
    }
}

const SELECT: &str = concat!(
    "SELECT s.*, COALESCE(u.administrator, 0) AS is_administrator, ",
    snapshot::local_columns!("s"),
    " FROM sessions s LEFT JOIN users u ON u.name = s.user_name WHERE ",
    snapshot::let_in!("s"),
    " AND "
);

impl Identity {
    /// Begins a session with a new secret; the one that the browser has had ends.
    pub async fn begin_session(
        &self,
        new: NewSession<'_>,
        now: DateTime<Utc>,
    ) -> Result<SessionSecret, IdentityError> {
        let doing = "beginning a session";
        let text = secret::random_text()?;
        let hint = new.hint.map(|hint| self.key.seal(HINT, hint.reveal())).transpose()?;
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        sqlx::query("DELETE FROM sessions WHERE hash = $1 OR expires_at <= $2 OR seen_at <= $3")
            .bind(new.replaces.map(secret::kept).unwrap_or_default())
            .bind(to_text(now))
            .bind(to_text(now - self.idle()))
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        // What is known of the person now holds in every browser where they came in the same way: a group
        // that was taken away opens nothing elsewhere.
        sqlx::query("UPDATE sessions SET person = $1 WHERE user_name = $2 AND method = $3")
            .bind(snapshot::to_json(new.person))
            .bind(new.person.name.clone())
            .bind(new.method.as_str())
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        if new.method != LoginMethod::Local {
            proven::note(&mut transaction, new.person, new.method, now).await?;
        }
        sqlx::query(
            "INSERT INTO sessions (hash, id, user_name, method, person, address, agent, created_at, seen_at, \
             expires_at, hint) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10)",
        )
        .bind(secret::kept(&text))
        .bind(new_uuid(now).to_string())
        .bind(new.person.name.clone())
        .bind(new.method.as_str())
        .bind(snapshot::to_json(new.person))
        .bind(new.address.to_owned())
        .bind(new.agent.chars().filter(|c| !c.is_control()).take(200).collect::<String>())
        .bind(to_text(now))
        .bind(to_text(now + TimeDelta::from_std(self.settings.session_longest).unwrap_or(TimeDelta::days(7))))
        .bind(hint)
        .execute(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(SessionSecret(text))
    }

    fn idle(&self) -> TimeDelta {
        TimeDelta::from_std(self.settings.session_idle).unwrap_or(TimeDelta::hours(8))
    }

    /// The session with this secret, if it goes on. Notes that it is in use.
    pub async fn session(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Session>, IdentityError> {
        let hash = secret::kept(text);
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3"
        )))
        .bind(hash.clone())
        .bind(to_text(now))
        .bind(to_text(now - self.idle()))
        .fetch_optional(&self.store.pool)
        .await
        .map_err(StoreError::query("reading a session"))?;
        let Some(row) = row else { return Ok(None) };
        let session = Session::from_row(&Cells(&row))?;
        if !self.is_open(Some(session.method)) {
            return Ok(None);
        }
        if now - session.seen_at >= NOTED.min(self.idle() / 4) {
            sqlx::query("UPDATE sessions SET seen_at = $1 WHERE hash = $2 AND seen_at < $1")
                .bind(to_text(now))
                .bind(hash)
                .execute(&self.store.pool)
                .await
                .map_err(StoreError::query("noting that a session is in use"))?;
        }
        Ok(Some(session))
    }

    /// The sessions of a user that go on, newest first.
    pub async fn sessions_of(&self, name: &str, now: DateTime<Utc>) -> Result<Vec<Session>, IdentityError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} s.user_name = $1 AND s.expires_at > $2 AND s.seen_at > $3 ORDER BY s.id DESC"
        )))
        .bind(name.to_owned())
        .bind(to_text(now))
        .bind(to_text(now - self.idle()))
        .fetch_all(&self.store.pool)
        .await
        .map_err(StoreError::query("listing sessions"))?;
        let mut sessions: Vec<Session> =
            rows.iter().map(|row| Session::from_row(&Cells(row))).collect::<Result<_, _>>()?;
        sessions.retain(|session| self.is_open(Some(session.method)));
        Ok(sessions)
    }

    /// Ends the session with this secret. Gives what the provider that it began at wants to see when
    /// they log out there too.
    pub async fn end_session(&self, text: &str) -> Result<Option<Secret>, IdentityError> {
        let row = sqlx::query("DELETE FROM sessions WHERE hash = $1 RETURNING hint")
            .bind(secret::kept(text))
            .fetch_optional(&self.store.pool)
            .await
            .map_err(StoreError::query("ending a session"))?;
        let Some(row) = row else { return Ok(None) };
        let sealed = Cells(&row).text_or_none("hint")?;
        // A key that was changed meanwhile opens nothing: the provider then asks by itself.
        Ok(sealed.and_then(|sealed| self.key.open(HINT, &sealed)).map(Secret::new))
    }

    /// Ends a session of this user by its public id; whether there was one.
    pub async fn revoke_session(&self, name: &str, id: &str) -> Result<bool, IdentityError> {
        let done = sqlx::query("DELETE FROM sessions WHERE user_name = $1 AND id = $2")
            .bind(name.to_owned())
            .bind(id.to_owned())
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("revoking a session"))?;
        Ok(done.rows_affected() > 0)
    }

    /// Ends all sessions of a user; how many there were.
    pub async fn revoke_sessions(&self, name: &UserName) -> Result<u64, IdentityError> {
        let done = sqlx::query("DELETE FROM sessions WHERE user_name = $1")
            .bind(name.to_string())
            .execute(&self.store.pool)
            .await
            .map_err(StoreError::query("ending sessions"))?;
        Ok(done.rows_affected())
    }
}
