//! Ending what somebody has made: whoever had the password, or was the person, may have made it.

use chrono::{DateTime, Utc};
use sqlx::{Any, Transaction};

use super::UserName;
use crate::store::{StoreError, to_text};

/// Ends tokens and links, for good.
pub(super) const MADE: [&str; 2] = [
    "UPDATE tokens SET revoked_at = $1 WHERE owner = $2 AND revoked_at IS NULL",
    "UPDATE shares SET revoked_at = $1 WHERE maker = $2 AND revoked_at IS NULL",
];

/// Forgets the browsers in which the user has logged in.
pub(super) const DEVICES: [&str; 1] = ["UPDATE users SET devices_since = $1 WHERE name = $2"];

/// Does these statements for a user.
pub(super) async fn end(
    transaction: &mut Transaction<'_, Any>,
    statements: &[&'static str],
    name: &UserName,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for statement in statements {
        sqlx::query(*statement)
            .bind(to_text(now))
            .bind(name.to_string())
            .execute(&mut **transaction)
            .await
            .map_err(StoreError::query("ending what a user has made"))?;
    }
    Ok(())
}
