//! Links that show one report to whoever has them, with the rights of who made them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Identity, IdentityError, LoginMethod, UserName, secret, snapshot};
use crate::access::Person;
use crate::store::{Cells, StoreError, new_uuid, to_text};

/// The longest a link lasts, in days.
pub const MOST_SHARE_DAYS: u32 = 90;

/// How long a link lasts where nobody says otherwise, in days.
pub const USUAL_SHARE_DAYS: u32 = 7;

/// The most links that one user has at a time.
const MOST_SHARES: i64 = 200;

/// A link to be made.
#[derive(Debug, Clone)]
pub struct NewShare<'a> {
    /// Who makes it, with their groups and claims as of now.
    pub maker: &'a Person,
    /// How the maker had logged in.
    pub method: Option<LoginMethod>,
    /// The functional role whose rights it has; those of the maker where there is none.
    pub role: Option<&'a str>,
    /// The report it shows.
    pub report: &'a str,
    /// The values of its parameters; those without take their defaults.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The parameters that whoever has the link may change.
    pub open: BTreeSet<String>,
    /// Whether files may be taken away.
    pub files: bool,
    /// How long it lasts, from 1 to [`MOST_SHARE_DAYS`].
    pub days: u32,
    /// How often it can be used; any number of times where nothing is said.
    pub most_uses: Option<u32>,
}

/// A link as the store knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// Its id, to list and revoke it by.
    pub id: String,
    /// Who made it: as they are now if they had logged in here, else as they last proved to be in the same way.
    pub person: Person,
    /// How they had logged in; `None` where it was made before that was kept.
    pub method: Option<LoginMethod>,
    /// The functional role whose rights it has.
    pub role: Option<String>,
    /// The report it shows.
    pub report: String,
    /// The values of its parameters.
    pub parameters: BTreeMap<String, Vec<String>>,
    /// The parameters that may be changed.
    pub open: BTreeSet<String>,
    /// Whether files may be taken away.
    pub files: bool,
    /// How often it was used.
    pub uses: i64,
    /// How often it can be used.
    pub most_uses: Option<i64>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When its maker last logged in in that way; when it was made if that is not known.
    pub proven_at: DateTime<Utc>,
    /// When it was last used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Share {
    fn from_row(cells: &Cells<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: cells.text("id")?,
            person: snapshot::person_now(cells)?,
            method: cells.parsed_or_none("method")?,
            role: cells.text_or_none("role")?,
            report: cells.text("report")?,
            parameters: snapshot::read(cells, "parameters")?,
            open: snapshot::read(cells, "open")?,
            files: cells.number("files")? != 0,
            uses: cells.number("uses")?,
            most_uses: cells.number_or_none("most_uses")?,
            created_at: cells.instant("created_at")?,
            expires_at: cells.instant("expires_at")?,
            proven_at: cells.instant("proven_at")?,
            used_at: cells.instant_or_none("used_at")?,
            revoked_at: cells.instant_or_none("revoked_at")?,
        })
    }

    /// Whether it was neither revoked nor has ended at `now`.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }

    /// Whether every use that it was made for is over.
    pub fn is_used_up(&self) -> bool {
        self.most_uses.is_some_and(|most| self.uses >= most)
    }
}

/// Links with what the table of users says of their makers.
const SELECT: &str = concat!(
    "SELECT shares.*, ",
    snapshot::local_columns!("shares"),
    ", COALESCE(l.at, shares.created_at) AS proven_at FROM shares LEFT JOIN users u ON u.name = shares.maker \
     LEFT JOIN logins_elsewhere l ON l.name = shares.maker AND l.method = shares.method "
);

/// That a link goes on at the instant `$2`, and that its maker is not shut out, nor the name of somebody else now.
const VALID: &str = "revoked_at IS NULL AND expires_at > $2 \
    AND NOT EXISTS (SELECT 1 FROM users WHERE users.name = shares.maker AND \
    (users.disabled_at IS NOT NULL OR users.elsewhere <> CASE WHEN shares.method = 'local' THEN 0 ELSE 1 END))";

