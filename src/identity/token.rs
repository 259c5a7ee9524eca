//! API tokens: what programs show instead of a session.

use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq as _;

use super::{Identity, IdentityError, LoginMethod, secret, snapshot};
use crate::access::{Action, Person};
use crate::store::{Cells, StoreError, new_uuid, to_text};

/// How every token begins, so that scanners of repositories find one that leaked.
const PREFIX: &str = "jgp_";

/// The longest a token lasts, in days.
const MOST_DAYS: u32 = 366;

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// The most tokens one user has.
const MOST_TOKENS: i64 = 100;

/// A token itself; shown once, when it is made.
#[derive(Clone)]
pub struct TokenText(String);

impl TokenText {
    /// The text to show.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for TokenText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenText(jgp_***)")
    }
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// Whose it is, with their groups and claims as of now.
    pub owner: &'a Person,
    /// How the owner had logged in.
    pub method: Option<LoginMethod>,
    /// What can be done with it.
    pub scopes: Vec<Action>,
    /// The only reports it opens; `None` for all that its owner may see.
    pub reports: Option<Vec<String>>,
    /// How long it lasts, from 1 to 366.
    pub days: u32,
}

/// A token as the store knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    /// Its id, to list and revoke it by.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose it is: as they are now if they had logged in here, else as they last proved to be in the same way.
    pub person: Person,
    /// How they had logged in; `None` where it was made before that was kept.
    pub method: Option<LoginMethod>,
    /// What can be done with it.
    pub scopes: Vec<Action>,
    /// The only reports it opens.
    pub reports: Option<Vec<String>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When its owner last logged in in that way; when it was made if that is not known.
    pub proven_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        let reports = cells.text_or_none("reports")?;
        Ok(Self {
            id: cells.text("id")?,
            name: cells.text("name")?,
            person: snapshot::person_now(cells)?,
            method: cells.parsed_or_none("method")?,
            scopes: snapshot::read(cells, "scopes")?,
            reports: match reports {
                Some(_) => Some(snapshot::read(cells, "reports")?),
                None => None,
            },
            created_at: cells.instant("created_at")?,
            expires_at: cells.instant("expires_at")?,
            proven_at: cells.instant("proven_at")?,
            used_at: cells.instant_or_none("used_at")?,
            revoked_at: cells.instant_or_none("revoked_at")?,
        })
    }

    /// Whether it can be used at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}

/// Tokens with what the table of users says of their owners.
macro_rules! select {
    () => {
        concat!(
            "SELECT t.*, ",
            snapshot::local_columns!("t"),
            ", COALESCE(l.at, t.created_at) AS proven_at FROM tokens t LEFT JOIN users u ON u.name = t.owner \
             LEFT JOIN logins_elsewhere l ON l.name = t.owner AND l.method = t.method WHERE "
        )
    };
}

/// How many letters of the hash are looked up by; the rest is compared in constant time.
const LOOKED_UP: usize = 16;

impl Identity {
    /// Makes a token.
    pub async fn make_token(
        &self,
        new: NewToken<'_>,
        now: DateTime<Utc>,
    ) -> Result<(TokenText, String), IdentityError> {
        if !(1..=MOST_DAYS).contains(&new.days) {
            return Err(IdentityError::TokenLifetime { most: MOST_DAYS });
        }
        let name: String = new.name.trim().chars().filter(|c| !c.is_control()).collect();
        // What is trimmed away counts too: how long a name may be is said of what is sent.
        if name.is_empty() || new.name.chars().count() > LONGEST_NAME {
            return Err(IdentityError::TokenName { most: LONGEST_NAME });
        }
        if new.scopes.is_empty() {
            let valid = Action::ALL.map(Action::name).join(", ");
            return Err(IdentityError::TokenScope { valid });
        }
        let doing = "making a token";
        let row = sqlx::query(
            "SELECT COUNT(*) AS n FROM tokens WHERE owner = $1 AND revoked_at IS NULL AND expires_at > $2",
        )
        .bind(new.owner.name.clone())
        .bind(to_text(now))
        .fetch_one(&self.store.pool)
        .await
        .map_err(StoreError::query(doing))?;
        if Cells(&row).number("n")? >= MOST_TOKENS {
            return Err(IdentityError::TooManyTokens { most: MOST_TOKENS });
        }
        let (text, id) = (format!("{PREFIX}{}", secret::random_text()?), new_uuid(now).to_string());
        let hash = secret::kept(&text);
        sqlx::query(
            "INSERT INTO tokens (id, prefix, hash, name, owner, person, scopes, reports, created_at, expires_at, method) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(id.clone())
        .bind(hash.chars().take(LOOKED_UP).collect::<String>())
        .bind(hash)
        .bind(name)
        .bind(new.owner.name.clone())
        .bind(snapshot::to_json(new.owner))
        .bind(snapshot::json(&new.scopes))
        .bind(new.reports.as_ref().map(snapshot::json))
        .bind(to_text(now))
        .bind(to_text(now + TimeDelta::days(i64::from(new.days))))
        .bind(new.method.map(|method| method.as_str().to_owned()))
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query(doing))?;
        Ok((TokenText(text), id))
    }

    /// The token with this text, if it can be used and its owner is not shut out. Notes the use.
    pub async fn token(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Token>, IdentityError> {
        if !text.starts_with(PREFIX) || text.len() > 100 {
            return Ok(None);
        }
        let hash = secret::kept(text);
        let rows = sqlx::query(concat!(select!(), "t.prefix = $1 AND ", snapshot::let_in!("t")))
            .bind(hash.chars().take(LOOKED_UP).collect::<String>())
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("reading a token"))?;
        for row in &rows {
            let cells = Cells(row);
            if !bool::from(cells.text("hash")?.as_bytes().ct_eq(hash.as_bytes())) {
                continue;
            }
            let token = Token::from_row(&cells)?;
            let believed = self.is_believed(token.method, token.proven_at, now);
            if !token.is_valid(now) || !self.is_open(token.method) || !believed {
                return Ok(None);
            }
            if token.used_at.is_none_or(|used| now - used >= TimeDelta::minutes(1)) {
                sqlx::query("UPDATE tokens SET used_at = $1 WHERE id = $2")
                    .bind(to_text(now))
                    .bind(token.id.clone())
                    .execute(&self.store.pool)
                    .await
                    .map_err(StoreError::query("noting the use of a token"))?;
            }
            return Ok(Some(token));
        }
        Ok(None)
    }

    /// The tokens of a user, newest first, also those that have ended.
    pub async fn tokens_of(&self, owner: &str) -> Result<Vec<Token>, IdentityError> {
        let rows = sqlx::query(concat!(select!(), "t.owner = $1 ORDER BY t.id DESC LIMIT 200"))
            .bind(owner.to_owned())
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("listing tokens"))?;
        Ok(rows.iter().map(|row| Token::from_row(&Cells(row))).collect::<Result<_, _>>()?)
    }

    /// Revokes a token of this user; whether there was one to revoke.
    pub async fn revoke_token(
        &self,
        owner: &str,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, IdentityError> {
        let done = sqlx::query(
            "UPDATE tokens SET revoked_at = $1 WHERE owner = $2 AND id = $3 AND revoked_at IS NULL",
        )
        .bind(to_text(now))
        .bind(owner.to_owned())
        .bind(id.to_owned())
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query("revoking a token"))?;
        Ok(done.rows_affected() > 0)
    }
}
