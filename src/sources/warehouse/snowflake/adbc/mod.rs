//! Large answers through ADBC: Snowflake's driver, a library that is loaded at run time, gives Arrow where the SQL API
//! gives texts. Only a build with the feature `adbc` can load it; any other says so to who asks for it.

#[cfg(not(feature = "adbc"))]
mod absent;
#[cfg(feature = "adbc")]
mod columns;
#[cfg(feature = "adbc")]
mod driver;
#[cfg(feature = "adbc")]
mod extract;
#[cfg(feature = "adbc")]
mod failure;

#[cfg(not(feature = "adbc"))]
pub use absent::AdbcDriver;
#[cfg(feature = "adbc")]
pub use driver::AdbcDriver;

use std::time::Duration;

use super::{host_of, name_of};
use crate::definitions::model::SnowflakeOptions;

/// An account as the driver wants to know it: its options by their names.
#[derive(Clone)]
pub(super) struct Account {
    options: Vec<(&'static str, String)>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Among the options are secrets.
        f.write_str("Account(…)")
    }
}

impl Account {
    /// How to reach an account and who asks; what is asked as which role is told with each statement. The error says
    /// what is missing or wrong.
    pub(super) fn of(
        account: &str,
        options: &SnowflakeOptions,
        secret: fn(&str) -> Result<String, String>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let host = host_of(account, options);
        let (host, port) = match host.rsplit_once(':') {
            Some((host, port)) => (host.to_owned(), port.to_owned()),
            None => (host, if options.allow_unencrypted { "80" } else { "443" }.to_owned()),
        };
        let seconds = timeout.as_secs().max(1);
        let mut own = vec![
            ("adbc.snowflake.sql.account", name_of(account).to_owned()),
            ("adbc.snowflake.sql.uri.host", host),
            ("adbc.snowflake.sql.uri.port", port),
            (
                "adbc.snowflake.sql.uri.protocol",
                if options.allow_unencrypted { "http" } else { "https" }.to_owned(),
            ),
            ("adbc.snowflake.sql.client_option.app_name", "jangpyo".to_owned()),
            ("adbc.snowflake.sql.client_option.disable_telemetry", "true".to_owned()),
            ("adbc.snowflake.sql.client_option.login_timeout", format!("{}s", seconds.min(30))),
            // Without these, a server that went silent is waited for for a quarter of an hour.
            ("adbc.snowflake.sql.client_option.client_timeout", format!("{seconds}s")),
            ("adbc.snowflake.sql.client_option.request_timeout", format!("{seconds}s")),
            ("adbc.snowflake.sql.client_option.use_high_precision", "true".to_owned()),
            ("adbc.snowflake.sql.client_option.max_timestamp_precision", "microseconds".to_owned()),
            // Names that the driver does not know are parameters of the session.
            ("TIMEZONE", "UTC".to_owned()),
            ("WEEK_START", "1".to_owned()),
            ("BINARY_OUTPUT_FORMAT", "HEX".to_owned()),
            ("STATEMENT_TIMEOUT_IN_SECONDS", seconds.to_string()),
        ];
        if let Some(user) = &options.user {
            own.push(("username", user.clone()));
        }
        let (way, shown) = if let Some(name) = &options.key_secret {
            let key = secret(name.as_str())?;
            ("auth_jwt", ("adbc.snowflake.sql.client_option.jwt_private_key_pkcs8_value", key))
        } else if let Some(name) = &options.token_secret {
            ("auth_pat", ("adbc.snowflake.sql.client_option.auth_token", secret(name.as_str())?))
        } else if let Some(name) = &options.oauth_secret {
            ("auth_oauth", ("adbc.snowflake.sql.client_option.auth_token", secret(name.as_str())?))
        } else {
            return Err("it does not say how to log in".into());
        };
        own.extend([("adbc.snowflake.sql.auth_type", way.to_owned()), shown]);
        Ok(Self { options: own })
    }

    /// The same with what a statement is asked as.
    pub(super) fn asking(mut self, more: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        self.options.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
        self
    }
}