impl Identity {
    /// Makes a link; gives its secret, which is shown once, and its id.
    pub async fn make_share(
        &self,
        new: NewShare<'_>,
        now: DateTime<Utc>,
    ) -> Result<(String, String), IdentityError> {
        if !(1..=MOST_SHARE_DAYS).contains(&new.days) {
            return Err(IdentityError::ShareLifetime { most: MOST_SHARE_DAYS });
        }
        if new.most_uses == Some(0) {
            return Err(IdentityError::ShareUses);
        }
        let maker = UserName::parse(&new.maker.name)?;
        let doing = "making a link to a report";
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT COUNT(*) AS n FROM shares WHERE maker = $1 AND {VALID}"
        )))
        .bind(maker.to_string())
        .bind(to_text(now))
        .fetch_one(&self.store.pool)
        .await
        .map_err(StoreError::query(doing))?;
        if Cells(&row).number("n")? >= MOST_SHARES {
            return Err(IdentityError::TooManyShares { most: MOST_SHARES });
        }
        let (text, id) = (secret::random_text()?, new_uuid(now).to_string());
        sqlx::query(
            "INSERT INTO shares (id, hash, maker, person, role, report, parameters, open, files, uses, most_uses, \
             created_at, expires_at, method) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13)",
        )
        .bind(id.clone())
        .bind(secret::kept(&text))
        .bind(maker.to_string())
        .bind(snapshot::to_json(new.maker))
        .bind(new.role.map(str::to_owned))
        .bind(new.report.to_owned())
        .bind(snapshot::json(&new.parameters))
        .bind(snapshot::json(&new.open))
        .bind(i64::from(new.files))
        .bind(new.most_uses.map(i64::from))
        .bind(to_text(now))
        .bind(to_text(now + TimeDelta::days(i64::from(new.days))))
        .bind(new.method.map(|method| method.as_str().to_owned()))
        .execute(&self.store.pool)
        .await
        .map_err(StoreError::query(doing))?;
        Ok((text, id))
    }

    /// The link with this secret, if it was not revoked, has not ended, and its maker is not shut out. It
    /// may be used up.
    pub async fn share(&self, text: &str, now: DateTime<Utc>) -> Result<Option<Share>, IdentityError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} WHERE shares.hash = $1 AND {VALID}")))
            .bind(secret::kept(text))
            .bind(to_text(now))
            .fetch_optional(&self.store.pool)
            .await
            .map_err(StoreError::query("reading a link to a report"))?;
        let share = row.map(|row| Share::from_row(&Cells(&row))).transpose()?;
        let counts = |share: &Share| {
            self.is_open(share.method) && self.is_believed(share.method, share.proven_at, now)
        };
        Ok(share.filter(counts))
    }

    /// Counts a use; how many there are now, or `None` where there is none left. One statement, so that
    /// the last use is one of whoever comes at the same time.
    pub async fn use_share(&self, id: &str, now: DateTime<Utc>) -> Result<Option<i64>, IdentityError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!(
            "UPDATE shares SET uses = uses + 1, used_at = $2 WHERE id = $1 \
             AND (most_uses IS NULL OR uses < most_uses) AND {VALID} RETURNING uses"
        )))
        .bind(id.to_owned())
        .bind(to_text(now))
        .fetch_optional(&self.store.pool)
        .await
        .map_err(StoreError::query("counting a use of a link"))?;
        Ok(row.map(|row| Cells(&row).number("uses")).transpose()?)
    }

    /// The links of a user, newest first.
    pub async fn shares_of(&self, maker: &str) -> Result<Vec<Share>, IdentityError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "{SELECT} WHERE shares.maker = $1 ORDER BY shares.id DESC LIMIT 500"
        )))
        .bind(maker.to_owned())
        .fetch_all(&self.store.pool)
        .await
        .map_err(StoreError::query("listing links to reports"))?;
        Ok(rows.iter().map(|row| Share::from_row(&Cells(row))).collect::<Result<_, _>>()?)
    }

    /// The newest links of everybody, at most 1000.
    pub async fn shares(&self) -> Result<Vec<Share>, IdentityError> {
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} ORDER BY shares.id DESC LIMIT 1000")))
            .fetch_all(&self.store.pool)
            .await
            .map_err(StoreError::query("listing links to reports"))?;
        Ok(rows.iter().map(|row| Share::from_row(&Cells(row))).collect::<Result<_, _>>()?)
    }

    /// Revokes a link, of anybody or of this maker only; gives it if there was one that was not revoked.
    pub async fn revoke_share(
        &self,
        id: &str,
        maker: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Option<Share>, IdentityError> {
        let row = sqlx::query(
            "UPDATE shares SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL AND maker = COALESCE($3, maker) \
             RETURNING *, created_at AS proven_at, CAST(NULL AS TEXT) AS local_groups, \
             CAST(NULL AS TEXT) AS local_claims",
        )
        .bind(to_text(now))
        .bind(id.to_owned())
        .bind(maker.map(str::to_owned))
        .fetch_optional(&self.store.pool)
        .await
        .map_err(StoreError::query("revoking a link to a report"))?;
        Ok(row.map(|row| Share::from_row(&Cells(&row))).transpose()?)
    }

    /// What a browser keeps that used a link a moment ago: what belongs to the page is no further use.
    pub fn share_visit(&self, id: &str, until: DateTime<Utc>) -> String {
        let until = until.timestamp().to_string();
        format!("{until}.{}", self.key.sign(VISIT, &[id, &until]))
    }

    /// Whether this browser used the link a moment ago.
    pub fn is_share_visit(&self, id: &str, visit: &str, now: DateTime<Utc>) -> bool {
        let Some((until, signature)) = visit.split_once('.') else { return false };
        let young = until.parse::<i64>().is_ok_and(|until| until > now.timestamp());
        young && self.key.confirms(VISIT, &[id, until], signature)
    }
}

/// What visits are signed for.
const VISIT: &str = "visit of a shared report";
