//! Device cookies: a browser in which somebody logged in before is not slowed down by what strangers
//! try with the same name (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

use chrono::{DateTime, TimeDelta, Utc};

use super::{Identity, IdentityError, UserName, secret};
use crate::store::{Cells, StoreError};

const PURPOSE: &str = "device";

/// How long a device is remembered.
const LIFETIME: TimeDelta = TimeDelta::days(180);

impl Identity {
    /// What the browser keeps after a login.
    pub fn device_cookie(&self, name: &UserName, now: DateTime<Utc>) -> Result<String, IdentityError> {
        let (device, at) = (secret::random_text()?, now.timestamp().to_string());
        let signature = self.key.sign(PURPOSE, &[name.as_str(), &device, &at]);
        Ok(format!("{device}.{at}.{signature}"))
    }

    /// The device, if the cookie says that `name` has logged in with it, and devices were not forgotten since.
    pub(super) async fn known_device(
        &self,
        cookie: Option<&str>,
        name: &UserName,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, IdentityError> {
        // Only whoever has a signature makes the store work.
        let Some((device, made)) = cookie.and_then(|cookie| self.signed_device(cookie, name, now)) else {
            return Ok(None);
        };
        let row = sqlx::query("SELECT devices_since FROM users WHERE name = $1")
            .bind(name.to_string())
            .fetch_optional(&self.store.pool)
            .await
            .map_err(StoreError::query("looking for a device"))?;
        let since = row.map(|row| Cells(&row).instant_or_none("devices_since")).transpose()?.flatten();
        // Cookies tell seconds.
        Ok(since.is_none_or(|since| made.timestamp() >= since.timestamp()).then_some(device))
    }

    /// What the cookie is signed for: the device, and since when.
    fn signed_device(
        &self,
        cookie: &str,
        name: &UserName,
        now: DateTime<Utc>,
    ) -> Option<(String, DateTime<Utc>)> {
        let mut parts = cookie.splitn(3, '.');
        let (device, at, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let made = DateTime::from_timestamp(at.parse().ok()?, 0)?;
        let young = now - made < LIFETIME;
        (young && self.key.confirms(PURPOSE, &[name.as_str(), device, at], signature))
            .then(|| (device.to_owned(), made))
    }
}
