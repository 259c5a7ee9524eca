//! Changing what is said here about a user: their groups and claims, and whether they are an administrator.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Identity, IdentityError, User, UserName, snapshot};
use crate::store::{Cells, StoreError};

/// What is to be changed; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserChange {
    /// The groups they are in when they log in here, all of them.
    pub groups: Option<BTreeSet<String>>,
    /// What else is said about them when they log in here, all of it.
    pub claims: Option<BTreeMap<String, Vec<String>>>,
    /// Whether they manage users and read the audit log.
    pub administrator: Option<bool>,
    /// Whether they log in elsewhere. Who begins to has no password here any more; what came of logins in the other
    /// way does not count from then on.
    pub elsewhere: Option<bool>,
}

impl UserChange {
    /// Whether it would change what data `user` may see.
    pub fn is_of_data(&self, user: &User) -> bool {
        self.groups.as_ref().is_some_and(|groups| *groups != user.groups)
            || self.claims.as_ref().is_some_and(|claims| *claims != user.claims)
    }
}

/// A user before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangedUser {
    /// As they were.
    pub before: User,
    /// As they are.
    pub after: User,
}

impl ChangedUser {
    /// What differs, by name, for the audit log; nothing where all is as it was.
    pub fn details(&self) -> Vec<(&'static str, Value)> {
        let list = |user: &User| Value::from(user.groups.iter().cloned().collect::<Vec<_>>().join(", "));
        let mut details = Vec::new();
        if self.before.groups != self.after.groups {
            details.push(("groups", list(&self.after)));
            details.push(("groups_before", list(&self.before)));
        }
        if self.before.claims != self.after.claims {
            details.push(("claims", claim_lines(&self.after.claims).join(", ").into()));
            details.push(("claims_before", claim_lines(&self.before.claims).join(", ").into()));
        }
        if self.before.administrator != self.after.administrator {
            details.push(("administrator", self.after.administrator.into()));
        }
        if self.before.elsewhere != self.after.elsewhere {
            details.push(("elsewhere", self.after.elsewhere.into()));
        }
        details
    }
}

/// Claims as people write them, each value for itself: `country=KR`.
pub fn claim_lines(claims: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let lines = |(name, values): (&String, &Vec<String>)| -> Vec<String> {
        values.iter().map(|value| format!("{name}={value}")).collect()
    };
    claims.iter().flat_map(lines).collect()
}

/// Makes whoever takes an administrator away wait for whoever else does: counting them is right only then.
pub(super) const LOCK_ADMINISTRATORS: &str = "UPDATE users SET administrator = 1 WHERE administrator = 1";

/// How many administrators can log in.
pub(super) const ADMINISTRATORS_LEFT: &str =
    "SELECT COUNT(*) AS left_over FROM users WHERE administrator = 1 AND disabled_at IS NULL";

impl Identity {
    /// Changes a user. It holds at once for sessions, tokens and links that came of logins here. The last
    /// administrator stays one.
    pub async fn change_user(
        &self,
        name: &UserName,
        change: &UserChange,
    ) -> Result<ChangedUser, IdentityError> {
        let doing = "changing a user";
        let mut transaction = self.store.pool.begin().await.map_err(StoreError::query(doing))?;
        // Begins with a write, as every transaction here.
        sqlx::query(LOCK_ADMINISTRATORS)
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        let row = sqlx::query("SELECT * FROM users WHERE name = $1")
            .bind(name.to_string())
            .fetch_optional(&mut *transaction)
            .await
            .map_err(StoreError::query(doing))?;
        let row = row.ok_or_else(|| IdentityError::NoUser { name: name.to_string() })?;
        let before = User::from_row(&Cells(&row))?;
        let elsewhere = change.elsewhere.unwrap_or(before.elsewhere);
        let after = User {
            elsewhere,
            has_password: before.has_password && !elsewhere,
            groups: change.groups.clone().unwrap_or_else(|| before.groups.clone()),
            claims: change.claims.clone().unwrap_or_else(|| before.claims.clone()),
            administrator: change.administrator.unwrap_or(before.administrator),
            ..before.clone()
        };
        sqlx::query(
            "UPDATE users SET groups = $1, administrator = $2, elsewhere = $3, \
             password = CASE WHEN $3 = 1 THEN NULL ELSE password END, claims = $5 WHERE name = $4",
        )
        .bind(snapshot::json(&after.groups))
        .bind(i64::from(after.administrator))
        .bind(i64::from(after.elsewhere))
        .bind(name.to_string())
        .bind(snapshot::json(&after.claims))
        .execute(&mut *transaction)
        .await
        .map_err(StoreError::query(doing))?;
        if after.elsewhere {
            sqlx::query("DELETE FROM identity_links WHERE user_name = $1 AND used_at IS NULL")
                .bind(name.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(StoreError::query(doing))?;
        }
        if before.administrator && !after.administrator && before.disabled_at.is_none() {
            let row = sqlx::query(ADMINISTRATORS_LEFT)
                .fetch_one(&mut *transaction)
                .await
                .map_err(StoreError::query(doing))?;
            if Cells(&row).number("left_over")? == 0 {
                return Err(IdentityError::LastAdministrator { name: name.to_string() });
            }
        }
        transaction.commit().await.map_err(StoreError::query(doing))?;
        Ok(ChangedUser { before, after })
    }
}
